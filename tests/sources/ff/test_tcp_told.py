"""FF over TCP: what has arrived is told at once and in order, whatever the disk and the sender do then."""

import asyncio
import json
from unittest.mock import patch

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import Event
import pytest

from custom_components.camera_push.domain.errors import internal_error
from custom_components.camera_push.hub.hub import Hub
from tests.common import configure, disable, eventually, free_port, is_free
from tests.disks import stalled_disk
from tests.emulators.ff import FFCamera, embedded
from tests.emulators.ff_tcp import TcpLink
from tests.emulators.hang_ups import HangUp, send_and_hang_up
from tests.emulators.pictures import jpeg

MODULE = "custom_components.camera_push.transports.tcp_json"
STREAM = "custom_components.camera_push.transports.tcp_stream"


def state(entry: ConfigEntry) -> dict:
    return entry.runtime_data.receivers.state()["tcp"]


def cars(plates: list[Event]) -> list[int]:
    return [int(event.data["car_id"]) for event in plates]


def with_picture(ff: FFCamera, number: int, size: int = 0) -> bytes:
    """Return an event with a picture that is filled up with some bytes."""
    picture = jpeg(str(number))
    picture = picture[:-2] + bytes(size) + picture[-2:]
    return json.dumps(ff.event(carID=str(number), ImageArray=[embedded("vehicle", picture)])).encode()


class TestStalledDisk:
    """Nothing waits for the disk but what is on its way there."""

    @pytest.mark.parametrize("how", HangUp)
    async def test_all_of_a_connection(self, ff, ff_entry, tcp_port, plates, how) -> None:
        with stalled_disk() as go_on:
            data = b"".join(with_picture(ff, number, 30_000) for number in range(8))
            sent = asyncio.create_task(send_and_hang_up("127.0.0.1", tcp_port, data, how))
            await eventually(lambda: len(plates) == 8)
            # Their sender is gone, and nothing is on the disk.
            await eventually(lambda: state(ff_entry)["connected"] == 0)
            assert state(ff_entry)["writing_bytes"] > 8 * 30_000
            go_on.set()
            await sent
        await eventually(lambda: state(ff_entry)["writing_bytes"] == 0)
        assert cars(plates) == list(range(8))

    async def test_one_after_the_other(self, ff, ff_entry, tcp_port, plates) -> None:
        with stalled_disk():
            async with TcpLink(tcp_port) as link:
                for number in range(5):
                    await link.send_bytes(with_picture(ff, number))
                    await eventually(lambda: len(plates) == number + 1)  # noqa: B023  # Used within the round.

    async def test_memory_is_bounded(self, hass, ff, ff_entry, plates, socket_enabled) -> None:
        """Past that, the sender waits, and loses nothing; nor does another one, which cannot get in."""
        number = free_port()
        with patch(f"{MODULE}.MAX_WRITING_BYTES", 400_000):
            await configure(hass, ff_entry, tcp={"port": number})
        with stalled_disk() as go_on:
            async with TcpLink(number) as link, TcpLink(number) as other:
                data = b"".join(with_picture(ff, number, 100_000) for number in range(20))
                sent = asyncio.create_task(link.send_bytes(data))
                await eventually(lambda: len(plates) == 2)
                await other.send(ff.event(carID="99", sensorProviderID="other"))
                await asyncio.sleep(0.2)
                assert cars(plates) in ([0, 1], [0, 1, 99])
                assert state(ff_entry)["writing_bytes"] <= 400_000
                go_on.set()
                await sent
                await eventually(lambda: len(plates) == 21)
        assert [car for car in cars(plates) if car != 99] == list(range(20))
        assert not ff_entry.runtime_data.traffic.refused

    async def test_waiting_for_the_disk_is_not_the_senders_time(
        self, hass, ff, ff_entry, plates, socket_enabled
    ) -> None:
        number = free_port()
        with patch(f"{MODULE}.MAX_WRITING_BYTES", 1), patch(f"{STREAM}.MESSAGE_TIMEOUT_SECONDS", 1):
            await configure(hass, ff_entry, tcp={"port": number})
            with stalled_disk() as go_on:
                async with TcpLink(number) as link:
                    first, second, third = (with_picture(ff, number) for number in range(3))
                    await link.send_bytes(first + second + third[:100])
                    await eventually(lambda: len(plates) == 1)
                    await asyncio.sleep(1.5)
                    go_on.set()
                    await eventually(lambda: len(plates) == 2)
                    await link.send_bytes(third[100:])
                    await eventually(lambda: len(plates) == 3)

    async def test_error_after_the_telling(self, ff, ff_entry, tcp_port, plates) -> None:
        """It is counted; what came meanwhile counts all the same."""
        receive = Hub.async_receive

        async def fail(hub, messages, told) -> None:
            await receive(hub, messages, told)
            raise internal_error()

        with patch.object(Hub, "async_receive", fail):
            async with TcpLink(tcp_port) as link:
                for number in range(3):
                    await link.send(ff.event(carID=str(number)))
                await eventually(lambda: state(ff_entry)["refused"] == {"internal": 3})
        assert cars(plates) == [0, 1, 2]


