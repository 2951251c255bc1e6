"""FF's other ways in: JSON objects over TCP, and pictures over FTP whose names say the rest."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import PurePosixPath
from typing import Final

from ...const import CONF_FTP
from ...domain.clock import local_time, plausible
from ...domain.errors import ProtocolError, Refusal
from ...domain.ids import MAX_ID_LENGTH, checked_camera_id
from ...domain.media import JPEG, Picture, checked_picture
from ...domain.messages import Message, PlateRead, Snapshot
from ...domain.plates import normalised_plate, raw_plate
from ...transports.contracts import Host, Receiver
from ...transports.ftp import FtpReceiver
from ...transports.push import Arrival
from ...transports.tcp_json import TcpJsonReceiver
from .event import DEFAULT_DEVICE_ID, MAX_ZONE
from .file_name import device_id, parse_file_name
from .protocol import decode_json

_END_OF_JPEG: Final = b"\xff\xd9"


def listeners(host: Host) -> Sequence[Receiver]:
    """Return what listens for FF cameras, as the options say."""
    found: list[Receiver] = []
    if (tcp := host.options.tcp) is not None:
        found.append(TcpJsonReceiver(tcp, partial(_receive_json, host), host.async_refused, host.door))
    if (ftp := host.options.ftp) is not None:
        found.append(
            FtpReceiver(
                ftp,
                partial(_receive_file, host),
                host.async_refused,
                lambda address, success: host.async_logged_in(address, CONF_FTP, success=success),
                host.door,
            )
        )
    return found


async def _receive_json(host: Host, body: bytes, address: str) -> None:
    arrival = host.arrival(address)
    try:
        messages = await decode_json(arrival, body)
    except ProtocolError as err:
        arrival.seen.explain(err, "", len(body))
        raise
    await host.door.async_take_turns(messages)
    await host.async_receive(messages)


async def _receive_file(host: Host, path: PurePosixPath, data: bytes, address: str) -> None:
    messages = [decode_file(host.arrival(address), path, data)]
    await host.door.async_take_turns(messages)
    await host.async_receive(messages)


def decode_file(arrival: Arrival, path: PurePosixPath, data: bytes) -> Message:
    """Return the plate read in a picture's path; where it tells none, still the picture.

    The first folder is the Device ID (documented). Where it is missing or the default, the
    message is not identified. Raises ProtocolError when the file is no whole picture.
    """
    picture = checked_picture(data)
    if picture.type == JPEG and data.find(_END_OF_JPEG, len(data) // 2) < 0:
        # FTP does not tell the end of a file from the end of a connection.
        raise ProtocolError("The picture is not complete.", Refusal.PICTURE)
    found = device_id(path)
    identified = found not in (None, DEFAULT_DEVICE_ID)
    camera_id = checked_camera_id(found, "device id", ascii_only=False) if found is not None else ""
    name = parse_file_name(path.name)
    if name is None:
        return Snapshot(
            camera_id=camera_id,
            identified=identified,
            received_at=arrival.received_at,
            address=arrival.address,
            picture=picture,
        )
    plate_text = raw_plate(name.plate)
    return PlateRead(
        camera_id=camera_id,
        identified=identified,
        received_at=arrival.received_at,
        address=arrival.address,
        state=None,
        part=path.name[: 4 * MAX_ID_LENGTH],
        plate=normalised_plate(plate_text),
        plate_raw=plate_text,
        country=name.country.upper() if name.country else None,
        direction=name.direction,
        zone=name.zone if name.zone <= MAX_ZONE else None,
        car_id=name.car_id,
        vehicle=name.vehicle,
        captured_at=plausible(local_time(name.time, arrival.time_zone, arrival.received_at)),
        pictures=(Picture(picture.data, picture.type, name.role),),
    )
