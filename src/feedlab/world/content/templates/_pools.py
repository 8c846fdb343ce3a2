"""Building pools: blocks of fragments, the parts of a seed, and what fits a topic."""

from __future__ import annotations

import functools
import itertools
from collections.abc import Mapping

from feedlab.world.content.seeds import SeedPost
from feedlab.world.content.templates._text import end_sentence, hashtag, sentences, tidy, truncate

Pool = tuple[str, ...]

_RELATED = {
    "technology": "programming software hardware gadgets computers coding web security data",
    "food": "cooking baking recipes kitchen restaurants food/cooking",
    "travel": "travelling traveling trips trains hiking",
    "sports": "sport running fitness football soccer cycling swimming tennis basketball",
    "books": "reading literature novels learning books/learning",
    "daily life": "life everyday lifestyle home neighbours",
}
_FAMILY = {name: family for family, names in _RELATED.items() for name in names.split()}
# A topic as it stands after "about": most are fine as they are.
_ABOUT = {
    "daily life": "everyday life",
    "life": "everyday life",
    "general": "everyday life",
    "misc": "everyday life",
    "other": "everyday life",
    "random": "everyday life",
    **{short: short.upper() for short in ("ai", "ml", "diy", "tv", "ux", "ui", "f1", "nba", "nfl", "pc")},
}


def lines(block: str, *, before: str = "", after: str = "") -> Pool:
    """The lines of a block as fragments.

    Example:
        >>> lines('''
        ... Yes.
        ... No.
        ... ''', before=" ")
        (' Yes.', ' No.')
    """
    return tuple(before + line.strip() + after for line in block.splitlines() if line.strip())


def symbols(row: str) -> Pool:
    """The fragments of one line, without spaces.

    Example:
        >>> symbols("✅ 👍")
        ('✅', '👍')
    """
    return tuple(row.split())


def paragraphs(block: str, *, after: str = "") -> Pool:
    """The paragraphs of a block as fragments, each on one line.

    Example:
        >>> paragraphs('''
        ... One
        ... two.
        ...
        ... Three.
        ... ''')
        ('One two.', 'Three.')
    """
    return tuple(
        " ".join(paragraph.split()) + after for paragraph in block.split("\n\n") if paragraph.strip()
    )


def family(seed: SeedPost) -> str:
    """The best known topic that a seed belongs to: its own, or one that contains it."""
    return _FAMILY.get(seed.topic, seed.topic)


def fitting(seed: SeedPost, by_topic: Mapping[str, Pool], otherwise: Pool) -> Pool:
    """The fragments for the topic of a seed, or those that fit any topic."""
    return by_topic.get(family(seed), otherwise)


def with_topic(pool: Pool, seed: SeedPost) -> Pool:
    """The fragments with ``{topic}`` filled in."""
    sayable = seed.topic if any(map(str.isalnum, seed.topic)) else "life"
    return _filled(pool, _ABOUT.get(sayable, sayable))


@functools.lru_cache(maxsize=512)
def _filled(pool: Pool, topic: str) -> Pool:
    return tuple(dict.fromkeys(fragment.replace("{topic}", topic) for fragment in pool))


def text_of(seed: SeedPost) -> str:
    """The content of a seed with tidy spaces and a proper end."""
    return end_sentence(tidy(seed.content))


def bodies(seed: SeedPost, *, most: int = 3, shortest: int = 70, longest: int = 900) -> Pool:
    """The content, and what it is without its last sentences, longest first.

    Beginnings of a text make sense, other parts of it rarely do.

    Args:
        most: how many, at most.
        shortest: what is not the whole has at least so many characters.
        longest: a longer content is cut to its first sentences.
    """
    text = text_of(seed)
    found: list[str] = []
    beginning = ""
    for sentence in sentences(text):
        if len(beginning + sentence.rstrip()) > longest:
            break
        beginning += sentence
        found.append(beginning.rstrip())
    if not found:
        return (truncate(text, longest),)
    parts = [part for part in found[:-1] if len(part) >= shortest and part[-1] not in ":;,"]
    return tuple(dict.fromkeys([end_sentence(found[-1]), *reversed(parts)]))[:most]


def hashtags(seed: SeedPost) -> Pool:
    """The tags and the topic of a seed as hashtags, the first few, without repeating one."""
    found = [tag for tag in map(hashtag, (*seed.tags[:5], seed.topic)) if tag]
    by_letters = {tag.casefold(): tag for tag in reversed(found)}
    return tuple(reversed(by_letters.values()))


def closing_tags(seed: SeedPost, *, before: str = " ") -> Pool:
    """Nothing, one hashtag or two: the last pool of many templates."""
    tags = hashtags(seed)
    two = [f"{first} {second}" for first, second in itertools.pairwise(tags)]
    return ("", *(before + chosen for chosen in (*tags, *two)))
