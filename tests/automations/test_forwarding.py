"""What happened is forwarded over MQTT, through a real broker that is restarted in the middle.

CAMERA_PUSH_MQTT_EVENTS says how many events; docs/scaling.md says what came of 100,000.
"""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
import getpass
import json
import logging
import os
from pathlib import Path
import shutil
import socket
import subprocess

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component
from paho.mqtt.client import Client
from paho.mqtt.enums import CallbackAPIVersion
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry, async_fire_time_changed

from custom_components.camera_push.domain.history import EventKind, HistoryEvent
from custom_components.camera_push.storage.model import Commit
from tests.automations.helpers import use
from tests.common import eventually, free_port
from tests.emulators.ff import FFCamera

EVENTS = int(os.environ.get("CAMERA_PUSH_MQTT_EVENTS", "600"))
MOSQUITTO = shutil.which("mosquitto", path=f"{os.environ.get('PATH', '')}:/usr/sbin")


class Broker:
    """Mosquitto, which remembers over a restart who subscribed to what."""

    def __init__(self, folder: Path) -> None:
        assert MOSQUITTO is not None, "scripts/broker installs Debian's mosquitto"
        self.port = free_port()
        self._settings = folder / "mosquitto.conf"
        self._settings.write_text(
            f"listener {self.port} 127.0.0.1\nallow_anonymous true\nmax_queued_messages 0\n"
            f"user {getpass.getuser()}\npersistence true\npersistence_location {folder}/\n"
        )
        self._process: subprocess.Popen | None = None

    def start(self) -> None:
        self._process = subprocess.Popen([MOSQUITTO, "-c", self._settings], stderr=subprocess.DEVNULL)

    def stop(self) -> None:
        self._process.terminate()
        self._process.wait()


class Reader:
    """Somebody who reads by id: the newest of what came under an id counts."""

    def __init__(self, port: int) -> None:
        self.events: dict[str, dict] = {}
        self.messages = 0
        self._client = Client(CallbackAPIVersion.VERSION2, client_id="reader", clean_session=False)
        self._client.reconnect_delay_set(1, 1)
        self._client.on_connect = lambda client, *_: client.subscribe("camera_push/#", qos=1)
        self._client.on_message = self._read
        self._client.connect("127.0.0.1", port)
        self._client.loop_start()

    def _read(self, _client, _data, message) -> None:
        event = json.loads(message.payload)
        self.messages += 1
        self.events[event["id"]] = event
        self.topic = message.topic

    def stop(self) -> None:
        self._client.disconnect()
        self._client.loop_stop()


@pytest.fixture(autouse=True)
async def mqtt_parts(hass: HomeAssistant) -> None:
    """Set up what MQTT needs before the server starts."""
    Path(hass.config.path("configuration.yaml")).touch()
    for component in ("http", "file_upload"):
        assert await async_setup_component(hass, component, {})


@pytest.fixture
async def reader(hass: HomeAssistant, broker: Broker) -> AsyncIterator[Reader]:
    """Return a reader that is connected."""
    await eventually(lambda: _accepts(broker.port))
    it = await hass.async_add_executor_job(Reader, broker.port)
    yield it
    await hass.async_add_executor_job(it.stop)


@pytest.fixture
async def broker(tmp_path: Path, socket_enabled: None) -> AsyncIterator[Broker]:
    """Return a broker that is running."""
    it = Broker(tmp_path)
    it.start()
    yield it
    it.stop()


async def fill(entry: ConfigEntry, count: int) -> set[str]:
    """Write events as pushes do, and return their ids."""
    store = entry.runtime_data.store
    now = datetime.now(UTC)
    numbers = []
    for start in range(0, count, 500):
        writes = []
        for number in range(start, min(start + 500, count)):
            at = now - timedelta(seconds=count - number)
            event = HistoryEvent(
                id=store.new_media_id(),
                kind=EventKind.VISIT,
                camera_id="gate",
                at=at,
                first_at=at,
                last_at=at,
                received_at=at,
                plate=f"AB{number}",
            )
            numbers.append(event.id)
            camera = entry.runtime_data.hub.cameras["gate"]
            writes.append(
                store.commit(Commit(camera_id="gate", record=camera.dump(), event=event, durable=False))
            )
        await asyncio.gather(*writes)
    return {f"{entry.entry_id}.{number}" for number in numbers}


async def test_none_is_lost_and_none_is_twice_for_who_reads_by_id(
    hass: HomeAssistant, ff_entry: ConfigEntry, ff: FFCamera, broker: Broker, reader: Reader, caplog
) -> None:
    # What is logged of each message would take longer than the messages.
    caplog.set_level(logging.WARNING)
    await ff.read("new", plate="FIRST")
    ids = await fill(ff_entry, EVENTS)
    mqtt = MockConfigEntry(
        domain="mqtt", data={"broker": "127.0.0.1", "port": broker.port, "discovery": False}, version=2
    )
    mqtt.add_to_hass(hass)
    assert await hass.config_entries.async_setup(mqtt.entry_id)
    helper = {"position": {"min": 0, "max": 1_000_000_000, "step": 1, "mode": "box"}}
    assert await async_setup_component(hass, "input_number", {"input_number": helper})
    await use(hass, caplog, "forward_events", entry=ff_entry.entry_id, position="input_number.position")

    async def run() -> None:
        async_fire_time_changed(hass, datetime.now(UTC) + timedelta(minutes=1))
        await asyncio.sleep(0.2)

    async def until_forwarded(count: int) -> None:
        async with asyncio.timeout(300 + EVENTS / 20):
            while len(reader.events) < count:
                await run()

    await until_forwarded(EVENTS // 3)
    broker.stop()
    for _ in range(3):
        await run()
    broker.start()
    await until_forwarded(EVENTS + 1)
    assert ids <= reader.events.keys()
    assert len(reader.events) == EVENTS + 1
    assert reader.messages >= EVENTS + 1
    assert reader.topic == "camera_push/visit/gate"
    # It goes on as it happens, and what changes comes again.
    await ff.read("lost", plate="FIRST")
    await eventually(
        lambda: any(it["plate"] == "FIRST" and it["is_over"] for it in reader.events.values()), 300
    )
    print(f"{EVENTS} events, {reader.messages} messages")  # noqa: T201  # For who measures.
    await hass.services.async_call("automation", "turn_off", {"entity_id": "automation.test"}, blocking=True)
    assert await hass.config_entries.async_unload(mqtt.entry_id)


def _accepts(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0
