"""Home Assistant's events and settings in VXG Cloud VMS."""

from datetime import UTC, datetime, timedelta

from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
from homeassistant.helpers import entity_registry as er
import pytest

from custom_components.camera_push.const import DOMAIN
from tests.common import device, entity_id, eventually, state
from tests.emulators.vxg import event_type
from tests.sources.vxg.helpers import CAM


class TestActions:
    """Home Assistant's events in the cloud."""

    async def call(self, hass, entry, action: str, /, **data):
        found = device(hass, entry, CAM)
        assert found is not None
        return await hass.services.async_call(
            DOMAIN, action, {"device_id": found.id, **data}, blocking=True, return_response=True
        )

    async def test_create(self, hass, server, entry) -> None:
        answer = await self.call(
            hass,
            entry,
            "vxg_create_event",
            name="motion",
            time="2021-09-23T16:30:00+00:00",
            meta={"tag1": "value1"},
        )
        body = {
            "camid": 237863,
            "name": "motion",
            "time": "2021-09-23T16:30:00.000",
            "meta": {"tag1": "value1"},
        }
        assert server.created == [body]
        assert answer == {"id": 9001, **body}
        await self.call(hass, entry, "vxg_create_event", name="motion")
        now = datetime.fromisoformat(server.created[1]["time"]).replace(tzinfo=UTC)
        assert abs(datetime.now(UTC) - now) < timedelta(seconds=5)

    async def test_create_of_a_type_that_is_not_supported(self, hass, server, entry) -> None:
        with pytest.raises(ServiceValidationError) as error:
            await self.call(hass, entry, "vxg_create_event", name="gate_opened")
        assert "vxg_add_event_type" in str(error.value)
        assert server.created == []
        # One that was added elsewhere meanwhile is.
        server.types[CAM].append(event_type("gate_opened"))
        await self.call(hass, entry, "vxg_create_event", name="gate_opened")
        assert len(server.created) == 1

    async def test_add_type(self, hass, server, entry, cloud) -> None:
        answer = await self.call(hass, entry, "vxg_add_event_type", name="custom_event", notify=True)
        assert answer == {"name": "custom_event", "notify": True, "can_be_triggered": False}
        assert server.types[CAM][-1]["name"] == "custom_event"
        assert "custom_event" in state(hass, entry, "event", CAM, "cloud_event").attributes["event_types"]
        await self.call(hass, entry, "vxg_create_event", name="custom_event")
        server.happen("custom_event")
        await eventually(lambda: len(cloud) == 1)
        assert state(hass, entry, "event", CAM, "cloud_event").attributes["event_type"] == "custom_event"

    async def test_trigger(self, hass, server, entry) -> None:
        await self.call(hass, entry, "vxg_trigger_event", name="custom", meta={"a": "b"})
        ((name, body),) = server.triggered
        assert (name, body["meta"]) == ("custom", {"a": "b"})
        requests = len([path for _, path, _ in server.requests if "trigger" in path])
        for kind in ("motion", "unknown"):
            with pytest.raises(ServiceValidationError):
                await self.call(hass, entry, "vxg_trigger_event", name=kind)
        assert len([path for _, path, _ in server.requests if "trigger" in path]) == requests

    async def test_list(self, hass, server, entry) -> None:
        answer = await self.call(hass, entry, "vxg_list_event_types")
        assert answer["event_types"][0] == {
            "name": "motion",
            "notify": True,
            "record": True,
            "snapshot": True,
            "can_be_triggered": False,
        }

    async def test_what_the_server_does_not_do(self, hass, server, entry) -> None:
        server.status = 400
        for name, data in (
            ("vxg_create_event", {"name": "motion"}),
            ("vxg_trigger_event", {"name": "custom"}),
            ("vxg_add_event_type", {"name": "x"}),
            ("vxg_list_event_types", {}),
        ):
            with pytest.raises(HomeAssistantError, match="HTTP 400"):
                await self.call(hass, entry, name, **data)

    async def test_camera_of_another_system(self, hass, server, entry) -> None:
        for device_id in ("unknown", next(iter(er.async_get(hass).entities.values())).device_id + "x"):
            with pytest.raises(ServiceValidationError):
                await hass.services.async_call(
                    DOMAIN, "vxg_create_event", {"device_id": device_id, "name": "motion"}, blocking=True
                )


class TestSwitches:
    """What the cloud does at each type of event."""

    async def test_disabled_by_default_and_only_what_there_is(self, hass, server, entry) -> None:
        registry = er.async_get(hass)
        found = {
            entity.unique_id.removeprefix(f"{entry.entry_id}_{CAM}_")
            for entity in er.async_entries_for_config_entry(registry, entry.entry_id)
            if entity.domain == "switch"
        }
        assert found == {
            "motion_notify",
            "motion_record",
            "motion_snapshot",
            "sound_notify",
            "net_notify",
            "custom_notify",
        }
        switch = registry.async_get(entity_id(hass, entry, "switch", CAM, "motion_record"))
        assert switch.disabled_by is er.RegistryEntryDisabler.INTEGRATION
        assert switch.entity_category == "config"

    async def test_switching(self, hass, server, entry) -> None:
        switch = entity_id(hass, entry, "switch", CAM, "motion_record")
        er.async_get(hass).async_update_entity(switch, disabled_by=None)
        await hass.config_entries.async_reload(entry.entry_id)
        await eventually(lambda: entry.runtime_data.hub.context.connection.is_connected)
        await hass.async_block_till_done()
        assert hass.states.get(switch).state == "on"
        assert hass.states.get(switch).attributes["friendly_name"] == "Gate motion: record"
        await hass.services.async_call("switch", "turn_off", {"entity_id": switch}, blocking=True)
        assert server.types[CAM][0]["record"] is False
        assert hass.states.get(switch).state == "off"
        server.status = 400
        with pytest.raises(HomeAssistantError):
            await hass.services.async_call("switch", "turn_on", {"entity_id": switch}, blocking=True)
        assert server.types[CAM][0]["record"] is False
