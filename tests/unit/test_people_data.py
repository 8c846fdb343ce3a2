"""The pools that people are drawn from: sizes, shape of the text, and columns against single rows."""

from __future__ import annotations

import re
import unicodedata
from itertools import combinations

import numpy as np
import pyarrow as pa
import pytest

from feedlab.errors import InvalidInput
from feedlab.world.interests import ALIASES, BY_NAME, INTERESTS, ORDER, Interest, canonical
from feedlab.world.people.archetypes import ARCHETYPES
from feedlab.world.people.bios import bios, in_sentence, opening, pool, templates
from feedlab.world.people.names import GENDERS, display_names, pools

ALL_TEMPLATES = [text for group in templates().values() for text in group]
ALL_NAMES = [name for names in pools().values() for name in names]
LABELS = [*ORDER, "crochet"]
ARCHETYPE_INDEX = {archetype.name: i for i, archetype in enumerate(ARCHETYPES)}


def random_words(seed: int, n: int) -> np.ndarray:
    return np.random.Philox(seed).random_raw(n).astype(np.uint32)


def luminance(color: str) -> float:
    channels = [int(color[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return float(np.dot(linear, [0.2126, 0.7152, 0.0722]))


def contrast(one: str, other: str) -> float:
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


class TestNames:
    def test_pools_are_large_and_hold_no_name_twice(self) -> None:
        assert set(pools()) == {*GENDERS, "family"}
        for pool_name, names in pools().items():
            assert len(names) >= (220 if pool_name == "family" else 110)
            folded = [name.casefold() for name in names]
            assert len(set(folded)) == len(folded)

    def test_a_given_name_is_in_one_pool_only(self) -> None:
        for one, other in combinations(GENDERS, 2):
            assert not set(pools()[one]) & set(pools()[other])

    def test_names_come_from_many_scripts_of_latin(self) -> None:
        marks = {c for name in ALL_NAMES for c in name if not c.isascii()}
        assert {"ë", "ü", "ễ", "ł", "ş", "ø", "ñ", "Đ", "Ț", "ó"} <= marks
        assert {"Zoë", "Jürgen", "Nguyễn"} <= set(ALL_NAMES)

    def test_names_are_latin_letters_in_composed_form(self) -> None:
        def clean(name: str) -> bool:
            letters = [c for c in name if c not in " -'"]
            return (
                name == unicodedata.normalize("NFC", name).strip()
                and all(c.isalpha() and unicodedata.name(c).startswith("LATIN") for c in letters)
                and len(letters) >= 2
            )

        assert [name for name in ALL_NAMES if not clean(name)] == []

    @pytest.mark.parametrize(
        "person",
        [
            "Sam Smith",
            "Michael Jordan",
            "Taylor Swift",
            "Morgan Freeman",
            "Billie Holiday",
            "Liam Gallagher",
            "Brendan Fraser",
            "Hikaru Nakamura",
            "Felipe Calderón",
            "Joaquín Guzmán",
            "Simon Kjær",
            "Eva Mendes",
            "Peter Pan",
            "Thomas Müller",
            "Manuel Pellegrini",
            "Rodrigo Santoro",
            "Ibrahim Traoré",
        ],
    )
    def test_the_very_famous_cannot_be_drawn(self, person: str) -> None:
        given, family = person.split(" ", 1)
        assert not (any(given in pools()[g] for g in GENDERS) and family in pools()["family"])

    def test_known_answer(self) -> None:
        word = np.array([0, 2**30, 2**31, 3 * 2**30, 2**32 - 1], np.uint32)
        got = display_names(np.array([0, 1, 2, 0, 1], np.uint8), word, word[::-1])
        assert isinstance(got, pa.StringArray)
        assert got.to_pylist() == [
            "Aarav Łukasik",
            "Elin Reddy",
            "Kiran Langley",
            "Piotr Espinoza",
            "Zuzana Abadi",
        ]

    def test_columns_equal_one_row_at_a_time(self) -> None:
        gender = (random_words(1, 200) % 3).astype(np.int64)
        given, family = random_words(2, 200), random_words(3, 200)
        expected = []
        for g, a, b in zip(gender.tolist(), given.tolist(), family.tolist(), strict=True):
            names, families = pools()[GENDERS[g]], pools()["family"]
            expected.append(f"{names[a * len(names) >> 32]} {families[b * len(families) >> 32]}")
        assert display_names(gender, given, family).to_pylist() == expected

    def test_nobody_gives_nothing(self) -> None:
        none = np.zeros(0, np.uint32)
        assert len(display_names(np.zeros(0, np.int64), none, none)) == 0

    def test_bad_columns_are_refused(self) -> None:
        word = np.zeros(2, np.uint32)
        with pytest.raises(InvalidInput, match="gender 3 is unknown"):
            display_names(np.array([0, 3]), word, word)
        with pytest.raises(InvalidInput, match="gender -1 is unknown"):
            display_names(np.array([-1, 0]), word, word)
        with pytest.raises(InvalidInput, match="one length"):
            display_names(np.array([0]), word, word)


class TestInterests:
    def test_there_are_25_with_the_topics_that_worlds_must_have(self) -> None:
        assert len(INTERESTS) == len(set(ORDER)) == 25
        required = {"technology", "food", "travel", "sports", "books", "daily life", "anime", "cars"}
        assert required <= set(ORDER)
        assert list(BY_NAME) == list(ORDER) == [interest.name for interest in INTERESTS]

    def test_the_order_holds_for_ever(self) -> None:
        # Indices are in every draw: append here, never reorder.
        expected = (
            *("technology", "food", "travel", "sports", "books", "daily life", "anime", "cars", "music"),
            *("movies", "gaming", "fitness", "art", "photography", "fashion", "nature", "pets", "science"),
            *("history", "gardening", "diy", "comedy", "dance", "parenting", "wellness"),
        )
        assert expected == ORDER

    def test_emoji_are_single_and_distinct(self) -> None:
        assert len({interest.emoji for interest in INTERESTS}) == 25
        assert all(len(i.emoji) == 1 and not i.emoji.isalnum() for i in INTERESTS)

    @pytest.mark.parametrize("interest", INTERESTS, ids=lambda i: i.name)
    def test_a_chip_is_readable_in_light_and_dark(self, interest: Interest) -> None:
        color, ink = interest.color, interest.ink
        assert re.fullmatch("#[0-9a-f]{6}", color)
        assert contrast(color, ink) >= 4.5
        assert contrast(color, "#ffffff") >= 3
        assert contrast(color, "#121212") >= 3

    def test_chips_can_be_told_apart(self) -> None:
        def oklab(color: str) -> np.ndarray:
            # Ottosson (2020), "A perceptual color space for image processing".
            rgb = np.array([int(color[i : i + 2], 16) / 255 for i in (1, 3, 5)])
            linear = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
            cones = [[0.41222, 0.53633, 0.05145], [0.21190, 0.68070, 0.10740], [0.08830, 0.28172, 0.62998]]
            axes = [[0.21045, 0.79362, -0.00407], [1.97800, -2.42859, 0.45059], [0.02590, 0.78277, -0.80868]]
            return np.array(axes) @ np.cbrt(np.array(cones) @ linear)

        near = min(
            np.linalg.norm(oklab(one.color) - oklab(other.color)) for one, other in combinations(INTERESTS, 2)
        )
        assert near > 0.09

    def test_adjacency_is_mutual_small_and_connects_everything(self) -> None:
        for interest in INTERESTS:
            assert 2 <= len(set(interest.adjacent)) == len(interest.adjacent) <= 3
            assert interest.name not in interest.adjacent
            assert all(interest.name in BY_NAME[other].adjacent for other in interest.adjacent)
        reached, edge = {ORDER[0]}, [ORDER[0]]
        while edge:
            edge = [name for near in edge for name in BY_NAME[near].adjacent if name not in reached]
            reached.update(edge)
        assert reached == set(ORDER)

    def test_aliases_lead_to_interests(self) -> None:
        assert ALIASES["tech"] == "technology"
        assert set(ALIASES.values()) <= set(ORDER)
        assert not set(ALIASES) & set(ORDER)
        assert all(canonical(alias.upper()) == name for alias, name in ALIASES.items())
        assert all(canonical(i.label) == canonical(i.name) == i.name for i in INTERESTS)

    def test_an_unknown_interest_stays(self) -> None:
        assert canonical("  Crochet_and-Knitting ") == "crochet and knitting"


class TestArchetypes:
    def test_shares_add_up_and_thresholds_are_in_range(self) -> None:
        assert len(ARCHETYPES) == len({a.name for a in ARCHETYPES}) == 6
        assert sum(a.weight_permille for a in ARCHETYPES) == 1000
        for a in ARCHETYPES:
            for value in (a.sociability_permille, a.selectivity_permille, a.engagement_permille):
                assert isinstance(value, int)
                assert 0 <= value <= 1000
            assert 200 <= a.browse_permille <= 800
            assert a.tagline

    def test_the_average_person_posts_and_browses_as_stated(self) -> None:
        browse = sum(a.weight_permille * a.browse_permille for a in ARCHETYPES) / 1e6
        posts = sum(a.weight_permille * a.posts_per_week_milli for a in ARCHETYPES) / 1e6
        assert 0.44 <= browse <= 0.46
        assert 1.6 <= posts <= 1.9

    def test_all_but_lurkers_post_one_to_three_times_a_week(self) -> None:
        for a in ARCHETYPES:
            if a.name == "lurker":
                assert a.posts_per_week_milli < 500
            else:
                assert 1000 <= a.posts_per_week_milli <= 3000


class TestBios:
    def test_every_archetype_has_a_voice(self) -> None:
        assert set(templates()) == {"shared", *ARCHETYPE_INDEX}
        assert len(templates()["shared"]) >= 24
        assert all(len(templates()[name]) >= 12 for name in ARCHETYPE_INDEX)
        assert len(ALL_TEMPLATES) >= 96
        assert len({text.casefold() for text in ALL_TEMPLATES}) == len(ALL_TEMPLATES)

    def test_some_are_short_some_are_long_and_some_have_emoji(self) -> None:
        lengths = [len(text) for text in ALL_TEMPLATES]
        assert min(lengths) < 15
        assert max(lengths) > 75
        assert sum(any(ord(c) > 0x2600 for c in text) for text in ALL_TEMPLATES) >= 8

    @pytest.mark.parametrize("text", ALL_TEMPLATES)
    def test_a_template_is_clean_text_with_one_or_two_slots(self, text: str) -> None:
        assert "FAKE_USER" not in text.upper()
        assert unicodedata.normalize("NFC", text) == text
        assert text == " ".join(text.split())
        assert not any(unicodedata.category(c) in {"Cc", "Cf", "Cs", "Co", "Cn"} for c in text)
        slots = re.findall(r"\{(\w+)\}", text)
        assert [slot.lower() for slot in slots] in (["a"], ["a", "b"])
        for slot in re.finditer(r"\{(\w)\}", text):
            opens = slot.start() == 0 or text[: slot.start()].endswith((". ", "! ", "? "))
            assert slot[1].isupper() == opens, f"{slot[0]} has the wrong case"

    @pytest.mark.parametrize("text", ALL_TEMPLATES)
    def test_a_template_fits_plural_and_uncountable_nouns(self, text: str) -> None:
        # A lone slot before a singular verb, or after an article, fails for "cars".
        assert not re.search(r"(?<!and )\{\w\} (is|was|has|helps|makes|keeps|comes|counts)\b", text)
        assert not re.search(r"\b(an?|this|that|these|those|much|many|good at)\b \{\w\}", text)

    def test_labels_are_written_as_in_a_sentence(self) -> None:
        labels = ["Technology", "diy", "DIY", "daily life", "Formula One", "NBA", "crochet", "élevage"]
        small = ["technology", "DIY", "DIY", "daily life", "Formula One", "NBA", "crochet", "élevage"]
        large = ["Technology", "DIY", "DIY", "Daily life", "Formula One", "NBA", "Crochet", "Élevage"]
        assert [in_sentence(label) for label in labels] == small
        assert [opening(label) for label in labels] == large

    def test_known_answer(self) -> None:
        word = np.array([0, 2**31, 2**32 - 1, 2**30], np.uint32)
        first, second = np.array([5, 25, 20, 7], np.int8), np.array([25, 5, 0, 20], np.int8)
        got = bios(word, first, second, np.array([5, 1, 2, 3], np.int8), LABELS)
        assert isinstance(got, pa.StringArray)
        assert got.to_pylist() == [
            "Mostly reading. Daily life, crochet.",
            "Mostly crochet. Some daily life. The occasional photo of my lunch.",
            "Rainy days are for DIY ☔ Sunny ones are for technology.",
            "Hard to impress when it comes to cars. Easily distracted by DIY.",
        ]

    def test_columns_equal_one_row_at_a_time(self) -> None:
        word = random_words(4, 200)
        first = (random_words(5, 200) % len(LABELS)).astype(np.int64)
        second = (first + 1 + random_words(6, 200) % (len(LABELS) - 1)) % len(LABELS)
        archetype = (random_words(7, 200) % 6).astype(np.int64)
        expected = []
        for w, i, j, k in zip(word.tolist(), first, second, archetype, strict=True):
            choices = pool(ARCHETYPES[k].name)
            template = choices[w * len(choices) >> 32]
            a, b = in_sentence(LABELS[i]), in_sentence(LABELS[j])
            expected.append(template.format(a=a, b=b, A=a[0].upper() + a[1:], B=b[0].upper() + b[1:]))
        assert bios(word, first, second, archetype, LABELS).to_pylist() == expected

    def test_every_template_can_be_drawn_and_own_ones_are_about_half(self) -> None:
        for name, own in templates().items():
            if name != "shared":
                assert set(pool(name)) == {*own, *templates()["shared"]}
                assert 0.4 <= 3 * len(own) / len(pool(name)) <= 0.6

    def test_nobody_gives_nothing(self) -> None:
        none = np.zeros(0, np.int64)
        assert len(bios(none.astype(np.uint32), none, none, none, LABELS)) == 0

    def test_many_interests_in_narrow_columns(self) -> None:
        labels = [f"topic {i}" for i in range(120)]
        high = np.full(1, 119, np.int8)
        got = bios(np.zeros(1, np.uint32), high, high - 1, np.zeros(1, np.int8), labels).to_pylist()
        assert got == ["Could talk about topic 119 until the lights go out. About topic 118 until sunrise."]

    @pytest.mark.parametrize("field", ["first", "second", "archetype"])
    def test_an_index_that_points_at_nothing_is_refused(self, field: str) -> None:
        columns = {name: np.zeros(2, np.int64) for name in ("first", "second", "archetype")}
        columns[field][1] = 99
        with pytest.raises(InvalidInput, match=f"{field} holds 99"):
            bios(np.zeros(2, np.uint32), **columns, labels=LABELS)
        columns[field] = np.zeros(3, np.int64)
        with pytest.raises(InvalidInput, match="one length"):
            bios(np.zeros(2, np.uint32), **columns, labels=LABELS)
