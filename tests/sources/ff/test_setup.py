"""FF cameras that are set up from Home Assistant."""

from homeassistant.components.repairs import DOMAIN as REPAIRS_DOMAIN
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.helpers.translation import async_get_translations
from homeassistant.setup import async_setup_component
import pytest

from custom_components.camera_push.const import DOMAIN
from custom_components.camera_push.repairs import async_create_fix_flow
from tests.common import configure, issues, pass_time, state
from tests.config_flows import start_subentry, submit as step, suggested_values
from tests.emulators.ff import FFCamera
from tests.emulators.ff_cgi import CHOICE, FFCgiServer, b64, profile
from tests.sources.ff.helpers import set_up, start
from tests.sources.set_up import login, url

CAMERA = FFCgiServer
ELSEWHERE = "http://parking.example/events"

pytestmark = pytest.mark.usefixtures("address")


@pytest.mark.parametrize("scheme", ["digest", "basic"])
async def test_sets_the_camera_up(hass, ff_entry, cgi, scheme) -> None:
    cgi.login = scheme
    result = await set_up(hass, ff_entry, cgi)
    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert result["title"] == "gate"
    wanted = {
        "protocol": "1",
        "enable": "true",
        "sensorProviderID": "gate",
        "skip_image_in_post": "false",
        "use_multipart": "true",
        "use_event_buffer": "true",
        "send_second_image": "true",
        "event_new": "true",
        "event_update": "true",
        "event_lost": "true",
        "http_auth_type": "0",
        "user": "",
        "x_auth_key": "",
        # What is the camera's own business stays.
        "latitude": "50.1",
        "second_image_type": "plate",
    }
    assert {key: cgi.profiles[1][key] for key in wanted} == wanted
    assert cgi.url(1) == cgi.heartbeat_url == url(ff_entry)
    assert (cgi.heartbeat["period"], cgi.heartbeat["enable"]) == ("10", "true")
    assert cgi.writes == ["cloud.cgi", "config_hb.cgi"]
    assert cgi.profiles[2] == cgi.profiles[3] == profile()


async def test_what_was_chosen_is_written(hass, ff_entry, cgi) -> None:
    cgi.profiles[3] = profile(enable="0", event_new="1", skip_image_in_post="0", use_multipart="1")
    await set_up(
        hass,
        ff_entry,
        cgi,
        profile="3",
        events=["update"],
        pictures=False,
        second_picture=True,
        period="1440",
    )
    names = ("enable", "event_new", "event_update", "event_lost", "skip_image_in_post", "send_second_image")
    assert [cgi.profiles[3][name] for name in names] == ["1", "0", "1", "0", "1", "0"]
    assert cgi.heartbeat["period"] == "1440"
    assert cgi.writes == ["cloud3.cgi", "config_hb.cgi"]


async def test_login_of_the_entry_is_written(hass, ff_entry, cgi) -> None:
    authentication = {"kind": "basic", "username": "camera", "password": "pässword"}
    await configure(hass, ff_entry, authentication=authentication)
    await set_up(hass, ff_entry, cgi)
    for values in (cgi.profiles[1], cgi.heartbeat):
        assert (values["user"], values["password"]) == ("camera", b64("pässword"))
    await configure(hass, ff_entry, authentication={"kind": "header", "header_value": "s3cr3t"})
    await set_up(hass, ff_entry, cgi, profile="2", device_id="exit")
    for values in (cgi.profiles[2], cgi.heartbeat):
        assert (values["user"], values["password"], values["x_auth_key"]) == ("", "", "s3cr3t")


async def test_begins_with_what_the_camera_is_set_to(hass, ff_entry, cgi) -> None:
    cgi.profiles[1] = profile(ELSEWHERE, enable="true", protocol="8")
    cgi.profiles[2] = profile(sensorProviderID="entrance")
    flow = await step(hass, await start(hass, ff_entry), login(cgi))
    suggested = suggested_values(flow)
    # Five minutes, whatever the camera's own: what is not heard of for a day is missed after three.
    assert suggested == {"profile": "2", "device_id": "entrance", "period": "5"}


@pytest.mark.parametrize(
    ("language", "words"),
    [("en", ("on", "off", "nothing set")), ("de", ("an", "aus", "nichts eingestellt"))],
)
async def test_settings_as_people_say_them(hass, ff_entry, cgi, language, words) -> None:
    hass.config.language = language
    on, off, nothing = words
    cgi.profiles[1] = profile(ELSEWHERE, enable="true", protocol="8")
    cgi.profiles[2] = profile(ELSEWHERE)
    flow = await step(hass, await start(hass, ff_entry), login(cgi))
    labels = [option["label"] for option in flow["data_schema"].schema["profile"].config["options"]]
    assert labels == [f"1: {on}: {ELSEWHERE} (TCP)", f"2: {off}: {ELSEWHERE} (HTTP)", f"3: {nothing}"]
    flow = await step(hass, flow, CHOICE | {"profile": "3"})
    shown = flow["description_placeholders"]
    assert (shown["current"], shown["heartbeat"]) == (f"`{nothing}`", f"`{nothing}`")


async def test_what_to_do_next(hass, ff_entry, cgi) -> None:
    result = await set_up(hass, ff_entry, cgi)
    texts = await async_get_translations(hass, "en", "config_subentries", [DOMAIN])
    text = texts[f"component.{DOMAIN}.config_subentries.camera.create_entry.{result['description']}"]
    said = text.format(**result["description_placeholders"])
    assert said.startswith("gate now pushes to Home Assistant.")
    assert "*Test*" in said
    add = texts[f"component.{DOMAIN}.config_subentries.vehicle.initiate_flow.user"]
    assert f"*{add}*" in said


