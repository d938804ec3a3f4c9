"""The paper of a signed table: what was frozen, who signed, and by which hash it is known."""

from collections.abc import Sequence
from datetime import datetime

from casemgmt.clock import VIETNAM
from casemgmt.paper.page import Made
from casemgmt.signed.content import Frozen
from casemgmt.signed.models import STAGES, SignedTable
from casemgmt.tables.definitions import Basis
from casemgmt.tables.figures import asked
from casemgmt.tables.papers import as_pdf
from casemgmt.typed import show_date
from casemgmt.words import as_written

Signer = tuple[str, datetime]


def as_paper(signed: SignedTable, signers: Sequence[Signer], site: str = "") -> bytes:
    """The paper with these signatures. Nothing in it is read from the records or the clock, so
    that it can be made again to the byte. `site`: the address of the site on which its code opens
    the signed table ("": no code)."""
    frozen = Frozen.read(signed.content)
    unit = frozen.told["unit"]
    wanted = asked(
        signed.table_name,
        as_of=signed.as_of,
        start=signed.start,
        end=signed.as_of,
        unit=unit["code"] if unit else None,
        year=signed.year,
        map_date=signed.map_date,
        basis=Basis(signed.basis),
    )
    with as_written():
        address = f"{site}/signed/{signed.id}" if site else ""
        made = Made(signed.prepared_by, signed.prepared_at, address)
        return as_pdf(frozen.figures(wanted), notes(signed, signers), made=made)


def notes(signed: SignedTable, signers: Sequence[Signer]) -> list[str]:
    """The lines under the table. Papers are in Vietnamese whatever the screen's language is."""
    number = f"Số: {signed.number}. " if signed.number else ""
    return [
        f"{number}Số liệu {STAGES[signed.stage].lower()}, bản {signed.version}. Lập bởi"
        f" {signed.prepared_by}, {_moment(signed.prepared_at)}.",
        *(f"Ký bởi {name}, {_moment(at)}." for name, at in signers),
        f"Mã bảng đã ký (SHA-256): {signed.hash}",
        f"Nhật ký trước khi ký: mục {signed.chain_entry}, {signed.chain_head}",
    ]


def _moment(at: datetime) -> str:
    there = at.astimezone(VIETNAM)
    return f"{show_date(there.date())} {there:%H:%M:%S}"
