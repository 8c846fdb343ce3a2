"""How a plug-in is found: a folder is imported on first use, and a file in it is enough."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from feedlab.errors import InvalidInput
from feedlab.registry import Registry

PLUGIN = "from {package} import THINGS\nTHINGS.register({name!r})({value!r})\n"


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """A folder of plug-ins that can be imported."""
    name = "things_of_a_test"
    folder = tmp_path / name
    folder.mkdir()
    (folder / "__init__.py").write_text(
        "from feedlab.registry import Registry\nTHINGS = Registry('thing', __name__)\n"
    )
    for file, value in (("zebra", 26), ("ant", 1), ("_hidden", 0)):
        (folder / f"{file}.py").write_text(PLUGIN.format(package=name, name=file, value=value))
    monkeypatch.syspath_prepend(str(tmp_path))
    importlib.invalidate_caches()
    yield name
    for module in [module for module in sys.modules if module.partition(".")[0] == name]:
        del sys.modules[module]


def registry_of(package: str) -> Registry[int]:
    return importlib.import_module(package).THINGS


def test_the_folder_is_imported_on_first_use_only(package: str) -> None:
    things = registry_of(package)
    assert f"{package}.ant" not in sys.modules
    assert len(things) == 2
    assert f"{package}.ant" in sys.modules and f"{package}._hidden" not in sys.modules


def test_plug_ins_are_found_by_name_in_alphabetical_order(package: str) -> None:
    things = registry_of(package)
    assert list(things) == ["ant", "zebra"]
    assert dict(things) == {"ant": 1, "zebra": 26}
    assert "ant" in things and "_hidden" not in things and 7 not in things


def test_a_newcomer_is_there_without_editing_anything(package: str, tmp_path: Path) -> None:
    (tmp_path / package / "moth.py").write_text(PLUGIN.format(package=package, name="moth", value=13))
    assert list(registry_of(package)) == ["ant", "moth", "zebra"]


def test_one_that_comes_late_takes_its_place(package: str) -> None:
    things = registry_of(package)
    assert len(things) == 2
    assert things.register("bee")(2) == 2
    assert list(things) == ["ant", "bee", "zebra"]


def test_a_name_is_given_once(package: str) -> None:
    things = registry_of(package)
    things.register("bee")(2)
    with pytest.raises(ValueError, match="two things are called 'bee'"):
        things.register("bee")(3)


def test_an_unknown_name_is_answered_with_those_there_are(package: str) -> None:
    with pytest.raises(InvalidInput, match="there is no thing called 'yak'; there are ant, zebra") as caught:
        registry_of(package)["yak"]
    assert caught.value.field == "thing"
    assert registry_of(package).get("ant") == 1
