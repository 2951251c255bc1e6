"""Makes the pictures for the README and docs/ from the running demo."""

import argparse
import asyncio
from contextlib import suppress
import sys
from typing import Literal
from urllib.parse import quote

from playwright.async_api import Error, Page, async_playwright

from .__main__ import demo
from .browser import log_in, open_browser
from .cameras import Cameras
from .home_assistant import REPOSITORY, free_port
from .scenario import show

PICTURES = REPOSITORY / "docs" / "pictures"
OTHERS = REPOSITORY / ".demo" / "pictures"
PAGES = (REPOSITORY / "README.md", *(REPOSITORY / "docs").glob("*.md"))
SHOWN = "".join(page.read_text() for page in PAGES)
# Width and height, colours and language; the last is what the other pictures are taken in.
LOOKS: tuple[tuple[int, int, Literal["dark", "light"], str], ...] = (
    (390, 844, "dark", "de"),
    (390, 844, "dark", "en"),
    (1280, 900, "dark", "en"),
    (1280, 900, "light", "de"),
    (390, 844, "light", "en"),
    (1280, 900, "light", "en"),
)


async def take(page: Page, name: str) -> None:
    """Take a picture of what the page shows once it has settled: for the README, or only to look at."""
    await page.wait_for_timeout(2500)
    folder = PICTURES if f"{name}.png" in SHOWN else OTHERS
    folder.mkdir(parents=True, exist_ok=True)
    await page.screenshot(path=folder / f"{name}.png")
    print(name, flush=True)


async def set_up_camera(page: Page, cameras: Cameras) -> None:
    """Set a camera up as a user does."""
    await page.get_by_text("Set up a camera").first.click()
    await page.wait_for_timeout(1000)
    await page.get_by_text("VStarcam", exact=True).last.click()
    await page.wait_for_timeout(1500)
    cgi = cameras.pages.front_door
    inputs = page.locator("ha-form input")
    for number, text in ((0, "127.0.0.1"), (1, str(cgi.port))):
        await inputs.nth(number).fill(text)
    await page.locator("ha-form input[type=password]").fill(cgi.password)
    await page.get_by_role("button", name="Submit").click()
    await take(page, "set-up-2")
    await page.get_by_role("button", name="Submit").click()
    await page.get_by_role("button", name="Finish").click(timeout=20_000)


async def choose_entry(page: Page, title: str) -> None:
    """Choose the entry to add something to, where several offer it."""
    await page.wait_for_timeout(1500)
    with suppress(Error):
        await page.get_by_text(title, exact=True).last.click(timeout=2000)
        await page.wait_for_timeout(1500)


async def add_vehicle(page: Page) -> None:
    """Look at the form for a vehicle, its sections open."""
    await page.get_by_text("Add a vehicle", exact=True).first.click()
    await choose_entry(page, "CAMMRA / AXIS License Plate Verifier")
    await page.get_by_text("Recognition", exact=True).click()
    await page.wait_for_timeout(500)
    await take(page, "vehicle")
    await page.keyboard.press("Escape")
    await page.wait_for_timeout(1000)


async def add_person(page: Page) -> None:
    """Look at the form for a person."""
    await page.get_by_text("Add a person", exact=True).first.click()
    await choose_entry(page, "OMNI 127.0.0.1")
    await take(page, "person")
    await page.keyboard.press("Escape")
    await page.wait_for_timeout(1000)


async def set_up_plates(page: Page, cameras: Cameras) -> None:
    """Set a licence plate camera up as far as the last step."""
    await page.get_by_text("Set up a camera").first.click()
    await page.wait_for_timeout(1000)
    await page.get_by_text("CAMMRA / AXIS License Plate Verifier", exact=True).last.click()
    await page.wait_for_timeout(1500)
    cgi = cameras.pages.entrance
    await page.locator("ha-form input").nth(0).fill("127.0.0.1")
    await page.locator("ha-form input").nth(1).fill(str(cgi.port))
    await page.locator("ha-form input[type=password]").fill(cgi.password)
    await page.get_by_role("button", name="Submit").click()
    await page.wait_for_timeout(2500)
    await take(page, "set-up-ff")
    await page.keyboard.press("Escape")


async def config_flow(page: Page, url: str) -> None:
    """Add another entry as a user does, as far as the wait for the first push."""
    await page.goto(f"{url}/config/integrations/integration/camera_push")
    await page.wait_for_timeout(3000)
    await page.get_by_text("Add hub").or_(page.get_by_text("Add entry")).first.click()
    await page.wait_for_timeout(1500)
    await page.get_by_text("VStarcam cameras").click()
    await page.get_by_role("button", name="Submit").click()
    await take(page, "first-push")
    await page.keyboard.press("Escape")


async def add_trigger(page: Page, url: str) -> None:
    """Begin an automation."""
    await page.goto(f"{url}/config/automation/edit/new")
    await page.wait_for_timeout(3000)
    with suppress(Error):
        await page.get_by_text("Create new automation").click(timeout=3000)
    await page.get_by_role("button", name="Add trigger").click(timeout=10_000)
    await page.wait_for_timeout(2000)


