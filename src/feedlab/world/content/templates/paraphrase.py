"""Paraphrase: the same thing in other words."""

from __future__ import annotations

from collections.abc import Sequence

from feedlab.world.content.seeds import SeedPost
from feedlab.world.content.templates import Template, register
from feedlab.world.content.templates._neutral import around, crossed
from feedlab.world.content.templates._phrases import PARAPHRASE
from feedlab.world.content.templates._pools import closing_tags, lines, text_of
from feedlab.world.content.templates._text import english, sentences

_OPENERS = lines(
    """
    In other words:
    To put it differently:
    Let me put it another way.
    Same thought, second attempt.
    The way I'd tell it today:
    Said more plainly:
    What I was trying to say earlier:
    Telling it again, because I told it badly the first time.
    A second go at this.
    Let me rephrase that.
    I've been looking for the right words, so here goes.
    The version I told at dinner:
    Trying this again in plain words.
    Here is how I'd put it.
    Rewritten, because the first draft was a mess.
    Slightly tidier than when I said it out loud:
    For those who asked:
    For anyone who missed it:
    Once more, with the facts in order.
    As I said to a friend this week:
    How I explained it on the phone:
    The edited version:
    Since my first telling confused everybody:
    Short recap.
    For those who weren't there:
    Second draft:
    Let me start over.
    A cleaner telling:
    I keep retelling this, so here it is in writing.
    To sum it up:
    Put simply:
    What I told the group chat, more or less:
    Retold without the detours:
    I was asked to repeat this, so:
    Take two.
    If it had to fit on a postcard:
    """,
    after=" ",
)
_CLOSERS = (
    "",
    *lines(
        """
        That's about the size of it.
        That is all there is to it.
        Make of it what you will.
        I couldn't put it any better.
        That's the gist.
        End of story.
        More or less word for word.
        I may have left out a detail or two.
        The details vary every time I tell it.
        Or something close to that.
        So now you know.
        I'll stand by that version.
        That's how I remember it, anyway.
        Thanks for listening twice.
        I've told it three times now and it holds up.
        That was the whole of it.
        I hope it's clearer this time.
        If it still makes no sense, ask me in person.
        Nothing left out this time, I think.
        That's as plain as I can make it.
        The rest is decoration.
        Feel free to pass it on.
        I promise not to tell it a third time.
        It was better in person, but you get the idea.
        No moral, just what happened.
        Quote me if you like.
        There, that reads better.
        Same facts, fewer detours.
        Anything else would be embroidery.
        """,
        before=" ",
    ),
)
_MOST_GROUPS = 5
_MOST_WORDINGS = 12
_NEUTRAL_LEADS = crossed(("🔁", "🔄", "↻", "↩️", "♻️", "🗣️", "✍️", "📝", "»", "≈"), (" ", " … ", " — ", "\n"))
_NEUTRAL_CLOSERS = ("", *crossed((" ", "\n"), ("↻", "🔁", "✍️", "≈", "🗣️")))


@register("paraphrase")
class Paraphrase(Template):
    """Rewords every sentence by a table of phrases; what it cannot reword it retells."""

    def _pools(self, seed: SeedPost) -> Sequence[Sequence[str]]:
        text = text_of(seed)
        if not english(text):
            return _NEUTRAL_LEADS, around(text), _NEUTRAL_CLOSERS, closing_tags(seed)
        parts = list(sentences(text))
        groups = [*parts[: _MOST_GROUPS - 1], "".join(parts[_MOST_GROUPS - 1 :])]
        wordings = [
            PARAPHRASE.variants(group, max(1, min(_MOST_WORDINGS, 4_000 // len(group))))
            for group in groups
            if group
        ]
        return _OPENERS, *wordings, _CLOSERS, closing_tags(seed)
