// camera-push-snapshot: a camera's last picture, with what it saw and when.

import { html, nothing, type TemplateResult } from "lit/html.js";

import { Card } from "./card";
import type { SnapshotConfig } from "./config";
import { iconOf, isEventIcon, title } from "./describe";
import { css } from "./element";
import type { PushEvent } from "./events";
import { alarmOf, deviceName, entitiesOf, fire, type Hass, isAdmin, isOurs, navigate } from "./hass";
import { icon } from "./icons";
import { Latest } from "./latest";
import { tokens } from "./styles";
import { openViewer } from "./viewer";

const DANGERS = new Set(["fire", "smoke", "smoke_alarm"]);

interface Sensors {
  alarms: { entity: string; alarm: string }[];
  connectivity: string | undefined;
  image: string | undefined;
}

export class SnapshotCard extends Card<SnapshotConfig> {
  static override properties = { ...Card.properties, _event: 0, _failed: 0 };

  private _event: PushEvent | undefined;
  /** The picture that could not be loaded. */
  private _failed = "";
  private _sensors: Sensors | undefined;
  private _device: string | undefined;
  private _unwatch: (() => void) | undefined;

  static getStubConfig(hass: Hass): Partial<SnapshotConfig> {
    const entry = Object.values(hass.entities).find(
      (one) => isOurs(one, "camera"),
    );
    return { entity: entry?.entity_id ?? "" };
  }

  getCardSize(): number {
    return 4;
  }

  getGridOptions(): object {
    return { columns: 6, rows: "auto", min_columns: 3, min_rows: 2 };
  }

  protected override _changed(hass: Hass, old?: Hass): boolean {
    if (old?.entities !== hass.entities || old.devices !== hass.devices) {
      this._sensors = undefined;
      return true;
    }
    const { alarms = [], connectivity, image } = this._sensors ?? {};
    return [...alarms.map(({ entity }) => entity), connectivity, image, this._config?.entity].some(
      (id) => id != null && old.states[id] !== hass.states[id],
    );
  }

  protected override _stop(): void {
    this._unwatch?.();
    this._unwatch = undefined;
    this._sensors = undefined;
  }

  protected override willUpdate(): void {
    const { _hass: hass, _config: config } = this;
    if (hass == null || config == null) {
      return;
    }
    this._device = hass.entities[config.entity ?? ""]?.device_id ?? undefined;
    this._sensors ??= this._findSensors(hass);
    if (this._unwatch == null && this._device != null && this.isConnected) {
      this._unwatch = Latest.of(hass).watch(this._device, (event) => (this._event = event));
    }
  }

  private _findSensors(hass: Hass): Sensors {
    const sensors: Sensors = { alarms: [], connectivity: undefined, image: undefined };
    for (const entry of this._device == null ? [] : entitiesOf(hass, this._device)) {
      const alarm = alarmOf(hass, entry);
      if (isOurs(entry, "image") && entry.translation_key === "snapshot") {
        sensors.image = entry.entity_id;
      } else if (!isOurs(entry, "binary_sensor")) {
        continue;
      } else if (alarm === "connectivity") {
        sensors.connectivity = entry.entity_id;
      } else if (!entry.entity_category && isEventIcon(alarm)) {
        sensors.alarms.push({ entity: entry.entity_id, alarm });
      }
    }
    return sensors;
  }

  /** The last event's picture by its signed path, else the entity's. */
  private _url(hass: Hass): string {
    const media = this._event?.picture;
    if (media != null && media.url !== this._failed) {
      return this.offsetWidth > 340 ? media.url : media.thumbnail;
    }
    const entity = hass.states[this._sensors?.image ?? ""] ?? hass.states[this._config?.entity ?? ""];
    const path = entity?.attributes.entity_picture;
    // An image without a time has no picture yet.
    const isThere = typeof path === "string" && entity?.state !== "unknown";
    const url = isThere ? `${path}&at=${encodeURIComponent(entity?.state ?? "")}` : "";
    return url === this._failed ? "" : url;
  }

  private _pressed(): void {
    const { _ready: ready, _event: event } = this;
    if (!ready) {
      return;
    }
    const { hass, config } = ready;
    const action = config.tap_action?.action ?? "events";
    if (action === "navigate" && config.tap_action?.navigation_path != null) {
      navigate(config.tap_action.navigation_path);
    } else if (action === "events" && event != null) {
      openViewer(this, { ...ready, event, canWrite: isAdmin(hass) });
    } else if (action === "events" || action === "more-info") {
      fire(this, "hass-more-info", { entityId: config.entity });
    } else if (action !== "none") {
      fire(this, "hass-action", { config, action: "tap" });
    }
  }

