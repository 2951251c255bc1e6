// A day as 96 quarters of an hour: when how much happened. Pressing, dragging and arrow keys jump there.

import { html, nothing, svg, type TemplateResult } from "lit/html.js";

import { Base, css } from "./element";
import { KINDS, type Slot } from "./events";
import { boxOf, fire } from "./hass";
import { tokens } from "./styles";
import type { Texts } from "./texts";
import { type Clock, QUARTER } from "./time";

export const SLOTS = 96;
const HEIGHT = 52;
const WIDTH = 5 * SLOTS;
const MIN_BAR = 2;

const sum = (slot: Slot): number => KINDS.reduce((all, kind) => all + slot[kind], 0);

/** The slot that a number is in. */
const within = (slots: number): number => Math.max(0, Math.min(SLOTS - 1, Math.floor(slots)));

interface View {
  slots: readonly Slot[] | undefined;
  /** When the day begins, in milliseconds. */
  start: number;
  now: number;
  /** What of the day is in view, in milliseconds. */
  inView: { from: number; to: number } | undefined;
  clock: Clock;
  texts: Texts;
}

export class Strip extends Base {
  static override properties = { view: 0, _hovered: 0, _dragged: 0 };

  view!: View;
  private _hovered: number | undefined;
  private _dragged: number | undefined;

  private _slotAt(event: PointerEvent): number {
    const { left, width } = boxOf(this._find("svg") as Element);
    return within(((event.clientX - left) / width) * SLOTS);
  }

  private get _lastSlot(): number {
    return Math.min(SLOTS - 1, Math.floor((this.view.now - this.view.start) / QUARTER));
  }

  private _jump(slot: number): void {
    const to = Math.max(0, Math.min(slot, this._lastSlot));
    fire(this, "jump", this.view.start + (to + 1) * QUARTER);
  }

  private _pressed(event: PointerEvent): void {
    if (event.button === 0) {
      (event.currentTarget as Element).setPointerCapture(event.pointerId);
      this._dragged = this._slotAt(event);
    }
  }

  private _moved(event: PointerEvent): void {
    const slot = this._slotAt(event);
    if (this._dragged != null) {
      this._dragged = slot;
    }
    this._hovered = event.pointerType === "touch" && this._dragged == null ? undefined : slot;
  }

  private _released(event: PointerEvent): void {
    if (this._dragged != null) {
      this._dragged = undefined;
      this._jump(this._slotAt(event));
    }
    if (event.pointerType === "touch") {
      this._hovered = undefined;
    }
  }

  private _cancelled(): void {
    this._dragged = undefined;
    this._hovered = undefined;
  }

  private _keyed(event: KeyboardEvent): void {
    const current = this._current;
    const mirrored: Record<string, number> = {
      ArrowLeft: current - 1,
      ArrowDown: current - 1,
      ArrowRight: current + 1,
      ArrowUp: current + 1,
      PageDown: current - 4,
      PageUp: current + 4,
      Home: 0,
      End: SLOTS - 1,
    };
    const slot = mirrored[event.key];
    if (slot != null) {
      event.preventDefault();
      event.stopPropagation();
      this._jump(slot);
    }
  }

  /** The quarter in which the newest row in view is. */
  private get _current(): number {
    const to = this.view.inView?.to ?? this.view.now;
    return within((to - this.view.start) / QUARTER);
  }

  private _counts(slot: Slot | undefined): string {
    const parts = KINDS.filter((kind) => (slot?.[kind] ?? 0) > 0).map((kind) =>
      this.view.texts.plural(`n_${kind}`, slot?.[kind] ?? 0),
    );
    return parts.length === 0 ? this.view.texts.say("nothing") : this.view.texts.list(parts);
  }

  private _bars(): TemplateResult[] {
    const slots = this.view.slots ?? [];
    const most = Math.max(6, ...slots.map(sum));
    const bars: TemplateResult[] = [];
    slots.forEach((slot, index) => {
      let y = HEIGHT;
      // By the root: a quarter full of events leaves something of the quiet ones.
      const total = sum(slot);
      const unit = (HEIGHT - 4) / Math.sqrt(most * total || 1);
      // Danger is on top, and is one of the other kinds at the same time.
      let { danger } = slot;
      const [alarm, person, visit] = (["alarm", "identification", "visit"] as const).map((kind) => {
        const taken = Math.min(danger, slot[kind]);
        danger -= taken;
        return slot[kind] - taken;
      });
      const parts: [string, number][] = [
        ["visit", visit ?? 0],
        ["person", person ?? 0],
        ["cloud", slot.cloud_event],
        ["alarm", alarm ?? 0],
        ["danger", slot.danger - danger],
      ];
      for (const [kind, count] of parts) {
        if (count > 0) {
          const height = Math.max(MIN_BAR, count * unit);
          y = Math.max(0, y - height);
          bars.push(
            svg`<rect class="${kind}" x="${index * 5 + 0.7}" y="${y}" width="3.6" height="${height - 0.8}" rx="0.8"></rect>`,
          );
        }
      }
    });
    return bars;
  }

