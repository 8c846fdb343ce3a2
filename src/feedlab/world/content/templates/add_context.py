"""Add context: where and when it was written down."""

from __future__ import annotations

from collections.abc import Sequence

from feedlab.world.content.seeds import SeedPost
from feedlab.world.content.templates import Template, register
from feedlab.world.content.templates._pools import bodies, closing_tags, fitting, lines, symbols, text_of
from feedlab.world.content.templates._text import english

# The moment is that of the writing, so that it cannot contradict what the post tells, nor its date.
_WRITTEN = lines(
    """
    Written
    Scribbled down
    Noted
    Typed with one thumb
    Jotted down
    Drafted
    Dictated into my phone
    Saved as a draft
    Put into words
    Begun
    Typed out
    """,
    after=" ",
)
_ANYWHERE = lines(
    """
    at the kitchen table
    on the tram home
    in the queue at the post office
    on a bench by the canal
    at the back of the bus
    on the balcony
    in a waiting room
    at the window table of a café
    on the sofa
    at the bus stop
    in the passenger seat
    on a park bench
    on the floor of the hallway
    at my sister's place
    """
)
_PLACES = {
    "technology": lines(
        """
        at my desk
        in the office kitchen
        in front of a progress bar
        next to the office printer
        at the workbench
        beside a humming server rack
        between two builds
        """
    ),
    "food": lines(
        """
        at the kitchen counter
        with one hand still floury
        next to the bread board
        while the water came to the boil
        in the queue at the market
        by the stove
        between two trays in the oven
        with the dishes still in the sink
        """
    ),
    "travel": lines(
        """
        at gate 14
        on platform 3
        in a window seat
        in a ferry queue
        on a hostel bunk
        in a café across from the station
        on top of my backpack
        under a departures board
        """
    ),
    "sports": lines(
        """
        in the changing room
        with my shoes still on
        on the walk home from training
        in the middle of stretching
        on the steps of the sports hall
        at the edge of the pitch
        with a towel round my neck
        in the car park of the sports centre
        """
    ),
    "books": lines(
        """
        on the third floor of the library
        in the armchair by the window
        with a book face down on my knee
        in the second-hand bookshop
        in the margin of a page
        by the reading lamp
        on a bookmark, in pencil
        between two chapters
        """
    ),
    "daily life": lines(
        """
        on the stairs
        by the letterboxes
        in the laundry room
        with the washing half hung up
        on the front step
        next to the recycling bins
        in the hallway, coat still on
        at the open window
        """
    ),
}
_TIMES = lines(
    """
    last Monday
    last Tuesday
    last Friday
    over the weekend
    a few days ago
    earlier this week
    yesterday
    the other morning
    about an hour ago
    two days ago
    at the end of a long day
    in ten spare minutes
    last Wednesday
    last Thursday
    a week ago
    three days ago
    the day before yesterday
    earlier today
    the other day
    a while ago
    on my day off
    last week
    """,
    before=" ",
    after=": ",
)
_AFTERWARDS = (
    "",
    *lines(
        """
        Only posting it now.
        I found it again while looking for something else.
        I left it as it was.
        Nothing has changed since.
        Half of it had been autocorrected; I fixed what I could.
        The rest of the page is a shopping list.
        Reading it back, I'd change nothing.
        Posting it before I lose the note.
        It took me until now to type it up.
        There was more, but my battery died.
        The note ends there.
        I had to stop there, somebody wanted to talk.
        I could write more now, but I like it short.
        My handwriting got worse from there on.
        Somebody read it over my shoulder and nodded.
        I remember that it smelled of rain.
        Added a week later: still true.
        It seemed less important then than it does now.
        """,
        before=" ",
    ),
)
_HOURS = tuple(f"{hour:02}:{minute:02}" for hour in range(7, 23) for minute in (5, 20, 40))
_NEUTRAL_PLACES = symbols("📍🏠 📍☕ 📍🚉 📍🚌 📍🌳 📍🛋️ 📍🌉 📍🏙️")
_NEUTRAL_CLOSERS = ("", " 🌧️", " ☀️", " 🌙", " 🍃", " ☁️")


@register("add_context")
class AddContext(Template):
    """Puts a place and a time before the text, and what became of the note behind it."""

    def _pools(self, seed: SeedPost) -> Sequence[Sequence[str]]:
        if not english(seed.content):
            hours = tuple(f" 🕒 {hour}\n" for hour in _HOURS)
            return _NEUTRAL_PLACES, hours, (text_of(seed),), _NEUTRAL_CLOSERS, closing_tags(seed)
        places = (*fitting(seed, _PLACES, ()), *_ANYWHERE)
        whole = bodies(seed, longest=5_200, most=2, shortest=150)
        return _WRITTEN, places, _TIMES, whole, _AFTERWARDS, closing_tags(seed)
