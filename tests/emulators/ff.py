"""An FF camera (CAMMRA, AXIS License Plate Verifier): events and keepalives over HTTP."""

import base64
from collections.abc import Iterable
from datetime import UTC, datetime
import json
from typing import Any

from .http import BOUNDARY, Field, Poster, Reply, form


class FFCamera:
    """Pushes the events of passing cars; numbers travel as texts, as the real ones' do."""

    def __init__(self, device_id: str, poster: Poster, webhook_id: str, serial: str = "ACCC8E000001") -> None:
        self.device_id = device_id
        self.poster = poster
        self.webhook_id = webhook_id
        self.serial = serial
        self.packets = 0

    def event(
        self, state: str = "new", *, at: datetime | None = None, plate: str = "47ATDPN", **changes: Any
    ) -> dict[str, Any]:
        """Return an event; `changes` replace its keys, None takes one out."""
        at = at or datetime.now(UTC)
        self.packets += 1
        event: dict[str, Any] = {
            "packetCounter": str(self.packets),
            "capture_timestamp": str(int(at.timestamp() * 1000)),
            "frame_timestamp": "0",
            "capture_ts": str(int(at.timestamp() * 1000) * 1_000_000),
            "datetime": f"{at:%Y%m%d %H%M%S}{at.microsecond // 1000:03d}",
            "plateText": plate,
            "plateUnicode": plate,
            "plateUTF8": plate,
            "plateASCII": plate,
            "plateCountry": "USA",
            "plateISO3166-2": "",
            "plateRegion": "",
            "plateRegionCode": "0",
            "plateList": "",
            "plateListMode": "",
            "plateListDescription": "",
            "plateConfidence": "0.913",
            "carState": state,
            "carID": "7543",
            "roiID": "1",
            "carMoveDirection": "unknown" if state == "new" else "in",
            "geotag": {"lat": 50.1, "lon": 14.4},
            "imageType": "vehicle",
            "plateImageType": "jpeg",
            "plateImageSize": "0",
            "plateCoordinates": [10, 20, 100, 30],
            "plateCoordinatesRelative": [1, 2, 10, 3],
            "timeProcessing": "25",
            "GEOtarget": "Camera",
            "imagesURI": [],
            "profileID": "1",
            "vehicle_info": {
                "view": "front",
                "type": "SUV",
                "color": "BLACK",
                "brand": "Ford",
                "model": "Explorer",
                "confidenceMMR": "0.87",
                "confidenceColor": "0.66",
            },
            "camera_info": {
                "SerialNumber": self.serial,
                "ProdShortName": "AXIS P1447-LE",
                "IPAddress": "192.0.2.7",
                "MACAddress": ":".join(self.serial[i : i + 2] for i in range(0, 12, 2)),
            },
            "sensorProviderID": self.device_id,
        }
        event.update(changes)
        return {key: value for key, value in event.items() if value is not None}

    async def send_form(self, event: dict[str, Any] | list, images: Iterable[Field] = (), **kwargs) -> Reply:
        """Send an event with use_multipart on."""
        fields = [Field("event", json.dumps(event).encode(), "event.json", "application/json"), *images]
        return await self.poster.post(
            self.webhook_id, form(fields), f"multipart/form-data; boundary={BOUNDARY}", **kwargs
        )

    async def send_json(self, event: dict[str, Any] | list, **kwargs) -> Reply:
        """Send an event with use_multipart off, or anything else as JSON."""
        return await self.poster.post(
            self.webhook_id, json.dumps(event).encode(), "application/json", **kwargs
        )

    async def read(self, state: str = "new", *, images: Iterable[Field] = (), **changes: Any) -> Reply:
        """Send a plate read."""
        return await self.send_form(self.event(state, **changes), images)

    def keepalive(self, at: datetime | None = None, device_id: str | None = None) -> dict[str, Any]:
        """Return AXIS License Plate Verifier's keepalive with all fields chosen."""
        at = at or datetime.now(UTC)
        return {
            "system": {"timestamp": f"{at:%Y-%m-%dT%H:%M:%S}.{at.microsecond // 1000:03d}Z"},
            "identify": {
                "platform": "AXIS P1447-LE",
                "version": "11.9.60",
                "ipAddress": "192.0.2.7",
                "macAddress": ":".join(self.serial[i : i + 2] for i in range(0, 12, 2)),
                "osVersion": "10.12.0",
                "anprVersion": "2.7.1",
            },
            "ALPV": {
                "device_ID": self.device_id if device_id is None else device_id,
                "version": "2.9.19",
                "numFrames": "120034",
                "numFramesAvg": "25",
                "numberOfReads": "321",
            },
            "services": {"Available Memory": 123456},
        }


def image(name: str, data: bytes, filename: str = "image.jpg", content_type: str = "image/jpeg") -> Field:
    """Return a picture as a part of a form."""
    return Field(name, data, filename, content_type)


def embedded(kind: str, data: bytes) -> dict[str, str]:
    """Return a picture as an item of ImageArray."""
    return {"ImageType": kind, "ImageFormat": "jpeg", "BinaryImage": base64.b64encode(data).decode()}
