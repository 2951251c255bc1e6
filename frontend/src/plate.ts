import { html, nothing, type TemplateResult } from "lit/html.js";

import { countrySign } from "./describe";
import { css } from "./element";

/** A licence plate: never cut off, always from left to right. */
export const plate = (text: string, country: string | null, size = ""): TemplateResult => {
  const sign = countrySign(country);
  return html`<bdi class="plate ${size}" dir="ltr">${sign === "" ? nothing : html`<i>${sign}</i>`}<b>${text}</b></bdi>`;
};

export const plateStyles = css`
  .plate {
    direction: ltr;
    unicode-bidi: isolate;
    display: inline-flex;
    align-items: stretch;
    height: 26px;
    box-sizing: border-box;
    border: 1.5px solid color-mix(in srgb, var(--cp-text) 60%, #23272e);
    border-radius: 5px;
    background: #fdfdfa;
    color: #111418;
    font-weight: 700;
    font-size: 15px;
    letter-spacing: 0.04em;
    line-height: 23px;
    white-space: nowrap;
    overflow: hidden;
    flex: none;
    vertical-align: middle;
  }
  .plate i {
    font-style: normal;
    background: #1a47a8;
    color: #fff;
    font-size: 9px;
    letter-spacing: 0;
    min-width: 12px;
    padding: 0 2px 3px;
    display: grid;
    place-items: end center;
    line-height: 1;
  }
  .plate b {
    font-weight: 700;
    padding: 0 8px;
  }
  .plate.big {
    height: 34px;
    font-size: 20px;
    line-height: 31px;
  }
  .plate.big i {
    min-width: 16px;
    font-size: 11px;
  }
  .plate.huge {
    height: 44px;
    font-size: 26px;
    line-height: 41px;
  }
  .plate.huge i {
    min-width: 22px;
    font-size: 13px;
  }
`;
