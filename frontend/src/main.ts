// The one module that Home Assistant loads.

import { CorrectPlate } from "./correct";
import { define, watchRegistry } from "./define";
import { EventsCard } from "./events-card";
import { eventsForm, knownForm, snapshotForm } from "./forms";
import { DOMAIN, type Hass, isOurs } from "./hass";
import { QueuedImage } from "./images";
import { KnownCard } from "./known-card";
import { SnapshotCard } from "./snapshot-card";
import { DashboardStrategy } from "./strategy";
import { Strip } from "./strip";
import { ThatIs } from "./that-is";
import { Viewer } from "./viewer";

define("camera-push-image", QueuedImage);
define("camera-push-strip", Strip);
define("camera-push-viewer", Viewer);
define("camera-push-that-is", ThatIs);
define("camera-push-correct-plate", CorrectPlate);
define("camera-push-events", Object.assign(EventsCard, { getConfigForm: eventsForm }));
define("camera-push-snapshot", Object.assign(SnapshotCard, { getConfigForm: snapshotForm }));
define("camera-push-known", Object.assign(KnownCard, { getConfigForm: knownForm }));
define("ll-strategy-dashboard-camera-push", DashboardStrategy);
watchRegistry();

/** Home Assistant's lists of what is on offer: another module may have put something else in their place. */
function offer(list: "customCards" | "customStrategies", entry: { type: string }): void {
  const shared = window as unknown as Record<string, unknown>;
  const known = shared[list];
  if (known == null) {
    shared[list] = [entry];
  } else if (Array.isArray(known) && !known.some((other: { type?: string }) => other.type === entry.type)) {
    known.push(entry);
  }
}

const documentationURL = "https://github.com/camera-push/camera_push#dashboard";

/** The camera card for what shows pictures, a list of events for what tells them. */
function suggest(type: string, hass: Hass, entityId: string): object | null {
  const entry = hass.entities[entityId];
  const [domain] = entityId.split(".");
  if (entry?.platform !== DOMAIN || !entry.device_id) {
    return null;
  }
  if (type === "camera-push-events") {
    return domain === "event" || domain === "image" ? { config: { type: `custom:${type}`, cameras: [entry.device_id] } } : null;
  }
  const camera = Object.values(hass.entities).find(
    (other) => isOurs(other, "camera") && other.device_id === entry.device_id,
  );
  return camera != null && (domain === "camera" || domain === "image")
    ? { config: { type: `custom:${type}`, entity: camera.entity_id } }
    : null;
}

for (const [type, name, description] of [
  ["camera-push-events", "Camera Push events", "What happened, newest first: vehicles, persons and alarms, with pictures"],
  ["camera-push-snapshot", "Camera Push snapshot", "A camera’s last picture, with what it saw and when"],
] as const) {
  const entry = {
    type,
    name,
    description,
    preview: true,
    documentationURL,
    getEntitySuggestion: (hass: Hass, entityId: string) => suggest(type, hass, entityId),
  };
  offer("customCards", entry);
}
const dashboard = {
  type: "camera-push",
  strategyType: "dashboard",
  name: "Camera Push",
  description: "Who came today, what every camera saw last, who is home",
  documentationURL,
};
offer("customStrategies", dashboard);
