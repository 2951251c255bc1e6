// One event, large: its pictures and clip, what was seen before, and what can be done about it.

import { html, nothing, type TemplateResult } from "lit/html.js";

import { openCorrect } from "./correct";
import { canBeAssigned, isClip, spelled, title, wayOf } from "./describe";
import { Dialog, type EventParams, show } from "./dialog";
import { deleteEvents, isPerson, isVisit, listEvents, type Media, type PushEvent, setFavourite, subscribe } from "./events";
import { end, type Hass, navigate, sentence, toast, toaster, UNDO_SECONDS, type Unsubscribe } from "./hass";
import { icon, type IconName, tag } from "./icons";
import type { Row } from "./items";
import { plate } from "./plate";
import { correctedTag, picture, unknownMark } from "./row";
import { openThatIs } from "./that-is";
import { amount, facts } from "./viewer-facts";
import { viewerStyles } from "./viewer-styles";
import { Zoom } from "./zoom";

export interface ViewerParams extends EventParams {
  /** The other alarms of a row, oldest last. */
  others?: readonly PushEvent[];
  canWrite: boolean;
  /** The row before or after that of an event. */
  neighbour?: (event: PushEvent, step: 1 | -1) => Promise<Row | undefined>;
  /** Tells which row is shown now. */
  turned?: (row: Row) => void;
  showPlate?: (plate: string) => void;
  /** Tells that events are about to be deleted, or that they are not after all. */
  removed?: (events: readonly PushEvent[], isGone: boolean) => void;
  closed?: () => void;
}

/** A picture or clip of a row of them. */
const still = (media: Media | null, text: string, detail: string, isOn: boolean, press: () => void): TemplateResult =>
  html`<button class=${isOn ? "on" : ""} aria-pressed=${isOn} @click=${press}>
    <span class="f"
      >${media === null ? icon("no_picture") : picture(media)}${
        media !== null && isClip(media) ? html`<span class="pl p">${icon("play")}</span>` : nothing
      }</span
    >
    <span class="cp">${text}</span><small>${detail}</small>
  </button>`;

/** Turn an event's star on or off; a failure is told. */
export async function setFavouriteOf(from: HTMLElement, hass: Hass, event: PushEvent): Promise<void> {
  try {
    await setFavourite(hass, event.id, !event.favourite);
  } catch (err) {
    toast(from, { message: sentence(hass, err) });
  }
}

export class Viewer extends Dialog {
  static override properties = {
    _event: 0,
    _others: 0,
    _shown: 0,
    _earlier: 0,
    _around: 0,
  };

  declare params: ViewerParams;
  private _event!: PushEvent;
  private _others: readonly PushEvent[] = [];
  private _shown: Media | undefined;
  private _earlier: PushEvent[] = [];
  private _around: { newer?: Row | undefined; older?: Row | undefined } = {};
  private readonly _zoom = new Zoom(this, (step) => void this._step(step));
  private _unsubscribe: Promise<Unsubscribe> | undefined;

  override connectedCallback(): void {
    super.connectedCallback();
    const { hass, event, others } = this.params;
    this._turnTo(event, others ?? [event]);
    this.addEventListener("keydown", this._keyed);
    this._unsubscribe = subscribe(hass, {}, ({ changed, deleted }) => {
      const newer = changed?.find(({ id }) => id === this._event.id);
      if (newer != null) {
        this._event = newer;
        this._shown = newer.media.find(({ id }) => id === this._shown?.id) ?? this._first(newer);
      }
      if (deleted?.includes(this._event.id) === true) {
        this._close();
      }
    });
    this._unsubscribe.catch(() => undefined);
  }

  disconnectedCallback(): void {
    end(this._unsubscribe);
  }

  private _first(event: PushEvent): Media | undefined {
    return (isVisit(event) ? null : event.clip) ?? event.picture ?? event.media[0];
  }

  private _turnTo(event: PushEvent, others: readonly PushEvent[]): void {
    this._event = event;
    this._others = others;
    this._shown = this._first(event);
    this._earlier = [];
    this._zoom.reset();
    void this._lookAround(event);
    if (isVisit(event) && event.plate !== null) {
      void this._findEarlier(event, event.plate);
    }
  }

  private async _lookAround(event: PushEvent): Promise<void> {
    const { neighbour } = this.params;
    if (neighbour != null) {
      const newer = await neighbour(event, -1);
      const older = await neighbour(event, 1);
      if (this._event.id === event.id) {
        this._around = { newer, older };
      }
    }
  }

  private async _findEarlier(event: PushEvent, plate_: string): Promise<void> {
    const { hass } = this.params;
    try {
      const { events } = await listEvents(hass, { plate: plate_, kinds: ["visit"], before: event.at }, null, 6);
      if (this._event.id === event.id) {
        this._earlier = events.filter(({ id }) => id !== event.id).slice(0, 5);
      }
    } catch {
      // What was seen before is left out.
    }
  }

