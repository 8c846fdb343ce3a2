"""Reversible ids: round trips, limits, and what is not of this world."""

from __future__ import annotations

import os
from uuid import UUID, uuid4

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedlab.errors import InvalidId
from feedlab.streams import run_key
from feedlab.world.ids import (
    DAY_BITS,
    OWNER_BITS,
    SLOT_BITS,
    Address,
    Ids,
    Kind,
    parse_uuid,
    run_key_of,
)

IDS = Ids(run_key("ids"))
KEYS = st.integers(0, 2**64 - 1)
ADDRESSES = st.builds(
    Address,
    kind=st.sampled_from(Kind),
    owner=st.integers(0, 2**OWNER_BITS - 1),
    day=st.integers(0, 2**DAY_BITS - 1),
    slot=st.integers(0, 2**SLOT_BITS - 1),
)


def uuids(column: pa.FixedSizeBinaryArray) -> list[UUID]:
    return [UUID(bytes=value) for value in column.to_pylist()]


@given(key=KEYS, address=ADDRESSES)
def test_an_id_leads_back_to_its_address_and_its_run(key: int, address: Address) -> None:
    ids = Ids(key)
    value = ids.uuid(address.kind, address.owner, address.day, address.slot)
    assert ids.address(value) == address
    assert ids.address(str(value)) == address
    assert run_key_of(value) == key
    assert value.version == 8 and value.variant == "specified in RFC 4122"


@given(addresses=st.lists(ADDRESSES, min_size=1, max_size=30))
def test_columns_are_the_single_ids(addresses: list[Address]) -> None:
    for kind in Kind:
        rows = [a for a in addresses if a.kind == kind]
        parts = np.array([(a.owner, a.day, a.slot) for a in rows], np.int64).reshape(-1, 3)
        column = IDS.encode(kind, parts[:, 0], parts[:, 1], parts[:, 2])
        assert uuids(column) == [IDS.uuid(a.kind, a.owner, a.day, a.slot) for a in rows]
        found = IDS.decode(column)
        assert found.known.all() and (found.kind == kind).all()
        assert np.column_stack([found.owner, found.day, found.slot]).tolist() == parts.tolist()


def test_the_arguments_broadcast() -> None:
    assert len(IDS.encode(Kind.POST, [1, 2, 3], 4, 5)) == 3
    assert len(IDS.encode(Kind.POST, 1, [4, 5], 5)) == 2
    assert len(IDS.encode(Kind.POST, [])) == 0


@pytest.mark.parametrize(
    ("parts", "name"),
    [
        ({"owner": 2**OWNER_BITS}, "owner"),
        ({"owner": -1}, "owner"),
        ({"owner": 0, "day": 2**DAY_BITS}, "day"),
        ({"owner": 0, "day": -1}, "day"),
        ({"owner": 0, "slot": 2**SLOT_BITS}, "slot"),
        ({"owner": [0, 1], "slot": [0, -1]}, "slot"),
    ],
)
def test_what_does_not_fit_is_refused_by_name(parts: dict[str, int], name: str) -> None:
    with pytest.raises(InvalidId, match=f"bits for its {name}"):
        IDS.encode(Kind.POST, **parts)


