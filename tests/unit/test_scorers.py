"""The scorers on toy data, with answers worked out by hand."""

from __future__ import annotations

from math import sqrt

import numpy as np
import pytest
from numpy.typing import NDArray
from tests.toy import Post, toy

from feedlab.recommend.scorers import SCORERS, Scorer
from feedlab.recommend.scorers.collaborative import Collaborative
from feedlab.recommend.scorers.content import Content
from feedlab.recommend.scorers.engagement import Engagement
from feedlab.recommend.scorers.recency import Recency
from feedlab.recommend.snapshot import Snapshot

EVENTS = [(0, 0, "like"), (1, 0, "like"), (1, 1, "view"), (2, 2, "like"), (2, 3, "view")]
FOUR = [Post(f"text {i}") for i in range(4)]


class Given(Scorer):
    """Scores that a test gives."""

    def __init__(self, *rows: list[float]) -> None:
        self.rows = np.array(rows, np.float32)

    def _fit(self, snapshot: Snapshot) -> None:
        pass

    def _scores(self, users: NDArray[np.int64]) -> NDArray[np.float32]:
        return self.rows[users]


def test_scores_are_standardised_over_the_posts_of_a_person() -> None:
    scorer = Given([1, 2, 3, 2], [10, 20, 30, 20], [7, 7, 7, 7]).fit(toy(3, FOUR))
    one, other, flat = scorer.score(np.arange(3))
    # The mean is 2 and the standard deviation 1/sqrt(2); six of those make the whole scale.
    step = sqrt(2) / 6
    np.testing.assert_allclose(one, [0.5 - step, 0.5, 0.5 + step, 0.5], rtol=1e-5)
    np.testing.assert_allclose(other, one, rtol=1e-5)
    np.testing.assert_array_equal(flat, 0.5)


def test_an_outlier_is_cut_off_and_what_is_no_number_counts_as_0() -> None:
    posts = [Post(f"text {i}") for i in range(50)]
    row = [0.0] * 49 + [1e6]
    broken = [float("nan"), float("inf"), -float("inf")] + [0.0] * 46 + [1.0]
    scores = Given(row, broken).fit(toy(2, posts)).score(np.array([0, 1]))
    assert scores[0, -1] == 1.0 and np.isfinite(scores).all()
    assert (scores[1, :3] == scores[1, 3]).all() and scores[1, -1] == 1.0


def test_collaborative_similarity_by_hand() -> None:
    scorer = Collaborative().fit(toy(3, FOUR, EVENTS))
    similar = (scorer._profile @ scorer._profile.T).toarray()
    # Two people met the first post: its weights are divided by sqrt(1 + 2), the others by sqrt(1 + 1).
    like, view = 4 / sqrt(3), 0.3 / sqrt(2)
    assert similar[0, 1] == pytest.approx(like / sqrt(like**2 + view**2), rel=1e-5)
    assert similar[0, 2] == similar[1, 2] == 0
    assert np.diag(similar) == pytest.approx(1, rel=1e-5)


def test_collaborative_scores_by_hand() -> None:
    scorer = Collaborative(prior=10).fit(toy(3, FOUR, EVENTS))
    # The second person, of similarity s, gave 4 to the first post and nothing to the second; the mean is 2.
    # With a prior of 10 s: (4 s + 20 s) / 11 s, (0 + 20 s) / 11 s, and the mean where nobody knows.
    np.testing.assert_allclose(scorer._scores(np.array([0]))[0], [24 / 11, 20 / 11, 2, 2], rtol=1e-5)


def test_collaborative_asks_the_nearest_only() -> None:
    events = [(0, 0, "like"), (1, 0, "like"), (1, 1, "like"), (2, 0, "like"), (2, 2, "like"), (2, 3, "like")]
    near = Collaborative(neighbours=1, prior=0).fit(toy(3, FOUR, events))._scores(np.array([0]))[0]
    # The third person met more besides, so the second is nearer.
    np.testing.assert_allclose(near, [4, 4, 0, 0], rtol=1e-5)


def test_collaborative_knows_nothing_of_a_newcomer() -> None:
    scores = Collaborative().fit(toy(4, FOUR, EVENTS)).score(np.array([3]))
    np.testing.assert_array_equal(scores, 0.5)


def test_content_follows_likes_and_declared_interests() -> None:
    posts = [
        Post("fresh bread", topic="food"),
        Post("warm bread rolls", topic="food"),
        Post("night train", topic="travel"),
        Post("old chess", topic="games"),
        Post("rowing", topic="water"),
        Post("sewing", topic="cloth"),
    ]
    snapshot = toy(3, posts, [(0, 0, "like")], [(1, "travel", 1.0)])
    scorer = Content().fit(snapshot)
    liked, declared, nothing = scorer._scores(np.arange(3))
    assert liked[0] == pytest.approx(1.0, rel=1e-5)
    assert liked[0] > liked[1] > 0 and not liked[2:].any()
    assert declared[2] > 0.5 and declared[[0, 1, 3, 4, 5]].max() == 0
    assert not nothing.any()
    np.testing.assert_array_equal(scorer.score(np.array([2])), 0.5)


def test_content_weighs_what_was_declared_against_what_was_done() -> None:
    posts = [
        Post("aaa", topic="food"),
        Post("bbb", topic="travel"),
        *(Post(f"w{i}", topic=f"t{i}") for i in range(4)),
    ]
    snapshot = toy(1, posts, [(0, 0, "like")], [(0, "travel", 1.0)])
    much, little = (Content(prior).fit(snapshot)._scores(np.array([0]))[0] for prior in (100.0, 0.1))
    assert much[1] > much[0] and little[0] > little[1]


def test_recency_halves_every_half_life() -> None:
    snapshot = toy(1, [Post(age_hours=0), Post(age_hours=72), Post(age_hours=144)])
    np.testing.assert_allclose(Recency().fit(snapshot)._scores(np.array([0])), [1, 0.5, 0.25])
    np.testing.assert_allclose(Recency(144).fit(snapshot)._scores(np.array([0])), [1, 0.5**0.5, 0.5])


def test_engagement_is_smoothed_towards_the_rate_of_the_network() -> None:
    events = [(0, 0, "view")] * 10 + [(0, 0, "like")] * 3
    events += [(0, 1, "view"), (0, 1, "share")] + [(0, 2, "view")] * 9
    scorer = Engagement(prior=30).fit(toy(1, [*FOUR[:3], Post("unseen")], events))
    # Four responses to twenty views: 0.2.
    expected = [(3 + 6) / 40, (1 + 6) / 31, 6 / 39, 0.2]
    np.testing.assert_allclose(scorer._scores(np.array([0])), expected, rtol=1e-5)


def test_one_lucky_like_does_not_make_the_best_post_of_all() -> None:
    events = [(0, 0, "view"), (0, 0, "like")] + [(0, 1, "view")] * 100 + [(0, 1, "like")] * 40
    events += [(0, 2, "view")] * 300
    rate = Engagement().fit(toy(1, FOUR, events))._scores(np.array([0]))
    assert rate[1] > rate[0] > rate[2]


def test_only_the_four_need_no_more_than_a_name() -> None:
    assert all(isinstance(SCORERS[name](), Scorer) for name in SCORERS)
