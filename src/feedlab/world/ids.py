"""Reversible ids: a UUID that says which person, post or event it names.

Everything that a world makes has an address: a kind, an owner (the index of a
person), a day and a slot on that day. Its id is a UUIDv8 (RFC 9562) with the
following 122 free bits, most significant first::

    run key 64 │ permuted address 58 = kind 8 · owner 27 · day 15 · slot 8

So a world holds up to 134,217,727 people, 32,767 days (89 years) and 256 posts,
or 256 events, a person and day. The address is permuted by a Feistel network
keyed by the run key, so that neighbours in the world have no neighbouring ids.
Foreign keys are computed from addresses, never looked up, and with the spec of
the run any row can be made again from its id alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from uuid import UUID

import numpy as np
import pyarrow as pa
from numpy.typing import ArrayLike, NDArray

from feedlab.errors import InvalidId
from feedlab.streams import hash64

KIND_BITS, OWNER_BITS, DAY_BITS, SLOT_BITS = 8, 27, 15, 8
_HALF = 29
_HALF_MASK = np.uint64((1 << _HALF) - 1)
_ROUNDS = 6
_M1, _M2 = np.uint64(0x9E3779B97F4A7C15), np.uint64(0xD6E8FEB86659FD93)


class Kind(IntEnum):
    """What an id names. A number is never used again for something else."""

    PERSON = 0
    POST = 1
    VARIATION = 2
    INTERACTION = 3
    INTEREST = 4


@dataclass(frozen=True, slots=True)
class Address:
    """Where in a world something stands. For a variation, owner is its seed and slot its template."""

    kind: Kind
    owner: int
    day: int = 0
    slot: int = 0


@dataclass(frozen=True, slots=True)
class Addresses:
    """Addresses in columns, each of shape (n,); ``known`` is false where the id is not of this world."""

    kind: NDArray[np.int64]
    owner: NDArray[np.int64]
    day: NDArray[np.int64]
    slot: NDArray[np.int64]
    known: NDArray[np.bool_]


class Ids:
    """The ids of one run.

    Args:
        run_key: 64 bits, see :func:`feedlab.streams.run_key`.

    Example:
        >>> ids = Ids(run_key=42)
        >>> someone = ids.uuid(Kind.PERSON, 7)
        >>> ids.address(someone)
        Address(kind=<Kind.PERSON: 0>, owner=7, day=0, slot=0)
    """

    def __init__(self, run_key: int) -> None:
        self.run_key = run_key
        self._round_keys = [np.uint64(hash64("feistel", run_key, i)) for i in range(_ROUNDS)]
        self._high = np.uint64(((run_key >> 16) << 16) | 0x8000 | ((run_key >> 4) & 0xFFF))
        self._low = np.uint64((0b10 << 62) | ((run_key & 0xF) << 58))

    def encode(
        self, kind: Kind, owner: ArrayLike, day: ArrayLike = 0, slot: ArrayLike = 0
    ) -> pa.FixedSizeBinaryArray:
        """The ids of many addresses as Arrow ``binary(16)``, shape (n,); the arguments broadcast."""
        owners, days, slots = np.broadcast_arrays(
            *(np.atleast_1d(np.asarray(part, np.int64)) for part in (owner, day, slot))
        )
        for name, part, bits in (
            ("owner", owners, OWNER_BITS),
            ("day", days, DAY_BITS),
            ("slot", slots, SLOT_BITS),
        ):
            if part.size and (part.min() < 0 or part.max() >> bits):
                raise InvalidId(
                    f"an id has {bits} bits for its {name}; {part.min()} to {part.max()} do not fit"
                )
        packed = (np.int64(kind) << 50) | (owners << 23) | (days << 8) | slots
        words = np.empty((len(packed), 2), ">u8")
        words[:, 0] = self._high
        words[:, 1] = self._permute(packed.astype(np.uint64)) | self._low
        return pa.FixedSizeBinaryArray.from_buffers(pa.binary(16), len(packed), [None, pa.py_buffer(words)])

    def decode(self, ids: pa.FixedSizeBinaryArray) -> Addresses:
        """The addresses of many ids; ids of another run or of live traffic are not ``known``."""
        if isinstance(ids, pa.ChunkedArray):
            ids = ids.combine_chunks()
        words = np.frombuffer(ids.buffers()[1], ">u8").reshape(-1, 2)[ids.offset : ids.offset + len(ids)]
        low = words[:, 1].astype(np.uint64)
        known = (words[:, 0] == self._high) & ((low & ~np.uint64((1 << 58) - 1)) == self._low)
        packed = self._unpermute(low & np.uint64((1 << 58) - 1)).astype(np.int64)
        return Addresses(
            kind=packed >> 50,
            owner=(packed >> 23) & ((1 << OWNER_BITS) - 1),
            day=(packed >> 8) & ((1 << DAY_BITS) - 1),
            slot=packed & ((1 << SLOT_BITS) - 1),
            known=known & ((packed >> 50) <= max(Kind)),
        )

    def uuid(self, kind: Kind, owner: int, day: int = 0, slot: int = 0) -> UUID:
        """The id of one address."""
        return UUID(bytes=self.encode(kind, owner, day, slot)[0].as_py())

    def address(self, value: UUID | str) -> Address:
        """The address of one id; raises :class:`InvalidId` when this run did not make it."""
        given = value if isinstance(value, UUID) else parse_uuid(value)
        found = self.decode(pa.array([given.bytes], pa.binary(16)))
        if not found.known[0]:
            raise InvalidId(f"{given} was not made by this run; its run key is not {self.run_key:016x}")
        return Address(Kind(int(found.kind[0])), int(found.owner[0]), int(found.day[0]), int(found.slot[0]))

    def _permute(self, packed: NDArray[np.uint64]) -> NDArray[np.uint64]:
        left, right = packed >> np.uint64(_HALF), packed & _HALF_MASK
        for key in self._round_keys:
            left, right = right, left ^ _mix(right, key)
        return (left << np.uint64(_HALF)) | right

    def _unpermute(self, value: NDArray[np.uint64]) -> NDArray[np.uint64]:
        left, right = value >> np.uint64(_HALF), value & _HALF_MASK
        for key in reversed(self._round_keys):
            left, right = right ^ _mix(left, key), left
        return (left << np.uint64(_HALF)) | right


def _mix(half: NDArray[np.uint64], key: np.uint64) -> NDArray[np.uint64]:
    x = (half + key) * _M1
    x = (x ^ (x >> np.uint64(32))) * _M2
    return x >> np.uint64(64 - _HALF)


def parse_uuid(text: str, *, field: str = "id") -> UUID:
    """A UUID from its text; raises :class:`InvalidId` with what was given."""
    try:
        return UUID(text)
    except (ValueError, AttributeError, TypeError):
        raise InvalidId(f"{text!r:.60} is not a UUID", field=field) from None


def run_key_of(value: UUID) -> int:
    """The run key that a world's id carries; raises :class:`InvalidId` for any other UUID."""
    if value.version != 8:
        raise InvalidId(f"{value} is not an id of a world: those are UUIDs of version 8")
    high, low = value.int >> 64, value.int & ((1 << 64) - 1)
    return ((high >> 16) << 16) | ((high & 0xFFF) << 4) | ((low >> 58) & 0xF)
