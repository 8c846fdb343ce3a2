"""Checksums: blind to order, sharding and encoding; not to a single cell."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedlab.world.checksums import add, checksum

MOMENT = datetime(2024, 1, 1, tzinfo=UTC)
COLUMNS: dict[str, tuple[pa.DataType, list[Any], Any]] = {
    # The type, four values, and another one that must show.
    "string": (pa.string(), ["a", "", "日記", None], "b"),
    "binary": (pa.binary(), [b"a", b"", b"\0", None], b"\0\0"),
    "id": (pa.binary(16), [bytes(16), b"x" * 16, b"\0" * 15 + b"x", None], b"y" * 16),
    "integer": (pa.int64(), [0, 1, -1, None], 2),
    "small": (pa.int16(), [0, 1, -1, None], 2),
    "float": (pa.float64(), [0.0, 0.25, -1.5, None], 0.250002),
    "flag": (pa.bool_(), [True, False, True, None], None),
    "moment": (pa.timestamp("us", tz="UTC"), [MOMENT, MOMENT, MOMENT, None], MOMENT.replace(microsecond=1)),
    "label": (pa.dictionary(pa.int32(), pa.string()), ["a", "b", "a", None], "c"),
    "tags": (pa.list_(pa.string()), [["a", "b"], [], ["ab"], None], ["b", "a"]),
    "numbers": (pa.list_(pa.int64()), [[1, 2], [], [0], None], [2, 1]),
}


def column(kind: pa.DataType, values: list[Any]) -> pa.Array:
    if pa.types.is_dictionary(kind):
        return pa.array(values, kind.value_type).dictionary_encode()
    return pa.array(values, kind)


def table(**columns: pa.Array) -> pa.Table:
    return pa.table(columns)


WHOLE = table(**{name: column(kind, values) for name, (kind, values, _) in COLUMNS.items()})


def test_it_does_not_depend_on_the_order_of_rows_or_columns() -> None:
    assert checksum(WHOLE.take([3, 0, 2, 1])) == checksum(WHOLE)
    assert checksum(WHOLE.select(WHOLE.column_names[::-1])) == checksum(WHOLE)


@pytest.mark.parametrize("name", COLUMNS)
@pytest.mark.parametrize("row", range(4))
def test_any_changed_cell_shows(name: str, row: int) -> None:
    kind, values, other = COLUMNS[name]
    if values[row] is None and other is None:
        other = True
    changed = [*values[:row], other, *values[row + 1 :]]
    assert checksum(table(x=column(kind, changed))) != checksum(table(x=column(kind, values)))


@pytest.mark.parametrize("name", COLUMNS)
def test_null_is_neither_empty_nor_zero(name: str) -> None:
    kind, values, _ = COLUMNS[name]
    found = {checksum(table(x=column(kind, [value]))) for value in values}
    assert len(found) == len({repr(value) for value in values})


def test_the_name_of_a_column_shows() -> None:
    values = pa.array([1, 2])
    assert checksum(table(x=values)) != checksum(table(y=values))
    assert checksum(table(x=pa.array([1]), y=pa.array([2]))) != checksum(
        table(x=pa.array([2]), y=pa.array([1]))
    )


def test_cells_belong_to_their_rows() -> None:
    one = table(x=pa.array([1, 2]), y=pa.array(["a", "b"]))
    assert checksum(one) != checksum(table(x=pa.array([1, 2]), y=pa.array(["b", "a"])))


def test_a_row_more_or_twice_shows() -> None:
    assert (
        checksum(pa.concat_tables([WHOLE, WHOLE])) == add(checksum(WHOLE), checksum(WHOLE)) != checksum(WHOLE)
    )
    assert checksum(WHOLE[:3]) != checksum(WHOLE)
    assert checksum(WHOLE[:0]) == 0


@given(cut=st.integers(0, 4), second=st.integers(0, 4))
def test_checksums_of_parts_add_up(cut: int, second: int) -> None:
    low, high = sorted((cut, second))
    parts = WHOLE[:low], WHOLE[low:high], WHOLE[high:]
    assert add(*map(checksum, parts)) == checksum(WHOLE)
    assert add() == 0 and add(2**64 - 1, 2) == 1


@pytest.mark.parametrize("name", COLUMNS)
def test_slices_and_chunks_are_as_plain_columns(name: str) -> None:
    kind, values, other = COLUMNS[name]
    padded = column(kind, [other, *values, other])
    expected = checksum(table(x=column(kind, values)))
    assert checksum(table(x=padded[1:5])) == expected
    assert checksum(table(x=padded[1:5]).to_batches()[0]) == expected
    chunks = pa.chunked_array([padded[1:3], padded[3:5]])
    assert checksum(table(x=chunks)) == expected


def test_dictionaries_are_as_plain_columns() -> None:
    values = ["b", "a", None, "b", ""]
    plain = pa.array(values, pa.string())
    assert checksum(table(x=plain.dictionary_encode())) == checksum(table(x=plain))
    spare = pa.DictionaryArray.from_arrays(
        pa.array([2, 1, None, 2, 3], pa.int32()), ["unused", "a", "b", "", "spare"]
    )
    assert checksum(table(x=spare)) == checksum(table(x=plain))
    assert checksum(table(x=spare[1:4])) == checksum(table(x=plain[1:4]))
    nothing = pa.array([None, None], pa.string())
    assert checksum(table(x=nothing.dictionary_encode())) == checksum(table(x=nothing))


def test_floats_are_compared_to_the_millionth() -> None:
    def of(value: float) -> int:
        return checksum(table(x=pa.array([value])))

    assert of(0.1 + 0.2) == of(0.3) and of(-0.0) == of(0.0)
    assert of(0.3) != of(0.300001)


def test_bytes_count_by_their_position() -> None:
    found = {checksum(table(x=pa.array([text]))) for text in ("ab", "ba", "a", "b", "", "abab", "ab\0")}
    assert len(found) == 7


def test_it_is_the_same_on_every_machine() -> None:
    assert checksum(table(x=pa.array([1, 2]), y=pa.array(["one", "二"]))) == 4348892103282866794
