// Dates and times in the user's language and time zone.

import type { Hass } from "./hass";

export const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;
export const QUARTER = 15 * MINUTE;

const UNITS = [
  ["day", DAY],
  ["hour", HOUR],
  ["minute", MINUTE],
] as const;

/** The largest unit that fits into a time. */
const unitOf = (milliseconds: number) => UNITS.find(([, length]) => milliseconds >= length) ?? (["second", 1000] as const);

type Options = Intl.DateTimeFormatOptions;

const TIME: Options = { hour: "2-digit", minute: "2-digit" };
const DATE: Options = { weekday: "short", day: "numeric", month: "short" };

export class Clock {
  readonly language: string;
  readonly zone: string | undefined;
  readonly key: string;
  readonly #hour12: boolean;
  readonly #formats = new Map<string, Intl.DateTimeFormat>();
  readonly #relative: { short: Intl.RelativeTimeFormat; long: Intl.RelativeTimeFormat };
  #calendar: Intl.DateTimeFormat | undefined;
  readonly #number: Intl.NumberFormat;
  readonly #percent: Intl.NumberFormat;

  /** What times are formatted by: another one needs another clock. */
  static key({ language, locale, config }: Pick<Hass, "language" | "locale" | "config">): string {
    return [language, locale.time_format, locale.time_zone, config.time_zone].join();
  }

  constructor(hass: Pick<Hass, "language" | "locale" | "config">) {
    this.language = hass.language;
    this.zone = hass.locale.time_zone === "server" ? hass.config.time_zone : undefined;
    const { hour12 } = new Intl.DateTimeFormat(
      hass.locale.time_format === "system" ? undefined : this.language,
      { hour: "numeric" },
    ).resolvedOptions();
    this.#hour12 = { "12": true, "24": false }[hass.locale.time_format as string] ?? hour12 ?? false;
    this.key = Clock.key(hass);
    this.#relative = {
      short: new Intl.RelativeTimeFormat(this.language, { style: "short", numeric: "auto" }),
      long: new Intl.RelativeTimeFormat(this.language, { style: "long", numeric: "auto" }),
    };
    this.#number = new Intl.NumberFormat(this.language);
    this.#percent = new Intl.NumberFormat(this.language, { style: "percent" });
  }

  #format(at: number | string, options: Options): string {
    return this.#formatter(options).format(new Date(at));
  }

  #formatter(options: Options): Intl.DateTimeFormat {
    const key = JSON.stringify(options);
    let format = this.#formats.get(key);
    if (format == null) {
      const own: Options = { ...options };
      if (this.zone != null) {
        own.timeZone = this.zone;
      }
      if (options.hour != null) {
        own.hour = this.#hour12 ? "numeric" : "2-digit";
        own.hourCycle = this.#hour12 ? "h12" : "h23";
      }
      format = new Intl.DateTimeFormat(this.language, own);
      this.#formats.set(key, format);
    }
    return format;
  }

  number = (value: number): string => this.#number.format(value);

  /** "5 minutes", in the largest unit that it has one of. */
  span(milliseconds: number): string {
    const [unit, length] = unitOf(milliseconds);
    const format = new Intl.NumberFormat(this.language, { style: "unit", unit, unitDisplay: "long" });
    return format.format(Math.max(0, Math.round(milliseconds / length)));
  }

  percent = (value: number): string => this.#percent.format(value);

  time = (at: number | string): string => this.#format(at, TIME);

  /** The time alone, unless that was long ago. */
  when = (at: string): string =>
    Date.now() - Date.parse(at) < 18 * HOUR ? this.time(at) : `${this.dateShort(at)}, ${this.time(at)}`;

  seconds = (at: string): string =>
    this.#format(at, { ...TIME, second: "2-digit" });

  /** The length of a clip, as 0:08. */
  length = (seconds: number): string => {
    const whole = Math.max(1, Math.round(seconds));
    return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}`;
  };

  /** The hour alone; that at a day's end is 24 where midnight is 00. */
  hour(at: number, isEnd = false): string {
    const hour = this.#formatter({ hour: "2-digit" }).formatToParts(new Date(at));
    const text = hour
      .filter(({ type }) => type === "hour" || type === "dayPeriod")
      .map(({ value }) => value)
      .join(" ");
    return isEnd && /^0+$/.test(text) ? "24" : text;
  }

  dateShort = (at: number | string): string =>
    this.#format(at, DATE);

  dateLong = (at: number | string): string =>
    this.#format(at, { weekday: "long", day: "numeric", month: "long" });

  moment = (at: string): string =>
    this.#format(at, { ...DATE, ...TIME, second: "2-digit" });

  /** "3 min. ago"; from a day on, in days. */
  ago(at: string, now: number, style: "short" | "long" = "short"): string {
    const passed = Math.max(0, now - Date.parse(at));
    const [unit, length] = unitOf(passed);
    return this.#relative[style].format(unit === "second" ? 0 : -Math.floor(passed / length), unit);
  }

  /** "today", "yesterday", as the language has it, with a capital; anything else is a date. */
  dayName(day: string, now: number): string {
    const days = Math.round((Date.parse(day) - Date.parse(this.day(now))) / DAY);
    const name =
      days === 0 || days === -1
        ? this.#relative.long.format(days, "day")
        : this.#format(this.startOf(day), { weekday: "long" });
    return name.charAt(0).toLocaleUpperCase(this.language) + name.slice(1);
  }

  /** A moment where the days are counted, as 2026-11-24 16:46:00: so Swedes write it. */
  #local(at: number): string {
    return (this.#calendar ??= new Intl.DateTimeFormat("sv", {
      dateStyle: "short",
      timeStyle: "medium",
      ...(this.zone == null ? {} : { timeZone: this.zone }),
    })).format(at);
  }

  /** The day of a moment, as 2026-11-24. */
  day = (at: number | string): string => this.#local(new Date(at).getTime()).slice(0, 10);

  /** When a day begins, in milliseconds. */
  startOf(day: string): number {
    const utc = Date.parse(`${day}T00:00:00Z`);
    // The offset at midnight is found by asking twice: it may change during the day.
    let at = utc;
    for (let turn = 0; turn < 2; turn += 1) {
      at += utc - Date.parse(`${this.#local(at).replace(" ", "T")}Z`);
    }
    return at;
  }

  /** The day that is some days later, or earlier. */
  plus(day: string, days: number): string {
    return new Date(Date.parse(`${day}T12:00:00Z`) + days * DAY).toISOString().slice(0, 10);
  }
}
