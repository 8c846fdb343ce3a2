"""Checksums of tables that do not depend on the order of rows, shards or workers.

The checksum of a table is the sum, modulo 2**64, of a hash of each row. Sums
add: those of shards make that of the table, those of an extension are added to
what was there. Strings are hashed byte by byte with their positions, in columns.
"""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from feedlab.streams import hash64

_A, _B = np.uint64(0xBF58476D1CE4E5B9), np.uint64(0x94D049BB133111EB)
_NULL, _VALUE = np.uint64(1), np.uint64(2)
Hashes = NDArray[np.uint64]


def checksum(table: pa.Table | pa.RecordBatch) -> int:
    """The checksum of a table, 64 bits; 0 when it has no rows.

    Floats, which must be finite, are hashed as millionths, so that the last bit of a sum does not show.

    Example:
        >>> a = pa.table({"x": [1, 2], "y": ["one", "two"]})
        >>> checksum(a) == checksum(a.take([1, 0]))
        True
        >>> checksum(a) == checksum(pa.table({"x": [2, 1], "y": ["one", "two"]}))
        False
    """
    rows = np.zeros(table.num_rows, np.uint64)
    for name in table.column_names:
        column = table.column(name)
        if isinstance(column, pa.ChunkedArray):
            column = column.combine_chunks()
        # A column's hash is keyed by its name: equal values in two columns do not cancel.
        rows += _mix(_cells(column) + np.uint64(hash64("column", name)))
    return int(_mix(rows).sum(dtype=np.uint64))


def add(*checksums: int) -> int:
    """The checksum of tables put together."""
    return sum(checksums) % (1 << 64)


def _mix(x: Hashes) -> Hashes:
    x = (x ^ (x >> np.uint64(30))) * _A
    x = (x ^ (x >> np.uint64(27))) * _B
    return x ^ (x >> np.uint64(31))


def _cells(column: pa.Array) -> Hashes:
    """A hash of each cell: 1 where it is null, never 0 or 1 where it is not."""
    kind = column.type
    if pa.types.is_dictionary(kind):
        # One more entry, so that a null has something to point at.
        entries = np.append(_cells(column.dictionary), _NULL)
        hashes = entries[pc.fill_null(column.indices, len(column.dictionary)).to_numpy(zero_copy_only=False)]
    elif pa.types.is_list(kind):
        hashes = _mix(_lists(column)) | _VALUE
    else:
        hashes = _mix(_values(column)) | _VALUE
    if column.null_count:
        return np.where(column.is_null().to_numpy(zero_copy_only=False), _NULL, hashes)
    return hashes


def _values(column: pa.Array) -> Hashes:
    kind = column.type
    if pa.types.is_string(kind) or pa.types.is_binary(kind):
        return _strings(column)
    if pa.types.is_fixed_size_binary(kind):
        size = kind.byte_width
        start = column.offset * size
        data = np.frombuffer(column.buffers()[1], np.uint8)[start : start + len(column) * size]
        return _sum_by_position(data, np.full(len(column), size, np.int64))
    if pa.types.is_floating(kind):
        floats = pc.fill_null(column, 0).to_numpy(zero_copy_only=False)
        return np.round(floats * 1e6).astype(np.int64).view(np.uint64)
    integers = pc.fill_null(column.cast(pa.int64()), 0)
    return integers.to_numpy(zero_copy_only=False).view(np.uint64)


def _strings(column: pa.Array) -> Hashes:
    offsets = np.frombuffer(column.buffers()[1], np.int32)[column.offset : column.offset + len(column) + 1]
    if not len(column):
        return np.zeros(0, np.uint64)
    data = column.buffers()[2]
    flat = np.frombuffer(data, np.uint8) if data is not None else np.zeros(0, np.uint8)
    return _sum_by_position(flat[offsets[0] : offsets[-1]], np.diff(offsets).astype(np.int64))


def _lists(column: pa.Array) -> Hashes:
    values = _cells(column.flatten())
    lengths = pc.fill_null(pc.list_value_length(column), 0).to_numpy(zero_copy_only=False).astype(np.int64)
    return _sum_within(_mix(values + _positions(lengths)), lengths) + lengths.astype(np.uint64)


def _sum_by_position(data: NDArray[np.uint8], lengths: NDArray[np.int64]) -> Hashes:
    """A hash of each run of bytes: the sum over its bytes of a hash of (position, byte)."""
    keyed = (_positions(lengths) << np.uint64(8)) | data
    return _sum_within(_mix(keyed), lengths) + lengths.astype(np.uint64)


def _positions(lengths: NDArray[np.int64]) -> Hashes:
    ends = np.cumsum(lengths)
    total = int(ends[-1]) if len(ends) else 0
    return (np.arange(total) - np.repeat(ends - lengths, lengths)).astype(np.uint64)


def _sum_within(values: Hashes, lengths: NDArray[np.int64]) -> Hashes:
    # Differences of a running sum; it wraps around, and so do the differences.
    running = np.concatenate([np.zeros(1, np.uint64), np.cumsum(values, dtype=np.uint64)])
    ends = np.cumsum(lengths)
    return running[ends] - running[ends - lengths]
