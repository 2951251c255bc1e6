"""The parts that need neither Home Assistant nor a network."""

from datetime import UTC, datetime, timedelta
from http import HTTPStatus
import json
from pathlib import Path
import re
import string

from hypothesis import given, strategies as st
import pytest

from custom_components.camera_push.domain.clock import ClockOffset, age, from_epoch
from custom_components.camera_push.domain.errors import ProtocolError
from custom_components.camera_push.domain.ids import checked_camera_id, folder_name
from custom_components.camera_push.domain.json_body import parse_json
from custom_components.camera_push.domain.liveness import HeartbeatGaps, expected_interval
from custom_components.camera_push.domain.media import MediaType, clip_type, picture_type
from custom_components.camera_push.domain.messages import PlateRead, VisitState
from custom_components.camera_push.domain.plates import normalised_plate, raw_plate
from custom_components.camera_push.domain.text import markdown_code, printable
from custom_components.camera_push.domain.visits import Visit, Visits

DOMAIN = Path(__file__).parents[2] / "custom_components" / "camera_push" / "domain"
NOW = datetime(2026, 11, 21, 3, 12, 45, tzinfo=UTC)


def test_domain_needs_neither_home_assistant_nor_aiohttp() -> None:
    for file in DOMAIN.glob("*.py"):
        imports = re.findall(r"^\s*(?:from|import) (\w+)", file.read_text(), re.MULTILINE)
        assert not {"homeassistant", "aiohttp"} & set(imports), file


@pytest.mark.parametrize(
    ("head", "extension"),
    [
        (b"\0\0\0\x18ftypisom", "mp4"),
        (b"\0\0\0\x18ftypmp42", "mp4"),
        (b"\0\0\0\x14ftypqt  ", "mov"),
        (b"\0\0\0\x14ftyp3gp4", "3gp"),
        (b"\0\0\0\x08wide\0\0", "mov"),
        (b"RIFF\0\0\0\0AVI LIST", "avi"),
        (b"FLV\x01\x05", "flv"),
        (b"\x47" + b"\0" * 187 + b"\x47", "ts"),
        (b"\x47" + b"\0" * 187 + b"\x46", "bin"),
        (b"\0\0\0\1\x67\x42\0\x1f", "h264"),
        (b"\0\0\1\x09\xf0", "h264"),
        (b"\0\0\0\1\x65\x88", "h264"),
        (b"\0\0\0\1\x40\x01\x0c", "h265"),
        (b"\0\0\1\x42\x01\x01", "h265"),
        (b"\0\0\0\1\x46\x01", "h265"),
        (b"\0\0\0\1", "bin"),
        (b"\0\0\0\1\xff\xff", "bin"),
        (b"", "bin"),
        (b"<html>", "bin"),
    ],
)
def test_clip_types(head: bytes, extension: str) -> None:
    assert clip_type(head).extension == extension


@given(st.binary(max_size=400))
def test_any_bytes_have_a_clip_type_and_maybe_a_picture_type(data: bytes) -> None:
    assert isinstance(clip_type(data), MediaType)
    assert isinstance(picture_type(data), MediaType | None)


def test_texts_are_cut_before_they_are_looked_through() -> None:
    """What a text costs is what is kept of it, not what was sent."""
    assert printable("\0" * 79 + "ab", 10) == "a"
    assert printable("\0" * 80 + "ab", 10) == ""
    assert printable("  door\u202e\n1  ", 10) == "door1"


@given(st.text(max_size=200))
def test_foreign_text_stays_within_its_code_span(text: str) -> None:
    shown = markdown_code(text)
    assert shown == "-" or (shown[0] == shown[-1] == "`" and "`" not in shown[1:-1] and shown.isprintable())


@given(st.text(max_size=80))
def test_ids_that_are_accepted_are_harmless(text: str) -> None:
    try:
        checked = checked_camera_id(text, "id", ascii_only=False)
    except ProtocolError as err:
        assert err.sentence.endswith(".")
        return
    assert checked == text
    assert text.isprintable()
    assert not set(text) & set("/\\")
    assert text not in (".", "..")


@given(st.text(min_size=1, max_size=64))
def test_folder_names_are_safe(text: str) -> None:
    assert re.fullmatch(r"[A-Za-z0-9_][A-Za-z0-9._-]*", folder_name(text))


@given(st.lists(st.text(string.ascii_letters + "-_. äß", min_size=1, max_size=8), unique=True))
def test_folder_names_differ_even_where_case_does_not_count(ids: list[str]) -> None:
    assert len({folder_name(camera_id).lower() for camera_id in ids}) == len(ids)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda children: st.lists(children) | st.dictionaries(st.text(), children),
    max_leaves=20,
)


@given(json_values)
def test_json_is_what_the_standard_library_says(value) -> None:
    assert parse_json(json.dumps(value).encode()) == value


