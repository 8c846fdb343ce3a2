"""Starting, recognising and ending processes by their id.

Ids are used again by the system, so a process is ours only while its command
line names our data.
"""

from __future__ import annotations

import os
import signal
import subprocess
import threading
import time
from collections.abc import Sequence
from pathlib import Path

POLL = 0.01
_LOG_BYTES = 16 * 2**20


def command_of(pid: int) -> str:
    """The command line of a living process; empty when there is none (a zombie lives no more)."""
    if Path("/proc/self/stat").exists():
        try:
            state = Path(f"/proc/{pid}/stat").read_bytes().rpartition(b")")[2].split()[0]
            command = Path(f"/proc/{pid}/cmdline").read_bytes()
        except OSError:
            return ""
        return "" if state in (b"Z", b"X") else os.fsdecode(command.replace(b"\0", b" "))
    shown = subprocess.run(
        ["ps", "-ww", "-o", "stat=,command=", "-p", str(pid)], capture_output=True, check=False
    )
    state, _, command = shown.stdout.strip().partition(b" ")
    return "" if state.startswith(b"Z") else os.fsdecode(command.strip())


def is_ours(pid: int, mark: str) -> bool:
    """Whether a living process has ``mark`` in its command line."""
    return mark in command_of(pid)


def launch(
    command: Sequence[str | Path],
    log: Path,
    *,
    account: tuple[int, int] | None = None,
    settings: dict[str, str] | None = None,
) -> subprocess.Popen[bytes]:
    """Start a server that writes to ``log``.

    It has a session of its own, so that Ctrl-C in a terminal does not reach it,
    and an environment without the user's settings (``PGDATA``, ``LC_ALL``, …).

    Args:
        command: the program and its arguments.
        log: a file, opened by us, which the server itself need not reach.
        account: user and group id to run as; None for our own.
        settings: variables for its environment.
    """
    if log.exists() and log.stat().st_size > _LOG_BYTES:
        log.replace(log.with_suffix(".old.log"))
    descriptor = os.open(log, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        process = subprocess.Popen(
            [os.fspath(part) for part in command],
            stdin=subprocess.DEVNULL,
            stdout=descriptor,
            stderr=descriptor,
            cwd="/",
            env=environment(settings),
            umask=0o077,
            start_new_session=True,
            user=account[0] if account else None,
            group=account[1] if account else None,
            extra_groups=[] if account else None,
        )
    finally:
        os.close(descriptor)
    # Between its start and the kernel's note of its arguments it would look like nobody's.
    while process.poll() is None and not command_of(process.pid):
        time.sleep(0.001)
    # Somebody has to collect it whenever it ends, also after this process stopped caring.
    threading.Thread(target=process.wait, name=f"reaper of {process.pid}", daemon=True).start()
    return process


def environment(settings: dict[str, str] | None = None) -> dict[str, str]:
    """The environment of our servers."""
    return {"PATH": os.defpath, "LC_ALL": "C", **(settings or {})}


def end(pid: int, mark: str, steps: Sequence[tuple[signal.Signals, float]]) -> bool:
    """Send each signal in turn and wait its seconds for the end; False when the process is still there."""
    for number, seconds in steps:
        if not is_ours(pid, mark):
            return True
        try:
            os.kill(pid, number)
        except ProcessLookupError:
            return True
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            if not is_ours(pid, mark):
                return True
            time.sleep(POLL)
    return not is_ours(pid, mark)


def last_lines(log: Path, offset: int = 0, lines: int = 8) -> str:
    """The last lines of a log, written after byte ``offset``, indented for a message."""
    try:
        with log.open("rb") as file:
            file.seek(max(offset, file.seek(0, os.SEEK_END) - 64 * 1024))
            text = file.read().decode("utf-8", "replace")
    except OSError:
        return ""
    return "\n".join("    " + line for line in text.strip().splitlines()[-lines:])
