// The loaded part of the history: pages of events, newest first. Pages far away from what is in view are
// given back and fetched again by the same cursor when they come near, so that memory stays flat.

import { type Change, type Filters, matches, type Page, type PushEvent } from "./events";
import { HOUR } from "./time";

export interface LoadedPage {
  readonly filters: Filters;
  readonly cursor: string | null;
  /** Continues this page; null where its filters have nothing more. */
  next: string | null;
  /** null: given back. */
  events: PushEvent[] | null;
  newest: string;
  oldest: string;
  count: number;
}

export type Fetch = (filters: Filters, cursor: string | null, isFirst: boolean) => Promise<Page>;

export type Status = "loading" | "ready" | "failed";

/** Pages that stay in memory on each side of what is in view. */
const KEPT = 3;
/** Nobody scrolls through more than that at a time without an event in between. */
const MAX_WINDOW = 28 * 24 * HOUR;

const byTime = (one: PushEvent, other: PushEvent): number =>
  one.at === other.at ? (one.id < other.id ? 1 : -1) : one.at < other.at ? 1 : -1;

export class Timeline {
  status: Status = "loading";
  error: unknown;
  pages: LoadedPage[] = [];
  /** Events that came while the user looked further down. */
  pending: PushEvent[] = [];
  /** Whether the newest page reaches until now. */
  live = true;
  isComplete = false;
  /** Kept when the list has begun, also if it failed. */
  started: Promise<void> | undefined;
  /** Events that were told after the list was loaded: they fade in. */
  readonly fresh = new Set<string>();
  readonly #fetch: Fetch;
  readonly #changed: () => void;
  readonly #filters: Filters;
  #busy: "older" | "newer" | undefined;
  #refetching = new Set<LoadedPage>();
  #generation = 0;

  constructor(filters: Filters, fetch: Fetch, changed: () => void) {
    this.#filters = filters;
    this.#fetch = fetch;
    this.#changed = changed;
  }

  get busy(): "older" | "newer" | undefined {
    return this.#busy;
  }

  get isEmpty(): boolean {
    return this.pages.every((page) => page.count === 0);
  }

