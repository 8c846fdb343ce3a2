"""The phrases that a paraphrase replaces: pattern = what may stand in its place."""

from __future__ import annotations

from feedlab.world.content.templates._rewrite import CONTRACTIONS, EXPANSIONS, Rewriter, one_each

_NUMBER = r"(?:\d+|one|two|three|four|five|six|seven|eight|nine|ten|twelve|fifteen|twenty|thirty|forty)"

# Only phrases whose replacements fit wherever they stand; what depends on its neighbours looks ahead.
_EVERYDAY = r"""
a lot of = plenty of
lots of = plenty of
almost = nearly
amazing = remarkable | wonderful
anyone = anybody
awesome = great | brilliant
because = since
beautiful = lovely
children = kids
delicious = very tasty | so good
every day = each day | day after day
every morning = each morning | first thing every morning
every week = each week | week after week
everybody = everyone
everyone = everybody
finally = at last
for example = for instance
for the first time = for the very first time | for the first time ever
huge = enormous
immediately(?! (?:after|before)) = right away | at once
in order to = to
just discovered = recently came across | have only now discovered
kids = children
maybe = perhaps
my father = my dad
my mother = my mum
my parents = my mum and dad
nearly = almost
no one = nobody
often = frequently
perhaps = maybe
someone = somebody
sometimes = now and then | every so often
started to = began to
terrible = awful
tiny = very small
tried out = tested
until = till
usually = normally
yesterday = the other day
"""

_IDIOMS = rf"""
^missed = I missed | Managed to miss
^just discovered = I recently came across | I have only now discovered
^ran = I ran | Finished
^replaced = I replaced | Just replaced
^made = I made | Just made
^tried = I tried | Just tried
^finished = I finished | Just finished
^found = I found | Just found
^visited = I visited | Just visited
took(?= {_NUMBER} (?:seconds|minutes|hours|days)) = needed | ran for
takes(?= {_NUMBER} (?:seconds|minutes|hours|days)) = is done in | is over in
for two years = for two whole years | for a full two years
blamed the = put it down to the | pointed the finger at the
of those minutes went into = of those minutes were spent | of them went on
one cached parser later = with one cached parser in place
the whole(?! of) = the entire
happy and a little ashamed = pleased, and slightly embarrassed | glad, and a bit ashamed of myself
has finally agreed to = has at last said yes to | has come round to the idea of
sat at the = sat down at the | settled at the
for two hours = for a couple of hours | for two full hours
had the same password = used the same password | shared one password
that died in = that had died in | that passed away in
now calls it = has taken to calling it | refers to it as
let my mother see = let my mother look at | let my mum near
eight-year-old laptop = ageing laptop | old laptop (eight years and counting)
a part that cost = a spare part that cost | a small part that cost
and needed six screws = and took six screws to fit | and went in with six screws
it runs for = it lasts | it is good for
has stopped sounding like = no longer sounds like | has given up its impression of
had offered me = was going to give me | would have paid me
fourth attempt = fourth try | attempt number four
and no scrambled egg = without any scrambled egg | and for once no scrambled egg
what helped was = what did it was | the trick was
counting to thirty = waiting half a minute | a slow count to thirty
and only then adding = and only after that stirring in | and then, not before, adding
asked whether = asked if | wanted to know whether
have it again = eat it again
which from her is = and coming from her that is | which in her case means
on our corner = round the corner from us | at the end of our street
for one euro = for a single euro | for all of one euro
after four o'clock = from four in the afternoon | once it is past four
it beats = it is better than
it beats the fresh loaf = it is better than the fresh loaf | it puts the fresh loaf to shame
I'll argue with anyone about it = I will not be talked out of that | I'm ready to defend that view
has started putting one aside = now puts one aside | has begun to keep one back
by four minutes = by all of four minutes | by a mere four minutes
spent the night = stayed the night | sat out the night
a retired couple = two pensioners | an elderly couple
a bag of oranges = a sack of oranges | a large bag of oranges
taught me = showed me | tried to teach me
whose rules I still don't understand = whose rules still puzzle me | with rules I cannot follow to this day
had planned that trip = had been planning that trip | had worked on that trip
this is the part I tell people about = this is the part people get to hear | this is the bit I keep telling
night train from = overnight train from | the night train from
top bunk = upper bunk | the bunk under the ceiling
you fall asleep = you nod off | you drop off
wakes you up = wakes you | gets you up
bring earplugs, and bring a scarf = pack earplugs and a scarf | take earplugs, and take a scarf
doesn't quite close = never closes all the way | will not shut completely
overtaken by = passed by | left behind by
dressed as a = in the costume of a | disguised as a
couldn't run = could not run | wasn't able to run
without stopping = without a break | in one go
three runs a week = running three times a week
slower than felt sensible = at a pace that felt far too slow | more slowly than seemed reasonable
was the whole trick = was all it took | was the entire secret
I'm allowed to look at = I may look at | I let myself touch
that is how I got through = this is how I finished | which is how I read
shouted at = yelled at | argued with
for about = for roughly | for some
I miss her already = I already miss her | now I miss her
has been broken = has been out of order | hasn't worked
I've now met = by now I have met | I have got to know
including = among them
I had only ever heard = I knew only | I had so far only heard
is booked for = is set for | is planned for
I'm not sure I want it = I am in no hurry to see it done | part of me hopes they forget
"""

PARAPHRASE = Rewriter({**CONTRACTIONS, **EXPANSIONS, **one_each(_EVERYDAY), **one_each(_IDIOMS)})

CASUAL = Rewriter(
    {
        **CONTRACTIONS,
        **one_each(
            """
            a lot of = loads of
            approximately = roughly
            because = 'cause
            children = kids
            eleven = 11
            father = dad
            fifteen = 15
            going to(?= (?:be|do|have|get|make|try|go|see|take|need|say)) = gonna
            kind of = kinda
            man(?= (?:with|who|dressed|in|from)) = guy
            mother = mum
            no one = nobody
            perhaps = maybe
            sort of = sorta
            television = TV
            thirty = 30
            twelve = 12
            twenty = 20
            very = super
            want to(?= (?:be|do|have|get|make|try|go|see|take|need|say)) = wanna
            woman behind the counter = lady behind the counter
            happy and a little ashamed = happy and a bit ashamed
            """
        ),
    }
)

PROFESSIONAL = Rewriter(
    {
        **EXPANSIONS,
        **one_each(
            """
            ^(?:just )?bought = I bought
            ^(?:just )?discovered = I recently discovered
            ^(?:just )?finished = I finished
            ^(?:just )?found = I found
            ^(?:just )?learned = I learned
            ^(?:just )?made = I made
            ^(?:just )?missed = I missed
            ^(?:just )?ran = I ran
            ^(?:just )?replaced = I replaced
            ^(?:just )?spent = I spent
            ^(?:just )?tried = I tried
            ^(?:just )?visited = I visited
            a bit(?! of) = somewhat
            a little ashamed = somewhat embarrassed
            amazing = remarkable
            awesome = excellent
            btw = incidentally
            dad = father
            gonna = going to
            guy = man
            guys = colleagues
            happy = pleased
            I'll argue with anyone about it = I am prepared to defend that view
            just discovered = recently discovered
            kids = children
            kinda = somewhat
            mom = mother
            mum = mother
            shouted at = argued with
            sorta = somewhat
            super(?= (?:good|nice|easy|fast|slow|happy|cool|interesting)) = very
            thanks = thank you
            the whole trick = the entire method
            totally = entirely
            wanna = want to
            wakes you up = wakes you
            """
        ),
    }
)
