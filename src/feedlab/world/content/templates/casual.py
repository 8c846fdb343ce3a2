"""Casual: the same, said to a friend."""

from __future__ import annotations

from collections.abc import Sequence

from feedlab.world.content.seeds import SeedPost
from feedlab.world.content.templates import Template, register
from feedlab.world.content.templates._neutral import crossed, one_or_two
from feedlab.world.content.templates._phrases import CASUAL
from feedlab.world.content.templates._pools import bodies, lines, symbols, text_of, with_topic
from feedlab.world.content.templates._text import english, lower_first, sentences

_OPENERS = lines(
    """
    ok so this happened.
    right, quick one.
    not gonna lie, I keep thinking about this.
    so yeah.
    anyway.
    hey, quick story.
    listen.
    no big deal, but.
    you guys.
    guess what.
    so this is a thing now.
    can't believe I'm posting about {topic} again.
    ok, story time.
    random one.
    me again.
    still thinking about this one.
    sooo.
    alright, hear me out.
    ok, I need to tell somebody.
    not a big thing, but still.
    quick life update.
    real talk.
    dunno who needs this, but.
    um.
    so apparently this is my life now.
    ok but seriously.
    right, where do I start.
    posting this before I forget.
    heh, so.
    look, I know how this sounds.
    """,
    after=" ",
)
_TAILS = lines(
    """
    anyway, that's my week
    just saying
    that's it, that's the post
    idk
    so there's that
    don't @ me
    tell me I'm wrong
    ok bye
    and yeah, that's about it
    make of that what you want
    I'd write more but I'm tired
    who's with me
    so yeah
    send snacks
    brb
    thoughts?
    anyone else?
    carry on
    that's all I've got
    do with that what you like
    ok, done
    you had to be there, I guess
    anyway, how are you lot
    no further comment
    gotta run
    talk later
    """,
    before=" ",
)
_SIGNS = ("", *(f" {sign}" for sign in symbols("😅 🙃 ✌️ 🤷 👀 🫠 🙈 🤙")))
_NEUTRAL_OPENERS = crossed(("~", "…", "✌️", "😅", "🙃", "👋"), (" ", "~ ", "… "))
_NEUTRAL_ENDS = tuple(f" {symbols}" for symbols in one_or_two(symbols("😅 ✌️ 🙃 🤷 👀 🤙 🫠 ~")))


def _loosen(text: str) -> str:
    return "".join(lower_first(sentence) for sentence in sentences(CASUAL.rewrite(text)))


@register("casual")
class Casual(Template):
    """Contracts, loosens, starts sentences with small letters and ends without a full stop."""

    def _pools(self, seed: SeedPost) -> Sequence[Sequence[str]]:
        if not english(seed.content):
            return _NEUTRAL_OPENERS, (text_of(seed),), _NEUTRAL_ENDS
        loosened = dict.fromkeys(map(_loosen, bodies(seed, longest=5_200, most=2, shortest=120)))
        return with_topic(_OPENERS, seed), tuple(loosened), _TAILS, _SIGNS
