"""A reverse proxy for the API's paths, so that a console of its own shares one origin with it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Final

import httpx
from fastapi import FastAPI, Request, Response
from fastapi.responses import JSONResponse, StreamingResponse
from starlette.background import BackgroundTask

from feedlab.console.client import ApiClient

#: What belongs to one connection and is not passed on (RFC 9110, 7.6.1).
_HOP: Final = frozenset(
    {
        "connection",
        "keep-alive",
        "proxy-authenticate",
        "proxy-authorization",
        "te",
        "trailer",
        "transfer-encoding",
        "upgrade",
    }
)
_REMADE: Final = _HOP | {"host", "content-length", "expect"}
#: What this server writes itself.
_WRITTEN: Final = _HOP | {"date", "server"}
_METHODS: Final = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]
_MAX_BODY: Final = 1_000_000


def add_proxy(app: FastAPI, api: ApiClient) -> None:
    """Passes ``/api/…`` and ``/avatars/…`` on, as they come and as they are answered."""

    async def forward(request: Request) -> Response:
        body = bytearray()
        async for chunk in request.stream():
            body += chunk
            if len(body) > _MAX_BODY:
                return _problem(413, "too_large", f"a body has at most {_MAX_BODY:,} bytes")
        raw_path = request.scope["raw_path"].decode("ascii")
        query = request.scope["query_string"].decode("ascii")
        headers = [(name, value) for name, value in request.headers.items() if name not in _REMADE]
        outgoing = api.http.build_request(
            request.method, f"{raw_path}?{query}" if query else raw_path, headers=headers, content=bytes(body)
        )
        try:
            answer = await api.http.send(outgoing, stream=True)
        except httpx.TransportError:
            return _problem(
                503, "unavailable", f"nothing answers at {api.address}; start it with `feedlab serve`"
            )
        response = StreamingResponse(
            _raw(answer), answer.status_code, background=BackgroundTask(answer.aclose)
        )
        # Not a dict: several cookies are several headers of one name.
        response.raw_headers = [
            (name.lower(), value)
            for name, value in answer.headers.raw
            if name.lower().decode("latin-1") not in _WRITTEN
        ]
        return response

    for path in ("/api/{path:path}", "/avatars/{path:path}"):
        app.add_api_route(path, forward, methods=_METHODS, include_in_schema=False)


async def _raw(answer: httpx.Response) -> AsyncIterator[bytes]:
    async for chunk in answer.aiter_raw():
        yield chunk


def _problem(status: int, code: str, message: str) -> Response:
    return JSONResponse({"error": code, "message": message, "field": None}, status)
