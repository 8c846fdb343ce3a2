"""Plain HTML elements: semantic tags with our own classes, and text that stays text."""

from __future__ import annotations

from typing import Final

from nicegui.elements.mixins.text_element import TextElement

#: Paths of line icons, 24 by 24.
_ICONS: Final = {
    "moon": ("M20.5 14.2A8.5 8.5 0 0 1 9.8 3.5a8.5 8.5 0 1 0 10.7 10.7Z",),
    "sun": (
        "M12 8a4 4 0 1 0 0 8 4 4 0 0 0 0-8Z",
        "M12 2.5v2M12 19.5v2M2.5 12h2M19.5 12h2",
        "M5.3 5.3l1.4 1.4M17.3 17.3l1.4 1.4M5.3 18.7l1.4-1.4M17.3 6.7l1.4-1.4",
    ),
    "leave": (
        "M14 4h4.5A1.5 1.5 0 0 1 20 5.5v13a1.5 1.5 0 0 1-1.5 1.5H14",
        "M10 16.5 5.5 12 10 7.5M5.5 12H15",
    ),
    "again": ("M20 12a8 8 0 1 1-2.3-5.6L20 8.7", "M20 3.7v5h-5"),
    "done": ("M4.5 12.5 10 18 19.5 6.5",),
    "alone": ("M12 3.5a8.5 8.5 0 1 0 0 17 8.5 8.5 0 0 0 0-17Z", "M12 8v4.8M12 16.1v.1"),
}


class Node(TextElement):
    """One element.

    Args:
        tag: of HTML.
        classes: separated by spaces.
        text: never read as HTML.
        attributes: ``aria_label="…"`` is written ``aria-label``; ``None`` leaves one out.
    """

    def __init__(
        self, tag: str, classes: str = "", text: str = "", **attributes: str | int | bool | None
    ) -> None:
        super().__init__(tag=tag, text=text)
        if classes:
            self.classes(classes)
        for name, value in attributes.items():
            if value is not None:
                self.props[name.rstrip("_").replace("_", "-")] = value


def icon(name: str) -> Node:
    """A line icon, which says nothing to a screen reader: label the button around it."""
    svg = Node("svg", f"fl-icon fl-icon-{name}", viewBox="0 0 24 24", aria_hidden="true", focusable="false")
    with svg:
        for path in _ICONS[name]:
            Node("path", d=path)
    return svg


def action(label: str, does: str, classes: str = "fl-button", *, icon_name: str | None = None) -> Node:
    """A button whose work ``static/app.js`` does, by the name of the action."""
    button = Node("button", classes, type="button", data_action=does)
    with button:
        if icon_name:
            icon(icon_name)
        Node("span", text=label)
    return button


def words(text: str, classes: str = "") -> None:
    """A paragraph in which what stands between backticks is code.

    ``words("start it with `feedlab serve`")``
    """
    with Node("p", classes):
        for place, part in enumerate(text.split("`")):
            Node("code" if place % 2 else "span", text=part)
