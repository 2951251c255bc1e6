"""Adding an account or channel of VXG Cloud VMS; tokens; secrets."""

from base64 import b64encode
from datetime import timedelta
import json
import logging

from homeassistant.data_entry_flow import FlowResultType
from hypothesis import given, strategies as st
import pytest

from custom_components.camera_push.diagnostics import async_get_config_entry_diagnostics
from custom_components.camera_push.sources.vxg.options import poll_interval
from custom_components.camera_push.sources.vxg.token import parse_token
from tests.common import configure, eventually
from tests.config_flows import start_options, start_reconfigure, submit as step
from tests.sources.vxg.helpers import CAM, add_account, start


class TestFlow:
    """Adding, changing."""

    async def test_token(self, hass, server, entry) -> None:
        assert entry.title == "VXG 237863"
        assert entry.data == {
            "source": "vxg",
            "api_key": server.access_token(),
            "channel": CAM,
            "url": server.url,
            "local_servers": {"127.0.0.1": True},
        }

    async def test_address_of_the_token_is_shown_and_can_be_replaced(self, hass, server) -> None:
        flow = await step(
            hass, await start(hass), {"api_key": server.access_token(api="127.0.0.9", path="x")}
        )
        (field,) = flow["data_schema"].schema
        assert field.description["suggested_value"] == f"http://127.0.0.9:{server.port}/x"
        result = await step(hass, flow, {"url": "nowhere"})
        assert result["errors"] == {"base": "url_invalid"}
        result = await step(hass, result, {"url": server.url})
        # It is another token than the server's.
        assert result["errors"] == {"base": "key_refused"}

    async def test_token_without_its_last_signs(self, hass, server) -> None:
        """A double click selects a token without them; the server gets all of it."""
        tokens = (server.access_token(camid=None, access="a" * length) for length in range(3))
        server.shared_token = next(token for token in tokens if token.endswith("="))
        flow = await step(hass, await start(hass), {"api_key": server.shared_token.rstrip("=")})
        result = await step(hass, flow, {"url": server.url})
        assert result["type"] is FlowResultType.CREATE_ENTRY

    async def test_token_of_several_cameras(self, hass, server, cloud) -> None:
        """Shared and group tokens name no channel."""
        server.cameras |= {"1": "Door"}
        server.__post_init__()
        server.shared_token = server.access_token(camid=None)
        flow = await step(hass, await start(hass), {"api_key": server.shared_token})
        assert flow["step_id"] == "vxg_address"
        result = await step(hass, flow, {"url": server.url})
        assert result["type"] is FlowResultType.CREATE_ENTRY
        assert result["title"] == "VXG 127.0.0.1"
        entry = result["result"]
        await eventually(lambda: len(entry.runtime_data.hub.cameras) == 2)
        server.happen(camera="1")
        await eventually(lambda: len(cloud) == 1)

    async def test_token_without_a_server(self, hass, server) -> None:
        server.shared_token = server.access_token(camid=None, api=None)
        flow = await step(hass, await start(hass), {"api_key": server.shared_token})
        assert flow["step_id"] == "vxg_server"
        (field,) = flow["data_schema"].schema
        assert not (field.description or {}).get("suggested_value")
        result = await step(hass, flow, {"url": "http://127.0.0.1:1"})
        assert (result["step_id"], result["errors"]) == ("vxg_server", {"base": "cannot_connect"})
        result = await step(hass, result, {"url": server.url})
        assert result["type"] is FlowResultType.CREATE_ENTRY

    @pytest.mark.parametrize(
        "text",
        [
            b64encode(b'{"camid": "1", "api": "web.example"}').decode(),
            *("hello", "", "e30=", b64encode(b"[]").decode(), b64encode(b"{").decode()),
            b64encode(b'{"camid": "../x", "token": "t", "api": "web.example"}').decode(),
            b64encode(b'{"camid": "![](http://evil)", "token": "t", "api": "web.example"}').decode(),
        ],
    )
    async def test_not_a_token(self, hass, server, text) -> None:
        result = await step(hass, await start(hass), {"api_key": text})
        assert result["errors"] == {"api_key": "not_a_token"}

    @pytest.mark.parametrize(
        ("field", "value", "error"),
        [
            ("status", 401, "key_refused"),
            ("status", 403, "no_rights"),
            ("status", 500, "cannot_connect"),
            ("status", 404, "not_vxg"),
            ("body", b"<html>", "not_vxg"),
        ],
    )
    async def test_errors(self, hass, server, field, value, error) -> None:
        flow = await start(hass, "vxg_key")
        result = await step(hass, flow, {"url": "http://127.0.0.1:1", "api_key": server.key})
        assert result["errors"] == {"base": "cannot_connect"}
        good = getattr(server, field)
        setattr(server, field, value)
        result = await step(hass, result, {"url": server.url, "api_key": server.key})
        assert result["errors"] == {"base": error}
        setattr(server, field, good)
        result = await step(hass, result, {"url": server.url, "api_key": server.key})
        assert result["type"] is FlowResultType.CREATE_ENTRY
        assert result["title"] == "VXG 127.0.0.1"

    async def test_same_channel_and_account_twice(self, hass, server, entry) -> None:
        flow = await step(hass, await start(hass), {"api_key": server.access_token()})
        assert (await step(hass, flow, {"url": server.url}))["reason"] == "already_configured"
        await add_account(hass, server)
        result = await step(hass, await start(hass, "vxg_key"), {"url": server.url, "api_key": server.key})
        assert result["reason"] == "already_configured"

    async def test_reconfigure(self, hass, server, entry) -> None:
        flow = await start_reconfigure(hass, entry)
        assert flow["step_id"] == "vxg_reconfigure"
        result = await step(hass, flow, {"url": "http://127.0.0.1:1"})
        assert result["errors"] == {"base": "cannot_connect"}
        result = await step(hass, result, {"url": server.url + "/"})
        assert result["reason"] == "vxg_reconfigured"
        assert entry.data["api_key"] == server.access_token()

    async def test_options(self, hass, server, entry) -> None:
        flow = await start_options(hass, entry)
        names = {str(key) for key in flow["data_schema"].schema}
        assert "poll_interval" in names
        assert not names & {"local_only", "tcp", "platform"}
        await configure(hass, entry, poll_interval=600)
        assert poll_interval(entry.options) == timedelta(minutes=10)


