// The numbers of days, for strip, chips and headings: asked once, and again after something changed.

import { type Filters, type Kind, KINDS, type Slot, type Summary } from "./events";

export type FetchSummary = (filters: Filters, day: string) => Promise<Summary>;

const MOST_DAYS = 30;
const RENEW_AFTER = 1500;

export class DayCounts {
  readonly #fetch: FetchSummary;
  readonly #changed: () => void;
  #known = new Map<string, Summary>();
  #asked = new Set<string>();
  #stale = new Set<string>();
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(fetch: FetchSummary, changed: () => void) {
    this.#fetch = fetch;
    this.#changed = changed;
  }

  static #key(filters: Filters, day: string): string {
    return JSON.stringify([day, filters]);
  }

  /** The numbers of a day, undefined until they are there. */
  get(filters: Filters, day: string): Summary | undefined {
    const key = DayCounts.#key(filters, day);
    const known = this.#known.get(key);
    if ((known == null || this.#stale.has(key)) && !this.#asked.has(key)) {
      this.expect(filters, day, this.#fetch(filters, day));
    }
    return known;
  }

  /** The numbers of a day are on their way. */
  expect(filters: Filters, day: string, coming: Promise<Summary | undefined>): void {
    const key = DayCounts.#key(filters, day);
    this.#asked.add(key);
    this.#stale.delete(key);
    coming.then(
      (summary) => {
        this.#asked.delete(key);
        if (summary != null) {
          this.#known.delete(key);
          this.#known.set(key, summary);
          this.#trim();
        }
        this.#changed();
      },
      // The list says that the history cannot be read; here, nothing is asked again until something changes.
      () => undefined,
    );
  }

  #trim(): void {
    for (const key of this.#known.keys()) {
      if (this.#known.size <= MOST_DAYS) {
        return;
      }
      this.#known.delete(key);
    }
  }

  /** Ask again, shortly after the last of several changes. */
  renew(): void {
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      this.#stale = new Set(this.#known.keys());
      this.#asked.clear();
      this.#changed();
    }, RENEW_AFTER);
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }
}

/** Slots with some kinds only. */
export function onlyKinds(slots: readonly Slot[], kinds: readonly Kind[]): readonly Slot[] {
  if (kinds.length === 0) {
    return slots;
  }
  return slots.map((slot) => {
    const kept = { ...slot };
    for (const kind of KINDS) {
      if (!kinds.includes(kind)) {
        kept[kind] = 0;
      }
    }
    if (!kinds.includes("alarm")) {
      kept.danger = Math.min(kept.danger, kept.visit + kept.identification);
    }
    return kept;
  });
}

export const sumOf = (counts: Record<Kind, number>, kinds: readonly Kind[]): number =>
  (kinds.length === 0 ? KINDS : kinds).reduce((sum, kind) => sum + counts[kind], 0);
