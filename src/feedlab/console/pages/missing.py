"""Every path that is no page."""

from __future__ import annotations

from nicegui import ui

from feedlab.console.frame import frame, notice


def add_missing_page() -> None:
    """To be added last: it takes whatever the other pages leave."""

    @ui.page("/{path:path}", title="Not found · feedlab")
    def missing(path: str) -> None:
        ui.context.client.status_code = 404
        with frame(None, ""):
            notice(
                "There is no such page", f"Nothing is at /{path:.80}", actions=(("To your feed", "go-feed"),)
            )