@pytest.mark.parametrize("size", [0, 60_000, 1_000_000], ids=["small", "60k", "1M"])
async def test_reset_before_it_is_looked_at(ff, ff_entry, tcp_port, plates, size) -> None:
    """All of it had arrived; that the connection is lost is known before it is decoded."""
    data = b"".join(with_picture(ff, number, size) for number in range(4))
    gate = asyncio.Event()
    limiter = ff_entry.runtime_data.context.limiter
    take_turn = limiter.async_take_turn_to_decode

    async def later(address) -> None:
        await gate.wait()
        await take_turn(address)

    with patch.object(limiter, "async_take_turn_to_decode", later):
        sent = asyncio.create_task(send_and_hang_up("127.0.0.1", tcp_port, data, HangUp.RESET))
        await eventually(lambda: state(ff_entry)["connected"] == 1)
        # What the system buffers has arrived by now; the end of more than that comes when its begin is read.
        await asyncio.wait([sent], timeout=0.5)
        gate.set()
        await sent
        await eventually(lambda: len(plates) == 4)
    assert cars(plates) == list(range(4))
    assert not ff_entry.runtime_data.traffic.refused


async def send_at_once(link: TcpLink, ff: FFCamera, plates: list[Event]) -> None:
    """Have an event told, and eight more arrive with pictures."""
    await link.send(ff.event(carID="0"))
    await eventually(lambda: len(plates) == 1)
    await link.send_bytes(b"".join(with_picture(ff, number, 30_000) for number in range(1, 9)))


class TestReload:
    """No sender is told by TCP that what it sent was not taken: connections outlive the reload."""

    async def test_what_has_arrived_is_told(self, hass, ff, ff_entry, tcp_port, plates) -> None:
        async with TcpLink(tcp_port) as link:
            await send_at_once(link, ff, plates)
            assert await hass.config_entries.async_reload(ff_entry.entry_id)
            await link.send(ff.event(carID="9"))
            await eventually(lambda: len(plates) == 10)
        assert cars(plates) == list(range(10))

    async def test_message_that_has_begun(self, hass, ff, ff_entry, tcp_port, plates) -> None:
        data = with_picture(ff, 1)
        async with TcpLink(tcp_port) as link:
            await link.send_bytes(data[:100])
            await eventually(lambda: state(ff_entry)["waiting_bytes"] == 0 and state(ff_entry)["connected"])
            assert await hass.config_entries.async_reload(ff_entry.entry_id)
            await link.send_bytes(data[100:])
            await eventually(lambda: len(plates) == 1)
        assert cars(plates) == [1]

    async def test_what_comes_in_between(self, hass, ff, ff_entry, tcp_port, plates) -> None:
        """Through connections that are there; new ones are refused, as their senders are told."""
        async with TcpLink(tcp_port) as link:
            await link.send(ff.event(carID="0"))
            await eventually(lambda: len(plates) == 1)
            # As a reload does.
            async with ff_entry.setup_lock:
                assert await hass.config_entries.async_unload(ff_entry.entry_id, _lock=False)
                await link.send(ff.event(carID="1"))
                assert is_free(tcp_port)
                assert await hass.config_entries.async_setup(ff_entry.entry_id, _lock=False)
            await eventually(lambda: len(plates) == 2)
        assert cars(plates) == [0, 1]

    async def test_message_that_waits_for_its_turn(self, hass, ff, ff_entry, tcp_port, plates) -> None:
        """It is told after the reload."""
        waiting = asyncio.Event()

        async def wait(*_: object) -> None:
            waiting.set()
            await asyncio.Event().wait()

        async with TcpLink(tcp_port) as link:
            with (
                patch(f"{MODULE}.CLOSING_SECONDS", 0.1),
                patch.object(ff_entry.runtime_data.context.limiter, "async_take_turns", wait),
            ):
                await link.send(ff.event(carID="1"))
                await waiting.wait()
                assert await hass.config_entries.async_reload(ff_entry.entry_id)
            await eventually(lambda: len(plates) == 1)

    async def test_other_port(self, hass, ff, ff_entry, tcp_port, plates) -> None:
        """What has arrived at the former one is told."""
        other = free_port()
        async with TcpLink(tcp_port) as link:
            await send_at_once(link, ff, plates)
            await configure(hass, ff_entry, tcp={"port": other})
            assert await link.is_closed()
        assert cars(plates) == list(range(9))
        async with TcpLink(other) as link:
            await link.send(ff.event(carID="9"))
            await eventually(lambda: len(plates) == 10)

    async def test_unload_that_fails(self, hass, ff, ff_entry, tcp_port, plates) -> None:
        async with TcpLink(tcp_port) as link:
            with patch.object(hass.config_entries, "async_unload_platforms", return_value=False):
                assert not await hass.config_entries.async_unload(ff_entry.entry_id)
            await link.send(ff.event(carID="1"))
            await eventually(lambda: len(plates) == 1)


