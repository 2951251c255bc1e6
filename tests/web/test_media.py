"""Stored pictures and clips: browsed, served, listed, exported, deleted."""

import asyncio
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
import io
from pathlib import Path
import re
import sqlite3
from threading import Event
from unittest.mock import patch

from freezegun.api import FrozenDateTimeFactory
from homeassistant.components.media_player import BrowseError, SearchMediaQuery
from homeassistant.components.media_source import (
    Unresolvable,
    async_browse_media,
    async_resolve_media,
    async_search_media,
)
from homeassistant.config_entries import ConfigEntry
from homeassistant.core import Context, HomeAssistant
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError, Unauthorized
from homeassistant.helpers.template import Template
from homeassistant.setup import async_setup_component
from homeassistant.util import dt as dt_util
from PIL import Image
import pytest
import voluptuous as vol
import yaml

from custom_components.camera_push import store_folders
from custom_components.camera_push.const import DOMAIN
from custom_components.camera_push.domain.history import EventFilter, EventKind
from custom_components.camera_push.domain.media_id import MediaId
from custom_components.camera_push.services import KINDS
from custom_components.camera_push.web.placeholder import placeholder
from tests.bench.pushes import picture
from tests.common import NOW, device, eventually, shown
from tests.emulators.ff import FFCamera, image
from tests.emulators.pictures import jpeg, mp4
from tests.emulators.vstarcam import VStarcamCamera

VUID = "VC0000000ABCD"
ROOT = f"media-source://{DOMAIN}"


@pytest.fixture(autouse=True)
async def media_source(hass: HomeAssistant) -> None:
    """Set up media sources before the server starts."""
    assert await async_setup_component(hass, "websocket_api", {})
    assert await async_setup_component(hass, "media_source", {})


def path_of(uri: str) -> str:
    """Return the path at which an event's picture or clip is served."""
    media_id = MediaId.parse(uri)
    assert media_id is not None
    return media_id.path


def thumbnail_of(uri: str) -> str:
    """Return the path at which its thumbnail is served."""
    media_id = MediaId.parse(uri)
    assert media_id is not None
    return media_id.thumbnail_path


async def check_placeholder(response) -> None:
    """It is a picture that a browser does not keep."""
    assert response.status == HTTPStatus.OK
    assert response.headers["Cache-Control"] == "private, no-cache"
    assert await response.read() == placeholder()


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
        await store.set_favourite(event.id, favourite=True)
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


