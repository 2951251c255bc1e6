"""Who was seen before, over all entries."""

import asyncio
from datetime import UTC, datetime

from homeassistant.core import HomeAssistant
from homeassistant.helpers.storage import STORAGE_SEMAPHORE

from custom_components.camera_push.domain.seen import Seen, SeenLog
from custom_components.camera_push.hub.strangers import PLATE, strangers

AT = datetime(2026, 5, 4, 12, tzinfo=UTC)


def seen(plate: str) -> Seen:
    return Seen(shown=plate, camera="Gate", first_at=AT, last_at=AT, day=AT.date(), picture=None)


async def test_entries_that_are_set_up_side_by_side_wait_for_one_reading(
    hass: HomeAssistant, hass_storage
) -> None:
    log = SeenLog()
    log.add(f"{PLATE}AB12CD", seen("AB12CD"))
    hass_storage["camera_push.seen"] = {"version": 1, "data": log.dump()}
    disk = hass.data[STORAGE_SEMAPHORE] = asyncio.Semaphore(0)
    found = strangers(hass)
    before: list[bool] = []

    async def set_up(plate: str) -> None:
        await found.async_load()
        before.append(found.before(f"{PLATE}AB12CD")["first_time"])
        found.log.merge(f"{PLATE}{plate}", seen(plate))

    entries = asyncio.gather(set_up("XY1"), set_up("XY2"))
    for _ in range(5):
        await asyncio.sleep(0)
    disk.release()
    await entries
    assert before == [False, False]
    assert {plate for plate, _ in found.log.latest(PLATE)} == {"AB12CD", "XY1", "XY2"}


async def test_nobody_is_remembered_after_the_last_entry(
    hass: HomeAssistant, ff_entry, vstarcam_entry, hass_storage
) -> None:
    hass_storage["camera_push.seen"] = {"version": 1, "data": {}}
    log = strangers(hass).log
    log.add(f"{PLATE}AB12CD", seen("AB12CD"))
    await hass.config_entries.async_remove(vstarcam_entry.entry_id)
    assert strangers(hass).log is log
    await hass.config_entries.async_remove(ff_entry.entry_id)
    assert not list(strangers(hass).log.latest(PLATE))
    assert "camera_push.seen" not in hass_storage
