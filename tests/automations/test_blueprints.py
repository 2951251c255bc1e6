"""The blueprints, loaded and run by Home Assistant."""

import asyncio
from pathlib import Path

from homeassistant.core import HomeAssistant
from homeassistant.helpers import device_registry as dr
from homeassistant.util.yaml import load_yaml_dict
import pytest
from pytest_homeassistant_custom_component.common import (
    async_fire_time_changed,
    async_mock_service,
)

from tests.automations.helpers import BLUEPRINTS, device_id, use
from tests.common import configure, pass_time
from tests.emulators.pictures import jpeg
from tests.repository.files import ROOT
from tests.vehicles import visit

VUID = "VC0000000ABCD"


@pytest.mark.parametrize("path", sorted(BLUEPRINTS.glob("*.yaml")), ids=lambda path: path.stem)
def test_source_url_is_where_it_is(path: Path) -> None:
    blueprint = load_yaml_dict(str(path))["blueprint"]
    assert blueprint["source_url"].endswith(f"/blob/main/{path.relative_to(ROOT)}")
    assert blueprint["description"]
    assert path.name in (ROOT / "docs" / "automations.md").read_text()


async def test_gate(hass, caplog, ff, ff_entry, add_vehicle, phone, told, freezer) -> None:
    mine = device_id(hass, ff_entry, await add_vehicle())
    await add_vehicle(name="Hers", plates=["BMK4711"])
    opened = async_mock_service(hass, "cover", "open_cover")
    await use(
        hass,
        caplog,
        "gate",
        vehicles=[mine],
        open_actions=[{"action": "cover.open_cover", "target": {"entity_id": "cover.gate"}}],
        direction="in",
        schedule="schedule.day",
        notify_devices=[phone],
    )
    hass.states.async_set("schedule.day", "off")
    await visit(hass, ff, 1)
    assert not opened
    hass.states.async_set("schedule.day", "on")
    await visit(hass, ff, 2, "BMK4711")
    await visit(hass, ff, 3, "ZZ999")
    await visit(hass, ff, 4, direction="out")
    assert not opened
    await visit(hass, ff, 5)
    assert len(opened) == len(told) == 1
    assert told[0].data["message"] == "My car at gate"
    await visit(hass, ff, 6)
    assert len(opened) == 1
    await pass_time(hass, freezer, 61)
    await visit(hass, ff, 7)
    assert len(opened) == 2
    # The cool-down is over before the automation's memory is: it holds over a restart.
    assert hass.states.get("automation.test").attributes["last_triggered"] is not None


async def test_gate_without_vehicles_stays_shut(hass, caplog, ff, ff_entry, add_vehicle) -> None:
    await add_vehicle()
    opened = async_mock_service(hass, "cover", "open_cover")
    await use(
        hass,
        caplog,
        "gate",
        vehicles=[],
        open_actions=[{"action": "cover.open_cover", "target": {"entity_id": "cover.gate"}}],
    )
    await visit(hass, ff, 1, "ZZ999")
    assert not opened


async def test_gate_opens_if_phones_cannot_be_told(hass, caplog, ff, ff_entry, add_vehicle, phone) -> None:
    mine = device_id(hass, ff_entry, await add_vehicle())
    opened = async_mock_service(hass, "cover", "open_cover")
    await use(
        hass,
        caplog,
        "gate",
        vehicles=[mine],
        open_actions=[{"action": "cover.open_cover", "target": {"entity_id": "cover.gate"}}],
        notify_devices=[phone],
        cool_down={"seconds": 0},
    )
    await visit(hass, ff)
    await visit(hass, ff, 2)
    assert len(opened) == 2


async def test_unknown_vehicle(hass, caplog, ff, ff_entry, add_vehicle, phone, told) -> None:
    await add_vehicle()
    await use(hass, caplog, "unknown_vehicle", notify_devices=[phone], nobody_home=True)
    await visit(hass, ff, 1, "BC 123")
    await visit(hass, ff, 2, "BC 123")
    assert [call.data["message"] for call in told] == [
        "BC 123 at gate, for the first time",
        "BC 123 at gate, visit 2",
    ]
    await visit(hass, ff, 3)
    await visit(hass, ff, 4, "BC 123")
    assert len(told) == 2


