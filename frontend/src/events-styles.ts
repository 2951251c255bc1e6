import { css } from "./element";
import { plateStyles } from "./plate";
import { rowStyles } from "./row";
import { stateStyles } from "./states";
import { tokens } from "./styles";

export const eventsStyles = [
  tokens,
  plateStyles,
  rowStyles,
  stateStyles,
  css`
    :host([fixed]) {
      height: 100%;
    }
    ha-card {
      display: block;
      container-type: inline-size;
      height: 100%;
    }
    :host([fixed]) ha-card {
      overflow: hidden;
      display: flex;
      flex-direction: column;
    }
    :host([fixed]) .inner {
      display: flex;
      flex-direction: column;
      flex: 1;
      min-height: 0;
    }
    :host([fixed]) .scroll {
      flex: 1;
      min-height: 0;
      overflow-y: auto;
    }
    .card-header {
      margin: 0;
      padding: 12px 16px 0;
      font-size: 20px;
      line-height: 28px;
      font-weight: 400;
    }
    .inner {
      padding-bottom: 8px;
    }
    .stick {
      position: sticky;
      top: calc(var(--header-height) + var(--safe-area-inset-top, 0px));
      z-index: 3;
      background: var(--cp-surface);
      border-radius: var(--ha-card-border-radius, 12px) var(--ha-card-border-radius, 12px) 0 0;
    }
    :host([fixed]) .stick {
      position: static;
    }
    .head {
      flex-wrap: wrap;
      padding: 8px 8px 4px;
      min-height: 56px;
    }
    .daynav {
      flex: 1 1 auto;
      min-width: 0;
      position: relative;
    }
    .daynav input {
      position: absolute;
      inset: auto 40px 0 44px;
      height: 0;
      width: 1px;
      opacity: 0;
      pointer-events: none;
      border: 0;
      padding: 0;
    }
    .day {
      gap: 4px;
      min-height: 48px;
      padding: 0 8px;
      border-radius: 8px;
      min-width: 0;
    }
    .day:hover {
      background: var(--cp-hover);
    }
    .dd {
      min-width: 0;
    }
    .day b {
      display: block;
      font-size: 18px;
      line-height: 22px;
    }
    .day small {
      display: block;
    }
    .long,
    .bare {
      display: none;
    }
    .live {
      display: inline-flex;
      align-items: center;
      gap: 6px;
      height: 28px;
      padding: 0 10px;
      border-radius: 14px;
      font-size: 12px;
      font-weight: 500;
      color: var(--cp-ok-text);
      background: color-mix(in srgb, var(--cp-ok) 12%, transparent);
      margin-inline: 4px;
      white-space: nowrap;
    }
    .live i {
      width: 8px;
      height: 8px;
      border-radius: 50%;
      background: var(--cp-ok);
      animation: pulse 2s infinite;
    }
    .live.off {
      color: var(--cp-warn-text);
      background: color-mix(in srgb, var(--cp-warn) 16%, transparent);
    }
    .live.off i {
      background: var(--cp-warn);
      animation: none;
    }
    @keyframes pulse {
      0%,
      60% {
        box-shadow: 0 0 0 0 color-mix(in srgb, var(--cp-ok) 50%, transparent);
      }
      100% {
        box-shadow: 0 0 0 7px transparent;
      }
    }
    .search {
      display: none;
      order: 1;
      width: 100%;
      margin: 4px 0;
      gap: 8px;
      height: 44px;
      border-radius: 22px;
      background: var(--cp-fill);
      padding-inline: 14px 0;
      color: var(--cp-muted);
    }
    .search.on {
      display: flex;
    }
    .search input {
      border: 0;
      background: none;
      font: inherit;
      font-size: 16px;
      color: var(--cp-text);
      flex: 1;
      min-width: 0;
      outline: 0;
      appearance: none;
    }
    .search input::-webkit-search-cancel-button {
      display: none;
    }
    .search input::placeholder {
      color: var(--cp-muted);
      opacity: 1;
    }
    .search:focus-within {
      outline: 2px solid var(--cp-link);
    }
    camera-push-strip {
      margin: 2px 16px 0;
    }
    .fade {
      position: relative;
    }
    .fade::after {
      content: "";
      position: absolute;
      inset-block: 0;
      inset-inline-end: 0;
      width: 36px;
      background: linear-gradient(to left, var(--cp-surface), transparent);
      pointer-events: none;
    }
    .chips {
      display: flex;
      gap: 8px;
      padding-block: 6px 10px;
      padding-inline: 16px 36px;
      overflow-x: auto;
      scrollbar-width: none;
      scroll-padding: 16px;
    }
    .chip {
      position: relative;
      display: inline-flex;
      align-items: center;
      gap: 6px;
      height: 32px;
      border-radius: 8px;
      border: 1px solid color-mix(in srgb, var(--cp-text) 24%, transparent);
      padding-inline: 8px 12px;
      white-space: nowrap;
      font-weight: 500;
      flex: none;
    }
    .chip::before {
      content: "";
      position: absolute;
      inset: -6px 0;
    }
    .chip:hover {
      background: var(--cp-hover);
    }
    .chip .n {
      color: var(--cp-muted);
      font-weight: 400;
    }
    .chip .i {
      color: var(--cp-muted);
    }
    .chip.warn .i {
      color: var(--cp-warn-text);
    }
    .chip.on {
      background: color-mix(in srgb, var(--cp-primary) 18%, var(--cp-surface));
      border-color: transparent;
    }
    .chip.on .i {
      color: inherit;
    }
    .chip select {
      appearance: none;
      border: 0;
      background: none;
      font: inherit;
      color: inherit;
      cursor: pointer;
      max-width: 180px;
      text-overflow: ellipsis;
      padding: 0;
      position: relative;
    }
    .chip select:focus-visible {
      outline-offset: 4px;
    }
    .chip option {
      color: var(--cp-text);
      background: var(--card-background-color);
    }
    .sep {
      width: 1px;
      background: var(--cp-line);
      flex: none;
      margin: 4px 0;
    }
    .list {
      position: relative;
      overflow-anchor: none;
    }
    .list > div {
      display: contents;
    }
    .list::before {
      content: "";
      display: block;
      height: var(--before);
    }
    .dh {
      margin: 0;
      display: flex;
      align-items: baseline;
      gap: 8px;
      padding: 12px 16px 6px;
      font-size: 14px;
      line-height: 20px;
      font-weight: 500;
      border-top: 1px solid var(--cp-line);
    }
    .dh span {
      color: var(--cp-muted);
      font-weight: 400;
      font-size: 12px;
    }
    .dh .ct {
      margin-inline-start: auto;
    }
    .seen {
      gap: 12px;
      padding: 2px 16px;
      color: var(--cp-link);
      font-size: 12px;
      font-weight: 500;
    }
    .seen::before,
    .seen::after {
      content: "";
      flex: 1;
      height: 1px;
      background: currentColor;
      opacity: 0.4;
    }
    .pill {
      position: sticky;
      top: calc(var(--header-height) + 150px);
      z-index: 4;
      height: 0;
      display: flex;
      justify-content: center;
    }
    :host([fixed]) .pill {
      top: 8px;
    }
    .pill button {
      height: 44px;
      padding: 0 20px;
      border-radius: 22px;
      background: var(--cp-filled);
      color: #fff;
      font-weight: 500;
      gap: 8px;
      box-shadow: 0 2px 8px rgba(0, 0, 0, 0.35);
    }
    @container (max-width: 419px) {
      .word {
        display: none;
      }
      .bare {
        display: inline;
      }
      camera-push-strip {
        margin-inline: 12px;
      }
      .chips {
        padding-inline-start: 12px;
      }
    }
    @container (min-width: 700px) {
      .long {
        display: inline;
      }
      .short,
      .opens {
        display: none;
      }
      .search {
        display: flex;
        width: 320px;
      }
      .search:has(:placeholder-shown) button {
        display: none;
      }
      .fade::after {
        display: none;
      }
    }
  `,
];
