"""Feed policies: which slate a person is served, one file each.

The public method owns the invariants of a slate: no post twice, no text twice,
nothing that the person has met before, and not one's own posts unless the policy
says so. A new policy fills in ``_rank``, or derives from :class:`ScoredPolicy` and
fills in ``_scores``, and registers its name.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from feedlab.recommend.rerankers import RERANKERS
from feedlab.recommend.snapshot import Snapshot
from feedlab.registry import Registry

#: Ranked beyond what is asked for, so that repeated texts can be taken out.
_SPARE = 64


@dataclass(frozen=True)
class Context:
    """What a policy may use.

    Attributes:
        snapshot: what is known.
        seed: of whatever a policy draws.
        truth: the true like rates (b, q) of some rows of people, for the oracle alone.
    """

    snapshot: Snapshot
    seed: int = 0
    truth: Callable[[NDArray[np.int64]], NDArray[np.float64]] | None = None


class Policy(ABC):
    """Turns what is known into slates.

    Attributes:
        own_posts: whether a slate may hold the person's own posts.
    """

    own_posts: ClassVar[bool] = False

    def fit(self, context: Context) -> None:  # noqa: B027  # most policies have nothing to learn
        """Learns from the snapshot; called once before :meth:`slates`."""

    def slates(self, context: Context, users: NDArray[np.int64], size: int) -> NDArray[np.int64]:
        """The first posts for some people, best first.

        Args:
            context: the one that the policy was fitted on.
            users: (b,) rows of people.
            size: how many posts at most.

        Returns:
            (b, size) rows of posts, -1 where there are no more.
        """
        posts = len(context.snapshot.post_ids)
        if not posts or not len(users):
            return np.full((len(users), size), -1, np.int64)
        eligible = self.eligible(context, users)
        depth = min(size + _SPARE, posts)
        slates = self._distinct(context, users, eligible, size, depth)
        # Where so many texts repeat that the spare ranks do not fill the slate, all posts are ranked.
        if ((slates[:, -1:] < 0).any(axis=1) & (eligible.sum(axis=1) > depth)).any():
            slates = self._distinct(context, users, eligible, size, posts)
        return np.pad(slates, ((0, 0), (0, size - slates.shape[1])), constant_values=-1)

    def _distinct(
        self, context: Context, users: NDArray[np.int64], eligible: NDArray[np.bool_], size: int, depth: int
    ) -> NDArray[np.int64]:
        ranked = self._rank(context, users, eligible, depth)
        return RERANKERS["distinct_text"](context.snapshot, users, ranked)[:, :size]

    def eligible(self, context: Context, users: NDArray[np.int64]) -> NDArray[np.bool_]:
        """(b, q) which posts may be shown to whom."""
        snapshot = context.snapshot
        allowed = snapshot.seen[users].toarray() == 0
        if not self.own_posts:
            allowed &= snapshot.author[None, :] != users[:, None]
        return allowed

    @abstractmethod
    def _rank(
        self, context: Context, users: NDArray[np.int64], eligible: NDArray[np.bool_], size: int
    ) -> NDArray[np.int64]:
        """(b, size) rows of eligible posts, best first, -1 where there are no more."""


class ScoredPolicy(Policy):
    """A policy that ranks by a score."""

    @abstractmethod
    def _scores(
        self, context: Context, users: NDArray[np.int64]
    ) -> NDArray[np.float64] | NDArray[np.float32]:
        """(b, q), or (q,) when they are the same for everybody; higher is better."""

    def _rank(
        self, context: Context, users: NDArray[np.int64], eligible: NDArray[np.bool_], size: int
    ) -> NDArray[np.int64]:
        scores = np.where(eligible, self._scores(context, users), -np.inf)
        scores[np.isnan(scores)] = -np.inf
        best = _highest(scores, size)
        values = np.take_along_axis(scores, best, axis=1)
        order = np.argsort(-values, axis=1, kind="stable")
        ranked = np.take_along_axis(best, order, axis=1)
        return np.where(np.take_along_axis(values, order, axis=1) > -np.inf, ranked, -1)


def _highest(scores: NDArray[Any], size: int) -> NDArray[np.int64]:
    """The columns of the ``size`` highest scores of each row, ascending.

    Ties go to the lower column, at the cut too: which of equal values a partition
    keeps depends on the processor.
    """
    if size >= scores.shape[1]:
        return np.broadcast_to(np.arange(scores.shape[1]), scores.shape)
    cut = np.partition(scores, -size, axis=1)[:, -size, None]
    keep, tied = scores > cut, scores == cut
    room = size - keep.sum(axis=1, keepdims=True)
    keep |= tied & (np.cumsum(tied, axis=1, dtype=np.int32) <= room)
    return np.nonzero(keep)[1].reshape(len(scores), size)


POLICIES: Registry[type[Policy]] = Registry("policy", __name__)
register = POLICIES.register
