// camera-push-known: a vehicle or person with its last picture, and whether it is at home.

import { css, html, LitElement, nothing } from "lit";

import type { KnownConfig } from "./config";
import { spelled } from "./describe";
import { listEvents, type PushEvent, subscribe } from "./events";
import { deviceName, fire, type Hass, type Unsubscribe } from "./hass";
import { icon } from "./icons";
import { plate, plateStyles } from "./plate";
import { picture } from "./row";
import { tokens } from "./styles";
import { Texts } from "./texts";
import { Clock, HOUR } from "./time";
import { openViewer } from "./viewer";

const HOME = new Set(["home", "on"]);
const AWAY = new Set(["not_home", "off"]);

export class KnownCard extends LitElement {
  static override properties = {
    _config: { state: true },
    _texts: { state: true },
    _event: { state: true },
  };

  private _config: KnownConfig | undefined;
  private _texts: Texts | undefined;
  private _clock: Clock | undefined;
  private _event: PushEvent | undefined;
  private _hass: Hass | undefined;
  private _unsubscribe: Promise<Unsubscribe> | undefined;

  setConfig(config: KnownConfig): void {
    this._config = config;
    this._stop();
  }

  getCardSize(): number {
    return 4;
  }

  getGridOptions(): object {
    return { columns: 6, rows: "auto", min_columns: 4 };
  }

  get hass(): Hass | undefined {
    return this._hass;
  }

  set hass(hass: Hass | undefined) {
    const old = this._hass;
    this._hass = hass;
    if (hass === undefined) {
      return;
    }
    const entity = this._config?.entity ?? "";
    if (old?.connection !== hass.connection || Clock.key(old) !== Clock.key(hass)) {
      this._clock = new Clock(hass);
      this._stop();
      void Texts.load(hass).then((texts) => (this._texts = texts));
      this.requestUpdate();
    } else if (old.states[entity] !== hass.states[entity]) {
      this.requestUpdate();
    }
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.requestUpdate();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this._stop();
  }

  private _stop(): void {
    this._unsubscribe?.then((unsubscribe) => unsubscribe()).catch(() => undefined);
    this._unsubscribe = undefined;
  }

  private get _name(): string {
    const { _hass: hass, _config: config } = this;
    const device = hass?.entities[config?.entity ?? ""]?.device_id ?? null;
    return config?.name ?? (hass === undefined ? "" : deviceName(hass, device));
  }

  protected override willUpdate(): void {
    const { _hass: hass, _config: config } = this;
    if (hass === undefined || config === undefined || this._unsubscribe !== undefined || !this.isConnected) {
      return;
    }
    this._unsubscribe = subscribe(hass, { known: true }, ({ changed, deleted }) => {
      const event = changed?.find(({ known }) => known?.id === config.known);
      if (event !== undefined && (this._event === undefined || event.at >= this._event.at)) {
        this._event = event;
      } else if (this._event !== undefined && deleted?.includes(this._event.id) === true) {
        void this._look(hass, config);
      }
    });
    this._unsubscribe.catch(() => undefined);
    void this._look(hass, config);
  }

  private async _look(hass: Hass, config: KnownConfig): Promise<void> {
    try {
      const { events } = await listEvents(hass, { known: true, text: this._name }, null, 20);
      this._event = events.find(({ known }) => known?.id === config.known);
    } catch {
      // Then the name and whether it is at home are all there is.
    }
  }

  private _pressed(): void {
    const { _hass: hass, _texts: texts, _clock: clock, _event: event } = this;
    if (hass !== undefined && texts !== undefined && clock !== undefined && event !== undefined) {
      openViewer(this, { hass, texts, clock, event, canWrite: hass.user?.is_admin === true });
    } else {
      fire(this, "hass-more-info", { entityId: this._config?.entity });
    }
  }

  protected override render() {
    const { _hass: hass, _config: config, _texts: texts, _clock: clock, _event: event } = this;
    if (hass === undefined || config === undefined || texts === undefined || clock === undefined) {
      return html`<ha-card><div class="ph sk"></div></ha-card>`;
    }
    const state = hass.states[config.entity ?? ""]?.state ?? "";
    const at = event?.at ?? "";
    const time = at === "" ? "" : Date.now() - Date.parse(at) < 18 * HOUR ? clock.time(at) : `${clock.dateShort(at)}, ${clock.time(at)}`;
    const key = event?.direction === "in" ? "came" : event?.direction === "out" ? "left" : "seen_at";
    const when = event === undefined ? texts.text("never_seen") : `${texts.text(key, { time })} · ${event.camera}`;
    const isPerson = event?.kind === "identification";
    const shown = event?.picture;
    return html`<ha-card class=${config.compact ? "compact" : ""}>
      <button @click=${this._pressed} aria-label=${texts.list([this._name, when])}>
        <span class="ph ${isPerson ? "person" : ""}">${shown ? picture(shown) : icon(isPerson ? "account" : "car")}</span>
        <span class="bb">
          <b>${this._name}</b>
          <span class="ln"
            >${event?.kind === "visit" && event.plate !== null ? plate(spelled(event), event.country) : nothing}${
              isPerson ? event.watchlists.map((name) => html`<span class="tag ok list">${icon("shield", "xs")}${name}</span>`) : nothing
            }${
              HOME.has(state)
                ? html`<span class="tag ok">${icon("home", "xs")}${texts.text("home")}</span>`
                : AWAY.has(state)
                  ? html`<span class="tag">${icon("out", "xs flip")}${texts.text("away")}</span>`
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
        display: grid;
        place-items: center;
        aspect-ratio: 16/9;
        overflow: hidden;
        background: var(--cp-fill);
        color: var(--secondary-text-color);
      }
      .person img {
        object-position: 50% 30%;
      }
      .bb {
        padding: 12px;
        display: flex;
        flex-direction: column;
        gap: 6px;
      }
      b {
        font-size: 16px;
        font-weight: 500;
        overflow-wrap: anywhere;
      }
      .ln {
        display: flex;
        gap: 6px 8px;
        align-items: center;
        flex-wrap: wrap;
        min-height: 26px;
      }
      small {
        color: var(--secondary-text-color);
        font-size: 12px;
        line-height: 16px;
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
