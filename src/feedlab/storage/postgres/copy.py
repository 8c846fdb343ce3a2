"""The bulk loader: Arrow record batches into PostgreSQL, over binary COPY.

A row on the wire is an int16 count of its fields, then for each field an int32
length (-1 for null) and that many bytes, everything big-endian [1]_. Between
two texts everything has a fixed width, so a chunk of rows is made of *pieces*:
the fixed-width stretches, each one structured NumPy array, and the texts, which
Arrow already holds as bytes. Arrow's element-wise join then copies the pieces
together row after row in compiled code, and the data buffer of what it returns
is the stream. No Python runs per row.

What becomes what; to choose otherwise, give ``types``, or the Arrow field the
metadata ``{b"pg": b"jsonb"}``:

==================================  =======================================================
Arrow                               PostgreSQL (the first unless another is chosen)
==================================  =======================================================
string, large_string                text, varchar, bpchar, json, jsonb
fixed_size_binary(16)               uuid
bool                                bool
int8, int16, int32, int64           int2, int4, int8 (the narrowest that holds the type)
float16, float32, float64           float4, float8 (likewise)
timestamp with a time zone          timestamptz; from seconds, milliseconds or microseconds
date32                              date
list or large_list of any of these  an array: text[], uuid[], …
dictionary of any of these          as the values
==================================  =======================================================

.. [1] PostgreSQL documentation, "COPY", section "Binary Format"; the bytes of
   a value are those of its type's receive function.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from feedlab.errors import InvalidInput

if TYPE_CHECKING:
    import psycopg

Types: TypeAlias = Mapping[str, str] | Sequence[str]

HEADER = b"PGCOPY\n\xff\r\n\x00" + bytes(8)
"""What opens the stream: the signature, no flags, no extension."""
TRAILER = b"\xff\xff"
"""What closes it: a row of -1 fields."""

# Chunks stay within the processor's cache where rows are short, and bound the memory where they are long.
_CHUNK_ROWS = 16_384
_CHUNK_BYTES = 32 * 2**20

_NOTHING = pa.scalar(b"", pa.large_binary())


def _is_text(arrow: pa.DataType) -> bool:
    return bool(pa.types.is_string(arrow) or pa.types.is_large_string(arrow))


def _is_uuid(arrow: pa.DataType) -> bool:
    return bool(pa.types.is_fixed_size_binary(arrow) and arrow.byte_width == 16)


def _is_instant(arrow: pa.DataType) -> bool:
    return bool(pa.types.is_timestamp(arrow) and arrow.tz is not None and arrow.unit != "ns")


@dataclass(frozen=True)
class _Type:
    """How one PostgreSQL type is received.

    Args:
        oid: its number, which an array of it states.
        accepts: whether an Arrow type can become it.
        arrow: what the column is cast to before its bytes are taken.
        wire: the NumPy type of a value; None where values are text of any length.
        epoch: what PostgreSQL counts from (2000-01-01), in Arrow's count (from 1970-01-01).
        version: bytes before the text.
    """

    oid: int
    accepts: Callable[[pa.DataType], bool]
    arrow: pa.DataType
    wire: str | None = None
    epoch: int = 0
    version: bytes = b""


# Ordered: where several accept a type and none is exactly it, the first is chosen.
_TYPES = {
    "text": _Type(25, _is_text, pa.large_binary()),
    "varchar": _Type(1043, _is_text, pa.large_binary()),
    "bpchar": _Type(1042, _is_text, pa.large_binary()),
    "json": _Type(114, _is_text, pa.large_binary()),
    "jsonb": _Type(3802, _is_text, pa.large_binary(), version=b"\x01"),
    "uuid": _Type(2950, _is_uuid, pa.binary(16), "V16"),
    "bool": _Type(16, pa.types.is_boolean, pa.uint8(), "u1"),
    "int2": _Type(21, pa.types.is_signed_integer, pa.int16(), "i2"),
    "int4": _Type(23, pa.types.is_signed_integer, pa.int32(), "i4"),
    "int8": _Type(20, pa.types.is_signed_integer, pa.int64(), "i8"),
    "float4": _Type(700, pa.types.is_floating, pa.float32(), "f4"),
    "float8": _Type(701, pa.types.is_floating, pa.float64(), "f8"),
    "timestamptz": _Type(1184, _is_instant, pa.timestamp("us", "UTC"), "i8", epoch=946_684_800_000_000),
    "date": _Type(1082, pa.types.is_date32, pa.date32(), "i4", epoch=10_957),
}


class _Column(NamedTuple):
    name: str
    type: _Type
    is_list: bool


class _Field(NamedTuple):
    """A column of one chunk, as it goes on the wire.

    ``head`` are the values of fixed width that open the field in every row, each of shape (rows,) or ();
    the first is the length. ``tail`` is a large_binary array of what follows them, or None. ``valid``
    is False where the field is null, or None where nothing is.
    """

    head: tuple[NDArray[Any], ...]
    tail: Any
    valid: NDArray[np.bool_] | None


def encode(batch: pa.RecordBatch, types: Types | None = None) -> Iterator[bytes | memoryview]:
    """One record batch as a whole stream of ``COPY … FROM STDIN (FORMAT binary)``.

    Args:
        batch: the rows; nulls, slices and dictionaries may occur in it.
        types: PostgreSQL types, by the name of the column or one for each column in order. It goes
            before the field's metadata key ``pg``, which goes before what follows from the Arrow type.

    Yields:
        The bytes of the stream, in parts of about 16,384 rows or 32 MiB, whichever is less.

    Raises:
        InvalidInput: a type that has no counterpart, a value that the chosen type cannot hold, or text
            with a NUL; the message names the column.

    Example:
        >>> import pyarrow as pa
        >>> rows = pa.record_batch({"id": pa.array([7], pa.int16()), "name": ["Ann"]})
        >>> b"".join(encode(rows))[19:-2].hex(" ")
        '00 02 00 00 00 02 00 07 00 00 00 03 41 6e 6e'
    """
    yield HEADER
    yield from encode_rows(batch, types)
    yield TRAILER


def encode_rows(batch: pa.RecordBatch, types: Types | None = None) -> Iterator[memoryview]:
    """The same without ``HEADER`` and ``TRAILER``, so that several batches make one stream."""
    columns = _columns(batch.schema, types)
    count = np.array(len(columns), "i2")
    row_bytes = max(1, batch.nbytes // max(1, batch.num_rows))
    step = max(1, min(_CHUNK_ROWS, _CHUNK_BYTES // row_bytes))
    for start in range(0, batch.num_rows, step):
        chunk = batch.slice(start, step)
        fields = [_field(chunk.column(i), column) for i, column in enumerate(columns)]
        yield _bytes(_join(chunk.num_rows, fields, count)).data


def copy_into(
    connection: psycopg.Connection[Any],
    table: str,
    batches: Iterable[pa.RecordBatch],
    *,
    types: Types | None = None,
) -> int:
    """Copy record batches into a table, in one COPY, within the connection's transaction.

    Args:
        connection: an open connection; nothing is committed here.
        table: the table's name, or ``schema.table``.
        batches: record batches with the same column names in the same order, which are the table's columns
            that are filled. Read one at a time. If there are none, nothing is sent.
        types: as for :func:`encode`.

    Returns:
        How many rows the server stored.

    Raises:
        InvalidInput: as for :func:`encode`, or a batch has other columns than the first. From the second
            chunk on the transaction has failed by then and must be rolled back.
        psycopg.Error: the server refused a row; none is stored.
    """
    from psycopg import sql

    stream = iter(batches)
    first = next(stream, None)
    if first is None:
        return 0
    names = first.schema.names
    # Types that cannot be sent are refused here, before COPY begins, so that the transaction stays usable.
    _columns(first.schema, types)
    statement = sql.SQL("COPY {} ({}) FROM STDIN (FORMAT binary)").format(
        sql.Identifier(*table.split(".")), sql.SQL(", ").join(map(sql.Identifier, names))
    )
    with connection.cursor() as cursor:
        with cursor.copy(statement) as copy:
            copy.write(HEADER)
            for batch in chain([first], stream):
                if batch.schema.names != names:
                    raise InvalidInput(
                        f"a batch for {table} has the columns {batch.schema.names}, the first had {names}; "
                        "give every batch of one COPY the same columns in the same order"
                    )
                for part in encode_rows(batch, types):
                    copy.write(part)
            copy.write(TRAILER)
        return cursor.rowcount


def _columns(schema: pa.Schema, types: Types | None) -> list[_Column]:
    """What each column becomes, or InvalidInput."""
    if not schema.names:
        raise InvalidInput("a record batch without columns cannot be copied; give it at least one column")
    if types is None:
        types = {}
    elif not isinstance(types, Mapping):
        if len(types) != len(schema.names):
            raise InvalidInput(
                f"{len(types)} types were given for {len(schema.names)} columns; give one for each",
                field="types",
            )
        types = dict(zip(schema.names, types, strict=True))
    if unknown := sorted(set(types) - set(schema.names)):
        raise InvalidInput(f"types names {unknown}, but the columns are {schema.names}", field="types")
    return [
        _column(field, types.get(field.name) or ((field.metadata or {}).get(b"pg") or b"").decode())
        for field in schema
    ]


def _column(field: pa.Field, wanted: str) -> _Column:
    arrow = _values_type(field.type)
    is_list = bool(pa.types.is_list(arrow) or pa.types.is_large_list(arrow))
    if is_list:
        arrow = _values_type(arrow.value_type)
    fitting = {name: kind for name, kind in _TYPES.items() if kind.accepts(arrow)}
    exact = [name for name, kind in fitting.items() if kind.arrow == arrow]
    if not fitting:
        raise InvalidInput(
            f"column {field.name!r} is {field.type}, which has no PostgreSQL type here; cast it to one of: "
            "string, fixed_size_binary(16), bool, int16, int32, int64, float32, float64, date32, "
            "timestamp[us, tz=UTC], or a list or dictionary of these",
            field=field.name,
        )
    names = [name + "[]" * is_list for name in fitting]
    name = wanted or (exact or list(fitting))[0] + "[]" * is_list
    if name not in names:
        raise InvalidInput(
            f"column {field.name!r} is {field.type} and cannot become {name!r}; choose one of: "
            + ", ".join(names),
            field=field.name,
        )
    return _Column(field.name, _TYPES[name.removesuffix("[]")], is_list)


def _values_type(arrow: pa.DataType) -> pa.DataType:
    return arrow.value_type if pa.types.is_dictionary(arrow) else arrow


def _field(array: pa.Array, column: _Column) -> _Field:
    if pa.types.is_dictionary(array.type):
        array = array.dictionary_decode()
    valid = array.is_valid().to_numpy(zero_copy_only=False) if array.null_count else None
    if column.is_list:
        return _list_field(array, column, valid)
    kind = column.type
    try:
        array = array.cast(kind.arrow)
        if kind.epoch:
            count = array.view(f"int{array.type.bit_width}")
            array = pc.subtract_checked(count, pa.scalar(kind.epoch, count.type))
    except pa.ArrowInvalid as error:
        raise InvalidInput(
            f"column {column.name!r} has a value that its PostgreSQL type cannot hold: {error}",
            field=column.name,
        ) from error
    if kind.wire is None:
        _refuse_nul(array, column.name)
        version = np.frombuffer(kind.version, "u1")
        length = (np.diff(_offsets(array)) + len(version)).astype("i4")
        return _Field((length, *version), array, valid)
    values = np.frombuffer(array.buffers()[1] or b"", kind.wire)[array.offset : array.offset + len(array)]
    return _Field((np.array(values.itemsize, "i4"), values), None, valid)


def _list_field(array: pa.Array, column: _Column, valid: NDArray[np.bool_] | None) -> _Field:
    """A one-dimensional array: a head of five int32, then the elements, each a field of its own."""
    bounds = array.offsets.to_numpy()
    elements = array.values.slice(bounds[0], bounds[-1] - bounds[0])
    field = _field(elements, column._replace(is_list=False))
    joined = _join(len(elements), [field])
    bounds = bounds - bounds[0]
    offsets = _offsets(joined)[bounds]
    has_null = np.zeros(len(array), "i4")
    if field.valid is not None:
        nulls = np.concatenate([[0], np.cumsum(~field.valid)])
        has_null = (np.diff(nulls[bounds]) > 0).astype("i4")
    one = np.array(1, "i4")
    # Dimensions, has_null, element type, size, lower bound. The server takes one dimension of size 0 for
    # the empty array, which spares a head of another length.
    head = (one, has_null, np.array(column.type.oid, "i4"), np.diff(bounds).astype("i4"), one)
    length = (np.diff(offsets) + 4 * len(head)).astype("i4")
    return _Field((length, *head), _binary(joined.buffers()[2], offsets, valid), valid)


def _join(rows: int, fields: Sequence[_Field], *before: NDArray[Any]) -> pa.Array:
    """The values ``before`` and the fields, one after the other in each row: large_binary of (rows,)."""
    pieces: list[Any] = []
    run = list(before)
    for (length, *head), tail, valid in fields:
        if valid is None:
            run += [length, *head]
        else:
            run.append(np.where(valid, length, np.array(-1, "i4")))
            if head:
                pieces += [_pack(rows, run), _pack(rows, head, valid)]
                run = []
        if tail is not None:
            pieces += [_pack(rows, run), tail] if run else [tail]
            run = []
    if run:
        pieces.append(_pack(rows, run))
    # A null piece adds nothing to its row: that is how a null field is its length alone.
    return (
        pieces[0]
        if len(pieces) == 1
        else pc.binary_join_element_wise(*pieces, _NOTHING, null_handling="skip")
    )


def _pack(rows: int, run: Sequence[NDArray[Any]], valid: NDArray[np.bool_] | None = None) -> pa.Array:
    """Values of fixed width side by side, big-endian: large_binary, null where not valid."""
    record = np.empty(rows, [(f"f{i}", values.dtype.newbyteorder(">")) for i, values in enumerate(run)])
    for i, values in enumerate(run):
        record[f"f{i}"] = values
    offsets = np.arange(rows + 1, dtype=np.int64) * record.itemsize
    return _binary(pa.py_buffer(record.view(np.uint8)), offsets, valid)


def _binary(data: pa.Buffer, offsets: NDArray[np.int64], valid: NDArray[np.bool_] | None = None) -> pa.Array:
    bitmap = None if valid is None else pa.array(valid).buffers()[1]
    buffers = [bitmap, pa.py_buffer(np.ascontiguousarray(offsets)), data]
    return pa.Array.from_buffers(pa.large_binary(), len(offsets) - 1, buffers)


def _offsets(array: pa.Array) -> NDArray[np.int64]:
    """Where the values of a large_binary array begin and end in its data buffer: (rows + 1,)."""
    if not len(array):
        return np.zeros(1, np.int64)
    return np.frombuffer(array.buffers()[1], np.int64)[array.offset : array.offset + len(array) + 1]


def _bytes(array: pa.Array) -> NDArray[np.uint8]:
    """The values of a large_binary array, end to end, those hidden under nulls included."""
    offsets = _offsets(array)
    return np.frombuffer(array.buffers()[2] or b"", np.uint8)[offsets[0] : offsets[-1]]


def _refuse_nul(array: pa.Array, name: str) -> None:
    data = _bytes(array)
    # The smallest byte is found several times faster than the first zero.
    if not data.size or data.min() > 0:
        return
    hits = pc.greater_equal(pc.find_substring(array, b"\x00"), 0)
    if pc.any(hits).as_py():
        text = array.filter(hits)[0].as_py().decode(errors="replace")
        raise InvalidInput(
            f"column {name!r} has a text with a NUL (0x00), which PostgreSQL cannot store: {text[:60]!r}; "
            "take it out before copying",
            field=name,
        )
