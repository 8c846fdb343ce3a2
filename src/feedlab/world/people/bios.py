"""Bios: short texts in the voice of an archetype, about two interests of the person.

A template has one or two slots: ``{a}`` is the first interest and ``{b}`` the
second, and ``{A}`` or ``{B}`` is one that opens a sentence. Templates are worded so
that any noun fits, singular or plural, known to us or not. Each is cut at its slots
once, so that the bios of many people are five columns joined.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import cache
from importlib.resources import files
from string import Formatter
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from feedlab.errors import InvalidInput
from feedlab.streams import below
from feedlab.world.interests import BY_NAME
from feedlab.world.people.archetypes import ARCHETYPES

_SLOTS = "abAB"
_NO_SLOT = len(_SLOTS)


class _Cut(NamedTuple):
    fragments: tuple[pa.StringArray, ...]
    """Three arrays over the templates: the text before, between and after the slots."""
    slots: NDArray[np.int64]
    """Shape (2, templates): an index into ``_SLOTS``, or ``_NO_SLOT``."""
    rows: NDArray[np.int64]
    """The pools of all archetypes, one after the other, as indices of templates."""
    sizes: NDArray[np.int64]
    starts: NDArray[np.int64]


@cache
def templates() -> dict[str, tuple[str, ...]]:
    """The templates by archetype, and those of all archetypes under ``shared``.

    Example:
        >>> templates()["lurker"][1]
        'Just here to read about {a}.'
    """
    text = files(__package__).joinpath("data/bios.json").read_text(encoding="utf-8")
    return {group: tuple(texts) for group, texts in json.loads(text).items()}


@cache
def pool(archetype: str) -> tuple[str, ...]:
    """What an archetype draws from: its own templates three times, and the shared ones once.

    Three times, so that about half of its people speak in its own voice.
    """
    return templates()[archetype] * 3 + templates()["shared"]


@cache
def _cut() -> _Cut:
    every = list(dict.fromkeys(text for group in templates().values() for text in group))
    row_of = {text: row for row, text in enumerate(every)}
    pieces: list[list[str]] = [[], [], []]
    slots = np.full((2, len(every)), _NO_SLOT, np.int64)
    for row, text in enumerate(every):
        cut = list(Formatter().parse(text))
        for place in range(3):
            literal, slot, *_ = cut[place] if place < len(cut) else ("", None)
            pieces[place].append(literal)
            if slot is not None:
                slots[place, row] = _SLOTS.index(slot)
    pools = [[row_of[text] for text in pool(archetype.name)] for archetype in ARCHETYPES]
    sizes = np.array([len(rows) for rows in pools], np.int64)
    return _Cut(
        fragments=tuple(pa.array(texts, pa.string()) for texts in pieces),
        slots=slots,
        rows=np.concatenate([np.array(rows, np.int64) for rows in pools]),
        sizes=sizes,
        starts=np.cumsum(sizes) - sizes,
    )


def in_sentence(label: str) -> str:
    """How an interest is written inside a sentence.

    The first letter becomes small, unless there are other capitals in it.

    Example:
        >>> [in_sentence(label) for label in ("Daily life", "diy", "Formula One", "Crochet")]
        ['daily life', 'DIY', 'Formula One', 'crochet']
    """
    text = BY_NAME[label].label if label in BY_NAME else label
    return text if text[1:] != text[1:].lower() else text[:1].lower() + text[1:]


def opening(label: str) -> str:
    """How an interest is written where it opens a sentence: with a capital letter."""
    text = in_sentence(label)
    return text[:1].upper() + text[1:]


def bios(
    template_word: NDArray[np.uint32],
    first: NDArray[np.integer[Any]],
    second: NDArray[np.integer[Any]],
    archetype: NDArray[np.integer[Any]],
    labels: Sequence[str],
) -> pa.StringArray:
    """The bios of many people, in columns.

    Args:
        template_word: shape (n,), a random word that picks the template.
        first: shape (n,), the dearest interest, an index into ``labels``.
        second: shape (n,), another one; should differ from ``first``.
        archetype: shape (n,), an index into ``ARCHETYPES``.
        labels: names or labels of interests; any noun will do.

    Returns:
        shape (n,), a line or two each.

    Raises:
        InvalidInput: the columns differ in length, or an index points at nothing.

    Example:
        >>> zero, one = np.zeros(1, np.int64), np.ones(1, np.int64)
        >>> bios(np.zeros(1, np.uint32), zero, one, zero, ["crochet", "daily life"]).to_pylist()
        ['Could talk about crochet until the lights go out. About daily life until sunrise.']
    """
    if not template_word.shape == first.shape == second.shape == archetype.shape:
        raise InvalidInput(
            f"template_word, first, second and archetype have shapes {template_word.shape}, {first.shape}, "
            f"{second.shape} and {archetype.shape}; give four columns of one length"
        )
    _check("first", first, len(labels))
    _check("second", second, len(labels))
    _check("archetype", archetype, len(ARCHETYPES))
    cut = _cut()
    row = cut.rows[cut.starts[archetype] + below(template_word, cut.sizes[archetype])]
    # One dictionary for every slot, so that a slot costs one take: small, capital, and no slot at all.
    words = pa.array([*map(in_sentence, labels), *map(opening, labels), ""], pa.string())
    a, b = first.astype(np.int64), second.astype(np.int64)
    places = np.stack([a, b, a + len(labels), b + len(labels), np.full_like(a, len(words) - 1)])
    people = np.arange(len(row))
    columns: list[pa.StringArray] = []
    for place, fragment in enumerate(cut.fragments):
        columns.append(fragment.take(pa.array(row)))
        if place < len(cut.slots):
            columns.append(words.take(pa.array(places[cut.slots[place, row], people])))
    return pc.binary_join_element_wise(*columns, "")


def _check(field: str, column: NDArray[np.integer[Any]], bound: int) -> None:
    wrong = column[(column < 0) | (column >= bound)]
    if wrong.size:
        raise InvalidInput(f"{field} holds {int(wrong[0])}; give indices from 0 to {bound - 1}", field=field)
