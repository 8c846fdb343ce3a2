"""Bare tables for bulk loads: indexes and constraints are taken off, and put back afterwards.

Their definitions are read from PostgreSQL itself, so the migrations stay the only
place that knows the schema. The caller keeps the returned statements in the run
ledger, in the same transaction that dropped them: whatever happens, they are there.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

import psycopg
from psycopg import sql

from feedlab.storage.postgres.connect import connect

_THERE_ALREADY = (
    psycopg.errors.DuplicateTable,
    psycopg.errors.DuplicateObject,
    psycopg.errors.InvalidTableDefinition,  # a second primary key
)
_CONSTRAINTS = """
SELECT c.conrelid::regclass::text, c.conname, c.contype, pg_get_constraintdef(c.oid)
FROM pg_constraint c
WHERE c.conrelid = ANY (%s::regclass[]) AND c.contype IN ('p', 'u', 'f')
   OR c.confrelid = ANY (%s::regclass[]) AND c.contype = 'f'
ORDER BY c.contype = 'f' DESC, c.conrelid::regclass::text, c.conname
"""
_INDEXES = """
SELECT i.indexrelid::regclass::text, pg_get_indexdef(i.indexrelid)
FROM pg_index i
WHERE i.indrelid = ANY (%s::regclass[])
  AND NOT EXISTS (SELECT 1 FROM pg_constraint c WHERE c.conindid = i.indexrelid AND c.contype IN ('p', 'u'))
ORDER BY 1
"""


def strip(connection: psycopg.Connection, tables: Sequence[str]) -> list[str]:
    """Drops indexes, keys and foreign keys of these tables, and foreign keys that point to them.

    Returns:
        the statements that put everything back, in the order in which they must run:
        indexes and keys, then foreign keys.
    """
    names = list(tables)
    constraints = connection.execute(_CONSTRAINTS, [names, names]).fetchall()
    indexes = connection.execute(_INDEXES, [names]).fetchall()
    for table, name, _, _ in constraints:
        connection.execute(
            sql.SQL("ALTER TABLE {} DROP CONSTRAINT {}").format(sql.SQL(table), sql.Identifier(name))
        )
    for name, _ in indexes:
        connection.execute(sql.SQL("DROP INDEX {}").format(sql.SQL(name)))
    back = [definition for _, definition in indexes]
    for kinds in ("pu", "f"):
        back += [
            f'ALTER TABLE {table} ADD CONSTRAINT "{name}" {definition}'
            for table, name, kind, definition in constraints
            if (kind.decode() if isinstance(kind, bytes) else kind) in kinds
        ]
    return back


def restore(
    url: str,
    statements: Sequence[str],
    *,
    workers: int = 2,
    on_done: Callable[[str], None] = lambda statement: None,
) -> None:
    """Runs what :func:`strip` returned, indexes and keys side by side, then foreign keys.

    Statements that ran before (a load that was killed here) are passed over.
    """
    foreign = [s for s in statements if " FOREIGN KEY " in s]
    keys = [s for s in statements if s not in foreign]

    def run(statement: str) -> None:
        with connect(url, autocommit=True) as connection, suppress(*_THERE_ALREADY):
            connection.execute(statement.encode())
        on_done(statement)

    def run_each(group: list[str]) -> None:
        for statement in group:
            run(statement)

    with ThreadPoolExecutor(workers) as pool:
        # One table's keys by one worker: two would wait for each other's lock on the table.
        groups: dict[str, list[str]] = {}
        for statement in keys:
            groups.setdefault(_table_of(statement), []).append(statement)
        list(pool.map(run_each, groups.values()))
    for statement in foreign:
        run(statement)


def restore_empty(connection: psycopg.Connection, statements: Sequence[str]) -> None:
    """The same for tables without rows, one after the other within the connection's transaction."""
    for statement in statements:
        with suppress(*_THERE_ALREADY), connection.transaction():
            connection.execute(statement.encode())


def tables_of(statements: Sequence[str]) -> set[str]:
    """The tables that statements of :func:`strip` are about."""
    return {_table_of(statement) for statement in statements}


def _table_of(statement: str) -> str:
    words = statement.split()
    return words[words.index("ON") + 1].split(".")[-1] if words[0] == "CREATE" else words[2]
