// A picture is enlarged by pinching or a double tap, moved by dragging, and turned over by swiping.

import type { Base } from "./element";
import { boxOf } from "./hass";

const LARGEST = 6;
const SWIPE = 60;

export class Zoom {
  #host: Base;
  #swiped: (step: 1 | -1) => void;
  #scale = 1;
  #x = 0;
  #y = 0;
  #pointers = new Map<number, { x: number; y: number }>();
  #began: { x: number; y: number; distance: number; scale: number } | undefined;
  #dragged = 0;

  constructor(host: Base, swiped: (step: 1 | -1) => void) {
    this.#host = host;
    this.#swiped = swiped;
  }

  get style(): string {
    return this.#scale === 1 && this.#dragged === 0
      ? ""
      : `transform:translate(${this.#x + this.#dragged}px,${this.#y}px) scale(${this.#scale})`;
  }

  reset(): void {
    this.#scale = 1;
    this.#x = 0;
    this.#y = 0;
    this.#dragged = 0;
    this.#pointers.clear();
    this.#host.requestUpdate();
  }

  #spread(): { x: number; y: number; distance: number } {
    const [one = { x: 0, y: 0 }, other = one] = this.#pointers.values();
    return {
      x: (one.x + other.x) / 2,
      y: (one.y + other.y) / 2,
      distance: Math.hypot(one.x - other.x, one.y - other.y),
    };
  }

  readonly down = (event: PointerEvent): void => {
    if (!(event.target instanceof HTMLImageElement)) {
      return;
    }
    this.#pointers.set(event.pointerId, { x: event.clientX, y: event.clientY });
    this.#began = { ...this.#spread(), scale: this.#scale };
  };

  readonly move = (event: PointerEvent): void => {
    const last = this.#pointers.get(event.pointerId);
    if (last == null || this.#began == null) {
      return;
    }
    this.#pointers.set(event.pointerId, { x: event.clientX, y: event.clientY });
    if (this.#pointers.size > 1) {
      const { distance } = this.#spread();
      this.#scale = Math.max(1, Math.min(LARGEST, (this.#began.scale * distance) / Math.max(1, this.#began.distance)));
    } else if (this.#scale > 1) {
      this.#x += event.clientX - last.x;
      this.#y += event.clientY - last.y;
    } else if (event.pointerType === "touch") {
      this.#dragged = event.clientX - this.#began.x;
    }
    this.#host.requestUpdate();
  };

  readonly up = (event: PointerEvent): void => {
    if (!this.#pointers.delete(event.pointerId)) {
      return;
    }
    const dragged = this.#dragged;
    this.#dragged = 0;
    if (this.#scale <= 1.02) {
      this.reset();
    }
    if (this.#pointers.size === 0 && Math.abs(dragged) > SWIPE && event.type === "pointerup") {
      // Newer is where one reads from.
      this.#swiped(dragged > 0 === (this.#host.dir === "rtl") ? 1 : -1);
    }
    this.#host.requestUpdate();
  };

  readonly toggle = (event: MouseEvent): void => {
    if (!(event.target instanceof HTMLImageElement)) {
      return;
    }
    if (this.#scale > 1) {
      this.reset();
      return;
    }
    const box = boxOf(event.target);
    this.#scale = 2.5;
    this.#x = (box.left + box.width / 2 - event.clientX) * 1.5;
    this.#y = (box.top + box.height / 2 - event.clientY) * 1.5;
    this.#host.requestUpdate();
  };
}
