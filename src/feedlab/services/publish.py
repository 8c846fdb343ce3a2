"""Publish: the generated people, posts and interactions as JSON files in object storage."""

from __future__ import annotations

import tempfile
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Final, Self

import pyarrow as pa

from feedlab.storage.objects import Objects
from feedlab.storage.sinks.json_array import json_array

#: File of each table, with the columns that it has.
FILES: Final = {
    "users": ("users", ("id", "username", "display_name", "bio", "email")),
    "posts": ("posts", ("id", "user_id", "content", "topic", "tags", "created_at")),
    "user_interactions": (
        "interactions",
        ("id", "user_id", "post_id", "interaction_type", "created_at", "metadata"),
    ),
}


class Publisher:
    """Collects the shards of one run and writes ``generated/run_YYYYMMDD_HHMMSS/`` at its end.

    Batches wait in Arrow files on disk, so that memory stays flat and the files come
    out in the order of the shards whatever the order in which these were made. They are
    removed when the block is left.

    Args:
        objects: where the files go.
    """

    def __init__(self, objects: Objects) -> None:
        self._objects = objects
        self._started = datetime.now(UTC)
        self._waiting = tempfile.TemporaryDirectory(prefix="feedlab-run-")
        self._numbers: set[int] = set()
        self._lock = threading.Lock()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._waiting.cleanup()

    def add(self, number: int, tables: dict[str, pa.RecordBatch]) -> None:
        """Takes the rows of one shard."""
        for name, (_, columns) in FILES.items():
            if name in tables:
                batch = tables[name].select(list(columns))
                with (
                    pa.OSFile(self._path(name, number), "wb") as file,
                    pa.ipc.new_file(file, batch.schema) as writer,
                ):
                    writer.write_batch(batch)
        with self._lock:
            self._numbers.add(number)

    def finish(self) -> str:
        """Writes the files and returns their folder."""
        folder = f"generated/run_{self._started:%Y%m%d_%H%M%S}"
        for name, (file, _) in FILES.items():
            self._objects.put(f"{folder}/{file}.json", json_array(self._batches(name)))
        return folder

    def _batches(self, name: str) -> Iterator[pa.RecordBatch]:
        for number in sorted(self._numbers):
            path = self._path(name, number)
            if Path(path).exists():
                with pa.memory_map(path) as source:
                    reader = pa.ipc.open_file(source)
                    yield from (reader.get_batch(i) for i in range(reader.num_record_batches))

    def _path(self, name: str, number: int) -> str:
        return str(Path(self._waiting.name) / f"{name}.{number}.arrow")
