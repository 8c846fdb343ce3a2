"""Working on text without breaking it: sentences, cuts, language, hashtags."""

from __future__ import annotations

import functools
import re
import unicodedata

_SENTENCE_END = re.compile(r"""[.!?…]+['"\u2019”»)\]]*\s+|[。\uff01\uff1f]+[」』”\uff09]*\s*|\s*\n\s*""")
_ABBREVIATION = re.compile(
    r"(?:^|[\s(])(?:(?i:mr|mrs|ms|dr|prof|st|vs|ca|approx|fig|vol|jr|sr|e\.g|i\.e)|[A-HJ-Z])\.\s*$"
)
_EMOJI = re.compile(
    "[\U0001f000-\U0001faff\u2600-\u27bf\u2b00-\u2bff\u231a\u231b\u23e9-\u23fa"
    "\u200d\ufe0e\ufe0f\u20e3\U000e0020-\U000e007f]+"
)
_WORD = re.compile(r"[^\W\d_]+(?:['\u2019][^\W\d_]+)*")


def _words(block: str) -> frozenset[str]:
    return frozenset(block.split())


# Frequent in English and rare in the other languages that are written in plain letters.
_ENGLISH = _words(
    """
    the and to my i it that with for you this from have had are they our at by but be not as i'm it's
    she his her their what when which just been were i've don't your who how all there would about out
    than then
    """
)
# First words of a sentence that are no names.
_LOWERABLE = _words(
    """
    a about after all an and another any anyone as asked at baked because before bought but by can can't
    cooked did does don't drank every everyone everything found for four from gave got had has have he
    her here his how if in is it it's its just last learned left lost made maybe missed most my never
    new night nine no not nothing now on once one our out ran read replaced said sat saw she since six
    so some someone something spent started still stopped ten that that's the their then there there's
    these they they're this those three to today told took tried two turns until walked was we we're
    went were what when where which while who why with yesterday you you're your yes five seven eight
    tonight tomorrow toasted bring
    """
)


def english(text: str) -> bool:
    """Whether English fragments fit around a text.

    Example:
        >>> english("Made the best soup today."), english("今日は雨です。"), english("🍞🍞🍞🍞🍞")
        (True, False, False)
        >>> english("Hoy he comido el mejor pan de mi vida, y no pienso decir en qué tienda.")
        False
    """
    return _english(text[:2_000])


@functools.lru_cache(maxsize=256)
def _english(text: str) -> bool:
    letters = [character for character in text if character.isalpha()]
    if 2 * sum(map(str.isascii, letters)) <= len(letters):
        return False
    words = [word.lower().replace("\u2019", "'") for word in _WORD.findall(text)]
    if len(words) < 8:
        return True
    return sum(word in _ENGLISH for word in words) >= 0.08 * len(words)


def sentences(text: str) -> tuple[str, ...]:
    """The sentences of a text, each with the space behind it: joined, they are the text again.

    Example:
        >>> sentences("It cost 3.50 in St. Ives. Cheap! 安い。高い。")
        ('It cost 3.50 in St. Ives. ', 'Cheap! ', '安い。', '高い。')
    """
    pieces: list[str] = []
    start = 0
    for end in _SENTENCE_END.finditer(text):
        piece, rest = text[start : end.end()], text[end.end() : end.end() + 1]
        if "\n" not in end[0] and (rest.islower() or _ABBREVIATION.search(piece)):
            continue
        if piece.strip():
            pieces.append(piece)
            start = end.end()
    if text[start:]:
        pieces.append(text[start:])
    return tuple(pieces)


