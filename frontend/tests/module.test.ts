import { afterEach, describe, expect, it, vi } from "vitest";

import { all, makeHome, opened, rows, said, show, until } from "./home";

afterEach(() => document.body.replaceChildren());

interface Offer {
  type: string;
  getEntitySuggestion?: (hass: unknown, entity: string) => object | null;
}

const shared = window as unknown as { customCards: Offer[]; customStrategies: Offer[] };

describe("the module", () => {
  it("offers cards and the dashboard, each once", () => {
    expect(shared.customCards.map(({ type }) => type)).toEqual(["camera-push-events", "camera-push-snapshot"]);
    expect(shared.customStrategies.map(({ type }) => type)).toEqual(["camera-push"]);
  });

  it("suggests cards for its own entities only", () => {
    const { hass } = makeHome();
    const suggest = (entity: string) =>
      shared.customCards.map((card) => card.getEntitySuggestion?.(hass, entity) ?? null).filter((one) => one !== null);
    expect(suggest("camera.entrance")).toEqual([{ config: { type: "custom:camera-push-snapshot", entity: "camera.entrance" } }]);
    expect(suggest("light.kitchen")).toEqual([]);
  });

  it("throws nothing when another module made a mess of Home Assistant's lists", async () => {
    vi.resetModules();
    const { customStrategies } = shared;
    Object.assign(shared, { customStrategies: {} });
    await expect(import("../src/main")).resolves.toBeDefined();
    shared.customStrategies = customStrategies;
  });

  it("defines its elements again in a registry that replaces the first", async () => {
    vi.resetModules();
    const { define } = await import("../src/define");
    const original = window.customElements;
    const tag = "camera-push-test-element";
    class Element extends HTMLElement {}
    define(tag, Element);
    const defined = new Map<string, unknown>();
    const other = {
      get: (name: string) => defined.get(name),
      define: (name: string, element: unknown) => defined.set(name, element),
      whenDefined: () => new Promise(() => undefined),
    };
    Object.defineProperty(window, "customElements", { value: other, configurable: true });
    define("camera-push-test-other", class extends HTMLElement {});
    expect([...defined.keys()]).toEqual([tag, "camera-push-test-other"]);
    Object.defineProperty(window, "customElements", { value: original, configurable: true });
  });

  it("asks the integration for the dashboard's views, in the user's language", async () => {
    const strategy = customElements.get("ll-strategy-dashboard-camera-push") as unknown as {
      generate(config: object, hass: object): Promise<object>;
      getCreateSuggestions(): object;
      registryDependencies: string[];
    };
    const { hass } = makeHome({ language: "de" });
    const sendMessagePromise = vi.fn(() => Promise.resolve({ views: [{ path: "today" }] }));
    const views = await strategy.generate({}, { ...hass, connection: Object.assign(hass.connection, { sendMessagePromise }) });
    expect(views).toEqual({ views: [{ path: "today" }] });
    expect(sendMessagePromise).toHaveBeenCalledWith({ type: "camera_push/dashboard/views", language: "de" });
    expect(strategy.registryDependencies).toEqual(["entities", "devices", "areas", "floors"]);
    expect(strategy.getCreateSuggestions()).toEqual({ title: "Camera Push", icon: "mdi:cctv" });
  });
});

describe("the dashboard", () => {
  const generate = (hass: object) =>
    (customElements.get("ll-strategy-dashboard-camera-push") as unknown as { generate(config: object, hass: object): Promise<object> }).generate({}, hass);

  it("asks for the list before its card is there, once, and misses nothing in between", async () => {
    const home = makeHome();
    const asked = (what: string) => home.hass.connection.sent.filter((it) => it.type === `camera_push/events/${what}` && !("cursor" in it)).length;
    await generate(home.hass);
    await until(() => asked("list") === 1);
    home.hass.connection.push({ ...home.world.events[0]!, id: "e.between", at: new Date().toISOString(), known: { id: "b", kind: "vehicle", name: "Between" } });
    const card = show("camera-push-events", home);
    expect(said((await rows(card))[0]?.querySelector(".nm"))).toBe("Between");
    expect([asked("list"), asked("subscribe"), home.hass.connection.subscriptions]).toEqual([1, 1, 1]);
    card.remove();
    await until(() => home.hass.connection.subscriptions === 0);
  });

  it("asks for another list where its card filters", async () => {
    const home = makeHome();
    await generate(home.hass);
    const card = show("camera-push-events", home, { kinds: ["alarm"] });
    expect((await rows(card)).every((row) => row.querySelector(".kb.visit") === null)).toBe(true);
  });

  it("ends what no card shows", async () => {
    vi.useFakeTimers({ toFake: ["Date", "setTimeout"] });
    const home = makeHome();
    const views = generate(home.hass);
    await vi.advanceTimersByTimeAsync(1);
    await views;
    expect(home.hass.connection.subscriptions).toBe(1);
    await vi.advanceTimersByTimeAsync(10_000);
    expect(home.hass.connection.subscriptions).toBe(0);
    vi.useFakeTimers({ toFake: ["Date"], now: new Date("2026-11-24T16:46:00Z") });
  });
});

