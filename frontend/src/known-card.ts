// camera-push-known: a vehicle or person with its last picture, and whether it is at home.

import { html, nothing } from "lit/html.js";

import { Card } from "./card";
import type { KnownConfig } from "./config";
import { spelled } from "./describe";
import { css } from "./element";
import { isPerson, isVisit, type PushEvent } from "./events";
import { deviceName, fire, type Hass, isAdmin } from "./hass";
import { icon, tag } from "./icons";
import { Latest } from "./latest";
import { plate, plateStyles } from "./plate";
import { picture } from "./row";
import { tokens } from "./styles";
import { openViewer } from "./viewer";

const HOME = new Set(["home", "on"]);
const AWAY = new Set(["not_home", "off"]);

export class KnownCard extends Card<KnownConfig> {
  static override properties = { ...Card.properties, _event: 0 };

  private _event: PushEvent | undefined;
  private _unwatch: (() => void) | undefined;

  getCardSize(): number {
    return 4;
  }

  getGridOptions(): object {
    return { columns: 6, rows: "auto", min_columns: 4 };
  }

  protected override _changed(hass: Hass, old?: Hass): boolean {
    const entity = this._config?.entity ?? "";
    return old?.states[entity] !== hass.states[entity];
  }

  protected override _stop(): void {
    this._unwatch?.();
    this._unwatch = undefined;
  }

  private get _name(): string {
    const { _hass: hass, _config: config } = this;
    const device = hass?.entities[config?.entity ?? ""]?.device_id ?? null;
    return config?.name ?? (hass == null ? "" : deviceName(hass, device));
  }

  protected override willUpdate(): void {
    const { _hass: hass, _config: config } = this;
    if (hass != null && config != null && this._unwatch == null && this.isConnected) {
      this._unwatch = Latest.of(hass).watch(config.known, (event) => (this._event = event));
    }
  }

  private _pressed(): void {
    const { _ready: ready, _event: event } = this;
    if (ready && event) {
      openViewer(this, { ...ready, event, canWrite: isAdmin(ready.hass) });
    } else {
      fire(this, "hass-more-info", { entityId: this._config?.entity });
    }
  }

  protected override render() {
    const { _ready: ready, _event: event } = this;
    if (!ready) {
      return html`<ha-card><div class="ph sk"></div></ha-card>`;
    }
    const { hass, config, texts, clock } = ready;
    const state = hass.states[config.entity ?? ""]?.state ?? "";
    const time = event == null ? "" : clock.when(event.at);
    const key = event?.direction === "in" ? "came" : event?.direction === "out" ? "left" : "seen_at";
    const when = event == null ? texts.say("never_seen") : `${texts.say(key, { time })} · ${event.camera}`;
    const isFace = event != null && isPerson(event);
    const shown = event?.picture;
    return html`<ha-card class=${config.compact ? "compact" : ""}>
      <button @click=${this._pressed} aria-label=${texts.list([this._name, when])}>
        <span class="ph f ${isFace ? "person" : ""}">${shown ? picture(shown) : icon(isFace ? "account" : "car")}</span>
        <span class="bb v">
          <b>${this._name}</b>
          <span class="ln c"
            >${event != null && isVisit(event) && event.plate !== null ? plate(spelled(event), event.country) : nothing}${
              isFace ? event.watchlists.map((name) => tag("shield", name, "ok list")) : nothing
            }${
              HOME.has(state)
                ? tag("home", texts.say("home"), "ok")
                : AWAY.has(state)
                  ? tag("out", texts.say("away"))
                  : nothing
            }</span
          >
          <small>${when}</small>
        </span>
      </button>
    </ha-card>`;
  }

  static override styles = [
    tokens,
    plateStyles,
    css`
      ha-card {
        display: block;
        overflow: hidden;
        height: 100%;
      }
      button {
        display: block;
        width: 100%;
        border-radius: inherit;
      }
      button:focus-visible {
        outline-offset: -3px;
      }
      .ph {
        border-radius: 0;
      }
      .person img {
        object-position: 50% 30%;
      }
      .bb {
        padding: 12px;
        gap: 6px;
      }
      b {
        font-size: 16px;
      }
      .ln {
        gap: 6px 8px;
        flex-wrap: wrap;
        min-height: 26px;
      }
      .compact button {
        display: grid;
        grid-template-columns: 56px minmax(0, 1fr);
        gap: 12px;
        padding: 8px;
      }
      .compact .ph {
        aspect-ratio: 1;
        border-radius: 8px;
      }
      .compact .person {
        border-radius: 50%;
      }
      .compact .bb {
        padding: 0;
        gap: 0 12px;
        display: grid;
        grid-template-columns: minmax(0, 1fr) auto;
        align-items: center;
        align-content: center;
      }
      .compact .plate {
        display: none;
      }
      .compact .ln {
        grid-area: 1 / 2 / 3 / 3;
      }
      .compact .ln .list {
        display: none;
      }
      .compact b {
        font-size: 14px;
      }
    `,
  ];
}
