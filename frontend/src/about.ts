// The event that a form is about.

import { html, nothing, type TemplateResult } from "lit/html.js";

import { spelled, title, vehicleText } from "./describe";
import type { EventParams } from "./dialog";
import { isVisit } from "./events";
import { plate } from "./plate";
import { picture } from "./row";

export function about({ event, texts, clock }: EventParams): TemplateResult {
  const shown = event.face_picture ?? event.picture;
  const detail = [vehicleText(event.vehicle, texts), event.camera, clock.time(event.at)].filter(Boolean).join(" · ");
  return html`<div class="who">
    <span class="f">${shown === null ? nothing : picture(shown)}</span>
    <span class="two">
      ${
        isVisit(event)
          ? event.plate === null
            ? nothing
            : plate(spelled(event), event.country, "big")
          : html`<b>${title(event, texts)}</b>`
      }
      <small>${detail}</small>
    </span>
  </div>`;
}
