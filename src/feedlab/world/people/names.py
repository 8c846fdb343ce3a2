"""Display names: a given name by gender, and a family name, from pools of ours.

The pools mix many languages and are combined freely, as in any large city.
Family names with a masculine and a feminine form are left out, and so are those
that would make a very famous person together with a given name of the pools.
"""

from __future__ import annotations

import json
from functools import cache
from importlib.resources import files
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from feedlab.errors import InvalidInput
from feedlab.streams import below

#: What the codes 0, 1 and 2 of a gender column stand for.
GENDERS: tuple[str, ...] = ("male", "female", "neutral")


@cache
def pools() -> dict[str, tuple[str, ...]]:
    """The names by pool: one of each gender in :data:`GENDERS`, and ``family``.

    Example:
        >>> sorted(pools())
        ['family', 'female', 'male', 'neutral']
    """
    text = files(__package__).joinpath("data/names.json").read_text(encoding="utf-8")
    return {pool: tuple(names) for pool, names in json.loads(text).items()}


@cache
def _given() -> tuple[pa.StringArray, NDArray[np.int64], NDArray[np.int64]]:
    """All given names in one array, and the size and the start of each gender in it."""
    lists = [pools()[gender] for gender in GENDERS]
    sizes = np.array([len(names) for names in lists], np.int64)
    return pa.array([name for names in lists for name in names]), sizes, np.cumsum(sizes) - sizes


@cache
def _family() -> pa.StringArray:
    return pa.array(pools()["family"])


def display_names(
    gender: NDArray[np.integer[Any]], given_word: NDArray[np.uint32], family_word: NDArray[np.uint32]
) -> pa.StringArray:
    """The full names of many people, in columns.

    Args:
        gender: shape (n,), an index into :data:`GENDERS`.
        given_word: shape (n,), a random word that picks the given name.
        family_word: shape (n,), one that picks the family name.

    Returns:
        shape (n,), "Given Family".

    Raises:
        InvalidInput: the columns differ in length, or a gender is not 0, 1 or 2.

    Example:
        >>> word = np.array([0, 2**31], np.uint32)
        >>> display_names(np.array([0, 1]), word, word[::-1]).to_pylist()
        ['Aarav Langley', 'Laila Abadi']
    """
    if not gender.shape == given_word.shape == family_word.shape:
        raise InvalidInput(
            f"gender, given_word and family_word have shapes {gender.shape}, {given_word.shape} and "
            f"{family_word.shape}; give three columns of one length"
        )
    wrong = gender[(gender < 0) | (gender >= len(GENDERS))]
    if wrong.size:
        raise InvalidInput(
            f"gender {int(wrong[0])} is unknown; give 0 (male), 1 (female) or 2 (neutral)", field="gender"
        )
    names, sizes, starts = _given()
    given = names.take(pa.array(starts[gender] + below(given_word, sizes[gender])))
    family = _family().take(pa.array(below(family_word, len(_family()))))
    return pc.binary_join_element_wise(given, family, " ")
