"""The six archetypes: how much a person posts, browses, answers and discriminates.

Everything is an integer, because the world draws by integer thresholds. An
archetype is the middle of its people; the person's own deviation is drawn
elsewhere. The place in :data:`ARCHETYPES` is the index in every draw.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Archetype:
    """One kind of person.

    Attributes:
        name: the key.
        weight_permille: share of all people; the six add up to 1000.
        sociability_permille: leaning to follow, match and write to others, 0..1000.
        selectivity_permille: how much must fit before they like something, 0..1000.
        engagement_permille: leaning to react to what they see, 0..1000.
        posts_per_week_milli: expected posts a week, in thousandths (1400 is 1.4).
        browse_permille: chance that they browse on a given day.
        tagline: one line for a page.
    """

    name: str
    weight_permille: int
    sociability_permille: int
    selectivity_permille: int
    engagement_permille: int
    posts_per_week_milli: int
    browse_permille: int
    tagline: str


ARCHETYPES: tuple[Archetype, ...] = (
    Archetype(
        name="enthusiast",
        weight_permille=200,
        sociability_permille=600,
        selectivity_permille=350,
        engagement_permille=850,
        posts_per_week_milli=2400,
        browse_permille=560,
        tagline="Loves a few things loudly, and reacts to most of what touches them.",
    ),
    Archetype(
        name="creator",
        weight_permille=100,
        sociability_permille=550,
        selectivity_permille=500,
        engagement_permille=700,
        posts_per_week_milli=2900,
        browse_permille=500,
        tagline="Here to publish; reads to see what others make.",
    ),
    Archetype(
        name="socialite",
        weight_permille=170,
        sociability_permille=900,
        selectivity_permille=250,
        engagement_permille=750,
        posts_per_week_milli=2100,
        browse_permille=540,
        tagline="Comes for the people, answers everybody, likes easily.",
    ),
    Archetype(
        name="critic",
        weight_permille=110,
        sociability_permille=350,
        selectivity_permille=850,
        engagement_permille=450,
        posts_per_week_milli=1600,
        browse_permille=380,
        tagline="Reads closely, likes rarely, and means it.",
    ),
    Archetype(
        name="explorer",
        weight_permille=180,
        sociability_permille=650,
        selectivity_permille=300,
        engagement_permille=600,
        posts_per_week_milli=2000,
        browse_permille=460,
        tagline="Follows curiosity past the edge of their own interests.",
    ),
    Archetype(
        name="lurker",
        weight_permille=240,
        sociability_permille=200,
        selectivity_permille=650,
        engagement_permille=150,
        posts_per_week_milli=150,
        browse_permille=300,
        tagline="Reads in silence; a like is an event.",
    ),
)
