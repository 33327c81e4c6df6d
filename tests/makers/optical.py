"""SMAP files of optical genome maps, written from junctions."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from annotate.model.junctions import Breakend, Junction
from annotate.reference.genome import Genome

COLUMNS = (
    *("SmapEntryID", "QryContigID", "RefcontigID1", "RefcontigID2", "QryStartPos", "QryEndPos", "RefStartPos"),
    *("RefEndPos", "Confidence", "Type", "Zygosity", "SVsize", "SVfreq", "orientation", "VAF"),
)
_NUMBER = {"X": "23", "Y": "24"}
_BUILD = {"GRCh37": "hg19", "GRCh38": "hg38"}


def label_of(end: Breakend, gap: int) -> int:
    """The last label that fits: `gap` bases before the breakpoint, on the side that is kept."""
    return end.pos - gap if end.keeps == "L" else end.pos + gap


def sv_row(junction: Junction, gap: int = 4000, *, confidence: float = 0.9, swapped: bool = False) -> dict[str, str]:
    """A row of one junction; `swapped`: the map begins at its other end."""
    assert junction.right is not None
    ends = (junction.right, junction.left) if swapped else (junction.left, junction.right)
    first, second = ends
    signs = f"{'+' if first.keeps == 'L' else '-'}/{'+' if second.keeps == 'R' else '-'}"
    places = [label_of(end, gap) for end in ends]
    kind = "translocation_interchr" if first.chrom != second.chrom else "translocation_intrachr"
    size = "-1"
    if first.chrom == second.chrom and (junction.left.keeps, junction.right.keeps) == ("L", "R"):
        kind, signs, size = "deletion", "NA", str(junction.right.pos - junction.left.pos)
        places.sort()
    return {
        "RefcontigID1": _NUMBER.get(first.chrom, first.chrom),
        "RefcontigID2": _NUMBER.get(second.chrom, second.chrom),
        "RefStartPos": f"{places[0]:.1f}",
        "RefEndPos": f"{places[1]:.1f}",
        "Confidence": f"{confidence:.2f}",
        "Type": kind,
        "SVsize": size,
        "orientation": signs,
        "VAF": "0.40",
    }


def smap_text(genome: Genome, rows: Iterable[dict[str, str]], *, build: str = "") -> str:
    """A SMAP with its header; cells that a row does not state are -1."""
    body = [
        "\t".join({"SmapEntryID": str(number), "Zygosity": "heterozygous", **row}.get(name, "-1") for name in COLUMNS)
        for number, row in enumerate(rows, start=1)
    ]
    head = [
        f"# $ RefAligner -ref /ref/{build or _BUILD[genome.assembly]}_DLE1_0kb_0labels.cmap -o out -f",
        "# SMAP File Version:\t0.9",
        "#h " + "\t".join(COLUMNS),
        "#f int\tint",
    ]
    return "\n".join([*head, *body]) + "\n"


def write_smap(path: Path, genome: Genome, *junctions: Junction, gap: int = 4000, extra: int = 3) -> Path:
    """A file with these junctions and `extra` insertions of no meaning."""
    rows = [sv_row(junction, gap) for junction in junctions]
    rows += [
        {"RefcontigID1": "1", "RefcontigID2": "1", "RefStartPos": f"{10**6 * n}.0",
         "RefEndPos": f"{10**6 * n + 9000}.0", "Confidence": "1.00", "Type": "insertion", "SVsize": "2100",
         "orientation": "NA"}
        for n in range(2, 2 + extra)
    ]  # fmt: skip
    path.write_text(smap_text(genome, rows), encoding="utf-8")
    return path
