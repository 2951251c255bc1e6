// camera-push-events: what happened, newest first, live.

import { html, LitElement, nothing, type TemplateResult } from "lit";
import { repeat } from "lit/directives/repeat.js";

import { camerasOf, chosenNames, isFiltered, NOTHING_CHOSEN, renderChips } from "./chips";
import type { EventsConfig } from "./config";
import { onlyKinds, sumOf } from "./day-counts";
import { title } from "./describe";
import { listEvents, type Media, type PushEvent } from "./events";
import { eventsStyles } from "./events-styles";
import { Feed } from "./feed";
import { deviceName, DOMAIN, type Hass, navigate, sentence } from "./hass";
import { renderHead } from "./head";
import { icon } from "./icons";
import { buildItems, type Item, type Row } from "./items";
import { type AlarmOn, alarmsOn } from "./now";
import { renderRow, type RowContext } from "./row";
import { RowList } from "./row-list";
import { empty, failed, noCamera, nothingHappened, skeleton } from "./states";
import { Texts } from "./texts";
import { Clock, MINUTE } from "./time";
import { openThatIs } from "./that-is";
import { openViewer, setFavouriteOf } from "./viewer";

const SEARCH_DELAY = 250;

export class EventsCard extends LitElement {
  static override properties = {
    fixed: { type: Boolean, reflect: true },
    _config: { state: true },
    _texts: { state: true },
    _isSearching: { state: true },
    _now: { state: true },
    _active: { state: true },
    _day: { state: true },
    _announced: { state: true },
  };

  fixed = false;
  private _config: EventsConfig | undefined;
  private _texts: Texts | undefined;
  private _isSearching = false;
  private _now = Date.now();
  private _active: string | undefined;
  private _day = "";
  private _announced = { polite: "", assertive: "" };
  private _hass: Hass | undefined;
  private _clock: Clock | undefined;
  private _feed: Feed | undefined;
  private _inView: { from: number; to: number } | undefined;
  private _alarms: AlarmOn[] = [];
  private _searchTimer: ReturnType<typeof setTimeout> | undefined;
  private _ticker: ReturnType<typeof setInterval> | undefined;
  /** Media that are no longer there, by id, and paths that were renewed once. */
  private readonly _gone = new Set<string>();
  private readonly _renewed = new Set<string>();
  private readonly _list = new RowList(this);

  static getStubConfig(): Partial<EventsConfig> {
    return {};
  }


  setConfig(config: EventsConfig): void {
    this._config = config;
    this.fixed = typeof config.grid_options?.rows === "number";
    this._stop();
  }

  getCardSize(): number {
    return 12;
  }

  getGridOptions(): object {
    return { columns: 12, rows: "auto", min_columns: 6, min_rows: 5 };
  }

  get hass(): Hass | undefined {
    return this._hass;
  }

  /** Home Assistant's states change many times a second: hardly any of that is shown here. */
  set hass(hass: Hass | undefined) {
    const old = this._hass;
    this._hass = hass;
    if (hass === undefined) {
      return;
    }
    const key = (alarms: AlarmOn[]) => alarms.map(({ entity, since }) => entity + since).join();
    const alarms = alarmsOn(hass, this._config?.cameras);
    const isOther = old?.connection !== hass.connection || Clock.key(old) !== Clock.key(hass);
    if (isOther) {
      this._clock = new Clock(hass);
      this._stop();
      void Texts.load(hass).then((texts) => (this._texts = texts));
    }
    if (isOther || old.devices !== hass.devices || old.user !== hass.user || key(alarms) !== key(this._alarms)) {
      this.requestUpdate();
    }
    this._alarms = alarms;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this._ticker = setInterval(() => (this._now = Date.now()), MINUTE / 2);
    document.addEventListener("visibilitychange", this._visibilityChanged);
    this.requestUpdate();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    clearInterval(this._ticker);
    clearTimeout(this._searchTimer);
    document.removeEventListener("visibilitychange", this._visibilityChanged);
    this._stop();
  }

  private readonly _visibilityChanged = (): void => {
    this._now = Date.now();
    this._feed?.rememberLooked();
  };

  private _stop(): void {
    this._feed?.stop();
    this._feed = undefined;
  }

  protected override willUpdate(): void {
    if (this._feed === undefined && this.isConnected && this._hass && this._clock && this._config) {
      this._now = Date.now();
      this._day = this._clock.day(this._now);
      this._feed = new Feed(this, this._hass, this._clock, this._config);
    }
  }

  // What the feed tells

  get mayMove(): boolean {
    return this._list.isAtTop;
  }

