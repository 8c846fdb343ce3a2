"""What every variation template promises, for every kind of seed."""

from __future__ import annotations

import math
import random
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feedlab.world.content.seeds import SeedPost, bundled_seeds
from feedlab.world.content.templates import STANDARD, TEMPLATES, TEXT_LIMIT, Skeleton
from feedlab.world.content.templates._text import breaks_cluster, english, sentences, truncate

SENTENCE = "We walked along the river until the lamps went on, and nobody said a word. "
ODD = [
    SeedPost(
        "japanese",
        "料理",
        "今日は母と餃子を百個作りました。途中で皮が足りなくなりました。",
        ("料理",),
        "warm",
    ),
    SeedPost("emoji", "fun", "🎉🎉🎉🎉🎉", (), "x"),
    SeedPost("family", "fun", "👨‍👩‍👧‍👦" * 700, (), "x"),
    SeedPost("five", "!!!", "Hello", (), "sad"),
    SeedPost("long", "crochet", (SENTENCE * 80)[:4_999] + "x", ("yarn",) * 20, "calm"),
    SeedPost("unbroken", "crochet", "x" * 5_000, (), "calm"),
    SeedPost("long japanese", "日記", "雨が降っていました" * 555, (), "calm"),
    SeedPost(
        "markup",
        "general",
        "He said \"<b>no</b> & 'yes'\"\n\n\nand  {topic} %s $1\tleft!!!",
        ("a b",),
        "angry",
    ),
    SeedPost(
        "spanish", "comida", "Hoy he comido el mejor pan de mi vida, y no diré dónde.", ("pan",), "alegre"
    ),
    SeedPost("arabic", "سفر", "وصلنا إلى المحطة قبل القطار بدقيقة واحدة.", ("سفر",), "x"),
    SeedPost("hindi", "भोजन", "आज माँ ने बहुत अच्छी खिचड़ी बनाई।", ("भोजन",), "x"),
    SeedPost("wide topic", "x" * 50, "It rained all day and I liked it.", ("y" * 50,), "z" * 50),
]
SEEDS = [*bundled_seeds(), *ODD]


def some_texts(skeleton: Skeleton, count: int = 40) -> list[str]:
    draw = random.Random(17)
    first = "".join(pool[0] for pool in skeleton)
    last = "".join(pool[-1] for pool in skeleton)
    return [first, last, *("".join(draw.choice(pool) for pool in skeleton) for _ in range(count))]


def test_the_ten_of_the_specification_are_there_in_its_order() -> None:
    assert set(STANDARD) <= set(TEMPLATES)
    assert STANDARD[0] == "paraphrase" and STANDARD[-1] == "professional" and len(STANDARD) == 10
    assert all(TEMPLATES[name].name == name for name in TEMPLATES)


@pytest.mark.parametrize("name", TEMPLATES)
@pytest.mark.parametrize("seed", SEEDS, ids=lambda seed: seed.id)
def test_every_template_varies_every_seed(name: str, seed: SeedPost) -> None:
    template = TEMPLATES[name]
    skeleton = template.skeleton(seed)
    assert skeleton == template.skeleton(seed)
    assert 1 <= len(skeleton) <= 8
    assert all(pool and len(set(pool)) == len(pool) for pool in skeleton)
    assert math.prod(map(len, skeleton)) >= 1_000
    assert sum(max(map(len, pool)) for pool in skeleton) <= min(template.limit, TEXT_LIMIT)
    for text in some_texts(skeleton):
        assert text == text.strip() and text != seed.content
        assert "\0" not in text and "  " not in text and "\n\n\n" not in text
        assert not re.search(r"(?<!\s)\s[.,;](?:\s|$)", text), text
        assert "{topic}" not in text or "{topic}" in seed.content
        text.encode()


@pytest.mark.parametrize("seed", bundled_seeds(), ids=lambda seed: seed.id)
def test_the_bundled_seeds_have_thousands_of_variations(seed: SeedPost) -> None:
    for name in STANDARD:
        assert math.prod(map(len, TEMPLATES[name].skeleton(seed))) >= 5_000, name


@pytest.mark.parametrize("seed", SEEDS, ids=lambda seed: seed.id)
def test_no_two_templates_make_the_same_text(seed: SeedPost) -> None:
    made = [set(some_texts(TEMPLATES[name].skeleton(seed))) for name in STANDARD]
    assert len(set().union(*made)) == sum(map(len, made))


@pytest.mark.parametrize("seed", SEEDS, ids=lambda seed: seed.id)
def test_each_kind_is_visible(seed: SeedPost) -> None:
    texts = {name: some_texts(TEMPLATES[name].skeleton(seed)) for name in STANDARD}
    assert all(len(text) <= 140 for text in texts["short_form"])
    assert all(text.endswith(("?", "❓", "❔", "⁉️")) for text in texts["question"])
    assert all(text.count("\n\n") >= 2 for text in texts["long_form"])
    emoji = re.compile("[\U0001f000-\U0001faff\u2190-\u2bff]")
    assert all(len(emoji.findall(text)) > len(emoji.findall(seed.content)) for text in texts["add_emoji"])
    if re.search("[a-zA-Z]", seed.content) and english(seed.content):
        assert all(
            not re.search("[!]|n't|I'm", text) and not emoji.search(text) for text in texts["professional"]
        )


@pytest.mark.parametrize("seed", bundled_seeds(), ids=lambda seed: seed.id)
def test_a_paraphrase_uses_other_words(seed: SeedPost) -> None:
    for text in some_texts(TEMPLATES["paraphrase"].skeleton(seed)):
        assert all(sentence.strip() not in text for sentence in sentences(seed.content) if len(sentence) > 60)


@pytest.mark.parametrize(
    "seed", [seed for seed in ODD if not english(seed.content)], ids=lambda seed: seed.id
)
@pytest.mark.parametrize("name", STANDARD)
def test_no_english_around_another_language(seed: SeedPost, name: str) -> None:
    own = set(re.findall(r"[a-z]+", (seed.content + " " + " ".join((*seed.tags, seed.topic))).lower()))
    for text in some_texts(TEMPLATES[name].skeleton(seed)):
        assert set(re.findall(r"[a-z]+", text.lower())) <= own


@pytest.mark.parametrize(
    "text", ["e\u0301" * 50, "👨\u200d👩\u200d👧" * 30, "🇫🇷" * 40, "👍🏽" * 40, "क्षि" * 40, "한" * 40]
)
def test_a_cut_never_tears_a_character(text: str) -> None:
    for limit in range(8, 30):
        cut = truncate(text, limit)
        assert len(cut) <= limit and cut.endswith("…")
        assert not breaks_cluster(text, len(cut) - 1)
        assert text.startswith(cut[:-1])


@settings(max_examples=25, deadline=None, derandomize=True)
@given(
    content=st.text(
        st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=5, max_size=300
    ).filter(lambda text: len(text.strip()) >= 5),
    topic=st.text("abc é&", min_size=1, max_size=50).filter(str.strip),
)
def test_any_text_can_be_varied(content: str, topic: str) -> None:
    seed = SeedPost("any", topic.strip(), content.strip(), (content.strip()[:5],), "plain")
    for name in TEMPLATES:
        assert all("".join(pool[0] for pool in TEMPLATES[name].skeleton(seed)))
