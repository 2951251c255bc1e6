"""FF cameras over TCP: one connection, JSON back to back."""

import asyncio
from collections.abc import Iterator
from contextlib import AsyncExitStack, suppress
from datetime import UTC, datetime, timedelta
import json
import logging
import socket
from unittest.mock import patch

from homeassistant.core import Event
import pytest

from custom_components.camera_push.domain.quota import FREE_BYTES
from custom_components.camera_push.transports.locality import is_in, parse_networks
from tests.common import configure, eventually, free_port, issues, shown, state, states
from tests.emulators.ff import FFCamera, embedded
from tests.emulators.ff_tcp import TcpLink
from tests.emulators.pictures import jpeg

MODULE = "custom_components.camera_push.transports.tcp_json"
STREAM = "custom_components.camera_push.transports.tcp_stream"
RETRY = "custom_components.camera_push.entry.receivers._RETRY_EVERY"
VIEW = jpeg("view", (320, 200))
CROP = jpeg("crop", (100, 30))


def events(camera: FFCamera, count: int, **changes) -> list[dict]:
    return [
        camera.event("new", carID=str(number), plateUTF8=f"CAR{number}", **changes) for number in range(count)
    ]


def plates_of(plates: list[Event]) -> list[str]:
    return [event.data["plate"] for event in plates]


async def test_same_event_as_over_http(hass, ff: FFCamera, ff_entry, tcp_port, plates) -> None:
    at = datetime.now(UTC)
    pictures = [embedded("vehicle", VIEW), embedded("plate", CROP)]
    event = ff.event("new", at=at, ImageArray=pictures)
    other = ff.event("new", at=at, ImageArray=pictures, sensorProviderID="other")
    await ff.send_json(event)
    async with TcpLink(tcp_port) as link:
        await link.send(other)
        await eventually(lambda: len(plates) == 2)
    http, tcp = (dict(event.data) for event in plates)
    for data in (http, tcp):
        for key in ("device_id", "camera_id", "received_at"):
            assert data.pop(key)
        # Media numbers differ.
        assert data.pop("picture")
        assert data.pop("plate_picture")
    assert http == tcp
    await hass.async_block_till_done()
    assert await shown(hass, ff_entry, "snapshot", "other") == VIEW
    assert await shown(hass, ff_entry, "plate", "other") == CROP


@pytest.mark.parametrize("between", [b"", b"\n", b"\0", b" \r\n "])
async def test_back_to_back(ff, tcp_port, plates, between) -> None:
    async with TcpLink(tcp_port) as link:
        await link.send(*events(ff, 5), between=between)
        await eventually(lambda: len(plates) == 5)
    assert plates_of(plates) == [f"CAR{number}" for number in range(5)]


@pytest.mark.parametrize("seed", range(5))
async def test_split_anywhere(ff, tcp_port, plates, seed) -> None:
    async with TcpLink(tcp_port) as link:
        await link.send_randomly_split(*events(ff, 4, plateRegion='Žižkov 😀 }{"\\'), seed=seed)
        await eventually(lambda: len(plates) == 4)
    assert {event.data["region"] for event in plates} == {'Žižkov 😀 }{"\\'}


async def test_many_cameras_at_once_and_reconnects(ff, tcp_port, plates) -> None:
    async def camera(number: int) -> None:
        emulator = FFCamera(f"cam{number}", ff.poster, ff.webhook_id, f"ACCC8E0001{number:02d}")
        for event in events(emulator, 3):
            async with TcpLink(tcp_port) as link:
                await link.send_randomly_split(event, seed=number)

    await asyncio.gather(*(camera(number) for number in range(15)))
    await eventually(lambda: len(plates) == 45)
    for number in range(15):
        own = [event.data["plate"] for event in plates if event.data["camera_id"] == f"cam{number}"]
        assert sorted(own) == ["CAR0", "CAR1", "CAR2"]


