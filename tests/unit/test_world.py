"""World: its tables, its shards, and that every part of it can be made alone."""

from __future__ import annotations

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import fields
from datetime import date, timedelta
from uuid import UUID, uuid4

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest
from tests.worlds import plain, rows_of, town, world, written

from feedlab.errors import InvalidInput
from feedlab.world.activity.posting import Posts
from feedlab.world.checksums import add, checksum
from feedlab.world.content.seeds import SeedPost
from feedlab.world.ids import Kind
from feedlab.world.people.traits import ACCOUNTS, CONTROL, OPERATOR, TREATMENT, Traits
from feedlab.world.spec import WorldSpec
from feedlab.world.tables import SCHEMAS
from feedlab.world.world import SHARD_PEOPLE, World


def assert_same(one: Traits | Posts, other: Traits | Posts) -> None:
    for field in fields(one):
        np.testing.assert_array_equal(getattr(one, field.name), getattr(other, field.name), field.name)


# Tables


@pytest.mark.parametrize("name", SCHEMAS)
def test_every_table_has_its_schema_and_is_valid(name: str) -> None:
    table = world().table(name)
    assert table.schema.equals(SCHEMAS[name], check_metadata=True)
    table.validate(full=True)
    for field in table.schema:
        if not field.nullable:
            assert table[field.name].null_count == 0


@pytest.mark.parametrize("name", SCHEMAS)
def test_every_row_has_a_key_of_its_own(name: str) -> None:
    table = world().table(name)
    key = ["user_id", "interest_id"] if name == "user_interests" else ["id"]
    assert table.group_by(key).aggregate([]).num_rows == table.num_rows


def test_every_reference_points_at_a_row() -> None:
    made = world()
    people, posts = made.users()["id"], made.posts()["id"]
    for column, ids in (
        (made.posts()["user_id"], people),
        (made.interactions()["user_id"], people),
        (made.interactions()["post_id"], posts),
        (made.table("user_interests")["user_id"], people),
        (made.table("user_interests")["interest_id"], made.table("interest_subjects")["id"]),
    ):
        assert pc.all(pc.is_in(column, ids.combine_chunks())).as_py()


def test_ids_are_those_of_the_addresses() -> None:
    made = world()
    assert made.users()["id"][2 + 1 + 7].as_py() == made.ids.uuid(Kind.PERSON, 7).bytes
    assert made.posts()["id"][23].as_py() == made.ids.uuid(Kind.VARIATION, 2, 0, 3).bytes
    assert all(UUID(bytes=value).version == 8 for value in made.interactions()["id"][:50].to_pylist())


def test_usernames_and_addresses() -> None:
    users = world("names", 1_100, 0).users()
    names = users["username"].to_pylist()
    assert names[:3] == ["test_control", "test_treatment", "operator"]
    assert names[3] == "user_000" and names[102] == "user_099" and names[-1] == "user_1099"
    emails = users["email"].to_pylist()
    assert emails[:3] == ["test_control@example.com", "test_treatment@example.com", "operator@example.com"]
    assert emails[3] == "user0@synthetic.test" and emails[-1] == "user1099@synthetic.test"
    assert len(set(names)) == len(set(emails)) == 1_103
    assert users["avatar_url"][3].as_py() == "/avatars/user_000.svg"
    roles = users["role"].to_pylist()
    assert roles[:3] == ["test", "test", "operator"] and set(roles[3:]) == {"person"}
    assert all(name.strip() and " " in name for name in users["display_name"].to_pylist())
    assert all(users["bio"].to_pylist())
    assert len(set(users["display_name"].to_pylist()[3:])) > 900


def test_everybody_joined_before_anything_was_written() -> None:
    made = world("names", 1_100, 0)
    joined = made.users()["created_at"]
    assert pc.max(joined).as_py() < pc.min(made.posts()["created_at"]).as_py()
    assert pc.max(joined).as_py() <= made.spec.start - timedelta(days=8)
    assert pc.min(joined).as_py() > made.spec.start - timedelta(days=8 + 365)


