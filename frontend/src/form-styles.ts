import { dialogStyles } from "./dialog";
import { css } from "./element";
import { plateStyles } from "./plate";
import { tokens } from "./styles";

export const formStyles = [
  tokens,
  dialogStyles,
  plateStyles,
  css`
    .who {
      display: grid;
      grid-template-columns: 132px 1fr;
      gap: 16px;
      padding: 0 24px 12px;
      align-items: center;
    }
    .two {
      display: grid;
      gap: 4px;
      justify-items: start;
      min-width: 0;
    }
    .two small {
      font-size: 13px;
    }
    .new {
      margin: 4px 24px 0;
      padding: 16px;
      border-radius: 12px;
      background: var(--cp-tonal);
      display: grid;
      gap: 12px;
    }
    .new .h {
      gap: 12px;
      font-size: 16px;
      font-weight: 500;
    }
    .new .h .i {
      color: var(--cp-link);
    }
    .g2 {
      display: grid;
      grid-template-columns: 1fr 168px;
      gap: 12px;
    }
    .g2.one {
      grid-template-columns: 1fr;
    }
    .field {
      display: grid;
      gap: 2px;
      border-bottom: 1px solid var(--cp-field);
      padding: 6px 12px 8px;
      background: var(--card-background-color);
      border-radius: 8px 8px 0 0;
      min-width: 0;
    }
    .field:focus-within {
      border-bottom-color: var(--cp-link);
      box-shadow: 0 1px 0 var(--cp-link);
    }
    .field span {
      font-size: 12px;
      line-height: 16px;
      color: var(--cp-muted);
    }
    .field input {
      border: 0;
      padding: 0;
      background: none;
      font: inherit;
      font-size: 16px;
      line-height: 24px;
      color: var(--cp-text);
      width: 100%;
      outline: 0;
    }
    .field input[readonly] {
      color: var(--cp-muted);
    }
    h3 {
      font-size: 14px;
      font-weight: 500;
      margin: 16px 24px 4px;
      color: var(--cp-muted);
    }
    .opt {
      display: grid;
      grid-template-columns: minmax(0, 1fr) 24px;
      gap: 12px;
      align-items: center;
      min-height: 64px;
      padding: 6px 24px;
      width: 100%;
    }
    .opt.pic {
      grid-template-columns: 64px minmax(0, 1fr) 24px;
    }
    .opt:hover {
      background: var(--cp-hover);
    }
    .opt:focus-visible {
      outline-offset: -2px;
    }
    .opt .f {
      width: 64px;
      height: 44px;
      border-radius: 6px;
    }
    .opt b {
      font-size: 16px;
      display: block;
    }
    .opt > .i {
      color: var(--cp-muted);
    }
    .s2 {
      gap: 4px 8px;
      flex-wrap: wrap;
    }
    .hint {
      font-size: 13px;
      line-height: 18px;
      color: var(--cp-muted);
      margin: 12px 24px 20px;
      display: flex;
      gap: 8px;
    }
    .pad {
      height: 12px;
    }
    @media (max-width: 600px) {
      .who,
      .opt {
        padding-inline: 16px;
      }
      .new,
      .hint,
      .error,
      h3 {
        margin-inline: 16px;
      }
      .g2 {
        grid-template-columns: 1fr;
      }
    }
  `,
];
