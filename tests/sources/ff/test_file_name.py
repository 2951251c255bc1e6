"""What FF's file names say."""

from datetime import datetime
from pathlib import PurePosixPath

from hypothesis import given, strategies as st
import pytest

from custom_components.camera_push.domain.media import PictureRole
from custom_components.camera_push.domain.messages import Direction, Vehicle
from custom_components.camera_push.sources.ff.file_name import FileName, parse_file_name, split_path

AT = datetime.fromisoformat("2024-09-13T14:14:23.613")
PREFIX = "20240913141423_613_roi_1_in_7543_47ATDPN_USA"


def parsed(name: str) -> FileName:
    found = parse_file_name(name)
    assert found is not None
    return found


@pytest.mark.parametrize("ending", ["", ".jpg", ".JPG", ".jpeg", ".png"])
def test_default_template(ending: str) -> None:
    assert parsed(f"{PREFIX}_Ford_Explorer_SUV_BLACK{ending}") == FileName(
        time=AT,
        role=PictureRole.VEHICLE,
        zone=1,
        direction=Direction.IN,
        car_id="7543",
        plate="47ATDPN",
        country="USA",
        vehicle=Vehicle(make="Ford", model="Explorer", type="SUV", color="BLACK"),
    )


@pytest.mark.parametrize(
    ("tail", "vehicle"),
    [
        ("", Vehicle()),
        ("_", Vehicle()),
        ("_Ford", Vehicle(make="Ford")),
        ("_Ford_Explorer", Vehicle(make="Ford", model="Explorer")),
        ("_Ford_Explorer_SUV", Vehicle(make="Ford", model="Explorer", type="SUV")),
        (
            "_Land Rover_Range Rover Sport_SUV_WHITE",
            Vehicle(make="Land Rover", model="Range Rover Sport", type="SUV", color="WHITE"),
        ),
        (
            "_Mercedes-Benz_C_Class_T_Model_CAR_RED",
            Vehicle(make="Mercedes-Benz", model="C_Class_T_Model", type="CAR", color="RED"),
        ),
        ("____", Vehicle()),
        ("_unknown__CAR_", Vehicle(type="CAR")),
        ("_Škoda_Octavia_CAR_BLUE", Vehicle(make="Škoda", model="Octavia", type="CAR", color="BLUE")),
    ],
)
def test_vehicle(tail: str, vehicle: Vehicle) -> None:
    assert parsed(PREFIX + tail).vehicle == vehicle


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        (
            "20240913141423_613_lp_2_out_1_AB-12 CD_DEU",
            ("AB-12 CD", "DEU", 2, Direction.OUT, PictureRole.PLATE),
        ),
        ("20240913141423_613_roi_1_unknown_1_X_XX", ("X", None, 1, Direction.UNKNOWN, PictureRole.VEHICLE)),
        ("20240913141423_613_roi_1_unk_1__", ("", None, 1, Direction.UNKNOWN, PictureRole.VEHICLE)),
        ("20240913141423_613_roi_1_in_1", ("", None, 1, Direction.IN, PictureRole.VEHICLE)),
        ("20240913141423_613_roi_1_in_1_A1__Kia", ("A1", None, 1, Direction.IN, PictureRole.VEHICLE)),
        (
            "20240913141423_613_ROI1_IN_1_А123ВС77_RUS",
            ("А123ВС77", "RUS", 1, Direction.IN, PictureRole.VEHICLE),
        ),
        ("20240913141423613_roi_1_in_1_A1_CZE", ("A1", "CZE", 1, Direction.IN, PictureRole.VEHICLE)),
        ("20240913141423_roi_1_in_1_A1_CZE", ("A1", "CZE", 1, Direction.IN, PictureRole.VEHICLE)),
        # Templates of the user's own, with the default tokens in their order.
        ("gate-2_20240913141423_613_roi_1_in_1_A1_CZE", ("A1", "CZE", 1, Direction.IN, PictureRole.VEHICLE)),
        (
            "20240913141423_613_cam_roi_1_lane_in_id_1_A1_CZE",
            ("A1", "CZE", 1, Direction.IN, PictureRole.VEHICLE),
        ),
    ],
)
def test_variants(name: str, expected: tuple) -> None:
    found = parsed(name)
    assert (found.plate, found.country, found.zone, found.direction, found.role) == expected


@pytest.mark.parametrize(
    ("name", "microsecond"), [("_5_", 500000), ("_61_", 610000), ("_613_", 613000), ("_", 0)]
)
def test_fraction(name: str, microsecond: int) -> None:
    assert parsed(f"20240913141423{name}roi_1_in_1_A").time.microsecond == microsecond