def test_every_person_has_3_to_8_interests_and_one_that_is_written_about() -> None:
    traits = world("names", 1_100, 0).everyone
    live = set(world("names", 1_100, 0).traits.seed_topics.tolist())
    counts = (traits.interests >= 0).sum(axis=1)
    assert set(counts.tolist()) == {3, 4, 5, 6, 7, 8}
    for row in traits.interests:
        own = row[row >= 0].tolist()
        assert len(set(own)) == len(own) and set(own) & live
    assert (np.diff(traits.strengths, axis=1) <= 0).sum() > 0.8 * np.diff(traits.strengths, axis=1).size
    assert (traits.strengths[:, 0] == 1024).all()
    assert ((traits.strengths > 0) == (traits.interests >= 0)).all()


def test_interests_in_the_table_are_those_of_the_traits() -> None:
    made = world()
    table = made.table("user_interests")
    first = table.filter(pc.equal(table["user_id"], made.ids.encode(Kind.PERSON, 7)[0]))
    interests = made.everyone.interests[7]
    expected = made.ids.encode(Kind.INTEREST, interests[interests >= 0])
    assert first["interest_id"].to_pylist() == expected.to_pylist()
    assert first["position"].to_pylist() == list(range(len(expected)))
    assert first["strength"][0].as_py() == 1.0
    # The operator has none: they live in no feed.
    operator = made.ids.uuid(Kind.PERSON, OPERATOR).bytes
    assert operator not in table["user_id"].to_pylist()


def test_posts_have_text_tags_and_an_origin() -> None:
    made = world()
    posts = made.posts()
    text = posts["content"].to_pylist()
    assert all(value.strip() for value in text) and len(set(text)) > 0.98 * len(text)
    seeds = {seed.id: seed for seed in made.spec.seeds}
    for origin, topic, tags in zip(*(posts[name].to_pylist() for name in ("metadata", "topic", "tags"))):
        data = json.loads(origin)
        assert data["source"] == "synthetic" and data["template"] in made.spec.templates
        assert seeds[data["seed"]].topic == topic and list(seeds[data["seed"]].tags) == tags
    assert posts["media_urls"].to_pylist() == [[]] * len(posts)


def test_interactions_carry_what_was_measured() -> None:
    table = world().interactions()
    for kind, metadata in zip(table["interaction_type"].to_pylist(), table["metadata"].to_pylist()):
        if kind == "view":
            data = json.loads(metadata)
            assert set(data) == {"duration", "scrollDepth"}
            assert isinstance(data["duration"], int) and 0 < data["scrollDepth"] <= 1
        else:
            assert metadata is None


@pytest.mark.parametrize("make", [world, town])
def test_no_interaction_out_of_time_and_none_with_one_s_own_post(make: Callable[[], World]) -> None:
    made = make()
    table, posts = made.interactions(), made.posts()
    row = rows_of(table["post_id"], posts["id"])
    at = table["created_at"].to_numpy()
    assert (at >= posts["created_at"].to_numpy()[row]).all()
    assert pc.min(table["created_at"]).as_py() >= made.spec.start
    assert pc.max(table["created_at"]).as_py() < made.spec.end
    assert pc.max(posts["created_at"]).as_py() < made.spec.end
    people = made.users()["id"]
    assert (rows_of(posts["user_id"], people)[row] != rows_of(table["user_id"], people)).all()


# How large and how small


def test_the_least_world_is_large_enough() -> None:
    made = World("least", people=25, days=1)
    assert made.users().num_rows >= 25
    assert made.posts().num_rows >= 100
    assert made.interactions().num_rows >= 500


@pytest.mark.parametrize("people", [1, 2, 3])
@pytest.mark.parametrize("days", [0, 1, 8])
def test_tiny_worlds(people: int, days: int) -> None:
    made = World("tiny", people=people, days=days)
    assert made.users().num_rows == people + 3
    assert made.posts().num_rows >= 100
    assert (made.interactions().num_rows > 0) == (days > 0)
    for name in SCHEMAS:
        made.table(name).validate(full=True)


