"""The register from nothing: all tables, the poverty standards and the first support kinds.

Sources: Decision 59/2015/QĐ-TTg (S2016), Decree 07/2021/NĐ-CP and Circular 07/2021/TT-BLĐTBXH
(S2022), Decree 351/2025/NĐ-CP (S2022 kept through 31/12/2026; S2027)."""

from datetime import date

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

TABLES = (
    "user_account",
    "supporter",
    "support_action",
    "span",
    "lead",
    "deprivation",
    "unit_period",
    "target",
    "stay",
    "resident_households",
    "registered_exit",
    "organisation",
    "member",
    "lies",
    "indicator",
    "classification",
    "unit",
    "support_kind",
    "standard",
    "setting",
    "household",
    "audit_entry",
)  # in the order in which they can be dropped
SHIPPED = {"alembic_version", "standard", "indicator", "support_kind"}

STANDARDS = [
    {
        "code": "S2016",
        "name": "Chuẩn nghèo 2016–2021",
        "document": "Quyết định 59/2015/QĐ-TTg",
        "starts": date(2016, 1, 1),
        "last_day": date(2021, 12, 31),
        "line_rural": 700_000,
        "line_urban": 900_000,
        "cut_rural": None,
        "cut_urban": None,
        "least_b2": None,
    },
    {
        "code": "S2022",
        "name": "Chuẩn nghèo 2022–2026",
        "document": "Nghị định 07/2021/NĐ-CP, Nghị định 351/2025/NĐ-CP",
        "starts": date(2022, 1, 1),
        "last_day": date(2026, 12, 31),
        "line_rural": 1_500_000,
        "line_urban": 2_000_000,
        "cut_rural": 140,
        "cut_urban": 175,
        "least_b2": 30,
    },
    {
        "code": "S2027",
        "name": "Chuẩn nghèo 2027–2030",
        "document": "Nghị định 351/2025/NĐ-CP",
        "starts": date(2027, 1, 1),
        "last_day": date(2030, 12, 31),
        "line_rural": 2_200_000,
        "line_urban": 2_800_000,
        "cut_rural": None,
        "cut_urban": None,
        "least_b2": 30,
    },
]

_WORK, _HEALTH, _SCHOOL, _HOUSE = "Việc làm", "Y tế", "Giáo dục", "Nhà ở"
_WATER, _NEWS = "Nước sinh hoạt, vệ sinh", "Thông tin"
_WATER_2027 = "Nước sinh hoạt, vệ sinh và môi trường"
_COMMON = [
    ("employment", "Việc làm", _WORK),
    ("dependants", "Người phụ thuộc trong hộ", _WORK),
    ("nutrition", "Dinh dưỡng", _HEALTH),
    ("health_insurance", "Bảo hiểm y tế", _HEALTH),
    ("adult_education", "Trình độ giáo dục của người lớn", _SCHOOL),
    ("child_schooling", "Tình trạng đi học của trẻ em", _SCHOOL),
    ("housing_quality", "Chất lượng nhà ở", _HOUSE),
    ("housing_area", "Diện tích nhà ở bình quân đầu người", _HOUSE),
]
INDICATORS = {
    "S2016": [
        ("adult_education", "Trình độ giáo dục của người lớn", _SCHOOL),
        ("child_schooling", "Tình trạng đi học của trẻ em", _SCHOOL),
        ("health_access", "Tiếp cận các dịch vụ y tế", _HEALTH),
        ("health_insurance", "Bảo hiểm y tế", _HEALTH),
        ("housing_quality", "Chất lượng nhà ở", _HOUSE),
        ("housing_area", "Diện tích nhà ở bình quân đầu người", _HOUSE),
        ("water", "Nguồn nước sinh hoạt", "Nước sạch và vệ sinh"),
        ("sanitation", "Hố xí, nhà tiêu hợp vệ sinh", "Nước sạch và vệ sinh"),
        ("telecom", "Sử dụng dịch vụ viễn thông", _NEWS),
        ("info_assets", "Tài sản phục vụ tiếp cận thông tin", _NEWS),
    ],
    "S2022": [
        *_COMMON,
        ("water", "Nguồn nước sinh hoạt", _WATER),
        ("sanitation", "Nhà tiêu hợp vệ sinh", _WATER),
        ("telecom", "Sử dụng dịch vụ viễn thông", _NEWS),
        ("info_assets", "Phương tiện phục vụ tiếp cận thông tin", _NEWS),
    ],
    "S2027": [
        *_COMMON,
        ("water", "Nguồn nước sinh hoạt", _WATER_2027),
        ("sanitation", "Nhà tiêu hợp vệ sinh", _WATER_2027),
        ("waste", "Xử lý rác thải sinh hoạt", _WATER_2027),
        ("telecom", "Sử dụng dịch vụ số, internet", _NEWS),
    ],
}

