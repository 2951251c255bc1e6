// Home Assistant replaces the registry of custom elements while it starts. Elements that a module defined
// before that are not found afterwards, and have to be defined again.

const defined = new Map<string, CustomElementConstructor>();
let registry: CustomElementRegistry | undefined;

function defineIn(into: CustomElementRegistry, tag: string, element: CustomElementConstructor): void {
  if (into.get(tag) == null) {
    // One class can be defined once only, also by a registry that replaces another.
    const known = [...defined.values()].includes(element) && registry !== into;
    into.define(tag, known ? class extends element {} : element);
  }
}

function repeat(): void {
  const current = window.customElements;
  if (registry !== current) {
    for (const [tag, element] of defined) {
      defineIn(current, tag, element);
    }
    registry = current;
  }
}

/** Define an element, now and in a registry that replaces the one of now. */
export function define(tag: string, element: CustomElementConstructor): void {
  registry ??= window.customElements;
  repeat();
  defineIn(registry, tag, element);
  defined.set(tag, element);
}

/** Look for a new registry until Home Assistant is up. */
export function watchRegistry(): void {
  const first = window.customElements;
  void first.whenDefined("home-assistant").then(repeat);
  // Home Assistant's own elements are defined in the new registry: the first one's promise may never be kept.
  let left = 40;
  const timer = window.setInterval(() => {
    repeat();
    left -= 1;
    if (left === 0) {
      window.clearInterval(timer);
    }
  }, 250);
}
