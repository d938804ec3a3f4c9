"""The last wall: the database itself refuses what no act would do, by raw SQL too.

Every named constraint of the models has an attempt that only it stops; a new constraint without
one fails here. Then attempts as somebody with a database tool would make them."""

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from sqlalchemy import (
    CheckConstraint,
    Connection,
    Engine,
    ForeignKeyConstraint,
    PrimaryKeyConstraint,
    Table,
    UniqueConstraint,
    inspect,
    text,
)
from sqlalchemy.exc import DatabaseError
from sqlalchemy.orm import Session

from casemgmt import schema
from casemgmt.audit import guards
from tests.whole import every_table

DAY = every_table.DAY
NOBODY = 987654


@pytest.fixture
def filled(session: Session) -> None:
    """A register with a row in every table."""
    every_table.fill(session)
    session.commit()


# -- every named constraint -------------------------------------------------------------------

Values = dict[str, Any]

# What breaks a constraint whose name does not tell it.
BREAKING: dict[str, Values] = {
    "ck_audit_entry_numbered_from_one": {"id": 0},
    "ck_organisation_kind_is_said": {"kind": "none"},
    "ck_classification_class_is_said": {"class": "none"},
    "ck_member_birth_year": {"birth_year": 1700},
    "ck_member_birth_month": {"birth_year": 1990, "birth_month": 13},
    "ck_member_birth_day": {"birth_year": 1990, "birth_month": 1, "birth_day": 32},
    "ck_member_day_needs_month": {"birth_year": 1990, "birth_month": None, "birth_day": 1},
    "ck_member_month_needs_year": {"birth_year": None, "birth_month": 1},
    "ck_member_ends_after_it_starts": {"starts": DAY, "last_day": date(2022, 2, 28)},
    "ck_lies_ends_after_it_starts": {"starts": DAY, "ends": DAY},
    "ck_span_ends_after_it_starts": {"starts": DAY, "ends": DAY},
    "ck_span_lead_has_its_kind": {"lead_kind": "other", "lead_sponsor": None},
    "ck_standard_starts_is_a_day": {"starts": "2016-02-31"},
    "ck_resident_households_total_at_least_0": {"total": -1, "ethnic_minority": None},
    "ck_target_value_at_least_0": {"value": -1000},
    "ck_member_birth_year_is_whole": {"birth_year": 1990.5},
    "ck_member_birth_month_is_whole": {"birth_year": 1990, "birth_month": 1.5},
    "ck_member_birth_day_is_whole": {"birth_year": 1990, "birth_month": 1, "birth_day": 1.5},
    "ck_target_year_is_whole": {"year": 2022.5},
    "ck_registered_exit_year_is_whole": {"year": 2022.5},
    "ck_stay_departure": {"last_day": date(2022, 12, 31), "departure": "lạ"},
    "ck_span_lead_kind": {"lead_kind": "lạ", "lead_sponsor": 1},
    "ck_stay_left_on_a_day": {"last_day": None, "departure": "chuyển đi"},
    "ck_resident_households_minority_within_total": {"total": 1, "ethnic_minority": 2},
    "ck_registered_exit_year": {"year": 1900},
    "ck_target_year": {"year": 2200},
    "ck_target_counts_are_whole": {"value": 1500},
    "ck_support_action_voided_for_a_reason": {"void_reason": "x", "voided_at": None},
    "ck_visit_voided_for_a_reason": {"void_reason": "x", "voided_at": None},
    "ck_visit_next_is_later": {"next_on": DAY},
    "ck_promise_due_after_it_is_promised": {"due_on": date(2022, 2, 1)},
    "ck_promise_dropped_for_a_reason": {"dropped_on": DAY, "kept_by_id": None},
    "ck_promise_kept_or_dropped": {"dropped_on": DAY, "drop_reason": "x", "kept_by_id": 1},
    "ck_attachment_at_most_300_kb": {"content": b"x" * 307201},
    "ck_sponsor_request_answered_on_a_day": {"answered_on": DAY, "answer": "waiting"},
    "ck_sponsor_request_refused_for_a_reason": {"answer": "declined", "answered_on": DAY},
    "ck_sponsor_request_answered_after_it_is_asked": {
        "answer": "accepted",
        "answered_on": date(2022, 2, 1),
    },
    "ck_sponsor_request_answer": {"answer": "lạ", "answered_on": DAY, "answer_reason": "x"},
    "ck_data_request_due_after_it_is_received": {"due_on": DAY},
    "ck_data_request_dealt_with_after_it_is_received": {"confirmed_on": date(2022, 2, 1)},
    "ck_data_request_extended_for_a_reason": {"extension_reason": None},
    "ck_data_request_answered_on_a_day": {"answered_on": None},
    "ck_data_request_answered_by_somebody": {"answered_by": None},
    "ck_data_request_refused_with_an_answer": {"outcome": "refused", "answer": None},
    "ck_exit_plan_year": {"year": 1900},
    "ck_exit_plan_year_is_whole": {"year": 2022.5},
    "ck_goal_indicator_of_a_standard": {"standard_code": None, "indicator_code": "water"},
    "ck_commune_review_sent_by_somebody": {"submitted_by": None, "submitted_on": DAY},
    "ck_review_round_ends_after_it_starts": {"starts": DAY, "last_day": date(2022, 2, 1)},
    "ck_proposal_class_is_said": {"class": "none"},
    "ck_proposal_filled_in": {"state": "draft", "class": None, "starts": None},
    "ck_proposal_return_reason": {"state": "returned", "return_reason": None, "starts": None},
    "ck_proposal_accepted_from_a_day": {"state": "draft", "starts": DAY},
    "ck_proposal_decided_by_another": {"proposed_by": "xa", "decided_by": "xa"},
    "ck_proposal_agreed_were_present": {"met_present": 1, "met_agreed": 2},
    "ck_proposal_posted_in_order": {"posted_from": DAY, "posted_until": date(2022, 2, 1)},
    "ck_proposal_met_present_at_least_0": {"met_present": -1, "met_agreed": None},
    "ck_proposal_state": {"state": "lạ", "starts": None},
    "ck_proposal_posted_from_is_a_day": {"posted_from": "2022-02-31", "posted_until": None},
    "ck_target_amendment_year_is_whole": {"year": 2022.5},
    "ck_import_batch_stage": {
        "stage": "lạ",
        "applied_at": None,
        "first_entry": None,
        "last_entry": None,
    },
    "ck_import_batch_applied_at_a_time": {"stage": "waiting"},
    "ck_import_batch_applied_with_entries": {"last_entry": 0},
    "ck_import_batch_undone_at_a_time": {"stage": "undone"},
    "ck_import_batch_undone_with_entries": {"undo_first_entry": 1},
    "ck_import_batch_undone_for_a_reason": {"undo_reason": "x"},
    "ck_import_batch_unreadable_why": {"refusal": "x"},
    "ck_job_state": {"state": "lạ"},
    "ck_job_kind": {"kind": "lạ"},
    "ck_job_running_by_a_worker": {"state": "running"},
    "ck_job_worker_with_a_beat": {"worker": "w", "state": "running"},
    "ck_job_ended_at_a_time": {"state": "stopped"},
    "ck_job_failed_why": {"failure": "x"},
    "ck_job_done_with_a_file": {"state": "done", "ended_at": DAY},
    "ck_job_file_with_its_hash": {"sha256": "x"},
    "ck_job_done_of_total": {"done": 61},
    "ck_job_total_at_least_1": {"total": 0},
    "ck_prepared_table_withdrawn_for_a_reason": {"withdraw_reason": None},
    "ck_prepared_table_supersedes_for_a_reason": {"supersedes_id": 1, "why": None},
    "ck_signed_table_supersedes_for_a_reason": {"supersedes_id": 2, "why": None},
    "ck_signed_table_supersedes_another": {"supersedes_id": NOBODY},
    "ck_signed_table_version_from_one": {"version": 0},
    "ck_signature_place": {"place": 3},
    "ck_declared_table_supersedes_for_a_reason": {"supersedes_id": None, "why": "x"},
    "ck_declared_table_supersedes_another": {"supersedes_id": NOBODY, "why": "x"},
    "ck_declared_table_version_from_one": {"version": 0},
    "ck_user_account_unit_for_officers": {"role": "district", "unit_id": None},
    "ck_user_account_organisation_for_its_role": {
        "role": "organisation",
        "organisation_id": None,
    },
}
# What breaks those that are named alike, by the end of the name after the column's.
BREAKING_ALIKE: dict[str, Any] = {
    "_is_a_day": "2022-02-31",
    "_is_whole": "nhiều",
    "_at_least_0": -1,
    "_is_said": "",
    "_is_yes_or_no": 7,
}
SAME_AS_ITSELF = {
    "ck_unit_period_not_its_own_parent": ("parent_id", "unit_id"),
    "ck_organisation_not_its_own_parent": ("parent_id", "id"),
    "ck_stay_arrived_from_another": ("arrived_from_id", "household_id"),
    "ck_stay_left_for_another": ("left_for_id", "household_id"),
    "ck_joined_record_into_another": ("into_id", "household_id"),
}
# A copy of a row that differs in this is still refused by its unique constraint.
OTHERWISE: dict[str, Values] = {
    "uq_audit_entry_hash": {"id": NOBODY, "previous": "x"},
    "uq_audit_entry_previous": {"id": NOBODY, "hash": "x"},
    "uq_standard_starts": {"code": "S"},
    "uq_span_household_id_starts": {"village_id": 1},
    "uq_declared_table_supersedes_id": {"id": NOBODY, "supersedes_id": 1, "why": "x"},
    "uq_signed_table_prepared_id": {"id": NOBODY, "supersedes_id": None},
    "uq_signed_table_supersedes_id": {"id": NOBODY, "prepared_id": 3, "supersedes_id": 1},
}


