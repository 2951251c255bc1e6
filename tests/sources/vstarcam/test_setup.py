"""VStarcam cameras that are set up from Home Assistant."""

from unittest.mock import patch

from homeassistant.components.image import async_get_image
from homeassistant.components.repairs import DOMAIN as REPAIRS_DOMAIN
from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import device_registry as dr, issue_registry as ir
from homeassistant.setup import async_setup_component
from hypothesis import given, strategies as st
import pytest

from custom_components.camera_push import async_remove_config_entry_device
from custom_components.camera_push.const import DOMAIN
from custom_components.camera_push.repairs import async_create_fix_flow
from custom_components.camera_push.sources.vstarcam.client import parse_answer
from tests.common import device, entity_id, pass_time, state
from tests.config_flows import start_subentry, submit as step
from tests.emulators.pictures import jpeg
from tests.emulators.tls import elsewhere, self_signed
from tests.emulators.vstarcam import VStarcamCamera
from tests.emulators.vstarcam_cgi import CgiServer
from tests.sources.set_up import login, url

VUID = "VC0000000ABCD"
CAMERA = CgiServer
pytestmark = pytest.mark.usefixtures("address")


async def start(hass: HomeAssistant, entry: ConfigEntry):
    return await start_subentry(hass, entry, "camera")


async def set_up(hass: HomeAssistant, entry: ConfigEntry, cgi: CgiServer, seconds: float = 45.0):
    """Click through the flow; returns the subentry."""
    flow = await step(hass, await start(hass, entry), login(cgi))
    result = await step(hass, flow, {"heartbeat_seconds": seconds})
    assert result["type"] is FlowResultType.CREATE_ENTRY
    await hass.async_block_till_done()
    return next(iter(entry.subentries.values()))


async def test_flow(hass: HomeAssistant, vstarcam_entry: ConfigEntry, cgi: CgiServer) -> None:
    flow = await start(hass, vstarcam_entry)
    assert (flow["type"], flow["step_id"]) == (FlowResultType.FORM, "user")
    assert url(vstarcam_entry) in flow["description_placeholders"]["urls"]
    flow = await step(hass, flow, login(cgi))
    assert (flow["type"], flow["step_id"]) == (FlowResultType.FORM, "confirm")
    assert flow["description_placeholders"] == {
        "camera": "Front door",
        "heartbeat": "`http://cloud.example/hb`",
        "alarm": "`http://cloud.example/alarm`",
        "url": url(vstarcam_entry),
        "got": "-",
        "missed": "3",
    }
    assert flow["data_schema"]({}) == {"heartbeat_seconds": 30}
    assert "set_alarm_push_cfg.cgi" not in cgi.calls
    result = await step(hass, flow, {"heartbeat_seconds": 45.0})
    assert (result["type"], result["title"]) == (FlowResultType.CREATE_ENTRY, "Front door")
    await hass.async_block_till_done()
    assert cgi.servers == {
        "heartbeatTime": "45",
        "heartbeatServer": url(vstarcam_entry),
        "alarmPushMainServer": url(vstarcam_entry),
        "alarmPushSubServer": "",
    }
    found = device(hass, vstarcam_entry, VUID)
    assert found is not None
    assert (found.name, found.sw_version) == ("Front door", "48.53.75.92")
    # By cable, and by Wi-Fi.
    assert found.connections == {
        (dr.CONNECTION_NETWORK_MAC, f"48:02:2a:00:00:0{number}") for number in (1, 2)
    }
    again = await step(hass, await start(hass, vstarcam_entry), login(cgi))
    assert (again["type"], again["reason"]) == (FlowResultType.ABORT, "already_configured")


