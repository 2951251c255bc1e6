// Icons by what they stand for. Home Assistant has their pictures.

import { html, type TemplateResult } from "lit/html.js";

export const ICONS = {
  absence: "baby-carriage",
  account: "account",
  alarm: "bell-ring-outline",
  alert: "alert-circle-outline",
  baby_crying: "emoticon-cry-outline",
  back: "chevron-left",
  camera: "cctv",
  car: "car",
  close: "close",
  cloud: "cloud-outline",
  device: "open-in-new",
  doorbell: "doorbell-video",
  down: "chevron-down",
  download: "download",
  favourite: "star",
  fire: "fire",
  fix: "auto-fix",
  gone: "image-off-outline",
  history: "history",
  home: "home",
  humanoid: "walk",
  in: "home-import-outline",
  key: "car-key",
  late: "clock-alert-outline",
  list: "format-list-bulleted",
  motion: "motion-sensor",
  next: "chevron-right",
  no_filter: "filter-off-outline",
  no_hit: "car-search-outline",
  no_picture: "image-outline",
  not_favourite: "star-outline",
  out: "home-export-outline",
  pencil: "pencil-outline",
  pictures: "image-multiple-outline",
  play: "play",
  plus: "plus-circle-outline",
  search: "magnify",
  shield: "shield-account",
  shield_bad: "shield-alert",
  silent: "wifi-strength-off-outline",
  smoke: "smoke",
  smoke_alarm: "smoke-detector-alert",
  sound: "volume-high",
  trash: "trash-can-outline",
  unknown: "help-circle-outline",
  up: "arrow-up-bold",
};

export type IconName = keyof typeof ICONS;

/** An icon that says nothing by itself; `flip`: it points the other way where one reads from right to left. */
export const icon = (name: IconName, classes = ""): TemplateResult =>
  html`<ha-icon class="i ${classes}" icon="mdi:${ICONS[name]}" aria-hidden="true"></ha-icon>`;

/** A few words with an icon. */
export const tag = (name: IconName, text: unknown, style = ""): TemplateResult =>
  html`<span class="tag ${style}">${icon(name, name === "out" ? "xs flip" : "xs")}${text}</span>`;
