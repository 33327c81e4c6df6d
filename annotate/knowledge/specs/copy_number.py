"""Tables of copy number: categories of ploidy, patterns of whole chromosomes, anchors of 21q, resolution by gene."""

from __future__ import annotations

import re
from collections.abc import Iterator
from enum import StrEnum

from annotate.base.frozen import frozen
from annotate.knowledge.kinds import CHROMOSOMES, PANEL, Choice, Fraction, Kind, Ref, Text, Unfit, Whole, YesNo
from annotate.knowledge.spec import Finding, Row, Tables, column, table
from annotate.knowledge.specs.rearrangements import POSITION, Assembly
from annotate.knowledge.specs.thresholds import ThresholdRow

CHROMOSOME_COUNT = Whole(0, 200, "chromosomes")


@frozen
class Bound:
    """An end of a range: a number, or a threshold and how far beyond it."""

    number: int
    threshold: str = ""

    def value(self, tables: Tables) -> int:
        """The number in force."""
        if not self.threshold:
            return self.number
        values = {row.id: row.value for row in tables.rows(ThresholdRow)}
        return int(values.get(self.threshold, 0)) + self.number  # one that is not there is told where it is named


@frozen(slots=False)
class Bounded(Kind):
    """A number of chromosomes, or the threshold that is it: `hypodiploidy.inpog_max`, `hypodiploidy.inpog_max+1`."""

    @property
    def expected(self) -> str:
        """What a cell must hold, in words for a message."""
        return f"{CHROMOSOME_COUNT.expected}, or the id of a threshold that is one, +1 for the next"

    @property
    def unit(self) -> str:
        """Chromosomes are counted."""
        return "chromosomes"

    def read(self, text: str) -> Bound:
        """The number, or the threshold (+1: the next number) that stands for it."""
        match = re.fullmatch(r"([a-z_]+\.[a-z_]+)(\+1)?", text, re.ASCII)
        if match is not None:
            return Bound(1 if match[2] else 0, match[1])
        try:
            return Bound(CHROMOSOME_COUNT.read(text))
        except Unfit:
            raise Unfit(self.expected) from None

    def refers(self, text: str) -> Iterator[tuple[str, str]]:
        """The threshold, which must be known."""
        bound = self.read(text)
        if bound.threshold:
            yield "thresholds.id", bound.threshold


class PloidyPattern(StrEnum):
    """Sets of whole chromosomes that a rule asks for."""

    LOW_HYPODIPLOID_LOST = "low_hypodiploid_lost"
    HEH_DOUBLE_TRISOMY = "heh_double_trisomy"
    HEH_TRIPLE_TRISOMY = "heh_triple_trisomy"
    UKALL_HEH_GOOD = "ukall_heh_good"
    UKALL_HEH_POOR = "ukall_heh_poor"


class AnchorRole(StrEnum):
    """What a place of chromosome 21 is asked for."""

    RUNX1 = "runx1"
    ANCHOR = "anchor"
    TELOMERE = "telomere"
    PROXIMAL = "proximal"


def _range(row: PloidyCategoryRow, tables: Tables) -> Iterator[Finding]:
    low, high = row.bounds(tables)
    if low > high:
        yield "high", f"found {high}, expected {low} or more: the range ends before it begins"


def _apart(row: PloidyCategoryRow, tables: Tables) -> Iterator[Finding]:
    """Two categories of one scheme cannot both name a number."""
    low, high = row.bounds(tables)
    for other in tables.rows(PloidyCategoryRow):
        if other.scheme != row.scheme or other.category == row.category:
            continue
        least, most = other.bounds(tables)
        if low <= high and low <= most and least <= high:
            where = f"{other.category} ({least} to {most})"
            name = "low" if least <= low <= most else "high"
            yield name, f"found {low} to {high}, expected a range apart from {where} of {row.scheme}"


@table(
    "ploidy_categories",
    key=("scheme", "category"),
    doc="What each scheme calls a number of chromosomes before any doubling.",
    rules=(_range, _apart),
)
class PloidyCategoryRow(Row):
    """A range of chromosome counts as a scheme or paper names it; both ends are included."""

    scheme: str = column(Text(), "The scheme or paper.")
    category: str = column(Text(), "Its name for the range.")
    low: Bound = column(Bounded(), "Fewest chromosomes.")
    high: Bound = column(Bounded(), "Most chromosomes.")
    counts_as_high_risk: bool = column(YesNo("1", ""), "1: the scheme counts it as high risk.", empty=False, read=False)

    def bounds(self, tables: Tables) -> tuple[int, int]:
        """Fewest and most chromosomes, with the thresholds in force."""
        return self.low.value(tables), self.high.value(tables)


@table(
    "ploidy_patterns",
    key=("pattern", "chrom"),
    doc="Whole chromosomes that make a pattern of hyper- or hypodiploidy.",
)
class PloidyPatternRow(Row):
    """One chromosome of a named pattern of gains."""

    pattern: PloidyPattern = column(Choice(PloidyPattern), "The pattern.")
    chrom: str = column(Ref(CHROMOSOMES), "One of its chromosomes.")


def _order(row: Iamp21AnchorRow, tables: Tables) -> Iterator[Finding]:
    if row.start > row.end:
        yield "end", f"found {row.end}, expected {row.start} or more: the end lies before the start"
    if row.chrom != "21":
        yield "chrom", f"found {row.chrom!r}, expected 21"


@table(
    "iamp21_anchors",
    key=("assembly", "anchor"),
    doc="Places of chromosome 21 whose copies make the pattern of iAMP21.",
    rules=(_order,),
)
class Iamp21AnchorRow(Row):
    """A place on chromosome 21 at which copies are read, 1-based with both ends included."""

    assembly: Assembly = column(Choice(Assembly), "The assembly of the positions.")
    anchor: str = column(Text(r"[A-Za-z0-9-]+", "a name"), "Gene or place.")
    role: AnchorRole = column(Choice(AnchorRole), "What it is asked for.")
    chrom: str = column(Ref(CHROMOSOMES), "Chromosome.")
    start: int = column(POSITION, "First base.")
    end: int = column(POSITION, "Last base.")


@table(
    "gene_resolution",
    key=("gene",),
    doc="Copy-number resolution that the small deletions of a gene need.",
)
class GeneResolutionRow(Row):
    """How fine copy number must be for the deletions of a gene that are small."""

    gene: str = column(Ref(PANEL), "Gene whose deletions are small.")
    max_bin: int = column(Whole(1, 10_000_000, "bp"), "Coarsest bins that show them.")
    exon_share: float | None = column(Fraction(), "Share of an exon that a loss must cover.", empty=None)
    note: str = column(Text(), "Which deletions are meant.", empty="", read=False)
