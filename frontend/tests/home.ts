// A made-up home for the tests, and what is needed to look at a card in it.

import { readFileSync } from "node:fs";
import { resolve } from "node:path";

import { vi } from "vitest";

import { fakeHass } from "../dev/fake-hass";
import { makeWorld } from "../dev/world";
import "../src/main";

// An afternoon: around midnight, the rows of these tests would be on two days.
vi.useFakeTimers({ toFake: ["Date"], now: new Date("2026-11-24T16:46:00Z") });

export function words(language: string): Record<string, string> {
  const path = resolve(import.meta.dirname, `../../custom_components/camera_push/translations/${language}.json`);
  const file = JSON.parse(readFileSync(path, "utf8")) as { selector: { card: { options: Record<string, string> } } };
  return file.selector.card.options;
}

export function makeHome({ now = Date.now(), days = 3, perDay = 30, language = "en" } = {}) {
  const world = makeWorld(now, days, perDay);
  return { world, hass: fakeHass(world, words(language), language) };
}

export type Home = ReturnType<typeof makeHome>;

export interface Card extends HTMLElement {
  setConfig(config: object): void;
  hass: Home["hass"];
  updateComplete: Promise<boolean>;
  shadowRoot: ShadowRoot;
}

export async function until<T>(find: () => T | null | undefined | false): Promise<T> {
  for (let turn = 0; turn < 2000; turn += 1) {
    const found = find();
    if (found !== null && found !== undefined && found !== false) {
      return found;
    }
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  throw new Error(`This did not happen: ${String(find)}`);
}

export function show(type: string, home: Home, config: object = {}): Card {
  const card = document.createElement(type) as Card;
  card.setConfig({ type: `custom:${type}`, ...config });
  card.hass = home.hass;
  document.body.append(card);
  return card;
}

export const all = (root: ParentNode, selector: string): HTMLElement[] => [...root.querySelectorAll<HTMLElement>(selector)];

/** What an element says, without the blanks that its template has. */
export const said = (element: Element | null | undefined): string => (element?.textContent ?? "").replace(/\s+/g, " ").trim();

export const rowsOf = (card: Card): HTMLElement[] => all(card.shadowRoot, "article");

export async function rows(card: Card): Promise<HTMLElement[]> {
  await until(() => rowsOf(card).length > 0);
  return rowsOf(card);
}

/** The dialog that is open. */
export const opened = (tag: string) =>
  until(() => document.body.querySelector<HTMLElement & { shadowRoot: ShadowRoot }>(tag));

export function press(root: ParentNode, text: string): void {
  const button = all(root, "button").find((one) => said(one) === text || one.getAttribute("aria-label") === text);
  if (button === undefined) {
    throw new Error(`There is no button ${text}: ${all(root, "button").map(said).join(" | ")}`);
  }
  button.click();
}
