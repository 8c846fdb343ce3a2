"""What is around every page: the head, the bar at the top, and the security headers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any, Final

from nicegui import ui

from feedlab.console.nodes import Node, action, icon, words
from feedlab.streams import hash64

STATIC: Final = Path(__file__).parent / "static"
STATIC_PATH: Final = "/console/static"

FAVICON: Final = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32">'
    '<rect width="32" height="32" rx="8" fill="#0f766e"/>'
    '<path d="M9 10h14M9 16h9M9 22h5" stroke="#fff" stroke-width="3" stroke-linecap="round"/></svg>'
)

#: NiceGUI needs inline script and compiles templates; everything else is held to this origin.
CONTENT_SECURITY_POLICY: Final = (
    "default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data:; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)


_STYLES: Final = ("base.css", "posts.css", "pages.css")
_SCRIPTS: Final = ("app.js", "track.js", "feed.js")


def head_html() -> str:
    """Links to our own files."""
    styles = "".join(f'<link rel="stylesheet" href="{_address(name)}">' for name in _STYLES)
    scripts = "".join(f'<script defer src="{_address(name)}"></script>' for name in _SCRIPTS)
    # theme.js is not deferred: the right colours have to be there before the first paint.
    return (
        f'{styles}<script src="{_address("theme.js")}"></script>{scripts}'
        "<noscript>These pages need JavaScript.</noscript>"
    )


@cache
def _address(name: str) -> str:
    """Where a file of ours is; the address changes with the content, so that no browser shows an old one."""
    text = (STATIC / name).read_text(encoding="utf-8")
    return f"{STATIC_PATH}/{name}?v={hash64('console', text):x}"


@contextmanager
def frame(account: Mapping[str, Any] | None, here: str) -> Iterator[None]:
    """The page around its content.

    Args:
        account: who is signed in, as the API tells it.
        here: the path of this page, which the bar marks.
    """
    ui.add_head_html(head_html())
    Node("a", "fl-skip", "Skip to the content", href="#main")
    with Node("header", "fl-bar"), Node("div", "fl-bar-inside"):
        with Node("a", "fl-brand", href="/feed", aria_label="feedlab, to your feed"):
            with Node("svg", viewBox="0 0 32 32", width=26, height=26, aria_hidden="true"):
                Node("rect", "fl-brand-tile", width=32, height=32, rx=8)
                Node("path", "fl-brand-mark", d="M9 10h14M9 16h9M9 22h5")
            Node("span", text="feedlab")
        if account is not None:
            with Node("nav", "fl-nav", aria_label="Pages"):
                for path, label in (("/feed", "Feed"), ("/compare", "Compare")):
                    Node("a", text=label, href=path, aria_current="page" if path == here else None)
        Node("span", "fl-space")
        if account is not None:
            with Node("span", "fl-me"):
                avatar(account, 28)
                Node("span", "fl-me-name", str(account["displayName"]))
        with Node(
            "button",
            "fl-round",
            type="button",
            data_action="theme",
            aria_label="Switch between light and dark",
        ):
            icon("moon")
            icon("sun")
        if account is not None:
            with Node(
                "button",
                "fl-round",
                type="button",
                data_action="sign-out",
                aria_label="Sign out",
                title="Sign out",
            ):
                icon("leave")
    with Node("main", id="main", tabindex="-1"):
        yield


def avatar(account: Mapping[str, Any], size: int) -> None:
    """The picture of an account, or the first letter of its name."""
    url = local(str(account.get("avatarUrl") or ""))
    if url:
        Node("img", "fl-avatar", src=url, alt="", width=size, height=size)
    else:
        Node("span", "fl-avatar", initial(str(account["displayName"])), aria_hidden="true").style(
            f"width:{size}px;height:{size}px"
        )


def local(url: str) -> str:
    """The address if it is a path of this site, else nothing: pages load nothing from elsewhere.

    Example:
        >>> local("/avatars/ann.svg"), local("https://example.com/a.png"), local("//example.com/a.png")
        ('/avatars/ann.svg', '', '')
    """
    plain = url.isprintable() and "\\" not in url
    return url if plain and url.startswith("/") and not url.startswith("//") else ""


def initial(name: str) -> str:
    """What stands for a name without a picture."""
    return name.strip()[:1].upper() or "?"


GROUP_LABELS: Final = {"control": "Control group", "treatment": "Treatment group"}


def group_chip(account: Mapping[str, Any]) -> None:
    """The experiment group that an account is in."""
    group = str(account["experimentGroup"])
    Node("span", f"fl-group fl-group-{group}", GROUP_LABELS.get(group, group))


def notice(title: str, sentence: str, *, actions: tuple[tuple[str, str], ...] = ()) -> None:
    """Something to tell instead of content, with what to do about it as (label, action)."""
    with Node("section", "fl-notice"):
        icon("alone")
        Node("h1", text=title)
        words(sentence)
        if actions:
            with Node("div", "fl-row"):
                for place, (label, does) in enumerate(actions):
                    action(label, does, "fl-button" if place else "fl-button fl-primary")
