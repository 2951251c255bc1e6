"""Looks at the cards with headless Chromium: keys, Hebrew, another version of the module, and its end."""

from collections.abc import Awaitable, Callable
from contextlib import suppress

from playwright.async_api import Error, Page

from .home_assistant import HomeAssistant

type Check = Callable[[str, object, Callable[[], Awaitable[object]]], Awaitable[None]]

MODULE = "/api/camera_push/frontend/camera-push.js"
# Elements of cards are in the shadows of others: this finds the first of a tag.
DEEP = """tag => {
    const left = [document];
    for (let root = left.pop(); root; root = left.pop()) {
        for (const element of root.querySelectorAll("*")) {
            if (element.localName === tag) return element;
            if (element.shadowRoot) left.push(element.shadowRoot);
        }
    }
    return null;
}"""
# What has the focus, through all shadows.
FOCUS = """() => {
    let element = document.activeElement;
    while (element?.shadowRoot?.activeElement) element = element.shadowRoot.activeElement;
    return element;
}"""


async def _show(page: Page, url: str) -> None:
    await page.goto(f"{url}/camera-push/today")
    await page.locator("camera-push-events article").first.wait_for(timeout=60_000)


async def _keys(page: Page) -> str:
    """Go through the rows, open one and come back, by keys only; return where the focus went."""
    key = f"({FOCUS})()?.closest('article')?.dataset.key ?? ''"
    rows = page.locator("camera-push-events article")
    await rows.first.locator(".open").focus()
    first = await page.evaluate(key)
    await page.keyboard.press("ArrowDown")
    await page.wait_for_function(f"first => ![first, ''].includes({key})", arg=first, timeout=20_000)
    second = await page.evaluate(key)
    await page.keyboard.press("Enter")
    viewer = page.locator("camera-push-viewer")
    await viewer.locator("h2").first.wait_for(timeout=20_000)
    await page.keyboard.press("Escape")
    await viewer.wait_for(state="detached", timeout=20_000)
    await page.wait_for_function(f"second => {key} === second", arg=second, timeout=20_000)
    await page.keyboard.press("/")
    await page.wait_for_function(f"({FOCUS})()?.type === 'search'", timeout=20_000)
    await page.keyboard.press("Escape")
    return "down, opened, back to the row, search"


async def _right_to_left(page: Page, url: str) -> dict[str, bool]:
    """Show the dashboard in Hebrew, as Home Assistant's own setting has it."""
    await page.evaluate("localStorage.selectedLanguage = JSON.stringify('he')")
    await _show(page, url)
    found: dict[str, bool] = await page.evaluate(
        f"""() => {{
            const card = ({DEEP})("camera-push-events"), root = card.shadowRoot;
            const row = root.querySelector("article"), box = element => element.getBoundingClientRect();
            const plate = root.querySelector(".plate"), strip = ({DEEP})("camera-push-strip");
            const keys = [...root.querySelectorAll("*")].flatMap(it => [...it.childNodes])
                .filter(it => it.nodeType === 3 && /^[a-z]+_[a-z_]+$/.test(it.data.trim()));
            const isLeftToRight = element => getComputedStyle(element).direction === "ltr";
            const isTooWide = it => it.scrollWidth > it.clientWidth;
            return {{
                "from right to left": getComputedStyle(card).direction === "rtl",
                "pictures at the right":
                    box(row.querySelector(".th")).left > box(row.querySelector(".bd")).left,
                "plates from left to right": plate === null || isLeftToRight(plate),
                "the day from left to right": isLeftToRight(strip.shadowRoot.querySelector(".strip")),
                "nothing too wide": !isTooWide(card) && !isTooWide(document.documentElement),
                "no raw keys": keys.length === 0,
            }};
        }}"""
    )
    await page.evaluate("localStorage.selectedLanguage = JSON.stringify('en')")
    return found


async def _other_version(page: Page, url: str) -> list[str]:
    """Load another version of the module into an open page; return what went wrong, and what is there."""
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    await _show(page, url)
    await page.evaluate(f"import('{MODULE}?v=another')")
    rows = await page.evaluate(
        f"""async () => {{
            const old = ({DEEP})("camera-push-events");
            const card = document.createElement("camera-push-events");
            card.setConfig({{ type: "custom:camera-push-events" }});
            card.hass = old.hass;
            old.parentNode.append(card);
            for (let turn = 0; turn < 300 && !card.shadowRoot?.querySelector("article"); turn++)
                await new Promise(done => setTimeout(done, 100));
            const found = [old, card].map(it => it.shadowRoot.querySelector("article") !== null);
            card.remove();
            return found;
        }}"""
    )
    offers = await page.evaluate(
        "window.customStrategies.filter(it => it.type === 'camera-push').length"
        " + window.customCards.filter(it => it.type.startsWith('camera-push')).length"
    )
    return [*errors, f"rows in both: {all(rows)}", f"offered: {offers}"]


async def _resources_in_yaml(page: Page, home: HomeAssistant) -> str:
    """Restart Home Assistant with resources in YAML; return how the module comes into the page."""
    await home.stop()
    path = home.folder / "configuration.yaml"
    path.write_text(f"{path.read_text()}lovelace:\n  resource_mode: yaml\n  resources: []\n")
    await home.start()
    async with home.websocket() as websocket:
        resources = await websocket.command("lovelace/resources")
    await page.reload()
    await _show(page, home.url)
    text = await page.content()
    return f"{len(resources)} resources, in the page itself: {MODULE in text}"


async def _last_entry(page: Page, home: HomeAssistant) -> str:
    """Remove all entries; return whether the module is still loaded with pages."""
    for entry in await home.get("/api/config/config_entries/entry?domain=camera_push"):
        await home.delete(f"/api/config/config_entries/entry/{entry['entry_id']}")
    await page.goto(f"{home.url}/config/dashboard")
    with suppress(Error):
        await page.wait_for_load_state("networkidle", timeout=5000)
    defined = await page.evaluate("customElements.get('camera-push-events') !== undefined")
    return f"in the page: {MODULE in await page.content()}, defined: {defined}"


async def check_cards(page: Page, home: HomeAssistant, check: Check) -> None:
    """Check what one does with the cards; in the end, there is no entry any more."""
    await _show(page, home.url)
    await check("rows by keys", "down, opened, back to the row, search", lambda: _keys(page))

    async def wrong() -> list[str]:
        return [name for name, is_so in (await _right_to_left(page, home.url)).items() if not is_so]

    await check("what is wrong in Hebrew", [], wrong)
    await check(
        "another version of the module in an open page",
        ["rows in both: True", "offered: 3"],
        lambda: _other_version(page, home.url),
    )
    await check(
        "dashboard with resources in YAML",
        "0 resources, in the page itself: True",
        lambda: _resources_in_yaml(page, home),
    )
    await check(
        "module after the last entry", "in the page: False, defined: False", lambda: _last_entry(page, home)
    )
