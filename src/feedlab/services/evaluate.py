"""Evaluate: policies against the truth, over all people, from the same candidates."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from math import nan

import numpy as np
from numpy.typing import NDArray

from feedlab.recommend.evaluation import expected_rate, way_to_oracle
from feedlab.recommend.policies import Context, Policy
from feedlab.recommend.snapshot import Snapshot
from feedlab.services.recommend import fitted, in_batches
from feedlab.services.truth import Truth
from feedlab.world.world import World

#: The policies that a demo compares, worst first.
COMPARED = ("random", "popular", "hybrid", "oracle")
#: How far down a feed the comparison looks.
DEPTH = 20
Progress = Callable[[str, int, int], None]


@dataclass(frozen=True)
class PolicyScore:
    """How one policy did."""

    expected_like_rate: float
    way_to_oracle: float


def compare_policies(
    world: World,
    snapshot: Snapshot,
    policies: Mapping[str, Policy] | None = None,
    names: Sequence[str] = COMPARED,
    on_progress: Progress = lambda *_: None,
) -> dict[str, PolicyScore]:
    """The true expected like rate of the first twenty posts over all people of the world, by policy.

    The laboratory's own accounts do not count, nor does somebody to whom one of the policies
    has nothing to show: every mean is over the same people. NaN when that leaves nobody.

    Args:
        world: knows the truth.
        snapshot: what the policies know.
        policies: those that are fitted already.
        names: which policies.
    """
    truth = Truth(world, snapshot.user_ids, snapshot.post_ids, snapshot.now)
    context = Context(snapshot, seed=world.spec.run_key, truth=truth.like_rates)
    ready = {name: (policies or {}).get(name) or fitted(name, context) for name in names}
    people = len(snapshot.user_ids)
    counted = truth.of_people()
    rates: dict[str, list[NDArray[np.float64]]] = {name: [] for name in names}
    for users in in_batches(people):
        true = truth.like_rates(users)
        now = replace(context, truth=_given(true))  # made once for all policies
        for name, policy in ready.items():
            rates[name].append(expected_rate(policy.slates(now, users, DEPTH), true))
        on_progress("policies", int(users[-1]) + 1, people)
    by_person = {name: np.concatenate(parts) for name, parts in rates.items()}
    shown = counted & ~np.isnan(list(by_person.values())).any(axis=0)
    means = {name: float(values[shown].mean()) if shown.any() else nan for name, values in by_person.items()}
    way = way_to_oracle(means)
    return {name: PolicyScore(means[name], way[name]) for name in names}


def _given(rates: NDArray[np.float64]) -> Callable[[NDArray[np.int64]], NDArray[np.float64]]:
    return lambda users: rates
