"""Names of entities."""

from collections import Counter

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er

from tests.emulators.ff import FFCamera
from tests.emulators.http import Poster
from tests.emulators.vstarcam import VStarcamCamera


async def test_no_two_entities_of_a_device_have_one_name(
    hass: HomeAssistant,
    entity_registry_enabled_by_default: None,
    vstarcam_entry: ConfigEntry,
    ff_entry: ConfigEntry,
    poster: Poster,
) -> None:
    await VStarcamCamera("VC0001", poster, vstarcam_entry.data["webhook_id"]).heartbeat()
    camera = FFCamera("entrance", poster, ff_entry.data["webhook_id"])
    await camera.send_json(camera.keepalive())
    await hass.async_block_till_done()
    names = Counter(
        (entity.device_id, hass.states.get(entity.entity_id).name)
        for entity in er.async_get(hass).entities.values()
    )
    assert len(names) > 20
    assert [name for name, count in names.items() if count > 1] == []
