"""Ids of what live traffic adds: UUIDs of version 7 (RFC 9562), ordered by the moment they were made."""

from __future__ import annotations

import os
import time
from uuid import UUID

import numpy as np
import pyarrow as pa


def new_ids(count: int) -> pa.FixedSizeBinaryArray:
    """Ids of this moment, Arrow ``binary(16)`` of shape (count,)."""
    octets = np.frombuffer(os.urandom(16 * count), np.uint8).reshape(count, 16).copy()
    milliseconds = time.time_ns() // 1_000_000
    octets[:, :6] = np.frombuffer(milliseconds.to_bytes(6, "big"), np.uint8)
    octets[:, 6] = (octets[:, 6] & 0x0F) | 0x70
    octets[:, 8] = (octets[:, 8] & 0x3F) | 0x80
    return pa.FixedSizeBinaryArray.from_buffers(pa.binary(16), count, [None, pa.py_buffer(octets)])


def new_id() -> UUID:
    """One id of this moment."""
    value = ((time.time_ns() // 1_000_000) << 80) | int.from_bytes(os.urandom(10), "big")
    return UUID(int=value & ~(0xF << 76) & ~(0x3 << 62) | (0x7 << 76) | (0x2 << 62))
