// camera-push-events: what happened, newest first, live.

import { html, nothing, render, type TemplateResult } from "lit/html.js";

import { Card, type Ready } from "./card";
import { camerasOf, chosenNames, isFiltered, NOTHING_CHOSEN, renderChips } from "./chips";
import type { EventsConfig } from "./config";
import { onlyKinds, sumOf } from "./day-counts";
import { title } from "./describe";
import { listEvents, type Media, type PushEvent } from "./events";
import { eventsStyles } from "./events-styles";
import { Feed } from "./feed";
import { boxOf, deviceName, DOMAIN, type Hass, isAdmin, navigate, sentence } from "./hass";
import { renderHead } from "./head";
import { icon } from "./icons";
import { buildItems, type Item, type Row } from "./items";
import { type AlarmOn, alarmsOn } from "./now";
import { renderRow, type RowContext } from "./row";
import { RowList } from "./row-list";
import { banner, empty, noCamera, nothingHappened, skeleton } from "./states";
import type { Texts } from "./texts";
import { type Clock, MINUTE } from "./time";
import { openThatIs } from "./that-is";
import { openViewer, setFavouriteOf } from "./viewer";

const SEARCH_DELAY = 250;

/** An item's element. */
type Keyed = HTMLElement & { key: string };

export class EventsCard extends Card<EventsConfig> {
  static override properties = {
    ...Card.properties,
    _isSearching: 0,
    _now: 0,
    _active: 0,
    _day: 0,
    _announced: 0,
  };

  private _isSearching = false;
  private _now = Date.now();
  private _active: string | undefined;
  private _day = "";
  private _announced = { polite: "", assertive: "" };
  private _feed: Feed | undefined;
  private _inView: { from: number; to: number } | undefined;
  private _alarms: AlarmOn[] = [];
  private _searchTimer: ReturnType<typeof setTimeout> | undefined;
  private _ticker: ReturnType<typeof setInterval> | undefined;
  /** Media that are no longer there, by id, and paths that were renewed once. */
  private readonly _gone = new Set<string>();
  private readonly _renewed = new Set<string>();
  private readonly _list = new RowList(this);

  override setConfig(config: EventsConfig): void {
    super.setConfig(config);
    this.toggleAttribute("fixed", typeof config.grid_options?.rows === "number");
  }

  getCardSize(): number {
    return 12;
  }

  getGridOptions(): object {
    return { columns: 12, rows: "auto", min_columns: 6, min_rows: 5 };
  }

  protected override _changed(hass: Hass, old?: Hass): boolean {
    const key = (alarms: AlarmOn[]) => alarms.map(({ entity, since }) => entity + since).join();
    const before = this._alarms;
    this._alarms = alarmsOn(hass, this._config?.cameras);
    return old?.devices !== hass.devices || old.user !== hass.user || key(before) !== key(this._alarms);
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this._list.connect();
    this._ticker = setInterval(() => (this._now = Date.now()), MINUTE / 2);
    document.addEventListener("visibilitychange", this._visibilityChanged);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this._list.disconnect();
    clearInterval(this._ticker);
    clearTimeout(this._searchTimer);
    document.removeEventListener("visibilitychange", this._visibilityChanged);
  }

  private readonly _visibilityChanged = (): void => {
    this._now = Date.now();
    this._feed?.rememberLooked();
  };

  protected override _stop(): void {
    this._feed?.stop();
    this._feed = undefined;
  }

  protected override updated(): void {
    const { _ready: ready, _feed: feed } = this;
    if (ready && feed) {
      this._renderItems(ready, feed);
    }
    this._list.updated();
  }

  protected override willUpdate(): void {
    if (this._feed == null && this.isConnected && this._hass && this._clock && this._config) {
      this._now = Date.now();
      this._day = this._clock.day(this._now);
      this._feed = Feed.of(this, this._hass, this._clock, this._config);
      // It may have been begun before this card was there.
      this.listChanged();
    }
  }

  // What the feed tells

  get mayMove(): boolean {
    return this._list.isAtTop;
  }

  listChanged(): void {
    const { _feed: feed, _clock: clock, _list: list } = this;
    if (feed?.timeline == null || clock == null) {
      return;
    }
    const { pages } = feed.timeline;
    pages.forEach((page, index) => {
      if (page.events === null) {
        list.heights.keepHeightOf(index, `gap-${page.newest}`);
      }
    });
    const items = buildItems(pages, {
      group: this._config?.group_alarms !== false,
      dayOf: (at) => clock.day(at),
      firstDay: feed.startDay,
      seenUntil: feed.seenUntil,
    });
    list.setItems(items, true);
    this.requestUpdate();
  }

