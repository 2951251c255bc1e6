// Dangers that are on now, from the entities' states.

import { alarmOf, deviceName, type EntityEntry, type Hass, isOurs } from "./hass";
import type { IconName } from "./icons";

export interface AlarmOn {
  entity: string;
  device: string;
  camera: string;
  alarm: string;
  icon: IconName;
  since: string;
}

const DANGERS: Record<string, IconName> = { fire: "fire", smoke: "smoke", smoke_alarm: "smoke_alarm" };

let registry: Hass["entities"] | undefined;
let found: [EntityEntry, string][] = [];

/** The sensors of dangers: looked for once in each registry. */
function dangerSensors(hass: Hass): [EntityEntry, string][] {
  if (registry !== hass.entities) {
    registry = hass.entities;
    found = [];
    for (const entry of Object.values(hass.entities)) {
      if (isOurs(entry, "binary_sensor")) {
        const key = alarmOf(hass, entry);
        if (key in DANGERS) {
          found.push([entry, key]);
        }
      }
    }
  }
  return found;
}

/** The dangers that are on, of some cameras or all. */
export function alarmsOn(hass: Hass, cameras: readonly string[] | undefined): AlarmOn[] {
  const alarms: AlarmOn[] = [];
  for (const [entry, alarm] of dangerSensors(hass)) {
    const state = hass.states[entry.entity_id];
    const device = entry.device_id;
    if (state?.state !== "on" || !device || (cameras != null && cameras.length > 0 && !cameras.includes(device))) {
      continue;
    }
    alarms.push({
      entity: entry.entity_id,
      device,
      camera: deviceName(hass, device),
      alarm,
      icon: DANGERS[alarm] ?? "fire",
      since: state.last_changed,
    });
  }
  return alarms;
}