def breaking(table: Table, constraint: CheckConstraint, row: Values) -> Values:
    """Values that break this constraint in a row."""
    name = str(constraint.name)
    if name in BREAKING:
        return BREAKING[name]
    if name in SAME_AS_ITSELF:
        column, other = SAME_AS_ITSELF[name]
        return {column: row[other]}
    bare = name.removeprefix(f"ck_{table.name}_")
    if bare == "ends_after_it_starts":
        return {"last_day": date(1, 1, 1), "starts": DAY}
    for ending, value in BREAKING_ALIKE.items():
        if bare.endswith(ending) and bare.removesuffix(ending) in table.c:
            return {bare.removesuffix(ending): value}
    if bare in table.c:  # one of some words
        return {bare: "lạ"}
    raise AssertionError(f"no attempt against {name}: say in this file what would break it")


def columns(values: Values, between: str) -> str:
    return between.join(f'"{name}" = :{name}' for name in values)


def update(table: Table, row: Values, values: Values) -> tuple[str, Values]:
    key = {column.name: row[column.name] for column in table.primary_key.columns}
    bound = {f"new_{name}": value for name, value in values.items()}
    sets = ", ".join(f'"{name}" = :new_{name}' for name in values)
    return f'UPDATE "{table.name}" SET {sets} WHERE {columns(key, " AND ")}', {**bound, **key}