@pytest.mark.parametrize(
    "bad",
    [
        b'{"carState": }',
        b'{"carState": "new"}',
        b"x" * 2000,
        b"GET / HTTP/1.1\r\n" + b"Cookie: abc\r\n" * 200,
        b'{"sensorProviderID": "a/b", "carState": "new"}',
        b'{"hello": "world"}',
        b"{" * 200,
        b"\xff{\xff}",
    ],
)
async def test_bad_message_closes_its_connection_only(hass, ff, tcp_port, plates, bad, caplog) -> None:
    caplog.set_level(logging.INFO)
    async with TcpLink(tcp_port) as good, TcpLink(tcp_port) as link:
        await good.send_bytes(b'{"sensorProviderID": "gate", "carState"')
        await link.send(ff.event("new", sensorProviderID="first"))
        await eventually(lambda: len(plates) == 1)
        before = states(hass)
        caplog.clear()
        await link.send_bytes(bad)
        if bad.startswith(b"{{"):
            # Not complete: it is bad when its sender hangs up.
            link.writer.write_eof()
        assert await link.is_closed()
        assert states(hass) == before
        refused = [record for record in caplog.records if record.name.startswith("custom_components")]
        assert len(refused) == 1
        assert "refused" in refused[0].message
        await good.send_bytes(b': "new", "plateText": "OK1"}')
        await eventually(lambda: len(plates) == 2)
    assert plates[1].data["plate"] == "OK1"


async def test_what_came_before_a_bad_message_counts(ff, tcp_port, plates) -> None:
    async with TcpLink(tcp_port) as link:
        await link.send_bytes(json.dumps(ff.event()).encode() + b"{]}")
        assert await link.is_closed()
    assert len(plates) == 1


async def test_sender_outside_the_allowed_networks(hass, ff, ff_entry, socket_enabled, plates) -> None:
    number = free_port()
    await configure(hass, ff_entry, tcp={"port": number, "networks": ["127.0.0.2", "::1/128"]})
    async with TcpLink(number) as link:
        await link.send_bytes(b"{")
        assert await link.is_closed()
    async with TcpLink(number, local="127.0.0.2") as link:
        await link.send(ff.event())
        await eventually(lambda: len(plates) == 1)


def test_mapped_addresses_are_seen_through() -> None:
    networks = parse_networks(["192.168.0.0/16", "fe80::/10"])
    assert is_in("::ffff:192.168.1.2", networks)
    assert is_in("fe80::1%eth0", networks)
    assert not is_in("::ffff:8.8.8.8", networks)


