"""The Arrow schemas of all that a world emits, with what PostgreSQL makes of each column."""

from __future__ import annotations

from typing import Final

import pyarrow as pa

UUID: Final = pa.binary(16)
TIMESTAMP: Final = pa.timestamp("us", tz="UTC")
LABEL: Final = pa.dictionary(pa.int32(), pa.string())
_JSON: Final = {b"pg": b"jsonb"}


def _schema(*fields: pa.Field) -> pa.Schema:
    return pa.schema(list(fields))


def _field(name: str, kind: pa.DataType, *, nullable: bool = False, json: bool = False) -> pa.Field:
    return pa.field(name, kind, nullable=nullable, metadata=_JSON if json else None)


#: Every table, in an order in which rows can be inserted with their references in place.
SCHEMAS: Final[dict[str, pa.Schema]] = {
    "interest_subjects": _schema(
        _field("id", UUID),
        _field("name", pa.string()),
        _field("label", pa.string()),
        _field("emoji", pa.string()),
        _field("color", pa.string()),
    ),
    "users": _schema(
        _field("id", UUID),
        _field("username", pa.string()),
        _field("display_name", pa.string()),
        _field("bio", pa.string()),
        _field("email", pa.string()),
        _field("avatar_url", pa.string()),
        _field("archetype", LABEL),
        _field("role", LABEL),
        _field("created_at", TIMESTAMP),
        _field("updated_at", TIMESTAMP),
    ),
    "user_interests": _schema(
        _field("user_id", UUID),
        _field("interest_id", UUID),
        _field("position", pa.int16()),
        _field("strength", pa.float64()),
    ),
    "posts": _schema(
        _field("id", UUID),
        _field("user_id", UUID),
        _field("content", pa.string()),
        _field("media_urls", pa.list_(pa.string())),
        _field("topic", LABEL),
        _field("tags", pa.list_(pa.string())),
        _field("metadata", pa.string(), json=True),
        _field("created_at", TIMESTAMP),
        _field("updated_at", TIMESTAMP),
    ),
    "user_interactions": _schema(
        _field("id", UUID),
        _field("user_id", UUID),
        _field("post_id", UUID),
        _field("interaction_type", LABEL),
        _field("created_at", TIMESTAMP),
        _field("metadata", pa.string(), nullable=True, json=True),
    ),
}
