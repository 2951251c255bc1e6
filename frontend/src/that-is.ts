// "That is …": an unknown plate or face becomes a known vehicle or person, with two clicks.

import { html, LitElement, nothing, type TemplateResult } from "lit";

import { spelled, vehicleText } from "./describe";
import { type Dialog, show } from "./dialog";
import { assign, type Assigned, type Candidate, type PushEvent, suggest, type Suggestions, undoAssign } from "./events";
import { formStyles } from "./form-styles";
import { type Hass, sentence, toast } from "./hass";
import { icon } from "./icons";
import { plate } from "./plate";
import { picture } from "./row";
import type { Texts } from "./texts";
import type { Clock } from "./time";

export interface EventParams {
  hass: Hass;
  event: PushEvent;
  texts: Texts;
  clock: Clock;
}

/** Dialogs close before what they did is told: it is told by what stays. */
export const toaster = (): EventTarget => document.querySelector("home-assistant") ?? document.body;

/** The event that a form is about. */
export function about({ event, texts, clock }: EventParams): TemplateResult {
  const shown = event.face_picture ?? event.picture;
  const detail = [vehicleText(event.vehicle, texts), event.camera, clock.time(event.at)].filter(Boolean).join(" · ");
  return html`<div class="who">
    <span class="f">${shown === null ? nothing : picture(shown)}</span>
    <span class="two">
      ${
        event.kind === "visit"
          ? event.plate === null
            ? nothing
            : plate(spelled(event), event.country, "big")
          : html`<b>${texts.text("unknown_person")}</b>`
      }
      <small>${detail}</small>
    </span>
  </div>`;
}

export class ThatIs extends LitElement {
  static override properties = {
    params: { attribute: false },
    _suggestions: { state: true },
    _error: { state: true },
    _isBusy: { state: true },
  };

  params!: EventParams;
  private _suggestions: Suggestions | undefined;
  private _error = "";
  private _isBusy = false;
  private get _dialog(): Dialog {
    return this.renderRoot.querySelector("camera-push-dialog") as Dialog;
  }
  private get _nameInput(): HTMLInputElement {
    return this.renderRoot.querySelector("input[name=name]") as HTMLInputElement;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    const { hass, event } = this.params;
    suggest(hass, event.id).then(
      (suggestions) => {
        this._suggestions = suggestions;
        // The second click, or Enter.
        void this.updateComplete.then(() => this.renderRoot.querySelector<HTMLElement>("button[type=submit]")?.focus());
      },
      (err: unknown) => {
        this._error = sentence(hass, err);
      },
    );
  }

  private get _isPerson(): boolean {
    return this.params.event.kind === "identification";
  }

  private async _assign(to: { known_id: string } | { name: string }): Promise<void> {
    const { hass, event } = this.params;
    this._isBusy = true;
    this._error = "";
    try {
      const assigned = await assign(hass, event.id, to);
      this._dialog.close();
      this._told(assigned);
    } catch (err) {
      this._error = sentence(hass, err);
    } finally {
      this._isBusy = false;
    }
  }

  private _told({ known, visits, undo }: Assigned): void {
    const { hass, texts } = this.params;
    toast(toaster(), {
      message: texts.plural(known.kind === "person" ? "known_now_person" : "known_now_vehicle", visits, { name: known.name }),
      action: {
        text: texts.text("undo"),
        action: () => {
          undoAssign(hass, undo).catch((err: unknown) => toast(toaster(), { message: sentence(hass, err) }));
        },
      },
    });
  }

  private _submitted(event: SubmitEvent): void {
    event.preventDefault();
    const name = this._nameInput.value.trim();
    if (name !== "" && !this._isBusy) {
      void this._assign({ name });
    }
  }

  override render() {
    const { texts, event } = this.params;
    const { _suggestions: suggestions } = this;
    const kind = this._isPerson ? "person" : "vehicle";
    const known = suggestions?.known.filter((candidate) => candidate.kind === kind) ?? [];
    const earlier = Math.max(0, (suggestions?.visits ?? 0) - 1);
    return html`<camera-push-dialog
      heading=${texts.text("that_is")}
      closeLabel=${texts.text("close")}
      @closed=${() => this.dispatchEvent(new CustomEvent("closed"))}
    >
      ${about(this.params)}
      ${this._error === "" ? nothing : html`<p class="error" role="alert">${this._error}</p>`}
      <form class="new" @submit=${this._submitted}>
        <span class="h">${icon("plus")}${texts.text(`new_${kind}`)}</span>
        <div class="g2 ${event.plate === null ? "one" : ""}">
          <label class="field">
            <span>${texts.text("name")}</span>
            <input name="name" autocomplete="off" required maxlength="100" .value=${suggestions?.name ?? ""} />
          </label>
          ${
            event.plate === null
              ? nothing
              : html`<label class="field">
                  <span>${texts.text("plate")}</span><input dir="ltr" readonly .value=${spelled(event)} />
                </label>`
          }
        </div>
        <button class="btn fil wide" type="submit" ?disabled=${this._isBusy || (suggestions === undefined && this._error === "")}>
          ${texts.text(`add_${kind}`)}
        </button>
      </form>
      ${
        known.length === 0
          ? nothing
          : html`<h3>${texts.text(`your_${kind}s`)}</h3>
              ${known.map((candidate) => this._renderCandidate(candidate))}`
      }
      ${
        earlier === 0
          ? html`<div class="pad"></div>`
          : html`<p class="hint">${icon("history", "s")}<span>${texts.plural("earlier_follow", earlier)}</span></p>`
      }
    </camera-push-dialog>`;
  }

  private _renderCandidate(candidate: Candidate): TemplateResult {
    const { texts } = this.params;
    const reason = candidate.reason === "similar" ? "similar_plate" : candidate.reason === "same_make" ? "same_make" : undefined;
    return html`<button class="opt pic" ?disabled=${this._isBusy} @click=${() => void this._assign({ known_id: candidate.id })}>
      <span class="f">${icon(candidate.kind === "person" ? "account" : "car")}</span>
      <span
        ><b>${candidate.name}</b
        ><span class="s2"
          >${candidate.plate === null ? nothing : plate(candidate.plate, null)}${
            reason === undefined ? nothing : html`<span class="tag">${icon("fix", "xs")}${texts.text(reason)}</span>`
          }</span
        ></span
      >
      ${icon("next", "flip")}
    </button>`;
  }

  static override styles = formStyles;
}

export function openThatIs(from: HTMLElement, { hass, event, texts, clock }: EventParams): void {
  const element = document.createElement("camera-push-that-is") as ThatIs;
  element.params = { hass, event, texts, clock };
  show(from, element);
}
