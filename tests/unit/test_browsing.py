"""What people look at, how long, and what they do about it."""

from __future__ import annotations

import numpy as np
import pytest
from tests.worlds import town, world, written

from feedlab.world.activity.browsing import EVENTS, MAX_VIEWS, MIN_VIEWS, Events
from feedlab.world.activity.posting import DAY_MINUTES
from feedlab.world.people.archetypes import ARCHETYPES
from feedlab.world.people.traits import CONTROL, OPERATOR, TREATMENT
from feedlab.world.world import World

DAY_SECONDS = DAY_MINUTES * 60


def everything(made: World) -> Events:
    return made.events(np.arange(made.spec.people))


def rows(events: Events, keep: np.ndarray) -> list[tuple[int, ...]]:
    """The events as comparable rows, in their order."""
    return list(zip(*(getattr(events, name)[keep].tolist() for name in Events.__slots__)))


@pytest.mark.parametrize("seed", ["tests", "town", "demo-2024"])
def test_nothing_happens_outside_of_its_time(seed: str) -> None:
    made = town() if seed == "town" else World(seed, people=300, days=16)
    events = everything(made)
    written_at = made.all_posts.minute[events.post] * 60
    assert (events.second >= written_at).all(), "before its post was written"
    assert events.second.min() >= 0, "before the first day"
    assert events.second.max() < made.spec.days * DAY_SECONDS, "after the last day"
    np.testing.assert_array_equal(events.second // DAY_SECONDS, events.day)


def test_nobody_meets_their_own_posts() -> None:
    events = everything(town())
    assert (town().all_posts.author[events.post] != events.person).all()


def test_a_browsing_day_has_20_to_40_views_of_different_posts() -> None:
    events = everything(town())
    view = events.event == 0
    session = events.person[view] * 100 + events.day[view]
    counts = np.unique(session, return_counts=True)[1]
    assert counts.min() >= MIN_VIEWS and counts.max() == MAX_VIEWS
    assert counts.mean() == pytest.approx(30, abs=1)
    assert len(np.unique(session * 100_000 + events.post[view])) == view.sum()


def test_days_of_browsing_follow_the_archetype() -> None:
    events = everything(town())
    later = events.day > 0
    days = np.unique(events.person[later] * 100 + events.day[later]) // 100
    for index, archetype in enumerate(ARCHETYPES):
        people = town().everyone.archetype == index
        share = people[days].sum() / people.sum() / 20
        assert share == pytest.approx(archetype.browse_permille / 1000, abs=0.06)
    assert len(np.unique(events.person[events.day == 0])) == 400, "everybody looks around on the first day"


def test_1_to_7_percent_of_views_are_liked() -> None:
    events = everything(town())
    views, clicks, likes, shares = np.bincount(events.event, minlength=len(EVENTS))
    assert 0.01 <= likes / views <= 0.07
    assert clicks > likes > shares > 0


def test_likes_rise_with_interest() -> None:
    made, events = town(), everything(town())
    strengths = made.everyone.strength_by_topic(len(made.traits.vocabulary))
    strength = strengths[events.person, made.all_posts.topic[events.post]]
    view, like = events.event == 0, events.event == EVENTS.index("like")
    bands = [(0, 0), (1, 400), (401, 700), (701, 1024)]
    rates = [
        (like & (strength >= a) & (strength <= b)).sum() / (view & (strength >= a) & (strength <= b)).sum()
        for a, b in bands
    ]
    assert rates == sorted(rates) and rates[-1] > 5 * rates[0]
    assert rates[-1] < 0.30


def test_people_look_at_what_interests_them_more_than_is_there() -> None:
    made, events = town(), everything(town())
    strengths = made.everyone.strength_by_topic(len(made.traits.vocabulary))
    seen = (strengths[events.person, made.all_posts.topic[events.post]] > 0)[events.event == 0].mean()
    there = (strengths[:, written(made).topic] > 0).mean()
    assert seen > 1.15 * there


def test_few_posts_have_most_of_the_views() -> None:
    made, events = town(), everything(town())
    posts = len(written(made))
    views = np.sort(np.bincount(events.post[events.event == 0], minlength=len(made.all_posts)))[-posts:]
    gini = (2 * np.arange(1, posts + 1) - posts - 1) @ views / (posts * views.sum())
    assert gini > 0.6


def test_people_look_at_what_is_new() -> None:
    made, events = town(), everything(town())
    later = (events.event == 0) & (events.day >= 7)
    age = events.second[later] / 3600 - made.all_posts.minute[events.post[later]] / 60
    assert np.median(age) < 4 * 24


def test_a_view_has_a_duration_and_a_depth_and_the_rest_has_none() -> None:
    events = everything(town())
    view = events.event == 0
    assert 3_000 < np.median(events.duration[view]) < 8_000
    assert (events.duration[view] > 200).all() and (events.duration[view] < 120_000).all()
    assert (events.depth[view] > 0).all() and (events.depth[view] <= 1000).all()
    assert not events.duration[~view].any() and not events.depth[~view].any()


def test_people_look_longer_at_what_they_like() -> None:
    events = everything(town())
    slots = events.person * 10**6 + events.day * 1000 + events.slot
    view = events.event == 0
    liked = np.isin(slots[view] + EVENTS.index("like"), slots)
    assert np.median(events.duration[view][liked]) > 1.2 * np.median(events.duration[view][~liked])


def test_events_stand_in_order_and_have_addresses_of_their_own() -> None:
    events = everything(town())
    session = np.diff(events.person * 1000 + events.day)
    assert (session >= 0).all()
    assert (np.diff(events.second)[session == 0] >= 0).all()
    slots = events.person * 10**6 + events.day * 1000 + events.slot
    assert len(np.unique(slots)) == len(slots) and events.slot.max() < 256


def test_a_response_follows_its_view() -> None:
    events = everything(world())
    opened = {
        (p, d, s // 5): (post, second)
        for p, d, s, e, post, second in zip(
            *(getattr(events, n).tolist() for n in ("person", "day", "slot", "event", "post", "second"))
        )
        if e == 0
    }
    later = np.flatnonzero(events.event > 0)
    assert len(later) > 100
    for i in later:
        post, second = opened[int(events.person[i]), int(events.day[i]), int(events.slot[i]) // 5]
        assert events.post[i] == post and 0 <= events.second[i] - second <= 10


def test_one_person_alone_does_what_they_do_among_all() -> None:
    made, whole = world(), everything(world())
    for person in (0, 17, 59):
        alone = World(made.spec).events(np.array([person]))
        keep = whole.person == person
        assert rows(alone, np.ones(len(alone.person), bool)) == [(0, *row[1:]) for row in rows(whole, keep)]


def test_one_day_alone_is_that_day_of_all() -> None:
    made, whole = world(), everything(world())
    for day in (0, 4, 8):
        alone = made.events(np.arange(60), range(day, day + 1))
        assert rows(alone, alone.day == day) == rows(whole, whole.day == day)
        assert (alone.day == day).all()


def test_no_days_have_no_events() -> None:
    assert len(world().events(np.arange(60), range(0)).person) == 0
    assert len(world().events(np.arange(60), range(5, 5)).person) == 0


def test_the_rows_are_those_of_the_people_asked_for_and_the_operator_does_nothing() -> None:
    made = world()
    plain = made.events(np.array([3, 4]))
    mixed = made.events(np.array([OPERATOR, 3, OPERATOR, 4]))
    np.testing.assert_array_equal(mixed.person, np.array([1, 3])[plain.person])
    assert len(made.events(np.array([OPERATOR])).person) == 0


def test_the_test_accounts_have_the_same_history_and_browse_every_day() -> None:
    made = world()
    one, other = made.events(np.array([CONTROL])), made.events(np.array([TREATMENT]))
    assert rows(one, one.day >= 0) == rows(other, other.day >= 0)
    assert np.unique(one.day).tolist() == list(range(9))


def test_twenty_views_need_twenty_posts_of_others() -> None:
    """One person alone has written everything; the test accounts read it."""
    made = World("alone", people=1, days=2)
    assert len(made.events(np.array([0])).person) == 0
    assert len(made.events(np.array([CONTROL])).person) >= 40
