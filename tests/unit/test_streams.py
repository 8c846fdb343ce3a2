"""Addressable random numbers: the published vectors, addresses, and integer distributions."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feedlab import streams
from feedlab.streams import Choice, Stream, below, chance, hash64, normal, pair, philox4x32, run_key

ONES = 0xFFFFFFFF
MANY = Stream(run_key("statistics"), "test").words(np.arange(25_000))


def in_words(text: str) -> list[int]:
    return [int(word, 16) for word in text.split()]


# Random123 1.14.0, tests/kat_vectors: counter and key, then the ten-round Philox4x32 of them.
@pytest.mark.parametrize(
    ("counter", "key", "expected"),
    [
        ("0 0 0 0", "0 0", "6627e8d5 e169c58d bc57ac4c 9b00dbd8"),
        (
            "ffffffff ffffffff ffffffff ffffffff",
            "ffffffff ffffffff",
            "408f276d 41c83b0e a20bc7c6 6d5451fd",
        ),
        (
            "243f6a88 85a308d3 13198a2e 03707344",
            "a4093822 299f31d0",
            "d16cfe09 94fdcceb 5001e420 24126ea1",
        ),
    ],
)
def test_philox_against_the_published_known_answers(counter: str, key: str, expected: str) -> None:
    low, high = in_words(key)
    out = philox4x32(np.array([in_words(counter)], np.uint64), (low, high))
    assert out.dtype == np.uint32
    assert out[0].tolist() == in_words(expected)


def test_philox_of_nothing_is_nothing() -> None:
    assert philox4x32(np.zeros((0, 4), np.uint64), (1, 2)).shape == (0, 4)


@pytest.mark.parametrize(
    "count", [1, streams._CHUNK - 1, streams._CHUNK, streams._CHUNK + 1, 3 * streams._CHUNK]
)
def test_words_do_not_depend_on_the_batch_or_the_chunk(count: int) -> None:
    stream = Stream(7, "batches")
    whole = stream.words(np.arange(count), day=4)
    for row in {0, count // 2, count - 1}:
        np.testing.assert_array_equal(stream.words(row, day=4)[0], whole[row])


def test_words_do_not_depend_on_the_order() -> None:
    stream = Stream(7, "order")
    order = np.random.default_rng(1).permutation(20_000)
    np.testing.assert_array_equal(stream.words(order), stream.words(np.arange(20_000))[order])


@settings(max_examples=60, deadline=None)
@given(
    entity=st.integers(0, 2**64 - 1),
    day=st.integers(0, ONES),
    draw=st.integers(0, ONES),
    key=st.integers(0, 2**64 - 1),
)
def test_every_part_of_an_address_counts(entity: int, day: int, draw: int, key: int) -> None:
    here = Stream(key, "a").words(np.uint64(entity), day, draw)[0].tolist()
    assert Stream(key, "a").words(np.uint64(entity), day, draw)[0].tolist() == here
    others = [
        Stream(key, "b").words(np.uint64(entity), day, draw),
        Stream(key ^ 1, "a").words(np.uint64(entity), day, draw),
        Stream(key, "a").words(np.uint64(entity ^ 1), day, draw),
        Stream(key, "a").words(np.uint64(entity ^ (1 << 63)), day, draw),
        Stream(key, "a").words(np.uint64(entity), day ^ 1, draw),
        Stream(key, "a").words(np.uint64(entity), day, draw ^ 1),
    ]
    assert all(other[0].tolist() != here for other in others)


def test_addresses_broadcast() -> None:
    stream = Stream(7, "broadcast")
    table = stream.words(np.arange(3)[:, None], np.arange(5)[None, :], 2).reshape(3, 5, 4)
    np.testing.assert_array_equal(table[2, 4], stream.words(2, 4, 2)[0])


@pytest.mark.parametrize("count", [1, 4, 5, 9])
def test_a_row_is_the_blocks_of_an_address_one_after_the_other(count: int) -> None:
    stream = Stream(7, "rows")
    row = stream.row([11, 12], count, day=3)
    assert row.shape == (2, count)
    blocks = [stream.words(12, 3, block)[0] for block in range(3)]
    np.testing.assert_array_equal(row[1], np.concatenate(blocks)[:count])


def test_a_pair_is_two_halves_of_an_entity() -> None:
    assert pair([1, 0, ONES], [2, 3, ONES]).tolist() == [(1 << 32) | 2, 3, 2**64 - 1]
    assert pair(1, 2) != pair(2, 1)


def test_hashes_are_the_same_on_every_machine() -> None:
    # Recorded once; another value would be another world.
    assert hash64("a", 1) == hash64("a", "1") == 0xD9C643B5BBB01938
    assert hash64("ab", "c") != hash64("a", "bc") != hash64("abc")


def test_the_run_key_depends_on_the_generator_version(monkeypatch: pytest.MonkeyPatch) -> None:
    before = run_key("demo-2024")
    monkeypatch.setattr(streams, "GENERATOR_VERSION", streams.GENERATOR_VERSION + 1)
    assert run_key("demo-2024") != before


def test_every_bit_is_set_half_of_the_time() -> None:
    bits = np.unpackbits(MANY.view(np.uint8).reshape(-1, 4), axis=1)
    # 100,000 words: five standard deviations are 0.008.
    assert np.abs(bits.mean(axis=0) - 0.5).max() < 0.008


def test_words_of_neighbours_are_not_correlated() -> None:
    values = MANY[:, 0].astype(np.float64)
    assert abs(np.corrcoef(values[:-1], values[1:])[0, 1]) < 0.03
    assert np.abs(np.corrcoef(MANY.astype(np.float64), rowvar=False) - np.eye(4)).max() < 0.03


@pytest.mark.parametrize("bound", [1, 2, 7, 1000])
def test_below_is_uniform_and_stays_below(bound: int) -> None:
    counts = np.bincount(below(MANY.ravel(), bound), minlength=bound)
    assert len(counts) == bound
    expected = MANY.size / bound
    chi_square = ((counts - expected) ** 2 / expected).sum()
    assert chi_square < bound + 5 * np.sqrt(2 * bound)


@given(word=st.integers(0, ONES), bound=st.integers(1, ONES))
def test_below_is_never_out_of_range(word: int, bound: int) -> None:
    assert 0 <= below(np.array([word], np.uint32), bound)[0] < bound


def test_chance_takes_thousandths_of_each() -> None:
    permille = np.repeat([0, 25, 500, 1000], 25_000)
    share = chance(MANY.ravel(), permille).reshape(4, -1).mean(axis=1)
    assert share[0] == 0 and share[3] == 1
    assert share[1] == pytest.approx(0.025, abs=0.005) and share[2] == pytest.approx(0.5, abs=0.016)


def test_choice_draws_by_weight_and_never_what_has_none() -> None:
    share = np.bincount(Choice([1, 0, 3, 6])(MANY.ravel()), minlength=4) / MANY.size
    assert share[1] == 0
    assert share == pytest.approx([0.1, 0.0, 0.3, 0.6], abs=0.008)


def test_choice_covers_both_ends() -> None:
    ends = np.array([0, ONES], np.uint32)
    assert Choice([5, 1, 5])(ends).tolist() == [0, 2]
    assert Choice([9])(ends).tolist() == [0, 0]


def test_normal_is_standard_symmetric_and_bounded() -> None:
    drawn = normal(MANY.ravel()) / streams.ONE
    assert drawn.mean() == pytest.approx(0, abs=0.016)
    assert drawn.std() == pytest.approx(1, abs=0.012)
    assert (np.abs(drawn) < 1).mean() == pytest.approx(0.6827, abs=0.008)
    assert (np.abs(drawn) < 2).mean() == pytest.approx(0.9545, abs=0.004)
    assert np.abs(drawn).max() < 3.8
    ends = normal(np.array([0, 2**31 - 1, 2**31, ONES], np.uint32))
    assert ends[0] == -ends[3] and ends[1] == -ends[2]
