"""Segments, probes, chromosomes, genes and fits of a copy-number profile."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import field
from enum import StrEnum

from annotate.base.frozen import frozen
from annotate.model.evidence import Evidence
from annotate.model.remark import Remark
from annotate.model.sample import InputFile, Sex
from annotate.model.state import Reason

DELETED = ("deletion", "homozygous_deletion")
"""Calls of a gene that has lost one copy or all."""

# ---------------------------------------------------------------- copy number


@frozen
class Segment:
    """One stretch of constant copy number, as the caller wrote it."""

    chrom: str
    start: int
    end: int
    log2: float | None = None
    total: float | None = None  # tumour copies, integer or not
    minor: float | None = None  # tumour copies of the rarer allele
    baf: float | None = None  # mirrored tumour B-allele frequency, 0.5 … 1
    cellular_fraction: float | None = None  # of the leukaemic cells, where the caller gives subclones
    markers: int | None = None  # bins, probes or heterozygous sites
    record: str | None = None
    second_total: float | None = None  # copies of the leukaemic cells outside `cellular_fraction`
    second_minor: float | None = None

    @property
    def length(self) -> int:
        """Length in base pairs, both ends included."""
        return self.end - self.start + 1


class FitState(StrEnum):
    """What a caller says of its own fit of purity and ploidy."""

    FITTED = "fitted"
    UNSURE = "unsure"  # it says that another fit is possible, or that copies did not decide
    FAILED = "failed"  # it found no solution: purity and ploidy are not used, and nothing is excluded


class ScaleSource(StrEnum):
    """Where the compression of log2 ratios is known from."""

    COUNTED = "counted"  # reads are counted: a ratio is what it says
    SHEET = "sheet"  # column `array_gamma`
    FILE = "file"
    LEVELS = "levels"  # of the file's own segments
    ASSUMED = "assumed"  # nothing tells: what such platforms show


@frozen
class Scale:
    """How log2 of a platform follows copies: log2 = gamma x log2(copies / copies at 0), 0 < gamma <= 1.

    `low` to `high` is what fits too; what differs within it is not certain.
    """

    gamma: float = 1.0
    low: float = 1.0
    high: float = 1.0
    source: ScaleSource = ScaleSource.COUNTED

    @property
    def compressed(self) -> bool:
        """Are log2 ratios smaller than the copies, as those of arrays are?"""
        return self.source is not ScaleSource.COUNTED


COUNTED = Scale()  # of sequenced reads


@frozen
class SegmentTable:
    """What a copy-number reader yields: segments and what the caller states of the sample."""

    segments: tuple[Segment, ...]
    format: str
    purity: float | None = None
    ploidy: float | None = None
    sex: Sex | None = None
    integer: bool = False  # total/minor are integer states of the tumour compartment
    resolution: int | None = None  # typical bin or probe spacing in bases, where it can be told
    whole_genome_doubled: bool | None = None
    warnings: tuple[str, ...] = ()
    quality: Mapping[str, str] = field(default_factory=dict)  # the caller's own QC words
    probes: tuple[Probe, ...] = ()  # MLPA: gene-level ratios instead of segments
    arm_probes: tuple[ArmProbe, ...] = ()  # digitalMLPA: ratios along the chromosomes, outside the genes of the kit
    altered_only: bool = False  # the format lists gains and losses; other places are unknown, not normal
    fit: FitState = FitState.FITTED
    gamma: float | None = None  # compression of log2 that the file states
    remarks: tuple[Remark, ...] = ()  # records that were not used and touch a lesion


@frozen
class Probe:
    """One MLPA probe: ratio to reference samples (1 = two copies)."""

    gene: str
    exon: str
    ratio: float
    chrom: str | None = None
    pos: int | None = None


@frozen
class ArmProbe:
    """One probe of digitalMLPA that stands for a chromosome arm, and its ratio to reference samples."""

    chrom: str
    arm: str  # p or q
    ratio: float


@frozen
class ChromosomeState:
    """One chromosome of the dominant leukaemic clone."""

    chrom: str
    total: int | None  # length-weighted modal copies; by centromere where arms differ
    minor: int | None
    loh_fraction: float | None  # share of assessed length with minor copies 0
    covered: float  # share of mappable length with a segment
    p_total: int | None = None
    q_total: int | None = None
    subclonal: bool = False
    certain: bool = True  # every reading that fits has it lost, gained or unchanged alike


class ReadingKind(StrEnum):
    """How a reading of a profile came about."""

    FITTED = "fitted"  # to the signals or to the copies of the file, and nothing against it
    SHEET = "sheet"  # the data read as the sheet asks for
    FILE = "file"  # as the file states it, where the sheet asks for another reading
    DOUBLED = "doubled"  # the same data as a doubled clone
    UNDOUBLED = "undoubled"  # the same data as the clone before a doubling
    BESIDE_SHEET = "beside_sheet"  # fits the signals, and not what the sheet or the file says of purity or ploidy


@frozen
class Fit:
    """A purity and a ploidy under which the signals of a profile are copies; None where it is not known."""

    purity: float | None  # share of leukaemic cells, 0 < x <= 1
    ploidy: float | None  # mean copies of the autosomes of the leukaemic cells
    score: float = 0.0  # comparable within a sample, lower is better
    source: str = "fit"  # file, sheet, fit
    kind: ReadingKind = ReadingKind.FITTED
    note: str = ""
    gamma: float = 1.0  # compression of log2


@frozen
class PloidySolution(Fit):
    """A fit with the chromosomes that it counts."""

    modal_number: int | None = None
    retained_homologues: int | None = None
    loh_autosomes: int | None = None


@frozen
class OtherReading:
    """Copies of a profile's segments, in their order, and its chromosomes under another reading that fits as well."""

    solution: PloidySolution
    totals: tuple[float | None, ...]
    minors: tuple[float | None, ...]
    chromosomes: Mapping[str, ChromosomeState]

    def segments(self, own: Sequence[Segment], chrom: str | None = None) -> tuple[Segment, ...]:
        """The profile's segments (of one chromosome) with the copies of this reading."""
        return tuple(
            Segment(s.chrom, s.start, s.end, s.log2, total, minor, s.baf, None, s.markers, s.record)
            for s, total, minor in zip(own, self.totals, self.minors, strict=True)
            if chrom in (None, s.chrom)
        )


