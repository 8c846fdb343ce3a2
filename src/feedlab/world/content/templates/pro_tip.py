"""Pro tip: a piece of advice, and the story as its reason."""

from __future__ import annotations

from collections.abc import Sequence

from feedlab.world.content.seeds import SeedPost
from feedlab.world.content.templates import Template, register
from feedlab.world.content.templates._neutral import crossed, one_or_two
from feedlab.world.content.templates._pools import (
    bodies,
    closing_tags,
    fitting,
    lines,
    symbols,
    text_of,
    with_topic,
)
from feedlab.world.content.templates._text import english

_LABELS = lines(
    """
    Pro tip:
    Small tip:
    Tip from experience:
    One piece of advice:
    Free advice:
    If you take one thing from me:
    Note to my younger self:
    What I'd tell a beginner:
    A tip, learned the slow way:
    Advice that nobody asked for:
    A tip about {topic}:
    My only rule:
    Worth knowing:
    Write this down:
    """,
    after=" ",
)
_ADVICE = lines(
    """
    start smaller than you think you should.
    ask somebody who has done it before.
    write down what worked while you still remember it.
    change one thing at a time.
    leave room for the unplanned part.
    don't wait until you feel ready.
    check the simple explanation first.
    be patient with the slow part.
    talk to the people around you, they know things.
    pay attention to the small stuff.
    """
)
_ADVICE_ON = {
    "technology": lines(
        """
        make the fix that you've been putting off for years.
        block out one evening and get it over with.
        old setups deserve a second look.
        the dull jobs pay best.
        if it has bothered you for a year, give it an evening.
        sit down with it once, properly.
        an afternoon on the basics is never wasted.
        an hour of maintenance beats a year of complaining.
        keep a list of what annoys you, and take one a week.
        deal with it before it becomes urgent.
        """
    ),
    "food": lines(
        """
        simple food wants good timing.
        go back to the same thing until you know it by heart.
        taste before you add anything.
        a short list of ingredients is enough.
        the cheap version is often the good one.
        mind the small things: heat, salt, time.
        it doesn't take much, but it has to be good.
        leave the fancy stuff to others.
        """
    ),
    "travel": lines(
        """
        pack something that you can share.
        talk to whoever is waiting next to you.
        the slow connection is usually the better story.
        allow an hour for things to go wrong.
        bring half the clothes and twice the snacks.
        don't judge a trip before it's over.
        take one more warm layer than you think.
        the uncomfortable night is the one that you'll remember.
        leave something to chance.
        """
    ),
    "sports": lines(
        """
        go slower than you think you should, and go often.
        make it a habit before you make it a contest.
        put the sessions in the calendar.
        count the weeks, not the records.
        start before you feel fit enough.
        rest days count as training.
        compare yourself with last January, not with the person next to you.
        find the pace at which you could still talk.
        sign up first and worry later.
        be boring about it for three months.
        """
    ),
    "books": lines(
        """
        read before you pick up the phone.
        a few pages a day beat one heroic weekend.
        keep the book where the phone used to be.
        don't be afraid of the thick ones.
        give a book fifty pages before you decide.
        tell somebody about what you're reading.
        it's fine to argue with a book.
        the same chair at the same hour is half of it.
        carry the book around, even if you don't open it.
        never read for the number at the end of the year.
        """
    ),
    "daily life": lines(
        """
        learn your neighbours' names before you need them.
        take the stairs now and then.
        say hello first.
        not every inconvenience needs fixing on the same day.
        keep some patience for the boring weeks.
        ask people what they do, and wait for the answer.
        leave ten minutes early and talk to whoever you meet.
        let a small annoyance introduce you to somebody.
        look up from the phone on your way out.
        notice what you'd miss.
        """
    ),
}
_BRIDGES = lines(
    """
    Case in point:
    How I know:
    Where that comes from:
    My evidence:
    For example:
    Here is why.
    Exhibit A:
    What taught me that:
    Why I say so:
    My own example:
    """,
    before=" ",
    after=" ",
) + lines(
    """
    Background:
    How I learned it:
    The story behind it:
    """,
    before="\n\n",
    after=" ",
)
_CLOSERS = (
    "",
    *lines(
        """
        You're welcome.
        That's the whole tip.
        It works for me.
        Your mileage may vary.
        Pass it on.
        Simple, but it took me years.
        I wish I'd known earlier.
        Nobody told me, so I'm telling you.
        Save this for the next time.
        No charge.
        Try it once and see.
        It works more often than it should.
        Ignore it at your own risk.
        I repeat it to anyone who will listen.
        Put it on a sticky note.
        Now it's your turn.
        """,
        before=" ",
    ),
)
_NEUTRAL_LABELS = crossed(("💡", "✅", "📌", "🎯", "👉", "🛠️"), (" ", ": ", " » ", " → ", "\n"))
_NEUTRAL_ENDS = ("", *(f" {symbols}" for symbols in one_or_two(symbols("✅ 👍 📌 💯 🔖 🙌"))))


@register("pro_tip")
class ProTip(Template):
    """Starts with advice that fits the topic and uses the text as its example."""

    def _pools(self, seed: SeedPost) -> Sequence[Sequence[str]]:
        if not english(seed.content):
            return _NEUTRAL_LABELS, (text_of(seed),), _NEUTRAL_ENDS, closing_tags(seed)
        advice = fitting(seed, _ADVICE_ON, _ADVICE)
        return (
            with_topic(_LABELS, seed),
            advice,
            _BRIDGES,
            bodies(seed, shortest=110),
            _CLOSERS,
            closing_tags(seed),
        )
