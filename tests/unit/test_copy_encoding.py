"""The bytes of binary COPY, held against bytes written by hand."""

from __future__ import annotations

import datetime as dt
import struct
import uuid
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from feedlab.errors import InvalidInput
from feedlab.storage.postgres import copy
from feedlab.storage.postgres.copy import HEADER, TRAILER, encode, encode_rows

ID = uuid.UUID("00112233-4455-8677-8899-aabbccddeeff")
NULL = "ffffffff"


def rows(batch: pa.RecordBatch, types: Any = None) -> bytes:
    return b"".join(encode_rows(batch, types))


def field(array: pa.Array, pg: str | None = None) -> str:
    """The bytes of one column of one row, in hex, after the count of fields."""
    written = rows(pa.record_batch({"c": array}), [pg] if pg else None)
    assert written[:2] == b"\x00\x01"
    return written[2:].hex()


@pytest.mark.parametrize(
    ("value", "arrow", "pg", "expected"),
    [
        ("Ann", pa.string(), None, "00000003 416e6e"),
        ("Ann", pa.large_string(), None, "00000003 416e6e"),
        ("Zoë", pa.string(), "varchar", "00000004 5a6fc3ab"),
        ("", pa.string(), None, "00000000"),
        ("{}", pa.string(), "jsonb", "00000003 01 7b7d"),
        ("{}", pa.string(), "json", "00000002 7b7d"),
        (ID.bytes, pa.binary(16), None, "00000010 00112233445586778899aabbccddeeff"),
        (True, pa.bool_(), None, "00000001 01"),
        (False, pa.bool_(), None, "00000001 00"),
        (-2, pa.int16(), None, "00000002 fffe"),
        (258, pa.int32(), None, "00000004 00000102"),
        (258, pa.int64(), None, "00000008 0000000000000102"),
        (258, pa.int64(), "int2", "00000002 0102"),
        (258, pa.int16(), "int8", "00000008 0000000000000102"),
        (1.5, pa.float32(), None, "00000004 3fc00000"),
        (-2.0, pa.float64(), None, "00000008 c000000000000000"),
        (dt.date(2000, 1, 2), pa.date32(), None, "00000004 00000001"),
        (dt.date(1999, 12, 31), pa.date32(), None, "00000004 ffffffff"),
        # Microseconds since 2000-01-01; the column arrives in seconds, milliseconds or microseconds.
        (
            dt.datetime(2000, 1, 1, 0, 0, 1, tzinfo=dt.UTC),
            pa.timestamp("s", "UTC"),
            None,
            "00000008 00000000000f4240",
        ),
        (
            dt.datetime(2000, 1, 1, 0, 0, 1, tzinfo=dt.UTC),
            pa.timestamp("ms", "UTC"),
            None,
            "00000008 00000000000f4240",
        ),
        (
            dt.datetime(1999, 12, 31, 23, 59, 59, 999999, dt.UTC),
            pa.timestamp("us", "UTC"),
            None,
            "00000008" + "f" * 16,
        ),
        # An instant is the same instant in any time zone.
        (
            dt.datetime(2000, 1, 1, tzinfo=dt.UTC),
            pa.timestamp("us", "Asia/Tokyo"),
            None,
            "00000008" + "0" * 16,
        ),
        ("Ann", pa.dictionary(pa.int8(), pa.string()), None, "00000003 416e6e"),
        (
            ["a", "bc"],
            pa.list_(pa.string()),
            None,
            "0000001f 00000001 00000000 00000019 00000002 00000001 00000001 61 00000002 6263",
        ),
        (
            ["a", None],
            pa.large_list(pa.string()),
            "varchar[]",
            "0000001d 00000001 00000001 00000413 00000002 00000001 00000001 61 ffffffff",
        ),
        ([], pa.list_(pa.string()), None, "00000014 00000001 00000000 00000019 00000000 00000001"),
        (
            [ID.bytes],
            pa.list_(pa.binary(16)),
            None,
            "00000028 00000001 00000000 00000b86 00000001 00000001 00000010 00112233445586778899aabbccddeeff",
        ),
    ],
)
def test_known_answers(value: Any, arrow: pa.DataType, pg: str | None, expected: str) -> None:
    if pa.types.is_dictionary(arrow):
        array = pa.array([value], arrow.value_type).dictionary_encode()
    else:
        array = pa.array([value], arrow)
    assert field(array, pg) == expected.replace(" ", "")


