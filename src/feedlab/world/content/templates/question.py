"""Question: what the others make of it."""

from __future__ import annotations

from collections.abc import Sequence

from feedlab.world.content.seeds import SeedPost
from feedlab.world.content.templates import Template, register
from feedlab.world.content.templates._neutral import crossed, one_or_two
from feedlab.world.content.templates._pools import bodies, fitting, lines, text_of, with_topic
from feedlab.world.content.templates._text import english

_OPENERS = lines(
    """
    A question about {topic}.
    Asking people who know more about {topic} than I do.
    Serious question.
    Honest question, no wrong answers.
    Help me settle something.
    I need a second opinion.
    Can I ask you something?
    Is it just me?
    Am I the only one?
    Curious what you make of this.
    Quick poll.
    Who else knows this?
    Does anyone here recognise this?
    I'd like to hear from you on this one.
    A question I've been carrying around all week.
    May I borrow your brains for a moment?
    Not sure whom to ask, so I'm asking everybody.
    Question for the quiet readers as well.
    We argued about this at dinner, so I'm asking you.
    Tell me what you think.
    One for the comments.
    Before I ask, the facts.
    """,
    after=" ",
)
_BRIDGES = lines(
    """
    My question:
    So tell me:
    What I keep wondering:
    Which brings me to my question.
    Now I'm curious.
    Here is what I'd like to know.
    Over to you.
    """,
    before=" ",
)
_ASKED = lines(
    """
    What would you have done?
    How would you have handled it?
    Has something like that happened to you?
    What am I missing?
    Do you have a story like that?
    Would you have done it differently?
    What's your version of this?
    What do you make of it?
    Do you see it the same way?
    What would your friends say to that?
    Does anyone have a different experience?
    What would you tell somebody who is new to this?
    Would you have believed it?
    """,
    before=" ",
)
_ASKED_ON = {
    "technology": lines(
        """
        Which fix should you have made years ago?
        Which small change saved you the most time?
        How do you decide when to fix a thing and when to live with it?
        What's the oldest thing in your setup that still works?
        What finally made you deal with yours?
        Which dull chore turned out to matter most?
        What do you put off, although you know better?
        """,
        before=" ",
    ),
    "food": lines(
        """
        What do you always have in the kitchen?
        Which dish took you the most attempts?
        What would you serve with it?
        Which shop or stall near you deserves more customers?
        Who taught you how to cook?
        What's the best thing you've eaten standing up?
        Which cheap thing do you prefer to the expensive one?
        """,
        before=" ",
    ),
    "travel": lines(
        """
        What's the best thing that went wrong on one of your trips?
        Train, ferry or plane: which one gives you the stories?
        Who is the nicest stranger you've met on the way?
        What do you always pack?
        Would you do it with children?
        Where should I go next?
        Do you plan your trips or let them happen?
        """,
        before=" ",
    ),
    "sports": lines(
        """
        What did your first months look like?
        What keeps you going in winter?
        Who do you train with?
        What was your first result, honestly?
        What do you tell yourself near the end?
        How many days a week can you keep up?
        When did it start to be fun for you?
        """,
        before=" ",
    ),
    "books": lines(
        """
        What are you reading at the moment?
        When do you find the time to read?
        Which long book was worth it for you?
        Do you finish books that you don't like?
        Whom do you miss from a book?
        Paper, screen or audio?
        What should I read next?
        """,
        before=" ",
    ),
    "daily life": lines(
        """
        How well do you know your neighbours?
        What small thing made your week?
        What would happen in your street?
        What do you hear through your walls?
        Which everyday nuisance would you secretly miss?
        What was the last thing a stranger told you?
        Is it like that where you live?
        """,
        before=" ",
    ),
}
_NEUTRAL_OPENERS = crossed(("🤔", "❓", "💭", "🙋", "🗳️", "👂", "🔍", "💬"), (" ", "\n", "… "))
_NEUTRAL_ENDS = tuple(f" {marks}" for marks in one_or_two(("❓", "❔", "⁉️", "🤔❓", "💬❓", "👇❓", "🙋❓")))


@register("question")
class Question(Template):
    """Tells what happened, then asks; the last character is a question mark."""

    def _pools(self, seed: SeedPost) -> Sequence[Sequence[str]]:
        if not english(seed.content):
            return _NEUTRAL_OPENERS, (text_of(seed),), _NEUTRAL_ENDS
        asked = (*fitting(seed, _ASKED_ON, ()), *_ASKED)
        return with_topic(_OPENERS, seed), bodies(seed, shortest=110), ("", *_BRIDGES), asked