def insert(table: Table, row: Values) -> tuple[str, Values]:
    names = ", ".join(f'"{name}"' for name in row)
    bound = ", ".join(f":{name}" for name in row)
    return f'INSERT INTO "{table.name}" ({names}) VALUES ({bound})', row


def refused(connection: Connection, statement: str, values: Values | None = None) -> str:
    """What the database says when it refuses; fails where it does not."""
    values = {
        name: value.isoformat() if isinstance(value, date) and sqlite(connection) else value
        for name, value in (values or {}).items()
    }
    with connection.begin_nested() as savepoint:
        try:
            connection.execute(text(statement), values)
        except DatabaseError as error:
            savepoint.rollback()
            return str(error.orig)
    raise AssertionError(f"the database let this through: {statement} {values}")


def sqlite(connection: Connection) -> bool:
    return connection.dialect.name == "sqlite"


def a_row(connection: Connection, table: Table) -> Values:
    row = connection.execute(text(f'SELECT * FROM "{table.name}"')).mappings().first()
    assert row is not None, f"no row of {table.name} to try its constraints with"
    return dict(row)


Constraint = CheckConstraint | ForeignKeyConstraint | PrimaryKeyConstraint | UniqueConstraint


def constraints(connection: Connection) -> Iterator[tuple[Table, Any]]:
    here = schema.belongs_on(connection)
    for table in schema.metadata().sorted_tables:
        for constraint in table.constraints:
            if here(constraint):
                yield table, constraint


