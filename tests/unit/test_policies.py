"""The feed policies, each with known answers."""

from __future__ import annotations

from itertools import permutations

import numpy as np
import pytest
from tests.toy import Post, lively, toy

from feedlab.errors import InvalidInput
from feedlab.recommend.hybrid import Hybrid
from feedlab.recommend.policies import POLICIES, Context, _highest
from feedlab.recommend.policies.hybrid import HybridPolicy
from feedlab.recommend.policies.random import fisher_yates
from feedlab.streams import Stream

ONE = np.array([0])
POSTS = [Post(f"text {i}", age_hours=hours) for i, hours in enumerate((30, 10, 20, 40, 5))]


def slate(name: str, context: Context, size: int = 5, users: np.ndarray = ONE) -> list[list[int]]:
    policy = POLICIES[name]()
    policy.fit(context)
    return policy.slates(context, users, size).tolist()


def test_chronological_is_newest_first() -> None:
    assert slate("chronological", Context(toy(1, POSTS))) == [[4, 1, 2, 0, 3]]


def test_popular_counts_answers_and_ties_go_to_the_lower_row() -> None:
    events = [
        (1, 3, "like"),
        (1, 3, "share"),
        (2, 1, "click"),
        (1, 0, "view"),
        (2, 0, "view"),
        (1, 4, "comment"),
    ]
    assert slate("popular", Context(toy(3, POSTS, events))) == [[3, 1, 4, 0, 2]]


def test_popular_forgets_what_lies_before_the_lookback() -> None:
    old = [Post(f"text {i}", age_hours=900) for i in range(3)]
    assert slate("popular", Context(toy(2, old, [(1, 2, "like", 800.0), (1, 1, "like")])), 3) == [[1, 0, 2]]


def test_oracle_ranks_by_the_truth() -> None:
    rates = np.array([[0.1, 0.5, 0.2, 0.4, 0.3], [0.5, 0.1, 0.1, 0.1, 0.2]])
    context = Context(toy(2, POSTS), truth=lambda users: rates[users])
    assert slate("oracle", context, users=np.array([0, 1])) == [[1, 3, 4, 2, 0], [0, 4, 1, 2, 3]]


def test_oracle_needs_the_truth() -> None:
    with pytest.raises(InvalidInput, match="only a synthetic world knows it") as caught:
        slate("oracle", Context(toy(1, POSTS)))
    assert caught.value.field == "policy"


def test_hybrid_ranks_by_its_blend() -> None:
    context = Context(lively())
    policy = HybridPolicy({"content": 1.0, "recency": 0.5})
    policy.fit(context)
    users = np.arange(12)
    scores = policy.scores(context, users)
    np.testing.assert_array_equal(scores, Hybrid({"content": 1.0, "recency": 0.5}).fit(lively()).score(users))
    for user, row in enumerate(policy.slates(context, users, 30)):
        assert (np.diff(scores[user, row]) <= 0).all()


@pytest.mark.parametrize("name", ["chronological", "popular", "hybrid"])
def test_seen_and_own_posts_are_left_out(name: str) -> None:
    posts = [
        Post("mine", author=0),
        Post("seen"),
        Post("old and seen"),
        Post("new", author=1),
        Post("another"),
    ]
    context = Context(toy(2, posts, [(0, 1, "view"), (0, 2, "view", 900.0)]))
    assert sorted(slate(name, context)[0]) == [-1, -1, -1, 3, 4]


def test_the_random_feed_may_hold_one_s_own_posts() -> None:
    posts = [Post("mine", author=0), Post("seen"), Post("other")]
    assert sorted(slate("random", Context(toy(1, posts, [(0, 1, "view")])), 3)[0]) == [-1, 0, 2]


def test_what_is_no_number_is_never_shown_and_infinity_stands_first() -> None:
    rates = np.array([[0.1, np.nan, -np.inf, np.inf, 0.2]])
    context = Context(toy(1, POSTS), truth=lambda users: rates[users])
    assert slate("oracle", context) == [[3, 4, 0, -1, -1]]


