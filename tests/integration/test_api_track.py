"""POST /api/track: what is stored, and what is refused."""

from __future__ import annotations

import json
from typing import Any
from uuid import UUID, uuid4

import pytest
from tests.api import JSON, Api, Person, error_of


def stored(api: Api, person: Person) -> list[tuple[Any, ...]]:
    return api.sql(
        "SELECT id, user_id, post_id, interaction_type, created_at, metadata FROM user_interactions "
        "WHERE user_id = %s ORDER BY id",
        person.id,
    )


@pytest.fixture
def person(api: Api) -> Person:
    return api.person()


@pytest.fixture
def post(api: Api) -> str:
    return str(api.posts()[0])


def raw(person: Person, body: bytes, **headers: str) -> Any:
    return person.http.post("/api/track", content=body, headers={**JSON, **headers})


@pytest.mark.parametrize("kind", ["view", "click", "like", "share"])
def test_an_interaction_is_stored(api: Api, person: Person, post: str, kind: str) -> None:
    metadata = {"duration": 5000, "scrollDepth": 0.8, "where": {"page": ["feed", None, True]}}
    answer = person.track(post, kind, metadata=metadata)
    assert answer.status_code == 201
    body = answer.json()
    assert set(body) == {"success", "interactionId"}
    assert body["success"] is True
    interaction = UUID(body["interactionId"])
    assert interaction.version == 7
    assert stored(api, person) == [(interaction, person.id, UUID(post), kind, api.now, metadata)]


def test_again_is_another_interaction(api: Api, person: Person, post: str) -> None:
    ids = [person.track(post).json()["interactionId"] for _ in range(5)]
    assert [str(row[0]) for row in stored(api, person)] == sorted(set(ids))
    assert len(set(ids)) == 5


@pytest.mark.parametrize(
    "metadata",
    [
        None,
        {},
        {"text": "日本語 🎉 <script>alert('x')</script> \\u0000 \"quoted\""},
        {"": ""},
        {"big": 2**70, "small": -(2**64), "tiny": 1e-300},
        {"long": "x" * 4084},
        {"deep": json.loads("[" * 200 + "]" * 200)},
    ],
    ids=["none", "empty", "text", "empty-key", "numbers", "largest", "nested"],
)
def test_metadata_comes_back_as_it_was(api: Api, person: Person, post: str, metadata: Any) -> None:
    assert person.track(post, metadata=metadata).status_code == 201
    assert [row[-1] for row in stored(api, person)] == [metadata]


def test_metadata_may_be_left_out_and_other_keys_are_ignored(api: Api, person: Person, post: str) -> None:
    assert person.track(post, userId=str(uuid4()), somethingElse=[1]).status_code == 201
    [row] = stored(api, person)
    assert row[1] == person.id
    assert row[-1] is None


def test_nobody_tracks(api: Api, post: str) -> None:
    answer = api.client().post("/api/track", json={"postId": post, "interactionType": "view"})
    assert error_of(answer, 401)["error"] == "not_authenticated"


def test_an_unknown_post(api: Api, person: Person) -> None:
    unknown = str(uuid4())
    body = error_of(person.track(unknown), 404, "postId")
    assert body["error"] == "not_found"
    assert unknown in body["message"]
    assert stored(api, person) == []


@pytest.mark.parametrize(
    "kind", ["", "View", "follow", "comment", "x" * 10_000, "\x00", "wow 🎉", None, 1, ["view"]]
)
def test_an_unknown_type(api: Api, person: Person, post: str, kind: Any) -> None:
    body = error_of(
        person.http.post("/api/track", json={"postId": post, "interactionType": kind}), 400, "interactionType"
    )
    assert len(body["message"]) < 300
    assert stored(api, person) == []


@pytest.mark.parametrize("given", ["", "x", "1", 7, None, [], {}, "\x00", "0" * 10_000])
def test_a_bad_post_id(person: Person, given: Any) -> None:
    body = error_of(
        person.http.post("/api/track", json={"postId": given, "interactionType": "view"}), 400, "postId"
    )
    assert len(body["message"]) < 500


