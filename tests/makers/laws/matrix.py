"""The whole matrix: which cells there are, drawn by a seed, the same for the same seed."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from types import ModuleType

from annotate.reference.genome import ASSEMBLIES, Genome
from tests.makers.laws import (
    alignments,
    bench,
    copy_number,
    fusions,
    karyotype,
    mlpa,
    optical,
    small_variants,
    structural,
)
from tests.makers.laws.cell import CORRUPTIONS, Cell, Corruption, Result, Truth, clean_outcome, lawful, run

MODULES: Mapping[str, ModuleType] = {
    module.KIND: module
    for module in (small_variants, alignments, structural, optical, fusions, copy_number, mlpa, karyotype, bench)
}
SHARES: Mapping[str, int] = {  # cells of a corruption and lesion in one assembly: more where a lesion has many truths
    "small_variants": 6,
    "alignments": 3,
    "structural_variants": 4,
    "optical_mapping": 3,
    "fusions": 4,
    "copy_number": 4,
    "mlpa": 6,
    "karyotype": 3,
    "bench_results": 6,
}
TRIES = 6  # cells drawn for one that can be made: few dialects can be spoilt in every way


@dataclass(frozen=True, slots=True)
class Part:
    """What one process runs: a kind of input in one assembly."""

    assembly: str
    kind: str


def parts() -> tuple[Part, ...]:
    return tuple(Part(assembly, kind) for assembly in ASSEMBLIES for kind in MODULES)


def results(part: Part, seed: int) -> Iterator[Result]:
    """Cells of every corruption and lesion of a kind of input, as many as `SHARES` says where they can be made."""
    for corruption in corruptions(part.kind):
        for lesion, truths in _by_lesion(part).items():
            dice = random.Random(f"{seed} {part} {corruption.name} {lesion}")
            yield from _made(corruption, truths, dice, SHARES[part.kind])


def some_results(part: Part, seed: int, count: int) -> Iterator[Result]:
    """`count` cells of each corruption, of any lesion."""
    truths = tuple(truth for found in _by_lesion(part).values() for truth in found)
    for corruption in corruptions(part.kind):
        yield from _made(corruption, truths, random.Random(f"{seed} {part} {corruption.name}"), count)


def corruptions(kind: str) -> tuple[Corruption, ...]:
    return tuple(corruption for corruption in CORRUPTIONS.values() if corruption.kind == kind)


def _made(corruption: Corruption, truths: tuple[Truth, ...], dice: random.Random, count: int) -> Iterator[Result]:
    dialects = MODULES[corruption.kind].DIALECTS
    made: set[tuple[str, str]] = set()
    for _ in range(count * TRIES):
        truth, dialect = dice.choice(truths), dice.choice(dialects)
        key = truth.name, dialect
        if len(made) >= count:
            return
        result = None if key in made else judge(Cell(truth, dialect, corruption))
        if result is not None:
            made.add(key)
            yield result


def judge(cell: Cell) -> Result | None:
    """What a cell says and may say; None where it cannot be made."""
    found = run(cell)
    if found is None:
        return None
    clean = clean_outcome(cell.truth, cell.dialect)
    assert clean is not None
    return Result(cell, clean, found, lawful(cell, clean))


@lru_cache(maxsize=16)
def _by_lesion(part: Part) -> Mapping[str, tuple[Truth, ...]]:
    found: dict[str, list[Truth]] = {}
    for truth in MODULES[part.kind].truths(Genome.load(part.assembly)):
        found.setdefault(truth.lesion, []).append(truth)
    return {lesion: tuple(truths) for lesion, truths in found.items()}
