"""FF cameras over FTP: pictures whose names say the rest."""

from datetime import UTC, datetime, timedelta

from homeassistant.util import dt as dt_util
import pytest

from tests.common import shown, state
from tests.emulators.ff_ftp import CROP, VIEW, FtpClient, deliver, name, path


def local_now() -> datetime:
    return dt_util.now().replace(tzinfo=None)


@pytest.mark.parametrize("extended", [False, True], ids=["PASV", "EPSV"])
async def test_picture_with_the_default_template(hass, ff_entry, ftp_port, plates, extended) -> None:
    at = local_now()
    async with FtpClient(ftp_port, extended=extended) as client:
        assert client.greeting[0] == 220
        assert await client.login() == 230
        assert (await client.command("TYPE I"))[0] == 200
        for folder in ("gate", f"gate/{at:%Y%m}", f"gate/{at:%Y%m}/{at:%d}"):
            assert (await client.command(f"MKD {folder}"))[0] == 257
        assert await client.store(path("gate", at, name(at)), VIEW) == (226, "226 taken")
        assert (await client.command("QUIT"))[0] == 221
    await hass.async_block_till_done()
    data = dict(plates[0].data)
    assert data.pop("picture").startswith("media-source://camera_push/")
    captured = at.replace(tzinfo=dt_util.get_default_time_zone()).astimezone(UTC)
    assert data.pop("captured_at") == captured.isoformat(timespec="milliseconds")
    for key in ("device_id", "received_at"):
        assert data.pop(key)
    assert data == {
        "source": "ff",
        "camera_id": "gate",
        "state": "new",
        "plate": "47ATDPN",
        "plate_raw": "47ATDPN",
        "country": "USA",
        "region": None,
        "confidence": None,
        "direction": "in",
        "zone": 1,
        "car_id": "7543",
        "vehicle": {
            "make": "Ford",
            "model": "Explorer",
            "type": "SUV",
            "color": "BLACK",
            "view": None,
            "make_model_confidence": None,
            "color_confidence": None,
        },
        "list_name": None,
        "list_mode": None,
        "known_vehicle": None,
        "late": False,
        "plate_picture": None,
        "details": None,
    }
    assert await shown(hass, ff_entry, "snapshot") == VIEW
    assert state(hass, ff_entry, "sensor", "gate", "plate").state == "47ATDPN"


async def test_folders_by_going_there(ff_entry, ftp_port, plates) -> None:
    """Some clients change folder by folder; after a restart they believe that their folders exist."""
    at = local_now()
    async with FtpClient(ftp_port) as client:
        await client.login()
        for folder in ("gate", f"{at:%Y%m}", f"{at:%d}"):
            assert (await client.command(f"CWD {folder}"))[0] == 250
        assert (await client.command("PWD"))[1] == f'257 "/gate/{at:%Y%m}/{at:%d}"'
        assert (await client.store(name(at), VIEW))[0] == 226
        assert (await client.command("CDUP"))[0] == 250
        assert (await client.command("NOOP"))[0] == 200
        assert (await client.store(f"{at:%d}/{name(at, 'NEXT1', car=2)}", VIEW))[0] == 226
    assert [event.data["plate"] for event in plates] == ["47ATDPN", "NEXT1"]


async def test_two_pictures_of_one_car_are_one_visit(hass, ff_entry, ftp_port, plates) -> None:
    at = local_now()
    async with FtpClient(ftp_port) as client:
        await client.login()
        for area, picture in (("roi_1", VIEW), ("lp_1", CROP)):
            code, _ = await client.store(path("gate", at, name(at, area=area)), picture)
            assert code == 226
        await hass.async_block_till_done()
        assert await shown(hass, ff_entry, "snapshot") == VIEW
        # The same file again: it was delivered already.
        assert (await client.store(path("gate", at, name(at, area="lp_1")), CROP))[0] == 226
        await client.store(path("gate", at, name(at, "NEXT1", car=7544)), VIEW)
    await hass.async_block_till_done()
    found = [(event.data["state"], event.data["car_id"], event.data["plate"]) for event in plates]
    assert found == [("new", "7543", "47ATDPN"), ("update", "7543", "47ATDPN"), ("new", "7544", "NEXT1")]
    assert plates[0].data["plate_picture"] is None
    assert plates[1].data["plate_picture"] is not None
    assert await shown(hass, ff_entry, "plate") == CROP


async def test_plate_before_vehicle(hass, ff_entry, ftp_port) -> None:
    at = local_now()
    async with FtpClient(ftp_port) as client:
        await client.login()
        await client.store(path("gate", at, name(at, area="lp_1")), CROP)
        await hass.async_block_till_done()
        assert await shown(hass, ff_entry, "snapshot") == CROP
        await client.store(path("gate", at, name(at, area="roi_1")), VIEW)
    assert await shown(hass, ff_entry, "snapshot") == VIEW
    assert await shown(hass, ff_entry, "plate") == CROP