class TestServing:
    """Files over HTTP."""

    async def test_ids_of_events_resolve(self, hass, vstarcam, alarms, hass_client) -> None:
        picture, clip = jpeg("here"), mp4(5000)
        await vstarcam.alarm(0x12, picture, clip)
        client = await hass_client()
        for key, content, content_type in (
            ("picture", picture, "image/jpeg"),
            ("clip", clip, "video/mp4"),
        ):
            media = await async_resolve_media(hass, alarms[0].data[key], None)
            assert media.mime_type == content_type
            assert media.url == path_of(alarms[0].data[key])
            response = await client.get(media.url)
            assert (response.status, await response.read()) == (HTTPStatus.OK, content)
            assert response.headers["Content-Type"] == content_type
            assert response.headers["X-Content-Type-Options"] == "nosniff"
            assert "Content-Disposition" not in response.headers

    async def test_path_in_the_documented_notification(self, hass, vstarcam, alarms, hass_client) -> None:
        """The template that turns an event's id into a path is the one that docs/events.md shows."""
        readme = (Path(__file__).parents[2] / "docs" / "events.md").read_text()
        template = re.search(r"image: >-\s+(\{\{.*?\}\})", readme, re.DOTALL)
        assert template is not None
        await vstarcam.alarm(0x29, jpeg("here"))
        variables = {"trigger": alarms[0].data}
        path = Template(template[1], hass).async_render(variables)
        assert path == path_of(alarms[0].data["picture"])
        client = await hass_client()
        assert await (await client.get(path)).read() == jpeg("here")

    async def test_ranges(self, hass, vstarcam, alarms, hass_client) -> None:
        clip = mp4(5000)
        await vstarcam.alarm(0x12, video=clip)
        client = await hass_client()
        response = await client.get(path_of(alarms[0].data["clip"]), headers={"Range": "bytes=100-199"})
        assert (response.status, await response.read()) == (HTTPStatus.PARTIAL_CONTENT, clip[100:200])
        assert response.headers["Content-Range"] == "bytes 100-199/5000"

    async def test_what_browsers_do_not_play_is_a_download(self, vstarcam, alarms, hass_client) -> None:
        await vstarcam.alarm(0x12, video=b"<html><script>alert(1)</script>")
        client = await hass_client()
        response = await client.get(path_of(alarms[0].data["clip"]))
        assert response.headers["Content-Type"] == "application/octet-stream"
        assert response.headers["Content-Disposition"].startswith("attachment; filename=")
        assert response.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"

    async def test_not_without_authentication(
        self, hass, vstarcam, vstarcam_entry, alarms, hass_client_no_auth, freezer
    ) -> None:
        await vstarcam.alarm(0x12)
        await hass.async_block_till_done()
        path = path_of(alarms[0].data["picture"])
        camera = hass.states.async_all("camera")[0]
        client = await hass_client_no_auth()
        for query in ("", f"?token={camera.attributes['access_token']}", "?authSig=forged"):
            assert (await client.get(path + query)).status == HTTPStatus.UNAUTHORIZED
            thumbnail = thumbnail_of(alarms[0].data["picture"])
            assert (await client.get(thumbnail + query)).status == HTTPStatus.UNAUTHORIZED

    async def test_signed_paths(
        self, hass, vstarcam, alarms, hass_client_no_auth, hass_ws_client, freezer
    ) -> None:
        """As the media browser asks for them; they are for one item and for a day."""
        await vstarcam.alarm(0x12, jpeg("one"))
        await vstarcam.alarm(0x12, jpeg("two"))
        socket = await hass_ws_client(hass)
        await socket.send_json_auto_id(
            {
                "type": "media_source/resolve_media",
                "media_content_id": alarms[0].data["picture"],
            }
        )
        signed = (await socket.receive_json())["result"]["url"]
        client = await hass_client_no_auth()
        assert await (await client.get(signed)).read() == jpeg("one")
        other = path_of(alarms[1].data["picture"]) + "?" + signed.partition("?")[2]
        assert (await client.get(other)).status == HTTPStatus.UNAUTHORIZED
        freezer.tick(timedelta(hours=25))
        assert (await client.get(signed)).status == HTTPStatus.UNAUTHORIZED

    async def test_what_is_not_there(
        self, hass, vstarcam, vstarcam_entry, alarms, hass_client, add_entry
    ) -> None:
        other = await add_entry("vstarcam")
        await vstarcam.alarm(0x12)
        uri = alarms[0].data["picture"]
        media_id = uri.rpartition("/")[2]
        client = await hass_client()
        for entry_id, number in (
            (other.entry_id, media_id),
            (vstarcam_entry.entry_id, "1"),
            (vstarcam_entry.entry_id, "9" * 40),
            (vstarcam_entry.entry_id, "x"),
            (vstarcam_entry.entry_id, "٣"),
            ("nobody", media_id),
            ("..", media_id),
        ):
            response = await client.get(f"/api/camera_push/media/{entry_id}/{number}")
            assert response.status == HTTPStatus.NOT_FOUND
            with pytest.raises(Unresolvable):
                await async_resolve_media(hass, f"{ROOT}/{entry_id}/{number}", None)
        response = await client.get(f"/api/camera_push/media/{vstarcam_entry.entry_id}/..%2Findex.sqlite")
        assert response.status in (HTTPStatus.BAD_REQUEST, HTTPStatus.NOT_FOUND)
        for file in store_folders(hass, vstarcam_entry).index.glob("*/*/*.jpg"):
            file.unlink()
        response = await client.get(path_of(uri))
        assert response.status == HTTPStatus.NOT_FOUND

    async def test_thumbnails(self, hass, vstarcam, vstarcam_entry, alarms, hass_client) -> None:
        """A picture's and, for a clip, that of the picture that came with it; made once."""
        await vstarcam.alarm(0x12, jpeg("large", (1920, 1080)), mp4())
        client = await hass_client()
        for key in ("picture", "clip"):
            path = thumbnail_of(alarms[0].data[key])
            for times in (1, 0):
                with patch("PIL.Image.open", side_effect=Image.open) as opened:
                    response = await client.get(path)
                assert opened.call_count == times
                assert response.headers["Content-Type"] == "image/jpeg"
                assert Image.open(io.BytesIO(await response.read())).size == (320, 180)
        folder = store_folders(hass, vstarcam_entry).cache
        assert len(list((folder / "thumbnails").iterdir())) == 2
        assert not list((folder / "incoming").iterdir())

    @pytest.mark.parametrize("bad", ["damaged", "bomb"])
    async def test_pictures_that_have_no_thumbnail(self, vstarcam, alarms, hass_client, bad) -> None:
        """They have a placeholder, which no browser keeps."""
        data = io.BytesIO()
        Image.new("1", (20_000, 20_000)).save(data, "PNG")
        await vstarcam.alarm(0x12, data.getvalue() if bad == "bomb" else picture(1000))
        client = await hass_client()
        response = await client.get(thumbnail_of(alarms[0].data["picture"]))
        await check_placeholder(response)
        assert (await client.get(path_of(alarms[0].data["picture"]))).status == HTTPStatus.OK

    @pytest.mark.parametrize("bad", [b"", jpeg("cut")[:100]], ids=["none", "cut"])
    async def test_clip_without_a_picture_has_no_thumbnail(self, vstarcam, alarms, hass_client, bad) -> None:
        await vstarcam.alarm(0x12, bad, mp4())
        assert alarms[0].data["picture"] is None
        client = await hass_client()
        await check_placeholder(await client.get(thumbnail_of(alarms[0].data["clip"])))

    async def test_raw_clip_may_change(self, vstarcam, alarms, hass_client) -> None:
        """It keeps its number when it becomes one that browsers play."""
        await vstarcam.alarm(0x12, jpeg(), b"\0\0\0\1\x67\x42\0\x1f" + bytes(100))
        client = await hass_client()
        for key, expected in (("picture", "immutable"), ("clip", "no-cache")):
            response = await client.get(path_of(alarms[0].data[key]))
            assert expected in response.headers["Cache-Control"]

    async def test_picture_is_there_while_the_disk_is_slow(
        self, hass, vstarcam, vstarcam_entry, alarms, hass_client
    ) -> None:
        """By its media id, its path, its thumbnail and its entity: at once, and without a file."""
        await vstarcam.alarm(0x12, jpeg("before"), mp4())
        client = await hass_client()
        archive = vstarcam_entry.runtime_data.store._archive  # noqa: SLF001  # A fault is injected.
        going_on, commit = Event(), archive.commit

        def wait(batch):
            assert going_on.wait(30)
            return commit(batch)

        with patch.object(archive, "commit", wait):
            sending = asyncio.create_task(vstarcam.alarm(0x12, jpeg("now", (640, 360))))
            try:
                await eventually(lambda: len(alarms) == 2)
                uri = alarms[1].data["picture"]
                media = await async_resolve_media(hass, uri, None)
                assert media.mime_type == "image/jpeg"
                assert await (await client.get(media.url)).read() == jpeg("now", (640, 360))
                thumbnail = await (await client.get(thumbnail_of(uri))).read()
                assert Image.open(io.BytesIO(thumbnail)).size == (320, 180)
                assert await shown(hass, vstarcam_entry, "snapshot", VUID) == jpeg("now", (640, 360))
                reading = asyncio.create_task(asyncio.to_thread(media.path.read_bytes))
                await asyncio.sleep(0.1)
                assert not reading.done()
                assert not sending.done()
            finally:
                going_on.set()
        assert (await sending).status == HTTPStatus.OK
        assert await reading == jpeg("now", (640, 360))

    async def test_picture_that_the_disk_does_not_take(
        self, hass, vstarcam, vstarcam_entry, alarms, hass_client
    ) -> None:
        await vstarcam.heartbeat()
        with patch("os.fsync", side_effect=OSError("No space left on device")):
            await vstarcam.alarm(0x12, jpeg("now", (640, 360)))
        assert not list(store_folders(hass, vstarcam_entry).index.glob("*/*/*.jpg"))
        client = await hass_client()
        media = await async_resolve_media(hass, alarms[0].data["picture"], None)
        assert await (await client.get(media.url)).read() == jpeg("now", (640, 360))
        thumbnail = await (await client.get(thumbnail_of(alarms[0].data["picture"]))).read()
        assert Image.open(io.BytesIO(thumbnail)).size == (320, 180)
        assert await shown(hass, vstarcam_entry, "snapshot", VUID) == jpeg("now", (640, 360))


