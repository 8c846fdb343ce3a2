"""What else the API answers: posts, pictures, the comparison, health, and what is not there."""

from __future__ import annotations

import json
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import httpx
import pytest
from tests.api import Api, error_of, ids_of, serving

from feedlab.cli.server import Server, build_app

ROUTES = {
    ("get", "/api/feeds"),
    ("post", "/api/track"),
    ("get", "/api/posts"),
    ("post", "/api/auth/login"),
    ("post", "/api/auth/logout"),
    ("get", "/api/auth/me"),
    ("get", "/api/compare"),
    ("get", "/avatars/{file}"),
    ("get", "/healthz"),
    ("get", "/readyz"),
}


# All posts, newest first


def test_the_newest_fifty(api: Api) -> None:
    person = api.person()
    late = api.post("not written yet", person.id, age=timedelta(seconds=-1))
    new = [api.post(f"just now, {n}", person.id, age=timedelta(seconds=n)) for n in range(2)]
    body = person.http.get("/api/posts").json()
    assert set(body) == {"posts"}
    wanted = api.sql(
        "SELECT id FROM posts WHERE created_at <= %s ORDER BY created_at DESC, id LIMIT 50", api.now
    )
    assert ids_of(body) == [str(post) for (post,) in wanted]
    assert ids_of(body)[:2] == [str(post) for post in new]
    assert str(late) not in ids_of(body)
    assert len(body["posts"]) == 50
    times = [post["createdAt"] for post in body["posts"]]
    assert times == sorted(times, reverse=True)
    assert set(body["posts"][0]) == set(person.feed(limit=1)["posts"][0])
    api.sql("DELETE FROM posts WHERE user_id = %s", person.id)


def test_posts_are_not_for_nobody(api: Api) -> None:
    error_of(api.client().get("/api/posts"), 401)


# The comparison


@pytest.mark.parametrize("role", ["test", "operator"])
def test_the_comparison(api: Api, role: str) -> None:
    body = api.person(role=role).http.get("/api/compare").json()
    assert list(body) == ["control", "treatment"]
    for name, column in body.items():
        assert set(column) == {"account", "interests", "source", "matchShare", "expectedLikeRate", "posts"}
        assert column["account"]["email"] == f"test_{name}@example.com"
        assert column["account"]["experimentGroup"] == name
        assert len(column["posts"]) == 20
        matches = [post["topic"] in column["interests"] for post in column["posts"]]
        assert [post["matches"] for post in column["posts"]] == matches
        assert column["matchShare"] == pytest.approx(sum(matches) / 20)
        rates = [post["likeRate"] for post in column["posts"]]
        assert all(0 <= rate <= 1 for rate in rates)
        assert column["expectedLikeRate"] == pytest.approx(sum(rates) / 20)
    assert body["control"]["interests"] == body["treatment"]["interests"] != []
    assert body["control"]["source"] == "random"
    assert body["treatment"]["source"] in {"db", "cache"}


def test_the_comparison_shows_the_difference(api: Api) -> None:
    http = api.person().http
    seen = [http.get("/api/compare").json() for _ in range(10)]
    control, treatment = (
        sum(body[name]["expectedLikeRate"] for body in seen) / len(seen) for name in ("control", "treatment")
    )
    assert treatment > 1.3 * control


def test_the_comparison_leaves_their_reading_alone(api: Api) -> None:
    email = "test_control@example.com"
    http = api.client()
    http.post("/api/auth/login", json={"email": email, "password": api.lab.home.password_of(email)})
    first = http.get("/api/feeds?limit=10").json()
    api.person(role="operator").http.get("/api/compare")
    after = http.get("/api/feeds?limit=10&offset=10").json()
    assert after["metadata"]["slateId"] == first["metadata"]["slateId"]


@pytest.mark.parametrize("limit", [1, 100])
def test_how_much_is_compared(api: Api, limit: int) -> None:
    body = api.person().http.get("/api/compare", params={"limit": limit}).json()
    total = {"control": limit, "treatment": limit}
    assert all(0 < len(body[name]["posts"]) <= total[name] for name in total)
    assert limit == 100 or all(len(body[name]["posts"]) == 1 for name in total)


@pytest.mark.parametrize("limit", ["0", "101", "abc"])
def test_too_much_to_compare(api: Api, limit: str) -> None:
    error_of(api.person().http.get("/api/compare", params={"limit": limit}), 400, "limit")


def test_who_may_not_compare(api: Api) -> None:
    error_of(api.client().get("/api/compare"), 401)
    error_of(api.person(role="bot").http.get("/api/compare"), 403)


def test_the_comparison_without_its_accounts(api: Api) -> None:
    """An account that somebody renamed is named in the answer."""
    person = api.person()
    api.sql("UPDATE users SET email = 'moved@example.com' WHERE email = 'test_treatment@example.com'")
    try:
        body = error_of(person.http.get("/api/compare"), 404)
        assert "test_treatment@example.com" in body["message"]
    finally:
        api.sql("UPDATE users SET email = 'test_treatment@example.com' WHERE email = 'moved@example.com'")


# Pictures


