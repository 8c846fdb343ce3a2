"""Background paragraphs for long posts: what surrounds a story of a topic, true of any such story."""

from __future__ import annotations

from feedlab.world.content.templates._pools import Pool, paragraphs


def _block(block: str) -> Pool:
    return tuple("\n\n" + paragraph for paragraph in paragraphs(block))


BACKGROUND = _block(
    """
    I've turned it over a few times since. There is what happened, and there is how it felt, and the two
    have drifted apart a little with every telling.

    I asked three people who know more about it than I do and got four answers. All of them began with a
    sigh.

    It would be easy to make this sound bigger than it was. It took an ordinary day, ordinary people, and a
    bit of patience that I don't always have.

    I keep a notebook for this sort of thing, one line a day. Most of the lines mean nothing to anybody
    else. This one got a whole page.

    Years ago I'd have let it pass. Somewhere along the way I started to write such things down, and since
    then they seem to happen more often.

    If you had asked me a year ago, I would have told you something quite different, and with great
    confidence.

    Some background, for those who don't know me: I came to all this late and by accident, and I still feel
    like a visitor. That's probably why I notice things that others walk past.

    A friend who read the first draft of this said that the best bit was missing. It was the bit I couldn't
    explain, so I've left it out again.
    """
)

BACKGROUND_ON = {
    "technology": _block(
        """
        I have worked with computers long enough to distrust anything that is called a quick fix. I keep a
        file called later.txt with everything that I put off. It had 112 lines in it, and this was one of
        the oldest.

        What surprised me is how long I had simply lived with it. You stop noticing the wait, or the noise,
        or the sticky note under the keyboard, and one day somebody asks why it is like that and you have no
        answer.

        The work itself was not hard. Finding the start was: a free evening, the right tool, and the
        admission that the way it had always been was not the way it had to be. I made a list with seven
        steps and needed four of them.

        I did what I always do and looked for a clever explanation first. There wasn't one. It is nearly
        always something dull: a default that nobody changed, a part that has worn out, a habit from another
        century.

        For those who want details: I made a backup first, wrote down how things stood before and after, and
        took a photo of every step in case I had to go back. I didn't have to, but I slept better for it.

        A colleague asked whether it was worth the hours. I did the sum on the back of an envelope. It pays
        for itself within a few months, and I haven't even counted the swearing.
        """
    ),
    "food": _block(
        """
        Nothing about it is fancy. The salt is ordinary salt, the pepper comes out of a mill that was a
        wedding present, and the rest depends on what the shop has left on a Thursday.

        I learned to cook from a woman who never owned a scale. She measured with a chipped blue cup, and
        when the cup broke she was out of business for a week. Since then I write things down, in a notebook
        with a grease stain on every page.

        What I like about it is that it needs so little: a handful of things, some heat, ten minutes of
        attention. Whatever is wrong with the day can wait until the plates are empty.

        My kitchen is two metres by three, and the window only opens if you move the kettle. I mention it
        because people think that you need space and equipment. You need a sharp knife and somebody who is
        hungry.

        We ate standing up, the way we usually do when something smells that good. There was talk of taking
        a photograph, and then there was nothing left to photograph.

        I asked around, and everybody has an opinion. One friend swears by more pepper, another by patience,
        and my uncle by his own version, which he has never let anyone watch him make.
        """
    ),
    "travel": _block(
        """
        For those who plan better than I do: I had one small backpack, a paper ticket, and a phone at nine
        percent. Two of the three would have been enough.

        Travelling slowly has one practical side: you meet people twice. The woman from the ticket window
        turns up at breakfast, and by the third day somebody knows how you take your coffee.

        I keep a notebook when I'm away, one line a day. Most lines are prices and departure times. The ones
        that I read again years later are the ones with a person in them.

        It wasn't comfortable, and I won't pretend otherwise. My back took two days to forgive me. But I've
        had comfortable trips that I can't tell apart any more, and this one I could draw from memory.

        On the map it looks like nothing, a thumb's width between two names. In practice it was a lot of
        waiting, a vending machine that took only coins, and the best light that I have seen in years.

        People ask whether it was cheap. It was, if you don't count what I spent on snacks, and I no longer
        do.
        """
    ),
    "sports": _block(
        """
        I should say that I was never the sporty one. At school I was picked second to last, and only
        because Martin had his arm in a cast. It took me until now to find out that nobody is keeping that
        list any more.

        The plan was taped to the fridge, with a box to tick for every session and no making up for missed
        ones. Out of 48 boxes I ticked 39. The other nine are mostly rain.

        What nobody tells you is how dull it is for the first six weeks, and how little you mind in the
        seventh. I listened to one audiobook twice without noticing.

        My equipment was a pair of shoes from the sale and a watch with a cracked face. I did buy better
        socks halfway through, and I'd recommend those to everyone.

        Since somebody will ask: I had slept eight hours, drunk too much water beforehand, and put a banana
        in my pocket that I forgot about until I sat on it.

        Afterwards there was a paper cup of lukewarm tea, and it tasted better than anything I've ordered in
        a restaurant this year.
        """
    ),
    "books": _block(
        """
        I read on paper, with a pencil, and I've stopped feeling bad about it. The margins are full of
        question marks up to about the middle, and after that there is just one long line down the side.

        My copy comes from the second-hand shop by the river and cost four euros. Somebody called Ruth wrote
        her name in it in 1974 and underlined all the sentences that I would have underlined.

        The trouble with reading is never the reading. It's the quarter of an hour before it, when the phone
        is closer than the book. So the phone now lives in a drawer in the hall, under the takeaway menus.

        I kept a list of the people in it on the bookmark, because there are many of them and half are
        related. By the end the bookmark was full on both sides.

        I used to think that a book had to be finished quickly to be enjoyed. It turns out that living with
        one for weeks is like having a neighbour: some days you only nod, and some days you stay for an
        hour.

        At school we were made to read three chapters and write two pages about the weather in them. It took
        me years to pick one up again without looking for symbols.
        """
    ),
    "daily life": _block(
        """
        We moved here six years ago, and for the first five I knew the people in this house by their shoes.
        You hear who comes home, you know who forgets the key, and you never learn a name.

        None of this is important, I know. But when I think back on a year, the big dates are blurred, and
        what is left are things of this size.

        My weeks are mostly alike: the alarm at ten to seven, the bus that is always four minutes late,
        washing on Saturdays. So when something moves out of its place, I notice.

        I mentioned it to the man at the kiosk, who has an opinion on everything, and he just nodded and
        gave me my change. I took that as agreement.

        I told it at dinner, and it turned out that everybody at the table had a story like it. We were
        still sitting there at eleven, with the dishes undone.
        """
    ),
}
