"""What a page does when it cannot be shown: sign in first, be told why, or try again."""

from __future__ import annotations

from fastapi import Request
from fastapi.responses import RedirectResponse
from nicegui import ui

from feedlab.console.client import COOKIE, ApiClient
from feedlab.console.frame import frame, notice
from feedlab.errors import FeedlabError, Forbidden, NotAuthenticated, Unavailable


def session_of(request: Request) -> str | None:
    return request.cookies.get(COOKIE)


async def refuse(error: FeedlabError, api: ApiClient, request: Request) -> RedirectResponse | None:
    """Instead of a page: to the login, or what went wrong and what to do.

    Args:
        error: why the page cannot be shown.
        api: asked once more who is signed in, for the bar.
        request: of the page.
    """
    here = request.url.path
    if isinstance(error, NotAuthenticated):
        return RedirectResponse(f"/login?next={here}", 303, {"Cache-Control": "no-store"})
    if isinstance(error, Forbidden):
        ui.context.client.status_code = 403
        with frame(await api.me(session_of(request)), here):
            notice(
                "This page is not for this account",
                f"{sentence(error.message)} `feedlab accounts` prints them with their passwords.",
                actions=(("Sign in as somebody else", "sign-out"), ("To your feed", "go-feed")),
            )
    elif isinstance(error, Unavailable) and error.field == "api":
        ui.context.client.status_code = 503
        with frame(None, here):
            notice(
                "The API does not answer",
                f"{sentence(error.message)} Start it with `feedlab serve` (or everything at once with "
                "`feedlab demo`), then try again.",
                actions=(("Try again", "reload"),),
            )
    else:
        ui.context.client.status_code = 503 if isinstance(error, Unavailable) else 500
        with frame(None, here):
            notice("That did not work", sentence(error.message), actions=(("Try again", "reload"),))
    return None


def sentence(text: str) -> str:
    """A message as a sentence.

    Example:
        >>> sentence("there is no world yet")
        'There is no world yet.'
    """
    text = text.strip()
    return text[:1].upper() + text[1:] + ("" if text.endswith((".", "?", "!")) else ".")
