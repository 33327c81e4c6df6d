"""`frozen` against the standard library: the same declarations must behave alike."""

from __future__ import annotations

import ast
import copy
import dataclasses
import pickle
from collections.abc import Callable
from dataclasses import FrozenInstanceError, field, fields, replace
from functools import cached_property
from pathlib import Path
from typing import Any, ClassVar

import pytest

import annotate
from annotate.base.frozen import frozen

Declare = Callable[..., Callable[[type], Any]]


def standard(*, slots: bool = True, eq: bool = True, kw_only: bool = False) -> Callable[[type], Any]:
    """What `frozen` stands for."""
    return dataclasses.dataclass(frozen=True, slots=slots, eq=eq, kw_only=kw_only)


def plain(declare: Declare) -> Any:
    @declare()
    class Gene:
        name: str
        start: int = 1
        aliases: list[str] = field(default_factory=list)
        seen: dict[str, int] = field(default_factory=dict, compare=False, repr=False)
        build: ClassVar[str] = "GRCh38"

        @property
        def end(self) -> int:
            return self.start + 10

    return Gene


def checked(declare: Declare) -> Any:
    @declare()
    class Span:
        start: int
        end: int
        length: int = field(init=False, default=0)

        def __post_init__(self) -> None:
            if self.end < self.start:
                raise ValueError("end before start")
            object.__setattr__(self, "length", self.end - self.start + 1)

    return Span


def inherited(declare: Declare) -> Any:
    @declare(kw_only=True)
    class Row:
        file: str
        line: int = 0

    @declare(kw_only=True)
    class Cutoff(Row):
        id: str
        value: float = 1.0

    return Cutoff


def own_methods(declare: Declare) -> Any:
    @declare()
    class Named:
        name: str
        rank: int = 0

        def __eq__(self, other: object) -> bool:
            return isinstance(other, type(self)) and self.name == other.name

        def __hash__(self) -> int:
            return hash(self.name)

        def __repr__(self) -> str:
            return f"<{self.name}>"

    return Named


def cached(declare: Declare) -> Any:
    @declare(slots=False)
    class Places:
        names: tuple[str, ...]

        @cached_property
        def first(self) -> str:
            return self.names[0]

    return Places


def identity(declare: Declare) -> Any:
    @declare(eq=False)
    class Row:
        id: str

    return Row


def empty(declare: Declare) -> Any:
    @declare()
    class Nothing:
        pass

    return Nothing


KINDS: tuple[tuple[Callable[[Declare], Any], tuple[tuple[tuple[Any, ...], dict[str, Any]], ...]], ...] = (
    (plain, ((("TP53",), {}), (("TP53", 5), {}), (("B",), {"start": 5, "aliases": []}), (("A",), {"seen": {"x": 1}}))),
    (checked, (((1, 5), {}), ((), {"start": 1, "end": 5}), ((2, 5), {}))),
    (inherited, (((), {"file": "a", "id": "b"}), ((), {"id": "b", "file": "a", "value": 2.0, "line": 3}))),
    (own_methods, ((("a",), {}), (("a", 1), {}), (("b",), {}))),
    (cached, (((("a", "b"),), {}), ((("b",),), {}))),
    (identity, ((("a",), {}), (("a",), {}))),
    (empty, (((), {}),)),
)  # fmt: skip


def outcome(do: Callable[[], Any]) -> Any:
    """What a call gives, or the kind of error."""
    try:
        return do()
    except Exception as error:
        return type(error).__name__


@pytest.mark.parametrize("kind", KINDS, ids=[kind.__name__ for kind, _ in KINDS])
def test_instances_behave_as_those_of_the_standard_library(kind: Any) -> None:
    made, given = kind
    ours, theirs = made(frozen), made(standard)
    pairs = [(ours(*args, **named), theirs(*args, **named)) for args, named in given]
    assert [one.name for one in fields(ours)] == [one.name for one in fields(theirs)]
    assert ours.__match_args__ == theirs.__match_args__
    assert hasattr(ours, "__slots__") == hasattr(theirs, "__slots__")
    for own, other in pairs:
        assert dataclasses.asdict(own) == dataclasses.asdict(other)
        if made is not identity:
            assert repr(own) == repr(other)
        for name in [*(one.name for one in fields(ours)), "unknown"]:
            assert outcome(lambda own=own, name=name: setattr(own, name, 1)) == "FrozenInstanceError"
            assert outcome(lambda own=own, name=name: delattr(own, name)) == "FrozenInstanceError"
        assert outcome(lambda own=own: type(hash(own))) == outcome(lambda other=other: type(hash(other)))
        assert own != other
    for a, x in pairs:
        for b, y in pairs:
            assert (a == b) == (x == y)
            if x == y:
                assert outcome(lambda a=a, b=b: hash(a) == hash(b)) == outcome(lambda x=x, y=y: hash(x) == hash(y))


@pytest.mark.parametrize(
    ("args", "named"), [((), {}), (("a", 1, [], {}, 5), {}), (("a",), {"naem": 1}), (("a",), {"name": "b"})]
)
def test_wrong_arguments_are_refused(args: tuple[Any, ...], named: dict[str, Any]) -> None:
    for declare in (frozen, standard):
        with pytest.raises(TypeError):
            plain(declare)(*args, **named)


def test_defaults_belong_to_one_instance() -> None:
    made = plain(frozen)
    first, second = made("A"), made("B")
    first.aliases.append("x")
    assert second.aliases == []


def test_replace_checks_again_and_refuses_unknown_fields() -> None:
    span = checked(frozen)
    assert replace(span(1, 5), end=9).length == 9
    with pytest.raises(ValueError, match="end before start"):
        replace(span(5, 6), end=1)
    with pytest.raises(TypeError):
        replace(span(1, 5), stop=9)


@frozen
class Kept:
    """At module level, as pickle wants it."""

    name: str
    parts: tuple[str, ...] = ()


@pytest.mark.parametrize("again", [copy.copy, copy.deepcopy, lambda one: pickle.loads(pickle.dumps(one))])
def test_instances_are_copied_and_pickled(again: Callable[[Any], Any]) -> None:
    assert again(Kept("a", ("b",))) == Kept("a", ("b",))
    with pytest.raises(FrozenInstanceError):
        again(Kept("a")).name = "b"


def test_a_cached_property_is_computed_once() -> None:
    places = cached(frozen)(("a",))
    assert places.first == vars(places)["first"] == "a"


def test_every_frozen_class_of_the_package_is_declared_by_it() -> None:
    """One left behind would be slow to import and nothing else would show it. `order=True` stays with the library."""
    left = []
    for path in Path(annotate.__file__).parent.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            for one in node.decorator_list if isinstance(node, ast.ClassDef) else ():
                words = {key.arg for key in one.keywords} if isinstance(one, ast.Call) else set()
                if "frozen" in words and "order" not in words:
                    left.append(f"{path.name}:{one.lineno}")
    assert left == []
