"""Short form: the first strong sentence, at most 140 characters with everything."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import ClassVar

from feedlab.world.content.seeds import SeedPost
from feedlab.world.content.templates import Template, register
from feedlab.world.content.templates._neutral import one_or_two
from feedlab.world.content.templates._phrases import PARAPHRASE
from feedlab.world.content.templates._pools import Pool, hashtags, lines, symbols, text_of
from feedlab.world.content.templates._text import end_sentence, english, sentences, truncate

_LEADS = (
    "",
    *lines(
        """
        Update:
        News:
        Note:
        FYI:
        Fact:
        Status:
        Well.
        Right.
        So.
        Confession:
        True story:
        In short:
        Briefly:
        Heads-up:
        This week:
        Log entry:
        Reminder:
        Noted:
        Currently:
        Mood:
        Look.
        Okay.
        Diary:
        Memo:
        Recap:
        The gist:
        Plot twist:
        Meanwhile:
        Headline:
        For the log:
        Today's note:
        One line:
        Breaking:
        Bulletin:
        Hm.
        """,
        after=" ",
    ),
)
_REACTIONS = lines(
    """
    That's the post.
    That's it.
    More soon.
    Ask me how.
    Still thinking.
    Not sorry.
    No notes.
    Here we are.
    And that's that.
    Who knew.
    Go figure.
    Imagine that.
    You heard me.
    Details later.
    Long story.
    To be continued.
    I said what I said.
    Carry on.
    Enough said.
    There you go.
    Just so you know.
    Believe me.
    It happens.
    Such is life.
    Not a joke.
    End of update.
    Over and out.
    Back to work.
    So it goes.
    I checked twice.
    Wrote it down.
    Anyway.
    Yes, really.
    No comment.
    Quite a week.
    As you do.
    Your turn.
    The end.
    I mean it.
    """,
    before=" ",
)
# 14 for a lead, 20 for a reaction and 18 for a hashtag leave this much of 140.
_GIST_LIMIT = 88
_TAG_LIMIT = 18
_SHORTEST_GIST = 20
_SHORTEST_NEUTRAL_GIST = 8  # a Japanese character says as much as a short word
_CLAUSE_END = re.compile(r",? (?:and|but|which|because|so|with) |[,;:] | [\u2013—(]")
_NEUTRAL_LEADS = tuple(f"{symbol} " for symbol in symbols("⚡ 📣 ▶️ 🔹 ✦ ➤ 💬 🗞️ • 📎 🔸 ⏩ 📍 🪧"))
_NEUTRAL_ENDS = ("", *(f" {symbols}" for symbols in one_or_two(symbols("⚡ ✔️ 📎 🔚 👋 🗞️ ✨ 👀 💬"))))


def _strongest(parts: tuple[str, ...], shortest: int) -> str:
    """The first sentence that says something; a greeting does not."""
    stripped = [part.strip() for part in parts]
    return next((part for part in stripped if len(part) >= shortest), max(stripped, key=len))


def _condense(sentence: str, limit: int) -> str:
    """A sentence within a limit: whole, up to the end of a clause, or cut between words."""
    if len(sentence) <= limit:
        return sentence
    ends = [end.start() for end in _CLAUSE_END.finditer(sentence, _SHORTEST_GIST, limit)]
    return sentence[: ends[-1]] + "." if ends else truncate(sentence, limit)


def _tags(seed: SeedPost) -> Pool:
    return ("", *(f" {tag}" for tag in hashtags(seed) if len(tag) < _TAG_LIMIT))


@register("short_form")
class ShortForm(Template):
    """Condenses to one sentence with a word before and a remark behind it."""

    limit: ClassVar[int] = 140

    def _pools(self, seed: SeedPost) -> Sequence[Sequence[str]]:
        parts = sentences(text_of(seed))
        if not english(seed.content):
            gist = _strongest(parts, _SHORTEST_NEUTRAL_GIST)
            return _NEUTRAL_LEADS, (truncate(gist, _GIST_LIMIT),), _NEUTRAL_ENDS, _tags(seed)
        gist = _strongest(parts, _SHORTEST_GIST)
        wordings = (gist, *PARAPHRASE.variants(gist, 4))
        fitting = [wording for wording in wordings if len(wording) <= _GIST_LIMIT] or wordings
        gists = dict.fromkeys(_condense(end_sentence(wording), _GIST_LIMIT) for wording in fitting)
        return _LEADS, tuple(gists), _REACTIONS, _tags(seed)
