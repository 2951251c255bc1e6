"""Looks at the demo's pages with headless Chromium."""

from collections.abc import Awaitable, Callable
import io
from statistics import fmean
from urllib.parse import quote

from PIL import Image
from playwright.async_api import Browser, Error, Locator, Page, Playwright, async_playwright

from .cameras import Cameras
from .cards import check_cards
from .checks import Checks
from .home_assistant import PASSWORD, USER, HomeAssistant

# Few enough pixels that it does not matter how a picture was scaled and compressed.
GRID = (16, 9)
# An image on the page in so many pixels, as shades of grey.
SHADES = """(image, [width, height]) => {
    const canvas = document.createElement("canvas");
    [canvas.width, canvas.height] = [width, height];
    const context = canvas.getContext("2d");
    context.imageSmoothingQuality = "high";
    context.drawImage(image, 0, 0, width, height);
    const { data } = context.getImageData(0, 0, width, height);
    const shade = (_, i) => (data[4 * i] + data[4 * i + 1] + data[4 * i + 2]) / 3;
    return Array.from({ length: width * height }, shade);
}"""
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


async def _shows(image: Locator, expected: bytes) -> bool:
    """Tell whether an image on the page is that picture."""
    small = Image.open(io.BytesIO(expected)).convert("RGB").resize(GRID, Image.Resampling.BOX).tobytes()
    wanted = [sum(small[i : i + 3]) / 3 for i in range(0, len(small), 3)]
    try:
        found = await image.evaluate(SHADES, list(GRID), timeout=2000)
    except Error:
        return False
    return fmean(abs(one - other) for one, other in zip(found, wanted, strict=True)) <= TOLERANCE


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
        for name, expected in (
            ("Front door", lambda: cameras.front_door.last_picture),
            ("Entrance", lambda: cameras.entrance.last_view),
        ):
            image = page.locator("camera-push-snapshot").filter(has_text=name).locator("img").first

            async def shown(image: Locator = image, expected: Callable[[], bytes] = expected) -> bool:
                return await _shows(image, expected())

            await checks.eventually(
                f"{name}'s last picture on the dashboard", expected=True, find=shown, seconds=40
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
        # The last entry goes here, too.
        await check_cards(page, home, guarded)
        await browser.close()
