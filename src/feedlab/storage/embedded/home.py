"""The home: a folder of one user that holds all that the embedded servers keep.

::

    home/                    0700
      home.json              its id, its path, and where PostgreSQL's data is
      postgres.password      0600; the server wants it from everybody (scram)
      postgres/              PostgreSQL's data (started as root: see account.py)
      valkey/  logs/  run/   working folder, logs, sockets
      servers.lock  starting.lock

The id tells a home from a copy of it, and from an earlier one at the same path.
"""

from __future__ import annotations

import json
import os
import secrets
import shutil
import socket
import stat
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

from feedlab.errors import EmbeddedServerError
from feedlab.storage.embedded.account import Account, claim_data_folder, service_account

# sockaddr_un holds 104 bytes on macOS and 108 on Linux, with the ending NUL.
_SOCKET_BYTES = 103
_LONGEST_SOCKET = ".s.PGSQL.5432.lock"


@dataclass(slots=True)
class Home:
    """One home, opened. All of it happens while no other process starts or stops its servers.

    Attributes:
        folder: its absolute path.
        id: 32 hexadecimal digits, made with it.
        cluster: the folder that holds PostgreSQL's data folder.
        account: whom PostgreSQL runs as; None for ourselves.
        sockets: a folder that nobody else can enter.
    """

    folder: Path
    id: str
    cluster: Path
    account: Account | None
    sockets: Path = field(init=False)

    @classmethod
    def open(cls, folder: Path) -> Home:
        """Read the home, or make what it lacks."""
        account = service_account()
        record = read_record(folder)
        if (
            record
            and Path(record["path"]) != folder
            and read_record(Path(record["path"])).get("id") == record["id"]
        ):
            # A copy of a home that still exists: data elsewhere and sockets are the other's.
            record = {}
            (folder / "sockets").unlink(missing_ok=True)
        home_id = record.get("id") or secrets.token_hex(16)
        # The folder named first stays, even when the project is renamed.
        cluster = Path(record.get("cluster", ""))
        if account is None:
            cluster = folder / "postgres"
        elif not record or cluster.parent != account.folder:
            cluster = account.folder / f"{_readable(folder)}-{home_id[:12]}"
        wanted = {"id": home_id, "path": str(folder), "cluster": str(cluster)}
        if record != wanted:
            write_private(folder / "home.json", json.dumps(wanted, indent=2) + "\n")
        for name in ("logs", "valkey"):
            (folder / name).mkdir(mode=0o700, exist_ok=True)
        home = cls(folder, home_id, cluster, account)
        if account is None:
            cluster.mkdir(mode=0o700, exist_ok=True)
            home.sockets = _socket_folder(folder)
        else:
            claim_data_folder(account, cluster, folder / "home.json")
            home.sockets = cluster / "run"
        return home

    @property
    def is_still_there(self) -> bool:
        """Whether its path still leads to this home: it may have been deleted, and made again by others."""
        return read_record(self.folder).get("id") == self.id

    def password(self) -> str:
        """The password of PostgreSQL, made at the first call."""
        path = self.folder / "postgres.password"
        if not path.exists():
            write_private(path, secrets.token_urlsafe(24))
        return path.read_text().strip()

    def leave(self) -> None:
        """Remove the folder of the sockets when it is outside of the home. Only when no server runs."""
        if self.sockets.parent not in (self.folder, self.cluster):
            shutil.rmtree(self.sockets, ignore_errors=True)
            (self.folder / "sockets").unlink(missing_ok=True)


def prepare(folder: Path) -> Path:
    """Make the folder of a home if need be, and return its absolute path.

    Raises:
        EmbeddedServerError: it is a file, or cannot be written.
    """
    folder = folder.expanduser().resolve()
    if folder.exists() and not folder.is_dir():
        raise EmbeddedServerError(
            f"the home {folder} is a file, not a folder; remove it or name another home"
        )
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if not os.access(folder, os.W_OK | os.X_OK):
        raise EmbeddedServerError(
            f"the home {folder} cannot be written by this user; change its owner or name another home"
        )
    return folder


def read_record(folder: Path) -> dict[str, str]:
    """What ``home.json`` of a folder says; empty when it is not a home."""
    try:
        record = json.loads((folder / "home.json").read_text())
    except (OSError, ValueError):
        return {}
    complete = isinstance(record, dict) and {"id", "path", "cluster"} <= record.keys()
    return record if complete else {}


def write_private(path: Path, text: str) -> None:
    """Write a file that only we can read: whole, or not at all."""
    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}-")
    try:
        with os.fdopen(descriptor, "w") as file:
            file.write(text)
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def _readable(folder: Path) -> str:
    """A few plain characters that remind of a path."""
    name = folder.name if not folder.name.startswith(".") else folder.parent.name
    return "".join(c if c.isascii() and c.isalnum() else "-" for c in name)[:20].strip("-") or "home"


def _socket_folder(home: Path) -> Path:
    own = home / "run"
    own.mkdir(mode=0o700, exist_ok=True)
    own.chmod(0o700)
    if _can_hold_sockets(own):
        return own
    note = home / "sockets"
    if note.exists():
        noted = Path(note.read_text())
        if _is_private(noted):
            return noted
    temporary = tempfile.gettempdir()
    if not _fits(Path(temporary, "feedlab-12345678")):
        temporary = "/tmp"  # noqa: S108  # a folder of our own is made in it
    made = Path(tempfile.mkdtemp(prefix="feedlab-", dir=temporary))
    write_private(note, str(made))
    return made


def _fits(folder: Path) -> bool:
    return len(os.fsencode(folder / _LONGEST_SOCKET)) <= _SOCKET_BYTES


def _can_hold_sockets(folder: Path) -> bool:
    """Some shared folders of virtual machines hold files but no sockets."""
    if not _fits(folder):
        return False
    probe = folder / ".probe"
    probe.unlink(missing_ok=True)
    try:
        with socket.socket(socket.AF_UNIX) as trial:
            trial.bind(os.fsencode(probe))
    except OSError:
        return False
    finally:
        probe.unlink(missing_ok=True)
    return True


def _is_private(folder: Path) -> bool:
    """A real folder of ours that nobody else can enter: the temp folder is everybody's."""
    try:
        found = folder.lstat()
    except OSError:
        return False
    return stat.S_ISDIR(found.st_mode) and found.st_uid == os.geteuid() and not found.st_mode & 0o077
