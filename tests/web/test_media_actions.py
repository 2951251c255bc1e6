"""The actions on pictures and clips."""

from pathlib import Path
import sqlite3
from unittest.mock import patch

from freezegun.api import FrozenDateTimeFactory
from homeassistant.config_entries import ConfigEntry
from homeassistant.core import Context, HomeAssistant
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError, Unauthorized
from homeassistant.util import dt as dt_util
import pytest
import voluptuous as vol
import yaml

from custom_components.camera_push.const import DOMAIN
from custom_components.camera_push.domain.history import EventKind
from custom_components.camera_push.services import KINDS
from tests.common import NOW, device, folders_of
from tests.emulators.ff import FFCamera, image
from tests.emulators.pictures import jpeg, mp4
from tests.emulators.vstarcam import VStarcamCamera

pytestmark = pytest.mark.usefixtures("media_source")


VUID = "VC0000000ABCD"


ROOT = f"media-source://{DOMAIN}"


class TestActions:
    """camera_push.delete_media, export_media and list_media."""

    async def call(self, hass: HomeAssistant, action: str, **data):
        response = action != "export_media"
        return await hass.services.async_call(DOMAIN, action, data, blocking=True, return_response=response)

    @pytest.fixture(autouse=True)
    async def items(
        self,
        media_source: None,
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
        assert len(list(folders_of(hass, vstarcam_entry).index.glob("VC*/*/*"))) == 1

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
