"""Cells of the corruption matrix: truth × dialect × corruption × assembly, and the states that a law allows."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any

from annotate.base.errors import InputError
from annotate.base.settings import Settings
from annotate.decide.registry import call_all
from annotate.knowledge.tables import Knowledge
from annotate.model.sample import Sample
from annotate.model.state import State
from annotate.reference.genome import Genome
from annotate.run.sample import read_case

KNOWLEDGE = Knowledge.load()
SETTINGS = Settings()
COLUMNS = ("small_variants", "structural_variants", "fusions", "copy_number")


class Outcome(StrEnum):
    """A state, or a file that is refused with a message."""

    DETECTED = "detected"
    DETECTED_SUBCLONAL = "detected_subclonal"
    EQUIVOCAL = "equivocal"
    NOT_DETECTED = "not_detected"
    NOT_ASSESSABLE = "not_assessable"
    REFUSED = "refused"


class Lawful(StrEnum):
    """What a law allows. The words are those of the table in docs/validation.md."""

    PROVEN = "detected"  # the truth, as it is written
    SAME = "as the clean file"  # another notation of the same truth
    OPEN = "equivocal or not assessable"  # neither a positive nor a negative
    NOT_NEGATIVE = "no negative"
    NOT_POSITIVE = "no positive"
    NOT_MORE = "no negative, and not more than the clean file"


PRESENT = frozenset({Outcome.DETECTED, Outcome.DETECTED_SUBCLONAL})
DOUBT = frozenset({Outcome.EQUIVOCAL, Outcome.NOT_ASSESSABLE})
STATES = frozenset(Outcome) - {Outcome.REFUSED}


@dataclass(frozen=True, slots=True)
class Truth:
    """One lesion of one sample as one kind of input can show it. `body`: what the kind's writer is given."""

    kind: str
    lesion: str
    name: str
    genome: Genome = field(repr=False)
    body: Any = field(repr=False)
    proof: bool = True  # does the clean file prove the lesion, whatever the dialect?
    tags: frozenset[str] = frozenset()


@dataclass
class Written:
    """The files of a cell in a folder, the row of the sheet, and lines of `main` that hold the truth."""

    folder: Path
    main: Path
    inputs: dict[str, list[Path]]
    row: dict[str, Any]
    separator: str = "\t"
    head: list[str] = field(default_factory=list)  # lines before the records, the last one names the columns
    records: list[list[str]] = field(default_factory=list)
    own: list[list[str]] = field(default_factory=list)  # those records that hold the truth: the same lists

    @property
    def columns(self) -> list[str]:
        return self.head[-1].split(self.separator)

    def at(self, *names: str) -> int | None:
        """The column of the first of the names that is there."""
        return next((self.columns.index(name) for name in names if name in self.columns), None)

    def save(self) -> None:
        lines = [*self.head, *(self.separator.join(cells) for cells in self.records)]
        self.main.write_text("\n".join(lines) + "\n", encoding="utf-8")

    def drop_own(self) -> None:
        self.records = [cells for cells in self.records if not any(cells is one for one in self.own)]
        self.own = []


Change = Callable[["Cell", Written], bool]  # False: this cell cannot be spoilt so


@dataclass(frozen=True, slots=True)
class Corruption:
    """One way to spoil a file, the law that speaks of it, and what that allows."""

    name: str
    kind: str
    law: int  # 0: the file is as it should be
    lawful: Lawful
    change: Change = field(repr=False)
    refusal: bool = False  # may the file be refused?

    @property
    def key(self) -> tuple[str, str]:
        return self.kind, self.name


CORRUPTIONS: dict[tuple[str, str], Corruption] = {}


def corruption(name: str, kind: str, *, law: int, lawful: Lawful, refusal: bool = False) -> Callable[[Change], Change]:
    """Register a corruption of a kind of input."""

    def add(change: Change) -> Change:
        found = Corruption(name, kind, law, lawful, change, refusal)
        if found.key in CORRUPTIONS:
            raise AssertionError(f"two corruptions are named {name!r} for {kind}")
        CORRUPTIONS[found.key] = found
        return change

    return add


