// ?theme=dark&lang=de&dir=rtl&width=460&days=7&per=40&fail=list&card=events

import "./elements";
import { fakeHass } from "./fake-hass";
import { makeWorld } from "./world";

const query = new URLSearchParams(location.search);
const language = query.get("lang") ?? "en";
document.documentElement.lang = language;
document.documentElement.dir = query.get("dir") ?? "ltr";
document.documentElement.classList.toggle("dark", query.get("theme") === "dark");

const world = makeWorld(Date.now(), Number(query.get("days") ?? 7), Number(query.get("per") ?? 40));
if (query.has("empty")) {
  world.events.length = 0;
}
const texts = (await (await fetch(`texts-${language}.json`)).json()) as Record<string, string>;
const hass = fakeHass(world, texts, language);
hass.connection.delay = Number(query.get("delay") ?? 0);
for (const name of query.getAll("fail")) {
  hass.connection.failing.add(name);
}

interface Card extends HTMLElement {
  setConfig(config: object): void;
  hass: typeof hass;
}

const main = document.querySelector("main") as HTMLElement;
main.style.gridTemplateColumns = `${query.get("width") ?? "464"}px`;
const add = (type: string, config: object) => {
  const card = document.createElement(type) as Card;
  card.setConfig({ type: `custom:${type}`, ...config });
  card.hass = hass;
  main.append(card);
};
if (query.get("card") === "snapshot") {
  for (const entity of Object.keys(world.entities).filter((id) => id.startsWith("camera."))) {
    add("camera-push-snapshot", { entity });
  }
} else {
  add("camera-push-events", JSON.parse(query.get("config") ?? "{}") as object);
}
Object.assign(window, { hass, world });