def test_random_depends_on_the_seed_and_the_person() -> None:
    snapshot = toy(2, [Post(f"text {i}") for i in range(60)])
    users = np.array([0, 1])
    one = slate("random", Context(snapshot, seed=1), 60, users)
    assert one == slate("random", Context(snapshot, seed=1), 60, users)
    assert one != slate("random", Context(snapshot, seed=2), 60, users)
    assert one[0] != one[1] and sorted(one[0]) == sorted(one[1]) == list(range(60))


def test_random_gives_every_post_the_same_chance_at_the_top() -> None:
    people = 6_000
    snapshot = toy(people, [Post(f"text {i}") for i in range(6)], [])
    top = np.array(slate("random", Context(snapshot, seed=9), 1, np.arange(people)))[:, 0]
    counts = np.bincount(top, minlength=6)
    assert ((counts - 1_000) ** 2 / 1_000).sum() < 21  # a chi-square of 5 degrees passes 20.5 once in 1,000


def test_fisher_yates_is_uniform_over_all_orders() -> None:
    rows = 24_000
    words = Stream(1, "shuffle").row(np.arange(rows), 4)
    shuffled = fisher_yates(np.tile(np.arange(4), (rows, 1)), np.full(rows, 4), words)
    index = {order: i for i, order in enumerate(permutations(range(4)))}
    counts = np.bincount([index[tuple(row)] for row in shuffled.tolist()], minlength=24)
    assert ((counts - 1_000) ** 2 / 1_000).sum() < 50  # 23 degrees pass 49.7 once in 1,000


def test_fisher_yates_of_short_rows() -> None:
    deck = np.tile(np.arange(10, 15), (4_000, 1))
    length = np.tile([0, 1, 3, 5], 1_000)
    out = fisher_yates(deck, length, Stream(1, "short").row(np.arange(4_000), 5))
    for row, count in zip(out, length):
        assert set(row[:count].tolist()) <= set(range(10, 10 + count)) and len(set(row[:count])) == count
        assert (row[count:] == -1).all()
    first = np.bincount(out[length == 3, 0] - 10, minlength=3)
    assert ((first - 1_000 / 3) ** 2 / (1_000 / 3)).sum() < 14


def test_fisher_yates_draws_as_many_as_there_are_words() -> None:
    words = Stream(1, "few").row(np.arange(3), 2)
    assert fisher_yates(np.tile(np.arange(9), (3, 1)), np.full(3, 9), words).shape == (3, 2)
    words = Stream(1, "few").row(np.arange(3), 20)
    assert fisher_yates(np.tile(np.arange(9), (3, 1)), np.full(3, 9), words).shape == (3, 9)


@pytest.mark.parametrize("size", [1, 7, 64, 199, 200, 300])
def test_the_highest_of_many_equal_scores_are_the_lower_rows(size: int) -> None:
    scores = np.random.default_rng(6).integers(0, 4, (20, 200)).astype(np.float64)
    scores[3] = 0
    scores[4, 5:] = -np.inf
    expected = np.sort(np.argsort(-scores, axis=1, kind="stable")[:, :size], axis=1)
    np.testing.assert_array_equal(_highest(scores, size), expected)


def test_a_long_run_of_equal_scores_is_served_in_order() -> None:
    context = Context(toy(1, [Post(f"text {i}") for i in range(400)]))
    assert slate("popular", context, 50) == [list(range(50))]


@pytest.mark.parametrize("name", ["chronological", "random"])
def test_repeated_texts_do_not_shorten_a_slate(name: str) -> None:
    repeated = [Post("the same", age_hours=1 + i / 1000) for i in range(300)]
    context = Context(toy(1, [*repeated, *(Post(f"text {i}", age_hours=100 + i) for i in range(9))]))
    shown = slate(name, context, 10)[0]
    assert -1 not in shown and len([post for post in shown if post >= 300]) == 9


def test_slates_of_nobody_and_of_no_length() -> None:
    context = Context(toy(2, POSTS))
    assert slate("popular", context, 3, np.array([], np.int64)) == []
    assert slate("popular", context, 0, np.array([0, 1])) == [[], []]
    assert slate("random", Context(toy(1, [])), 2) == [[-1, -1]]
