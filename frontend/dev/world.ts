// Made-up cameras and what they saw: repeatable, so that pictures can be compared.

import type { Known, Media, PushEvent } from "../src/events";
import type { DeviceEntry, EntityEntry, HassEntity } from "../src/hass";

const MINUTE = 60_000;

export interface World {
  events: PushEvent[];
  devices: Record<string, DeviceEntry>;
  entities: Record<string, EntityEntry>;
  states: Record<string, HassEntity>;
}

function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 48271) % 2147483647;
    return (state - 1) / 2147483646;
  };
}

function drawing(words: string, color: string, size = [640, 360]): string {
  const [width = 640, height = 360] = size;
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}">
    <defs><linearGradient id="g" x1="0" y1="0" x2="0" y2="1"><stop offset="0" stop-color="${color}" stop-opacity=".65"/>
    <stop offset="1" stop-color="${color}"/></linearGradient></defs><rect width="100%" height="100%" fill="url(#g)"/>
    <ellipse cx="50%" cy="86%" rx="30%" ry="6%" fill="#0006"/><rect x="30%" y="40%" width="40%" height="42%" rx="24" fill="#fff3"/>
    <text x="50%" y="66%" font-family="Roboto,sans-serif" font-size="${height / 11}" font-weight="700" fill="#fff" text-anchor="middle">${words}</text></svg>`;
  return `data:image/svg+xml,${encodeURIComponent(svg)}`;
}

const CAMERAS = ["Entrance", "Front door", "Nursery", "Yard", "Ramp", "Lobby", "Garage", "Parking"];

const VEHICLES = [
  { plate: "M AB 1234", country: "DEU", make: "VW", model: "Golf", color: "blue", name: "My car" },
  { plate: "47 ATD PN", country: "FRA", make: "RENAULT", model: "Mégane", color: "GREEN", name: "Anna’s estate" },
  { plate: "WOB ZK 295", country: "DEU", make: "Mercedes", model: "Sprinter", color: "white", name: null },
  { plate: "B MK 4711", country: "DEU", make: "BMW", model: "X3", color: "red", name: null },
  { plate: "AB 12 CDE", country: "GBR", make: "Porsche", model: "911", color: "yellow", name: null },
];

export function makeWorld(now: number, days: number, perDay: number): World {
  const next = random(42);
  const pick = <T>(from: readonly T[]): T => from[Math.floor(next() * from.length)] as T;
  const devices: World["devices"] = {};
  const entities: World["entities"] = {};
  const states: World["states"] = {};
  CAMERAS.forEach((name, index) => {
    const id = `device-${index}`;
    devices[id] = { id, name };
    const add = (entity: string, state: string, key: string, category: string | null = null, attributes = {}) => {
      entities[entity] = { entity_id: entity, device_id: id, platform: "camera_push", translation_key: key, entity_category: category };
      states[entity] = { entity_id: entity, state, attributes, last_changed: new Date(now - 90 * MINUTE).toISOString() };
    };
    const slug = name.toLowerCase().replace(" ", "_");
    add(`camera.${slug}`, name === "Yard" ? "unavailable" : "idle", "snapshot");
    add(`binary_sensor.${slug}_person`, name === "Front door" ? "on" : "off", "humanoid");
    add(`binary_sensor.${slug}_connectivity`, name === "Yard" ? "off" : "on", "", "diagnostic", { device_class: "connectivity" });
    add(`binary_sensor.${slug}_fire`, "off", "fire");
  });
  const events: PushEvent[] = [];
  let number = 0;
  const media = (words: string, color: string, at: number, type = "image/jpeg"): Media => {
    number += 1;
    const url = drawing(words, color);
    return { id: `m${number}`, label: null, type, taken_at: new Date(at).toISOString(), url, thumbnail: url, seconds: type.startsWith("video/") ? 8 : null };
  };
  const add = (camera: number, at: number, values: Partial<PushEvent>): PushEvent => {
    const iso = new Date(at).toISOString();
    const event: PushEvent = {
      id: `e.${String(events.length).padStart(6, "0")}`,
      entry_id: "e",
      kind: "alarm",
      device_id: `device-${camera}`,
      camera_id: `camera-${camera}`,
      camera: CAMERAS[camera] ?? "",
      at: iso,
      first_at: iso,
      last_at: iso,
      received_at: iso,
      late: false,
      is_over: true,
      type: null,
      danger: false,
      plate: null,
      plate_raw: null,
      country: null,
      region: null,
      confidence: null,
      direction: null,
      zone: null,
      vehicle: null,
      list_name: null,
      list_mode: null,
      readings: [],
      corrected_from: null,
      known: null,
      first_time: false,
      visits: 1,
      profile_id: null,
      profile_name: null,
      watchlists: [],
      age: null,
      gender: null,
      meta: null,
      favourite: false,
      picture: null,
      plate_picture: null,
      face_picture: null,
      deleted_after: null,
      clip: null,
      media: [],
      ...values,
    };
    event.media = [event.clip, event.picture, event.plate_picture, event.face_picture].filter((one) => one !== null);
    events.push(event);
    return event;
  };
  const visit = (camera: number, at: number, vehicle: (typeof VEHICLES)[number], values: Partial<PushEvent> = {}) => {
    const known: Known | null =
      vehicle.name === null ? null : { id: `known-${vehicle.name}`, name: vehicle.name, kind: "vehicle" };
    const event = add(camera, at, {
      kind: "visit",
      plate: vehicle.plate.replaceAll(" ", ""),
      plate_raw: vehicle.plate,
      country: vehicle.country,
      confidence: 0.8 + next() * 0.199,
      direction: next() > 0.5 ? "in" : "out",
      zone: 1,
      vehicle: { make: vehicle.make, model: vehicle.model, type: "car", color: vehicle.color, view: "front" },
      known,
      visits: 1 + Math.floor(next() * 5),
      first_at: new Date(at - 3000).toISOString(),
      last_at: new Date(at + 3000).toISOString(),
      readings: [{ plate: vehicle.plate.replace("0", "O").replace("1", "I"), confidence: 0.61, at: new Date(at).toISOString() }],
      picture: media(vehicle.plate, vehicle.color === "white" ? "#8d97a5" : vehicle.color.toLowerCase(), at),
      plate_picture: media(vehicle.plate, "#333", at),
      ...values,
    });
    event.media = [media(vehicle.plate, "#567", at - 3000), ...event.media];
    return event;
  };
  const today = [
    () => visit(0, now - 3 * MINUTE, VEHICLES[0]!, { direction: "in", favourite: true, confidence: 0.98 }),
    () => add(1, now - 5 * MINUTE, { type: "doorbell", picture: media("Doorbell", "#7a5a40", now), clip: media("clip", "#444", now, "video/mp4") }),
    () => visit(4, now - 16 * MINUTE, VEHICLES[2]!, { direction: "out", confidence: 0.91, visits: 4 }),
    () =>
      add(5, now - 24 * MINUTE, {
        kind: "identification",
        type: "identification",
        profile_id: "p1",
        known: { id: "known-ada", name: "Ada", kind: "person" },
        watchlists: ["Family"],
        confidence: 0.96,
        picture: media("Lobby", "#7b8fa8", now),
        face_picture: media("Ada", "#9c5b7a", now),
      }),
    ...Array.from({ length: 6 }, (_one, index) => () =>
      add(3, now - (48 + index * 3) * MINUTE, { type: "motion", picture: media("Motion", "#3d5a4a", now) }),
    ),
    () => add(2, now - 86 * MINUTE, { type: "baby_crying", picture: media("Crib", "#c9a07a", now) }),
    () => visit(0, now - 119 * MINUTE, VEHICLES[1]!, { direction: "in", confidence: 0.84, corrected_from: "47 ATD P8" }),
    () => visit(0, now - 274 * MINUTE, VEHICLES[3]!, { direction: "in", confidence: 0.93, late: true, received_at: new Date(now - 232 * MINUTE).toISOString() }),
    () =>
      add(5, now - 316 * MINUTE, {
        kind: "identification",
        type: "identification",
        profile_id: "p9",
        danger: true,
        watchlists: ["House ban"],
        confidence: 0.88,
        age: 31,
        gender: "male",
        picture: media("Lobby", "#7b8fa8", now),
        face_picture: media("?", "#456", now),
      }),
    () => add(7, now - 404 * MINUTE, { kind: "cloud_event", type: "sound", picture: media("Parking", "#6a6f78", now) }),
    () => visit(4, now - 510 * MINUTE, VEHICLES[3]!, { plate: null, plate_raw: null, confidence: null, direction: "out", vehicle: { make: "Audi", model: "A4", type: "car", color: "silver", view: "rear" } }),
    () => add(6, now - 605 * MINUTE, { type: "fire", danger: true, picture: media("Fire", "#b3391f", now), clip: media("clip", "#444", now, "video/mp4") }),
  ];
  for (const make of today) {
    make();
  }
  for (let day = 1; day <= days; day += 1) {
    for (let index = 0; index < perDay; index += 1) {
      const at = now - day * 24 * 60 * MINUTE + (next() - 0.5) * 15 * 60 * MINUTE;
      const kind = next();
      if (kind < 0.5) {
        visit(pick([0, 4]), at, pick(VEHICLES));
      } else if (kind < 0.65) {
        add(5, at, {
          kind: "identification",
          type: "identification",
          profile_id: "p1",
          known: { id: "known-ada", name: "Ada", kind: "person" },
          watchlists: ["Family"],
          confidence: 0.96,
          picture: media("Lobby", "#7b8fa8", at),
          face_picture: media("Ada", "#9c5b7a", at),
        });
      } else {
        const type = pick(["motion", "humanoid", "doorbell", "baby_crying"]);
        add(pick([1, 2, 3]), at, { type, picture: media(type, "#4a5a6a", at) });
      }
    }
  }
  events.sort((one, other) => (one.at < other.at ? 1 : -1));
  return { events, devices, entities, states };
}
