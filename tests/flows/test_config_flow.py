"""Config flow, options and reconfiguration, as the frontend drives them."""

import re
from typing import Any
from unittest.mock import patch

from homeassistant.config_entries import ConfigEntry, ConfigEntryState
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
import pytest
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from custom_components.camera_push.const import DOMAIN
from custom_components.camera_push.flows.options import parse_options
from custom_components.camera_push.sources import SOURCES
from custom_components.camera_push.transports.locality import PRIVATE_NETWORKS
from tests.common import configure, folders_of, free_port, pass_time, state
from tests.config_flows import start_flow, start_options, start_reconfigure, submit, suggested_values
from tests.emulators.ff import FFCamera
from tests.emulators.pictures import jpeg, mp4
from tests.emulators.vstarcam import VStarcamCamera
from tests.options_form import as_form

VUID = "VC0000000ABCD"


@pytest.mark.parametrize(
    ("source", "title"), [("vstarcam", "VStarcam"), ("ff", "CAMMRA / AXIS License Plate Verifier")]
)
async def test_choosing_a_system_is_all(hass: HomeAssistant, add_entry, source: str, title: str) -> None:
    flow = await start_flow(hass)
    assert flow["type"] is FlowResultType.MENU
    assert (flow["step_id"], flow["menu_options"]) == ("user", list(SOURCES))

    hass.config.internal_url = "http://192.0.2.2:8123"
    result = await submit(hass, flow, {"next_step_id": source})
    await hass.async_block_till_done()
    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert result["title"] == title
    entry = result["result"]
    assert entry.state is ConfigEntryState.LOADED
    assert set(entry.data) == {"source", "webhook_id"}
    assert entry.data["source"] == source
    assert re.fullmatch(r"[0-9a-f]{32}", entry.data["webhook_id"])
    assert result["description"] == source
    assert result["description_placeholders"] == {
        "urls": f"`http://192.0.2.2:8123/api/webhook/{entry.data['webhook_id']}`"
    }


async def test_several_entries_of_one_source(hass: HomeAssistant, add_entry) -> None:
    entries = [await add_entry("vstarcam") for _ in range(3)]
    assert [entry.title for entry in entries] == ["VStarcam", "VStarcam 2", "VStarcam 3"]
    assert len({entry.data["webhook_id"] for entry in entries}) == 3


@pytest.mark.parametrize("source", ["vstarcam", "ff"])
async def test_another_entry_is_made_only_when_it_is_confirmed(
    hass: HomeAssistant, add_entry, source: str
) -> None:
    """One URL is enough for all cameras: who comes again is shown it."""
    entry = await add_entry(source)
    flow = await start_flow(hass, source)
    assert (flow["type"], flow["step_id"]) == ("form", source)
    shown = flow["description_placeholders"]["urls"]
    assert f"/api/webhook/{entry.data['webhook_id']}" in shown
    assert entry.title in shown
    assert hass.config_entries.async_entries(DOMAIN) == [entry]
    result = await submit(hass, flow, {})
    assert result["type"] == "create_entry"
    assert f"/api/webhook/{entry.data['webhook_id']}" not in result["description_placeholders"]["urls"]
    assert len(hass.config_entries.async_entries(DOMAIN)) == 2


async def test_the_shown_url_takes_pushes(
    hass: HomeAssistant, add_entry, hass_client_no_auth: ClientSessionGenerator
) -> None:
    flow = await start_flow(hass)
    result = await submit(hass, flow, {"next_step_id": "vstarcam"})
    path = result["description_placeholders"]["urls"].strip("`").partition("8123")[2]
    client = await hass_client_no_auth()
    response = await client.post(path, json={"vuid": VUID})
    assert await response.json() == {"code": "200", "message": "Success"}


async def test_no_url_known(hass: HomeAssistant, add_entry) -> None:
    """Home Assistant may not know its own address: the path is shown all the same."""
    hass.config.api = None
    hass.config.internal_url = hass.config.external_url = None
    flow = await start_flow(hass)
    result = await submit(hass, flow, {"next_step_id": "ff"})
    urls = result["description_placeholders"]["urls"]
    assert urls == f"`http://<home-assistant>:8123/api/webhook/{result['data']['webhook_id']}`"


