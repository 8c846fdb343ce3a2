"""/feed: the slate of the person who is signed in, page after page."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from fastapi import Request
from fastapi.responses import RedirectResponse
from nicegui import ui

from feedlab.console.client import ApiClient
from feedlab.console.components import cards
from feedlab.console.frame import avatar, frame, group_chip
from feedlab.console.nodes import Node, action, words
from feedlab.console.pages.guard import refuse, sentence, session_of
from feedlab.errors import FeedlabError, NotAuthenticated, NotFound

#: What is behind a slate, in plain words.
SOURCES: Final = {
    "random": "random shuffle",
    "cache": "recommendations, from the cache",
    "db": "recommendations, from the database",
    "fallback": "random shuffle, as no recommendation is left",
}
_KEYS: Final = (("j", "next post"), ("k", "previous post"), ("l", "like"), ("Enter", "open"))


def add_feed_page(api: ApiClient) -> None:
    @ui.page("/feed", title="Your feed · feedlab", response_timeout=40)
    async def feed(request: Request) -> RedirectResponse | None:
        session = session_of(request)
        try:
            account = await api.me(session)
            page = await api.feed(session)
        except FeedlabError as error:
            return await refuse(error, api, request)
        with frame(account, "/feed"), Node("div", "fl-feed"):
            reader = Reader(api, session, account, page)
        ui.on("feed-more", reader.more)
        ui.on("feed-refresh", reader.refresh)
        return None


class Reader:
    """Reads on in one slate, or opens the next one, while the page is open."""

    def __init__(
        self, api: ApiClient, session: str | None, account: Mapping[str, Any], page: Mapping[str, Any]
    ) -> None:
        self._api = api
        self._session = session
        self._busy = False
        with Node("aside", "fl-side", aria_label="About this feed"):
            _about(account)
            self._facts = Node("dl", "fl-facts")
            _keys()
        with Node("section", "fl-stream", aria_labelledby="title"):
            with Node("div", "fl-head"):
                Node("h1", text="Your feed", id="title")
                action("Refresh", "refresh", icon_name="again")
            self._posts = Node("div", "fl-posts", role="feed", aria_labelledby="title")
            self._foot = Node("div", "fl-foot", aria_live="polite")
        self._begin(page)

    async def refresh(self) -> None:
        """Opens a new slate, past the cache."""
        await self._ask(refresh=True)

    async def more(self) -> None:
        """Reads on in the slate."""
        if self._shown < self._total:
            await self._ask()

    async def _ask(self, *, refresh: bool = False) -> None:
        # The page asks on its own as it is scrolled; one answer at a time keeps the order.
        if self._busy:
            return
        self._busy = True
        try:
            if refresh:
                self._begin(await self._api.feed(self._session, refresh=True))
            else:
                self._add(await self._api.feed(self._session, offset=self._shown, slate=self._slate))
        except NotAuthenticated:
            ui.navigate.to("/login?next=/feed")
        except NotFound:
            self._say("This slate has been put away.", ("Open a new slate", "refresh"))
        except FeedlabError as error:
            self._say(sentence(error.message), ("Try again", "refresh" if refresh else "more"))
        finally:
            self._busy = False
            ui.run_javascript("feedlab.done()")

    def _begin(self, page: Mapping[str, Any]) -> None:
        about = page["metadata"]
        self._slate, self._total, self._shown = str(about["slateId"]), int(about["total"]), 0
        self._posts.clear()
        self._facts.clear()
        with self._facts:
            for name, value in (
                ("This slate", SOURCES.get(about["source"], str(about["source"]))),
                ("Posts in it", f"{self._total:,}"),
            ):
                with Node("div"):
                    Node("dt", text=name)
                    Node("dd", text=value)
        self._add(page)

    def _add(self, page: Mapping[str, Any]) -> None:
        posts = page["posts"]
        # By what was asked for, not by what came: a post that was deleted meanwhile leaves a gap.
        self._shown = min(self._shown + int(page["metadata"]["limit"]), self._total)
        with self._posts:
            cards(posts)
        self._foot.clear()
        with self._foot:
            if self._shown < self._total:
                with Node("div", "fl-more", data_auto="yes"):
                    action("Load more", "more")
            else:
                _end(self._total)

    def _say(self, text: str, button: tuple[str, str]) -> None:
        self._foot.clear()
        with self._foot, Node("div", "fl-end"):
            words(text)
            action(*button)


def _about(account: Mapping[str, Any]) -> None:
    treated = account["experimentGroup"] == "treatment"
    with Node("div", "fl-person"):
        avatar(account, 48)
        with Node("div"):
            Node("b", text=str(account["displayName"]))
            Node("span", "fl-quiet", f"@{account['username']}")
    group_chip(account)
    Node(
        "p",
        "fl-quiet",
        "The recommender picks what this person is likely to like."
        if treated
        else "Everything this person has not seen, in random order.",
    )


def _keys() -> None:
    with Node("p", "fl-keys fl-quiet"):
        for key, what in _KEYS:
            with Node("span"):
                Node("kbd", text=key)
                Node("span", text=what)


def _end(total: int) -> None:
    with Node("div", "fl-end"):
        Node("h2", text="You have seen everything here.")
        if total:
            Node("p", "fl-quiet", "A new slate leaves out what you have seen and brings what is left.")
        else:
            words("A larger world has more to read: `feedlab demo --fresh --count 2000`.", "fl-quiet")
        with Node("div", "fl-row"):
            action("Open a new slate", "refresh", "fl-button fl-primary")
            Node("a", "fl-button", "Compare both feeds", href="/compare")