  announce(events: PushEvent[]): void {
    const texts = this._texts;
    if (events.length === 0 || texts == null) {
      return;
    }
    this._now = Date.now();
    const say = (isDanger: boolean) =>
      events
        .filter(({ danger }) => danger === isDanger)
        .map((event) => `${title(event, texts)}, ${event.camera}`)
        .join("; ");
    this._announced = { polite: say(false), assertive: say(true) };
  }

  // Where the list is

  get listElement(): HTMLElement | null {
    return this._find(".list");
  }

  get innerScroller(): HTMLElement | null {
    return this.hasAttribute("fixed") ? this._find(".scroll") : null;
  }

  get headBottom(): number {
    const inner = this.innerScroller;
    if (inner !== null) {
      return boxOf(inner).top;
    }
    const head = this._find(".stick");
    return head === null ? 0 : (Number.parseFloat(getComputedStyle(head).top) || 0) + head.offsetHeight;
  }

  get rowEstimate(): number {
    const width = this.offsetWidth;
    return width < 420 ? 94 : width < 700 ? 97 : 115;
  }

  inViewChanged(): void {
    const { _feed: feed, _clock: clock, _list: list } = this;
    const { items, visible } = list;
    if (feed?.timeline == null || clock == null) {
      return;
    }
    const shown = items.slice(visible.start, visible.end);
    const rows = shown.filter((item): item is Row => item.type === "row");
    const newest = rows[0]?.events[0].at;
    const oldest = rows.at(-1)?.events[0].at;
    const isQuietDay = visible.start === 0 && items[0]?.type === "day";
    this._day = newest == null || isQuietDay ? feed.startDay : clock.day(newest);
    this._inView =
      newest == null || oldest == null ? undefined : { from: Date.parse(oldest), to: Date.parse(newest) };
    if (shown.length === 0) {
      return;
    }
    const pages = shown.map((item) => item.page);
    feed.timeline.keepAround(Math.min(...pages), Math.max(...pages));
    // At first, only if the user looks further down: what is in view comes before that.
    if (visible.end >= items.length - (feed.timeline.pages.length > 1 ? 12 : 3)) {
      void feed.timeline.older();
    }
    if (!feed.timeline.live && visible.start <= 4 && !list.isAtTop) {
      void feed.timeline.newer(this._now);
    }
  }

  /** Go to a moment: to its row if that is loaded, else the list begins there. */
  private async _jump(to: number): Promise<void> {
    const { _feed: feed, _clock: clock, _list: list } = this;
    if (feed?.timeline == null || clock == null) {
      return;
    }
    const { timeline } = feed;
    if (to >= this._now) {
      feed.startDay = clock.day(this._now);
      if (timeline.live) {
        timeline.showPending();
      } else {
        await timeline.start();
      }
      list.scrollToTop();
      return;
    }
    const before = new Date(to).toISOString();
    const row = list.items.find((item): item is Row => item.type === "row" && item.events[0].at < before);
    if (row != null && (timeline.live || (timeline.pages[0]?.newest ?? "") >= before)) {
      list.scrollTo(row.key);
      return;
    }
    feed.startDay = clock.day(to - 1);
    await timeline.start(before);
    list.scrollToTop();
  }

  private readonly _showDay = (day: string): void => {
    const clock = this._clock;
    if (clock != null) {
      void this._jump(day >= clock.day(this._now) ? this._now : clock.startOf(clock.plus(day, 1)));
    }
  };

  // What the user does

  private readonly _typed = (text: string): void => {
    clearTimeout(this._searchTimer);
    this._searchTimer = setTimeout(() => this._feed?.choose({ text: text.trim() }), SEARCH_DELAY);
  };

  private readonly _search = async (open: boolean): Promise<void> => {
    clearTimeout(this._searchTimer);
    this._isSearching = open;
    if (!open) {
      this._feed?.choose({ text: "" });
    }
    await this.updateComplete;
    const input = this._find<HTMLInputElement>("input[type=search]");
    if (open) {
      input?.focus();
    } else if (input) {
      input.value = "";
    }
  };

