// One row: a visit, an alarm (or several of one kind), a recognition, a cloud event.

import { html, nothing, type TemplateResult } from "lit/html.js";

import {
  canBeAssigned,
  iconOf,
  isUnknown,
  LOW_CONFIDENCE,
  personText,
  pictures,
  spelled,
  swatch,
  title,
  tone,
  vehicleText,
  wayOf,
} from "./describe";
import { css } from "./element";
import { isPerson, isVisit, type Media, type PushEvent } from "./events";
import { icon, tag } from "./icons";
import type { Row } from "./items";
import { plate } from "./plate";
import type { Texts } from "./texts";
import { type Clock, HOUR } from "./time";

export interface RowContext {
  texts: Texts;
  clock: Clock;
  now: number;
  canWrite: boolean;
  /** Media that cannot be shown, by id. */
  gone: ReadonlySet<string>;
  failed: (event: PushEvent, media: Media) => void;
  open: (row: Row) => void;
  assign: (event: PushEvent) => void;
}

export const confidence = (value: number | null, clock: Clock): TemplateResult | typeof nothing =>
  value === null
    ? nothing
    : html`<span class="cf ${value < LOW_CONFIDENCE ? "low" : ""}">${clock.percent(value)}</span>`;

export function direction(event: PushEvent, texts: Texts): TemplateResult | typeof nothing {
  const way = wayOf(event);
  return way == null ? nothing : html`<span class="dir">${icon(way, "s flip")}${texts.say(way)}</span>`;
}

export const unknownMark = (text: string): TemplateResult =>
  html`<span class="unk">${icon("unknown", "s")}${text}</span>`;

const listTag = (name: string, style: string): TemplateResult =>
  tag(style === "bad" ? "shield_bad" : "shield", name, style);

/** What a plate was before somebody put it right. */
export const correctedTag = ({ corrected_from: before }: PushEvent, texts: Texts): TemplateResult | typeof nothing =>
  before === null ? nothing : tag("fix", html`${texts.say("corrected")} <s dir="ltr">${before}</s>`);

/** A small picture. */
export const picture = (media: Media, failed?: () => void): TemplateResult =>
  html`<camera-push-image .url=${media.thumbnail} @failed=${failed}></camera-push-image>`;

function thumbnail(row: Row, context: RowContext): TemplateResult {
  const { texts, clock, gone } = context;
  const [event] = row.events;
  const shown = event.picture ?? row.events.find((other) => other.picture !== null)?.picture ?? null;
  const face = event.face_picture;
  const count = row.events.reduce((sum, other) => sum + pictures(other).length, 0);
  const clip = row.events.find((other) => other.clip !== null)?.clip ?? null;
  const isGone = shown !== null && gone.has(shown.id);
  return html`<div class="th f ${shown === null || isGone ? "gone" : ""}">
    ${
      shown === null
        ? event.deleted_after === null
          ? icon("no_picture")
          : html`<span>${icon("gone")}${texts.plural("deleted_after", event.deleted_after)}</span>`
        : isGone
          ? html`<span>${icon("gone")}${texts.say("picture_deleted")}</span>`
          : picture(shown, () => context.failed(event, shown))
    }
    <span class="p kb ${tone(event)}">${icon(iconOf(event))}</span>
    ${
      face === null || face.id === shown?.id || gone.has(face.id)
        ? nothing
        : html`<span class="face">${picture(face, () => context.failed(event, face))}</span>`
    }
    <span class="ov">
      ${
        clip === null
          ? nothing
          : html`<span>${icon("play")}${clip.seconds === null ? nothing : clock.length(clip.seconds)}</span>`
      }
      ${
        count > 1 ? html`<span class=${clip === null ? "" : "wide"}>${icon("pictures")}${clock.number(count)}</span>` : nothing
      }
    </span>
  </div>`;
}

