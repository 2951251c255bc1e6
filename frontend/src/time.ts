// Dates and times in the user's language and time zone.

import type { Hass } from "./hass";

export const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;
export const QUARTER = 15 * MINUTE;

type Options = Intl.DateTimeFormatOptions;

export class Clock {
  readonly language: string;
  readonly zone: string | undefined;
  readonly key: string;
  readonly #hour12: boolean;
  readonly #formats = new Map<string, Intl.DateTimeFormat>();
  readonly #relative: { short: Intl.RelativeTimeFormat; long: Intl.RelativeTimeFormat };
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

  #format(options: Options): Intl.DateTimeFormat {
    const key = JSON.stringify(options);
    let format = this.#formats.get(key);
    if (format === undefined) {
      const own: Options = { ...options };
      if (this.zone !== undefined) {
        own.timeZone = this.zone;
      }
      if (options.hour !== undefined) {
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
    const minutes = Math.round(milliseconds / MINUTE);
    if (milliseconds < MINUTE) {
      return this.unit(Math.max(0, Math.round(milliseconds / 1000)), "second");
    }
    if (minutes < 60) {
      return this.unit(minutes, "minute");
    }
    return minutes < 24 * 60 ? this.unit(Math.round(minutes / 60), "hour") : this.unit(Math.round(minutes / 1440), "day");
  }

  percent = (value: number): string => this.#percent.format(value);

  time = (at: number | string): string => this.#format({ hour: "2-digit", minute: "2-digit" }).format(new Date(at));

  seconds = (at: string): string =>
    this.#format({ hour: "2-digit", minute: "2-digit", second: "2-digit" }).format(new Date(at));

  /** The hour alone; that at a day's end is 24 where midnight is 00. */
  hour(at: number, isEnd = false): string {
    const hour = this.#format({ hour: "2-digit" }).formatToParts(new Date(at));
    const text = hour
      .filter(({ type }) => type === "hour" || type === "dayPeriod")
      .map(({ value }) => value)
      .join(" ");
    return isEnd && /^0+$/.test(text) ? "24" : text;
  }

  dateShort = (at: number | string): string =>
    this.#format({ weekday: "short", day: "numeric", month: "short" }).format(new Date(at));

  dateLong = (at: number | string): string =>
    this.#format({ weekday: "long", day: "numeric", month: "long" }).format(new Date(at));

  weekday = (at: number | string): string => this.#format({ weekday: "short" }).format(new Date(at));

  moment = (at: string): string =>
    this.#format({
      weekday: "short",
      day: "numeric",
      month: "short",
      hour: "2-digit",
      minute: "2-digit",
      second: "2-digit",
    }).format(new Date(at));

  /** "1 minute", "3 days". */
  unit = (value: number, unit: "second" | "minute" | "hour" | "day"): string =>
    new Intl.NumberFormat(this.language, { style: "unit", unit, unitDisplay: "long" }).format(value);

  /** "3 min. ago"; from a day on, in days. */
  ago(at: string, now: number, style: "short" | "long" = "short"): string {
    const passed = Math.max(0, now - Date.parse(at));
    const format = this.#relative[style];
    if (passed < MINUTE) {
      return format.format(0, "second");
    }
    if (passed < HOUR) {
      return format.format(-Math.floor(passed / MINUTE), "minute");
    }
    if (passed < 24 * HOUR) {
      return format.format(-Math.floor(passed / HOUR), "hour");
    }
    return format.format(-Math.floor(passed / (24 * HOUR)), "day");
  }

  /** "today", "yesterday", as the language has it, with a capital; anything else is a date. */
  dayName(day: string, now: number): string {
    const days = Math.round((Date.parse(day) - Date.parse(this.day(now))) / (24 * HOUR));
    if (days === 0 || days === -1) {
      const name = new Intl.RelativeTimeFormat(this.language, { numeric: "auto" }).format(days, "day");
      return name.charAt(0).toLocaleUpperCase(this.language) + name.slice(1);
    }
    const name = this.#format({ weekday: "long" }).format(this.startOf(day));
    return name.charAt(0).toLocaleUpperCase(this.language) + name.slice(1);
  }

  /** The day of a moment, as 2026-11-24. */
  day(at: number | string): string {
    const parts = this.#parts(new Date(at).getTime());
    return `${parts.year}-${parts.month}-${parts.day}`;
  }

  #parts(at: number): Record<string, string> {
    const format = this.#calendar();
    return Object.fromEntries(format.formatToParts(at).map(({ type, value }) => [type, value]));
  }

  #calendar(): Intl.DateTimeFormat {
    const key = "calendar";
    let format = this.#formats.get(key);
    if (format === undefined) {
      const options: Options = {
        calendar: "iso8601",
        numberingSystem: "latn",
        year: "numeric",
        month: "2-digit",
        day: "2-digit",
        hour: "2-digit",
        minute: "2-digit",
        second: "2-digit",
        hourCycle: "h23",
      };
      format = new Intl.DateTimeFormat("en-GB", this.zone === undefined ? options : { ...options, timeZone: this.zone });
      this.#formats.set(key, format);
    }
    return format;
  }

  /** When a day begins, in milliseconds. */
  startOf(day: string): number {
    const utc = Date.parse(`${day}T00:00:00Z`);
    // The offset at midnight is found by asking twice: it may change during the day.
    let at = utc;
    for (let turn = 0; turn < 2; turn += 1) {
      const parts = this.#parts(at);
      const local = Date.parse(
        `${parts.year}-${parts.month}-${parts.day}T${parts.hour}:${parts.minute}:${parts.second}Z`,
      );
      at += utc - local;
    }
    return at;
  }

  /** The day that is some days later, or earlier. */
  plus(day: string, days: number): string {
    return new Date(Date.parse(`${day}T12:00:00Z`) + days * 24 * HOUR).toISOString().slice(0, 10);
  }
}
