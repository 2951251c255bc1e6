// What the cards use of Home Assistant's frontend.

export interface HassEntity {
  entity_id: string;
  state: string;
  attributes: Record<string, unknown>;
  last_changed: string;
}

export interface EntityEntry {
  entity_id: string;
  device_id?: string | null;
  platform?: string;
  translation_key?: string | null;
  entity_category?: string | null;
  name?: string | null;
  hidden?: boolean;
}

export interface DeviceEntry {
  id: string;
  name: string | null;
  name_by_user?: string | null;
  area_id?: string | null;
}

export type Unsubscribe = () => void | Promise<void>;

export interface Connection {
  connected: boolean;
  addEventListener(type: "ready" | "disconnected", listener: () => void): void;
  removeEventListener(type: "ready" | "disconnected", listener: () => void): void;
  sendMessagePromise<T>(message: { type: string } & Record<string, unknown>): Promise<T>;
  subscribeMessage<T>(
    callback: (message: T) => void,
    message: { type: string } & Record<string, unknown>,
  ): Promise<Unsubscribe>;
}

export interface Locale {
  language: string;
  time_format: "language" | "system" | "12" | "24";
  time_zone: "local" | "server";
}

export type Localize = (key: string, values?: Record<string, string>) => string;

export interface Hass {
  connection: Connection;
  states: Record<string, HassEntity | undefined>;
  entities: Record<string, EntityEntry | undefined>;
  devices: Record<string, DeviceEntry | undefined>;
  language: string;
  locale: Locale;
  config: { time_zone: string };
  user?: { is_admin: boolean };
  localize: Localize;
  loadBackendTranslation(category: string, integration: string): Promise<Localize | undefined>;
}

export const isAdmin = (hass: Hass): boolean => hass.user?.is_admin === true;

/** End a subscription; a connection that is gone has none. */
export function end(unsubscribe: Promise<Unsubscribe> | undefined): void {
  unsubscribe?.then((now) => now()).catch(() => undefined);
}

export const boxOf = (element: Element): DOMRect => element.getBoundingClientRect();

export const DOMAIN = "camera_push";

/** What went wrong, in the user's language where the integration has a text for it. */
export function sentence(hass: Hass, error: unknown): string {
  if (error === null || typeof error !== "object") {
    return String(error);
  }
  const { message, translation_key: key, translation_placeholders: values } = error as {
    message?: string;
    translation_key?: string;
    translation_placeholders?: Record<string, string>;
  };
  const translated = key == null ? "" : hass.localize(`component.${DOMAIN}.exceptions.${key}.message`, values);
  return translated || (message ?? "");
}

export function fire(target: EventTarget, type: string, detail: unknown = {}): void {
  target.dispatchEvent(new CustomEvent(type, { bubbles: true, composed: true, detail }));
}

/** Open a page of Home Assistant without loading it anew. */
export function navigate(path: string): void {
  history.pushState(null, "", path);
  fire(window, "location-changed", { replace: false });
}

export interface Toast {
  message: string;
  action?: { text: string; action: () => void };
}

export const UNDO_SECONDS = 8;

export function toast(target: EventTarget, { message, action }: Toast): void {
  fire(target, "hass-notification", {
    message,
    action,
    duration: action == null ? 4000 : UNDO_SECONDS * 1000,
    dismissable: true,
  });
}

export const app = () => document.querySelector<HTMLElement & { hass?: Hass }>("home-assistant");

/** Dialogs close before what they did is told: it is told by what stays. */
export const toaster = (): EventTarget => app() ?? document.body;

export function deviceName(hass: Hass, id: string | null): string {
  const device = id === null ? undefined : hass.devices[id];
  return device?.name_by_user ?? device?.name ?? "";
}

/** The alarm that a sensor tells: one that has its name of its device class has no translation key. */
export function alarmOf(hass: Hass, entry: EntityEntry): string {
  const deviceClass = hass.states[entry.entity_id]?.attributes.device_class;
  return entry.translation_key ?? (typeof deviceClass === "string" ? deviceClass : "");
}

/** Whether an entity is of a domain, and of this integration. */
export const isOurs = (entry: EntityEntry | undefined, domain: string): entry is EntityEntry =>
  entry?.platform === DOMAIN && entry.entity_id.startsWith(`${domain}.`);

/** The entities of one device that this integration made. */
export function entitiesOf(hass: Hass, deviceId: string): EntityEntry[] {
  return Object.values(hass.entities).filter(
    (entry): entry is EntityEntry => entry?.platform === DOMAIN && entry.device_id === deviceId,
  );
}
