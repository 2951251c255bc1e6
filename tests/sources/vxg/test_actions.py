"""Home Assistant's events and settings in VXG Cloud VMS."""

from datetime import UTC, datetime, timedelta

from homeassistant.core import Context
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError, Unauthorized
from homeassistant.helpers import entity_registry as er
import pytest

from custom_components.camera_push.const import DOMAIN
from tests.common import configure, device, entity_id, eventually, state
from tests.config_flows import submit
from tests.emulators.vxg import event_type
from tests.sources.vxg.helpers import CAM, start


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

    @pytest.mark.parametrize(
        "action", ["vxg_create_event", "vxg_trigger_event", "vxg_add_event_type", "vxg_list_event_types"]
    )
    async def test_who_may(self, hass, server, entry, hass_read_only_user, hass_admin_user, action) -> None:
        found = device(hass, entry, CAM)
        data = {"device_id": found.id} | ({} if "list" in action else {"name": "custom"})

        async def call(user) -> None:
            await hass.services.async_call(
                DOMAIN, action, data, blocking=True, return_response=True, context=Context(user_id=user.id)
            )

        if "list" not in action:
            requests = len(server.created) + len(server.triggered) + len(server.types[CAM])
            with pytest.raises(Unauthorized):
                await call(hass_read_only_user)
            assert len(server.created) + len(server.triggered) + len(server.types[CAM]) == requests
        await call(hass_admin_user)

    async def test_camera_of_another_system(self, hass, server, entry) -> None:
        for device_id in ("unknown", next(iter(er.async_get(hass).entities.values())).device_id + "x"):
            with pytest.raises(ServiceValidationError):
                await hass.services.async_call(
                    DOMAIN, "vxg_create_event", {"device_id": device_id, "name": "motion"}, blocking=True
                )


class TestSwitches:
    """What the cloud does at each type of event."""

    @staticmethod
    def there(hass, entry) -> set[str]:
        return {
            entity.unique_id.removeprefix(f"{entry.entry_id}_{CAM}_")
            for entity in er.async_entries_for_config_entry(er.async_get(hass), entry.entry_id)
            if entity.domain == "switch"
        }

    async def test_only_those_that_are_wanted(self, hass, server, entry) -> None:
        assert self.there(hass, entry) == set()
        await configure(hass, entry, poll_interval=10, switched_events=["motion", "custom", "unknown"])
        motion = {"motion_notify", "motion_record", "motion_snapshot"}
        await eventually(lambda: self.there(hass, entry) == motion | {"custom_notify"})
        switch = er.async_get(hass).async_get(entity_id(hass, entry, "switch", CAM, "motion_record"))
        assert switch is not None
        assert switch.entity_category == "config"
        await configure(hass, entry, poll_interval=10, switched_events=["custom"])
        await eventually(lambda: self.there(hass, entry) == {"custom_notify"})

    async def test_switching(self, hass, server, entry) -> None:
        await configure(hass, entry, poll_interval=10, switched_events=["motion"])
        await eventually(lambda: entry.runtime_data.hub.context.connection.is_connected)
        await hass.async_block_till_done()
        switch = entity_id(hass, entry, "switch", CAM, "motion_record")
        assert hass.states.get(switch).state == "on"
        assert hass.states.get(switch).attributes["friendly_name"] == "Gate motion: record"
        await hass.services.async_call("switch", "turn_off", {"entity_id": switch}, blocking=True)
        assert server.types[CAM][0]["record"] is False
        assert hass.states.get(switch).state == "off"
        server.status = 400
        with pytest.raises(HomeAssistantError):
            await hass.services.async_call("switch", "turn_on", {"entity_id": switch}, blocking=True)
        assert server.types[CAM][0]["record"] is False

    async def test_server_with_too_many_types(self, hass, server) -> None:
        """And too many cameras: what it names costs a bounded number of entities."""
        server.types[CAM] = [event_type(f"type {number:03}") for number in range(300)]
        server.cameras |= {str(number): f"Camera {number}" for number in range(1, 1201)}
        server.types |= {str(number): [] for number in range(1, 1201)}
        flow = await start(hass, "vxg_key")
        result = await submit(hass, flow, {"url": server.url, "api_key": server.key})
        entry = result["result"]
        await eventually(lambda: entry.runtime_data.hub.history.event_types(CAM))
        assert len(entry.runtime_data.hub.history.event_types(CAM)) == 64
        limit = entry.runtime_data.hub.context.options.max_cameras
        await eventually(lambda: len(entry.runtime_data.hub.cameras) == limit)
        assert entry.runtime_data.traffic.refused["max_cameras"] == 1000 - limit
