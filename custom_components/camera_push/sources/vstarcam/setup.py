"""The set-up of VStarcam cameras: their settings in a subentry, and how it is undone."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Final

from homeassistant.core import HomeAssistant

from ...domain.messages import DeviceDetails
from ...domain.source_info import CameraSettings
from ...transports.http_client import AnswerError
from ..camera_address import CameraAddress, camera_session
from ..stream import stream_source
from .client import PushServers, VStarcamCgi

CONF_DETAILS: Final = "details"
CONF_FORMER: Final = "former"
CONF_HEARTBEAT_SECONDS: Final = "heartbeat_seconds"
CONF_VUID: Final = "vuid"

# The port and path of the stream in its best size (seen), in the order in which they are tried.
STREAMS: Final = ((10554, "/tcp/av0_0"), (10554, "/udp/av0_0"))


def camera_cgi(hass: HomeAssistant, data: Mapping[str, Any]) -> VStarcamCgi:
    """Return the CGI of the camera in a subentry's data."""
    return VStarcamCgi(camera_session(hass, data), CameraAddress.from_data(data))


async def restore_servers(hass: HomeAssistant, data: Mapping[str, Any]) -> None:
    """Set a camera's push servers to those that it had before its set-up; raises RequestError."""
    former = PushServers(**data[CONF_FORMER])
    if await camera_cgi(hass, data).set_push_servers(former) != former:
        raise AnswerError("The camera did not take its former servers")


def read_settings(hass: HomeAssistant, data: Mapping[str, Any]) -> CameraSettings:
    """Return the settings in a subentry's data."""
    return CameraSettings(
        camera_id=data[CONF_VUID],
        details=DeviceDetails(**data[CONF_DETAILS]),
        interval=timedelta(seconds=data[CONF_HEARTBEAT_SECONDS]),
        fetch_snapshot=camera_cgi(hass, data).snapshot,
        stream_source=stream_source(data),
    )
