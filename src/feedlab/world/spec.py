"""WorldSpec: everything that determines a world, and nothing else."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from functools import cached_property
from typing import Any

from feedlab.errors import InvalidInput
from feedlab.streams import GENERATOR_VERSION, run_key
from feedlab.world.content.seeds import SeedPost, bundled_seeds
from feedlab.world.content.templates import STANDARD, TEMPLATES
from feedlab.world.ids import DAY_BITS, OWNER_BITS

#: The last few owners are the laboratory's own accounts, not people of the world.
RESERVED_OWNERS = 16
MAX_PEOPLE = (1 << OWNER_BITS) - RESERVED_OWNERS
MAX_DAYS = (1 << DAY_BITS) - 1
MAX_SEED_LENGTH = 200


@dataclass(frozen=True)
class WorldSpec:
    """What a world is made from; two equal specs make the same world to the byte.

    Args:
        run_seed: any text of 1 to 200 characters.
        people: how many live in it, 1 to 134,217,712.
        days: days of activity, 0 to 32,767.
        start_date: the first of them.
        seeds: the seed posts that all text grows from; the bundled ten by default.
        templates: the variation templates in use, by name; spec order by default.

    Raises:
        InvalidInput: one of them is out of its range; says which and the range.

    Example:
        >>> WorldSpec("demo-2024", people=25, days=1).end.isoformat()
        '2024-01-02T00:00:00+00:00'
    """

    run_seed: str = "demo-2024"
    people: int = 1000
    days: int = 30
    start_date: date = date(2024, 1, 1)
    seeds: tuple[SeedPost, ...] = field(default_factory=bundled_seeds, repr=False)
    templates: tuple[str, ...] = STANDARD

    def __post_init__(self) -> None:
        if not 1 <= len(self.run_seed) <= MAX_SEED_LENGTH:
            raise InvalidInput(
                f"a run seed has 1 to {MAX_SEED_LENGTH} characters, this one has {len(self.run_seed)}",
                field="run_seed",
            )
        if any(ord(c) < 32 or 0xD800 <= ord(c) <= 0xDFFF for c in self.run_seed):
            raise InvalidInput(
                f"a run seed is plain text; {self.run_seed!r} holds control characters", field="run_seed"
            )
        _within("people", self.people, 1, MAX_PEOPLE)
        _within("days", self.days, 0, MAX_DAYS)
        if self.start_date.toordinal() + self.days > date.max.toordinal():
            raise InvalidInput(
                f"{self.days} days from {self.start_date} pass the end of the calendar", field="start_date"
            )
        if not self.seeds:
            raise InvalidInput("a world needs at least one seed post", field="seeds")
        for name in self.templates:
            TEMPLATES[name]
        if not 0 < len(set(self.templates)) == len(self.templates) <= 256:
            raise InvalidInput("a world uses 1 to 256 templates, each once", field="templates")

    @cached_property
    def run_key(self) -> int:
        """The 64 bits that every id of this world carries and every draw comes from."""
        return run_key(self.run_seed)

    @cached_property
    def start(self) -> datetime:
        """The first moment of the first day, UTC."""
        return datetime.combine(self.start_date, time(), UTC)

    @property
    def end(self) -> datetime:
        """The moment after the last day, UTC: where a new lab clock stands."""
        return datetime.combine(date.fromordinal(self.start_date.toordinal() + self.days), time(), UTC)

    def to_dict(self) -> dict[str, Any]:
        """As plain JSON values, for the ledger."""
        return {
            "generator_version": GENERATOR_VERSION,
            "run_seed": self.run_seed,
            "people": self.people,
            "days": self.days,
            "start_date": self.start_date.isoformat(),
            "templates": list(self.templates),
            "seeds": [
                {"id": s.id, "topic": s.topic, "content": s.content, "tags": list(s.tags), "tone": s.tone}
                for s in self.seeds
            ],
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> WorldSpec:
        """The inverse of :meth:`to_dict`; refuses a world of another generator version."""
        if data["generator_version"] != GENERATOR_VERSION:
            raise InvalidInput(
                f"this world was made by generator version {data['generator_version']}; "
                f"this feedlab has version {GENERATOR_VERSION} and would make another one",
                field="generator_version",
            )
        return cls(
            run_seed=data["run_seed"],
            people=data["people"],
            days=data["days"],
            start_date=date.fromisoformat(data["start_date"]),
            seeds=tuple(SeedPost(**{**s, "tags": tuple(s["tags"])}) for s in data["seeds"]),
            templates=tuple(data["templates"]),
        )

    def differences(self, other: WorldSpec) -> list[str]:
        """What differs from another spec, a line each, with both values."""
        mine, theirs = self.to_dict(), other.to_dict()
        lines = [f"{k}: {mine[k]} ≠ {theirs[k]}" for k in mine if k != "seeds" and mine[k] != theirs[k]]
        if mine["seeds"] != theirs["seeds"]:
            lines.append(f"seed posts: {len(self.seeds)} ≠ {len(other.seeds)}, or their texts differ")
        return lines


def _within(name: str, value: int, low: int, high: int) -> None:
    if not low <= value <= high:
        raise InvalidInput(f"{name} is {low:,} to {high:,}, not {value:,}", field=name)