def test_a_world_of_own_seeds() -> None:
    seeds = (
        SeedPost("a", "crochet", "Una bufanda para 🐧", (), "calm"),
        SeedPost("b", "日記", "今日は雨が降っていました。", ("雨",), "calm"),
    )
    made = World("own", people=10, days=3, seeds=seeds)
    subjects = made.table("interest_subjects")["name"].to_pylist()
    assert subjects[25:] == ["crochet", "日記"]
    assert set(made.posts()["topic"].to_pylist()) == {"crochet", "日記"}
    labels = made.table("interest_subjects").slice(25).to_pylist()
    assert [row["label"] for row in labels] == ["crochet", "日記"] and all(row["emoji"] for row in labels)


def test_a_spec_and_its_parts_make_the_same_world() -> None:
    spec = WorldSpec("tests", people=60, days=9)
    assert World(spec).spec == world().spec
    assert World(spec, days=3).spec == WorldSpec("tests", people=60, days=3)
    with pytest.raises(InvalidInput):
        World(spec, people=0)


# The same, however it is made


@pytest.mark.parametrize("name", SCHEMAS)
def test_shards_put_together_are_the_table(name: str) -> None:
    made = world(people=300, days=16)
    assert made.shards == 2 + 2 and SHARD_PEOPLE == 256
    shards = [World(made.spec).shard(number) for number in reversed(range(made.shards))][::-1]
    parts = [plain(shard[name]) for shard in shards if name in shard]
    assert pa.concat_tables(parts).equals(plain(made.table(name)))
    assert add(*map(checksum, parts)) == checksum(made.table(name))


@pytest.mark.parametrize("name", SCHEMAS)
def test_the_same_seed_gives_the_same_table_and_another_seed_another(name: str) -> None:
    assert checksum(World("tests", people=60, days=9).table(name)) == checksum(world().table(name))
    assert checksum(World("tests!", people=60, days=9).table(name)) != checksum(world().table(name))


def test_threads_make_the_same_shards() -> None:
    made = World("tests", people=300, days=16)
    with ThreadPoolExecutor(3) as pool:
        shards = list(pool.map(made.shard, range(made.shards)))
    for name in SCHEMAS:
        total = add(*(checksum(shard[name]) for shard in shards if name in shard))
        assert total == checksum(world(people=300, days=16).table(name))


def test_only_one_table_of_a_shard() -> None:
    made = world()
    assert set(made.shard(0)) == {"interest_subjects", "posts"}
    assert set(made.shard(1)) == {"users", "user_interests", "posts", "user_interactions"}
    assert made.shard(1, only="posts")["posts"].num_rows == 0, "the accounts write nothing"
    assert made.shard(0, only="users") == {}


def test_one_person_alone_has_the_traits_they_have_among_all() -> None:
    made = town()
    for person in (0, 255, 256, 399):
        alone = World(made.spec).traits(np.array([person]))
        assert_same(alone, made.everyone.take(np.array([person])))
    order = np.random.default_rng(1).permutation(400)
    assert_same(made.traits(order), made.everyone.take(order))


def test_people_and_posts_are_made_again_from_their_ids() -> None:
    made = town()
    again = World(made.spec)
    traits, known = again.people_of(made.ids.encode(Kind.PERSON, np.arange(400)))
    assert known.all()
    assert_same(traits, made.everyone)
    ids = made.posts()["id"].combine_chunks()
    posts, known = again.posts_of(ids)
    assert known.all()
    assert_same(
        posts, made.all_posts.take(rows_of(made.posts()["id"], pa.chunked_array([made._all_post_ids])))
    )
    assert again.post_ids(posts).equals(ids)
    some = ids.take(pa.array([150, 3, 99, 100, len(ids) - 1]))
    assert_same(again.posts_of(some)[0], posts.take(np.array([150, 3, 99, 100, len(ids) - 1])))


def test_the_accounts_are_people_too() -> None:
    made = world()
    traits, known = made.people_of(made.ids.encode(Kind.PERSON, np.array(ACCOUNTS)))
    assert known.all() and traits.owner.tolist() == list(ACCOUNTS)


