"""Every example in a docstring runs and shows what it says."""

from __future__ import annotations

import doctest
import importlib
import pkgutil
from types import ModuleType

import pytest

import feedlab

# The console needs a running page; migrations are run by Alembic.
LEFT_OUT = ("feedlab.console", "feedlab.storage.postgres.migrations")
MODULES = [
    "feedlab",
    *(
        module.name
        for module in pkgutil.walk_packages(feedlab.__path__, "feedlab.")
        if not module.name.startswith(LEFT_OUT) and not module.name.endswith("__main__")
    ),
]


def examples_of(module: ModuleType) -> list[doctest.DocTest]:
    return [test for test in doctest.DocTestFinder().find(module) if test.examples]


@pytest.mark.parametrize("name", MODULES)
def test_the_examples_of_a_module(name: str) -> None:
    said: list[str] = []
    runner = doctest.DocTestRunner(optionflags=doctest.NORMALIZE_WHITESPACE)
    for test in examples_of(importlib.import_module(name)):
        runner.run(test, out=said.append)
    assert runner.summarize(verbose=False).failed == 0, "".join(said)


def test_there_are_examples() -> None:
    count = sum(len(test.examples) for name in MODULES for test in examples_of(importlib.import_module(name)))
    assert count > 20