class TestLimits:
    """What one sender must not use up."""

    @pytest.fixture(autouse=True)
    def small(self) -> Iterator[None]:
        with (
            patch.multiple(MODULE, MAX_CONNECTIONS=3),
            patch.multiple(
                STREAM, MAX_MESSAGE_BYTES=20_000, MESSAGE_TIMEOUT_SECONDS=0.3, IDLE_TIMEOUT_SECONDS=1.0
            ),
        ):
            yield

    async def test_message_that_is_too_large(self, ff, tcp_port, plates) -> None:
        async with TcpLink(tcp_port) as link:
            await link.send_bytes(b'{"a": "' + b"x" * 30_000)
            assert await link.is_closed()
        assert plates == []

    async def test_message_that_never_ends(self, ff, tcp_port) -> None:
        async with TcpLink(tcp_port) as link:
            with suppress(ConnectionError):
                for _ in range(10):
                    await link.send_bytes(b"{")
                    await asyncio.sleep(0.05)
            assert await link.is_closed()

    async def test_idle_connection(self, ff, tcp_port, plates) -> None:
        async with TcpLink(tcp_port) as link:
            await link.send(ff.event())
            await asyncio.sleep(0.5)
            await link.send(ff.event("update"))
            await eventually(lambda: len(plates) == 2)
            assert await link.is_closed()

    async def test_camera_gets_in_although_others_only_hold_connections(
        self, ff, ff_entry, tcp_port, plates
    ) -> None:
        async with (
            TcpLink(tcp_port) as one,
            TcpLink(tcp_port),
            TcpLink(tcp_port),
            TcpLink(tcp_port) as camera,
        ):
            await camera.send(ff.event())
            await eventually(lambda: len(plates) == 1)
            await one.send_bytes(b" ")
        await eventually(lambda: ff_entry.runtime_data.receivers.state()["tcp"]["connected"] == 0)

    async def test_who_is_silent_longest_gives_way(self, ff, ff_entry, tcp_port, plates) -> None:
        """But nobody who has delivered something, to somebody who has not yet."""
        async with TcpLink(tcp_port) as one, TcpLink(tcp_port) as two, TcpLink(tcp_port) as three:
            for number, link in enumerate((one, two, three)):
                await link.send(ff.event("new", carID=str(number)))
                await eventually(lambda: len(plates) == number + 1)  # noqa: B023  # Used within the round.
            await one.send(ff.event("lost", carID="0"))
            # What is on the disk was delivered.
            await eventually(lambda: ff_entry.runtime_data.receivers.state()["tcp"]["messages"] == 4)
            async with TcpLink(tcp_port) as four, TcpLink(tcp_port) as five, TcpLink(tcp_port) as six:
                assert await two.is_closed()
                assert await four.is_closed()
                assert await five.is_closed()
                await six.send(ff.event("new", carID="6"))
                await one.send(ff.event("update", carID="0"))
                await three.send(ff.event("lost", carID="2"))
                await eventually(lambda: len(plates) == 7)
        assert ff_entry.runtime_data.receivers.state()["tcp"]["gave_way"] == 3
        assert not ff_entry.runtime_data.traffic.refused

    @pytest.mark.parametrize("share", ["MAX_CONNECTIONS", "MAX_CONNECTIONS_OF_ONE"])
    async def test_an_address_has_its_share(self, hass, ff, ff_entry, socket_enabled, plates, share) -> None:
        """However many connections it opens, those of other addresses stay; so it is for its newest one."""
        number = free_port()
        with (
            patch.multiple(MODULE, MAX_CONNECTIONS=5, MAX_CONNECTIONS_OF_ONE=5),
            patch(f"{MODULE}.{share}", 4),
        ):
            await configure(hass, ff_entry, tcp={"port": number})
        async with TcpLink(number, local="127.0.0.2") as camera, AsyncExitStack() as stack:
            for _ in range(20):
                last = await stack.enter_async_context(TcpLink(number))
            await last.send(ff.event(carID="1"))
            await eventually(lambda: len(plates) == 1)
            await camera.send(ff.event(carID="2"))
            await eventually(lambda: len(plates) == 2)

    async def test_memory_over_all_connections(self, ff, ff_entry, hass, plates) -> None:
        with (
            patch(f"{MODULE}.MAX_WAITING_BYTES", 25_000),
            patch.multiple(STREAM, MAX_MESSAGE_BYTES=2**20, MESSAGE_TIMEOUT_SECONDS=20),
        ):
            number = free_port()
            await configure(hass, ff_entry, tcp={"port": number})
            async with TcpLink(number) as one, TcpLink(number) as two:
                await one.send_bytes(b'{"a": "' + b"x" * (FREE_BYTES + 10_000))
                await eventually(
                    lambda: ff_entry.runtime_data.receivers.state()["tcp"]["waiting_bytes"] > 9_000
                )
                await two.send_bytes(b'{"a": "' + b"x" * (FREE_BYTES + 10_000))
                assert await two.is_closed()
                await one.send_bytes(b'"}')
                assert await one.is_closed()
            await eventually(lambda: ff_entry.runtime_data.receivers.state()["tcp"]["waiting_bytes"] == 0)


