// Renders only the rows that are in view, and keeps those in place when others change above them.

import { boxOf } from "./hass";
import { Heights, type Range } from "./heights";
import type { Item } from "./items";

/** More rows than that are never in the document. */
export const MOST_ROWS = 40;
const OVERSCAN = 500;

interface Host extends HTMLElement {
  requestUpdate(): void;
  /** What is as high as the list, and what its visible part begins under. */
  readonly listElement: HTMLElement | null;
  readonly headBottom: number;
  readonly innerScroller: HTMLElement | null;
  readonly rowEstimate: number;
  inViewChanged(): void;
}

function scrollerOf(element: Element): Element {
  for (let node: Node | null = element.parentNode; node !== null; ) {
    if (node instanceof ShadowRoot) {
      node = node.host;
      continue;
    }
    if (node instanceof Element && node !== document.documentElement && node !== document.body) {
      const { overflowY } = getComputedStyle(node);
      if ((overflowY === "auto" || overflowY === "scroll") && node.scrollHeight > node.clientHeight + 1) {
        return node;
      }
    }
    const slot: HTMLSlotElement | null = node instanceof Element ? node.assignedSlot : null;
    node = slot ?? node.parentNode;
  }
  return document.scrollingElement ?? document.documentElement;
}

export class RowList {
  readonly heights = new Heights();
  items: readonly Item[] = [];
  rendered: Range = { start: 0, end: 0 };
  /** The items in view. */
  visible: Range = { start: 0, end: 0 };
  readonly #host: Host;
  #frame = 0;
  #width = 0;
  #resize: ResizeObserver | undefined;
  #wanted: { key: string; tries: number } | undefined;
  #settle: { key: string; top: number } | undefined;

  constructor(host: Host) {
    this.#host = host;
  }

