"""What tests share: real servers in a home of their own, and one small world in a database."""

from __future__ import annotations

import os
import secrets
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
import pytest

# The tests decide the settings: what the shell says must not leak in.
for _name in [name for name in os.environ if name.startswith("FEEDLAB_")]:
    del os.environ[_name]


@pytest.fixture(scope="session")
def servers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """PostgreSQL and Valkey, started once for all tests."""
    from feedlab.storage import embedded

    with embedded.running(tmp_path_factory.mktemp("home")) as running:
        yield running


@pytest.fixture(scope="session")
def database_url(servers: Any) -> str:
    """An empty database that tests may put tables of their own into."""
    return make_database(servers.database_url)


@pytest.fixture
def new_database(servers: Any) -> str:
    """An empty database of this test alone."""
    return make_database(servers.database_url)


@pytest.fixture(scope="session")
def lab(servers: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """A laboratory without a world, on a database of its own."""
    from feedlab.services.lab import open_lab
    from feedlab.settings import load

    settings = load(
        home=tmp_path_factory.mktemp("lab"),
        database_url=make_database(servers.database_url),
        cache_url=servers.cache_url,
        port=0,
    )
    with open_lab(settings) as opened:
        yield opened


@dataclass(frozen=True)
class Site:
    """A laboratory that serves: its address, its passwords by email, its database, and what was built."""

    lab: Any
    demo: Any
    address: str

    @property
    def passwords(self) -> dict[str, str]:
        return self.demo.passwords

    @property
    def database_url(self) -> str:
        return self.lab.database_url


@pytest.fixture(scope="session")
def demo_site(lab: Any) -> Iterator[Site]:
    """A world of 60 people and 10 days, recommended to and served over HTTP with its pages."""
    from feedlab.cli.server import Server
    from feedlab.services.demo import build_demo
    from feedlab.world.spec import WorldSpec

    demo = build_demo(lab, WorldSpec("test-site", people=60, days=10))
    with Server(lab, console=True) as server:
        yield Site(lab, demo, server.address)


@pytest.fixture(scope="module")
def chromium() -> Iterator[Any]:
    """A real browser. Not for the session: its event loop would run on beside that of later tests."""
    from playwright.sync_api import sync_playwright

    names = ("chromium", "chromium-browser", "google-chrome")
    installed = next((path for name in names if (path := shutil.which(name))), None)
    quiet = [
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        "--no-first-run",
    ]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=installed, args=["--no-sandbox", "--disable-gpu", *quiet]
        )
        yield browser
        browser.close()


@pytest.fixture
def page(chromium: Any) -> Iterator[Any]:
    """An empty page in a session of its own."""
    context = chromium.new_context(viewport={"width": 1280, "height": 900})
    yield context.new_page()
    context.close()


def make_database(server_url: str) -> str:
    """A new database on a server; returns its URL."""
    name = f"test_{secrets.token_hex(6)}"
    with psycopg.connect(server_url, autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"')
    head, _, options = server_url.partition("?")
    return f"{head.rpartition('/')[0]}/{name}?{options}"


def tree(folder: Path) -> set[str]:
    """Every file below a folder, by its relative path."""
    return {str(path.relative_to(folder)) for path in folder.rglob("*")}
