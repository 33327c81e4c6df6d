"""Small variants and the depth at places that were looked at."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from typing import Literal

from annotate.base.filters import PASSING
from annotate.base.frozen import frozen
from annotate.model.remark import Remark, RemarkCode
from annotate.model.sample import InputFile

# flags of a variant that is shown, but is no plain call of the leukaemia
NOT_IN_GENOTYPE = "not_in_genotype"  # reads carry it, the genotype does not
FEW_READS = "few_reads"  # so few reads that error may give them
PHASE_UNKNOWN = "phase_unknown"  # with another change of its codon it may be a change that counts otherwise
UNCERTAIN = frozenset({NOT_IN_GENOTYPE, FEW_READS, PHASE_UNKNOWN})
REF_MISMATCH = "ref_mismatch"  # REF of the record is not the base of the reference
POSSIBLE_SPLICE = "possible_splice"  # beside a splice site: the protein may be another than its name says
OTHER = "other"  # in `DepthAt.counts`: reads of a reference block that are not the reference's

# ---------------------------------------------------------------- small variants


@frozen
class SmallVariant:
    """One alternative allele at one place, in the leukaemic sample.

    vaf, depth and counts are those of the tumour column; `normal_*` of the matched normal of the same file.
    """

    chrom: str
    pos: int
    ref: str
    alt: str
    gene: str | None = None
    transcript: str | None = None
    consequence: str | None = None  # Sequence Ontology term(s), '&'-joined
    hgvsc: str | None = None
    hgvsp: str | None = None  # p.Arg367Gln
    codon: int | None = None
    vaf: float | None = None
    depth: int | None = None
    alt_reads: int | None = None
    normal_vaf: float | None = None
    normal_depth: int | None = None
    normal_alt_reads: int | None = None
    filter: str | None = None  # PASS, '.', or the caller's filters ';'-joined
    genotype: str | None = None
    phase_set: str | None = None  # PS, PID or the like: phased (`0|1`) calls of one set lie on known haplotypes
    population_af: float | None = None
    oncogenicity: str | None = None  # Oncogenic, Likely oncogenic, VUS, Likely benign, Benign
    oncogenicity_points: Mapping[str, int] = field(default_factory=dict)
    flags: tuple[str, ...] = ()  # possible_germline, possible_chip, possible_artefact, hotspot, …
    source: Literal["csq", "file", "hotspot", "coordinates"] | None = None
    file_annotation: str | None = None  # the file's own CSQ/ANN/BCSQ; flag annotation_differs where it disagrees
    alternative_names: tuple[str, ...] = ()  # other numberings in use: ABL1 isoform b, MEN1 615 aa…
    callers: tuple[str, ...] = ()
    file: str | None = None
    record: str | None = None  # line number or ID

    @property
    def key(self) -> tuple[str, int, str, str]:
        """Chromosome, position, reference and other allele: what makes two records one variant."""
        return (self.chrom, self.pos, self.ref, self.alt)

    @property
    def passes(self) -> bool:
        """A call that its caller and its reads stand behind."""
        return self.filter in PASSING and not UNCERTAIN & set(self.flags)


@frozen
class Withheld:
    """A record of the leukaemia's that is no call. Once named it may turn out to speak against a negative."""

    variant: SmallVariant
    code: RemarkCode


@frozen
class DepthAt:
    """Reads over one place after filters; `counts` by base (A, C, G, T, ins, del, other)."""

    chrom: str
    pos: int
    depth: int
    counts: Mapping[str, int] = field(default_factory=dict)
    source: str = "alignments"  # alignments, gvcf, format_dp
    error_rate: float | None = None  # wrong bases of one kind per base, where the file itself was counted


@frozen
class SmallVariants:
    """Everything the small-variant inputs say of the panel."""

    variants: tuple[SmallVariant, ...]
    inputs: tuple[InputFile, ...]
    tumor_name: str | None = None
    normal_name: str | None = None
    depths: Mapping[tuple[str, int], DepthAt] = field(default_factory=dict)  # places looked at, called or not
    callers: tuple[str, ...] = ()
    sites_total: int | None = None  # alternative alleles in the whole file that pass, for burden
    has_counts: bool = True  # False: sites only, no depth or VAF anywhere
    withheld: tuple[Withheld, ...] = ()  # records that are no calls, before it is known whether they matter
    remarks: tuple[Remark, ...] = ()  # records that were not used and touch a lesion
