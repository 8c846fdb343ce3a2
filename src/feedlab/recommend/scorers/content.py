"""Content-based filtering: posts that read like those you liked."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from feedlab.recommend.features import post_vectors, unit_rows
from feedlab.recommend.scorers import Scorer, register
from feedlab.recommend.snapshot import Snapshot


@register("content")
class Content(Scorer):
    """Cosine between a post's TF-IDF vector and a profile of the person.

    The profile is the sum of the vectors of the posts that the person reacted to,
    weighted by the kind of reaction, plus their declared interests as if they had
    liked ``prior`` posts on them: a newcomer has a profile from the first minute.

    Args:
        prior: what a declared interest of full strength weighs, in event weights.

    Source: Pazzani and Billsus (2007), "Content-based recommendation systems".
    """

    def __init__(self, prior: float = 12.0) -> None:
        self.prior = prior

    def _fit(self, snapshot: Snapshot) -> None:
        self._vectors, columns = post_vectors(snapshot)
        terms = self._vectors.shape[1]
        topic_terms = sparse.csr_array(
            (np.ones(len(columns)), (np.arange(len(columns)), list(columns.values()))),
            shape=(len(columns), terms),
        )
        declared = snapshot.interest @ topic_terms
        self._profile = unit_rows(
            sparse.csr_array(snapshot.preference @ self._vectors + self.prior * declared)
        )

    def _scores(self, users: NDArray[np.int64]) -> NDArray[np.float32]:
        return (self._profile[users] @ self._vectors.T).toarray()