  private async _step(step: 1 | -1): Promise<void> {
    const row = await this.params.neighbour?.(this._event, step);
    if (row != null) {
      this.params.turned?.(row);
      this._turnTo(row.events[0], row.events);
    }
  }

  private readonly _keyed = (event: KeyboardEvent): void => {
    const isRtl = this.dir === "rtl";
    if (event.composedPath()[0] instanceof HTMLVideoElement) {
      return;
    }
    if (event.key === "ArrowLeft" || event.key === "ArrowRight") {
      event.preventDefault();
      void this._step((event.key === "ArrowRight") === isRtl ? -1 : 1);
    } else if (event.key.toLowerCase() === "f" && this.params.canWrite) {
      void setFavouriteOf(this, this.params.hass, this._event);
    }
  };

  private _remove(): void {
    const { hass, texts } = this.params;
    const { removed } = this.params;
    const events = this._others;
    const ids = events.map(({ id }) => id);
    // Until then, nothing was deleted. Who leaves the page does not undo it.
    const remove = () => {
      clearTimeout(timer);
      window.removeEventListener("pagehide", remove);
      deleteEvents(hass, ids).catch((err: unknown) => {
        removed?.(events, false);
        toast(toaster(), { message: sentence(hass, err) });
      });
    };
    const timer = setTimeout(remove, UNDO_SECONDS * 1000);
    window.addEventListener("pagehide", remove);
    removed?.(events, true);
    this._close();
    toast(toaster(), {
      message: texts.plural("deleted", ids.length),
      action: {
        text: texts.say("undo"),
        action: () => {
          clearTimeout(timer);
          window.removeEventListener("pagehide", remove);
          removed?.(events, false);
        },
      },
    });
  }

  protected override render() {
    const { texts, clock, canWrite } = this.params;
    const { _event: event } = this;
    const { _shown: shown } = this;
    const { hass } = this.params;
    const star = texts.say(event.favourite ? "no_favourite" : "make_favourite");
    const download = texts.say("download");
    return this._dialog({
      large: true,
      heading: event.camera,
      detail: `${clock.moment(event.at)} · ${clock.ago(event.at, Date.now(), "long")}`,
      actions: html`${
        shown == null
          ? nothing
          : html`<a class="ib" href=${shown.url} download aria-label=${download} title=${download}>${icon("download")}</a>`
      }
      ${
        canWrite
          ? html`<button
              class="ib ${event.favourite ? "fv" : ""}"
              aria-pressed=${event.favourite}
              aria-label=${star}
              title=${star}
              @click=${() => void setFavouriteOf(this, hass, event)}
            >
              ${icon(event.favourite ? "favourite" : "not_favourite")}
            </button>`
          : nothing
      }`,
      body: html`<div class="vw">
        <div class="left">${this._renderStage()}${this._renderFilm()}</div>
        <div class="inf v">${this._renderWho()}${this._renderActions()}${facts(event, texts, clock)}</div>
        ${this._renderEarlier()}
      </div>`,
      footer: this._renderNeighbours(),
    });
  }

  private _renderStage(): TemplateResult {
    const { texts } = this.params;
    const { _shown: shown } = this;
    const arrow = (row: Row | undefined, step: 1 | -1, name: IconName, label: string) =>
      row == null
        ? nothing
        : html`<button class="arrow p ${name}" aria-label=${label} @click=${() => void this._step(step)}>${icon(name, "flip")}</button>`;
    return html`<div class="stage" @pointerdown=${this._zoom.down} @pointermove=${this._zoom.move} @pointerup=${this._zoom.up}
      @pointercancel=${this._zoom.up} @dblclick=${this._zoom.toggle}>
      ${
        shown == null
          ? html`<div class="none">${icon("no_picture")}${texts.say("no_pictures")}</div>`
          : isClip(shown)
            ? html`<video src=${shown.url} poster=${this._event.picture?.url ?? ""} controls autoplay muted playsinline loop></video>`
            : html`<img class="back" alt="" src=${shown.thumbnail} /><img
                  class="large"
                  alt="${title(this._event, texts)}, ${this._event.camera}"
                  draggable="false"
                  style=${this._zoom.style}
                  src=${shown.url}
                />`
      }
      ${arrow(this._around.newer, -1, "back", texts.say("newer"))}${arrow(this._around.older, 1, "next", texts.say("older"))}
    </div>`;
  }