@given(
    st.binary(max_size=200)
    | st.text(alphabet='{}[]",:0123456789eE+-.truefalsn \\u', max_size=100).map(str.encode)
)
def test_json_errors_are_protocol_errors(data: bytes) -> None:
    try:
        parse_json(data)
    except ProtocolError as err:
        assert err.status == 400


@pytest.mark.parametrize(
    ("depth", "accepted"), [(1, True), (32, True), (33, False), (500, False), (200_000, False)]
)
@pytest.mark.parametrize("brackets", ["[]", ("{}")])
def test_json_depth(depth: int, accepted: bool, brackets: str) -> None:
    opening = "[" if brackets == "[]" else '{"a":'
    text = opening * (depth - 1) + brackets + ("]" if brackets == "[]" else "}") * (depth - 1)
    if accepted:
        parse_json(text.encode())
    else:
        with pytest.raises(ProtocolError):
            parse_json(text.encode())


@pytest.mark.parametrize("number", ["1e999", "-1e999", "9" * 400 + ".0", "NaN", "Infinity", "-Infinity"])
def test_number_that_is_none(number: str) -> None:
    with pytest.raises(ProtocolError):
        parse_json(f'{{"a":[{number}]}}'.encode())


def test_repeated_key_with_the_same_value_is_no_contradiction() -> None:
    assert parse_json(b'{"a":1,"a":1}') == {"a": 1}


@pytest.mark.parametrize("item", [b"[]", b"{}", b"0", b'{"a":[]}'])
def test_more_values_than_memory(item: bytes) -> None:
    """A few bytes each in the text, and dozens in memory."""
    with pytest.raises(ProtocolError, match="over 100,000 values") as error:
        parse_json(b"[" + (item + b",") * 300_000 + item + b"]")
    assert error.value.status == HTTPStatus.REQUEST_ENTITY_TOO_LARGE
    assert parse_json(b"[" + b"0," * 99_000 + b"0]") == [0] * 99_001


@pytest.mark.parametrize("text", ['"\\ud800"', '{"\\uDFFF": 1}', '[{"a": "x\\udbff\\ud800"}]'])
def test_half_a_character(text: str) -> None:
    """Found by fuzzing: whoever was told of it could not write it down."""
    with pytest.raises(ProtocolError, match="half a character"):
        parse_json(text.encode())
    assert parse_json(b'"\\ud83d\\ude00 \\u00e9 \\\\ud800"') == "\U0001f600 é \\ud800"


@given(st.text(max_size=200))
def test_plates_are_clean(text: str) -> None:
    raw = raw_plate(text)
    assert raw is None or (0 < len(raw) <= 32 and raw.isprintable())
    plate = normalised_plate(raw)
    assert plate is None or (plate == normalised_plate(plate) and plate.isalnum())


def read(car: str | None, state: VisitState, plate: str | None, confidence: float | None, minutes: float = 0):
    return PlateRead(
        camera_id="gate",
        received_at=NOW + timedelta(minutes=minutes),
        state=state,
        plate=plate,
        confidence=confidence,
        car_id=car,
    )


def improves(visits: Visits, message: PlateRead, *, late: bool = False) -> bool:
    """Tell whether a read is the best one of its visit so far."""
    visit = visits.of_car(message, late=late)
    visit.add(message.received_at, {})
    return visit.improves(message)


def test_visit_without_car_id_stands_alone() -> None:
    visits = Visits()
    assert improves(visits, read(None, VisitState.NEW, "A", 0.9))
    assert improves(visits, read(None, VisitState.NEW, "B", 0.1))


def test_visit_without_car_id_goes_on_for_a_minute_by_its_plate() -> None:
    visits = Visits()
    first = read(None, VisitState.UPDATE, "A", 0.9)
    visit = visits.of_car(first, late=False)
    visit.add(first.received_at, {})
    soon, later = (read(None, VisitState.UPDATE, "A", 0.9, minutes=minutes) for minutes in (1, 2.1))
    assert visits.of_car(soon, late=False) is visit
    visit.add(soon.received_at, {})
    assert visits.of_car(later, late=False) is not visit
    nothing = read(None, VisitState.UPDATE, None, 0.9)
    assert visits.of_car(nothing, late=False) is not visits.of_car(nothing, late=False)


def test_visit_that_was_not_heard_of_for_long_is_over() -> None:
    visits = Visits()
    assert improves(visits, read("1", VisitState.NEW, "A", 0.9))
    assert not improves(visits, read("1", VisitState.UPDATE, "B", 0.1, minutes=9))
    assert improves(visits, read("1", VisitState.UPDATE, "C", 0.1, minutes=20))


def test_reading_with_confidence_beats_one_without() -> None:
    visits = Visits()
    assert improves(visits, read("1", VisitState.NEW, "A", None))
    assert improves(visits, read("1", VisitState.UPDATE, "B", None))
    assert improves(visits, read("1", VisitState.UPDATE, "C", 0.5))
    assert not improves(visits, read("1", VisitState.UPDATE, "D", None))
    assert not improves(visits, read("1", VisitState.LOST, None, 0.99))


