"""What every feed policy promises about its slates, whatever is known."""

from __future__ import annotations

import numpy as np
import pytest
from tests.toy import SNAPSHOTS, lively

from feedlab.recommend.policies import POLICIES, Context, Policy
from feedlab.recommend.snapshot import Snapshot

SIZES = (1, 20, 500)


def context_of(snapshot: Snapshot, seed: int = 3) -> Context:
    rates = np.random.default_rng(1).random((len(snapshot.user_ids), len(snapshot.post_ids)))
    return Context(snapshot, seed, truth=lambda users: rates[users])


def slates_of(name: str, snapshot: Snapshot, size: int, users: np.ndarray | None = None) -> np.ndarray:
    context, policy = context_of(snapshot), POLICIES[name]()
    policy.fit(context)
    return policy.slates(context, np.arange(len(snapshot.user_ids)) if users is None else users, size)


def test_those_of_the_specification_are_there() -> None:
    assert {"random", "chronological", "popular", "hybrid", "oracle"} <= set(POLICIES)


@pytest.mark.parametrize("name", POLICIES)
@pytest.mark.parametrize("case", SNAPSHOTS)
@pytest.mark.parametrize("size", SIZES)
def test_slates(name: str, case: str, size: int) -> None:
    snapshot = SNAPSHOTS[case]
    slates = slates_of(name, snapshot, size)
    assert slates.shape == (len(snapshot.user_ids), size) and slates.dtype == np.int64
    seen = snapshot.seen.toarray() > 0
    text = np.asarray(snapshot.text.to_pylist(), object)
    for user, slate in enumerate(slates):
        shown = slate[slate >= 0]
        assert (slate[: len(shown)] >= 0).all(), "gaps stand at the end"
        assert len(set(shown.tolist())) == len(shown), "no post twice"
        assert len(set(text[shown])) == len(shown), "no text twice"
        assert not seen[user, shown].any(), "nothing that was seen"
        if not POLICIES[name].own_posts:
            assert (snapshot.author[shown] != user).all(), "no own posts"


@pytest.mark.parametrize("name", POLICIES)
@pytest.mark.parametrize("case", SNAPSHOTS)
@pytest.mark.parametrize("size", SIZES)
def test_a_slate_is_as_long_as_it_can_be(name: str, case: str, size: int) -> None:
    snapshot = SNAPSHOTS[case]
    allowed = snapshot.seen.toarray() == 0
    if not POLICIES[name].own_posts:
        allowed &= snapshot.author != np.arange(len(snapshot.user_ids))[:, None]
    text = np.asarray(snapshot.text.to_pylist(), object)
    for row, slate in zip(allowed, slates_of(name, snapshot, size)):
        assert (slate >= 0).sum() == min(size, len(set(text[row])))


@pytest.mark.parametrize("name", POLICIES)
def test_the_same_snapshot_and_seed_give_the_same_slates(name: str) -> None:
    np.testing.assert_array_equal(slates_of(name, lively(), 40), slates_of(name, lively(), 40))


@pytest.mark.parametrize("name", POLICIES)
def test_a_slate_does_not_depend_on_who_else_is_asked_for(name: str) -> None:
    snapshot = SNAPSHOTS["lively"]
    together = slates_of(name, snapshot, 30)
    np.testing.assert_array_equal(slates_of(name, snapshot, 30, np.array([7, 2])), together[[7, 2]])
    assert slates_of(name, snapshot, 30, np.array([], np.int64)).shape == (0, 30)


@pytest.mark.parametrize("name", POLICIES)
def test_a_shorter_slate_is_the_beginning_of_a_longer_one(name: str) -> None:
    snapshot = SNAPSHOTS["lively"]
    np.testing.assert_array_equal(slates_of(name, snapshot, 10), slates_of(name, snapshot, 40)[:, :10])


@pytest.mark.parametrize("name", POLICIES)
def test_it_is_a_policy_that_can_be_made_without_arguments(name: str) -> None:
    assert isinstance(POLICIES[name](), Policy)