  /** A signed path is good for a day: ask once for a new one, then the picture is gone. */
  private async _renew(event: PushEvent, media: Media): Promise<void> {
    const hass = this._hass;
    if (hass == null || this._renewed.has(event.id)) {
      this._gone.add(media.id);
      this.requestUpdate();
      return;
    }
    this._renewed.add(event.id);
    setTimeout(() => this._renewed.delete(event.id), 60 * MINUTE);
    try {
      const { events } = await listEvents(hass, { ids: [event.id] });
      this._feed?.timeline?.apply({ changed: events }, false);
    } catch {
      // Without a connection, the picture may still be there.
    }
  }

  private _openRow(row: Row): void {
    const { _ready: ready, _list: list } = this;
    if (!ready) {
      return;
    }
    this._active = row.key;
    openViewer(this, {
      ...ready,
      event: row.events[0],
      others: row.events,
      canWrite: this._canWrite,
      neighbour: (event, step) => this._neighbour(event, step),
      turned: ({ key }) => {
        this._active = key;
        list.reveal(list.items.findIndex((item) => item.key === key));
      },
      removed: (events, isGone) => {
        const change = isGone ? { deleted: events.map(({ id }) => id) } : { changed: [...events] };
        this._feed?.timeline?.apply(change, true);
      },
      showPlate: (plate) => {
        this._isSearching = true;
        this._feed?.choose({ ...NOTHING_CHOSEN, text: plate });
      },
      closed: () => void this._focusRow(this._active),
    });
  }

  private get _canWrite(): boolean {
    return this._hass != null && isAdmin(this._hass) && this._config?.actions !== false;
  }

  private get _rows(): Row[] {
    return this._list.items.filter((item): item is Row => item.type === "row");
  }

  private async _neighbour(event: PushEvent, step: 1 | -1): Promise<Row | undefined> {
    const find = (rows: Row[]) => rows.findIndex((row) => row.events.some(({ id }) => id === event.id));
    const index = find(this._rows);
    if (index < 0) {
      return undefined;
    }
    if (index + step >= this._rows.length) {
      await this._feed?.timeline?.older();
    }
    return this._rows[find(this._rows) + step];
  }

  private async _focusRow(key: string | undefined): Promise<void> {
    const index = this._list.items.findIndex((item) => item.key === key);
    if (key == null || index < 0) {
      return;
    }
    this._active = key;
    this._list.reveal(index);
    this.requestUpdate();
    await this.updateComplete;
    const row = this._find(`article[data-key="${CSS.escape(key)}"] .open`);
    row?.focus({ preventScroll: true });
  }

  private _keyed(event: KeyboardEvent): void {
    if (event.ctrlKey || event.metaKey || event.altKey || event.composedPath()[0] instanceof HTMLInputElement) {
      return;
    }
    const rows = this._rows;
    const article = (event.target as Element).closest<HTMLElement>("article");
    const index = rows.findIndex((row) => row.key === article?.dataset.key);
    const to: Record<string, number> = { ArrowDown: index + 1, ArrowUp: index - 1, Home: 0, End: rows.length - 1 };
    const wanted = to[event.key];
    const row = rows[index];
    if (wanted != null && row != null) {
      event.preventDefault();
      void this._focusRow(rows[Math.max(0, Math.min(wanted, rows.length - 1))]?.key);
    } else if (event.key === "/" && this._config?.show_search !== false) {
      event.preventDefault();
      void this._search(true);
    } else if (event.key.toLowerCase() === "f" && row != null && this._hass != null && this._canWrite) {
      void setFavouriteOf(this, this._hass, row.events[0]);
    }
  }

  // What is shown

