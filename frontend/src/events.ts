// The history's events, and the commands that give and change them.

import type { Hass, Unsubscribe } from "./hass";

export type Kind = "visit" | "alarm" | "identification" | "cloud_event";

export const KINDS: readonly Kind[] = ["visit", "identification", "alarm", "cloud_event"];

export interface Media {
  id: string;
  label: string | null;
  type: string;
  taken_at: string;
  url: string;
  thumbnail: string;
  /** The length of a clip, if its file tells it. */
  seconds: number | null;
}

export interface Vehicle {
  make: string | null;
  model: string | null;
  type: string | null;
  color: string | null;
  view: string | null;
}

export interface Reading {
  plate: string;
  confidence: number | null;
  at: string;
}

export interface Known {
  id: string;
  name: string;
  kind: "vehicle" | "person";
}

export interface PushEvent {
  id: string;
  entry_id: string;
  kind: Kind;
  device_id: string | null;
  camera_id: string;
  camera: string;
  at: string;
  first_at: string;
  last_at: string;
  received_at: string;
  late: boolean;
  is_over: boolean;
  type: string | null;
  danger: boolean;
  plate: string | null;
  plate_raw: string | null;
  country: string | null;
  region: string | null;
  confidence: number | null;
  direction: "in" | "out" | "unknown" | null;
  zone: number | null;
  vehicle: Vehicle | null;
  list_name: string | null;
  list_mode: string | null;
  readings: Reading[];
  corrected_from: string | null;
  known: Known | null;
  first_time: boolean;
  visits: number;
  profile_id: string | null;
  /** The name that the platform has for the person. */
  profile_name: string | null;
  watchlists: string[];
  age: number | null;
  gender: string | null;
  meta: Record<string, unknown> | null;
  favourite: boolean;
  picture: Media | null;
  plate_picture: Media | null;
  face_picture: Media | null;
  clip: Media | null;
  media: Media[];
  /** After how many days the picture was deleted. */
  deleted_after: number | null;
}

export const isVisit = ({ kind }: PushEvent): boolean => kind === "visit";

export const isPerson = ({ kind }: PushEvent): boolean => kind === "identification";

export interface Filters {
  device_ids?: string[];
  kinds?: Kind[];
  known?: boolean;
  favourite?: boolean;
  danger?: boolean;
  plate?: string;
  person?: string;
  text?: string;
  after?: string;
  before?: string;
  ids?: string[];
}

export interface Page {
  events: PushEvent[];
  cursor: string | null;
  summary?: Summary;
}

export type Slot = Record<Kind | "danger", number>;

export interface Summary {
  slots: Slot[];
  totals: Slot & { unknown: number; favourite: number };
  cameras: Record<string, Partial<Record<Kind, number>>>;
}

export interface Change {
  changed?: PushEvent[];
  deleted?: string[];
}

export interface Candidate {
  id: string;
  name: string;
  kind: "vehicle" | "person";
  plate: string | null;
  reason: "similar" | "same_make" | null;
  picture: Media | null;
}

export interface Suggestions {
  name: string;
  known: Candidate[];
  earlier: PushEvent[];
  visits: number;
}

export interface Assigned {
  known: Known;
  visits: number;
  undo: string;
}

export const PAGE = 50;
/** As many as are in view, so that they are there at once. */
export const FIRST_PAGE = 15;

function call<T>(hass: Hass, command: string, values: object = {}): Promise<T> {
  return hass.connection.sendMessagePromise<T>({ ...values, type: `camera_push/events/${command}` });
}

export const listEvents = (
  hass: Hass,
  filters: Filters,
  cursor: string | null = null,
  limit = PAGE,
  summary?: { start: string; end: string; slots: number },
) => call<Page>(hass, "list", { ...filters, limit, ...(cursor === null ? {} : { cursor }), ...(summary && { summary }) });

/** The last events of cameras, by the ids of their devices, and of known vehicles and persons. */
export const latestEvents = async (hass: Hass, of: string[]) =>
  (await call<{ events: Record<string, PushEvent> }>(hass, "latest", { of })).events;

export const summarise = (hass: Hass, filters: Filters, start: string, end: string, slots: number) =>
  call<Summary>(hass, "summary", { ...filters, start, end, slots });

export const setFavourite = (hass: Hass, id: string, favourite: boolean) =>
  call(hass, "set_favourite", { event_id: id, favourite });

export const deleteEvents = (hass: Hass, ids: string[]) => call(hass, "delete", { ids });

export const correctPlate = (hass: Hass, id: string, plate: string) =>
  call<{ event: PushEvent }>(hass, "correct_plate", { event_id: id, plate });

export const suggest = (hass: Hass, id: string) => call<Suggestions>(hass, "suggestions", { event_id: id });

export const assign = (hass: Hass, id: string, to: { known_id: string } | { name: string }) =>
  call<Assigned>(hass, "assign", { event_id: id, ...to });

export const undoAssign = (hass: Hass, undo: string) => call(hass, "undo_assign", { undo });

export const subscribe = (hass: Hass, filters: Filters, told: (change: Change) => void): Promise<Unsubscribe> =>
  hass.connection.subscribeMessage<Change>(told, { ...filters, type: "camera_push/events/subscribe" });

/** A plate as searches compare it: without blanks and dashes. */
export const comparable = (plate: string | null): string => (plate ?? "").toUpperCase().replace(/[^\p{L}\p{N}]/gu, "");

const isUnknown = (event: PushEvent): boolean =>
  event.known === null && (isVisit(event) || isPerson(event));

/** Whether an event that was told is one of those that are shown. */
export function matches(event: PushEvent, filters: Filters): boolean {
  if (filters.device_ids != null && !filters.device_ids.includes(event.device_id ?? "")) {
    return false;
  }
  if (filters.kinds != null && !filters.kinds.includes(event.kind)) {
    return false;
  }
  if (filters.known != null && (filters.known ? event.known === null : !isUnknown(event))) {
    return false;
  }
  if (filters.favourite != null && event.favourite !== filters.favourite) {
    return false;
  }
  if (filters.danger != null && event.danger !== filters.danger) {
    return false;
  }
  if (
    (filters.after != null && event.at < filters.after) ||
    (filters.before != null && event.at >= filters.before)
  ) {
    return false;
  }
  if (filters.plate != null && comparable(event.plate) !== comparable(filters.plate)) {
    return false;
  }
  if (filters.text != null) {
    const words = [event.known?.name, event.profile_name, event.camera, event.type, event.list_name, ...event.watchlists];
    const text = filters.text.toLowerCase();
    const plate = comparable(filters.text);
    return (
      (plate !== "" && comparable(event.plate).includes(plate)) ||
      words.some((word) => word?.toLowerCase().includes(text))
    );
  }
  return true;
}
