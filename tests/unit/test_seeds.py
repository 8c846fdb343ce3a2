"""Seed files: what is read, and every way in which one is refused."""

from __future__ import annotations

import json
from typing import Any

import pytest

from feedlab.errors import InvalidSeedFile
from feedlab.world.content.seeds import SeedPost, bundled_seeds, dump_seeds, parse_seeds

GOOD = {"id": "a", "topic": "food", "content": "Soup today.", "tags": ["soup"], "tone": "casual"}


def file_of(*seeds: Any, **more: Any) -> bytes:
    return json.dumps({"seeds": list(seeds), **more}).encode()


def seed(**changes: Any) -> dict[str, Any]:
    return {**GOOD, **changes}


def without(key: str) -> dict[str, Any]:
    return {name: value for name, value in GOOD.items() if name != key}


def refusal(data: bytes) -> InvalidSeedFile:
    with pytest.raises(InvalidSeedFile) as caught:
        parse_seeds(data)
    return caught.value


def test_the_bundled_seeds_are_those_of_the_specification() -> None:
    seeds = bundled_seeds()
    topics = [one.topic for one in seeds]
    assert {topic: topics.count(topic) for topic in topics} == {
        "technology": 3,
        "food": 2,
        "travel": 2,
        "sports": 1,
        "books": 1,
        "daily life": 1,
    }
    assert [one.id for one in seeds] == [f"seed_{number}" for number in range(1, 11)]
    assert all(180 <= len(one.content) <= 420 and 3 <= len(one.tags) <= 5 and one.tone for one in seeds)


def test_a_file_is_read_as_it_is_written() -> None:
    seeds = (
        SeedPost("日", "crochet", "Zeile eins\nZeile «zwei» 👩‍🚀", ("häkeln", "🧶"), "froh"),
        SeedPost("b", "daily life", "x" * 5_000, (), "-"),
    )
    data = dump_seeds(seeds)
    assert "häkeln".encode() in data
    assert parse_seeds(data) == seeds
    assert parse_seeds(b"\xef\xbb\xbf" + data) == seeds


def test_text_is_stripped_topics_are_normalised_and_unknown_keys_ignored() -> None:
    (read,) = parse_seeds(file_of(seed(id=" a ", topic=" TECH ", content="  12345\n", note=[1]), version=2))
    assert read == SeedPost("a", "technology", "12345", ("soup",), "casual")
    (read,) = parse_seeds(file_of(seed(topic="  Daily" + " " * 60 + "LIFE")))
    assert read.topic == "daily life"


@pytest.mark.parametrize("content", ["12345", "🎉🎉🎉🎉🎉", "x" * 5_000, "日" * 5_000])
def test_content_is_counted_in_code_points(content: str) -> None:
    (read,) = parse_seeds(file_of(seed(content=content)))
    assert read.content == content


@pytest.mark.parametrize(
    ("bad", "key", "words"),
    [
        ("soup", None, "must be an object"),
        (None, None, "not null"),
        *((without(key), key, "is missing") for key in GOOD),
        (seed(id=7), "id", "must be a text, not a number"),
        (seed(id="  "), "id", "is empty"),
        (seed(id="x" * 101), "id", "101 characters"),
        (seed(topic=True), "topic", "not true or false"),
        (seed(topic=" \n"), "topic", "is empty"),
        (seed(topic="x" * 51), "topic", "51 characters"),
        (seed(content=["x"]), "content", "not a list"),
        (seed(content=" 1234 "), "content", "has 4 characters, 5 are needed"),
        (seed(content="x" * 5_001), "content", "5,001 characters, 5,000 are allowed"),
        (seed(content="ab\0cdef"), "content", "a NUL character at character 3"),
        (seed(content="abcdef\ud83d"), "content", "the lone surrogate U+D83D at character 7"),
        (seed(tone=None), "tone", "not null"),
        (seed(tone=""), "tone", "is empty"),
        (seed(tone="x" * 51), "tone", "51 characters"),
        (seed(tone="\udc00"), "tone", "surrogate"),
        (seed(tags="soup"), "tags", "must be a list of texts, not a text"),
        (seed(tags=[f"t{n}" for n in range(21)]), "tags", "has 21 tags"),
        (seed(tags=["soup", 3]), "tags[2]", "must be a text"),
        (seed(tags=[""]), "tags[1]", "is empty"),
        (seed(tags=["x" * 51]), "tags[1]", "51 characters"),
        (seed(tags=["a\0"]), "tags[1]", "NUL"),
    ],
)
def test_a_refusal_names_the_seed_and_the_key(bad: Any, key: str | None, words: str) -> None:
    error = refusal(file_of(seed(id="first"), bad))
    assert error.message.startswith("seed 2")
    assert words in error.message
    if key is None:
        assert error.field is None
    else:
        assert f'"{key}"' in error.message
        assert error.field == key.partition("[")[0]
    if isinstance(bad, dict) and bad.get("id") == "a":
        assert "seed 2 ('a')" in error.message


def test_a_duplicate_id_names_both_positions() -> None:
    error = refusal(file_of(seed(id="x"), seed(id="y"), seed(id=" x ")))
    assert error.message.startswith("seed 3 (' x '), key \"id\": is also the id of seed 1")


def test_the_first_problem_is_told_and_the_others_are_counted() -> None:
    error = refusal(file_of(seed(), without("tone"), seed(id="c", content="no"), 7))
    assert error.message.startswith("seed 2 ('a'), key \"tone\": is missing")
    assert error.message.endswith("(2 more seeds have a problem)")
    assert refusal(file_of(7, 8)).message.endswith("(1 more seed has a problem)")


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b'{"seeds":\n [\xff]}', "not UTF-8: byte 12 (line 2) is 0xff"),
        (b'{"seeds": [\n  {"id": }\n]}', "line 2, column 10"),
        (b"", "line 1, column 1"),
        (b"[]", '"seeds"'),
        (b'"seeds"', "this is a text"),
        (b'{"posts": []}', "this is an object without it"),
        (b'{"seeds": {}}', '"seeds" must be a list of seeds, not an object'),
        (b'{"seeds": []}', "empty list"),
        (b'{"seeds": [NaN]}', "NaN is not a JSON value"),
        (b'{"seeds": [-Infinity]}', "-Infinity"),
        (b'{"seeds": [' + b"9" * 5_000 + b"]}", "not valid JSON"),
        (b'{"seeds": ' + b"[" * 200_000 + b"]" * 200_000 + b"}", "nested too deeply"),
        (b'{"x": ' + b'{"a":' * 200_000 + b"1" + b"}" * 200_000 + b"}", "nested too deeply"),
    ],
)
def test_what_is_no_seed_file_is_refused(data: bytes, words: str) -> None:
    assert words in refusal(data).message


def test_ten_thousand_seeds_and_no_more() -> None:
    many = [seed(id=f"s{number}") for number in range(10_001)]
    assert len(parse_seeds(file_of(*many[:10_000]))) == 10_000
    assert "10,001 seeds; a file may hold at most 10,000" in refusal(file_of(*many)).message
