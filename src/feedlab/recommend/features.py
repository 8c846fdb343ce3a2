"""Posts as vectors of words: TF-IDF over text, tags and topic, in columns."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray
from scipy import sparse

from feedlab.recommend.snapshot import Snapshot

_WORD_BREAK = r"[^\p{L}\p{N}]+"
# A tag or a topic says more about a post than one of its words.
_TAG_COUNT, _TOPIC_COUNT = 2.0, 3.0
_MIN_LENGTH = 3
_MAX_SHARE = 0.4  # a word in more than this share of all posts tells them apart no more


def post_vectors(snapshot: Snapshot) -> tuple[sparse.csr_array, dict[str, int]]:
    """TF-IDF of every post, rows of unit length.

    Words are lower-cased runs of letters and digits of three characters or more;
    tags and topics are terms of their own kind (``#tag``, ``topic:name``), whatever
    their language. Weight: ``(1 + log tf) · log(q / df)``.

    Returns:
        the matrix (q, terms), and the column of each topic's term.

    Source: Salton and Buckley (1988), "Term-weighting approaches in automatic text retrieval".
    """
    q = len(snapshot.post_ids)
    words = pc.split_pattern_regex(pc.utf8_lower(snapshot.text), _WORD_BREAK)
    word_rows, word_terms = _flat(words)
    long = pc.greater_equal(pc.utf8_length(word_terms), _MIN_LENGTH).to_numpy(zero_copy_only=False)
    tag_rows, tags = _flat(snapshot.tags)
    topics = pa.array([f"topic:{name}" for name in snapshot.topics], pa.string())
    terms = pa.concat_arrays(
        [word_terms.filter(pa.array(long)), pc.binary_join_element_wise("#", pc.utf8_lower(tags), ""), topics]
    ).dictionary_encode()
    index = terms.indices.to_numpy(zero_copy_only=False).astype(np.int64)
    split = np.cumsum([long.sum(), len(tags)])
    of_word, of_tag, of_topic = np.split(index, split)
    rows = np.concatenate([word_rows[long], tag_rows, np.arange(q)])
    columns = np.concatenate([of_word, of_tag, of_topic[snapshot.topic]])
    counts = np.concatenate(
        [np.ones(len(of_word)), np.full(len(of_tag), _TAG_COUNT), np.full(q, _TOPIC_COUNT)]
    ).astype(np.float32)
    matrix = sparse.csr_array((counts, (rows, columns)), shape=(q, len(terms.dictionary)))
    matrix.sum_duplicates()
    share = np.bincount(matrix.indices, minlength=matrix.shape[1]) / max(q, 1)
    idf = np.where(share > 0, -np.log(np.maximum(share, 1e-12)), 0.0)
    idf[(share > _MAX_SHARE) & ~np.isin(np.arange(len(share)), of_topic)] = 0.0
    idf[of_topic] = np.maximum(idf[of_topic], 0.1)  # a world of one topic still has that topic
    matrix.data = (1 + np.log(matrix.data)) * idf[matrix.indices].astype(np.float32)
    return unit_rows(matrix), dict(zip(snapshot.topics, of_topic.tolist(), strict=True))


def unit_rows(matrix: sparse.csr_array) -> sparse.csr_array:
    """Each row scaled to unit length; an empty row stays empty."""
    norms = np.sqrt(np.asarray(matrix.multiply(matrix).sum(axis=1)).ravel())
    scale = np.divide(1.0, norms, out=np.zeros_like(norms), where=norms > 0)
    return sparse.csr_array(sparse.diags_array(scale) @ matrix)


def _flat(lists: pa.Array) -> tuple[NDArray[np.int64], pa.Array]:
    """The values of a list column, and the row of each."""
    return pc.list_parent_indices(lists).to_numpy(zero_copy_only=False).astype(np.int64), pc.list_flatten(
        lists
    )
