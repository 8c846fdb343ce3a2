"""A table as one JSON array of objects, encoded in columns, a batch at a time."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

# The two that need it in any text, then the control characters that JSON does not allow raw.
_ESCAPES: Final = [("\\", "\\\\"), ('"', '\\"')] + [(chr(c), f"\\u{c:04x}") for c in range(32)]
_CONTROL: Final = r"[\x00-\x1f]"
_HEX: Final = (
    np.frombuffer("".join(f"{b:02x}" for b in range(256)).encode(), "S2").view(np.uint8).reshape(256, 2)
)
_DASHES: Final = (8, 13, 18, 23)
_SECONDS: Final = pa.timestamp("s", tz="UTC")


def json_array(batches: Iterable[pa.RecordBatch]) -> Iterator[bytes]:
    """The bytes of one JSON array, whose objects have the columns of the batches as keys.

    Example:
        >>> batch = pa.record_batch({"id": [1, 2], "name": ["a", 'b"c']})
        >>> b"".join(json_array([batch])).decode()
        '[\\n{"id": 1, "name": "a"},\\n{"id": 2, "name": "b\\\\"c"}\\n]\\n'
    """
    yield b"["
    separator = b"\n"
    for batch in batches:
        if not batch.num_rows:
            continue
        parts: list[pa.Array | str] = []
        for name, column in zip(batch.schema.names, batch.columns, strict=True):
            parts += [f'{", " if parts else "{"}"{name}": ', _values(column, batch.schema.field(name))]
        rows = pc.binary_join_element_wise(*parts, "}", "")
        joined = pc.binary_join(pa.ListArray.from_arrays(pa.array([0, len(rows)], pa.int32()), rows), ",\n")
        yield separator + joined[0].as_buffer().to_pybytes()
        separator = b",\n"
    yield b"\n]\n"


def _values(column: pa.Array, field: pa.Field) -> pa.Array:
    """Each value as JSON text."""
    kind = column.type
    if pa.types.is_dictionary(kind):
        return _values(column.dictionary, field).take(column.indices)
    if pa.types.is_fixed_size_binary(kind):
        text = _quoted(_uuid_text(column))
    elif pa.types.is_timestamp(kind):
        text = _quoted(
            pc.strftime(pc.floor_temporal(column, unit="second").cast(_SECONDS), format="%Y-%m-%dT%H:%M:%SZ")
        )
    elif pa.types.is_string(kind):
        text = column if (field.metadata or {}).get(b"pg") == b"jsonb" else _quoted(_escaped(column))
    elif pa.types.is_list(kind):
        inner = pc.binary_join(
            pa.ListArray.from_arrays(column.offsets, _values(column.values, field)),
            ", ",
        )
        text = pc.binary_join_element_wise("[", inner, "]", "")
    else:
        text = column.cast(pa.string())
    return pc.fill_null(text, "null")


def _quoted(text: pa.Array) -> pa.Array:
    return pc.binary_join_element_wise('"', text, '"', "")


def _escaped(text: pa.Array) -> pa.Array:
    has_control = pc.any(pc.match_substring_regex(text, _CONTROL)).as_py()
    for raw, escape in _ESCAPES if has_control else _ESCAPES[:2]:
        text = pc.replace_substring(text, raw, escape)
    return text


def _uuid_text(column: pa.FixedSizeBinaryArray) -> pa.StringArray:
    n = len(column)
    octets = np.frombuffer(column.buffers()[1], np.uint8)[column.offset * 16 : (column.offset + n) * 16]
    text = np.full((n, 36), ord("-"), np.uint8)
    text[:, [i for i in range(36) if i not in _DASHES]] = _HEX[octets].reshape(n, 32)
    offsets = np.arange(n + 1, dtype=np.int32) * 36
    return pa.StringArray.from_buffers(n, pa.py_buffer(offsets), pa.py_buffer(text))