@frozen
class GeneCopies:
    """Copies of one gene and how they were lost or gained."""

    gene: str
    total: float | None
    minor: float | None
    baseline: int | None  # expected copies of the chromosome
    call: str  # homozygous_deletion, deletion, cnloh, gain, amplification, normal, not_assessable
    level: str | None = None  # focal, arm, whole_chromosome
    exons: tuple[int, ...] = ()  # exons inside the deletion
    start: int | None = None  # of the altered segment
    end: int | None = None
    log2: float | None = None
    subclonal: bool = False
    certain: bool = True  # every reading that fits says the same; False: the call holds in some
    evidence: tuple[Evidence, ...] = ()
    reasons: tuple[Reason, ...] = ()


@frozen
class CopyNumberProfile:
    """Integer copies of the dominant clone, with what is uncertain about them."""

    segments: tuple[Segment, ...]  # total and minor filled where they could be
    inputs: tuple[InputFile, ...]
    purity: float | None
    ploidy: float | None
    purity_source: str | None  # sheet, file, fit
    allele_specific: bool
    sex: Sex
    chromosomes: Mapping[str, ChromosomeState]
    modal_number: int | None
    retained_homologues: int | None  # of the 46 homologues, those of which a copy is left (RHC)
    loh_autosomes: int | None
    resolution: int | None  # bases that a deletion must span to be seen
    noise: float | None  # spread of log2 within segments or between neighbours
    alternatives: tuple[PloidySolution, ...] = ()
    ploidy_certain: bool = False
    genes: Mapping[str, GeneCopies] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()
    probes: tuple[Probe, ...] = ()
    arm_probes: tuple[ArmProbe, ...] = ()
    format: str = ""
    scale: Scale = COUNTED  # how log2 follows copies
    fit: FitState = FitState.FITTED
    altered_only: bool = False
    copies_stated: bool = True  # the caller's own copies; False: from its log2 ratios
    others: tuple[OtherReading, ...] = ()  # readings of fitted ratios besides the chosen one
    remarks: tuple[Remark, ...] = ()  # records that were not used and touch a lesion
