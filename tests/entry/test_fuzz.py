"""Whole requests, connections and sessions, mutated: what is refused changes nothing, and nothing is left.

The seeds that found something are kept; `scripts/soak` goes on with others.
"""

import asyncio
from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.common import async_capture_events

from tests.bench.component.bench_rivals import held
from tests.common import configure, eventually, free_port, states
from tests.config_flows import start_flow
from tests.emulators.hostile import SYSTEMS, Wire, ftp_session, mutated, send, send_stream, stream
from tests.emulators.http import Poster
from tests.fuzzing import check_that_all_can_be_read, complaints
from tests.metering import Judge, Meter, metered, speed

SEEDS = (1, 2)
REQUESTS = 250
EVENTS = ("camera_push_alarm", "camera_push_plate", "camera_push_identification", "camera_push_cloud_event")
FTP = {"username": "camera", "password": "secret"}


@pytest.fixture
def told(hass: HomeAssistant) -> list[list]:
    """Return the lists of all events of ours on the bus."""
    return [async_capture_events(hass, name) for name in EVENTS]


@pytest.fixture
async def entry(request: pytest.FixtureRequest, add_entry, hass: HomeAssistant) -> ConfigEntry:
    """Return an entry of the system that is asked for."""
    if request.param != "omni":
        return await add_entry(request.param)
    flow = await start_flow(hass, "omni", "omni_webhook")
    await hass.async_block_till_done()
    return flow["result"]


def changed(hass: HomeAssistant, before: dict) -> set[str]:
    """Return the entities that changed since, but for what former pushes lead to a while later."""
    now = states(hass)
    later = {key for key in before.keys() & now if now[key][0] == "off" or key.endswith("last_seen")}
    return {key for key in before.keys() | now if before.get(key) != now.get(key)} - later


async def nothing_is_left(hass: HomeAssistant, entry: ConfigEntry, tmp_path: Path) -> None:
    """Check what a push holds while it is on its way."""
    door = entry.runtime_data.context.limiter
    # A sender that hung up is noticed a moment later.
    await eventually(lambda: (door.state()["inside"], door.state()["waiting_bytes"]) == (0, 0))
    assert [it for it in tmp_path.glob(".cache/camera_push/*/incoming/*") if it.is_file()] == []


@pytest.fixture
def meter() -> Iterator[Meter]:
    """Measure what everything costs."""
    with metered() as found:
        yield found


def request_of(chance: Random, build: Callable[[Random], Wire], webhook_id: str) -> tuple[Wire, bytes]:
    """Return a mutated request and its bytes."""
    wire = mutated(chance, build(chance))
    return wire, wire.encode(webhook_id)


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("entry", list(SYSTEMS), indirect=True)
async def test_requests(
    hass: HomeAssistant,
    add_entry,
    entry: ConfigEntry,
    poster: Poster,
    told,
    caplog,
    tmp_path,
    meter: Meter,
    seed: int,
) -> None:
    chance, answers = Random(seed), set()
    build, webhook_id = SYSTEMS[entry.data["source"]], entry.data["webhook_id"]
    assert await send(poster.host, poster.port, build(chance).encode(webhook_id)) == 200
    await hass.async_block_till_done()
    before = held(hass)
    # aiohttp unpacks what is packed, before we see it: that is the dearest step.
    judge = Judge(meter, (), longest=30 * speed())
    # The step that made it is over then.
    await asyncio.sleep(0)
    meter.begin()
    for number in range(REQUESTS):
        wire, data = await asyncio.to_thread(request_of, chance, build, webhook_id)
        pieces = chance if number % 2 else None
        shown, count = states(hass), sum(map(len, told))
        status = await send(poster.host, poster.port, data, pieces, is_complete=wire.is_complete)
        answers.add(status)
        # What was all there can be accepted although its sender, who announced more, hung up.
        if status != 200 and (status or wire.is_complete):
            await hass.async_block_till_done()
            assert not changed(hass, shown), (number, wire)
            assert sum(map(len, told)) == count, (number, wire)
    judge.note("the dearest step", REQUESTS)
    assert judge.found == []
    assert complaints(caplog) == []
    check_that_all_can_be_read(hass, told)
    # Mutations of every kind came this far.
    assert {200, 400} <= answers
    assert 500 not in answers
    assert await send(poster.host, poster.port, build(chance).encode(webhook_id)) == 200
    await hass.async_block_till_done()
    await nothing_is_left(hass, entry, tmp_path)
    after = held(hass)
    assert after["tasks"] <= before["tasks"] + 2
    assert after["files"] <= before["files"] + 4
    assert after["webhooks"] == before["webhooks"]


@pytest.mark.parametrize("entry", ["vstarcam"], indirect=True)
async def test_requests_at_the_same_time(hass, entry, poster, told, caplog, tmp_path) -> None:
    """Interleaved piece by piece, good ones between damaged ones: each good one is told once."""
    chance, webhook_id = Random(3), entry.data["webhook_id"]
    build = SYSTEMS["vstarcam"]
    good = 0
    for _ in range(10):
        wires = [build(chance) for _ in range(20)]
        good += sum(bool(wire.fields) for wire in wires[:10])
        data = [wire.encode(webhook_id) for wire in wires[:10]]
        # Cut short, so that they cannot be anything but refused.
        data += [wire.encode(webhook_id)[:-1] for wire in wires[10:]]
        statuses = await asyncio.gather(
            *(
                send(poster.host, poster.port, it, chance, is_complete=number < 10)
                for number, it in enumerate(data)
            )
        )
        assert statuses[:10] == [200] * 10
        assert 200 not in statuses[10:]
    await hass.async_block_till_done()
    assert sum(map(len, told)) == good
    assert complaints(caplog) == []
    await nothing_is_left(hass, entry, tmp_path)


@pytest.mark.parametrize("seed", SEEDS)
async def test_tcp(hass, socket_enabled, ff_entry, told, caplog, seed: int) -> None:
    chance, port = Random(seed), free_port()
    await configure(hass, ff_entry, tcp={"port": port})
    await hass.async_block_till_done()
    before = held(hass)
    for _ in range(100):
        await send_stream(port, stream(chance), chance)
    await eventually(lambda: ff_entry.runtime_data.receivers.state()["tcp"]["connected"] == 0)
    await hass.async_block_till_done()
    state = ff_entry.runtime_data.receivers.state()["tcp"]
    assert state["waiting_bytes"] == 0
    assert state["messages"] > 20
    assert sum(state["refused"].values()) > 20
    assert complaints(caplog) == []
    after = held(hass)
    assert after["tasks"] <= before["tasks"] + 2
    assert after["files"] <= before["files"] + 4


@pytest.mark.parametrize("seed", SEEDS)
async def test_ftp(hass, socket_enabled, ff_entry, told, caplog, seed: int) -> None:
    chance, port = Random(seed), free_port()
    await configure(hass, ff_entry, ftp={"port": port, **FTP})
    await hass.async_block_till_done()
    before = held(hass)
    for _ in range(40):
        await ftp_session(port, chance, user=FTP["username"], password=FTP["password"])
    await eventually(lambda: ff_entry.runtime_data.receivers.state()["ftp"]["connected"] == 0)
    await hass.async_block_till_done()
    assert ff_entry.runtime_data.receivers.state()["ftp"]["waiting_bytes"] == 0
    assert complaints(caplog) == []
    after = held(hass)
    assert after["tasks"] <= before["tasks"] + 2
    assert after["files"] <= before["files"] + 4