async def test_alarm_notification(hass, caplog, vstarcam, vstarcam_entry, phone, told) -> None:
    await use(hass, caplog, "alarm_notification", notify_devices=[phone], alarms=["humanoid"])
    await vstarcam.alarm(0x12)
    await vstarcam.alarm(0x29, video=b"\0\0\0\x18ftypmp42" + bytes(100))
    await hass.async_block_till_done()
    assert len(told) == 1
    assert told[0].data["title"] == f"VStarcam {VUID}"
    assert told[0].data["message"] == "Person"
    data = told[0].data["data"]
    prefix = f"/api/camera_push/media/{vstarcam_entry.entry_id}/"
    assert data["image"].startswith(prefix)
    assert data["video"].startswith(prefix)
    assert data["actions"][0]["uri"] == "entityId:camera.vstarcam_vc0000000abcd"


async def test_alarm_notification_with_all_inputs(hass, caplog, vstarcam, phone, told) -> None:
    lights = async_mock_service(hass, "light", "turn_on")
    await use(
        hass,
        caplog,
        "alarm_notification",
        notify_devices=[phone],
        only_while=[{"condition": "state", "entity_id": "alarm_control_panel.home", "state": "armed_away"}],
        more_actions=[{"action": "light.turn_on", "target": {"entity_id": "light.yard"}}],
    )
    hass.states.async_set("alarm_control_panel.home", "disarmed")
    await vstarcam.alarm(0x12)
    await hass.async_block_till_done()
    assert not told
    hass.states.async_set("alarm_control_panel.home", "armed_away")
    await vstarcam.alarm(0x6E)
    await vstarcam.alarm("0x99")
    await hass.async_block_till_done()
    assert [call.data["message"] for call in told] == ["Smoke", "Unknown"]
    assert len(lights) == 2


async def test_doorbell(hass, caplog, vstarcam, phone, told, freezer) -> None:
    chimes = async_mock_service(hass, "media_player", "play_media")
    speech = async_mock_service(hass, "tts", "speak")
    await use(
        hass,
        caplog,
        "doorbell",
        chime_players=["media_player.hall"],
        chime="media-source://media_source/local/chime.mp3",
        speech_engine="tts.home",
        speech_players=["media_player.kitchen"],
        speech="It rings",
        notify_devices=[phone],
    )
    await vstarcam.alarm(0x12)
    for _ in range(3):
        await vstarcam.alarm(0x14)
    await hass.async_block_till_done()
    assert len(told) == len(chimes) == len(speech) == 1
    assert chimes[0].data["entity_id"] == ["media_player.hall"]
    assert chimes[0].data["announce"] is True
    assert speech[0].data["media_player_entity_id"] == ["media_player.kitchen"]
    assert speech[0].data["message"] == "It rings"
    assert told[0].data["data"]["image"].startswith("/api/camera_push/media/")
    await pass_time(hass, freezer, 11)
    await vstarcam.alarm(0x14)
    await hass.async_block_till_done()
    assert len(told) == 2


async def test_doorbell_with_phones_only(hass, caplog, vstarcam, phone, told) -> None:
    chimes = async_mock_service(hass, "media_player", "play_media")
    await use(hass, caplog, "doorbell", notify_devices=[phone])
    await vstarcam.alarm(0x14)
    await hass.async_block_till_done()
    assert (len(told), len(chimes)) == (1, 0)


async def settle(hass: HomeAssistant) -> None:
    """Let everything happen but what waits for time to pass."""
    for _ in range(100):
        await asyncio.sleep(0)