class TestEnd:
    """A port that is closed tells all that has arrived, and says that it closes."""

    async def test_what_has_arrived_is_told(self, hass, ff, ff_entry, tcp_port, plates) -> None:
        async with TcpLink(tcp_port) as link:
            await send_at_once(link, ff, plates)
            await disable(hass, ff_entry)
            assert await link.is_closed()
        assert cars(plates) == list(range(9))

    async def test_message_that_has_begun(self, hass, ff, ff_entry, tcp_port, plates) -> None:
        data = with_picture(ff, 1)
        async with TcpLink(tcp_port) as link:
            await link.send_bytes(data[:100])
            await eventually(lambda: state(ff_entry)["waiting_bytes"] == 0 and state(ff_entry)["connected"])
            disabling = hass.async_create_task(disable(hass, ff_entry))
            # It says that it is leaving.
            assert await link.is_closed()
            await link.send_bytes(data[100:])
            await disabling
        assert cars(plates) == [1]

    async def test_message_that_does_not_end(self, hass, ff, ff_entry, tcp_port, plates) -> None:
        refused = ff_entry.runtime_data.traffic.refused
        with patch(f"{MODULE}.CLOSING_SECONDS", 0.1):
            async with TcpLink(tcp_port) as link:
                await link.send_bytes(with_picture(ff, 1)[:100])
                await disable(hass, ff_entry)
                assert await link.is_closed()
        assert plates == []
        assert not refused

    @pytest.mark.parametrize("how", ["removed", "unloaded"])
    async def test_port_is_free(self, hass, ff_entry, tcp_port, how) -> None:
        async with TcpLink(tcp_port) as link:
            if how == "removed":
                await hass.config_entries.async_remove(ff_entry.entry_id)
            else:
                assert await hass.config_entries.async_unload(ff_entry.entry_id)
            assert is_free(tcp_port)
            assert await link.is_closed()


class TestConnectionForEachMessage:
    """Connections give way to the next ones, and what they have sent is told all the same."""

    @pytest.fixture(autouse=True)
    def few(self):
        with patch(f"{MODULE}.MAX_CONNECTIONS", 3):
            yield

    async def test_told(self, ff, ff_entry, few, tcp_port, plates) -> None:
        async def deliver(number: int) -> None:
            async with TcpLink(tcp_port) as link:
                await link.send(ff.event(carID=str(number)))

        await asyncio.gather(*map(deliver, range(30)))
        await eventually(lambda: len(plates) == 30)
        assert state(ff_entry)["gave_way"] > 0
        assert not ff_entry.runtime_data.traffic.refused

    @pytest.mark.parametrize("leaving", [0, 512])
    async def test_message_that_is_not_complete(self, ff, ff_entry, few, tcp_port, leaving) -> None:
        with patch.multiple(MODULE, MAX_LEAVING=leaving, CLOSING_SECONDS=0.1):
            async with TcpLink(tcp_port) as one:
                await one.send_bytes(b'{"a": "')
                await eventually(lambda: state(ff_entry)["connected"] == 1)
                async with TcpLink(tcp_port), TcpLink(tcp_port), TcpLink(tcp_port):
                    assert await one.is_closed()
        assert not ff_entry.runtime_data.traffic.refused
