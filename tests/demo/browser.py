"""Looks at the demo's pages with headless Chromium."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from urllib.parse import quote

from playwright.async_api import Browser, Error, Locator, Page, Playwright, async_playwright

from .cameras import Cameras
from .checks import Checks
from .home_assistant import PASSWORD, USER, HomeAssistant

# The colour of a picture's corner, where nothing is drawn.
CORNER = """image => {
    const canvas = document.createElement("canvas");
    canvas.width = image.naturalWidth;
    canvas.height = image.naturalHeight;
    const context = canvas.getContext("2d");
    context.drawImage(image, 0, 0);
    return Array.from(context.getImageData(3, 3, 1, 1).data.slice(0, 3));
}"""
# JPEG is not exact.
TOLERANCE = 12


async def open_browser(playwright: Playwright, path: str) -> Browser:
    """Start the browser; it is to fetch nothing of its own."""
    return await playwright.chromium.launch(
        executable_path=path,
        args=[
            "--no-sandbox",
            "--disable-gpu",
            "--disable-quic",
            "--no-first-run",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
            "--autoplay-policy=no-user-gesture-required",
        ],
    )


async def log_in(page: Page, url: str) -> None:
    """Log in as the demo's owner."""
    await page.goto(url)
    await page.get_by_label("Username").fill(USER)
    await page.locator("input[name=password]").fill(PASSWORD)
    await page.keyboard.press("Enter")
    await page.wait_for_selector("home-assistant-main", state="attached", timeout=60_000)


async def _is_color(image: Locator, color: str) -> bool:
    """Tell whether an image on the page has a picture of that colour."""
    expected = [int(color[i : i + 2], 16) for i in (1, 3, 5)]
    try:
        found = await image.evaluate(CORNER, timeout=2000)
    except Error:
        return False
    return all(abs(one - other) <= TOLERANCE for one, other in zip(found, expected, strict=True))


async def _video(page: Page) -> str:
    """Return how far the video on the page is: that it plays, or that this browser cannot play it."""
    return await page.locator("video").first.evaluate(
        """async video => {
            if (!video.canPlayType('video/mp4; codecs="avc1.42E01E"')) return "no codec, file offered";
            for (let i = 0; i < 100 && video.readyState < 2; i++) await new Promise(r => setTimeout(r, 100));
            return video.readyState >= 2 ? "plays" : `readyState ${video.readyState}`;
        }""",
        timeout=20_000,
    )


async def check_pages(path: str, home: HomeAssistant, cameras: Cameras, checks: Checks) -> None:
    """Check that the dashboard shows the pictures that were pushed, and that a clip plays."""

    async def guarded(what: str, expected: object, find: Callable[[], Awaitable[object]]) -> None:
        try:
            found = await find()
        except Error as err:
            found = str(err).splitlines()[0]
        checks.check(what, expected, found)

    async with async_playwright() as playwright:
        browser = await open_browser(playwright, path)
        page = await browser.new_page(viewport={"width": 1400, "height": 1000})
        await log_in(page, home.url)
        await page.goto(f"{home.url}/camera-push/cameras")
        cards = page.locator("hui-picture-entity-card")
        for number, camera in ((0, cameras.front_door), (3, cameras.entrance)):

            async def shown(number: int = number, color: str = camera.color) -> bool:
                return await _is_color(cards.nth(number).locator("img").first, color)

            await checks.eventually(
                f"pixels of {camera.name} on the dashboard", expected=True, find=shown, seconds=40
            )

        async def play() -> str:
            entries = await home.get("/api/config/config_entries/entry?domain=camera_push")
            entry = next(entry for entry in entries if entry["title"] == "VStarcam")
            root = "media-source://camera_push"
            folders = (f"app,{root}", f"video,{root}/{entry['entry_id']}/kind/motion")
            folder = "/".join(quote(part, safe="") for part in folders)
            await page.goto(f"{home.url}/media-browser/browser/{folder}")
            # Newest first: the clip of the scenario's beginning is the last but one.
            items = page.locator(".child")
            await items.first.wait_for(timeout=20_000)
            await page.screenshot(path=home.folder.with_name("media.png"))
            await items.nth(await items.count() - 2).click(timeout=20_000)
            return await _video(page)

        async def plays_or_is_offered() -> bool:
            return await play() in ("plays", "no codec, file offered")

        await guarded("a clip in the media browser plays", expected=True, find=plays_or_is_offered)
        await browser.close()