@pytest.mark.parametrize(
    "name",
    [
        "",
        "snapshot.jpg",
        "20240913.jpg",
        "20241399141423_613_roi_1_in_1_A1_CZE",
        "20240913141423_613_in_1_A1_CZE",
        "20240913141423_613_roi",
        "20240913141423_613_roi.jpg",
        "20240913141423_613_roi_photo",
        "20240913141423_613_LP21ABC_GBR",
        "20240913141423_613lpx_A1_CZE",
        "20240913141423_613_Alpine_A110",
        "120240913141423_613_roi_1_in_1_A1",
        "20240913141423_613_roi_1_in_1_" + "A" * 300,
    ],
)
def test_other_names(name: str) -> None:
    assert parse_file_name(name) is None


@given(st.text(alphabet="0123456789_ inoutroilp.ABC-\u0660é", max_size=300))
def test_any_name(name: str) -> None:
    parse_file_name(f"{PREFIX}_{name}")
    parse_file_name(name)


@pytest.mark.parametrize(
    ("rest", "expected"),
    [
        ("roi_in_7543_47ATDPN_USA", (None, Direction.IN, "7543", "47ATDPN", "USA")),
        ("roi_1_7543_47ATDPN_USA", (1, Direction.UNKNOWN, "7543", "47ATDPN", "USA")),
        ("roi_1_in_47ATDPN_USA", (1, Direction.IN, None, "47ATDPN", "USA")),
        ("roi_1_47ATDPN_USA", (1, Direction.UNKNOWN, None, "47ATDPN", "USA")),
        ("roi_in_47ATDPN_USA", (None, Direction.IN, None, "47ATDPN", "USA")),
        ("roi_7543_47ATDPN_USA", (None, Direction.UNKNOWN, "7543", "47ATDPN", "USA")),
        ("roi_42_47ATDPN_USA", (None, Direction.UNKNOWN, "42", "47ATDPN", "USA")),
        ("roi_47ATDPN_USA", (None, Direction.UNKNOWN, None, "47ATDPN", "USA")),
        ("roi_47ATDPN", (None, Direction.UNKNOWN, None, "47ATDPN", None)),
        # Plates of digits, and such that look like a country.
        ("roi_1_in_7543_123456_ISR", (1, Direction.IN, "7543", "123456", "ISR")),
        ("roi_1_in_123456_ISR", (1, Direction.IN, None, "123456", "ISR")),
        ("roi_1_in_7543_ABC_USA", (1, Direction.IN, "7543", "ABC", "USA")),
        ("lp_1_in_47ATDPN_USA_Mazda_3_CAR_RED", (1, Direction.IN, None, "47ATDPN", "USA")),
    ],
)
def test_missing_tokens(rest: str, expected: tuple) -> None:
    found = parsed(f"20240913141423_613_{rest}")
    assert (found.zone, found.direction, found.car_id, found.plate, found.country) == expected


def test_documented_without_zone_direction_and_car() -> None:
    assert parsed("20211208105854_132_lp_CA2228AM_UKR_Opel_Astra G_SILVER.jpg") == FileName(
        time=datetime.fromisoformat("2021-12-08T10:58:54.132"),
        role=PictureRole.PLATE,
        zone=None,
        direction=Direction.UNKNOWN,
        car_id=None,
        plate="CA2228AM",
        country="UKR",
        vehicle=Vehicle(make="Opel", model="Astra G", color="SILVER"),
    )


@pytest.mark.parametrize("kind", ["lp", "roi"])
def test_documented_with_microseconds(kind: str) -> None:
    found = parsed(f"20231211142706_413731{kind}_HWR6677_2117396.jpg")
    assert found.time == datetime.fromisoformat("2023-12-11T14:27:06.413731")
    assert found.role is (PictureRole.PLATE if kind == "lp" else PictureRole.VEHICLE)
    assert (found.plate, found.country, found.car_id, found.vehicle) == ("HWR6677", None, None, Vehicle())


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/gate/202409/13/a.jpg", ("gate", "a.jpg")),
        ("gate/a.jpg", ("gate", "a.jpg")),
        ("/a.jpg", (None, "a.jpg")),
        ("a.jpg", (None, "a.jpg")),
        ("/", (None, "")),
        ("/Tor 1/a.jpg", ("Tor 1", "a.jpg")),
        (
            f"/gate/202409/13/{PREFIX}_Skoda_Rapid/Scala_CAR_RED.jpg",
            ("gate", f"{PREFIX}_Skoda_Rapid/Scala_CAR_RED.jpg"),
        ),
        (f"/{PREFIX}_Skoda_Rapid/Scala_CAR_RED.jpg", (None, f"{PREFIX}_Skoda_Rapid/Scala_CAR_RED.jpg")),
    ],
)
def test_device_id_is_the_first_folder(path: str, expected: tuple) -> None:
    assert split_path(PurePosixPath(path)) == expected


def test_slash_in_a_model() -> None:
    vehicle = Vehicle(make="Skoda", model="Rapid/Scala", type="CAR", color="RED")
    assert parsed(f"{PREFIX}_Skoda_Rapid/Scala_CAR_RED.jpg").vehicle == vehicle
