"""WorldSpec: its limits, its ledger form, and what differs between two."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedlab.errors import InvalidInput
from feedlab.streams import GENERATOR_VERSION, run_key
from feedlab.world.content.seeds import SeedPost, bundled_seeds
from feedlab.world.content.templates import STANDARD
from feedlab.world.spec import MAX_DAYS, MAX_PEOPLE, WorldSpec

OWN = SeedPost("mine", "crochet", "A scarf for 🐧", ("yarn",), "calm")


@pytest.mark.parametrize(
    ("parts", "field"),
    [
        ({"run_seed": ""}, "run_seed"),
        ({"run_seed": "x" * 201}, "run_seed"),
        ({"run_seed": "a\x00b"}, "run_seed"),
        ({"run_seed": "a\nb"}, "run_seed"),
        ({"run_seed": "a\ud800b"}, "run_seed"),
        ({"people": 0}, "people"),
        ({"people": MAX_PEOPLE + 1}, "people"),
        ({"days": -1}, "days"),
        ({"days": MAX_DAYS + 1}, "days"),
        ({"start_date": date(9999, 12, 31), "days": 1}, "start_date"),
        ({"seeds": ()}, "seeds"),
        ({"templates": ()}, "templates"),
        ({"templates": ("casual", "casual")}, "templates"),
        ({"templates": ("haiku",)}, "template"),
    ],
)
def test_what_is_out_of_range_is_refused_by_name(parts: dict[str, object], field: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        WorldSpec(**parts)  # type: ignore[arg-type]
    assert caught.value.field == field


def test_a_refusal_says_the_range_and_the_value() -> None:
    with pytest.raises(InvalidInput, match="people is 1 to 134,217,712, not 0"):
        WorldSpec(people=0)
    with pytest.raises(InvalidInput, match="1 to 200 characters, this one has 0"):
        WorldSpec("")


def test_the_limits_themselves_are_allowed() -> None:
    WorldSpec("x" * 200, people=1, days=0, start_date=date(9999, 12, 31))
    WorldSpec("🌍", people=MAX_PEOPLE, days=MAX_DAYS, start_date=date(1, 1, 1))


def test_the_defaults_are_the_documented_ones() -> None:
    spec = WorldSpec()
    assert (spec.run_seed, spec.people, spec.days, spec.start_date) == (
        "demo-2024",
        1000,
        30,
        date(2024, 1, 1),
    )
    assert spec.seeds == bundled_seeds() and spec.templates == STANDARD
    assert spec.run_key == run_key("demo-2024")


def test_start_and_end() -> None:
    spec = WorldSpec(days=30, start_date=date(2024, 2, 1))
    assert spec.start == datetime(2024, 2, 1, tzinfo=UTC)
    assert spec.end == datetime(2024, 3, 2, tzinfo=UTC)
    assert WorldSpec(days=0).start == WorldSpec(days=0).end


@given(
    seed=st.text(st.characters(min_codepoint=32, exclude_categories=["Cs"]), min_size=1, max_size=200),
    people=st.integers(1, MAX_PEOPLE),
    days=st.integers(0, MAX_DAYS),
    start=st.dates(max_value=date(9000, 1, 1)),
)
def test_it_goes_through_the_ledger_and_comes_back(seed: str, people: int, days: int, start: date) -> None:
    spec = WorldSpec(seed, people, days, start, seeds=(OWN,), templates=("casual",))
    read = WorldSpec.from_dict(json.loads(json.dumps(spec.to_dict())))
    assert read == spec and hash(read) == hash(spec) and not read.differences(spec)


def test_another_generator_version_is_refused() -> None:
    data = {**WorldSpec().to_dict(), "generator_version": GENERATOR_VERSION + 1}
    with pytest.raises(InvalidInput, match="would make another one") as caught:
        WorldSpec.from_dict(data)
    assert caught.value.field == "generator_version"


def test_differences_are_named_with_both_values() -> None:
    one, other = WorldSpec("a", people=5), WorldSpec("b", people=6, seeds=(OWN,))
    assert one.differences(other) == [
        "run_seed: a ≠ b",
        "people: 5 ≠ 6",
        "seed posts: 10 ≠ 1, or their texts differ",
    ]
    assert one.differences(WorldSpec("a", people=5)) == [] and one != other
