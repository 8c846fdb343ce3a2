"""/compare: control and treatment side by side, with what the truth says of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fastapi import Request
from fastapi.responses import RedirectResponse
from nicegui import ui

from feedlab.console.client import ApiClient
from feedlab.console.components import PostCard, chip, percent
from feedlab.console.frame import avatar, frame, notice
from feedlab.console.nodes import Node, action
from feedlab.console.pages.feed import SOURCES
from feedlab.console.pages.guard import refuse, sentence, session_of
from feedlab.errors import FeedlabError, NotAuthenticated

_NAMES = {"control": "Control", "treatment": "Treatment"}


def add_compare_page(api: ApiClient) -> None:
    @ui.page("/compare", title="Compare · feedlab", response_timeout=40)
    async def compare(request: Request) -> RedirectResponse | None:
        session = session_of(request)
        try:
            account = await api.me(session)
            columns = await api.compare(session)
        except FeedlabError as error:
            return await refuse(error, api, request)
        with frame(account, "/compare"):
            content = Node("div", "fl-compare")
        with content:
            _show(columns)

        async def refresh() -> None:
            try:
                columns = await api.compare(session)
            except NotAuthenticated:
                ui.navigate.to("/login?next=/compare")
                return
            except FeedlabError as error:
                content.clear()
                with content:
                    notice("That did not work", sentence(error.message), actions=(("Try again", "compare"),))
                return
            content.clear()
            with content:
                _show(columns)

        ui.on("compare-refresh", refresh)
        return None


def verdict(control: float, treatment: float) -> tuple[str, str]:
    """The figure and the sentence that say what treatment is worth, from both expected like rates.

    Example:
        >>> verdict(0.05, 0.205)[1]
        'Treatment is expected to get 4.1 times the likes of control.'
        >>> verdict(0.0, 0.1)[1]
        'Treatment is expected to get likes, and control none.'
    """
    if control <= 0 and treatment <= 0:
        return "\N{EN DASH}", "Neither feed is expected to get a like."
    if control <= 0:
        return "\N{INFINITY}", "Treatment is expected to get likes, and control none."
    ratio = f"{treatment / control:.1f}"
    how = "as many likes as" if ratio == "1.0" else f"{ratio} times the likes of"
    return f"{ratio}\N{MULTIPLICATION SIGN}", f"Treatment is expected to get {how} control."


def _show(columns: Mapping[str, Any]) -> None:
    figure, says = verdict(*(columns[name]["expectedLikeRate"] for name in _NAMES))
    with Node("section", "fl-verdict", aria_labelledby="title"):
        Node("p", "fl-verdict-figure", figure, aria_hidden="true")
        with Node("div"):
            Node("h1", text=says, id="title")
            Node(
                "p",
                "fl-quiet",
                "Both accounts are the same person twice: the same interests, the same history. "
                "So any difference is the recommender's, give or take the luck of control's shuffle.",
            )
        action("New slates", "compare", icon_name="again")
    best_share = 1.0
    best_rate = max(columns[name]["expectedLikeRate"] for name in _NAMES)
    best_post = max((post["likeRate"] for name in _NAMES for post in columns[name]["posts"]), default=0.0)
    with Node("div", "fl-columns"):
        for name, label in _NAMES.items():
            column = columns[name]
            with Node("section", f"fl-column fl-column-{name}", aria_labelledby=f"column-{name}"):
                with Node("div", "fl-panel"):
                    with Node("div", "fl-person"):
                        avatar(column["account"], 44)
                        with Node("div"):
                            Node("h2", text=label, id=f"column-{name}")
                            Node("span", "fl-quiet", f"@{column['account']['username']}")
                        source = str(column["source"])
                        Node("span", f"fl-group fl-group-{name}", SOURCES.get(source, source))
                    with Node("div", "fl-figures"):
                        _figure("Posts that match", column["matchShare"], best_share)
                        _figure("Expected like rate", column["expectedLikeRate"], best_rate)
                    with Node("div", "fl-chips", role="group", aria_label=f"Interests of {label.lower()}"):
                        for interest in column["interests"]:
                            chip(interest)
                with Node("div", "fl-posts"):
                    for post in column["posts"]:
                        PostCard(post, tracked=False, best_rate=best_post)
                    if not column["posts"]:
                        Node("p", "fl-end fl-quiet", "This account has seen everything there is.")


def _figure(label: str, value: float, full: float) -> None:
    with Node("div", "fl-figure"):
        Node("b", text=percent(value))
        Node("span", text=label)
        with Node("span", "fl-meter", aria_hidden="true"):
            Node("span").style(f"width:{100 * value / full if full > 0 else 0:.1f}%")
