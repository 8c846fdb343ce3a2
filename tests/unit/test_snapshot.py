"""Snapshot: what is known at one moment, and what is not yet."""

from __future__ import annotations

from datetime import timedelta

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest
from tests.toy import Post, post_id, toy, user_id
from tests.worlds import world

from feedlab.recommend.snapshot import EVENT_WEIGHTS, RESPONSES, Snapshot
from feedlab.world.ids import Kind
from feedlab.world.people.traits import CONTROL
from feedlab.world.world import World


def of_world(made: World, at_day: int) -> Snapshot:
    """What is known of a world at the end of a day."""
    subjects = made.table("interest_subjects")
    interests = made.table("user_interests")
    row = pc.index_in(interests["interest_id"], subjects["id"].combine_chunks())
    return Snapshot.from_arrow(
        users=made.users(),
        interests=interests.append_column("topic", subjects["name"].take(row)),
        posts=made.posts(),
        interactions=made.interactions(),
        now=made.spec.start + timedelta(days=at_day),
    )


def test_rows_stand_in_the_order_of_the_ids() -> None:
    snapshot = toy(2, [Post("a", author=1), Post("b"), Post("c", author=0)], [(1, 2, "like")])
    assert snapshot.user_ids.to_pylist() == [user_id(0), user_id(1)]
    assert snapshot.post_ids.to_pylist() == [post_id(0), post_id(1), post_id(2)]
    assert snapshot.author.tolist() == [1, -1, 0]
    assert (snapshot.user.tolist(), snapshot.post.tolist()) == ([1], [2])
    assert snapshot.events == ("like",)


def test_weights_of_events_are_summed() -> None:
    snapshot = toy(
        2, [Post("a"), Post("b")], [(0, 0, "view"), (0, 0, "like"), (0, 0, "view"), (1, 1, "share")]
    )
    likes = 2 * EVENT_WEIGHTS["view"] + EVENT_WEIGHTS["like"]
    np.testing.assert_allclose(snapshot.preference.toarray(), [[likes, 0], [0, 6]], rtol=1e-6)
    np.testing.assert_allclose(snapshot.responses.toarray(), [[4, 0], [0, 6]])
    np.testing.assert_array_equal(snapshot.met.toarray(), [[1, 0], [0, 1]])
    np.testing.assert_array_equal(snapshot.seen.toarray() > 0, [[True, False], [False, True]])
    assert {"click", "like", "share", "comment"} == RESPONSES


def test_before_the_lookback_a_post_was_seen_but_says_nothing() -> None:
    inside, outside = 24.0 * 10, 24.0 * 10 + 1
    snapshot = toy(
        1, [Post(age_hours=500), Post(age_hours=500)], [(0, 0, "like", inside), (0, 1, "like", outside)],
        lookback_days=10,
    )  # fmt: skip
    assert snapshot.recent.tolist() == [True, False]
    assert snapshot.seen.toarray().tolist() == [[1, 1]]
    assert snapshot.met.toarray().tolist() == [[1, 0]]
    assert snapshot.preference.toarray().tolist() == [[4, 0]]
    assert snapshot.count_by_post(RESPONSES).tolist() == [1, 0]


def test_what_comes_after_the_moment_is_not_known_yet() -> None:
    snapshot = toy(
        1,
        [Post(age_hours=0), Post(age_hours=-1), Post(age_hours=2)],
        [(0, 2, "like", -0.1), (0, 2, "view", 0)],
    )
    assert snapshot.post_ids.to_pylist() == [post_id(0), post_id(2)]
    assert snapshot.preference.toarray().tolist() == [[0, pytest.approx(0.3)]]
    assert snapshot.age_hours.tolist() == [0, 2]


def test_interactions_of_nobody_known_or_with_no_post_known_are_left_out() -> None:
    snapshot = toy(1, [Post()], [(0, 0, "view"), (5, 0, "like"), (0, 9, "like")])
    assert (snapshot.user.tolist(), snapshot.post.tolist()) == ([0], [0])
    assert [snapshot.events[i] for i in snapshot.event] == ["view"]


