"""How fast random words are made, against NumPy's own sequential Philox: the floor.

Run as ``python benchmarks/streams.py``; prints ratios measured in one run.
"""

from __future__ import annotations

import time
from collections.abc import Callable

import numpy as np

from feedlab.streams import Stream, run_key

WORDS = 4_000_000
ROUNDS = 5


def best(work: Callable[[], object]) -> float:
    seconds = []
    for _ in range(ROUNDS):
        started = time.perf_counter()
        work()
        seconds.append(time.perf_counter() - started)
    return min(seconds)


def main() -> None:
    stream = Stream(run_key("bench"), "bench")
    entities = np.arange(WORDS // 4)
    sequential = np.random.Philox(key=1)
    floor = best(lambda: sequential.random_raw(WORDS // 2))  # 64 bits each
    ours = best(lambda: stream.words(entities))
    one = best(lambda: [stream.words([i]) for i in range(1000)]) / 1000
    print("random words (32 bits)")
    print(f"  floor, numpy.random.Philox in sequence   {floor / WORDS * 1e9:6.1f} ns a word   1.00")
    print(
        f"  ours, addressable, in columns            {ours / WORDS * 1e9:6.1f} ns a word   {ours / floor:.2f}"
    )
    print(f"  ours, one address alone                  {one * 1e6:6.1f} µs")


if __name__ == "__main__":
    main()
