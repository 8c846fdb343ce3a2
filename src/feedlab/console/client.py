"""The API as the pages ask it: the same client over HTTP and inside one process."""

from __future__ import annotations

import re
from http.cookiejar import CookieJar, DefaultCookiePolicy
from typing import TYPE_CHECKING, Any, Final, Self

import httpx

from feedlab.errors import FeedlabError, Forbidden, InvalidInput, NotAuthenticated, NotFound, Unavailable

if TYPE_CHECKING:
    from fastapi import FastAPI

#: The API's session cookie; the browser holds it, the console only passes it on.
COOKIE: Final = "feedlab_session"
#: Posts on a page of a feed, and in a column of the comparison.
PAGE: Final = 20

_TOKEN: Final = re.compile(r"[\w.~=-]+", re.ASCII)
_ERRORS: Final[dict[int, type[FeedlabError]]] = {
    400: InvalidInput,
    401: NotAuthenticated,
    403: Forbidden,
    404: NotFound,
    503: Unavailable,
}


class ApiClient:
    """Asks the API on behalf of whoever holds a session.

    Args:
        address: where the API is, ``http://host:port``.
        transport: another way to it than the network.

    Raises:
        InvalidInput: the address is none.

    Every question raises :class:`NotAuthenticated` when the session does not hold,
    :class:`Unavailable` of the field ``api`` when nothing (or no feedlab API) answers,
    and otherwise the error that the API gave.
    """

    def __init__(self, address: str, *, transport: httpx.AsyncBaseTransport | None = None) -> None:
        try:
            url = httpx.URL(address)
        except httpx.InvalidURL:
            url = httpx.URL("")
        if url.scheme not in ("http", "https") or not url.host:
            raise InvalidInput(
                f"--api is an address such as http://127.0.0.1:8000; got {address!r:.200}", field="api"
            )
        self.address = address.rstrip("/")
        # One client serves everybody: a jar that kept cookies would hand one person's session to the next.
        jar = CookieJar(DefaultCookiePolicy(allowed_domains=[]))
        self.http = httpx.AsyncClient(
            base_url=self.address,
            transport=transport,
            timeout=httpx.Timeout(30, connect=3),
            cookies=jar,
            trust_env=False,
        )

    @classmethod
    def inside(cls, app: FastAPI) -> Self:
        """A client of an API that is served by this process."""
        return cls("http://feedlab.invalid", transport=httpx.ASGITransport(app, raise_app_exceptions=False))

    async def me(self, session: str | None) -> dict[str, Any]:
        """Who is signed in."""
        user: dict[str, Any] = (await self._get("/api/auth/me", session))["user"]
        return user

    async def feed(
        self, session: str | None, *, offset: int = 0, slate: str | None = None, refresh: bool = False
    ) -> dict[str, Any]:
        """A page of the person's feed: ``posts``, ``metadata``; offset 0 without a slate opens a new one."""
        params: dict[str, str | int] = {"limit": PAGE, "offset": offset}
        if slate is not None:
            params["slateId"] = slate
        if refresh:
            params["refresh"] = "true"
        return await self._get("/api/feeds", session, params)

    async def compare(self, session: str | None) -> dict[str, Any]:
        """Both test accounts' feeds: ``control`` and ``treatment``."""
        return await self._get("/api/compare", session, {"limit": PAGE})

    async def close(self) -> None:
        await self.http.aclose()

    async def _get(
        self, path: str, session: str | None, params: dict[str, str | int] | None = None
    ) -> dict[str, Any]:
        # A token is URL-safe; anything else is nobody's, and must not reach a header.
        headers = {"Cookie": f"{COOKIE}={session}"} if session and _TOKEN.fullmatch(session) else {}
        try:
            response = await self.http.get(path, params=params, headers=headers)
        except httpx.TransportError:
            raise Unavailable(f"nothing answers at {self.address}", field="api") from None
        try:
            body = response.json()
        except ValueError:
            body = None
        if not isinstance(body, dict):
            raise Unavailable(
                f"what answers at {self.address} is no feedlab API (status {response.status_code})",
                field="api",
            )
        if response.is_success:
            return body
        raise _ERRORS.get(response.status_code, FeedlabError)(
            str(body.get("message", "")), field=body.get("field")
        )
