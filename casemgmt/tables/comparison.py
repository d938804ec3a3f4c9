"""A printed table beside the figures of the records, and which of its cells are wrong."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from casemgmt.places.queries import named
from casemgmt.tables.declared import Declared, DeclaredRow
from casemgmt.tables.definitions import Input, Minus, Rate, Table
from casemgmt.tables.figures import TOTAL, Cell, Figures, less, rate
from casemgmt.tables.layout import TOTAL as TOTAL_NAME
from casemgmt.tables.relations import Grid, Place, Ratio, Relation, Sum, across, down, equal


@dataclass(frozen=True, slots=True)
class Comparison:
    """`printed`: the cells as printed (a blank that stands for the records' zero is that zero);
    `records`: those that the records give; `right`: the same, completed from the printed inputs
    where the records have none; `wrong`: the cells that a finding is due for; `against_column`:
    totals among them that agree with the records, but not with their column."""

    table: Table
    names: Mapping[str, str]
    printed: Grid
    records: Grid
    right: Grid
    relations: Sequence[Relation]
    by_place: Mapping[Place, Sequence[Relation]]
    wrong: set[Place] = field(default_factory=set)
    against_column: set[Place] = field(default_factory=set)

    def of(self, place: Place) -> Sequence[Relation]:
        """The relations that a cell is part of."""
        return self.by_place.get(place, ())

    def ratio(self, place: Place) -> Ratio:
        """The relation of a rate to its count and its denominator."""
        return next(
            relation
            for relation in self.of(place)
            if isinstance(relation, Ratio) and relation.rate == place
        )

    def column_sum(self, place: Place) -> Sum | None:
        """The relation of a total to its column; None for other cells."""
        for relation in self.of(place):
            if isinstance(relation, Sum) and relation.down and relation.whole == place:
                return relation
        return None


def compared(figures: Figures, declared: Declared, rows: Mapping[str, DeclaredRow]) -> Comparison:
    """Hold a printed table against the figures. `rows`: the printed row of each unit's code, and
    of `total`."""
    codes = [row.unit.code for row in figures.rows]
    records: dict[Place, Cell] = {}
    for row in figures.rows:
        records |= {(row.unit.code, key): value for key, value in row.cells.items()}
    records |= {(TOTAL, key): value for key, value in figures.total.items()}
    table = declared.table
    relations: list[Relation] = [
        relation for row in [*codes, TOTAL] for relation in across(table, row)
    ]
    if len(rows) > len(codes) and len(declared.rows) == len(codes):
        relations += down(table, codes)  # else a row is missing, or there is one too many
    names = {row.unit.code: named(row.unit.level, row.unit.name) for row in figures.rows}
    printed = _printed(rows, records)
    right = _right(table, codes, printed, records)
    names[TOTAL] = TOTAL_NAME
    by_place = _by_place(relations)
    found = Comparison(table, names, printed, records, right, relations, by_place)
    found.wrong.update(
        place
        for row in [*codes, TOTAL]
        for key in declared.columns
        if row in rows and _is_wrong(found, place := (row, key))
    )
    found.against_column.update(_against_column(found))
    found.wrong.update(found.against_column)
    return found


def _by_place(relations: Sequence[Relation]) -> dict[Place, list[Relation]]:
    found: dict[Place, list[Relation]] = defaultdict(list)
    for relation in relations:
        for place in relation.places:
            found[place].append(relation)
    return found


def _printed(rows: Mapping[str, DeclaredRow], records: Grid) -> dict[Place, Cell]:
    printed: dict[Place, Cell] = {}
    for row, declared in rows.items():
        for key, value in declared.cells.items():
            right = records[row, key]
            printed[row, key] = right if value is None and right == 0 else value
    return printed


def _right(table: Table, codes: Sequence[str], printed: Grid, records: Grid) -> dict[Place, Cell]:
    """The records, and where they lack an input the printed one and what follows from it."""
    right: dict[Place, Cell] = {}
    for row in [*codes, TOTAL]:
        for column in table.columns:
            place = (row, column.key)
            right[place] = records[place]
            match column:
                case Input() if row == TOTAL:
                    right[place] = _added(right, codes, column.key, printed.get(place))
                case Input() if records[place] is None:
                    right[place] = printed.get(place)
                case Minus() if records[place] is None:
                    right[place] = less(right[row, column.of], right[row, column.less])
                case Rate() if records[place] is None:
                    right[place] = rate(right[row, column.of], right[row, column.over])
    return right


def _added(right: Grid, codes: Sequence[str], key: str, otherwise: Cell) -> Cell:
    known = [value for code in codes if (value := right[code, key]) is not None]
    return sum(known) if known else otherwise


def _is_wrong(held: Comparison, place: Place) -> bool:
    """Against the right figure, or a printed input that the records lack. A blank beside what the
    records do not know is right, and so is a total that says what they know."""
    row, key = place
    printed, recorded = held.printed[place], held.records[place]
    if equal(printed, recorded) or (printed is None and recorded is None):
        return False
    if recorded is None:
        unknown = row != TOTAL and isinstance(held.table.column(key), Input)
        return printed is not None and (unknown or not equal(printed, held.right[place]))
    return not equal(printed, held.right[place])


def _against_column(held: Comparison) -> Iterator[Place]:
    """Totals that the records confirm although their printed column does not add up to them, where
    the column stands by its wrong figure. A slip of the pen alone does not make the total wrong."""
    for relation in held.relations:
        if (
            isinstance(relation, Sum)
            and relation.down
            and relation.holds(held.printed) is False
            and relation.whole not in held.wrong
            and any(part in held.wrong and _is_stood_by(held, part) for part in relation.parts)
        ):
            yield relation.whole


def _is_stood_by(held: Comparison, place: Place) -> bool:
    """Another wrong cell of the row was reckoned with this wrong one."""
    return any(
        relation.holds(held.printed) and held.wrong & set(relation.places) - {place}
        for relation in held.of(place)
        if not (isinstance(relation, Sum) and relation.down)
    )
