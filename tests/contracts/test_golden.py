"""One small world, the same for ever: golden checksums, tied to the generator version."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from feedlab.streams import GENERATOR_VERSION
from feedlab.world.checksums import checksum
from feedlab.world.tables import SCHEMAS
from feedlab.world.world import World

GOLDEN = Path(__file__).with_name("golden.json")
SEED, PEOPLE, DAYS = "golden", 40, 9
HELP = (
    "\nThe world {seed!r} is no longer the one of generator version {version}: {what}."
    "\nEither this is a bug, or the change is meant: then raise GENERATOR_VERSION in feedlab/streams.py,"
    "\nsay so in CHANGELOG.md, and record anew with:  python -m tests.contracts.test_golden"
)


def measure() -> dict[str, Any]:
    """What is recorded: rows and checksum of each table."""
    made = World(SEED, people=PEOPLE, days=DAYS)
    tables = {name: made.table(name) for name in SCHEMAS}
    return {
        "generator_version": GENERATOR_VERSION,
        "world": {"seed": SEED, "people": PEOPLE, "days": DAYS},
        "tables": {
            name: {"rows": table.num_rows, "checksum": f"{checksum(table):016x}"}
            for name, table in tables.items()
        },
    }


@pytest.fixture(scope="module")
def measured() -> dict[str, Any]:
    return measure()


@pytest.fixture(scope="module")
def recorded() -> dict[str, Any]:
    return json.loads(GOLDEN.read_text(encoding="utf-8"))


def explain(what: str) -> str:
    return HELP.format(seed=SEED, version=GENERATOR_VERSION, what=what)


def test_the_golden_world_was_recorded_with_this_generator_version(recorded: dict[str, Any]) -> None:
    assert recorded["generator_version"] == GENERATOR_VERSION, explain(
        f"golden.json was recorded with version {recorded['generator_version']}"
    )
    assert recorded["world"] == {"seed": SEED, "people": PEOPLE, "days": DAYS}
    assert set(recorded["tables"]) == set(SCHEMAS), explain("it has other tables")


@pytest.mark.parametrize("table", SCHEMAS)
def test_no_table_has_changed(table: str, recorded: dict[str, Any], measured: dict[str, Any]) -> None:
    was, is_now = recorded["tables"].get(table), measured["tables"][table]
    assert is_now == was, explain(f"table {table} was {was} and is {is_now}")


if __name__ == "__main__":
    GOLDEN.write_text(json.dumps(measure(), indent=2) + "\n", encoding="utf-8")