# What makes a copy of a row that cannot even be updated another row.
FRESH: dict[str, Values] = {
    "audit_entry": {"id": NOBODY, "hash": "x", "previous": "x"},
    "signed_table": {"id": NOBODY, "prepared_id": 3, "supersedes_id": None},
    "signature": {"signed_id": 1, "place": 2},
    "declared_table": {"id": NOBODY, "supersedes_id": None, "why": None},
    "target_amendment": {"id": NOBODY},
}


def change(table: Table, row: Values, values: Values) -> tuple[str, Values]:
    """Give a row these values; in a table that only grows, a copy of it."""
    if table.name in guards.APPEND_ONLY:
        return insert(table, {**row, **FRESH[table.name], **values})
    return update(table, row, values)


def attempt(table: Table, constraint: Any, row: Values) -> tuple[str, Values]:
    match constraint:
        case CheckConstraint():
            values = breaking(table, constraint, row)
            return change(table, row, values)
        case ForeignKeyConstraint():
            column = constraint.column_keys[-1]
            bad = "lạ" if isinstance(row[column], str) else NOBODY + 1
            return change(table, row, {column: bad})
        case PrimaryKeyConstraint():
            return insert(table, row)
        case UniqueConstraint():
            return insert(table, {**row, **OTHERWISE.get(str(constraint.name), {"id": NOBODY})})
    raise AssertionError(f"no attempt for {constraint}")


@pytest.mark.usefixtures("filled")
def test_every_named_constraint_refuses(engine: Engine) -> None:
    with engine.connect() as connection:
        tried = 0
        for table, constraint in constraints(connection):
            said = refused(connection, *attempt(table, constraint, a_row(connection, table)))
            if isinstance(constraint, CheckConstraint):
                assert str(constraint.name) in said
            tried += 1
        assert tried > 100


def test_the_database_has_the_named_checks_of_the_models(engine: Engine) -> None:
    with engine.connect() as connection:
        wanted = {
            str(constraint.name)
            for _table, constraint in constraints(connection)
            if isinstance(constraint, CheckConstraint)
        }
        found = {
            str(check["name"])
            for table in schema.metadata().tables
            for check in inspect(connection).get_check_constraints(table)
        }
        assert found == wanted


@pytest.mark.usefixtures("filled")
def test_nothing_is_left_out_that_must_be_there(engine: Engine) -> None:
    with engine.connect() as connection:
        for table in schema.metadata().sorted_tables:
            row = a_row(connection, table)
            for column in table.columns:
                if column.nullable or (column.primary_key and column.name == "id"):
                    continue
                fresh = {"id": NOBODY, "hash": "x", "previous": "x"}
                copy = {**row, **{name: fresh[name] for name in fresh if name in row}}
                refused(connection, *insert(table, {**copy, column.name: None}))


# -- as somebody with a database tool would try ------------------------------------------------