async def test_late_picture(hass, ff_entry, ftp_port, plates) -> None:
    at = local_now() - timedelta(minutes=5)
    await deliver(ftp_port, path("gate", at, name(at)))
    await hass.async_block_till_done()
    assert plates[0].data["late"] is True
    assert state(hass, ff_entry, "sensor", "gate", "plate").state == "unknown"


async def test_name_that_does_not_parse_is_a_picture_still(hass, ff_entry, ftp_port, plates) -> None:
    assert (await deliver(ftp_port, "gate/test picture.jpg"))[0] == 226
    await hass.async_block_till_done()
    assert plates == []
    assert await shown(hass, ff_entry, "snapshot") == VIEW
    assert state(hass, ff_entry, "event", "gate", "plate").state == "unknown"
    # Two of them, though they have one name.
    assert (await deliver(ftp_port, "gate/test picture.jpg", CROP))[0] == 226
    assert await shown(hass, ff_entry, "snapshot") == CROP


async def test_no_device_id(hass, ff, ff_entry, ftp_port, plates) -> None:
    """A file in no folder, or in that of the default ID, is the only camera's at that address."""
    code, text = await deliver(ftp_port, "a.jpg")
    assert (code, text) == (
        550,
        "550 The message names no camera, and no single camera is known at its address.",
    )
    await ff.read()
    at = local_now()
    for file_path in (name(at, "ROOT1"), path("defaultID", at, name(at, "DEFAULT1", car=2))):
        assert (await deliver(ftp_port, file_path))[0] == 226
    assert [(event.data["camera_id"], event.data["plate"]) for event in plates[1:]] == [
        ("gate", "ROOT1"),
        ("gate", "DEFAULT1"),
    ]


async def test_default_id_of_a_camera_that_is_not_known(ff_entry, ftp_port, plates) -> None:
    at = local_now()
    assert (await deliver(ftp_port, path("defaultID", at, name(at))))[0] == 226
    assert plates[0].data["camera_id"] == "defaultID"


@pytest.mark.parametrize(
    ("folder", "file_name", "expected"),
    [
        ("gate/", "{time}_132_lp_CA2228AM_UKR_Opel_Astra G_SILVER.jpg", ("CA2228AM", "UKR", "Astra G")),
        ("gate/", "{time}_413731lp_HWR6677_2117396.jpg", ("HWR6677", None, None)),
        (
            "gate/202409/13/",
            "{time}_613_roi_1_in_7543_1AB2345_CZE_Skoda_Rapid/Scala_CAR_RED.jpg",
            ("1AB2345", "CZE", "Rapid/Scala"),
        ),
    ],
    ids=["no zone, direction and car", "microseconds", "slash in the model"],
)
async def test_documented_names(hass, ff_entry, ftp_port, plates, folder, file_name, expected) -> None:
    stored = folder + file_name.format(time=f"{local_now():%Y%m%d%H%M%S}")
    for number in range(2):
        # Sent again, it is known.
        assert (await deliver(ftp_port, stored))[0] == 226, number
    await hass.async_block_till_done()
    (event,) = plates
    assert event.data["camera_id"] == "gate"
    assert (event.data["plate"], event.data["country"], event.data["vehicle"]["model"]) == expected
    shown_as = "plate" if "lp" in file_name else "snapshot"
    assert await shown(hass, ff_entry, shown_as) == VIEW


async def test_folders_of_a_model_with_a_slash(ff_entry, ftp_port, plates) -> None:
    """Clients make the folder that they take its beginning for."""
    at = local_now()
    begin, _, end = name(at, vehicle="Skoda_Rapid/Scala_CAR_RED").partition("/")
    async with FtpClient(ftp_port) as client:
        await client.login()
        for folder in ("gate", begin):
            assert (await client.command(f"MKD {folder}"))[0] == 257
            assert (await client.command(f"CWD {folder}"))[0] == 250
        assert (await client.store(end, VIEW))[0] == 226
    assert plates[0].data["camera_id"] == "gate"
    assert plates[0].data["vehicle"]["model"] == "Rapid/Scala"


@pytest.mark.parametrize("device_id", ["x" * 65, " ", "a\tb"])
async def test_device_id_that_can_be_none(hass, ff, ff_entry, ftp_port, plates, device_id) -> None:
    """It is the only camera at its address, as with the default one."""
    at = local_now()
    stored = path(device_id, at, name(at))
    assert (await deliver(ftp_port, stored))[0] == 550
    await ff.read("new", plateUTF8="SAME1")
    await hass.async_block_till_done()
    assert (await deliver(ftp_port, stored))[0] == 226
    await hass.async_block_till_done()
    assert [event.data["camera_id"] for event in plates] == ["gate", "gate"]
