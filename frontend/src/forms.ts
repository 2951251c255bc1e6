// The cards' editors, as forms that Home Assistant renders.

import { KINDS } from "./events";
import { app, DOMAIN, type Localize } from "./hass";

/** Options have their labels in the schema, which is asked for without any texts: they are the page's. */
function words(): Localize {
  const home = app();
  return (key) => home?.hass?.localize(`component.${DOMAIN}.selector.card.options.${key}`) ?? "";
}

const bool = (name: string) => ({ name, selector: { boolean: {} } });

const computeLabel = ({ name }: { name: string }, localize: Localize): string =>
  localize(`component.${DOMAIN}.selector.card.options.edit_${name}`) || name;

export function eventsForm() {
  const text = words();
  const option = (value: string, key: string) => ({ value, label: text(key) || value });
  return {
    schema: [
      { name: "title", selector: { text: {} } },
      { name: "cameras", selector: { device: { multiple: true, filter: { integration: DOMAIN }, entity: { domain: "camera" } } } },
      {
        name: "kinds",
        selector: { select: { multiple: true, mode: "list", options: KINDS.map((kind) => option(kind, `${kind}s`)) } },
      },
      {
        name: "",
        type: "grid",
        schema: [
          { name: "days", selector: { number: { min: 0, max: 365, mode: "box" } } },
          {
            name: "only",
            selector: {
              select: {
                mode: "dropdown",
                options: [option("unknown", "edit_only_unknown"), option("favourite", "edit_only_favourite")],
              },
            },
          },
          ...["show_filters", "show_strip", "show_search", "actions", "group_alarms"].map((name) => ({
            ...bool(name),
            default: true,
          })),
        ],
      },
    ],
    computeLabel,
  };
}

export function snapshotForm() {
  return {
    schema: [
      { name: "entity", required: true, selector: { entity: { domain: "camera", integration: DOMAIN } } },
      {
        name: "",
        type: "grid",
        schema: [
          { name: "name", selector: { text: {} } },
          { name: "aspect_ratio", selector: { text: {} } },
          ...["show_states", "show_event", "show_time"].map((name) => ({ ...bool(name), default: true })),
        ],
      },
      { name: "tap_action", selector: { ui_action: {} } },
    ],
    computeLabel,
  };
}

export function knownForm() {
  return {
    schema: [{ name: "entity", required: true, selector: { entity: { integration: DOMAIN, domain: ["device_tracker", "binary_sensor"] } } }],
    computeLabel,
  };
}
