"""Demo: the whole loop once, from seed posts to two feeds that can be compared."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, replace

from feedlab.recommend.policies import Context
from feedlab.recommend.policies.hybrid import HybridPolicy
from feedlab.services.accounts import ensure_passwords
from feedlab.services.evaluate import PolicyScore, compare_policies
from feedlab.services.lab import Lab
from feedlab.services.recommend import build_recommendations, fitted, load_snapshot
from feedlab.services.seed import Seeded, seed_world
from feedlab.services.seed_posts import fetch_seeds
from feedlab.world.spec import WorldSpec
from feedlab.world.world import World

Progress = Callable[[str, int, int], None]


@dataclass(frozen=True)
class Demo:
    """What the demo built.

    Attributes:
        seconds: by step.
        policies: the true expected like rate of each, over all people.
        passwords: of the laboratory's accounts, by email.
    """

    spec: WorldSpec
    seeded: Seeded
    recommendations: int
    policies: dict[str, PolicyScore]
    passwords: dict[str, str]
    seconds: dict[str, float]


def build_demo(lab: Lab, spec: WorldSpec, on_progress: Progress = lambda *_: None) -> Demo:
    """Seeds the world (or finds it there), recommends, and compares the policies with the truth.

    Args:
        lab: where.
        spec: which world; its seed posts are those of object storage.
    """
    seconds: dict[str, float] = {}

    def timed(step: str, started: float) -> None:
        seconds[step] = time.perf_counter() - started

    started = time.perf_counter()
    spec = replace(spec, seeds=fetch_seeds(lab.objects))
    seeded = seed_world(lab, spec, on_progress)
    timed("seed", started)

    started = time.perf_counter()
    on_progress("snapshot", 0, 1)
    snapshot = load_snapshot(lab, spec.end)
    on_progress("snapshot", 1, 1)
    policy = fitted("hybrid", Context(snapshot))
    assert isinstance(policy, HybridPolicy)
    built = build_recommendations(lab, snapshot, policy, on_progress)
    timed("recommend", started)

    started = time.perf_counter()
    scores = compare_policies(World(spec), snapshot, {"hybrid": policy}, on_progress=on_progress)
    timed("compare", started)
    return Demo(spec, seeded, built.rows, scores, ensure_passwords(lab), seconds)