async def test_password_over_tls(hass, vstarcam_entry, socket_enabled, tmp_path) -> None:
    """It is part of the URL: nobody in between sees it."""
    cgi = CgiServer()
    async with elsewhere(cgi.serve(self_signed(tmp_path))):
        flow = await step(hass, await start(hass, vstarcam_entry), login(cgi, ssl=True))
        assert flow["errors"] == {"base": "certificate_invalid"}
        flow = await step(hass, flow, login(cgi, ssl=True, verify_ssl=False))
        assert flow["step_id"] == "confirm"
        assert (await step(hass, flow, {"heartbeat_seconds": 45.0}))["title"] == "Front door"
        (subentry,) = vstarcam_entry.subentries.values()
        assert (subentry.data["ssl"], subentry.data["verify_ssl"]) == (True, False)
        assert cgi.servers["heartbeatServer"] == url(vstarcam_entry)


@pytest.mark.parametrize("oddity", ["several_on_a_line", "single_quotes"])
async def test_odd_answers(hass, vstarcam_entry, cgi, oddity) -> None:
    setattr(cgi, oddity, True)
    assert (await set_up(hass, vstarcam_entry, cgi)).title == "Front door"


async def test_camera_without_a_name(hass, vstarcam_entry, cgi) -> None:
    cgi.alias = ""
    assert (await set_up(hass, vstarcam_entry, cgi)).title == VUID


async def test_what_a_camera_says_is_shown_as_it_is(hass, vstarcam_entry, cgi) -> None:
    """Dialogs render Markdown: a camera must not be able to put a picture or a link there."""
    cgi.servers["heartbeatServer"] = "![x](http://evil.example/x)`[y](http://evil.example)"
    cgi.alias = "Door\u202e" + "x" * 500
    flow = await step(hass, await start(hass, vstarcam_entry), login(cgi))
    shown = flow["description_placeholders"]
    assert shown["heartbeat"] == "`![x](http://evil.example/x)[y](http://evil.example)`"
    assert shown["camera"] == "Door" + "x" * 60


async def test_learned_interval_arms_the_camera(hass, vstarcam_entry, cgi, freezer) -> None:
    """Before it ever pushed: the interval was read from the camera."""
    await set_up(hass, vstarcam_entry, cgi)
    assert state(hass, vstarcam_entry, "binary_sensor", VUID, "motion").state == "off"
    await pass_time(hass, freezer, 3 * 45 - 1)
    assert state(hass, vstarcam_entry, "binary_sensor", VUID, "motion").state == "off"
    await pass_time(hass, freezer, 2)
    assert state(hass, vstarcam_entry, "binary_sensor", VUID, "motion").state == "unavailable"


async def test_camera_that_is_set_up_no_longer(
    hass, vstarcam_entry, vstarcam: VStarcamCamera, cgi, freezer
) -> None:
    """Nothing is expected of it any more, and it is not silent."""
    await vstarcam.alarm(0x6D)
    await set_up(hass, vstarcam_entry, cgi)
    await pass_time(hass, freezer, 3 * 45 + 1)
    assert state(hass, vstarcam_entry, "binary_sensor", VUID, "motion").state == "unavailable"
    (subentry_id,) = vstarcam_entry.subentries
    hass.config_entries.async_remove_subentry(vstarcam_entry, subentry_id)
    await hass.async_block_till_done()
    assert state(hass, vstarcam_entry, "binary_sensor", VUID, "motion").state == "off"
    await pass_time(hass, freezer, 3 * 45 + 1)
    assert state(hass, vstarcam_entry, "binary_sensor", VUID, "motion").state == "off"


async def test_camera_that_was_known_before(hass, vstarcam_entry, vstarcam: VStarcamCamera, cgi) -> None:
    await vstarcam.alarm(0x6D)
    await set_up(hass, vstarcam_entry, cgi)
    assert state(hass, vstarcam_entry, "binary_sensor", VUID, "fire").state == "on"
    found = device(hass, vstarcam_entry, VUID)
    assert found is not None
    assert found.name == "Front door"
    assert not await async_remove_config_entry_device(hass, vstarcam_entry, found)


