"""Conditions of the decision tables: `bcr_abl1 or (hypodiploidy.masked=no and not etv6_runx1)`.

A condition is made of atoms, `and`, `or`, `not` and parentheses. What an atom means is told by
`annotate.interpret`; here a condition is only read and combined, in three-valued logic: an unknown
atom leaves the condition unknown unless the others decide it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Literal

from annotate.base.frozen import frozen

Truth = bool | None
Lookup = Callable[[str], Truth]

TOKEN = re.compile(r"\s*(\(|\)|[^\s()]+)")
WORDS = frozenset({"and", "or", "not", "(", ")"})
PREFIXES = ("known:", "open:", "likely:")


class ConditionError(ValueError):
    """A condition cannot be read."""


@frozen
class Condition:
    """One node: an atom, or a combination of parts."""

    kind: Literal["atom", "and", "or", "not", "always"]
    atom: str = ""
    parts: tuple[Condition, ...] = ()

    def atoms(self) -> tuple[str, ...]:
        """Every atom once, in order of appearance."""
        if self.kind == "atom":
            return (self.atom,)
        return tuple(dict.fromkeys(atom for part in self.parts for atom in part.atoms()))

    def truth(self, lookup: Lookup) -> Truth:
        """Three-valued: None where unknown atoms could make it either."""
        if self.kind == "always":
            return True
        if self.kind == "atom":
            return lookup(self.atom)
        if self.kind == "not":
            inner = self.parts[0].truth(lookup)
            return None if inner is None else not inner
        decisive = self.kind == "or"  # one true part decides an `or`, one false part an `and`
        unknown = False
        for part in self.parts:
            value = part.truth(lookup)
            if value is decisive:
                return decisive
            unknown = unknown or value is None
        return None if unknown else not decisive

    def undecided(self, lookup: Lookup) -> tuple[str, ...]:
        """Unknown atoms that can still decide the condition; none of a part that is decided already."""
        if self.truth(lookup) is not None:
            return ()
        if self.kind == "atom":
            return (self.atom,)
        return tuple(dict.fromkeys(atom for part in self.parts for atom in part.undecided(lookup)))

    def grounds(self, lookup: Lookup) -> tuple[str, ...]:
        """Atoms that made a decided condition what it is: all of a true `and`, the true ones of a true `or`…"""
        if self.kind == "atom":
            return (self.atom,)
        truth = self.truth(lookup)
        parts = self.parts if self.kind == "not" else [part for part in self.parts if part.truth(lookup) is truth]
        return tuple(dict.fromkeys(atom for part in parts for atom in part.grounds(lookup)))

    def supports(self, lookup: Lookup, positive: bool = True) -> tuple[str, ...]:
        """Atoms that are true and make the condition true by being so (not those under a `not`)."""
        if self.kind == "atom":
            return (self.atom,) if positive and lookup(self.atom) is True else ()
        sign = positive if self.kind != "not" else not positive
        return tuple(dict.fromkeys(atom for part in self.parts for atom in part.supports(lookup, sign)))


ALWAYS = Condition("always")


@lru_cache(maxsize=2048)
def parse(text: str) -> Condition:
    """Read a condition; an empty one or `always` holds always.

    >>> parse("a or not b and c").truth({"a": False, "b": None, "c": True}.get) is None
    True
    """
    tokens = _tokens(text)
    if not tokens or tokens == ["always"]:
        return ALWAYS
    condition, rest = _either(tokens)
    if rest:
        raise ConditionError(f"unexpected {rest[0]!r}")
    return condition


def expand(condition: Condition, named: Mapping[str, str], inside: frozenset[str] = frozenset()) -> Condition:
    """Replace named facts by their definitions; under a prefix only those of a single atom."""
    for prefix in PREFIXES:
        inner = condition.atom.removeprefix(prefix)
        if condition.kind == "atom" and inner != condition.atom and inner in named:
            single = expand(Condition("atom", inner), named, inside)
            if single.kind != "atom":
                raise ConditionError(f"{condition.atom!r} is more than one atom")
            return Condition("atom", prefix + single.atom)
    if condition.kind == "atom" and condition.atom in named:
        if condition.atom in inside:
            raise ConditionError(f"{condition.atom!r} is defined by itself")
        return expand(parse(named[condition.atom]), named, inside | {condition.atom})
    parts = tuple(expand(part, named, inside) for part in condition.parts)
    return Condition(condition.kind, condition.atom, parts)


def _tokens(text: str) -> list[str]:
    return TOKEN.findall(text)


def _either(tokens: list[str]) -> tuple[Condition, list[str]]:
    return _chain(tokens, "or", _both)


def _both(tokens: list[str]) -> tuple[Condition, list[str]]:
    return _chain(tokens, "and", _single)


def _chain(
    tokens: list[str],
    word: Literal["and", "or"],
    inner: Callable[[list[str]], tuple[Condition, list[str]]],
) -> tuple[Condition, list[str]]:
    first, rest = inner(tokens)
    parts = [first]
    while rest and rest[0] == word:
        part, rest = inner(rest[1:])
        parts.append(part)
    return (first if len(parts) == 1 else Condition(word, parts=tuple(parts))), rest


def _single(tokens: list[str]) -> tuple[Condition, list[str]]:
    if not tokens:
        raise ConditionError("ends too early")
    head, rest = tokens[0], tokens[1:]
    if head == "not":
        part, rest = _single(rest)
        return Condition("not", parts=(part,)), rest
    if head == "(":
        part, rest = _either(rest)
        if not rest or rest[0] != ")":
            raise ConditionError("a parenthesis is not closed")
        return part, rest[1:]
    if head in WORDS:
        raise ConditionError(f"unexpected {head!r}")
    return Condition("atom", head), rest
