"""Professional: the same, said in a meeting."""

from __future__ import annotations

import re
from collections.abc import Sequence

from feedlab.world.content.seeds import SeedPost
from feedlab.world.content.templates import Template, register
from feedlab.world.content.templates._neutral import crossed
from feedlab.world.content.templates._phrases import PROFESSIONAL
from feedlab.world.content.templates._pools import closing_tags, fitting, lines, text_of, with_topic
from feedlab.world.content.templates._text import end_sentence, english, without_emoji

_OPENERS = lines(
    """
    A short note on {topic}.
    Some thoughts on {topic}, from recent experience.
    For those with an interest in {topic}:
    An observation that may be useful to others.
    I would like to share a recent experience.
    A brief report.
    The following may be of interest.
    A practical example.
    I am sharing this in case it is helpful to others.
    A recent case, described as plainly as I can.
    I have been asked to summarise this, and I am glad to do so.
    A point worth recording.
    For the record:
    A modest example of something larger.
    A few lines on something that I noticed recently.
    From my notes:
    An example from my own experience.
    Allow me a brief personal remark.
    I have hesitated to share this, but it may be of use.
    Following several conversations on the subject, a short summary.
    I was asked for an example. This is mine.
    A small case study.
    A brief account of something that I have learned.
    With apologies for a slightly longer message:
    """,
    after=" ",
)
_LESSONS = lines(
    """
    The experience was instructive.
    I consider it worth recording.
    It has led me to reconsider one or two assumptions.
    In my view, this deserves more attention than it usually receives.
    I draw no general conclusion from a single case, but I find it instructive.
    The details will differ elsewhere; the principle may not.
    It was a useful reminder to look more closely.
    """,
    before=" ",
)
_LESSONS_ON = {
    "technology": lines(
        """
        The lesson I draw is that maintenance deserves a place in the schedule.
        Small technical improvements are often postponed for longer than they take.
        The effort was modest in relation to the result.
        I intend to document the steps for others.
        I have since recommended the same to two colleagues.
        Old habits are rarely examined until somebody asks.
        """,
        before=" ",
    ),
    "food": lines(
        """
        Care matters more than equipment.
        It is a reminder that simple food rewards attention.
        Quality need not be expensive.
        Good food does not require a long list of ingredients.
        """,
        before=" ",
    ),
    "travel": lines(
        """
        The unplanned hours are often the most memorable part of a journey.
        Slower forms of travel have much to recommend them.
        Careful preparation remains useful, as does the willingness to abandon it.
        The people one meets matter more than the timetable.
        """,
        before=" ",
    ),
    "sports": lines(
        """
        Consistency appears to matter more than intensity.
        Modest, regular effort produces results.
        Progress of this kind should be measured in months.
        A realistic plan, followed patiently, was sufficient.
        """,
        before=" ",
    ),
    "books": lines(
        """
        A fixed routine proves more effective than good intentions.
        Long works reward patience.
        I recommend reserving a regular time for reading.
        Even a few pages a day amount to a great deal over a year.
        """,
        before=" ",
    ),
    "daily life": lines(
        """
        Shared inconveniences can bring a community together.
        We seldom know the people around us as well as we assume.
        Small disruptions are sometimes worth more than they cost.
        It is easy to overlook what happens on one's own doorstep.
        """,
        before=" ",
    ),
}
_CLOSERS = lines(
    """
    Comments and corrections are welcome.
    I would be interested to hear how others approach this.
    Further details are available on request.
    Thank you for reading.
    I look forward to your views.
    I would welcome a discussion.
    Please feel free to share your own experience.
    I am happy to answer questions.
    I would be grateful for references to similar cases.
    Your experience may differ, and I would like to hear about it.
    With thanks to everyone involved.
    I will add to this note if anything changes.
    """,
    before=" ",
)
_INTERJECTION = re.compile(r"^(?:omg|wow|lol|haha|yay|oh)\b[,!.…]*\s*", re.IGNORECASE)
_CALM = str.maketrans({"!": ".", "\uff01": "。", "¡": None})
_NEUTRAL_OPENERS = crossed("—▪■►§※◆•", (" ", "\n", "\n\n"))
_NEUTRAL_ENDS = tuple("\n" + mark * count for mark in "—_=·*⁂" for count in range(3, 13))


@register("professional")
class Professional(Template):
    """Writes contractions out and drops emoji and exclamation marks."""

    def _pools(self, seed: SeedPost) -> Sequence[Sequence[str]]:
        text = text_of(seed)
        if not english(text):
            plain = without_emoji(text).translate(_CALM) or text
            return _NEUTRAL_OPENERS, (plain,), _NEUTRAL_ENDS, closing_tags(seed, before="\n")
        sober = _INTERJECTION.sub("", without_emoji(text)) or text
        calm = re.sub(r"!*\?[!?]*", "?", PROFESSIONAL.rewrite(sober[0].upper() + sober[1:]))
        plain = end_sentence(re.sub("!+", ".", calm))
        lessons = (*fitting(seed, _LESSONS_ON, ()), *_LESSONS)
        return with_topic(_OPENERS, seed), (plain,), lessons, _CLOSERS, closing_tags(seed)
