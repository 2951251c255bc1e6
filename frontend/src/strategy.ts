// The dashboard: its views are made by the integration from the registries.

import { Feed } from "./feed";
import type { Hass } from "./hass";
import { Texts } from "./texts";

interface DashboardConfig {
  views: object[];
}

export class DashboardStrategy extends HTMLElement {
  static noEditor = true;

  /** What the views are made from: other changes do not make them anew. */
  static registryDependencies = ["entities", "devices", "areas", "floors"];

  static getCreateSuggestions(): object {
    return { title: "Camera Push", icon: "mdi:cctv" };
  }

  static generate(_config: object, hass: Hass): Promise<DashboardConfig> {
    void Texts.load(hass);
    Feed.begin(hass);
    return hass.connection.sendMessagePromise<DashboardConfig>({
      type: "camera_push/dashboard/views",
      language: hass.language,
    });
  }
}
