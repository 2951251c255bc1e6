import { readFileSync, readdirSync } from "node:fs";
import { resolve } from "node:path";

import { describe, expect, it } from "vitest";

import { canBeAssigned, countrySign, spelled, title, vehicleText } from "../src/describe";
import { matches } from "../src/events";
import { eventsForm, knownForm, snapshotForm } from "../src/forms";
import { Texts } from "../src/texts";
import { Clock } from "../src/time";
import { makeHome, words } from "./home";

const home = makeHome();
const clockOf = (language: string, format: "24" | "12" | "language" = "24", zone = "Europe/Berlin") =>
  new Clock({ language, locale: { language, time_format: format, time_zone: "server" }, config: { time_zone: zone } });
const textsOf = async (language: string) => Texts.load(makeHome({ language }).hass);

describe("clocks", () => {
  it("know the days of the home's time zone", () => {
    const clock = clockOf("en");
    expect(clock.day("2026-11-24T23:30:00Z")).toBe("2026-11-25");
    expect(new Date(clock.startOf("2026-11-24")).toISOString()).toBe("2026-11-23T23:00:00.000Z");
    expect(clock.plus("2026-11-30", 1)).toBe("2026-12-01");
  });

  it("know days of 23 and 25 hours", () => {
    const clock = clockOf("en");
    const length = (day: string) => (clock.startOf(clock.plus(day, 1)) - clock.startOf(day)) / 3_600_000;
    expect(length("2026-03-29")).toBe(23);
    expect(length("2026-10-25")).toBe(25);
    expect(length("2026-11-24")).toBe(24);
  });

  it("speak the user's language", () => {
    const at = "2026-11-24T16:30:12Z";
    expect(clockOf("en").time(at)).toBe("17:30");
    expect(clockOf("en", "12").time(at)).toMatch(/^5:30\sPM$/);
    expect(clockOf("de").dateShort(at)).toBe("Di., 24. Nov.");
    expect(clockOf("de").dayName("2026-11-24", Date.parse(at))).toBe("Heute");
    expect(clockOf("de").dayName("2026-11-22", Date.parse(at))).toBe("Sonntag");
    expect(clockOf("de").ago(at, Date.parse(at) + 3 * 60_000)).toBe("vor 3 Min.");
    expect(clockOf("de").percent(0.98)).toMatch(/^98\s%$/);
    expect(clockOf("en").hour(clockOf("en").startOf("2026-11-25"), true)).toBe("24");
  });
});

describe("texts", () => {
  it("are there in all languages for every key that the source uses", () => {
    const folder = resolve(import.meta.dirname, "../src");
    const used = new Set<string>();
    for (const file of readdirSync(folder)) {
      const source = readFileSync(resolve(folder, file), "utf8");
      for (const [, key] of source.matchAll(/\bsay\(\s*"(\w+)"/g)) {
        used.add(key!);
      }
      for (const [, key] of source.matchAll(/\bplural\("(\w+)"/g)) {
        used.add(`${key!}_one`);
        used.add(`${key!}_other`);
      }
    }
    expect(used.size).toBeGreaterThan(80);
    for (const language of ["en", "de", "es", "fr", "pt-BR", "zh-Hans"]) {
      const known = words(language);
      expect([...used].filter((key) => !(key in known))).toEqual([]);
    }
  });

  it("are there for every field of the cards' editors", () => {
    interface Field {
      name: string;
      schema?: Field[];
    }
    const names = (fields: Field[]): string[] => fields.flatMap(({ name, schema }) => (schema ? names(schema) : [name]));
    const english = words("en");
    for (const form of [eventsForm(), snapshotForm(), knownForm()]) {
      const localize = (key: string) => english[key.split(".").at(-1) ?? ""] ?? "";
      for (const name of names(form.schema)) {
        expect(form.computeLabel({ name }, localize)).not.toBe(name);
      }
    }
  });

  it("count as the language does", async () => {
    expect((await textsOf("en")).plural("n_events", 1)).toBe("1 event");
    expect((await textsOf("fr")).plural("n_visit", 0)).toBe("0 véhicule");
    expect((await textsOf("zh-Hans")).plural("n_events", 2)).toBe("2 个事件");
  });

  it("name what cameras send, also what nobody has translated", async () => {
    const texts = await textsOf("de");
    expect(texts.word("alarm", "baby_crying")).toBe("Baby weint");
    expect(texts.word("alarm", "line_crossing")).toBe("Line crossing");
  });
});

describe("an event", () => {
  const visit = home.world.events.find(({ plate_raw }) => plate_raw === "47 ATD PN")!;

  it("has a vehicle in the order of the language", async () => {
    expect(vehicleText(visit.vehicle, await textsOf("en"))).toBe("green Renault Mégane");
    expect(vehicleText(visit.vehicle, await textsOf("de"))).toBe("grüner Renault Mégane");
    expect(vehicleText(visit.vehicle, await textsOf("es"))).toBe("Renault Mégane verde");
    expect(vehicleText({ ...visit.vehicle!, make: null, model: null }, await textsOf("en"))).toBe("green vehicle");
    expect(vehicleText({ ...visit.vehicle!, color: "unknown" }, await textsOf("en"))).toBe("Renault Mégane");
  });

  it("is spelled as the camera read it, unless it was corrected", () => {
    expect(spelled(visit)).toBe("47 ATD PN");
    expect(spelled({ ...visit, plate: "47ATDPX" })).toBe("47ATDPX");
    expect(countrySign("DEU")).toBe("D");
    expect(countrySign("XX")).toBe("XX");
  });

  it("can be assigned only if there is something to know it by", async () => {
    const unknown = { ...visit, known: null };
    expect(canBeAssigned(unknown)).toBe(true);
    expect(canBeAssigned({ ...unknown, plate: null })).toBe(false);
    expect(title({ ...unknown, plate: null }, await textsOf("en"))).toBe("No plate read");
    const face = { ...unknown, kind: "identification" as const, profile_id: null, type: "har" };
    expect(canBeAssigned(face)).toBe(false);
    expect(title(face, await textsOf("en"))).toBe("Activity");
  });

  it("has the name that its platform has for the person, until the user gives another", async () => {
    const face = { ...visit, kind: "identification" as const, profile_id: "p1", profile_name: "Ada Lovelace" };
    expect(title({ ...face, known: null }, await textsOf("en"))).toBe("Ada Lovelace");
    expect(title({ ...face, known: { id: "k", name: "Grandma", kind: "person" } }, await textsOf("en"))).toBe("Grandma");
    expect(matches({ ...face, known: null }, { text: "lovelace" })).toBe(true);
  });

  it("is found by its plate however it is spelled", () => {
    expect(matches(visit, { text: "47-atd" })).toBe(true);
    expect(matches(visit, { text: "anna" })).toBe(true);
    expect(matches(visit, { text: "entrance" })).toBe(true);
    expect(matches(visit, { text: "48 atd" })).toBe(false);
  });
});