def test_topics_are_those_of_posts_and_of_interests() -> None:
    snapshot = toy(
        2,
        [Post(topic="b"), Post(topic="a"), Post(topic="b")],
        interests=[(1, "c", 0.5), (1, "a", 1.0), (7, "a", 1.0)],
    )
    assert set(snapshot.topics) == {"a", "b", "c"}
    assert [snapshot.topics[i] for i in snapshot.topic] == ["b", "a", "b"]
    by_name = dict(zip(snapshot.topics, snapshot.interest.toarray()[1]))
    assert by_name == {"a": 1.0, "b": 0.0, "c": 0.5}
    assert not snapshot.interest.toarray()[0].any()


def test_equal_texts_are_one_group() -> None:
    group = toy(1, [Post("a"), Post("b"), Post("a")]).text_group
    assert group[0] == group[2] != group[1]


def test_counts_by_post() -> None:
    snapshot = toy(3, [Post(), Post("b")], [(0, 0, "view"), (0, 0, "view"), (1, 0, "like"), (2, 0, "click")])
    assert snapshot.count_by_post(frozenset({"view"})).tolist() == [2, 0]
    assert snapshot.count_by_post(RESPONSES).tolist() == [2, 0]
    assert snapshot.count_by_post(frozenset({"stare"})).tolist() == [0, 0]


def test_preference_is_a_copy_of_one_s_own() -> None:
    snapshot = toy(1, [Post()], [(0, 0, "like")])
    snapshot.preference.data[:] = 99
    assert snapshot.preference.toarray().tolist() == [[4]]


def test_empty_tables() -> None:
    snapshot = toy(0, [])
    assert snapshot.preference.shape == snapshot.seen.shape == (0, 0)
    assert snapshot.age_hours.shape == (0,) and snapshot.count_by_post(RESPONSES).shape == (0,)


def test_of_a_world() -> None:
    made = world()
    snapshot = of_world(made, 9)
    assert len(snapshot.user_ids) == 63 and len(snapshot.post_ids) == made.posts().num_rows
    assert len(snapshot.user) == made.interactions().num_rows, "all of it is in the past"
    assert snapshot.seen.sum() == made.interactions().num_rows
    assert (snapshot.author >= 0).all()
    assert (snapshot.age_hours > 0).all()
    person = snapshot.user_ids.to_pylist().index(made.ids.uuid(Kind.PERSON, CONTROL).bytes)
    strengths = made.traits(np.array([CONTROL])).strength_by_topic(len(made.traits.vocabulary))[0]
    expected = {made.traits.vocabulary[i]: strengths[i] / 1024 for i in np.flatnonzero(strengths)}
    found = snapshot.interest[[person]].toarray()[0]
    assert {snapshot.topics[i]: found[i] for i in np.flatnonzero(found)} == expected


def test_in_the_middle_of_a_world() -> None:
    early, late = of_world(world(), 5), of_world(world(), 9)
    assert len(early.post_ids) < len(late.post_ids) and len(early.user) < len(late.user)
    assert (early.second <= early.now.timestamp()).all() and (early.created <= early.now.timestamp()).all()
    # The same as from a world that ends there.
    short = of_world(world(days=5), 5)
    assert sorted(short.post_ids.to_pylist()) == sorted(early.post_ids.to_pylist())
    assert len(short.user) == len(early.user)


def test_slices_and_chunks_are_as_whole_tables() -> None:
    made = world()
    chunked = {
        name: pa.concat_tables([made.table(name)[:40], made.table(name)[40:]])
        for name in ("users", "posts", "user_interactions")
    }
    none = pa.table(
        {
            "user_id": pa.array([], pa.binary(16)),
            "topic": pa.array([], pa.string()),
            "strength": pa.array([], pa.float64()),
        }
    )
    one, other = (
        Snapshot.from_arrow(
            users=tables["users"],
            interests=none,
            posts=tables["posts"],
            interactions=tables["user_interactions"],
            now=made.spec.end,
        )
        for tables in (chunked, {name: made.table(name) for name in chunked})
    )
    assert (one.preference != other.preference).nnz == 0
    assert one.topics == other.topics and one.topic.tolist() == other.topic.tolist()
    assert one.text.equals(other.text) and one.text_group.tolist() == other.text_group.tolist()
