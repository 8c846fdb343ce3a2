"""Seed posts: the file in object storage that all text of a world grows from."""

from __future__ import annotations

from typing import Final

from feedlab.errors import NotFound
from feedlab.storage.objects import Objects
from feedlab.world.content.seeds import SeedPost, bundled_seeds, dump_seeds, parse_seeds

KEY: Final = "seeds/seed_posts.json"


def fetch_seeds(objects: Objects) -> tuple[SeedPost, ...]:
    """The seed posts of this laboratory; the bundled ones are put there the first time."""
    try:
        return parse_seeds(objects.get(KEY))
    except NotFound:
        seeds = bundled_seeds()
        objects.put(KEY, dump_seeds(seeds))
        return seeds


def upload_seeds(objects: Objects, data: bytes) -> tuple[SeedPost, ...]:
    """Puts a user's own file there, if it is one.

    Raises:
        InvalidSeedFile: says which seed and which key; nothing is changed then.
    """
    seeds = parse_seeds(data)
    objects.put(KEY, dump_seeds(seeds))
    return seeds