function secondLine(row: Row, context: RowContext): TemplateResult | typeof nothing {
  const { texts, clock } = context;
  const [event] = row.events;
  if (isVisit(event)) {
    if (event.known === null) {
      return html`<span class="l2 c"
        >${unknownMark(texts.say("unknown"))}${direction(event, texts)}${assignButton(event, context, "middle")}</span
      >`;
    }
    return html`<span class="l2 c"
      >${event.plate === null ? nothing : plate(spelled(event), event.country)}${confidence(event.confidence, clock)}${direction(event, texts)}</span
    >`;
  }
  if (isPerson(event)) {
    const lists = event.watchlists.map(
      (name) =>
        // What a list is for is not known: that of somebody unknown may be a ban.
        listTag(name, event.danger ? "bad" : event.known ? "ok" : ""),
    );
    const canAssign = context.canWrite && canBeAssigned(event);
    return lists.length === 0 && event.confidence === null && !canAssign
      ? nothing
      : html`<span class="l2 c">${lists}${confidence(event.confidence, clock)}${assignButton(event, context, "middle")}</span>`;
  }
  if (row.events.length > 1) {
    const since = row.events.at(-1)?.first_at ?? event.first_at;
    return html`<span class="l2 c">${tag("pictures", texts.plural("times_since", row.events.length, { time: clock.time(since) }))}</span>`;
  }
  return nothing;
}

function assignButton(event: PushEvent, context: RowContext, where: string): TemplateResult | typeof nothing {
  return context.canWrite && canBeAssigned(event)
    ? html`<button
        class="btn ton sm assign ${where}"
        @click=${(click: Event) => {
          click.stopPropagation();
          context.assign(event);
        }}
      >
        ${context.texts.say("that_is")}
      </button>`
    : nothing;
}

function badges(event: PushEvent, { texts, clock }: RowContext): TemplateResult | typeof nothing {
  const tags = [];
  if (event.corrected_from !== null) {
    tags.push(correctedTag(event, texts));
  }
  if (isVisit(event) && event.list_name !== null && event.list_mode !== null) {
    tags.push(listTag(event.list_name, event.list_mode === "block" ? "bad" : event.list_mode === "allow" ? "ok" : ""));
  }
  if (event.late) {
    tags.push(tag("late", texts.say("late", { time: clock.time(event.received_at) }), "warn"));
  }
  return tags.length === 0 ? nothing : html`<span class="l2 c">${tags}</span>`;
}

function facts(event: PushEvent, { texts }: RowContext): TemplateResult {
  const vehicle = vehicleText(event.vehicle, texts);
  const color = swatch(event.vehicle);
  const person = isPerson(event) ? personText(event, texts) : "";
  return html`<span class="facts"
    ><span>${event.camera}</span>${
      vehicle === ""
        ? nothing
        : html`<span>${color == null ? nothing : html`<i class="sw" style="background:${color}"></i>`}${vehicle}</span>`
    }${person === "" ? nothing : html`<span>${person}</span>`}</span
  >`;
}

/** What a screen reader says of a row. */
function spoken(row: Row, { texts, clock, now }: RowContext): string {
  const [event] = row.events;
  const way = wayOf(event);
  const isNew = event.known === null && (isVisit(event) || isPerson(event));
  return texts.list(
    [
      title(event, texts),
      isNew && isVisit(event) ? texts.say("unknown_vehicle") : "",
      event.known !== null && event.plate !== null ? spelled(event) : "",
      row.events.length > 1
        ? texts.plural("times_since", row.events.length, { time: clock.time(row.events.at(-1)?.first_at ?? event.at) })
        : "",
      way == null ? "" : texts.say(way),
      vehicleText(event.vehicle, texts),
      event.camera,
      `${clock.time(event.at)} (${clock.ago(event.at, now, "long")})`,
    ].filter(Boolean),
  );
}

export interface RowState {
  isActive: boolean;
  isFresh: boolean;
  /** Whether a line parts it from the row above. */
  isLined: boolean;
}

