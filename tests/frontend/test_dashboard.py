"""The dashboard: its views follow the registries."""

from collections.abc import Awaitable, Callable
import json
from pathlib import Path
from typing import Any

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant
from homeassistant.helpers import area_registry as ar, device_registry as dr, entity_registry as er
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.typing import WebSocketGenerator

from custom_components.camera_push.const import DOMAIN
from tests.emulators.ff import FFCamera
from tests.emulators.http import Poster
from tests.emulators.vstarcam import VStarcamCamera
from tests.vehicles import AddVehicle

type Add = Callable[[str], Awaitable[ConfigEntry]]
type Views = dict[str, dict[str, Any]]


class Dashboard:
    """The dashboard, as a browser asks for it."""

    def __init__(self, hass: HomeAssistant, hass_ws_client: WebSocketGenerator) -> None:
        self._hass = hass
        self._connect = hass_ws_client

    async def views(self, **values: Any) -> Views:
        """Return the views by their path."""
        client = await self._connect(self._hass)
        await client.send_json_auto_id({"type": f"{DOMAIN}/dashboard/views", **values})
        answer = await client.receive_json()
        assert answer["success"], answer
        return {view["path"]: view for view in answer["result"]["views"]}


@pytest.fixture
async def dashboard(hass: HomeAssistant, hass_ws_client: WebSocketGenerator) -> Dashboard:
    assert await async_setup_component(hass, "websocket_api", {})
    return Dashboard(hass, hass_ws_client)


def cards(of: dict, *types: str) -> list[dict]:
    """Return the cards of some types in a view or section, wherever they are."""
    sections = [*of.get("sections", []), *of.get("sidebar", {}).get("sections", [])]
    found = [card for section in sections for card in cards(section, *types)]
    return found + [card for card in of.get("cards", []) if card["type"].removeprefix("custom:") in types]


def device_of(hass: HomeAssistant, entry: ConfigEntry, camera_id: str) -> dr.DeviceEntry:
    devices = dr.async_entries_for_config_entry(dr.async_get(hass), entry.entry_id)
    identifier = (DOMAIN, f"{entry.entry_id}_{camera_id}")
    return next(device for device in devices if identifier in device.identifiers)


@pytest.fixture
async def door(
    hass: HomeAssistant, dashboard: Dashboard, vstarcam_entry: ConfigEntry, poster: Poster
) -> dr.DeviceEntry:
    """Return the device of a camera that has pushed."""
    camera = VStarcamCamera("VC0001", poster, vstarcam_entry.data["webhook_id"])
    await camera.heartbeat()
    await hass.async_block_till_done()
    return device_of(hass, vstarcam_entry, "VC0001")


async def test_dashboard_without_cameras_explains_itself(
    dashboard: Dashboard, vstarcam_entry: ConfigEntry
) -> None:
    views = await dashboard.views()
    assert list(views) == ["today"]
    assert len(cards(views["today"], "camera-push-events")) == 1
    assert cards(views["today"], "camera-push-snapshot") == []


async def test_today_has_events_and_beside_them_what_is_now(
    dashboard: Dashboard, door: dr.DeviceEntry
) -> None:
    views = await dashboard.views()
    assert list(views) == ["today", "cameras", "known", "counts"]
    today = views["today"]
    assert today["type"] == "sections"
    (section,) = today["sections"]
    assert section["column_span"] == 2
    assert [card["type"] for card in section["cards"]] == ["custom:camera-push-events"]
    sidebar = today["sidebar"]
    assert (sidebar["content_label"], sidebar["sidebar_label"]) == ("Events", "Now")
    (snapshot,) = cards(today, "camera-push-snapshot")
    assert snapshot["entity"].startswith("camera.")
    assert snapshot["grid_options"] == {"columns": 6}
    (graph,) = cards(today, "statistics-graph")
    assert graph["stat_types"] == ["change"]


async def test_each_camera_has_a_section_with_its_states(
    hass: HomeAssistant, dashboard: Dashboard, door: dr.DeviceEntry
) -> None:
    dr.async_get(hass).async_update_device(door.id, name_by_user="Front door")
    (section,) = (await dashboard.views())["cameras"]["sections"]
    heading, snapshot, *tiles = section["cards"]
    assert heading["heading"] == "Front door"
    (badge,) = heading["badges"]
    assert badge["visibility"] == [{"condition": "state", "entity": badge["entity"], "state": "off"}]
    assert snapshot["grid_options"] == {"columns": 12}
    shown = {tile["entity"] for tile in tiles}
    registry = er.async_get(hass)
    keys = {registry.async_get(entity).unique_id.rpartition("VC0001_")[2] for entity in shown}
    assert {"motion", "humanoid", "doorbell"} <= keys
    assert not keys & {"connectivity", "snapshot", "alarm"}


