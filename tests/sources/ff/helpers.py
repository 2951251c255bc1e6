"""What tests of FF cameras share."""

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant

from tests.config_flows import start_subentry, submit as step
from tests.emulators.ff_cgi import CHOICE, FFCgiServer
from tests.sources.set_up import login


async def start(hass: HomeAssistant, entry: ConfigEntry, subentry_id: str | None = None):
    return await start_subentry(hass, entry, "camera", subentry_id)


async def set_up(hass: HomeAssistant, entry: ConfigEntry, cgi: FFCgiServer, **choice):
    flow = await step(hass, await start(hass, entry), login(cgi))
    assert flow["step_id"] == "ff_profile", flow
    flow = await step(hass, flow, CHOICE | choice)
    assert flow["step_id"] == "ff_confirm", flow
    return await step(hass, flow, {})