export function renderRow(row: Row, index: number, state: RowState, context: RowContext): TemplateResult {
  const { isActive, isFresh, isLined } = state;
  const { texts, clock, now } = context;
  const [event] = row.events;
  const showsPlate = isVisit(event) && event.known === null && event.plate !== null;
  const isRecent = now - Date.parse(event.at) < HOUR;
  const other = pictures(event).find(
    (media) => media.label !== "plate" && media.id !== event.picture?.id && media.id !== event.plate_picture?.id && media.id !== event.face_picture?.id,
  );
  const more = [event.plate_picture, isPerson(event) ? event.face_picture : null, other].filter(
    (media): media is Media => media !== null && media != null && !context.gone.has(media.id),
  );
  return html`<article
    class="row ${[event.danger ? "danger" : isUnknown(event) ? "unknown" : "", isFresh ? "fresh" : "", isLined ? "line" : ""].join(" ")}"
    aria-posinset=${index + 1}
    aria-setsize="-1"
    data-key=${row.key}
  >
    <button
      class="open"
      tabindex=${isActive ? 0 : -1}
      aria-label=${spoken(row, context)}
      @click=${() => context.open(row)}
    ></button>
    ${thumbnail(row, context)}
    <div class="bd v">
      <div class="l1">
        <span class="nm"
          >${showsPlate ? html`${plate(spelled(event), event.country)}${confidence(event.confidence, clock)}` : title(event, texts)}</span
        >
        ${event.favourite ? html`<span class="fv" title=${texts.say("favourites")}>${icon("favourite", "s")}</span>` : nothing}
        <time class=${isRecent ? "recent" : ""} datetime=${event.at}
          ><span class="clock">${clock.time(event.at)}</span
          >${isRecent ? html`<span class="rel">${clock.ago(event.at, now)}</span>` : nothing}</time
        >
      </div>
      ${secondLine(row, context)}${badges(event, context)}
      <div class="l3">
        ${facts(event, context)}${assignButton(event, context, "below")}<span class="ago">${clock.ago(event.at, now)}</span>
      </div>
    </div>
    ${
      more.length === 0
        ? nothing
        : html`<div class="xt" aria-hidden="true">
            ${more.slice(0, 2).map((media) => html`<span class="f">${picture(media, () => context.failed(event, media))}</span>`)}
          </div>`
    }
  </article>`;
}