async def test_cameras_are_in_order_of_their_areas(
    hass: HomeAssistant, dashboard: Dashboard, vstarcam_entry: ConfigEntry, poster: Poster
) -> None:
    devices, areas = dr.async_get(hass), ar.async_get(hass)
    wanted = {"VC0003": ("Gate", None), "VC0001": ("Crib", "Nursery"), "VC0002": ("Window", "Attic")}
    for camera_id, (name, area) in wanted.items():
        await VStarcamCamera(camera_id, poster, vstarcam_entry.data["webhook_id"]).heartbeat()
        await hass.async_block_till_done()
        device = device_of(hass, vstarcam_entry, camera_id)
        area_id = areas.async_get_or_create(area).id if area else None
        devices.async_update_device(device.id, name_by_user=name, area_id=area_id)
    headings = [card["heading"] for card in cards((await dashboard.views())["cameras"], "heading")]
    assert headings == ["Attic · Window", "Nursery · Crib", "Gate"]


async def test_cameras_that_the_user_hid_or_disabled_are_not_shown(
    hass: HomeAssistant, dashboard: Dashboard, door: dr.DeviceEntry
) -> None:
    registry = er.async_get(hass)
    (camera,) = (
        entity for entity in er.async_entries_for_device(registry, door.id) if entity.domain == "camera"
    )
    registry.async_update_entity(camera.entity_id, hidden_by=er.RegistryEntryHider.USER)
    assert list(await dashboard.views()) == ["today"]
    registry.async_update_entity(camera.entity_id, hidden_by=None, disabled_by=er.RegistryEntryDisabler.USER)
    assert list(await dashboard.views()) == ["today"]


async def test_vehicles_appear_by_themselves(
    hass: HomeAssistant,
    dashboard: Dashboard,
    ff_entry: ConfigEntry,
    poster: Poster,
    add_vehicle: AddVehicle,
) -> None:
    camera = FFCamera("entrance", poster, ff_entry.data["webhook_id"])
    await camera.send_json(camera.keepalive())
    await hass.async_block_till_done()
    assert cards((await dashboard.views())["known"], "camera-push-known") == []
    await add_vehicle(name="My car", home_direction="in")
    await add_vehicle(name="Bus", plates=["B US 1"])
    views = await dashboard.views()
    bus, car = cards(views["known"], "camera-push-known")
    assert (bus["name"], car["name"]) == ("Bus", "My car")
    assert car["known"] in ff_entry.subentries
    assert bus["entity"].startswith("binary_sensor.")
    assert car["entity"].startswith("device_tracker.")
    at_home = cards(views["today"], "camera-push-known")
    assert [(card["entity"], card["compact"]) for card in at_home] == [
        (bus["entity"], True),
        (car["entity"], True),
    ]
    (unknown,) = cards(views["known"], "camera-push-events")
    assert (unknown["only"], unknown["days"]) == ("unknown", 7)


@pytest.mark.parametrize(
    ("language", "title"), [("de", "Heute"), ("pt-BR", "Hoje"), ("zh-Hans", "今天"), ("tlh", "Today")]
)
async def test_views_speak_the_users_language(
    dashboard: Dashboard, vstarcam_entry: ConfigEntry, language: str, title: str
) -> None:
    assert (await dashboard.views(language=language))["today"]["title"] == title


async def test_views_use_only_cards_that_the_module_defines(
    dashboard: Dashboard, door: dr.DeviceEntry
) -> None:
    source = Path(__file__).parents[2] / "custom_components" / DOMAIN / "frontend" / "camera-push.js"
    module = source.read_text()
    views = json.dumps(await dashboard.views())
    used = {part.partition('"')[0] for part in views.split('"custom:')[1:]}
    assert used
    for name in used:
        assert f'"{name}"' in module
    assert '"ll-strategy-dashboard-camera-push"' in module


async def test_two_entries_are_one_dashboard(
    hass: HomeAssistant, dashboard: Dashboard, door: dr.DeviceEntry, add_entry: Add, poster: Poster
) -> None:
    entry = await add_entry("ff")
    camera = FFCamera("entrance", poster, entry.data["webhook_id"])
    await camera.send_json(camera.keepalive())
    await hass.async_block_till_done()
    assert len(cards((await dashboard.views())["cameras"], "camera-push-snapshot")) == 2