SUPPORT_KINDS = [
    "Bò giống sinh sản",
    "Con giống khác",
    "Cây giống, vật tư",
    "Công cụ sản xuất",
    "Xây nhà ở",
    "Sửa chữa nhà ở",
    "Nhà tiêu",
    "Nước sinh hoạt",
    "Thẻ BHYT",
    "Vay vốn NHCSXH",
    "Vay vốn của hội",
    "Học bổng, đồ dùng học tập",
    "Dinh dưỡng, khám bệnh",
    "Phương tiện thông tin",
    "Ngày công giúp đỡ",
    "Gạo, cứu trợ",
    "Quà Tết",
    "Trợ cấp xã hội",
    "Việc làm",
    "Đào tạo nghề",
    "Sát hạch chứng chỉ nghề",
    "Xuất khẩu lao động",
    "Tập huấn chuyển giao KHCN",
    "Tập huấn liên kết sản xuất",
    "Cho mượn đất",
    "Tuyên truyền, tư vấn",
    "Thăm hỏi",
    "Khác",
]


def upgrade() -> None:
    _tables()
    _reference_data()


def downgrade() -> None:
    """Only an empty register can be taken away; one with rows is refused."""
    connection = op.get_bind()
    for table in TABLES:
        if table in SHIPPED:
            continue
        if connection.execute(sa.text(f'SELECT 1 FROM "{table}" LIMIT 1')).first():
            raise RuntimeError(
                f"Không thể hạ xuống: bảng {table} còn dữ liệu. Hãy sao lưu rồi dùng một cơ sở"
                " dữ liệu mới."
            )
    for table in TABLES:
        op.drop_table(table)


def _reference_data() -> None:
    connection = op.get_bind()
    tables = sa.MetaData()
    tables.reflect(connection, only=["standard", "indicator", "support_kind"])
    connection.execute(tables.tables["standard"].insert(), STANDARDS)
    connection.execute(
        tables.tables["indicator"].insert(),
        [
            {
                "standard_code": standard,
                "code": code,
                "position": position,
                "name": name,
                "dimension": dimension,
            }
            for standard, indicators in INDICATORS.items()
            for position, (code, name, dimension) in enumerate(indicators, 1)
        ],
    )
    connection.execute(
        tables.tables["support_kind"].insert(),
        [
            {"name": name, "is_loan": name.startswith("Vay vốn"), "position": position}
            for position, name in enumerate(SUPPORT_KINDS, 1)
        ],
    )


