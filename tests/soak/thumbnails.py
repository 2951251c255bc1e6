"""Pictures that are small as a file and huge in memory: what it takes to make thumbnails of them."""

import asyncio
from typing import Any

from custom_components.camera_push.domain.media_id import MediaId

from ..bench.pushes import request, send
from ..emulators.hostile_pictures import PICTURES
from ..emulators.http import form
from ..emulators.pictures import jpeg
from ..emulators.vstarcam import VStarcamCamera
from .home import SoakHome
from .report import Report

_NOBODY: Any = None
_LIMIT_MIB = 150
# Whoever opens a folder of the media browser asks for many at once.
_TIMES = 3


async def run(home: SoakHome, report: Report) -> None:
    """Push them, and ask for all thumbnails at once."""
    report.begin("Memory while thumbnails are made")
    _, webhook_id = await home.add("vstarcam")
    await home.loaded()
    camera = VStarcamCamera("VCTHUMBNAIL001", _NOBODY, "")
    made = await asyncio.to_thread(lambda: [make() for make in PICTURES.values()])
    # The first has the libraries loaded.
    pushed = [
        await send(home.port, request("x", webhook_id, form(camera.fields("18", data))))
        for data in (jpeg(), *made)
    ]
    report.check("all were taken in", set(pushed) == {200}, pushed)
    path = "/api/services/camera_push/list_media?return_response"
    listed = (await home.post(path, {"kind": "motion"}))["service_response"]["media"]
    paths = [found.thumbnail_path for item in listed if (found := MediaId.parse(item["media"])) is not None]
    await home.get_bytes(paths[-1])
    idle = peak = home.memory()
    asking = asyncio.gather(*(home.get_bytes(path) for path in paths * _TIMES))
    while not asking.done():
        peak = max(peak, home.memory())
        await asyncio.sleep(0.002)
    took = (peak - idle) // 1024 // 1024
    report.check("every request has an answer", all(await asking))
    report.check(f"at most {_LIMIT_MIB} MiB more than before", took <= _LIMIT_MIB, f"{took} MiB")
    complaints = home.complaints()
    report.check("nothing of ours is in the log as an error", not complaints, "".join(complaints)[:3000])
