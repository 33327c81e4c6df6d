"""Values of the model as JSON types."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from enum import Enum
from pathlib import Path
from typing import Any

_JSON = (str, int, bool, type(None))  # most values of a report: asked first


def plain(value: Any) -> Any:
    """Dataclasses, enums, tuples and paths as JSON types; floats rounded so that platforms agree."""
    kind = type(value)
    if kind in _JSON:
        return value
    if kind is tuple or kind is list:
        return [plain(part) for part in value]
    if kind is dict:
        return {str(key): plain(part) for key, part in value.items()}
    if kind is float:
        return round(value, 6) if math.isfinite(value) else None
    names = _names(kind)
    if names:
        return {name: plain(getattr(value, name)) for name in names}
    return _plain_of_others(value)


def _plain_of_others(value: Any) -> Any:
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, Mapping):
        return {str(key): plain(part) for key, part in value.items()}
    if isinstance(value, (list, tuple, set, frozenset)):
        return [plain(part) for part in (sorted(value) if isinstance(value, (set, frozenset)) else value)]
    if hasattr(value, "item") and not isinstance(value, (str, bytes)):  # numpy scalars
        return plain(value.item())
    return str(value) if isinstance(value, Path) else value


_FIELDS: dict[type, tuple[str, ...]] = {}  # names of the fields of dataclasses, by class; empty for another class


def _names(kind: type) -> tuple[str, ...]:
    """Fields of a dataclass; none for another class."""
    found = _FIELDS.get(kind)
    if found is None:
        found = _FIELDS[kind] = tuple(field.name for field in fields(kind)) if is_dataclass(kind) else ()
    return found
