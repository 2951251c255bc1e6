import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { all, type Card, type Home, makeHome, opened, press, rows, rowsOf, said, show, until } from "./home";

let card: Card;
let home: Home;
let toasts: { message: string; action?: { text: string; action: () => void } }[];

const toasted = (event: Event) => toasts.push((event as CustomEvent<(typeof toasts)[number]>).detail);

beforeEach(() => {
  localStorage.clear();
  toasts = [];
  home = makeHome();
  card = show("camera-push-events", home);
  document.addEventListener("hass-notification", toasted);
});

afterEach(() => {
  document.removeEventListener("hass-notification", toasted);
  document.body.replaceChildren();
});

async function openRow(index: number) {
  (await rows(card))[index]?.querySelector<HTMLElement>(".open")?.click();
  const viewer = await opened("camera-push-viewer");
  await until(() => viewer.shadowRoot.querySelector(".facts"));
  return viewer.shadowRoot;
}

describe("That is …", () => {
  it("makes a vehicle with two clicks, and takes that back", async () => {
    (await rows(card))[2]?.querySelector<HTMLElement>(".assign")?.click();
    const dialog = await opened("camera-push-that-is");
    const name = await until(() => dialog.shadowRoot.querySelector<HTMLInputElement>("input[name=name]"));
    await until(() => name.value === "White Mercedes Sprinter");
    press(dialog.shadowRoot, "Add this vehicle");
    await until(() => said(rowsOf(card)[2]?.querySelector(".nm")) === "White Mercedes Sprinter");
    expect(toasts[0]?.message).toContain("White Mercedes Sprinter is a known vehicle now");
    expect(document.querySelector("camera-push-that-is")).toBeNull();
    toasts[0]?.action?.action();
    await until(() => rowsOf(card)[2]?.classList.contains("unknown"));
  });

  it("offers similar plates first", async () => {
    (await rows(card))[2]?.querySelector<HTMLElement>(".assign")?.click();
    const dialog = await opened("camera-push-that-is");
    const options = await until(() => {
      const found = all(dialog.shadowRoot, ".opt");
      return found.length > 0 && found;
    });
    expect(said(options[0])).toContain("Parcel service");
    expect(said(options[0])).toContain("Similar plate");
    options[0]?.click();
    await until(() => home.hass.connection.sent.some((one) => one.known_id === "known-parcel"));
  });

  it("says why it could not", async () => {
    home.hass.connection.failing.add("assign");
    (await rows(card))[2]?.querySelector<HTMLElement>(".assign")?.click();
    const dialog = await opened("camera-push-that-is");
    await until(() => dialog.shadowRoot.querySelector<HTMLInputElement>("input[name=name]")?.value !== "");
    press(dialog.shadowRoot, "Add this vehicle");
    await until(() => said(dialog.shadowRoot.querySelector(".error")) === "The picture store does not answer.");
  });
});

describe("the viewer", () => {
  it("names a vehicle's type in the user's language, and the time where an event came late only", async () => {
    card.remove();
    home = makeHome({ language: "de" });
    home.world.events[2]!.vehicle!.type = "VAN";
    card = show("camera-push-events", home);
    const viewer = await openRow(2);
    expect(said(viewer.querySelector(".facts dd small"))).toBe("Transporter");
    expect(all(viewer, ".facts dt").map(said)).not.toContain("Zeit");
  });

  it("shows the visit's pictures, and those of earlier ones", async () => {
    const root = await openRow(2);
    expect(said(root.querySelector(".plate"))).toBe("DWOB ZK 295");
    expect(all(root, ".fl .cp").map(said)).toEqual(["first read", "Best · 91%", "Plate"]);
    await until(() => all(root, ".before button").length > 0);
    expect(said(root.querySelector(".facts"))).toContain("white Mercedes Sprinter");
    all(root, ".fl button")[0]?.click();
    await until(() => all(root, ".fl button")[0]?.classList.contains("on"));
  });

  it("turns to older and newer events", async () => {
    const root = await openRow(1);
    await until(() => all(root, ".pb button").length === 2);
    expect(all(root, ".pb b").map(said)).toEqual(["My car", "WOB ZK 295"]);
    press(root, "Older");
    await until(() => said(root.querySelector(".plate")) === "DWOB ZK 295");
  });

  it("corrects a plate by one of the other readings", async () => {
    const root = await openRow(0);
    press(root, "Correct plate");
    const dialog = await opened("camera-push-correct-plate");
    const reading = await until(() => dialog.shadowRoot.querySelector<HTMLElement>(".opt"));
    expect(said(reading)).toContain("M AB I234");
    reading.click();
    await until(() => said(root.querySelector(".tag s")) === "M AB 1234");
    expect(toasts[0]?.message).toBe("Plate corrected");
  });

  it("deletes, and undoes it as long as nothing was deleted", async () => {
    const root = await openRow(1);
    press(root, "Delete");
    await until(() => said(rowsOf(card)[1]?.querySelector(".nm")) !== "Doorbell");
    expect(home.hass.connection.sent.some(({ type }) => type.endsWith("/delete"))).toBe(false);
    toasts[0]?.action?.action();
    await until(() => said(rowsOf(card)[1]?.querySelector(".nm")) === "Doorbell");
    (await openRow(1)).dispatchEvent(new Event("nothing"));
    press((await opened("camera-push-viewer")).shadowRoot, "Delete");
    window.dispatchEvent(new Event("pagehide"));
    await until(() => home.hass.connection.sent.some(({ type }) => type.endsWith("/delete")));
  });

  it("searches for all visits of a plate", async () => {
    const root = await openRow(2);
    press(root, "All visits");
    await until(() => rowsOf(card).length > 1 && rowsOf(card).every((row) => said(row).includes("WOB ZK 295")));
  });
});
