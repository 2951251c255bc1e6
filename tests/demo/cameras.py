"""The demo's cameras: what they are called and what they send."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from ..emulators.ff import FFCamera, embedded, image
from ..emulators.ff_cgi import FFCgiServer
from ..emulators.ff_ftp import FtpClient, name as ftp_name, path as ftp_path
from ..emulators.ff_tcp import TcpLink
from ..emulators.http import Poster, Reply
from ..emulators.omni import OmniPlatform
from ..emulators.pictures import clip
from ..emulators.vstarcam import ALARMS, VStarcamCamera
from ..emulators.vstarcam_cgi import CgiServer
from ..emulators.vxg import VxgServer
from .cast import face, picture, plate_crop, vehicle
from .home_assistant import PASSWORD, USER

# Of the demo's Home Assistant, and so of its cameras.
TIME_ZONE = ZoneInfo("Europe/Berlin")


@dataclass
class DemoVStarcam:
    """A VStarcam camera with a name of its own."""

    name: str
    camera: VStarcamCamera
    last_picture: bytes = b""

    @property
    def prefix(self) -> str:
        """Return what the camera's entity ids begin with."""
        return f"vstarcam_{self.camera.vuid.lower()}"

    async def alarm(self, what: str | int, *, with_clip: bool = False) -> Reply:
        """Send an alarm with a picture of it."""
        self.last_picture = picture(self.name, str(what), datetime.now(TIME_ZONE))
        code = ALARMS[what] if isinstance(what, str) else what
        return await self.camera.alarm(code, self.last_picture, clip() if with_clip else None)


@dataclass
class DemoFF:
    """An FF camera that sees cars, and how it delivers what it saw."""

    name: str
    camera: FFCamera
    transport: str
    port: int = 0
    last_view: bytes = b""
    last_crop: bytes = b""
    car: int = 7000

    @property
    def prefix(self) -> str:
        """Return what the camera's entity ids begin with."""
        return self.camera.device_id.replace("-", "_")

    def next_car(self) -> None:
        """Let the next car come."""
        self.car += 1

    async def read(
        self, state: str, plate: str, confidence: float = 0.9, *, ago: timedelta = timedelta(), **changes: Any
    ) -> None:
        """Send a plate read of the car that is passing, with a view of it and a crop of its plate."""
        at = datetime.now(UTC) - ago
        local = at.astimezone(TIME_ZONE)
        seen = vehicle(plate)
        number = seen.car.plate.replace(" ", "")
        # At first, a car is far away.
        view = picture(self.name, f"{number} far" if state == "new" else number, local)
        crop = plate_crop(plate, local)
        if not ago:
            self.last_view, self.last_crop = view, crop
        if self.transport == "ftp":
            await self._leave(plate, local, view, crop, changes.get("carMoveDirection", "unknown"))
            return
        event = self.camera.event(
            state,
            at=at,
            plate=plate,
            plateConfidence=f"{confidence}",
            carID=str(self.car),
            **{"plateCountry": seen.country, "vehicle_info": seen.info} | changes,
        )
        if self.transport == "form":
            images = [image("image", view, "vehicle.jpg"), image("image2", crop, "lp.jpg")]
            await self.camera.send_form(event, images)
            return
        event["ImageArray"] = [embedded("plate", crop), embedded("vehicle", view)]
        if self.transport == "json":
            await self.camera.send_json(event)
            return
        async with TcpLink(self.port) as link:
            await link.send_randomly_split(event, seed=self.car)

    async def _leave(self, plate: str, local: datetime, view: bytes, crop: bytes, direction: str) -> None:
        """Leave two pictures by FTP; their names say the rest."""
        seen = vehicle(plate)
        what = f"{seen.make}_{seen.model}_{seen.kind}_{seen.color}"
        async with FtpClient(self.port, USER, PASSWORD) as client:
            await client.login()
            for area, content in (("roi_1", view), ("lp_1", crop)):
                file_name = ftp_name(
                    local,
                    plate,
                    area=area,
                    car=self.car,
                    direction=direction,
                    country=seen.country,
                    vehicle=what,
                )
                await client.store(ftp_path(self.camera.device_id, local, file_name), content)


