"""Why a printed cell is wrong, in one Vietnamese sentence: what is printed, what follows from
which figures, and the likely cause."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from casemgmt.tables.comparison import Comparison
from casemgmt.tables.declared import Declared, DeclaredRow
from casemgmt.tables.definitions import RESIDENTS, Input, Rate
from casemgmt.tables.figures import TOTAL, Cell, rate
from casemgmt.tables.layout import column_name, shown
from casemgmt.tables.relations import Place, Ratio, Relation, Sum, equal
from casemgmt.tables.slips import digit_more_or_less, one_digit, swapped

# Other figures that a rate is sometimes divided by, and what they are called.
_OTHER_DENOMINATORS = (
    ("ethnic_minority_households", "hộ DTTS"),
    ("poor", "hộ nghèo"),
)


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """The other printed table, and its rows by unit."""

    declared: Declared
    rows: Mapping[str, DeclaredRow]

    def says(self, place: Place) -> str:
        """What the other table prints for the same figure, where it has it."""
        row, key = place
        if row not in self.rows or key not in self.rows[row].cells:
            return ""
        title = self.declared.table.title.partition(":")[0]
        return f"; {title} in {_printed(self.rows[row].cells[key])}"


def explain(held: Comparison, place: Place, elsewhere: Elsewhere | None = None) -> tuple[str, str]:
    """The kind of a finding (see reconcile.Finding) and its sentence."""
    column = held.table.column(place[1])
    if held.printed[place] is None:
        kind, sentence = "missing", _missing(held, place)
    elif isinstance(column, Input) and held.records[place] is None and place[0] != TOTAL:
        kind = "unknown"
        sentence = f"In {_at(held, place)}, nhưng sổ bộ chưa có số liệu này để đối chiếu"
    elif isinstance(column, Rate):
        kind, sentence = _rate(held, place)
    else:
        kind, sentence = _count(held, place)
    return kind, sentence + (elsewhere.says(place) if elsewhere else "") + "."


def _printed(value: Cell) -> str:
    return "trống" if value is None else shown(value)


def _at(held: Comparison, place: Place) -> str:
    return _printed(held.printed[place])


# --- Blanks ------------------------------------------------------------------------------------


def _missing(held: Comparison, place: Place) -> str:
    right = held.right[place]
    if isinstance(held.table.column(place[1]), Rate):
        says = _reckoned(held, held.ratio(place))
        lacks = "thiếu tỷ lệ"
    else:
        says = f"sổ bộ có {shown(right)}"
        lacks = "thiếu số"
    misplaced = [
        held.names[row]
        for row, key in sorted(held.wrong)
        if key == place[1] and row != place[0] and equal(held.printed[row, key], right)
    ]
    lacks += f" ở dòng {held.names[place[0]]}"
    if misplaced:
        lacks += f", có lẽ đã in nhầm ở dòng {misplaced[0]}"
    return f"Để trống, trong khi {says}: {lacks}"


# --- Rates -------------------------------------------------------------------------------------


def _reckoned(held: Comparison, ratio: Ratio) -> str:
    """`109/1.481 = 7,36`, in the right figures."""
    of, over = held.right[ratio.of], held.right[ratio.over]
    return f"{shown(of)}/{shown(over)} = {shown(held.right[ratio.rate])}"


def _rate(held: Comparison, place: Place) -> tuple[str, str]:
    ratio = held.ratio(place)
    printed = _at(held, place)
    if ratio.holds(held.printed):
        wrong = [spot for spot in (ratio.of, ratio.over) if spot in held.wrong]
        because = " và ".join(
            f"{_at(held, spot)} là số sai của cột {column_name(held.table.columns, spot[1])}"
            for spot in wrong
        )
        from_ = f"{_at(held, ratio.of)}/{_at(held, ratio.over)}"
        return "records", (
            f"In {printed}, tính đúng từ {from_} in trong bảng, nhưng"
            f" {because or 'sổ bộ có số khác'}: {_reckoned(held, ratio)}"
        )
    kind = "records" if ratio.holds(held.printed) is None else "rate"
    causes = (cause(held, ratio) for cause in _RATE_CAUSES)
    likely = next((cause for cause in causes if cause), None)
    return kind, f"In {printed}, nhưng {_reckoned(held, ratio)}" + _likely(likely)


def _likely(cause: str | None) -> str:
    return f": {cause}" if cause else ""


def _values(held: Comparison, ratio: Ratio) -> tuple[Decimal, Decimal]:
    """The printed and the right rate."""
    return Decimal(held.printed[ratio.rate] or 0), Decimal(held.right[ratio.rate] or 0)


def _rate_digits(held: Comparison, ratio: Ratio) -> str | None:
    return swapped(*_values(held, ratio))


def _denominator(held: Comparison, ratio: Ratio) -> str | None:
    printed, _right = _values(held, ratio)
    of, own = held.right[ratio.of], held.right[ratio.over]
    row = ratio.rate[0]
    total = held.right[TOTAL, RESIDENTS]
    if row != TOTAL and equal(rate(of, total), printed):
        return (
            f"{shown(of)}/{shown(total)} = {shown(printed)}, tức mẫu số của dòng"
            f" {held.names[TOTAL]} nằm trong dòng {held.names[row]}"
        )
    for key, what in _OTHER_DENOMINATORS:
        over = held.right[row, key]
        if over and equal(rate(of, over), printed):
            return (
                f"{shown(of)}/{shown(over)} = {shown(printed)}, tức chia cho số {what} thay vì"
                f" {shown(own)} hộ dân cư"
            )
    return None


def _rounding(held: Comparison, ratio: Ratio) -> str | None:
    printed, right = _values(held, ratio)
    of, over = held.right[ratio.of], held.right[ratio.over]
    if of is None or not over:
        return None
    exact = Decimal(of) * 100 / Decimal(over)
    if printed == right.quantize(Decimal("0.1"), ROUND_HALF_UP):
        return "chỉ in một chữ số thập phân"
    if abs(printed - exact) >= Decimal("0.01"):
        return None
    four = exact.quantize(Decimal("0.0001"), ROUND_HALF_UP)
    return (
        f"làm tròn sai, {str(four).replace('.', ',')} làm tròn thành {shown(right)},"
        f" không phải {shown(printed)}"
    )


def _point(held: Comparison, ratio: Ratio) -> str | None:
    printed, right = _values(held, ratio)
    if right and any(printed == right.scaleb(places) for places in (-2, -1, 1, 2)):
        return "đặt sai dấu phẩy thập phân"
    return None


def _averaged(held: Comparison, ratio: Ratio) -> str | None:
    """A total's rate made of the rows' rates."""
    row, key = ratio.rate
    if row != TOTAL:
        return None
    printed, _right = _values(held, ratio)
    rates = [Decimal(held.right[unit, key] or 0) for unit in held.names if unit != TOTAL]
    added = sum(rates, Decimal(0))
    if rates and equal(added / len(rates), printed):
        return "lấy trung bình các tỷ lệ của các dòng, thay vì tính lại từ dòng tổng"
    if equal(added, printed):
        return "cộng các tỷ lệ của các dòng, thay vì tính lại từ dòng tổng"
    return None


def _other_column(held: Comparison, ratio: Ratio) -> str | None:
    printed, _right = _values(held, ratio)
    row, key = ratio.rate
    for column in held.table.columns:
        if isinstance(column, Rate) and column.key != key:
            other = held.right[row, column.key]
            if other and equal(other, printed):
                name = column_name(held.table.columns, column.key)
                return f"trùng với số của cột {name}"
    return None


def _counted_otherwise(held: Comparison, ratio: Ratio) -> str | None:
    """The count that the printed rate would be of; and a single wrong digit."""
    printed, right = _values(held, ratio)
    of, over = held.right[ratio.of], held.right[ratio.over]
    reasons = [one_digit(printed, right)]
    if of is not None and over:
        count = int((printed * over / 100).quantize(Decimal(1), ROUND_HALF_UP))
        if count != of and equal(rate(count, over), printed):
            reasons.append(f"tính từ {shown(count)} hộ thay vì {shown(of)}")
    return ", hoặc ".join(reason for reason in reasons if reason) or None


_RATE_CAUSES: tuple[Callable[[Comparison, Ratio], str | None], ...] = (
    _rate_digits,
    _denominator,
    _rounding,
    _point,
    _averaged,
    _other_column,
    _counted_otherwise,
)


# --- Counts ------------------------------------------------------------------------------------


def _count(held: Comparison, place: Place) -> tuple[str, str]:
    if place in held.against_column:
        return "arithmetic", _against_column(held, place)
    checks = [relation.holds(held.printed) for relation in held.of(place)]
    kind = "arithmetic" if False in checks else "records"
    column = held.column_sum(place)
    if column is not None and column.holds(held.printed):
        says = "đúng bằng tổng của cột in ra, nhưng sổ bộ có"
        return kind, (
            f"In {_at(held, place)}, {says} {shown(held.right[place])}{_blamed(held, column)}"
        )
    reasons = (_count_digits(held, place), _rows_left_out(held, place))
    likely = ", hoặc ".join(reason for reason in reasons if reason) or _difference(held, place)
    return kind, f"In {_at(held, place)}, nhưng {_follows(held, place)}: {likely}"


def _is_column(relation: Relation) -> bool:
    return isinstance(relation, Sum) and relation.down


def _follows(held: Comparison, place: Place) -> str:
    """What the right figure follows from: the rest of the printed table where that gives it."""
    right = held.right[place]
    # A total is first of all the sum of its column.
    for relation in sorted(held.of(place), key=lambda relation: not _is_column(relation)):
        if isinstance(relation, Sum) and equal(relation.value(held.printed, place), right):
            if not relation.down:
                says = f"{relation.worded(held.printed, place)} = {shown(right)}"
                return says + (", đúng như sổ bộ" if held.records[place] is not None else "")
            if relation.whole == place:
                return f"cột in ra cộng lại được {shown(right)}"
    return f"sổ bộ có {shown(right)}"


def _against_column(held: Comparison, place: Place) -> str:
    column = held.column_sum(place)
    if column is None:
        raise LookupError(place)
    worded = [
        f" = {relation.worded(held.printed, place)}"
        for relation in held.of(place)
        if isinstance(relation, Sum) and not relation.down and relation.holds(held.printed)
    ]
    return (
        f"In {_at(held, place)}{''.join(worded[:1])}, đúng theo sổ bộ, nhưng cột in ra cộng lại"
        f" được {shown(column.value(held.printed, place))}{_blamed(held, column)}"
    )


def _blamed(held: Comparison, column: Sum) -> str:
    """The wrong rows of a column."""
    wrong = [
        f"dòng {held.names[part[0]]} in {_at(held, part)} thay vì {shown(held.right[part])}"
        for part in column.parts
        if part in held.wrong
    ]
    return _likely(", ".join(wrong) or None)


def _counts(held: Comparison, place: Place) -> tuple[int, int]:
    """The printed and the right count."""
    return int(held.printed[place] or 0), int(held.right[place] or 0)


def _count_digits(held: Comparison, place: Place) -> str | None:
    printed, right = _counts(held, place)
    return (
        swapped(printed, right) or digit_more_or_less(printed, right) or one_digit(printed, right)
    )


def _rows_left_out(held: Comparison, place: Place) -> str | None:
    """A total that lacks one row, or has one twice, where only one row can be meant."""
    column = held.column_sum(place)
    printed, right = _counts(held, place)
    parts = column.parts if column else ()
    likely = [part for part in parts if held.right[part] == abs(right - printed)]
    if len(likely) != 1:
        return None
    done = "thiếu" if printed < right else "cộng hai lần"
    return f"có lẽ {done} dòng {held.names[likely[0][0]]} ({shown(held.right[likely[0]])})"


def _difference(held: Comparison, place: Place) -> str:
    printed, right = _counts(held, place)
    return (
        f"{'ít' if printed < right else 'nhiều'} hơn {shown(abs(right - printed))} hộ,"
        " chưa rõ vì sao"
    )