def test_every_author_has_a_picture(api: Api) -> None:
    person = api.person()
    addresses = {post["user"]["avatarUrl"] for post in person.feed(limit=100)["posts"]}
    assert len(addresses) > 5
    pictures = set()
    for address in addresses:
        answer = api.client().get(address)  # nobody needs to sign in
        assert answer.status_code == 200
        assert answer.headers["content-type"].startswith("image/svg+xml")
        assert "immutable" in answer.headers["cache-control"]
        assert "default-src 'none'" in answer.headers["content-security-policy"]
        assert ET.fromstring(answer.text).tag == "{http://www.w3.org/2000/svg}svg"
        assert answer.text == api.client().get(address).text
        pictures.add(answer.text)
    assert len(pictures) == len(addresses)


@pytest.mark.parametrize("name", ["日本語", "%3Cscript%3E", "a.b", "%00", "x" * 100])
def test_any_name_has_a_picture_that_does_not_show_it(api: Api, name: str) -> None:
    answer = api.client().get(f"/avatars/{name}.svg")
    assert answer.status_code == 200
    ET.fromstring(answer.text)
    assert "script" not in answer.text


@pytest.mark.parametrize("file", ["user_001.png", "user_001", ".svg", "x" * 101 + ".svg", "a.svg.png", "%00"])
def test_no_such_picture(api: Api, file: str) -> None:
    error_of(api.client().get(f"/avatars/{file}"), 404, "file")


# Health


def test_health(api: Api) -> None:
    assert api.client().get("/healthz").json() == {"status": "ok"}
    assert api.client().get("/readyz").json() == {"status": "ready", "database": True, "cache": True}


# What is not there


@pytest.mark.parametrize("path", ["/api/nope", "/api/feeds/1", "/api/", "/avatars/a/b.svg", "/nope", "/docs"])
def test_nothing_there(api: Api, path: str) -> None:
    body = error_of(api.client().get(path), 404)
    assert body["error"] == "not_found"
    assert path in body["message"]


@pytest.mark.parametrize(("method", "path"), sorted(ROUTES))
def test_another_method(api: Api, method: str, path: str) -> None:
    other = "POST" if method == "get" else "GET"
    for wrong in (other, "DELETE", "PATCH"):
        answer = api.client().request(wrong, path.replace("{file}", "a.svg"))
        assert error_of(answer, 405)["error"] == "method_not_allowed"
        assert method.upper() in answer.headers["allow"]


def test_the_description(api: Api) -> None:
    answer = api.client().get("/openapi.json")
    assert answer.headers["content-type"] == "application/json"
    described = json.loads(answer.text)
    assert described["openapi"].startswith("3.")
    assert {(method, path) for path, methods in described["paths"].items() for method in methods} == ROUTES
    limit = described["paths"]["/api/feeds"]["get"]["parameters"][0]
    assert limit["name"] == "limit"
    assert limit["schema"] == {"type": "integer", "minimum": 1, "maximum": 100, "default": 50} | {
        key: limit["schema"][key] for key in ("title", "description") if key in limit["schema"]
    }
    assert set(described["paths"]["/api/feeds"]["get"]["responses"]) == {"200", "default"}
    assert set(described["paths"]["/api/track"]["post"]["responses"]) == {"201", "default"}
    # Bad parameters are 400 here, whatever the framework would say.
    assert "422" not in answer.text
    error = described["components"]["schemas"]["Error"]
    assert set(error["properties"]) == {"error", "message", "field"}


# A mistake of ours


@pytest.fixture
def broken(served: Api, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Iterator[str]:
    """An API with a route that fails."""

    def build(lab: Any, *, console: bool) -> Any:
        app = build_app(lab, console=console)

        @app.get("/api/broken")
        async def fail() -> None:
            password = "correct horse"[::-1]
            raise ZeroDivisionError(f"divided by {len(password) - 13}")

        return app

    monkeypatch.setattr("feedlab.cli.server.build_app", build)
    with Server(served.lab, console=False) as server:
        yield server.address


def test_a_mistake_tells_nothing_and_the_next_request_is_served(
    broken: str, capfd: pytest.CaptureFixture[str]
) -> None:
    for _ in range(2):
        body = error_of(httpx.get(f"{broken}/api/broken"), 500)
        assert body["error"] == "internal_error"
        assert "divided" not in body["message"]
    assert httpx.get(f"{broken}/healthz").status_code == 200
    log = "".join(capfd.readouterr())
    assert log.count("divided by 0") == 2
    assert "esroh tcerroc" not in log  # what a variable held is nobody's business


def test_before_there_is_a_world(lab_without_world: Any) -> None:
    with serving(lab_without_world) as api:
        person = api.person(role="operator")
        page = person.feed()
        assert page["posts"] == []
        assert page["metadata"]["total"] == 0
        assert person.http.get("/api/posts").json() == {"posts": []}
        assert "feedlab demo" in error_of(person.http.get("/api/compare"), 404)["message"]


@pytest.fixture
def lab_without_world(new_database: str, servers: Any, tmp_path: Any) -> Iterator[Any]:
    from feedlab.services.lab import open_lab
    from feedlab.settings import load

    settings = load(home=tmp_path, database_url=new_database, cache_url=servers.cache_url, port=0)
    with open_lab(settings) as lab:
        yield lab
