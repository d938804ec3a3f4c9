"""The class that the scores of a review sheet imply (Circular 07/2021/TT-BLĐTBXH)."""

from casemgmt.places.models import Area
from casemgmt.register.models import Class, Standard

POINTS_EACH = 10  # B2 points of one deprivation


def implied_class(
    standard: Standard | None,
    *,
    area: Area | None,
    score_b1: int | None,
    score_b2: int | None,
) -> Class | None:
    """B1 within the cut of the area: poor from the standard's least B2 on, else near-poor; B1
    above the cut: not poor. None where the standard was not scored so or anything is unknown."""
    if standard is None or standard.least_b2 is None or score_b1 is None or score_b2 is None:
        return None
    cut = {Area.RURAL: standard.cut_rural, Area.URBAN: standard.cut_urban}.get(area)  # type: ignore[arg-type]
    if cut is None:
        return None
    if score_b1 > cut:
        return Class.NOT_POOR
    return Class.POOR if score_b2 >= standard.least_b2 else Class.NEAR_POOR
