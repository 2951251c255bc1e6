import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { all, type Card, makeHome, opened, press, rows, rowsOf, said, show, until } from "./home";

let card: Card | undefined;

beforeEach(() => localStorage.clear());

afterEach(() => {
  card?.remove();
  document.body.replaceChildren();
});

const text = (selector: string) => said(card?.shadowRoot.querySelector(selector));

describe("rows", () => {
  it("say what happened, newest first", async () => {
    card = show("camera-push-events", makeHome());
    const [visit, doorbell, unknown, person, alarms] = await rows(card);
    expect(said(visit?.querySelector(".nm"))).toBe("My car");
    expect(said(visit?.querySelector(".plate"))).toBe("DM AB 1234");
    expect(said(visit?.querySelector(".l2"))).toContain("98%");
    expect(said(visit?.querySelector(".facts"))).toBe("Entranceblue VW Golf");
    expect(visit?.querySelector(".fv")).not.toBeNull();
    expect(said(doorbell?.querySelector(".nm"))).toBe("Doorbell");
    expect(unknown?.classList.contains("unknown")).toBe(true);
    expect(said(unknown?.querySelector(".nm .plate b"))).toBe("WOB ZK 295");
    expect(said(person?.querySelector(".tag.ok"))).toBe("Family");
    expect(person?.querySelector(".face")).not.toBeNull();
    expect(said(alarms?.querySelector(".tag"))).toContain("6 times since");
  });

  it("of danger are red, of late and corrected ones say so", async () => {
    card = show("camera-push-events", makeHome());
    await rows(card);
    const danger = rowsOf(card).filter((row) => row.classList.contains("danger"));
    expect(danger.map((row) => said(row.querySelector(".nm")))).toContain("Unknown person");
    const tags = all(card.shadowRoot, ".tag").map(said);
    expect(tags.some((tag) => tag.startsWith("Late · came"))).toBe(true);
    expect(tags).toContain("Corrected 47 ATD P8");
  });

  it("are announced by name, with all that a sighted user reads", async () => {
    card = show("camera-push-events", makeHome());
    const [visit] = await rows(card);
    const label = visit?.querySelector(".open")?.getAttribute("aria-label") ?? "";
    for (const part of ["My car", "M AB 1234", "In", "blue VW Golf", "Entrance", "3 minutes ago"]) {
      expect(label).toContain(part);
    }
    expect(card.shadowRoot.querySelector('[role="feed"]')).not.toBeNull();
  });

  it("show one crop of the plate beside another picture", async () => {
    const home = makeHome();
    const [visit] = home.world.events;
    const { picture } = visit!;
    visit!.plate_picture = { ...picture!, id: "crop", label: "plate" };
    visit!.media = [picture!, visit!.plate_picture, { ...picture!, id: "crop2", label: "plate" }, { ...picture!, id: "far", label: "frame", thumbnail: "/far" }];
    card = show("camera-push-events", home);
    const [row] = await rows(card);
    const shown = all(row!, ".xt camera-push-image").map((image) => (image as HTMLElement & { url: string }).url);
    expect(shown.at(-1)).toBe("/far");
  });

  it("are at most forty in the document, however many there are", async () => {
    card = show("camera-push-events", makeHome({ days: 20, perDay: 200 }));
    await rows(card);
    expect(rowsOf(card).length).toBeLessThanOrEqual(40);
  });

  it("speak the six languages", async () => {
    for (const [language, doorbell] of Object.entries({
      de: "Türklingel",
      es: "Timbre",
      fr: "Sonnette",
      "pt-BR": "Campainha",
      "zh-Hans": "门铃",
    })) {
      card = show("camera-push-events", makeHome({ language }));
      const [, row] = await rows(card);
      expect(said(row?.querySelector(".nm"))).toBe(doorbell);
      card.remove();
    }
  });
});

