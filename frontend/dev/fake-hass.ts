// A Home Assistant whose history is made up: it answers the cards' commands as the integration does.

import { type Change, type Filters, type Kind, KINDS, matches, type PushEvent, type Slot } from "../src/events";
import type { Connection, Hass, Localize } from "../src/hass";
import type { World } from "./world";

type Words = Record<string, string>;

function localizer(words: Words): Localize {
  return (key, values = {}) =>
    (words[key.replace("component.camera_push.selector.card.options.", "")] ?? "").replace(
      /\{(\w+)\}/g,
      (all: string, name: string) => values[name] ?? all,
    );
}

export class FakeConnection implements Connection {
  connected = true;
  /** Commands that fail, by their name. */
  readonly failing = new Set<string>();
  readonly sent: ({ type: string } & Record<string, unknown>)[] = [];
  readonly #listeners = new Map<string, Set<() => void>>();
  readonly #subscribers = new Map<(change: Change) => void, Filters>();
  readonly #world: World;
  delay = 0;

  constructor(world: World) {
    this.#world = world;
  }

  addEventListener(type: string, listener: () => void): void {
    this.#listeners.set(type, (this.#listeners.get(type) ?? new Set()).add(listener));
  }

  removeEventListener(type: string, listener: () => void): void {
    this.#listeners.get(type)?.delete(listener);
  }

  get subscriptions(): number {
    return this.#subscribers.size;
  }

  setConnected(connected: boolean): void {
    this.connected = connected;
    for (const listener of this.#listeners.get(connected ? "ready" : "disconnected") ?? []) {
      listener();
    }
  }

  async subscribeMessage<T>(callback: (message: T) => void, { type, ...filters }: { type: string }): Promise<() => void> {
    this.sent.push({ type, ...filters });
    const subscriber = callback as unknown as (change: Change) => void;
    await Promise.resolve();
    this.#subscribers.set(subscriber, filters);
    return () => this.#subscribers.delete(subscriber);
  }

  /** Let something happen. */
  push(...events: PushEvent[]): void {
    for (const event of events) {
      const index = this.#world.events.findIndex(({ id }) => id === event.id);
      if (index >= 0) {
        this.#world.events.splice(index, 1);
      }
      this.#world.events.push(event);
    }
    this.#world.events.sort((one, other) => (one.at < other.at ? 1 : -1));
    for (const [subscriber, filters] of this.#subscribers) {
      subscriber({ changed: events.filter((event) => matches(event, filters)) });
    }
  }