class TestActions:
    """camera_push.delete_media, export_media and list_media."""

    async def call(self, hass: HomeAssistant, action: str, **data):
        response = action != "export_media"
        return await hass.services.async_call(DOMAIN, action, data, blocking=True, return_response=response)

    @pytest.fixture(autouse=True)
    async def items(
        self,
        hass: HomeAssistant,
        vstarcam_entry: ConfigEntry,
        ff_entry: ConfigEntry,
        vstarcam: VStarcamCamera,
        ff: FFCamera,
        freezer: FrozenDateTimeFactory,
    ) -> None:
        """Push something of everything, an hour apart."""
        freezer.move_to(NOW)
        await vstarcam.alarm(0x12, jpeg("one"), mp4())
        freezer.tick(3600)
        await vstarcam.alarm(0x29, jpeg("two"))
        freezer.tick(3600)
        await ff.read(at=dt_util.utcnow(), images=[image("image", jpeg("view")), image("lp", jpeg("crop"))])

    async def test_list(self, hass, vstarcam_entry, ff_entry) -> None:
        media = (await self.call(hass, "list_media"))["media"]
        assert [item["kind"] for item in media] == ["plate", "vehicle", "humanoid", "motion", "motion"] or [
            item["kind"] for item in media
        ] == ["vehicle", "plate", "humanoid", "motion", "motion"]
        found = device(hass, vstarcam_entry, VUID)
        assert found is not None
        humanoid = media[2]
        assert humanoid.pop("media").startswith(f"{ROOT}/{vstarcam_entry.entry_id}/")
        assert humanoid == {
            "device_id": found.id,
            "camera_id": VUID,
            "kind": "humanoid",
            "plate": None,
            "taken_at": "2026-11-21T04:12:45.123+00:00",
            "content_type": "image/jpeg",
            "size": len(jpeg("two")),
        }

    async def test_list_filters(self, hass, vstarcam_entry, ff_entry) -> None:
        camera, gate = device(hass, vstarcam_entry, VUID), device(hass, ff_entry, "gate")
        assert camera is not None
        assert gate is not None
        for filters, expected in (
            ({"device_id": camera.id}, 3),
            ({"device_id": [camera.id, gate.id]}, 5),
            ({"kind": "motion"}, 2),
            ({"plate": "47ATDPN"}, 2),
            ({"limit": 1}, 1),
            ({"after": "2026-11-21T04:00:00+00:00"}, 3),
            ({"before": "2026-11-21T04:00:00+00:00"}, 2),
            ({"before": "2026-11-20 20:00:00"}, 2),
            ({"device_id": gate.id, "kind": "motion"}, 0),
            ({"device_id": [gate.id, gate.id]}, 2),
        ):
            media = (await self.call(hass, "list_media", **filters))["media"]
            assert (filters, len(media)) == (filters, expected)

    async def test_delete_keeps_what_is_shown(self, hass, vstarcam_entry, ff_entry) -> None:
        camera = device(hass, vstarcam_entry, VUID)
        assert camera is not None
        assert await self.call(hass, "delete_media", kind="motion") == {"deleted": 2}
        assert await self.call(hass, "delete_media", device_id=camera.id) == {"deleted": 0}
        tomorrow = "2026-11-22 00:00:00"
        assert await self.call(hass, "delete_media", before=tomorrow) == {"deleted": 0}
        assert len((await self.call(hass, "list_media"))["media"]) == 3
        assert len(list(store_folders(hass, vstarcam_entry).index.glob("VC*/*/*"))) == 1

    async def test_export(self, hass, tmp_path: Path, vstarcam_entry) -> None:
        hass.config.allowlist_external_dirs = {str(tmp_path / "out")}
        (tmp_path / "out").mkdir()
        clip = next(
            item["media"]
            for item in (await self.call(hass, "list_media"))["media"]
            if item["content_type"] == "video/mp4"
        )
        target = tmp_path / "out" / "clip.mp4"
        await self.call(hass, "export_media", media=clip, filename=str(target))
        assert target.read_bytes() == mp4()
        with pytest.raises(ServiceValidationError, match="not allowed to write"):
            await self.call(hass, "export_media", media=clip, filename=str(tmp_path / "clip.mp4"))
        with pytest.raises(vol.Invalid):
            await self.call(hass, "export_media", media=clip, filename=str(tmp_path / "out" / ".." / "x"))
        for media in (f"{ROOT}/{vstarcam_entry.entry_id}/1", "media-source://local/x", "/etc/passwd"):
            with pytest.raises(ServiceValidationError, match="no picture, clip or folder"):
                await self.call(hass, "export_media", media=media, filename=str(target))
        with pytest.raises(HomeAssistantError, match="could not be written"):
            await self.call(hass, "export_media", media=clip, filename=str(target / "x" / "clip.mp4"))
        assert list((tmp_path / "out").iterdir()) == [target]

    async def test_export_writes_nothing_but_new_files(self, hass, tmp_path: Path) -> None:
        """Neither over a file or a link that is there, nor with an ending that makes it a page."""
        folder = tmp_path / "out"
        folder.mkdir()
        hass.config.allowlist_external_dirs = {str(folder)}
        picture = next(
            item["media"]
            for item in (await self.call(hass, "list_media"))["media"]
            if item["content_type"] == "image/jpeg"
        )
        (folder / "there.jpg").write_text("mine")
        (tmp_path / "secret.jpg").write_text("secret")
        (folder / "link.jpg").symlink_to(tmp_path / "secret.jpg")
        (folder / "dangling.jpg").symlink_to(folder / "nowhere.jpg")
        before = sorted(folder.iterdir())
        for name in ("there.jpg", "link.jpg", "dangling.jpg", "x.html", "x.js", "x.jpg.svg", "x", "x.mp4"):
            with pytest.raises(ServiceValidationError):
                await self.call(hass, "export_media", media=picture, filename=str(folder / name))
        with pytest.raises(vol.Invalid, match="NUL"):
            await self.call(hass, "export_media", media=picture, filename=f"{folder}/x\0.jpg")
        assert sorted(folder.iterdir()) == before
        assert (folder / "there.jpg").read_text() == "mine"
        assert (tmp_path / "secret.jpg").read_text() == "secret"

    async def test_only_administrators_delete_and_export(
        self, hass, hass_read_only_user, hass_admin_user, vstarcam_entry
    ) -> None:
        (item, *_) = (await self.call(hass, "list_media"))["media"]
        context = Context(user_id=hass_read_only_user.id)
        export = {"media": item["media"], "filename": "/media/x.jpg"}
        for action, data in (("delete_media", {"kind": "motion"}), ("export_media", export)):
            with pytest.raises(Unauthorized):
                await hass.services.async_call(DOMAIN, action, data, blocking=True, context=context)
        assert len((await self.call(hass, "list_media"))["media"]) == 5
        context = Context(user_id=hass_admin_user.id)
        await hass.services.async_call(
            DOMAIN, "delete_media", {"kind": "motion"}, blocking=True, context=context
        )
        assert len((await self.call(hass, "list_media"))["media"]) == 3

    async def test_bad_input(self, hass, vstarcam_entry) -> None:
        for action, data in (
            ("delete_media", {}),
            ("delete_media", {"kind": "anything"}),
            ("list_media", {"limit": 0}),
            ("list_media", {"before": "yesterday"}),
        ):
            with pytest.raises(vol.Invalid):
                await self.call(hass, action, **data)
        with pytest.raises(ServiceValidationError, match="is not a camera"):
            await self.call(hass, "list_media", device_id="nothing")
        await hass.config_entries.async_unload(vstarcam_entry.entry_id)
        camera = device(hass, vstarcam_entry, VUID)
        assert camera is not None
        with pytest.raises(ServiceValidationError, match="is not a camera"):
            await self.call(hass, "list_media", device_id=camera.id)

    async def test_broken_index(self, hass, vstarcam_entry) -> None:
        with patch("sqlite3.connect", side_effect=sqlite3.OperationalError("unable to open")):
            with pytest.raises(HomeAssistantError, match="cannot be read"):
                await self.call(hass, "list_media")
            media = f"{ROOT}/{vstarcam_entry.entry_id}/1"
            hass.config.allowlist_external_dirs = {"/somewhere"}
            with pytest.raises(HomeAssistantError, match="cannot be read"):
                await self.call(hass, "export_media", media=media, filename="/somewhere/x")
        store = vstarcam_entry.runtime_data.store
        store._archive.database._connection.execute("PRAGMA query_only=1")  # noqa: SLF001  # A fault is injected.
        with pytest.raises(HomeAssistantError, match="could not be deleted"):
            await self.call(hass, "delete_media", kind="motion")


def test_kinds_of_the_actions_are_those_that_there_are() -> None:
    file = Path(__file__).parents[2] / "custom_components" / "camera_push" / "services.yaml"
    for name, action in yaml.safe_load(file.read_text()).items():
        if (kind := action["fields"].get("kind")) is not None:
            wanted = list(EventKind) if name.endswith("events") else list(KINDS)
            assert kind["selector"]["select"]["options"] == wanted


async def test_folders_speak_home_assistants_language(hass, vstarcam_entry) -> None:
    assert await async_setup_component(hass, "media_source", {})
    hass.config.language = "de"
    root = await async_browse_media(hass, ROOT)
    assert [folder.title for folder in root.children][:3] == ["Heute", "Letzte 7 Tage", "Favoriten"]
