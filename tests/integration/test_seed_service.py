"""Seeding: what is generated is what is stored, whatever happens on the way."""

from __future__ import annotations

import json
import re
import signal
import subprocess
import sys
import textwrap
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg
import pyarrow as pa
import pytest
from tests.conftest import make_database

from feedlab.errors import Conflict, FeedlabError, NotFound, WorldMismatch
from feedlab.services import seed as seed_module
from feedlab.services.demo import build_demo
from feedlab.services.lab import Lab, open_lab
from feedlab.services.seed import Seeded, forget_world, seed_world
from feedlab.services.seed_posts import fetch_seeds, upload_seeds
from feedlab.settings import load
from feedlab.storage.postgres import ledger
from feedlab.world.checksums import checksum
from feedlab.world.content.seeds import SeedPost, dump_seeds
from feedlab.world.spec import WorldSpec
from feedlab.world.tables import SCHEMAS
from feedlab.world.world import World

#: Four shards: what is common, the accounts, and the people by 256.
SPEC = WorldSpec("test-seed", people=300, days=2)
SMALL = WorldSpec("test-seed", people=12, days=1)
NewLab = Callable[[], Lab]


@pytest.fixture
def new_lab(servers: Any, tmp_path: Path) -> Iterator[NewLab]:
    """Laboratories, each with a database and objects of its own."""
    with ExitStack() as stack:

        def make() -> Lab:
            settings = load(
                home=tmp_path / f"home{len(list(tmp_path.iterdir()))}",
                database_url=make_database(servers.database_url),
                cache_url=servers.cache_url,
                port=0,
            )
            return stack.enter_context(open_lab(settings))

        yield make


@pytest.fixture
def lab(new_lab: NewLab) -> Lab:  # of this test alone, in place of the shared one
    return new_lab()


@pytest.fixture(scope="module")
def undisturbed(servers: Any, tmp_path_factory: pytest.TempPathFactory) -> Seeded:
    """What a load leaves behind that nobody disturbed; its generated files beside it."""
    settings = load(
        home=tmp_path_factory.mktemp("undisturbed"),
        database_url=make_database(servers.database_url),
        cache_url=servers.cache_url,
    )
    with open_lab(settings) as lab:
        seeded = seed_world(lab, SPEC)
        return replace(seeded, run_folder=json.dumps(files_of(lab, seeded)))


def sql(lab: Lab, query: str, *values: Any) -> list[tuple[Any, ...]]:
    with psycopg.connect(lab.database_url, autocommit=True) as connection:
        cursor = connection.execute(query.encode(), values or None)
        return cursor.fetchall() if cursor.description else []


def schema_of(lab: Lab) -> list[tuple[Any, ...]]:
    """Every index and constraint, as PostgreSQL writes them."""
    return sql(
        lab, "SELECT tablename, indexname, indexdef FROM pg_indexes WHERE schemaname = 'public' ORDER BY 1, 2"
    ) + sql(
        lab,
        "SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid), convalidated FROM pg_constraint "
        "WHERE connamespace = 'public'::regnamespace ORDER BY 1, 2",
    )


def rows_of(lab: Lab) -> dict[str, int]:
    return {name: sql(lab, f"SELECT count(*) FROM {name}")[0][0] for name in SCHEMAS}


def phase_of(lab: Lab) -> str:
    [(phase,)] = sql(lab, "SELECT phase FROM seed_runs")
    return phase


def files_of(lab: Lab, seeded: Seeded) -> dict[str, str]:
    assert seeded.run_folder is not None
    return {
        name: lab.objects.get(f"{seeded.run_folder}/{name}.json").decode()
        for name in ("users", "posts", "interactions")
    }


def same(seeded: Seeded, other: Seeded) -> bool:
    return seeded.rows == other.rows and seeded.checksums == other.checksums


