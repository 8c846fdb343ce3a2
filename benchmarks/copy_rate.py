"""How fast rows get into PostgreSQL: our COPY encoder against the floor and against its peers.

    python benchmarks/copy_rate.py --database-url postgresql://… [--rows 500000] [--rounds 3] [--json]

Two bare tables, one of five narrow columns and one with texts and nulls, are each filled in turn by

* floor     COPY of binary bytes that already lie in memory: what the server and the connection take
* ours      ``copy_into``, encoding included
* write_row psycopg's binary COPY, one row at a time; its Python values are made beforehand, untimed
* csv       CSV written by ``pyarrow.csv``, then COPY

and the best of the rounds is given as a ratio to the floor. Everything happens in transactions that are
rolled back, so nothing remains. Also given is how fast the encoder alone makes the bytes.
"""

from __future__ import annotations

import argparse
import json
import time
import uuid
from collections.abc import Callable
from typing import Any

import numpy as np
import psycopg
import pyarrow as pa
import pyarrow.csv

from feedlab.storage.postgres.copy import copy_into, encode

TABLES = {
    "narrow": {"id": "int8", "person": "int4", "post": "int4", "score": "float8", "at": "timestamptz"},
    "texts": {
        "id": "uuid",
        "topic": "text",
        "content": "text",
        "bio": "text",
        "likes": "int4",
        "at": "timestamptz",
    },
}
Method = Callable[[psycopg.Connection[Any]], object]


def make(table: str, rows: int) -> pa.RecordBatch:
    rng = np.random.default_rng(1)
    moments = pa.array(rng.integers(1.7e15, 1.8e15, rows)).cast(pa.timestamp("us", "UTC"))
    if table == "narrow":
        numbers = {name: pa.array(rng.integers(0, 2**31, rows, np.int32)) for name in ("person", "post")}
        scores = pa.array(rng.random(rows))
        return pa.record_batch({"id": pa.array(np.arange(rows)), **numbers, "score": scores, "at": moments})
    words = np.array(["feed", "slate", "arm", "metric", "post", "person", "topic", "variant"])
    sentences = [" ".join(words[rng.integers(0, 8, size)]) for size in rng.integers(5, 40, 5_000)]
    picked = pa.array(rng.integers(0, len(sentences), rows), mask=rng.random(rows) < 0.3)
    topics = pa.DictionaryArray.from_arrays(rng.integers(0, 8, rows, np.int32), words.tolist())
    return pa.record_batch(
        {
            "id": pa.Array.from_buffers(pa.binary(16), rows, [None, pa.py_buffer(rng.bytes(16 * rows))]),
            "topic": topics,
            "content": pa.array(sentences).take(pa.array(rng.integers(0, len(sentences), rows))),
            "bio": pa.array(sentences).take(picked),
            "likes": pa.array(rng.integers(0, 1_000, rows, np.int32), mask=rng.random(rows) < 0.1),
            "at": moments,
        }
    )


def as_csv(batch: pa.RecordBatch) -> pa.Buffer:
    """CSV has neither dictionaries nor UUIDs: the first are decoded, the second written in hex."""
    columns = []
    for original in batch.columns:
        column = original
        if pa.types.is_dictionary(column.type):
            column = column.dictionary_decode()
        elif pa.types.is_fixed_size_binary(column.type):
            digits = pa.py_buffer(column.buffers()[1].hex())
            offsets = pa.py_buffer(np.arange(0, 32 * len(column) + 1, 32, dtype=np.int32))
            column = pa.Array.from_buffers(pa.string(), len(column), [None, offsets, digits])
        columns.append(column)
    sink = pa.BufferOutputStream()
    options = pa.csv.WriteOptions(include_header=False)
    pa.csv.write_csv(pa.RecordBatch.from_arrays(columns, batch.schema.names), sink, options)
    return sink.getvalue()


def methods(table: str, batch: pa.RecordBatch) -> dict[str, Method]:
    ready = b"".join(encode(batch))
    rows = list(zip(*(column.to_pylist() for column in batch.columns), strict=True))
    if table == "texts":
        rows = [(uuid.UUID(bytes=first), *rest) for first, *rest in rows]
    types = list(TABLES[table].values())

    def send(data: memoryview | bytes, form: str) -> Method:
        def run(connection: psycopg.Connection[Any]) -> None:
            with connection.cursor().copy(f"COPY bench FROM STDIN (FORMAT {form})") as copy:
                copy.write(data)

        return run

    def write_row(connection: psycopg.Connection[Any]) -> None:
        with connection.cursor().copy("COPY bench FROM STDIN (FORMAT binary)") as copy:
            copy.set_types(types)
            for row in rows:
                copy.write_row(row)

    return {
        "floor": send(ready, "binary"),
        "ours": lambda connection: copy_into(connection, "bench", [batch]),
        "write_row": write_row,
        "csv": lambda connection: send(memoryview(as_csv(batch)), "csv")(connection),  # noqa: PLW0108  # timed
    }


def seconds(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def measure(connection: psycopg.Connection[Any], table: str, rows: int, rounds: int) -> list[dict[str, Any]]:
    batch = make(table, rows)
    columns = ", ".join(f"{name} {pg}" for name, pg in TABLES[table].items())
    candidates = methods(table, batch)
    best = dict.fromkeys(candidates, float("inf"))
    encoding = float("inf")
    sums = set()
    for _ in range(rounds):
        # The methods take turns within a round, so that a slow moment of the machine meets all of them.
        for name, method in candidates.items():
            with connection.transaction(force_rollback=True):
                connection.execute(f"CREATE TEMP TABLE bench ({columns})")
                best[name] = min(best[name], seconds(lambda method=method: method(connection)))
                found = connection.execute("SELECT count(*), sum(hashtext(bench::text)::int8) FROM bench")
                sums.add(found.fetchone())
        encoding = min(encoding, seconds(lambda: sum(map(len, encode(batch)))))
    if len(sums) != 1:
        raise SystemExit(f"the methods stored different rows in {table}: {sums}")
    best["ours: encoding alone"] = encoding
    return [
        {
            "table": table,
            "method": name,
            "rows": rows,
            "seconds": round(took, 4),
            "rows_per_second": round(rows / took),
            "times_floor": round(took / best["floor"], 3),
        }
        for name, took in best.items()
    ]


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--database-url", required=True)
    parser.add_argument("--rows", type=int, default=500_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--json", action="store_true", help="print JSON instead of a table")
    options = parser.parse_args()
    with psycopg.connect(options.database_url, autocommit=True) as connection:
        results = [
            line for table in TABLES for line in measure(connection, table, options.rows, options.rounds)
        ]
    if options.json:
        print(json.dumps(results, indent=2))
        return
    print(f"{'table':<8} {'method':<22} {'rows/s':>12} {'time / floor':>13}")
    for line in results:
        rate, ratio = line["rows_per_second"], line["times_floor"]
        print(f"{line['table']:<8} {line['method']:<22} {rate:>12,} {ratio:>13.2f}")


if __name__ == "__main__":
    main()
