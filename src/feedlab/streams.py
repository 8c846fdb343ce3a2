"""Addressable random numbers: any draw of a run, in any order, on any worker.

Every draw has an address, ``(run key, namespace, entity, day, draw)``, and its
value depends on nothing else. The generator is Philox4x32-10, which turns a
128-bit counter and a 64-bit key into four independent 32-bit words:

- the key is a hash of the run key and the namespace;
- the counter is ``(entity: 64 bits, day: 32 bits, draw: 32 bits)``.

Only raw words leave this module, and integer transforms of them. NumPy's own
distributions may change between releases; the words of a counter cannot.

Source: Salmon, Moraes, Dror and Shaw (2011), "Parallel random numbers: as easy
as 1, 2, 3", SC '11.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from functools import cache
from statistics import NormalDist

import numpy as np
from numpy.typing import ArrayLike, NDArray

#: Raised whenever any draw of a world would change; part of every run key.
GENERATOR_VERSION = 1

#: The unit of fixed-point numbers: 1.0 is 1024. Sums of integers are the same everywhere.
ONE = 1024

_MULTIPLIER_0, _MULTIPLIER_1 = np.uint64(0xD2511F53), np.uint64(0xCD9E8D57)
_WEYL_0, _WEYL_1 = 0x9E3779B9, 0xBB67AE85
_LOW, _SHIFT = np.uint64(0xFFFFFFFF), np.uint64(32)
# Counters per pass: the eight temporaries of a pass stay in the second-level cache.
_CHUNK = 8192

Words = NDArray[np.uint32]


def philox4x32(counter: NDArray[np.uint64], key: tuple[int, int]) -> Words:
    """Philox4x32-10 of many counters under one key.

    Args:
        counter: shape (n, 4), each value below 2**32.
        key: two 32-bit integers.

    Returns:
        shape (n, 4), 32-bit words.

    Example:
        >>> philox4x32(np.zeros((1, 4), np.uint64), (0, 0))[0, 0] == 0x6627E8D5
        np.True_
    """
    out = np.empty(counter.shape, np.uint32)
    for start in range(0, len(counter), _CHUNK):
        block = slice(start, start + _CHUNK)
        c0, c1, c2, c3 = (np.ascontiguousarray(counter[block, i]) for i in range(4))
        k0, k1 = key
        for _ in range(10):
            p0 = c0 * _MULTIPLIER_0
            p1 = c2 * _MULTIPLIER_1
            c0 = (p1 >> _SHIFT) ^ c1 ^ np.uint64(k0)
            c2 = (p0 >> _SHIFT) ^ c3 ^ np.uint64(k1)
            c1 = p1 & _LOW
            c3 = p0 & _LOW
            k0 = (k0 + _WEYL_0) & 0xFFFFFFFF
            k1 = (k1 + _WEYL_1) & 0xFFFFFFFF
        for i, word in enumerate((c0, c1, c2, c3)):
            out[block, i] = word
    return out


def hash64(*parts: str | int) -> int:
    """A 64-bit hash of some strings and integers, the same on every machine."""
    digest = hashlib.blake2b(digest_size=8, person=b"feedlab")
    for part in parts:
        data = str(part).encode()
        digest.update(len(data).to_bytes(4, "little") + data)
    return int.from_bytes(digest.digest(), "little")


def run_key(run_seed: str) -> int:
    """The 64-bit key that a run seed stands for, under this generator version."""
    return hash64("run", GENERATOR_VERSION, run_seed)


class Stream:
    """The words of one namespace of one run.

    Args:
        key: the run key, see :func:`run_key`.
        namespace: what the draws are for ("posting", "response", …).

    Example:
        >>> stream = Stream(run_key("demo-2024"), "docs")
        >>> stream.words([7, 8], day=3).shape
        (2, 4)
        >>> bool((stream.words([8], day=3)[0] == stream.words([7, 8], day=3)[1]).all())
        True
    """

    def __init__(self, key: int, namespace: str) -> None:
        self.namespace = namespace
        folded = hash64("stream", key, namespace)
        self._key = (folded & 0xFFFFFFFF, folded >> 32)

    def words(self, entity: ArrayLike, day: ArrayLike = 0, draw: ArrayLike = 0) -> Words:
        """Four words at each address.

        Args:
            entity: 64-bit integers; a person, or :func:`pair` of two.
            day: 32-bit integers, broadcast against ``entity``.
            draw: 32-bit integers, broadcast; a block of four words each.

        Returns:
            shape (n, 4) for addresses that broadcast to shape (n,).
        """
        entities, days, draws = np.broadcast_arrays(
            np.asarray(entity, np.uint64), np.asarray(day, np.uint64), np.asarray(draw, np.uint64)
        )
        counter = np.empty((entities.size, 4), np.uint64)
        flat = entities.ravel()
        counter[:, 0] = flat & _LOW
        counter[:, 1] = flat >> _SHIFT
        counter[:, 2] = days.ravel()
        counter[:, 3] = draws.ravel()
        return philox4x32(counter, self._key)

    def row(self, entity: ArrayLike, count: int, day: ArrayLike = 0) -> Words:
        """The first ``count`` words of each address, shape (n, count); blocks 0, 1, 2, …"""
        entities, days = np.broadcast_arrays(np.asarray(entity, np.uint64), np.asarray(day, np.uint64))
        blocks = -(-count // 4)
        draws = np.tile(np.arange(blocks, dtype=np.uint64), entities.size)
        words = self.words(np.repeat(entities.ravel(), blocks), np.repeat(days.ravel(), blocks), draws)
        return words.reshape(entities.size, blocks * 4)[:, :count]


def pair(a: ArrayLike, b: ArrayLike) -> NDArray[np.uint64]:
    """One entity of two ordered 32-bit ones. For a symmetric pair, pass (min, max)."""
    return (np.asarray(a, np.uint64) << _SHIFT) | np.asarray(b, np.uint64)


def below(words: Words, bound: ArrayLike) -> NDArray[np.int64]:
    """Uniform integers in [0, bound). The bias is under bound / 2**32.

    Example:
        >>> below(np.array([0, 2**31, 2**32 - 1], np.uint32), 10).tolist()
        [0, 5, 9]
    """
    return ((words.astype(np.uint64) * np.asarray(bound, np.uint64)) >> _SHIFT).astype(np.int64)


def chance(words: Words, permille: ArrayLike) -> NDArray[np.bool_]:
    """True with the given chance in thousandths."""
    return below(words, 1000) < np.asarray(permille)


class Choice:
    """Draws an index by integer weights, through the inverse of their sum.

    Args:
        weights: non-negative integers, at least one positive.

    Example:
        >>> Choice([1, 0, 3])(np.array([0, 2**30, 2**32 - 1], np.uint32)).tolist()
        [0, 2, 2]
    """

    def __init__(self, weights: Sequence[int] | NDArray[np.int64]) -> None:
        self._sums = np.cumsum(np.asarray(weights, np.int64))
        self._total = int(self._sums[-1])

    def __call__(self, words: Words) -> NDArray[np.int64]:
        return np.searchsorted(self._sums, below(words, self._total), side="right")


@cache
def _normal_table() -> NDArray[np.int32]:
    # 4,096 quantiles, rounded to 1/1024: too coarse for the last bit of a logarithm to show.
    normal = NormalDist()
    return np.array([round(normal.inv_cdf((i + 0.5) / 4096) * ONE) for i in range(4096)], np.int32)


def normal(words: Words) -> NDArray[np.int32]:
    """Standard normal draws in fixed point (1.0 is 1024), cut at ±3.7."""
    return _normal_table()[words >> np.uint32(20)]
