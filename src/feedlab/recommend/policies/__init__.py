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
from typing import ClassVar

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
        if not posts:
            return np.full((len(users), size), -1, np.int64)
        ranked = self._rank(context, users, self.eligible(context, users), min(size + _SPARE, posts))
        ranked = RERANKERS["distinct_text"](context.snapshot, users, ranked)[:, :size]
        return np.pad(ranked, ((0, 0), (0, size - ranked.shape[1])), constant_values=-1)

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
        best = np.argpartition(-scores, size - 1, axis=1)[:, :size] if size < scores.shape[1] else None
        if best is None:
            best = np.broadcast_to(np.arange(scores.shape[1]), scores.shape)
        # Ties go to the lower row, so that the order is the same everywhere.
        best = np.sort(best, axis=1)
        values = np.take_along_axis(scores, best, axis=1)
        order = np.argsort(-values, axis=1, kind="stable")
        return np.where(
            np.isfinite(np.take_along_axis(values, order, axis=1)),
            np.take_along_axis(best, order, axis=1),
            -1,
        )


POLICIES: Registry[type[Policy]] = Registry("policy", __name__)
register = POLICIES.register
