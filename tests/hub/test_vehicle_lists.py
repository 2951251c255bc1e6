"""Lists of vehicles: one device for many, kept by actions."""

from datetime import UTC, datetime, timedelta

from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
from homeassistant.helpers import device_registry as dr
import pytest

from custom_components.camera_push.const import DOMAIN
from tests.automations.helpers import device_id
from tests.config_flows import add_subentry, start_subentry, submit, suggested_values
from tests.vehicle_lists import FORM, act
from tests.vehicles import Watch, of_vehicle, visit


@pytest.fixture
async def guests(hass, ff_entry) -> str:
    return await add_subentry(hass, ff_entry, "vehicle_list", **FORM)


async def test_device(hass, ff, ff_entry, guests) -> None:
    device = dr.async_get(hass).async_get(device_id(hass, ff_entry, guests))
    assert isinstance(device, dr.DeviceEntry)
    assert (device.name, device.model) == ("Guests", "Vehicle list")
    watch = Watch(hass, guests)
    added = await act(hass, ff_entry, guests, "add_vehicle", plate="HH AB 1234", name="Ada", note="Flat 3")
    assert (added["vehicle"]["name"], added["replaced"], added["vehicles"]) == ("Ada", False, 1)
    await visit(hass, ff, 1, "HHAB1234")
    await visit(hass, ff, 2, "BC1")
    assert (watch.seen, watch.arrivals) == (1, 1)
    seen = of_vehicle(hass, guests, "event", "seen").attributes
    assert (seen["list"], seen["vehicle"], seen["note"], seen["plate"]) == (
        *("Guests", "Ada", "Flat 3", "HHAB1234"),
    )
    assert of_vehicle(hass, guests, "binary_sensor", "present").state == "on"
    assert of_vehicle(hass, guests, "sensor", "rows").state == "1"
    assert of_vehicle(hass, guests, "sensor", "visits").state == "1"
    assert (await act(hass, ff_entry, guests, "remove_vehicle", plate="hhab1234"))["removed"]["name"] == "Ada"
    await visit(hass, ff, 3, "HHAB1234")
    assert watch.seen == 1
    assert (await act(hass, ff_entry, guests, "remove_vehicle", plate="hhab1234"))["removed"] is None


async def test_known_by_name_in_the_event(hass, ff, ff_entry, guests, plates) -> None:
    await act(hass, ff_entry, guests, "add_vehicle", plate="HH AB 1234", name="Ada")
    await visit(hass, ff, 1, "HHAB1234")
    assert {event.data["known_vehicle"] for event in plates} == {"Ada"}


async def test_expires_at_that_minute(hass, ff, ff_entry, guests, freezer) -> None:
    await hass.config.async_set_time_zone("Europe/Berlin")
    freezer.move_to(datetime(2026, 10, 25, 0, 58, tzinfo=UTC))
    assert await hass.config_entries.async_reload(ff_entry.entry_id)
    await hass.async_block_till_done()
    # Clocks go back at three, which is one o'clock in UTC.
    await act(hass, ff_entry, guests, "add_vehicle", plate="HH AB 1", valid_until="2026-10-25 02:59")
    await act(hass, ff_entry, guests, "add_vehicle", plate="HH AB 2", valid_until="2026-10-25 03:00")
    watch = Watch(hass, guests)

    async def comes(car: int, plate: str) -> None:
        await ff.read("new", at=datetime.now(UTC), carID=str(car), plate=plate, plateConfidence="0.95")
        await hass.async_block_till_done()

    await comes(1, "HHAB1")
    assert watch.seen == 1
    freezer.move_to(datetime(2026, 10, 25, 0, 59, tzinfo=UTC))
    await comes(2, "HHAB1")
    assert watch.seen == 1
    freezer.move_to(datetime(2026, 10, 25, 1, 59, tzinfo=UTC))
    await comes(3, "HHAB2")
    assert watch.seen == 2
    freezer.move_to(datetime(2026, 10, 25, 2, 0, tzinfo=UTC))
    await comes(4, "HHAB2")
    assert watch.seen == 2


async def test_allow_once(hass, ff, ff_entry, guests) -> None:
    watch = Watch(hass, guests)
    allowed = await act(hass, ff_entry, guests, "allow_once", plate="HH AB 1234", duration="02:00")
    until = datetime.fromisoformat(allowed["vehicle"]["valid_until"])
    assert abs(until - datetime.now(UTC) - timedelta(hours=2)) < timedelta(minutes=1)
    await visit(hass, ff, 1, "HHAB1234")
    await visit(hass, ff, 2, "HHAB1234")
    assert (watch.seen, watch.arrivals) == (1, 1)
    assert of_vehicle(hass, guests, "sensor", "rows").state == "0"


async def test_once_over_a_restart(hass, ff, ff_entry, guests) -> None:
    await act(hass, ff_entry, guests, "allow_once", plate="HH AB 1234")
    assert await hass.config_entries.async_reload(ff_entry.entry_id)
    await hass.async_block_till_done()
    await visit(hass, ff, 1, "HHAB1234")
    assert await hass.config_entries.async_reload(ff_entry.entry_id)
    await hass.async_block_till_done()
    await visit(hass, ff, 2, "HHAB1234")
    assert of_vehicle(hass, guests, "sensor", "visits").state == "1"


