"""Track: what somebody did with a post, committed before it is acknowledged."""

from __future__ import annotations

import json
from typing import Any, Final
from uuid import UUID

import psycopg
from psycopg_pool import AsyncConnectionPool

from feedlab.clock import Clock
from feedlab.errors import InvalidInput, NotFound
from feedlab.services.ids import new_id

INTERACTION_TYPES: Final = ("view", "click", "like", "share")
MAX_METADATA: Final = 4096

_INSERT = """
INSERT INTO user_interactions (id, user_id, post_id, interaction_type, created_at, metadata)
VALUES (%s, %s, %s, %s, %s, %s)
"""


async def track(
    pool: AsyncConnectionPool,
    clock: Clock,
    user_id: UUID,
    post_id: UUID,
    interaction_type: str,
    metadata: dict[str, Any] | None = None,
) -> UUID:
    """Stores one interaction and returns its id once it is committed.

    Args:
        pool: PostgreSQL.
        clock: lab time; it dates the interaction.
        user_id: who.
        post_id: with which post.
        interaction_type: one of ``view click like share``.
        metadata: what else is known (``duration`` in ms, ``scrollDepth`` 0 to 1); 4 kB of JSON at most.

    Raises:
        InvalidInput: an unknown type, or metadata that is too large or cannot be stored.
        NotFound: there is no such post.
    """
    if interaction_type not in INTERACTION_TYPES:
        known = ", ".join(INTERACTION_TYPES)
        raise InvalidInput(
            f"interactionType is one of {known}; got {interaction_type!r:.60}", field="interactionType"
        )
    interaction = new_id()
    values = [interaction, user_id, post_id, interaction_type, clock.now(), _json(metadata)]
    try:
        async with pool.connection() as connection:
            await connection.execute(_INSERT, values)
    except psycopg.errors.ForeignKeyViolation:
        raise NotFound(f"there is no post {post_id}", field="postId") from None
    except psycopg.DataError as error:
        # JSON that PostgreSQL does not take: a NUL, a number beyond its range.
        reason = error.diag.message_detail or error.diag.message_primary
        raise InvalidInput(f"metadata cannot be stored: {reason}", field="metadata") from None
    return interaction


def _json(metadata: dict[str, Any] | None) -> str | None:
    if metadata is None:
        return None
    try:
        text = json.dumps(metadata, ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode()
    except (ValueError, RecursionError) as error:  # NaN, half a surrogate pair, hundreds of levels
        raise InvalidInput(f"metadata cannot be stored as JSON: {error}", field="metadata") from None
    if len(text) > MAX_METADATA:
        raise InvalidInput(
            f"metadata has at most {MAX_METADATA} bytes of JSON; this has {len(text)}", field="metadata"
        )
    return text.decode()
