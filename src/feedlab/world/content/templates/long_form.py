"""Long form: the text with an introduction, some background and a conclusion."""

from __future__ import annotations

from collections.abc import Sequence

from feedlab.world.content.seeds import SeedPost
from feedlab.world.content.templates import Template, register
from feedlab.world.content.templates._background import BACKGROUND, BACKGROUND_ON
from feedlab.world.content.templates._neutral import around, one_or_two
from feedlab.world.content.templates._pools import (
    closing_tags,
    fitting,
    hashtags,
    lines,
    symbols,
    text_of,
    with_topic,
)
from feedlab.world.content.templates._text import english, sentences, truncate

_OPENERS = lines(
    """
    I've been meaning to write this down properly, so this is a longer one.
    Longer post today. Make yourself a cup of tea.
    People keep asking, so here is the full version.
    I tried to fit this into one line and failed.
    This has been sitting in my drafts for a while.
    A few paragraphs on {topic}, because one sentence wouldn't do it justice.
    Somebody asked me about {topic} yesterday, and my answer got out of hand.
    I usually keep these short. Not this one.
    I've told this in bits and pieces, so let me put it together once.
    Long post ahead. The short version is in the first paragraph.
    Let me take my time with this one.
    Writing this on a proper keyboard, for once.
    I had half an hour to myself, and this is what I did with it.
    The long version, as promised.
    """,
    after="\n\n",
)
_CONCLUSIONS = lines(
    """
    I don't have a moral. If there is one, it's that things take the time they take.
    I'm writing it down because I know how quickly I forget.
    It won't change the world. It changed my week, and that's enough.
    If it reads like a small thing, that's because it is one. I like small things.
    I still have questions, and I'm in no hurry to have them answered.
    There is more to say, but the tea is cold by now.
    I'd like to say that I planned it like this. I didn't.
    I know that others have done it better and sooner. This is my version.
    What I take from it is simple: a second look is rarely wasted.
    I read this again before posting and took out two jokes. You're welcome.
    Maybe I'll laugh about this post in a year. For now I mean every word.
    I've left out the parts that were only interesting to me, and it's still this long.
    """,
    before="\n\n",
)
_GOODBYES = lines(
    """
    If you've made it this far, thank you.
    Tell me yours in the comments.
    I'd like to hear how it was for you.
    I'll report back.
    That's all for today.
    More when I know more.
    Thanks for reading.
    Next time I'll keep it shorter. Probably.
    Ask me anything about it, I have time.
    Corrections are welcome, as always.
    And now I'm going for a walk.
    Let me know if I got something wrong.
    """,
    before=" ",
)
# What fits any topic must not crowd out what fits this one.
_SHARED_BACKGROUND = 3
_PULL_LIMIT = 160
_RULES = tuple(f"\n\n{mark * 3}\n\n" for mark in ("—", "*", "·", "~", "🔹", "▪️", "◇", "⋯"))
_NEUTRAL_ENDS = tuple(f"\n\n{symbols}" for symbols in one_or_two(symbols("📖 🧵 📜 ✍️ 🗂️ 🖋️ 📄 🕯️")))


@register("long_form")
class LongForm(Template):
    """Several paragraphs; in an unknown language a pull quote and the hashtags take their place."""

    def _pools(self, seed: SeedPost) -> Sequence[Sequence[str]]:
        text = text_of(seed)
        if not english(text):
            quote = truncate(sentences(text)[0].strip(), _PULL_LIMIT)
            tags = "\n\n" + " ".join(hashtags(seed)) if hashtags(seed) else ""
            return ("🧵 ", "📜 ", "📖 "), (text,), _RULES, around(quote), _NEUTRAL_ENDS, (tags,)
        special = fitting(seed, BACKGROUND_ON, ())
        background = (*special, *BACKGROUND[:_SHARED_BACKGROUND]) if special else BACKGROUND
        opening = with_topic(_OPENERS, seed)
        return opening, (text,), background, _CONCLUSIONS, _GOODBYES, closing_tags(seed, before="\n\n")