  protected override render() {
    const { _ready: ready, _feed: feed } = this;
    if (!ready || !feed) {
      return html`<ha-card>${skeleton(4)}</ha-card>`;
    }
    const { config, hass, texts, clock } = ready;
    const { chosen } = feed;
    const counts = feed.counts(this._day);
    const isBare = config.show_strip === false && config.show_search === false;
    const head = renderHead({
      texts,
      clock,
      now: this._now,
      day: this._day,
      total: counts == null ? undefined : sumOf(counts.totals, chosen.kinds),
      isLive: feed.isLive && feed.timeline?.status !== "failed",
      showDay: this._showDay,
      search:
        config.show_search === false
          ? undefined
          : {
              text: chosen.text,
              isOpen: this._isSearching,
              typed: this._typed,
              open: (open) => void this._search(open),
            },
    });
    const strip = html`<camera-push-strip
      .view=${{
        slots: counts == null ? undefined : onlyKinds(counts.slots, chosen.kinds),
        start: clock.startOf(this._day),
        now: this._now,
        inView: this._inView,
        clock,
        texts,
      }}
      @jump=${(event: CustomEvent<number>) => void this._jump(event.detail)}
    ></camera-push-strip>`;
    const chips = () =>
      renderChips({
        texts,
        clock,
        config,
        chosen,
        totals: feed.totals(this._day),
        cameras: camerasOf(hass, config.cameras),
        choose: (more) => feed.choose(more),
      });
    return html`<ha-card>
      ${config.title ? html`<h1 class="card-header">${config.title}</h1>` : nothing}
      <div class="inner" @keydown=${this._keyed}>
        <div class="stick">${isBare ? nothing : head}${config.show_strip === false ? nothing : strip}</div>
        <div class="scroll">
          ${config.show_filters === false ? nothing : chips()}
          ${this._alarms.map((alarm) => this._renderAlarm(alarm, texts, clock))} ${this._renderAbove(feed, texts)}
          ${this._renderList(feed, texts, clock)}
        </div>
      </div>
      <div class="sr" aria-live="polite">${this._announced.polite}</div>
      <div class="sr" aria-live="assertive">${this._announced.assertive}</div>
    </ha-card>`;
  }

  private _renderAlarm(alarm: AlarmOn, texts: Texts, clock: Clock): TemplateResult {
    const duration = clock.span(this._now - Date.parse(alarm.since));
    return banner(
      alarm.icon,
      `${texts.word("alarm", alarm.alarm)} · ${alarm.camera}`,
      texts.say("on_since", { time: clock.time(alarm.since), duration }),
      texts.say("look"),
      () => void this._look(alarm),
    );
  }

  private async _look(alarm: AlarmOn): Promise<void> {
    if (this._hass != null) {
      const { events } = await listEvents(this._hass, { device_ids: [alarm.device], kinds: ["alarm"] }, null, 10);
      const event = events.find(({ type }) => type === alarm.alarm) ?? events[0];
      if (event != null) {
        this._openRow({ type: "row", key: event.id, page: 0, events: [event] });
      }
    }
  }

  /** What went wrong, or how to get to newer rows. */
  private _renderAbove({ timeline }: Feed, texts: Texts): TemplateResult | typeof nothing {
    if (timeline?.status === "failed") {
      const why = `${sentence(this._hass as Hass, timeline.error)} ${texts.say("alarms_continue")}`;
      return banner("alert", texts.say("cannot_read"), why, texts.say("try_again"), () => void timeline.start());
    }
    const pill = (text: string, press: () => void) =>
      html`<div class="pill"><button class="c" @click=${press}>${icon("up", "s")}${text}</button></div>`;
    if (timeline != null && timeline.pending.length > 0) {
      return pill(texts.plural("n_new", timeline.pending.length), () => {
        timeline.showPending();
        this._list.scrollToTop();
      });
    }
    if (timeline?.status === "ready" && !timeline.live && this._list.isAtTop) {
      return pill(texts.say("newer"), () => {
        const first = this._rows[0];
        void timeline.newer(this._now).then(() => {
          if (first != null) {
            this._list.scrollTo(first.key);
          }
        });
      });
    }
    return nothing;
  }

  private _renderList(feed: Feed, texts: Texts, clock: Clock): TemplateResult {
    const { _list: list } = this;
    const { timeline } = feed;
    if (timeline == null || (timeline.status === "loading" && timeline.pages.length === 0)) {
      return skeleton(5);
    }
    if (timeline.status === "ready" && timeline.isEmpty && timeline.isComplete) {
      return this._renderEmpty(feed, texts);
    }
    const { end } = list.rendered;
    return html`${this._renderQuietDay(feed, texts, clock)}
      <div
        class="list"
        role="feed"
        aria-busy=${timeline.busy != null}
        aria-label=${texts.say("events")}
      ></div>
      ${timeline.busy === "older" && end >= list.items.length ? skeleton(2) : nothing}`;
  }

