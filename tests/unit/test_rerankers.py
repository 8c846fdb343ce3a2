"""The rerankers, each with known answers."""

from __future__ import annotations

import numpy as np
from tests.toy import Post, toy

from feedlab.recommend.rerankers import RERANKERS, close_gaps

TEXTS = [Post(text) for text in ("a", "b", "a", "c", "b")]


def test_distinct_text_keeps_the_highest_of_equal_texts() -> None:
    ranked = np.array([[4, 2, 0, 1, 3], [0, 1, 2, 3, 4]])
    out = RERANKERS["distinct_text"](toy(2, TEXTS), np.array([0, 1]), ranked)
    assert out.tolist() == [[4, 2, 3, -1, -1], [0, 1, 3, -1, -1]]


def test_distinct_text_takes_out_a_post_that_stands_there_twice() -> None:
    out = RERANKERS["distinct_text"](toy(1, TEXTS), np.array([0]), np.array([[3, 3, 0, -1, 0]]))
    assert out.tolist() == [[3, 0, -1, -1, -1]]


def test_distinct_text_does_not_take_gaps_for_equal_posts() -> None:
    out = RERANKERS["distinct_text"](toy(1, TEXTS), np.array([0]), np.array([[-1, 1, -1, 0]]))
    assert out.tolist() == [[1, 0, -1, -1]]


def test_seen_takes_out_what_the_person_has_met() -> None:
    snapshot = toy(2, TEXTS, [(0, 3, "view"), (0, 1, "like", 900.0), (1, 0, "click")])
    ranked = np.array([[3, 2, 1, -1, 0], [3, 2, 1, -1, 0]])
    out = RERANKERS["seen"](snapshot, np.array([0, 1]), ranked)
    assert out.tolist() == [[2, 0, -1, -1, -1], [3, 2, 1, -1, -1]]


def test_rows_are_those_of_the_people_asked_for() -> None:
    snapshot = toy(2, TEXTS, [(0, 3, "view")])
    assert RERANKERS["seen"](snapshot, np.array([1]), np.array([[3, 0]])).tolist() == [[3, 0]]


def test_gaps_are_closed_and_the_order_is_kept() -> None:
    assert close_gaps(np.array([[-1, 5, -1, 2, 9]])).tolist() == [[5, 2, 9, -1, -1]]
    assert close_gaps(np.zeros((2, 0), np.int64)).shape == (2, 0)
