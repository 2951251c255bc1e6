"""Actions on the history: list_events, export_events, correct_plate, set_favourite."""

import csv
from datetime import timedelta
from pathlib import Path
from typing import Any

from homeassistant.core import Context, HomeAssistant
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError, Unauthorized
from homeassistant.util import dt as dt_util
import pytest
import voluptuous as vol

from custom_components.camera_push.const import DOMAIN
from tests.common import device
from tests.emulators.ff import FFCamera, image
from tests.emulators.pictures import jpeg
from tests.emulators.vstarcam import VStarcamCamera
from tests.vehicles import visit


async def call(hass: HomeAssistant, action: str, *, context: Any = None, **data: Any) -> Any:
    """Call an action, and return its response if it has one."""
    return await hass.services.async_call(
        DOMAIN,
        action,
        data,
        blocking=True,
        return_response=action != "set_favourite",
        context=context,
    )


async def plates(hass: HomeAssistant, **filters) -> list[str | None]:
    events = (await call(hass, "list_events", **filters))["events"]
    return [event["plate"] or event["type"] for event in events]


async def test_list_events(
    hass, ff_entry, ff: FFCamera, vstarcam_entry, vstarcam: VStarcamCamera, add_vehicle
) -> None:
    await add_vehicle(plates=["AB 12 CD"])
    for car, plate in enumerate(("AB12CD", "AB13CD", "XY99")):
        await visit(hass, ff, car=car, plate=plate)
    await vstarcam.alarm(0x6D)
    assert await plates(hass) == ["fire", "XY99", "AB13CD", "AB12CD"]
    assert await plates(hass, kind="visit", plate="ab 1? cd") == ["AB13CD", "AB12CD"]
    assert await plates(hass, known=True) == ["AB12CD"]
    assert await plates(hass, danger=True) == ["fire"]
    assert await plates(hass, text="my car") == ["AB12CD"]
    assert await plates(hass, device_id=device(hass, ff_entry, "gate").id, limit=1) == ["XY99"]
    assert await plates(hass, after=dt_util.now() + timedelta(minutes=1)) == []
    first = await call(hass, "list_events", limit=3)
    rest = await call(hass, "list_events", limit=3, cursor=first["cursor"])
    assert [event["plate"] for event in rest["events"]] == ["AB12CD"]
    assert rest["cursor"] is None
    with pytest.raises(vol.Invalid, match="cursor"):
        await call(hass, "list_events", cursor="nonsense")
    with pytest.raises(ServiceValidationError) as error:
        await call(hass, "list_events", device_id="nothing")
    assert error.value.translation_key == "not_a_camera"


async def test_list_media_by_pattern_and_page(hass, ff_entry, ff: FFCamera) -> None:
    for car, plate in enumerate(("AB12CD", "AB13CD", "AB12CD", "XY99")):
        await ff.read(plate=plate, carID=str(car), images=[image("image", jpeg(str(car), (320, 200)))])

    async def media(**filters):
        return [item["plate"] for item in (await call(hass, "list_media", **filters))["media"]]

    assert await media(plate="ab-12 cd") == ["AB12CD", "AB12CD"]
    assert await media(plate="ab 1? cd") == ["AB12CD", "AB13CD", "AB12CD"]
    assert await media(plate="nothing") == []
    pages: list[list[str]] = []
    cursor: dict[str, str] = {}
    while True:
        page = await call(hass, "list_media", limit=3, **cursor)
        pages.append([item["plate"] for item in page["media"]])
        if page["cursor"] is None:
            break
        cursor = {"cursor": page["cursor"]}
    assert pages == [["XY99", "AB12CD", "AB13CD"], ["AB12CD"]]


async def test_export(hass, ff_entry, ff: FFCamera, tmp_path: Path) -> None:
    folder = tmp_path / "out"
    folder.mkdir()
    hass.config.allowlist_external_dirs = {str(folder)}
    ff.device_id = "=HYPERLINK(1)"
    for car, plate in enumerate(("AB12CD", "XY99")):
        await visit(hass, ff, car=car, plate=plate)
    await ff.read("lost", plate="ZZ1", carID="9", vehicle_info={"make": "\uff1d1+1", "model": "Astra = G"})
    wide = folder / "wide.csv"
    assert await call(hass, "export_events", filename=str(wide), plate="ZZ1") == {"events": 1}
    (row,) = csv.DictReader(wide.read_text(encoding="utf-8-sig").splitlines())
    wide.unlink()
    assert (row["make"], row["model"]) == ("'\uff1d1+1", "Astra = G")
    target = folder / "plates.csv"
    assert await call(hass, "export_events", filename=str(target), plate="AB") == {"events": 1}
    text = target.read_text(encoding="utf-8-sig")
    (row,) = csv.DictReader(text.splitlines())
    assert (row["kind"], row["plate"], row["direction"], row["make"]) == ("visit", "AB12CD", "in", "Ford")
    assert row["camera"] == "'=HYPERLINK(1)"
    assert row["time"].endswith("-08:00")
    for name, key in (("plates.csv", "file_exists"), ("plates.txt", "wrong_extension")):
        with pytest.raises(ServiceValidationError) as error:
            await call(hass, "export_events", filename=str(folder / name))
        assert error.value.translation_key == key
    with pytest.raises(ServiceValidationError) as error:
        await call(hass, "export_events", filename=str(tmp_path / "elsewhere.csv"))
    assert error.value.translation_key == "path_not_allowed"
    with pytest.raises(HomeAssistantError) as failed:
        await call(hass, "export_events", filename=str(folder / "x" / "plates.csv"))
    assert failed.value.translation_key == "export_failed"
    assert [file.name for file in folder.iterdir()] == ["plates.csv"]


async def test_changes(hass, ff_entry, ff: FFCamera, add_vehicle) -> None:
    await add_vehicle(plates=["AB 12 CD"], misreads="0")
    await visit(hass, ff, plate="A812CD")
    (event,) = (await call(hass, "list_events"))["events"]
    corrected = (await call(hass, "correct_plate", event_id=event["id"], plate="ab 12 cd"))["event"]
    assert (corrected["plate"], corrected["known"]["name"]) == ("AB12CD", "My car")
    await call(hass, "set_favourite", event_id=event["id"])
    assert await plates(hass, favourite=True) == ["AB12CD"]
    await call(hass, "set_favourite", event_id=event["id"], favourite=False)
    assert await plates(hass, favourite=True) == []
    for action, data in (("correct_plate", {"plate": "X"}), ("set_favourite", {})):
        with pytest.raises(ServiceValidationError) as error:
            await call(hass, action, event_id="nobody.1", **data)
        assert error.value.translation_key == "unknown_event"


async def test_who_may(hass, ff_entry, ff: FFCamera, hass_read_only_user, tmp_path: Path) -> None:
    """Everybody sees what they may see; administrators change and export."""
    await visit(hass, ff)
    (event,) = (await call(hass, "list_events"))["events"]
    context = Context(user_id=hass_read_only_user.id)
    assert len((await call(hass, "list_events", context=context))["events"]) == 1
    hass_read_only_user.mock_policy({})
    assert (await call(hass, "list_events", context=context))["events"] == []
    for action, data in (
        ("correct_plate", {"event_id": event["id"], "plate": "X1"}),
        ("set_favourite", {"event_id": event["id"]}),
        ("export_events", {"filename": str(tmp_path / "x.csv")}),
    ):
        with pytest.raises(Unauthorized):
            await call(hass, action, context=context, **data)