  /** All pictures and clips of the visit; those of several alarms are one film. */
  private _renderFilm(): TemplateResult | typeof nothing {
    const { texts, clock } = this.params;
    const { _event: event } = this;
    const all = this._others.length > 1 ? [...this._others].reverse().flatMap((other) => other.media) : event.media;
    if (all.length < 2) {
      return nothing;
    }
    const label = (media: Media): string => {
      if (isClip(media)) {
        return media.seconds === null ? texts.say("clip") : `${texts.say("clip")} · ${clock.length(media.seconds)}`;
      }
      if (!isVisit(event)) {
        return media.id === event.face_picture?.id ? texts.say("face") : texts.say("picture");
      }
      if (media.id === event.picture?.id) {
        const sure = event.confidence === null ? "" : ` · ${clock.percent(event.confidence)}`;
        return `${texts.say("best")}${sure}`;
      }
      if (media.id === event.plate_picture?.id || media.label === "plate") {
        return texts.say("plate");
      }
      const stills = all.filter((other) => !isClip(other) && other.label !== "plate");
      return media === stills[0] ? texts.say("first_read") : media === stills.at(-1) ? texts.say("last_seen") : texts.say("picture");
    };
    const ordered = [...all.filter(isClip), ...all.filter((media) => !isClip(media))];
    const heading = texts.say(isVisit(event) ? "this_visit" : "this_event");
    return html`<section class="film">
      <h3>${heading} · ${amount({ ...event, media: all }, texts)}</h3>
      <div class="fl">
        ${ordered.map((media) =>
          still(media, label(media), clock.seconds(media.taken_at), media.id === this._shown?.id, () => {
            this._shown = media;
            this._zoom.reset();
          }),
        )}
      </div>
    </section>`;
  }

  private _renderEarlier(): TemplateResult | typeof nothing {
    const { texts, clock } = this.params;
    return this._earlier.length === 0
      ? nothing
      : html`<section class="film before">
          <h3>${texts.say("seen_before")}</h3>
          <div class="fl">
            ${this._earlier.map((event) => {
              const way = wayOf(event);
              const where = way == null ? event.camera : texts.say(way);
              return still(event.picture, `${clock.dateShort(event.at)} ${clock.time(event.at)}`, where, false, () =>
                this._turnTo(event, [event]),
              );
            })}
          </div>
        </section>`;
  }

  private _renderWho(): TemplateResult {
    const { texts, canWrite } = this.params;
    const { _event: event } = this;
    const isPlate = isVisit(event);
    const unknown =
      event.known === null
        ? isVisit(event)
          ? unknownMark(texts.say("unknown_vehicle"))
          : isPerson(event)
            ? unknownMark(title(event, texts))
            : html`<b class="name ${event.danger ? "danger" : ""}">${title(event, texts)}</b>`
        : html`<b class="name">${event.known.name}</b>`;
    return html`<div class="who v">
        ${unknown}
        ${isPlate && event.plate !== null ? plate(spelled(event), event.country, "huge") : nothing}
        ${
          (isPlate || isPerson(event)) && event.visits > 0
            ? tag("history", texts.plural("n_visits", event.visits))
            : nothing
        }
        ${
          correctedTag(event, texts)
        }
      </div>
      ${
        canWrite && canBeAssigned(event)
          ? html`<button class="btn fil wide" @click=${() => openThatIs(this, { ...this.params, event })}>
              ${icon("key")}${texts.say("that_is")}
            </button>`
          : nothing
      }`;
  }

  private _renderActions(): TemplateResult {
    const { texts, canWrite, showPlate } = this.params;
    const { _event: event } = this;
    const action = (name: IconName, key: "correct_plate" | "all_visits" | "open_device" | "delete", act: () => void) =>
      html`<button class="a c ${name}" @click=${act}>${icon(name)}<span>${texts.say(key)}</span></button>`;
    return html`<div class="acts">
      ${canWrite && isVisit(event) ? action("pencil", "correct_plate", () => openCorrect(this, { ...this.params, event })) : nothing}
      ${
        showPlate != null && event.plate !== null
          ? action("list", "all_visits", () => {
              this._close();
              showPlate(spelled(event));
            })
          : nothing
      }
      ${
        event.device_id === null
          ? nothing
          : action("device", "open_device", () => {
              this._close();
              navigate(`/config/devices/device/${event.device_id ?? ""}`);
            })
      }
      ${canWrite ? action("trash", "delete", () => this._remove()) : nothing}
    </div>`;
  }

  private _renderNeighbours(): TemplateResult | typeof nothing {
    const { texts, clock } = this.params;
    const { newer, older } = this._around;
    const button = (row: Row | undefined, step: 1 | -1, key: "newer" | "older", name: IconName) => {
      const event = row?.events[0];
      return event == null
        ? html`<span></span>`
        : html`<button class="c ${key}" @click=${() => void this._step(step)}>
            ${icon(name, "flip")}<span
              ><small>${texts.say(key)} · ${clock.time(event.at)}</small><b class="cut">${title(event, texts)}</b></span
            >
          </button>`;
    };
    return newer == null && older == null
      ? nothing
      : html`<nav class="pb">${button(newer, -1, "newer", "back")}${button(older, 1, "older", "next")}</nav>`;
  }

  static override styles = viewerStyles;
}

export const openViewer = (from: HTMLElement, params: ViewerParams): void =>
  show<Viewer>(from, "camera-push-viewer", params, params.closed);
