"""Patients drawn once: a lesion of each kind of input in a caller's dialect, as it is or spoilt as the field does.

    python -m tests.makers.simulated_patients [--draws N]

draws N patients by their seeds and keeps the fewest in which every lesion is in every state that the draws reach, in
`tests/data/simulated_patients.tsv`: one row a file, so that a new dialect or corruption does not change who they are.
"""

from __future__ import annotations

import argparse
import csv
import random
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from functools import lru_cache
from itertools import groupby
from operator import attrgetter
from pathlib import Path
from typing import Any

from annotate.base.errors import InputError
from annotate.base.settings import Settings
from annotate.model.sample import Patient, Sample
from annotate.reference.genome import ASSEMBLIES, Genome
from annotate.report.json.build import build_report
from annotate.run.sample import analyse
from scripts.make_demo import of_gene, segments
from tests.makers.laws.cell import CORRUPTIONS, WRITERS, Cell, Lawful, Truth
from tests.makers.laws.copy_number import Copies
from tests.makers.laws.matrix import MODULES, corruptions
from tests.makers.small_variants import Call

KEPT = Path(__file__).resolve().parents[1] / "data" / "simulated_patients.tsv"
SPOILT = (Lawful.OPEN, Lawful.NOT_NEGATIVE, Lawful.NOT_POSITIVE, Lawful.NOT_MORE)
SHARE_GIVEN, SHARE_CLEAN = 0.7, 0.5  # of the kinds of input of a patient; of those, as they are
TRIES = 20  # cells drawn for one that can be made: few dialects can be spoilt in every way
Pair = tuple[str, str]  # lesion and state


@dataclass(frozen=True, slots=True)
class File:
    """One file of a patient: which truth it holds, in which dialect, and how it is spoilt."""

    patient: str
    assembly: str
    timepoint: str
    immunophenotype: str
    kind: str
    lesion: str
    truth: str
    dialect: str
    corruption: str

    def cell(self) -> Cell:
        truths = _truths(self.kind, self.assembly)[self.lesion]
        (truth,) = (one for one in truths if one.name == self.truth)
        return Cell(truth, self.dialect, CORRUPTIONS[self.kind, self.corruption])


FEW = (
    "simulated-par1",
    "GRCh38",
    "relapse",
    "BCP",
    "structural_variants",
    "crlf2_r",
    "P2RY8::CRLF2",
    "manta",
    "filtered",
)
"""A junction that says two things at once, which no draw spoils so: among the candidates of every draw."""


def patients() -> dict[str, tuple[File, ...]]:
    """The kept patients."""
    with KEPT.open(encoding="utf-8", newline="") as lines:
        files = [File(**row) for row in csv.DictReader(lines, delimiter="\t")]
    return {name: tuple(own) for name, own in groupby(files, attrgetter("patient"))}


def make_simulated(files: Sequence[File], folder: Path) -> dict[str, Any]:
    """The report of a patient. Errors: InputError where a spoilt file is refused."""
    first = files[0]
    row: dict[str, Any] = {"sample": first.patient, "patient": "p", "assembly": first.assembly}
    row["timepoint"] = first.timepoint
    for file in files:
        own = folder / file.kind
        own.mkdir()
        cell = file.cell()
        written = WRITERS[file.kind](cell.truth, cell.dialect, own)
        if written is None or not cell.corruption.change(cell, written):
            raise AssertionError(f"{cell.label}: cannot be made any more; draw the patients anew")
        row |= written.row | {name: tuple(paths) for name, paths in written.inputs.items() if paths}
    clinical = Patient("p", immunophenotype=first.immunophenotype)  # type: ignore[arg-type]
    return build_report(analyse(Sample(**row), clinical, Settings()))


def reached(report: Mapping[str, Any]) -> frozenset[Pair]:
    """Lesions and states of a report; a subclone is a positive, too."""
    return frozenset((lesion["id"], lesion["state"].removesuffix("_subclonal")) for lesion in report["lesions"])


# ---------------------------------------------------------------- drawing


