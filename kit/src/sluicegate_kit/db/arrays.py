"""Columns of values as PostgreSQL's binary arrays, of the type that the statement names.

A batch's rows travel as one array per column. psycopg asks each value for its type and packs it by itself; to know the
type beforehand takes a third of the time. Source of the format: PostgreSQL's `array_recv` and the `…recv` of each type.
"""

import re
import struct
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from psycopg.errors import CharacterNotInRepertoire, NumericValueOutOfRange

_head = struct.Struct("!iiIii").pack
"""Dimensions, whether a value is NULL, the elements' type, how many, the index of the first."""
_length = struct.Struct("!i").pack
_bool = struct.Struct("!i?").pack
_int8 = struct.Struct("!iq").pack
_float8 = struct.Struct("!id").pack
_UUID_LENGTH = _length(16)
_NULL = _length(-1)
_ARRAY = re.compile(r"%b(?:::([a-z0-9]+)\[\])?")
_EPOCH = datetime(2000, 1, 1, tzinfo=UTC)
"""PostgreSQL's, from which a `timestamptz` counts microseconds."""


def _text(values: Sequence[Any]) -> list[bytes]:
    return [_NULL if value is None else _length(len(data := value.encode())) + data for value in values]


def _bytea(values: Sequence[Any]) -> list[bytes]:
    return [_NULL if value is None else _length(len(value)) + value for value in values]


def _bools(values: Sequence[Any]) -> list[bytes]:
    return [_NULL if value is None else _bool(1, value) for value in values]


def _int8s(values: Sequence[Any]) -> list[bytes]:
    return [_NULL if value is None else _int8(8, value) for value in values]


def _float8s(values: Sequence[Any]) -> list[bytes]:
    return [_NULL if value is None else _float8(8, value) for value in values]


def _uuids(values: Sequence[Any]) -> list[bytes]:
    return [_NULL if value is None else _UUID_LENGTH + value.bytes for value in values]


def _timestamps(values: Sequence[Any]) -> list[bytes]:
    return [_NULL if value is None else _int8(8, _microseconds(value)) for value in values]


def _microseconds(value: datetime) -> int:
    since = value - _EPOCH
    return (since.days * 86_400 + since.seconds) * 1_000_000 + since.microseconds


@dataclass(frozen=True, slots=True)
class ArrayType:
    """An array type, and how its values are packed."""

    oid: int
    """Of the array; `pg_type.dat` of PostgreSQL has them."""
    element: int
    pack: Callable[[Sequence[Any]], list[bytes]]

    def encode(self, values: Sequence[Any]) -> bytes:
        """The array as the server reads it.

        Raises:
            psycopg.DataError: a value that the type can't hold, with the SQLSTATE that the server would give.
        """
        if not values:
            return _head(0, 0, self.element, 0, 0)[:12]
        try:
            packed = self.pack(values)
        except struct.error as error:
            raise NumericValueOutOfRange(str(error)) from error
        except UnicodeEncodeError as error:
            raise CharacterNotInRepertoire(str(error)) from error
        return _head(1, _NULL in packed, self.element, len(values), 1) + b"".join(packed)


_TYPES = {
    "text": ArrayType(1009, 25, _text),
    "int8": ArrayType(1016, 20, _int8s),
    "float8": ArrayType(1022, 701, _float8s),
    "bool": ArrayType(1000, 16, _bools),
    "bytea": ArrayType(1001, 17, _bytea),
    "uuid": ArrayType(2951, 2950, _uuids),
    "timestamptz": ArrayType(1185, 1184, _timestamps),
}


@lru_cache(maxsize=1024)
def arrays_of(statement: str) -> tuple[ArrayType | None, ...]:
    """For each `%b` of the statement the array type that it is cast to; None for a single value."""
    return tuple(_TYPES[name] if name else None for name in _ARRAY.findall(statement))
