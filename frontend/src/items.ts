// The list of what is rendered: rows, day headings, the line above what was seen before, and gaps.

import type { PushEvent } from "./events";
import type { LoadedPage } from "./timeline";
import { MINUTE } from "./time";

export interface Row {
  type: "row";
  key: string;
  page: number;
  /** The newest first; more than one where alarms were grouped. */
  events: [PushEvent, ...PushEvent[]];
}

export interface DayHeading {
  type: "day";
  key: string;
  page: number;
  day: string;
}

export interface SeenLine {
  type: "seen";
  key: string;
  page: number;
}

/** A page that was given back. */
export interface Gap {
  type: "gap";
  key: string;
  page: number;
  rows: number;
}

export type Item = Row | DayHeading | SeenLine | Gap;

const APART = 5 * MINUTE;

/** Whether an alarm belongs to the row of those before it: the same, of the same camera, shortly before them. */
function continues(row: Row, event: PushEvent): boolean {
  const [newest] = row.events;
  const oldest = row.events.at(-1) ?? newest;
  return (
    event.kind === "alarm" &&
    newest.kind === "alarm" &&
    event.type === newest.type &&
    event.device_id === newest.device_id &&
    event.camera_id === newest.camera_id &&
    Date.parse(oldest.at) - Date.parse(event.at) < APART
  );
}

export interface Options {
  group: boolean;
  dayOf: (at: string) => string;
  /** The day that needs no heading, since the card's head names it. */
  firstDay: string;
  /** Until when the user has seen everything. */
  seenUntil: string;
}

export function buildItems(pages: readonly LoadedPage[], { group, dayOf, firstDay, seenUntil }: Options): Item[] {
  const items: Item[] = [];
  let day = firstDay;
  let isAfterNew = false;
  let isSeen = false;
  // Rows of one kind and camera may have others between them.
  let open: Row[] = [];
  pages.forEach((page, number) => {
    if (page.events === null) {
      items.push({ type: "gap", key: `gap-${page.newest}`, page: number, rows: page.count });
      open = [];
      isSeen ||= page.oldest <= seenUntil;
      return;
    }
    for (const event of page.events) {
      const itsDay = dayOf(event.at);
      if (itsDay !== day) {
        day = itsDay;
        open = [];
        items.push({ type: "day", key: `day-${day}`, page: number, day });
      }
      if (!isSeen && seenUntil !== "" && event.at <= seenUntil) {
        isSeen = true;
        if (isAfterNew) {
          items.push({ type: "seen", key: "seen", page: number });
          open = [];
        }
      }
      isAfterNew = true;
      const row = group ? open.find((other) => continues(other, event)) : undefined;
      if (row != null) {
        row.events.push(event);
      } else {
        const added: Row = { type: "row", key: event.id, page: number, events: [event] };
        items.push(added);
        if (event.kind === "alarm") {
          open = [added, ...open.filter(({ events }) => Date.parse(events.at(-1)?.at ?? "") - Date.parse(event.at) < APART)];
        }
      }
    }
  });
  return items;
}
