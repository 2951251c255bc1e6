"""VStarcam cameras, from the HTTP request to states, events and pictures."""

from datetime import datetime
from http import HTTPStatus

from freezegun.api import FrozenDateTimeFactory
from homeassistant.components.camera import async_get_image as async_get_camera_image
from homeassistant.components.image import async_get_image
from homeassistant.config_entries import ConfigEntry
from homeassistant.core import Event, HomeAssistant
from homeassistant.helpers import device_registry as dr
import pytest
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator
from syrupy.assertion import SnapshotAssertion

from tests.common import NOW, device, entity_id, folders_of, pass_time, state
from tests.emulators.http import Field, form
from tests.emulators.pictures import jpeg, mp4
from tests.emulators.vstarcam import ALARMS, VStarcamCamera

VUID = "VC0000000ABCD"


async def test_heartbeat_creates_the_camera(
    hass: HomeAssistant, vstarcam: VStarcamCamera, vstarcam_entry: ConfigEntry, freezer: FrozenDateTimeFactory
) -> None:
    freezer.move_to(NOW)
    reply = await vstarcam.heartbeat()
    await hass.async_block_till_done()

    assert (reply.status, reply.json) == (200, {"code": "200", "message": "Success"})
    assert reply.headers["content-type"].startswith("application/json")
    assert state(hass, vstarcam_entry, "binary_sensor", VUID, "connectivity").state == "on"
    found = device(hass, vstarcam_entry, VUID)
    assert found is not None
    assert (found.manufacturer, found.name) == ("VStarcam", "VStarcam VC0000000ABCD")


async def test_entities_of_the_contract(
    hass: HomeAssistant, vstarcam: VStarcamCamera, vstarcam_entry: ConfigEntry, snapshot: SnapshotAssertion
) -> None:
    """Platform, key, name, class and first state of each entity, and no others."""
    await vstarcam.heartbeat()
    await hass.async_block_till_done()

    keys = {
        "binary_sensor": [
            "connectivity",
            "motion",
            "humanoid",
            "smoke_alarm",
            "fire",
            "smoke",
            "baby_crying",
            "absence",
        ],
        "event": ["doorbell", "alarm"],
        "camera": ["snapshot"],
        "image": ["snapshot"],
    }
    found = {}
    for platform, names in keys.items():
        for key in names:
            it = state(hass, vstarcam_entry, platform, VUID, key)
            attributes = {str(name): value for name, value in it.attributes.items()}
            for secret in ("access_token", "entity_picture"):
                attributes.pop(secret, None)
            found[f"{platform} {key}"] = {"id": it.entity_id, "state": it.state, "attributes": attributes}
    assert len(hass.states.async_all()) == len(found)
    assert found == snapshot


@pytest.mark.parametrize(("alarm", "code"), ALARMS.items())
@pytest.mark.parametrize("spelling", ["{}", "0x{:x}", "0X{:02X}", " {} "])
async def test_alarm_types(
    hass: HomeAssistant,
    vstarcam: VStarcamCamera,
    vstarcam_entry: ConfigEntry,
    alarms: list[Event],
    alarm: str,
    code: int,
    spelling: str,
) -> None:
    reply = await vstarcam.alarm(spelling.format(code))
    await hass.async_block_till_done()

    assert reply.json == {"code": "200", "message": "Success"}
    assert [(event.data["alarm"], event.data["code"]) for event in alarms] == [(alarm, code)]
    assert state(hass, vstarcam_entry, "event", VUID, "alarm").attributes["event_type"] == alarm
    if alarm == "doorbell":
        assert state(hass, vstarcam_entry, "event", VUID, "doorbell").attributes["event_type"] == "ring"
    else:
        assert state(hass, vstarcam_entry, "binary_sensor", VUID, alarm).state == "on"
        assert state(hass, vstarcam_entry, "event", VUID, "doorbell").state == "unknown"


async def test_unknown_alarm_type_is_kept_with_its_code(
    hass: HomeAssistant, vstarcam: VStarcamCamera, vstarcam_entry: ConfigEntry, alarms: list[Event]
) -> None:
    assert (await vstarcam.alarm(0x77)).status == HTTPStatus.OK
    await hass.async_block_till_done()

    assert (alarms[0].data["alarm"], alarms[0].data["code"]) == ("unknown", 0x77)
    event = state(hass, vstarcam_entry, "event", VUID, "alarm")
    assert (event.attributes["event_type"], event.attributes["code"]) == ("unknown", 0x77)
    assert {it.state for it in hass.states.async_all("binary_sensor")} == {"off", "unknown"}