class TestErrors:
    """What can go wrong, and that nothing is written then."""

    @pytest.mark.parametrize(
        ("changes", "error"),
        [
            ({"password": "wrong"}, "invalid_auth"),
            ({"port": 1.0}, "cannot_connect"),
            ({"host": "host name"}, "cannot_connect"),
        ],
    )
    async def test_address_and_login(self, hass, vstarcam_entry, cgi, changes, error) -> None:
        flow = await start(hass, vstarcam_entry)
        result = await step(hass, flow, login(cgi, **changes))
        assert result["errors"] == {"base": error}
        result = await step(hass, result, login(cgi))
        assert result["step_id"] == "confirm"

    @pytest.mark.parametrize(
        ("field", "value", "error"),
        [
            ("body", b"<html>Router</html>", "not_a_vstarcam"),
            ("body", b"var alias='x';", "not_a_vstarcam"),
            ("body", b"var realdeviceid='a/b';", "not_a_vstarcam"),
            ("body", b"var realdeviceid='VC1';", "not_a_vstarcam"),
            ("body", b"var result=-3;", "invalid_auth"),
            ("body", b"x" * 100_000, "not_a_vstarcam"),
            ("status", 404, "not_a_vstarcam"),
            ("status", 401, "invalid_auth"),
            ("status", 302, "not_a_vstarcam"),
        ],
        ids=["page", "no id", "bad id", "no settings", "login", "large", "404", "401", "302"],
    )
    async def test_what_answers(self, hass, vstarcam_entry, cgi, field, value, error) -> None:
        setattr(cgi, field, value)
        result = await step(hass, await start(hass, vstarcam_entry), login(cgi))
        assert result["errors"] == {"base": error}

    async def test_slow(self, hass, vstarcam_entry, cgi) -> None:
        cgi.slow = True
        with patch("custom_components.camera_push.sources.vstarcam.client._TIMEOUT_SECONDS", 0.1):
            result = await step(hass, await start(hass, vstarcam_entry), login(cgi))
        assert result["errors"] == {"base": "cannot_connect"}

    async def test_cut_url(self, hass, vstarcam_entry, cgi) -> None:
        cgi.cut_at = 40
        flow = await step(hass, await start(hass, vstarcam_entry), login(cgi))
        result = await step(hass, flow, {"heartbeat_seconds": 60})
        assert result["errors"] == {"base": "url_cut"}
        assert result["description_placeholders"]["got"] == f"`{url(vstarcam_entry)[:40]}`"
        cgi.cut_at = None
        assert (await step(hass, result, {"heartbeat_seconds": 60}))["type"] is FlowResultType.CREATE_ENTRY
        await hass.async_block_till_done()

    async def test_settings_that_are_not_taken(self, hass, vstarcam_entry, cgi) -> None:
        cgi.ignores = True
        flow = await step(hass, await start(hass, vstarcam_entry), login(cgi))
        result = await step(hass, flow, {"heartbeat_seconds": 60})
        assert result["errors"] == {"base": "not_taken"}
        assert vstarcam_entry.subentries == {}

    async def test_interval_that_the_camera_raises(self, hass, vstarcam_entry, cgi) -> None:
        """It has its URLs; when it is missed follows from its own interval."""
        cgi.least_seconds = 120
        flow = await step(hass, await start(hass, vstarcam_entry), login(cgi))
        result = await step(hass, flow, {"heartbeat_seconds": 60})
        assert result["type"] is FlowResultType.CREATE_ENTRY
        (subentry,) = vstarcam_entry.subentries.values()
        assert subentry.data["heartbeat_seconds"] == 120
        await hass.async_block_till_done()

    async def test_camera_that_goes_away_before_it_is_written(self, hass, vstarcam_entry, cgi) -> None:
        flow = await step(hass, await start(hass, vstarcam_entry), login(cgi))
        cgi.status = 500
        result = await step(hass, flow, {"heartbeat_seconds": 60})
        assert result["errors"] == {"base": "not_a_vstarcam"}

    async def test_password_is_in_no_log(self, hass, vstarcam_entry, cgi, caplog) -> None:
        cgi.password = "geheim4711"
        for changes in ({"port": 1.0}, {"password": "geheim0815"}):
            await step(hass, await start(hass, vstarcam_entry), login(cgi, **changes))
        await set_up(hass, vstarcam_entry, cgi)
        ours = [record for record in caplog.records if "access" not in record.name]
        assert not any("geheim" in record.getMessage() for record in ours)