export const rowStyles = css`
  .row {
    position: relative;
    display: grid;
    grid-template-columns: 144px minmax(0, 1fr);
    gap: 12px;
    padding: 8px 12px;
    contain: layout style;
  }
  .row:hover {
    background: var(--cp-hover);
  }
  .row.line::before {
    content: "";
    position: absolute;
    top: 0;
    inset-inline: 168px 12px;
    height: 1px;
    background: var(--cp-line);
  }
  .row .open {
    position: absolute;
    inset: 0;
    border-radius: 4px;
  }
  .row .open:focus-visible {
    outline-offset: -2px;
  }
  .row.danger {
    background: color-mix(in srgb, var(--cp-danger) 9%, var(--cp-surface));
  }
  .row.danger::after,
  .row.unknown::after {
    content: "";
    position: absolute;
    inset-block: 0;
    inset-inline-start: 0;
    width: 4px;
    background: var(--cp-danger);
  }
  .row.unknown::after {
    inset-block: 8px;
    border-radius: 2px;
    background: var(--cp-warn);
  }
  .row.fresh {
    animation: fresh 2.4s ease-out;
  }
  @keyframes fresh {
    0% {
      background: color-mix(in srgb, var(--cp-primary) 28%, transparent);
    }
  }
  .th {
    align-self: start;
    pointer-events: none;
  }
  .th.gone {
    text-align: center;
    font-size: 12px;
    line-height: 14px;
  }
  .th.gone > span:first-child {
    display: grid;
    place-items: center;
    gap: 4px;
    padding: 20px 4px 0;
  }
  .kb {
    position: absolute;
    inset-inline-start: 6px;
    top: 6px;
    width: 26px;
    height: 26px;
    border-radius: 50%;
    color: #fff;
    background: #1565c0;
    box-shadow: 0 0 0 1.5px rgba(255, 255, 255, 0.85);
  }
  .kb .i {
    --mdc-icon-size: 16px;
  }
  .kb.person {
    background: #6f4aa8;
  }
  .kb.alarm {
    background: #ffc107;
    color: #1c1600;
  }
  .kb.danger {
    background: #c62828;
  }
  .kb.cloud {
    background: #4d636e;
  }
  .ov {
    position: absolute;
    top: 5px;
    inset-inline-end: 5px;
    display: flex;
    gap: 4px;
  }
  .ov span {
    display: flex;
    align-items: center;
    gap: 3px;
    height: 20px;
    padding: 0 6px;
    border-radius: 4px;
    background: rgba(0, 0, 0, 0.72);
    color: #fff;
    font-size: 12px;
    font-weight: 500;
  }
  .ov .i {
    --mdc-icon-size: 14px;
  }
  .face {
    position: absolute;
    bottom: 5px;
    inset-inline-start: 5px;
    width: 44px;
    height: 44px;
    border-radius: 50%;
    overflow: hidden;
    border: 2px solid #fff;
    background: var(--cp-surface);
  }
  .bd {
    min-width: 0;
    gap: 3px;
    justify-content: center;
    pointer-events: none;
  }
  .assign {
    z-index: 1;
    pointer-events: auto;
    margin-inline-start: auto;
  }
  .assign.below {
    display: none;
  }
  .l1 {
    display: flex;
    gap: 8px;
    align-items: flex-start;
  }
  .nm {
    flex: 1;
    min-width: 0;
    font-size: 16px;
    font-weight: 500;
    line-height: 22px;
    display: -webkit-box;
    -webkit-line-clamp: 2;
    -webkit-box-orient: vertical;
    overflow: hidden;
  }
  .nm:has(.plate) {
    display: block;
    overflow: visible;
  }
  .nm .cf {
    margin-inline-start: 8px;
    vertical-align: middle;
  }
  .danger .nm {
    color: var(--cp-danger-text);
  }
  .fv {
    color: color-mix(in srgb, var(--cp-alarm) 62%, var(--cp-text));
    margin-top: 2px;
  }
  .l1 time {
    line-height: 24px;
    white-space: nowrap;
    text-align: end;
    font-weight: 500;
  }
  .rel {
    display: none;
  }
  .l2 {
    gap: 6px 8px;
    flex-wrap: wrap;
    min-height: 26px;
  }
  .l3 {
    color: var(--cp-muted);
    font-size: 13px;
    line-height: 18px;
    display: flex;
    gap: 8px;
    align-items: flex-end;
  }
  .facts {
    flex: 1;
    min-width: 0;
  }
  .facts > span:not(:last-child)::after {
    content: " · ";
  }
  .facts .sw {
    margin-inline-end: 5px;
    vertical-align: -1px;
  }
  .ago {
    white-space: nowrap;
    font-size: 12px;
    flex: none;
  }
  .xt {
    display: none;
  }
  @container (max-width: 419px) {
    .row {
      grid-template-columns: 104px minmax(0, 1fr);
      padding: 8px;
    }
    .row.line::before {
      inset-inline: 124px 8px;
    }
    .th {
      aspect-ratio: 4/3;
    }
    .ov .wide,
    .assign.middle,
    .ago,
    time.recent .clock {
      display: none;
    }
    .assign.below {
      display: inline-flex;
    }
    time.recent .rel {
      display: inline;
    }
    time.recent {
      font-weight: 400;
      color: var(--cp-muted);
      font-size: 13px;
    }
    .face {
      width: 38px;
      height: 38px;
    }
  }
  @container (min-width: 700px) {
    .row {
      grid-template-columns: 176px minmax(0, 1fr);
    }
    .row.line::before {
      inset-inline: 200px 12px;
    }
    .l3 {
      font-size: 14px;
    }
  }
  @container (min-width: 900px) {
    .xt {
      display: flex;
      gap: 8px;
      position: absolute;
      top: 50%;
      margin-top: -40px;
      inset-inline-end: 132px;
      pointer-events: none;
    }
    .xt > span {
      width: 144px;
    }
    .bd:has(+ .xt) .nm,
    .bd:has(+ .xt) .facts,
    .bd:has(+ .xt) .l2 {
      padding-inline-end: 320px;
    }
    .assign.middle {
      position: absolute;
      inset-inline-end: 12px;
      top: 50%;
      margin-top: -16px;
    }
  }
`;
