// The base of dialogs: Home Assistant's own where it is loaded, else the browser's.

import { html, nothing, type TemplateResult } from "lit/html.js";

import { Base, css } from "./element";
import type { PushEvent } from "./events";
import { app, type Hass, sentence } from "./hass";
import { icon } from "./icons";
import type { Texts } from "./texts";
import type { Clock } from "./time";

const NARROW = "(max-width: 870px), (max-height: 500px)";

/** What a dialog is about. */
export interface EventParams {
  hass: Hass;
  event: PushEvent;
  texts: Texts;
  clock: Clock;
}

interface Parts {
  heading: string;
  body: unknown;
  detail?: string;
  actions?: unknown;
  footer?: unknown;
  /** Wide, and the whole screen where that is small. */
  large?: boolean;
}

export abstract class Dialog extends Base {
  params!: EventParams;
  protected _error = "";
  protected _isBusy = false;
  private readonly _isNarrow = matchMedia(NARROW).matches;

  private get _native(): HTMLDialogElement | null {
    return this._find<HTMLDialogElement>("dialog");
  }

  protected readonly _close = (): void => {
    const native = this._native;
    if (native == null) {
      this._closed();
    } else {
      native.close();
    }
  };

  private _closed(): void {
    this.dispatchEvent(new CustomEvent("closed"));
  }

  protected override updated(): void {
    if (this._native?.open === false) {
      this._native.showModal();
    }
  }

  /** A press beside the dialog closes it. */
  private _pressed(event: MouseEvent): void {
    if (event.target === this._native) {
      this._close();
    }
  }

  /** Do something and close; what goes wrong is said instead. */
  protected async _try(act: () => Promise<void>): Promise<void> {
    if (this._isBusy) {
      return;
    }
    this._isBusy = true;
    this._error = "";
    try {
      await act();
    } catch (err) {
      this._error = sentence(this.params.hass, err);
    }
    this._isBusy = false;
  }

  protected _dialog({ heading, body, detail, actions, footer, large = false }: Parts): TemplateResult {
    const { _isNarrow: isNarrow } = this;
    const isOwn = customElements.get("ha-adaptive-dialog") == null || (large && isNarrow);
    const surface = html`<div class="surface v">
      <header class="c">
        <button class="ib" aria-label=${this.params.texts.say("close")} @click=${this._close}>${icon("close")}</button>
        <div class="title">
          <h2>${heading}</h2>
          ${detail == null ? nothing : html`<small class="cut">${detail}</small>`}
        </div>
        ${actions}
      </header>
      <div class="body">${this._error && html`<p class="error" role="alert">${this._error}</p>`}${body}</div>
      ${footer}
    </div>`;
    // Home Assistant's is a sheet of half a screen where the screen is small.
    return !isOwn
      ? html`<ha-adaptive-dialog
          open
          without-header
          flexcontent
          width=${large ? "large" : "medium"}
          aria-label=${heading}
          @closed=${this._closed}
          >${surface}</ha-adaptive-dialog
        >`
      : html`<dialog
          aria-label=${heading}
          class="${isNarrow ? "narrow" : ""} ${large ? "large" : ""}"
          @close=${this._closed}
          @click=${this._pressed}
        >
          ${surface}
        </dialog>`;
  }
}

export const dialogStyles = css`
  ha-adaptive-dialog {
    --dialog-content-padding: 0;
    --ha-bottom-sheet-content-padding: 0;
  }
  dialog {
    padding: 0;
    border: 0;
    color: inherit;
    background: var(--ha-dialog-surface-background, var(--card-background-color, #fff));
    width: min(580px, calc(100vw - 48px));
    max-height: calc(100dvh - 64px);
    border-radius: var(--ha-dialog-border-radius, 24px);
    overflow: hidden;
    box-shadow: 0 8px 40px rgba(0, 0, 0, 0.4);
  }
  dialog[open] {
    display: flex;
  }
  dialog.large {
    width: min(1024px, calc(100vw - 48px));
  }
  dialog::backdrop {
    background: rgba(0, 0, 0, 0.5);
  }
  dialog.narrow {
    width: 100vw;
    max-width: 100vw;
    max-height: 92dvh;
    margin-bottom: 0;
    border-end-start-radius: 0;
    border-end-end-radius: 0;
  }
  dialog.narrow.large {
    height: 100dvh;
    max-height: 100dvh;
    margin: 0;
    border-radius: 0;
  }
  .surface {
    flex: 1;
    min-height: 0;
    min-width: 0;
    max-height: 100%;
  }
  header {
    gap: 4px;
    padding: 8px;
    min-height: 64px;
    flex: none;
  }
  .title {
    flex: 1;
    min-width: 0;
    padding-inline-start: 4px;
  }
  h2 {
    margin: 0;
    font-size: 18px;
    font-weight: 500;
    line-height: 24px;
  }
  header small {
    display: block;
    font-size: 13px;
  }
  .body {
    flex: 1;
    min-height: 0;
    overflow: auto;
    overscroll-behavior: contain;
  }
  .error {
    margin: 4px 24px 12px;
    color: var(--cp-danger-text);
    font-weight: 500;
  }
  @media (prefers-reduced-motion: no-preference) {
    dialog[open] {
      animation: rise var(--ha-animation-duration-normal, 250ms) ease-out;
    }
    @keyframes rise {
      from {
        opacity: 0;
        transform: translateY(24px);
      }
    }
  }
`;

/** Show a dialog until it is closed. */
export function show<T extends Dialog>(from: HTMLElement, tag: string, params: T["params"], closed?: () => void): void {
  const element = document.createElement(tag) as T;
  element.params = params;
  // Beside Home Assistant's own dialogs: there, its theme's variables are at hand, and no card cuts it off.
  const home = app()?.shadowRoot ?? document.body;
  element.addEventListener("closed", () => {
    element.remove();
    closed?.();
  });
  element.dir = getComputedStyle(from).direction;
  home.append(element);
}