describe("the snapshot card", () => {
  it("shows what a camera saw last, and when; a press opens it", async () => {
    const card = show("camera-push-snapshot", makeHome(), { entity: "camera.entrance" });
    await until(() => said(card.shadowRoot.querySelector(".w")).startsWith("My car · "));
    expect(said(card.shadowRoot.querySelector(".cap b"))).toBe("Entrance");
    card.shadowRoot.querySelector("button")?.click();
    const viewer = await opened("camera-push-viewer");
    await until(() => said(viewer.shadowRoot.querySelector(".name")) === "My car");
  });

  it("shows alarms that are on, and a camera that is silent", async () => {
    const home = makeHome();
    const door = show("camera-push-snapshot", home, { entity: "camera.front_door" });
    await until(() => said(door.shadowRoot.querySelector(".pill")) === "Person");
    expect(door.shadowRoot.querySelector("ha-card.on")).not.toBeNull();
    const yard = show("camera-push-snapshot", home, { entity: "camera.yard" });
    await until(() => said(yard.shadowRoot.querySelector(".sil")).startsWith("Silent since"));
    expect(yard.shadowRoot.querySelector(".snap.silent")).not.toBeNull();
  });

  it("shares one question and one subscription with all others, and follows what happens", async () => {
    const home = makeHome();
    const cards = ["entrance", "front_door", "nursery"].map((name) =>
      show("camera-push-snapshot", home, { entity: `camera.${name}` }),
    );
    cards.push(show("camera-push-known", home, { known: "known-My car", name: "My car" }));
    await until(() => cards.every((card) => !["", "not seen yet"].includes(said(card.shadowRoot.querySelector(".w, small")))));
    expect(home.hass.connection.sent.map(({ type }) => type)).toEqual(["camera_push/events/subscribe", "camera_push/events/latest"]);
    expect(home.hass.connection.subscriptions).toBe(1);
    const nursery = home.world.events.find(({ camera }) => camera === "Nursery")!;
    home.hass.connection.push({ ...nursery, id: "e.new", at: new Date().toISOString(), type: "absence" });
    await until(() => said(cards[2]!.shadowRoot.querySelector(".w")).startsWith("Absence"));
    for (const card of cards) {
      card.remove();
    }
    await until(() => home.hass.connection.subscriptions === 0);
  });

  it("says that there is no picture yet", async () => {
    const home = makeHome();
    home.world.events.length = 0;
    const card = show("camera-push-snapshot", home, { entity: "camera.lobby" });
    await until(() => said(card.shadowRoot.querySelector(".sil")) === "LobbyNo picture yet");
  });
});

describe("the card of a vehicle or person", () => {
  it("shows its last picture, plate, and whether it is at home", async () => {
    const home = makeHome();
    home.world.states["device_tracker.my_car"] = {
      entity_id: "device_tracker.my_car",
      state: "home",
      attributes: {},
      last_changed: new Date().toISOString(),
    };
    const card = show("camera-push-known", home, { known: "known-My car", entity: "device_tracker.my_car", name: "My car" });
    await until(() => said(card.shadowRoot.querySelector(".plate")) === "DM AB 1234");
    expect(said(card.shadowRoot.querySelector(".tag"))).toBe("Home");
    expect(said(card.shadowRoot.querySelector("small"))).toMatch(/^came .* · Entrance$/);
    const newest = home.world.events.find(({ known }) => known?.id === "known-My car")!;
    const again = { ...newest, id: "e.again", at: new Date(Date.parse(newest.at) + 1).toISOString(), camera: "Ramp" };
    home.hass.connection.push(again);
    await until(() => said(card.shadowRoot.querySelector("small")).endsWith("Ramp"));
    // That was somebody else.
    home.hass.connection.push({ ...again, known: null });
    await until(() => said(card.shadowRoot.querySelector("small")).endsWith("Entrance"));
  });
});

describe("the strip", () => {
  it("jumps by keys, and says what there is", async () => {
    const card = show("camera-push-events", makeHome());
    await rows(card);
    const strip = await until(() => card.shadowRoot.querySelector("camera-push-strip"));
    const slider = await until(() => strip.shadowRoot?.querySelector<HTMLElement>('[role="slider"]'));
    await until(() => all(strip.shadowRoot!, "rect.visit").length > 0);
    expect(slider.getAttribute("aria-valuetext")).toMatch(/^\d\d:\d\d–\d\d:\d\d, /);
    const jumps: number[] = [];
    strip.addEventListener("jump", (event) => jumps.push((event as CustomEvent<number>).detail));
    for (const key of ["ArrowLeft", "Home"]) {
      slider.dispatchEvent(new KeyboardEvent("keydown", { key }));
    }
    expect(jumps.length).toBe(2);
    expect(jumps[0]).toBeGreaterThan(jumps[1]!);
  });
});
