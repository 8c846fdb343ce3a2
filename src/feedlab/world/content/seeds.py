"""Seed posts: what a seed file may hold, and how it is read and written.

A seed file is JSON in UTF-8::

    {"seeds": [{"id": "seed_1", "topic": "food", "content": "...", "tags": ["bread"], "tone": "casual"}]}
"""

from __future__ import annotations

import functools
import importlib.resources
import json
import re
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import NoReturn

from feedlab.errors import InvalidSeedFile

MOST_SEEDS = 10_000
SHORTEST_CONTENT = 5
LONGEST_CONTENT = 5_000
LONGEST_ID = 100
LONGEST_TOPIC = 50
LONGEST_TONE = 50
MOST_TAGS = 20
LONGEST_TAG = 50

TOPIC_ALIASES = {"tech": "technology"}

# PostgreSQL's text holds neither.
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class SeedPost:
    """One post written by hand, from which variations are made.

    Args:
        id: unique in its file, 1 to 100 characters.
        topic: what it is about, normalised: lower case, single spaces, aliases resolved.
        content: the text, 5 to 5,000 characters, any language.
        tags: at most 20, without the ``#``.
        tone: one or two words, "casual" or "proud".
    """

    id: str
    topic: str
    content: str
    tags: tuple[str, ...]
    tone: str


class _Problem(Exception):
    """What is wrong with one seed: the key at fault and a sentence."""

    def __init__(self, key: str | None, sentence: str) -> None:
        super().__init__(sentence)
        self.key = key
        self.sentence = sentence


def normalise_topic(topic: str) -> str:
    """A topic as it is compared and stored.

    Example:
        >>> normalise_topic("  Daily   Life "), normalise_topic("Tech")
        ('daily life', 'technology')
    """
    plain = " ".join(topic.casefold().split())
    return TOPIC_ALIASES.get(plain, plain)


def parse_seeds(data: bytes) -> tuple[SeedPost, ...]:
    """The seed posts of a seed file, in its order.

    Keys other than the five of a seed are ignored. Characters are counted as code points, after the
    spaces around the text have been taken away.

    Args:
        data: the file's bytes: UTF-8, with or without a byte order mark.

    Raises:
        InvalidSeedFile: says which seed (its position, counted from 1, and its id) and which key.

    Example:
        >>> one = b'{"seeds": [{"id": "a", "topic": "Tech", "content": "Hello", "tags": [], "tone": "dry"}]}'
        >>> parse_seeds(one)
        (SeedPost(id='a', topic='technology', content='Hello', tags=(), tone='dry'),)
    """
    entries = _entries(_decode(data))
    seeds: list[SeedPost] = []
    first: InvalidSeedFile | None = None
    others = 0
    position_of: dict[str, int] = {}
    for position, entry in enumerate(entries, start=1):
        try:
            seed = _seed(entry)
            if seed.id in position_of:
                raise _Problem(
                    "id", f"is also the id of seed {position_of[seed.id]}; every seed needs its own"
                )
        except _Problem as problem:
            if first is None:
                first = _refusal(position, entry, problem)
            else:
                others += 1
        else:
            position_of[seed.id] = position
            seeds.append(seed)
    if first is not None:
        more = f" ({others} more {'seeds have' if others > 1 else 'seed has'} a problem)" if others else ""
        raise InvalidSeedFile(first.message + more, field=first.field)
    return tuple(seeds)


def dump_seeds(seeds: Sequence[SeedPost]) -> bytes:
    """A seed file that :func:`parse_seeds` reads back to the same seeds.

    Example:
        >>> parse_seeds(dump_seeds(bundled_seeds())) == bundled_seeds()
        True
    """
    entries = [{**asdict(seed), "tags": list(seed.tags)} for seed in seeds]
    return (json.dumps({"seeds": entries}, ensure_ascii=False, indent=2) + "\n").encode()


@functools.cache
def bundled_seeds() -> tuple[SeedPost, ...]:
    """The ten seed posts that come with feedlab.

    Example:
        >>> len(bundled_seeds()), bundled_seeds()[0].topic
        (10, 'technology')
    """
    return parse_seeds(importlib.resources.files("feedlab.seeds").joinpath("seed_posts.json").read_bytes())


