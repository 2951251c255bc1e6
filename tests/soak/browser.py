"""A page of somebody else, open in a browser in the house, posts to every port that we open."""

import asyncio
from collections import Counter
from contextlib import suppress
from datetime import UTC, datetime
import json
import subprocess
from typing import Any

from aiohttp import web
from playwright.async_api import Error, async_playwright

from ..demo.browser import open_browser
from ..demo.home_assistant import REPOSITORY, free_port
from ..emulators.ff import FFCamera
from ..emulators.ff_ftp import VIEW, FtpClient, name, path
from ..emulators.ff_tcp import TcpLink
from .home import SoakHome
from .report import Report

_FTP = {"username": "camera", "password": "secret"}
_NOBODY: Any = None
# What a page may send elsewhere without asking: a request, a form, a beacon, a WebSocket.
_ATTACK = """async ([ports, bodies]) => {
    const wait = (promise) => Promise.race([promise, new Promise(r => setTimeout(r, 3000))]).catch(() => 0);
    for (const port of ports) for (const body of bodies) {
        // Over TLS it comes to no request, but to a handshake that holds what the page chose.
        await wait(fetch(`https://127.0.0.1:${port}/`, {method: "POST", mode: "no-cors", body}));
        await wait(new Promise(done => {
            const socket = new WebSocket(`wss://127.0.0.1:${port}/`);
            socket.onerror = socket.onclose = done;
        }));
        const url = `http://127.0.0.1:${port}/`;
        for (const method of ["POST", "GET", "PUT"]) for (const mode of ["no-cors", "cors"])
            await wait(fetch(url, {method, mode, body: method == "GET" ? undefined : body}));
        await wait(fetch(url, {method: "POST", mode: "no-cors", body: new Blob([body])}));
        navigator.sendBeacon(url, body);
        const form = new FormData();
        form.append("event", new Blob([body], {type: "application/json"}), "event.json");
        await wait(fetch(url, {method: "POST", mode: "no-cors", body: form}));
        await wait(new Promise(done => {
            const socket = new WebSocket(`ws://127.0.0.1:${port}/`);
            socket.onopen = () => socket.send(body);
            socket.onerror = socket.onclose = done;
        }));
        for (const enctype of ["text/plain", "multipart/form-data", "application/x-www-form-urlencoded"]) {
            const frame = document.body.appendChild(document.createElement("iframe"));
            frame.name = `frame${Math.random()}`;
            const form = document.body.appendChild(document.createElement("form"));
            const field = form.appendChild(document.createElement("textarea"));
            Object.assign(form, {method: "POST", action: url, enctype, target: frame.name});
            Object.assign(field, {name: body, value: body});
            form.submit();
            await new Promise(r => setTimeout(r, 200));
        }
    }
}"""


async def _store_files(port: int, stopped: asyncio.Event) -> list[int]:
    """Store a file after the other as a camera, whose passive port is open most of the time."""
    codes: list[int] = []
    while not stopped.is_set() or not codes:
        at = datetime.now(UTC)
        async with FtpClient(port) as client:
            await client.login()
            host, data_port = await client.data_port()
            await client.command(f"STOR {path('gate', at, name(at, f'FILE{len(codes)}', car=len(codes)))}")
            await asyncio.sleep(0.3)
            async with TcpLink(data_port, host) as data:
                await data.send_bytes(VIEW)
            codes.append((await client.reply())[0])
    return codes


async def run(home: SoakHome, report: Report) -> None:
    """Open the page."""
    report.begin("A page of another origin in Chromium")
    try:
        found = subprocess.run(
            [REPOSITORY / "scripts" / "browser"], check=True, capture_output=True, text=True
        )
    except (OSError, subprocess.CalledProcessError) as err:
        report.figure("there is no browser", err)
        return
    entry_id, webhook_id = await home.add("ff")
    tcp, ftp, passive = free_port(), free_port(), free_port()
    options = {"tcp": {"port": tcp}, "ftp": {"port": ftp, "passive_ports": str(passive), **_FTP}}
    await home.set_options(entry_id, options)
    await home.loaded()
    camera = FFCamera("browser", _NOBODY, webhook_id)
    # The first knows what the camera sends, the second user and password of FTP.
    store = path("browser", datetime.now(UTC), name(datetime.now(UTC)))
    bodies = [
        json.dumps(camera.event()),
        f"\r\nUSER camera\r\nPASS secret\r\nPASV\r\nSTOR {store}\r\n",
    ]
    origin = free_port()
    runner = web.AppRunner(web.Application())

    async def page(request: web.Request) -> web.Response:
        return web.Response(text="<!doctype html><body>", content_type="text/html")

    runner.app.router.add_get("/", page)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", origin).start()
    try:
        async with async_playwright() as playwright:
            browser = await open_browser(playwright, found.stdout.strip())
            tab = await browser.new_page()
            await tab.goto(f"http://localhost:{origin}/")
            stopped = asyncio.Event()
            storing = asyncio.create_task(_store_files(ftp, stopped))
            with suppress(Error):
                await tab.evaluate(_ATTACK, [[tcp, ftp, passive], bodies])
            await asyncio.sleep(1)
            await browser.close()
            stopped.set()
            codes = await storing
    finally:
        await runner.cleanup()
    state = await home.diagnostics(entry_id)
    report.check("a camera's files came through", set(codes) == {226}, Counter(codes))
    report.check("no other camera appeared", len(state["cameras"]) == 1, len(state["cameras"]))
    report.check(
        "nothing else was taken in", sum(state["received"].values()) == len(codes), state["received"]
    )
    for kind in ("tcp", "ftp"):
        refused = state["transports"][kind]["refused"]
        only_http = refused.get("http", 0) > 10 and not set(refused) - {"http", "disconnected"}
        report.check(f"{kind.upper()} counted the requests by their name", only_http, refused)
    complaints = home.complaints()
    report.check("nothing of ours is in the log as an error", not complaints, "".join(complaints)[:3000])
