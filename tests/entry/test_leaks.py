"""Loading and unloading, again and again under load: nothing is left behind."""

import asyncio
from pathlib import Path

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant

from tests.bench.component.bench_rivals import held
from tests.common import configure, eventually, free_port
from tests.emulators.ff import FFCamera
from tests.emulators.vstarcam import VStarcamCamera

_TIMES = 25


async def _settle(hass: HomeAssistant) -> None:
    await hass.async_block_till_done(wait_background_tasks=True)
    await asyncio.sleep(0.05)


async def test_reloads_under_load(hass: HomeAssistant, vstarcam, vstarcam_entry: ConfigEntry, alarms) -> None:
    """Pushes come all the time: each is accepted and told once, or refused with 503."""
    assert (await vstarcam.alarm()).status == 200
    assert await hass.config_entries.async_reload(vstarcam_entry.entry_id)
    await _settle(hass)
    before, done = held(hass), asyncio.Event()
    statuses: list[int] = []

    async def push() -> None:
        while not done.is_set():
            statuses.append((await vstarcam.alarm()).status)

    pushing = [asyncio.create_task(push()) for _ in range(3)]
    for _ in range(_TIMES):
        assert await hass.config_entries.async_reload(vstarcam_entry.entry_id)
        await asyncio.sleep(0.02)
    done.set()
    await asyncio.gather(*pushing)
    await _settle(hass)
    assert set(statuses) <= {200, 503}
    assert 200 in statuses
    assert len(alarms) == 1 + statuses.count(200)
    after = held(hass)
    assert {what: after[what] - before[what] for what in ("webhooks", "tasks", "states")} == {
        "webhooks": 0,
        "tasks": 0,
        "states": 0,
    }
    assert after["listeners"] <= before["listeners"]
    # Connections that are about to close; threads of Home Assistant's own executor.
    assert after["files"] <= before["files"] + 4
    assert after["threads"] <= before["threads"] + 8


async def test_ports_are_given_back(hass, socket_enabled, ff: FFCamera, ff_entry: ConfigEntry) -> None:
    tcp, ftp = free_port(), free_port()
    await configure(
        hass, ff_entry, tcp={"port": tcp}, ftp={"port": ftp, "username": "camera", "password": "secret"}
    )
    await _settle(hass)
    before = held(hass)
    for _ in range(_TIMES):
        assert await hass.config_entries.async_reload(ff_entry.entry_id)
    await eventually(lambda: all(ff_entry.runtime_data.receivers.up()))
    await _settle(hass)
    after = held(hass)
    assert after["states"] == before["states"]
    # Fewer are no leak: what ran only once, after the start, may have ended meanwhile.
    for what in ("listeners", "webhooks", "tasks"):
        assert after[what] <= before[what], what
    assert await hass.config_entries.async_unload(ff_entry.entry_id)
    for port in (tcp, ftp):
        server = await asyncio.start_server(lambda reader, writer: writer.close(), "127.0.0.1", port)
        server.close()
        await server.wait_closed()


async def test_entries_come_and_go(hass, add_entry, vstarcam_entry, poster, tmp_path: Path) -> None:
    """Removed entries leave no webhook, no state, no file."""
    before = None
    for _ in range(_TIMES):
        entry = await add_entry("vstarcam")
        camera = VStarcamCamera("VC0000000ABCD", poster, entry.data["webhook_id"])
        assert (await camera.alarm()).status == 200
        assert await hass.config_entries.async_remove(entry.entry_id)
        await _settle(hass)
        found = held(hass) | {"stored": len(list((tmp_path / "camera_push").iterdir()))}
        del found["files"], found["threads"]
        before = before or dict(found)
        assert found.pop("listeners") <= before["listeners"]
        assert found == {what: before[what] for what in found}
