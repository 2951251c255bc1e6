"""Adding an OMNI Platform; its secrets; anything that it could send."""

from datetime import UTC, datetime
import json
import logging
from unittest.mock import patch

from homeassistant.data_entry_flow import FlowResultType
from homeassistant.helpers import device_registry as dr
from hypothesis import given, strategies as st
import pytest

from custom_components.camera_push import async_remove_config_entry_device
from custom_components.camera_push.const import DOMAIN
from custom_components.camera_push.diagnostics import async_get_config_entry_diagnostics
from custom_components.camera_push.domain.bounded import MAX_BYTES
from custom_components.camera_push.domain.errors import ProtocolError
from custom_components.camera_push.sources.omni.protocol import decode_event
from custom_components.camera_push.transports.push import Arrival
from tests.common import configure, device, eventually, free_port
from tests.config_flows import start_options, start_reconfigure, submit as step
from tests.emulators.omni import OmniPlatform
from tests.emulators.tls import elsewhere, self_signed
from tests.sources.omni.helpers import CAM, CLIENT, add, filled_in, start


class TestFlow:
    """Adding, changing."""

    async def test_websocket(self, hass, platform, entry) -> None:
        assert entry.title == "OMNI 127.0.0.1"
        assert entry.data == {
            "source": "omni",
            "local_servers": {"127.0.0.1": True},
            **filled_in(platform),
        }
        assert "webhook_id" not in entry.data
        assert platform.asked[-1] == f"/event-service/ws?endpoint_id={platform.endpoint_id}"

    async def test_older_version(self, hass, platform) -> None:
        """Only these have an event type and a scope, which are asked for in a form of their own."""
        flow = await start(hass)
        assert not {"event_type", "scope_id"} & set(map(str, flow["data_schema"].schema))
        result = await step(hass, flow, filled_in(platform, version="1.17"))
        assert result["step_id"] == "omni_scope"
        platform.refuses_websocket = True
        result = await step(hass, result, {"event_type": "har", "scope_id": "scope-1"})
        assert result["errors"] == {"base": "not_websocket"}
        platform.refuses_websocket = False
        result = await step(hass, result, {"event_type": "har", "scope_id": "scope-1"})
        assert result["type"] is FlowResultType.CREATE_ENTRY
        await eventually(lambda: len(platform.sockets) == 1)
        assert (
            platform.asked[-1] == f"/event-service/har/ws?endpoint_id={platform.endpoint_id}&scope_id=scope-1"
        )

    async def test_reconfigured_to_an_older_version_and_back(self, hass, platform, entry) -> None:
        for version in ("1.17", "1.18"):
            flow = await start_reconfigure(hass, entry)
            result = await step(hass, flow, filled_in(platform, version=version))
            if version == "1.17":
                assert result["step_id"] == "omni_scope"
                result = await step(hass, result, {"event_type": "har", "scope_id": "scope-1"})
            assert result["reason"] == "omni_reconfigured"
            path = "/event-service/har/ws" if version == "1.17" else "/event-service/ws"
            await eventually(lambda: platform.asked[-1].startswith(f"{path}?"))  # noqa: B023  # Used within the round.

    async def test_key_that_only_missed_events_need(self, hass, platform) -> None:
        """The connection needs none: nobody would hear that it is wrong before they were wanted."""
        platform.key, platform.websocket_needs_key = "key", False
        result = await step(hass, await start(hass), filled_in(platform, api_key="wrong"))
        assert result["errors"] == {"base": "invalid_auth"}
        platform.graphql_status = 404
        result = await step(hass, result, filled_in(platform, api_key="key"))
        assert result["type"] is FlowResultType.CREATE_ENTRY

    @pytest.mark.parametrize(
        ("changes", "error"),
        [
            ({"url": "ftp://127.0.0.1"}, "url_invalid"),
            ({"url": "hello"}, "url_invalid"),
            ({"url": "http://127.0.0.1:1"}, "cannot_connect"),
            ({"endpoint_id": "unknown"}, "closed_at_once"),
        ],
    )
    async def test_errors(self, hass, platform, changes, error) -> None:
        result = await step(hass, await start(hass), filled_in(platform, **changes))
        assert result["errors"] == {"base": error}
        result = await step(hass, result, filled_in(platform))
        assert result["type"] is FlowResultType.CREATE_ENTRY

    async def test_what_answers(self, hass, platform) -> None:
        platform.refuses_websocket = True
        flow = await step(hass, await start(hass), filled_in(platform))
        assert flow["errors"] == {"base": "not_websocket"}
        platform.refuses_websocket, platform.key = False, "key"
        flow = await step(hass, flow, filled_in(platform))
        assert flow["errors"] == {"base": "invalid_auth"}
        flow = await step(hass, flow, filled_in(platform, api_key="wrong"))
        assert flow["errors"] == {"base": "invalid_auth"}
        platform.hangs = True
        with patch(f"{CLIENT}.CONNECT_TIMEOUT_SECONDS", 0.1):
            flow = await step(hass, flow, filled_in(platform, api_key="key"))
        assert flow["errors"] == {"base": "no_answer"}
        flow = await step(hass, flow, filled_in(platform, url=platform.url.replace("http", "https")))
        assert flow["errors"]["base"] in ("tls_refused", "cannot_connect")

    async def test_certificate_of_its_own_making(self, hass, socket_enabled, tmp_path) -> None:
        platform = OmniPlatform()
        async with elsewhere(platform.serve(self_signed(tmp_path))):
            address = filled_in(platform, url=platform.url.replace("http", "https"))
            result = await step(hass, await start(hass), address)
            assert result["errors"] == {"base": "tls_refused"}
            result = await step(hass, result, address | {"verify_ssl": False})
            assert result["type"] is FlowResultType.CREATE_ENTRY
            await eventually(lambda: len(platform.sockets) == 1)
            await hass.config_entries.async_unload(result["result"].entry_id)

    async def test_same_endpoint_twice(self, hass, platform, entry) -> None:
        result = await step(hass, await start(hass), filled_in(platform))
        assert result["reason"] == "already_configured"

    async def test_reconfigure(self, hass, platform, entry) -> None:
        other = OmniPlatform(endpoint_id="other", port=free_port())
        async with other.serve():
            flow = await start_reconfigure(hass, entry)
            assert flow["step_id"] == "omni_reconfigure"
            result = await step(hass, flow, filled_in(other, endpoint_id="wrong"))
            assert result["errors"] == {"base": "closed_at_once"}
            result = await step(hass, result, filled_in(other))
            assert result["reason"] == "omni_reconfigured"
            await eventually(lambda: len(other.sockets) == 1)
            assert platform.sockets == []
            await hass.config_entries.async_unload(entry.entry_id)

    async def test_webhook(self, hass, webhook_entry) -> None:
        assert webhook_entry.title == "OMNI Platform"
        assert set(webhook_entry.data) == {"source", "webhook_id"}
        result = await configure(hass, webhook_entry, platform={"url": "nowhere", "verify_ssl": True})
        assert result["errors"] == {"base": "url_invalid"}

    async def test_options_of_a_websocket(self, hass, entry) -> None:
        flow = await start_options(hass, entry)
        names = {str(key) for key in flow["data_schema"].schema}
        assert not names & {"local_only", "platform", "tcp"}
        assert "minimum_person_confidence" in names

    async def test_platform_device_stays(self, hass, platform, entry) -> None:
        found = next(
            device
            for device in dr.async_entries_for_config_entry(dr.async_get(hass), entry.entry_id)
            if (DOMAIN, entry.entry_id) in device.identifiers
        )
        assert found.manufacturer == "3DiVi"
        assert not await async_remove_config_entry_device(hass, entry, found)

    async def test_removal(self, hass, platform, entry) -> None:
        await hass.config_entries.async_remove(entry.entry_id)
        await eventually(lambda: platform.sockets == [])