@pytest.mark.parametrize(
    ("value", "arrow", "expected"),
    [
        ("Ann", pa.string(), "00000003416e6e"),
        (7, pa.int16(), "000000020007"),
        (True, pa.bool_(), "0000000101"),
        (1.5, pa.float32(), "000000043fc00000"),
        (dt.date(2000, 1, 2), pa.date32(), "0000000400000001"),
        (dt.datetime(2000, 1, 1, tzinfo=dt.UTC), pa.timestamp("us", "UTC"), "00000008" + "0" * 16),
        (ID.bytes, pa.binary(16), "00000010" + ID.hex),
        (["a"], pa.list_(pa.string()), "000000190000000100000000000000190000000100000001" + "0000000161"),
    ],
)
def test_a_null_is_its_length_alone_in_every_type(value: Any, arrow: pa.DataType, expected: str) -> None:
    array = pa.array([None, value, None], arrow)
    assert rows(pa.record_batch({"c": array})).hex() == f"0001{NULL}0001{expected}0001{NULL}"
    assert rows(pa.record_batch({"c": array.slice(1)})).hex() == f"0001{expected}0001{NULL}"
    assert rows(pa.record_batch({"c": array.slice(2)})).hex() == f"0001{NULL}"


def test_neighbours_keep_their_width() -> None:
    dates = pa.array([10_957, 10_958, 10_959], pa.int32()).cast(pa.date32())
    assert rows(pa.record_batch({"c": dates})) == b"".join(struct.pack(">hii", 1, 4, day) for day in range(3))


def test_a_null_of_jsonb_has_no_version_byte() -> None:
    assert (
        rows(pa.record_batch({"c": pa.array([None, "1"])}), ["jsonb"]).hex() == f"0001{NULL}0001000000020131"
    )


def test_a_null_inside_a_dictionary_is_null() -> None:
    array = pa.DictionaryArray.from_arrays(pa.array([0, 1, None], pa.int32()), pa.array(["a", None]))
    assert rows(pa.record_batch({"c": array})).hex() == f"000100000001610001{NULL}0001{NULL}"


def test_what_a_null_hides_is_not_written() -> None:
    # The second row is null, but its slot in the buffers holds "secret" and a NUL, which is not refused.
    data = pa.py_buffer(b"asecret\x00b")
    offsets = pa.py_buffer(np.array([0, 1, 8, 9], np.int32))
    text = pa.Array.from_buffers(pa.string(), 3, [pa.py_buffer(b"\x05"), offsets, data])
    assert rows(pa.record_batch({"c": text})).hex() == f"000100000001610001{NULL}00010000000162"
    lists = pa.ListArray.from_arrays(
        pa.array([0, 1, 2], pa.int32()), pa.array(["x", "y"]), mask=pa.array([True, False])
    )
    written = rows(pa.record_batch({"c": lists}))
    assert written.startswith(b"\x00\x01\xff\xff\xff\xff\x00\x01")
    assert b"x" not in written
    assert written.endswith(b"y")


def test_columns_stand_side_by_side_in_each_row() -> None:
    batch = pa.record_batch(
        {
            "a": pa.array([1, 2], pa.int16()),
            "b": pa.array(["x", None]),
            "c": pa.array([None, True]),
            "d": pa.array(["", "yz"]),
        }
    )
    first = struct.pack(">hihi1sii", 4, 2, 1, 1, b"x", -1, 0)
    second = struct.pack(">hihii?i2s", 4, 2, 2, -1, 1, True, 2, b"yz")
    assert rows(batch) == first + second


def test_a_stream_opens_with_the_signature_and_closes_with_the_trailer() -> None:
    batch = pa.record_batch({"c": pa.array([1], pa.int16())})
    stream = b"".join(encode(batch))
    assert stream[:19] == b"PGCOPY\n\xff\r\n\0" + b"\0\0\0\0" + b"\0\0\0\0"
    assert stream[19:] == bytes.fromhex("0001000000020001") + b"\xff\xff"


def test_no_rows_are_a_header_and_a_trailer() -> None:
    empty = pa.record_batch({"a": pa.array([], pa.string()), "b": pa.array([], pa.list_(pa.int32()))})
    assert b"".join(encode(empty)) == HEADER + TRAILER


def mixed(n: int) -> pa.RecordBatch:
    rng = np.random.default_rng(11)
    numbers = rng.integers(-(2**31), 2**31, n)
    missing = rng.random(n) < 0.2
    words = [None if gone else "w" * (i % 7) for i, gone in enumerate(missing)]
    return pa.record_batch(
        {
            "id": pa.array([rng.bytes(16) for _ in range(n)], pa.binary(16)),
            "n": pa.array(numbers, mask=missing),
            "flag": pa.array(numbers % 3 == 0, mask=missing[::-1].copy()),
            "word": pa.array(words),
            "topic": pa.array(words).dictionary_encode(),
            "tags": pa.array(
                [None if w is None else [w, None, str(i)][: i % 4] for i, w in enumerate(words)]
            ),
        }
    )


