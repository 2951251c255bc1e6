"""Home Assistant starts while the disk takes nothing, as one that broke and was mounted read-only."""

from collections.abc import Iterator
from contextlib import contextmanager
import errno
from http import HTTPStatus
from unittest.mock import patch

from homeassistant.helpers import issue_registry as ir

from custom_components.camera_push.const import DOMAIN
from custom_components.camera_push.domain.media_id import MediaId
from tests.common import folders_of, pass_time, shown, state
from tests.emulators.pictures import jpeg


@contextmanager
def read_only() -> Iterator[None]:
    """Have the disk take neither a folder nor a change of the index."""
    error = OSError(errno.EROFS, "Read-only file system")
    with (
        patch("custom_components.camera_push.storage.archive.make_folder", side_effect=error),
        patch("custom_components.camera_push.storage.archive.Database", side_effect=error),
    ):
        yield


async def test_what_is_there_is_shown_and_nothing_is_written_over_it(
    hass, vstarcam, vstarcam_entry, alarms, freezer, hass_client
) -> None:
    picture, late = jpeg("before"), jpeg("meanwhile")
    await vstarcam.alarm(0x6D, picture)
    await hass.config_entries.async_unload(vstarcam_entry.entry_id)
    index = folders_of(hass, vstarcam_entry).index
    before = {path: path.read_bytes() for path in index.rglob("*") if path.is_file()}

    with read_only():
        await hass.config_entries.async_setup(vstarcam_entry.entry_id)
        # The camera is known, with its last picture, the history and the pictures.
        assert state(hass, vstarcam_entry, "event", vstarcam.vuid, "alarm").attributes["event_type"] == "fire"
        assert await shown(hass, vstarcam_entry, "snapshot", vstarcam.vuid) == picture
        client = await hass_client()
        assert await (await client.get(MediaId.parse(alarms[0].data["picture"]).path)).read() == picture
        answer = await hass.services.async_call(
            DOMAIN, "list_events", {}, blocking=True, return_response=True
        )
        assert [it["type"] for it in answer["events"]] == ["fire"]
        issue = f"storage_{vstarcam_entry.entry_id}"
        assert ir.async_get(hass).async_get_issue(DOMAIN, issue) is not None

        # Alarms are told, and go on from what was known.
        assert (await vstarcam.alarm(0x14, late)).status == HTTPStatus.OK
        assert alarms[-1].data["alarm"] == "doorbell"
        assert await (await client.get(MediaId.parse(alarms[-1].data["picture"]).path)).read() == late
        assert {path: path.read_bytes() for path in index.rglob("*") if path.is_file()} == before

    await pass_time(hass, freezer, 61)
    await hass.async_block_till_done(wait_background_tasks=True)
    assert ir.async_get(hass).async_get_issue(DOMAIN, issue) is None
    await vstarcam.alarm(0x12)
    answer = await hass.services.async_call(DOMAIN, "list_events", {}, blocking=True, return_response=True)
    assert [it["type"] for it in answer["events"]] == ["motion", "fire"]
