// The base of the cards: the texts and the clock of the page that they are on.

import { Base } from "./element";
import type { LovelaceCardConfig } from "./config";
import type { Hass } from "./hass";
import { Texts } from "./texts";
import { Clock } from "./time";

/** What a card needs before it can show anything. */
export interface Ready<T> {
  hass: Hass;
  config: T;
  texts: Texts;
  clock: Clock;
}

export abstract class Card<T extends LovelaceCardConfig> extends Base {
  static override properties: Record<string, unknown> = { _config: 0, _texts: 0 };

  protected _config: T | undefined;
  protected _texts: Texts | undefined;
  protected _clock: Clock | undefined;
  protected _hass: Hass | undefined;

  setConfig(config: T): void {
    this._config = config;
    this._stop();
  }

  get hass(): Hass | undefined {
    return this._hass;
  }

  /** Home Assistant's states change many times a second: hardly any of that is shown. */
  set hass(hass: Hass | undefined) {
    const old = this._hass;
    this._hass = hass;
    if (hass == null) {
      return;
    }
    if (old?.connection !== hass.connection || Clock.key(old) !== Clock.key(hass)) {
      this._clock = new Clock(hass);
      this._stop();
      void Texts.load(hass).then((texts) => (this._texts = texts));
      this._changed(hass);
      this.requestUpdate();
    } else if (this._changed(hass, old)) {
      this.requestUpdate();
    }
  }

  disconnectedCallback(): void {
    this._stop();
  }

  protected get _ready(): Ready<T> | undefined {
    const { _hass: hass, _config: config, _texts: texts, _clock: clock } = this;
    return hass && config && texts && clock ? { hass, config, texts, clock } : undefined;
  }

  /** End what was begun for the configuration and connection of before. */
  protected abstract _stop(): void;

  /** Whether something else is to be shown. */
  protected abstract _changed(hass: Hass, old?: Hass): boolean;
}