class TestReconfigure:
    """A new secret URL."""

    async def test_old_url_stops_working_at_once(
        self, hass: HomeAssistant, vstarcam_entry: ConfigEntry, vstarcam: VStarcamCamera
    ) -> None:
        assert (await vstarcam.heartbeat()).body
        old = vstarcam_entry.data["webhook_id"]
        flow = await start_reconfigure(hass, vstarcam_entry)
        assert (flow["type"], flow["step_id"]) == (FlowResultType.FORM, "reconfigure")
        assert old in flow["description_placeholders"]["urls"]
        assert (await vstarcam.heartbeat()).body

        result = await submit(hass, flow, {})
        assert (await vstarcam.heartbeat()).body == b""
        await hass.async_block_till_done()
        new = vstarcam_entry.data["webhook_id"]
        assert (result["type"], result["reason"]) == (FlowResultType.ABORT, "reconfigure_successful")
        assert new != old
        assert new in result["description_placeholders"]["urls"]
        assert (await vstarcam.heartbeat()).body == b""
        vstarcam.webhook_id = new
        assert (await vstarcam.heartbeat()).json["code"] == "200"


class TestOptions:
    """What is expected of the cameras."""

    async def change(self, hass: HomeAssistant, entry: ConfigEntry, **options) -> None:
        flow = await start_options(hass, entry)
        assert entry.data["webhook_id"] in flow["description_placeholders"]["urls"]
        defaults: dict[str, Any] = {"local_only": True, "missed_heartbeats": 3, "max_cameras": 64}
        defaults |= {"store": True, "keep_days": 14, "keep_gib": 2, "keep_history_days": 365}
        if entry.data["source"] == "vstarcam":
            alarms = ("motion", "humanoid", "smoke_alarm", "fire", "smoke", "baby_crying", "absence")
            defaults["hold_times"] = dict.fromkeys(alarms, 30.0)
        else:
            defaults["lateness_limit"] = 30
        result = await submit(hass, flow, as_form(defaults | options))
        assert result["type"] is FlowResultType.CREATE_ENTRY
        await hass.async_block_till_done()

    async def test_form_shows_the_defaults(self, hass, vstarcam_entry) -> None:
        flow = await start_options(hass, vstarcam_entry)
        filled = flow["data_schema"]({"hold_times": {}, "advanced": {}})
        assert filled == {
            "store": True,
            "keep_days": 14,
            "keep_gib": 2,
            "keep_history_days": 365,
            "hold_times": {
                "motion": 30,
                "humanoid": 30,
                "smoke_alarm": 300,
                "fire": 300,
                "smoke": 300,
                "baby_crying": 30,
                "absence": 30,
            },
            "advanced": {
                "local_only": True,
                "missed_heartbeats": 3,
                "max_cameras": 64,
                "of_one": 50,
                "of_all": 200,
            },
        }

    async def test_form_of_ff(self, hass, ff_entry) -> None:
        flow = await start_options(hass, ff_entry)
        assert flow["data_schema"]({"advanced": {}}) == {
            "store": True,
            "keep_days": 14,
            "keep_gib": 2,
            "keep_history_days": 365,
            "advanced": {
                "local_only": True,
                "missed_heartbeats": 3,
                "max_cameras": 64,
                "lateness_limit": 30,
                "of_one": 50,
                "of_all": 200,
                "tcp_networks": list(PRIVATE_NETWORKS),
                "ftp_networks": list(PRIVATE_NETWORKS),
                "ftp_passive_ports": "50000-50019",
            },
        }

    async def test_everyday_options_come_first(self, hass, ff_entry) -> None:
        flow = await start_options(hass, ff_entry)
        names = [str(key) for key in flow["data_schema"].schema]
        assert (names[0], names[-1]) == ("store", "advanced")

    async def test_advanced_options_are_kept_beside_the_others(self, hass, ff_entry) -> None:
        """And are shown again."""
        await self.change(hass, ff_entry, max_cameras=5.0, keep_clip_days=3.0, rates={"of_one": 7.0})
        assert ff_entry.options["max_cameras"] == 5
        assert ff_entry.options["rates"] == {"of_one": 7, "of_all": 200}
        assert "advanced" not in ff_entry.options
        shown = suggested_values(await start_options(hass, ff_entry))["advanced"]
        assert (shown["max_cameras"], shown["keep_clip_days"], shown["of_one"]) == (5, 3, 7)
        assert "keep_plate_days" not in shown

    async def test_hold_times(self, hass, vstarcam, vstarcam_entry, freezer) -> None:
        times = dict.fromkeys(("humanoid", "smoke_alarm", "fire", "smoke", "baby_crying", "absence"), 30)
        await self.change(hass, vstarcam_entry, hold_times={"motion": 5.0} | times)
        assert vstarcam_entry.options["hold_times"]["motion"] == 5
        await vstarcam.alarm(0x12)
        await pass_time(hass, freezer, 6)
        assert state(hass, vstarcam_entry, "binary_sensor", VUID, "motion").state == "off"

    async def test_interval_arms_without_a_heartbeat(self, hass, vstarcam, vstarcam_entry, freezer) -> None:
        await self.change(hass, vstarcam_entry, heartbeat_interval=10.0, missed_heartbeats=2.0)
        await vstarcam.alarm(0x12)
        await pass_time(hass, freezer, 19)
        assert state(hass, vstarcam_entry, "binary_sensor", VUID, "motion").state == "on"
        await pass_time(hass, freezer, 2)
        assert state(hass, vstarcam_entry, "binary_sensor", VUID, "motion").state == "unavailable"

    async def test_interval_can_be_taken_back(self, hass, vstarcam, vstarcam_entry, freezer) -> None:
        await self.change(hass, vstarcam_entry, heartbeat_interval=10.0)
        await self.change(hass, vstarcam_entry)
        await vstarcam.alarm(0x12)
        await pass_time(hass, freezer, 10_000)
        assert state(hass, vstarcam_entry, "binary_sensor", VUID, "motion").state == "off"

    async def test_lateness_limit(self, hass, ff: FFCamera, ff_entry, plates, freezer) -> None:
        await self.change(hass, ff_entry, lateness_limit=3600.0)
        event = ff.event()
        await pass_time(hass, freezer, 3000)
        await ff.send_json(event)
        assert plates[0].data["late"] is False

    async def test_local_only(self, hass, vstarcam_entry, vstarcam) -> None:
        with patch("homeassistant.components.webhook.network_util.is_local", return_value=False):
            assert (await vstarcam.heartbeat()).body == b""
            await self.change(hass, vstarcam_entry, local_only=False)
            assert (await vstarcam.heartbeat()).json["code"] == "200"
        hass.config.internal_url = "http://192.0.2.2:8123"
        hass.config.external_url = "https://home.example"
        flow = await start_options(hass, vstarcam_entry)
        path = f"/api/webhook/{vstarcam_entry.data['webhook_id']}"
        assert flow["description_placeholders"]["urls"] == (
            f"`http://192.0.2.2:8123{path}`\n\n`https://home.example{path}`"
        )

    async def test_storing_can_be_switched_off(self, hass, vstarcam, vstarcam_entry, alarms) -> None:
        """Only the last picture is kept, and no clip."""
        folder = folders_of(hass, vstarcam_entry).index
        await vstarcam.alarm(0x12, jpeg("one"), mp4())
        await vstarcam.alarm(0x29, jpeg("two"))
        await self.change(hass, vstarcam_entry, store=False)
        await hass.async_block_till_done(wait_background_tasks=True)
        await vstarcam.alarm(0x12, jpeg("three"), mp4())
        await vstarcam.alarm(0x12, jpeg("four"), mp4())
        assert [file.read_bytes() for file in folder.glob("*/*/*")] == [jpeg("four")]
        assert not list((folders_of(hass, vstarcam_entry).cache / "incoming").iterdir())
        assert [event.data["clip"] is None for event in alarms] == [False, True, True, True]
        assert alarms[3].data["picture"] is not None

    async def test_size_to_keep(self, hass, vstarcam, vstarcam_entry) -> None:
        await self.change(hass, vstarcam_entry, keep_gib=0.1, keep_days=1.0)
        options = parse_options(vstarcam_entry.options)
        assert (options.store, options.keep_days, options.keep_gib) == (True, 1, 0.1)