  /** Load something, unless the list begins anew meanwhile; what goes wrong is told. */
  async #run(busy: "older" | "newer" | undefined, load: (isWanted: () => boolean) => Promise<void>): Promise<void> {
    const generation = this.#generation;
    const isWanted = () => generation === this.#generation;
    this.#busy = busy;
    try {
      await load(isWanted);
    } catch (err) {
      if (isWanted()) {
        this.error = err;
        this.status = "failed";
      }
    }
    if (isWanted()) {
      this.#busy = undefined;
      this.#changed();
    }
  }

  /** Load the newest events, or those before a moment. */
  start(before?: string): Promise<void> {
    this.#generation += 1;
    const filters = before == null ? this.#filters : { ...this.#filters, before };
    if (this.status === "failed") {
      this.status = "loading";
    }
    return (this.started = this.#run(undefined, async (isWanted) => {
      const page = await this.#load(filters, null, true);
      if (isWanted()) {
        this.pages = [page];
        this.pending = [];
        this.fresh.clear();
        this.live = before == null;
        this.isComplete = page.next === null;
        this.status = "ready";
      }
    }));
  }

  /** Load the next page. */
  async older(): Promise<void> {
    const last = this.pages.at(-1);
    if (this.#busy != null || this.isComplete || last == null || this.status !== "ready") {
      return;
    }
    await this.#run("older", async (isWanted) => {
      const page = await this.#load(last.filters, last.next);
      if (isWanted()) {
        this.pages.push(page);
        this.isComplete = page.next === null;
      }
    });
  }

  /** Load what comes after the newest page, where the list began at a moment in the past. */
  async newer(now: number): Promise<void> {
    const before = this.pages[0]?.filters.before;
    if (this.#busy != null || this.live || before == null || this.status !== "ready") {
      return;
    }
    await this.#run("newer", async (isWanted) => {
      let after = before;
      let length = 2 * HOUR;
      for (;;) {
        const end = Date.parse(after) + length;
        const isLast = end >= now;
        const filters: Filters = { ...this.#filters, after };
        if (!isLast) {
          filters.before = new Date(end).toISOString();
        }
        const pages = [await this.#load(filters, null)];
        for (let page = pages[0]; page != null && page.next !== null; page = pages.at(-1)) {
          pages.push(await this.#load(filters, page.next));
        }
        if (!isWanted()) {
          return;
        }
        if (pages.some((page) => page.count > 0) || isLast) {
          this.pages.unshift(...pages.filter((page, index) => index === 0 || page.count > 0));
          this.live = isLast;
          return;
        }
        after = filters.before ?? after;
        length = Math.min(2 * length, MAX_WINDOW);
      }
    });
  }

  async #load(filters: Filters, cursor: string | null, isFirst = false): Promise<LoadedPage> {
    const { events, cursor: next } = await this.#fetch(filters, cursor, isFirst);
    return {
      filters,
      cursor,
      next,
      events,
      newest: events[0]?.at ?? "",
      oldest: events.at(-1)?.at ?? "",
      count: events.length,
    };
  }

  /** Keep the pages around those in view, and fetch again which of them were given back. */
  keepAround(first: number, last: number): void {
    const far = this.pages.filter((page, index) => page.events !== null && (index < first - KEPT || index > last + KEPT));
    for (const page of far) {
      page.events = null;
    }
    for (const page of this.pages.slice(Math.max(0, first - 1), last + 2)) {
      if (page.events === null) {
        void this.#refetch(page);
      }
    }
    if (far.length > 0) {
      this.#changed();
    }
  }

  async #refetch(page: LoadedPage): Promise<void> {
    if (this.#refetching.has(page)) {
      return;
    }
    this.#refetching.add(page);
    try {
      const events: PushEvent[] = [];
      // It may have grown since it was loaded.
      for (let next = page.cursor, isWhole = false; !isWhole; ) {
        const more = await this.#fetch(page.filters, next, false);
        events.push(...more.events);
        next = more.cursor;
        isWhole = next === null || (more.events.at(-1)?.at ?? "") <= page.oldest;
      }
      // What was told since is in this page too, unless it belongs to its neighbours.
      page.events = events.filter((event) => event.at >= page.oldest && (page === this.pages[0] || event.at <= page.newest));
      page.count = page.events.length;
    } catch (err) {
      this.error = err;
      this.status = "failed";
    }
    this.#refetching.delete(page);
    this.#changed();
  }

  find(id: string): PushEvent | undefined {
    for (const page of this.pages) {
      const event = page.events?.find((other) => other.id === id);
      if (event != null) {
        return event;
      }
    }
    return this.pending.find((event) => event.id === id);
  }

  /** Take over what was told; `isAtTop`: newer rows may move those in view. */
  apply(change: Change, isAtTop: boolean): void {
    for (const id of change.deleted ?? []) {
      this.#remove(id);
    }
    for (const event of change.changed ?? []) {
      const shown = this.find(event.id);
      const isWanted = matches(event, this.#filters);
      if (shown != null) {
        this.#remove(event.id);
      }
      if (isWanted) {
        this.#insert(event, isAtTop || (shown != null && !this.pending.includes(shown)), shown == null);
      }
    }
    this.#changed();
  }

  /** Show the events that came meanwhile. */
  showPending(): void {
    const pending = this.pending;
    this.pending = [];
    for (const event of pending) {
      this.#insert(event, true, true);
    }
    this.#changed();
  }

  #remove(id: string): void {
    for (const page of this.pages) {
      if (page.events?.some((event) => event.id === id) === true) {
        page.events = page.events.filter((event) => event.id !== id);
        page.count = page.events.length;
      }
    }
    this.pending = this.pending.filter((event) => event.id !== id);
  }

  #insert(event: PushEvent, show: boolean, isFresh: boolean): void {
    const first = this.pages[0];
    if (first == null) {
      return;
    }
    const isNewest = first.count === 0 || event.at > first.newest;
    if (isNewest) {
      if (!this.live) {
        return;
      }
      if (!show) {
        this.pending = [...this.pending, event].sort(byTime);
        return;
      }
    }
    const page = isNewest ? first : this.pages.find((other) => other.count > 0 && event.at >= other.oldest);
    const target = page ?? (this.isComplete ? this.pages.at(-1) : undefined);
    if (target?.events === null || target == null) {
      return;
    }
    target.events = [...target.events, event].sort(byTime);
    target.count = target.events.length;
    target.newest = target.events[0]?.at ?? "";
    target.oldest = target.events.at(-1)?.at ?? "";
    if (isFresh) {
      this.fresh.add(event.id);
    }
  }
}
