"""The organisations that sponsor households."""

from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from casemgmt.db import Audited, Base, Code, Text, one_of, said
from casemgmt.places.models import Unit
from casemgmt.words import _


class Kind(StrEnum):
    """The kind of an organisation. The first four have a column of their own in Biểu 3."""

    FARMERS_UNION = "farmers_union"
    WOMENS_UNION = "womens_union"
    YOUTH_UNION = "youth_union"
    VETERANS_ASSOCIATION = "veterans_association"
    FATHERLAND_FRONT = "fatherland_front"
    ELDERLY_ASSOCIATION = "elderly_association"
    OFFICE = "office"
    BUSINESS = "business"
    OTHER = "other"
    NONE = "none"  # no organisation; only in derived columns and `member_of`

    @property
    def label(self) -> str:
        """The word of screens and workbooks; empty for NONE."""
        return _(_LABELS[self])


_LABELS = {
    Kind.FARMERS_UNION: "Hội Nông dân",
    Kind.WOMENS_UNION: "Hội Liên hiệp Phụ nữ",
    Kind.YOUTH_UNION: "Đoàn Thanh niên",
    Kind.VETERANS_ASSOCIATION: "Hội Cựu chiến binh",
    Kind.FATHERLAND_FRONT: "Mặt trận Tổ quốc",
    Kind.ELDERLY_ASSOCIATION: "Hội Người cao tuổi",
    Kind.OFFICE: "Cơ quan",
    Kind.BUSINESS: "Doanh nghiệp",
    Kind.OTHER: "Khác",
    Kind.NONE: "",
}


class Organisation(Audited, Base):
    """One organisation at one unit, perhaps under another one of a higher level.
    Its kind changes only through organisations.actions, which rewrites the timeline of the
    households that it leads."""

    __tablename__ = "organisation"

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[Code] = mapped_column(unique=True)
    name: Mapped[Text]
    kind: Mapped[Kind] = mapped_column(one_of(Kind, "kind"))
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"), index=True)
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"), index=True)
    unit: Mapped[Unit] = relationship()
    parent: Mapped["Organisation | None"] = relationship(remote_side=[id])

    __table_args__ = (
        CheckConstraint("kind <> 'none'", name="kind_is_said"),
        CheckConstraint("parent_id <> id", name="not_its_own_parent"),
        *said("code", "name"),
    )
