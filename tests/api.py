"""A laboratory behind HTTP, and people in it: what the tests of the API ask."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any
from uuid import UUID, uuid4

import httpx
import psycopg
from argon2 import PasswordHasher

from feedlab.cli.server import Server
from feedlab.services.lab import Lab

PASSWORD = "correct horse"
# As weak as can be: what is tested is who may sign in, not how long a guess takes.
_HASH = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(PASSWORD)
JSON = {"content-type": "application/json"}


@dataclass
class Person:
    """Somebody who is signed in, with nothing but the token in their hands."""

    id: UUID
    email: str
    token: str
    http: httpx.Client

    def feed(self, **query: Any) -> dict[str, Any]:
        answer = self.http.get("/api/feeds", params=query)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def track(self, post: Any, kind: str = "view", **more: Any) -> httpx.Response:
        return self.http.post("/api/track", json={"postId": str(post), "interactionType": kind, **more})


@dataclass
class Api:
    """An API that serves a laboratory, and its database to look behind it."""

    lab: Lab
    address: str
    open: ExitStack = field(default_factory=ExitStack)

    @property
    def now(self) -> datetime:
        return self.lab.clock().now()

    def client(self, **headers: str) -> httpx.Client:
        """Somebody who is not signed in."""
        # Plain HTTP needs no certificates, and loading them takes longer than a request.
        client = httpx.Client(base_url=self.address, headers=headers, timeout=30, verify=False)
        return self.open.enter_context(client)

    @cached_property
    def _connection(self) -> psycopg.Connection[Any]:
        return self.open.enter_context(psycopg.connect(self.lab.database_url, autocommit=True))

    def sql(self, query: str, *values: Any) -> list[tuple[Any, ...]]:
        cursor = self._connection.execute(query.encode(), values or None)
        return cursor.fetchall() if cursor.description else []

    def posts(self) -> list[UUID]:
        """The posts of the world, no text twice, in a fixed order."""
        query = (
            "SELECT DISTINCT ON (content) p.id FROM posts p JOIN users u ON u.id = p.user_id "
            "WHERE u.role = 'person' AND p.created_at <= %s ORDER BY content, p.id"
        )
        return sorted(post for (post,) in self.sql(query, self.now))

    def all_posts(self) -> list[UUID]:
        """Every post that is written by now, those of the tests too."""
        return [post for (post,) in self.sql("SELECT id FROM posts WHERE created_at <= %s", self.now)]

    def account(self, group: str = "control", role: str = "test") -> tuple[UUID, str]:
        """A new account; its id and email."""
        who, name = uuid4(), f"guest_{secrets.token_hex(6)}"
        self.sql(
            "INSERT INTO users (id, username, display_name, email, avatar_url, role, password_hash, experiment_group) "
            "VALUES (%s, %s, %s, %s, %s, %s, %s, %s)",
            *(who, name, "A Guest", f"{name}@example.com", f"/avatars/{name}.svg", role, _HASH, group),
        )
        return who, f"{name}@example.com"

    def person(self, group: str = "control", role: str = "test") -> Person:
        """A new account, signed in."""
        who, email = self.account(group, role)
        answer = self.client().post("/api/auth/login", json={"email": email, "password": PASSWORD})
        assert answer.status_code == 200, answer.text
        token = answer.json()["token"]
        return Person(who, email, token, self.client(authorization=f"Bearer {token}"))

    def post(self, content: str, author: UUID, age: timedelta = timedelta(hours=1)) -> UUID:
        """A new post."""
        post = uuid4()
        values = (post, author, content, self.now - age)
        self.sql("INSERT INTO posts (id, user_id, content, created_at) VALUES (%s, %s, %s, %s)", *values)
        return post

    def recommend(self, person: Person, posts: list[UUID], holds: timedelta = timedelta(hours=24)) -> None:
        """Recommends posts to somebody, best first."""
        self.sql(
            "INSERT INTO user_recommendations (id, user_id, post_id, score, generated_at, expires_at) "
            "SELECT gen_random_uuid(), %s, r.post, 1 - r.place / 1000.0, %s, %s "
            "FROM unnest(%s::uuid[]) WITH ORDINALITY AS r (post, place)",
            *(person.id, self.now, self.now + holds, posts),
        )


@contextmanager
def serving(lab: Lab) -> Iterator[Api]:
    """The API of a laboratory, over HTTP."""
    with Server(lab, console=False) as server, ExitStack() as opened:
        yield Api(lab, server.address, opened)


def error_of(answer: httpx.Response, status: int, field: str | None = None) -> dict[str, Any]:
    """The body of an error, which has three keys and no more."""
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/json"
    body = answer.json()
    assert set(body) == {"error", "message", "field"}
    assert isinstance(body["error"], str)
    assert isinstance(body["message"], str)
    assert body["message"]
    assert body["field"] == field, body
    return body


def ids_of(page: dict[str, Any]) -> list[str]:
    return [post["id"] for post in page["posts"]]