def test_what_this_world_did_not_make_is_not_known() -> None:
    made = world()
    encode = made.ids.encode
    people = [
        encode(Kind.PERSON, 60),  # one more than there are
        encode(Kind.PERSON, 0, 1),
        encode(Kind.PERSON, 0, 0, 1),
        encode(Kind.POST, 0),
        World("other", people=60, days=9).ids.encode(Kind.PERSON, 0),
        pa.array([uuid4().bytes], pa.binary(16)),
    ]
    assert not made.people_of(pa.concat_arrays(people))[1].any()
    first = made.all_posts.take(np.array([100]))
    unwritten = made.all_posts.take(made.all_posts.day >= 9)
    assert len(unwritten) > 0
    posts = [
        encode(Kind.VARIATION, 10),
        encode(Kind.VARIATION, 0, 0, 10),
        encode(Kind.VARIATION, 0, 1, 0),
        encode(Kind.POST, 60),
        encode(Kind.POST, first.owner, first.day, 8),
        encode(Kind.POST, first.owner, first.day + 1, first.slot),
        encode(Kind.PERSON, 0),
        made.post_ids(unwritten),  # they lie after the last day
        pa.array([uuid4().bytes], pa.binary(16)),
    ]
    assert not made.posts_of(pa.concat_arrays(posts))[1].any()
    nobody, known = made.posts_of(pa.array([], pa.binary(16)))
    assert len(nobody) == 0 and len(known) == 0


# Extending


def earlier(made: World, name: str, days: int) -> pa.Table:
    """The rows of a table up to the end of a day, in the order of their ids."""
    table = plain(made.table(name))
    if name in ("posts", "user_interactions"):
        end = pa.scalar(made.spec.start + timedelta(days=days), pa.timestamp("us", tz="UTC"))
        table = table.filter(pc.less(table["created_at"], end))
    return table.sort_by([(table.column_names[0], "ascending"), (table.column_names[1], "ascending")])


@pytest.mark.parametrize(("before", "after"), [(9, 10), (9, 16), (16, 23), (9, 23), (0, 9)])
@pytest.mark.parametrize("name", SCHEMAS)
def test_extending_a_world_never_changes_its_past(name: str, before: int, after: int) -> None:
    short, long = world(days=before), world(days=after)
    assert earlier(long, name, before).equals(earlier(short, name, before))
    if name in ("posts", "user_interactions"):
        assert long.table(name).num_rows > short.table(name).num_rows


def test_a_later_start_is_the_same_world_at_another_time() -> None:
    moved = World("tests", people=60, days=9, start_date=date(2025, 6, 1))
    by = moved.spec.start - world().spec.start
    for name in ("posts", "user_interactions"):
        here, there = world().table(name), moved.table(name)
        assert pc.all(pc.equal(pc.add(here["created_at"], pa.scalar(by)), there["created_at"])).as_py()
        assert here["id"].equals(there["id"])


# The two test accounts


def test_the_test_accounts_are_one_person_twice() -> None:
    made = world()
    one, other, operator = (made.traits(np.array([owner])) for owner in (CONTROL, TREATMENT, OPERATOR))
    for name in ("entity", "archetype", "interests", "strengths", "tastes"):
        np.testing.assert_array_equal(getattr(one, name), getattr(other, name))
    assert one.owner != other.owner != operator.owner
    topics = [made.traits.vocabulary[i] for i in one.interests[0, :2]]
    assert topics == ["technology", "food"]


def test_the_test_accounts_have_the_same_history_under_other_ids() -> None:
    made = world()
    table = made.interactions()
    histories = []
    for owner in (CONTROL, TREATMENT):
        mine = table.filter(pc.equal(table["user_id"], made.ids.encode(Kind.PERSON, owner)[0]))
        assert mine.num_rows > 9 * 20
        histories.append(plain(mine))
    one, other = histories
    same = ["post_id", "interaction_type", "created_at", "metadata"]
    assert one.select(same).equals(other.select(same))
    assert not set(one["id"].to_pylist()) & set(other["id"].to_pylist())


def test_nothing_was_written_by_an_account() -> None:
    assert (written(world()).author < 60).all()
