"""Avatars: a small picture that belongs to a name, the same every time."""

from __future__ import annotations

from feedlab.streams import hash64


def avatar_svg(name: str) -> str:
    """An abstract picture of 64 × 64: two hues of the name and three of its circles.

    Example:
        >>> avatar_svg("user_001") == avatar_svg("user_001") != avatar_svg("user_002")
        True
    """
    bits = hash64("avatar", name)
    hue = bits % 360
    other = (hue + 40 + (bits >> 9) % 140) % 360
    circles = "".join(
        f'<circle cx="{(bits >> (16 + 14 * i)) % 64}" cy="{(bits >> (22 + 14 * i)) % 64}" r="{12 + (bits >> (28 + 9 * i)) % 18}" '
        f'fill="hsl({other} 70% {48 + 9 * i}%)" opacity=".72"/>'
        for i in range(3)
    )
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 64 64" width="64" height="64" role="img">'
        f'<rect width="64" height="64" fill="hsl({hue} 62% 46%)"/>{circles}</svg>'
    )
