"""The set-up of FF cameras: the settings that are written to them, and how they are taken back."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, Final

from homeassistant.const import CONF_URL
from homeassistant.core import HomeAssistant
from homeassistant.util import dt as dt_util

from ...domain.media import Picture, usable_picture
from ...domain.messages import DeviceDetails, PlateRead, VisitState
from ...domain.source_info import CameraSettings, RecordedReads, RequestError
from ...transports.credentials import AuthenticationKind, Credentials
from ...transports.http_client import AnswerError, NoAnswerError
from ..camera_address import CameraAddress, camera_session
from ..stream import stream_source
from .client import PROTOCOL_HTTP, FFCgi, PushSettings, Settings, encoded
from .missed import MAX_ROWS, parse_missed

CONF_DEVICE_ID: Final = "device_id"
CONF_EVENTS: Final = "events"
CONF_PERIOD: Final = "period"
CONF_PICTURES: Final = "pictures"
CONF_PROFILE: Final = "profile"
CONF_SECOND_PICTURE: Final = "second_picture"

# The keepalive's settings in minutes (documented).
PERIODS: Final = (5, 10, 30, 60, 1440)
_BASIC_LOGIN: Final = "0"
# The port and path of an Axis camera's stream (documented).
STREAMS: Final = ((554, "/axis-media/media.amp"),)


def camera_cgi(hass: HomeAssistant, data: Mapping[str, Any]) -> FFCgi:
    """Return the CGI of the camera in a subentry's data."""
    return FFCgi(camera_session(hass, data), CameraAddress.from_data(data))


class NotTakenError(AnswerError):
    """A camera did not take its settings; `url` is the one that it has now."""

    def __init__(self, url: str) -> None:
        super().__init__("The camera did not take the settings")
        self.url = url


async def write_settings(
    cgi: FFCgi, present: PushSettings, choice: Mapping[str, Any], url: str, credentials: Credentials
) -> None:
    """Have a camera push to a URL: write its profile and heartbeat, read them back, and compare.

    Settings that are not chosen stay as they are at `present`. Raises RequestError.
    """
    changes: dict[str, str | bool] = {
        "url": encoded(url),
        "protocol": PROTOCOL_HTTP,
        "enable": True,
        "sensorProviderID": choice[CONF_DEVICE_ID],
        "skip_image_in_post": not choice[CONF_PICTURES],
        "use_multipart": True,
        "use_event_buffer": True,
        "send_second_image": choice[CONF_PICTURES] and choice[CONF_SECOND_PICTURE],
        **{f"event_{state}": str(state) in choice[CONF_EVENTS] for state in VisitState},
    }
    wanted = _with_login(present.profiles[choice[CONF_PROFILE]], credentials).changed(**changes)
    taken = await cgi.set_profile(choice[CONF_PROFILE], wanted)
    if taken.url != url or not taken.took(wanted, {*changes, "user"}):
        raise NotTakenError(taken.url)
    changes = {"url": encoded(url), "enable": True, "period": choice[CONF_PERIOD]}
    wanted = _with_login(present.heartbeat or Settings({}), credentials).changed(**changes)
    kept = await cgi.set_heartbeat(wanted)
    if kept is not None and not kept.took(wanted, {*changes, "user"}):
        raise NotTakenError(kept.url)


def _with_login(settings: Settings, credentials: Credentials) -> Settings:
    """Return settings with the login that the entry asks its cameras for.

    Without one, the former login is removed: it would be that of another server.
    """
    is_basic = credentials.kind is AuthenticationKind.BASIC
    is_header = credentials.kind is AuthenticationKind.HEADER
    return settings.changed(
        user=credentials.username if is_basic else "",
        password=encoded(credentials.password) if is_basic else "",
        http_auth_type=_BASIC_LOGIN,
        x_auth_key=credentials.header_value if is_header else "",
    )


async def disable_profile(hass: HomeAssistant, data: Mapping[str, Any]) -> None:
    """Switch a camera's profile and heartbeat off, unless they point elsewhere; raises RequestError."""
    cgi = camera_cgi(hass, data)
    number, url = data[CONF_PROFILE], data[CONF_URL]
    profile = await cgi.profile(number)
    if profile.url == url and profile.is_on:
        taken = await cgi.set_profile(number, profile.changed(enable=False))
        if taken.is_on:
            raise AnswerError("The camera did not switch the profile off")
    heartbeat = await cgi.heartbeat()
    if heartbeat is None:
        # A camera that cannot be read has the settings that were written.
        heartbeat = Settings({"url": encoded(url), "period": str(data[CONF_PERIOD]), "enable": "true"})
    if heartbeat.url == url and heartbeat.is_on:
        await cgi.set_heartbeat(heartbeat.changed(enable=False))


def read_settings(hass: HomeAssistant, data: Mapping[str, Any]) -> CameraSettings:
    """Return the settings in a subentry's data."""
    return CameraSettings(
        camera_id=data[CONF_DEVICE_ID],
        details=DeviceDetails(),
        interval=timedelta(minutes=data[CONF_PERIOD]),
        stream_source=stream_source(data),
        recorded_reads=_recorded_reads(hass, data),
    )


def _recorded_reads(hass: HomeAssistant, data: Mapping[str, Any]) -> RecordedReads:
    cgi = camera_cgi(hass, data)
    gives_pictures = True

    async def fetch(since: datetime) -> Sequence[PlateRead]:
        nonlocal gives_pictures
        gives_pictures = True
        body = await cgi.search(since, MAX_ROWS)
        reads = await hass.async_add_executor_job(
            parse_missed, body, data[CONF_DEVICE_ID], dt_util.utcnow(), dt_util.get_default_time_zone()
        )
        # An older app may know no limits.
        return [read for read in reads if read.captured_at is not None and read.captured_at >= since]

    async def complete(read: PlateRead) -> PlateRead:
        nonlocal gives_pictures
        pictures: list[Picture] = []
        for link in read.links if gives_pictures else ():
            try:
                picture = usable_picture(await cgi.picture(link.url), link.role)
            except NoAnswerError:
                # A read is worth more than its picture: the others are not kept waiting.
                gives_pictures = False
                break
            except RequestError:
                # The camera keeps pictures for a time.
                continue
            if picture is not None:
                pictures.append(picture)
        return replace(read, pictures=tuple(pictures), links=())

    return RecordedReads(fetch=fetch, complete=complete)
