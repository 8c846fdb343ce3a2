"""/login: the browser itself signs in at the API, so that the cookie stays out of our hands."""

from __future__ import annotations

from typing import Final

from fastapi import Request
from fastapi.responses import RedirectResponse
from nicegui import ui

from feedlab.console.client import ApiClient
from feedlab.console.frame import frame, local
from feedlab.console.nodes import Node, words
from feedlab.console.pages.guard import refuse, session_of
from feedlab.errors import FeedlabError, NotAuthenticated
from feedlab.services.accounts import EMAILS

_HOME: Final = "/feed"
_WHO: Final = {
    "control": ("Control", "random shuffle"),
    "treatment": ("Treatment", "recommended"),
    "operator": ("Operator", "the lab's own"),
}


def add_login_page(api: ApiClient) -> None:
    @ui.page("/login", title="Sign in · feedlab", response_timeout=40)
    async def login(request: Request) -> RedirectResponse | None:
        onward = destination(request.query_params.get("next"))
        try:
            await api.me(session_of(request))
        except NotAuthenticated:
            with frame(None, "/login"):
                _form(onward)
            return None
        except FeedlabError as error:
            return await refuse(error, api, request)
        return RedirectResponse(onward, 303, {"Cache-Control": "no-store"})


def destination(wanted: str | None) -> str:
    """Where to go after signing in: a path of this site, or the feed.

    Example:
        >>> destination("/compare"), destination("https://example.com"), destination("/\\\\example.com")
        ('/compare', '/feed', '/feed')
    """
    path = local(wanted or "")
    return path if path and not path.startswith("/login") else _HOME


def _form(onward: str) -> None:
    with Node("div", "fl-login"):
        with Node("section", "fl-panel", aria_labelledby="title"):
            Node("h1", text="Sign in", id="title")
            Node("p", "fl-quiet", "to the feed of one person of this network.")
            with Node("div", "fl-picks", role="group", aria_label="Accounts of this laboratory"):
                for name, (label, what) in _WHO.items():
                    with Node(
                        "button", "fl-pick", type="button", data_action="pick", data_email=EMAILS[name]
                    ):
                        Node("b", text=label)
                        Node("span", text=what)
            with Node("form", "fl-form", id="login", data_next=onward, novalidate=True):
                Node("label", text="Email", for_="email")
                Node(
                    "input", id="email", name="email", type="email", autocomplete="username",
                    autocapitalize="none", spellcheck="false", required=True,
                )  # fmt: skip
                Node("label", text="Password", for_="password")
                Node(
                    "input", id="password", name="password", type="password", autocomplete="current-password",
                    required=True,
                )  # fmt: skip
                Node("p", "fl-error", id="login-error", role="alert")
                Node("button", "fl-button fl-primary fl-wide", "Sign in", type="submit")
        words("The passwords: `feedlab accounts` prints them.", "fl-quiet fl-hint")
