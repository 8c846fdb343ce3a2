"""GET /api/feeds: who may ask, what is answered, what is refused."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from uuid import UUID, uuid4

import httpx
import pytest
from itsdangerous import URLSafeTimedSerializer
from tests.api import Api, Person, error_of, ids_of

from feedlab.api.state import COOKIE

POST_KEYS = {"id", "userId", "content", "mediaUrls", "createdAt", "updatedAt", "user"}
USER_KEYS = {"id", "username", "displayName", "avatarUrl"}
METADATA_KEYS = {"total", "offset", "limit", "source"}


def bearer(api: Api, token: str) -> httpx.Response:
    return api.client().get("/api/feeds", headers={"authorization": f"Bearer {token}"})


def cookie(api: Api, token: str) -> httpx.Response:
    return api.client(cookie=f"{COOKIE}={token}").get("/api/feeds")


def unauthenticated(answer: httpx.Response) -> None:
    assert error_of(answer, 401)["error"] == "not_authenticated"
    assert answer.headers["www-authenticate"] == "Bearer"


def signed(api: Api, *claims: object, key: str | None = None, age: float = 0) -> str:
    """A token that we sign ourselves, some seconds ago."""
    signer = URLSafeTimedSerializer(key or api.lab.home.session_key(), salt="feedlab.session")
    if age:
        original = signer.signer

        class Earlier(original):
            def get_timestamp(self) -> int:
                return super().get_timestamp() - round(age)

        signer.signer = Earlier
    return signer.dumps(list(claims))


# Who may ask


def test_nobody_is_signed_in(api: Api) -> None:
    unauthenticated(api.client().get("/api/feeds"))
    unauthenticated(api.client(authorization="Basic dXNlcjpwYXNz").get("/api/feeds"))
    unauthenticated(api.client(authorization="Bearer").get("/api/feeds"))


@pytest.mark.parametrize("send", [bearer, cookie])
def test_a_token_of_our_own_making_is_as_good_as_any(api: Api, send) -> None:
    who, _ = api.account()
    assert send(api, signed(api, str(who), str(uuid4()))).status_code == 200


@pytest.mark.parametrize("send", [bearer, cookie])
@pytest.mark.parametrize("token", ["x", "a.b.c", "é", "." * 5000, "null"])
def test_what_is_no_token(api: Api, send, token: str) -> None:
    unauthenticated(send(api, token.encode() if token == "é" else token))  # type: ignore[arg-type]


@pytest.mark.parametrize("send", [bearer, cookie])
def test_a_forged_token(api: Api, send) -> None:
    person = api.person()
    unauthenticated(send(api, signed(api, str(person.id), str(uuid4()), key="somebody else's")))
    payload, _, rest = person.token.partition(".")
    changed = person.token[:-1] + ("A" if person.token[-1] != "A" else "B")
    unauthenticated(send(api, changed))
    unauthenticated(send(api, f"{payload}x.{rest}"))


@pytest.mark.parametrize("claims", [[], ["only one"], [1, 2], ["a", "b"], [None, None], ["a", "b", "c"]])
def test_a_signed_token_that_says_nothing(api: Api, claims: list[object]) -> None:
    unauthenticated(bearer(api, signed(api, *claims)))


@pytest.mark.parametrize("send", [bearer, cookie])
def test_an_expired_session(api: Api, send) -> None:
    who, _ = api.account()
    limit = api.lab.settings.session.max_age.total_seconds()
    assert send(api, signed(api, str(who), str(uuid4()), age=limit - 60)).status_code == 200
    unauthenticated(send(api, signed(api, str(who), str(uuid4()), age=limit + 60)))


@pytest.mark.parametrize("send", [bearer, cookie])
def test_a_session_that_was_logged_out(api: Api, send) -> None:
    person = api.person()
    assert send(api, person.token).status_code == 200
    assert person.http.post("/api/auth/logout").json() == {"success": True}
    unauthenticated(send(api, person.token))


def test_a_session_of_an_account_that_is_gone(api: Api) -> None:
    unauthenticated(bearer(api, signed(api, str(uuid4()), str(uuid4()))))


# What is answered


def test_the_contract(api: Api) -> None:
    page = api.person().feed()
    assert set(page) == {"posts", "metadata"}
    assert set(page["metadata"]) == METADATA_KEYS | {"slateId"}
    UUID(page["metadata"]["slateId"])
    assert len(page["posts"]) == 50
    for post in page["posts"]:
        assert set(post) == POST_KEYS | {"topic", "tags"}
        assert set(post["user"]) == USER_KEYS
        assert UUID(post["id"])
        assert UUID(post["userId"])
        assert post["user"]["id"] == post["userId"]
        assert isinstance(post["mediaUrls"], list)
        for key in ("createdAt", "updatedAt"):
            assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z", post[key]), post[key]


def test_a_post_is_what_the_database_holds(api: Api) -> None:
    post = api.person().feed(limit=1)["posts"][0]
    [row] = api.sql(
        "SELECT p.content, p.media_urls, p.created_at, p.updated_at, p.topic, p.tags, u.id, u.username, "
        "u.display_name, u.avatar_url FROM posts p JOIN users u ON u.id = p.user_id WHERE p.id = %s",
        post["id"],
    )
    given = [post[key] for key in ("content", "mediaUrls", "createdAt", "updatedAt", "topic", "tags")]
    given[2:4] = [datetime.fromisoformat(given[2]), datetime.fromisoformat(given[3])]
    user = post["user"]
    given += [UUID(user["id"]), user["username"], user["displayName"], user["avatarUrl"]]
    assert given == list(row)


def test_the_group_decides(api: Api) -> None:
    control, treatment = api.person("control"), api.person("treatment")
    api.recommend(treatment, api.posts()[:20])
    assert [control.feed()["metadata"]["source"] for _ in range(2)] == ["random", "random"]
    assert [treatment.feed()["metadata"]["source"] for _ in range(2)] == ["db", "cache"]


def test_a_feed_is_kept_by_nobody(api: Api) -> None:
    assert api.person().http.get("/api/feeds").headers["cache-control"] == "no-store"


def test_the_accounts_of_the_lab(api: Api) -> None:
    passwords = {
        e: api.lab.home.password_of(e) for e in ("test_control@example.com", "test_treatment@example.com")
    }
    sources = {}
    for email, password in passwords.items():
        http = api.client()
        assert http.post("/api/auth/login", json={"email": email, "password": password}).status_code == 200
        sources[email] = http.get("/api/feeds").json()["metadata"]["source"]
    assert sources["test_control@example.com"] == "random"
    assert sources["test_treatment@example.com"] in {"cache", "db"}


# What is refused


@pytest.mark.parametrize("limit", [1, 2, 99, 100])
def test_limits(api: Api, limit: int) -> None:
    page = api.person().feed(limit=limit)
    assert len(page["posts"]) == limit
    assert page["metadata"]["limit"] == limit
    assert page["metadata"]["total"] > limit


@pytest.mark.parametrize("limit", ["0", "101", "-1", "abc", "", "1.5", "1e2", "99999999999999999999", "5,6"])
def test_bad_limits(api: Api, limit: str) -> None:
    body = error_of(api.person().http.get("/api/feeds", params={"limit": limit}), 400, "limit")
    assert body["error"] == "invalid_input"
    assert repr(limit)[1:-1] in body["message"]


@pytest.mark.parametrize("offset", ["-1", "abc", "", "1.5", "99999999999999999999"])
def test_bad_offsets(api: Api, offset: str) -> None:
    error_of(api.person().http.get("/api/feeds", params={"offset": offset}), 400, "offset")


@pytest.mark.parametrize("refresh", ["maybe", "", "2", "null"])
def test_bad_refresh(api: Api, refresh: str) -> None:
    error_of(api.person().http.get("/api/feeds", params={"refresh": refresh}), 400, "refresh")


@pytest.mark.parametrize("slate", ["x", "", "00000000-0000-0000-0000-00000000000g", "\x00"])
def test_bad_slates(api: Api, slate: str) -> None:
    error_of(api.person().http.get("/api/feeds", params={"slateId": slate}), 400, "slateId")


def test_a_session_is_asked_for_before_parameters(api: Api) -> None:
    """Who is not signed in learns nothing else."""
    unauthenticated(api.client().get("/api/feeds?limit=0"))


# The cache


def recommended(api: Api, count: int = 10) -> tuple[Person, list[UUID]]:
    person, posts = api.person("treatment"), api.posts()[:count]
    api.recommend(person, posts)
    return person, posts


def test_recommendations_come_best_first(api: Api) -> None:
    person, posts = recommended(api)
    for source in ("db", "cache"):
        page = person.feed()
        assert page["metadata"]["source"] == source
        assert page["metadata"]["total"] == len(posts)
        assert ids_of(page) == [str(post) for post in posts]


def test_refresh_does_without_the_cache(api: Api) -> None:
    person, posts = recommended(api)
    person.feed()
    api.sql("DELETE FROM user_recommendations WHERE user_id = %s AND post_id = %s", person.id, posts[0])
    assert ids_of(person.feed())[0] == str(posts[0])
    fresh = person.feed(refresh="true")
    assert fresh["metadata"]["source"] == "db"
    assert ids_of(fresh) == [str(post) for post in posts[1:]]
    again = person.feed()  # and what the database said is in the cache now
    assert again["metadata"]["source"] == "cache"
    assert ids_of(again) == ids_of(fresh)


def test_expired_recommendations_do_not_serve(api: Api) -> None:
    person = api.person("treatment")
    api.recommend(person, api.posts()[:5], holds=timedelta(0))
    assert person.feed()["metadata"]["source"] == "fallback"
    api.recommend(person, api.posts()[5:7], holds=timedelta(microseconds=1))
    page = person.feed()
    assert page["metadata"]["source"] == "db"
    assert len(page["posts"]) == 2


def test_nothing_recommended(api: Api) -> None:
    person = api.person("treatment")
    page = person.feed(limit=100)
    assert page["metadata"]["source"] == "fallback"
    assert set(ids_of(page)) <= {str(post) for post in api.all_posts()}
    assert page["metadata"]["total"] > 80
    assert ids_of(page) != ids_of(person.feed(limit=100))
