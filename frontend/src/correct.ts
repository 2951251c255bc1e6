// "Correct plate": one of the visit's other readings, or a plate that is typed.

import { html, nothing } from "lit/html.js";

import { about } from "./about";
import { spelled } from "./describe";
import { Dialog, type EventParams, show } from "./dialog";
import { correctPlate } from "./events";
import { formStyles } from "./form-styles";
import { toast, toaster } from "./hass";
import { icon } from "./icons";
import { plate } from "./plate";
import { confidence } from "./row";
import { otherReadings } from "./viewer-facts";

export class CorrectPlate extends Dialog {
  static override properties = { _error: 0, _isBusy: 0 };

  private _correct(text: string): void {
    const { hass, event, texts } = this.params;
    void this._try(async () => {
      await correctPlate(hass, event.id, text);
      this._close();
      toast(toaster(), { message: texts.say("plate_corrected") });
    });
  }

  private _submitted(event: SubmitEvent): void {
    event.preventDefault();
    const text = this._find<HTMLInputElement>("input")?.value.trim();
    if (text) {
      this._correct(text);
    }
  }

  protected override render() {
    const { texts, event, clock } = this.params;
    const readings = otherReadings(event);
    return this._dialog({
      heading: texts.say("correct_plate"),
      body: html`${about(this.params)}
        ${readings.length > 0 ? html`<h3>${texts.say("other_readings")}</h3>` : nothing}
        ${readings.map(
          (reading) =>
            html`<button class="opt" ?disabled=${this._isBusy} @click=${() => this._correct(reading.plate)}>
              <span class="s2 c">${plate(reading.plate, event.country)}${confidence(reading.confidence, clock)}</span>
              ${icon("next", "flip")}
            </button>`,
        )}
        <form class="new" @submit=${this._submitted}>
          <label class="field">
            <span>${texts.say("plate")}</span>
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
          <button class="btn fil wide" type="submit" ?disabled=${this._isBusy}>${texts.say("save")}</button>
        </form>
        <div class="pad"></div>`,
    });
  }

  static override styles = formStyles;
}

export const openCorrect = (from: HTMLElement, { hass, event, texts, clock }: EventParams): void =>
  show<CorrectPlate>(from, "camera-push-correct-plate", { hass, event, texts, clock });
