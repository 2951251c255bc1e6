// The base of all elements: their templates are rendered by Lit, once after several changes.

import { render, type TemplateResult } from "lit/html.js";

/** Style sheets, joined: each element has one. */
type Styles = string | readonly Styles[];

export const css = ([text]: TemplateStringsArray): string => text ?? "";

const sheets = new Map<unknown, CSSStyleSheet>();

export abstract class Base extends HTMLElement {
  /** The names of what is shown: it is rendered again when one of them changes. */
  static properties: Record<string, unknown> = {};
  static styles: Styles = "";

  readonly renderRoot = this.attachShadow({ mode: "open" });
  updateComplete: Promise<void> = Promise.resolve();
  readonly #values: Record<string, unknown> = {};
  #isPending = false;

  get isUpdatePending(): boolean {
    return this.#isPending;
  }

  constructor() {
    super();
    const type = this.constructor as typeof Base;
    let sheet = sheets.get(type);
    if (sheet == null) {
      sheets.set(type, (sheet = new CSSStyleSheet()));
      sheet.replaceSync([type.styles].flat(9).join(""));
      for (const name in type.properties) {
        Object.defineProperty(type.prototype, name, {
          get(this: Base) {
            return this.#values[name];
          },
          set(this: Base, value: unknown) {
            if (!Object.is(value, this.#values[name])) {
              this.#values[name] = value;
              this.requestUpdate();
            }
          },
        });
      }
    }
    this.renderRoot.adoptedStyleSheets = [sheet];
  }

  connectedCallback(): void {
    this.requestUpdate();
  }

  protected _find<T extends Element = HTMLElement>(selector: string): T | null {
    return this.renderRoot.querySelector<T>(selector);
  }

  requestUpdate(): void {
    if (!this.#isPending) {
      this.#isPending = true;
      this.updateComplete = Promise.resolve().then(() => this.#update());
    }
  }

  #update(): void {
    let shown: TemplateResult | undefined;
    try {
      // Until it is in the document, it may not know yet what it is to show.
      if (this.isConnected) {
        this.willUpdate();
        shown = this.render();
      }
    } finally {
      this.#isPending = false;
    }
    if (shown != null) {
      render(shown, this.renderRoot, { host: this });
      this.updated();
    }
  }

  /** Before it is rendered: changes do not have it rendered again. */
  protected willUpdate(): void {
    // Nothing to prepare.
  }

  protected abstract render(): TemplateResult;

  protected updated(): void {
    // Nothing to look at.
  }
}
