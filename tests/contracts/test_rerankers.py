"""What every reranker promises: it takes away and moves, and never adds."""

from __future__ import annotations

import numpy as np
import pytest
from tests.toy import SNAPSHOTS

from feedlab.recommend.rerankers import RERANKERS
from feedlab.recommend.snapshot import Snapshot


def ranked_rows(snapshot: Snapshot, seed: int = 2) -> np.ndarray:
    """Every post in an order of each person's own, some places empty."""
    draw = np.random.default_rng(seed)
    people, posts = len(snapshot.user_ids), len(snapshot.post_ids)
    rows = np.array([draw.permutation(posts) for _ in range(people)], np.int64).reshape(people, posts)
    return np.where(draw.random(rows.shape) < 0.1, -1, rows)


def test_those_of_the_specification_are_there() -> None:
    assert {"seen", "distinct_text"} <= set(RERANKERS)


@pytest.mark.parametrize("name", RERANKERS)
@pytest.mark.parametrize("case", SNAPSHOTS)
def test_it_never_adds_and_closes_gaps(name: str, case: str) -> None:
    snapshot = SNAPSHOTS[case]
    ranked = ranked_rows(snapshot)
    out = RERANKERS[name](snapshot, np.arange(len(ranked)), ranked.copy())
    assert out.shape == ranked.shape and out.dtype == ranked.dtype
    for before, after in zip(ranked, out):
        kept = after[after >= 0]
        assert (after[: len(kept)] >= 0).all(), "gaps stand at the end"
        assert len(set(kept.tolist())) == len(kept)
        assert set(kept.tolist()) <= set(before.tolist())


@pytest.mark.parametrize("name", RERANKERS)
@pytest.mark.parametrize("case", SNAPSHOTS)
def test_it_leaves_its_input_alone_and_does_the_same_again(name: str, case: str) -> None:
    snapshot = SNAPSHOTS[case]
    ranked = ranked_rows(snapshot)
    given, users = ranked.copy(), np.arange(len(ranked))
    first = RERANKERS[name](snapshot, users, given)
    np.testing.assert_array_equal(given, ranked)
    np.testing.assert_array_equal(RERANKERS[name](snapshot, users, given), first)


@pytest.mark.parametrize("name", RERANKERS)
def test_an_empty_slate_stays_empty(name: str) -> None:
    snapshot = SNAPSHOTS["lively"]
    nothing = np.full((2, 5), -1)
    np.testing.assert_array_equal(RERANKERS[name](snapshot, np.array([0, 1]), nothing), nothing)
    assert RERANKERS[name](snapshot, np.array([0]), np.zeros((1, 0), np.int64)).shape == (1, 0)


@pytest.mark.parametrize("name", RERANKERS)
def test_a_row_does_not_depend_on_the_others(name: str) -> None:
    snapshot = SNAPSHOTS["lively"]
    ranked = ranked_rows(snapshot)
    together = RERANKERS[name](snapshot, np.arange(len(ranked)), ranked)
    alone = RERANKERS[name](snapshot, np.array([5]), ranked[[5]])
    np.testing.assert_array_equal(alone, together[[5]])
