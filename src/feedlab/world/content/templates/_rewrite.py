"""Rewording: a table of phrases, and all the ways in which they can stand in a text."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping

Phrases = Mapping[str, tuple[str, ...]]
"""A pattern (small letters, whole words) and what may stand in its place."""


# "I" is no sign that a sentence starts.
_CAPITAL = re.compile(r"(?!I\b)[^\W\d_a-z]")
_SENTENCE_START = re.compile(r"(?:^|[.!?…][\"'”\u2019)]*\s+)$")


class Rewriter:
    """Replaces phrases of a text.

    Where two patterns match at one place the longer pattern wins. A replacement starts with a capital
    letter where the phrase did.

    Example:
        >>> Rewriter({"the whole": ("the entire",), "happy": ("glad", "pleased")}).variants("Happy day.", 9)
        ('Glad day.', 'Pleased day.')
    """

    def __init__(self, phrases: Phrases) -> None:
        self._choices: list[tuple[str, ...]] = []
        groups: list[str] = []
        for pattern in sorted(phrases, key=len, reverse=True):
            groups.append("(" + pattern.replace("'", "['\u2019]") + ")")
            self._choices.append(phrases[pattern])
        self._pattern = re.compile(
            r"(?<![\w'\u2019-])(?:" + "|".join(groups) + r")(?![\w-]|['\u2019]\w)", re.IGNORECASE
        )

    def variants(self, text: str, most: int) -> tuple[str, ...]:
        """At most ``most`` texts in which every known phrase is replaced, spread over all that there are."""
        found = list(self._pattern.finditer(text))
        choices = [self._choices[(match.lastindex or 1) - 1] for match in found]
        total = math.prod(map(len, choices))
        count = min(total, most)
        texts = (self._fill(text, found, choices, number * total // count) for number in range(count))
        return tuple(dict.fromkeys(texts))

    def rewrite(self, text: str) -> str:
        """The text with the first replacement of every phrase."""
        return self.variants(text, 1)[0]

    @staticmethod
    def _fill(text: str, found: list[re.Match[str]], choices: list[tuple[str, ...]], number: int) -> str:
        pieces: list[str] = []
        start = 0
        for match, choice in zip(found, choices, strict=True):
            number, digit = divmod(number, len(choice))
            new = choice[digit]
            if _CAPITAL.match(match[0]) or (
                match[0][:1] == "I" and _SENTENCE_START.search(text[start : match.start()])
            ):
                new = new[:1].upper() + new[1:]
            pieces += text[start : match.start()], new
            start = match.end()
        return "".join([*pieces, text[start:]])


def one_each(block: str) -> dict[str, tuple[str, ...]]:
    """A table from lines of ``phrase = replacement | replacement``.

    Example:
        >>> one_each("kind of = kinda")
        {'kind of': ('kinda',)}
    """
    table: dict[str, tuple[str, ...]] = {}
    for line in block.splitlines():
        pattern, equals, choices = line.partition(" = ")
        if equals:
            table[pattern.strip()] = tuple(choice.strip() for choice in choices.split("|"))
    return table


_PRONOUN = "(?:i|you|he|she|it|we|they|that|this|there|the|my|your|his|her|our|their)"
_NEGATIVE = (
    *("is", "are", "was", "were", "do", "does", "did", "has", "have", "had"),
    *("could", "would", "should", "must", "need", "might"),
)
_PERFECT = "(?= (?:been|got|gone|become|never|always|already|just|had|taken|come|made|stopped|started|since))"
_PAST = "(?= (?:been|had|better|never|gone|only|just|already|always|not been|\\w+ed))"
_SUBJECTS = ("i", "you", "he", "she", "it", "we", "they", "that", "there", "who", "what")

EXPANSIONS: dict[str, tuple[str, ...]] = {
    **{f"{verb}n't(?! {_PRONOUN})": (f"{verb} not",) for verb in _NEGATIVE},
    f"can't(?! {_PRONOUN})": ("cannot",),
    f"won't(?! {_PRONOUN})": ("will not",),
    "i'm": ("I am",),
    "let's": ("let us",),
    **{f"{who}'re": (f"{who} are",) for who in ("you", "we", "they")},
    **{f"{who}'ve": (f"{'I' if who == 'i' else who} have",) for who in ("i", "you", "we", "they")},
    **{f"{who}'ll": (f"{'I' if who == 'i' else who} will",) for who in _SUBJECTS},
    **{f"{who}'d": (f"{'I' if who == 'i' else who} would",) for who in _SUBJECTS},
    **{f"{who}'d{_PAST}": (f"{'I' if who == 'i' else who} had",) for who in _SUBJECTS},
    **{
        f"{who}'s": (f"{who} is",)
        for who in (*_SUBJECTS[2:], "here", "where", "how")
        if who not in ("we", "they")
    },
    **{f"{who}'s{_PERFECT}": (f"{who} has",) for who in ("he", "she", "it", "that", "there", "who", "what")},
}
"""Contractions written out. A question ("isn't it") is left as it is: its word order would break."""

_PARTICIPLE = "(?= (?:been|now|never|always|just|already|only|not|had|got|seen|met|told|made|found|\\w+ed))"

CONTRACTIONS: dict[str, tuple[str, ...]] = {
    **{f"{verb} not": (f"{verb}n't",) for verb in _NEGATIVE if verb not in ("must", "need", "might")},
    "cannot": ("can't",),
    "will not": ("won't",),
    **{f"{who} am(?= \\w)": ("I'm",) for who in ("i",)},
    **{f"{who} are(?= \\w)": (f"{who}'re",) for who in ("you", "we", "they")},
    **{f"{who} is(?= \\w)": (f"{who}'s",) for who in ("he", "she", "it", "that", "there", "here")},
    **{f"{who} will(?= \\w)": (f"{'I' if who == 'i' else who}'ll",) for who in ("i", "you", "we", "they")},
    **{
        f"{who} have{_PARTICIPLE}": (f"{'I' if who == 'i' else who}'ve",)
        for who in ("i", "you", "we", "they")
    },
    **{f"{who} had{_PARTICIPLE}": (f"{'I' if who == 'i' else who}'d",) for who in ("i", "you", "we", "they")},
}
"""What is said short when nobody is listening too closely."""
