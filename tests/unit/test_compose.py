"""Columns of texts."""

from __future__ import annotations

import pickle
from collections.abc import Sequence

import numpy as np
import pyarrow as pa
import pytest
from numpy.typing import NDArray

from feedlab.errors import FeedlabError, InvalidInput
from feedlab.world.content import compose
from feedlab.world.content.compose import Composer
from feedlab.world.content.seeds import SeedPost, bundled_seeds
from feedlab.world.content.templates import STANDARD, TEMPLATES, Template

TOY = SeedPost("toy", "toys", "A toy.", (), "plain")


class Toy(Template):
    name = "toy"

    def _pools(self, seed: SeedPost) -> Sequence[Sequence[str]]:
        return [f"{n}:" for n in range(100)], [seed.content], [f" {n}" for n in range(16)], ["!"]


@pytest.fixture
def toy(monkeypatch: pytest.MonkeyPatch) -> None:
    len(TEMPLATES)
    monkeypatch.setitem(TEMPLATES._items, "toy", Toy())


def words_of(*rows: Sequence[int]) -> NDArray[np.uint32]:
    return np.array([[*row, *[0] * (Composer.WORDS - len(row))] for row in rows], np.uint32)


def random_input(
    count: int, number: int = 5
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.uint32]]:
    draw = np.random.Generator(np.random.PCG64(number))
    words = draw.integers(0, 2**32, (count, Composer.WORDS), dtype=np.uint32)
    return draw.integers(0, 10, count), draw.integers(0, 10, count), words


def test_a_word_picks_its_share_of_a_pool(toy: None) -> None:
    composer = Composer([TOY, SeedPost("b", "toys", "Another.", (), "plain")], ["toy"])
    half, last = 2**31, 2**32 - 1
    texts = composer.texts(
        np.array([0, 1, 0, 0]),
        np.zeros(4, int),
        words_of([0, 0, 0], [half, 9, half], [last, last, last], [2**28]),
    )
    assert texts.to_pylist() == ["0:A toy. 0!", "50:Another. 8!", "99:A toy. 15!", "6:A toy. 0!"]
    assert texts.type == pa.string()


def test_picks_are_uniform(toy: None) -> None:
    _, _, words = random_input(200_000)
    zeros = np.zeros(len(words), int)
    texts = Composer([TOY], ["toy"]).texts(zeros, zeros, words).to_pylist()
    counts = np.unique([text.split(":")[0] for text in texts], return_counts=True)[1]
    assert len(counts) == 100
    # chi-square with 99 degrees of freedom: 160 is passed once in 10,000 draws, and this draw is fixed
    assert ((counts - 2_000) ** 2 / 2_000).sum() < 160


def test_a_text_depends_on_its_own_row_alone() -> None:
    seed, template, words = random_input(300)
    together = Composer(bundled_seeds()).texts(seed, template, words).to_pylist()
    fresh = Composer(bundled_seeds())
    for row in (0, 17, 299):
        one = slice(row, row + 1)
        assert fresh.texts(seed[one], template[one], words[one]).to_pylist() == [together[row]]
    order = np.arange(300)[::-1]
    assert fresh.texts(seed[order], template[order], words[order]).to_pylist() == together[::-1]
    copied = pickle.loads(pickle.dumps(fresh))
    assert copied.texts(seed.astype(np.uint8), template.astype(np.int32), words).to_pylist() == together


def test_blocks_of_pairs_change_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    seed, template, words = random_input(500)
    together = Composer(bundled_seeds()).texts(seed, template, words)
    monkeypatch.setattr(compose, "_PAIRS_AT_ONCE", 7)
    assert Composer(bundled_seeds()).texts(seed, template, words).equals(together)


def test_texts_are_those_of_the_skeleton() -> None:
    seed, template, words = random_input(200)
    texts = Composer(bundled_seeds()).texts(seed, template, words).to_pylist()
    for row, text in enumerate(texts):
        skeleton = TEMPLATES[STANDARD[template[row]]].skeleton(bundled_seeds()[seed[row]])
        picked = [pool[int(word) * len(pool) >> 32] for pool, word in zip(skeleton, words[row], strict=False)]
        assert text == "".join(picked)


def test_few_texts_are_alike() -> None:
    texts = Composer(bundled_seeds()).texts(*random_input(7_500))
    assert len(texts.unique()) > 0.99 * 7_500


def test_only_the_seeds_of_a_call_are_varied(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    skeleton = Template.skeleton
    monkeypatch.setattr(
        Template, "skeleton", lambda self, seed: asked.append(seed.id) or skeleton(self, seed)
    )
    Composer(bundled_seeds()).texts(np.array([3, 3]), np.array([0, 0]), words_of([1], [2]))
    assert asked == ["seed_4"]


def test_no_posts_make_no_texts() -> None:
    none = np.zeros(0, int)
    assert Composer(bundled_seeds()).texts(none, none, words_of()[:0].reshape(0, 8)).to_pylist() == []


@pytest.mark.parametrize(
    ("seed", "template", "words", "said"),
    [
        ([10], [0], words_of([0]), "seed has positions from 10 to 10; there are 10"),
        ([-1], [0], words_of([0]), "seed has positions from -1"),
        ([0], [10], words_of([0]), "template has positions"),
        ([0, 1], [0], words_of([0]), "must have shapes"),
        ([0], [0], words_of([0])[:, :4], "must have shapes"),
        ([0], [0], words_of([0]).astype(np.int64), "must be uint32"),
    ],
)
def test_wrong_input_is_refused(
    seed: list[int], template: list[int], words: NDArray[np.uint32], said: str
) -> None:
    with pytest.raises(InvalidInput, match=said):
        Composer(bundled_seeds()).texts(np.array(seed), np.array(template), words)


def test_a_composer_needs_seeds_and_known_templates() -> None:
    with pytest.raises(InvalidInput, match="at least one seed"):
        Composer([])
    with pytest.raises(InvalidInput, match="at least one seed and one template"):
        Composer(bundled_seeds(), [])
    with pytest.raises(InvalidInput, match="no template called 'haiku'"):
        Composer(bundled_seeds(), ["haiku"])


def test_more_text_than_a_column_holds_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compose, "_MOST_BYTES", 10_000)
    with pytest.raises(InvalidInput, match=r"100 texts make .* compose fewer at a time"):
        Composer(bundled_seeds()).texts(*random_input(100))


@pytest.mark.parametrize(
    ("pools", "said"),
    [
        ([], "0 pools"),
        ([["a", "b"]] * 9, "9 pools"),
        ([["a"], []], "pool 2 is empty"),
        ([["a", "a"]], "pool 1 has a fragment twice"),
        ([["a\0"]], "NUL"),
        ([[str(n) for n in range(999)]], "only 999 combinations"),
        ([[str(n) for n in range(1_000)], ["x" * 6_000]], "may reach 6,003 characters"),
    ],
)
def test_a_template_that_breaks_its_promise_is_caught(pools: list[list[str]], said: str) -> None:
    class Broken(Template):
        name = "broken"

        def _pools(self, seed: SeedPost) -> Sequence[Sequence[str]]:
            return pools

    with pytest.raises(FeedlabError, match=f"template 'broken' cannot vary seed 'toy': .*{said}"):
        Broken().skeleton(TOY)
