"""What a notebook user gets, what it costs, and that the pure packages are pure."""

from __future__ import annotations

import ast
import importlib
import pkgutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import feedlab

SOURCE = Path(feedlab.__file__).parent
PURE = ("world", "recommend", "experiments")
HEAVY = ("numpy", "pyarrow", "scipy", "fastapi", "nicegui", "psycopg", "sqlalchemy")
SERVER = (
    *("psycopg", "psycopg_pool", "valkey", "fastapi", "nicegui", "obstore", "typer", "rich", "pydantic"),
    *("pydantic_settings", "structlog", "sqlalchemy", "alembic", "uvicorn", "httpx", "argon2", "msgspec"),
)
NO_SERVER = f"""
import sys
class Forbidden:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in {SERVER!r}:
            raise ModuleNotFoundError(f"{{name}} is not in the base install", name=name)
sys.meta_path.insert(0, Forbidden())
"""


def run(code: str) -> str:
    """The output of a Python of its own."""
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", code],
        capture_output=True,
        text=True,
        timeout=60,
        env={"PYTHONPATH": str(SOURCE.parent), "PATH": "/usr/bin:/bin"},
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def pure_modules() -> list[str]:
    return [
        module.name
        for package in PURE
        for module in pkgutil.walk_packages([str(SOURCE / package)], f"feedlab.{package}.")
    ]


@pytest.mark.parametrize("name", feedlab.__all__)
def test_every_public_name_is_there(name: str) -> None:
    assert getattr(feedlab, name) is not None
    assert name in dir(feedlab)


def test_the_names_that_a_notebook_needs_are_public() -> None:
    assert {"World", "WorldSpec", "SeedPost", "Snapshot", "Hybrid", "FeedlabError"} <= set(feedlab.__all__)
    assert len(set(feedlab.__all__)) == len(feedlab.__all__)


def test_the_map_in_the_docstring_names_them_all() -> None:
    assert feedlab.__doc__ is not None
    for name in feedlab.__all__:
        assert name in feedlab.__doc__ or name == "__version__"


def test_another_name_is_not_there() -> None:
    with pytest.raises(AttributeError, match="has no attribute 'Worlds'"):
        feedlab.Worlds  # noqa: B018


def test_importing_feedlab_imports_nothing_heavy() -> None:
    assert run(f"import sys, feedlab; print([name for name in {HEAVY!r} if name in sys.modules])") == "[]"


def test_the_registries_load_on_first_use() -> None:
    code = (
        "import sys; from feedlab.recommend.policies import POLICIES; "
        "print('feedlab.recommend.policies.random' in sys.modules, len(POLICIES) > 4, "
        "'feedlab.recommend.policies.random' in sys.modules)"
    )
    assert run(code) == "False True True"


def test_the_pure_packages_need_no_server_extra() -> None:
    modules = pure_modules()
    assert len(modules) > 40
    code = f"{NO_SERVER}\nimport importlib\nfor name in {modules!r}:\n    importlib.import_module(name)\nprint('all')"
    assert run(code) == "all"


def test_the_public_names_need_no_server_extra() -> None:
    code = (
        f"{NO_SERVER}\nimport feedlab\nfor name in feedlab.__all__:\n    getattr(feedlab, name)\n"
        "print(feedlab.World('x', people=25, days=1).interactions().num_rows >= 500)"
    )
    assert run(code) == "True"


def test_the_hook_of_these_tests_forbids_something() -> None:
    with pytest.raises(AssertionError, match="is not in the base install"):
        run(f"{NO_SERVER}\nimport psycopg")


# Purity: what no pure module may import or call.
FORBIDDEN_MODULES = {
    *("os", "io", "pathlib", "socket", "time", "random", "secrets", "subprocess", "threading", "asyncio"),
    *("tempfile", "shutil", "urllib", "http", "logging", "requests", "httpx"),
}
FORBIDDEN_CALLS = {"open", "input", "print", "exec", "eval"}
FORBIDDEN_ATTRIBUTES = {
    ("datetime", "now"),
    ("datetime", "utcnow"),
    ("datetime", "today"),
    ("date", "today"),
    ("np", "random"),
    ("numpy", "random"),
    ("np", "fromfile"),
    ("np", "load"),
    ("np", "save"),
    ("uuid", "uuid4"),
    ("uuid", "uuid1"),
}


def impurities(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            imported = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            assert node.module is not None and node.level == 0, "imports are absolute"
            imported = [node.module, *(f"{node.module}.{alias.name}" for alias in node.names)]
        else:
            imported = []
        for name in imported:
            if name.partition(".")[0] in FORBIDDEN_MODULES or name.startswith("numpy.random"):
                yield f"imports {name}"
            if name in ("uuid.uuid4", "uuid.uuid1", "feedlab.settings", "feedlab.clock"):
                yield f"imports {name}"
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in FORBIDDEN_CALLS:
            yield f"calls {node.func.id}"
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            used = (node.value.id, node.attr)
            if used in FORBIDDEN_ATTRIBUTES:
                yield f"uses {'.'.join(used)}"


@pytest.mark.parametrize("package", PURE)
def test_the_pure_packages_do_no_io_and_read_no_clock(package: str) -> None:
    files = sorted((SOURCE / package).rglob("*.py"))
    assert files
    found = {
        f"{file.relative_to(SOURCE)} {what}"
        for file in files
        for what in impurities(ast.parse(file.read_text(encoding="utf-8")))
    }
    assert not found


@pytest.mark.parametrize(
    "code",
    [
        "import os",
        "from pathlib import Path",
        "import random",
        "from time import perf_counter",
        "open('x')",
        "from datetime import datetime\ndatetime.now()",
        "import numpy as np\nnp.random.default_rng(1)",
        "from numpy.random import default_rng",
        "from numpy import random",
        "from uuid import uuid4",
    ],
)
def test_the_test_of_purity_finds_what_it_looks_for(code: str) -> None:
    assert list(impurities(ast.parse(code)))


def test_the_pure_packages_do_not_import_each_other() -> None:
    for package in PURE:
        others = tuple(f"feedlab.{other}" for other in PURE if other != package)
        for file in (SOURCE / package).rglob("*.py"):
            for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
                if isinstance(node, ast.ImportFrom) and node.module is not None:
                    assert not node.module.startswith(others), f"{file.name} imports {node.module}"


def test_every_plug_in_file_is_found_by_its_registry() -> None:
    """One file, one plug-in, under the name of the file."""
    from feedlab.recommend.policies import POLICIES
    from feedlab.recommend.rerankers import RERANKERS
    from feedlab.recommend.scorers import SCORERS
    from feedlab.world.content.templates import TEMPLATES

    for registry in (SCORERS, RERANKERS, POLICIES, TEMPLATES):
        folder = importlib.import_module(registry.package).__path__
        files = [m.name for m in pkgutil.iter_modules(folder) if not m.name.startswith("_")]
        assert sorted(files) == list(registry)
