// Home Assistant's elements that the cards use, as far as the page needs them.

import * as mdi from "@mdi/js";

class HaIcon extends HTMLElement {
  static observedAttributes = ["icon"];

  attributeChangedCallback(): void {
    const name = (this.getAttribute("icon") ?? "").replace("mdi:", "");
    const key = `mdi${name.replace(/(^|-)(\w)/g, (_all, _dash, letter: string) => letter.toUpperCase())}`;
    const path = (mdi as Record<string, string>)[key] ?? "";
    const root = this.shadowRoot ?? this.attachShadow({ mode: "open" });
    root.innerHTML = `<style>:host{display:inline-flex}svg{width:var(--mdc-icon-size,24px);height:var(--mdc-icon-size,24px);fill:currentcolor;display:block}</style>
      <svg viewBox="0 0 24 24"><path d="${path}"/></svg>`;
  }
}

class HaCard extends HTMLElement {
  connectedCallback(): void {
    if (this.shadowRoot !== null) {
      return;
    }
    const root = this.attachShadow({ mode: "open" });
    root.innerHTML = `<style>:host{display:block;position:relative;box-sizing:border-box;background:var(--card-background-color);
      border:1px solid var(--ha-card-border-color);border-radius:var(--ha-card-border-radius)}</style><slot></slot>`;
  }
}

customElements.define("ha-icon", HaIcon);
customElements.define("ha-card", HaCard);