class TestReconfigure:
    """A camera that was set up already."""

    async def start(self, hass, entry, subentry, choice):
        flow = await start_subentry(hass, entry, "camera", subentry.subentry_id)
        assert flow["menu_options"] == ["again", "stream", "restore"]
        return await step(hass, flow, {"next_step_id": choice})

    async def test_again(self, hass, vstarcam_entry, cgi) -> None:
        subentry = await set_up(hass, vstarcam_entry, cgi)
        cgi.alias, cgi.password = "Back door", "new"
        flow = await self.start(hass, vstarcam_entry, subentry, "again")
        flow = await step(hass, flow, login(cgi))
        result = await step(hass, flow, {"heartbeat_seconds": 90})
        assert (result["type"], result["reason"]) == (FlowResultType.ABORT, "reconfigure_successful")
        await hass.async_block_till_done()
        changed = vstarcam_entry.subentries[subentry.subentry_id]
        assert (changed.title, changed.data["heartbeat_seconds"]) == ("Back door", 90)
        assert changed.data["former"]["heartbeat"] == "http://cloud.example/hb"
        found = device(hass, vstarcam_entry, VUID)
        assert found is not None
        assert found.name == "Back door"

    async def test_another_camera(self, hass, vstarcam_entry, cgi) -> None:
        subentry = await set_up(hass, vstarcam_entry, cgi)
        cgi.vuid = "VC9"
        flow = await self.start(hass, vstarcam_entry, subentry, "again")
        assert (await step(hass, flow, login(cgi)))["reason"] == "another_camera"

    async def test_restore(self, hass, vstarcam_entry, cgi) -> None:
        subentry = await set_up(hass, vstarcam_entry, cgi)
        flow = await self.start(hass, vstarcam_entry, subentry, "restore")
        assert flow["description_placeholders"]["heartbeat"] == "`http://cloud.example/hb`"
        cgi.ignores = True
        flow = await step(hass, flow, {})
        assert flow["errors"] == {"base": "not_a_vstarcam"}
        cgi.ignores = False
        assert (await step(hass, flow, {}))["reason"] == "servers_restored"
        assert cgi.servers["heartbeatServer"] == "http://cloud.example/hb"
        assert cgi.servers["heartbeatTime"] == "30"


class TestRemoval:
    """Removing a camera offers to put its former servers back."""

    async def fix_flow(self, hass, entry, subentry):
        hass.config_entries.async_remove_subentry(entry, subentry.subentry_id)
        await hass.async_block_till_done()
        issue = ir.async_get(hass).async_get_issue(DOMAIN, f"undo_setup_{subentry.subentry_id}")
        assert issue is not None
        assert issue.is_fixable
        flow = await async_create_fix_flow(hass, issue.issue_id, issue.data)
        flow.hass, flow.handler, flow.issue_id = hass, REPAIRS_DOMAIN, issue.issue_id
        return flow

    async def test_put_back(self, hass, vstarcam_entry, cgi) -> None:
        subentry = await set_up(hass, vstarcam_entry, cgi)
        flow = await self.fix_flow(hass, vstarcam_entry, subentry)
        form = await flow.async_step_init()
        assert (form["step_id"], form["description_placeholders"]) == ("confirm", {"camera": "Front door"})
        cgi.status = 500
        assert (await flow.async_step_confirm({}))["errors"] == {"base": "undo_failed"}
        cgi.status = 200
        assert (await flow.async_step_confirm({}))["type"] is FlowResultType.CREATE_ENTRY
        assert cgi.servers["alarmPushMainServer"] == "http://cloud.example/alarm"

    async def test_other_changes_offer_nothing(self, hass, vstarcam_entry, cgi) -> None:
        await set_up(hass, vstarcam_entry, cgi)
        hass.config_entries.async_update_entry(vstarcam_entry, title="Cameras")
        await hass.async_block_till_done()
        assert not ir.async_get(hass).issues


