"""A sender that hangs up after its last byte: what it sent whole is told once, stored and remembered."""

import asyncio
from datetime import UTC, datetime
import json
from random import Random

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant
import pytest

from custom_components.camera_push.domain.media_id import MediaId
from tests.common import configure, eventually, free_port, state
from tests.disks import slow_disk
from tests.emulators.ff import FFCamera, embedded, image
from tests.emulators.ff_ftp import FtpClient, name, path
from tests.emulators.ff_tcp import TcpLink
from tests.emulators.hang_ups import HangUp, request, send_and_hang_up
from tests.emulators.http import BOUNDARY, Field, form
from tests.emulators.pictures import jpeg
from tests.emulators.vstarcam import VStarcamCamera

VUID = "VC0000000ABCD"
FORM = f"multipart/form-data; boundary={BOUNDARY}"


def alarm(camera: VStarcamCamera, number: int, size: int = 0, version: str = "1.1") -> bytes:
    """Return the request of a fire alarm, its picture filled up to a size in bytes."""
    picture = jpeg(f"fire {number}")
    picture = picture[:-2] + b"\0" * max(0, size - len(picture)) + picture[-2:]
    return request(camera.webhook_id, form(camera.fields(0x6D, picture)), FORM, version)


async def finished(entry: ConfigEntry, pushes: int) -> None:
    """Return when this many pushes since the entry's start are written or refused, and no other is begun."""
    traffic = entry.runtime_data.traffic

    def is_over() -> bool:
        begun = [task for task in asyncio.all_tasks() if "camera_push receive" in task.get_name()]
        return not begun and (traffic.received + traffic.refused).total() >= pushes

    await eventually(is_over)


@pytest.mark.parametrize("how", HangUp)
@pytest.mark.parametrize("size", [1_000, 300_000, 3_000_000], ids=["1k", "300k", "3M"])
@pytest.mark.parametrize("version", ["1.0", "1.1"])
async def test_alarm_is_told(
    hass: HomeAssistant, vstarcam: VStarcamCamera, vstarcam_entry: ConfigEntry, alarms, how, size, version
) -> None:
    poster = vstarcam.poster
    for number in range(3):
        data = alarm(vstarcam, number, size, version)
        await send_and_hang_up(poster.host, poster.port, data, how)
        await eventually(lambda: len(alarms) == number + 1)  # noqa: B023  # Used within the round.
    await finished(vstarcam_entry, 3)
    assert len(alarms) == 3
    assert state(hass, vstarcam_entry, "binary_sensor", VUID, "fire").state == "on"
    store = vstarcam_entry.runtime_data.store
    for event in alarms:
        media = MediaId.parse(event.data["picture"])
        assert media is not None
        await eventually(lambda: store.not_on_disk(media.number) is None)  # noqa: B023  # See above.
        assert await store.library.get(media.number) is not None


@pytest.mark.parametrize("how", HangUp)
async def test_while_the_disk_is_slow(
    hass: HomeAssistant, vstarcam: VStarcamCamera, vstarcam_entry: ConfigEntry, alarms, how
) -> None:
    """The sender is gone long before its push is on the disk."""
    poster = vstarcam.poster
    with slow_disk():
        for number in range(4):
            await send_and_hang_up(poster.host, poster.port, alarm(vstarcam, number), how)
        await eventually(lambda: len(alarms) == 4)
        await finished(vstarcam_entry, 4)
    assert len(alarms) == 4


@pytest.mark.parametrize("how", HangUp)
async def test_plate_is_told_once(
    hass: HomeAssistant, ff: FFCamera, ff_entry: ConfigEntry, plates, how
) -> None:
    """Sent again afterwards, it is known; after a restart as well."""
    event = Field("event", json.dumps(ff.event()).encode(), "event.json", "application/json")
    body = form([event, image("roi", jpeg())])
    data = request(ff.webhook_id, body, FORM)
    await send_and_hang_up(ff.poster.host, ff.poster.port, data, how)
    await eventually(lambda: len(plates) == 1)
    assert (await ff.poster.post(ff.webhook_id, body, FORM)).status == 200
    assert await hass.config_entries.async_reload(ff_entry.entry_id)
    assert (await ff.poster.post(ff.webhook_id, body, FORM)).status == 200
    await finished(ff_entry, 1)
    assert len(plates) == 1


