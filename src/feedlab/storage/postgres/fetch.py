"""Rows out of PostgreSQL as Arrow columns, through binary COPY: no Python per row."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import numpy as np
import psycopg
import pyarrow as pa

_HEADER: Final = 19  # signature, flags, length of the header's extension
_EPOCH: Final = 946_684_800_000_000  # 2000-01-01 in microseconds since 1970
_WIDTHS: Final = {
    "uuid": ("V16", 16),
    "int2": (">i2", 2),
    "int4": (">i4", 4),
    "float8": (">f8", 8),
    "timestamptz": (">i8", 8),
}


def fetch_fixed(
    connection: psycopg.Connection, query: str, columns: Mapping[str, str], **parameters: object
) -> pa.Table:
    """The rows of a query whose columns all have a fixed width and are never null.

    Args:
        query: a SELECT; placeholders as ``%(name)s``.
        columns: the name and PostgreSQL type of each column, in order:
            ``uuid``, ``int2``, ``int4``, ``float8`` or ``timestamptz``.

    Returns:
        a table with these columns; uuid as ``binary(16)``, times as microseconds in UTC.
    """
    fields: list[tuple[str, str]] = [("_fields", ">i2")]
    for name, kind in columns.items():
        fields += [(f"_{name}", ">i4"), (name, _WIDTHS[kind][0])]
    row = np.dtype(fields)
    with (
        connection.cursor() as cursor,
        cursor.copy(f"COPY ({query}) TO STDOUT (FORMAT binary)", parameters or None) as copy,
    ):
        data = b"".join(copy)
    rows = np.frombuffer(data, row, count=(len(data) - _HEADER - 2) // row.itemsize, offset=_HEADER)
    for name, kind in columns.items():
        if len(rows) and (rows[f"_{name}"] != _WIDTHS[kind][1]).any():
            raise ValueError(f"column {name} is not a {kind} throughout, or has nulls")
    return pa.table({name: _column(np.ascontiguousarray(rows[name]), kind) for name, kind in columns.items()})


def _column(values: np.ndarray, kind: str) -> pa.Array:
    if kind == "uuid":
        return pa.FixedSizeBinaryArray.from_buffers(pa.binary(16), len(values), [None, pa.py_buffer(values)])
    native = values.astype(values.dtype.newbyteorder("="))
    if kind == "timestamptz":
        return pa.array(native + _EPOCH).view(pa.timestamp("us", tz="UTC"))
    return pa.array(native)
