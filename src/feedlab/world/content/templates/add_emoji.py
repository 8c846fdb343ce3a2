"""Add emoji: some at the start, one behind a sentence, some at the end."""

from __future__ import annotations

from collections.abc import Sequence

from feedlab.world.content.seeds import SeedPost
from feedlab.world.content.templates import Template, register
from feedlab.world.content.templates._emoji import emoji_for, general, mood, palette
from feedlab.world.content.templates._neutral import one_or_two
from feedlab.world.content.templates._pools import Pool, closing_tags, text_of
from feedlab.world.content.templates._text import sentences

_MOST_PIECES = 3


@register("add_emoji")
class AddEmoji(Template):
    """Chooses emoji by the words of each sentence, by topic and by tone. Emoji need no language."""

    def _pools(self, seed: SeedPost) -> Sequence[Sequence[str]]:
        colours = palette(seed)
        leads = general(seed)
        parts = list(sentences(text_of(seed)))
        pieces = [*parts[: _MOST_PIECES - 1], "".join(parts[_MOST_PIECES - 1 :])]
        pools: list[Pool] = [tuple(f"{symbol} " for symbol in leads)]
        for piece, following in zip(pieces, [*pieces[1:], ""], strict=True):
            if piece and following:
                own = dict.fromkeys((*emoji_for(piece), *mood(seed)[:2]))
                space = piece[len(piece.rstrip()) :] or " "
                pools += (piece.rstrip(),), (space, *(f" {symbol}{space}" for symbol in own))
            elif piece:
                pools.append((piece,))
        ends = tuple(f" {symbols}" for symbols in one_or_two(colours[:12]))
        return *pools, ends, closing_tags(seed)