def stored(lab: Lab, name: str, world: World) -> pa.Table:
    """A table as the database holds it, in the columns and types of the world."""
    schema = SCHEMAS[name]
    columns = {}
    for field in schema:
        values = [value for (value,) in sql(lab, f'SELECT "{field.name}" FROM {name} ORDER BY ctid')]
        if pa.types.is_fixed_size_binary(field.type):
            values = [value.bytes for value in values]
        if (field.metadata or {}).get(b"pg") == b"jsonb":
            # PostgreSQL keeps what JSON says, not how it was written.
            written = {
                json.dumps(json.loads(text), sort_keys=True): text
                for text in world.table(name)[field.name].unique().to_pylist()
                if text is not None
            }
            values = [None if v is None else written[json.dumps(v, sort_keys=True)] for v in values]
        columns[field.name] = values
    return pa.table(columns, schema=schema)


# The same, and other


def test_the_same_seed_makes_the_same_tables(new_lab: NewLab, undisturbed: Seeded) -> None:
    for workers in (1, 3):
        lab = new_lab()
        seeded = seed_world(lab, SPEC, workers=workers)
        assert same(seeded, undisturbed)
        assert not seeded.reused
        assert files_of(lab, seeded) == json.loads(undisturbed.run_folder or "")
        assert rows_of(lab) == seeded.rows
        assert set(seeded.seconds) == {"copy", "index"}
        assert set(seeded.table_seconds) == set(SCHEMAS)


def test_another_seed_makes_others(lab: Lab, undisturbed: Seeded) -> None:
    seeded = seed_world(lab, replace(SPEC, run_seed="test-seed-2"))
    for name in SCHEMAS:
        assert seeded.checksums[name] != undisturbed.checksums[name]


def test_what_is_stored_is_what_was_generated(lab: Lab) -> None:
    """The checksums of the ledger, computed anew from the rows of the database."""
    seeded = seed_world(lab, SPEC)
    world = World(SPEC)
    assert set(seeded.rows) == set(SCHEMAS)
    for name in SCHEMAS:
        table = stored(lab, name, world)
        assert table.num_rows == seeded.rows[name] > 0
        assert f"{checksum(table):016x}" == seeded.checksums[name] == f"{checksum(world.table(name)):016x}", (
            name
        )


def test_a_changed_cell_shows_in_the_checksum(lab: Lab) -> None:
    seeded = seed_world(lab, SMALL)
    world = World(SMALL)
    sql(lab, "UPDATE posts SET content = content || '.' WHERE id = (SELECT id FROM posts LIMIT 1)")
    assert f"{checksum(stored(lab, 'posts', world)):016x}" != seeded.checksums["posts"]


def test_the_world_is_remembered_in_the_home(lab: Lab) -> None:
    seed_world(lab, SMALL)
    [file] = (lab.home.path / "worlds").iterdir()
    assert file.stem == f"{SMALL.run_key:016x}"
    assert WorldSpec.from_dict(json.loads(file.read_text())) == SMALL
    assert lab.world_spec() == SMALL


def test_groups_are_assigned_by_hash(lab: Lab, undisturbed: Seeded) -> None:
    seed_world(lab, SPEC)
    groups = dict(sql(lab, "SELECT username, experiment_group FROM users"))
    assert groups["test_control"] == groups["operator"] == "control"
    assert groups["test_treatment"] == "treatment"
    treated = sum(group == "treatment" for name, group in groups.items() if name.startswith("user_"))
    assert 115 < treated < 185  # of 300, half and half; four standard deviations


# Whole at the end


def test_indexes_and_constraints_are_all_there(lab: Lab) -> None:
    before = schema_of(lab)
    kinds = {definition.split()[0] for _, _, definition, *_ in before}
    assert {"PRIMARY", "FOREIGN", "UNIQUE", "CREATE", "CHECK"} <= kinds
    seed_world(lab, SMALL)
    assert schema_of(lab) == before
    assert phase_of(lab) == "complete"
    with pytest.raises(psycopg.errors.ForeignKeyViolation):
        sql(lab, "UPDATE posts SET user_id = gen_random_uuid()")
    with pytest.raises(psycopg.errors.UniqueViolation):
        sql(lab, "UPDATE users SET email = 'one@example.com'")