async def test_bus_event_of_an_alarm(
    hass: HomeAssistant,
    vstarcam: VStarcamCamera,
    vstarcam_entry: ConfigEntry,
    alarms: list[Event],
    freezer: FrozenDateTimeFactory,
) -> None:
    freezer.move_to(NOW)
    await vstarcam.alarm(0x29, video=mp4())
    await hass.async_block_till_done()

    data = dict(alarms[0].data)
    prefix = f"media-source://camera_push/{vstarcam_entry.entry_id}/"
    assert data.pop("picture").startswith(prefix)
    assert data.pop("clip").startswith(prefix)
    found = device(hass, vstarcam_entry, VUID)
    assert found is not None
    assert data == {
        "device_id": found.id,
        "source": "vstarcam",
        "camera_id": VUID,
        "alarm": "humanoid",
        "code": 0x29,
        "received_at": "2026-11-21T03:12:45.123+00:00",
    }


async def test_pictures_are_served_as_they_were_pushed(
    hass: HomeAssistant, vstarcam: VStarcamCamera, vstarcam_entry: ConfigEntry, freezer: FrozenDateTimeFactory
) -> None:
    freezer.move_to(NOW)
    for text, kind, content_type in (
        ("one", "JPEG", "image/jpeg"),
        ("two", "PNG", "image/png"),
        ("three", "WEBP", "image/webp"),
        ("four", "BMP", "image/bmp"),
        ("five", "GIF", "image/gif"),
    ):
        freezer.tick(1)
        picture = jpeg(text, kind=kind)
        assert (await vstarcam.alarm(0x12, picture)).status == HTTPStatus.OK
        await hass.async_block_till_done()
        camera = await async_get_camera_image(
            hass, entity_id(hass, vstarcam_entry, "camera", VUID, "snapshot")
        )
        assert (camera.content, camera.content_type) == (picture, content_type)
        image = await async_get_image(hass, entity_id(hass, vstarcam_entry, "image", VUID, "snapshot"))
        assert (image.content, image.content_type) == (picture, content_type)
        shown = state(hass, vstarcam_entry, "image", VUID, "snapshot")
        assert datetime.fromisoformat(shown.state) == datetime.now(NOW.tzinfo)


async def test_no_picture_before_the_first(
    hass: HomeAssistant,
    vstarcam: VStarcamCamera,
    vstarcam_entry: ConfigEntry,
    hass_client: ClientSessionGenerator,
) -> None:
    await vstarcam.heartbeat()
    await hass.async_block_till_done()

    assert state(hass, vstarcam_entry, "image", VUID, "snapshot").state == "unknown"
    camera = state(hass, vstarcam_entry, "camera", VUID, "snapshot")
    client = await hass_client()
    response = await client.get(f"/api/camera_proxy/{camera.entity_id}")
    assert response.status == HTTPStatus.INTERNAL_SERVER_ERROR


async def test_momentary_alarm_is_on_for_its_hold_time_and_extended(
    hass: HomeAssistant, vstarcam: VStarcamCamera, vstarcam_entry: ConfigEntry, freezer: FrozenDateTimeFactory
) -> None:
    await vstarcam.alarm("0x12")
    await pass_time(hass, freezer, 20)
    await vstarcam.alarm("0x12")
    await pass_time(hass, freezer, 29)
    assert state(hass, vstarcam_entry, "binary_sensor", VUID, "motion").state == "on"
    await pass_time(hass, freezer, 2)
    assert state(hass, vstarcam_entry, "binary_sensor", VUID, "motion").state == "off"


@pytest.mark.parametrize("alarm", ["fire", "smoke", "smoke_alarm"])
async def test_safety_alarms_stay_longer(
    hass: HomeAssistant,
    vstarcam: VStarcamCamera,
    vstarcam_entry: ConfigEntry,
    freezer: FrozenDateTimeFactory,
    alarm: str,
) -> None:
    await vstarcam.alarm(ALARMS[alarm])
    await pass_time(hass, freezer, 299)
    assert state(hass, vstarcam_entry, "binary_sensor", VUID, alarm).state == "on"
    await pass_time(hass, freezer, 2)
    assert state(hass, vstarcam_entry, "binary_sensor", VUID, alarm).state == "off"


