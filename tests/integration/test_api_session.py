"""Signing in and out, and who may."""

from __future__ import annotations

from collections.abc import Iterator
from http.cookies import SimpleCookie
from typing import Any

import httpx
import pytest
from tests.api import JSON, PASSWORD, Api, error_of, serving

from feedlab.api.state import COOKIE
from feedlab.services.lab import open_lab
from feedlab.settings import load

ACCOUNT_KEYS = {"id", "username", "displayName", "email", "avatarUrl", "role", "experimentGroup"}


def login(http: httpx.Client, email: Any, password: Any = PASSWORD) -> httpx.Response:
    return http.post("/api/auth/login", json={"email": email, "password": password})


def test_signing_in(api: Api) -> None:
    who, email = api.account("treatment")
    http = api.client()
    body = login(http, email).json()
    assert set(body) == {"user", "token"}
    assert set(body["user"]) == ACCOUNT_KEYS
    assert body["user"]["id"] == str(who)
    assert body["user"]["email"] == email
    assert body["user"]["experimentGroup"] == "treatment"
    assert "password" not in str(body).lower()
    # By the cookie alone, and by the token alone.
    assert http.get("/api/auth/me").json() == {"user": body["user"]}
    bearer = api.client(authorization=f"Bearer {body['token']}")
    assert bearer.get("/api/auth/me").json() == {"user": body["user"]}
    assert api.client(authorization=f"bEARER   {body['token']}").get("/api/auth/me").status_code == 200


def test_the_cookie(api: Api) -> None:
    _, email = api.account()
    answer = login(api.client(), email)
    cookie = SimpleCookie(answer.headers["set-cookie"])[COOKIE]
    assert cookie.value == answer.json()["token"]
    assert cookie["httponly"]
    assert cookie["samesite"].lower() == "lax"
    assert cookie["path"] == "/"
    assert int(cookie["max-age"]) == api.lab.settings.session.max_age.total_seconds()
    assert COOKIE != "session"  # the pages' own


def test_spaces_around_an_email_do_not_matter(api: Api) -> None:
    _, email = api.account()
    assert login(api.client(), f"  {email} \n").status_code == 200


def test_a_wrong_password_and_an_unknown_email_look_the_same(api: Api) -> None:
    _, email = api.account()
    wrong = error_of(login(api.client(), email, "wrong"), 401)
    unknown = error_of(login(api.client(), "nobody@example.com", PASSWORD), 401)
    assert wrong == unknown
    assert wrong["error"] == "not_authenticated"
    assert "set-cookie" not in login(api.client(), email, "wrong").headers


@pytest.mark.parametrize(
    "email",
    ["", "nobody", "' OR 1=1 --", "%", "日本語@example.com", "x" * 100_000, "a@" + "b." * 50_000],
    ids=lambda text: text[:12],
)
def test_odd_emails(api: Api, email: str) -> None:
    error_of(login(api.client(), email), 401)


@pytest.mark.parametrize(
    "password", ["", " ", f" {PASSWORD}", PASSWORD.upper(), "a\x00b", f"{PASSWORD}\x00", "日本語 🎉"]
)
def test_odd_passwords(api: Api, password: str) -> None:
    _, email = api.account()
    error_of(login(api.client(), email, password), 401)


def test_longest_password(api: Api) -> None:
    _, email = api.account()
    error_of(login(api.client(), email, "x" * 1000), 401)
    error_of(login(api.client(), email, "x" * 1001), 400, "password")
    error_of(login(api.client(), email, "x" * 2_000_000), 400, "password")


def test_nul_in_an_email(api: Api) -> None:
    _, email = api.account()
    error_of(login(api.client(), f"{email}\x00"), 400, "email")


def test_half_a_character(api: Api) -> None:
    _, email = api.account()
    body = f'{{"email": "{email}\\ud83d", "password": "{PASSWORD}"}}'
    error_of(api.client().post("/api/auth/login", content=body, headers=JSON), 400, "email")
    body = f'{{"email": "{email}", "password": "{PASSWORD}\\ud83d"}}'
    error_of(api.client().post("/api/auth/login", content=body, headers=JSON), 401)


@pytest.mark.parametrize(
    ("body", "field"),
    [
        (b"", None),
        (b"{", None),
        (b"[]", None),
        (b"\xff", None),
        (b"[" * 100_000, None),
        (b"{}", "email"),
        (b'{"email": "a"}', "password"),
        (b'{"email": 5, "password": "x"}', "email"),
        (b'{"email": "a", "password": null}', "password"),
        (b'{"email": "a", "password": ["x"]}', "password"),
    ],
    ids=repr,
)
def test_what_is_no_login(api: Api, body: bytes, field: str | None) -> None:
    error_of(api.client().post("/api/auth/login", content=body, headers=JSON), 400, field)