def test_reusing_copies_nothing(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    first = seed_world(lab, SMALL)
    monkeypatch.setattr(seed_module, "copy_into", None)
    monkeypatch.setattr(seed_module.bulk, "restore", None)
    steps: list[str] = []
    again = seed_world(lab, SMALL, lambda step, *_: steps.append(step))
    assert same(again, first)
    assert again.reused
    assert again.run_folder is None
    assert steps == []
    assert len(lab.objects.list("generated/")) == 3


def test_progress_is_told(lab: Lab) -> None:
    told: list[tuple[str, int, int]] = []
    seed_world(lab, SPEC, lambda *step: told.append(step))
    world = [(done, total) for step, done, total in told if step == "world"]
    assert world == [(n, 4) for n in range(5)]
    indexes = [(done, total) for step, done, total in told if step == "indexes"]
    assert [done for done, _ in indexes] == list(range(len(indexes)))
    assert indexes[-1][0] == indexes[-1][1]


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"run_seed": "another"}, ["run_seed", "test-seed", "another"]),
        ({"people": 13}, ["people", "12", "13"]),
        ({"days": 5}, ["days", "1", "5"]),
        ({"start_date": date(2025, 2, 3)}, ["start_date", "2024-01-01", "2025-02-03"]),
        ({"seeds": (SeedPost("a", "food", "Hello there", (), "dry"),)}, ["seed posts", "10", "1"]),
        ({"templates": ("casual",)}, ["templates", "casual"]),
    ],
    ids=lambda value: next(iter(value)),
)
def test_another_world_is_refused(lab: Lab, change: dict[str, Any], named: list[str]) -> None:
    seed_world(lab, SMALL)
    before = rows_of(lab)
    with pytest.raises(WorldMismatch) as caught:
        seed_world(lab, replace(SMALL, **change))
    assert all(name in caught.value.message for name in named), caught.value.message
    assert "--fresh" in caught.value.message
    assert rows_of(lab) == before
    assert lab.world_spec() == SMALL


def test_one_seeder_at_a_time(lab: Lab) -> None:
    with psycopg.connect(lab.database_url) as other:
        assert ledger.hold(other)
        with pytest.raises(Conflict, match="another seeder"):
            seed_world(lab, SMALL)
        with pytest.raises(Conflict, match="a seeder is at work"):
            forget_world(lab)
        assert rows_of(lab) == dict.fromkeys(SCHEMAS, 0)
        assert sql(lab, "SELECT count(*) FROM seed_runs") == [(0,)]
    assert not seed_world(lab, SMALL).reused


