"""What the blueprints' notifications show, and their buttons."""

from datetime import timedelta
from unittest.mock import patch

from homeassistant.core import HomeAssistant, ServiceCall
from homeassistant.setup import async_setup_component
from homeassistant.util import dt as dt_util
from pytest_homeassistant_custom_component.common import async_mock_service

from custom_components.camera_push.const import DOMAIN
from tests.automations.helpers import device_id, use
from tests.common import eventually, pass_time
from tests.config_flows import add_subentry
from tests.emulators.pictures import jpeg
from tests.sources.omni.helpers import add_person
from tests.vehicles import SECTIONS, visit


async def tap(hass: HomeAssistant, action: str, **data: str) -> None:
    """Tap a button of a notification, as Home Assistant's app says it."""
    hass.bus.async_fire("mobile_app_notification_action", {"action": action, **data})
    await hass.async_block_till_done()


def button(call: ServiceCall, title: str) -> str:
    """Return the action of a notification's button."""
    return next(it["action"] for it in call.data["data"]["actions"] if it["title"] == title)


async def test_picture_of_a_notification_needs_no_login(
    hass, caplog, vstarcam, phone, told, hass_client_no_auth
) -> None:
    """And is there for what asks by an address, as a TV or a messenger does."""
    hass.config.internal_url = "http://192.0.2.2:8123"
    sent = async_mock_service(hass, "telegram_bot", "send_photo")
    more = {
        "action": "telegram_bot.send_photo",
        "data": {"url": "{{ link.url }}", "caption": "{{ message }}"},
    }
    await use(hass, caplog, "alarm_notification", notify_devices=[phone], more_actions=[more])
    await vstarcam.alarm(0x12, jpeg("now"))
    await hass.async_block_till_done()
    path = told[0].data["data"]["image"]
    client = await hass_client_no_auth()
    assert await (await client.get(path)).read() == jpeg("now")
    assert (await client.get(path.partition("?")[0])).status == 401
    assert sent[0].data == {"url": f"http://192.0.2.2:8123{path}", "caption": "Motion"}


async def test_mute_for_an_hour(hass, caplog, vstarcam, phone, told, freezer) -> None:
    assert await async_setup_component(hass, "timer", {"timer": {"quiet": {}}})
    await use(hass, caplog, "alarm_notification", notify_devices=[phone], mute="timer.quiet")
    await vstarcam.alarm(0x12)
    await hass.async_block_till_done()
    await tap(hass, "CAMERA_PUSH_MUTE_automation.other")
    assert hass.states.get("timer.quiet").state == "idle"
    await tap(hass, button(told[0], "Mute for an hour"))
    await vstarcam.alarm(0x12)
    await hass.async_block_till_done()
    assert len(told) == 1
    await pass_time(hass, freezer, 3601)
    await vstarcam.alarm(0x12)
    await hass.async_block_till_done()
    assert len(told) == 2


async def test_unknown_vehicle_becomes_a_guest(hass, caplog, ff, ff_entry, phone, told, freezer) -> None:
    form = {"name": "Guests", "directions": [], "hold_time": 60.0, **SECTIONS}
    guests = device_id(hass, ff_entry, await add_subentry(hass, ff_entry, "vehicle_list", **form))
    opened = async_mock_service(hass, "cover", "open_cover")
    await use(
        hass,
        caplog,
        "unknown_vehicle",
        notify_devices=[phone],
        guests=guests,
        open_title="Open gate",
        open_actions=[{"action": "cover.open_cover", "target": {"entity_id": "cover.gate"}}],
    )
    await visit(hass, ff, 1, "BC 123")
    await tap(hass, button(told[0], "Open gate"))
    assert len(opened) == 1
    await pass_time(hass, freezer, 301)
    await tap(hass, button(told[0], "Open gate"))
    assert len(opened) == 1
    await tap(hass, button(told[0], "That is …"), reply_text="Bob")
    found = await hass.services.async_call(
        DOMAIN, "export_vehicles", {"device_id": guests}, blocking=True, return_response=True
    )
    assert "BC123" in found["csv"].replace(" ", "")
    assert "Bob" in found["csv"]
    await visit(hass, ff, 2, "BC 123")
    assert len(told) == 1


async def test_any_of_ours(hass, caplog, ff, ff_entry, add_vehicle, phone, told) -> None:
    await add_vehicle()
    await use(hass, caplog, "any_of_ours", notify_devices=[phone])
    await visit(hass, ff, 1)
    await visit(hass, ff, 2, "ZZ999")
    assert [call.data["message"] for call in told] == ["My car at gate"]


async def test_any_of_ours_tells_of_persons(hass, caplog, omni_entry, platform, phone, told) -> None:
    await add_person(hass, omni_entry)
    await use(hass, caplog, "any_of_ours", notify_devices=[phone])
    await platform.send(platform.event())
    await eventually(lambda: told)
    assert told[0].data["message"].startswith("Ada at ")


async def test_unknown_person(hass, caplog, omni_entry, platform, phone, told) -> None:
    await use(hass, caplog, "unknown_person", notify_devices=[phone])
    with patch("custom_components.camera_push.hub.strangers.SETTLES_AFTER_SECONDS", 0.2):
        await platform.send(platform.event("non_identification", profile=None, camera="cam-2"))
        await eventually(lambda: told)
    assert told[0].data["message"].startswith("Somebody unknown at ")


async def test_daily_summary(hass, caplog, ff, ff_entry, vstarcam, phone, told, freezer) -> None:
    """With what the day brought; a day that brought nothing is passed over."""
    at = (dt_util.now() + timedelta(minutes=10)).replace(microsecond=0)
    await use(hass, caplog, "daily_summary", notify_devices=[phone], at=f"{at:%H:%M:%S}")
    await visit(hass, ff, 1, "BC 123")
    await vstarcam.alarm(0x12)
    await pass_time(hass, freezer, 601)
    assert told[0].data["message"] == "1 vehicles, 1 of them unknown · 1 alarms · 0 persons"
    # Its timer for the next day.
    await hass.services.async_call("automation", "turn_off", {"entity_id": "automation.test"}, blocking=True)
