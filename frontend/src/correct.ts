// "Correct plate": one of the visit's other readings, or a plate that is typed.

import { html, LitElement, nothing } from "lit";

import { spelled } from "./describe";
import { type Dialog, show } from "./dialog";
import { correctPlate } from "./events";
import { formStyles } from "./form-styles";
import { sentence, toast } from "./hass";
import { icon } from "./icons";
import { plate } from "./plate";
import { confidence } from "./row";
import { about, type EventParams, toaster } from "./that-is";
import { otherReadings } from "./viewer-facts";

export class CorrectPlate extends LitElement {
  static override properties = {
    params: { attribute: false },
    _error: { state: true },
    _isBusy: { state: true },
  };

  params!: EventParams;
  private _error = "";
  private _isBusy = false;
  private get _dialog(): Dialog {
    return this.renderRoot.querySelector("camera-push-dialog") as Dialog;
  }
  private get _input(): HTMLInputElement {
    return this.renderRoot.querySelector("input") as HTMLInputElement;
  }

  private async _correct(text: string): Promise<void> {
    const { hass, event, texts } = this.params;
    this._isBusy = true;
    this._error = "";
    try {
      await correctPlate(hass, event.id, text);
      this._dialog.close();
      toast(toaster(), { message: texts.text("plate_corrected") });
    } catch (err) {
      this._error = sentence(hass, err);
    } finally {
      this._isBusy = false;
    }
  }

  private _submitted(event: SubmitEvent): void {
    event.preventDefault();
    const text = this._input.value.trim();
    if (text !== "" && !this._isBusy) {
      void this._correct(text);
    }
  }

  override render() {
    const { texts, event, clock } = this.params;
    const readings = otherReadings(event);
    return html`<camera-push-dialog
      heading=${texts.text("correct_plate")}
      closeLabel=${texts.text("close")}
      @closed=${() => this.dispatchEvent(new CustomEvent("closed"))}
    >
      ${about(this.params)}
      ${this._error === "" ? nothing : html`<p class="error" role="alert">${this._error}</p>`}
      ${
        readings.length === 0
          ? nothing
          : html`<h3>${texts.text("other_readings")}</h3>
              ${readings.map(
                (reading) =>
                  html`<button class="opt" ?disabled=${this._isBusy} @click=${() => void this._correct(reading.plate)}>
                    <span class="s2">${plate(reading.plate, event.country)}${confidence(reading.confidence, clock)}</span>
                    ${icon("next", "flip")}
                  </button>`,
              )}`
      }
      <form class="new" @submit=${this._submitted}>
        <label class="field">
          <span>${texts.text("plate")}</span>
          <input
            dir="ltr"
            autocomplete="off"
            autocapitalize="characters"
            spellcheck="false"
            required
            maxlength="32"
            .value=${spelled(event)}
          />
        </label>
        <button class="btn fil wide" type="submit" ?disabled=${this._isBusy}>${texts.text("save")}</button>
      </form>
      <div class="pad"></div>
    </camera-push-dialog>`;
  }

  static override styles = formStyles;
}

export function openCorrect(from: HTMLElement, { hass, event, texts, clock }: EventParams): void {
  const element = document.createElement("camera-push-correct-plate") as CorrectPlate;
  element.params = { hass, event, texts, clock };
  show(from, element);
}
