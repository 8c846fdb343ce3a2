"""Engagement: posts that are answered when they are looked at."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from feedlab.recommend.scorers import Scorer, register
from feedlab.recommend.snapshot import RESPONSES, Snapshot


@register("engagement")
class Engagement(Scorer):
    """Responses per view, smoothed towards the rate of the whole network.

    ``(responses + prior · network rate) / (views + prior)``: the posterior mean of
    a rate under a Beta prior worth ``prior`` views, so that one lucky like of one
    viewer does not make the best post of all.

    Args:
        prior: how many views the network's rate is worth.

    Source: Efron and Morris (1975), "Data analysis using Stein's estimator and its generalizations".
    """

    personal = False

    def __init__(self, prior: float = 30.0) -> None:
        self.prior = prior

    def _fit(self, snapshot: Snapshot) -> None:
        views = snapshot.count_by_post(frozenset({"view"}))
        responses = snapshot.count_by_post(RESPONSES)
        rate = responses.sum() / max(views.sum(), 1.0)
        self._rate = (responses + self.prior * rate) / (views + self.prior)

    def _scores(self, users: NDArray[np.int64]) -> NDArray[np.float32]:
        return self._rate.astype(np.float32)
