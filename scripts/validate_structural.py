"""Structural variants against a truth set: `python scripts/validate_structural.py FOLDER`.

FOLDER holds the public caller outputs (structural_variants/…). For each file of the cell line COLO829 (GRCh37) it
prints how many junctions of the truth set are found, and how many found junctions are in it: both ends within 100
bases, same sides kept. A junction found at the right places with another side only is named as flipped. There is
one, on purpose: record truthset_49 of the truth set is written as a deletion of 96 bases although its own type is an
insertion, and all callers see a tandem duplication there.
A second table compares three callers of the cell line HCC1143 with one another, and a third writes the truth set in
every dialect and reads it back.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from annotate.breakpoints.breakends import order  # noqa: E402
from annotate.knowledge.tables import Knowledge  # noqa: E402
from annotate.model.junctions import Junction  # noqa: E402
from annotate.model.sample import Assembly, Sample  # noqa: E402
from annotate.read.structural import read_structural  # noqa: E402
from annotate.reference.genome import Genome  # noqa: E402
from tests.makers.structural import DIALECTS, write_junctions  # noqa: E402

WINDOW = 100
ASSEMBLY: Assembly = "GRCh37"
TRUTH = "truth/truthset_somaticSVs_COLO829.vcf"
COLO829 = {
    "Manta": ("manta/colo829_somatic_manta.vcf", "COLO829T", "COLO829R"),
    "GRIDSS": (
        "gridss/colo829_somatic_gridss.vcf.gz",
        "COLO829v003T_dedup.realigned.bam",
        "COLO829v003R_dedup.realigned.bam",
    ),
    "PURPLE (2019)": ("purple/COLO829T.purple.sv.ann.vcf.gz", "COLO829T.realigned.bam", "COLO829R.realigned.bam"),
    "PURPLE (v003)": ("purple/COLO829v003T.purple.sv.vcf", "COLO829v003T.sorted.bam", "COLO829v003R.sorted.bam"),
}
HCC1143 = {
    "SvABA": (
        "svaba/HCC1143.svaba.somatic.sv.vcf",
        "/gpfs/commons/groups/imielinski_lab/data/CellLines/HCC1143/WGS/HCC1143.final.bam",
        "/gpfs/commons/groups/imielinski_lab/data/CellLines/HCC1143/WGS/HCC1143BL.final.bam",
    ),
    "DELLY": ("delly/delly.final.vcf.gz", "HCC1143", "HCC1143BL"),
    "novoBreak": ("other/novoBreak.pass.flt.vcf", None, None),
}


@dataclass(frozen=True, slots=True)
class Agreement:
    """`matched` pairs of one junction each; `flipped`: records of the first list found with another side only."""

    first: int
    second: int
    matched: int
    flipped: tuple[str, ...]

    @property
    def recall(self) -> float:
        return self.matched / self.first if self.first else float("nan")

    @property
    def precision(self) -> float:
        return self.matched / self.second if self.second else float("nan")


def agree(first: Sequence[Junction], second: Sequence[Junction], window: int = WINDOW) -> Agreement:
    """Each junction of one list with at most one of the other: nearest first."""
    near = sorted(
        (distance, n, m)
        for n, a in enumerate(first)
        for m, b in enumerate(second)
        if (distance := apart(a, b, window)) is not None
    )
    same: dict[int, int] = {}
    taken: set[int] = set()
    for _, n, m in near:
        if n not in same and m not in taken and keeps(first[n]) == keeps(second[m]):
            same[n] = m
            taken.add(m)
    flipped = {n for _, n, m in near if n not in same and m not in taken and second[m].svtype != "INS"}
    return Agreement(len(first), len(second), len(same), tuple(first[n].records[0] for n in sorted(flipped)))


def apart(a: Junction, b: Junction, window: int) -> int | None:
    """Bases between the ends of two junctions, whatever sides they keep; None when either is beyond the window."""
    if a.right is None or b.right is None:
        return None
    if (a.left.chrom, a.right.chrom) != (b.left.chrom, b.right.chrom):
        return None
    ends = abs(a.left.pos - b.left.pos), abs(a.right.pos - b.right.pos)
    return sum(ends) if max(ends) <= window else None


def keeps(junction: Junction) -> str:
    return junction.left.keeps + (junction.right.keeps if junction.right is not None else "")


def junctions_of(
    path: Path, tumor: str | None, normal: str | None, genome: Genome, knowledge: Knowledge, *, passing: bool = True
) -> list[Junction]:
    """Two-ended junctions of a file that pass its filter and are not called germline."""
    sample = Sample("COLO829", "COLO829", "diagnosis", ASSEMBLY, tumor_name=tumor, normal_name=normal)
    found = read_structural((path,), sample, genome, knowledge).junctions
    bad = {"filtered_by_caller", "possible_germline"} if passing else set()
    return [junction for junction in found if junction.right is not None and not bad & set(junction.flags)]


def truth_in_every_dialect(
    truth: Sequence[Junction], genome: Genome, knowledge: Knowledge, folder: Path
) -> dict[str, Agreement]:
    """The truth set as each caller would write it, read back; without insertions."""
    plain = [
        replace(junction, split_reads=10, paired_reads=8, vaf=0.4, filter="PASS", inserted_sequence="")
        for junction in truth
        if junction.svtype != "INS"
    ]
    found = {}
    for dialect in DIALECTS:
        path = write_junctions(dialect, folder / f"{dialect}.vcf", plain, ASSEMBLY, prefix="")
        tumor, normal = ("TUMOR", "NORMAL") if "TUMOR" in path.read_text() else (None, None)
        found[dialect] = agree(plain, junctions_of(path, tumor, normal, genome, knowledge), window=0)
    return found


def run(folder: Path) -> dict[str, dict[str, Agreement]]:
    """All three comparisons, by name."""
    genome, knowledge = Genome.load(ASSEMBLY), Knowledge.load()
    truth = junctions_of(folder / TRUTH, "COLO829T", None, genome, knowledge)
    truth.sort(key=lambda junction: order(junction.left))
    callers = {name: junctions_of(folder / p, t, n, genome, knowledge) for name, (p, t, n) in COLO829.items()}
    others = {name: junctions_of(folder / p, t, n, genome, knowledge) for name, (p, t, n) in HCC1143.items()}
    names = list(others)
    with tempfile.TemporaryDirectory() as temporary:
        dialects = truth_in_every_dialect(truth, genome, knowledge, Path(temporary))
    return {
        "COLO829": {name: agree(truth, found) for name, found in callers.items()},
        "HCC1143": {f"{a} / {b}": agree(others[a], others[b]) for n, a in enumerate(names) for b in names[n + 1 :]},
        "dialects": dialects,
    }


def main() -> int:
    if len(sys.argv) != 2:
        print(__doc__, file=sys.stderr)
        return 2
    results = run(Path(sys.argv[1]))
    print("COLO829, truth set in rows found by each caller")
    print(f"{'caller':16}{'truth':>7}{'called':>8}{'matched':>9}{'recall':>8}{'precision':>11}  flipped")
    for name, a in results["COLO829"].items():
        shares = f"{a.recall:8.3f}{a.precision:11.3f}"
        print(f"{name:16}{a.first:7}{a.second:8}{a.matched:9}{shares}  {', '.join(a.flipped) or 'none'}")
    print("\nHCC1143, callers with one another")
    print(f"{'callers':24}{'first':>7}{'second':>8}{'matched':>9}  flipped")
    for name, a in results["HCC1143"].items():
        print(f"{name:24}{a.first:7}{a.second:8}{a.matched:9}  {', '.join(a.flipped) or 'none'}")
    print("\nTruth set of COLO829 written in each dialect and read back, to the base")
    print(f"{'dialect':16}{'written':>9}{'read':>7}{'the same':>10}  flipped")
    for name, a in results["dialects"].items():
        print(f"{name:16}{a.first:9}{a.second:7}{a.matched:10}  {', '.join(a.flipped) or 'none'}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
