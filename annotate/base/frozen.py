"""`frozen`: a frozen dataclass that is cheap to declare, for the nouns of this package.

`dataclasses.dataclass(frozen=True, slots=True)` compiles six functions a class, which for three hundred classes took a
fifth of a sample's time. Here the classes share the functions that compare, hash, print and refuse a change, and a
constructor is compiled when the first instance is made. All else is the standard library's: fields and defaults are
declared with `field`, and `replace`, `fields` and `asdict` take the instances.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence
from dataclasses import MISSING, Field, FrozenInstanceError, field
from operator import attrgetter
from typing import Any, TypeVar, dataclass_transform, overload

C = TypeVar("C", bound=type)


@overload
def frozen(cls: C, /) -> C: ...


@overload
def frozen(*, slots: bool = True, eq: bool = True, kw_only: bool = False) -> Callable[[C], C]: ...


@dataclass_transform(frozen_default=True, field_specifiers=(field,))
def frozen(cls: C | None = None, /, *, slots: bool = True, eq: bool = True, kw_only: bool = False) -> Any:
    """A class as a frozen dataclass. `slots=False` for one with a `cached_property`; with `eq=False` an instance equals
    itself alone.
    """

    def declared(own: C) -> C:
        base: Any = dataclasses.dataclass(init=False, repr=False, eq=False, slots=slots, kw_only=kw_only)
        made: Any = base(own)
        defined = own.__dict__
        shared = {"__setattr__": _refuse, "__delattr__": _refuse, "__repr__": _text, "__getstate__": _state}
        shared |= {"__setstate__": _restore, "__eq__": _equal} if eq else {"__setstate__": _restore}
        for name, function in shared.items():
            if name not in defined:
                setattr(made, name, function)
        if eq and defined.get("__hash__") is None:
            made.__hash__ = _hash
        made.__init__ = _first_constructor(made)
        return made  # type: ignore[no-any-return]

    return declared if cls is None else declared(cls)


# ---------------------------------------------------------------- shared by all classes


def _refuse(self: Any, name: str, value: Any = None) -> None:
    raise FrozenInstanceError(f"cannot change field {name!r} of {type(self).__name__}")


def _text(self: Any) -> str:
    cells = (f"{one.name}={getattr(self, one.name)!r}" for one in dataclasses.fields(self) if one.repr)
    return f"{type(self).__qualname__}({', '.join(cells)})"


def _equal(self: Any, other: object) -> Any:
    if other.__class__ is not self.__class__:
        return NotImplemented
    values = _compared(self.__class__)
    return values(self) == values(other)


def _hash(self: Any) -> int:
    return hash(_compared(self.__class__)(self))


def _state(self: Any) -> list[Any]:
    return [getattr(self, one.name) for one in dataclasses.fields(self)]


def _restore(self: Any, state: Sequence[Any]) -> None:
    for one, value in zip(dataclasses.fields(self), state, strict=True):
        object.__setattr__(self, one.name, value)


_COMPARED: dict[type, Callable[[Any], Any]] = {}


def _compared(cls: type) -> Callable[[Any], Any]:
    """What gives the values by which instances of a class are compared."""
    found = _COMPARED.get(cls)
    if found is None:
        names = [one.name for one in dataclasses.fields(cls) if one.compare]
        found = _COMPARED[cls] = attrgetter(*names) if names else lambda _: ()
    return found


# ---------------------------------------------------------------- the constructor of one class


def _first_constructor(made: Any) -> Callable[..., None]:
    """Compiles the constructor when it is first called, and takes its place."""

    def __init__(self: Any, *args: Any, **named: Any) -> None:
        made.__init__ = _constructor(made)
        made.__init__(self, *args, **named)

    return __init__


def _constructor(made: Any) -> Callable[..., None]:
    own = [one for one in dataclasses.fields(made) if one.init]
    scope: dict[str, Any] = {"_set": object.__setattr__, "_absent": _ABSENT}
    lines = []
    for one in dataclasses.fields(made):
        scope |= {f"_default_{one.name}": one.default, f"_make_{one.name}": one.default_factory}
        if not one.init and one.default is MISSING and one.default_factory is MISSING:
            continue
        slot = made.__dict__.get(one.name)
        scope[f"_set_{one.name}"] = getattr(slot, "__set__", None)
        write = f"_set_{one.name}(self, " if scope[f"_set_{one.name}"] else f"_set(self, {one.name!r}, "
        lines.append(f"{write}{_value(one)})")
    if hasattr(made, "__post_init__"):
        lines.append("self.__post_init__()")
    given = [_argument(one) for one in own if not one.kw_only]
    named = [_argument(one) for one in own if one.kw_only]
    words = ", ".join(["self", *given, *(["*", *named] if named else [])])
    exec("def __init__(" + words + "):\n " + "\n ".join(lines or ["pass"]), scope)  # noqa: S102 - names of fields alone
    function: Callable[..., None] = scope["__init__"]
    function.__qualname__ = f"{made.__qualname__}.__init__"
    return function


_ABSENT = object()


def _argument(one: Field[Any]) -> str:
    if one.default_factory is not MISSING:
        return f"{one.name}=_absent"
    return one.name if one.default is MISSING else f"{one.name}=_default_{one.name}"


def _value(one: Field[Any]) -> str:
    if one.default_factory is MISSING:
        return one.name if one.init else f"_default_{one.name}"
    return f"_make_{one.name}() if {one.name} is _absent else {one.name}" if one.init else f"_make_{one.name}()"
