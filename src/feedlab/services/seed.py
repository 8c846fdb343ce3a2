"""Seed: a world from its spec into the database.

Shards are made and copied side by side into bare tables. Each commits together
with its row in the run ledger, so a load that was killed goes on where it was;
then indexes and constraints are put back, and the run is complete.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass, field

import pyarrow as pa

from feedlab.errors import Conflict, WorldMismatch
from feedlab.experiments.assignment import FEED_EXPERIMENT, FEED_VARIANTS, assign
from feedlab.services.lab import Lab
from feedlab.services.publish import FILES, Publisher
from feedlab.storage.postgres import bulk, ledger
from feedlab.storage.postgres.connect import connect
from feedlab.storage.postgres.copy import copy_into
from feedlab.world.checksums import checksum
from feedlab.world.spec import WorldSpec
from feedlab.world.tables import SCHEMAS
from feedlab.world.world import World

#: Told what is being done, how much of it is done, and how much there is.
Progress = Callable[[str, int, int], None]


@dataclass(frozen=True)
class Seeded:
    """What a seeding left behind.

    Attributes:
        rows, checksums: by table, of the columns that the run seed determines.
        reused: the world was there already.
        seconds: of each phase: ``copy``, ``index``.
        table_seconds: of one worker, by table, to make and copy its rows.
        run_folder: where the generated files are, when they were written.
    """

    rows: dict[str, int]
    checksums: dict[str, str]
    reused: bool
    seconds: dict[str, float] = field(default_factory=dict)
    table_seconds: dict[str, float] = field(default_factory=dict)
    run_folder: str | None = None


def seed_world(
    lab: Lab, spec: WorldSpec, on_progress: Progress = lambda *_: None, *, workers: int = 2
) -> Seeded:
    """Makes sure that the database holds this world, whole.

    Args:
        lab: where.
        spec: which world.
        on_progress: told after each shard and each index.
        workers: shards made and copied at the same time.

    Raises:
        WorldMismatch: the database holds another world.
        Conflict: another seeder is at work.
    """
    run_key = f"{spec.run_key:016x}"
    seconds: dict[str, float] = {}
    spent: Counter[str] = Counter()
    folder = None
    with connect(lab.database_url, autocommit=True) as connection:
        if not ledger.hold(connection):
            raise Conflict(
                "another seeder is at work on this database; wait for it, or use another FEEDLAB_HOME"
            )
        run = ledger.current(connection)
        if run is None:
            run = _begin(connection, spec, run_key)
        else:
            _refuse_other(run, spec)
        reused = run.phase == "complete"
        lab.home.remember_world(spec.run_key, spec.to_dict())
        if run.phase == "copying":
            started = time.perf_counter()
            done = ledger.loaded(connection, run_key)
            folder = _copy(lab, World(spec), run_key, done, spent, on_progress, workers)
            ledger.advance(connection, run_key, "indexing")
            seconds["copy"] = time.perf_counter() - started
        if run.phase != "complete":
            started = time.perf_counter()
            _index(lab, run.deferred, on_progress, workers)
            connection.execute("ANALYZE")
            ledger.advance(connection, run_key, "complete")
            seconds["index"] = time.perf_counter() - started
        totals = ledger.totals(connection, run_key)
    return Seeded(
        rows={table: rows for table, (rows, _) in totals.items()},
        checksums={table: f"{value:016x}" for table, (_, value) in totals.items()},
        reused=reused,
        seconds=seconds,
        table_seconds=dict(spent),
        run_folder=folder,
    )


def forget_world(lab: Lab) -> None:
    """Empties every table that a world or its use has filled; accounts and their passwords go too."""
    with connect(lab.database_url) as connection:
        if not ledger.hold(connection):
            raise Conflict("a seeder is at work on this database; wait for it, or use another FEEDLAB_HOME")
        run = ledger.current(connection)
        # A load that was killed left tables without the foreign keys that CASCADE follows.
        deferred = run.deferred if run is not None and run.phase != "complete" else []
        tables = sorted({*SCHEMAS, "seed_runs", *bulk.tables_of(deferred)})
        connection.execute(f"TRUNCATE {', '.join(tables)} CASCADE".encode())
        bulk.restore_empty(connection, deferred)


def _begin(connection: object, spec: WorldSpec, run_key: str) -> ledger.Run:
    with connection.transaction():  # type: ignore[attr-defined]
        deferred = bulk.strip(connection, list(SCHEMAS))  # type: ignore[arg-type]
        ledger.begin(connection, run_key, spec.run_seed, spec.to_dict(), deferred)  # type: ignore[arg-type]
    return ledger.Run(run_key, spec.to_dict(), "copying", deferred)


def _refuse_other(run: ledger.Run, spec: WorldSpec) -> None:
    there = WorldSpec.from_dict(run.spec)
    differences = there.differences(spec)
    if differences:
        raise WorldMismatch(
            f"this database holds another world ({'; '.join(differences)}: there ≠ asked for). "
            "Use another FEEDLAB_HOME, or --fresh to delete that world and build this one."
        )


def _copy(
    lab: Lab,
    world: World,
    run_key: str,
    done: set[int],
    spent: Counter[str],
    on_progress: Progress,
    workers: int,
) -> str:
    """Copies what is missing; returns the folder of the generated files, which hold the whole run."""
    wanted = [number for number in range(world.shards) if number not in done]
    on_progress("world", len(done), world.shards)
    world.feed  # noqa: B018  # what all shards share is made once, before they start
    with Publisher(lab.objects) as publisher, ThreadPoolExecutor(workers) as pool:
        again = [pool.submit(_publish_shard, world, number, publisher) for number in sorted(done)]
        futures = [pool.submit(_copy_shard, lab, world, run_key, number, publisher) for number in wanted]
        try:
            for made in again:
                made.result()
            for finished, future in enumerate(as_completed(futures), start=len(done) + 1):
                spent.update(future.result())
                on_progress("world", finished, world.shards)
        except BaseException:
            pool.shutdown(wait=True, cancel_futures=True)
            raise
        return publisher.finish()


def _copy_shard(lab: Lab, world: World, run_key: str, number: int, publisher: Publisher) -> dict[str, float]:
    """Makes and copies one shard; returns the seconds that each table took."""
    tables: dict[str, pa.RecordBatch] = {}
    spent: dict[str, float] = {}
    with connect(lab.database_url) as connection:
        for name in SCHEMAS:
            started = time.perf_counter()
            for batch in world.shard(number, only=name).values():
                tables[name] = batch
                copy_into(connection, name, _with_group(name, batch))
                spent[name] = time.perf_counter() - started
        ledger.record(
            connection,
            run_key,
            number,
            [(name, batch.num_rows, checksum(batch)) for name, batch in tables.items()],
        )
    publisher.add(number, tables)
    return spent


def _publish_shard(world: World, number: int, publisher: Publisher) -> None:
    """Makes a shard again that is in the database already: the files hold the whole run."""
    publisher.add(number, {k: v for name in FILES for k, v in world.shard(number, only=name).items()})


def _with_group(name: str, batch: pa.RecordBatch) -> Iterator[pa.RecordBatch]:
    """People are assigned to the feed experiment by hash; its two test accounts are what their names say."""
    if name != "users":
        yield batch
        return
    group = pa.array(FEED_VARIANTS).take(pa.array(assign(batch["id"], FEED_EXPERIMENT)))
    names = batch["username"].to_pylist() if batch["role"].to_pylist()[0] != "person" else []
    if names:
        group = pa.array([n.removeprefix("test_") if n.startswith("test_") else "control" for n in names])
    yield batch.append_column("experiment_group", group)


def _index(lab: Lab, deferred: list[str], on_progress: Progress, workers: int) -> None:
    done = 0

    def count(statement: str) -> None:
        nonlocal done
        done += 1
        on_progress("indexes", done, len(deferred))

    on_progress("indexes", 0, len(deferred))
    bulk.restore(lab.database_url, deferred, workers=workers, on_done=count)