async def test_period_arms_the_camera(hass, ff_entry, cgi, freezer) -> None:
    """Before it ever pushed: the interval was written to the camera."""
    await set_up(hass, ff_entry, cgi)
    assert state(hass, ff_entry, "event", "gate", "plate").state == "unknown"
    await pass_time(hass, freezer, 30 * 60 - 1)
    assert state(hass, ff_entry, "event", "gate", "plate").state == "unknown"
    await pass_time(hass, freezer, 2)
    assert state(hass, ff_entry, "event", "gate", "plate").state == "unavailable"


async def test_camera_has_no_button_for_snapshots(hass, ff_entry, cgi) -> None:
    await set_up(hass, ff_entry, cgi)
    assert not hass.states.async_entity_ids("button")


async def test_the_camera_then_pushes(hass, ff: FFCamera, ff_entry, cgi, plates) -> None:
    await set_up(hass, ff_entry, cgi)
    await ff.read()
    assert list(ff_entry.runtime_data.hub.cameras) == ["gate"]
    assert plates[0].data["camera_id"] == "gate"


class TestAgain:
    """Reconfiguring, and switching off."""

    async def choose(self, hass, ff_entry, option: str):
        (subentry_id,) = ff_entry.subentries
        flow = await start(hass, ff_entry, subentry_id)
        assert flow["menu_options"] == ["ff_address", "stream", "ff_disable"]
        return await step(hass, flow, {"next_step_id": option})

    async def test_set_up_again(self, hass, ff_entry, cgi) -> None:
        await set_up(hass, ff_entry, cgi)
        flow = await self.choose(hass, ff_entry, "ff_address")
        suggested = suggested_values(flow)
        assert suggested["host"] == "127.0.0.1"
        assert "password" not in suggested
        flow = await step(hass, flow, login(cgi))
        flow = await step(hass, flow, CHOICE | {"device_id": "entrance", "period": "5"})
        result = await step(hass, flow, {})
        assert result["reason"] == "reconfigure_successful"
        (subentry,) = ff_entry.subentries.values()
        assert (subentry.title, subentry.data["period"]) == ("entrance", 5)
        assert cgi.profiles[1]["sensorProviderID"] == "entrance"

    async def test_switch_off(self, hass, ff_entry, cgi) -> None:
        await set_up(hass, ff_entry, cgi)
        flow = await self.choose(hass, ff_entry, "ff_disable")
        cgi.password = "changed"
        result = await step(hass, flow, {})
        assert result["errors"] == {"base": "invalid_auth"}
        cgi.password = FFCgiServer.password
        result = await step(hass, result, {})
        assert result["reason"] == "profile_disabled"
        assert (cgi.profiles[1]["enable"], cgi.heartbeat["enable"]) == ("false", "false")
        assert cgi.url(1) == url(ff_entry)


class TestRemoval:
    """A removed camera pushes on, unless its profile is switched off."""

    async def remove(self, hass, ff_entry):
        assert await async_setup_component(hass, REPAIRS_DOMAIN, {})
        (subentry,) = ff_entry.subentries.values()
        hass.config_entries.async_remove_subentry(ff_entry, subentry.subentry_id)
        await hass.async_block_till_done()
        assert "undo_setup_ff" in issues(hass)
        data = {"source": "ff", "title": subentry.title, **subentry.data}
        flow = await async_create_fix_flow(hass, f"undo_setup_{subentry.subentry_id}", data)
        flow.hass = hass
        flow.handler = DOMAIN
        return flow

    @pytest.mark.parametrize("tells", [True, False])
    async def test_repair_switches_off(self, hass, ff_entry, cgi, tells) -> None:
        cgi.tells_heartbeat = tells
        await set_up(hass, ff_entry, cgi)
        flow = await self.remove(hass, ff_entry)
        result = await flow.async_step_confirm({})
        assert result["type"] is FlowResultType.CREATE_ENTRY
        assert (cgi.profiles[1]["enable"], cgi.heartbeat["enable"]) == ("false", "false")

    async def test_camera_does_not_do_it(self, hass, ff_entry, cgi) -> None:
        await set_up(hass, ff_entry, cgi)
        flow = await self.remove(hass, ff_entry)
        cgi.ignores = frozenset({"enable"})
        result = await flow.async_step_confirm({})
        assert result["errors"] == {"base": "undo_failed"}

    async def test_what_points_elsewhere_by_now_is_left_alone(self, hass, ff_entry, cgi) -> None:
        await set_up(hass, ff_entry, cgi)
        flow = await self.remove(hass, ff_entry)
        cgi.profiles[1]["url"] = cgi.heartbeat["url"] = b64(ELSEWHERE)
        result = await flow.async_step_confirm({})
        assert result["type"] is FlowResultType.CREATE_ENTRY
        assert (cgi.profiles[1]["enable"], cgi.heartbeat["enable"]) == ("true", "true")

    async def test_vehicles_are_not_undone(self, hass, ff_entry) -> None:
        flow = await start_subentry(hass, ff_entry, "vehicle")
        await step(
            hass,
            flow,
            {
                "name": "My car",
                "plates": ["47ATDPN"],
                "hold_time": 60,
                "certainty": {"misreads": "1", "minimum_confidence": 80},
                "places": {},
            },
        )
        (subentry_id,) = ff_entry.subentries
        hass.config_entries.async_remove_subentry(ff_entry, subentry_id)
        await hass.async_block_till_done()
        assert issues(hass) == set()
