"""What is kept, and for how long: by age while Home Assistant runs, by kind, by size; favourites for ever."""

from freezegun.api import FrozenDateTimeFactory
from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant
from homeassistant.util import dt as dt_util
import pytest

from custom_components.camera_push.domain.history import EventFilter
from custom_components.camera_push.storage.model import MediaFilter
from tests.common import pass_time
from tests.emulators.ff import FFCamera, image
from tests.emulators.pictures import jpeg, mp4
from tests.emulators.vstarcam import VStarcamCamera

DAY = 24 * 60 * 60


def set_options(hass: HomeAssistant, entry: ConfigEntry, **options) -> None:
    hass.config_entries.async_update_entry(entry, options={**entry.options, **options})


async def kept(hass: HomeAssistant, entry: ConfigEntry) -> list[str]:
    """Return the labels and formats of what is kept, oldest first."""
    await hass.async_block_till_done(wait_background_tasks=True)
    media = await entry.runtime_data.store.library.find(MediaFilter(), 1000)
    return [f"{item.label}.{item.type.extension}" for item in reversed(media)]


async def rows(entry: ConfigEntry) -> int:
    """Return how many rows the history has."""
    return len(await entry.runtime_data.store.library.events(EventFilter(), 1000))


async def test_age_is_looked_at_every_hour(
    hass, vstarcam_entry, vstarcam: VStarcamCamera, freezer: FrozenDateTimeFactory
) -> None:
    await vstarcam.alarm(0x12)
    await pass_time(hass, freezer, 13 * DAY)
    await vstarcam.alarm(0x12)
    assert len(await kept(hass, vstarcam_entry)) == 2
    await pass_time(hass, freezer, DAY + 60)
    assert len(await kept(hass, vstarcam_entry)) == 1
    # The newest of a kind stays.
    await pass_time(hass, freezer, 30 * DAY)
    assert len(await kept(hass, vstarcam_entry)) == 1
    assert await rows(vstarcam_entry) == 2


async def test_kinds_have_times_of_their_own(
    hass, ff_entry, ff: FFCamera, vstarcam_entry, vstarcam: VStarcamCamera, freezer
) -> None:
    set_options(hass, vstarcam_entry, keep_clip_days=2)
    set_options(hass, ff_entry, keep_plate_days=60)
    await hass.async_block_till_done()
    for number in range(2):
        await vstarcam.alarm(0x12, video=mp4())
        await ff.read(
            at=dt_util.utcnow(),
            carID=str(number),
            images=[image("image", jpeg("b", (320, 200))), image("lp", jpeg("a", (80, 20)))],
        )
    everything = ["motion.jpg", "motion.mp4"] * 2
    assert sorted(await kept(hass, vstarcam_entry)) == sorted(everything)
    await pass_time(hass, freezer, 3 * DAY)
    assert sorted(await kept(hass, vstarcam_entry)) == ["motion.jpg", "motion.jpg"]
    await pass_time(hass, freezer, 20 * DAY)
    assert await kept(hass, vstarcam_entry) == ["motion.jpg"]
    assert sorted(await kept(hass, ff_entry)) == ["plate.jpg"] * 2 + ["vehicle.jpg"] * 2
    await pass_time(hass, freezer, 50 * DAY)
    assert sorted(await kept(hass, ff_entry)) == ["plate.jpg", "vehicle.jpg"]


async def test_history_has_its_own_time(hass, ff_entry, ff: FFCamera, freezer) -> None:
    set_options(hass, ff_entry, keep_history_days=30)
    await hass.async_block_till_done()
    await ff.read(at=dt_util.utcnow(), plate="AB12")
    await pass_time(hass, freezer, 20 * DAY)
    await ff.read(at=dt_util.utcnow(), plate="CD34", carID="2")
    await pass_time(hass, freezer, 11 * DAY)
    await hass.async_block_till_done(wait_background_tasks=True)
    library = ff_entry.runtime_data.store.library
    assert [row.plate for row in await library.events(EventFilter(), 10)] == ["CD34"]
    # A plate whose rows are gone is nowhere any more.
    assert await library.plates_in_history(lambda plate: True) == ["CD34"]


async def test_history_can_be_switched_off(hass, ff_entry, ff: FFCamera) -> None:
    await ff.read(plate="AB12")
    assert await rows(ff_entry) == 1
    set_options(hass, ff_entry, keep_history_days=0)
    await hass.async_block_till_done(wait_background_tasks=True)
    assert await rows(ff_entry) == 0
    await ff.read(plate="CD34", carID="2", images=[image("lp", jpeg())])
    assert await rows(ff_entry) == 0
    assert len(await kept(hass, ff_entry)) == 1


@pytest.mark.parametrize("limit", ["age", "size"])
async def test_favourites_outlive_everything_until_released(
    hass, vstarcam_entry, vstarcam: VStarcamCamera, freezer, limit: str
) -> None:
    set_options(hass, vstarcam_entry, keep_history_days=100)
    await hass.async_block_till_done()
    await vstarcam.alarm(0x12, jpeg("favourite", (640, 480)), video=mp4(60_000))
    store = vstarcam_entry.runtime_data.store
    (event,) = await store.library.events(EventFilter(), 10)
    assert await store.history.set_favourite(event.id, favourite=True)
    await pass_time(hass, freezer, 60)
    await vstarcam.alarm(0x12, jpeg("newer"), video=mp4(100))
    await pass_time(hass, freezer, 60)

    async def pass_limits() -> None:
        if limit == "size":
            set_options(hass, vstarcam_entry, keep_gib=10_000 / 1024**3)
            await hass.async_block_till_done(wait_background_tasks=True)
            await vstarcam.alarm(0x12, jpeg("even newer"), video=mp4(100))
        else:
            await pass_time(hass, freezer, 99 * DAY)
            await vstarcam.alarm(0x12, jpeg("even newer"), video=mp4(100))
            await pass_time(hass, freezer, 50 * DAY)

    await pass_limits()
    # And the newest of its kind.
    assert await kept(hass, vstarcam_entry) == ["motion.jpg", "motion.mp4", "motion.jpg"]
    store = vstarcam_entry.runtime_data.store
    found = await store.library.events(EventFilter(favourite=True), 10)
    assert [row.id for row in found] == [event.id]
    assert len((await store.library.media_of_events([event.id], 10))[event.id]) == 2
    assert await store.history.set_favourite(event.id, favourite=False)
    await pass_time(hass, freezer, 3601)
    assert await kept(hass, vstarcam_entry) == ["motion.jpg"]
    assert (event.id in [row.id for row in await store.library.events(EventFilter(), 10)]) is (
        limit == "size"
    )


async def test_picture_that_joins_a_favourite_is_one(hass, ff_entry, ff: FFCamera) -> None:
    await ff.read("new", plate="AB12", images=[image("image", jpeg("a"))])
    store = ff_entry.runtime_data.store
    (event,) = await store.library.events(EventFilter(), 10)
    await store.history.set_favourite(event.id, favourite=True)
    await ff.read("lost", plate="AB12", images=[image("image", jpeg("b"))])
    media = await store.library.find(MediaFilter(), 10)
    assert [item.is_favourite for item in media] == [True, True]
