import { dialogStyles } from "./dialog";
import { css } from "./element";
import { plateStyles } from "./plate";
import { tokens } from "./styles";

export const viewerStyles = [
  tokens,
  dialogStyles,
  plateStyles,
  css`
    header .ib {
      color: inherit;
    }
    header .fv {
      color: color-mix(in srgb, var(--cp-alarm) 62%, var(--cp-text));
    }
    .vw {
      display: grid;
      grid-template-columns: minmax(0, 1fr) 328px;
      grid-template-rows: auto 1fr;
    }
    .stage {
      position: relative;
      background: #000;
      aspect-ratio: 16/9;
      overflow: hidden;
      touch-action: pan-y;
      user-select: none;
      -webkit-user-select: none;
    }
    .stage img,
    .stage video {
      position: absolute;
      inset: 0;
      width: 100%;
      height: 100%;
      object-fit: contain;
      display: block;
    }
    .stage .none {
      position: absolute;
      inset: 0;
      display: grid;
      place-content: center;
      justify-items: center;
      gap: 8px;
      color: #ccc;
    }
    .arrow {
      position: absolute;
      top: 50%;
      margin-top: -28px;
      width: 56px;
      height: 56px;
      border-radius: 50%;
      background: rgba(0, 0, 0, 0.55);
      color: #fff;
    }
    .arrow .i {
      --mdc-icon-size: 32px;
    }
    .arrow.back {
      inset-inline-start: 12px;
    }
    .arrow.next {
      inset-inline-end: 12px;
    }
    h3 {
      margin: 0 4px 8px;
      font-size: 13px;
      line-height: 20px;
      font-weight: 500;
      color: var(--cp-muted);
    }
    .film {
      padding: 12px 12px 14px;
    }
    .fl {
      display: flex;
      gap: 8px;
      overflow-x: auto;
      scrollbar-width: none;
      padding: 3px;
    }
    .fl button {
      flex: none;
      width: 118px;
      font-size: 12px;
      line-height: 16px;
    }
    .f {
      margin-bottom: 4px;
    }
    .fl .on .f {
      box-shadow: 0 0 0 3px var(--cp-link);
    }
    .fl .on .cp {
      font-weight: 500;
    }
    .pl {
      position: absolute;
      inset: 0;
      color: #fff;
      background: rgba(0, 0, 0, 0.28);
    }
    .cp {
      display: block;
      padding-inline: 2px;
    }
    .film small {
      display: block;
      padding-inline: 2px;
    }
    .inf {
      grid-column: 2;
      grid-row: 1 / span 2;
      padding: 4px 20px 20px;
      gap: 14px;
      border-inline-start: 1px solid var(--cp-line);
    }
    .who {
      gap: 8px;
      align-items: flex-start;
      padding-top: 12px;
    }
    .name {
      font-size: 18px;
      line-height: 24px;
      font-weight: 500;
      overflow-wrap: anywhere;
    }
    .name.danger {
      color: var(--cp-danger-text);
    }
    .acts {
      display: grid;
      grid-template-columns: 1fr 1fr;
      gap: 4px 8px;
    }
    .a {
      gap: 10px;
      min-height: 44px;
      padding: 0 8px;
      border-radius: 8px;
      font-weight: 500;
    }
    .a:hover {
      background: var(--cp-hover);
    }
    .a .i {
      --mdc-icon-size: 20px;
      color: var(--cp-muted);
    }
    .a.trash,
    .a.trash .i {
      color: var(--cp-danger-text);
    }
    .facts {
      margin: 0;
      display: grid;
      grid-template-columns: auto 1fr;
      gap: 8px 16px;
    }
    .facts dt {
      color: var(--cp-muted);
    }
    .facts dd {
      margin: 0;
      font-weight: 500;
      overflow-wrap: anywhere;
    }
    .facts dd .cf {
      font-size: inherit;
    }
    .facts small {
      display: block;
    }
    .pb {
      display: none;
    }
    @media (max-width: 870px), (max-height: 500px) {
      .vw {
        display: flex;
        flex-direction: column;
      }
      .inf {
        border: 0;
        padding: 0 16px 16px;
      }
      .who {
        padding-top: 4px;
      }
      .arrow {
        display: none;
      }
      .acts {
        grid-template-columns: repeat(4, 1fr);
        gap: 0;
      }
      .a {
        flex-direction: column;
        gap: 4px;
        font-size: 12px;
        line-height: 16px;
        text-align: center;
        padding: 8px 2px;
        overflow-wrap: anywhere;
      }
      .pb {
        display: grid;
        grid-template-columns: 1fr 1fr;
        border-top: 1px solid var(--cp-line);
        background: var(--cp-surface);
        padding-bottom: var(--safe-area-inset-bottom, 0);
      }
      .pb button {
        gap: 8px;
        min-height: 60px;
        padding: 8px 12px;
        min-width: 0;
      }
      .pb button span {
        min-width: 0;
        flex: 1;
      }
      .pb b {
        display: block;
      }
      .pb .older {
        flex-direction: row-reverse;
        text-align: end;
        border-inline-start: 1px solid var(--cp-line);
      }
    }
  `,
];
