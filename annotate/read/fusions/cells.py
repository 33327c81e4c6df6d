"""Cells that fusion tables share: symbols, strands, counts, pairs."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from annotate.base.errors import InputError
from annotate.knowledge.tables import Knowledge
from annotate.model.fusions import Fusion
from annotate.model.junctions import Side
from annotate.read.common.text import MISSING, Row, read_head, table
from annotate.reference.features import Gene
from annotate.reference.genome import ASSEMBLIES, Genome

NO_PARTNER = "intergenic"

# Segments of immunoglobulin and T-cell receptor loci (IGHJ6, IGKC, TRBV7-2), and how callers name a whole locus
# (IGH@, IGH-@-ext, IGH.g@). TRD lies inside TRA, and the fusion table names both TRA.
_SEGMENT = re.compile(
    r"(IG[HKL])(?:[VJ]\d.*|D\d.*|D|[MEGA]\d?|G[P]|EP\d|C\d*)"
    r"|(TR[ABDG])(?:[VJ]\d.*|D\d.*|C\d*)"
    r"|(IG[HKL]|TR[ABDG])(?:[-_.]?(?:g?@|locus))?(?:-?ext)?",
    re.IGNORECASE,
)
_DUX4 = re.compile(r"DUX4L\d+")
_CELL_GENE = re.compile(r"\s*([^,;()]+?)\s*(?:\((-?\d+)\))?\s*")
_FALSE_WORDS = frozenset({"no", "false", "0", "out-of-frame", "outframe", "frameshift", "out_of_frame", "stop-codon"})
_TRUE_WORDS = frozenset({"yes", "true", "1", "in-frame", "inframe", "in_frame"})


@lru_cache(maxsize=100_000)
def symbol(genome: Genome, name: str) -> str:
    """The current symbol. A locus' segment is its locus (`IGHJ6` is `IGH`), a D4Z4 copy of DUX4 is `DUX4`."""
    plain = name.strip().strip("'\"")
    match = _SEGMENT.fullmatch(plain)
    if match:
        locus = next(group for group in match.groups() if group).upper()
        return "TRA" if locus == "TRD" else locus
    current = genome.symbol(plain)
    if _DUX4.fullmatch(current):
        return "DUX4"
    match = _SEGMENT.fullmatch(current)
    return symbol(genome, current) if match and current != plain else current


def is_named(genome: Genome, name: str) -> bool:
    """Is this a gene or a locus that the reference knows?"""
    return genome.gene(symbol(genome, name)) is not None or _SEGMENT.fullmatch(name) is not None


# ---------------------------------------------------------------- one cell with several genes


def cell_genes(cell: str) -> tuple[tuple[str, int], ...]:
    """Genes of a cell with their distance: ``A(123),B(456)`` lies between A and B; ``A;B`` is within both.

    >>> cell_genes("MED6P1(8171),PTEN(20)")
    (('MED6P1', 8171), ('PTEN', 20))
    """
    found = []
    for part in re.split(r"[,;]", cell):
        match = _CELL_GENE.fullmatch(part)
        if match and match[1] not in MISSING and match[1] != "*":
            found.append((match[1], abs(int(match[2])) if match[2] else 0))
    return tuple(found)


@dataclass(frozen=True, slots=True)
class Pairs:
    """The known fusions by current symbols."""

    known: frozenset[tuple[str, str]]

    @staticmethod
    def of(genome: Genome, knowledge: Knowledge) -> Pairs:
        rows = knowledge.table("fusions")
        return Pairs(frozenset((symbol(genome, r["five_prime"]), symbol(genome, r["three_prime"])) for r in rows))

    def best(self, genome: Genome, five: str, three: str) -> tuple[str, str, bool]:
        """The pair of two cells: a known one if there is one, else the nearest; whether an end lies outside genes."""
        fives, threes = cell_genes(five), cell_genes(three)
        options = [
            ((symbol(genome, a), symbol(genome, b)), da + db)
            for a, da in fives or ((NO_PARTNER, 0),)
            for b, db in threes or ((NO_PARTNER, 0),)
        ]
        options.sort(key=lambda option: (option[0] not in self.known, option[0][::-1] not in self.known, option[1]))
        (a, b), _ = options[0]
        outside = any(distance for _, distance in (*fives, *threes)) or not fives or not threes
        return a, b, outside


# ---------------------------------------------------------------- assembly


