import { css } from "lit";

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
      top: calc(var(--header-height, 56px) + var(--safe-area-inset-top, 0px));
      z-index: 3;
      background: var(--cp-surface);
      border-radius: var(--ha-card-border-radius, 12px) var(--ha-card-border-radius, 12px) 0 0;
    }
    :host([fixed]) .stick {
      position: static;
    }
    .head {
      display: flex;
      align-items: center;
      padding: 8px 8px 4px;
      min-height: 56px;
    }
    .daynav {
      display: flex;
      align-items: center;
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
      display: flex;
      align-items: center;
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
      font-weight: 500;
      line-height: 22px;
      overflow: hidden;
      text-overflow: ellipsis;
      white-space: nowrap;
    }
    .day small {
      display: block;
      font-size: 12px;
      line-height: 16px;
      color: var(--secondary-text-color);
      overflow: hidden;
      text-overflow: ellipsis;
      white-space: nowrap;
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
      background: color-mix(in srgb, var(--success-color, #43a047) 12%, transparent);
      margin-inline: 4px;
      white-space: nowrap;
    }
    .live i {
      width: 8px;
      height: 8px;
      border-radius: 50%;
      background: var(--success-color, #43a047);
      animation: pulse 2s infinite;
    }
    .live.off {
      color: var(--cp-warn-text);
      background: color-mix(in srgb, var(--warning-color, #ffa600) 16%, transparent);
    }
    .live.off i {
      background: var(--warning-color, #ffa600);
      animation: none;
    }
    @keyframes pulse {
      0%,
      60% {
        box-shadow: 0 0 0 0 color-mix(in srgb, var(--success-color, #43a047) 50%, transparent);
      }
      100% {
        box-shadow: 0 0 0 7px transparent;
      }
    }
    .search {
      display: flex;
      align-items: center;
      gap: 8px;
      height: 44px;
      border-radius: 22px;
      background: var(--cp-fill);
      padding-inline: 14px 0;
      color: var(--secondary-text-color);
    }
    .search.below {
      margin: 0 8px 8px;
    }
    .search.field {
      display: none;
      width: 320px;
    }
    .search input {
      border: 0;
      background: none;
      font: inherit;
      font-size: 16px;
      color: var(--primary-text-color);
      flex: 1;
      min-width: 0;
      outline: 0;
      appearance: none;
    }
    .search input::-webkit-search-cancel-button {
      display: none;
    }
    .search input::placeholder {
      color: var(--secondary-text-color);
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
    :host(:dir(rtl)) .fade::after {
      background: linear-gradient(to right, var(--cp-surface), transparent);
    }
    .chips {
      display: flex;
      gap: 8px;
      padding: 6px 36px 10px 16px;
      overflow-x: auto;
      scrollbar-width: none;
      scroll-padding: 16px;
    }
    :host(:dir(rtl)) .chips {
      padding: 6px 16px 10px 36px;
    }
    .chip {
      position: relative;
      display: inline-flex;
      align-items: center;
      gap: 6px;
      height: 32px;
      border-radius: 8px;
      border: 1px solid color-mix(in srgb, var(--primary-text-color) 24%, transparent);
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
      color: var(--secondary-text-color);
      font-weight: 400;
      font-variant-numeric: tabular-nums;
    }
    .chip .i {
      color: var(--secondary-text-color);
    }
    .chip.warn .i {
      color: var(--cp-warn-text);
    }
    .chip.on {
      background: color-mix(in srgb, var(--primary-color) 18%, var(--cp-surface));
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
      color: var(--primary-text-color);
      background: var(--card-background-color);
    }
    .sep {
      width: 1px;
      background: var(--divider-color);
      flex: none;
      margin: 4px 0;
    }
    .now {
      display: flex;
      gap: 12px;
      align-items: center;
      margin: 0 12px 8px;
      padding: 10px 8px 10px 12px;
      border-radius: 8px;
      background: color-mix(in srgb, var(--cp-danger) 12%, var(--cp-surface));
      color: var(--cp-danger-text);
      font-weight: 500;
    }
    .now .t {
      flex: 1;
      min-width: 0;
    }
    .now small {
      display: block;
      font-size: 12px;
      line-height: 16px;
      font-weight: 400;
      color: var(--primary-text-color);
    }
    .list {
      position: relative;
      overflow-anchor: none;
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
      border-top: 1px solid var(--divider-color);
    }
    .dh span {
      color: var(--secondary-text-color);
      font-weight: 400;
      font-size: 12px;
    }
    .dh .ct {
      margin-inline-start: auto;
    }
    .seen {
      display: flex;
      align-items: center;
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
      top: calc(var(--header-height, 56px) + 150px);
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
      display: flex;
      gap: 8px;
      align-items: center;
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
      .opens,
      .search.below {
        display: none;
      }
      .search.field {
        display: flex;
      }
      .fade::after {
        display: none;
      }
    }
  `,
];
