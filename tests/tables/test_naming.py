"""Which unit a printed name means."""

import unicodedata

import pytest

from casemgmt.places.models import Level
from casemgmt.tables.inputs import RowUnit
from casemgmt.tables.naming import units_meant

UNITS = [
    RowUnit(number, code, name, level)
    for number, (code, name, level) in enumerate(
        [
            ("tt-cam-lo", "Cam Lộ", Level.TOWN),
            ("x-cam-lo", "Cam Lộ", Level.COMMUNE),
            ("cam-tuyen", "Cam Tuyền", Level.COMMUNE),
            ("cam-thuy", "Xã Cam Thủy", Level.COMMUNE),
            ("p1", "1", Level.WARD),
            ("p2", "Phường 2", Level.WARD),
            ("thanh-hoa", "Thanh Hóa", Level.COMMUNE),
            ("kp1", "Khu phố 1", Level.QUARTER),
            ("ban-chua", "Chùa", Level.BAN),
        ]
    )
]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("cam-tuyen", "cam-tuyen"),
        ("Cam Tuyền", "cam-tuyen"),
        (unicodedata.normalize("NFD", "Cam Tuyền"), "cam-tuyen"),
        ("  CAM   TUYỀN ", "cam-tuyen"),
        ("Xã Cam Tuyền", "cam-tuyen"),
        ("xã cam tuyền", "cam-tuyen"),
        ("X. Cam Tuyền", "cam-tuyen"),
        ("X.Cam Tuyền", "cam-tuyen"),
        ("Cam Thủy", "cam-thuy"),
        ("Cam Thuỷ", "cam-thuy"),
        ("Xã Cam Thuỷ", "cam-thuy"),
        ("TT Cam Lộ", "tt-cam-lo"),
        ("TT. Cam Lộ", "tt-cam-lo"),
        ("Thị Trấn Cam Lộ", "tt-cam-lo"),
        ("Xã Cam Lộ", "x-cam-lo"),
        ("Phường 1", "p1"),
        ("P.1", "p1"),
        ("P1", "p1"),
        ("P. 2", "p2"),
        ("phường 2", "p2"),
        ("2", "p2"),
        ("Thanh Hoá", "thanh-hoa"),
        ("KP 1", "kp1"),
        ("Bản Chùa", "ban-chua"),
        ("Chùa", "ban-chua"),
    ],
)
def test_a_name_means_one_unit(text: str, code: str) -> None:
    assert [unit.code for unit in units_meant(text, UNITS)] == [code]


@pytest.mark.parametrize(
    "text",
    ["", "Cam Tuyen", "TT Cam Tuyền", "P. Cam Lộ", "Thôn Chùa", "Cam", "CAM-TUYEN", "XCam Tuyền"],
)
def test_a_name_means_nothing(text: str) -> None:
    assert units_meant(text, UNITS) == []


def test_two_units_of_one_name_need_their_level() -> None:
    assert [unit.code for unit in units_meant("Cam Lộ", UNITS)] == ["tt-cam-lo", "x-cam-lo"]


def test_a_code_goes_before_a_name() -> None:
    units = [*UNITS, RowUnit(99, "2", "Bốn", Level.COMMUNE)]
    assert [unit.name for unit in units_meant("2", units)] == ["Bốn"]
