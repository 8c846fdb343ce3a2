"""The command line, as a newcomer types it: every command in a process and a home of its own."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

FEEDLAB = [sys.executable, "-c", "from feedlab.cli import main; main()"]
SMALL = ["--count", "25", "--activity-days", "1"]


def run(home: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*FEEDLAB, *arguments],
        env={**os.environ, "FEEDLAB_HOME": str(home), "FEEDLAB_PORT": str(free_port()), **environment},
        capture_output=True,
        text=True,
        timeout=120,
    )


def demo(home: Path, *arguments: str, **environment: str) -> dict[str, Any]:
    done = run(home, "demo", "--exit", "--json", *arguments, **environment)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def servers_of(home: Path) -> list[str]:
    """Processes whose command line names a path of this home."""
    marks = {str(home), _cluster(home)}
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            command = (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
        except OSError:
            continue
        if "python" not in command and any(mark and mark in command for mark in marks):
            found.append(command)
    return found


def _cluster(home: Path) -> str:
    try:
        return json.loads((home / "home.json").read_text()).get("cluster", "")
    except (OSError, ValueError):
        return ""


def wait_for(condition: Any, seconds: float = 20.0) -> bool:
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, Any]]:
    home = tmp_path_factory.mktemp("demo") / "home"
    return home, demo(home, "--run-seed", "cli", *SMALL)


def test_the_smallest_demo_has_what_the_main_job_asks_for(built: tuple[Path, dict[str, Any]]) -> None:
    home, result = built
    assert result["run_seed"] == "cli" and result["seconds"] > 0 and not result["reused"]
    assert result["rows"]["users"] >= 25
    assert result["rows"]["posts"] >= 100
    assert result["rows"]["user_interactions"] >= 500
    assert set(result["policies"]) == {"random", "popular", "hybrid", "oracle"}
    assert result["policies"]["random"]["way_to_oracle"] == 0
    assert result["policies"]["oracle"]["way_to_oracle"] == 1
    assert result["accounts"]["control"]["source"] == "random"
    assert result["accounts"]["treatment"]["source"] in ("cache", "db")
    for account in result["accounts"].values():
        ids = [post["id"] for post in account["posts"]]
        texts = [post["content"] for post in account["posts"]]
        assert len(ids) == len(set(ids)) == len(set(texts)) == 20
    assert servers_of(home) == []


def test_run_again_it_uses_the_world_that_is_there(built: tuple[Path, dict[str, Any]]) -> None:
    home, first = built
    again = demo(home, "--run-seed", "cli", *SMALL)
    assert again["reused"]
    assert again["checksums"] == first["checksums"]


def test_the_same_seed_makes_the_same_world_and_another_another(
    built: tuple[Path, dict[str, Any]], tmp_path: Path
) -> None:
    _, first = built
    same = demo(tmp_path / "same", "--run-seed", "cli", *SMALL)
    other = demo(tmp_path / "other", "--run-seed", "cli2", *SMALL)
    assert same["checksums"] == first["checksums"]
    assert same["policies"]["oracle"] == first["policies"]["oracle"]
    changed = {name for name in first["checksums"] if other["checksums"][name] != first["checksums"][name]}
    assert changed == set(first["checksums"])


def test_another_world_is_refused_with_both_values_and_fresh_replaces_it(
    built: tuple[Path, dict[str, Any]], tmp_path: Path
) -> None:
    home = tmp_path / "home"
    demo(home, "--run-seed", "first", *SMALL)
    refused = run(home, "demo", "--exit", "--run-seed", "second", *SMALL)
    assert refused.returncode == 1
    assert "first" in refused.stderr and "second" in refused.stderr and "--fresh" in refused.stderr
    assert demo(home, "--run-seed", "cli", "--fresh", *SMALL)["checksums"] == built[1]["checksums"]


def test_one_person_is_enough(tmp_path: Path) -> None:
    result = demo(tmp_path, "--count", "1", "--activity-days", "1")
    assert result["rows"]["posts"] >= 100


def test_files_of_the_run_are_in_object_storage(built: tuple[Path, dict[str, Any]]) -> None:
    home, result = built
    folder = home / "objects" / "threads-synthetic-data" / result["run_folder"]
    counts = {
        name: len(json.loads((folder / f"{name}.json").read_text()))
        for name in ("users", "posts", "interactions")
    }
    rows = result["rows"]
    assert counts == {
        "users": rows["users"],
        "posts": rows["posts"],
        "interactions": rows["user_interactions"],
    }
    assert (home / "objects/threads-synthetic-data/seeds/seed_posts.json").exists()


def test_a_seed_file_of_ones_own_is_what_people_write_about(tmp_path: Path) -> None:
    file = tmp_path / "mine.json"
    content = "編み物を始めて三年、はじめて袖のあるものを編みました 🧶"
    file.write_text(
        json.dumps(
            {
                "seeds": [
                    {"id": "k1", "topic": "knitting", "content": content, "tags": ["編み物"], "tone": "proud"}
                ]
            }
        )
    )
    home = tmp_path / "home"
    assert "knitting 1" in run(home, "seed", "posts", "upload", str(file)).stdout
    assert "k1" in run(home, "seed", "posts", "show").stdout
    result = demo(home, *SMALL)
    assert result["rows"]["posts"] >= 10
    assert {post["topic"] for post in result["accounts"]["control"]["posts"]} == {"knitting"}


def test_a_mistake_in_a_seed_file_is_named_and_changes_nothing(tmp_path: Path) -> None:
    home, file = tmp_path / "home", tmp_path / "bad.json"
    before = run(home, "seed", "posts", "show", "--json").stdout
    file.write_text(
        '{"seeds": [{"id": "a", "topic": "food", "content": "Good soup", "tags": [], "tone": "dry"}, {"id": "b"}]}'
    )
    refused = run(home, "seed", "posts", "upload", str(file))
    assert refused.returncode == 2
    assert "'b'" in refused.stderr or "seed 2" in refused.stderr
    assert "topic" in refused.stderr
    assert run(home, "seed", "posts", "show", "--json").stdout == before


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--count", "0"], "people"),
        (["--count", "-5"], "people"),
        (["--activity-days", "-1"], "days"),
        (["--start-date", "2024-13-01"], "Invalid start date"),
        (["--start-date", "yesterday"], "YYYY-MM-DD"),
        (["--run-seed", ""], "run seed"),
        (["--run-seed", "x" * 10_000], "200"),
        (["--port", "70000"], "PORT"),
    ],
)
def test_a_wrong_argument_ends_with_one_sentence(tmp_path: Path, arguments: Sequence[str], said: str) -> None:
    refused = run(tmp_path, "demo", "--exit", *arguments)
    assert refused.returncode == 2
    assert said in refused.stderr
    assert "Traceback" not in refused.stderr


def test_a_port_in_use_is_said_before_any_work(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        refused = run(tmp_path, "demo", "--exit", "--port", str(port))
    assert refused.returncode == 1
    assert f"port {port}" in refused.stderr
    assert not (tmp_path / "objects").exists()


def test_a_home_that_is_a_file(tmp_path: Path) -> None:
    (tmp_path / "home").write_text("")
    refused = run(tmp_path / "home", "demo", "--exit")
    assert refused.returncode == 1
    assert "FEEDLAB_HOME" in refused.stderr and "Traceback" not in refused.stderr


def test_a_database_that_nobody_answers_at(tmp_path: Path) -> None:
    url = f"postgresql://me:secret@127.0.0.1:{free_port()}/nothing"
    refused = run(tmp_path, "demo", "--exit", FEEDLAB_DATABASE_URL=url)
    assert refused.returncode == 1
    assert "does not answer" in refused.stderr and "secret" not in refused.stderr
    assert servers_of(tmp_path) == []
    assert run(tmp_path, "demo", "--exit", FEEDLAB_DATABASE_URL="mysql://x").returncode == 2


def test_help_teaches_and_loads_nothing_heavy(tmp_path: Path) -> None:
    shown = run(tmp_path, "--help").stdout
    for command in ("demo", "serve", "console", "seed", "accounts", "stop"):
        assert command in shown
    heavy = ("numpy", "pyarrow", "scipy", "fastapi", "nicegui", "sqlalchemy", "psycopg", "pydantic")
    code = f"import sys, feedlab.cli; print([m for m in {heavy!r} if m in sys.modules])"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True).stdout.strip() == "[]"


@pytest.mark.parametrize(
    "moment", ["making an empty", "starting", "schema", "shards", "recommendations", "serving"]
)
@pytest.mark.parametrize("sent", [signal.SIGINT, signal.SIGTERM])
def test_interrupted_at_any_moment_it_leaves_no_server_and_a_home_that_starts(
    tmp_path: Path, moment: str, sent: signal.Signals
) -> None:
    port = free_port()
    environment = {**os.environ, "FEEDLAB_HOME": str(tmp_path), "FEEDLAB_PORT": str(port)}
    log = tmp_path.with_suffix(".log")
    with log.open("w") as stderr:
        process = subprocess.Popen([*FEEDLAB, "demo", *SMALL], env=environment, stdout=stderr, stderr=stderr)
        mark = f"127.0.0.1:{port}" if moment == "serving" else moment
        assert wait_for(lambda: mark in log.read_text() or process.poll() is not None, 60)
        process.send_signal(sent)
        status = process.wait(30)
    assert status in (0, 130, 143), log.read_text()
    assert "Traceback" not in log.read_text()
    assert wait_for(lambda: servers_of(tmp_path) == []), servers_of(tmp_path)
    assert demo(tmp_path, *SMALL)["rows"]["users"] == 28
