"""What the server stores of a COPY, held against what was given and against psycopg's own rows."""

from __future__ import annotations

import datetime as dt
import json
import uuid
from collections.abc import Iterator
from typing import Any

import psycopg
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from psycopg import sql

from feedlab.errors import InvalidInput
from feedlab.storage.postgres.copy import copy_into

TEXT = pa.string()
COLUMNS = {
    "id": ("uuid", pa.binary(16)),
    "name": ("text", TEXT),
    "city": ("varchar", pa.dictionary(pa.int32(), TEXT)),
    "details": ("jsonb", TEXT),
    "active": ("boolean", pa.bool_()),
    "small": ("int2", pa.int16()),
    "medium": ("int4", pa.int32()),
    "big": ("int8", pa.int64()),
    "ratio": ("float4", pa.float32()),
    "score": ("float8", pa.float64()),
    "at": ("timestamptz", pa.timestamp("us", "UTC")),
    "day": ("date", pa.date32()),
    "tags": ("text[]", pa.list_(TEXT)),
    "friends": ("uuid[]", pa.list_(pa.binary(16))),
}
SCHEMA = pa.schema(
    [
        pa.field(name, arrow, metadata={b"pg": b"jsonb"} if pg == "jsonb" else None)
        for name, (pg, arrow) in COLUMNS.items()
    ]
)
CREATE = ", ".join(f"{name} {pg}" for name, (pg, _) in COLUMNS.items())

text = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=12)
ids = st.binary(min_size=16, max_size=16)
instants = st.datetimes(dt.datetime(1, 1, 1), dt.datetime(9999, 12, 30), timezones=st.just(dt.UTC))
VALUES: dict[str, st.SearchStrategy[Any]] = {
    "id": ids,
    "name": text,
    "city": st.sampled_from(["Oslo", "Zürich", ""]),
    "details": st.dictionaries(text, st.integers(-9, 9), max_size=3).map(json.dumps),
    "active": st.booleans(),
    "small": st.integers(-(2**15), 2**15 - 1),
    "medium": st.integers(-(2**31), 2**31 - 1),
    "big": st.integers(-(2**63), 2**63 - 1),
    "ratio": st.floats(width=32, allow_nan=False),
    "score": st.floats(allow_nan=False),
    "at": instants,
    "day": st.dates(),
    "tags": st.lists(st.none() | text, max_size=3),
    "friends": st.lists(st.none() | ids, max_size=3),
}
records = st.fixed_dictionaries({name: st.none() | values for name, values in VALUES.items()})


@pytest.fixture(scope="module")
def connection(database_url: str) -> Iterator[psycopg.Connection[Any]]:
    with psycopg.connect(database_url, autocommit=True) as opened:
        opened.execute("SET timezone = 'UTC'")
        yield opened


def batch_of(rows: list[dict[str, Any]]) -> pa.RecordBatch:
    return pa.RecordBatch.from_arrays(
        [
            # Arrow makes no dictionary column from Python values in one step on every version.
            pa.array([row[field.name] for row in rows], TEXT).dictionary_encode()
            if pa.types.is_dictionary(field.type)
            else pa.array([row[field.name] for row in rows], field.type)
            for field in SCHEMA
        ],
        schema=SCHEMA,
    )


def as_stored(row: dict[str, Any]) -> tuple[Any, ...]:
    """The Python values that psycopg gives back for a row."""

    def as_id(value: bytes | None) -> uuid.UUID | None:
        return None if value is None else uuid.UUID(bytes=value)

    stored = dict(row)
    stored["id"] = as_id(row["id"])
    stored["friends"] = None if row["friends"] is None else [as_id(friend) for friend in row["friends"]]
    stored["details"] = None if row["details"] is None else json.loads(row["details"])
    return tuple(stored[name] for name in COLUMNS)


def contents(connection: psycopg.Connection[Any], table: str) -> list[tuple[Any, ...]]:
    query = sql.SQL("SELECT * FROM {} ORDER BY ctid").format(sql.Identifier(table))
    return connection.execute(query, binary=True).fetchall()


