"""A 3DiVi OMNI Platform: websockets old and new, pictures, GraphQL, webhooks, and all that can go wrong."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, nullcontext
from dataclasses import dataclass, field
from datetime import UTC, datetime
import json
import re
import ssl
from typing import Any

from aiohttp import WSCloseCode, web

from .http import Poster, Reply
from .pictures import jpeg


@dataclass
class OmniPlatform:
    """Answers like the platform does; fields change what it does."""

    endpoint_id: str = "11111111-2222-3333-4444-555555555555"
    key: str | None = None
    images_need_key: bool = False
    websocket_needs_key: bool = True
    pages_until_error: int | None = None
    images: dict[str, bytes] = field(default_factory=dict)
    image_status: int = 200
    image_delay: float = 0
    images_hang: bool = False
    stalled: re.Pattern[str] | None = None
    one_image_at_a_time: asyncio.Lock | None = None
    graphql_status: int = 200
    graphql_body: bytes | None = None
    graphql_hangs: bool = False
    names: dict[str, str] = field(default_factory=dict)
    watchlists: dict[str, str] = field(default_factory=dict)
    names_status: int = 200
    names_body: bytes | None = None
    named: list[list[str]] = field(default_factory=list)
    hangs: bool = False
    refuses_websocket: bool = False
    answers_pings: bool = True
    asked: list[str] = field(default_factory=list)
    kept: list[dict[str, Any]] = field(default_factory=list)
    queries: list[tuple[str, int, int]] = field(default_factory=list)
    opened: dict[web.WebSocketResponse, web.Request] = field(default_factory=dict)
    port: int = 0
    events: int = 0
    connections: int = 0
    asking: int = 0
    most_images: int = 0
    closing: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def sockets(self) -> list[web.WebSocketResponse]:
        """Return the connections that are open: what is sent to one that is closing gets lost."""
        return [socket for socket in self.opened if not socket.closed]

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def event(
        self,
        kind: str = "identification",
        *,
        at: datetime | None = None,
        profile: str | None = "profile-1",
        confidence: float = 0.93,
        pictures: bool = True,
        camera: str = "cam-1",
        **changes: Any,
    ) -> dict[str, Any]:
        """Return an event; its pictures are there to be fetched."""
        self.events += 1
        at = at or datetime.now(UTC)
        event_id = f"event-{self.events}"
        body: dict[str, Any] = {
            "type": kind,
            "activity_id": f"activity-{self.events}",
            "camera": {
                "id": camera,
                "type": "rtsp",
                "title": "Lobby",
                "stream": "rtsp://admin:secret-stream@192.0.2.7/live",
                "real_name": "Camera 1",
                "agent_id": "agent-1",
            },
            "candidates": [],
            "event": {"id": event_id, "detection_date": f"{at:%Y-%m-%d %H:%M:%S.%f}+00:00"},
        }
        if profile is not None:
            body["candidates"] = [
                {
                    "profile": {
                        "id": profile,
                        "age": 34,
                        "gender": "FEMALE",
                        "avatar_id": "avatar-1",
                        "main_sample_id": "sample-1",
                        "sample_link": f"{self.url}/event-service/get-image/sample-1",
                    },
                    "profile_groups": [{"id": "group-1", "color": "#ff0000"}],
                    "confidence": confidence,
                }
            ]
        if pictures:
            for key in ("image", "original_image"):
                image_id = f"{key}-{self.events}"
                size = (40, 40) if key == "image" else (320, 200)
                self.images[image_id] = jpeg(f"{key} {self.events}", size)
                body["event"][key] = image_id
                body["event"][f"{key}_link"] = f"{self.url}/event-service/get-image/{image_id}"
        return body | changes

    def keep(self, event: dict[str, Any]) -> None:
        """Have an event in what GraphQL returns."""
        found = event["candidates"][0] if event["candidates"] else None
        data: dict[str, Any] = {"activity_id": event["activity_id"]}
        for key in ("image", "original_image"):
            if key in event["event"]:
                data[f"${key}"] = {"id": event["event"][key]}
        if found:
            data["identification_data"] = {
                "profile_id": found["profile"]["id"],
                "profile_group_ids": [group["id"] for group in found["profile_groups"]],
                "confidence": found["confidence"],
            }
        date = datetime.fromisoformat(event["event"]["detection_date"]).isoformat()
        self.kept.append(
            {
                "id": event["event"]["id"],
                "date": date,
                "data": data,
                "agentId": "agent-1",
                "cameraId": event["camera"]["id"],
                "type": event["type"].upper(),
            }
        )

    # What it sends

    async def send(self, *events: Any) -> None:
        """Send events to whoever is connected."""
        for socket in list(self.sockets):
            for event in events:
                await socket.send_str(event if isinstance(event, str) else json.dumps(event))

    async def drop(self) -> None:
        """Lose all connections, without a word."""
        for socket in list(self.sockets):
            if (transport := self.opened[socket].transport) is not None:
                transport.abort()
        while self.sockets:
            await asyncio.sleep(0.005)

    async def wait_until_connected(self) -> None:
        """Wait until somebody is connected."""
        while not self.sockets:
            await asyncio.sleep(0.05)

    async def post(self, poster: Poster, webhook_id: str, event: Any) -> Reply:
        """Push to a webhook."""
        return await poster.post(webhook_id, json.dumps(event).encode(), "application/json")

    # What it answers

    async def _websocket(self, request: web.Request) -> web.StreamResponse:
        if self.hangs:
            await self.closing.wait()
        if self.refuses_websocket:
            return web.Response(text="<html>")
        needs_key = self.key is not None and self.websocket_needs_key
        if needs_key and request.headers.get("Token") != self.key:
            return web.Response(status=401)
        self.asked.append(request.path_qs)
        socket = web.WebSocketResponse(autoping=self.answers_pings)
        await socket.prepare(request)
        self.connections += 1
        if request.query.get("endpoint_id") != self.endpoint_id:
            await socket.close(code=WSCloseCode.POLICY_VIOLATION)
            return socket
        self.opened[socket] = request
        try:
            async for _ in socket:
                pass
        finally:
            del self.opened[socket]
        return socket

    async def _image(self, request: web.Request) -> web.Response:
        self.asked.append(request.path_qs)
        self.asking += 1
        self.most_images = max(self.most_images, self.asking)
        try:
            async with self.one_image_at_a_time or nullcontext():
                hangs = self.images_hang or (self.stalled and self.stalled.search(request.path))
                await (self.closing.wait() if hangs else asyncio.sleep(self.image_delay))
        finally:
            self.asking -= 1
        if self.images_need_key and request.headers.get("Token") != self.key:
            return web.Response(status=401)
        if self.image_status != 200:
            status, self.image_status = self.image_status, 200
            return web.Response(status=status, headers={"Location": f"{self.url}/elsewhere"})
        data = self.images.get(request.match_info["id"])
        return (
            web.Response(status=404) if data is None else web.Response(body=data, content_type="image/jpeg")
        )

    @staticmethod
    def _denied() -> web.Response:
        """Say that access is denied: in a success."""
        return web.json_response({"data": None, "errors": [{"message": "Access denied", "path": ["events"]}]})

    @staticmethod
    def _arguments(query: str) -> tuple[str, int, int]:
        """Return start, offset and limit of a query for events; the type of a date may be any."""
        assert "$" not in query
        assert "order: {date: ASC}" in query
        found = re.search(r'gte: "([^"]+)".*offset: (\d+), limit: (\d+)', query)
        assert found is not None
        return found[1], int(found[2]), int(found[3])

    async def _profiles(self, request: web.Request) -> web.Response:
        query = (await request.json())["query"]
        found = re.search(r"profiles\(ids: (\[[^\]]*\])\)", query)
        assert found is not None
        ids = json.loads(found[1])
        self.named.append(ids)
        if self.names_status != 200 or self.names_body is not None:
            return web.Response(status=self.names_status, body=self.names_body)
        if self.key is not None and request.headers.get("Token") != self.key:
            return self._denied()
        groups = [{"id": group, "title": title} for group, title in self.watchlists.items()]
        items = [
            {"id": profile, "info": {"name": self.names[profile]}, "profileGroups": groups}
            for profile in ids
            if profile in self.names
        ]
        return web.json_response({"data": {"profiles": {"collectionItems": items}}})

    async def _graphql(self, request: web.Request) -> web.Response:
        query = (await request.json())["query"]
        start, offset, limit = self._arguments(query)
        self.queries.append((start, offset, limit))
        if self.key is not None and request.headers.get("Token") != self.key:
            return self._denied()
        while self.graphql_hangs:
            await asyncio.sleep(0.01)
        if self.graphql_status != 200 or self.graphql_body is not None:
            return web.Response(status=self.graphql_status, body=self.graphql_body)
        if self.pages_until_error is not None:
            self.pages_until_error -= 1
            if self.pages_until_error < 0:
                self.pages_until_error = None
                return web.Response(body=b'{"data": {"events": {"collectionIte')
        since = datetime.fromisoformat(start)
        found = sorted(
            (item for item in self.kept if datetime.fromisoformat(item["date"]) >= since),
            key=lambda item: item["date"],
        )
        page = found[offset : offset + limit]
        return web.json_response({"data": {"events": {"totalCount": len(found), "collectionItems": page}}})

    async def _elsewhere(self, request: web.Request) -> web.Response:
        self.asked.append(request.path_qs)
        return web.Response(body=jpeg("elsewhere"), content_type="image/jpeg")

    @asynccontextmanager
    async def serve(self, tls: ssl.SSLContext | None = None) -> AsyncIterator[None]:
        """Serve on a port of loopback."""
        app = web.Application()
        app.router.add_get("/event-service/ws", self._websocket)
        app.router.add_get("/event-service/{type}/ws", self._websocket)
        app.router.add_get("/event-service/get-image/{id}", self._image)
        app.router.add_post("/event-service/graphql", self._graphql)
        app.router.add_post("/api/v2/", self._profiles)
        app.router.add_get("/{tail:.*}", self._elsewhere)
        runner = web.AppRunner(app, shutdown_timeout=0.1)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", self.port, ssl_context=tls).start()
        self.port = runner.addresses[0][1]
        try:
            yield
        finally:
            self.closing.set()
            await runner.cleanup()
            self.closing = asyncio.Event()
