// The cards' words in the user's language: Home Assistant loads them from the integration's translations.

import { DOMAIN, type Hass, type Localize } from "./hass";

export type Values = Record<string, string | number>;

const loading = new Map<string, Promise<Texts>>();

export class Texts {
  readonly language: string;
  readonly #localize: Localize;
  readonly #plural: Intl.PluralRules;
  readonly #number: Intl.NumberFormat;
  readonly #list: Intl.ListFormat;

  constructor(language: string, localize: Localize) {
    this.language = language;
    this.#localize = localize;
    this.#plural = new Intl.PluralRules(language);
    this.#number = new Intl.NumberFormat(language);
    this.#list = new Intl.ListFormat(language, { type: "unit", style: "short" });
  }

  /** The texts of a language, loaded once. */
  static load(hass: Hass): Promise<Texts> {
    const { language } = hass;
    let texts = loading.get(language);
    if (texts == null) {
      texts = hass
        .loadBackendTranslation("selector", DOMAIN)
        .then((localize) => new Texts(language, localize ?? hass.localize));
      // For what goes wrong; that is hardly ever needed at once, and the rows come first.
      setTimeout(() => void hass.loadBackendTranslation("exceptions", DOMAIN), 2000);
      texts.catch(() => loading.delete(language));
      loading.set(language, texts);
    }
    return texts;
  }

  #find(key: string, values?: Record<string, string>): string {
    return this.#localize(`component.${DOMAIN}.selector.card.options.${key}`, values);
  }

  say = (key: string, values: Values = {}): string => {
    const filled: Record<string, string> = {};
    for (const [name, value] of Object.entries(values)) {
      filled[name] = typeof value === "number" ? this.#number.format(value) : value;
    }
    const text = this.#find(key, filled) || key;
    // Where one reads from right to left in a language without texts of its own, they are English.
    return document.dir === "rtl" ? `\u2068${text}\u2069` : text;
  };

  plural = (key: string, n: number, values: Values = {}): string =>
    this.say(`${key}_${this.#plural.select(n) === "one" ? "one" : "other"}`, { n, ...values });

  list = (parts: string[]): string => this.#list.format(parts);

  /** The text of a word that a camera or cloud sent, or the word itself, legibly. */
  word(prefix: string, word: string): string {
    const plain = word.replace(/[_-]+/g, " ").trim();
    return (
      this.#find(`${prefix}_${word.toLowerCase().replace(/[^a-z0-9]+/g, "_")}`) || plain.charAt(0).toUpperCase() + plain.slice(1)
    );
  }
}