def check_assembly(fusions: Sequence[Fusion], genome: Genome, knowledge: Knowledge, path: Path) -> None:
    """Tables have no header that names an assembly: the places of named genes tell it.

    An error only where most places are outside their genes here and inside them in the other assembly.
    """
    window = int(knowledge.value("fusions.named_gene_window"))
    places = {
        (name, *place)
        for fusion in fusions
        for name, place in ((fusion.five, fusion.five_breakpoint), (fusion.three, fusion.three_breakpoint))
        if place is not None and "intergenic" not in fusion.flags
    }
    here = _inside(places, genome, window)
    if len(here) < 2 or sum(here.values()) * 2 >= len(here):
        return
    for assembly in ASSEMBLIES:
        if assembly == genome.assembly:
            continue
        there = _inside(set(here), Genome.load(assembly), window)
        if sum(there.values()) * 2 > len(there):
            raise InputError(
                "breakpoints are those of another assembly",
                path=path,
                found=f"{sum(there.values())} of {len(there)} in their genes in {assembly}, "
                f"{sum(here.values())} of {len(here)} in {genome.assembly}",
                expected=genome.assembly,
                fix="correct `assembly` in the sample sheet or give the table of that assembly",
            )


def _inside(places: Iterable[tuple[str, str, int]], genome: Genome, window: int) -> Mapping[tuple[str, str, int], bool]:
    found = {}
    for name, chrom, pos in places:
        gene: Gene | None = genome.gene(name)
        if gene is not None and not genome.in_par(chrom, pos):
            found[name, chrom, pos] = gene.chrom == chrom and gene.start - window <= pos <= gene.end + window
    return found


# ---------------------------------------------------------------- cells


def rows(path: Path, *needed: str) -> Iterator[Row]:
    """Rows of a tab-separated table whose header may begin with `#`; a repeated header is no row.

    Errors: InputError for a row that ends before the last of the columns needed.
    """
    names = read_head(path).columns
    for row in table(path, columns=names):
        if tuple(row.cells.values()) != names:
            yield whole(row, *needed)


def whole(row: Row, *needed: str) -> Row:
    """The row itself. Errors: InputError where it ends before one of these columns (a truncated file)."""
    missing = [column for column in needed if column not in row.cells]
    if missing:
        raise InputError(
            "row ends too early",
            path=row.path,
            line=row.line,
            column=missing[0],
            found=f"{len(row.cells)} columns",
            expected="as many as the header",
            fix="copy the file again, or complete the row",
        )
    return row


def cell(row: Row, *columns: str) -> str:
    """The first of these columns that is there, '' when none is or its value is missing."""
    return row.text(*columns) if row.has(*columns) else ""


def count(row: Row, *columns: str) -> int | None:
    """A number of reads, None where the column or its value is missing. Errors: InputError for no number."""
    if not row.has(*columns):
        return None
    number = row.integer(*columns)
    if number is not None and number < 0:
        raise InputError(
            "a number of reads cannot be negative",
            path=row.path,
            line=row.line,
            column=columns[0],
            found=number,
            expected="0 or more",
        )
    return number


def truth(text: str) -> bool | None:
    """`in-frame`, `yes`, `TRUE`… -> True; their opposites -> False; anything else -> None."""
    word = text.strip().lower()
    return True if word in _TRUE_WORDS else False if word in _FALSE_WORDS else None


def five_side(strand: str) -> Side | None:
    """The side that a 5' breakpoint keeps when the fusion transcript runs along this strand."""
    return {"+": "L", "-": "R"}.get(strand.strip())  # type: ignore[return-value]


def three_side(strand: str) -> Side | None:
    """The side that a 3' breakpoint keeps when the fusion transcript runs along this strand."""
    return {"+": "R", "-": "L"}.get(strand.strip())  # type: ignore[return-value]


def strand_of(place: str) -> str:
    """The strand of `chr22:23632600:+`; '' when there is none."""
    parts = place.split(":")
    return parts[2] if len(parts) > 2 else ""


# ---------------------------------------------------------------- names in one cell


def split_name(text: str, genome: Genome) -> tuple[str, str] | None:
    """Two genes of one cell: `A::B`, `A--B`, `A->B`, `A/B`, `A|B`, `A:B`, `A-B`, `A_B`; None when it is no pair.

    Gene names may hold a hyphen (NKX2-1): of several places to cut, the one that leaves two known genes is taken.

    >>> split_name("MLL-AF4", Genome.load("GRCh38"))
    ('MLL', 'AF4')
    """
    text = text.strip()
    for separator in ("::", "--", "->", "/", "|", ":", "-", "_"):
        cuts = [match.start() for match in re.finditer(re.escape(separator), text)]
        options = [(text[:at].strip(), text[at + len(separator) :].strip()) for at in cuts]
        options = [pair for pair in options if pair[0] and pair[1]]
        if options:
            return max(options, key=lambda pair: sum(is_named(genome, name) for name in pair))
    return None
