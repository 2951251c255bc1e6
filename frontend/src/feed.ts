// What a card of events has loaded: the list, the numbers of days, and what the user filters by. Kept up to date.

import { type Chosen, NOTHING_CHOSEN, withChosen } from "./chips";
import { baseFilters, type EventsConfig } from "./config";
import { DayCounts } from "./day-counts";
import { type Change, type Filters, FIRST_PAGE, listEvents, type Page, PAGE, type PushEvent, subscribe, type Summary, summarise } from "./events";
import { end, type Hass, type Unsubscribe } from "./hass";
import { lookedUntil, setLookedUntil } from "./looked";
import { SLOTS } from "./strip";
import { Timeline } from "./timeline";
import { Clock } from "./time";

/** So long, the dashboard may take to make its cards. */
const BEGUN_FOR = 9000;

interface Host {
  /** Whether rows may come in above those in view. */
  readonly mayMove: boolean;
  /** The list has changed. */
  listChanged(): void;
  /** Something else has changed. */
  requestUpdate(): void;
  /** Events that were not there before. */
  announce(events: PushEvent[]): void;
}

/** What the dashboard's list begins with is asked for before its card is there. */
let begun: Feed | undefined;

export class Feed {
  timeline: Timeline | undefined;
  chosen: Chosen = NOTHING_CHOSEN;
  isLive: boolean;
  /** The day that the list begins with, as long as nobody scrolls. */
  startDay: string;
  /** Until when the user had seen everything when the card was opened. */
  readonly seenUntil: string;
  readonly #hass: Hass;
  readonly clock: Clock;
  readonly #config: EventsConfig;
  #host: Host | undefined;
  readonly #counts: DayCounts;
  readonly #unsubscribe: Promise<Unsubscribe>;
  #loaded = "";

  constructor(hass: Hass, clock: Clock, config: EventsConfig) {
    this.#hass = hass;
    this.clock = clock;
    this.#config = config;
    this.startDay = clock.day(Date.now());
    this.seenUntil = lookedUntil(this.#name);
    this.isLive = hass.connection.connected;
    hass.connection.addEventListener("ready", this.#ready);
    hass.connection.addEventListener("disconnected", this.#disconnected);
    this.#unsubscribe = subscribe(hass, baseFilters(config), (change) => void this.#told(change));
    // What went wrong is said where the list is loaded.
    this.#unsubscribe.catch(this.#disconnected);
    this.#counts = new DayCounts(
      (filters, day) => {
        const { start, end, slots } = this.#dayOf(day);
        return summarise(hass, filters, start, end, slots);
      },
      () => this.#host?.requestUpdate(),
    );
    this.load();
  }

  /** Begin what a card without filters shows: it comes soon, or not at all. */
  static begin(hass: Hass): void {
    begun?.stop();
    const feed = (begun = new Feed(hass, new Clock(hass), { type: "" }));
    setTimeout(() => {
      if (begun === feed) {
        begun = undefined;
        feed.stop();
      }
    }, BEGUN_FOR);
  }

  /** The feed of a card: that which was begun, if it is the same. */
  static of(host: Host, hass: Hass, clock: Clock, config: EventsConfig): Feed {
    let feed = begun;
    if (feed?.clock.key === clock.key && !config.days && JSON.stringify(baseFilters(config)) === "{}") {
      begun = undefined;
    } else {
      feed = new Feed(hass, clock, config);
    }
    feed.#host = host;
    return feed;
  }

  get #name(): string {
    return JSON.stringify(baseFilters(this.#config));
  }

  /** Remember what was seen, and end the subscription. */
  stop(): void {
    this.rememberLooked();
    this.#hass.connection.removeEventListener("ready", this.#ready);
    this.#hass.connection.removeEventListener("disconnected", this.#disconnected);
    // A connection that is gone has no subscriptions to end.
    end(this.#unsubscribe);
    this.#counts.stop();
  }

  /** What is loaded now has been seen when the card is opened the next time. */
  rememberLooked(): void {
    const newest = this.timeline?.pages[0]?.newest ?? "";
    if (this.#host && this.timeline?.live === true && newest > lookedUntil(this.#name)) {
      setLookedUntil(this.#name, newest);
    }
  }

  readonly #disconnected = (): void => {
    this.isLive = false;
    this.#host?.requestUpdate();
  };

  readonly #ready = (): void => {
    this.isLive = true;
    this.#counts.renew();
    if (this.timeline?.live !== false && this.#host?.mayMove !== false) {
      void this.timeline?.start();
    }
    this.#host?.requestUpdate();
  };

  get filters(): Filters {
    const filters = withChosen(baseFilters(this.#config), this.chosen);
    const days = this.#config.days ?? 0;
    if (days > 0) {
      const first = this.clock.plus(this.clock.day(Date.now()), 1 - days);
      filters.after = new Date(this.clock.startOf(first)).toISOString();
    }
    return filters;
  }

  /** Filter by something else too. */
  choose(chosen: Partial<Chosen>): void {
    this.chosen = { ...this.chosen, ...chosen };
    this.load();
    this.#host?.requestUpdate();
  }

  /** Load the list, unless it is that of these filters. */
  load(): void {
    const filters = this.filters;
    const name = JSON.stringify(filters);
    if (name === this.#loaded) {
      return;
    }
    this.#loaded = name;
    this.startDay = this.clock.day(Date.now());
    const timeline = new Timeline(
      filters,
      (wanted, cursor, isFirst) => this.#fetch(wanted, cursor, isFirst),
      () => {
        if (timeline === this.timeline) {
          this.#host?.listChanged();
        }
      },
    );
    this.timeline = timeline;
    void timeline.start();
  }

  #dayOf(day: string): { start: string; end: string; slots: number } {
    const iso = (of: string) => new Date(this.clock.startOf(of)).toISOString();
    return { start: iso(day), end: iso(this.clock.plus(day, 1)), slots: SLOTS };
  }

  /** The newest page brings today's numbers along, where they are those of the same events. */
  #fetch(filters: Filters, cursor: string | null, isFirst: boolean): Promise<Page> {
    const limit = isFirst ? FIRST_PAGE : PAGE;
    if (!isFirst || this.chosen.kinds.length > 0 || filters.after != null || filters.before != null) {
      return listEvents(this.#hass, filters, cursor, limit);
    }
    const day = this.startDay;
    const page = listEvents(this.#hass, filters, null, limit, this.#dayOf(day));
    this.#counts.expect(filters, day, page.then(({ summary }) => summary));
    return page;
  }

  readonly #told = async (change: Change): Promise<void> => {
    const { timeline } = this;
    if (timeline == null) {
      return;
    }
    // What is told while the list is on its way need not be in it.
    await timeline.started;
    const added = (change.changed ?? []).filter((event) => timeline.find(event.id) == null);
    timeline.apply(change, this.#host?.mayMove !== false);
    this.#counts.renew();
    this.#host?.announce(added);
  };

  /** The numbers of a day, undefined until they are there. Kinds can be left out of them. */
  counts(day: string): Summary | undefined {
    return this.#counts.get(withChosen(baseFilters(this.#config), { ...this.chosen, kinds: [] }), day);
  }

  /** The numbers of a day for the chips: all that there is of the camera. */
  totals(day: string): Summary["totals"] | undefined {
    const all = withChosen(baseFilters(this.#config), { ...NOTHING_CHOSEN, camera: this.chosen.camera });
    return this.#counts.get(all, day)?.totals;
  }
}
