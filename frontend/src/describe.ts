// What the cards say of an event.

import { comparable, isPerson, isVisit, type Media, type PushEvent, type Vehicle } from "./events";
import type { IconName } from "./icons";
import type { Texts } from "./texts";

export const LOW_CONFIDENCE = 0.9;

/** The signs that plates bear, by ISO 3166-1 alpha-3, where they differ. */
const SIGNS: Record<string, string> = Object.fromEntries(
  (
    "ALBAL ARMAM AUTA AZEAZ BELB BGRBG BLRBY BRABR CANCDN CHECH CYPCY CZECZ DEUD DNKDK ESPE " +
    "FRAF GBRGB GEOGE GRCGR HRVHR HUNH IRNIR ISLIS ISRIL ITAI JPNJ KAZKZ KORROK LIEFL LTULT " +
    "LUXL LVALV MCOMC MDAMD MKDNMK MLTM NLDNL NORN NZLNZ POLPL PRTP ROURO SMRRSM SVKSK SVNSLO " +
    "SWES TURTR UKRUA VATV ZAFZA"
  )
    .split(" ")
    .map((pair) => [pair.slice(0, 3), pair.slice(3)]),
);

export const countrySign = (country: string | null): string =>
  country === null ? "" : (SIGNS[country.toUpperCase()] ?? country.toUpperCase().slice(0, 3));

/** A plate with the blanks that the camera read, unless it was corrected since. */
export function spelled(event: PushEvent): string {
  const { plate, plate_raw: raw } = event;
  return plate !== null && raw !== null && comparable(raw) === comparable(plate) ? raw.trim() : (plate ?? "");
}

/** Words in capitals are names of makes that a camera shouts; short ones (BMW, X3) are not. */
const legible = (name: string): string =>
  name.replace(/\p{Lu}{4,}/gu, (word) => word.charAt(0) + word.slice(1).toLowerCase());

const COLORS: Record<string, string> = {
  beige: "#d9c7a3",
  black: "#1d1f22",
  blue: "#2f6fb2",
  brown: "#7a4f33",
  gold: "#c9a03a",
  gray: "#8a8f96",
  green: "#2f7d54",
  orange: "#e07b2c",
  pink: "#e38fb0",
  purple: "#74489c",
  red: "#b9362f",
  silver: "#b9bec4",
  white: "#f2f2f0",
  yellow: "#e0b02c",
};

const colorName = (color: string | null): string => {
  const name = (color ?? "").toLowerCase();
  return name === "grey" ? "gray" : name;
};

/** The colour to show for a vehicle's, if it is one of those that cameras tell apart. */
export const swatch = (vehicle: Vehicle | null): string | undefined => COLORS[colorName(vehicle?.color ?? null)];

/** "white Mercedes Sprinter", as much of it as the camera saw. */
export function vehicleText(vehicle: Vehicle | null, texts: Texts): string {
  if (vehicle === null) {
    return "";
  }
  const make = legible(vehicle.make ?? "");
  const model = legible(vehicle.model ?? "");
  const name = [make, model.startsWith(`${make} `) ? model.slice(make.length + 1) : model].filter(Boolean).join(" ");
  const color = colorName(vehicle.color);
  if (!(color in COLORS)) {
    return name;
  }
  return texts.say("colored", {
    color: texts.say(`color_${color}`),
    name: name || texts.say("some_vehicle"),
  });
}

export type Tone = "visit" | "person" | "alarm" | "danger" | "cloud";

export function tone(event: PushEvent): Tone {
  if (event.kind === "alarm") {
    return event.danger ? "danger" : "alarm";
  }
  return isVisit(event) ? "visit" : isPerson(event) ? "person" : "cloud";
}

const EVENT_ICONS = new Set<string>([
  "absence",
  "baby_crying",
  "doorbell",
  "fire",
  "humanoid",
  "motion",
  "smoke",
  "smoke_alarm",
  "sound",
] satisfies IconName[]);

export const isEventIcon = (name: string): name is IconName => EVENT_ICONS.has(name);

export function iconOf(event: PushEvent): IconName {
  if (isVisit(event)) {
    return "car";
  }
  if (isPerson(event)) {
    return "account";
  }
  const type = (event.type ?? "").toLowerCase();
  return isEventIcon(type) ? type : event.kind === "alarm" ? "alarm" : "cloud";
}

/** Of an alarm or cloud event: the name that its platform shows, or its own. Also of a person's event that recognised nobody because it need not. */
function typeName(event: PushEvent, texts: Texts): string {
  const alias = event.meta?.alias;
  return typeof alias === "string" ? alias : texts.word("alarm", event.type ?? "unknown");
}

const ABOUT_NOBODY = new Set(["har", "roi", "crossing", "face_hide_control"]);

/** An event in a few words; a plate stands for a vehicle that nobody knows. */
export function title(event: PushEvent, texts: Texts): string {
  if (event.known !== null) {
    return event.known.name;
  }
  if (isVisit(event)) {
    return event.plate === null ? texts.say("no_plate") : spelled(event);
  }
  if (isPerson(event)) {
    const type = (event.type ?? "").toLowerCase();
    return event.profile_id === null && ABOUT_NOBODY.has(type)
      ? texts.word("omni", type)
      : (event.profile_name ?? texts.say("unknown_person"));
  }
  return typeName(event, texts);
}

export const isUnknown = (event: PushEvent): boolean => isVisit(event) && event.known === null;

/** Whether the user can say who that is: it takes a plate, or a face that the platform would know again. */
export const canBeAssigned = (event: PushEvent): boolean =>
  event.known === null &&
  ((isVisit(event) && event.plate !== null) || (isPerson(event) && event.profile_id !== null));

export const isBlocked = (event: PushEvent): boolean => event.danger && event.kind === "visit";

export function personText(event: PushEvent, texts: Texts): string {
  const parts = [];
  const gender = event.gender?.toLowerCase();
  if (gender === "male" || gender === "female") {
    parts.push(texts.say(gender));
  }
  if (event.age !== null) {
    parts.push(texts.say("about_age", { n: Math.round(event.age) }));
  }
  return parts.join(", ");
}

export const isClip = (media: Media): boolean => media.type.startsWith("video/");

export const pictures = (event: PushEvent): Media[] => event.media.filter((media) => !isClip(media));

/** Which way it went, if the camera could tell. */
export const wayOf = ({ direction }: PushEvent): "in" | "out" | undefined =>
  direction === "in" || direction === "out" ? direction : undefined;