class TestSnapshotButton:
    """Fetch snapshot now."""

    async def press(self, hass, entry) -> None:
        button = entity_id(hass, entry, "button", VUID, "fetch_snapshot")
        await hass.services.async_call("button", "press", {"entity_id": button}, blocking=True)
        await hass.async_block_till_done()

    async def test_shows_the_picture(self, hass, vstarcam_entry, cgi, alarms) -> None:
        await set_up(hass, vstarcam_entry, cgi)
        await self.press(hass, vstarcam_entry)
        image = await async_get_image(hass, entity_id(hass, vstarcam_entry, "image", VUID, "snapshot"))
        assert image.content == jpeg("now")
        assert alarms == []
        on = [it.entity_id for it in hass.states.async_all("binary_sensor") if it.state == "on"]
        assert on == [entity_id(hass, vstarcam_entry, "binary_sensor", VUID, "connectivity")]

    @pytest.mark.parametrize(
        ("field", "value"),
        [
            ("picture", b"<html>"),
            ("picture", b""),
            ("picture", b"var result=-1;"),
            ("picture", jpeg() + b"x" * 11_000_000),
            ("status", 500),
        ],
        ids=["page", "empty", "login", "large", "error"],
    )
    async def test_fails_with_a_reason(self, hass, vstarcam_entry, cgi, field, value) -> None:
        await set_up(hass, vstarcam_entry, cgi)
        setattr(cgi, field, value)
        with pytest.raises(HomeAssistantError, match="Failed to fetch a picture from Front door"):
            await self.press(hass, vstarcam_entry)
        assert state(hass, vstarcam_entry, "image", VUID, "snapshot").state == "unknown"

    async def test_picture_that_is_not_taken_in(self, hass, vstarcam_entry, cgi) -> None:
        await set_up(hass, vstarcam_entry, cgi)
        with (
            patch("custom_components.camera_push.hub.hub.handle", side_effect=RuntimeError("boom")),
            pytest.raises(HomeAssistantError, match="The picture of Front door was not accepted"),
        ):
            await self.press(hass, vstarcam_entry)

    async def test_camera_that_was_removed_and_is_set_up_again(self, hass, vstarcam_entry, cgi) -> None:
        await set_up(hass, vstarcam_entry, cgi)
        [subentry_id] = vstarcam_entry.subentries
        hass.config_entries.async_remove_subentry(vstarcam_entry, subentry_id)
        await hass.async_block_till_done()
        camera = device(hass, vstarcam_entry, VUID)
        assert camera is not None
        assert await async_remove_config_entry_device(hass, vstarcam_entry, camera)
        dr.async_get(hass).async_remove_device(camera.id)
        await hass.async_block_till_done()
        await set_up(hass, vstarcam_entry, cgi)
        await self.press(hass, vstarcam_entry)

    async def test_not_for_cameras_that_only_push(self, hass, vstarcam_entry, vstarcam) -> None:
        assert await async_setup_component(hass, "button", {})
        await vstarcam.heartbeat()
        await hass.async_block_till_done()
        assert hass.states.async_all("button") == []


@given(st.text(max_size=300))
def test_any_answer_can_be_read(text: str) -> None:
    assert all(isinstance(value, str) for value in parse_answer(text).values())


def test_answers() -> None:
    assert parse_answer("var a=1;var b=-2 ;\r\nvar c='x;y';\nvar d = \"it's\";var e=;") == {
        "a": "1",
        "b": "-2",
        "c": "x;y",
        "d": "it's",
        "e": "",
    }