async def test_secrets_are_nowhere(hass, platform, people, caplog) -> None:
    caplog.set_level(logging.DEBUG, "custom_components.camera_push")
    platform.key = "secret-key"
    entry = await add(hass, platform, api_key="secret-key")
    event = platform.event(
        "har",
        note="see rtsp://admin:secret-note@192.0.2.7/live",
        stream="secret-rest",
        nested={"password": "secret-nest"},
    )
    event["camera"]["title"] = "rtsp://admin:secret-title@192.0.2.7/live"
    await platform.send(event)
    await eventually(lambda: len(people) == 1)
    await hass.async_block_till_done()
    everything = [
        caplog.text,
        json.dumps(await async_get_config_entry_diagnostics(hass, entry)),
        str([dict(event.data) for event in people]),
        str([it.as_dict() for it in hass.states.async_all()]),
        str(
            [
                found.dict_repr
                for found in dr.async_entries_for_config_entry(dr.async_get(hass), entry.entry_id)
            ]
        ),
        entry.runtime_data.hub.cameras[CAM].record.dump(),
    ]
    for text in everything:
        assert "secret-" not in text
    assert device(hass, entry, CAM).name == "rtsp://192.0.2.7/live"


async def test_endpoint_id_is_nowhere(hass, platform, caplog) -> None:
    """It is part of the URL, which is in the text of aiohttp's errors."""
    platform.endpoint_id = "secret-endpoint"
    entry = await add(hass, platform)
    platform.refuses_websocket = True
    await platform.drop()
    await eventually(lambda: entry.runtime_data.receivers.state()["websocket"]["error"] == "HTTP 200")
    found = await async_get_config_entry_diagnostics(hass, entry)
    await hass.config_entries.async_reload(entry.entry_id)
    assert entry.error_reason_translation_key == "not_connected"
    # The platform's own log is the test's.
    log = [record for record in caplog.records if record.name != "aiohttp.access"]
    texts = [record.getMessage() + (record.exc_text or "") for record in log]
    assert "secret-" not in json.dumps([found, *texts])


arrival = Arrival(address=None, received_at=datetime.now(UTC), time_zone=UTC, run=None)


values = st.recursive(
    st.text(max_size=300) | st.integers() | st.floats(allow_nan=False) | st.booleans() | st.none(),
    lambda inner: st.lists(inner, max_size=40) | st.dictionaries(st.text(max_size=20), inner, max_size=5),
    max_leaves=30,
)


@given(
    st.dictionaries(st.sampled_from(["type", "camera", "candidates", "event", "activity_id", "x"]), values),
    values,
    values,
)
def test_any_body(body: dict, camera: object, candidates: object) -> None:
    for changed in (body, body | {"type": "har", "camera": {"id": camera}, "candidates": [candidates]}):
        try:
            event = decode_event(arrival, changed)
        except ProtocolError:
            continue
        assert len(json.dumps(event.more)) <= MAX_BYTES
        assert event.confidence is None or 0 <= event.confidence <= 1
