"""Symbols that fit around a text of any language."""

from __future__ import annotations

import re
from collections.abc import Sequence

from feedlab.world.content.templates._pools import Pool

_EAST_ASIAN = re.compile("[\u3040-\u30ff\u3400-\u9fff]")


def crossed(*parts: Sequence[str]) -> Pool:
    """Every way to take one of each part, without repeats.

    Example:
        >>> crossed(("a", "b"), ("1", "2"))
        ('a1', 'a2', 'b1', 'b2')
    """
    joined: tuple[str, ...] = ("",)
    for part in parts:
        joined = tuple(start + end for start in joined for end in part)
    return tuple(dict.fromkeys(joined))


def one_or_two(symbols: Sequence[str]) -> Pool:
    """Every symbol alone and every ordered pair of different ones.

    Example:
        >>> one_or_two("ab")
        ('a', 'b', 'ab', 'ba')
    """
    pairs = (first + second for first in symbols for second in symbols if first != second)
    return (*symbols, *pairs)


def around(text: str) -> Pool:
    """A text in the quotation marks of several countries, or of East Asia if it comes from there.

    Example:
        >>> around("寿司")
        ('「寿司」', '『寿司』', '【寿司】')
    """
    pairs = ("「」", "『』", "【】") if _EAST_ASIAN.search(text) else ("“”", "«»", "„“", "””")
    return tuple(pair[0] + text + pair[1] for pair in pairs)