async def test_clip_is_stored_whole(
    hass: HomeAssistant, vstarcam: VStarcamCamera, vstarcam_entry: ConfigEntry
) -> None:
    """A clip beyond Home Assistant's 16 MiB limit for bodies."""
    clip = mp4(20 * 1024 * 1024)
    assert (await vstarcam.alarm(0x12, video=clip)).status == HTTPStatus.OK

    files = list(folders_of(hass, vstarcam_entry).index.glob(f"{VUID}/*/*_motion.mp4"))
    assert [file.read_bytes() == clip for file in files] == [True]


async def test_empty_or_missing_clip_is_none(vstarcam: VStarcamCamera, alarms: list[Event]) -> None:
    await vstarcam.alarm(0x12, video=b"")
    await vstarcam.alarm(0x12)
    assert [event.data["clip"] for event in alarms] == [None, None]


@pytest.mark.parametrize("vuid", ["VC0000000ABCD", "VSTA-123456-ABCDE", "VE123456", "vc0000000abcd", "A b"])
async def test_ids_are_opaque_and_keep_their_case(
    hass: HomeAssistant, vstarcam: VStarcamCamera, vstarcam_entry: ConfigEntry, vuid: str
) -> None:
    vstarcam.vuid = vuid
    assert (await vstarcam.heartbeat()).status == HTTPStatus.OK
    assert device(hass, vstarcam_entry, vuid) is not None


async def test_cameras_and_entries_are_told_apart(
    hass: HomeAssistant, vstarcam: VStarcamCamera, vstarcam_entry: ConfigEntry, add_entry
) -> None:
    other = await add_entry("vstarcam")
    await vstarcam.alarm(0x12)
    await VStarcamCamera("VE123456", vstarcam.poster, vstarcam.webhook_id).heartbeat()
    await VStarcamCamera(VUID, vstarcam.poster, other.data["webhook_id"]).heartbeat()
    await hass.async_block_till_done()

    assert state(hass, vstarcam_entry, "binary_sensor", VUID, "motion").state == "on"
    assert state(hass, vstarcam_entry, "binary_sensor", "VE123456", "motion").state == "off"
    assert state(hass, other, "binary_sensor", VUID, "motion").state == "off"
    assert len(dr.async_get(hass).devices) == 3


