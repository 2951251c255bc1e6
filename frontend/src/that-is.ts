// "That is …": an unknown plate or face becomes a known vehicle or person, with two clicks.

import { html, nothing, type TemplateResult } from "lit/html.js";

import { about } from "./about";
import { spelled } from "./describe";
import { Dialog, type EventParams, show } from "./dialog";
import { assign, type Assigned, type Candidate, isPerson, suggest, type Suggestions, undoAssign } from "./events";
import { formStyles } from "./form-styles";
import { sentence, toast, toaster } from "./hass";
import { icon, tag } from "./icons";
import { plate } from "./plate";
import { picture } from "./row";

export class ThatIs extends Dialog {
  static override properties = {
    _suggestions: 0,
    _error: 0,
    _isBusy: 0,
  };

  private _suggestions: Suggestions | undefined;

  override connectedCallback(): void {
    super.connectedCallback();
    const { hass, event } = this.params;
    suggest(hass, event.id).then(
      (suggestions) => {
        this._suggestions = suggestions;
        // The second click, or Enter.
        void this.updateComplete.then(() => this._find("button[type=submit]")?.focus());
      },
      (err: unknown) => {
        this._error = sentence(hass, err);
      },
    );
  }

  private get _isPerson(): boolean {
    return isPerson(this.params.event);
  }

  private _assign(to: { known_id: string } | { name: string }): void {
    const { hass, event } = this.params;
    void this._try(async () => {
      const assigned = await assign(hass, event.id, to);
      this._close();
      this._told(assigned);
    });
  }

  private _told({ known, visits, undo }: Assigned): void {
    const { hass, texts } = this.params;
    toast(toaster(), {
      message: texts.plural(known.kind === "person" ? "known_now_person" : "known_now_vehicle", visits, { name: known.name }),
      action: {
        text: texts.say("undo"),
        action: () => {
          undoAssign(hass, undo).catch((err: unknown) => toast(toaster(), { message: sentence(hass, err) }));
        },
      },
    });
  }

  private _submitted(event: SubmitEvent): void {
    event.preventDefault();
    const name = this._find<HTMLInputElement>("input")?.value.trim();
    if (name) {
      this._assign({ name });
    }
  }

  protected override render() {
    const { texts, event } = this.params;
    const { _suggestions: suggestions } = this;
    const kind = this._isPerson ? "person" : "vehicle";
    const known = suggestions?.known.filter((candidate) => candidate.kind === kind) ?? [];
    const earlier = Math.max(0, (suggestions?.visits ?? 0) - 1);
    return this._dialog({
      heading: texts.say("that_is"),
      body: html`${about(this.params)}
      <form class="new" @submit=${this._submitted}>
        <span class="h c">${icon("plus")}${texts.say(`new_${kind}`)}</span>
        <div class="g2 ${event.plate === null ? "one" : ""}">
          <label class="field">
            <span>${texts.say("name")}</span>
            <input name="name" autocomplete="off" required maxlength="100" .value=${suggestions?.name ?? ""} />
          </label>
          ${
            event.plate === null
              ? nothing
              : html`<label class="field">
                  <span>${texts.say("plate")}</span><input dir="ltr" readonly .value=${spelled(event)} />
                </label>`
          }
        </div>
        <button class="btn fil wide" type="submit" ?disabled=${this._isBusy || (suggestions == null && this._error === "")}>
          ${texts.say(`add_${kind}`)}
        </button>
      </form>
      ${
        known.length === 0
          ? nothing
          : html`<h3>${texts.say(`your_${kind}s`)}</h3>
              ${known.map((candidate) => this._renderCandidate(candidate))}`
      }
      ${
        earlier === 0
          ? html`<div class="pad"></div>`
          : html`<p class="hint">${icon("history", "s")}<span>${texts.plural("earlier_follow", earlier)}</span></p>`
      }
    `,
    });
  }

  private _renderCandidate(candidate: Candidate): TemplateResult {
    const { texts } = this.params;
    const reason = candidate.reason === "similar" ? "similar_plate" : candidate.reason === "same_make" ? "same_make" : undefined;
    return html`<button class="opt pic" ?disabled=${this._isBusy} @click=${() => this._assign({ known_id: candidate.id })}>
      <span class="f"
        >${candidate.picture === null ? icon(candidate.kind === "person" ? "account" : "car") : picture(candidate.picture)}</span
      >
      <span
        ><b>${candidate.name}</b
        ><span class="s2 c"
          >${candidate.plate === null ? nothing : plate(candidate.plate, null)}${
            reason == null ? nothing : tag("fix", texts.say(reason))
          }</span
        ></span
      >
      ${icon("next", "flip")}
    </button>`;
  }

  static override styles = formStyles;
}

export const openThatIs = (from: HTMLElement, { hass, event, texts, clock }: EventParams): void =>
  show<ThatIs>(from, "camera-push-that-is", { hass, event, texts, clock });
