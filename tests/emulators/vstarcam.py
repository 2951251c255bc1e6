"""A VStarcam camera: heartbeats and alarms as its firmware sends them."""

import json

from .http import BOUNDARY, Field, Poster, Reply, form
from .pictures import jpeg

ALARMS = {
    "motion": 0x12,
    "doorbell": 0x14,
    "smoke_alarm": 0x26,
    "absence": 0x27,
    "baby_crying": 0x28,
    "humanoid": 0x29,
    "fire": 0x6D,
    "smoke": 0x6E,
}


class VStarcamCamera:
    """Pushes to one URL, like the camera's heartbeat and alarm servers set to it."""

    def __init__(self, vuid: str, poster: Poster, webhook_id: str) -> None:
        self.vuid = vuid
        self.poster = poster
        self.webhook_id = webhook_id

    async def heartbeat(self, **kwargs) -> Reply:
        """Send the documented heartbeat."""
        return await self.poster.post(
            self.webhook_id,
            json.dumps({"vuid": self.vuid}).encode(),
            "application/json; charset=UTF-8",
            **kwargs,
        )

    def fields(
        self, kind: int | str = 0x12, picture: bytes | None = None, video: bytes | None = None
    ) -> list[Field]:
        """Return the parts of an alarm, as documented."""
        fields = [
            Field("vuid", self.vuid.encode()),
            Field("type", str(kind).encode()),
            Field("picture", jpeg() if picture is None else picture, "snap.jpg", "image/jpeg"),
        ]
        if video is not None:
            fields.append(Field("video", video, "clip.mp4", "video/mp4"))
        return fields

    async def send(self, fields: list[Field], **kwargs) -> Reply:
        """Send a form."""
        return await self.poster.post(
            self.webhook_id, form(fields), f"multipart/form-data; boundary={BOUNDARY}", **kwargs
        )

    async def alarm(
        self, kind: int | str = 0x12, picture: bytes | None = None, video: bytes | None = None
    ) -> Reply:
        """Send the documented alarm."""
        return await self.send(self.fields(kind, picture, video))