@pytest.mark.parametrize("missing", ["postId", "interactionType"])
def test_a_missing_key(person: Person, post: str, missing: str) -> None:
    event = {"postId": post, "interactionType": "view"}
    del event[missing]
    error_of(person.http.post("/api/track", json=event), 400, missing)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b'{"postId": ',
        b"{'postId': 1}",
        b"[]",
        b'"view"',
        b"7",
        b"null",
        b"\xff\xfe\x00",
        b'{"postId": "\xe9"}',
        b"\x00",
        b"[" * 100_000,
        b'{"a":' * 100_000,
        b"1" * 10_000,
    ],
    ids=lambda body: repr(body[:12]),
)
def test_what_is_no_event(api: Api, person: Person, body: bytes) -> None:
    assert error_of(raw(person, body), 400)["error"] == "invalid_input"
    assert stored(api, person) == []


def test_another_content_type(person: Person, post: str) -> None:
    event = json.dumps({"postId": post, "interactionType": "view"}).encode()
    error_of(raw(person, event, **{"content-type": "text/plain"}), 400)
    error_of(raw(person, b"postId=1", **{"content-type": "application/x-www-form-urlencoded"}), 400)


@pytest.mark.parametrize("metadata", ["text", 5, [1], True], ids=repr)
def test_metadata_that_is_no_object(api: Api, person: Person, post: str, metadata: Any) -> None:
    error_of(person.track(post, metadata=metadata), 400, "metadata")
    assert stored(api, person) == []


@pytest.mark.parametrize(
    "metadata",
    [
        '{"long": "%s"}' % ("x" * 4090),
        '{"long": "%s"}' % ("日" * 1400),
        '{"nul": "a\\u0000b"}',
        '{"\\u0000": 1}',
        '{"half": "\\ud83d"}',
        '{"\\udc00": 1}',
        '{"nan": NaN}',
        '{"infinite": -Infinity}',
        '{"huge": 1e400}',
        f'{{"deep": {"[" * 3000}1{"]" * 3000}}}',
        '{"digits": %s}' % ("9" * 4200),
        '{"digits": %s}' % ("9" * 5000),
    ],
    ids=lambda text: text[:18],
)
def test_metadata_that_cannot_be_stored(api: Api, person: Person, post: str, metadata: str) -> None:
    event = f'{{"postId": "{post}", "interactionType": "view", "metadata": {metadata}}}'
    answer = raw(person, event.encode())
    field = None if answer.json()["field"] is None else "metadata"  # where JSON itself ends, there is no key
    body = error_of(answer, 400, field)
    assert len(body["message"]) < 300
    assert stored(api, person) == []


@pytest.mark.parametrize("depth", [300, 700, 900, 950, 990, 1200, 1900])
def test_nesting_never_breaks_it(api: Api, person: Person, post: str, depth: int) -> None:
    """Wherever the limits of the parsers between here and the table lie, the answer is plain."""
    event = (
        f'{{"postId": "{post}", "interactionType": "view", "metadata": {{"a": {"[" * depth}{"]" * depth}}}}}'
    )
    answer = raw(person, event.encode())
    if answer.status_code == 201:
        assert len(stored(api, person)) == 1
    else:
        error_of(answer, 400, answer.json()["field"])
        assert stored(api, person) == []


def test_a_huge_body_is_survived(api: Api, person: Person, post: str) -> None:
    event = {"postId": post, "interactionType": "view", "metadata": {"x": "y" * 5_000_000}}
    error_of(person.http.post("/api/track", json=event), 400, "metadata")
    error_of(raw(person, b"x" * 5_000_000), 400)
    error_of(raw(person, b"[" * 5_000_000), 400)
    assert person.track(post).status_code == 201
    assert len(stored(api, person)) == 1
