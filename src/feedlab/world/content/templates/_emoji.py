"""Emoji that fit: by word, by topic and by tone."""

from __future__ import annotations

import re

from feedlab.world.content.seeds import SeedPost
from feedlab.world.content.templates._pools import family

_BY_WORD = {
    word: symbol
    for symbol, words in {
        "🔋": "battery charger",
        "💻": "laptop computer code coding programming",
        "📱": "phone app",
        "🔐": "password security",
        "⏱️": "minute profiler profiling",
        "🐛": "bug debugging",
        "🗄️": "database server backend",
        "🔧": "repair fix screw tool",
        "🐶": "dog puppy",
        "🐱": "cat kitten",
        "👨‍👧": "daughter son father mother dad mum mom kid child",
        "🍝": "pasta carbonara spaghetti noodle",
        "🥚": "egg yolk",
        "🧀": "cheese pecorino parmesan",
        "🍳": "pan cooking kitchen breakfast",
        "🍞": "bread rye loaf toast toasted",
        "🧈": "butter",
        "🍐": "pear",
        "🥐": "bakery croissant",
        "🍰": "cake dessert baking",
        "🍕": "pizza",
        "🥗": "salad vegetable",
        "🍲": "soup stew",
        "🍊": "orange",
        "☕": "coffee thermos café espresso",
        "🍵": "tea",
        "🍷": "wine",
        "⛴️": "ferry ship harbour",
        "🏝️": "island beach naxos",
        "🃏": "card",
        "🚆": "train station platform railway",
        "✈️": "flight plane airport",
        "🚲": "bike bicycle cycling",
        "🚗": "car road",
        "🧳": "trip suitcase backpack luggage",
        "🧣": "scarf",
        "😴": "asleep sleep bunk",
        "🏔️": "mountain hike hiking",
        "🏃": "running runner marathon jogging kilometre km",
        "🥕": "carrot",
        "👟": "shoe",
        "⚽": "football soccer",
        "🏊": "swim swimming",
        "🎾": "tennis",
        "🏀": "basketball",
        "📖": "read reading page",
        "📚": "book novel library middlemarch",
        "✍️": "write writing",
        "🎺": "trombone trumpet",
        "🎸": "guitar band",
        "🎹": "piano",
        "🎶": "music song",
        "🎬": "film movie cinema",
        "🏢": "building floor office",
        "👋": "neighbour neighbor everyone everybody",
        "🌱": "garden gardening seedling",
        "🌧️": "rain",
        "☀️": "sun summer",
        "❄️": "snow winter january",
        "🧶": "crochet knitting yarn wool",
        "📷": "photo photography camera",
        "🎮": "gaming",
    }.items()
    for word in words.split()
}

_BY_TOPIC = {
    "technology": ("💻", "⚙️", "🛠️", "🔌", "🧠", "⌨️", "🖥️", "💾"),
    "food": ("🍽️", "😋", "🧑‍🍳", "🍴", "🧂", "🥄", "🔥", "🫕"),
    "travel": ("🧳", "🌍", "🗺️", "🧭", "🎒", "🌅", "🚉", "📍"),
    "sports": ("💪", "🏅", "👟", "🏁", "🥵", "💦", "📈", "⏱️"),
    "books": ("📚", "📖", "🔖", "🤓", "🪑", "☕", "🕯️", "📝"),
    "daily life": ("🏠", "🔑", "🪜", "☕", "🧺", "🗓️", "🚪", "🛋️"),
}
_ANY_TOPIC = ("💬", "📌", "💡", "🧩", "📝", "🗓️", "🔎", "🎈")

_MOODS = {
    "🎉 🙌 🚀 🤩": "enthusiastic excited happy joyful celebratory",
    "😅 🙃 🤷 😬": "rueful wry amused funny humorous ironic sarcastic playful",
    "🤍 ☺️ 🫶 🥰": "warm cosy cozy grateful tender loving nostalgic",
    "💪 🎉 😎 ✅": "proud confident triumphant determined",
    "🤔 💭 🌿 🕰️": "thoughtful reflective curious pensive calm",
    "🤍 🕯️ 😔 🌧️": "sad sombre somber grieving melancholic serious angry worried upset",
}
_BY_TONE = {tone: tuple(symbols.split()) for symbols, tones in _MOODS.items() for tone in tones.split()}
_ANY_TONE = ("✨", "🙂", "👀", "👌")

_WORD = re.compile(r"[^\W\d_]+")


def emoji_for(text: str) -> tuple[str, ...]:
    """The emoji of the words of a text, in their order.

    Example:
        >>> emoji_for("A bag of oranges, and coffee on the ferry.")
        ('🍊', '☕', '⛴️')
    """
    words = (word.lower() for word in _WORD.findall(text[:2_000]))
    found = (_BY_WORD.get(word) or _BY_WORD.get(word.removesuffix("s")) for word in words)
    return tuple(dict.fromkeys(symbol for symbol in found if symbol))


def mood(seed: SeedPost) -> tuple[str, ...]:
    """Four emoji for the tone of a seed."""
    return _BY_TONE.get(seed.tone.casefold(), _ANY_TONE)


def general(seed: SeedPost) -> tuple[str, ...]:
    """At least ten emoji for the topic and the tone of a seed."""
    return tuple(dict.fromkeys((*_BY_TOPIC.get(family(seed), _ANY_TOPIC), *mood(seed))))


def palette(seed: SeedPost) -> tuple[str, ...]:
    """At least ten emoji that fit a seed, those of its words first."""
    specific = emoji_for(" ".join((seed.content, *seed.tags)))[:8]
    return tuple(dict.fromkeys((*specific, *general(seed))))
