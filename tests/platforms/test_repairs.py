"""Repair issues, and repairs through the API that the frontend uses."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta
import json
import re
import socket
from types import MappingProxyType
from typing import Any
from unittest.mock import patch

from homeassistant.config_entries import ConfigEntry, ConfigSubentry
from homeassistant.core import HomeAssistant
from homeassistant.helpers import issue_registry as ir
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import flush_store

from custom_components.camera_push.const import DOMAIN
from custom_components.camera_push.repairs import UndoSetupFlow, async_create_fix_flow
from tests.common import configure, eventually, free_port, issues
from tests.credentials import BASIC, basic
from tests.emulators.ff import FFCamera
from tests.emulators.http import Field, Poster
from tests.emulators.pictures import jpeg
from tests.emulators.vstarcam_cgi import CgiServer
from tests.platforms.repair_flows import FIX, placeholders, start, submit, the_issue
from tests.repository.files import ENGLISH, TRANSLATIONS


@pytest.fixture(autouse=True)
async def components(hass: HomeAssistant) -> None:
    """Have what repairs need, before Home Assistant's server starts."""
    for component in ("repairs", "websocket_api"):
        assert await async_setup_component(hass, component, {})


def check_points_to_options(hass: HomeAssistant, entry: ConfigEntry, kind: str) -> ir.IssueEntry:
    """The issue says what to change in the options, and links to the entry, where they are opened."""
    issue = the_issue(hass, kind)
    assert not issue.is_fixable
    page = f"homeassistant://config/integrations/integration/camera_push#config_entry={entry.entry_id}"
    assert issue.learn_more_url == page
    texts = ENGLISH["issues"][kind]
    assert "*Settings → Devices & services → Camera Push → Configure*" in texts["description"]
    assert placeholders(texts["title"] + texts["description"]) == set(issue.translation_placeholders)
    return issue


async def test_limit_of_cameras(hass, ff, ff_entry, poster) -> None:
    await configure(hass, ff_entry, max_cameras=1)
    await ff.read()
    second = FFCamera("exit", poster, ff.webhook_id, serial="ACCC8E000002")
    assert (await second.read()).status == 403
    issue = check_points_to_options(hass, ff_entry, "max_cameras")
    assert issue.translation_placeholders["limit"] == "1"
    await configure(hass, ff_entry, max_cameras=2)
    assert (await second.read()).status == 200
    assert issues(hass) == set()


async def test_disk_that_is_full(hass, ff, ff_entry) -> None:
    images = [Field("image", jpeg(), "plate.jpg", "image/jpeg")]
    with patch("os.fsync", side_effect=OSError("No space left on device")):
        assert (await ff.send_form(ff.event(), images=images)).status == 200
        await eventually(lambda: issues(hass) == {"storage"})
    issue = check_points_to_options(hass, ff_entry, "storage")
    assert "No space left" in issue.translation_placeholders["error"]
    await ff.send_form(ff.event("update"), images=images)
    await eventually(lambda: issues(hass) == set())


async def test_port_in_use(hass, socket_enabled, ff_entry) -> None:
    port, other = free_port(), free_port()
    await configure(hass, ff_entry, tcp={"port": port, "networks": ["127.0.0.0/8"]})
    assert await hass.config_entries.async_unload(ff_entry.entry_id)
    with socket.create_server(("", port)):
        assert await hass.config_entries.async_setup(ff_entry.entry_id)
        issue = check_points_to_options(hass, ff_entry, "port")
        assert issue.translation_placeholders["transport"] == "TCP"
        await configure(hass, ff_entry, tcp={"port": other, "networks": ["127.0.0.0/8"]})
        await eventually(lambda: issues(hass) == set())
    with socket.create_connection(("127.0.0.1", other), timeout=5):
        pass


async def test_receiver_that_is_switched_off_needs_no_port(hass, socket_enabled, ff_entry) -> None:
    port = free_port()
    await configure(hass, ff_entry, tcp={"port": port, "networks": ["127.0.0.0/8"]})
    assert await hass.config_entries.async_unload(ff_entry.entry_id)
    with socket.create_server(("", port)):
        assert await hass.config_entries.async_setup(ff_entry.entry_id)
        assert issues(hass) == {"port"}
        hass.config_entries.async_update_entry(ff_entry, options={})
        await hass.async_block_till_done()
        assert issues(hass) == set()


