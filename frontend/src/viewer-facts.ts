// What the viewer says beside the picture.

import { html, nothing, type TemplateResult } from "lit/html.js";

import { comparable, isPerson, isVisit, type PushEvent, type Reading } from "./events";
import { isClip, LOW_CONFIDENCE, personText, pictures, vehicleText, wayOf } from "./describe";
import { direction } from "./row";
import type { Texts } from "./texts";
import type { Clock } from "./time";

const fact = (name: string, value: unknown, detail: unknown = ""): TemplateResult =>
  html`<dt>${name}</dt>
    <dd>${value}${detail === "" || detail === nothing ? nothing : html`<small>${detail}</small>`}</dd>`;

/** Readings that spell another plate, each once. */
export function otherReadings(event: PushEvent): Reading[] {
  const seen = new Set([comparable(event.plate)]);
  return event.readings.filter((reading) => {
    const plate = comparable(reading.plate);
    const isNew = plate !== "" && !seen.has(plate);
    seen.add(plate);
    return isNew;
  });
}

export function facts(event: PushEvent, texts: Texts, clock: Clock): TemplateResult {
  const list: TemplateResult[] = [];
  if (wayOf(event) != null) {
    list.push(fact(texts.say("direction"), direction(event, texts)));
  }
  const vehicle = vehicleText(event.vehicle, texts);
  if (vehicle !== "") {
    list.push(fact(texts.say("vehicle"), vehicle, texts.word("vehicle", event.vehicle?.type ?? "")));
  }
  const sure = event.confidence === null ? "" : texts.say("sure", { percent: clock.percent(event.confidence) });
  if (isVisit(event) && sure !== "") {
    const others = otherReadings(event);
    list.push(
      fact(
        texts.say("plate"),
        event.confidence !== null && event.confidence < LOW_CONFIDENCE ? html`<span class="cf low">${sure}</span>` : sure,
        others.length === 0
          ? ""
          : html`${texts.say("also_read")} ${others.map((reading, index) => html`${index === 0 ? "" : ", "}<s dir="ltr">${reading.plate}</s>`)}`,
      ),
    );
  }
  if (event.list_name !== null) {
    list.push(fact(texts.say("list"), event.list_name));
  }
  if (isPerson(event)) {
    const person = personText(event, texts);
    if (person !== "" || sure !== "") {
      list.push(fact(texts.say("person"), person || sure, person === "" ? "" : sure));
    }
    if (event.watchlists.length > 0) {
      list.push(fact(texts.say("watchlist"), texts.list(event.watchlists)));
    }
  }
  const seconds = (Date.parse(event.last_at) - Date.parse(event.first_at)) / 1000;
  const zone = event.zone === null ? "" : texts.say("zone", { n: event.zone });
  if (isVisit(event) && (seconds >= 1 || zone !== "")) {
    const span = seconds >= 1 ? clock.span(seconds * 1000) : "";
    list.push(fact(texts.say("in_view"), [span, zone].filter(Boolean).join(", ")));
  }
  // The head tells when it was seen.
  if (event.late) {
    list.push(fact(texts.say("time"), texts.say("received", { time: clock.moment(event.received_at) })));
  }
  return html`<dl class="facts">${list}</dl>`;
}

/** "4 pictures, 1 clip". */
export function amount(event: PushEvent, texts: Texts): string {
  const clips = event.media.filter(isClip).length;
  const shown = pictures(event).length;
  return texts.list(
    [
      shown > 0 ? texts.plural("n_pictures", shown) : "",
      clips > 0 ? texts.plural("n_clips", clips) : "",
    ].filter(Boolean),
  );
}
