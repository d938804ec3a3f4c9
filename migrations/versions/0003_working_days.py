"""A working day: visits, promises, pictures, requests to sponsor, plans, reviews, joined records,
saved filters, amended targets, accepted findings, and forms that were sent once."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

TABLES = (
    "proposed_deprivation",
    "proposal_paper",
    "proposal_event",
    "step",
    "sent_form",
    "saved_filter",
    "proposal",
    "promise",
    "attachment",
    "visit",
    "sponsor_request",
    "plan_cause",
    "goal",
    "commune_review",
    "target_amendment",
    "review_round",
    "joined_record",
    "exit_plan",
    "accepted_finding",
)  # in the order in which they can be dropped
FORGOTTEN = {"sent_form", "saved_filter"}  # nothing of the register


def upgrade() -> None:
    op.create_table(
        "accepted_finding",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("table_name", sa.String(length=40), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=True),
        sa.Column("as_of", sa.Date(), nullable=False),
        sa.Column("row_code", sa.String(length=40), nullable=False),
        sa.Column("column_key", sa.String(length=60), nullable=False),
        sa.Column("declared", sa.String(length=60), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("accepted_by", sa.String(length=80), nullable=False),
        sa.Column("accepted_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "date(as_of, '+0 days') IS as_of", name=op.f("ck_accepted_finding_as_of_is_a_day")
        ).ddl_if(dialect="sqlite"),
        sa.CheckConstraint("note <> ''", name=op.f("ck_accepted_finding_note_is_said")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_accepted_finding_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_accepted_finding")),
        sa.UniqueConstraint(
            "table_name",
            "as_of",
            "row_code",
            "column_key",
            "declared",
            name="uq_accepted_finding_cell",
        ),
    )
    op.create_table(
        "exit_plan",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("household_id", sa.Integer(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("surveyed_on", sa.Date(), nullable=False),
        sa.Column("wishes", sa.String(), nullable=True),
        sa.Column("strengths", sa.String(), nullable=True),
        sa.Column("made_by", sa.String(length=80), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "date(surveyed_on, '+0 days') IS surveyed_on",
            name=op.f("ck_exit_plan_surveyed_on_is_a_day"),
        ).ddl_if(dialect="sqlite"),
        sa.CheckConstraint(
            "typeof(year) IN ('integer', 'null')", name=op.f("ck_exit_plan_year_is_whole")
        ).ddl_if(dialect="sqlite"),
        sa.CheckConstraint("year BETWEEN 1990 AND 2100", name=op.f("ck_exit_plan_year")),
        sa.ForeignKeyConstraint(
            ["household_id"], ["household.id"], name=op.f("fk_exit_plan_household_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_exit_plan")),
        sa.UniqueConstraint("household_id", "year", name=op.f("uq_exit_plan_household_id_year")),
    )
    op.create_table(
        "joined_record",
        sa.Column("household_id", sa.Integer(), nullable=False),
        sa.Column("into_id", sa.Integer(), nullable=False),
        sa.Column("joined_on", sa.Date(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.CheckConstraint(
            "date(joined_on, '+0 days') IS joined_on",
            name=op.f("ck_joined_record_joined_on_is_a_day"),
        ).ddl_if(dialect="sqlite"),
        sa.CheckConstraint("reason <> ''", name=op.f("ck_joined_record_reason_is_said")),
        sa.CheckConstraint("household_id <> into_id", name=op.f("ck_joined_record_into_another")),
        sa.ForeignKeyConstraint(
            ["household_id"], ["household.id"], name=op.f("fk_joined_record_household_id")
        ),
        sa.ForeignKeyConstraint(
            ["into_id"], ["household.id"], name=op.f("fk_joined_record_into_id")
        ),
        sa.PrimaryKeyConstraint("household_id", name=op.f("pk_joined_record")),
    )
    op.create_index(op.f("ix_joined_record_into_id"), "joined_record", ["into_id"], unique=False)
    op.create_table(
        "review_round",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "periodic",
                "monthly",
                name="kind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("starts", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=False),
        sa.Column(
            "decider",
            sa.Enum(
                "level_above",
                "second_person",
                name="decider",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("opened_by", sa.String(length=80), nullable=False),
        sa.Column("closed_on", sa.Date(), nullable=True),
        sa.CheckConstraint(
            "date(closed_on, '+0 days') IS closed_on",
            name=op.f("ck_review_round_closed_on_is_a_day"),
        ).ddl_if(dialect="sqlite"),
        sa.CheckConstraint(
            "date(last_day, '+0 days') IS last_day", name=op.f("ck_review_round_last_day_is_a_day")
        ).ddl_if(dialect="sqlite"),
        sa.CheckConstraint(
            "date(starts, '+0 days') IS starts", name=op.f("ck_review_round_starts_is_a_day")
        ).ddl_if(dialect="sqlite"),
        sa.CheckConstraint("last_day >= starts", name=op.f("ck_review_round_ends_after_it_starts")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_review_round_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_review_round")),
        sa.UniqueConstraint(
            "kind", "unit_id", "starts", name=op.f("uq_review_round_kind_unit_id_starts")
        ),
    )
    op.create_table(
        "target_amendment",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
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
        sa.Column("value", sa.BigInteger(), nullable=True),
        sa.Column("document", sa.String(), nullable=True),
        sa.Column("reason", sa.String(), nullable=True),
        sa.Column("amended_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("amended_by", sa.String(length=80), nullable=False),
        sa.CheckConstraint(
            "typeof(value) IN ('integer', 'null')", name=op.f("ck_target_amendment_value_is_whole")
        ).ddl_if(dialect="sqlite"),
        sa.CheckConstraint(
            "typeof(year) IN ('integer', 'null')", name=op.f("ck_target_amendment_year_is_whole")
        ).ddl_if(dialect="sqlite"),
        sa.CheckConstraint("value >= 0", name=op.f("ck_target_amendment_value_at_least_0")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_target_amendment_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_target_amendment")),
    )
    op.create_index(
        "ix_target_amendment_year_unit_id_kind",
        "target_amendment",
        ["year", "unit_id", "kind"],
        unique=False,
    )
    op.create_table(
        "commune_review",
        sa.Column("round_id", sa.Integer(), nullable=False),
        sa.Column("commune_id", sa.Integer(), nullable=False),
        sa.Column("submitted_on", sa.Date(), nullable=True),
        sa.Column("submitted_by", sa.String(length=80), nullable=True),
        sa.CheckConstraint(
            "date(submitted_on, '+0 days') IS submitted_on",
            name=op.f("ck_commune_review_submitted_on_is_a_day"),
        ).ddl_if(dialect="sqlite"),
        sa.CheckConstraint(
            "(submitted_on IS NULL) = (submitted_by IS NULL)",
            name=op.f("ck_commune_review_sent_by_somebody"),
        ),
        sa.ForeignKeyConstraint(
            ["commune_id"], ["unit.id"], name=op.f("fk_commune_review_commune_id")
        ),
        sa.ForeignKeyConstraint(
            ["round_id"], ["review_round.id"], name=op.f("fk_commune_review_round_id")
        ),
        sa.PrimaryKeyConstraint("round_id", "commune_id", name=op.f("pk_commune_review")),
    )
    op.create_table(
        "goal",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("plan_id", sa.Integer(), nullable=False),
        sa.Column("standard_code", sa.String(length=10), nullable=True),
        sa.Column("indicator_code", sa.String(length=40), nullable=True),
        sa.Column("content", sa.String(), nullable=False),
        sa.Column("reached_on", sa.Date(), nullable=True),
        sa.CheckConstraint("content <> ''", name=op.f("ck_goal_content_is_said")),
        sa.CheckConstraint(
            "date(reached_on, '+0 days') IS reached_on", name=op.f("ck_goal_reached_on_is_a_day")
        ).ddl_if(dialect="sqlite"),
        sa.CheckConstraint(
            "(standard_code IS NULL) = (indicator_code IS NULL)",
            name=op.f("ck_goal_indicator_of_a_standard"),
        ),
        sa.ForeignKeyConstraint(
            ["plan_id"], ["exit_plan.id"], name=op.f("fk_goal_plan_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["standard_code", "indicator_code"],
            ["indicator.standard_code", "indicator.code"],
            name="fk_goal_indicator",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_goal")),
    )
    op.create_index(op.f("ix_goal_plan_id"), "goal", ["plan_id"], unique=False)
    op.create_table(
        "plan_cause",
        sa.Column("plan_id", sa.Integer(), nullable=False),
        sa.Column(
            "cause",
            sa.Enum(
                "no_land",
                "no_capital",
                "no_labour",
                "no_tools",
                "no_knowledge",
                "no_skills",
                "illness",
                "other",
                name="cause",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["plan_id"], ["exit_plan.id"], name=op.f("fk_plan_cause_plan_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("plan_id", "cause", name=op.f("pk_plan_cause")),
    )
    op.create_table(
        "sponsor_request",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("household_id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("asked_on", sa.Date(), nullable=False),
        sa.Column("asked_by", sa.String(length=80), nullable=False),
        sa.Column("message", sa.String(), nullable=True),
        sa.Column(
            "answer",
            sa.Enum(
                "waiting",
                "accepted",
                "declined",
                "withdrawn",
                "stale",
                name="answer",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("answered_on", sa.Date(), nullable=True),
        sa.Column("answered_by", sa.String(length=80), nullable=True),
        sa.Column("answer_reason", sa.String(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(answer = 'waiting') = (answered_on IS NULL)",
            name=op.f("ck_sponsor_request_answered_on_a_day"),
        ),
        sa.CheckConstraint(
            "answer IN ('waiting', 'accepted') OR answer_reason IS NOT NULL",
            name=op.f("ck_sponsor_request_refused_for_a_reason"),
        ),
        sa.CheckConstraint(
            "date(answered_on, '+0 days') IS answered_on",
            name=op.f("ck_sponsor_request_answered_on_is_a_day"),
        ).ddl_if(dialect="sqlite"),
        sa.CheckConstraint(
            "date(asked_on, '+0 days') IS asked_on",
            name=op.f("ck_sponsor_request_asked_on_is_a_day"),
        ).ddl_if(dialect="sqlite"),
        sa.CheckConstraint(
            "answered_on >= asked_on", name=op.f("ck_sponsor_request_answered_after_it_is_asked")
        ),
        sa.ForeignKeyConstraint(
            ["household_id"], ["household.id"], name=op.f("fk_sponsor_request_household_id")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_sponsor_request_organisation_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sponsor_request")),
    )
    op.create_index(
        op.f("ix_sponsor_request_household_id"), "sponsor_request", ["household_id"], unique=False
    )
    op.create_index(
        op.f("ix_sponsor_request_organisation_id"),
        "sponsor_request",
        ["organisation_id"],
        unique=False,
    )
    op.create_index(
        "uq_sponsor_request_waiting",
        "sponsor_request",
        ["household_id", "organisation_id"],
        unique=True,
        sqlite_where=sa.text("answer = 'waiting'"),
        postgresql_where=sa.text("answer = 'waiting'"),
    )
    op.create_table(
        "visit",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("household_id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=True),
        sa.Column("visited_on", sa.Date(), nullable=False),
        sa.Column("met", sa.String(), nullable=True),
        sa.Column(
            "situation",
            sa.Enum(
                "better",
                "same",
                "worse",
                name="situation",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("done", sa.String(), nullable=True),
        sa.Column("wishes", sa.String(), nullable=True),
        sa.Column("next_on", sa.Date(), nullable=True),
        sa.Column("recorded_by", sa.String(length=80), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("voided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("void_reason", sa.String(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "date(next_on, '+0 days') IS next_on", name=op.f("ck_visit_next_on_is_a_day")
        ).ddl_if(dialect="sqlite"),
        sa.CheckConstraint(
            "date(visited_on, '+0 days') IS visited_on", name=op.f("ck_visit_visited_on_is_a_day")
        ).ddl_if(dialect="sqlite"),
        sa.CheckConstraint(
            "(voided_at IS NULL) = (void_reason IS NULL)", name=op.f("ck_visit_voided_for_a_reason")
        ),
        sa.CheckConstraint("next_on > visited_on", name=op.f("ck_visit_next_is_later")),
        sa.ForeignKeyConstraint(
            ["household_id"], ["household.id"], name=op.f("fk_visit_household_id")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_visit_organisation_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_visit")),
    )
    op.create_index(
        "ix_visit_household_id_visited_on", "visit", ["household_id", "visited_on"], unique=False
    )
    op.create_index(op.f("ix_visit_organisation_id"), "visit", ["organisation_id"], unique=False)
    op.create_table(
        "attachment",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("household_id", sa.Integer(), nullable=False),
        sa.Column("visit_id", sa.Integer(), nullable=True),
        sa.Column("action_id", sa.Integer(), nullable=True),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("media_type", sa.String(length=80), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("added_by", sa.String(length=80), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("name <> ''", name=op.f("ck_attachment_name_is_said")),
        sa.CheckConstraint("length(content) <= 307200", name=op.f("ck_attachment_at_most_300_kb")),
        sa.ForeignKeyConstraint(
            ["action_id"], ["support_action.id"], name=op.f("fk_attachment_action_id")
        ),
        sa.ForeignKeyConstraint(
            ["household_id"], ["household.id"], name=op.f("fk_attachment_household_id")
        ),
        sa.ForeignKeyConstraint(["visit_id"], ["visit.id"], name=op.f("fk_attachment_visit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attachment")),
    )
    op.create_index(op.f("ix_attachment_action_id"), "attachment", ["action_id"], unique=False)
    op.create_index(
        op.f("ix_attachment_household_id"), "attachment", ["household_id"], unique=False
    )
    op.create_index(op.f("ix_attachment_visit_id"), "attachment", ["visit_id"], unique=False)
    op.create_table(
        "promise",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("household_id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("kind_name", sa.String(length=80), nullable=False),
        sa.Column("content", sa.String(), nullable=True),
        sa.Column("quantity", sa.BigInteger(), nullable=True),
        sa.Column("unit", sa.String(), nullable=True),
        sa.Column("value", sa.BigInteger(), nullable=True),
        sa.Column("promised_on", sa.Date(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("kept_by_id", sa.Integer(), nullable=True),
        sa.Column("dropped_on", sa.Date(), nullable=True),
        sa.Column("drop_reason", sa.String(), nullable=True),
        sa.Column("recorded_by", sa.String(length=80), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "date(dropped_on, '+0 days') IS dropped_on", name=op.f("ck_promise_dropped_on_is_a_day")
        ).ddl_if(dialect="sqlite"),
        sa.CheckConstraint(
            "date(due_on, '+0 days') IS due_on", name=op.f("ck_promise_due_on_is_a_day")
        ).ddl_if(dialect="sqlite"),
        sa.CheckConstraint(
            "date(promised_on, '+0 days') IS promised_on",
            name=op.f("ck_promise_promised_on_is_a_day"),
        ).ddl_if(dialect="sqlite"),
        sa.CheckConstraint(
            "typeof(quantity) IN ('integer', 'null')", name=op.f("ck_promise_quantity_is_whole")
        ).ddl_if(dialect="sqlite"),
        sa.CheckConstraint(
            "typeof(value) IN ('integer', 'null')", name=op.f("ck_promise_value_is_whole")
        ).ddl_if(dialect="sqlite"),
        sa.CheckConstraint(
            "(dropped_on IS NULL) = (drop_reason IS NULL)",
            name=op.f("ck_promise_dropped_for_a_reason"),
        ),
        sa.CheckConstraint(
            "due_on >= promised_on", name=op.f("ck_promise_due_after_it_is_promised")
        ),
        sa.CheckConstraint(
            "kept_by_id IS NULL OR dropped_on IS NULL", name=op.f("ck_promise_kept_or_dropped")
        ),
        sa.CheckConstraint("quantity >= 0", name=op.f("ck_promise_quantity_at_least_0")),
        sa.CheckConstraint("value >= 0", name=op.f("ck_promise_value_at_least_0")),
        sa.ForeignKeyConstraint(
            ["household_id"], ["household.id"], name=op.f("fk_promise_household_id")
        ),
        sa.ForeignKeyConstraint(
            ["kept_by_id"], ["support_action.id"], name=op.f("fk_promise_kept_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["kind_name"], ["support_kind.name"], name=op.f("fk_promise_kind_name")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_promise_organisation_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_promise")),
        sa.UniqueConstraint("kept_by_id", name=op.f("uq_promise_kept_by_id")),
    )
    op.create_index(op.f("ix_promise_household_id"), "promise", ["household_id"], unique=False)
    op.create_index(
        op.f("ix_promise_organisation_id"), "promise", ["organisation_id"], unique=False
    )
    op.create_table(
        "proposal",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("round_id", sa.Integer(), nullable=False),
        sa.Column("commune_id", sa.Integer(), nullable=False),
        sa.Column("household_id", sa.Integer(), nullable=False),
        sa.Column(
            "listed",
            sa.Enum(
                "poor",
                "near_poor",
                "applied",
                name="listed",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "state",
            sa.Enum(
                "to_review",
                "draft",
                "submitted",
                "returned",
                "accepted",
                name="state",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
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
            nullable=True,
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
        sa.Column("score_b1", sa.Integer(), nullable=True),
        sa.Column("score_b2", sa.Integer(), nullable=True),
        sa.Column("reason", sa.String(), nullable=True),
        sa.Column("met_on", sa.Date(), nullable=True),
        sa.Column("met_present", sa.Integer(), nullable=True),
        sa.Column("met_agreed", sa.Integer(), nullable=True),
        sa.Column("posted_from", sa.Date(), nullable=True),
        sa.Column("posted_until", sa.Date(), nullable=True),
        sa.Column("proposed_by", sa.String(length=80), nullable=True),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("return_reason", sa.String(), nullable=True),
        sa.Column("return_field", sa.String(length=40), nullable=True),
        sa.Column("decided_by", sa.String(length=80), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decision_number", sa.String(), nullable=True),
        sa.Column("decision_date", sa.Date(), nullable=True),
        sa.Column("starts", sa.Date(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(state = 'accepted') = (starts IS NOT NULL)",
            name=op.f("ck_proposal_accepted_from_a_day"),
        ),
        sa.CheckConstraint("class <> 'none'", name=op.f("ck_proposal_class_is_said")),
        sa.CheckConstraint(
            "date(decision_date, '+0 days') IS decision_date",
            name=op.f("ck_proposal_decision_date_is_a_day"),
        ).ddl_if(dialect="sqlite"),
        sa.CheckConstraint(
            "date(met_on, '+0 days') IS met_on", name=op.f("ck_proposal_met_on_is_a_day")
        ).ddl_if(dialect="sqlite"),
        sa.CheckConstraint(
            "date(posted_from, '+0 days') IS posted_from",
            name=op.f("ck_proposal_posted_from_is_a_day"),
        ).ddl_if(dialect="sqlite"),
        sa.CheckConstraint(
            "date(posted_until, '+0 days') IS posted_until",
            name=op.f("ck_proposal_posted_until_is_a_day"),
        ).ddl_if(dialect="sqlite"),
        sa.CheckConstraint(
            "date(starts, '+0 days') IS starts", name=op.f("ck_proposal_starts_is_a_day")
        ).ddl_if(dialect="sqlite"),
        sa.CheckConstraint(
            "state <> 'accepted' OR decided_by <> proposed_by",
            name=op.f("ck_proposal_decided_by_another"),
        ),
        sa.CheckConstraint(
            "state <> 'returned' OR return_reason IS NOT NULL",
            name=op.f("ck_proposal_return_reason"),
        ),
        sa.CheckConstraint(
            "state = 'to_review' OR class IS NOT NULL", name=op.f("ck_proposal_filled_in")
        ),
        sa.CheckConstraint(
            "typeof(met_agreed) IN ('integer', 'null')",
            name=op.f("ck_proposal_met_agreed_is_whole"),
        ).ddl_if(dialect="sqlite"),
        sa.CheckConstraint(
            "typeof(met_present) IN ('integer', 'null')",
            name=op.f("ck_proposal_met_present_is_whole"),
        ).ddl_if(dialect="sqlite"),
        sa.CheckConstraint(
            "typeof(score_b1) IN ('integer', 'null')", name=op.f("ck_proposal_score_b1_is_whole")
        ).ddl_if(dialect="sqlite"),
        sa.CheckConstraint(
            "typeof(score_b2) IN ('integer', 'null')", name=op.f("ck_proposal_score_b2_is_whole")
        ).ddl_if(dialect="sqlite"),
        sa.CheckConstraint("merit IN (0, 1)", name=op.f("ck_proposal_merit_is_yes_or_no")).ddl_if(
            dialect="sqlite"
        ),
        sa.CheckConstraint(
            "met_agreed <= met_present", name=op.f("ck_proposal_agreed_were_present")
        ),
        sa.CheckConstraint("met_agreed >= 0", name=op.f("ck_proposal_met_agreed_at_least_0")),
        sa.CheckConstraint("met_present >= 0", name=op.f("ck_proposal_met_present_at_least_0")),
        sa.CheckConstraint(
            "minority IN (0, 1)", name=op.f("ck_proposal_minority_is_yes_or_no")
        ).ddl_if(dialect="sqlite"),
        sa.CheckConstraint("posted_until >= posted_from", name=op.f("ck_proposal_posted_in_order")),
        sa.CheckConstraint("score_b1 >= 0", name=op.f("ck_proposal_score_b1_at_least_0")),
        sa.CheckConstraint("score_b2 >= 0", name=op.f("ck_proposal_score_b2_at_least_0")),
        sa.CheckConstraint(
            "social_protection IN (0, 1)", name=op.f("ck_proposal_social_protection_is_yes_or_no")
        ).ddl_if(dialect="sqlite"),
        sa.ForeignKeyConstraint(
            ["household_id"], ["household.id"], name=op.f("fk_proposal_household_id")
        ),
        sa.ForeignKeyConstraint(
            ["round_id", "commune_id"],
            ["commune_review.round_id", "commune_review.commune_id"],
            name="fk_proposal_commune_review",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_proposal")),
        sa.UniqueConstraint(
            "round_id", "household_id", name=op.f("uq_proposal_round_id_household_id")
        ),
    )
    op.create_index(op.f("ix_proposal_household_id"), "proposal", ["household_id"], unique=False)
    op.create_index(op.f("ix_proposal_round_id"), "proposal", ["round_id"], unique=False)
    op.create_table(
        "saved_filter",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("query", sa.String(length=1000), nullable=False),
        sa.CheckConstraint("name <> ''", name=op.f("ck_saved_filter_name_is_said")),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user_account.id"], name=op.f("fk_saved_filter_user_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_saved_filter")),
        sa.UniqueConstraint("user_id", "name", name=op.f("uq_saved_filter_user_id_name")),
    )
    op.create_index(op.f("ix_saved_filter_user_id"), "saved_filter", ["user_id"], unique=False)
    op.create_table(
        "sent_form",
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("led_to", sa.String(length=2000), nullable=True),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user_account.id"], name=op.f("fk_sent_form_user_id")
        ),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_sent_form")),
    )
    op.create_index(op.f("ix_sent_form_at"), "sent_form", ["at"], unique=False)
    op.create_table(
        "step",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("goal_id", sa.Integer(), nullable=False),
        sa.Column("content", sa.String(), nullable=False),
        sa.Column("who", sa.String(), nullable=True),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("done_on", sa.Date(), nullable=True),
        sa.CheckConstraint("content <> ''", name=op.f("ck_step_content_is_said")),
        sa.CheckConstraint(
            "date(done_on, '+0 days') IS done_on", name=op.f("ck_step_done_on_is_a_day")
        ).ddl_if(dialect="sqlite"),
        sa.CheckConstraint(
            "date(due_on, '+0 days') IS due_on", name=op.f("ck_step_due_on_is_a_day")
        ).ddl_if(dialect="sqlite"),
        sa.ForeignKeyConstraint(
            ["goal_id"], ["goal.id"], name=op.f("fk_step_goal_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_step")),
    )
    op.create_index(op.f("ix_step_goal_id"), "step", ["goal_id"], unique=False)
    op.create_table(
        "proposal_event",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("proposal_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by", sa.String(length=80), nullable=False),
        sa.Column(
            "what",
            sa.Enum(
                "submitted",
                "returned",
                "accepted",
                "taken_back",
                name="what",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("reason", sa.String(), nullable=True),
        sa.Column("field", sa.String(length=40), nullable=True),
        sa.ForeignKeyConstraint(
            ["proposal_id"], ["proposal.id"], name=op.f("fk_proposal_event_proposal_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_proposal_event")),
    )
    op.create_index(
        op.f("ix_proposal_event_proposal_id"), "proposal_event", ["proposal_id"], unique=False
    )
    op.create_table(
        "proposal_paper",
        sa.Column("proposal_id", sa.Integer(), nullable=False),
        sa.Column("attachment_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["attachment_id"], ["attachment.id"], name=op.f("fk_proposal_paper_attachment_id")
        ),
        sa.ForeignKeyConstraint(
            ["proposal_id"],
            ["proposal.id"],
            name=op.f("fk_proposal_paper_proposal_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("proposal_id", "attachment_id", name=op.f("pk_proposal_paper")),
    )
    op.create_table(
        "proposed_deprivation",
        sa.Column("proposal_id", sa.Integer(), nullable=False),
        sa.Column("standard_code", sa.String(length=10), nullable=False),
        sa.Column("indicator_code", sa.String(length=40), nullable=False),
        sa.ForeignKeyConstraint(
            ["proposal_id"],
            ["proposal.id"],
            name=op.f("fk_proposed_deprivation_proposal_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["standard_code", "indicator_code"],
            ["indicator.standard_code", "indicator.code"],
            name="fk_proposed_deprivation_indicator",
        ),
        sa.PrimaryKeyConstraint(
            "proposal_id", "standard_code", "indicator_code", name=op.f("pk_proposed_deprivation")
        ),
    )


def downgrade() -> None:
    """Refused while any of it holds rows of the register."""
    connection = op.get_bind()
    for table in TABLES:
        if table in FORGOTTEN:
            continue
        if connection.execute(sa.text(f"SELECT 1 FROM {table} LIMIT 1")).first():
            raise RuntimeError(
                f"Không thể hạ xuống: bảng {table} còn dữ liệu. Hãy sao lưu rồi dùng một cơ sở"
                " dữ liệu mới."
            )
    for table in TABLES:
        op.drop_table(table)