class TestPort:
    """The port is there exactly while it should be."""

    async def test_closed_while_not_loaded(self, hass, ff, ff_entry, tcp_port, plates) -> None:
        async with TcpLink(tcp_port) as link:
            await link.send(ff.event())
            await eventually(lambda: len(plates) == 1)
            await hass.config_entries.async_unload(ff_entry.entry_id)
            assert await link.is_closed()
            with pytest.raises(ConnectionRefusedError):
                await TcpLink(tcp_port).__aenter__()
        await hass.config_entries.async_setup(ff_entry.entry_id)
        async with TcpLink(tcp_port) as link:
            await link.send(ff.event("update"))
            await eventually(lambda: len(plates) == 2)

    async def test_other_port(self, hass, ff, ff_entry, tcp_port, plates) -> None:
        other = free_port()
        await configure(hass, ff_entry, tcp={"port": other})
        with pytest.raises(ConnectionRefusedError):
            await TcpLink(tcp_port).__aenter__()
        async with TcpLink(other) as link:
            await link.send(ff.event())
            await eventually(lambda: len(plates) == 1)
        await configure(hass, ff_entry, tcp={})
        with pytest.raises(ConnectionRefusedError):
            await TcpLink(other).__aenter__()

    async def test_own_address(self, hass, ff, ff_entry, socket_enabled, plates) -> None:
        number = free_port()
        await configure(hass, ff_entry, tcp={"port": number, "host": "127.0.0.1"})
        with socket.socket() as other:
            # Nobody else is kept from the port at another address of ours.
            other.bind(("127.0.0.2", number))
        async with TcpLink(number) as link:
            await link.send(ff.event())
            await eventually(lambda: len(plates) == 1)

    async def test_in_use_when_it_is_chosen_is_an_issue(self, hass, ff_entry, tcp_port) -> None:
        server = await asyncio.start_server(lambda *_: None, None, 0)
        taken = server.sockets[0].getsockname()[1]
        result = await configure(hass, ff_entry, tcp={"port": taken})
        assert result["type"] == "create_entry"
        assert "port" in issues(hass)
        await configure(hass, ff_entry, tcp={"port": tcp_port})
        assert "port" not in issues(hass)
        server.close()
        await server.wait_closed()

    async def test_in_use_at_start_up_is_an_issue(self, hass, ff, ff_entry, tcp_port, plates) -> None:
        await hass.config_entries.async_unload(ff_entry.entry_id)
        server = await asyncio.start_server(lambda *_: None, None, tcp_port)
        with patch(RETRY, timedelta(seconds=0.2)):
            await hass.config_entries.async_setup(ff_entry.entry_id)
        assert "port" in issues(hass)
        # The rest works, and Home Assistant tries again.
        assert (await ff.read()).status == 200
        server.close()
        await server.wait_closed()
        await eventually(lambda: "port" not in issues(hass))
        async with TcpLink(tcp_port) as link:
            await link.send(ff.event("update"))
            await eventually(lambda: len(plates) == 2)

    async def test_issue_goes_with_the_entry(self, hass, ff_entry, tcp_port) -> None:
        await hass.config_entries.async_unload(ff_entry.entry_id)
        server = await asyncio.start_server(lambda *_: None, None, tcp_port)
        await hass.config_entries.async_setup(ff_entry.entry_id)
        await hass.config_entries.async_remove(ff_entry.entry_id)
        assert issues(hass) == set()
        server.close()
        await server.wait_closed()


async def test_error_of_ours_harms_no_other(hass, ff, ff_entry, tcp_port, plates, caplog) -> None:
    hub = ff_entry.runtime_data.receiver
    async with TcpLink(tcp_port) as link:
        with patch.object(hub, "async_tell", side_effect=RuntimeError("boom")):
            await link.send(ff.event())
            assert await link.is_closed()
    assert "boom" in caplog.text
    async with TcpLink(tcp_port) as link:
        await link.send(ff.event())
        await eventually(lambda: len(plates) == 1)
    assert state(hass, ff_entry, "sensor", "gate", "plate").state == "47ATDPN"
    caplog.clear()


async def test_connection_that_is_reset(ff, ff_entry, tcp_port, plates) -> None:
    async with TcpLink(tcp_port) as link:
        await link.send_bytes(b'{"a"')
        link.writer.transport.abort()
    await eventually(lambda: ff_entry.runtime_data.receivers.state()["tcp"]["connected"] == 0)
    assert plates == []
