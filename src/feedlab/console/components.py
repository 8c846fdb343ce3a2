"""The post card: what it shows of a post, and the element that shows it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from nicegui.element import Element

from feedlab.console.frame import initial, local
from feedlab.console.nodes import Node
from feedlab.world.interests import BY_NAME, canonical


# mypy takes NiceGUI's elements for plain objects, which have no such keyword.
class PostCard(Element, component="static/post_card.js"):  # type: ignore[call-arg]
    """One post; all its text is data to a Vue template, which never reads it as HTML.

    Args:
        post: as the API gives it; with ``matches`` and ``likeRate`` in a comparison.
        tracked: whether what the reader does with it is an interaction of theirs.
        best_rate: the like rate that fills the bar.
    """

    def __init__(self, post: Mapping[str, Any], *, tracked: bool, best_rate: float = 0.0) -> None:
        super().__init__()
        self.props["post"] = card_of(post, best_rate=best_rate)
        self.props["tracked"] = tracked


def card_of(post: Mapping[str, Any], *, best_rate: float = 0.0) -> dict[str, Any]:
    """What a card shows of a post, ready to be written down.

    Example:
        >>> card = card_of({"id": "7", "content": "<b>x</b>", "topic": "tech", "tags": ["go"],
        ...     "createdAt": "2024-01-28T14:05:00Z",
        ...     "user": {"username": "ann", "displayName": "Ann", "avatarUrl": ""}})
        >>> card["text"], card["topic"]["label"], card["date"], card["moment"], card["initial"]
        ('<b>x</b>', 'Technology', '28 Jan 2024', '28 Jan 2024, 14:05 UTC', 'A')
    """
    user = post["user"]
    created = datetime.fromisoformat(str(post["createdAt"])).astimezone(UTC)
    date = f"{created.day} {created:%b %Y}"
    card: dict[str, Any] = {
        "id": str(post["id"]),
        "text": str(post["content"]).strip(),
        "iso": created.isoformat(),
        "date": date,
        "moment": f"{date}, {created:%H:%M} UTC",
        "name": str(user["displayName"]),
        "username": str(user["username"]),
        "avatar": local(str(user.get("avatarUrl") or "")),
        "initial": initial(str(user["displayName"])),
        "topic": topic_of(post.get("topic")),
        "tags": [str(tag) for tag in post.get("tags") or ()],
    }
    if "likeRate" in post:
        rate = float(post["likeRate"])
        # A comparison is read down the columns: one line a post, without the tags.
        card |= {
            "tags": [],
            "matches": bool(post["matches"]),
            "rate": percent(rate),
            "width": f"{100 * rate / best_rate if best_rate > 0 else 0:.1f}%",
        }
    return card


def topic_of(name: object) -> dict[str, str] | None:
    """Label, emoji and colour of a topic; a world's own topics have neither emoji nor colour."""
    if not name:
        return None
    interest = BY_NAME.get(canonical(str(name)))
    if interest is None:
        return {"label": str(name), "emoji": "", "color": "var(--quiet)"}
    return {"label": interest.label, "emoji": interest.emoji, "color": interest.color}


def chip(name: str) -> None:
    """A topic as a chip."""
    topic = topic_of(name)
    if topic is None:
        return
    with Node("span", "fl-chip").style(f"--topic:{topic['color']}"):
        Node("span", "fl-dot", aria_hidden="true")
        if topic["emoji"]:
            Node("span", "fl-emoji", topic["emoji"], aria_hidden="true")
        Node("span", text=topic["label"])


def percent(share: float) -> str:
    """A share as a reader wants it.

    Example:
        >>> percent(0.0034), percent(0.125), percent(1.0)
        ('0.3%', '12.5%', '100%')
    """
    return f"{share:.0%}" if share >= 0.9995 or share == 0 else f"{share:.1%}"


def cards(posts: Sequence[Mapping[str, Any]]) -> None:
    """The posts of a feed, which the reader's doings are tracked of."""
    for post in posts:
        PostCard(post, tracked=True)
