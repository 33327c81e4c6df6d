"""Patients drawn by a seed: a lesion of each kind of input in a caller's dialect, as it is or spoilt as the field does.

    python -m tests.makers.simulated_patients [--draws N]

prints the fewest seeds found among N in which every lesion is in every state that the draws reach: the list `SEEDS`.
"""

from __future__ import annotations

import argparse
import random
import tempfile
from collections.abc import Iterator, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from annotate.base.errors import InputError
from annotate.base.settings import Settings
from annotate.model.sample import Patient, Sample
from annotate.reference.genome import ASSEMBLIES, Genome
from annotate.report.json.build import build_report
from annotate.run.sample import analyse
from scripts.make_demo import of_gene, segments
from tests.makers.laws.cell import WRITERS, Cell, Lawful, Truth, Written
from tests.makers.laws.copy_number import Copies
from tests.makers.laws.matrix import MODULES, corruptions
from tests.makers.small_variants import Call

SEEDS = (
    1, 26, 47, 53, 63, 84, 107, 170, 204, 220, 242, 244, 253, 261, 263, 264, 294, 306, 313, 437, 461, 463, 637, 837,
    849, 964,
)  # fmt: skip
SPOILT = (Lawful.OPEN, Lawful.NOT_NEGATIVE, Lawful.NOT_POSITIVE, Lawful.NOT_MORE)
SHARE_GIVEN, SHARE_CLEAN = 0.7, 0.5  # of the kinds of input of a patient; of those, as they are
TRIES = 20  # cells drawn for one that can be made: few dialects can be spoilt in every way
Pair = tuple[str, str]  # lesion and state


def make_simulated(seed: int, folder: Path) -> dict[str, Any]:
    """The report of a patient. Errors: InputError where a spoilt file is refused."""
    dice = random.Random(seed)
    assembly = dice.choice(ASSEMBLIES)
    row: dict[str, Any] = {"sample": f"s{seed}", "patient": "p", "assembly": assembly}
    row["timepoint"] = dice.choice(("diagnosis", "relapse"))
    for kind in MODULES:
        if dice.random() < SHARE_GIVEN:
            own = folder / kind
            own.mkdir()
            written = _written(kind, assembly, dice, own)
            row |= written.row | {name: tuple(paths) for name, paths in written.inputs.items() if paths}
    clinical = Patient("p", immunophenotype=dice.choice(("BCP", "T")), age_at_diagnosis_years=dice.randint(1, 17))
    return build_report(analyse(Sample(**row), clinical, Settings()))


def _written(kind: str, assembly: str, dice: random.Random, folder: Path) -> Written:
    """The files of one truth, as they are or spoilt. A dialect that cannot write it, or be spoilt so, is drawn anew."""
    clean = dice.random() < SHARE_CLEAN
    ways = [one for one in corruptions(kind) if one.lawful in ((Lawful.PROVEN,) if clean else SPOILT)]
    for number in range(TRIES):
        truth = dice.choice(dice.choice(_truths_by_lesion(kind, assembly)))
        cell = Cell(truth, dice.choice(MODULES[kind].DIALECTS), dice.choice(ways))
        own = folder / str(number)
        own.mkdir()
        written = WRITERS[kind](cell.truth, cell.dialect, own)
        if written is not None and cell.corruption.change(cell, written):
            return written
    raise AssertionError(f"no cell of {kind} in {TRIES} draws")


@lru_cache(maxsize=16)
def _truths_by_lesion(kind: str, assembly: str) -> tuple[tuple[Truth, ...], ...]:
    """Rare lesions are drawn as often as those of many partners."""
    found: dict[str, list[Truth]] = {}
    genome = Genome.load(assembly)
    for truth in (*MODULES[kind].truths(genome), *(one for one in _more_truths(genome) if one.kind == kind)):
        found.setdefault(truth.lesion, []).append(truth)
    return tuple(map(tuple, found.values()))


def _more_truths(genome: Genome) -> Iterator[Truth]:
    """Lesions that the corruption matrix does not draw: PAX5 P80R (CCC to CGC, minus strand), exons 3 to 9 of ERG."""
    transcript = genome.transcript("PAX5")
    assert transcript is not None
    call = Call(transcript.chrom, transcript.protein_to_genomic(80)[1], "G", "C")
    yield Truth("small_variants", "pax5_p80r", "PAX5 Pro80", genome, call)
    piece = of_gene(genome, "ERG", (1, 0), exons=(3, 9))
    copies = Copies(tuple(segments(genome, {"8": (3, 1)}, pieces=[piece])), piece[:3])
    yield Truth("copy_number", "erg_deletion", "ERG exons 3-9", genome, copies)


def reached(report: Mapping[str, Any]) -> frozenset[Pair]:
    """Lesions and states of a report; a subclone is a positive, too."""
    return frozenset((lesion["id"], lesion["state"].removesuffix("_subclonal")) for lesion in report["lesions"])


def _drawn(draws: int) -> Iterator[tuple[int, frozenset[Pair]]]:
    for seed in range(draws):
        with tempfile.TemporaryDirectory() as folder:
            try:
                yield seed, reached(make_simulated(seed, Path(folder)))
            except InputError:
                continue


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--draws", type=int, default=400, help="patients drawn")
    found = dict(_drawn(parser.parse_args().draws))
    every, chosen = frozenset().union(*found.values()), []
    while open_pairs := every - frozenset().union(*(found[seed] for seed in chosen)):
        chosen.append(max(found, key=lambda seed: len(found[seed] & open_pairs)))
    print(f"SEEDS = {tuple(sorted(chosen))}  # {len(every)} pairs of lesion and state")
    for state in ("detected", "equivocal", "not_detected", "not_assessable"):
        lesions = {lesion for lesion, _ in every}
        print(f"never {state}: {sorted(id for id in lesions if (id, state) not in every)}")


if __name__ == "__main__":
    main()