def test_different_addresses_have_different_ids() -> None:
    owner = np.arange(200_000)
    every = np.concatenate(
        [
            np.frombuffer(IDS.encode(kind, owner % 5_000, owner // 5_000, owner % 7).buffers()[1], "V16")
            for kind in (Kind.POST, Kind.INTERACTION)
        ]
    )
    assert len(np.unique(every)) == 400_000


def test_neighbours_have_no_neighbouring_ids() -> None:
    """Each bit of an address flips about half of the 58 permuted bits."""
    words = [
        np.frombuffer(IDS.encode(Kind.PERSON, np.arange(4_096)).buffers()[1], ">u8").reshape(-1, 2)[:, 1]
    ]
    for bit in range(OWNER_BITS):
        other = IDS.encode(Kind.PERSON, np.arange(4_096) ^ (1 << bit))
        words.append(np.frombuffer(other.buffers()[1], ">u8").reshape(-1, 2)[:, 1])
    first, *flipped = (word.astype(np.uint64) for word in words)
    for other in flipped:
        changed = np.bitwise_count(first ^ other)
        assert 27 < changed.mean() < 31
        assert changed.min() >= 8
    assert np.abs(np.diff(first.astype(np.float64))).min() > 2**20


def test_ids_of_another_run_are_not_known() -> None:
    other = Ids(run_key("another"))
    column = other.encode(Kind.PERSON, np.arange(1_000))
    assert not IDS.decode(column).known.any()
    with pytest.raises(InvalidId, match="was not made by this run"):
        IDS.address(other.uuid(Kind.PERSON, 7))


@pytest.mark.parametrize("bit", [0, 3, 4, 15, 16, 63])
def test_a_run_whose_key_differs_in_one_bit_is_another_run(bit: int) -> None:
    other = Ids(IDS.run_key ^ (1 << bit))
    assert not IDS.decode(other.encode(Kind.PERSON, np.arange(50))).known.any()


def uuid7() -> UUID:
    value = int.from_bytes(os.urandom(16), "big")
    return UUID(int=(value & ~(0xF << 76) & ~(0b11 << 62)) | (7 << 76) | (0b10 << 62))


@pytest.mark.parametrize("make", [uuid4, uuid7])
def test_ids_of_live_traffic_are_not_known(make: object) -> None:
    live = [make() for _ in range(300)]  # type: ignore[operator]
    assert not IDS.decode(pa.array([value.bytes for value in live], pa.binary(16))).known.any()
    with pytest.raises(InvalidId, match="version 8"):
        run_key_of(live[0])


def test_a_kind_that_does_not_exist_is_not_known() -> None:
    assert not IDS.decode(IDS.encode(max(Kind) + 1, np.arange(10))).known.any()  # type: ignore[arg-type]


def test_most_made_up_ids_of_this_run_are_not_known() -> None:
    """All 58 bits are an address, but only a few kinds exist."""
    real = np.frombuffer(IDS.encode(Kind.PERSON, np.arange(5_000)).buffers()[1], ">u8").reshape(-1, 2).copy()
    draw = np.random.default_rng(3).integers(0, 2**58, 5_000, dtype=np.uint64)
    real[:, 1] = (real[:, 1].astype(np.uint64) >> np.uint64(58) << np.uint64(58)) | draw
    made_up = pa.FixedSizeBinaryArray.from_buffers(pa.binary(16), 5_000, [None, pa.py_buffer(real.tobytes())])
    assert IDS.decode(made_up).known.mean() < 0.04


def test_sliced_and_chunked_columns() -> None:
    column = IDS.encode(Kind.POST, np.arange(100), 3, 4)
    np.testing.assert_array_equal(IDS.decode(column[10:20]).owner, np.arange(10, 20))
    np.testing.assert_array_equal(IDS.decode(column.slice(90)).owner, np.arange(90, 100))
    chunked = pa.chunked_array([column[50:60], column[:5]])
    np.testing.assert_array_equal(IDS.decode(chunked).owner, [*range(50, 60), *range(5)])
    assert IDS.decode(pa.chunked_array([], pa.binary(16))).known.shape == (0,)
    assert IDS.decode(column[:0]).known.shape == (0,)


def test_a_column_that_went_through_a_file() -> None:
    batch = pa.record_batch({"id": IDS.encode(Kind.POST, np.arange(7))})
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, batch.schema) as writer:
        writer.write_batch(batch)
    read = pa.ipc.open_stream(sink.getvalue()).read_all()
    np.testing.assert_array_equal(IDS.decode(read["id"]).owner, np.arange(7))


@pytest.mark.parametrize("text", ["", "seven", "0" * 31, "g" * 32])
def test_what_is_no_uuid_is_refused_with_what_was_given(text: str) -> None:
    with pytest.raises(InvalidId, match="is not a UUID") as caught:
        parse_uuid(text, field="post_id")
    assert caught.value.field == "post_id"
    assert parse_uuid("00000000-0000-4000-8000-000000000000").int > 0