  protected override render() {
    const { slots, start, inView, clock } = this.view;
    const now = (this.view.now - start) / QUARTER;
    const isToday = now >= 0 && now < SLOTS;
    const shown = this._dragged ?? this._hovered;
    const from = Math.max(0, ((inView?.from ?? 0) - start) / QUARTER);
    const to = Math.min(SLOTS, ((inView?.to ?? 0) - start) / QUARTER);
    const window = this._dragged == null ? { x: from, width: to - from } : { x: this._dragged, width: 1 };
    const time = (slot: number) => clock.time(start + slot * QUARTER);
    return html`<div
      class="strip"
      role="slider"
      tabindex="0"
      aria-label=${clock.dateLong(start)}
      aria-valuemin="0"
      aria-valuemax=${SLOTS - 1}
      aria-valuenow=${this._current}
      aria-valuetext="${time(this._current)}–${time(this._current + 1)}, ${this._counts(slots?.[this._current])}"
      @pointerdown=${this._pressed}
      @pointermove=${this._moved}
      @pointerup=${this._released}
      @pointercancel=${this._cancelled}
      @pointerleave=${this._cancelled}
      @keydown=${this._keyed}
    >
      <svg viewBox="0 0 ${WIDTH} ${HEIGHT}" preserveAspectRatio="none" aria-hidden="true">
        <defs>
          <pattern id="hatch" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
            <rect width="6" height="6" class="future"></rect>
            <rect width="1.5" height="6" class="line"></rect>
          </pattern>
        </defs>
        ${[24, 48, 72].map((slot) => svg`<rect class="grid" x="${slot * 5}" width="1" height="${HEIGHT}"></rect>`)}
        ${
          isToday
            ? svg`<rect x="${now * 5}" width="${WIDTH - now * 5}" height="${HEIGHT}" fill="url(#hatch)"></rect>`
            : nothing
        }
        <rect class="base" y=${HEIGHT - 1} width=${WIDTH} height="1"></rect>
        ${slots == null ? nothing : this._bars()}
        ${isToday ? svg`<rect class="now" x="${now * 5 - 0.8}" y="-3" width="1.6" height="${HEIGHT + 3}"></rect>` : nothing}
      </svg>
      ${
        window.width > 0
          ? html`<div
              class="window"
              style="left:${(window.x / SLOTS) * 100}%;width:max(8px,${(window.width / SLOTS) * 100}%)"
            ></div>`
          : nothing
      }
      ${slots == null ? html`<div class="sk"></div>` : nothing}
      ${
        shown == null
          ? nothing
          : html`<div class="tip" style="left:clamp(80px,${((shown + 0.5) / SLOTS) * 100}%,calc(100% - 80px))">
              ${time(shown)}–${time(shown + 1)} · ${this._counts(slots?.[shown])}
            </div>`
      }
      <div class="labels" aria-hidden="true">
        ${[0, 24, 48, 72, 96].map(
          (slot) => html`<span>${clock.hour(start + slot * QUARTER, slot === SLOTS)}</span>`,
        )}
      </div>
    </div>`;
  }

  static override styles = [
    tokens,
    css`
      .strip {
        position: relative;
        height: 74px;
        touch-action: pan-y;
        direction: ltr;
        cursor: pointer;
        border-radius: 4px;
        user-select: none;
        -webkit-user-select: none;
      }
      svg {
        display: block;
        width: 100%;
        height: 52px;
        overflow: visible;
      }
      .visit {
        fill: var(--blue-color);
      }
      .person {
        fill: var(--purple-color);
      }
      .cloud {
        fill: var(--blue-grey-color);
      }
      .alarm {
        fill: var(--cp-alarm);
      }
      .danger,
      .now {
        fill: var(--cp-danger);
      }
      .future {
        fill: var(--cp-fill);
      }
      .line {
        fill: color-mix(in srgb, var(--cp-text) 5%, transparent);
      }
      .grid {
        fill: var(--cp-line);
      }
      .base {
        fill: color-mix(in srgb, var(--cp-text) 26%, transparent);
      }
      .window {
        position: absolute;
        top: -3px;
        height: 57px;
        border: 2px solid var(--cp-link);
        border-radius: 4px;
        background: color-mix(in srgb, var(--cp-primary) 14%, transparent);
        pointer-events: none;
      }
      .sk {
        position: absolute;
        inset: 0 0 auto;
        height: 52px;
      }
      .labels {
        display: flex;
        justify-content: space-between;
        font-size: 12px;
        line-height: 16px;
        color: var(--cp-muted);
        margin-top: 4px;
      }
      .tip {
        position: absolute;
        top: 54px;
        transform: translateX(-50%);
        background: var(--cp-text);
        color: var(--card-background-color);
        font-size: 12px;
        line-height: 16px;
        padding: 4px 8px;
        border-radius: 4px;
        white-space: nowrap;
        pointer-events: none;
        z-index: 3;
      }
    `,
  ];
}