class TestWrongCredentials:
    """Cameras that keep sending wrong credentials: one issue for each receiver."""

    async def test_other_ones_in_the_options_clear_it(self, hass, ff, ff_entry) -> None:
        await configure(hass, ff_entry, authentication=BASIC)
        sent = basic("camera", "other")
        for _ in range(10):
            assert (await ff.send_json(ff.event(), headers=[sent])).status == 401
        check_points_to_options(hass, ff_entry, "wrong_credentials")
        await configure(hass, ff_entry, authentication=BASIC | {"password": "other"})
        assert issues(hass) == set()
        assert (await ff.send_json(ff.event(), headers=[sent])).status == 200

    async def test_several_addresses_are_one_issue(self, hass, ff, ff_entry, poster) -> None:
        await ff.read()
        await configure(hass, ff_entry, authentication=BASIC)
        stranger = Poster(poster.host, poster.port, source="127.0.0.2")
        other = FFCamera("exit", stranger, ff.webhook_id, serial="ACCC8E000002")
        for camera in (ff, other):
            for _ in range(10):
                await camera.send_json(camera.event())
        issue = the_issue(hass, "wrong_credentials")
        assert issue.translation_placeholders["camera"] == "gate, 127.0.0.2"
        assert issue.translation_placeholders["address"] == "127.0.0.1, 127.0.0.2"
        right = [basic(BASIC["username"], BASIC["password"])]
        assert (await ff.send_json(ff.event(), headers=right)).status == 200
        assert the_issue(hass, "wrong_credentials").translation_placeholders["camera"] == "127.0.0.2"
        assert (await other.send_json(other.event(), headers=right)).status == 200
        assert issues(hass) == set()

    async def test_names_the_last_five_of_a_flood(self, hass, ff, ff_entry, poster) -> None:
        await configure(hass, ff_entry, authentication=BASIC)
        for number in range(2, 9):
            stranger = FFCamera("x", Poster(poster.host, poster.port, f"127.0.0.{number}"), ff.webhook_id)
            await asyncio.gather(*(stranger.send_json(stranger.event()) for _ in range(10)))
        named = the_issue(hass, "wrong_credentials").translation_placeholders["address"]
        assert named == ", ".join(f"127.0.0.{number}" for number in range(4, 9))


class TestRemovedCamera:
    """A camera that was set up from Home Assistant and is removed: its set-up can be undone."""

    @pytest.fixture
    async def cgi(self, hass, socket_enabled):
        """Return the settings page of a camera."""
        hass.config.internal_url = "http://192.0.2.2:8123"
        server = CgiServer(password="pass word Ünique 1", alias="Front door")
        async with server.serve():
            yield server

    @pytest.fixture
    async def removed(self, hass, vstarcam_entry, cgi) -> str:
        """Set the camera up and remove it; returns the id of the issue."""
        subentries = hass.config_entries.subentries
        flow = await subentries.async_init((vstarcam_entry.entry_id, "camera"), context={"source": "user"})
        login = {"host": "127.0.0.1", "port": cgi.port, "username": cgi.user, "password": cgi.password}
        flow = await subentries.async_configure(flow["flow_id"], login)
        await subentries.async_configure(flow["flow_id"], {"heartbeat_seconds": 45})
        await hass.async_block_till_done()
        (subentry,) = vstarcam_entry.subentries.values()
        assert cgi.password in str(dict(subentry.data))
        hass.config_entries.async_remove_subentry(vstarcam_entry, subentry.subentry_id)
        await hass.async_block_till_done()
        return f"undo_setup_{subentry.subentry_id}"

    async def test_users_see_no_secret(
        self, hass, hass_ws_client, hass_read_only_access_token, vstarcam_entry, cgi, removed
    ) -> None:
        issue = ir.async_get(hass).async_get_issue(DOMAIN, removed)
        assert set(issue.data) == {"entry_id", "subentry_id"}
        client = await hass_ws_client(hass, hass_read_only_access_token)
        for command in (
            {"type": "repairs/list_issues"},
            {"type": "repairs/get_issue_data", "domain": DOMAIN, "issue_id": removed},
        ):
            await client.send_json_auto_id(command)
            answer = await client.receive_json()
            assert answer["success"]
            shown = json.dumps(answer, ensure_ascii=False)
            assert removed in shown or "subentry_id" in shown
            for secret in (cgi.password, cgi.user, "cloud.example", vstarcam_entry.data["webhook_id"]):
                assert secret not in shown

    async def test_only_administrators_undo(
        self, hass, hass_client, hass_read_only_access_token, cgi, removed
    ) -> None:
        before = dict(cgi.servers)
        user = await hass_client(hass_read_only_access_token)
        response = await user.post(FIX, json={"handler": DOMAIN, "issue_id": removed})
        assert response.status == 401
        assert cgi.servers == before
        # Nor do they continue what an administrator began.
        admin = await hass_client()
        flow = await start(admin, hass, "undo_setup_vstarcam")
        assert (await user.post(f"{FIX}/{flow['flow_id']}", json={})).status == 401
        assert cgi.servers == before

    async def test_is_undone(self, hass, hass_client, cgi, removed) -> None:
        client = await hass_client()
        flow = await start(client, hass, "undo_setup_vstarcam")
        assert flow["description_placeholders"] == {"camera": "Front door"}
        cgi.status = 500
        flow = await submit(client, hass, flow, "undo_setup_vstarcam")
        assert flow["errors"] == {"base": "undo_failed"}
        cgi.status = 200
        result = await submit(client, hass, flow, "undo_setup_vstarcam")
        assert result["type"] == "create_entry"
        assert cgi.servers["alarmPushMainServer"] == "http://cloud.example/alarm"
        assert issues(hass) == set()

    async def test_is_gone_after_a_restart(self, hass, hass_storage, removed) -> None:
        """The login is in memory only, and so is the issue: none is left whose repair could not work."""
        registry = ir.async_get(hass)
        assert registry.async_get_issue(DOMAIN, removed).active
        await flush_store(registry._store)  # noqa: SLF001  # As at Home Assistant's end.
        registry = ir.IssueRegistry(hass)
        await registry.async_load()
        issue = registry.async_get_issue(DOMAIN, removed)
        assert (issue.active, issue.data) == (False, None)


