"""Collaborative filtering between people: what did those make of a post who react like you?"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from feedlab.recommend.features import unit_rows
from feedlab.recommend.scorers import Scorer, register
from feedlab.recommend.snapshot import Snapshot


@register("collaborative")
class Collaborative(Scorer):
    """User-user cosine similarity; a post scores by the mean response of the nearest people who met it.

    A mean, not a sum: a sum would mostly say how many people met the post. It is
    shrunk towards the mean over all posts, so that one enthusiast is not a proof.
    Before people are compared, each post is damped by the number of people who met
    it: having met what everybody met says little.

    Args:
        neighbours: how many similar people are asked.
        prior: how much similarity the mean over all posts is worth, in units of the nearest person's.

    Source: Resnick, Iacovou, Suchak, Bergstrom and Riedl (1994), "GroupLens: an open
    architecture for collaborative filtering of netnews"; the choice of neighbours
    after Herlocker, Konstan, Borchers and Riedl (1999).
    """

    def __init__(self, neighbours: int = 200, prior: float = 10.0) -> None:
        self.neighbours = neighbours
        self.prior = prior

    def _fit(self, snapshot: Snapshot) -> None:
        self._responses, self._met = snapshot.responses, snapshot.met
        preference = snapshot.preference
        reach = np.bincount(preference.indices, minlength=self._posts)
        preference.data = preference.data / np.sqrt(1.0 + reach[preference.indices]).astype(np.float32)
        self._profile = unit_rows(preference)

    def _scores(self, users: NDArray[np.int64]) -> NDArray[np.float32]:
        near = (self._profile[users] @ self._profile.T).toarray()
        near[np.arange(len(users)), users] = 0.0
        if near.shape[1] > self.neighbours:
            cut = np.partition(near, -self.neighbours, axis=1)[:, -self.neighbours, None]
            near[near < cut] = 0.0
        response, exposure = near @ self._responses, near @ self._met
        total = exposure.sum(axis=1, keepdims=True)
        mean = np.divide(
            response.sum(axis=1, keepdims=True), total, out=np.zeros_like(total), where=total > 0
        )
        prior = self.prior * near.max(axis=1, keepdims=True)
        weight = exposure + prior
        return np.divide(response + prior * mean, weight, out=np.zeros_like(weight), where=weight > 0)