def test_tokens_address() -> None:
    def url(**fields) -> str:
        data = {"camid": 1, "token": "t", "api": "web.example"} | fields
        return str(parse_token(b64encode(json.dumps(data).encode()).decode()).url)

    assert url() == "https://web.example/"
    assert url(api_sp=8443) == "https://web.example:8443/"
    assert url(api_p="8080") == "http://web.example:8080/"
    assert url(api_p=80, api_sp=443) == "https://web.example/"
    assert url(path="/svc/") == "https://web.example/svc"
    assert url(api_p=99999999, path="svc") == "https://web.example/svc"


@given(st.text(max_size=100) | st.binary(max_size=100).map(lambda data: b64encode(data).decode()))
def test_any_token(text: str) -> None:
    try:
        parse_token(text)
    except ValueError:
        return


async def test_secrets_are_nowhere(hass, server, cloud, caplog) -> None:
    caplog.set_level(logging.DEBUG, "custom_components.camera_push")
    entry = await add_account(hass, server)
    server.happen(picture=True)
    await eventually(lambda: len(cloud) == 1)
    await hass.async_block_till_done()
    found = await async_get_config_entry_diagnostics(hass, entry)
    everything = (
        caplog.text,
        json.dumps(found),
        str([it.as_dict() for it in hass.states.async_all()]),
        entry.runtime_data.hub.cameras[CAM].record.dump(),
        str(entry.unique_id),
    )
    assert not [text for text in everything if "SECRET" in text]
