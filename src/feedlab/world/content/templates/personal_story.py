"""Personal story: who tells it, whom they told, and what stays with them."""

from __future__ import annotations

from collections.abc import Sequence

from feedlab.world.content.seeds import SeedPost
from feedlab.world.content.templates import Template, register
from feedlab.world.content.templates._neutral import crossed, one_or_two
from feedlab.world.content.templates._pools import bodies, lines, symbols, text_of, with_topic
from feedlab.world.content.templates._text import english

_OPENERS = lines(
    """
    I rarely write about {topic}, but this one I want to keep.
    I used to roll my eyes at people who post about {topic}.
    I never thought I'd have a story about {topic}.
    I don't post much.
    Something from my own week.
    This is one for my diary, really.
    I wasn't going to write about this.
    A true story, small as it is.
    My week in one story.
    I've been carrying this around for days.
    I told this on the phone last night, and it deserves writing down.
    I'm not much of a storyteller, but here goes.
    You know me, I don't like fuss.
    For myself in ten years:
    My grandmother would have had something to say about this.
    I promised my sister that I'd write this down.
    I'm telling this because I'd otherwise forget it.
    This is about me, so feel free to scroll on.
    Some things I only understand when I write them down.
    My mother asks what I do all day. This, among other things.
    I keep a list of days that I'd like to remember.
    Not the biggest news of the year, I know.
    I'd have kept this to myself a year ago.
    Nobody asked, but I'd like to tell it anyway.
    """,
    after=" ",
)
_PEOPLE = lines(
    """
    My sister
    My brother
    My neighbour
    A friend from school
    A colleague
    My partner
    My oldest friend
    My flatmate
    An aunt of mine
    My cousin
    The friend I called first
    My best friend
    """,
    before=" ",
)
_REACTIONS = lines(
    """
    still brings it up.
    wants it told at every dinner from now on.
    thinks I'm exaggerating, but I'm not.
    only said "typical".
    asked me to write it down.
    has heard it three times and still listens politely.
    says that I've changed.
    claims to have seen it coming.
    didn't believe a word of it at first.
    wants to know what happens next.
    says that it's so like me.
    told me one just like it.
    just looked at me for a while.
    found it less surprising than I did.
    has been telling it to others, with additions.
    says I've told it better each time.
    asked one question, and it was the right one.
    """,
    before=" ",
)
_STAYS = (
    "",
    *lines(
        """
        I'll remember it for a while.
        It isn't much, but it's mine.
        I don't know why it stayed with me, but it did.
        A year ago I wouldn't have noticed.
        Ask me again in ten years.
        Some weeks are like that.
        I'm glad that I paid attention for once.
        I've thought about it every day since.
        Maybe that's what getting older is.
        It's in my notebook now, with the date.
        I walked home the long way that evening.
        I wouldn't have told it like this five years ago.
        That's my story, and it is true.
        I may have smiled at a stranger because of it.
        I still don't quite know what to do with it.
        There are worse things to be known for.
        """,
        before=" ",
    ),
)
_NEUTRAL_OPENERS = crossed(("📔", "🗒️", "📖", "✍️", "🕰️", "🙋"), (" ", " … ", " — ", "\n"))
_NEUTRAL_ENDS = tuple(f" {symbols}" for symbols in one_or_two(symbols("💭 🕰️ 🤍 🌿 📔 🫶 🙂")))


@register("personal_story")
class PersonalStory(Template):
    """Frames the text as something that happened to the writer, and was told to somebody."""

    def _pools(self, seed: SeedPost) -> Sequence[Sequence[str]]:
        if not english(seed.content):
            return _NEUTRAL_OPENERS, (text_of(seed),), _NEUTRAL_ENDS
        return with_topic(_OPENERS, seed), bodies(seed, most=2), _PEOPLE, _REACTIONS, _STAYS
