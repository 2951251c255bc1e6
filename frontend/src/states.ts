// What the card shows instead of rows, or above them.

import { html, nothing, type TemplateResult } from "lit/html.js";

import { css } from "./element";
import { icon, type IconName } from "./icons";
import type { Texts } from "./texts";

export interface Button {
  text: string;
  action?: () => void;
  href?: string;
  style?: "ton" | "out" | "fil";
}

const button = ({ text, action, href, style = "ton" }: Button): TemplateResult =>
  href == null
    ? html`<button class="btn ${style}" @click=${action}>${text}</button>`
    : html`<a class="btn ${style}" href=${href} target="_blank" rel="noreferrer">${text}</a>`;

export const empty = (
  picture: TemplateResult | IconName | undefined,
  heading: string,
  text: string | TemplateResult,
  buttons: (Button | undefined)[],
): TemplateResult =>
  html`<div class="empty v">
    ${picture == null ? nothing : typeof picture === "string" ? icon(picture, "huge") : picture}
    <h3>${heading}</h3>
    ${text === "" ? nothing : html`<p>${text}</p>`}
    <div class="btns">${buttons.map((one) => (one == null ? nothing : button(one)))}</div>
  </div>`;

const quiet = html`<svg class="ill" viewBox="0 0 200 120" aria-hidden="true">
  <circle class="sun" cx="158" cy="30" r="13"></circle>
  <path class="hill" d="M0 84q50-26 104-6t96-8v38a12 12 0 0 1-12 12H12a12 12 0 0 1-12-12z"></path>
  <path class="wall" d="M34 54h40v30H34z"></path>
  <path class="roof" d="M28 56l26-20 26 20z"></path>
  <path class="road" d="M92 120l10-38h12l22 38z"></path>
</svg>`;

export const noCamera = (texts: Texts, openEntry: () => void): TemplateResult =>
  html`<div class="empty v">
    <span class="ill p">${icon("camera")}</span>
    <h3>${texts.say("no_camera")}</h3>
    <ol class="steps">
      ${(["copy", "paste", "test"] as const).map(
        (step) =>
          html`<li><span><b>${texts.say(`step_${step}`)}</b>${step === "copy" ? " " : ", "}${texts.say(`step_${step}_more`)}</span></li>`,
      )}
    </ol>
    <span class="wait" role="status"><i class="spin"></i>${texts.say("waiting")}</span>
    <div class="btns">
      ${button({ text: texts.say("open_entry"), action: openEntry, style: "fil" })}
      ${button({ text: texts.say("help"), href: "https://github.com/camera-push/camera_push", style: "out" })}
    </div>
  </div>`;

export const nothingHappened = (heading: string, text: string, buttons: (Button | undefined)[]): TemplateResult =>
  empty(quiet, heading, text, buttons);

/** Something that is wrong now, above the rows. */
export const banner = (name: IconName, heading: string, detail: string, text: string, press: () => void): TemplateResult =>
  html`<div class="banner c" role="alert">
    ${icon(name)}
    <span class="t">${heading}<small>${detail}</small></span>
    <button class="btn txt" @click=${press}>${text}</button>
  </div>`;

export const skeleton = (rows: number): TemplateResult =>
  html`<div class="skeleton" aria-hidden="true">
    ${Array.from(
      { length: rows },
      () =>
        html`<div class="row">
          <div class="th f sk"></div>
          <div class="bd v">
            <i class="sk" style="width:58%"></i><i class="sk" style="width:42%;height:22px"></i
            ><i class="sk" style="width:74%;height:12px"></i>
          </div>
        </div>`,
    )}
  </div>`;

export const stateStyles = css`
  .empty {
    padding: 32px 24px;
    text-align: center;
    align-items: center;
    gap: 8px;
  }
  .empty .huge {
    --mdc-icon-size: 48px;
    color: var(--cp-muted);
  }
  .empty h3 {
    margin: 8px 0 0;
    font-size: 18px;
    font-weight: 500;
    line-height: 24px;
  }
  .empty p {
    margin: 0;
    max-width: 44ch;
    color: var(--cp-muted);
  }
  .ill {
    width: 200px;
    height: 120px;
    border-radius: 12px;
    background: var(--cp-tonal);
    color: var(--cp-link);
  }
  .ill .i {
    --mdc-icon-size: 72px;
  }
  .ill .sun {
    fill: var(--cp-alarm);
  }
  .ill .hill {
    fill: color-mix(in srgb, var(--cp-ok) 46%, var(--cp-surface));
  }
  .ill .wall {
    fill: color-mix(in srgb, var(--cp-warn) 16%, var(--cp-surface));
  }
  .ill .roof {
    fill: color-mix(in srgb, var(--cp-danger) 55%, var(--cp-surface));
  }
  .ill .road {
    fill: color-mix(in srgb, var(--cp-text) 22%, var(--cp-surface));
  }
  .steps {
    list-style: none;
    counter-reset: step;
    margin: 8px 0;
    padding: 0;
    text-align: start;
    display: grid;
    gap: 12px;
    max-width: 400px;
  }
  .steps li {
    counter-increment: step;
    display: grid;
    grid-template-columns: 28px 1fr;
    gap: 12px;
  }
  .steps li::before {
    content: counter(step);
    width: 28px;
    height: 28px;
    border-radius: 50%;
    background: var(--cp-tonal);
    color: var(--cp-link);
    font-weight: 500;
    display: grid;
    place-items: center;
  }
  .wait {
    display: inline-flex;
    gap: 10px;
    align-items: center;
    color: var(--cp-muted);
  }
  .spin {
    width: 20px;
    height: 20px;
    border-radius: 50%;
    border: 2.5px solid var(--cp-fill);
    border-top-color: var(--cp-link);
    animation: spin 1s linear infinite;
  }
  @keyframes spin {
    to {
      transform: rotate(1turn);
    }
  }
  .btns {
    display: flex;
    gap: 8px;
    flex-wrap: wrap;
    justify-content: center;
    margin-top: 8px;
  }
  .banner {
    gap: 12px;
    margin: 0 12px 8px;
    padding: 10px 8px 10px 12px;
    border-radius: 8px;
    background: color-mix(in srgb, var(--cp-danger) 12%, var(--cp-surface));
    color: var(--cp-danger-text);
    font-weight: 500;
  }
  .t {
    flex: 1;
    min-width: 0;
  }
  .banner small {
    display: block;
    color: var(--cp-text);
  }
  .skeleton {
    animation: appear 0s 150ms both;
  }
  @keyframes appear {
    from {
      visibility: hidden;
    }
  }
  .skeleton .bd {
    gap: 8px;
  }
  .skeleton .bd .sk {
    height: 16px;
  }
`;
