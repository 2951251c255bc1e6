"""Pictures and clips in the media browser."""

from datetime import UTC, datetime, timedelta
from http import HTTPStatus
import sqlite3
from unittest.mock import patch

from homeassistant.components.media_player import BrowseError, SearchMediaQuery
from homeassistant.components.media_source import (
    Unresolvable,
    async_browse_media,
    async_resolve_media,
    async_search_media,
)
from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component
from homeassistant.util import dt as dt_util
import pytest

from custom_components.camera_push.const import DOMAIN
from custom_components.camera_push.domain.history import EventFilter
from tests.common import NOW
from tests.emulators.ff import FFCamera, image
from tests.emulators.pictures import jpeg, mp4
from tests.web.helpers import path_of

pytestmark = pytest.mark.usefixtures("media_source")


VUID = "VC0000000ABCD"


ROOT = f"media-source://{DOMAIN}"


async def titles(hass: HomeAssistant, *parts: str) -> list[str]:
    """Return the titles in a folder."""
    folder = await async_browse_media(hass, "/".join((ROOT, *parts)))
    return [child.title for child in folder.children]


class TestBrowsing:
    """The media browser's tree."""

    async def test_camera_day_items(self, hass, vstarcam_entry, vstarcam, ff_entry, freezer) -> None:
        """Days and times are local, here US/Pacific; the newest comes first."""
        freezer.move_to(NOW)
        await vstarcam.alarm(0x29, video=mp4())
        freezer.tick(timedelta(hours=5))
        await vstarcam.alarm(0x26)
        entry = vstarcam_entry.entry_id
        assert await titles(hass) == [
            "Today",
            "Last 7 days",
            "Favorites",
            "VStarcam",
            "CAMMRA / AXIS License Plate Verifier",
        ]
        assert await titles(hass, entry) == ["VStarcam VC0000000ABCD", "Person", "Smoke alarm"]
        assert await titles(hass, entry, "camera", VUID) == ["2026-11-21", "2026-11-20"]
        assert await titles(hass, entry, "camera", VUID, "2026-11-21") == ["00:12:45 · Smoke alarm"]
        assert await titles(hass, entry, "camera", VUID, "2026-11-20") == ["19:12:45 · Person"] * 2
        assert await titles(hass, entry, "kind", "humanoid") == ["2026-11-20 19:12:45 · Person"] * 2
        folder = await async_browse_media(hass, f"{ROOT}/{entry}/camera/{VUID}/2026-11-20")
        assert [(item.media_class, item.media_content_type) for item in folder.children] == [
            ("video", "video/mp4"),
            ("image", "image/jpeg"),
        ]

    async def test_plates(self, hass, ff_entry, ff: FFCamera, freezer) -> None:
        freezer.move_to(NOW)
        for plate in ("AB 12", "CD 34", "AB 12"):
            freezer.tick(60)
            await ff.read(plateUTF8=plate, at=dt_util.utcnow(), images=[image("lp", jpeg(plate))])
        entry = ff_entry.entry_id
        assert await titles(hass, entry) == ["gate", "Plate", "By plate"]
        assert await titles(hass, entry, "plates") == ["AB12", "CD34"]
        assert await titles(hass, entry, "plates", "AB12") == [
            "AB12 · 2026-11-20 19:15:45 · Plate",
            "AB12 · 2026-11-20 19:13:45 · Plate",
        ]

    async def test_what_happened(
        self, hass, ff_entry, ff: FFCamera, vstarcam_entry, vstarcam, add_vehicle, hass_client, freezer
    ) -> None:
        """One item for each visit, which opens its pictures; what matters comes first."""
        token_is_valid = dt_util.utcnow()
        freezer.move_to(NOW)
        await add_vehicle(name="Plumber", plates=["AB 12"])
        pictures = [image("image", jpeg("car", (320, 200))), image("lp", jpeg("plate", (80, 20)))]
        await ff.read("new", at=dt_util.utcnow(), plate="CD 34", carID="1", images=pictures)
        # Before midnight, which in California is at eight in the morning.
        freezer.move_to(NOW + timedelta(hours=20))
        await ff.read(
            "update",
            at=dt_util.utcnow(),
            plate="AB 12",
            carID="2",
            carMoveDirection="in",
            images=pictures,
        )
        await ff.read("new", at=dt_util.utcnow(), plate="EF 56", carID="3")
        await vstarcam.alarm(0x6D)
        today = await titles(hass, "events", "today")
        assert today == [
            "Fire · 15:12 · VStarcam VC0000000ABCD",
            "Plumber · AB 12 · 15:12 · In · Black Ford Explorer",
        ]
        hass.config.language = "de"
        assert await titles(hass, "events", "today") == [
            "Feuer · 15:12 · VStarcam VC0000000ABCD",
            "Plumber · AB 12 · 15:12 · Hinein · Schwarzer Ford Explorer",
        ]
        hass.config.language = "en"
        week = await async_browse_media(hass, f"{ROOT}/events/week")
        assert [item.title for item in week.children][2] == "CD 34 · 2026-11-20 19:12 · Black Ford Explorer"
        assert all(item.thumbnail for item in week.children)
        fire, visit, _ = week.children
        assert (fire.can_play, visit.can_play, visit.can_expand) == (True, False, True)
        opened = await async_browse_media(hass, visit.media_content_id)
        assert [item.title for item in opened.children] == ["15:12:45 Vehicle", "15:12:45 Plate"]
        resolved = await async_resolve_media(hass, opened.children[0].media_content_id, None)
        assert resolved.path is not None
        root = await async_browse_media(hass, ROOT)
        assert [folder.title for folder in root.children][:5] == [
            "Today",
            "Last 7 days",
            "Favorites",
            "By vehicle",
            "By plate",
        ]
        assert root.children[0].thumbnail == fire.thumbnail
        (plumber,) = (await async_browse_media(hass, f"{ROOT}/events/vehicles")).children
        assert plumber.title == "Plumber"
        assert plumber.thumbnail == visit.thumbnail
        (only,) = (await async_browse_media(hass, plumber.media_content_id)).children
        assert only.title.startswith("Plumber · AB 12 · 2026-11-21")
        assert await titles(hass, "events", "plates") == ["AB12", "CD34"]
        (title,) = await titles(hass, "events", "plates", "CD34")
        assert title.startswith("CD 34")
        store = ff_entry.runtime_data.store
        (event,) = await store.library.events(EventFilter(plate="CD34"), 1)
        await store.history.set_favourite(event.id, favourite=True)
        (title,) = await titles(hass, "events", "favourites")
        assert title.startswith("★ CD 34")
        assert (await titles(hass, ff_entry.entry_id, "kind", "plate"))[1].startswith("★ CD34")
        freezer.move_to(token_is_valid)
        client = await hass_client()
        for item in (visit, *opened.children):
            assert (await client.get(item.thumbnail)).status == HTTPStatus.OK

    async def test_search(self, hass, ff_entry, ff: FFCamera, vstarcam_entry, vstarcam) -> None:
        for car, plate in enumerate(("AB 12 CD", "XY 99")):
            await ff.read(plate=plate, carID=str(car), images=[image("image", jpeg(plate, (320, 200)))])
        await vstarcam.alarm(0x29)

        async def found(text: str, *, within: str = "", classes=None) -> list[str]:
            query = SearchMediaQuery(search_query=text, media_filter_classes=classes)
            result = (await async_search_media(hass, f"{ROOT}{within}", query)).result
            return [item.title.partition(" · ")[0] for item in result]

        assert await found("ab12") == ["AB 12 CD"]
        assert await found("humanoid") == ["Person"]
        assert await found("ab12", within=f"/{vstarcam_entry.entry_id}") == []
        assert await found("ab12", within=f"/{ff_entry.entry_id}/plates") == ["AB 12 CD"]
        assert await found("gate", classes=["video"]) == []
        assert await found("gate", classes=["image"]) == ["XY 99", "AB 12 CD"]
        with (
            patch("sqlite3.connect", side_effect=sqlite3.OperationalError("unable to open")),
            pytest.raises(BrowseError, match="cannot be read"),
        ):
            await found("x")

    async def test_days_when_clocks_change(self, hass, vstarcam_entry, vstarcam, freezer) -> None:
        """In California, the first of November 2026 has 25 hours."""
        for hours in (0, 24, 25):
            freezer.move_to(datetime(2026, 11, 1, 7, 30, tzinfo=UTC) + timedelta(hours=hours))
            await vstarcam.alarm(0x12)
        assert len(await titles(hass, "events", "today")) == 1
        freezer.move_to(datetime(2026, 11, 8, 7, 59, tzinfo=UTC))
        assert len(await titles(hass, "events", "week")) == 3
        freezer.tick(timedelta(minutes=2))
        assert len(await titles(hass, "events", "week")) == 1

    async def test_ids_with_odd_characters(self, hass, ff_entry, ff: FFCamera) -> None:
        ff.device_id = "Süd #1 ?&%"
        await ff.read(images=[image("lp", jpeg())])
        folder = await async_browse_media(hass, f"{ROOT}/{ff_entry.entry_id}")
        camera = await async_browse_media(hass, folder.children[0].media_content_id)
        day = await async_browse_media(hass, camera.children[0].media_content_id)
        assert len(day.children) == 1

    async def test_folders_that_are_not(self, hass, vstarcam_entry, vstarcam) -> None:
        await vstarcam.heartbeat()
        entry = vstarcam_entry.entry_id
        for parts in (
            ("nothing",),
            ("events",),
            ("events", "tomorrow"),
            ("events", "known", "nobody"),
            ("event", "nobody.1"),
            ("event",),
            (entry, "camera"),
            (entry, "camera", "VC1"),
            (entry, "camera", "VC1", "2026-11-20"),
            (entry, "..", "camera"),
            (entry, "camera", VUID, "../../etc"),
            (entry, "camera", VUID, "2026-11-20", "x"),
        ):
            with pytest.raises(BrowseError, match="no picture, clip or folder"):
                await titles(hass, *parts)
        assert await titles(hass, entry, "camera", VUID, "2026-13-99") == []
        assert await titles(hass, entry, "kind", "'; DROP TABLE media") == []

    async def test_entry_that_is_not_loaded(self, hass, vstarcam_entry, vstarcam, alarms) -> None:
        await vstarcam.alarm(0x12)
        await hass.config_entries.async_unload(vstarcam_entry.entry_id)
        assert await titles(hass) == []
        with pytest.raises(Unresolvable):
            await async_resolve_media(hass, alarms[0].data["picture"], None)

    async def test_index_that_cannot_be_read(
        self, hass, vstarcam_entry, vstarcam, alarms, hass_client
    ) -> None:
        await vstarcam.alarm(0x12)
        with patch("sqlite3.connect", side_effect=sqlite3.OperationalError("unable to open")):
            with pytest.raises(BrowseError, match="cannot be read"):
                await titles(hass, vstarcam_entry.entry_id)
            with pytest.raises(Unresolvable):
                await async_resolve_media(hass, alarms[0].data["picture"], None)
            client = await hass_client()
            response = await client.get(path_of(alarms[0].data["picture"]))
            assert response.status == HTTPStatus.SERVICE_UNAVAILABLE


async def test_folders_speak_home_assistants_language(hass, vstarcam_entry) -> None:
    assert await async_setup_component(hass, "media_source", {})
    hass.config.language = "de"
    root = await async_browse_media(hass, ROOT)
    assert [folder.title for folder in root.children][:3] == ["Heute", "Letzte 7 Tage", "Favoriten"]