async def test_form_for_a_few(hass, ff, ff_entry) -> None:
    guests = await add_subentry(hass, ff_entry, "vehicle_list", **FORM, rows="HH-AB 1,Ada\nHH-AB 2,Bob")
    await hass.async_block_till_done()
    assert of_vehicle(hass, guests, "sensor", "rows").state == "2"
    flow = await start_subentry(hass, ff_entry, "vehicle_list", guests)
    rows = suggested_values(flow)["rows"]
    assert "HH-AB 2,Bob" in rows
    result = await submit(hass, flow, {**FORM, "rows": rows + "-,Nobody"})
    assert result["errors"] == {"rows": "row_invalid"}
    result = await submit(hass, flow, {**FORM, "name": "Friends", "rows": rows + "HH-AB 3,Cleo"})
    assert result["reason"] == "reconfigure_successful"
    await hass.async_block_till_done()
    assert of_vehicle(hass, guests, "sensor", "rows").state == "3"
    assert await hass.config_entries.async_reload(ff_entry.entry_id)
    await hass.async_block_till_done()
    assert of_vehicle(hass, guests, "sensor", "rows").state == "3"
    assert "Cleo" in (await act(hass, ff_entry, guests, "export_vehicles"))["csv"]


async def test_ten_thousand(hass, ff, ff_entry, guests, tmp_path) -> None:
    """They are imported from a file, found as quickly as one, and exported again."""
    hass.config.allowlist_external_dirs.add(str(tmp_path))
    source, target = tmp_path / "source.csv", tmp_path / "target.csv"
    source.write_text("plate,name\n" + "\n".join(f"HH-AB {number},N{number}" for number in range(1, 10_000)))
    found = await act(hass, ff_entry, guests, "import_vehicles", filename=str(source))
    assert (found["imported"], found["errors"], found["vehicles"]) == (9999, [], 9999)
    watch = Watch(hass, guests)
    await visit(hass, ff, 1, "HHAB7777")
    assert watch.seen == 1
    assert of_vehicle(hass, guests, "event", "seen").attributes["vehicle"] == "N7777"
    await act(hass, ff_entry, guests, "export_vehicles", filename=str(target))
    assert target.read_text().count("\n") == 10_000
    with pytest.raises(ServiceValidationError):
        await act(hass, ff_entry, guests, "import_vehicles", csv="HH-AC 1\nHH-AC 2\nHH-AC 3")
    again = await act(hass, ff_entry, guests, "import_vehicles", csv="HH-AC 1\nbad,-\n-", replace=True)
    assert (again["imported"], again["vehicles"], len(again["errors"])) == (2, 2, 1)
    # Nothing of a wrong file can be used: the list stays. An empty one empties it.
    wrong = await act(
        hass, ff_entry, guests, "import_vehicles", csv="plate,valid to\nHH-AC 3,never", replace=True
    )
    assert (wrong["imported"], wrong["vehicles"], len(wrong["errors"])) == (0, 2, 1)
    empty = await act(hass, ff_entry, guests, "import_vehicles", csv="plate,name\n", replace=True)
    assert (empty["vehicles"], empty["errors"]) == (0, [])


async def test_plates_that_stand_for_many_are_few(hass, ff_entry, guests) -> None:
    """Each of them is compared with whatever is read."""
    csv = "\n".join(f"HH {number}*" for number in range(101))
    with pytest.raises(ServiceValidationError) as error:
        await act(hass, ff_entry, guests, "import_vehicles", csv=csv)
    assert error.value.translation_key == "too_many_patterns"
    assert of_vehicle(hass, guests, "sensor", "rows").state == "0"


async def test_removed_with_its_rows(hass, ff_entry, guests, hass_storage) -> None:
    await act(hass, ff_entry, guests, "add_vehicle", plate="HH AB 1234")
    assert f"{DOMAIN}.list.{guests}" in hass_storage
    hass.config_entries.async_remove_subentry(ff_entry, guests)
    await hass.async_block_till_done()
    assert f"{DOMAIN}.list.{guests}" not in hass_storage


async def test_wrong_calls(hass, ff, ff_entry, guests, add_vehicle) -> None:
    vehicle = await add_vehicle()
    for name, data in (
        ("add_vehicle", {"plate": "-"}),
        ("add_vehicle", {"plate": "HH AB 1", "hours": "always"}),
        ("add_vehicle", {"plate": "HH AB 1", "valid_until": "9999-12-31"}),
        ("allow_once", {"plate": "HH AB 1", "duration": {"days": 9_999_999}}),
        ("import_vehicles", {"filename": "/etc/passwd"}),
        ("export_vehicles", {"filename": "/etc/passwd"}),
    ):
        with pytest.raises(HomeAssistantError):
            await act(hass, ff_entry, guests, name, **data)
    with pytest.raises(ServiceValidationError):
        await act(hass, ff_entry, vehicle, "remove_vehicle", plate="HH AB 1")


async def test_removed_with_its_entry(hass, ff_entry, guests, hass_storage) -> None:
    await act(hass, ff_entry, guests, "add_vehicle", plate="HH-AB 1", name="Ada")
    assert f"{DOMAIN}.list.{guests}" in hass_storage
    await hass.config_entries.async_remove(ff_entry.entry_id)
    assert f"{DOMAIN}.list.{guests}" not in hass_storage
