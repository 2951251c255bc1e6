"""Diagnostics of entries and devices: what helps, and nothing that is nobody else's business."""

import json
from typing import Any

from homeassistant import const
from homeassistant.helpers import device_registry as dr
from homeassistant.loader import async_get_integration
from hypothesis import given, strategies as st
import pytest

from custom_components.camera_push.const import DOMAIN
from custom_components.camera_push.diagnostics import (
    async_get_config_entry_diagnostics,
    async_get_device_diagnostics,
)
from custom_components.camera_push.domain.errors import ProtocolError
from custom_components.camera_push.domain.undecoded import Seen, SeenPart, shape
from tests.automations.helpers import device_id
from tests.common import configure, eventually, free_port
from tests.emulators.ff_tcp import TcpLink
from tests.emulators.http import Field
from tests.emulators.pictures import jpeg
from tests.repository.files import ROOT
from tests.sources.omni.helpers import add_person
from tests.vehicles import visit

VUID = "VC0000000ABCD"


async def of_entry(hass, entry) -> dict:
    """Return an entry's diagnostics as they are downloaded."""
    return json.loads(json.dumps(await async_get_config_entry_diagnostics(hass, entry)))


async def of_device(hass, entry, identifier: str) -> dict:
    """Return a device's diagnostics as they are downloaded."""
    device: Any = dr.async_get(hass).async_get(device_id(hass, entry, identifier))
    return json.loads(json.dumps(await async_get_device_diagnostics(hass, entry, device)))


async def test_counters(hass, vstarcam, vstarcam_entry) -> None:
    await vstarcam.heartbeat()
    await vstarcam.alarm()
    await vstarcam.alarm()
    await vstarcam.send([Field("vuid", b"x")])
    found = await of_entry(hass, vstarcam_entry)
    assert found["received"] == {"Heartbeat": 1, "Alarm": 2}
    assert found["refused"] == {"field": 1}
    assert found["last_received_at"] is not None
    assert found["store"]["items"] == 2
    assert found["store"]["bytes"] > 1000
    (camera,) = found["cameras"]
    assert camera["last_events"]["alarm"]["event_type"] == "motion"
    assert camera["last_events"]["alarm"]["has_picture"] is True
    assert set(camera["alarms_until"]) == {"motion"}


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        (
            [Field("vuid", b"SECRET"), Field("type", b"SECRET"), Field("SECRET NAME 1", b"SECRET")],
            [
                {"name": "vuid", "type": "", "bytes": 6},
                {"name": "type", "type": "", "bytes": 6},
                {"name": "name of 13", "type": "", "bytes": 6},
            ],
        ),
        (
            [Field("vuid", b"A"), Field("picture", b"SECRET", "SECRET.jpg", "image/jpeg; secret=SECRET")],
            [
                {"name": "vuid", "type": "", "bytes": 1},
                {"name": "picture", "type": "image/jpeg", "bytes": 6},
            ],
        ),
    ],
)
async def test_structure_of_the_last_refused_form(hass, vstarcam, vstarcam_entry, fields, expected) -> None:
    await vstarcam.send(fields)
    found = await of_entry(hass, vstarcam_entry)
    assert found["last_refused"][0]["reason"] in ("field", "picture")
    assert found["last_refused"][0]["structure"]["type"] == "multipart/form-data"
    parts = found["last_refused"][0]["structure"]["parts"]
    assert [part | {"type": part["type"]} for part in parts] == expected
    assert "SECRET" not in json.dumps(found)


async def test_structure_of_the_last_refused_json(hass, ff, ff_entry) -> None:
    event = ff.event(plateText="SECRET", SECRET1="x", geotag={"lat": 1.5, "ok": True})
    # As a camera id it is refused.
    event["sensorProviderID"] = "SECRET/"
    del event["camera_info"]
    event["list"] = [{"plate": "SECRET"}, None]
    assert (await ff.send_json(event)).status == 400
    found = await of_entry(hass, ff_entry)
    seen = found["last_refused"][0]["structure"]["json"]
    assert seen["sensorProviderID"] == "text of 7"
    assert seen["plateText"] == "text of 6"
    assert seen["geotag"] == {"lat": "number", "ok": "true"}
    assert seen["list"] == [{"plate": "text of 6"}, "2 in all"]
    assert "SECRET" not in json.dumps(found)