def test_an_error_does_not_repeat_a_password(api: Api) -> None:
    answer = api.client().post("/api/auth/login", json={"email": "a", "password": 8_413_772})
    assert "8413772" not in error_of(answer, 400, "password")["message"]


def test_an_account_without_a_password(api: Api) -> None:
    _, email = api.account()
    api.sql("UPDATE users SET password_hash = NULL WHERE email = %s", email)
    error_of(login(api.client(), email), 401)
    api.sql("UPDATE users SET password_hash = 'not a hash' WHERE email = %s", email)
    error_of(login(api.client(), email), 401)


# Signing out


@pytest.mark.parametrize("way", ["bearer", "cookie"])
def test_signing_out_ends_the_session_everywhere(api: Api, way: str) -> None:
    _, email = api.account()
    browser = api.client()
    token = login(browser, email).json()["token"]
    bearer = api.client(authorization=f"Bearer {token}")
    answer = (bearer if way == "bearer" else browser).post("/api/auth/logout")
    assert answer.json() == {"success": True}
    assert SimpleCookie(answer.headers["set-cookie"])[COOKIE]["max-age"] == "0"
    error_of(bearer.get("/api/auth/me"), 401)
    error_of(api.client(cookie=f"{COOKIE}={token}").get("/api/auth/me"), 401)
    error_of(bearer.post("/api/track", json={"postId": str(api.posts()[0]), "interactionType": "view"}), 401)


def test_signing_out_ends_one_session_only(api: Api) -> None:
    _, email = api.account()
    phone, desk = api.client(), api.client()
    login(phone, email)
    login(desk, email)
    phone.post("/api/auth/logout")
    error_of(phone.get("/api/auth/me"), 401)
    assert desk.get("/api/auth/me").status_code == 200


def test_signing_out_again_and_without_a_session(api: Api) -> None:
    person = api.person()
    for _ in range(2):
        assert person.http.post("/api/auth/logout").json() == {"success": True}
    assert api.client().post("/api/auth/logout").json() == {"success": True}
    assert api.client(authorization="Bearer forged").post("/api/auth/logout").json() == {"success": True}


def test_what_is_revoked_is_forgotten_when_it_would_have_expired(api: Api) -> None:
    first, second = api.person(), api.person()
    first.http.post("/api/auth/logout")
    api.sql("UPDATE revoked_sessions SET expires_at = now() - interval '1 second'")
    second.http.post("/api/auth/logout")
    [(left,)] = api.sql("SELECT expires_at FROM revoked_sessions")
    [(now,)] = api.sql("SELECT now()")
    age = api.lab.settings.session.max_age
    assert age.total_seconds() - 60 < (left - now).total_seconds() <= age.total_seconds()


def test_who_is_nobody(api: Api) -> None:
    error_of(api.client().get("/api/auth/me"), 401)


# Who may


def test_the_laboratory_s_own_accounts(api: Api) -> None:
    for name in ("test_control", "test_treatment", "operator"):
        email = f"{name}@example.com"
        answer = login(api.client(), email, api.lab.home.password_of(email))
        assert answer.status_code == 200
        assert answer.json()["user"]["username"] == name


def a_synthetic_person(api: Api) -> str:
    """One of the world's, who has somehow got a password."""
    [(email,)] = api.sql("SELECT email FROM users WHERE role = 'person' ORDER BY email LIMIT 1")
    [(known,)] = api.sql("SELECT password_hash FROM users WHERE email = %s", api.account()[1])
    api.sql("UPDATE users SET password_hash = %s WHERE email = %s", known, email)
    return email


def test_a_synthetic_person_cannot_sign_in(api: Api) -> None:
    email = a_synthetic_person(api)
    body = error_of(login(api.client(), email), 401)
    assert "FEEDLAB_SYNTHETIC_LOGIN" in body["message"]
    assert "FEEDLAB_SYNTHETIC_LOGIN" not in error_of(login(api.client(), email, "wrong"), 401)["message"]


@pytest.fixture
def lenient(served: Api) -> Iterator[Api]:
    """The same laboratory, where synthetic people may sign in, over https only."""
    old = served.lab.settings
    settings = load(
        home=old.home,
        database_url=old.database_url,
        cache_url=old.cache_url,
        port=0,
        synthetic_login=True,
        session={"secure": True},
    )
    with open_lab(settings) as lab, serving(lab) as api:
        yield api


def test_unless_it_is_allowed(lenient: Api) -> None:
    email = a_synthetic_person(lenient)
    http = lenient.client()
    answer = login(http, email)
    assert answer.json()["user"]["role"] == "person"
    assert SimpleCookie(answer.headers["set-cookie"])[COOKIE]["secure"]
    bearer = lenient.client(authorization=f"Bearer {answer.json()['token']}")
    assert bearer.get("/api/feeds").status_code == 200
    assert error_of(bearer.get("/api/compare"), 403)["error"] == "forbidden"