async def automation(page: Page, url: str) -> None:
    """Look for triggers of a camera, fill one in, look at a blueprint and at the activity list."""
    await add_trigger(page, url)
    await page.get_by_text("Devices", exact=True).last.click()
    await page.wait_for_timeout(1000)
    await page.get_by_text("Entrance", exact=True).last.click()
    await take(page, "automation-triggers")
    await add_trigger(page, url)
    await page.keyboard.type("plate read")
    await page.wait_for_timeout(2000)
    await page.get_by_text("Plate read", exact=True).first.click()
    await take(page, "automation-plate")
    await page.goto(f"{url}/config/blueprint/dashboard")
    await page.wait_for_timeout(3000)
    await page.get_by_text("Open a gate for known vehicles").click()
    await take(page, "blueprint-gate")
    await page.goto(f"{url}/logbook")
    await take(page, "activity")


async def dashboard(page: Page, url: str) -> None:
    """Look at the dashboard: on a desk and on a phone, by day and by night, in two languages."""
    for width, height, theme, language in LOOKS:
        await page.set_viewport_size({"width": width, "height": height})
        await page.emulate_media(color_scheme=theme)
        await page.evaluate("language => localStorage.selectedLanguage = JSON.stringify(language)", language)
        name = f"{'phone' if width < 600 else 'desktop'}-{theme}-{language}"
        await page.goto(f"{url}/camera-push/today")
        await page.wait_for_timeout(5000)
        await take(page, f"dashboard-{name}")
        if language != "en":
            continue
        unknown = page.locator("camera-push-events article.unknown")
        await unknown.first.locator(".open").click()
        await take(page, f"viewer-{name}")
        await page.keyboard.press("Escape")
        await page.wait_for_timeout(500)
        await unknown.first.locator(".assign:visible").click()
        await take(page, f"that-is-{name}")
        await page.keyboard.press("Escape")
    for view in ("cameras", "known", "counts"):
        await page.goto(f"{url}/camera-push/{view}")
        await page.wait_for_timeout(5000)
        await take(page, f"dashboard-{view}")


async def main(path: str) -> int:
    """Start the demo, let it run for a while, and take the pictures."""
    async with demo(free_port(), with_past=True) as (home, cameras), async_playwright() as playwright:
        events = asyncio.create_task(show(home, cameras))
        browser = await open_browser(playwright, path)
        page = await browser.new_page(viewport={"width": 1400, "height": 1000})
        await log_in(page, home.url)
        await asyncio.sleep(25)
        await dashboard(page, home.url)
        await page.set_viewport_size({"width": 1400, "height": 1000})
        entries = await home.get("/api/config/config_entries/entry?domain=camera_push")
        async with home.websocket() as websocket:
            devices = await websocket.command("config/device_registry/list")
        front_door = next(device for device in devices if device["name_by_user"] == "Front door")
        entrance = next(device for device in devices if device["name_by_user"] == "Entrance")
        await page.goto(f"{home.url}/config/devices/device/{front_door['id']}")
        await take(page, "device-vstarcam")
        await page.goto(f"{home.url}/config/devices/device/{entrance['id']}")
        await take(page, "device-ff")
        vehicle = next(device for device in devices if device["name"] == "My car")
        await page.goto(f"{home.url}/config/devices/device/{vehicle['id']}")
        await take(page, "device-vehicle")
        entry = next(entry for entry in entries if entry["title"] == "VStarcam")
        root = "media-source://camera_push"
        kind = f"video,{root}/{entry['entry_id']}/camera/{cameras.front_door.camera.vuid}"
        item = "/".join(quote(part, safe="") for part in (f"app,{root}", kind))
        await page.goto(f"{home.url}/media-browser/browser/{item}")
        await page.locator(".child").first.click()
        await take(page, "media-browser")
        await page.goto(f"{home.url}/config/integrations/integration/camera_push")
        await page.wait_for_timeout(3000)
        await set_up_camera(page, cameras)
        await page.locator("ha-config-entry-row").nth(2).get_by_label("Configure").first.click()
        await take(page, "options")
        await page.keyboard.press("Escape")
        await page.goto(f"{home.url}/config/integrations/integration/camera_push")
        await page.wait_for_timeout(3000)
        await add_vehicle(page)
        await add_person(page)
        await page.locator("ha-config-entry-row").first.get_by_label("Configure").first.click()
        await page.wait_for_timeout(1500)
        for title in ("Receive over TCP", "Receive over FTP"):
            await page.get_by_text(title).click()
        await take(page, "options-ff")
        await page.keyboard.press("Escape")
        await page.wait_for_timeout(1000)
        await set_up_plates(page, cameras)
        await config_flow(page, home.url)
        await automation(page, home.url)
        assert len(entries) == 4
        await browser.close()
        events.cancel()
        with suppress(asyncio.CancelledError):
            await events
    return 0


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--browser", required=True)
    sys.exit(asyncio.run(main(parser.parse_args().browser)))