def test_two_seeders_at_once(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    """The second comes while the first copies."""
    refused: list[Conflict] = []
    original = seed_module.copy_into

    def copy(*args: Any) -> int:
        if not refused:
            with pytest.raises(Conflict) as caught:
                seed_world(lab, SMALL)
            refused.append(caught.value)
        return original(*args)

    monkeypatch.setattr(seed_module, "copy_into", copy)
    seeded = seed_world(lab, SMALL, workers=1)
    assert len(refused) == 1
    assert rows_of(lab) == seeded.rows


# Killed on the way


class Died(Exception):
    """What stands for the end of the process."""


@pytest.mark.parametrize(
    ("copies", "kind"),
    [(0, Died), (1, Died), (3, KeyboardInterrupt), (6, Died), (8, KeyboardInterrupt), (9, Died)],
)
def test_killed_while_copying(
    lab: Lab, undisturbed: Seeded, monkeypatch: pytest.MonkeyPatch, copies: int, kind: type[BaseException]
) -> None:
    """After so many tables of shards; 2 make the first shard, 4 each of the others."""
    whole = schema_of(lab)
    original, left = seed_module.copy_into, [copies]

    def copy(*args: Any) -> int:
        if not left[0]:
            raise kind("in the middle")
        left[0] -= 1
        return original(*args)

    monkeypatch.setattr(seed_module, "copy_into", copy)
    with pytest.raises(kind):
        seed_world(lab, SPEC, workers=1)
    monkeypatch.undo()

    assert phase_of(lab) == "copying"
    assert lab.objects.list("generated/") == []
    recorded = dict(sql(lab, "SELECT table_name, sum(row_count)::int FROM seed_shards GROUP BY 1"))
    assert {name: count for name, count in rows_of(lab).items() if count} == recorded  # whole shards alone
    with pytest.raises(NotFound):
        lab.world_spec()
    with pytest.raises(WorldMismatch):
        seed_world(lab, SMALL)

    seeded = seed_world(lab, SPEC)
    assert same(seeded, undisturbed)
    assert not seeded.reused
    assert rows_of(lab) == undisturbed.rows
    assert schema_of(lab) == whole
    assert files_of(lab, seeded) == json.loads(undisturbed.run_folder or "")
    assert seed_world(lab, SPEC).reused


def die_while_indexing(lab: Lab, spec: WorldSpec, statements: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Seeds a world and dies once some of the indexes and constraints are back."""
    original = seed_module.bulk.restore

    def restore(url: str, deferred: list[str], **more: Any) -> None:
        original(url, deferred[:statements], **more)
        raise Died

    with monkeypatch.context() as patch:
        patch.setattr(seed_module.bulk, "restore", restore)
        with pytest.raises(Died):
            seed_world(lab, spec)


@pytest.mark.parametrize("statements", [0, 1, 7, 1000])
def test_killed_while_indexing(
    lab: Lab, undisturbed: Seeded, monkeypatch: pytest.MonkeyPatch, statements: int
) -> None:
    whole = schema_of(lab)
    die_while_indexing(lab, SPEC, statements, monkeypatch)
    assert phase_of(lab) == "indexing"
    assert (schema_of(lab) == whole) == (statements == 1000)

    monkeypatch.setattr(seed_module, "copy_into", None)  # nothing is left to copy
    seeded = seed_world(lab, SPEC)
    assert same(seeded, undisturbed)
    assert not seeded.reused
    assert schema_of(lab) == whole
    assert seed_world(lab, SPEC).reused


KILLED = """
import os, signal, sys
from pathlib import Path
from feedlab.services import seed
from feedlab.services.lab import open_lab
from feedlab.settings import load
from feedlab.world.spec import WorldSpec
original, done = seed.ledger.record, []
def record(*args):
    original(*args)
    done.append(args)
    if len(done) == 3:
        os.kill(os.getpid(), signal.SIGKILL)  # the third shard is copied and noted, not committed
seed.ledger.record = record
with open_lab(load(home=Path(sys.argv[1]), database_url=sys.argv[2], cache_url=sys.argv[3])) as lab:
    seed.seed_world(lab, WorldSpec("test-seed", people=300, days=2), workers=1)
"""


def test_killed_for_real(lab: Lab, undisturbed: Seeded) -> None:
    whole = schema_of(lab)
    command = [
        sys.executable,
        "-c",
        textwrap.dedent(KILLED),
        str(lab.home.path),
        lab.database_url,
        lab.cache_url,
    ]
    ended = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert ended.returncode == -signal.SIGKILL, ended.stderr
    deadline = time.monotonic() + 15
    while True:
        try:
            seeded = seed_world(lab, SPEC)
            break
        except Conflict:  # PostgreSQL has not noticed yet
            assert time.monotonic() < deadline
            time.sleep(0.05)
    assert same(seeded, undisturbed)
    assert schema_of(lab) == whole
    assert rows_of(lab) == undisturbed.rows


# Forgetting


def everything(lab: Lab) -> dict[str, int]:
    tables = [
        name
        for (name,) in sql(lab, "SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1")
        if name != "alembic_version"
    ]
    assert {"feed_slates", "user_recommendations", "seed_shards", *SCHEMAS} <= set(tables)
    return {name: sql(lab, f"SELECT count(*) FROM {name}")[0][0] for name in tables}


def test_a_forgotten_world_leaves_an_empty_and_whole_schema(lab: Lab) -> None:
    whole = schema_of(lab)
    build_demo(lab, SMALL)
    sql(
        lab,
        "INSERT INTO feed_slates (id, user_id, source, post_ids, lab_time) "
        "SELECT gen_random_uuid(), id, 'random', '{}', now() FROM users",
    )
    assert all(count > 0 for name, count in everything(lab).items() if name != "revoked_sessions")
    forget_world(lab)
    assert set(everything(lab).values()) == {0}
    assert schema_of(lab) == whole
    forget_world(lab)  # again does no harm
    other = replace(SMALL, run_seed="another")
    assert not seed_world(lab, other).reused
    assert lab.world_spec() == other
    assert schema_of(lab) == whole


@pytest.mark.parametrize("copies", [0, 1, 7])
def test_a_half_loaded_world_can_be_forgotten(
    lab: Lab, monkeypatch: pytest.MonkeyPatch, copies: int, undisturbed: Seeded
) -> None:
    whole = schema_of(lab)
    original, left = seed_module.copy_into, [copies]

    def copy(*args: Any) -> int:
        if not left[0]:
            raise Died
        left[0] -= 1
        return original(*args)

    monkeypatch.setattr(seed_module, "copy_into", copy)
    with pytest.raises(Died):
        seed_world(lab, replace(SPEC, run_seed="half"), workers=1)
    monkeypatch.undo()
    forget_world(lab)
    assert set(everything(lab).values()) == {0}
    assert schema_of(lab) == whole
    assert same(seed_world(lab, SPEC), undisturbed)
    assert schema_of(lab) == whole


@pytest.mark.parametrize("statements", [0, 9, 1000])
def test_a_half_indexed_world_can_be_forgotten(
    lab: Lab, monkeypatch: pytest.MonkeyPatch, statements: int
) -> None:
    whole = schema_of(lab)
    die_while_indexing(lab, SMALL, statements, monkeypatch)
    forget_world(lab)
    assert set(everything(lab).values()) == {0}
    assert schema_of(lab) == whole


# The generated files


def test_the_run_folder(lab: Lab) -> None:
    seeded = seed_world(lab, SPEC)
    assert seeded.run_folder is not None
    assert seeded.run_folder.startswith("generated/run_")
    assert lab.objects.list("generated/") == [
        f"{seeded.run_folder}/{name}.json" for name in ("interactions", "posts", "users")
    ]
    files = {name: json.loads(text) for name, text in files_of(lab, seeded).items()}
    for name, table in (("users", "users"), ("posts", "posts"), ("interactions", "user_interactions")):
        assert len(files[name]) == seeded.rows[table]
        there = {str(i) for (i,) in sql(lab, f"SELECT id FROM {table}")}
        assert {row["id"] for row in files[name]} == there
    posts = dict(sql(lab, "SELECT id, content FROM posts"))
    assert {UUID(row["id"]): row["content"] for row in files["posts"]} == posts
    interaction = files["interactions"][0]
    [row] = sql(
        lab,
        "SELECT user_id::text, post_id::text, interaction_type, metadata, "
        "to_char(created_at AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"') FROM user_interactions WHERE id = %s",
        interaction["id"],
    )
    keys = ("user_id", "post_id", "interaction_type", "metadata", "created_at")
    assert tuple(interaction[key] for key in keys) == row


# A user's own seed posts


def seed(number: int, content: str, topic: str = "food", tags: tuple[str, ...] = ("bread",)) -> SeedPost:
    return SeedPost(f"seed {number}", topic, content, tags, "casual")


LANGUAGES = (
    seed(
        1,
        "今朝、三年ぶりに実家の畑でトマトを収穫しました。真っ赤で、太陽の味がしました。",
        "ガーデニング",
        ("畑", "夏"),
    ),
    seed(2, "Привет! Сегодня впервые испёк хлеб на закваске 🍞", "еда", ("хлеб",)),
    seed(3, "שלום עולם, היום למדתי לרכוב על אופניים", "ספורט", ()),
)
ODD = (
    seed(1, "🎉🎉🎉🎉🎉", "party 🎈", ("🎉",)),
    seed(
        2, "<script>alert('x')</script><b>bold</b> & \"quotes\" \\ back\\slash %s %(x)s {0} $1", "<i>html</i>"
    ),
    seed(3, "'; DROP TABLE posts; --", "sql", ("a'b", 'c"d', "{e,f}", "\\N")),
    seed(4, "one\n\ntwo\ttabs\r\nthree\u2028four\x07bell\x1bescape", "control\x01"),
    seed(5, "👩‍👩‍👧‍👦 e\u0301 ﷽ \U0010ffff \ufeff zero\u200bwidth", "unicode"),
    seed(6, "x" * 5000, "t" * 50, tuple("t" * 49 + chr(97 + n) for n in range(20))),
    seed(7, "Hello", "food", ()),
)
ONE = (seed(1, "We tried the new place at the harbour and I would go again tomorrow."),)
MANY = tuple(
    seed(n, f"Number {n}: walked {n} kilometres along the river before breakfast.", f"topic {n % 60}")
    for n in range(200)
)


def words(text: str) -> str:
    """A text without its punctuation, which the templates may change; emoji count as words when alone."""
    return " ".join(re.findall(r"\w+", text.casefold())) or text


@pytest.mark.parametrize(
    ("seeds", "people", "days"),
    [
        pytest.param(LANGUAGES, 8, 2, id="languages"),
        pytest.param(ODD, 8, 2, id="odd"),
        pytest.param(ODD, 1, 1, id="odd for one person"),
        pytest.param(ONE, 1, 0, id="one for one person before the first day"),
        pytest.param(ONE, 1, 1, id="one for one person"),
        pytest.param(ONE, 8, 0, id="one before the first day"),
        pytest.param(MANY, 8, 2, id="two hundred"),
    ],
)
def test_any_seeds_make_a_world(lab: Lab, seeds: tuple[SeedPost, ...], people: int, days: int) -> None:
    upload_seeds(lab.objects, dump_seeds(seeds))
    uploaded = fetch_seeds(lab.objects)
    assert [(s.id, s.content) for s in uploaded] == [(s.id, s.content.strip()) for s in seeds]
    demo = build_demo(lab, WorldSpec("own-seeds", people=people, days=days))
    assert demo.spec.seeds == uploaded
    assert demo.seeded.rows["users"] == people + 3

    posts = sql(lab, "SELECT id, content, topic, tags, metadata->>'seed', created_at FROM posts")
    assert len(posts) >= 10 * len(seeds)
    assert {origin for *_, origin, _ in posts} == {s.id for s in uploaded}
    by_id = {s.id: s for s in uploaded}
    for _, content, topic, tags, origin, created in posts:
        assert content.strip()
        assert topic == by_id[origin].topic
        assert tags == list(by_id[origin].tags)
        assert created < demo.spec.end
    # What was written is in what is posted.
    texts = [(content, origin) for _, content, _, _, origin, _ in posts]
    for s in uploaded:
        said = [words(content) for content, origin in texts if origin == s.id]
        assert sum(words(s.content) in content for content in said) >= 2, s
    written = json.loads(files_of(lab, demo.seeded)["posts"])
    assert {UUID(row["id"]): (row["content"], row["topic"], row["tags"]) for row in written} == {
        post: (content, topic, tags) for post, content, topic, tags, *_ in posts
    }
    for name in SCHEMAS:
        assert f"{checksum(stored(lab, name, World(demo.spec))):016x}" == demo.seeded.checksums.get(
            name, f"{0:016x}"
        )
    if people == 8:
        assert all(0 <= score.expected_like_rate <= 1 for score in demo.policies.values())


def test_bad_seeds_change_nothing(lab: Lab) -> None:
    before = lab.objects.get("seeds/seed_posts.json") if fetch_seeds(lab.objects) else b""
    for bad in (b"", b"{", b'{"seeds": []}', b'{"seeds": [{"id": "a"}]}', b"\xff"):
        with pytest.raises(FeedlabError):
            upload_seeds(lab.objects, bad)
        assert lab.objects.get("seeds/seed_posts.json") == before
