"""Every error as ``{"error": code, "message": sentence, "field": name or null}``."""

from __future__ import annotations

from typing import Any, Final

import psycopg
import structlog
from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from psycopg_pool import PoolClosed, PoolTimeout, TooManyRequests
from pydantic import BaseModel
from starlette.exceptions import HTTPException

from feedlab import errors
from feedlab.api.answer import answer

_log = structlog.get_logger()

#: The status of each class of error; the nearest ancestor counts.
STATUS: Final[dict[type[errors.FeedlabError], int]] = {
    errors.InvalidInput: 400,
    errors.NotAuthenticated: 401,
    errors.Forbidden: 403,
    errors.NotFound: 404,
    errors.Conflict: 409,
    errors.Unavailable: 503,
    errors.FeedlabError: 500,
}
_CODES: Final = {
    400: "invalid_input",
    401: "not_authenticated",
    403: "forbidden",
    404: "not_found",
    405: "method_not_allowed",
}


class Error(BaseModel):
    """What went wrong."""

    error: str
    message: str
    field: str | None


#: What any route may answer besides its success, for the description of the API.
ERROR_RESPONSES: Final[dict[int | str, dict[str, Any]]] = {
    "default": {
        "model": Error,
        "description": "400 a bad parameter or body, 401 no session, 403 not allowed, 404 not there, "
        "409 in conflict with what is there, 503 a server that is needed does not answer",
    }
}


def body(code: str, message: str, field: str | None = None) -> dict[str, str | None]:
    return {"error": code, "message": message, "field": field}


def install_error_handlers(app: FastAPI) -> None:
    """Answers for everything that a route can raise."""

    @app.exception_handler(errors.FeedlabError)
    async def ours(request: Request, error: errors.FeedlabError) -> Response:
        status = next(STATUS[kind] for kind in type(error).__mro__ if kind in STATUS)
        headers = {"WWW-Authenticate": "Bearer"} if status == 401 else None
        return answer(body(error.code, error.message, error.field), status, headers)

    @app.exception_handler(RequestValidationError)
    async def invalid(request: Request, error: RequestValidationError) -> Response:
        first = error.errors()[0]
        # Of JSON that cannot be read the place is a position, not a name.
        loc = () if first["type"] == "json_invalid" else first["loc"]
        place = [str(part) for part in loc if part not in ("query", "body", "path")]
        field = ".".join(place) or None
        # A password is not repeated, whatever is wrong with it.
        given = None if "password" in place else first.get("input")
        shown = f"; got {given!r:.80}" if isinstance(given, str | int | float) else ""
        return answer(body("invalid_input", f"{field or 'the body'}: {first['msg']}{shown}", field), 400)

    async def unavailable(request: Request, error: Exception) -> Response:
        _log.warning("database unavailable", path=request.url.path, reason=str(error).splitlines()[:1])
        message = "the database does not answer; try again in a moment"
        return answer(body(errors.DatabaseUnavailable.code, message), 503, {"Retry-After": "2"})

    for kind in (psycopg.OperationalError, psycopg.InterfaceError, PoolTimeout, PoolClosed, TooManyRequests):
        app.add_exception_handler(kind, unavailable)

    @app.exception_handler(HTTPException)
    async def http(request: Request, error: HTTPException) -> Response:
        code = _CODES.get(error.status_code, "http_error")
        message = f"there is nothing at {request.url.path}" if error.status_code == 404 else str(error.detail)
        return answer(body(code, message), error.status_code, dict(error.headers or {}))

    @app.exception_handler(Exception)
    async def unexpected(request: Request, error: Exception) -> Response:
        # The web server writes the traceback; structlog's would show local variables, passwords too.
        _log.error("unexpected error", path=request.url.path, error=type(error).__name__)
        return answer(
            body("internal_error", "something went wrong here; the log of the server says what"), 500
        )
