"""What a lesion rule is given: the sources, tables and other lesions that it declares, and nothing else.

A view is a `Case` whose undeclared fields are not there: reading one is an error, in every run. So the registration of
a rule says all that its call can depend on.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import fields

from annotate.decide.case import Case
from annotate.decide.detectability import inputs_present
from annotate.knowledge.spec import R, spec_of
from annotate.knowledge.tables import Entry, Knowledge
from annotate.model.lesion import LesionCall

ALWAYS = frozenset({"sample", "genome", "knowledge", "calls", "present", "bench"})
SOURCES = frozenset(field.name for field in fields(Case)) - ALWAYS
SHARED_TABLES = frozenset({"lesions", "visibility", "blind_spots", "settles", "thresholds", "bench_targets"})
"""Tables that every call reads: names, limits, what would settle it, numbers."""


class UndeclaredRead(AssertionError):
    """A rule read what its registration does not declare: a fault of the rule."""


class DeclaredCalls(dict[str, LesionCall]):
    """Calls of the declared lesions; asking for another one is an error."""

    def __init__(self, calls: Mapping[str, LesionCall], declared: Iterable[str]) -> None:
        self.declared = frozenset(declared)
        super().__init__({id: call for id, call in calls.items() if id in self.declared})

    def _check(self, id: object) -> None:
        if id not in self.declared:
            raise UndeclaredRead(f"the call of {id} is read and not declared")

    def __getitem__(self, id: str) -> LesionCall:
        self._check(id)
        return super().__getitem__(id)

    def get(self, id: str, default: LesionCall | None = None) -> LesionCall | None:  # type: ignore[override]
        """The call of a lesion that the rule declares; reading another is a fault."""
        self._check(id)
        return super().get(id, default)

    def __contains__(self, id: object) -> bool:
        self._check(id)
        return super().__contains__(id)


class DeclaredTables(Knowledge):
    """Knowledge of which only declared tables may be read. Equal to the whole: results kept for one serve the other."""

    declared: frozenset[str]

    @staticmethod
    def of(whole: Knowledge, tables: Iterable[str]) -> DeclaredTables:
        """A view of knowledge in which only the declared tables, and those that all rules share, can be read."""
        view = object.__new__(DeclaredTables)
        view.__dict__.update(whole.__dict__)  # what was read and typed once serves every rule
        view.__dict__["declared"] = SHARED_TABLES | set(tables)
        return view

    def _allow(self, name: str) -> None:
        if name not in self.declared:
            raise UndeclaredRead(f"the table {name} is read and not declared")

    def table(self, name: str) -> tuple[Entry, ...]:
        """The rows of a declared table as cells; reading another is a fault."""
        self._allow(name)
        return super().table(name)

    def ids(self, name: str) -> frozenset[str]:
        """The ids of a declared table; reading another is a fault."""
        self._allow(name)
        return super().ids(name)

    def rows(self, row: type[R], /) -> tuple[R, ...]:
        """The typed rows of a declared table; reading another is a fault."""
        self._allow(spec_of(row).name)
        return super().rows(row)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Knowledge) and (self.folder, self.overlay) == (other.folder, other.overlay)

    def __hash__(self) -> int:
        return super().__hash__()


def view_of(
    case: Case, sources: Iterable[str], tables: Iterable[str], lesions: Iterable[str], calls: Mapping[str, LesionCall]
) -> Case:
    """A case with what is declared; the other slots stay empty."""
    view = object.__new__(Case)
    given = {name: getattr(case, name) for name in {*sources, "sample", "genome", "bench"}}
    given["knowledge"] = DeclaredTables.of(case.knowledge, tables)
    given["calls"] = DeclaredCalls(calls, lesions)
    given["present"] = inputs_present(case)
    for name, value in given.items():
        object.__setattr__(view, name, value)
    return view


def undeclared(error: AttributeError) -> UndeclaredRead | None:
    """The error of a read from an empty slot of a view; None for any other."""
    if isinstance(error.obj, Case) and error.name in SOURCES:
        return UndeclaredRead(f"the source {error.name} is read and not declared")
    return None
