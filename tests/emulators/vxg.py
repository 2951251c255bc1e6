"""A VXG Cloud VMS server: tokens, cameras, types of event, stored events, pictures, and faults."""

import asyncio
from base64 import b64encode
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
import json
from typing import Any

from aiohttp import web

from .pictures import jpeg


def event_type(name: str, *, trigger: bool = False, **settings: bool) -> dict[str, Any]:
    """Return a type of event as the server tells it."""
    caps = {"can_be_triggered": trigger, "can_record": True, "can_snapshot": True, "is_periodic": False}
    return {"name": name, "notify": True, "receive": True, "generate_images": False, "caps": caps, **settings}


@dataclass
class VxgServer:
    """Answers like the server does; fields change what it does."""

    key: str = "v3.SECRETKEY"
    token: str = "share.SECRETTOKEN"
    cameras: dict[str, str] = field(default_factory=lambda: {"237863": "Gate"})
    types: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    events: list[dict[str, Any]] = field(default_factory=list)
    created: list[dict[str, Any]] = field(default_factory=list)
    triggered: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    images: dict[str, bytes] = field(default_factory=dict)
    live: bytes | None = None
    live_as_json: bool = False
    clock: timedelta = timedelta()
    date: str | None = None
    status: int = 200
    statuses: list[int] = field(default_factory=list)
    retry_after: str | None = None
    body: bytes | None = None
    account_events_forbidden: bool = False
    shared_token: str | None = None
    stalled: str | None = None
    fails_at_offset: int | None = None
    failing: dict[str, int | bytes] = field(default_factory=dict)
    detections: dict[str, Any] = field(default_factory=dict)
    types_status: int = 200
    requests: list[tuple[str, str, dict[str, str]]] = field(default_factory=list)
    hangs: bool = False
    closes: bool = False
    hanging: int = 0
    max_page: int = 1000
    port: int = 0

    def __post_init__(self) -> None:
        for camera in self.cameras:
            self.types[camera] = [
                event_type("motion", record=True, snapshot=True),
                event_type("sound"),
                event_type("net"),
                event_type("custom", trigger=True),
            ]

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def now(self) -> datetime:
        return datetime.now(UTC) + self.clock

    def access_token(self, camera: str = "237863", **changes: Any) -> str:
        """Return a channel's access token."""
        data = {"camid": int(camera), "cmngrid": 1, "access": "all", "token": self.token, "api": "127.0.0.1"}
        data |= {"cam": "127.0.0.1", "api_p": self.port} | changes
        data = {key: value for key, value in data.items() if value is not None}
        return b64encode(json.dumps(data).encode()).decode()

    def happen(
        self,
        name: str = "motion",
        *,
        camera: str = "237863",
        at: datetime | None = None,
        picture: bool = False,
        labels: Sequence[str] = (),
        **meta: Any,
    ) -> dict[str, Any]:
        """Have an event stored."""
        number = len(self.events) + 1
        event: dict[str, Any] = {
            "id": number,
            "camid": int(camera),
            "name": name,
            "time": (at or self.now).replace(tzinfo=None).isoformat(timespec="microseconds"),
            "meta": meta,
        }
        if picture:
            self.images[str(number)] = jpeg(f"event {number}", (320, 200))
            event["thumb"] = {"url": f"{self.url}/files/{number}?signature={'s' * 300}"}
        if labels:
            self.detections[str(number)] = {
                "objects": [{"label": label, "box": {"left": 1, "top": 2}} for label in labels]
            }
            event["filemeta"] = {"download": {"url": f"{self.url}/meta/{number}?signature=x"}}
        self.events.append(event)
        return event

    def _is_allowed(self, request: web.Request) -> bool:
        scheme, _, secret = request.headers.get("Authorization", "").partition(" ")
        allowed = [("LKey", self.key), ("Acc", self.access_token())]
        return (scheme, secret) in (*allowed, ("SI", self.shared_token))

    @web.middleware
    async def _all(self, request: web.Request, handler: Any) -> web.StreamResponse:
        self.requests.append((request.method, request.path, dict(request.query)))
        while self.hangs:
            self.hanging = 1
            transport = request.transport
            await asyncio.sleep(0.01)
            if transport is None or transport.is_closing():
                self.hanging = 0
                return web.Response()
        response = await self._before(request) or await handler(request)
        response.headers["Date"] = format_datetime(self.now) if self.date is None else self.date
        if self.closes:
            response.force_close()
        return response

    async def _before(self, request: web.Request) -> web.Response | None:
        if request.path.startswith(("/files/", "/meta/")):
            # Signed links need no key, and must not get one.
            return web.Response(status=400) if "Authorization" in request.headers else None
        status = self.statuses.pop(0) if self.statuses else self.status
        if status != 200:
            headers = {"Retry-After": self.retry_after} if self.retry_after is not None else {}
            return web.Response(status=status, headers=headers)
        if not self._is_allowed(request):
            return web.Response(status=401)
        return None if self.body is None else web.Response(body=self.body)

    def _page(self, request: web.Request, objects: list[Any]) -> web.Response:
        offset, limit = int(request.query.get("offset", 0)), int(request.query.get("limit", 20))
        limit = min(limit, self.max_page)
        page = objects[offset : offset + limit]
        more = offset + limit < len(objects)
        meta: dict[str, Any] = {
            "limit": limit,
            "offset": offset,
            "previous": None,
            "total_count": len(objects),
        }
        meta["next"] = f"{request.path}?offset={offset + limit}" if more else None
        return web.json_response({"meta": meta, "objects": page})

    async def _cameras(self, request: web.Request) -> web.Response:
        return self._page(request, [{"id": int(key), "name": name} for key, name in self.cameras.items()])

    async def _camera(self, request: web.Request) -> web.Response:
        camera = request.match_info["id"]
        if camera not in self.cameras:
            return web.Response(status=403)
        return web.json_response({"id": int(camera), "name": self.cameras[camera]})

    async def _types(self, request: web.Request) -> web.Response:
        if self.types_status != 200:
            return web.Response(status=self.types_status)
        types = self.types[request.match_info["id"]]
        if request.method == "POST":
            body = await request.json()
            caps = dict.fromkeys(("can_be_triggered", "can_record", "can_snapshot", "is_periodic"), False)
            types.append({"caps": caps, "custom": True, "receive": False, **body})
            return web.json_response(types[-1], status=201)
        return self._page(request, types)

    async def _type(self, request: web.Request) -> web.Response:
        types = self.types[request.match_info["id"]]
        found = next(it for it in types if it["name"] == request.match_info["name"])
        found |= await request.json()
        return web.json_response(found)

    async def _trigger(self, request: web.Request) -> web.Response:
        self.triggered.append((request.match_info["name"], await request.json()))
        return web.Response(status=204)

    async def _events(self, request: web.Request) -> web.Response:
        if request.method == "POST":
            body = await request.json()
            self.created.append(body)
            return web.json_response({"id": 9000 + len(self.created), **body}, status=201)
        query = request.query
        assert query["order_by"] == "time"
        is_account = request.headers["Authorization"].startswith(("LKey", "SI"))
        if self.account_events_forbidden and is_account and "camid" not in query:
            return web.Response(status=403)
        if query.get("offset") == str(self.fails_at_offset):
            return web.Response(status=400)
        while self.stalled is not None and query.get("camid") == self.stalled:
            await asyncio.sleep(0.01)
        failure = self.failing.get(query.get("camid", ""))
        if isinstance(failure, int):
            return web.Response(status=failure)
        if failure is not None:
            return web.Response(body=failure)
        found = [
            event
            for event in self.events
            if event["time"] >= query["start"]
            and query.get("camid", str(event["camid"])) == str(event["camid"])
        ]
        return self._page(request, sorted(found, key=lambda event: event["time"]))

    async def _live(self, request: web.Request) -> web.Response:
        if self.live is None:
            return web.Response(status=404)
        if self.live_as_json:
            self.images["live"] = self.live
            return web.json_response({"url": f"{self.url}/files/live", "expire": "2026-01-01T00:00:00"})
        return web.Response(body=self.live, content_type="image/jpeg")

    async def _file(self, request: web.Request) -> web.Response:
        data = self.images.get(request.match_info["id"])
        return (
            web.Response(status=404) if data is None else web.Response(body=data, content_type="image/jpeg")
        )

    async def _detections(self, request: web.Request) -> web.Response:
        # A text, whatever it is called.
        data = json.dumps(self.detections[request.match_info["id"]]).encode()
        return web.Response(body=data, content_type="binary/octet-stream")

    @asynccontextmanager
    async def serve(self) -> AsyncIterator[None]:
        """Serve on a port of loopback."""
        app = web.Application(middlewares=[self._all])
        app.router.add_get("/api/v2/cameras/", self._cameras)
        app.router.add_get("/api/v2/cameras/{id}/", self._camera)
        app.router.add_get("/api/v2/cameras/{id}/preview/", self._live)
        app.router.add_get("/api/v4/live/image/", self._live)
        app.router.add_route("*", "/api/v2/cameras/{id}/event_processing/events/", self._types)
        app.router.add_put("/api/v2/cameras/{id}/event_processing/events/{name}/", self._type)
        app.router.add_post("/api/v2/cameras/{id}/event_processing/events/{name}/trigger/", self._trigger)
        app.router.add_route("*", "/api/v2/storage/events/", self._events)
        app.router.add_get("/files/{id}", self._file)
        app.router.add_get("/meta/{id}", self._detections)
        runner = web.AppRunner(app, shutdown_timeout=0.1)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", self.port).start()
        self.port = runner.addresses[0][1]
        try:
            yield
        finally:
            await runner.cleanup()
            await asyncio.sleep(0)
