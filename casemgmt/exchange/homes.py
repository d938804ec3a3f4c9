"""The facts of households in a file: where they live, their class, who sponsors them."""

from collections.abc import Iterable
from datetime import date

from sqlalchemy import Connection, select

from casemgmt.db import FOREVER
from casemgmt.exchange import sheets
from casemgmt.exchange.ladder import Ladder
from casemgmt.exchange.periods import DAY, Entries, ordered, overlay, settle
from casemgmt.exchange.reading import Row
from casemgmt.exchange.sheets import HOUSEHOLD, UNIT, Part
from casemgmt.exchange.standing import Standing
from casemgmt.register.models import Class, Household, Span
from casemgmt.register.scoring import implied_class
from casemgmt.typed import show_date


def stays(rows: list[Row], standing: Standing, ladder: Ladder) -> Entries:
    """Judge the stays: never two at once, in villages alone. Gives all stays by household."""
    ordered(rows)
    found = overlay(rows, standing.of(sheets.STAYS), HOUSEHOLD)
    settle(found, "cư trú")
    for entries in found.values():
        for entry in entries:
            if entry.row and entry.row.whole():
                _in_a_village(entry.row, entry.starts, entry.ends, ladder)
    return found


def _in_a_village(row: Row, first: date, last: date, ladder: Ladder) -> None:
    village = row.get("village")
    if village not in ladder.periods:
        return
    if not ladder.is_village(village, first, last):
        row.fault("village", "cần mã của một thôn, bản hoặc khu phố")
    elif last > ladder.last_day(village):
        row.warn(
            "last_day" if "last_day" in row.form.places else "village",
            f"hộ {row.get(HOUSEHOLD)} còn cư trú sau ngày {show_date(ladder.last_day(village))},"
            " ngày cuối của thôn này",
        )


def left_behind(
    connection: Connection, rows: Iterable[Row], standing: Standing, ladder: Ladder, homes: Entries
) -> None:
    """Households of the register whose stay outlasts a village that the file ends."""
    span = Span.__table__
    for row in rows:
        unit = row.values.get(UNIT)
        if not row.whole() or unit is None or (last := ladder.last_day(unit)) >= FOREVER:
            continue
        number = standing.ids[UNIT].get(unit)
        query = (
            select(Household.__table__.c.code)
            .join_from(span, Household.__table__, Household.__table__.c.id == span.c.household_id)
            .where(span.c.village_id == number, span.c.ends > last + DAY)
            .distinct()
        )
        codes = sorted(set(connection.scalars(query)) - homes.keys()) if number else []
        if codes:
            row.warn("last_day", "các hộ còn cư trú ở đây sau ngày cuối: " + ", ".join(codes))


def classifications(
    rows: Iterable[Row], standing: Standing, ladder: Ladder, homes: Entries
) -> None:
    """Judge the classifications: indicators of the standard, scores that imply another class."""
    for row in rows:
        if not row.whole("starts"):
            continue
        standard = standing.standard(row.get("starts"))
        known = standing.indicators.get(standard.code, set()) if standard else set()
        strange = sorted((row.values.get("deprivations") or frozenset()) - known)
        if strange and standard is None:
            row.fault("deprivations", "cần để trống: chưa có chuẩn nghèo của ngày này")
        elif strange:
            row.fault(
                "deprivations",
                f"không có chỉ số {', '.join(strange)} trong chuẩn {standard.code}; cần:"
                f" {', '.join(sorted(known))}",
            )
        elif standard is not None and row.whole():
            _scored(row, standing, ladder, homes)


def _scored(row: Row, standing: Standing, ladder: Ladder, homes: Entries) -> None:
    if row.current is not None and row.current["_reason"]:
        return
    day = row.get("starts")
    home = next((one for one in homes.get(row.get(HOUSEHOLD), ()) if one.on(day)), None)
    implied = home and implied_class(
        standing.standard(day),
        area=ladder.area(home.get("village"), day),
        score_b1=row.get("score_b1"),
        score_b2=row.get("score_b2"),
    )
    if isinstance(implied, Class) and implied is not row.get("class"):
        row.warn("class", f"điểm B1, B2 cho thấy là {implied.label}")


def sponsors(rows: list[Row], standing: Standing) -> None:
    """Judge the sponsorships: at most one lead at any date, any number of supporters."""
    ordered(rows)
    leads = [row for row in rows if row.whole("part") and row.get("part") is Part.LEAD]
    stored = [one for one in standing.of(sheets.SPONSORS) if one["part"] == Part.LEAD]
    settle(overlay(leads, stored, HOUSEHOLD), "đỡ đầu chính")