@dataclass
class DemoOmni:
    """An OMNI Platform with one camera."""

    platform: OmniPlatform
    last_view: bytes = b""

    async def event(self, kind: str, who: str | None = None, **changes: Any) -> None:
        """Send an event with a face and the full frame."""
        event = self.platform.event(kind, profile=who, **changes)
        group = "group-2" if who == "profile-3" else "group-1"
        for candidate in event["candidates"]:
            candidate["profile_groups"] = [{"id": group, "color": "#2e7d32"}]
            candidate["profile"]["gender"] = "FEMALE" if who == "profile-1" else "MALE"
        number = self.platform.events
        now = datetime.now(TIME_ZONE)
        self.last_view = picture("Lobby", who or "", now)
        self.platform.images[f"original_image-{number}"] = self.last_view
        self.platform.images[f"image-{number}"] = face(who or "")
        await self.platform.send(event)


@dataclass
class DemoVxg:
    """A VXG Cloud VMS with one camera."""

    server: VxgServer
    last_view: bytes = b""

    def happen(self, name: str) -> None:
        """Have an event stored, with a picture."""
        event = self.server.happen(name, picture=True)
        self.last_view = picture("Parking", name, datetime.now(TIME_ZONE))
        self.server.images[str(event["id"])] = self.last_view


@dataclass(frozen=True)
class WebPages:
    """The cameras that can be set up from Home Assistant, as it reaches them."""

    front_door: CgiServer
    entrance: FFCgiServer


@dataclass
class Cameras:
    """All cameras of the demo."""

    front_door: DemoVStarcam
    nursery: DemoVStarcam
    garage: DemoVStarcam
    entrance: DemoFF
    exit: DemoFF
    yard: DemoFF
    ramp: DemoFF
    pages: WebPages
    lobby: DemoOmni = field(init=False)
    parking: DemoVxg = field(init=False)

    @classmethod
    def make(
        cls, poster: Poster, vstarcam_id: str, ff_id: str, pages: WebPages, tcp_port: int, ftp_port: int
    ) -> Cameras:
        """Return the cameras, pushing to these webhooks and ports."""

        def vstarcam(name: str, vuid: str) -> DemoVStarcam:
            return DemoVStarcam(name, VStarcamCamera(vuid, poster, vstarcam_id))

        def ff(number: int, name: str, transport: str, port: int = 0) -> DemoFF:
            camera = FFCamera(name.lower(), poster, ff_id, f"ACCC8E00000{number}")
            return DemoFF(name, camera, transport, port)

        return cls(
            front_door=vstarcam("Front door", "VC0000000FRNT"),
            nursery=vstarcam("Nursery", "VC0000000NRSY"),
            garage=vstarcam("Garage", "VC0000000GRGE"),
            entrance=ff(1, "Entrance", "form"),
            exit=ff(2, "Exit", "json"),
            yard=ff(3, "Yard", "tcp", tcp_port),
            ramp=ff(4, "Ramp", "ftp", ftp_port),
            pages=pages,
        )

    @property
    def vstarcams(self) -> tuple[DemoVStarcam, ...]:
        """Return the VStarcam cameras."""
        return self.front_door, self.nursery, self.garage

    @property
    def plate_cameras(self) -> tuple[DemoFF, ...]:
        """Return the licence plate cameras."""
        return self.entrance, self.exit, self.yard, self.ramp

    @property
    def names(self) -> dict[str, str]:
        """Return the cameras' names by the id they give themselves."""
        names = {demo.camera.vuid: demo.name for demo in self.vstarcams}
        names |= {demo.camera.device_id: demo.name for demo in self.plate_cameras}
        return names | {"cam-1": "Lobby", "237863": "Parking"}

    async def heartbeats(self, *, silent: DemoVStarcam | None = None) -> None:
        """Let all cameras but one that is silent say that they are alive."""
        for demo in self.vstarcams:
            if demo is not silent:
                await demo.camera.heartbeat()
        for plates in self.plate_cameras:
            await plates.camera.send_json(plates.camera.keepalive())