@pytest.mark.parametrize("start", [0, 1, 7, 8, 13])
def test_a_slice_is_written_like_a_copy_of_its_rows(start: int) -> None:
    batch = mixed(100)
    part = batch.slice(start, 20)
    fresh = pa.RecordBatch.from_pylist(part.to_pylist(), schema=batch.schema)
    assert rows(part) == rows(fresh)
    assert len(rows(part)) > 20 * (2 + 16)


def test_the_size_of_the_parts_does_not_show(monkeypatch: pytest.MonkeyPatch) -> None:
    batch = mixed(100)
    whole = rows(batch)
    monkeypatch.setattr(copy, "_CHUNK_ROWS", 9)
    assert len(list(encode_rows(batch))) == 12
    assert rows(batch) == whole


def test_long_rows_make_short_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(copy, "_CHUNK_BYTES", 5_000)
    batch = pa.record_batch({"c": ["x" * 1_000] * 20})
    assert max(len(part) for part in encode_rows(batch)) <= 5_000
    assert rows(batch).count(b"x" * 1_000) == 20


def test_a_type_comes_from_types_then_the_field_then_arrow() -> None:
    marked = pa.schema([pa.field("c", pa.string(), metadata={b"pg": b"jsonb"})])
    batch = pa.record_batch([pa.array(["1"])], schema=marked)
    assert rows(batch)[6:] == b"\x011"
    assert rows(batch, {"c": "text"})[6:] == b"1"
    assert rows(batch, ["text"])[6:] == b"1"
    assert rows(pa.record_batch({"c": ["1"]}))[6:] == b"1"


@pytest.mark.parametrize(
    ("array", "types", "says"),
    [
        (pa.array([1], pa.uint32()), None, "column 'c' is uint32"),
        (pa.array([b"x"], pa.binary()), None, "column 'c' is binary"),
        (pa.array([b"12345678"], pa.binary(8)), None, "fixed_size_binary"),
        (pa.array([dt.datetime(2024, 1, 1)], pa.timestamp("us")), None, "timestamp"),
        (pa.array([0], pa.timestamp("ns", "UTC")), None, "timestamp"),
        (pa.array([[["a"]]]), None, "list"),
        (pa.array([None]), None, "null"),
        (pa.array([1], pa.int32()), {"c": "text"}, "cannot become 'text'"),
        (pa.array(["1"]), {"c": "wrong"}, "choose one of: text, varchar"),
        (pa.array([["1"]]), {"c": "text"}, r"text\[\]"),
        (pa.array(["1"]), {"d": "text"}, "types names"),
        (pa.array(["1"]), ["text", "text"], "2 types were given for 1 columns"),
        (pa.array([40_000], pa.int32()), {"c": "int2"}, "column 'c' has a value"),
        (pa.array([2**62], pa.timestamp("s", "UTC")), None, "column 'c' has a value"),
        (pa.array([-(2**63)], pa.timestamp("us", "UTC")), None, "column 'c' has a value"),
    ],
)
def test_what_cannot_be_sent_is_refused(array: pa.Array, types: Any, says: str) -> None:
    with pytest.raises(InvalidInput, match=says):
        rows(pa.record_batch({"c": array}), types)


def test_a_batch_without_columns_is_refused() -> None:
    with pytest.raises(InvalidInput, match="without columns"):
        list(encode(pa.record_batch({})))


@pytest.mark.parametrize(
    "array",
    [
        pa.array(["fine", "bad\x00"]),
        pa.array(["fine", None, "bad\x00"], pa.large_string()),
        pa.array(["fine", "bad\x00"]).dictionary_encode(),
        pa.array([["fine"], ["fine", "bad\x00"]]),
    ],
)
def test_a_nul_in_text_is_refused_by_column(array: pa.Array) -> None:
    with pytest.raises(InvalidInput, match=r"'bio'.*NUL.*'bad\\x00'") as caught:
        rows(pa.record_batch({"id": pa.array([0] * len(array), pa.int64()), "bio": array}))
    assert caught.value.field == "bio"


def test_a_nul_outside_of_the_slice_is_not_held_against_it() -> None:
    array = pa.array(["bad\x00", "fine", "bad\x00"]).slice(1, 1)
    assert rows(pa.record_batch({"bio": array})).endswith(b"fine")