  protected override render() {
    const { _ready: ready, _event: event } = this;
    if (!ready) {
      return html`<ha-card><div class="snap sk"></div></ha-card>`;
    }
    const { hass, config, texts, clock } = ready;
    const name = config.name ?? (deviceName(hass, this._device ?? null) || (config.entity ?? ""));
    const connectivity = hass.states[this._sensors?.connectivity ?? ""];
    const camera = hass.states[config.entity ?? ""];
    const isSilent = connectivity == null ? camera?.state === "unavailable" : connectivity.state === "off";
    const since = (connectivity ?? camera)?.last_changed ?? "";
    const on = isSilent ? [] : (this._sensors?.alarms ?? []).filter(({ entity }) => hass.states[entity]?.state === "on");
    const isDanger = on.some(({ alarm }) => DANGERS.has(alarm));
    const url = this._url(hass);
    const what = event == null ? "" : title(event, texts);
    const when = event == null ? "" : clock.when(event.at);
    const shown = [config.show_event === false ? "" : what, config.show_time === false ? "" : when].filter(Boolean);
    const isEmpty = url === "" && event == null;
    const states = on.map(({ alarm }) => texts.word("alarm", alarm));
    const label = [name, isSilent ? texts.say("silent_since", { time: clock.when(since) }) : "", ...states, what, when];
    return html`<ha-card class=${isDanger ? "danger" : on.length > 0 ? "on" : ""}>
      <button
        class="snap ${isSilent ? "silent" : ""} ${isEmpty ? "empty" : ""}"
        style="aspect-ratio:${config.aspect_ratio ?? "16/9"}"
        aria-label=${texts.list(label.filter(Boolean))}
        @click=${this._pressed}
      >
        ${
          url === ""
            ? nothing
            : html`<camera-push-image .url=${url} @failed=${() => (this._failed = this._event?.picture?.url ?? url)}></camera-push-image>`
        }
        ${config.show_states === false ? nothing : html`<span class="st">${on.map(({ alarm }, index) => this._pill(alarm, states[index] ?? ""))}</span>`}
        ${
          isSilent
            ? html`<span class="sil v"
                >${icon("silent")}<span>${texts.say("silent_since", { time: clock.when(since) })}</span>${
                  event?.picture ? html`<small>${texts.say("last_picture", { time: clock.when(event.picture.taken_at) })}</small>` : nothing
                }</span
              >`
            : isEmpty
              ? html`<span class="sil v">${icon("no_picture")}<b>${name}</b><small>${texts.say("no_picture_yet")}</small></span>`
              : nothing
        }
        ${
          isEmpty && !isSilent
            ? nothing
            : html`<span class="cap"
                ><b class="cut">${name}</b>${
                  isSilent || shown.length === 0 || event == null
                    ? nothing
                    : html`<span class="w c">${icon(iconOf(event), "xs")}<span class="cut">${shown.join(" · ")}</span></span>`
                }</span
              >`
        }
      </button>
    </ha-card>`;
  }

  private _pill(alarm: string, text: string): TemplateResult {
    return html`<span class="pill ${DANGERS.has(alarm) ? "danger" : ""}"
      >${isEventIcon(alarm) ? icon(alarm, "xs") : nothing}${text}</span
    >`;
  }

  static override styles = [
    tokens,
    css`
      ha-card {
        display: block;
        overflow: hidden;
        height: 100%;
        container-type: inline-size;
      }
      ha-card.on {
        box-shadow: 0 0 0 2px #ffc107;
      }
      ha-card.danger {
        box-shadow: 0 0 0 3px #e53935;
      }
      .snap {
        display: block;
        position: relative;
        width: 100%;
        overflow: hidden;
        color: #fff;
        background: color-mix(in srgb, var(--cp-text) 7%, transparent);
        border-radius: inherit;
      }
      .snap:focus-visible {
        outline-offset: -3px;
      }
      camera-push-image {
        position: absolute;
        inset: 0;
      }
      .silent camera-push-image {
        filter: grayscale(1) brightness(0.42) contrast(0.9);
      }
      .empty {
        color: var(--cp-muted);
      }
      .cap {
        position: absolute;
        inset: auto 0 0;
        padding: 16px 10px 8px;
        text-shadow: 0 1px 2px rgba(0, 0, 0, 0.6);
        background: linear-gradient(transparent, rgba(0, 0, 0, 0.58) 36%, rgba(0, 0, 0, 0.76));
      }
      .cap b {
        display: block;
      }
      .w {
        gap: 4px;
        font-size: 12px;
        line-height: 16px;
      }
      .w .i {
        --mdc-icon-size: 16px;
      }
      .st {
        position: absolute;
        top: 8px;
        inset-inline: 8px;
        display: flex;
        gap: 6px;
        flex-wrap: wrap;
        z-index: 1;
      }
      .pill {
        display: inline-flex;
        gap: 4px;
        align-items: center;
        height: 24px;
        padding-inline: 6px 8px;
        border-radius: 12px;
        font-size: 12px;
        font-weight: 500;
        background: #ffc107;
        color: #1c1600;
      }
      .pill.danger {
        background: #c62828;
        color: #fff;
      }
      .pill .i {
        --mdc-icon-size: 16px;
      }
      .sil {
        position: absolute;
        inset: 0;
        align-items: center;
        justify-content: center;
        gap: 4px;
        font-weight: 500;
        text-align: center;
        padding: 8px 12px 44px;
      }
      .empty .sil {
        padding-bottom: 8px;
      }
      .empty .sil b {
        color: var(--cp-text);
      }
      .silent .sil .i {
        --mdc-icon-size: 28px;
        color: #ffca5c;
      }
      .silent.empty .sil,
      .silent.empty .cap {
        color: #fff;
      }
      .silent.empty {
        background: #2b2b2b;
      }
      .sil small {
        color: inherit;
      }
      @container (max-width: 215px) {
        .silent .sil {
          padding: 4px 8px 34px;
          gap: 0;
        }
        .silent .sil .i {
          --mdc-icon-size: 20px;
        }
      }
      @container (min-width: 360px) {
        .cap b {
          font-size: 16px;
        }
        .w {
          font-size: 14px;
          line-height: 20px;
        }
      }
    `,
  ];
}