describe("live", () => {
  it("shows a push as a row, and announces danger at once", async () => {
    const home = makeHome();
    card = show("camera-push-events", home);
    await rows(card);
    const [newest] = home.world.events;
    const at = new Date().toISOString();
    home.hass.connection.push({ ...newest!, id: "e.new", at, first_at: at, kind: "alarm", type: "smoke", danger: true, known: null });
    await until(() => said(rowsOf(card!)[0]?.querySelector(".nm")) === "Smoke");
    expect(rowsOf(card)[0]?.classList.contains("fresh")).toBe(true);
    expect(text('[aria-live="assertive"]')).toContain("Smoke");
  });

  it("misses nothing that is told while the list is on its way", async () => {
    const home = makeHome();
    home.hass.connection.delay = 50;
    card = show("camera-push-events", home);
    await until(() => home.hass.connection.subscriptions === 1 && home.hass.connection.sent.some(({ type }) => type.endsWith("/list")));
    const at = new Date().toISOString();
    home.hass.connection.push({ ...home.world.events[0]!, id: "e.new", at, first_at: at, kind: "alarm", type: "smoke", known: null });
    expect(said((await rows(card))[0]?.querySelector(".nm"))).toBe("Smoke");
    expect(rowsOf(card).filter((row) => row.dataset.key === "e.new").length).toBe(1);
  });

  it("says that it is not while the connection is down", async () => {
    const home = makeHome();
    card = show("camera-push-events", home);
    await rows(card);
    home.hass.connection.setConnected(false);
    await until(() => text(".live") === "Not live");
    home.hass.connection.setConnected(true);
    await until(() => text(".live") === "Live");
  });

  it("has one subscription, and ends it with the card", async () => {
    const home = makeHome();
    card = show("camera-push-events", home);
    await rows(card);
    expect(home.hass.connection.subscriptions).toBe(1);
    card.hass = { ...home.hass, states: {} };
    card.remove();
    await until(() => home.hass.connection.subscriptions === 0);
  });

  it("draws nothing for states that it does not show", async () => {
    const home = makeHome();
    card = show("camera-push-events", home);
    await rows(card);
    await card.updateComplete;
    await until(() => card?.shadowRoot.querySelector("camera-push-strip"));
    const before = home.hass.connection.sent.length;
    for (let turn = 0; turn < 100; turn += 1) {
      card.hass = { ...home.hass, states: { ...home.hass.states } };
    }
    expect((card as unknown as { isUpdatePending: boolean }).isUpdatePending).toBe(false);
    expect(home.hass.connection.sent.length).toBe(before);
  });

  it("stands dangers that are on above the rows", async () => {
    const home = makeHome();
    home.world.states["binary_sensor.garage_fire"]!.state = "on";
    card = show("camera-push-events", home);
    await rows(card);
    expect(text(".banner")).toContain("Fire · Garage");
    press(card.shadowRoot.querySelector(".banner")!, "Look");
    const viewer = await opened("camera-push-viewer");
    await until(() => said(viewer.shadowRoot.querySelector(".name")) === "Fire");
  });
});

describe("filters", () => {
  it("add up kinds, narrow by the rest, and count the day", async () => {
    const home = makeHome();
    card = show("camera-push-events", home);
    await rows(card);
    const chip = (name: string) => all(card!.shadowRoot, ".chip").find((one) => said(one).startsWith(name));
    await until(() => chip("Vehicles")?.querySelector(".n"));
    chip("Persons")?.click();
    await until(() => rowsOf(card!).every((row) => row.querySelector(".kb.person")));
    chip("Vehicles")?.click();
    await until(() => rowsOf(card!).some((row) => row.querySelector(".kb.visit")));
    chip("Unknown")?.click();
    await until(() => rowsOf(card!).length > 0 && rowsOf(card!).every((row) => said(row.querySelector(".nm")) !== "My car"));
    expect(chip("Unknown")?.getAttribute("aria-pressed")).toBe("true");
    const list = home.hass.connection.sent.filter(({ type }) => type.endsWith("/list")).at(-1);
    expect(list).toMatchObject({ kinds: ["identification", "visit"], known: false });
  });

  it("search all days, and explain an empty list", async () => {
    card = show("camera-push-events", makeHome());
    await rows(card);
    press(card.shadowRoot, "Search");
    const input = await until(() => card?.shadowRoot.querySelector<HTMLInputElement>(".search.on input"));
    const type = (value: string) => {
      input.value = value;
      input.dispatchEvent(new Event("input"));
    };
    type("wob-zk295");
    await until(() => rowsOf(card!).length > 0 && rowsOf(card!).every((row) => said(row).includes("WOB ZK 295")));
    type("nobody");
    await until(() => text(".empty h3") === "No event with “nobody”");
    press(card.shadowRoot.querySelector(".empty")!, "Clear search");
    await until(() => rowsOf(card!).length > 5);
  });
});