def test_late_read_is_no_part_of_the_visit_that_goes_on() -> None:
    visits = Visits()
    assert improves(visits, read("1", VisitState.NEW, "A", 0.9))
    assert improves(visits, read("1", VisitState.UPDATE, "B", 0.1), late=True)
    assert not improves(visits, read("1", VisitState.UPDATE, "A", 0.5))


def test_message_after_the_last_one_sets_nothing_off_again() -> None:
    visits = Visits()
    visit = visits.of_car(read("1", VisitState.NEW, "A", 0.9), late=False)
    assert visit.begins("gate")
    visit.add(NOW, {}, is_over=True)
    after = visits.of_car(read("1", VisitState.UPDATE, "A", 0.9, minutes=1), late=False)
    assert after is not visit
    assert not after.begins("gate")
    # Unless the sender says that the car was not there before.
    assert visits.of_car(read("1", VisitState.NEW, "A", 0.9, minutes=1), late=False).begins("gate")


def test_visits_go_on_after_a_restart() -> None:
    visits = Visits()
    for number in range(20):
        visit = visits.of_car(read(str(number), VisitState.NEW, "A", 0.9), late=False)
        visit.add(NOW, {"plate": "A"})
        assert visit.improves(read(str(number), VisitState.NEW, "A", 0.9))
        assert visit.begins("gate")
    kept = json.loads(json.dumps(visits.dump()))
    again = Visits(Visit.load(visit) for visit in kept)
    assert again.dump() == kept
    last = again.of_car(read("19", VisitState.UPDATE, "A", 0.5, minutes=1), late=False)
    assert not last.begins("gate")
    assert not last.improves(read("19", VisitState.UPDATE, "A", 0.5, minutes=1))
    # Only the latest are kept.
    assert again.of_car(read("0", VisitState.UPDATE, "A", 0.5, minutes=1), late=False).begins("gate")


def test_open_visits_are_bounded() -> None:
    visits = Visits()
    first = visits.of_car(read("first", VisitState.NEW, "A", 0.9), late=False)
    for number in range(63):
        improves(visits, read(str(number), VisitState.NEW, "A", 0.9))
    assert visits.of_car(read("first", VisitState.UPDATE, "A", 0.9), late=False) is first
    for number in range(64):
        improves(visits, read(str(number), VisitState.NEW, "A", 0.9))
    assert visits.of_car(read("first", VisitState.UPDATE, "A", 0.9), late=False) is not first


def test_interval_of_retries_and_outages() -> None:
    gaps = HeartbeatGaps()
    at = NOW
    for seconds in (60, 0.5, 60, 3600, 61, 1):
        gaps.heartbeat(at)
        at += timedelta(seconds=seconds)
    gaps.heartbeat(at)
    assert gaps.interval == timedelta(seconds=61)
    assert HeartbeatGaps(gaps.seconds).interval == gaps.interval
    assert HeartbeatGaps().interval is None


def test_interval_snaps_to_what_can_be_set() -> None:
    periods = [timedelta(minutes=minutes) for minutes in (5, 10, 30, 60, 1440)]
    for seconds, minutes in ((290, 5), (330, 5), (590, 10), (1799, 30), (3500, 60), (86000, 1440)):
        gaps = HeartbeatGaps(periods=periods)
        gaps.heartbeat(NOW)
        gaps.heartbeat(NOW + timedelta(seconds=seconds))
        assert gaps.interval == timedelta(minutes=minutes)


def test_expected_interval() -> None:
    one, two, five = (timedelta(minutes=minutes) for minutes in (1, 2, 5))
    assert expected_interval(one, five, two) == one
    assert expected_interval(None, five, two) == five
    assert expected_interval(None, one, two) == two
    assert expected_interval(None, None, two) == two


def test_clock_offset_is_the_least_delayed_sample() -> None:
    clock = ClockOffset()
    assert clock.offset is None
    for delay in (0.4, 0.1, 2.0):
        clock.sample(NOW + timedelta(hours=1), NOW + timedelta(seconds=delay))
    assert clock.offset == timedelta(hours=1, seconds=-0.1)
    clock.sample(NOW, NOW)
    assert clock.offset == timedelta()


def test_age() -> None:
    assert age(NOW, NOW + timedelta(seconds=5), None) == timedelta(seconds=5)
    hour = timedelta(hours=1)
    assert age(NOW + hour, NOW + timedelta(seconds=5), hour) == timedelta(seconds=5)


@given(st.floats(), st.sampled_from([1.0, 1e-3, 1e-9]))
def test_any_number_is_a_time_or_none(value: float, unit: float) -> None:
    time = from_epoch(value, unit)
    assert time is None or 2000 <= time.year < 2100