async def test_structure_of_what_came_over_tcp(hass, socket_enabled, ff, ff_entry) -> None:
    port = free_port()
    await configure(hass, ff_entry, tcp={"port": port, "networks": ["127.0.0.0/8"]})
    async with TcpLink(port) as link:
        await link.send({"carState": "SECRET"})
        await eventually(lambda: ff_entry.runtime_data.traffic.last_refused)
    found = await of_entry(hass, ff_entry)
    assert found["last_refused"][0]["structure"]["json"] == {"carState": "text of 6"}
    assert found["transports"]["tcp"]["refused"]


async def test_plates_are_comparable_words(hass, ff, ff_entry, add_vehicle) -> None:
    """The same plate is the same word: so it shows whether a vehicle's plate is what the camera reads."""
    vehicle = await add_vehicle(plates=["47 ATD-PN", "BMK4711"])
    await visit(hass, ff)
    found = await of_entry(hass, ff_entry)
    text = json.dumps(found)
    assert "47ATDPN" not in text
    assert "BMK4711" not in text
    assert "My car" not in text
    (subentry,) = found["subentries"]
    (camera,) = found["cameras"]
    (known,) = found["known"]
    read = camera["last_events"]["plate"]["plate"]
    assert subentry["data"]["plates"][0] == read == known["seen"]["plate"]
    assert subentry["data"]["plates"][1] != read
    assert known["present"] is True
    # Another download has other words.
    assert (await of_entry(hass, ff_entry))["cameras"][0]["last_events"]["plate"]["plate"] != read

    device = await of_device(hass, ff_entry, vehicle)
    assert device["known"]["kind"] == "Known vehicle"
    assert "47ATDPN" not in json.dumps(device)


async def test_camera(hass, ff, ff_entry) -> None:
    await ff.read("new", plate="47ATDPN")
    found = await of_device(hass, ff_entry, "gate")
    assert found["source"] == "ff"
    assert found["camera"]["model"] == "AXIS P1447-LE"
    assert found["camera"]["last_events"]["plate"]["confidence"] == 0.913
    assert "47ATDPN" not in json.dumps(found)
    assert ff_entry.data["webhook_id"] not in json.dumps(found)


async def test_platform_and_person(hass, platform, omni_entry, people) -> None:
    ada = await add_person(hass, omni_entry)
    await eventually(lambda: len(platform.sockets) == 1)
    await platform.send(platform.event())
    # An event is counted when it was kept, after it was told.
    await eventually(lambda: len(people) == 1 and omni_entry.runtime_data.traffic.received)
    found = await of_device(hass, omni_entry, omni_entry.entry_id)
    assert found["transports"]["websocket"]["connected"] is True
    assert found["connected"] is True
    assert found["received"] == {"Identification": 1}
    person = await of_device(hass, omni_entry, ada)
    assert person["known"]["present"] is True
    for text in (json.dumps(found), json.dumps(person)):
        for secret in ("Ada", "profile-1", platform.endpoint_id, "127.0.0.1", "secret-stream"):
            assert secret not in text


async def test_pictures_that_could_not_be_used_are_counted(hass, vstarcam, vstarcam_entry, alarms) -> None:
    for picture in (b"", b"<html>", jpeg()[:100], jpeg()):
        assert (await vstarcam.alarm(picture=picture)).status == 200
    assert [alarm.data["picture"] is not None for alarm in alarms] == [False, False, False, True]
    found = await of_entry(hass, vstarcam_entry)
    # A part that is empty is no picture.
    assert found["unusable_pictures"] == 2
    assert found["received"] == {"Alarm": 4}
    assert found["refused"] == {}


async def test_store_that_cannot_be_read(hass, vstarcam, vstarcam_entry) -> None:
    await vstarcam.alarm()
    vstarcam_entry.runtime_data.store.library._address = lambda: "file:/nowhere/at/all?mode=ro"  # noqa: SLF001  # A fault is injected.
    found = await of_entry(hass, vstarcam_entry)
    assert "unable to open" in found["store"]["error"]


_JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.text(alphabet="ŝecret7"),
    lambda children: st.lists(children) | st.dictionaries(st.text(alphabet="ŝecret7"), children),
    max_leaves=50,
)