async def test_entry_that_is_gone(hass, ff_entry) -> None:
    """A repair that is started while its entry is removed does nothing."""
    data = {"entry_id": ff_entry.entry_id}
    await hass.config_entries.async_remove(ff_entry.entry_id)
    flow = await async_create_fix_flow(hass, f"cut_url_{ff_entry.entry_id}", data)
    assert type(flow).__name__ == "ConfirmRepairFlow"


class TestMarkdown:
    """Descriptions of issues are Markdown: a camera must not be able to put a picture or a link there."""

    NAME = "`![x](evil.example)`*b*"

    @staticmethod
    def shown(issue: ir.IssueEntry, *path: str) -> list[str]:
        """Return what an issue shows, in every language, without what is shown as it is."""
        found = []
        for file in TRANSLATIONS.glob("*.json"):
            text = json.loads(file.read_text())["issues"][issue.translation_key]
            for key in path:
                text = text[key]
            text = text.format(**issue.translation_placeholders)
            assert "evil.example" in text
            found.append(re.sub("`[^`]*`", "", text))
        assert len(found) == 6
        return found

    async def test_clock(self, hass, ff, ff_entry) -> None:
        await ff.send_json(ff.keepalive(datetime.now(UTC) - timedelta(hours=1), self.NAME))
        issue = the_issue(hass, "clock_offset")
        assert not [text for text in self.shown(issue, "description") if "evil" in text]

    async def test_credentials(self, hass, ff, ff_entry) -> None:
        await ff.send_json(ff.event(sensorProviderID=self.NAME))
        await configure(hass, ff_entry, authentication=BASIC)
        for _ in range(10):
            await ff.send_json(ff.event())
        issue = the_issue(hass, "wrong_credentials")
        assert not [text for text in self.shown(issue, "description") if "evil" in text]

    async def test_undo(self, hass, hass_client, vstarcam_entry) -> None:
        for source in ("vstarcam", "ff"):
            subentry = ConfigSubentry(
                data=MappingProxyType({}), subentry_type="camera", title=self.NAME, unique_id=None
            )
            vstarcam_entry.runtime_data.hub.issues.async_undo(source, subentry)
            issue = ir.async_get(hass).async_get_issue(DOMAIN, f"undo_setup_{subentry.subentry_id}")
            assert issue is not None
            flow: Any = await async_create_fix_flow(hass, issue.issue_id, issue.data)
            flow.hass, flow.handler, flow.issue_id = hass, DOMAIN, issue.issue_id
            assert isinstance(flow, UndoSetupFlow)
            form = await flow.async_step_init()
            seen = replace(issue, translation_placeholders=dict(form["description_placeholders"] or {}))
            path = ("fix_flow", "step", "confirm", "description")
            assert not [text for text in self.shown(seen, *path) if "evil" in text]
