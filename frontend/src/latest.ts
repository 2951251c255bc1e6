// The last event of each camera, known vehicle or person that some card shows: one question and one subscription for all.

import { type Change, latestEvents, type PushEvent, subscribe } from "./events";
import { type Connection, end, type Hass, type Unsubscribe } from "./hass";

type Told = (event: PushEvent | undefined) => void;

const stores = new WeakMap<Connection, Latest>();

export class Latest {
  readonly #hass: Hass;
  readonly #watchers = new Map<string, Set<Told>>();
  readonly #events = new Map<string, PushEvent | undefined>();
  #asked = new Set<string>();
  #unsubscribe: Promise<Unsubscribe> | undefined;

  private constructor(hass: Hass) {
    this.#hass = hass;
    // What came while there was no connection was not told.
    hass.connection.addEventListener("ready", () => {
      for (const id of this.#watchers.keys()) {
        this.#look(id);
      }
    });
  }

  static of(hass: Hass): Latest {
    let store = stores.get(hass.connection);
    if (store == null) {
      store = new Latest(hass);
      stores.set(hass.connection, store);
    }
    return store;
  }

  /** Tell the last event of a device or of somebody known, now and whenever there is another; returns how to end that. */
  watch(id: string, told: Told): () => void {
    const watchers = this.#watchers.get(id) ?? new Set();
    this.#watchers.set(id, watchers.add(told));
    if (this.#unsubscribe == null) {
      this.#unsubscribe = subscribe(this.#hass, {}, this.#told);
      this.#unsubscribe.catch(() => undefined);
    }
    if (this.#events.has(id)) {
      told(this.#events.get(id));
    } else {
      this.#look(id);
    }
    return () => {
      watchers.delete(told);
      if (watchers.size === 0) {
        this.#watchers.delete(id);
      }
      if (this.#watchers.size === 0) {
        end(this.#unsubscribe);
        this.#unsubscribe = undefined;
        this.#events.clear();
      }
    };
  }

  /** Ask, with all that is asked for now. */
  #look(id: string): void {
    if (this.#asked.size === 0) {
      setTimeout(() => void this.#ask());
    }
    this.#asked.add(id);
  }

  async #ask(): Promise<void> {
    const ids = [...this.#asked];
    this.#asked = new Set();
    let events: Record<string, PushEvent> = {};
    try {
      events = await latestEvents(this.#hass, ids);
    } catch {
      // Without the history, the cards show what the entities tell.
    }
    for (const id of ids) {
      this.#set(id, events[id]);
    }
  }

  #set(id: string, event: PushEvent | undefined): void {
    this.#events.set(id, event);
    for (const told of this.#watchers.get(id) ?? []) {
      told(event);
    }
  }

  readonly #told = ({ changed, deleted }: Change): void => {
    for (const event of changed ?? []) {
      for (const id of [event.device_id ?? "", event.known?.id ?? ""]) {
        const last = this.#events.get(id);
        if (this.#watchers.has(id) && (last == null || event.at >= last.at || event.id === last.id)) {
          this.#set(id, event);
        }
      }
    }
    for (const [id, event] of this.#events) {
      // Who it was may have been put right.
      const isOther = event != null && changed?.some((it) => it.id === event.id && ![it.device_id, it.known?.id].includes(id));
      if (isOther === true || (event != null && deleted?.includes(event.id) === true)) {
        this.#look(id);
      }
    }
  };
}