  async sendMessagePromise<T>(message: { type: string } & Record<string, unknown>): Promise<T> {
    this.sent.push(message);
    const name = message.type.replace("camera_push/events/", "");
    if (this.failing.has(name)) {
      throw Object.assign(new Error("The picture store does not answer."), { code: "unavailable" });
    }
    // An answer is what there was when it was asked for, however long it is on its way.
    const answers: Record<string, () => unknown> = {
      "camera_push/dashboard/views": () => ({ views: [] }),
      list: () => this.#list(message),
      summary: () => this.#summary(message),
      latest: () => {
        const newest = (id: string) => this.#world.events.find((it) => it.device_id === id || it.known?.id === id);
        return { events: Object.fromEntries((message.of as string[]).map((id) => [id, newest(id)])) };
      },
      set_favourite: () => this.#change(String(message.event_id), { favourite: message.favourite === true }),
      delete: () => this.#delete(message.ids as string[]),
      correct_plate: () => ({
        event: this.#change(String(message.event_id), {
          plate: String(message.plate),
          plate_raw: String(message.plate),
          corrected_from: this.#find(String(message.event_id)).plate_raw,
        }),
      }),
      suggestions: () => ({
        name: "White Mercedes Sprinter",
        known: [
          { id: "known-parcel", name: "Parcel service", kind: "vehicle", plate: "WOB ZK 259", reason: "similar", picture: null },
          { id: "known-My car", name: "My car", kind: "vehicle", plate: "M AB 1234", reason: null, picture: null },
          { id: "known-anna", name: "Anna’s estate", kind: "vehicle", plate: "47 ATD PN", reason: null, picture: null },
        ],
        earlier: [],
        visits: 4,
      }),
      assign: () => {
        const event = this.#find(String(message.event_id));
        const kind = event.kind === "visit" ? ("vehicle" as const) : ("person" as const);
        const known = { id: "known-new", name: String(message.name ?? message.known_id), kind };
        const same = this.#world.events.filter(({ plate }) => plate === event.plate);
        this.push(...same.map((one) => ({ ...one, known })));
        return { known, visits: same.length, undo: "undo" };
      },
      undo_assign: () => {
        this.push(
          ...this.#world.events.filter(({ known }) => known?.id === "known-new").map((one) => ({ ...one, known: null })),
        );
        return {};
      },
    };
    const answer = answers[name];
    if (answer === undefined) {
      throw new Error(`Unknown command ${message.type}`);
    }
    const said = answer() as T;
    await new Promise((resolve) => setTimeout(resolve, this.delay));
    return said;
  }

  #find(id: string): PushEvent {
    const event = this.#world.events.find((other) => other.id === id);
    if (event === undefined) {
      throw new Error("There is no such event.");
    }
    return event;
  }

  #change(id: string, values: Partial<PushEvent>): PushEvent {
    const event = { ...this.#find(id), ...values };
    this.push(event);
    return event;
  }

  #delete(ids: string[]): void {
    this.#world.events.splice(0, Infinity, ...this.#world.events.filter(({ id }) => !ids.includes(id)));
    for (const subscriber of this.#subscribers.keys()) {
      subscriber({ deleted: ids });
    }
  }

  #list(message: Record<string, unknown>) {
    const { ids, cursor, limit, summary, ...filters } = message as unknown as Filters & {
      cursor?: string;
      limit: number;
      summary?: Record<string, unknown>;
    };
    const found = this.#world.events.filter((event) => (ids === undefined || ids.includes(event.id)) && matches(event, filters));
    const from = cursor === undefined ? 0 : found.findIndex((event) => `${event.at} ${event.id}` === cursor) + 1;
    const events = found.slice(from, from + limit);
    const last = events.at(-1);
    const counts = summary === undefined ? {} : { summary: this.#summary({ ...filters, ...summary }) };
    return { ...counts, events, cursor: from + limit < found.length && last !== undefined ? `${last.at} ${last.id}` : null };
  }

  #summary(message: Record<string, unknown>) {
    const { start, end, slots: count, ...filters } = message as unknown as Filters & { start: string; end: string; slots: number };
    const from = Date.parse(start);
    const length = (Date.parse(end) - from) / count;
    const none = (): Slot => ({ visit: 0, alarm: 0, identification: 0, cloud_event: 0, danger: 0 });
    const slots = Array.from({ length: count }, none);
    const totals = { ...none(), unknown: 0, favourite: 0 };
    for (const event of this.#world.events) {
      if (event.at >= start && event.at < end && matches(event, filters)) {
        const slot = slots[Math.floor((Date.parse(event.at) - from) / length)] ?? none();
        slot[event.kind] += 1;
        totals[event.kind] += 1;
        if (event.danger) {
          slot.danger += 1;
          totals.danger += 1;
        }
        totals.unknown += Number(event.known === null && (event.kind === "visit" || event.kind === "identification"));
        totals.favourite += Number(event.favourite);
      }
    }
    return { slots, totals, cameras: {} as Record<string, Partial<Record<Kind, number>>>, kinds: KINDS };
  }
}

export function fakeHass(world: World, words: Words, language = "en"): Hass & { connection: FakeConnection } {
  const localize = localizer(words);
  return {
    connection: new FakeConnection(world),
    states: world.states,
    entities: world.entities,
    devices: world.devices,
    language,
    locale: { language, time_format: "24", time_zone: "local" },
    config: { time_zone: "Europe/Berlin" },
    user: { is_admin: true },
    localize,
    loadBackendTranslation: () => Promise.resolve(localize),
  };
}
