import { describe, expect, it } from "vitest";

import type { PushEvent } from "../src/events";
import { Heights } from "../src/heights";
import { buildItems } from "../src/items";
import { Timeline } from "../src/timeline";
import { makeHome } from "./home";

const MINUTE = 60_000;

function load(home: ReturnType<typeof makeHome>, filters = {}) {
  let told = 0;
  const requests: object[] = [];
  const timeline = new Timeline(
    filters,
    (wanted, cursor) => {
      const message = cursor === null ? { ...wanted, limit: 50 } : { ...wanted, cursor, limit: 50 };
      requests.push(message);
      return home.hass.connection.sendMessagePromise({ type: "camera_push/events/list", ...message });
    },
    () => (told += 1),
  );
  return { timeline, requests, told: () => told };
}

const ids = (timeline: Timeline) => timeline.pages.flatMap((page) => page.events ?? []).map(({ id }) => id);

describe("a timeline", () => {
  it("loads page by page, until there is nothing more", async () => {
    const home = makeHome({ days: 4, perDay: 40 });
    const { timeline } = load(home);
    await timeline.start();
    expect(ids(timeline)).toEqual(home.world.events.slice(0, 50).map(({ id }) => id));
    while (!timeline.isComplete) {
      await timeline.older();
    }
    expect(ids(timeline)).toEqual(home.world.events.map(({ id }) => id));
  });

  it("gives back what is far away, and fetches it again", async () => {
    const home = makeHome({ days: 20, perDay: 60 });
    const { timeline, requests } = load(home);
    await timeline.start();
    for (let turn = 0; turn < 15; turn += 1) {
      await timeline.older();
    }
    timeline.keepAround(14, 15);
    expect(timeline.pages.filter(({ events }) => events !== null).length).toBeLessThanOrEqual(8);
    const before = requests.length;
    timeline.keepAround(0, 0);
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(timeline.pages[0]?.events?.map(({ id }) => id)).toEqual(home.world.events.slice(0, 50).map(({ id }) => id));
    expect(requests.length).toBe(before + 2);
  });

  it("begins at a moment, and loads what is newer, over hours in which nothing happened", async () => {
    const home = makeHome({ days: 6, perDay: 40 });
    const { timeline } = load(home);
    const before = new Date(Date.now() - 3 * 24 * 60 * MINUTE).toISOString();
    await timeline.start(before);
    const [first] = ids(timeline);
    expect(first).toBe(home.world.events.find(({ at }) => at < before)?.id);
    expect(timeline.live).toBe(false);
    for (let turn = 0; turn < 200 && !timeline.live; turn += 1) {
      await timeline.newer(Date.now());
    }
    expect(ids(timeline).slice(0, 100)).toEqual(home.world.events.slice(0, 100).map(({ id }) => id));
  });

  it("keeps what came while the user looked further down", async () => {
    const home = makeHome();
    const { timeline } = load(home);
    await timeline.start();
    const event: PushEvent = { ...home.world.events[0]!, id: "new", at: new Date().toISOString() };
    timeline.apply({ changed: [event] }, false);
    expect(ids(timeline)).not.toContain("new");
    expect(timeline.pending.map(({ id }) => id)).toEqual(["new"]);
    timeline.showPending();
    expect(ids(timeline)[0]).toBe("new");
  });

  it("puts what came late in its true place", async () => {
    const home = makeHome();
    const { timeline } = load(home);
    await timeline.start();
    const [, second, third] = home.world.events;
    const at = new Date((Date.parse(second!.at) + Date.parse(third!.at)) / 2).toISOString();
    timeline.apply({ changed: [{ ...second!, id: "late", at, late: true }] }, false);
    expect(ids(timeline).indexOf("late")).toBe(2);
  });

  it("drops what its filters leave out, and what was deleted", async () => {
    const home = makeHome();
    const { timeline } = load(home, { known: false });
    await timeline.start();
    const [first, second] = timeline.pages[0]!.events!;
    timeline.apply({ changed: [{ ...first!, known: { id: "k", name: "Parcel", kind: "vehicle" } }] }, true);
    timeline.apply({ deleted: [second!.id] }, true);
    expect(ids(timeline)).not.toContain(first!.id);
    expect(ids(timeline)).not.toContain(second!.id);
  });

  it("keeps its rows when a page cannot be read", async () => {
    const home = makeHome({ days: 5, perDay: 40 });
    const { timeline } = load(home);
    await timeline.start();
    home.hass.connection.failing.add("list");
    await timeline.older();
    expect(timeline.status).toBe("failed");
    expect(ids(timeline).length).toBe(50);
    home.hass.connection.failing.clear();
    await timeline.start();
    expect(timeline.status).toBe("ready");
  });
});

