"""The 25 interests of a world: what people care about and posts are about.

The place of an interest in :data:`ORDER` is its index in every draw, so the
order is part of the world: append, never reorder.
"""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType


@dataclass(frozen=True, slots=True)
class Interest:
    """One interest.

    Attributes:
        name: the key, in lower case; what seed files and tables hold.
        label: how it is written at the start of a line or on a chip.
        emoji: one emoji.
        color: the background of its chip, ``#rrggbb``; at least 3:1 against a
            white and against a near-black page.
        adjacent: names of two or three related interests; the relation is mutual.
    """

    name: str
    label: str
    emoji: str
    color: str
    adjacent: tuple[str, ...]

    @property
    def ink(self) -> str:
        """The text colour on :attr:`color`: white or near-black, at least 4.5:1 (WCAG 2.2, 1.4.3).

        Example:
            >>> BY_NAME["food"].ink, BY_NAME["technology"].ink
            ('#111111', '#ffffff')
        """
        red, green, blue = (_linear(int(self.color[i : i + 2], 16) / 255) for i in (1, 3, 5))
        # 0.19 is where white and near-black text are equally readable.
        return "#ffffff" if 0.2126 * red + 0.7152 * green + 0.0722 * blue < 0.19 else "#111111"


def _linear(channel: float) -> float:
    return channel / 12.92 if channel <= 0.04045 else ((channel + 0.055) / 1.055) ** 2.4


INTERESTS: tuple[Interest, ...] = (
    Interest("technology", "Technology", "💻", "#066ce4", ("gaming", "science", "diy")),
    Interest("food", "Food", "🍜", "#f66600", ("travel", "gardening", "daily life")),
    Interest("travel", "Travel", "🧳", "#0096fc", ("food", "photography", "history")),
    Interest("sports", "Sports", "⚽", "#12a82a", ("fitness", "cars")),
    Interest("books", "Books", "📚", "#8466ae", ("history", "science")),
    Interest("daily life", "Daily life", "☕", "#909684", ("food", "parenting", "wellness")),
    Interest("anime", "Anime", "🌸", "#de487e", ("gaming", "movies", "art")),
    Interest("cars", "Cars", "🚗", "#c62400", ("sports", "diy")),
    Interest("music", "Music", "🎵", "#cc6ce4", ("dance", "movies")),
    Interest("movies", "Movies", "🎬", "#90546c", ("anime", "music", "comedy")),
    Interest("gaming", "Gaming", "🎮", "#664ed2", ("technology", "anime", "comedy")),
    Interest("fitness", "Fitness", "💪", "#007254", ("sports", "dance", "wellness")),
    Interest("art", "Art", "🎨", "#a83cae", ("anime", "photography", "fashion")),
    Interest("photography", "Photography", "📷", "#3678a8", ("travel", "art", "nature")),
    Interest("fashion", "Fashion", "👗", "#ba1e72", ("art", "dance")),
    Interest("nature", "Nature", "🌲", "#008400", ("photography", "gardening", "pets")),
    Interest("pets", "Pets", "🐾", "#ba6c5a", ("nature", "parenting")),
    Interest("science", "Science", "🔬", "#009684", ("technology", "books", "history")),
    Interest("history", "History", "🏺", "#6c786c", ("travel", "books", "science")),
    Interest("gardening", "Gardening", "🌱", "#72903c", ("food", "nature", "diy")),
    Interest("diy", "DIY", "🔨", "#906c00", ("technology", "cars", "gardening")),
    Interest("comedy", "Comedy", "😂", "#c08a00", ("movies", "gaming")),
    Interest("dance", "Dance", "💃", "#7e72fc", ("music", "fitness", "fashion")),
    Interest("parenting", "Parenting", "🧸", "#c678a8", ("daily life", "pets")),
    Interest("wellness", "Wellness", "🧘", "#908acc", ("daily life", "fitness")),
)

#: Names by index.
ORDER: tuple[str, ...] = tuple(interest.name for interest in INTERESTS)

BY_NAME: MappingProxyType[str, Interest] = MappingProxyType({i.name: i for i in INTERESTS})

#: Other words for an interest, in the spelling that :func:`canonical` looks up.
ALIASES: MappingProxyType[str, str] = MappingProxyType(
    {
        "tech": "technology",
        "sport": "sports",
        "cooking": "food",
        "reading": "books",
        "everyday life": "daily life",
        "everyday": "daily life",
        "manga": "anime",
        "autos": "cars",
        "automotive": "cars",
        "film": "movies",
        "films": "movies",
        "cinema": "movies",
        "games": "gaming",
        "video games": "gaming",
        "photos": "photography",
        "outdoors": "nature",
        "animals": "pets",
        "dancing": "dance",
        "do it yourself": "diy",
    }
)


def canonical(name: str) -> str:
    """The name of an interest, from however somebody wrote it.

    A word that is no interest of ours comes back in the same spelling rules
    (lower case, single spaces): a world may be given topics of its own.

    Example:
        >>> canonical("Tech"), canonical("daily_life"), canonical(" Crochet ")
        ('technology', 'daily life', 'crochet')
    """
    words = " ".join(name.casefold().replace("_", " ").replace("-", " ").split())
    return ALIASES.get(words, words)
