"""Stored pictures and clips: browsed, served, listed, exported, deleted."""

import asyncio
from datetime import timedelta
from http import HTTPStatus
import io
from pathlib import Path
import re
from threading import Event
from unittest.mock import patch

from homeassistant.components.media_source import (
    Unresolvable,
    async_resolve_media,
)
from homeassistant.helpers.template import Template
from PIL import Image
import pytest

from custom_components.camera_push.const import DOMAIN
from custom_components.camera_push.domain.media_id import MediaId
from custom_components.camera_push.web.placeholder import placeholder
from tests.bench.pushes import picture
from tests.common import eventually, folders_of, shown
from tests.emulators.pictures import jpeg, mp4
from tests.web.helpers import path_of

pytestmark = pytest.mark.usefixtures("media_source")


VUID = "VC0000000ABCD"


ROOT = f"media-source://{DOMAIN}"


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
        """The template that turns an event's id into a path is the one that docs/automations.yaml shows."""
        readme = (Path(__file__).parents[2] / "docs" / "automations.yaml").read_text()
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
        for file in folders_of(hass, vstarcam_entry).index.glob("*/*/*.jpg"):
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
        folder = folders_of(hass, vstarcam_entry).cache
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
        assert not list(folders_of(hass, vstarcam_entry).index.glob("*/*/*.jpg"))
        client = await hass_client()
        media = await async_resolve_media(hass, alarms[0].data["picture"], None)
        assert await (await client.get(media.url)).read() == jpeg("now", (640, 360))
        thumbnail = await (await client.get(thumbnail_of(alarms[0].data["picture"]))).read()
        assert Image.open(io.BytesIO(thumbnail)).size == (320, 180)
        assert await shown(hass, vstarcam_entry, "snapshot", VUID) == jpeg("now", (640, 360))
