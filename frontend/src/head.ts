// The card's head: which day is in view, whether the list is live, and the search.

import { html, nothing, type TemplateResult } from "lit/html.js";

import { icon } from "./icons";
import type { Texts } from "./texts";
import type { Clock } from "./time";

export interface HeadParams {
  texts: Texts;
  clock: Clock;
  now: number;
  day: string;
  total: number | undefined;
  isLive: boolean;
  showDay: (day: string) => void;
  /** undefined: there is none. */
  search: { text: string; isOpen: boolean; typed: (text: string) => void; open: (open: boolean) => void } | undefined;
}

function searchField(texts: Texts, search: NonNullable<HeadParams["search"]>): TemplateResult {
  const hint = texts.say("search_hint");
  return html`<label class="search c ${search.isOpen ? "on" : ""}">
      ${icon("search")}
      <input
        type="search"
        autocomplete="off"
        spellcheck="false"
        enterkeyhint="search"
        .value=${search.text}
        placeholder=${hint}
        aria-label=${hint}
        @input=${(event: InputEvent) => search.typed((event.target as HTMLInputElement).value)}
        @keydown=${(event: KeyboardEvent) => {
          if (event.key === "Escape") {
            search.open(false);
          }
        }}
      />
      <button class="ib" aria-label=${texts.say("clear_search")} @click=${() => search.open(false)}>${icon("close")}</button>
    </label>
    <button
      class="ib opens"
      aria-label=${texts.say("search")}
      aria-expanded=${search.isOpen}
      @click=${() => search.open(!search.isOpen)}
    >
      ${icon("search")}
    </button>`;
}

export function renderHead({ texts, clock, now, day, total, isLive, showDay, search }: HeadParams): TemplateResult {
  const today = clock.day(now);
  const start = clock.startOf(day);
  const chosen = (event: Event) => {
    const { value } = event.target as HTMLInputElement;
    if (value !== "") {
      showDay(value);
    }
  };
  const choose = (event: Event) => {
    const input = (event.currentTarget as HTMLElement).nextElementSibling as HTMLInputElement;
    input.showPicker();
  };
  return html`<div class="head c">
      <div class="daynav c">
        <button class="ib" aria-label=${texts.say("day_before")} @click=${() => showDay(clock.plus(day, -1))}>
          ${icon("back", "flip")}
        </button>
        <button class="day c" title=${texts.say("choose_day")} @click=${choose}>
          <span class="dd">
            <b class="cut">${clock.dayName(day, now)}</b>
            <small class="cut"
              ><span class="short">${clock.dateShort(start)}</span><span class="long">${clock.dateLong(start)}</span>${
                total == null
                  ? nothing
                  : html` · <span class="word">${texts.plural("n_events", total)}</span
                      ><span class="bare">${clock.number(total)}</span>`
              }</small
            >
          </span>
          ${icon("down", "s")}
        </button>
        <input type="date" tabindex="-1" aria-label=${texts.say("choose_day")} max=${today} .value=${day} @change=${chosen} />
        <button
          class="ib"
          aria-label=${texts.say("day_after")}
          ?disabled=${day >= today}
          @click=${() => showDay(clock.plus(day, 1))}
        >
          ${icon("next", "flip")}
        </button>
      </div>
      <span class="live ${isLive ? "" : "off"}" role="status"><i></i>${texts.say(isLive ? "live" : "not_live")}</span>
      ${search == null ? nothing : searchField(texts, search)}
    </div>`;
}