@settings(max_examples=40, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
@given(rows=st.lists(records, max_size=12), cut=st.integers(0, 12))
def test_rows_come_back_as_they_went_in(
    connection: psycopg.Connection[Any], rows: list[dict[str, Any]], cut: int
) -> None:
    batch = batch_of(rows)
    with connection.transaction(force_rollback=True):
        connection.execute(f"CREATE TEMP TABLE trip ({CREATE})")
        # Two slices of one batch: the second does not begin at the start of its buffers.
        assert copy_into(connection, "trip", [batch.slice(0, cut), batch.slice(cut)]) == len(rows)
        assert contents(connection, "trip") == [as_stored(row) for row in rows]


@settings(max_examples=15, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
@given(rows=st.lists(records, min_size=1, max_size=12))
def test_the_server_stores_what_psycopg_row_by_row_stores(
    connection: psycopg.Connection[Any], rows: list[dict[str, Any]]
) -> None:
    names = ", ".join(COLUMNS)
    with connection.transaction(force_rollback=True):
        connection.execute(f"CREATE TEMP TABLE ours ({CREATE}); CREATE TEMP TABLE theirs ({CREATE})")
        copy_into(connection, "ours", [batch_of(rows)])
        with connection.cursor().copy(f"COPY theirs ({names}) FROM STDIN (FORMAT binary)") as copy:
            copy.set_types([pg for pg, _ in COLUMNS.values()])
            for row in rows:
                values = list(as_stored(row))
                details = row["details"]
                values[list(COLUMNS).index("details")] = (
                    None if details is None else psycopg.types.json.Jsonb(json.loads(details))
                )
                copy.write_row(values)
        # The row's binary image, nulls, array headers and all.
        image = "SELECT record_send(t) FROM {} AS t ORDER BY ctid"
        ours, theirs = (
            connection.execute(sql.SQL(image).format(sql.Identifier(name))).fetchall()
            for name in ("ours", "theirs")
        )
        assert len(ours) == len(rows)
        assert ours == theirs


def test_many_rows_arrive_in_many_parts(connection: psycopg.Connection[Any]) -> None:
    count = 40_000
    numbers = pa.array(range(count), pa.int64())
    batch = pa.record_batch({"n": numbers, "word": pa.array([str(i) for i in range(count)])})
    with connection.transaction(force_rollback=True):
        connection.execute("CREATE TEMP TABLE many (n int8, word text)")
        assert copy_into(connection, "many", iter([batch, batch.slice(count - 5)])) == count + 5
        found = connection.execute(
            "SELECT count(*), sum(n), count(*) FILTER (WHERE n::text = word) FROM many"
        )
        assert found.fetchone() == (
            count + 5,
            sum(range(count)) + sum(range(count - 5, count)),
            count + 5,
        )


def test_only_the_columns_of_the_batch_are_filled(connection: psycopg.Connection[Any]) -> None:
    with connection.transaction(force_rollback=True):
        connection.execute(
            'CREATE SCHEMA other; CREATE TABLE other.t (a int4 DEFAULT 7, "Odd ""name" text, b int4)'
        )
        batch = pa.record_batch({"b": pa.array([1], pa.int64()), 'Odd "name': pa.array(["x"])})
        assert copy_into(connection, "other.t", [batch], types={"b": "int4"}) == 1
        assert connection.execute("SELECT * FROM other.t").fetchall() == [(7, "x", 1)]


def test_no_batches_and_no_rows_store_nothing(connection: psycopg.Connection[Any]) -> None:
    with connection.transaction(force_rollback=True):
        connection.execute("CREATE TEMP TABLE none (a int4)")
        assert copy_into(connection, "none", []) == 0
        assert copy_into(connection, "none", [pa.record_batch({"a": pa.array([], pa.int32())})] * 2) == 0
        assert connection.execute("SELECT count(*) FROM none").fetchone() == (0,)


def test_unsupported_types_leave_the_transaction_usable(connection: psycopg.Connection[Any]) -> None:
    with connection.transaction(force_rollback=True):
        connection.execute("CREATE TEMP TABLE plain (a int4)")
        with pytest.raises(InvalidInput, match="uint8"):
            copy_into(connection, "plain", [pa.record_batch({"a": pa.array([1], pa.uint8())})])
        assert connection.execute("SELECT count(*) FROM plain").fetchone() == (0,)


def test_a_bad_batch_stores_nothing_of_the_good_ones(connection: psycopg.Connection[Any]) -> None:
    good = pa.record_batch({"a": ["x"]})
    connection.execute("DROP TABLE IF EXISTS copied; CREATE TABLE copied (a text)")
    try:
        with pytest.raises(InvalidInput, match="'a' has a text with a NUL"):
            copy_into(connection, "copied", [good, pa.record_batch({"a": ["bad\0"]})])
        with pytest.raises(InvalidInput, match=r"\['b'\].*\['a'\]"):
            copy_into(connection, "copied", [good, pa.record_batch({"b": ["x"]})])
        assert connection.execute("SELECT count(*) FROM copied").fetchone() == (0,)
        assert copy_into(connection, "copied", [good]) == 1
    finally:
        connection.execute("DROP TABLE copied")


def test_what_the_server_refuses_is_a_psycopg_error(connection: psycopg.Connection[Any]) -> None:
    with connection.transaction(force_rollback=True):
        connection.execute("CREATE TEMP TABLE strict (a int4 NOT NULL, b jsonb)")
        for batch, error in [
            (pa.record_batch({"a": pa.array([None], pa.int32())}), psycopg.errors.NotNullViolation),
            (pa.record_batch({"a": pa.array([1], pa.int64())}), psycopg.errors.InvalidBinaryRepresentation),
            (pa.record_batch({"missing": pa.array([1], pa.int32())}), psycopg.errors.UndefinedColumn),
        ]:
            with pytest.raises(error), connection.transaction():
                copy_into(connection, "strict", [batch])
        with pytest.raises(psycopg.errors.InvalidTextRepresentation), connection.transaction():
            bad_json = pa.record_batch({"a": pa.array([1], pa.int32()), "b": ["{"]})
            copy_into(connection, "strict", [bad_json], types={"b": "jsonb"})
