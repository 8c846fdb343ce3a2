"""Who posts what and when."""

from __future__ import annotations

import numpy as np
import pytest
from tests.worlds import town, world, written

from feedlab.world.activity.posting import DAY_MINUTES, MAX_WEEKLY
from feedlab.world.activity.rhythm import minute_of_day
from feedlab.world.content.seeds import SeedPost
from feedlab.world.ids import Kind
from feedlab.world.people.archetypes import ARCHETYPES
from feedlab.world.world import World


def test_every_seed_in_every_template_was_there_before() -> None:
    made = world()
    old = made.all_posts.take(made.all_posts.kind == Kind.VARIATION)
    assert len(old) == 100
    assert set(zip(old.seed.tolist(), old.template.tolist())) == {
        (s, t) for s in range(10) for t in range(10)
    }
    assert (old.minute < 0).all() and (old.minute >= -7 * DAY_MINUTES).all()
    assert ((old.author >= 0) & (old.author < made.spec.people)).all()
    assert (old.topic == made.traits.seed_topics[old.seed]).all()


def test_a_post_lies_on_its_day_and_its_week() -> None:
    new = town().all_posts.take(slice(100, None))
    assert (new.kind == Kind.POST).all() and (new.owner == new.author).all()
    np.testing.assert_array_equal(new.minute // DAY_MINUTES, new.day)
    assert (new.day >= 0).all() and (new.day < 21).all() and (new.slot < MAX_WEEKLY).all()
    addresses = set(zip(new.owner.tolist(), new.day.tolist(), new.slot.tolist()))
    assert len(addresses) == len(new)


def test_people_write_as_often_as_their_archetype_says() -> None:
    made = World("posting", people=3_000, days=28)
    new = made.all_posts.take(slice(100, None))
    for index, archetype in enumerate(ARCHETYPES):
        people = made.everyone.archetype == index
        mean = people[new.owner].sum() / people.sum() / 4
        assert mean == pytest.approx(archetype.posts_per_week_milli / 1000, rel=0.06, abs=0.03)
    # One to three posts a week is what a person writes, over all.
    assert 1.0 <= len(new) / 3_000 / 4 <= 3.0


def test_people_write_about_what_interests_them() -> None:
    made = town()
    new = made.all_posts.take(slice(100, None))
    on_topic = (made.everyone.interests[new.owner] == new.topic[:, None]).any(axis=1).mean()
    assert 0.85 < on_topic < 0.97
    assert (new.topic == made.traits.seed_topics[new.seed]).all()


def test_every_seed_and_template_is_used() -> None:
    new = town().all_posts.take(slice(100, None))
    seeds, templates = np.bincount(new.seed, minlength=10), np.bincount(new.template, minlength=10)
    assert seeds.min() > 0.2 * seeds.mean() and templates.min() > 0.7 * templates.mean()


def test_days_follow_the_daily_curve() -> None:
    hours = np.bincount(town().all_posts.minute[100:] % DAY_MINUTES // 60, minlength=24)
    assert hours[18:22].sum() > 4 * hours[2:6].sum()
    words = np.random.default_rng(4).integers(0, 2**32, 50_000, dtype=np.uint32)
    minutes = minute_of_day(words)
    assert minutes.min() >= 0 and minutes.max() < DAY_MINUTES
    assert np.bincount(minutes % 60, minlength=60).min() > 600


def test_existence_is_a_matter_of_the_address_alone() -> None:
    made = town()
    maker = made._posts
    new = made.all_posts.take(slice(100, None))
    assert maker.exists(new).all()
    count = np.bincount(new.owner * 3 + new.day // 7, minlength=400 * 3)
    owner, week = np.divmod(np.arange(400 * 3), 3)
    assert not maker.exists(maker.at(owner, week, count)).any()


def test_a_user_s_own_single_seed_makes_a_world() -> None:
    seed = SeedPost("mine", "crochet", "Una bufanda para 🐧, por fin.", ("lana",), "calm")
    made = World("own", people=30, days=7, seeds=(seed,), templates=("casual", "question"))
    posts = written(made)
    assert (posts.seed == 0).all() and len(posts) > 20
    names = [made.traits.vocabulary[topic] for topic in np.unique(posts.topic)]
    assert names == ["crochet"]
    assert (made.everyone.interests[:, 0] == made.traits.vocabulary.index("crochet")).all()