class TestReceivers:
    """Options of how licence plate cameras come in."""

    @pytest.mark.parametrize(
        ("options", "error"),
        [
            ({"tcp": {"port": 5001, "host": "nowhere"}}, "network_invalid"),
            ({"tcp": {"port": 5001, "networks": ["192.168.1.0/33"]}}, "network_invalid"),
            ({"tcp": {"port": 5001, "networks": ["home"]}}, "network_invalid"),
            ({"ftp": {"port": 2121, "networks": ["192.168.1.0/33"]}}, "ftp_network_invalid"),
            ({"ftp": {"port": 2121, "networks": ["home"]}}, "ftp_network_invalid"),
            ({"ftp": {"port": 2121}}, "ftp_login_missing"),
            ({"ftp": {"port": 2121, "username": "camera"}}, "ftp_login_missing"),
            ({"ftp": {"port": 2121, "passive_ports": "many"}}, "passive_invalid"),
            ({"ftp": {"port": 2121, "passive_ports": "50010-50000"}}, "passive_invalid"),
            ({"ftp": {"port": 2121, "passive_ports": "80-90"}}, "passive_invalid"),
            ({"ftp": {"port": 2121, "passive_ports": "60000-70000"}}, "passive_invalid"),
            ({"ftp": {"port": 2121, "passive_address": "home"}}, "passive_invalid"),
            (
                {"ftp": {"port": 5001, "username": "a", "password": "b"}, "tcp": {"port": 5001}},
                "port_twice",
            ),
            (
                {"ftp": {"port": 2121, "username": "a", "password": "b"}, "tcp": {"port": 50005}},
                "port_twice",
            ),
        ],
    )
    async def test_errors(
        self, hass: HomeAssistant, ff_entry: ConfigEntry, options: dict, error: str
    ) -> None:
        flow = await start_options(hass, ff_entry)
        filled_in = as_form(options)
        result = await submit(hass, flow, filled_in)
        assert result["errors"] == {"base": error}
        # What was filled in is still there.
        suggested = suggested_values(result)
        for section, values in filled_in.items():
            shown = {name: value for name, value in values.items() if name != "password"}
            assert suggested[section].items() >= shown.items()
        result = await submit(hass, flow, {})
        await hass.async_block_till_done()
        assert result["type"] is FlowResultType.CREATE_ENTRY

    async def test_networks_are_advanced(self, hass: HomeAssistant, ff_entry: ConfigEntry) -> None:
        """They are stored beside their port, and shown again in the one section that few need."""
        tcp = {"host": "127.0.0.1", "networks": ["192.0.2.0/24"]}
        ftp = {"username": "a", "password": "b", "networks": ["192.0.2.7"], "passive_ports": "50000-50001"}
        await configure(hass, ff_entry, tcp=tcp, ftp=ftp)
        assert (ff_entry.options["tcp"], ff_entry.options["ftp"]) == (tcp, ftp)
        suggested = suggested_values(await start_options(hass, ff_entry))
        assert set(suggested["tcp"]) | set(suggested["ftp"]) == {"username"}
        assert suggested["advanced"]["tcp_networks"] == ["192.0.2.0/24"]
        assert suggested["advanced"]["ftp_networks"] == ["192.0.2.7"]
        assert suggested["advanced"]["tcp_host"] == "127.0.0.1"

    async def test_not_for_systems_without_them(self, hass, vstarcam_entry) -> None:
        flow = await start_options(hass, vstarcam_entry)
        assert not {"tcp", "ftp", "authentication"} & {str(key) for key in flow["data_schema"].schema}

    async def test_port_while_the_entry_is_not_loaded(self, hass, ff_entry, socket_enabled) -> None:
        await hass.config_entries.async_unload(ff_entry.entry_id)
        flow = await start_options(hass, ff_entry)
        number = free_port()
        result = await submit(hass, flow, {"tcp": {"port": number}})
        assert result["type"] is FlowResultType.CREATE_ENTRY
