"""The run ledger: which world is in the database, how far its load came, what each shard holds."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import psycopg
from psycopg.types.json import Jsonb

_LOCK = 0x66656564_73656564  # "feedseed": one seeder at a time


@dataclass(frozen=True, slots=True)
class Run:
    """A row of ``seed_runs``."""

    run_key: str
    spec: dict[str, Any]
    phase: str
    deferred: list[str]


def hold(connection: psycopg.Connection) -> bool:
    """Takes the seeder's lock until the connection closes; false when another has it."""
    row = connection.execute("SELECT pg_try_advisory_lock(%s)", [_LOCK]).fetchone()
    return bool(row and row[0])


def current(connection: psycopg.Connection) -> Run | None:
    """The world of this database, whole or half loaded."""
    row = connection.execute(
        "SELECT run_key, spec, phase, deferred FROM seed_runs ORDER BY started_at DESC LIMIT 1"
    ).fetchone()
    return Run(*row) if row else None


def begin(
    connection: psycopg.Connection, run_key: str, run_seed: str, spec: dict[str, Any], deferred: list[str]
) -> None:
    """Opens a run, with the statements that will make its tables whole again."""
    connection.execute(
        "INSERT INTO seed_runs (run_key, run_seed, spec, phase, deferred) VALUES (%s, %s, %s, 'copying', %s)",
        [run_key, run_seed, Jsonb(spec), deferred],
    )


def advance(connection: psycopg.Connection, run_key: str, phase: str) -> None:
    """Moves a run on; the last phase notes the time."""
    connection.execute(
        "UPDATE seed_runs SET phase = %s, finished_at = CASE WHEN %s = 'complete' THEN clock_timestamp() END "
        "WHERE run_key = %s",
        [phase, phase, run_key],
    )


def loaded(connection: psycopg.Connection, run_key: str) -> set[int]:
    """The shards that are in."""
    rows = connection.execute("SELECT DISTINCT shard FROM seed_shards WHERE run_key = %s", [run_key])
    return {shard for (shard,) in rows}


def record(
    connection: psycopg.Connection, run_key: str, shard: int, tables: Iterable[tuple[str, int, int]]
) -> None:
    """Notes a shard: (table, rows, checksum) each, in the transaction that loads it."""
    with connection.cursor() as cursor:
        cursor.executemany(
            "INSERT INTO seed_shards (run_key, shard, table_name, row_count, checksum) VALUES (%s, %s, %s, %s, %s)",
            [(run_key, shard, table, rows, f"{checksum:016x}") for table, rows, checksum in tables],
        )


def totals(connection: psycopg.Connection, run_key: str) -> dict[str, tuple[int, int]]:
    """Rows and checksum of each table, summed over its shards."""
    rows: Sequence[tuple[str, int, str]] = connection.execute(
        "SELECT table_name, row_count, checksum FROM seed_shards WHERE run_key = %s", [run_key]
    ).fetchall()
    result: dict[str, tuple[int, int]] = {}
    for table, count, checksum in rows:
        before = result.get(table, (0, 0))
        result[table] = (before[0] + count, (before[1] + int(checksum, 16)) % (1 << 64))
    return dict(sorted(result.items()))