def draw(seed: int) -> tuple[File, ...]:
    """The files of one patient, rare lesions as often as those of many partners."""
    dice = random.Random(seed)
    first = (f"simulated-{seed}", dice.choice(ASSEMBLIES), dice.choice(("diagnosis", "relapse")))
    immunophenotype = dice.choice(("BCP", "T"))
    kinds = [kind for kind in MODULES if dice.random() < SHARE_GIVEN]
    return tuple(File(*first, immunophenotype, kind, *_cell(kind, first[1], dice)) for kind in kinds)


def _cell(kind: str, assembly: str, dice: random.Random) -> tuple[str, str, str, str]:
    """A truth, as it is or spoilt. A dialect that cannot write it, or be spoilt so, is drawn anew."""
    wanted = (Lawful.PROVEN,) if dice.random() < SHARE_CLEAN else SPOILT
    ways = [one for one in corruptions(kind) if one.lawful in wanted]
    truths = _truths(kind, assembly)
    for _ in range(TRIES):
        truth = dice.choice(truths[dice.choice(list(truths))])
        cell = Cell(truth, dice.choice(MODULES[kind].DIALECTS), dice.choice(ways))
        with tempfile.TemporaryDirectory() as folder:
            written = WRITERS[kind](cell.truth, cell.dialect, Path(folder))
            if written is not None and cell.corruption.change(cell, written):
                return truth.lesion, truth.name, cell.dialect, cell.corruption.name
    raise AssertionError(f"no cell of {kind} in {TRIES} draws")


@lru_cache(maxsize=16)
def _truths(kind: str, assembly: str) -> Mapping[str, Sequence[Truth]]:
    genome = Genome.load(assembly)
    found: dict[str, list[Truth]] = {}
    for truth in (*MODULES[kind].truths(genome), *(one for one in _more_truths(genome) if one.kind == kind)):
        found.setdefault(truth.lesion, []).append(truth)
    return found


def _more_truths(genome: Genome) -> Iterator[Truth]:
    """Lesions that the corruption matrix does not draw: PAX5 P80R (CCC to CGC, minus strand), exons 3 to 9 of ERG."""
    transcript = genome.transcript("PAX5")
    assert transcript is not None
    call = Call(transcript.chrom, transcript.protein_to_genomic(80)[1], "G", "C")
    yield Truth("small_variants", "pax5_p80r", "PAX5 Pro80", genome, call)
    piece = of_gene(genome, "ERG", (1, 0), exons=(3, 9))
    copies = Copies(tuple(segments(genome, {"8": (3, 1)}, pieces=[piece])), piece[:3])
    yield Truth("copy_number", "erg_deletion", "ERG exons 3-9", genome, copies)


def _drawn(draws: int) -> Iterator[tuple[tuple[File, ...], frozenset[Pair]]]:
    for files in ((File(*FEW),), *filter(None, map(draw, range(draws)))):
        with tempfile.TemporaryDirectory() as folder:
            try:
                yield files, reached(make_simulated(files, Path(folder)))
            except InputError:
                continue


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--draws", type=int, default=2500, help="patients drawn")
    found = dict(_drawn(parser.parse_args().draws))
    every: frozenset[Pair] = frozenset().union(*found.values())
    chosen: list[tuple[File, ...]] = []
    while missing := every - frozenset().union(*(found[files] for files in chosen)):
        chosen.append(max(found, key=lambda files: len(found[files] & missing)))
    names = [field.name for field in fields(File)]
    with KEPT.open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out, delimiter="\t", lineterminator="\n")
        writer.writerow(names)
        writer.writerows([getattr(file, name) for name in names] for files in chosen for file in files)
    print(f"{len(chosen)} patients, {len(every)} pairs of lesion and state")
    lesions = sorted({lesion for lesion, _ in every})
    for state in ("detected", "equivocal", "not_detected", "not_assessable"):
        print(f"never {state}: {[lesion for lesion in lesions if (lesion, state) not in every]}")


if __name__ == "__main__":
    main()