ATTEMPTS: dict[str, str] = {
    "two classifications on one day": """
        INSERT INTO classification (household_id, starts, class, minority, social_protection,
            merit, member_of) SELECT household_id, starts, 'near_poor', minority,
            social_protection, merit, member_of FROM classification""",
    "a second home on one day": """
        INSERT INTO stay (household_id, starts, village_id)
        SELECT household_id, starts, (SELECT max(id) FROM unit) FROM stay""",
    "a second lead on one day": """
        INSERT INTO lead (household_id, starts, organisation_id)
        SELECT household_id, starts, organisation_id FROM lead""",
    "the same supporter twice from one day": """
        INSERT INTO supporter (household_id, starts, organisation_id)
        SELECT household_id, starts, organisation_id FROM supporter""",
    "a class that is none": "UPDATE classification SET class = 'giàu'",
    "a class by its label": "UPDATE classification SET class = 'Hộ nghèo'",
    "no class said": "UPDATE classification SET class = 'none'",
    "no class at all": "UPDATE classification SET class = NULL",
    "a class of the timeline that is none": "UPDATE span SET class = 'rich'",
    "a negative amount": "UPDATE support_action SET value = -1",
    "a negative quantity": "UPDATE support_action SET quantity = -1000",
    "an amount in words": "UPDATE support_action SET value = 'một triệu'",
    "a fraction of a đồng in text": "UPDATE support_action SET value = '1,5'",
    "a negative score": "UPDATE classification SET score_b1 = -10",
    "a score in words": "UPDATE classification SET score_b2 = 'ba mươi'",
    "negative residents": "UPDATE resident_households SET total = -1",
    "more minority households than households": (
        "UPDATE resident_households SET ethnic_minority = 10"
    ),
    "half an exit as a target": "UPDATE target SET value = 500",
    "31/02": "UPDATE stay SET starts = '2022-02-31'",
    "30/02 as a last day": "UPDATE lead SET last_day = '2023-02-30'",
    "a date as it is spoken": "UPDATE classification SET starts = '15/02/2022'",
    "no date": "UPDATE support_action SET given_on = 'hôm qua'",
    "no date where one must be": "UPDATE stay SET starts = NULL",
    "a home that ends before it starts": "UPDATE stay SET last_day = '2020-12-31'",
    "a lead that ends before it starts": "UPDATE lead SET last_day = '2022-02-28'",
    "a supporter that ends before it starts": "UPDATE supporter SET last_day = '2022-02-28'",
    "a stretch that ends as it starts": "UPDATE span SET ends = starts",
    "a period that ends before it starts": (
        "UPDATE unit_period SET last_day = '2022-02-28' WHERE starts = '2022-03-01'"
    ),
    "a reason for leaving that is none": (
        "UPDATE stay SET last_day = '2022-12-31', departure = 'trốn nợ'"
    ),
    "a reason for coming that is none": "UPDATE stay SET arrival = 'về quê'",
    "a departure without a day": "UPDATE stay SET departure = 'chuyển đi'",
    "a home nowhere": "UPDATE stay SET village_id = 987654",
    "a lead by nobody": "UPDATE lead SET organisation_id = 987654",
    "a lead by no one at all": "UPDATE lead SET organisation_id = NULL",
    "a member of no household": "UPDATE member SET household_id = 987654",
    "support for no household": "UPDATE support_action SET household_id = 987654",
    "a kind of support that is none": "UPDATE support_action SET kind_name = 'Vàng'",
    "an indicator of no standard": "UPDATE deprivation SET indicator_code = 'may_man'",
    "households taken away": "DELETE FROM household",
    "villages taken away": "DELETE FROM unit",
    "sponsors taken away": "DELETE FROM organisation",
    "a standard taken away": "DELETE FROM standard WHERE code = 'S2022'",
    "two households of one code": "UPDATE household SET code = '19600-0001'",
    "a household without a code": "UPDATE household SET code = ''",
    "a member without a name": "UPDATE member SET name = ''",
    "a relation that is none": "UPDATE member SET relation = 'Bạn'",
    "a third sex": "UPDATE member SET sex = 'X'",
    "born in a thirteenth month": "UPDATE member SET birth_year = 1990, birth_month = 13",
    "an organisation above itself": "UPDATE organisation SET parent_id = id",
    "a kind of organisation that is none": "UPDATE organisation SET kind = 'câu lạc bộ'",
    "a lead's kind without a lead": "UPDATE span SET lead_sponsor = NULL, lead_kind = 'office'",
    "a level that is none": "UPDATE unit_period SET level = 'ấp'",
    "a unit above itself": "UPDATE unit_period SET parent_id = unit_id",
    "voided without a reason": (
        "UPDATE support_action SET voided_at = '2022-03-02 00:00:00', void_reason = NULL"
    ),
    "a role that is none": "UPDATE user_account SET role = 'vua'",
    "an officer of nowhere": "UPDATE user_account SET unit_id = NULL",
    "an entry rewritten": "UPDATE audit_entry SET actor = 'ai đó' WHERE id = 1",
    "an entry rewritten to itself": "UPDATE audit_entry SET id = id",
    "an entry taken away": "DELETE FROM audit_entry WHERE id = 1",
    "the trail taken away": "DELETE FROM audit_entry",
    "an entry of a number that is taken": """
        INSERT INTO audit_entry SELECT id, at, actor, act, what, subject, "key", household_id,
            changes, previous || 'x', hash || 'x' FROM audit_entry WHERE id = 1""",
}
SQLITE_ONLY: dict[str, str] = {
    "an entry replaced": """
        INSERT OR REPLACE INTO audit_entry SELECT id, at, 'ai đó', act, what, subject, "key",
            household_id, changes, previous, hash FROM audit_entry WHERE id = 1""",
    "an entry replaced by its hash": """
        INSERT OR REPLACE INTO audit_entry SELECT 987654, at, 'ai đó', act, what, subject, "key",
            household_id, changes, 'x', hash FROM audit_entry WHERE id = 1""",
    "an entry replaced on conflict": """
        INSERT INTO audit_entry SELECT id, at, actor, act, what, subject, "key", household_id,
            changes, previous, hash FROM audit_entry WHERE id = 1
        ON CONFLICT (id) DO UPDATE SET actor = 'ai đó'""",
    "a truth that is none": "UPDATE classification SET minority = 'x'",
    "a truth beyond truth": "UPDATE span SET social_protection = 2",
    "an American date": "UPDATE support_action SET given_on = '2/28/2022'",
    "a day with a time": "UPDATE stay SET starts = '2022-03-01 00:00:00'",
    "a day as a number": "UPDATE stay SET starts = 44621",
}
POSTGRESQL_ONLY: dict[str, str] = {
    "the trail emptied": "TRUNCATE audit_entry",
    "the trail emptied with all": "TRUNCATE audit_entry, setting",
    "an entry upserted": """
        INSERT INTO audit_entry SELECT * FROM audit_entry WHERE id = 1
        ON CONFLICT (id) DO UPDATE SET actor = 'ai đó'""",
    "a day without a year": "UPDATE stay SET starts = '02-28'",
}


@pytest.mark.usefixtures("filled")
def test_attempts_by_raw_sql_are_refused(engine: Engine) -> None:
    with engine.connect() as connection:
        own = SQLITE_ONLY if sqlite(connection) else POSTGRESQL_ONLY
        attempts = {**ATTEMPTS, **own}
        for statement in attempts.values():
            refused(connection, statement)
        assert len(attempts) >= 30


@pytest.mark.usefixtures("filled")
def test_an_empty_update_is_not_mistaken_for_a_refusal(engine: Engine) -> None:
    """Every attempt above meets a row: the same statements with sound values go through."""
    with engine.connect() as connection:
        for statement in (
            "UPDATE stay SET last_day = '2022-12-31', departure = 'chuyển đi'",
            "UPDATE lead SET last_day = '2022-12-31'",
            "UPDATE classification SET class = 'near_poor'",
            "UPDATE support_action SET value = 5",
        ):
            assert connection.execute(text(statement)).rowcount > 0
        with pytest.raises(AssertionError, match="let this through"):
            refused(connection, "UPDATE support_action SET value = 7")
