"""Variation templates: one file each, found by their registered name.

A new template is one new file here::

    @register("haiku")
    class Haiku(Template):
        def _pools(self, seed: SeedPost) -> Sequence[Sequence[str]]: ...
"""

from __future__ import annotations

from collections.abc import Callable

from feedlab.registry import Registry
from feedlab.world.content.templates._base import TEXT_LIMIT, Skeleton, Template

TEMPLATES: Registry[Template] = Registry("template", "feedlab.world.content.templates")

STANDARD: tuple[str, ...] = (
    "paraphrase",
    "add_context",
    "add_emoji",
    "question",
    "personal_story",
    "pro_tip",
    "short_form",
    "long_form",
    "casual",
    "professional",
)
"""The ten templates that every world has unless it names others, in their order."""


def register(name: str) -> Callable[[type[Template]], type[Template]]:
    """A class decorator that puts one instance of the template into the registry; templates hold no state."""

    def add(kind: type[Template]) -> type[Template]:
        kind.name = name
        TEMPLATES.register(name)(kind())
        return kind

    return add


__all__ = ["STANDARD", "TEMPLATES", "TEXT_LIMIT", "Skeleton", "Template", "register"]
