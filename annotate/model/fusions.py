"""Fusions of RNA tables."""

from __future__ import annotations

from annotate.base.frozen import frozen
from annotate.model.junctions import Side
from annotate.model.remark import Remark
from annotate.model.sample import InputFile

# ---------------------------------------------------------------- RNA fusions


@frozen
class Fusion:
    """One fusion of an RNA caller, 5' gene first, current symbols."""

    five: str
    three: str
    caller: str
    five_breakpoint: tuple[str, int] | None = None
    three_breakpoint: tuple[str, int] | None = None
    split_reads: int | None = None
    spanning_reads: int | None = None
    in_frame: bool | None = None
    confidence: str | None = None  # the caller's own word
    five_transcript: str | None = None
    three_transcript: str | None = None
    five_keeps: Side | None = None  # orientation at the breakpoint where the caller gives it
    three_keeps: Side | None = None
    flags: tuple[str, ...] = ()  # read_through, circular, reciprocal, low_support, blacklisted, duplicate_gene…
    filter: str | None = None
    file: str | None = None
    record: str | None = None
    callers: tuple[str, ...] = ()  # every caller of the sample that reports this pair in this orientation

    @property
    def name(self) -> str:
        """The pair as FIVE::THREE (HGNC)."""
        return f"{self.five}::{self.three}"

    @property
    def reads(self) -> int | None:
        """Split and spanning reads together; None where neither is given."""
        known = [n for n in (self.split_reads, self.spanning_reads) if n is not None]
        return sum(known) if known else None


TARGETED = "targeted_assay"  # looked for alone: says nothing of other fusions
SILENT = frozenset({"dna_derived", "filtered_by_caller"})


@frozen
class Fusions:
    """Everything the RNA fusion inputs say."""

    fusions: tuple[Fusion, ...]
    inputs: tuple[InputFile, ...]
    callers: tuple[str, ...] = ()
    remarks: tuple[Remark, ...] = ()  # records that were not used and touch a lesion
    beyond: int = 0  # records of expressed fusions of a very long table that join no gene of the panel: counted alone

    @property
    def expressed(self) -> int:
        """Records that speak of expressed transcripts: not what a caller discarded, DNA or a targeted assay."""
        return self.beyond + sum(not (SILENT | {TARGETED}) & set(fusion.flags) for fusion in self.fusions)