@given(_JSON)
def test_shapes_say_nothing(value) -> None:
    """Whatever is in it, no text of it is in its shape."""
    assert "ŝ" not in json.dumps(shape(value), ensure_ascii=False)


def test_shapes_are_bounded() -> None:
    deep: dict = {}
    for _ in range(1000):
        deep = {"a": deep}
    wide = {f"{'x' * (number % 30)}": list(range(1000)) for number in range(10_000)}
    level: dict = {}
    for _ in range(4):
        level = {"x" * number: level for number in range(1, 41)}
    assert len(json.dumps(shape(level))) < 20_000
    assert len(json.dumps(shape(deep))) < 200
    assert len(json.dumps(shape(wide))) < 5000
    seen = Seen()
    for _ in range(1000):
        seen.parts.append(SeenPart("picture", "image/jpeg"))
    error = ProtocolError("The form is damaged.")
    seen.explain(error, "multipart/form-data", None)
    assert len(error.structure["parts"]) == 40


class TestForAnIssue:
    """What was refused, in a form that can be pasted into an issue."""

    async def test_versions_models_and_structure(self, hass, ff, ff_entry) -> None:
        await ff.read()
        await ff.send_json(ff.keepalive())
        await ff.poster.post(ff.webhook_id, b"<UTMC plate='SECRET'>SECRET 1</UTMC>", "text/xml")
        found = (await of_entry(hass, ff_entry))["for_an_issue"]
        assert (found["source"], found["camera_push"], found["home_assistant"]) == (
            "ff",
            str((await async_get_integration(hass, DOMAIN)).version),
            const.__version__,
        )
        assert found["cameras"] == [{"model": "AXIS P1447-LE", "firmware": "11.9.60", "app": "2.9.19"}]
        (refused,) = found["refused"]
        assert refused["structure"]["text"] == "<UTMC plate='AAAAAA'>AAAAAA 9</UTMC>"
        device = await of_device(hass, ff_entry, f"{ff_entry.entry_id}_gate")
        assert device["for_an_issue"] == found

    @pytest.mark.parametrize(
        ("body", "content_type", "expected"),
        [
            (b"vuid=SECRET/1&type=18", None, {"json": {"vuid": "text of 8", "type": "text of 2"}}),
            (b'{"vuid": "SECRET/1"}', None, {"json": {"vuid": "text of 8"}}),
            (b"{vuid: 'SECRET1'}", "application/json", {"text": "{aaaa: 'AAAAAA9'}"}),
            (b"SECRET 123", "text/plain", {"text": "AAAAAA 999", "bytes": 10}),
        ],
    )
    async def test_whatever_a_vstarcam_sends(
        self, hass, vstarcam, vstarcam_entry, body, content_type, expected
    ) -> None:
        reply = await vstarcam.poster.post(vstarcam.webhook_id, body, content_type)
        assert reply.status >= 400
        found = (await of_entry(hass, vstarcam_entry))["for_an_issue"]
        structure = found["refused"][0]["structure"]
        assert {key: structure[key] for key in expected} == expected
        assert "SECRET" not in json.dumps(found)

    async def test_names_with_numbers_stay(self, hass, ff, ff_entry) -> None:
        event = ff.event(sensorProviderID="a/b", camera_info=None, AB123CD="x")
        assert (await ff.send_json(event)).status == 400
        (refused,) = (await of_entry(hass, ff_entry))["for_an_issue"]["refused"]
        names = set(refused["structure"]["json"])
        assert {"plateUTF8", "plateISO3166-2", "carID"} <= names
        assert "AB123CD" not in names

    async def test_json_that_is_none(self, hass, ff, ff_entry) -> None:
        reply = await ff.poster.post(ff.webhook_id, b'{"plateText": "SECRET",', "application/json")
        assert reply.status == 400
        (refused,) = (await of_entry(hass, ff_entry))["for_an_issue"]["refused"]
        assert refused["structure"]["text"] == '{"aaaaaAaaa": "AAAAAA",'

    def test_template_and_documents_ask_for_it(self) -> None:
        for file in (".github/ISSUE_TEMPLATE/camera.yml", "docs/devices.md", "README.md"):
            assert "for_an_issue" in (ROOT / file).read_text()
