"""Servers that fall over while the API serves, and come back."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import psycopg
import pytest
from tests.api import Api, Person, error_of, ids_of, serving

from feedlab.errors import DatabaseUnavailable
from feedlab.services.demo import build_demo
from feedlab.services.lab import Lab, open_lab
from feedlab.settings import load
from feedlab.storage import embedded
from feedlab.world.spec import WorldSpec

#: What the API waits for PostgreSQL, seconds.
PATIENCE = 0.7
#: Of waiting for a connection, and then for an answer over it, on a busy machine.
A_FEW_SECONDS = 5.0


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    path = tmp_path_factory.mktemp("faults") / "home"
    yield path
    embedded.stop(path)
    shutil.rmtree(cluster(path), ignore_errors=True)


@pytest.fixture(scope="module")
def fragile(home: Path) -> Iterator[Lab]:
    """A laboratory with servers of its own."""
    with open_lab(load(home=home, port=0, database_timeout=PATIENCE)) as lab:
        build_demo(lab, WorldSpec("test-faults", people=10, days=2))
        yield lab


@pytest.fixture
def api(fragile: Lab, home: Path) -> Iterator[Api]:
    """It serves, and both of its servers run."""
    with embedded.running(home), serving(fragile) as api:
        yield api


def cluster(home: Path) -> Path:
    return Path(json.loads((home / "home.json").read_text())["cluster"])


def postgres(api: Api) -> int:
    return int((cluster(api.lab.home.path) / "data" / "postmaster.pid").read_text().split()[0])


def cache(api: Api) -> int:
    return int((api.lab.home.path / "valkey" / "valkey.pid").read_text())


def family(pid: int) -> list[int]:
    """A process and its children."""
    shown = subprocess.run(["ps", "-eo", "pid=,ppid="], capture_output=True, text=True, check=True).stdout
    pairs = [tuple(map(int, line.split())) for line in shown.splitlines()]
    return [pid, *(child for child, parent in pairs if parent == pid)]


def until(condition: Callable[[], bool], seconds: float = 15.0) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "not in time"
        time.sleep(0.02)


def alive(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state != "Z"


def end(pid: int, how: signal.Signals) -> None:
    processes = family(pid)
    os.kill(pid, how)
    until(lambda: not any(map(alive, processes)))


@contextmanager
def frozen(pid: int) -> Iterator[None]:
    """A process and its children that hang, as on a machine out of memory."""
    processes = family(pid)
    for process in processes:
        os.kill(process, signal.SIGSTOP)
    try:
        yield
    finally:
        for process in processes:
            if alive(process):
                os.kill(process, signal.SIGCONT)


def timed(ask: Callable[[], httpx.Response]) -> tuple[httpx.Response, float]:
    started = time.monotonic()
    answer = ask()
    return answer, time.monotonic() - started


def unavailable(ask: Callable[[], httpx.Response]) -> None:
    answer, seconds = timed(ask)
    body = error_of(answer, 503)
    assert body["error"] == "database_unavailable"
    assert body["message"] == "the database does not answer; try again in a moment"
    assert int(answer.headers["retry-after"]) > 0
    assert seconds < A_FEW_SECONDS


def served_again(person: Person) -> None:
    until(lambda: person.http.get("/api/feeds").status_code == 200)


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGKILL], ids=["shut-down", "killed"])
def test_postgresql_stops_and_comes_back(api: Api, home: Path, how: signal.Signals) -> None:
    person = api.person()
    before = person.feed(limit=5)
    post = ids_of(before)[0]
    tracked = [person.track(post).json()["interactionId"] for _ in range(20)]
    end(postgres(api), how)

    unavailable(lambda: person.http.get("/api/feeds"))
    unavailable(lambda: person.track(post))
    unavailable(lambda: person.http.get("/api/auth/me"))
    unavailable(lambda: person.http.get("/readyz"))
    unavailable(lambda: api.client().post("/api/auth/login", json={"email": "a", "password": "b"}))
    assert person.http.get("/healthz").json() == {"status": "ok"}
    error_of(person.http.get("/api/feeds?limit=0"), 503)  # who asks is looked up first

    with embedded.running(home):
        served_again(person)
        after = person.feed(limit=5, offset=5)
        assert after["metadata"]["source"] == "random"
        assert person.track(post).status_code == 201
        # What was acknowledged is there, whatever killed the server.
        with psycopg.connect(api.lab.database_url) as connection:
            there = connection.execute(
                "SELECT id FROM user_interactions WHERE user_id = %s", [person.id]
            ).fetchall()
        assert {UUID(interaction) for interaction in tracked} < {found for (found,) in there}
        assert len(there) == len(tracked) + 1


def test_postgresql_hangs_and_goes_on(api: Api) -> None:
    person = api.person()
    person.feed()
    with frozen(postgres(api)):
        unavailable(lambda: person.http.get("/api/feeds"))
        unavailable(lambda: person.http.get("/readyz"))
        assert person.http.get("/healthz").status_code == 200
    served_again(person)


@pytest.mark.parametrize("statement", ["feed_slates", "user_interactions", "users"])
def test_an_answer_that_does_not_come(api: Api, statement: str) -> None:
    """The connection is fine, but somebody holds what the request needs."""
    person = api.person()
    post = ids_of(person.feed())[0]
    with psycopg.connect(api.lab.database_url) as holder:
        holder.execute(f"LOCK TABLE {statement} IN ACCESS EXCLUSIVE MODE".encode())
        unavailable(lambda: person.http.get("/api/feeds"))
        if statement != "feed_slates":
            unavailable(lambda: person.track(post))
    served_again(person)
    # What was given up is not done later behind one's back.
    assert api.sql("SELECT count(*) FROM user_interactions WHERE user_id = %s", person.id) == [(0,)]


def test_many_wait_and_none_is_lost(api: Api) -> None:
    """More requests than connections, all while the database hangs: each gets its answer."""
    person = api.person()
    answers: list[Any] = []
    with frozen(postgres(api)):

        async def ask() -> None:
            async with httpx.AsyncClient(
                base_url=api.address, headers=dict(person.http.headers), timeout=30
            ) as http:
                answers.extend(await asyncio.gather(*(http.get("/api/feeds") for _ in range(40))))

        started = time.monotonic()
        asyncio.run(ask())
        assert time.monotonic() - started < 2 * A_FEW_SECONDS
    for answer in answers:
        error_of(answer, 503)
    assert len(answers) == 40
    served_again(person)


def test_the_api_does_not_start_without_a_database(api: Api) -> None:
    end(postgres(api), signal.SIGINT)
    with (
        pytest.raises(DatabaseUnavailable, match="PostgreSQL does not answer at") as caught,
        serving(api.lab),
    ):
        pass
    password = (api.lab.home.path / "postgres.password").read_text().strip()
    assert password not in caught.value.message


def test_valkey_is_killed_and_comes_back(api: Api, home: Path) -> None:
    person = api.person("treatment")
    api.recommend(person, api.posts()[:10])
    assert [person.feed()["metadata"]["source"] for _ in range(2)] == ["db", "cache"]
    end(cache(api), signal.SIGKILL)
    for _ in range(3):
        page = person.feed()
        assert page["metadata"]["source"] == "db"
        assert ids_of(page) == [str(post) for post in api.posts()[:10]]
    assert person.http.get("/readyz").json() == {"status": "ready", "database": True, "cache": False}
    with embedded.running(home):
        until(lambda: person.feed()["metadata"]["source"] == "cache")
        assert person.http.get("/readyz").json()["cache"] is True


def test_valkey_hangs_and_goes_on(api: Api) -> None:
    person = api.person("treatment")
    api.recommend(person, api.posts()[:10])
    assert [person.feed()["metadata"]["source"] for _ in range(2)] == ["db", "cache"]
    with frozen(cache(api)):
        for _ in range(3):
            answer, seconds = timed(lambda: person.http.get("/api/feeds"))
            assert answer.json()["metadata"]["source"] == "db"
            assert len(answer.json()["posts"]) == 10
            # A wait to read, and one to write.
            assert seconds < 2 * api.lab.settings.feed.cache_timeout + 1
        assert person.http.get("/readyz").json()["cache"] is False
    until(lambda: person.feed()["metadata"]["source"] == "cache")
