"""The home of a laboratory: a folder with its secrets, its ledger of worlds and its servers' data."""

from __future__ import annotations

import json
import secrets
import tempfile
from pathlib import Path
from typing import Any

from feedlab.errors import EmbeddedServerError, NotFound
from feedlab.storage.embedded.home import write_private


class Home:
    """A folder that only its owner can read.

    Args:
        path: where it is.
        make: whether to make it when it is not there.

    Raises:
        NotFound: it is not there and is not to be made.
        EmbeddedServerError: it cannot be made or written.
    """

    def __init__(self, path: Path, *, make: bool = True) -> None:
        self.path = path.absolute()
        if not make and not (self.path / "secrets.json").exists():
            raise NotFound(
                f"there is no laboratory in {self.path}; `feedlab demo` makes one, "
                "or set FEEDLAB_HOME to the folder of yours"
            )
        try:
            self.path.mkdir(mode=0o700, parents=True, exist_ok=True)
            with tempfile.TemporaryFile(dir=self.path):
                pass
        except OSError as error:
            raise EmbeddedServerError(
                f"the home {self.path} cannot be written ({error.strerror}); "
                "set FEEDLAB_HOME to a folder of yours with some room",
                field="FEEDLAB_HOME",
            ) from None

    def session_key(self) -> str:
        """The key that signs sessions, made at random the first time."""
        return str(self._secrets()["session_key"])

    def password_of(self, email: str) -> str:
        """The password of one of the laboratory's accounts, made at random the first time."""
        return str(self._secrets(email)["passwords"][email])

    def remember_world(self, run_key: int, spec: dict[str, Any]) -> None:
        """Keeps a spec under its run key, so that ids of that run can be read without a database."""
        folder = self.path / "worlds"
        folder.mkdir(mode=0o700, exist_ok=True)
        write_private(folder / f"{run_key:016x}.json", json.dumps(spec, ensure_ascii=False, indent=1))

    def _secrets(self, email: str | None = None) -> dict[str, Any]:
        file = self.path / "secrets.json"
        found: dict[str, Any] = json.loads(file.read_text()) if file.exists() else {}
        changed = dict(found)
        changed.setdefault("session_key", secrets.token_urlsafe(32))
        passwords = changed["passwords"] = dict(found.get("passwords", {}))
        if email is not None:
            passwords.setdefault(email, secrets.token_urlsafe(9))
        if changed != found:
            write_private(file, json.dumps(changed, indent=1))
        return changed