  listChanged(): void {
    const { _feed: feed, _clock: clock, _list: list } = this;
    if (feed?.timeline === undefined || clock === undefined) {
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
    if (events.length === 0 || texts === undefined) {
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
    return this.renderRoot.querySelector(".list");
  }

  get innerScroller(): HTMLElement | null {
    return this.fixed ? this.renderRoot.querySelector(".scroll") : null;
  }

  get headBottom(): number {
    const inner = this.innerScroller;
    if (inner !== null) {
      return inner.getBoundingClientRect().top;
    }
    const head = this.renderRoot.querySelector<HTMLElement>(".stick");
    return head === null ? 0 : (Number.parseFloat(getComputedStyle(head).top) || 0) + head.offsetHeight;
  }

  get rowEstimate(): number {
    const width = this.offsetWidth;
    return width < 420 ? 94 : width < 700 ? 97 : 115;
  }

  inViewChanged(): void {
    const { _feed: feed, _clock: clock, _list: list } = this;
    const { items, visible } = list;
    if (feed?.timeline === undefined || clock === undefined) {
      return;
    }
    const shown = items.slice(visible.start, visible.end);
    const rows = shown.filter((item): item is Row => item.type === "row");
    const newest = rows[0]?.events[0].at;
    const oldest = rows.at(-1)?.events[0].at;
    const isQuietDay = visible.start === 0 && items[0]?.type === "day";
    this._day = newest === undefined || isQuietDay ? feed.startDay : clock.day(newest);
    this._inView =
      newest === undefined || oldest === undefined ? undefined : { from: Date.parse(oldest), to: Date.parse(newest) };
    if (shown.length === 0) {
      return;
    }
    const pages = shown.map((item) => item.page);
    feed.timeline.keepAround(Math.min(...pages), Math.max(...pages));
    if (visible.end >= items.length - 12) {
      void feed.timeline.older();
    }
    if (!feed.timeline.live && visible.start <= 4 && !list.isAtTop) {
      void feed.timeline.newer(this._now);
    }
  }

  /** Go to a moment: to its row if that is loaded, else the list begins there. */
  private async _jump(to: number): Promise<void> {
    const { _feed: feed, _clock: clock, _list: list } = this;
    if (feed?.timeline === undefined || clock === undefined) {
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
    if (row !== undefined && (timeline.live || (timeline.pages[0]?.newest ?? "") >= before)) {
      list.scrollTo(row.key);
      return;
    }
    feed.startDay = clock.day(to - 1);
    await timeline.start(before);
    list.scrollToTop();
  }

  private readonly _showDay = (day: string): void => {
    const clock = this._clock;
    if (clock !== undefined) {
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
    const inputs = [...this.renderRoot.querySelectorAll<HTMLInputElement>("input[type=search]")];
    const input = inputs.find((one) => one.offsetParent !== null);
    if (open) {
      input?.focus();
    } else if (input !== undefined) {
      input.value = "";
    }
  };

  /** A signed path is good for a day: ask once for a new one, then the picture is gone. */
  private async _renew(event: PushEvent, media: Media): Promise<void> {
    const hass = this._hass;
    if (hass === undefined || this._renewed.has(event.id)) {
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
    const { _hass: hass, _texts: texts, _clock: clock, _list: list } = this;
    if (hass === undefined || texts === undefined || clock === undefined) {
      return;
    }
    this._active = row.key;
    openViewer(this, {
      hass,
      texts,
      clock,
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
    return this._hass?.user?.is_admin === true && this._config?.actions !== false;
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
    if (key === undefined || index < 0) {
      return;
    }
    this._active = key;
    this._list.reveal(index);
    this.requestUpdate();
    await this.updateComplete;
    const row = this.renderRoot.querySelector<HTMLElement>(`article[data-key="${CSS.escape(key)}"] .open`);
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
    if (wanted !== undefined && row !== undefined) {
      event.preventDefault();
      void this._focusRow(rows[Math.max(0, Math.min(wanted, rows.length - 1))]?.key);
    } else if (event.key === "/" && this._config?.show_search !== false) {
      event.preventDefault();
      void this._search(true);
    } else if (event.key.toLowerCase() === "f" && row !== undefined && this._hass !== undefined && this._canWrite) {
      void setFavouriteOf(this, this._hass, row.events[0]);
    }
  }

  // What is shown

  protected override render() {
    const { _config: config, _hass: hass, _texts: texts, _clock: clock, _feed: feed } = this;
    if (config === undefined || hass === undefined || texts === undefined || clock === undefined || feed === undefined) {
      return html`<ha-card>${skeleton(4)}</ha-card>`;
    }
    const { chosen } = feed;
    const counts = feed.counts(this._day);
    const isBare = config.show_strip === false && config.show_search === false;
    const head = renderHead({
      texts,
      clock,
      now: this._now,
      day: this._day,
      total: counts === undefined ? undefined : sumOf(counts.totals, chosen.kinds),
      isLive: feed.isLive,
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
      .slots=${counts === undefined ? undefined : onlyKinds(counts.slots, chosen.kinds)}
      .start=${clock.startOf(this._day)}
      .now=${this._now}
      .inView=${this._inView}
      .clock=${clock}
      .texts=${texts}
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
    return html`<div class="now" role="alert">
      ${icon(alarm.icon)}
      <span class="t"
        >${texts.word("alarm", alarm.alarm)} · ${alarm.camera}<small
          >${texts.text("on_since", { time: clock.time(alarm.since), duration })}</small
        ></span
      >
      <button class="btn txt" @click=${() => void this._look(alarm)}>${texts.text("look")}</button>
    </div>`;
  }

  private async _look(alarm: AlarmOn): Promise<void> {
    if (this._hass !== undefined) {
      const { events } = await listEvents(this._hass, { device_ids: [alarm.device], kinds: ["alarm"] }, null, 10);
      const event = events.find(({ type }) => type === alarm.alarm) ?? events[0];
      if (event !== undefined) {
        this._openRow({ type: "row", key: event.id, page: 0, events: [event] });
      }
    }
  }

  /** What went wrong, or how to get to newer rows. */
  private _renderAbove({ timeline }: Feed, texts: Texts): TemplateResult | typeof nothing {
    if (timeline?.status === "failed") {
      return failed(texts, sentence(this._hass as Hass, timeline.error), () => void timeline.start());
    }
    const pill = (text: string, press: () => void) =>
      html`<div class="pill"><button @click=${press}>${icon("up", "s")}${text}</button></div>`;
    if (timeline !== undefined && timeline.pending.length > 0) {
      return pill(texts.plural("n_new", timeline.pending.length), () => {
        timeline.showPending();
        this._list.scrollToTop();
      });
    }
    if (timeline?.status === "ready" && !timeline.live && this._list.isAtTop) {
      return pill(texts.text("newer"), () => {
        const first = this._rows[0];
        void timeline.newer(this._now).then(() => {
          if (first !== undefined) {
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
    if (timeline === undefined || (timeline.status === "loading" && timeline.pages.length === 0)) {
      return skeleton(5);
    }
    if (timeline.status === "ready" && timeline.isEmpty && timeline.isComplete) {
      return this._renderEmpty(feed, texts);
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
      assign: (event) => {
        if (this._hass !== undefined) {
          openThatIs(this, { hass: this._hass, event, texts, clock });
        }
      },
    };
    const active = this._active ?? this._rows[0]?.key;
    return html`${this._renderQuietDay(feed, texts, clock)}
      <div
        class="list"
        role="feed"
        aria-busy=${timeline.busy !== undefined}
        aria-label=${texts.text("events")}
        style="height:${list.heights.total}px;--before:${list.heights.offset(start)}px"
      >
        ${repeat(
          list.items.slice(start, end),
          (item) => item.key,
          (item, index) => this._renderItem(item, start + index, active, context, feed),
        )}
      </div>
      ${timeline.busy === "older" && end >= list.items.length ? skeleton(2) : nothing}`;
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
            counts === undefined
              ? nothing
              : html`<span class="ct">${texts.plural("n_events", sumOf(counts.totals, feed.chosen.kinds))}</span>`
          }
        </h2>`;
      }
      case "seen":
        return html`<div class="seen" data-key=${item.key}>${texts.text("new_since")}</div>`;
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
    const when = last === undefined ? "" : `${clock.dateShort(last.at)}, ${clock.time(last.at)}`;
    return nothingHappened(
      startDay === clock.day(this._now)
        ? texts.text("nothing_today")
        : `${clock.dateLong(clock.startOf(startDay))}: ${texts.plural("n_events", 0)}`,
      last === undefined ? "" : texts.text("last_event", { name: title(last, texts), when }),
      [
        {
          text: texts.text("show_day", { day: clock.dayName(first.day, this._now) }),
          action: () => this._showDay(first.day),
        },
      ],
    );
  }

  private _renderEmpty(feed: Feed, texts: Texts): TemplateResult {
    const { chosen } = feed;
    const hass = this._hass as Hass;
    const withoutFilter = isFiltered(chosen)
      ? { text: texts.text("without_filter"), action: () => feed.choose({ ...NOTHING_CHOSEN, text: chosen.text }) }
      : undefined;
    if (chosen.text !== "") {
      const filters = chosenNames(chosen, deviceName(hass, chosen.camera), texts);
      return empty(
        "no_hit",
        texts.text("no_hit", { text: chosen.text }),
        filters === "" ? texts.text("searched") : texts.text("searched_filters", { filters }),
        [withoutFilter, { text: texts.text("clear_search"), action: () => void this._search(false), style: "out" }],
      );
    }
    if (withoutFilter !== undefined) {
      return empty("no_filter", texts.text("no_hit_filters"), "", [withoutFilter]);
    }
    if (feed.timeline?.live === false) {
      return nothingHappened(texts.text("nothing_before"), "", [
        { text: texts.text("show_today"), action: () => void this._jump(this._now) },
      ]);
    }
    if (camerasOf(hass).length === 0) {
      return noCamera(texts, () => navigate(`/config/integrations/integration/${DOMAIN}`));
    }
    return nothingHappened(texts.text("nothing_today"), "", []);
  }

  static override styles = eventsStyles;
}