@pytest.mark.parametrize("how", HangUp)
@pytest.mark.parametrize("size", [0, 3_000_000], ids=["small", "large"])
@pytest.mark.parametrize("kind", ["form", "json"])
async def test_at_any_moment(
    hass: HomeAssistant, ff: FFCamera, ff_entry: ConfigEntry, plates, how: HangUp, size: int, kind: str
) -> None:
    """While it is read, decoded, told, written or answered; sent again once it is told, it is known."""
    chance, bodies = Random(f"{how} {size} {kind}"), []
    with slow_disk(0.03):
        for number in range(12):
            event, picture = ff.event(carID=str(number)), jpeg(str(number))
            picture = picture[:-2] + bytes(size) + picture[-2:]
            if kind == "json":
                text = json.dumps(event | {"ImageArray": [embedded("vehicle", picture)]})
                bodies.append((text.encode(), "application/json"))
            else:
                field = Field("event", json.dumps(event).encode(), "event.json", "application/json")
                bodies.append((form([field, image("roi", picture)]), FORM))
            after = chance.choice([0, chance.uniform(0, 0.01), chance.uniform(0, 0.1)])
            poster, data = ff.poster, request(ff.webhook_id, *bodies[-1])
            await send_and_hang_up(poster.host, poster.port, data, how, after)
            await eventually(lambda: len(plates) == number + 1)  # noqa: B023  # Used within the round.
            assert (await poster.post(ff.webhook_id, *bodies[-1])).status == 200
    assert await hass.config_entries.async_reload(ff_entry.entry_id)
    for body in bodies:
        assert (await ff.poster.post(ff.webhook_id, *body)).status == 200
    await finished(ff_entry, 12)
    assert [event.data["car_id"] for event in plates] == [str(number) for number in range(12)]
    store = ff_entry.runtime_data.store
    for told in plates:
        media = MediaId.parse(told.data["picture"])
        assert media is not None
        assert await store.library.get(media.number) is not None


async def test_half_a_push_is_no_push(vstarcam: VStarcamCamera, vstarcam_entry: ConfigEntry, alarms) -> None:
    data = alarm(vstarcam, 1, 100_000)
    for length in (len(data) // 2, len(data) - 1):
        for how in HangUp:
            await send_and_hang_up(vstarcam.poster.host, vstarcam.poster.port, data[:length], how)
    await finished(vstarcam_entry, 2 * len(HangUp))
    assert alarms == []
    await send_and_hang_up(vstarcam.poster.host, vstarcam.poster.port, data, HangUp.CLOSE)
    await eventually(lambda: len(alarms) == 1)


async def test_tcp(hass, socket_enabled, ff_entry: ConfigEntry, ff: FFCamera, plates) -> None:
    port = free_port()
    await configure(hass, ff_entry, tcp={"port": port})
    for number, how in enumerate(HangUp):
        body = json.dumps(ff.event(carID=str(number), ImageArray=[embedded("vehicle", jpeg())]))
        await send_and_hang_up("127.0.0.1", port, body.encode(), how)
        await eventually(lambda: len(plates) == number + 1)  # noqa: B023  # Used within the round.
    await finished(ff_entry, 3)
    assert len(plates) == 3


@pytest.mark.parametrize("size", [0, 400_000, 3_000_000])
@pytest.mark.parametrize("says_quit", [False, True])
async def test_ftp(hass, socket_enabled, ff_entry: ConfigEntry, plates, size, says_quit) -> None:
    """A client that closes everything as soon as all of the picture is sent."""
    port = free_port()
    await configure(hass, ff_entry, ftp={"port": port, "username": "camera", "password": "secret"})
    picture = jpeg("car")
    picture = picture[:-2] + b"\0" * size + picture[-2:]
    at = datetime.now(UTC)
    async with FtpClient(port, password="secret") as client:
        await client.login()
        host, data_port = await client.data_port()
        async with TcpLink(data_port, host) as data:
            await client.command(f"STOR {path('gate', at, name(at))}")
            await data.send_bytes(picture)
            data.writer.close()
            if says_quit:
                client.writer.write(b"QUIT\r\n")
            client.writer.close()
            await data.writer.wait_closed()
    await eventually(lambda: len(plates) == 1)
    assert plates[0].data["picture"] is not None