def breaks_cluster(text: str, at: int) -> bool:
    """Whether a cut before ``text[at]`` would tear one visible character apart.

    Example:
        >>> breaks_cluster("e\\u0301", 1), breaks_cluster("👨\\u200d🚀", 1), breaks_cluster("ab", 1)
        (True, True, False)
    """
    if not 0 < at < len(text):
        return False
    before, after = text[at - 1], text[at]
    if unicodedata.category(after).startswith("M") or after in "\u200d\u200c" or before == "\u200d":
        return True
    if "\U0001f3fb" <= after <= "\U0001f3ff" or "\U000e0020" <= after <= "\U000e007f":
        return True
    if (
        "\u1160" <= after <= "\u11ff" or unicodedata.combining(before) == 9
    ):  # Korean syllables, Indic conjuncts
        return True
    if _is_flag_letter(before) and _is_flag_letter(after):
        run = at
        while run > 0 and _is_flag_letter(text[run - 1]):
            run -= 1
        return (at - run) % 2 == 1
    return False


def _is_flag_letter(character: str) -> bool:
    return "\U0001f1e6" <= character <= "\U0001f1ff"


def truncate(text: str, limit: int) -> str:
    """At most ``limit`` code points of a text, cut between words where that is possible, with an ellipsis.

    Example:
        >>> truncate("Missed the last ferry by four minutes", 25)
        'Missed the last ferry by…'
    """
    if len(text) <= limit:
        return text
    cut = limit - 1
    while breaks_cluster(text, cut):
        cut -= 1
    if not text[cut].isspace():
        space = max(text.rfind(" ", 0, cut), text.rfind("\n", 0, cut))
        if space > cut // 2:
            cut = space
    return text[:cut].rstrip(" \n\t,;:.-\u2013—(") + "…"


def tidy(text: str) -> str:
    """A text without runs of spaces and without more than one empty line in a row."""
    return re.sub(r"\n{3,}", "\n\n", re.sub(r" *\n *", "\n", re.sub(r"[ \t]+", " ", text))).strip()


def end_sentence(text: str) -> str:
    """A text that another sentence can follow: a full stop where the last one has no end.

    Example:
        >>> end_sentence("Soup today"), end_sentence("Soup,"), end_sentence("Soup!"), end_sentence("Soup 🍲")
        ('Soup today.', 'Soup.', 'Soup!', 'Soup 🍲')
    """
    text = text.rstrip()
    last_word = text.split()[-1] if text else ""
    if "://" in last_word or last_word.startswith(("#", "@")):
        return text
    if re.search(r"""[.!?…。\uff01\uff1f]['"\u2019”»)\]]*$""", text):
        return text
    stripped = text.rstrip(" ,;:-\u2013—") or text
    return stripped + "." if stripped[-1].isalnum() or stripped[-1] in "'\"\u2019”»)]%€$" else stripped


def lower_first(text: str) -> str:
    """A text with a small first letter, if its first word is one that is no name and not "I".

    Example:
        >>> lower_first("The vault"), lower_first("Naxos"), lower_first("I am")
        ('the vault', 'Naxos', 'I am')
    """
    word = _WORD.match(text)
    known = (
        word is not None and word[0].replace("\u2019", "'").lower() in _LOWERABLE and word[0][1:].islower()
    )
    return text[0].lower() + text[1:] if known or text[:2] == "A " else text


def without_emoji(text: str) -> str:
    """A text without emoji and the spaces that stood before them."""
    return tidy(re.sub(r" +(?=[.,!?;:]|$)", "", _EMOJI.sub("", text)))


def hashtag(tag: str) -> str:
    """A tag as a hashtag, or nothing if no letter is left of it.

    Example:
        >>> hashtag("running"), hashtag("night train"), hashtag("c++ & go"), hashtag("日本"), hashtag("?!")
        ('#running', '#NightTrain', '#CGo', '#日本', '')
    """
    words = "".join(character if _in_hashtag(character) else " " for character in tag).split()
    joined = words[0] if len(words) == 1 else "".join(word[:1].upper() + word[1:] for word in words)
    return "#" + joined if any(map(str.isalpha, joined)) else ""


def _in_hashtag(character: str) -> bool:
    # Vowel signs are no \w, but half of the words of Hindi or Thai need them.
    return character.isalnum() or character == "_" or unicodedata.category(character) in ("Mn", "Mc")