  connect(): void {
    // Captured, so that it does not matter which of the elements around the card scrolls.
    window.addEventListener("scroll", this.#scrolled, true);
    window.addEventListener("resize", this.#scrolled);
    this.#resize = new ResizeObserver(() => {
      const width = this.#host.offsetWidth;
      if (width !== this.#width) {
        this.#width = width;
        this.heights.reset(this.#host.rowEstimate);
        this.#host.requestUpdate();
      }
    });
    this.#resize.observe(this.#host);
  }

  disconnect(): void {
    window.removeEventListener("scroll", this.#scrolled, true);
    window.removeEventListener("resize", this.#scrolled);
    this.#resize?.disconnect();
    cancelAnimationFrame(this.#frame);
    this.#frame = 0;
  }

  get #bottom(): number {
    const inner = this.#host.innerScroller;
    return inner === null ? window.innerHeight : boxOf(inner).bottom;
  }

  get scroller(): Element {
    return this.#host.innerScroller ?? scrollerOf(this.#host);
  }

  /** Whether the list's beginning is in view: then newer rows may come in. */
  get isAtTop(): boolean {
    const list = this.#host.listElement;
    return list === null || boxOf(list).top >= this.#host.headBottom - 40;
  }

  /** Show other items; what is in view stays where it is. */
  setItems(items: readonly Item[], keep: boolean): void {
    this.#settle = keep ? this.#anchor() : undefined;
    this.items = items;
    this.heights.items = items;
    this.#compute();
  }

  #anchor(): { key: string; top: number } | undefined {
    const list = this.#host.listElement;
    if (list === null || this.isAtTop) {
      return undefined;
    }
    const { top } = boxOf(list);
    // Rows stay as they are, where headings may come and go.
    for (let index = this.visible.start; index < this.visible.end; index += 1) {
      const item = this.items[index];
      if (item?.type === "row") {
        return { key: item.key, top: top + this.heights.offset(index) };
      }
    }
    return undefined;
  }

  #scrolled = (): void => {
    this.#frame ||= requestAnimationFrame(() => {
      this.#frame = 0;
      if (this.#compute()) {
        this.#host.requestUpdate();
      }
    });
  };

  /** Find out what is in view; returns whether something else has to be rendered. */
  #compute(listTop?: number, headBottom = this.#host.headBottom): boolean {
    const list = this.#host.listElement;
    listTop ??= list === null ? 0 : boxOf(list).top;
    const top = headBottom - listTop;
    const bottom = this.#bottom - listTop;
    this.visible = this.heights.range(Math.max(0, top), Math.max(1, bottom - 1), MOST_ROWS);
    const before = this.rendered;
    const needed = this.heights.range(Math.max(0, top - OVERSCAN / 2), bottom + OVERSCAN / 2, MOST_ROWS);
    const isEnough = before.start <= needed.start && before.end >= needed.end && before.end <= this.items.length;
    if (!isEnough) {
      this.rendered = this.heights.range(Math.max(0, top - OVERSCAN), Math.max(1, bottom + OVERSCAN), MOST_ROWS);
    }
    this.#host.inViewChanged();
    return !isEnough;
  }

  updated(): void {
    const list = this.#host.listElement;
    if (list === null) {
      return;
    }
    // Everything is read before anything is written, so that the page is laid out once.
    const { headBottom } = this.#host;
    const anchor = this.#settle ?? this.#anchor();
    this.#settle = undefined;
    let { top } = boxOf(list);
    this.heights.measure(
      [...list.querySelectorAll<HTMLElement>("[data-key]")].map((element) => [element.dataset.key ?? "", element.offsetHeight]),
    );
    // The container has to be as high as what is in it before anything is scrolled.
    list.style.height = `${this.heights.total}px`;
    list.style.setProperty("--before", `${this.heights.offset(this.rendered.start)}px`);
    const isWanted = this.#wanted != null;
    if (isWanted) {
      this.#scrollToWanted();
      top = boxOf(list).top;
    } else if (anchor != null) {
      const index = this.items.findIndex((item) => item.key === anchor.key);
      const moved = top + this.heights.offset(index) - anchor.top;
      if (index >= 0 && Math.abs(moved) > 0.5) {
        this.scroller.scrollTop += moved;
        top -= moved;
      }
    }
    if (this.#compute(top, headBottom) || isWanted) {
      this.#host.requestUpdate();
    }
  }

  /** Bring an item under the head; its height and those above it may still be estimates. */
  scrollTo(key: string): void {
    this.#wanted = { key, tries: 3 };
    this.#scrollToWanted();
    this.#host.requestUpdate();
  }

  #scrollToWanted(): void {
    const list = this.#host.listElement;
    const index = this.items.findIndex((item) => item.key === this.#wanted?.key);
    if (list !== null && index >= 0) {
      const to = boxOf(list).top + this.heights.offset(index) - this.#host.headBottom;
      if (Math.abs(to) > 0.5) {
        this.scroller.scrollTop += to;
      }
      this.#compute();
    }
    if (this.#wanted != null) {
      this.#wanted.tries -= 1;
      if (this.#wanted.tries <= 0 || index < 0) {
        this.#wanted = undefined;
      }
    }
  }

  /** Bring the list's beginning into view, if it is above what is. */
  scrollToTop(): void {
    const list = this.#host.listElement;
    if (list !== null) {
      const to = boxOf(list).top - this.#host.headBottom;
      if (to < 0) {
        this.scroller.scrollTop += to;
      }
    }
  }

  /** Bring an item into view with as little scrolling as possible. */
  reveal(index: number): void {
    const list = this.#host.listElement;
    if (list === null) {
      return;
    }
    const top = boxOf(list).top + this.heights.offset(index);
    const bottom = boxOf(list).top + this.heights.offset(index + 1);
    const end = this.#bottom;
    if (top < this.#host.headBottom) {
      this.scroller.scrollTop += top - this.#host.headBottom;
    } else if (bottom > end) {
      this.scroller.scrollTop += bottom - end;
    }
    this.#compute();
  }
}
