"""The response model: its shape, and that a good part of it cannot be seen by any recommender."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from tests.worlds import town, world, written

from feedlab.streams import ONE
from feedlab.world.activity.browsing import EVENTS
from feedlab.world.activity.posting import DAY_MINUTES
from feedlab.world.people.traits import CONTROL, TREATMENT
from feedlab.world.truth import NO_PULL, RESPONSES, freshness, probability, threshold

PULLS = np.arange(-20 * ONE, 20 * ONE, 5)


@pytest.mark.parametrize("seed", ["tests", "town"])
def test_luck_is_at_least_30_percent_of_the_variance_of_the_pull(seed: str) -> None:
    made = town() if seed == "town" else world(people=300, days=16)
    posts, people = written(made), made.everyone
    strengths = people.strength_by_topic(len(made.traits.vocabulary))
    last = made.spec.days * DAY_MINUTES - 1
    seen = made.model.pull_of_all(people, posts, strengths, last)
    luck = made.model.luck_of_all(people, posts, made.spec.days - 1)
    assert luck.mean() == pytest.approx(0, abs=0.02 * ONE)
    assert luck.var() / (seen + luck).var() >= 0.30
    # It is luck: nothing of what can be seen tells it.
    assert abs(np.corrcoef(seen.ravel(), luck.ravel())[0, 1]) < 0.01
    assert abs(np.corrcoef(luck.mean(axis=0), seen.mean(axis=0))[0, 1]) < 0.1


@pytest.mark.parametrize("response", RESPONSES)
def test_a_probability_rises_with_the_pull_and_stays_under_its_ceiling(response: str) -> None:
    chances = probability(response, PULLS)
    assert (np.diff(chances) >= 0).all() and chances[-1] > chances[0]
    ceiling = RESPONSES[response][0] / 1000
    assert (chances >= 0).all() and chances.max() <= ceiling
    assert chances.max() == pytest.approx(ceiling, rel=0.01) or response in ("share", "comment")


@pytest.mark.parametrize("response", RESPONSES)
def test_a_probability_is_the_ceiling_times_a_sigmoid(response: str) -> None:
    pulls = np.array([-3 * ONE, 0, 2 * ONE, 6 * ONE])
    ceiling, offset = RESPONSES[response]
    exact = ceiling / 1000 / (1 + np.exp(-(pulls + offset) / ONE))
    # In steps of 16/1024, rounded to 24 bits.
    np.testing.assert_allclose(probability(response, pulls), exact, rtol=0.008, atol=2**-24)


def test_thresholds_outside_of_the_range_are_those_at_its_ends() -> None:
    ends = threshold("like", np.array([-(10**9), -16 * ONE, 16 * ONE - 1, 10**9]))
    assert ends[0] == ends[1] < ends[2] == ends[3]


def test_deeper_responses_are_rarer() -> None:
    for pull in (-ONE, 2 * ONE, 5 * ONE):
        view, click, like, share = (probability(name, np.array([pull]))[0] for name in EVENTS)
        assert view > click > like > share


def test_freshness_halves_every_two_days_and_never_leaves_its_table() -> None:
    fresh, older, oldest = freshness(np.array([0, 48 * 60, 96 * 60]))
    assert older == pytest.approx(fresh / 2, abs=1) and oldest == pytest.approx(fresh / 4, abs=1)
    assert freshness(np.array([-5])) == fresh and freshness(np.array([10**9])) == 0


def test_luck_is_keyed_by_person_post_and_day_alone() -> None:
    made = world()
    people, posts = made.everyone, written(made)
    whole = made.model.luck_of_all(people, posts, 5)
    order = np.random.default_rng(2).permutation(len(posts))
    np.testing.assert_array_equal(made.model.luck_of_all(people, posts.take(order), 5), whole[:, order])
    alone = made.model.luck_of_all(people.take(np.array([7])), posts.take(np.array([3])), 5)
    assert alone.tolist() == [[whole[7, 3]]]
    aligned = made.model.draws(people.entity[[7, 8]], posts.take(np.array([3, 4])), np.array([5, 5]))
    assert made.model.luck(aligned).tolist() == [whole[7, 3], whole[8, 4]]
    # Another world, day, person or post: another luck.
    assert (made.model.luck_of_all(people, posts, 6) != whole).mean() > 0.99
    assert abs(np.corrcoef(whole[:, :-1].ravel(), whole[:, 1:].ravel())[0, 1]) < 0.05


def test_all_pairs_are_the_aligned_pairs() -> None:
    made = world()
    people, posts = made.everyone, written(made)
    strengths = people.strength_by_topic(len(made.traits.vocabulary))
    every = made.model.pull_of_all(people, posts, strengths, 4_000)
    who, what = np.divmod(np.arange(every.size), len(posts))
    seen = posts.take(what)
    aligned = made.model.pull_of_each(
        people.take(who), seen, strengths[who, seen.topic], np.full(len(who), 4_000)
    )
    np.testing.assert_array_equal(aligned, every.ravel())


def test_an_interest_pulls_and_nothing_else_changes() -> None:
    made = world()
    people, posts = made.everyone, written(made)
    none = np.zeros((len(people), len(made.traits.vocabulary)), np.int64)
    some = none.copy()
    some[:, posts.topic[0]] = 512
    rise = made.model.pull_of_all(people, posts, some, 0) - made.model.pull_of_all(people, posts, none, 0)
    assert (rise[:, posts.topic == posts.topic[0]] > 2 * ONE).all()
    assert (rise[:, posts.topic != posts.topic[0]] == 0).all()


def test_a_post_of_higher_quality_pulls_more() -> None:
    made = world()
    people, posts = made.everyone, written(made)
    better = replace(posts, quality=posts.quality + 100)
    assert (
        (made.pull(people, better, 0) - made.pull(people, posts, 0))[posts.author != people.owner[:, None]]
        == 100
    ).all()


def test_own_posts_pull_nobody() -> None:
    made = world()
    people, posts = made.everyone, written(made)
    pull = made.pull(people, posts, 9 * DAY_MINUTES)
    own = posts.author == people.owner[:, None]
    assert own.any() and (pull[own] == NO_PULL).all() and (pull[~own] > NO_PULL).all()
    assert probability("like", pull[own]).max() < 1e-6


def test_the_test_accounts_have_the_same_truth() -> None:
    made = world()
    twins = made.traits(np.array([CONTROL, TREATMENT]))
    one, other = made.pull(twins, written(made), 9 * DAY_MINUTES)
    np.testing.assert_array_equal(one, other)


def test_the_log_agrees_with_the_truth() -> None:
    """A response is in the log exactly where its draw lies under the threshold of the pull."""
    made = world()
    owners = np.append(np.arange(made.spec.people), CONTROL)
    events = made.events(owners)
    view = events.event == 0
    people, posts = made.traits(owners), made.all_posts
    person, post, day, number = (
        column[view] for column in (events.person, events.post, events.day, events.slot // 5)
    )
    session = person * 100 + day
    first = {int(s): int(t) for s, t in zip(session[number == 0], events.second[view][number == 0])}
    start = np.array([first[int(s)] for s in session])
    assert (start % 60 == 0).all()
    strengths = people.strength_by_topic(len(made.traits.vocabulary))
    viewer, seen = people.take(person), posts.take(post)
    words = made.model.draws(viewer.entity, seen, day)
    pull = made.model.pull_of_each(viewer, seen, strengths[person, seen.topic], start // 60)
    pull += made.model.luck(words)
    slots = set(zip(events.person.tolist(), events.day.tolist(), events.slot.tolist()))
    for column, response in enumerate(EVENTS[1:], start=1):
        expected = words[:, column] < threshold(response, pull)
        logged = [
            (p, d, n * 5 + column) in slots for p, d, n in zip(person.tolist(), day.tolist(), number.tolist())
        ]
        np.testing.assert_array_equal(logged, expected)
        assert expected.any() and not expected.all()


def test_what_is_liked_was_likely() -> None:
    """Over all views the sum of probabilities is the number of likes, within its own noise."""
    made = town()
    events = made.events(np.arange(made.spec.people))
    view = events.event == 0
    strengths = made.everyone.strength_by_topic(len(made.traits.vocabulary))
    person, seen = events.person[view], made.all_posts.take(events.post[view])
    viewer = made.everyone.take(person)
    pull = made.model.pull_of_each(viewer, seen, strengths[person, seen.topic], events.second[view] // 60)
    pull += made.model.luck(made.model.draws(viewer.entity, seen, events.day[view]))
    for column, response in enumerate(EVENTS[1:], start=1):
        chances, happened = probability(response, pull), (events.event == column).sum()
        assert abs(happened - chances.sum()) < 4 * np.sqrt((chances * (1 - chances)).sum())
