"""Set-ups that fail halfway, and receivers that cannot be closed: nothing stays behind."""

import asyncio
from datetime import timedelta
from unittest.mock import patch

from homeassistant.config_entries import ConfigEntry, ConfigEntryState
from homeassistant.core import HomeAssistant
from homeassistant.util import dt as dt_util
import pytest
from pytest_homeassistant_custom_component.common import async_fire_time_changed

from custom_components.camera_push.transports.ftp_server import FtpServer
from custom_components.camera_push.transports.tcp_json import TcpJsonReceiver
from tests.common import configure, free_port, is_free
from tests.emulators.ff import FFCamera

_REFUSED = "refused by the test"


@pytest.fixture
async def ports(hass: HomeAssistant, ff_entry: ConfigEntry, socket_enabled: None) -> list[int]:
    """Return the ports at which the entry listens: TCP, FTP."""
    tcp, ftp = free_port(), free_port()
    login = {"username": "camera", "password": "secret"}
    await configure(hass, ff_entry, tcp={"port": tcp}, ftp={"port": ftp, **login})
    assert not is_free(tcp)
    assert not is_free(ftp)
    return [tcp, ftp]


async def test_set_up_that_fails_at_the_end_leaves_nothing(
    hass: HomeAssistant, ff: FFCamera, ff_entry: ConfigEntry, ports: list[int], caplog
) -> None:
    """The platforms are set up by then: their entities would keep the next set-up from adding its own."""
    await ff.send_json(ff.keepalive())
    with patch.object(FtpServer, "async_open", side_effect=RuntimeError(_REFUSED)):
        assert not await hass.config_entries.async_reload(ff_entry.entry_id)
    assert ff_entry.state is ConfigEntryState.SETUP_ERROR
    assert [is_free(port) for port in ports] == [True, True]
    assert {state.state for state in hass.states.async_all()} <= {"unavailable"}
    caplog.clear()
    assert await hass.config_entries.async_reload(ff_entry.entry_id)
    assert (await ff.send_json(ff.keepalive())).status == 200
    await hass.async_block_till_done()
    assert "unavailable" not in {state.state for state in hass.states.async_all()}
    assert not [record for record in caplog.records if record.levelname == "ERROR"]


async def test_receiver_that_cannot_be_closed_keeps_no_other_open(
    hass: HomeAssistant, ff: FFCamera, ff_entry: ConfigEntry, ports: list[int], caplog
) -> None:
    close = TcpJsonReceiver.async_close

    async def fail(receiver: TcpJsonReceiver) -> None:
        await close(receiver)
        raise RuntimeError(_REFUSED)

    with patch.object(TcpJsonReceiver, "async_close", fail):
        assert await hass.config_entries.async_unload(ff_entry.entry_id)
        await hass.async_block_till_done()
    assert [is_free(port) for port in ports] == [True, True]
    assert "Error while closing the tcp receiver" in caplog.text


async def test_port_that_is_being_opened_is_closed_with_the_entry(
    hass: HomeAssistant, ff_entry: ConfigEntry, ports: list[int]
) -> None:
    """It was taken when the entry was set up, and is free again just when the entry is unloaded."""
    opening, go_on = asyncio.Event(), asyncio.Event()
    open_port = TcpJsonReceiver.async_open

    async def open_slowly(receiver: TcpJsonReceiver) -> None:
        opening.set()
        await go_on.wait()
        await open_port(receiver)

    with patch.object(TcpJsonReceiver, "async_open", side_effect=OSError("taken")):
        assert await hass.config_entries.async_reload(ff_entry.entry_id)
    assert ff_entry.runtime_data.receivers.up() == [False, True]
    with patch.object(TcpJsonReceiver, "async_open", open_slowly):
        async_fire_time_changed(hass, dt_util.utcnow() + timedelta(minutes=1))
        await opening.wait()
        unloading = hass.async_create_task(hass.config_entries.async_unload(ff_entry.entry_id))
        await asyncio.sleep(0)
        go_on.set()
        assert await unloading
    assert [is_free(port) for port in ports] == [True, True]


async def test_cards_that_cannot_be_registered_cost_no_push(
    hass: HomeAssistant, ff: FFCamera, ff_entry: ConfigEntry, plates, caplog
) -> None:
    with patch("custom_components.camera_push.async_add_resource", side_effect=RuntimeError(_REFUSED)):
        assert await hass.config_entries.async_reload(ff_entry.entry_id)
    assert "cards for dashboards could not be registered" in caplog.text
    assert (await ff.send_json(ff.event())).status == 200
    assert len(plates) == 1
