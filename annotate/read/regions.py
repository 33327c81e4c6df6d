"""The BED, or the interval list of Picard, of what a panel or an exome covers."""

from __future__ import annotations

from pathlib import Path

from annotate.base.errors import InputError
from annotate.model.regions import Regions
from annotate.read.common.text import lines
from annotate.reference.genome import Genome


def read_regions(path: Path, genome: Genome) -> Regions:
    """Merged intervals. BED is 0-based half-open, an interval list (it has a SAM header) 1-based like the model.

    Errors: InputError with line and column for a cell that is no coordinate, or for a BED that covers
    nothing of the assembly (an empty BED would silently make everything "not covered").
    """
    intervals = []
    first = 0  # the number of the first base of a contig
    for number, line in lines(path):
        if line.startswith(("@HD\t", "@SQ\t")):
            first = 1
        if line.startswith("@"):
            continue
        if not line.strip() or line.startswith(("#", "track", "browser")):
            continue
        cells = line.split("\t") if "\t" in line else line.split()
        if len(cells) < 3:
            raise InputError("not a BED line", path=path, line=number, found=line, expected="chrom, start, end")
        chrom = genome.contig(cells[0])
        if chrom is None:
            continue
        start, end = (_coordinate(cell, name, path, number) for cell, name in ((cells[1], "start"), (cells[2], "end")))
        start -= first
        if not 0 <= start < end <= genome.contig_lengths[chrom]:
            raise InputError(
                "interval is outside its contig",
                path=path,
                line=number,
                found=f"{start + first}-{end}",
                expected=f"{first} ≤ start < end ≤ {genome.contig_lengths[chrom]} in {genome.assembly}",
                fix="check the assembly of the BED",
            )
        intervals.append((chrom, start + 1, end))
    if not intervals:
        raise InputError("no interval on a known contig", path=path, expected=f"a BED of {genome.assembly}")
    return Regions.of(intervals, path)


def _coordinate(cell: str, column: str, path: Path, line: int) -> int:
    try:
        return int(cell)
    except ValueError:
        raise InputError(
            "not a coordinate", path=path, line=line, column=column, found=cell, expected="a whole number"
        ) from None