  /** Each item has an element of its own, so that its pictures stay while others come and go. */
  private _renderItems({ hass, texts, clock }: Ready<EventsConfig>, feed: Feed): void {
    const { _list: list, listElement: into } = this;
    if (into == null) {
      return;
    }
    const { start, end } = list.rendered;
    const context: RowContext = {
      texts,
      clock,
      now: this._now,
      canWrite: this._canWrite,
      gone: this._gone,
      failed: (event, media) => void this._renew(event, media),
      open: (row) => this._openRow(row),
      assign: (event) => openThatIs(this, { hass, event, texts, clock }),
    };
    const active = this._active ?? this._rows[0]?.key;
    const items = list.items.slice(start, end);
    const keys = new Set(items.map(({ key }) => key));
    const elements = new Map<string, HTMLElement>();
    for (const element of [...into.children] as Keyed[]) {
      if (keys.has(element.key)) {
        elements.set(element.key, element);
      } else {
        element.remove();
      }
    }
    items.forEach((item, index) => {
      const element = elements.get(item.key) ?? Object.assign(document.createElement("div"), { key: item.key });
      if (into.children[index] !== element) {
        into.insertBefore(element, into.children[index] ?? null);
      }
      render(this._renderItem(item, start + index, active, context, feed), element, { host: this });
    });
  }

  private _renderItem(
    item: Item,
    index: number,
    active: string | undefined,
    context: RowContext,
    feed: Feed,
  ): TemplateResult {
    const { clock, texts } = context;
    switch (item.type) {
      case "row": {
        const isLined = this._list.items[index - 1]?.type === "row";
        const isFresh = feed.timeline?.fresh.has(item.events[0].id) === true;
        return renderRow(item, index, { isActive: item.key === active, isFresh, isLined }, context);
      }
      case "day": {
        const start = clock.startOf(item.day);
        const counts = feed.counts(item.day);
        return html`<h2 class="dh" data-key=${item.key}>
          ${clock.dayName(item.day, this._now)}
          <span><span class="short">${clock.dateShort(start)}</span><span class="long">${clock.dateLong(start)}</span></span>
          ${
            counts == null
              ? nothing
              : html`<span class="ct">${texts.plural("n_events", sumOf(counts.totals, feed.chosen.kinds))}</span>`
          }
        </h2>`;
      }
      case "seen":
        return html`<div class="seen c" data-key=${item.key}>${texts.say("new_since")}</div>`;
      case "gap": {
        const { heights } = this._list;
        return html`<div style="height:${heights.offset(index + 1) - heights.offset(index)}px"></div>`;
      }
    }
  }

  /** The day that was chosen has nothing, but others have. */
  private _renderQuietDay({ timeline, chosen, startDay }: Feed, texts: Texts, clock: Clock): TemplateResult | typeof nothing {
    const first = this._list.items[0];
    if (timeline?.status !== "ready" || first?.type !== "day" || isFiltered(chosen) || chosen.text !== "") {
      return nothing;
    }
    const last = this._rows[0]?.events[0];
    const when = last == null ? "" : `${clock.dateShort(last.at)}, ${clock.time(last.at)}`;
    return nothingHappened(
      startDay === clock.day(this._now)
        ? texts.say("nothing_today")
        : `${clock.dateLong(clock.startOf(startDay))}: ${texts.plural("n_events", 0)}`,
      last == null ? "" : texts.say("last_event", { name: title(last, texts), when }),
      [
        {
          text: texts.say("show_day", { day: clock.dayName(first.day, this._now) }),
          action: () => this._showDay(first.day),
        },
      ],
    );
  }

  private _renderEmpty(feed: Feed, texts: Texts): TemplateResult {
    const { chosen } = feed;
    const hass = this._hass as Hass;
    const withoutFilter = isFiltered(chosen)
      ? { text: texts.say("without_filter"), action: () => feed.choose({ ...NOTHING_CHOSEN, text: chosen.text }) }
      : undefined;
    if (chosen.text !== "") {
      const filters = chosenNames(chosen, deviceName(hass, chosen.camera), texts);
      return empty(
        "no_hit",
        texts.say("no_hit", { text: chosen.text }),
        filters === "" ? texts.say("searched") : texts.say("searched_filters", { filters }),
        [withoutFilter, { text: texts.say("clear_search"), action: () => void this._search(false), style: "out" }],
      );
    }
    if (withoutFilter != null) {
      return empty("no_filter", texts.say("no_hit_filters"), "", [withoutFilter]);
    }
    if (feed.timeline?.live === false) {
      return nothingHappened(texts.say("nothing_before"), "", [
        { text: texts.say("show_today"), action: () => void this._jump(this._now) },
      ]);
    }
    if (camerasOf(hass).length === 0) {
      return noCamera(texts, () => navigate(`/config/integrations/integration/${DOMAIN}`));
    }
    return nothingHappened(texts.say("nothing_today"), "", []);
  }

  static override styles = eventsStyles;
}