describe("items", () => {
  const options = { group: true, dayOf: (at: string) => at.slice(0, 10), firstDay: "2026-11-24", seenUntil: "" };
  const base = makeHome().world.events.find(({ kind }) => kind === "alarm")!;
  const alarm = (at: string, values: Partial<PushEvent> = {}): PushEvent => ({
    ...base,
    id: at + JSON.stringify(values),
    at,
    kind: "alarm",
    type: "motion",
    ...values,
  });
  const page = (events: PushEvent[]) => ({
    filters: {},
    cursor: null,
    next: null,
    events,
    newest: events[0]?.at ?? "",
    oldest: events.at(-1)?.at ?? "",
    count: events.length,
  });
  const shape = (events: PushEvent[], more = {}) =>
    buildItems([page(events)], { ...options, ...more }).map((item) => (item.type === "row" ? item.events.length : item.type));

  it("group alarms of one kind and camera that are less than five minutes apart", () => {
    const events = [
      alarm("2026-11-24T10:09:00Z"),
      alarm("2026-11-24T10:05:00Z"),
      alarm("2026-11-24T10:04:30Z", { device_id: "other" }),
      alarm("2026-11-24T10:01:00Z"),
      alarm("2026-11-24T09:56:00Z"),
      alarm("2026-11-24T09:55:00Z", { type: "humanoid" }),
    ];
    expect(shape(events)).toEqual([3, 1, 1, 1]);
    expect(shape(events, { group: false })).toEqual([1, 1, 1, 1, 1, 1]);
  });

  it("have a heading for each day but the one of the head", () => {
    const events = [alarm("2026-11-24T10:00:00Z"), alarm("2026-11-23T10:00:00Z"), alarm("2026-11-22T10:00:00Z")];
    expect(shape(events)).toEqual([1, "day", 1, "day", 1]);
  });

  it("have a line above what was seen, unless there is nothing new", () => {
    const events = [alarm("2026-11-24T10:00:00Z"), alarm("2026-11-24T09:00:00Z")];
    expect(shape(events, { seenUntil: "2026-11-24T09:30:00Z" })).toEqual([1, "seen", 1]);
    expect(shape(events, { seenUntil: "2026-11-24T10:00:00Z" })).toEqual([1, 1]);
  });
});

describe("heights", () => {
  it("find what is in view among ten thousand rows", () => {
    const heights = new Heights();
    const events = makeHome().world.events;
    const rows = Array.from({ length: 10_000 }, (_one, index) => ({
      type: "row" as const,
      key: String(index),
      page: 0,
      events: [events[0]!] as [PushEvent],
    }));
    heights.items = rows;
    heights.reset(100);
    expect(heights.total).toBe(1_000_000);
    expect(heights.range(500_000, 500_900, 40)).toEqual({ start: 5000, end: 5010 });
    expect(heights.measure([["4999", 150]])).toBe(true);
    expect(heights.offset(5000)).toBe(500_050);
    expect(heights.range(0, 1_000_000, 40)).toEqual({ start: 0, end: 40 });
  });
});
