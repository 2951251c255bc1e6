"""VStarcam cameras, from the HTTP request to states, events and pictures."""

from homeassistant.core import Event, HomeAssistant
import pytest

from .emulators.http import Field
from .emulators.pictures import jpeg, mp4
from .emulators.vstarcam import ALARMS, VStarcamCamera

PREFIX = "vstarcam_vc0000000abcd"


async def test_heartbeat_creates_the_camera(hass: HomeAssistant, vstarcam: VStarcamCamera) -> None:
    reply = await vstarcam.heartbeat()
    await hass.async_block_till_done()

    assert (reply.status, reply.json) == (200, {"code": "200", "message": "Success"})
    assert hass.states.get(f"sensor.{PREFIX}_last_seen").state not in ("unknown", "unavailable")
    assert hass.states.get(f"binary_sensor.{PREFIX}_motion").state == "off"


@pytest.mark.parametrize(("alarm", "code"), ALARMS.items())
async def test_alarm_types(
    hass: HomeAssistant, vstarcam: VStarcamCamera, alarms: list[Event], alarm: str, code: int
) -> None:
    reply = await vstarcam.alarm(code)
    await hass.async_block_till_done()

    assert reply.json == {"code": "200", "message": "Success"}
    assert [event.data["alarm"] for event in alarms] == [alarm]
    assert alarms[0].data["code"] == code
    assert hass.states.get(f"event.{PREFIX}_alarm").attributes["event_type"] == alarm