class TestFirmwareQuirks:
    """What cheap firmware does, and what must work all the same."""

    async def accepted(self, hass: HomeAssistant, alarms: list[Event], reply) -> None:
        assert (reply.status, reply.json["code"]) == (200, "200")
        await hass.async_block_till_done()
        assert [event.data["alarm"] for event in alarms] == ["motion"]

    async def test_no_file_names(self, hass, vstarcam, alarms) -> None:
        fields = [Field(it.name, it.data, None, it.content_type) for it in vstarcam.fields(video=mp4())]
        await self.accepted(hass, alarms, await vstarcam.send(fields))
        assert alarms[0].data["clip"] is not None

    @pytest.mark.parametrize("content_type", [None, "application/octet-stream", "text/plain"])
    async def test_part_types_mean_nothing(self, hass, vstarcam, alarms, content_type) -> None:
        fields = [Field(it.name, it.data, "x", content_type) for it in vstarcam.fields()]
        await self.accepted(hass, alarms, await vstarcam.send(fields))

    async def test_fields_after_files(self, hass, vstarcam, alarms) -> None:
        fields = vstarcam.fields(video=mp4())
        await self.accepted(hass, alarms, await vstarcam.send(fields[::-1]))

    async def test_fields_nobody_knows(self, hass, vstarcam, alarms) -> None:
        fields = [Field("firmware", b"1.2.3"), *vstarcam.fields(), Field("firmware", b"1.2.3")]
        await self.accepted(hass, alarms, await vstarcam.send(fields))

    @pytest.mark.parametrize(
        "names", [("", ""), ("a" * 1900, "a" * 1900), ("picture", "picture"), ("a", "b")]
    )
    async def test_several_pictures(self, hass, vstarcam, vstarcam_entry, alarms, names) -> None:
        """The first is the alarm's."""
        pictures = [
            Field(name, jpeg(str(number)), "a.jpg", "image/jpeg") for number, name in enumerate(names)
        ]
        await self.accepted(hass, alarms, await vstarcam.send([*vstarcam.fields()[:2], *pictures]))
        shown = await async_get_image(hass, entity_id(hass, vstarcam_entry, "image", VUID, "snapshot"))
        assert shown.content == jpeg("0")

    async def test_picture_by_its_name(self, hass, vstarcam, vstarcam_entry, alarms) -> None:
        """It is the alarm's, wherever it stands."""
        other = Field("thumbnail", jpeg("small"), "a.jpg", "image/jpeg")
        await self.accepted(
            hass, alarms, await vstarcam.send([other, *vstarcam.fields(picture=jpeg("whole"))])
        )
        shown = await async_get_image(hass, entity_id(hass, vstarcam_entry, "image", VUID, "snapshot"))
        assert shown.content == jpeg("whole")

    async def test_repeated_fields_of_a_form(self, hass, vstarcam, alarms) -> None:
        fields = f"vuid={VUID}&type=18&{'a' * 1900}=1&{'a' * 1900}=2"
        content_type = "application/x-www-form-urlencoded"
        reply = await vstarcam.poster.post(vstarcam.webhook_id, fields.encode(), content_type)
        await self.accepted(hass, alarms, reply)

    @pytest.mark.parametrize("boundary", ['"{}"', "{}", '"{}"; charset=utf-8'])
    async def test_quoted_and_bare_boundaries(self, hass, vstarcam, alarms, boundary) -> None:
        name = "--camera=1:2/3?" if boundary.startswith('"') else "--camera1"
        reply = await vstarcam.poster.post(
            vstarcam.webhook_id,
            form(vstarcam.fields(), name),
            f"multipart/form-data; boundary={boundary.format(name)}",
        )
        await self.accepted(hass, alarms, reply)

    @pytest.mark.parametrize("named", ["another", "--camera", "camera1-"])
    async def test_boundary_that_the_header_names_wrongly(self, hass, vstarcam, alarms, named) -> None:
        body, content_type = form(vstarcam.fields(), "camera1"), f"multipart/form-data; boundary={named}"
        await self.accepted(hass, alarms, await vstarcam.poster.post(vstarcam.webhook_id, body, content_type))

    async def test_text_before_the_first_boundary(self, hass, vstarcam, alarms) -> None:
        body = b"--not it\r\n" + form(vstarcam.fields(), "camera1")
        content_type = "multipart/form-data; boundary=camera1"
        await self.accepted(hass, alarms, await vstarcam.poster.post(vstarcam.webhook_id, body, content_type))

    async def test_http_1_0(self, hass, vstarcam, alarms) -> None:
        reply = await vstarcam.send(vstarcam.fields(), version="1.0")
        await self.accepted(hass, alarms, reply)

    async def test_chunked(self, hass, vstarcam, alarms) -> None:
        await self.accepted(hass, alarms, await vstarcam.send(vstarcam.fields(video=mp4(5000)), chunked=True))

    async def test_put(self, hass, vstarcam, alarms) -> None:
        await self.accepted(hass, alarms, await vstarcam.send(vstarcam.fields(), method="PUT"))

    async def test_line_feeds_alone(self, hass, vstarcam, vstarcam_entry, alarms) -> None:
        picture = jpeg("with \\n\\r inside", (320, 200))
        clip = mp4(100) + b"\n--not the boundary\n\n" * 5000 + b"\n"
        body = form(vstarcam.fields(picture=picture, video=clip), "--camera1", b"\n")
        reply = await vstarcam.poster.post(
            vstarcam.webhook_id, body, "multipart/form-data; boundary=--camera1"
        )
        await self.accepted(hass, alarms, reply)
        shown = await async_get_camera_image(
            hass, entity_id(hass, vstarcam_entry, "camera", VUID, "snapshot")
        )
        assert shown.content == picture
        (file,) = folders_of(hass, vstarcam_entry).index.glob("*/*/*.mp4")
        assert file.read_bytes() == clip

    async def test_heartbeat_with_byte_order_mark_and_more_keys(self, hass, vstarcam) -> None:
        body = b'\xef\xbb\xbf{"vuid":"VC0000000ABCD","rssi":-60}'
        reply = await vstarcam.poster.post(vstarcam.webhook_id, body, "application/json")
        assert reply.status == HTTPStatus.OK
