// The last event of each camera that some card shows: one subscription for all of them.

import { type Change, listEvents, type PushEvent, subscribe } from "./events";
import { type Connection, end, type Hass, type Unsubscribe } from "./hass";

type Told = (event: PushEvent | undefined) => void;

const stores = new WeakMap<Connection, Latest>();

export class Latest {
  readonly #hass: Hass;
  readonly #watchers = new Map<string, Set<Told>>();
  readonly #events = new Map<string, PushEvent | undefined>();
  #unsubscribe: Promise<Unsubscribe> | undefined;

  private constructor(hass: Hass) {
    this.#hass = hass;
  }

  static of(hass: Hass): Latest {
    let store = stores.get(hass.connection);
    if (store == null) {
      store = new Latest(hass);
      stores.set(hass.connection, store);
    }
    return store;
  }

  /** Tell a device's last event, now and whenever there is another; returns how to end that. */
  watch(device: string, told: Told): () => void {
    const watchers = this.#watchers.get(device) ?? new Set();
    this.#watchers.set(device, watchers.add(told));
    if (this.#unsubscribe == null) {
      this.#unsubscribe = subscribe(this.#hass, {}, this.#told);
      this.#unsubscribe.catch(() => undefined);
    }
    if (this.#events.has(device)) {
      told(this.#events.get(device));
    } else {
      void this.#look(device);
    }
    return () => {
      watchers.delete(told);
      if (watchers.size === 0) {
        this.#watchers.delete(device);
      }
      if (this.#watchers.size === 0) {
        end(this.#unsubscribe);
        this.#unsubscribe = undefined;
        this.#events.clear();
      }
    };
  }

  async #look(device: string): Promise<void> {
    try {
      const { events } = await listEvents(this.#hass, { device_ids: [device] }, null, 1);
      this.#set(device, events[0]);
    } catch {
      // Without the history, the card shows the entity's picture.
      this.#set(device, undefined);
    }
  }

  #set(device: string, event: PushEvent | undefined): void {
    this.#events.set(device, event);
    for (const told of this.#watchers.get(device) ?? []) {
      told(event);
    }
  }

  readonly #told = ({ changed, deleted }: Change): void => {
    for (const event of changed ?? []) {
      const device = event.device_id ?? "";
      const known = this.#events.get(device);
      if (this.#watchers.has(device) && (known == null || event.at >= known.at || event.id === known.id)) {
        this.#set(device, event);
      }
    }
    for (const [device, event] of this.#events) {
      if (event != null && deleted?.includes(event.id) === true) {
        void this.#look(device);
      }
    }
  };
}
