// The cards' colours, mixed with the text colour so that they are legible in every theme, and their buttons.

import { css } from "./element";


export const tokens = css`
  :host {
    --cp-text: var(--primary-text-color);
    --cp-muted: var(--secondary-text-color);
    --cp-primary: var(--primary-color);
    --cp-line: var(--divider-color);
    --cp-warn: var(--warning-color);
    --cp-ok: var(--success-color);
    --cp-alarm: var(--amber-color);
    --cp-danger: var(--red-color);
    --cp-surface: var(--ha-card-background, var(--card-background-color));
    --cp-link: color-mix(in srgb, var(--cp-primary) 68%, var(--cp-text));
    --cp-danger-text: color-mix(in srgb, var(--cp-danger) 72%, var(--cp-text));
    --cp-warn-text: color-mix(in srgb, var(--cp-warn) 42%, var(--cp-text));
    --cp-ok-text: color-mix(in srgb, var(--cp-ok) 62%, var(--cp-text));
    --cp-tonal: color-mix(in srgb, var(--cp-primary) 14%, var(--cp-surface));
    --cp-filled: color-mix(in srgb, var(--cp-primary) 82%, #000);
    --cp-hover: color-mix(in srgb, var(--cp-text) 5%, transparent);
    --cp-fill: color-mix(in srgb, var(--cp-text) 7%, transparent);
    --cp-field: color-mix(in srgb, var(--cp-text) 62%, transparent);
    display: block;
    color: var(--cp-text);
    font-family: var(--ha-font-family-body);
    font-size: 14px;
    line-height: 20px;
    font-variant-numeric: tabular-nums;
    overflow-wrap: break-word;
  }
  * {
    box-sizing: border-box;
  }
  small {
    font-size: 12px;
    line-height: 16px;
    font-weight: 400;
    color: var(--cp-muted);
  }
  b {
    font-weight: 500;
  }
  .c {
    display: flex;
    align-items: center;
  }
  .f {
    display: grid;
    place-items: center;
    position: relative;
    aspect-ratio: 16/9;
    border-radius: 8px;
    overflow: hidden;
    background: var(--cp-fill);
    color: var(--cp-muted);
  }
  .v {
    display: flex;
    flex-direction: column;
  }
  .p {
    display: grid;
    place-items: center;
  }
  .cut {
    overflow: hidden;
    text-overflow: ellipsis;
    white-space: nowrap;
  }
  .i {
    --mdc-icon-size: 24px;
    width: var(--mdc-icon-size);
    height: var(--mdc-icon-size);
    flex: none;
    display: flex;
    line-height: 0;
  }
  .i.s {
    --mdc-icon-size: 18px;
  }
  .i.xs {
    --mdc-icon-size: 14px;
  }
  :host(:dir(rtl)) .flip,
  :host(:dir(rtl)) .fade::after {
    transform: scaleX(-1);
  }
  .sr {
    position: absolute;
    width: 1px;
    height: 1px;
    overflow: hidden;
    clip-path: inset(50%);
    white-space: nowrap;
  }
  button {
    font: inherit;
    color: inherit;
    background: none;
    border: 0;
    padding: 0;
    cursor: pointer;
    text-align: inherit;
    -webkit-tap-highlight-color: transparent;
  }
  button:disabled {
    cursor: default;
    opacity: 0.38;
  }
  :focus {
    outline: none;
  }
  :focus-visible {
    outline: 2px solid var(--cp-link);
    outline-offset: 2px;
  }
  .ib {
    width: 44px;
    height: 44px;
    display: grid;
    place-items: center;
    border-radius: 50%;
    flex: none;
  }
  .ib:hover:not(:disabled),
  .btn.txt:hover,
  .btn.out:hover {
    background: var(--cp-hover);
  }
  .btn {
    display: inline-flex;
    align-items: center;
    justify-content: center;
    gap: 8px;
    min-height: 40px;
    padding: 0 16px;
    border-radius: 20px;
    font-weight: 500;
    position: relative;
    white-space: nowrap;
    text-decoration: none;
    color: inherit;
  }
  .btn::before {
    content: "";
    position: absolute;
    inset: -4px;
  }
  .btn .i {
    --mdc-icon-size: 20px;
  }
  .btn.ton {
    background: var(--cp-tonal);
    color: var(--cp-link);
  }
  .btn.ton:hover,
  .btn.fil:hover {
    filter: brightness(1.06);
  }
  .btn.fil {
    background: var(--cp-filled);
    color: #fff;
  }
  .btn.out {
    border: 1px solid color-mix(in srgb, var(--cp-text) 28%, transparent);
  }
  .btn.txt {
    color: var(--cp-link);
    padding: 0 12px;
  }
  .btn.sm {
    min-height: 32px;
    padding: 0 12px;
    border-radius: 16px;
  }
  .btn.sm::before {
    inset: -6px -4px;
  }
  .btn.wide {
    width: 100%;
    min-height: 48px;
    border-radius: 24px;
  }
  .tag {
    display: inline-flex;
    align-items: center;
    gap: 4px;
    min-height: 22px;
    padding-inline: 6px 8px;
    border-radius: 6px;
    font-size: 12px;
    line-height: 16px;
    font-weight: 500;
    background: var(--cp-fill);
  }
  .tag.warn {
    color: var(--cp-warn-text);
    background: color-mix(in srgb, var(--cp-warn) 18%, var(--cp-surface));
  }
  .tag.ok {
    color: var(--cp-ok-text);
    background: color-mix(in srgb, var(--cp-ok) 14%, var(--cp-surface));
  }
  .tag.bad {
    color: var(--cp-danger-text);
    background: color-mix(in srgb, var(--cp-danger) 14%, var(--cp-surface));
  }
  .tag s {
    opacity: 0.85;
  }
  .dir,
  .unk {
    display: inline-flex;
    gap: 4px;
    align-items: center;
    font-weight: 500;
    white-space: nowrap;
  }
  .unk {
    color: var(--cp-warn-text);
  }
  .cf {
    color: var(--cp-muted);
    font-size: 13px;
    font-weight: 400;
    white-space: nowrap;
  }
  .cf.low {
    color: var(--cp-warn-text);
    font-weight: 500;
  }
  .sw {
    display: inline-block;
    width: 10px;
    height: 10px;
    border-radius: 50%;
    box-shadow: inset 0 0 0 1px color-mix(in srgb, var(--cp-text) 40%, transparent);
    flex: none;
  }
  .sk {
    background: linear-gradient(
      90deg,
      var(--cp-fill),
      color-mix(in srgb, var(--cp-text) 12%, transparent),
      var(--cp-fill)
    );
    background-size: 200% 100%;
    animation: sk 1.4s infinite;
    border-radius: 6px;
  }
  @keyframes sk {
    to {
      background-position: -200% 0;
    }
  }
  camera-push-image {
    display: block;
    width: 100%;
    height: 100%;
  }
  camera-push-image > img {
    width: 100%;
    height: 100%;
    object-fit: cover;
    display: block;
  }
  @media (prefers-reduced-motion: no-preference) {
    camera-push-image > img {
      animation: come 150ms;
    }
    @keyframes come {
      from {
        opacity: 0;
      }
    }
  }
  @media (prefers-reduced-motion: reduce) {
    * {
      animation: none !important;
      transition: none !important;
      scroll-behavior: auto !important;
    }
  }
`;
