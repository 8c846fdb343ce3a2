"""What a variation template is."""

from __future__ import annotations

import functools
import math
from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import ClassVar

from feedlab.errors import FeedlabError
from feedlab.world.content.seeds import SeedPost

Skeleton = tuple[tuple[str, ...], ...]
"""An ordered tuple of fragment pools. A text is one fragment of every pool, joined with nothing between:
fragments carry their own spaces and punctuation."""

MOST_POOLS = 8
FEWEST_TEXTS = 1_000
TEXT_LIMIT = 6_000


class Template(ABC):
    """One way to make many texts from one seed post.

    A subclass fills :meth:`_pools`; :meth:`skeleton` holds what every template promises.

    Example:
        >>> from feedlab.world.content.seeds import bundled_seeds
        >>> from feedlab.world.content.templates import TEMPLATES
        >>> skeleton = TEMPLATES["question"].skeleton(bundled_seeds()[0])
        >>> "".join(pool[0] for pool in skeleton).endswith("?")
        True
    """

    name: ClassVar[str] = ""
    limit: ClassVar[int] = TEXT_LIMIT
    """The longest text that it makes, in code points."""

    def skeleton(self, seed: SeedPost) -> Skeleton:
        """The fragment pools for one seed.

        Returns:
            One to eight pools without duplicates, of at least 1,000 combinations, none of which is longer
            than :attr:`limit`.

        Raises:
            FeedlabError: the template broke one of these promises for this seed.
        """
        skeleton = tuple(tuple(pool) for pool in self._pools(seed))
        fault = self._fault(skeleton)
        if fault:
            raise FeedlabError(
                f"template {self.name!r} cannot vary seed {seed.id!r}: {fault}; mend the template"
            )
        return skeleton

    @abstractmethod
    def _pools(self, seed: SeedPost) -> Sequence[Sequence[str]]:
        """The idea of the template: its fragments for this seed, in order."""

    def _fault(self, skeleton: Skeleton) -> str:
        if not 1 <= len(skeleton) <= MOST_POOLS:
            return f"it has {len(skeleton)} pools, 1 to {MOST_POOLS} are allowed"
        longest = 0
        for place, pool in enumerate(skeleton, start=1):
            fault, length = _examine(pool)
            if fault:
                return f"pool {place} {fault}"
            longest += length
        texts = math.prod(map(len, skeleton))
        if texts < FEWEST_TEXTS:
            return f"it has only {texts} combinations, {FEWEST_TEXTS:,} are needed"
        if longest > self.limit:
            return f"a text may reach {longest:,} characters, {self.limit:,} are allowed"
        return ""


@functools.lru_cache(maxsize=2_048)
def _examine(pool: tuple[str, ...]) -> tuple[str, int]:
    """What is wrong with a pool, and the length of its longest fragment. Most pools serve many seeds."""
    if not pool:
        return "is empty", 0
    if len(set(pool)) < len(pool):
        return "has a fragment twice", 0
    if any("\0" in fragment for fragment in pool):
        return "has a NUL character", 0
    return "", max(map(len, pool))