def _decode(data: bytes) -> object:
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise InvalidSeedFile(
            f"the seed file is not UTF-8: byte {error.start} (line {line}) is 0x{data[error.start]:02x}; "
            "save it as UTF-8"
        ) from None
    try:
        document: object = json.loads(text, parse_constant=_refuse_constant)
    except json.JSONDecodeError as error:
        raise InvalidSeedFile(
            f"the seed file is not valid JSON: {error.msg} at line {error.lineno}, column {error.colno}"
        ) from None
    except RecursionError:
        raise InvalidSeedFile("the seed file is nested too deeply; a seed file has four levels") from None
    except InvalidSeedFile:
        raise
    except ValueError as error:  # a number with more digits than Python reads
        raise InvalidSeedFile(f"the seed file is not valid JSON: {error}") from None
    return document


def _refuse_constant(name: str) -> NoReturn:
    raise InvalidSeedFile(f"the seed file is not valid JSON: {name} is not a JSON value")


def _entries(document: object) -> list[object]:
    if not isinstance(document, dict) or "seeds" not in document:
        raise InvalidSeedFile(
            'the seed file must be an object with the key "seeds", like {"seeds": [...]}; '
            f"this is {_kind(document)}" + (" without it" if isinstance(document, dict) else ""),
            field="seeds",
        )
    entries = document["seeds"]
    if not isinstance(entries, list):
        raise InvalidSeedFile(f'"seeds" must be a list of seeds, not {_kind(entries)}', field="seeds")
    if not entries:
        raise InvalidSeedFile('"seeds" is an empty list; a world needs at least one seed', field="seeds")
    if len(entries) > MOST_SEEDS:
        raise InvalidSeedFile(
            f'"seeds" has {len(entries):,} seeds; a file may hold at most {MOST_SEEDS:,}', field="seeds"
        )
    return entries


def _seed(entry: object) -> SeedPost:
    if not isinstance(entry, dict):
        raise _Problem(None, f"must be an object with id, topic, content, tags and tone, not {_kind(entry)}")
    for key in ("id", "topic", "content", "tags", "tone"):
        if key not in entry:
            raise _Problem(key, "is missing")
    return SeedPost(
        id=_text(entry, "id", 1, LONGEST_ID),
        topic=_within("topic", normalise_topic(_storable("topic", entry["topic"])), 1, LONGEST_TOPIC),
        content=_text(entry, "content", SHORTEST_CONTENT, LONGEST_CONTENT),
        tags=_tags(entry["tags"]),
        tone=_text(entry, "tone", 1, LONGEST_TONE),
    )


def _tags(value: object) -> tuple[str, ...]:
    if not isinstance(value, list):
        raise _Problem("tags", f"must be a list of texts, not {_kind(value)}")
    if len(value) > MOST_TAGS:
        raise _Problem("tags", f"has {len(value)} tags; at most {MOST_TAGS} are kept")
    named = ((f"tags[{place}]", tag) for place, tag in enumerate(value, start=1))
    return tuple(_within(name, _storable(name, tag).strip(), 1, LONGEST_TAG) for name, tag in named)


def _text(entry: dict[str, object], key: str, shortest: int, longest: int) -> str:
    return _within(key, _storable(key, entry[key]).strip(), shortest, longest)


def _storable(key: str, value: object) -> str:
    if not isinstance(value, str):
        raise _Problem(key, f"must be a text, not {_kind(value)}")
    refused = _UNSTORABLE.search(value)
    if refused is not None:
        what = "a NUL character" if refused[0] == "\0" else f"the lone surrogate U+{ord(refused[0]):04X}"
        raise _Problem(key, f"has {what} at character {refused.start() + 1}, which PostgreSQL cannot store")
    return value


def _within(key: str, text: str, shortest: int, longest: int) -> str:
    if not text:
        raise _Problem(key, "is empty")
    if len(text) < shortest:
        raise _Problem(key, f"is too short: {text!r} has {len(text)} characters, {shortest} are needed")
    if len(text) > longest:
        raise _Problem(key, f"is too long: it has {len(text):,} characters, {longest:,} are allowed")
    return text


def _refusal(position: int, entry: object, problem: _Problem) -> InvalidSeedFile:
    name = entry.get("id") if isinstance(entry, dict) else None
    called = f" ({_short(name)})" if isinstance(name, str) and name.strip() else ""
    key = f', key "{problem.key}":' if problem.key else ""
    field = problem.key.partition("[")[0] if problem.key else None
    return InvalidSeedFile(f"seed {position}{called}{key} {problem.sentence}", field=field)


def _short(name: str) -> str:
    return repr(name if len(name) <= 60 else name[:60] + "…")


def _kind(value: object) -> str:
    kinds = {dict: "an object", list: "a list", str: "a text", bool: "true or false", type(None): "null"}
    return kinds.get(type(value), "a number")
