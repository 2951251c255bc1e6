"""Adding and changing known vehicles; the camera's own lists."""

import asyncio
from datetime import UTC, datetime, timedelta
from unittest.mock import patch

from homeassistant.data_entry_flow import FlowResultType
import pytest

from custom_components.camera_push.storage.model import Stored
from custom_components.camera_push.storage.store import Store
from tests.common import pass_time, state
from tests.config_flows import start_subentry, submit, suggested_values
from tests.emulators.ff import image
from tests.emulators.pictures import jpeg
from tests.vehicles import filled_in, start, visit


class TestFlow:
    """Adding and changing vehicles."""

    async def test_added_while_the_entry_is_being_reloaded(self, hass, ff_entry, socket_enabled) -> None:
        reached, go_on = asyncio.Event(), asyncio.Event()
        opening = Store.open

        async def slowly(store: Store) -> Stored:
            reached.set()
            await go_on.wait()
            return await opening(store)

        with patch.object(Store, "open", slowly):
            reloading = hass.async_create_task(hass.config_entries.async_reload(ff_entry.entry_id))
            await reached.wait()
            flow = await start(hass, ff_entry)
            # Not to be waited for: what it leads to waits for the reload.
            await hass.config_entries.subentries.async_configure(flow["flow_id"], filled_in())
            go_on.set()
            await reloading
            await hass.async_block_till_done()
        assert hass.states.get("event.my_car_seen") is not None

    @pytest.mark.parametrize(
        ("changes", "errors"),
        [
            ({"name": "  "}, {"name": "name_missing"}),
            ({"plates": []}, {"plates": "plate_missing"}),
            ({"plates": ["A"]}, {"plates": "plate_too_short"}),
            ({"plates": ["*"]}, {"plates": "plate_too_short"}),
            ({"plates": ["47ATDPN", "? ?-"]}, {"plates": "plate_too_short"}),
            ({"plates": [f"AB{number}" for number in range(51)]}, {"plates": "too_many_plates"}),
        ],
    )
    async def test_errors(self, hass, ff_entry, changes, errors) -> None:
        flow = await start(hass, ff_entry)
        result = await submit(hass, flow, filled_in(**changes))
        assert result["errors"] == errors
        result = await submit(hass, flow, filled_in())
        await hass.async_block_till_done()
        assert result["type"] is FlowResultType.CREATE_ENTRY

    async def test_plate_of_another_vehicle(self, hass, ff_entry, add_vehicle) -> None:
        await add_vehicle()
        flow = await start(hass, ff_entry)
        result = await submit(hass, flow, filled_in(name="Other", plates=["47atdpn"]))
        assert result["errors"] == {"plates": "plate_taken"}

    async def test_offers_the_cameras_that_are_known(self, hass, ff, ff_entry) -> None:
        await ff.read()
        flow = await start(hass, ff_entry)
        assert "'value': 'gate'" in str(flow["data_schema"].schema["places"].schema.schema["cameras"].config)
        await hass.config_entries.async_unload(ff_entry.entry_id)
        assert (await start(hass, ff_entry))["type"] is FlowResultType.FORM

    async def test_offers_the_plates_seen_lately(self, hass, ff, ff_entry, add_vehicle) -> None:
        """Those that nobody knows, with picture, camera, time and how often; the latest first."""
        await add_vehicle()
        for car, plate in enumerate(("BC 123", "47ATDPN", "BC 124", "BC 123")):
            for carstate in ("new", "lost"):
                await ff.read(carstate, carID=str(car), plate=plate, images=[image("image", jpeg(plate))])
        await hass.async_block_till_done()
        flow = await start(hass, ff_entry)
        options = flow["data_schema"].schema["plates"].config["options"]
        assert [(it["value"], it["label"][:13], it["label"][-4:]) for it in options] == [
            ("BC 123", "BC 123 (gate,", " 2x)"),
            ("BC 124", "BC 124 (gate,", " 1x)"),
        ]
        placeholders = flow["description_placeholders"]
        assert placeholders is not None
        assert placeholders["seen"].count("![](/api/camera_push/thumbnail/") == 2
        result = await submit(hass, flow, filled_in(name="Hers", plates=[options[0]["value"]]))
        assert result["type"] is FlowResultType.CREATE_ENTRY
        await hass.async_block_till_done()
        offered = (await start(hass, ff_entry))["data_schema"].schema["plates"].config["options"]
        assert [it["value"] for it in offered] == ["BC 124"]

    async def test_change(self, hass, ff, ff_entry, add_vehicle, plates) -> None:
        vehicle = await add_vehicle()
        flow = await start_subentry(hass, ff_entry, "vehicle", vehicle)
        suggested = suggested_values(flow)
        assert suggested["name"] == "My car"
        assert suggested["plates"] == ["47 ATD-PN"]
        result = await submit(hass, flow, filled_in(name="Our car", plates=[]))
        assert result["errors"] == {"plates": "plate_missing"}
        result = await submit(hass, flow, filled_in(name="Our car", plates=["47 ATD-PN", "BMK4711"]))
        assert result["reason"] == "reconfigure_successful"
        await hass.async_block_till_done()
        await visit(hass, ff, plate="BMK4711")
        assert plates[-1].data["known_vehicle"] == "Our car"


class TestLists:
    """The camera's own lists."""

    async def test_momentary(self, hass, ff, ff_entry, freezer) -> None:
        await ff.read("new", plateList="Residents", plateListMode="allow")
        await hass.async_block_till_done()
        assert state(hass, ff_entry, "binary_sensor", "gate", "on_allow_list").state == "on"
        assert state(hass, ff_entry, "binary_sensor", "gate", "on_block_list").state == "off"
        await pass_time(hass, freezer, 31)
        assert state(hass, ff_entry, "binary_sensor", "gate", "on_allow_list").state == "off"
        # The same visit goes on.
        await ff.read("update", plateList="Residents", plateListMode="allow")
        await ff.read("lost", plateList="Residents", plateListMode="allow")
        await hass.async_block_till_done()
        assert state(hass, ff_entry, "binary_sensor", "gate", "on_allow_list").state == "off"
        await ff.read("new", carID="2", plateList="Unwanted", plateListMode="BLOCK")
        await hass.async_block_till_done()
        assert state(hass, ff_entry, "binary_sensor", "gate", "on_block_list").state == "on"

    @pytest.mark.parametrize("mode", ["none", "", "other"])
    async def test_on_no_list(self, hass, ff, ff_entry, mode) -> None:
        await ff.read("new", plateList="Seen", plateListMode=mode)
        await hass.async_block_till_done()
        for key in ("on_allow_list", "on_block_list"):
            assert state(hass, ff_entry, "binary_sensor", "gate", key).state == "off"

    async def test_late(self, hass, ff, ff_entry) -> None:
        await ff.read("new", at=datetime.now(UTC) - timedelta(minutes=5), plateListMode="allow")
        await hass.async_block_till_done()
        assert state(hass, ff_entry, "binary_sensor", "gate", "on_allow_list").state == "off"