@pytest.mark.parametrize("alarms", [None, []])
async def test_safety_alarm(hass, caplog, vstarcam, phone, told, freezer, alarms) -> None:
    on = async_mock_service(hass, "homeassistant", "turn_on")
    off = async_mock_service(hass, "homeassistant", "turn_off")
    lights = async_mock_service(hass, "light", "turn_on")
    inputs = {} if alarms is None else {"alarms": alarms}
    await use(
        hass,
        caplog,
        "safety_alarm",
        sirens=["siren.hall"],
        lights=["light.hall", "light.stairs"],
        notify_devices=[phone],
        **inputs,
    )

    async def wait(seconds: float) -> None:
        freezer.tick(seconds)
        async_fire_time_changed(hass)
        await settle(hass)

    await vstarcam.alarm(0x12)
    await settle(hass)
    assert not on
    await vstarcam.alarm(0x6D)
    await settle(hass)
    assert on[0].data["entity_id"] == ["siren.hall"]
    assert lights[0].data == {"entity_id": ["light.hall", "light.stairs"], "brightness_pct": 100}
    assert told[0].data["title"] == "Fire!"
    assert told[0].data["data"]["push"]["sound"]["critical"] == 1
    await wait(200)
    await vstarcam.alarm(0x26)
    await settle(hass)
    assert told[1].data["title"] == "Smoke alarm!"
    await wait(200)
    assert not off
    await wait(101)
    assert off[0].data["entity_id"] == ["siren.hall"]


async def test_safety_alarm_does_what_it_can(hass, caplog, vstarcam, phone, told, freezer) -> None:
    """Neither a siren that fails nor one that is not there keeps the phones from being told."""
    await use(
        hass, caplog, "safety_alarm", sirens=["siren.gone"], lights=["light.gone"], notify_devices=[phone]
    )
    await vstarcam.alarm(0x6E)
    await settle(hass)
    assert [call.data["title"] for call in told] == ["Smoke!"]


async def test_picture_of_a_safety_alarm_needs_no_login(
    hass, caplog, vstarcam, phone, told, hass_client_no_auth
) -> None:
    await use(hass, caplog, "safety_alarm", notify_devices=[phone])
    await vstarcam.alarm(0x6D, jpeg("fire"))
    await settle(hass)
    path = told[0].data["data"]["image"]
    client = await hass_client_no_auth()
    assert await (await client.get(path)).read() == jpeg("fire")
    assert (await client.get(path.partition("?")[0])).status == 401


async def test_silent_camera(hass, caplog, vstarcam, vstarcam_entry, phone, told, freezer) -> None:
    await configure(hass, vstarcam_entry, heartbeat_interval=60)
    await vstarcam.heartbeat()
    await hass.async_block_till_done()
    power = async_mock_service(hass, "switch", "turn_off")
    back = async_mock_service(hass, "switch", "turn_on")
    target = {"entity_id": "switch.camera"}
    await use(
        hass,
        caplog,
        "silent_camera",
        cameras={"device_id": [device_id(hass, vstarcam_entry, VUID)]},
        notify_devices=[phone],
        silent_actions=[{"action": "switch.turn_off", "target": target}],
        back_actions=[{"action": "switch.turn_on", "target": target}],
    )
    await pass_time(hass, freezer, 181)
    assert not told
    await pass_time(hass, freezer, 301)
    assert "has fallen silent" in told[0].data["message"]
    assert (len(power), len(back)) == (1, 0)
    await vstarcam.heartbeat()
    await hass.async_block_till_done()
    assert told[1].data["message"] == "is sending again"
    assert (len(power), len(back)) == (1, 1)


@pytest.mark.parametrize("name", ["{{ states | list }}", "{% raw %}", "<b>x</b>", '"; drop'])
async def test_names_are_no_templates(hass, caplog, vstarcam, vstarcam_entry, phone, told, name) -> None:
    """What a camera or a stranger's plate says is shown, never run."""
    await vstarcam.heartbeat()
    await hass.async_block_till_done()
    registry = dr.async_get(hass)
    registry.async_update_device(device_id(hass, vstarcam_entry, VUID), name_by_user=name)
    await use(hass, caplog, "alarm_notification", notify_devices=[phone])
    await vstarcam.alarm(0x12)
    await hass.async_block_till_done()
    assert told[0].data["title"] == name
