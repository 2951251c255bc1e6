"""FF's other transports: JSON objects over TCP, and pictures over FTP with the read in their names."""

import asyncio
from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import partial
from pathlib import PurePosixPath
from ssl import SSLContext

from homeassistant.core import HomeAssistant

from ...const import CONF_FTP
from ...domain.clock import local_time, plausible
from ...domain.errors import ProtocolError
from ...domain.ids import MAX_ID_LENGTH, checked_camera_id
from ...domain.media import checked_picture, usable_picture
from ...domain.messages import Message, PlateRead, Snapshot
from ...domain.plates import normalised_plate, raw_plate
from ...transports.contracts import Receiver
from ...transports.ftp_server import FtpServer
from ...transports.ftp_settings import load_certificate
from ...transports.push import Arrival
from ...transports.tcp_json import TcpDelivery, TcpJsonReceiver
from ..base import EntryContext
from .event import DEFAULT_DEVICE_ID, MAX_ZONE
from .file_name import parse_file_name, split_path
from .options import ftp_settings, tcp_settings
from .protocol import decode_json


def receivers(context: EntryContext) -> Sequence[Receiver]:
    """Return the TCP and FTP receivers that the options ask for."""
    sink = context.sink
    found: list[Receiver] = []
    if (tcp := tcp_settings(context.entry.options)) is not None:
        delivery = TcpDelivery(partial(_receive_json, context), sink.async_refused, context.limiter)
        found.append(TcpJsonReceiver(tcp, delivery))
    if (ftp := ftp_settings(context.entry.options, _certificate(context.hass))) is not None:
        found.append(
            FtpServer(
                ftp,
                partial(_receive_file, context),
                sink.async_refused,
                lambda address, success: sink.async_logged_in(address, CONF_FTP, success=success),
                context.limiter,
            )
        )
    return found


def _certificate(hass: HomeAssistant) -> Callable[[], SSLContext] | None:
    """Return what loads Home Assistant's certificate, for FTPS; None without one."""
    if not hass.http.ssl_certificate:
        return None
    return partial(load_certificate, hass.http.ssl_certificate, hass.http.ssl_key)


async def _receive_json(
    context: EntryContext, body: bytes, address: str
) -> asyncio.Future[ProtocolError | None]:
    arrival = context.sink.arrival(address)
    try:
        messages = await decode_json(arrival, body)
    except ProtocolError as err:
        arrival.seen.explain(err, "", len(body))
        raise
    await context.limiter.async_take_turns(messages)
    return await context.sink.async_tell(messages)


async def _receive_file(context: EntryContext, path: PurePosixPath, data: bytes, address: str) -> None:
    messages = [decode_file(context.sink.arrival(address), path, data)]
    await context.limiter.async_take_turns(messages)
    await context.sink.async_receive(messages)


def decode_file(arrival: Arrival, path: PurePosixPath, data: bytes) -> Message:
    """Return the plate read in a picture's path; where it tells none, still the picture.

    The first folder is the Device ID (documented). Where it is missing, the default, or no id at all, the
    message is not identified. Raises ProtocolError when there is neither a name that tells a read nor a
    whole picture.
    """
    device_id, file_name = split_path(path)
    camera_id = ""
    with suppress(ProtocolError):
        camera_id = checked_camera_id(device_id, "device id", ascii_only=False)
    identified = camera_id not in ("", DEFAULT_DEVICE_ID)
    name = parse_file_name(file_name)
    if name is None:
        return Snapshot(
            camera_id=camera_id,
            identified=identified,
            received_at=arrival.received_at,
            address=arrival.address,
            picture=checked_picture(data),
        )
    plate_text = raw_plate(name.plate)
    picture = usable_picture(data, name.role)
    # FTP does not tell the end of a file from the end of a connection: the whole file may follow.
    part = file_name if picture is not None else f"{file_name} (cut off)"
    return PlateRead(
        camera_id=camera_id,
        identified=identified,
        received_at=arrival.received_at,
        address=arrival.address,
        state=None,
        part=part[: 4 * MAX_ID_LENGTH],
        plate=normalised_plate(plate_text),
        plate_raw=plate_text,
        country=name.country.upper() if name.country else None,
        direction=name.direction,
        zone=name.zone if name.zone is not None and name.zone <= MAX_ZONE else None,
        car_id=name.car_id,
        vehicle=name.vehicle,
        captured_at=plausible(local_time(name.time, arrival.time_zone, arrival.received_at)),
        pictures=(picture,) if picture is not None else (),
        unusable_pictures=int(picture is None),
    )