def _tables() -> None:
    op.create_table(
        "audit_entry",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor", sa.String(length=80), nullable=False),
        sa.Column("act", sa.String(length=80), nullable=False),
        sa.Column(
            "what",
            sa.Enum(
                "added",
                "changed",
                "removed",
                "read",
                "exported",
                "refused",
                "signed_in",
                "signed_out",
                name="what",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("subject", sa.String(length=60), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("household_id", sa.Integer(), nullable=True),
        sa.Column("changes", sa.Text(), nullable=False),
        sa.Column("previous", sa.String(length=64), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.CheckConstraint("id > 0", name=op.f("ck_audit_entry_numbered_from_one")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_entry")),
        sa.UniqueConstraint("hash", name=op.f("uq_audit_entry_hash")),
        sa.UniqueConstraint("previous", name=op.f("uq_audit_entry_previous")),
    )
    with op.batch_alter_table("audit_entry", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_audit_entry_household_id"), ["household_id"], unique=False
        )

    op.create_table(
        "household",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("head_name", sa.String(), nullable=False),
        sa.Column("head_search", sa.String(), nullable=False),
        sa.Column("head_order", sa.LargeBinary(), nullable=False),
        sa.Column("address", sa.String(), nullable=True),
        sa.Column("phone", sa.String(length=20), nullable=True),
        sa.Column("note", sa.LargeBinary(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("code <> ''", name=op.f("ck_household_code_is_said")),
        sa.CheckConstraint("head_name <> ''", name=op.f("ck_household_head_name_is_said")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_household")),
        sa.UniqueConstraint("code", name=op.f("uq_household_code")),
    )
    with op.batch_alter_table("household", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_household_head_search"), ["head_search"], unique=False)
        batch_op.create_index(batch_op.f("ix_household_phone"), ["phone"], unique=False)

    op.create_table(
        "setting",
        sa.Column("key", sa.String(length=40), nullable=False),
        sa.Column("value", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_setting")),
    )
    op.create_table(
        "standard",
        sa.Column("code", sa.String(length=10), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("document", sa.String(), nullable=False),
        sa.Column("starts", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=False),
        sa.Column("line_rural", sa.Integer(), nullable=False),
        sa.Column("line_urban", sa.Integer(), nullable=False),
        sa.Column("cut_rural", sa.Integer(), nullable=True),
        sa.Column("cut_urban", sa.Integer(), nullable=True),
        sa.Column("least_b2", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "date(last_day, '+0 days') IS last_day", name=op.f("ck_standard_last_day_is_a_day")
        ).ddl_if(dialect="sqlite"),
        sa.CheckConstraint(
            "date(starts, '+0 days') IS starts", name=op.f("ck_standard_starts_is_a_day")
        ).ddl_if(dialect="sqlite"),
        sa.CheckConstraint("last_day >= starts", name=op.f("ck_standard_ends_after_it_starts")),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_standard")),
        sa.UniqueConstraint("starts", name=op.f("uq_standard_starts")),
    )
    op.create_table(
        "support_kind",
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("is_loan", sa.Boolean(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "is_loan IN (0, 1)", name=op.f("ck_support_kind_is_loan_is_yes_or_no")
        ).ddl_if(dialect="sqlite"),
        sa.CheckConstraint("name <> ''", name=op.f("ck_support_kind_name_is_said")),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_support_kind")),
    )
    op.create_table(
        "unit",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.CheckConstraint("code <> ''", name=op.f("ck_unit_code_is_said")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_unit")),
        sa.UniqueConstraint("code", name=op.f("uq_unit_code")),
    )
    op.create_table(
        "classification",
        sa.Column("household_id", sa.Integer(), nullable=False),
        sa.Column("starts", sa.Date(), nullable=False),
        sa.Column(
            "class",
            sa.Enum(
                "poor",
                "near_poor",
                "not_poor",
                "none",
                name="class",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("minority", sa.Boolean(), nullable=False),
        sa.Column("social_protection", sa.Boolean(), nullable=False),
        sa.Column("merit", sa.Boolean(), nullable=False),
        sa.Column(
            "member_of",
            sa.Enum(
                "farmers_union",
                "womens_union",
                "youth_union",
                "veterans_association",
                "fatherland_front",
                "elderly_association",
                "office",
                "business",
                "other",
                "none",
                name="member_of",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("standard_code", sa.String(length=10), nullable=True),
        sa.Column("score_b1", sa.Integer(), nullable=True),
        sa.Column("score_b2", sa.Integer(), nullable=True),
        sa.Column("decision_number", sa.String(), nullable=True),
        sa.Column("decision_date", sa.Date(), nullable=True),
        sa.Column("note", sa.LargeBinary(), nullable=True),
        sa.Column("reason", sa.String(), nullable=True),
        sa.CheckConstraint("class <> 'none'", name=op.f("ck_classification_class_is_said")),
        sa.CheckConstraint(
            "typeof(score_b1) IN ('integer', 'null')",
            name=op.f("ck_classification_score_b1_is_whole"),
        ).ddl_if(dialect="sqlite"),
        sa.CheckConstraint(
            "typeof(score_b2) IN ('integer', 'null')",
            name=op.f("ck_classification_score_b2_is_whole"),
        ).ddl_if(dialect="sqlite"),
        sa.CheckConstraint(
            "date(decision_date, '+0 days') IS decision_date",
            name=op.f("ck_classification_decision_date_is_a_day"),
        ).ddl_if(dialect="sqlite"),
        sa.CheckConstraint(
            "date(starts, '+0 days') IS starts", name=op.f("ck_classification_starts_is_a_day")
        ).ddl_if(dialect="sqlite"),
        sa.CheckConstraint("score_b1 >= 0", name=op.f("ck_classification_score_b1_at_least_0")),
        sa.CheckConstraint("score_b2 >= 0", name=op.f("ck_classification_score_b2_at_least_0")),
        sa.CheckConstraint(
            "merit IN (0, 1)", name=op.f("ck_classification_merit_is_yes_or_no")
        ).ddl_if(dialect="sqlite"),
        sa.CheckConstraint(
            "minority IN (0, 1)", name=op.f("ck_classification_minority_is_yes_or_no")
        ).ddl_if(dialect="sqlite"),
        sa.CheckConstraint(
            "social_protection IN (0, 1)",
            name=op.f("ck_classification_social_protection_is_yes_or_no"),
        ).ddl_if(dialect="sqlite"),
        sa.ForeignKeyConstraint(
            ["household_id"], ["household.id"], name=op.f("fk_classification_household_id")
        ),
        sa.ForeignKeyConstraint(
            ["standard_code"], ["standard.code"], name=op.f("fk_classification_standard_code")
        ),
        sa.PrimaryKeyConstraint("household_id", "starts", name=op.f("pk_classification")),
    )
    op.create_table(
        "indicator",
        sa.Column("standard_code", sa.String(length=10), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("dimension", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["standard_code"], ["standard.code"], name=op.f("fk_indicator_standard_code")
        ),
        sa.PrimaryKeyConstraint("standard_code", "code", name=op.f("pk_indicator")),
    )
    op.create_table(
        "lies",
        sa.Column("within_id", sa.Integer(), nullable=False),
        sa.Column(
            "tier",
            sa.Enum(
                "province",
                "district",
                "commune",
                "village",
                name="tier",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("starts", sa.Date(), nullable=False),
        sa.Column("ends", sa.Date(), nullable=False),
        sa.Column(
            "within_tier",
            sa.Enum(
                "province",
                "district",
                "commune",
                "village",
                name="within_tier",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.CheckConstraint("ends > starts", name=op.f("ck_lies_ends_after_it_starts")),
        sa.CheckConstraint(
            "date(ends, '+0 days') IS ends", name=op.f("ck_lies_ends_is_a_day")
        ).ddl_if(dialect="sqlite"),
        sa.CheckConstraint(
            "date(starts, '+0 days') IS starts", name=op.f("ck_lies_starts_is_a_day")
        ).ddl_if(dialect="sqlite"),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_lies_unit_id")),
        sa.ForeignKeyConstraint(["within_id"], ["unit.id"], name=op.f("fk_lies_within_id")),
        sa.PrimaryKeyConstraint("within_id", "tier", "unit_id", "starts", name=op.f("pk_lies")),
        sqlite_with_rowid=False,
    )
    with op.batch_alter_table("lies", schema=None) as batch_op:
        batch_op.create_index(
            "ix_lies_unit_id_within_tier", ["unit_id", "within_tier", "starts"], unique=False
        )

    op.create_table(
        "member",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("household_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("name_search", sa.String(), nullable=False),
        sa.Column(
            "relation",
            sa.Enum(
                "Chủ hộ",
                "Vợ",
                "Chồng",
                "Con",
                "Con dâu",
                "Con rể",
                "Bố",
                "Mẹ",
                "Ông",
                "Bà",
                "Anh",
                "Chị",
                "Em",
                "Cháu",
                "Khác",
                name="relation",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("birth_year", sa.Integer(), nullable=True),
        sa.Column("birth_month", sa.Integer(), nullable=True),
        sa.Column("birth_day", sa.Integer(), nullable=True),
        sa.Column(
            "sex",
            sa.Enum("Nam", "Nữ", name="sex", native_enum=False, create_constraint=True, length=40),
            nullable=True,
        ),
        sa.Column("citizen_id", sa.LargeBinary(), nullable=True),
        sa.Column("citizen_digest", sa.String(length=64), nullable=True),
        sa.Column("tail_digest", sa.String(length=64), nullable=True),
        sa.Column("ethnicity", sa.String(), nullable=True),
        sa.Column("can_work", sa.Boolean(), nullable=False),
        sa.Column(
            "member_of",
            sa.Enum(
                "farmers_union",
                "womens_union",
                "youth_union",
                "veterans_association",
                "fatherland_front",
                "elderly_association",
                "office",
                "business",
                "other",
                "none",
                name="member_of",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("starts", sa.Date(), nullable=True),
        sa.Column("last_day", sa.Date(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("birth_day BETWEEN 1 AND 31", name=op.f("ck_member_birth_day")),
        sa.CheckConstraint(
            "birth_day IS NULL OR birth_month IS NOT NULL", name=op.f("ck_member_day_needs_month")
        ),
        sa.CheckConstraint("birth_month BETWEEN 1 AND 12", name=op.f("ck_member_birth_month")),
        sa.CheckConstraint(
            "birth_month IS NULL OR birth_year IS NOT NULL", name=op.f("ck_member_month_needs_year")
        ),
        sa.CheckConstraint("birth_year BETWEEN 1850 AND 2150", name=op.f("ck_member_birth_year")),
        sa.CheckConstraint(
            "date(last_day, '+0 days') IS last_day", name=op.f("ck_member_last_day_is_a_day")
        ).ddl_if(dialect="sqlite"),
        sa.CheckConstraint(
            "date(starts, '+0 days') IS starts", name=op.f("ck_member_starts_is_a_day")
        ).ddl_if(dialect="sqlite"),
        sa.CheckConstraint("last_day >= starts", name=op.f("ck_member_ends_after_it_starts")),
        sa.CheckConstraint(
            "typeof(birth_day) IN ('integer', 'null')", name=op.f("ck_member_birth_day_is_whole")
        ).ddl_if(dialect="sqlite"),
        sa.CheckConstraint(
            "typeof(birth_month) IN ('integer', 'null')",
            name=op.f("ck_member_birth_month_is_whole"),
        ).ddl_if(dialect="sqlite"),
        sa.CheckConstraint(
            "typeof(birth_year) IN ('integer', 'null')", name=op.f("ck_member_birth_year_is_whole")
        ).ddl_if(dialect="sqlite"),
        sa.CheckConstraint(
            "can_work IN (0, 1)", name=op.f("ck_member_can_work_is_yes_or_no")
        ).ddl_if(dialect="sqlite"),
        sa.CheckConstraint("name <> ''", name=op.f("ck_member_name_is_said")),
        sa.ForeignKeyConstraint(
            ["household_id"], ["household.id"], name=op.f("fk_member_household_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_member")),
    )
    with op.batch_alter_table("member", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_member_citizen_digest"), ["citizen_digest"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_member_household_id"), ["household_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_member_name_search"), ["name_search"], unique=False)
        batch_op.create_index(batch_op.f("ix_member_tail_digest"), ["tail_digest"], unique=False)

    op.create_table(
        "organisation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "farmers_union",
                "womens_union",
                "youth_union",
                "veterans_association",
                "fatherland_front",
                "elderly_association",
                "office",
                "business",
                "other",
                "none",
                name="kind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("parent_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("kind <> 'none'", name=op.f("ck_organisation_kind_is_said")),
        sa.CheckConstraint("parent_id <> id", name=op.f("ck_organisation_not_its_own_parent")),
        sa.CheckConstraint("code <> ''", name=op.f("ck_organisation_code_is_said")),
        sa.CheckConstraint("name <> ''", name=op.f("ck_organisation_name_is_said")),
        sa.ForeignKeyConstraint(
            ["parent_id"], ["organisation.id"], name=op.f("fk_organisation_parent_id")
        ),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_organisation_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_organisation")),
        sa.UniqueConstraint("code", name=op.f("uq_organisation_code")),
    )
    with op.batch_alter_table("organisation", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_organisation_parent_id"), ["parent_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_organisation_unit_id"), ["unit_id"], unique=False)

    op.create_table(
        "registered_exit",
        sa.Column("year", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("household_id", sa.Integer(), nullable=False),
        sa.CheckConstraint("year BETWEEN 1990 AND 2100", name=op.f("ck_registered_exit_year")),
        sa.CheckConstraint(
            "typeof(year) IN ('integer', 'null')", name=op.f("ck_registered_exit_year_is_whole")
        ).ddl_if(dialect="sqlite"),
        sa.ForeignKeyConstraint(
            ["household_id"], ["household.id"], name=op.f("fk_registered_exit_household_id")
        ),
        sa.PrimaryKeyConstraint("year", "household_id", name=op.f("pk_registered_exit")),
    )
    with op.batch_alter_table("registered_exit", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_registered_exit_household_id"), ["household_id"], unique=False
        )

    op.create_table(
        "resident_households",
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("starts", sa.Date(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("ethnic_minority", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "typeof(ethnic_minority) IN ('integer', 'null')",
            name=op.f("ck_resident_households_ethnic_minority_is_whole"),
        ).ddl_if(dialect="sqlite"),
        sa.CheckConstraint(
            "typeof(total) IN ('integer', 'null')",
            name=op.f("ck_resident_households_total_is_whole"),
        ).ddl_if(dialect="sqlite"),
        sa.CheckConstraint(
            "date(starts, '+0 days') IS starts", name=op.f("ck_resident_households_starts_is_a_day")
        ).ddl_if(dialect="sqlite"),
        sa.CheckConstraint(
            "ethnic_minority <= total", name=op.f("ck_resident_households_minority_within_total")
        ),
        sa.CheckConstraint(
            "ethnic_minority >= 0", name=op.f("ck_resident_households_ethnic_minority_at_least_0")
        ),
        sa.CheckConstraint("total >= 0", name=op.f("ck_resident_households_total_at_least_0")),
        sa.ForeignKeyConstraint(
            ["unit_id"], ["unit.id"], name=op.f("fk_resident_households_unit_id")
        ),
        sa.PrimaryKeyConstraint("unit_id", "starts", name=op.f("pk_resident_households")),
    )
    op.create_table(
        "stay",
        sa.Column("household_id", sa.Integer(), nullable=False),
        sa.Column("starts", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=True),
        sa.Column("village_id", sa.Integer(), nullable=False),
        sa.Column(
            "arrival",
            sa.Enum(
                "chuyển đến",
                "tách hộ",
                name="arrival",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=True,
        ),
        sa.Column(
            "departure",
            sa.Enum(
                "chuyển đi",
                "nhập hộ",
                "giải thể",
                name="departure",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=True,
        ),
        sa.Column("arrived_from_id", sa.Integer(), nullable=True),
        sa.Column("left_for_id", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "arrived_from_id <> household_id", name=op.f("ck_stay_arrived_from_another")
        ),
        sa.CheckConstraint(
            "date(last_day, '+0 days') IS last_day", name=op.f("ck_stay_last_day_is_a_day")
        ).ddl_if(dialect="sqlite"),
        sa.CheckConstraint(
            "date(starts, '+0 days') IS starts", name=op.f("ck_stay_starts_is_a_day")
        ).ddl_if(dialect="sqlite"),
        sa.CheckConstraint(
            "departure IS NULL OR last_day IS NOT NULL", name=op.f("ck_stay_left_on_a_day")
        ),
        sa.CheckConstraint("last_day >= starts", name=op.f("ck_stay_ends_after_it_starts")),
        sa.CheckConstraint("left_for_id <> household_id", name=op.f("ck_stay_left_for_another")),
        sa.ForeignKeyConstraint(
            ["arrived_from_id"], ["household.id"], name=op.f("fk_stay_arrived_from_id")
        ),
        sa.ForeignKeyConstraint(
            ["household_id"], ["household.id"], name=op.f("fk_stay_household_id")
        ),
        sa.ForeignKeyConstraint(
            ["left_for_id"], ["household.id"], name=op.f("fk_stay_left_for_id")
        ),
        sa.ForeignKeyConstraint(["village_id"], ["unit.id"], name=op.f("fk_stay_village_id")),
        sa.PrimaryKeyConstraint("household_id", "starts", name=op.f("pk_stay")),
    )
    with op.batch_alter_table("stay", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_stay_village_id"), ["village_id"], unique=False)

    op.create_table(
        "target",
        sa.Column("year", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "exit_households",
                "poverty_rate_reduction",
                "jobs",
                "vocational_training",
                "certification",
                "technology_transfer",
                "business_skills",
                "labour_export",
                name="kind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("value", sa.BigInteger(), nullable=False),
        sa.Column("document", sa.String(), nullable=True),
        sa.CheckConstraint(
            "kind = 'poverty_rate_reduction' OR value % 1000 = 0",
            name=op.f("ck_target_counts_are_whole"),
        ),
        sa.CheckConstraint(
            "typeof(value) IN ('integer', 'null')", name=op.f("ck_target_value_is_whole")
        ).ddl_if(dialect="sqlite"),
        sa.CheckConstraint("value >= 0", name=op.f("ck_target_value_at_least_0")),
        sa.CheckConstraint("year BETWEEN 1990 AND 2100", name=op.f("ck_target_year")),
        sa.CheckConstraint(
            "typeof(year) IN ('integer', 'null')", name=op.f("ck_target_year_is_whole")
        ).ddl_if(dialect="sqlite"),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_target_unit_id")),
        sa.PrimaryKeyConstraint("year", "unit_id", "kind", name=op.f("pk_target")),
    )
    op.create_table(
        "unit_period",
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("starts", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=True),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column(
            "level",
            sa.Enum(
                "tỉnh",
                "huyện",
                "xã",
                "phường",
                "thị trấn",
                "thôn",
                "bản",
                "khu phố",
                name="level",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("parent_id", sa.Integer(), nullable=True),
        sa.Column("official_code", sa.String(length=40), nullable=True),
        sa.Column(
            "area",
            sa.Enum(
                "nông thôn",
                "thành thị",
                name="area",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=True,
        ),
        sa.CheckConstraint(
            "date(last_day, '+0 days') IS last_day", name=op.f("ck_unit_period_last_day_is_a_day")
        ).ddl_if(dialect="sqlite"),
        sa.CheckConstraint(
            "date(starts, '+0 days') IS starts", name=op.f("ck_unit_period_starts_is_a_day")
        ).ddl_if(dialect="sqlite"),
        sa.CheckConstraint("last_day >= starts", name=op.f("ck_unit_period_ends_after_it_starts")),
        sa.CheckConstraint("parent_id <> unit_id", name=op.f("ck_unit_period_not_its_own_parent")),
        sa.CheckConstraint("name <> ''", name=op.f("ck_unit_period_name_is_said")),
        sa.ForeignKeyConstraint(["parent_id"], ["unit.id"], name=op.f("fk_unit_period_parent_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_unit_period_unit_id")),
        sa.PrimaryKeyConstraint("unit_id", "starts", name=op.f("pk_unit_period")),
    )
    with op.batch_alter_table("unit_period", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_unit_period_parent_id"), ["parent_id"], unique=False)

    op.create_table(
        "deprivation",
        sa.Column("household_id", sa.Integer(), nullable=False),
        sa.Column("starts", sa.Date(), nullable=False),
        sa.Column("standard_code", sa.String(length=10), nullable=False),
        sa.Column("indicator_code", sa.String(length=40), nullable=False),
        sa.ForeignKeyConstraint(
            ["household_id", "starts"],
            ["classification.household_id", "classification.starts"],
            name="fk_deprivation_classification",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["standard_code", "indicator_code"],
            ["indicator.standard_code", "indicator.code"],
            name="fk_deprivation_indicator",
        ),
        sa.PrimaryKeyConstraint(
            "household_id", "starts", "standard_code", "indicator_code", name=op.f("pk_deprivation")
        ),
    )
    op.create_table(
        "lead",
        sa.Column("household_id", sa.Integer(), nullable=False),
        sa.Column("starts", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=True),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("in_charge", sa.String(), nullable=True),
        sa.Column("end_reason", sa.String(), nullable=True),
        sa.CheckConstraint(
            "date(last_day, '+0 days') IS last_day", name=op.f("ck_lead_last_day_is_a_day")
        ).ddl_if(dialect="sqlite"),
        sa.CheckConstraint(
            "date(starts, '+0 days') IS starts", name=op.f("ck_lead_starts_is_a_day")
        ).ddl_if(dialect="sqlite"),
        sa.CheckConstraint("last_day >= starts", name=op.f("ck_lead_ends_after_it_starts")),
        sa.ForeignKeyConstraint(
            ["household_id"], ["household.id"], name=op.f("fk_lead_household_id")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_lead_organisation_id")
        ),
        sa.PrimaryKeyConstraint("household_id", "starts", name=op.f("pk_lead")),
    )
    with op.batch_alter_table("lead", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_lead_organisation_id"), ["organisation_id"], unique=False
        )

    op.create_table(
        "span",
        sa.Column("village_id", sa.Integer(), nullable=False),
        sa.Column("household_id", sa.Integer(), nullable=False),
        sa.Column("starts", sa.Date(), nullable=False),
        sa.Column("ends", sa.Date(), nullable=False),
        sa.Column(
            "class",
            sa.Enum(
                "poor",
                "near_poor",
                "not_poor",
                "none",
                name="class",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("minority", sa.Boolean(), nullable=False),
        sa.Column("social_protection", sa.Boolean(), nullable=False),
        sa.Column("merit", sa.Boolean(), nullable=False),
        sa.Column(
            "member_of",
            sa.Enum(
                "farmers_union",
                "womens_union",
                "youth_union",
                "veterans_association",
                "fatherland_front",
                "elderly_association",
                "office",
                "business",
                "other",
                "none",
                name="member_of",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "lead_kind",
            sa.Enum(
                "farmers_union",
                "womens_union",
                "youth_union",
                "veterans_association",
                "fatherland_front",
                "elderly_association",
                "office",
                "business",
                "other",
                "none",
                name="lead_kind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("lead_sponsor", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "(lead_sponsor IS NULL) = (lead_kind = 'none')", name=op.f("ck_span_lead_has_its_kind")
        ),
        sa.CheckConstraint(
            "date(ends, '+0 days') IS ends", name=op.f("ck_span_ends_is_a_day")
        ).ddl_if(dialect="sqlite"),
        sa.CheckConstraint(
            "date(starts, '+0 days') IS starts", name=op.f("ck_span_starts_is_a_day")
        ).ddl_if(dialect="sqlite"),
        sa.CheckConstraint("ends > starts", name=op.f("ck_span_ends_after_it_starts")),
        sa.CheckConstraint("merit IN (0, 1)", name=op.f("ck_span_merit_is_yes_or_no")).ddl_if(
            dialect="sqlite"
        ),
        sa.CheckConstraint("minority IN (0, 1)", name=op.f("ck_span_minority_is_yes_or_no")).ddl_if(
            dialect="sqlite"
        ),
        sa.CheckConstraint(
            "social_protection IN (0, 1)", name=op.f("ck_span_social_protection_is_yes_or_no")
        ).ddl_if(dialect="sqlite"),
        sa.ForeignKeyConstraint(
            ["household_id"], ["household.id"], name=op.f("fk_span_household_id")
        ),
        sa.ForeignKeyConstraint(
            ["lead_sponsor"], ["organisation.id"], name=op.f("fk_span_lead_sponsor")
        ),
        sa.ForeignKeyConstraint(["village_id"], ["unit.id"], name=op.f("fk_span_village_id")),
        sa.PrimaryKeyConstraint("village_id", "household_id", "starts", name=op.f("pk_span")),
        sa.UniqueConstraint("household_id", "starts", name=op.f("uq_span_household_id_starts")),
        sqlite_with_rowid=False,
    )
    if op.get_bind().dialect.name == "postgresql":
        op.create_index(
            "ix_span_village",
            "span",
            ["village_id", "starts"],
            postgresql_include=[
                "ends",
                "household_id",
                "class",
                "minority",
                "social_protection",
                "member_of",
                "lead_kind",
            ],
        )

    op.create_table(
        "support_action",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("household_id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=True),
        sa.Column("given_on", sa.Date(), nullable=False),
        sa.Column("kind_name", sa.String(length=80), nullable=False),
        sa.Column("content", sa.String(), nullable=True),
        sa.Column("quantity", sa.BigInteger(), nullable=True),
        sa.Column("unit", sa.String(), nullable=True),
        sa.Column("value", sa.BigInteger(), nullable=True),
        sa.Column("source", sa.String(), nullable=True),
        sa.Column("recorded_by", sa.String(length=80), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("voided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("void_reason", sa.String(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "typeof(quantity) IN ('integer', 'null')",
            name=op.f("ck_support_action_quantity_is_whole"),
        ).ddl_if(dialect="sqlite"),
        sa.CheckConstraint(
            "typeof(value) IN ('integer', 'null')", name=op.f("ck_support_action_value_is_whole")
        ).ddl_if(dialect="sqlite"),
        sa.CheckConstraint(
            "(voided_at IS NULL) = (void_reason IS NULL)",
            name=op.f("ck_support_action_voided_for_a_reason"),
        ),
        sa.CheckConstraint(
            "date(given_on, '+0 days') IS given_on",
            name=op.f("ck_support_action_given_on_is_a_day"),
        ).ddl_if(dialect="sqlite"),
        sa.CheckConstraint("quantity >= 0", name=op.f("ck_support_action_quantity_at_least_0")),
        sa.CheckConstraint("value >= 0", name=op.f("ck_support_action_value_at_least_0")),
        sa.CheckConstraint("code <> ''", name=op.f("ck_support_action_code_is_said")),
        sa.ForeignKeyConstraint(
            ["household_id"], ["household.id"], name=op.f("fk_support_action_household_id")
        ),
        sa.ForeignKeyConstraint(
            ["kind_name"], ["support_kind.name"], name=op.f("fk_support_action_kind_name")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_support_action_organisation_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_support_action")),
        sa.UniqueConstraint("code", name=op.f("uq_support_action_code")),
    )
    with op.batch_alter_table("support_action", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_support_action_household_id"), ["household_id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_support_action_organisation_id"), ["organisation_id"], unique=False
        )

    op.create_table(
        "supporter",
        sa.Column("household_id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("starts", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=True),
        sa.Column("in_charge", sa.String(), nullable=True),
        sa.Column("end_reason", sa.String(), nullable=True),
        sa.CheckConstraint(
            "date(last_day, '+0 days') IS last_day", name=op.f("ck_supporter_last_day_is_a_day")
        ).ddl_if(dialect="sqlite"),
        sa.CheckConstraint(
            "date(starts, '+0 days') IS starts", name=op.f("ck_supporter_starts_is_a_day")
        ).ddl_if(dialect="sqlite"),
        sa.CheckConstraint("last_day >= starts", name=op.f("ck_supporter_ends_after_it_starts")),
        sa.ForeignKeyConstraint(
            ["household_id"], ["household.id"], name=op.f("fk_supporter_household_id")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_supporter_organisation_id")
        ),
        sa.PrimaryKeyConstraint(
            "household_id", "organisation_id", "starts", name=op.f("pk_supporter")
        ),
    )
    with op.batch_alter_table("supporter", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_supporter_organisation_id"), ["organisation_id"], unique=False
        )

    op.create_table(
        "user_account",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column(
            "role",
            sa.Enum(
                "admin",
                "district",
                "commune",
                "organisation",
                "viewer",
                name="role",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("unit_id", sa.Integer(), nullable=True),
        sa.Column("organisation_id", sa.Integer(), nullable=True),
        sa.Column("signs", sa.Boolean(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("must_change", sa.Boolean(), nullable=False),
        sa.Column("password_hash", sa.String(length=200), nullable=False),
        sa.Column("epoch", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "role <> 'organisation' OR organisation_id IS NOT NULL",
            name=op.f("ck_user_account_organisation_for_its_role"),
        ),
        sa.CheckConstraint(
            "role NOT IN ('district', 'commune') OR unit_id IS NOT NULL",
            name=op.f("ck_user_account_unit_for_officers"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_user_account_organisation_id")
        ),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_user_account_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_user_account")),
        sa.UniqueConstraint("name", name=op.f("uq_user_account_name")),
    )
