"""Progress on standard error: bars on a terminal, plain lines elsewhere."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    SpinnerColumn,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)

from feedlab.cli import interrupts

#: What a step is called where somebody reads it.
TITLES = {
    "world": "world: shards made and copied",
    "indexes": "indexes and constraints",
    "snapshot": "snapshot of the database",
    "recommendations": "recommendations: people",
    "policies": "policies against the truth: people",
}


class Reporter(Protocol):
    """How a command tells what it is doing."""

    def step(self, text: str) -> None:
        """One line about something that is being waited for."""

    def progress(self, name: str, done: int, total: int) -> None:
        """How far a long step has come."""


class _Bars:
    def __init__(self, progress: Progress) -> None:
        self._progress = progress
        self._tasks: dict[str, object] = {}

    def step(self, text: str) -> None:
        self._progress.console.print(f"[dim]{text}[/dim]")

    def progress(self, name: str, done: int, total: int) -> None:
        interrupts.check()
        if name not in self._tasks:
            self._tasks[name] = self._progress.add_task(TITLES.get(name, name), total=total)
        self._progress.update(self._tasks[name], completed=done, total=total)  # type: ignore[arg-type]


class _Lines:
    def __init__(self, console: Console) -> None:
        self._console = console
        self._started: dict[str, float] = {}

    def step(self, text: str) -> None:
        self._console.print(text)

    def progress(self, name: str, done: int, total: int) -> None:
        interrupts.check()
        started = self._started.setdefault(name, time.perf_counter())
        if done >= total:
            self._console.print(
                f"{TITLES.get(name, name)}: {total:,} in {time.perf_counter() - started:.1f} s"
            )


@contextmanager
def reporting() -> Iterator[Reporter]:
    """A reporter that fits what standard error is connected to."""
    console = Console(stderr=True, highlight=False)
    if not console.is_terminal:
        yield _Lines(console)
        return
    columns = (
        SpinnerColumn(finished_text="[green]✓"),
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=console) as progress:
        yield _Bars(progress)
