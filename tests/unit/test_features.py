"""TF-IDF of posts, by hand."""

from __future__ import annotations

from math import log, sqrt

import numpy as np
import pytest
from scipy import sparse
from tests.toy import Post, toy

from feedlab.recommend.features import post_vectors, unit_rows

POSTS = [
    Post("Apple bread, bread!", topic="food", tags=("Sweet",)),
    Post("A train to Rome", topic="travel"),
    Post("apple", topic="food"),
    Post("chess", topic="games"),
]
TAG, TOPIC, TWICE = 1 + log(2), 1 + log(3), 1 + log(2)


def test_weights_by_hand() -> None:
    vectors, columns = post_vectors(toy(1, POSTS))
    rows = vectors.toarray()
    # Of the fourth post: one word and one topic, both in one post of four.
    norm = sqrt(1 + TOPIC**2)
    assert sorted(rows[3][rows[3] > 0]) == pytest.approx(sorted([1 / norm, TOPIC / norm]), rel=1e-5)
    assert rows[3, columns["games"]] == pytest.approx(TOPIC / norm, rel=1e-5)
    # "apple" stands in half of all posts and tells nothing; "bread" stands there twice.
    parts = np.array([TWICE * log(4), TAG * log(4), TOPIC * log(2)])
    expected = parts / np.sqrt((parts**2).sum())
    assert sorted(rows[0][rows[0] > 0]) == pytest.approx(sorted(expected), rel=1e-5)
    # "a" and "to" are too short.
    assert (rows[1] > 0).sum() == 3


def test_cosines_follow_from_them() -> None:
    vectors, _ = post_vectors(toy(1, POSTS))
    cosine = (vectors @ vectors.T).toarray()
    assert np.diag(cosine) == pytest.approx(1.0, rel=1e-5)
    parts = np.array([TWICE * log(4), TAG * log(4), TOPIC * log(2)])
    assert cosine[0, 2] == pytest.approx(parts[2] / np.sqrt((parts**2).sum()), rel=1e-5)
    assert cosine[0, 1] == cosine[0, 3] == 0


def test_a_tag_is_not_a_word_and_a_topic_neither() -> None:
    posts = [
        Post("bread", topic="x"),
        Post("nothing", topic="y", tags=("bread",)),
        Post("zzz", topic="bread"),
    ]
    vectors, _ = post_vectors(toy(1, posts))
    cosine = (vectors @ vectors.T).toarray()
    np.testing.assert_allclose(cosine, np.eye(3), atol=1e-6)


def test_tags_are_compared_without_case() -> None:
    posts = [Post("aaa", tags=("Rome",)), Post("bbb", tags=("rome",)), *(Post(f"word{i}") for i in range(5))]
    vectors, _ = post_vectors(toy(1, posts))
    cosine = (vectors @ vectors.T).toarray()
    assert cosine[0, 1] > cosine[0, 2]


def test_words_of_any_language() -> None:
    posts = [
        Post("Ёлка в снегу", topic="a"),
        Post("ЁЛКА!", topic="b"),
        Post("餃子を作る", topic="c"),
        Post("🎉", topic="d"),
    ]
    posts += [Post(f"filler{i}", topic=f"t{i}") for i in range(4)]
    vectors, _ = post_vectors(toy(1, posts))
    cosine = (vectors @ vectors.T).toarray()
    assert cosine[0, 1] > 0.05 and cosine[0, 2] == 0


def test_a_world_of_one_topic_still_has_that_topic() -> None:
    vectors, columns = post_vectors(toy(1, [Post("aaa bbb"), Post("ccc ddd"), Post("eee fff")]))
    assert (vectors.toarray()[:, columns["food"]] > 0).all()


def test_a_topic_that_nobody_writes_about_has_a_column() -> None:
    vectors, columns = post_vectors(toy(1, POSTS, interests=[(0, "opera", 1.0)]))
    assert not vectors.toarray()[:, columns["opera"]].any()


def test_no_posts() -> None:
    vectors, columns = post_vectors(toy(1, [], interests=[(0, "food", 1.0)]))
    assert vectors.shape == (0, 1) and columns == {"food": 0}


def test_unit_rows_leave_empty_rows_empty() -> None:
    out = unit_rows(sparse.csr_array(np.array([[3.0, 4.0], [0.0, 0.0]]))).toarray()
    np.testing.assert_allclose(out, [[0.6, 0.8], [0, 0]])
