"""Accounts: who may sign in, with which password, and what a session is."""

from __future__ import annotations

import asyncio
import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from uuid import UUID, uuid4

from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error, InvalidHashError
from itsdangerous import BadSignature, URLSafeTimedSerializer
from psycopg_pool import AsyncConnectionPool

from feedlab.errors import InvalidInput, NotAuthenticated
from feedlab.services.lab import Lab
from feedlab.storage.postgres.connect import connect

#: The laboratory's own accounts, made with every world; see ``feedlab accounts``.
EMAILS: Final = {
    "control": "test_control@example.com",
    "treatment": "test_treatment@example.com",
    "operator": "operator@example.com",
}
# OWASP's second choice for argon2id: 19 MiB, two passes, one lane.
_hasher = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
# Checked when there is no such account, so that the answer takes as long either way.
_NOBODY: Final = (
    "$argon2id$v=19$m=19456,t=2,p=1$c29tZXNhbHRzb21lc2FsdA$1dWAYwHRzTvHLDxCvcJzE1Mk8R6D4JDZ8zBoSOB2Ic8"
)
_MAX_PASSWORD = 1000
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")  # PostgreSQL's text holds neither
_COLUMNS = "u.id, u.username, u.display_name, u.email, u.avatar_url, u.role, u.experiment_group"


@dataclass(frozen=True, slots=True)
class Account:
    """Who is signed in."""

    id: UUID
    username: str
    display_name: str
    email: str
    avatar_url: str
    role: str
    experiment_group: str

    def to_json(self) -> dict[str, Any]:
        return {
            "id": str(self.id),
            "username": self.username,
            "displayName": self.display_name,
            "email": self.email,
            "avatarUrl": self.avatar_url,
            "role": self.role,
            "experimentGroup": self.experiment_group,
        }


def ensure_passwords(lab: Lab) -> dict[str, str]:
    """Gives each of the laboratory's accounts the password that the home holds; returns them by email."""
    passwords = {email: lab.home.password_of(email) for email in EMAILS.values()}
    with connect(lab.database_url) as connection:
        rows = connection.execute(
            "SELECT email, password_hash FROM users WHERE email = ANY (%s)", [list(passwords)]
        ).fetchall()
        for email, known in rows:
            if known is None or not _matches(known, passwords[email]):
                connection.execute(
                    "UPDATE users SET password_hash = %s WHERE email = %s",
                    [_hasher.hash(passwords[email]), email],
                )
    return passwords


class Sessions:
    """Logs people in and out and tells whose session a token is.

    Args:
        pool: where accounts are.
        key: signs tokens; whoever has it can be anybody.
        max_age: how long a session holds, on the wall clock.
        password_checks: how many passwords are checked at the same time, 19 MiB each.
        synthetic_login: whether synthetic people may sign in too.
    """

    def __init__(
        self,
        pool: AsyncConnectionPool,
        key: str,
        *,
        max_age: timedelta,
        password_checks: int,
        synthetic_login: bool,
    ) -> None:
        self._pool = pool
        self._signer = URLSafeTimedSerializer(key, salt="feedlab.session")
        self.max_age = max_age
        self._checks = asyncio.Semaphore(password_checks)
        self._synthetic_login = synthetic_login

    async def login(self, email: str, password: str) -> tuple[Account, str]:
        """The account and a new token; :class:`NotAuthenticated` when email or password is wrong."""
        if len(password) > _MAX_PASSWORD:
            raise InvalidInput(f"a password has at most {_MAX_PASSWORD} characters", field="password")
        if _UNSTORABLE.search(email):
            raise InvalidInput("an email has no NUL and no half of a surrogate pair in it", field="email")
        async with self._pool.connection() as connection:
            cursor = await connection.execute(
                f"SELECT {_COLUMNS}, u.password_hash FROM users u WHERE u.email = %s", [email.strip()]
            )
            row = await cursor.fetchone()
        known = row[-1] if row else None
        async with self._checks:
            good = await asyncio.to_thread(_matches, known or _NOBODY, password)
        if row is None or known is None or not good:
            raise NotAuthenticated(
                "email or password is wrong; `feedlab accounts` prints the laboratory's own"
            )
        account = Account(*row[:-1])
        if account.role == "person" and not self._synthetic_login:
            raise NotAuthenticated("synthetic people sign in only with FEEDLAB_SYNTHETIC_LOGIN=1")
        return account, self._signer.dumps([str(account.id), str(uuid4())])

    async def account_of(self, token: str | None) -> Account:
        """Whose token this is; :class:`NotAuthenticated` when nobody's (any more)."""
        user_id, session_id, _ = self._read(token)
        async with self._pool.connection() as connection:
            cursor = await connection.execute(
                f"SELECT {_COLUMNS} FROM users u WHERE u.id = %s "
                "AND NOT EXISTS (SELECT 1 FROM revoked_sessions r WHERE r.session_id = %s)",
                [user_id, session_id],
            )
            row = await cursor.fetchone()
        if row is None:
            raise NotAuthenticated("this session has ended; sign in again")
        return Account(*row)

    async def logout(self, token: str | None) -> None:
        """Ends a session for good; one that has ended already stays so."""
        try:
            _, session_id, signed_at = self._read(token)
        except NotAuthenticated:
            return
        async with self._pool.connection() as connection:
            await connection.execute("DELETE FROM revoked_sessions WHERE expires_at < now()")
            await connection.execute(
                "INSERT INTO revoked_sessions (session_id, expires_at) VALUES (%s, %s) ON CONFLICT DO NOTHING",
                [session_id, signed_at + self.max_age],
            )

    def _read(self, token: str | None) -> tuple[UUID, UUID, datetime]:
        if not token:
            raise NotAuthenticated("nobody is signed in; POST /api/auth/login first")
        try:
            (user, session), signed_at = self._signer.loads(
                token, max_age=int(self.max_age.total_seconds()), return_timestamp=True
            )
            return UUID(user), UUID(session), signed_at.replace(tzinfo=UTC)
        except (BadSignature, ValueError, TypeError, AttributeError):
            raise NotAuthenticated("this session is forged or has expired; sign in again") from None


def _matches(known: str, password: str) -> bool:
    try:
        return _hasher.verify(known, password)
    except (Argon2Error, InvalidHashError, UnicodeEncodeError):
        return False