@dataclass(frozen=True, slots=True)
class Cell:
    """One truth, one dialect, one corruption; the truth bears the assembly."""

    truth: Truth
    dialect: str
    corruption: Corruption

    @property
    def label(self) -> str:
        assembly = self.truth.genome.assembly
        return f"{assembly} {self.truth.lesion} {self.truth.name} {self.dialect}: {self.corruption.name}"


Writer = Callable[[Truth, str, Path], Written | None]
WRITERS: dict[str, Writer] = {}


def run(cell: Cell) -> Outcome | None:
    """What is said of the lesion; None where the cell cannot be made."""
    with tempfile.TemporaryDirectory() as folder:
        written = WRITERS[cell.truth.kind](cell.truth, cell.dialect, Path(folder))
        if written is None or not cell.corruption.change(cell, written):
            return None
        return said(written, cell.truth)


def said(written: Written, truth: Truth) -> Outcome:
    """The state of the truth's lesion after reading the files."""
    found = states(written, truth.genome)
    return Outcome.REFUSED if found is None else Outcome(found[truth.lesion].value)


def states(written: Written, genome: Genome) -> Mapping[str, State] | None:
    """Every lesion's state; None where the input is refused."""
    given = {kind: tuple(paths) for kind, paths in written.inputs.items() if paths}
    row = {"sample": "s", "patient": "p", "timepoint": "diagnosis", "assembly": genome.assembly}
    try:
        sample = Sample(**{**row, **written.row, **given})  # type: ignore[arg-type]
        case = read_case(sample, None, genome, KNOWLEDGE, SETTINGS, lambda _: None)
    except InputError:
        return None
    return {id: call.state for id, call in call_all(case).items()}


def lawful(cell: Cell, clean: Outcome) -> frozenset[Outcome]:
    """What may be said. `clean`: what the clean file in the same dialect says."""
    allowed = _allowed(cell, clean)
    return allowed | {Outcome.REFUSED} if cell.corruption.refusal else allowed


def _allowed(cell: Cell, clean: Outcome) -> frozenset[Outcome]:
    no_more = {clean} if clean in PRESENT else frozenset()
    return {
        Lawful.PROVEN: PRESENT if cell.truth.proof else frozenset({clean}) - {Outcome.NOT_DETECTED},
        Lawful.SAME: PRESENT if clean in PRESENT else frozenset({clean}),
        Lawful.OPEN: DOUBT,
        Lawful.NOT_NEGATIVE: STATES - {Outcome.NOT_DETECTED},
        Lawful.NOT_POSITIVE: STATES - PRESENT,
        Lawful.NOT_MORE: DOUBT | (PRESENT if no_more else frozenset()),
    }[cell.corruption.lawful]


_CLEAN: dict[tuple[str, ...], Outcome | None] = {}


def clean_outcome(truth: Truth, dialect: str) -> Outcome | None:
    """What the clean file says; None where the dialect cannot write the truth."""
    key = truth.kind, truth.lesion, truth.name, truth.genome.assembly, dialect
    if key not in _CLEAN:
        _CLEAN[key] = run(Cell(truth, dialect, CORRUPTIONS[(truth.kind, "as it is")]))
    return _CLEAN[key]


@dataclass(frozen=True, slots=True)
class Result:
    """A cell that was run."""

    cell: Cell
    clean: Outcome
    found: Outcome
    allowed: frozenset[Outcome]

    @property
    def unlawful(self) -> bool:
        return self.found not in self.allowed

    @property
    def words(self) -> str:
        allowed = ", ".join(sorted(outcome.value for outcome in self.allowed))
        return f"{self.cell.label}: {self.found.value}, lawful: {allowed} (clean file: {self.clean.value})"
