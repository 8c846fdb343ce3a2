"""feedlab: a laboratory for social feeds.

It builds a synthetic social network whose people have known tastes, recommends
posts to them, serves their feeds, runs experiments on them, and says whether the
experiments told the truth.

The map, bottom up; imports only go down::

    errors settings registry streams clock     the foundation
    world        people, posts and what they do, as a function of the run seed
    recommend    an interaction snapshot in, scores and slates out
    experiments  assignment, statistics, decisions
    storage      PostgreSQL, cache, objects
    services     use cases, one file a verb
    cli api console                            the faces

``world``, ``recommend`` and ``experiments`` are pure and need no server. What a
notebook wants is here:

    World, WorldSpec     a synthetic network as Arrow tables
    SeedPost             what its text grows from
    Snapshot, Hybrid     recommendations from tables of one's own
    snapshot_of, Truth   a world as a recommender sees it, and what really holds
    FeedlabError         the root of every error

Example:
    >>> import feedlab
    >>> feedlab.World("docs", people=25, days=1).posts().num_rows >= 100
    True
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

from feedlab.errors import FeedlabError

if TYPE_CHECKING:
    from feedlab.recommend.hybrid import Hybrid
    from feedlab.recommend.snapshot import Snapshot
    from feedlab.services.truth import Truth
    from feedlab.services.world_snapshot import snapshot_of
    from feedlab.world.content.seeds import SeedPost
    from feedlab.world.spec import WorldSpec
    from feedlab.world.world import World

__version__ = "0.1.0"
__all__ = [
    "FeedlabError",
    "Hybrid",
    "SeedPost",
    "Snapshot",
    "Truth",
    "World",
    "WorldSpec",
    "__version__",
    "snapshot_of",
]

# Imported when they are first asked for: `feedlab --help` needs none of them.
_WHERE = {
    "World": "feedlab.world.world",
    "WorldSpec": "feedlab.world.spec",
    "SeedPost": "feedlab.world.content.seeds",
    "Snapshot": "feedlab.recommend.snapshot",
    "Hybrid": "feedlab.recommend.hybrid",
    "Truth": "feedlab.services.truth",
    "snapshot_of": "feedlab.services.world_snapshot",
}


def __getattr__(name: str) -> Any:
    if name not in _WHERE:
        raise AttributeError(f"module 'feedlab' has no attribute {name!r}")
    return getattr(importlib.import_module(_WHERE[name]), name)


def __dir__() -> list[str]:
    return __all__
