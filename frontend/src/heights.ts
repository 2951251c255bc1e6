// Which items are in view: heights are measured once they were rendered, and estimated until then.

import type { Item } from "./items";

const ESTIMATES = { row: 97, day: 40, seen: 24 };

export interface Range {
  start: number;
  end: number;
}

export class Heights {
  #measured = new Map<string, number>();
  #offsets: number[] = [0];
  #items: readonly Item[] = [];
  #rowEstimate = ESTIMATES.row;

  get total(): number {
    return this.#offsets.at(-1) ?? 0;
  }

  set items(items: readonly Item[]) {
    this.#items = items;
    this.#compute();
  }

  #heightOf(item: Item): number {
    if (item.type === "gap") {
      return this.#measured.get(item.key) ?? item.rows * this.#rowEstimate;
    }
    return this.#measured.get(item.key) ?? (item.type === "row" ? this.#rowEstimate : ESTIMATES[item.type]);
  }

  #compute(): void {
    const offsets = new Array<number>(this.#items.length + 1);
    let sum = 0;
    this.#items.forEach((item, index) => {
      offsets[index] = sum;
      sum += this.#heightOf(item);
    });
    offsets[this.#items.length] = sum;
    this.#offsets = offsets;
  }

  /** When a page was just given back: its gap is as high as its items were. */
  keepHeightOf(page: number, key: string): void {
    if (this.#measured.has(key)) {
      return;
    }
    let sum = 0;
    for (const item of this.#items) {
      if (item.page === page) {
        sum += this.#heightOf(item);
      }
    }
    this.#measured.set(key, sum);
  }

  /** Take over measured heights; returns whether any differs. */
  measure(heights: Iterable<readonly [string, number]>): boolean {
    let changed = false;
    for (const [key, height] of heights) {
      if (height > 0 && Math.abs((this.#measured.get(key) ?? 0) - height) > 0.5) {
        this.#measured.set(key, height);
        changed = true;
      }
    }
    if (changed) {
      this.#compute();
    }
    return changed;
  }

  /** Forget all heights, because the rows are laid out in another way. */
  reset(rowEstimate: number): void {
    this.#measured.clear();
    this.#rowEstimate = rowEstimate;
    this.#compute();
  }

  offset(index: number): number {
    return this.#offsets[Math.max(0, Math.min(index, this.#items.length))] ?? 0;
  }

  /** The item at a distance from the list's beginning. */
  at(distance: number): number {
    let low = 0;
    let high = this.#items.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((this.#offsets[middle] ?? 0) <= distance) {
        low = middle;
      } else {
        high = middle - 1;
      }
    }
    return Math.max(0, low);
  }

  /** The items to render for a part of the list, at most `limit`. */
  range(top: number, bottom: number, limit: number): Range {
    if (this.#items.length === 0) {
      return { start: 0, end: 0 };
    }
    const start = this.at(top);
    const end = Math.min(this.#items.length, this.at(bottom) + 1);
    return { start, end: Math.min(end, start + limit) };
  }
}
