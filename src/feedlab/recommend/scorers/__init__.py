"""Scorers: how well each post suits each person, one file each.

A scorer is fitted on a :class:`~feedlab.recommend.snapshot.Snapshot` and then
scores any of its people against all of its posts. The public methods own the
invariants: scores of different scorers can be added, because each is standardised
over the posts of a person. A new scorer fills in ``_fit`` and ``_scores`` and
registers its name.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import ClassVar, Self

import numpy as np
from numpy.typing import NDArray

from feedlab.recommend.snapshot import Snapshot
from feedlab.registry import Registry

_CUT = np.float32(3.0)  # standard deviations; one outlier must not flatten all the rest


class Scorer(ABC):
    """One way of scoring posts for people.

    Attributes:
        personal: whether two people can get different scores.
    """

    personal: ClassVar[bool] = True
    _posts: int

    def fit(self, snapshot: Snapshot) -> Self:
        """Learns from a snapshot; returns itself."""
        self._posts = len(snapshot.post_ids)
        self._fit(snapshot)
        return self

    def score(self, users: NDArray[np.int64]) -> NDArray[np.float32]:
        """Scores of every post for some people.

        Args:
            users: (b,) rows of people in the snapshot.

        Returns:
            (b, q), 0 to 1: 0.5 is the person's average post, 0 and 1 lie three standard
            deviations below and above. A person of whom nothing is known has 0.5 throughout.
        """
        shape = (len(users), self._posts)
        if 0 in shape:
            return np.zeros(shape, np.float32)
        raw = np.broadcast_to(np.asarray(self._scores(users), np.float32), shape)
        raw = np.nan_to_num(raw, nan=0.0, posinf=0.0, neginf=0.0)
        centred = raw - raw.mean(axis=1, keepdims=True)
        spread = centred.std(axis=1, keepdims=True)
        known = spread > 1e-6 * np.abs(raw).max(axis=1, keepdims=True)
        standard = np.divide(centred, spread, out=np.zeros_like(centred), where=known)
        return np.clip(standard, -_CUT, _CUT) / (2 * _CUT) + np.float32(0.5)

    @abstractmethod
    def _fit(self, snapshot: Snapshot) -> None:
        """Learns what :meth:`_scores` needs."""

    @abstractmethod
    def _scores(self, users: NDArray[np.int64]) -> NDArray[np.float32]:
        """Scores on any scale, higher is better, (b, q), or (q,) when they are not personal."""


SCORERS: Registry[type[Scorer]] = Registry("scorer", __name__)
register = SCORERS.register
