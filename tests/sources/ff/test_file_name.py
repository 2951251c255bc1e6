"""What FF's file names say."""

from datetime import datetime
from pathlib import PurePosixPath

from hypothesis import given, strategies as st
import pytest

from custom_components.camera_push.domain.media import PictureRole
from custom_components.camera_push.domain.messages import Direction, Vehicle
from custom_components.camera_push.sources.ff.file_name import FileName, device_id, parse_file_name

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
        "20240913141423_613_roi_1_1_A1_CZE",
        "20240913141423_613_roi_1_in_A1_CZE",
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
    ("path", "expected"),
    [
        ("/gate/202409/13/a.jpg", "gate"),
        ("gate/a.jpg", "gate"),
        ("/a.jpg", None),
        ("a.jpg", None),
        ("/Tor 1/a.jpg", "Tor 1"),
    ],
)
def test_device_id_is_the_first_folder(path: str, expected: str | None) -> None:
    assert device_id(PurePosixPath(path)) == expected
