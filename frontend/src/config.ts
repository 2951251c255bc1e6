// The cards' configurations.

import type { Filters, Kind } from "./events";

export interface LovelaceCardConfig {
  type: string;
  grid_options?: { rows?: number | "auto"; columns?: number | "full" };
  [key: string]: unknown;
}

export interface EventsConfig extends LovelaceCardConfig {
  title?: string;
  /** Ids of devices; none: all cameras. */
  cameras?: string[];
  kinds?: Kind[];
  /** 0: all. */
  days?: number;
  only?: "unknown" | "favourite";
  show_filters?: boolean;
  show_strip?: boolean;
  show_search?: boolean;
  actions?: boolean;
  group_alarms?: boolean;
}

export interface ActionConfig {
  action: string;
  navigation_path?: string;
  [key: string]: unknown;
}

export interface SnapshotConfig extends LovelaceCardConfig {
  /** The camera's entity. */
  entity?: string;
  name?: string;
  show_states?: boolean;
  show_event?: boolean;
  show_time?: boolean;
  aspect_ratio?: string;
  tap_action?: ActionConfig;
}

export interface KnownConfig extends LovelaceCardConfig {
  /** The subentry of a vehicle or person. */
  known: string;
  /** Tracker or presence sensor. */
  entity?: string;
  name?: string;
  /** One line with a small picture. */
  compact?: boolean;
}

/** Leave what nobody knows: of vehicles and persons, since alarms and cloud events are nobody's. */
export function onlyUnknown(filters: Filters): void {
  filters.known = false;
  filters.kinds = (filters.kinds ?? ["visit", "identification"]).filter(
    (kind) => kind === "visit" || kind === "identification",
  );
  if (filters.kinds.length === 0) {
    filters.kinds = ["visit", "identification"];
  }
}

/** The filters that a card always has. */
export function baseFilters(config: EventsConfig): Filters {
  const filters: Filters = {};
  if (config.cameras != null && config.cameras.length > 0) {
    filters.device_ids = config.cameras;
  }
  if (config.kinds != null && config.kinds.length > 0) {
    filters.kinds = config.kinds;
  }
  if (config.only === "unknown") {
    onlyUnknown(filters);
  }
  if (config.only === "favourite") {
    filters.favourite = true;
  }
  return filters;
}
