// A dialog: Home Assistant's own where it is loaded, else the browser's.

import { css, html, LitElement, nothing } from "lit";

import { icon } from "./icons";
import { tokens } from "./styles";

const NARROW = "(max-width: 870px), (max-height: 500px)";

export class Dialog extends LitElement {
  static override properties = {
    heading: {},
    detail: {},
    closeLabel: {},
    large: { type: Boolean, reflect: true },
  };

  heading = "";
  detail = "";
  closeLabel = "";
  /** Wide, and the whole screen where that is small. */
  large = false;
  private get _native(): HTMLDialogElement | null {
    return this.renderRoot.querySelector("dialog");
  }
  private readonly _adaptive = customElements.get("ha-adaptive-dialog") !== undefined;
  private readonly _isNarrow = matchMedia(NARROW).matches;

  /** Home Assistant's is a sheet of half a screen where the screen is small. */
  private get _usesAdaptive(): boolean {
    return this._adaptive && !(this.large && this._isNarrow);
  }

  close(): void {
    if (this._native === null) {
      this._closed();
    } else {
      this._native.close();
    }
  }

  private _closed(): void {
    this.dispatchEvent(new CustomEvent("closed"));
  }

  override firstUpdated(): void {
    if (this._native !== null) {
      this._native.showModal();
    }
  }

  /** A press beside the dialog closes it. */
  private _pressed(event: MouseEvent): void {
    if (event.target === this._native) {
      this.close();
    }
  }

  private _header() {
    return html`<header>
      <button class="ib" aria-label=${this.closeLabel} @click=${this.close}>${icon("close")}</button>
      <div class="title">
        <h2 id="title">${this.heading}</h2>
        ${this.detail === "" ? nothing : html`<small>${this.detail}</small>`}
      </div>
      <slot name="actions"></slot>
    </header>`;
  }

  override render() {
    const body = html`${this._header()}
      <div class="body"><slot></slot></div>
      <slot name="footer"></slot>`;
    if (this._usesAdaptive) {
      return html`<ha-adaptive-dialog
        open
        without-header
        flexcontent
        width=${this.large ? "large" : "medium"}
        aria-label=${this.heading}
        @closed=${this._closed}
        ><div class="surface">${body}</div></ha-adaptive-dialog
      >`;
    }
    return html`<dialog aria-labelledby="title" class=${this._isNarrow ? "narrow" : ""} @close=${this._closed} @click=${this._pressed}>
      <div class="surface">${!this.large && this._isNarrow ? html`<i class="grip"></i>` : nothing}${body}</div>
    </dialog>`;
  }

  static override styles = [
    tokens,
    css`
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
      :host([large]) dialog {
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
      :host([large]) dialog.narrow {
        width: 100vw;
        height: 100dvh;
        max-height: 100dvh;
        margin: 0;
        border-radius: 0;
      }
      .surface {
        display: flex;
        flex-direction: column;
        flex: 1;
        min-height: 0;
        min-width: 0;
        max-height: 100%;
      }
      .grip {
        width: 36px;
        height: 4px;
        border-radius: 2px;
        margin: 10px auto 0;
        background: color-mix(in srgb, var(--primary-text-color) 24%, transparent);
        flex: none;
      }
      header {
        display: flex;
        align-items: center;
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
        overflow-wrap: anywhere;
      }
      small {
        font-size: 13px;
        color: var(--secondary-text-color);
      }
      .body {
        flex: 1;
        min-height: 0;
        overflow: auto;
        overscroll-behavior: contain;
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
    `,
  ];
}

/** Show an element that renders a dialog until it is closed. */
export function show(from: HTMLElement, element: HTMLElement, closed?: () => void): void {
  // Beside Home Assistant's own dialogs: there, its theme's variables are at hand, and no card cuts it off.
  const home = document.querySelector("home-assistant")?.shadowRoot ?? document.body;
  element.addEventListener("closed", () => {
    element.remove();
    closed?.();
  });
  element.dir = getComputedStyle(from).direction;
  home.append(element);
}
