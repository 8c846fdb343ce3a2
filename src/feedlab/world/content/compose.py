"""Columns of post texts: seed, template and random words in, text out."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from feedlab.errors import InvalidInput
from feedlab.world.content.seeds import SeedPost
from feedlab.world.content.templates import STANDARD, TEMPLATES, Skeleton

# pa.string() counts bytes in 31 bits.
_MOST_BYTES = 1_500_000_000
# Fragments of long seeds add up: this bounds what is held at once, whatever the number of seeds.
_PAIRS_AT_ONCE = 2_048


class Composer:
    """Makes the texts of many posts at once.

    The same seed, template and words give the same text, whatever else is in the call.

    Args:
        seeds: the seed posts; a post names one by its position.
        templates: names of variation templates; a post names one by its position.

    Raises:
        InvalidInput: no seeds, no templates, or a template that does not exist.

    Example:
        >>> import numpy as np
        >>> from feedlab.world.content.seeds import bundled_seeds
        >>> composer = Composer(bundled_seeds(), ["short_form"])
        >>> words = np.zeros((1, Composer.WORDS), np.uint32)
        >>> composer.texts(np.array([6]), np.array([0]), words)[0].as_py()
        "Night train from Vienna to Rome, top bunk, 59 euros. That's the post."
    """

    WORDS = 8
    """Random 32-bit words that one text takes."""

    def __init__(self, seeds: Sequence[SeedPost], templates: Sequence[str] = STANDARD) -> None:
        if not seeds or not templates:
            raise InvalidInput(
                f"texts need at least one seed and one template; there are {len(seeds)} and {len(templates)}",
                field="templates" if seeds else "seeds",
            )
        self.seeds = tuple(seeds)
        self.templates = tuple(templates)
        self._varied = [TEMPLATES[name] for name in self.templates]
        self._skeletons: dict[int, Skeleton] = {}

    def __reduce__(self) -> tuple[Callable[..., Composer], tuple[object, ...]]:
        # The skeletons are large and soon made again: a worker process gets what they come from.
        return Composer, (self.seeds, self.templates)

    def texts(
        self,
        seed: NDArray[np.integer],
        template: NDArray[np.integer],
        words: NDArray[np.uint32],
    ) -> pa.StringArray:
        """The texts of ``n`` posts.

        Word ``j`` of a post picks fragment ``(word * size) >> 32`` of pool ``j``.

        Args:
            seed: (n,) positions in ``seeds``.
            template: (n,) positions in ``templates``.
            words: (n, 8) uniform random words.

        Returns:
            (n,) texts.

        Raises:
            InvalidInput: shapes that do not match, a position out of range, or more than 1.5 GB of text
                (no 60,000 posts reach that).
        """
        self._check(seed, template, words)
        if not len(seed):
            return pa.array([], pa.string())
        codes = seed.astype(np.int64) * len(self.templates) + template.astype(np.int64)
        used, inverse = np.unique(codes, return_inverse=True)
        if len(used) <= _PAIRS_AT_ONCE:
            return self._compose(used, inverse, words)
        parts, rows = [], []
        for first in range(0, len(used), _PAIRS_AT_ONCE):
            here = np.flatnonzero((inverse >= first) & (inverse < first + _PAIRS_AT_ONCE))
            block = used[first : first + _PAIRS_AT_ONCE]
            parts.append(self._compose(block, inverse[here] - first, words[here]))
            rows.append(here)
        _check_size(sum(part.nbytes for part in parts), len(seed))
        return pa.concat_arrays(parts).take(pa.array(np.argsort(np.concatenate(rows))))

    def _check(
        self, seed: NDArray[np.integer], template: NDArray[np.integer], words: NDArray[np.uint32]
    ) -> None:
        count = len(seed)
        if seed.shape != (count,) or template.shape != (count,) or words.shape != (count, self.WORDS):
            raise InvalidInput(
                f"seed, template and words must have shapes (n,), (n,) and (n, {self.WORDS}), "
                f"not {seed.shape}, {template.shape} and {words.shape}"
            )
        if words.dtype != np.uint32:
            raise InvalidInput(f"words must be uint32, not {words.dtype}", field="words")
        for field, given, known in (("seed", seed, self.seeds), ("template", template, self.templates)):
            if count and not 0 <= int(given.min()) <= int(given.max()) < len(known):
                raise InvalidInput(
                    f"{field} has positions from {given.min()} to {given.max()}; there are {len(known)}, "
                    "counted from 0",
                    field=field,
                )

    def _compose(
        self, used: NDArray[np.int64], inverse: NDArray[np.intp], words: NDArray[np.uint32]
    ) -> pa.StringArray:
        fragments, starts, sizes = self._dictionary(used)
        picks = []
        for pool in range(int(np.count_nonzero(starts.any(axis=0)))):
            offsets = (words[:, pool].astype(np.uint64) * sizes[inverse, pool]) >> 32
            picks.append(starts[inverse, pool] + offsets.astype(np.int64))
        lengths = pc.binary_length(fragments).to_numpy()
        _check_size(sum(int(lengths[pick].sum(dtype=np.int64)) for pick in picks), len(words))
        columns = [fragments.take(pa.array(pick)) for pick in picks]
        return pc.binary_join_element_wise(*columns, "")

    def _dictionary(
        self, used: NDArray[np.int64]
    ) -> tuple[pa.StringArray, NDArray[np.int64], NDArray[np.uint64]]:
        """All fragments of the pairs used, and where the pools of each pair start and how large they are."""
        starts = np.zeros((len(used), self.WORDS), np.int64)
        sizes = np.ones((len(used), self.WORDS), np.uint64)
        fragments = [""]  # the pools that a skeleton does not have
        start_of: dict[tuple[str, ...], int] = {}
        for row, code in enumerate(used.tolist()):
            for place, pool in enumerate(self._skeleton(code)):
                if pool not in start_of:
                    start_of[pool] = len(fragments)
                    fragments.extend(pool)
                starts[row, place] = start_of[pool]
                sizes[row, place] = len(pool)
        return pa.array(fragments, pa.string()), starts, sizes

    def _skeleton(self, code: int) -> Skeleton:
        found = self._skeletons.get(code)
        if found is None:
            seed, template = divmod(code, len(self.templates))
            found = self._varied[template].skeleton(self.seeds[seed])
            if len(self._skeletons) >= _PAIRS_AT_ONCE:
                self._skeletons.clear()
            self._skeletons[code] = found
        return found


def _check_size(size: int, count: int) -> None:
    if size > _MOST_BYTES:
        raise InvalidInput(
            f"{count:,} texts make {size:,} bytes, a column holds {_MOST_BYTES:,}; compose fewer at a time"
        )