describe("states", () => {
  it("tell what cannot be read, and try again", async () => {
    const home = makeHome();
    home.hass.connection.failing.add("list");
    card = show("camera-push-events", home);
    await until(() => text(".banner .t").startsWith("The history cannot be read"));
    expect(text(".banner")).toContain("The picture store does not answer.");
    home.hass.connection.failing.clear();
    press(card.shadowRoot, "Try again");
    await rows(card);
  });

  it("help whose cameras have not pushed yet", async () => {
    const home = makeHome();
    home.world.events.length = 0;
    card = show("camera-push-events", { ...home, hass: { ...home.hass, entities: {} } });
    await until(() => text(".empty h3") === "No camera has pushed yet");
    expect(all(card.shadowRoot, ".steps li").length).toBe(3);
  });

  it("show the last day where nothing happened today", async () => {
    const home = makeHome();
    const today = new Date().toDateString();
    home.world.events.splice(0, Infinity, ...home.world.events.filter(({ at }) => new Date(at).toDateString() !== today));
    card = show("camera-push-events", home);
    await rows(card);
    expect(text(".empty h3")).toBe("Nothing happened today");
    expect(text(".empty .btn")).toContain("Show");
  });

  it("part what is new since the user looked", async () => {
    const home = makeHome();
    card = show("camera-push-events", home);
    await rows(card);
    card.remove();
    const at = new Date().toISOString();
    home.hass.connection.push({ ...home.world.events[0]!, id: "e.new", at, first_at: at });
    card = show("camera-push-events", home);
    await rows(card);
    expect(text(".seen")).toBe("New since you looked");
    expect(card.shadowRoot.querySelector("div:has(> .seen)")?.previousElementSibling?.firstElementChild).toBe(rowsOf(card)[0]);
  });
});

describe("keys", () => {
  const key = (target: Element | null | undefined, name: string) =>
    target?.dispatchEvent(new KeyboardEvent("keydown", { key: name, bubbles: true, composed: true }));

  it("go through the rows and open them", async () => {
    card = show("camera-push-events", makeHome());
    const [first, second] = await rows(card);
    expect(all(card.shadowRoot, '.open[tabindex="0"]').length).toBe(1);
    first?.querySelector<HTMLElement>(".open")?.focus();
    key(first?.querySelector(".open"), "ArrowDown");
    await until(() => card?.shadowRoot.activeElement === second?.querySelector(".open"));
    key(card.shadowRoot.activeElement, "Home");
    await until(() => card?.shadowRoot.activeElement === first?.querySelector(".open"));
  });

  it("mark a favourite", async () => {
    const home = makeHome();
    card = show("camera-push-events", home);
    const [, second] = await rows(card);
    key(second?.querySelector(".open"), "f");
    await until(() => rowsOf(card!)[1]?.querySelector(".fv"));
  });
});

describe("what only administrators may do", () => {
  it("is not offered to others", async () => {
    const home = makeHome();
    card = show("camera-push-events", { ...home, hass: { ...home.hass, user: { is_admin: false } } });
    const [, , unknown] = await rows(card);
    expect(unknown?.querySelector(".assign")).toBeNull();
    unknown?.querySelector<HTMLElement>(".open")?.click();
    const viewer = await opened("camera-push-viewer");
    await until(() => all(viewer.shadowRoot, ".a").length > 0);
    expect(all(viewer.shadowRoot, ".a").map(said)).toEqual(["All visits", "Open device"]);
  });
});
