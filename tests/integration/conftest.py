"""A small world behind the API, for tests that bring their own people."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from tests.api import Api, serving
from tests.conftest import make_database


@pytest.fixture(scope="session")
def served(servers: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Api]:
    """A world of 30 people and 3 days on a database of its own, recommended to and served."""
    from feedlab.services.demo import build_demo
    from feedlab.services.lab import open_lab
    from feedlab.settings import load
    from feedlab.world.spec import WorldSpec

    settings = load(
        home=tmp_path_factory.mktemp("api"),
        database_url=make_database(servers.database_url),
        cache_url=servers.cache_url,
        port=0,
    )
    with open_lab(settings) as lab:
        build_demo(lab, WorldSpec("test-api", people=30, days=3))
        with serving(lab) as api:
            yield api


@pytest.fixture
def api(served: Api) -> Iterator[Api]:
    """The same, with the connections of one test, closed after it."""
    mine = Api(served.lab, served.address)
    with mine.open:
        yield mine
