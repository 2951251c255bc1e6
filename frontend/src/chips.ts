// What the user filters by: kinds add up, the rest narrows.

import { html, nothing, type TemplateResult } from "lit/html.js";

import { type EventsConfig, onlyUnknown } from "./config";
import { type Filters, type Kind, KINDS, type Summary } from "./events";
import { deviceName, type Hass, isOurs } from "./hass";
import { icon, type IconName } from "./icons";
import type { Texts } from "./texts";
import type { Clock } from "./time";

export interface Chosen {
  kinds: readonly Kind[];
  unknown: boolean;
  favourite: boolean;
  camera: string | null;
  text: string;
}

export const NOTHING_CHOSEN: Chosen = { kinds: [], unknown: false, favourite: false, camera: null, text: "" };

const KIND_ICONS = { visit: "car", identification: "account", alarm: "alarm", cloud_event: "cloud" } as const;

/** The card's own filters with those of the user. */
export function withChosen(base: Filters, chosen: Chosen): Filters {
  const filters = { ...base };
  if (chosen.kinds.length > 0) {
    filters.kinds = [...chosen.kinds];
  }
  if (chosen.unknown) {
    onlyUnknown(filters);
  }
  if (chosen.favourite) {
    filters.favourite = true;
  }
  if (chosen.camera !== null) {
    filters.device_ids = [chosen.camera];
  }
  if (chosen.text !== "") {
    filters.text = chosen.text;
  }
  return filters;
}

export function isFiltered(chosen: Chosen): boolean {
  return chosen.kinds.length > 0 || chosen.unknown || chosen.favourite || chosen.camera !== null;
}

/** The names of the filters, as an empty list explains itself. */
export function chosenNames(chosen: Chosen, camera: string, texts: Texts): string {
  const names = KINDS.filter((kind) => chosen.kinds.includes(kind)).map((kind) => texts.say(`${kind}s`));
  if (chosen.unknown) {
    names.push(texts.say("unknown_ones"));
  }
  if (chosen.favourite) {
    names.push(texts.say("favourites"));
  }
  if (chosen.camera !== null) {
    names.push(camera);
  }
  return texts.list(names);
}

/** Cameras to choose from, by name: ids of their devices. */
export function camerasOf(hass: Hass, wanted: readonly string[] = []): [string, string][] {
  const ids = new Set<string>();
  for (const entry of Object.values(hass.entities)) {
    const device = isOurs(entry, "camera") ? entry.device_id : null;
    if (device && (wanted.length === 0 || wanted.includes(device))) {
      ids.add(device);
    }
  }
  return [...ids]
    .map((id): [string, string] => [id, deviceName(hass, id)])
    .sort(([, one], [, other]) => one.localeCompare(other, hass.language));
}

export interface ChipsParams {
  texts: Texts;
  clock: Clock;
  config: EventsConfig;
  chosen: Chosen;
  totals: Summary["totals"] | undefined;
  cameras: [string, string][];
  choose: (chosen: Partial<Chosen>) => void;
}

export function renderChips({ texts, clock, config, chosen, totals, cameras, choose }: ChipsParams): TemplateResult {
  const chip = (name: IconName, key: string, count: number | undefined, isOn: boolean, press: () => void, style = "") =>
    html`<button class="chip ${style} ${isOn ? "on" : ""}" aria-pressed=${isOn} @click=${press}>
      ${icon(name, "s")}${texts.say(key)}${count == null ? nothing : html`<span class="n">${clock.number(count)}</span>`}
    </button>`;
  const wanted = config.kinds ?? [];
  const kinds = KINDS.filter((kind) => wanted.length === 0 || wanted.includes(kind)).map((kind) => {
    const isOn = chosen.kinds.includes(kind);
    return chip(KIND_ICONS[kind], `${kind}s`, totals?.[kind], isOn, () =>
      choose({ kinds: isOn ? chosen.kinds.filter((other) => other !== kind) : [...chosen.kinds, kind] }),
    );
  });
  const isFree = config.only == null;
  return html`<div class="fade">
    <div class="chips" role="group" aria-label=${texts.say("filters")}>
      ${kinds.slice(0, 2)}
      ${
        isFree
          ? chip("unknown", "unknown_ones", totals?.unknown, chosen.unknown, () => choose({ unknown: !chosen.unknown }), "warn")
          : nothing
      }
      ${kinds.slice(2)}<span class="sep"></span>
      ${
        isFree
          ? chip(chosen.favourite ? "favourite" : "not_favourite", "favourites", totals?.favourite, chosen.favourite, () =>
              choose({ favourite: !chosen.favourite }),
            )
          : nothing
      }
      ${
        cameras.length > 1
          ? html`<label class="chip ${chosen.camera === null ? "" : "on"}">
              ${icon("camera", "s")}
              <select
                aria-label=${texts.say("edit_cameras")}
                @change=${(event: Event) => choose({ camera: (event.target as HTMLSelectElement).value || null })}
              >
                <option value="" ?selected=${chosen.camera === null}>${texts.say("all_cameras")}</option>
                ${cameras.map(([id, name]) => html`<option value=${id} ?selected=${chosen.camera === id}>${name}</option>`)}
              </select>
              ${icon("down", "s")}
            </label>`
          : nothing
      }
    </div>
  </div>`;
}
