"""The nouns: frozen, typed, no behaviour beyond their own facts.

Coordinates are 1-based and inclusive. Contig names carry no `chr`: ``1`` … ``22``, ``X``, ``Y``, ``MT``.
A field that is ``None`` means "not known", never "no" and never zero.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any, Literal

Assembly = Literal["GRCh37", "GRCh38"]
Side = Literal["L", "R"]
Sex = Literal["female", "male", "unknown"]
Assay = Literal["wgs", "wes", "panel", "array"]
ParMode = Literal["y_masked", "y_present", "unknown"]
Immunophenotype = Literal["BCP", "T", "MPAL"]
StateName = Literal["detected", "detected_subclonal", "equivocal", "not_detected", "not_assessable"]  # of `State`


class State(StrEnum):
    """What can be said of a lesion in one sample (domain specification 0.3)."""

    DETECTED = "detected"
    DETECTED_SUBCLONAL = "detected_subclonal"
    EQUIVOCAL = "equivocal"
    NOT_DETECTED = "not_detected"
    NOT_ASSESSABLE = "not_assessable"

    @property
    def present(self) -> bool:
        return self in (State.DETECTED, State.DETECTED_SUBCLONAL)


class Code(StrEnum):
    """Reason codes: why a state is what it is. The first twelve are the specification's (0.3)."""

    INPUT_ABSENT = "INPUT_ABSENT"
    INPUT_LACKS_BAF = "INPUT_LACKS_BAF"
    REGION_NOT_COVERED = "REGION_NOT_COVERED"
    DEPTH_BELOW_LOD = "DEPTH_BELOW_LOD"
    PURITY_TOO_LOW = "PURITY_TOO_LOW"
    CALLER_CLASS_UNSUITABLE = "CALLER_CLASS_UNSUITABLE"
    REPEAT_REGION = "REPEAT_REGION"
    NEEDS_RNA = "NEEDS_RNA"
    NEEDS_GEX = "NEEDS_GEX"
    NEEDS_GERMLINE = "NEEDS_GERMLINE"
    BUILD_LIMITATION = "BUILD_LIMITATION"
    CLINICAL_FIELD_MISSING = "CLINICAL_FIELD_MISSING"
    # ours, for states that are not about a missing input
    EVIDENCE_FOUND = "EVIDENCE_FOUND"
    EVIDENCE_INCOMPLETE = "EVIDENCE_INCOMPLETE"
    EVIDENCE_CONFLICT = "EVIDENCE_CONFLICT"
    LOOKED_AND_NOT_FOUND = "LOOKED_AND_NOT_FOUND"
    RULED_OUT = "RULED_OUT"
    PLOIDY_UNCERTAIN = "PLOIDY_UNCERTAIN"
    RESOLUTION_TOO_COARSE = "RESOLUTION_TOO_COARSE"
    KARYOTYPE_ONLY = "KARYOTYPE_ONLY"
    NOTE = "NOTE"


@dataclass(frozen=True, slots=True)
class Reason:
    """One step of a decision: a code for machines and a sentence for people.

    `settles` names the input that would settle the question (``"allele-specific copy number"``,
    ``"RNA fusion table"``…), where there is one.
    """

    code: Code
    text: str
    settles: str | None = None


@dataclass(frozen=True, slots=True)
class Sample:
    """One row of the sample sheet, paths resolved."""

    sample: str
    patient: str
    timepoint: str
    assembly: Assembly
    sex: Sex = "unknown"
    small_variants: tuple[Path, ...] = ()
    structural_variants: tuple[Path, ...] = ()
    copy_number: tuple[Path, ...] = ()
    fusions: tuple[Path, ...] = ()
    tumor_name: str | None = None
    normal_name: str | None = None
    assay: Assay | None = None
    regions: Path | None = None
    par_mode: ParMode = "unknown"
    alignments: Path | None = None
    germline_variants: Path | None = None
    karyotype: str | None = None
    purity: float | None = None
    ploidy: float | None = None
    dna_index: float | None = None


@dataclass(frozen=True, slots=True)
class Patient:
    """One row of the clinical sheet. All facts may be unknown."""

    patient: str
    immunophenotype: Immunophenotype | None = None
    age_at_diagnosis_years: float | None = None
    wbc_at_diagnosis: float | None = None
    diagnosis_date: str | None = None
    end_of_therapy_date: str | None = None
    relapse_number: int | None = None
    relapse_date: str | None = None
    sites: tuple[str, ...] = ()
    marrow_blasts_percent: float | None = None
    eoi_mrd: float | None = None
    mrd_method: str | None = None
    mrd_sensitivity: float | None = None
    mrd_timepoint: str | None = None
    prior_hsct: bool | None = None
    down_syndrome: bool | None = None


@dataclass(frozen=True, slots=True)
class InputFile:
    """What was read of one file. `records_read == records_used + sum(dropped.values())`, checked."""

    kind: str  # small_variants, structural_variants, copy_number, fusions, karyotype, alignments, germline_variants
    path: str
    format: str
    records_read: int
    records_used: int
    dropped: Mapping[str, int] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()
    sha256: str | None = None
    notes: tuple[str, ...] = ()  # how the file was read, nothing to worry about

    def __post_init__(self) -> None:
        if self.records_read != self.records_used + sum(self.dropped.values()):
            raise AssertionError(
                f"{self.path}: {self.records_read} records read, but {self.records_used} used"
                f" and {dict(self.dropped)} dropped"
            )


@dataclass(frozen=True, slots=True)
class Evidence:
    """One record that a decision rests on. `record` is a line number or an ID in `file`."""

    kind: str  # small_variant, junction, fusion, segment, profile, karyotype, pileup
    summary: str
    file: str | None = None
    record: str | None = None
    rule: str | None = None
    values: Mapping[str, Any] = field(default_factory=dict)


# ---------------------------------------------------------------- small variants


@dataclass(frozen=True, slots=True)
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
        return (self.chrom, self.pos, self.ref, self.alt)


@dataclass(frozen=True, slots=True)
class DepthAt:
    """Reads over one place after filters; `counts` by base (A, C, G, T, ins, del)."""

    chrom: str
    pos: int
    depth: int
    counts: Mapping[str, int] = field(default_factory=dict)
    source: str = "alignments"  # alignments, gvcf, format_dp
    error_rate: float | None = None  # wrong bases of one kind per base, where the file itself was counted


@dataclass(frozen=True, slots=True)
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


# ---------------------------------------------------------------- junctions


@dataclass(frozen=True, slots=True)
class Breakend:
    """One side of a junction: the base at `pos` is the last one kept, on the left or the right of it."""

    chrom: str
    pos: int
    keeps: Side


@dataclass(frozen=True, slots=True)
class GenePair:
    """What a junction makes of two genes: `five`::`three`, with the exons each side keeps."""

    five: str
    three: str
    oriented: bool  # 5' part of `five` joined to 3' part of `three`
    reciprocal: bool = False  # 5' part of `three` joined to 3' part of `five`
    five_exon: int | None = None  # last exon of `five` that is kept
    three_exon: int | None = None  # first exon of `three` that is kept
    frame: Literal["in_frame", "out_of_frame", "unknown"] = "unknown"
    five_context: str = "gene"  # gene, upstream, downstream, ig_tr
    three_context: str = "gene"
    known: bool = False  # five::three is a row of the knowledge table of fusions
    via: tuple[str, ...] = ()  # ids of the junctions of a chain that joins the two, in order from `five`


@dataclass(frozen=True, slots=True)
class Junction:
    """Two breakends joined in the leukaemia. `left` is the one with the lower (chromosome, position)."""

    id: str
    left: Breakend
    right: Breakend | None  # None: single breakend, the partner is unknown
    svtype: str = "BND"
    genes: str | None = None  # the best oriented pair, 'A::B'
    pairs: tuple[GenePair, ...] = ()
    frame: str | None = None
    split_reads: int | None = None
    paired_reads: int | None = None
    support: int | None = None  # reads in all where the caller gives only one number
    vaf: float | None = None
    depth: int | None = None
    inserted_sequence: str = ""
    homology: str = ""
    left_range: tuple[int, int] = (0, 0)  # confidence interval around pos (CIPOS)
    right_range: tuple[int, int] = (0, 0)
    precise: bool = True
    filter: str | None = None
    callers: tuple[str, ...] = ()
    files: tuple[str, ...] = ()
    records: tuple[str, ...] = ()
    flags: tuple[str, ...] = ()

    @property
    def reads(self) -> int | None:
        known = [n for n in (self.split_reads, self.paired_reads) if n is not None]
        return sum(known) if known else self.support


@dataclass(frozen=True, slots=True)
class Junctions:
    """Everything the structural-variant inputs say."""

    junctions: tuple[Junction, ...]
    inputs: tuple[InputFile, ...]
    callers: tuple[str, ...] = ()
    chains: tuple[tuple[str, ...], ...] = ()  # ids of junctions that follow one another within a short distance


# ---------------------------------------------------------------- RNA fusions


@dataclass(frozen=True, slots=True)
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
        return f"{self.five}::{self.three}"

    @property
    def reads(self) -> int | None:
        known = [n for n in (self.split_reads, self.spanning_reads) if n is not None]
        return sum(known) if known else None


@dataclass(frozen=True, slots=True)
class Fusions:
    """Everything the RNA fusion inputs say."""

    fusions: tuple[Fusion, ...]
    inputs: tuple[InputFile, ...]
    callers: tuple[str, ...] = ()


# ---------------------------------------------------------------- copy number


@dataclass(frozen=True, slots=True)
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
        return self.end - self.start + 1


@dataclass(frozen=True, slots=True)
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


@dataclass(frozen=True, slots=True)
class Probe:
    """One MLPA probe: ratio to reference samples (1 = two copies)."""

    gene: str
    exon: str
    ratio: float
    chrom: str | None = None
    pos: int | None = None


@dataclass(frozen=True, slots=True)
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


@dataclass(frozen=True, slots=True)
class PloidySolution:
    """One reading of the profile; `score` is comparable within a sample, lower is better."""

    purity: float
    ploidy: float
    score: float
    source: str  # file, sheet, fit
    modal_number: int | None = None
    note: str = ""
    retained_homologues: int | None = None
    loh_autosomes: int | None = None


@dataclass(frozen=True, slots=True)
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
    evidence: tuple[Evidence, ...] = ()
    reasons: tuple[Reason, ...] = ()


@dataclass(frozen=True, slots=True)
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
    retained_homologues: int | None  # RHC of L07
    loh_autosomes: int | None
    resolution: int | None  # bases that a deletion must span to be seen
    noise: float | None  # spread of log2 within segments or between neighbours
    alternatives: tuple[PloidySolution, ...] = ()
    ploidy_certain: bool = False
    genes: Mapping[str, GeneCopies] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()
    probes: tuple[Probe, ...] = ()
    format: str = ""


# ---------------------------------------------------------------- karyotype


@dataclass(frozen=True, slots=True)
class KaryotypePart:
    """One rearrangement inside an abnormality: der(19)t(1;19)(q23;p13) has the parts der(19) and t(1;19)."""

    kind: str
    chromosomes: tuple[str, ...] = ()
    bands: tuple[tuple[str, ...], ...] = ()  # per chromosome


@dataclass(frozen=True, slots=True)
class KaryotypeToken:
    """One abnormality as written, with what could be read of it.

    A derivative carries the chromosomes and bands of its first translocation, and all of them in `parts`.
    """

    raw: str
    kind: str  # t, der, del, dup, inv, ins, i, idic, dic, add, mar, ring, gain, loss, unknown
    chromosomes: tuple[str, ...] = ()
    bands: tuple[tuple[str, ...], ...] = ()  # per chromosome
    constitutional: bool = False
    parts: tuple[KaryotypePart, ...] = ()
    change: int = 0  # what it adds to the chromosome count: +8 one, +8x2 two, -7 minus one, dic(9;20) minus one
    copies: int = 1  # of the abnormality itself: i(17)(q10)x2
    uncertain: bool = False  # '?' or an alternative ('or')
    metaphases: int | None = None  # of this abnormality alone, in a composite karyotype
    inherited: bool = False  # from the clone that idem, sl or sdl names


@dataclass(frozen=True, slots=True)
class KaryotypeClone:
    """One clone of a karyotype, between slashes: its counts and its abnormalities."""

    raw: str
    low: int | None  # chromosome count, range low … high
    high: int | None
    sex: str | None
    ploidy_level: int | None  # of <2n>, <3n>
    metaphases: int | None
    tokens: tuple[KaryotypeToken, ...] = ()
    donor: bool = False  # after '//'
    composite: bool = False
    doubled_from: int | None = None  # index of the clone that idemx2 doubles
    inherits_from: int | None = None  # index of the clone that idem, sl or sdl names
    incomplete: bool = False  # inc: more abnormalities that could not be named
    constitutional_sex: bool = False  # XXYc


@dataclass(frozen=True, slots=True)
class FishProbe:
    """What interphase FISH counted for one probe: signals, and cells with them of those scored."""

    gene: str
    signals_low: int | None
    signals_high: int | None
    pattern: str  # x2, con, sep, amp
    cells: int | None
    scored: int | None
    raw: str = ""


@dataclass(frozen=True, slots=True)
class Karyotype:
    """An ISCN string as read; `unread` are the parts that were not understood."""

    raw: str
    clones: tuple[KaryotypeClone, ...]
    fish: tuple[FishProbe, ...] = ()
    unread: tuple[str, ...] = ()
    metaphases: int | None = None


# ---------------------------------------------------------------- lesions


@dataclass(frozen=True, slots=True)
class DetectionLimit:
    """A negative holds down to this VAF (0 to 1) with this many reads."""

    vaf: float
    reads: int


@dataclass(frozen=True, slots=True)
class LesionCall:
    """The answer for one lesion in one sample."""

    id: str
    name: str
    state: State
    summary: str
    reasons: tuple[Reason, ...]
    evidence: tuple[Evidence, ...] = ()
    limits: tuple[str, ...] = ()
    subtype: str | None = None
    modal_number: int | None = None
    masked: bool | None = None
    leaning: Literal["likely", "unclear"] | None = None
    tier: str | None = None
    detection_limit: DetectionLimit | None = None
    genes: tuple[str, ...] = ()  # genes or fusion partners that carry the lesion, for therapies and the cohort page
    details: Mapping[str, Any] = field(default_factory=dict)


# ---------------------------------------------------------------- interpretation


@dataclass(frozen=True, slots=True)
class RiskResult:
    """One scheme for one child: its group, the rule that gave it, what is missing and could change it."""

    scheme: str
    version: str
    group: str | None
    certainty: Literal["certain", "provisional", "not_assessable"]
    rule: str | None
    facts: tuple[str, ...]
    missing: tuple[str, ...]
    sources: tuple[str, ...]
    flags: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    matched: tuple[str, ...] = ()  # lesion ids that fired the rule
    could_change: tuple[str, ...] = ()  # missing facts that could change the group


@dataclass(frozen=True, slots=True)
class Classification:
    """The entity in one system; `also` are others that fit."""

    system: str  # WHO-HAEM5, ICC 2022
    entity: str | None
    certainty: Literal["certain", "provisional", "not_assessable"]
    reasons: tuple[str, ...]
    also: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Approval:
    """Approval of a drug in one jurisdiction, as of a date (`YYYY-MM-DD`)."""

    jurisdiction: str
    status: str
    as_of: str


@dataclass(frozen=True, slots=True)
class Therapy:
    """One row of evidence that matches a lesion of this sample, with what contradicts it. Not a recommendation."""

    lesion: str
    drug: str
    direction: Literal["sensitivity", "resistance", "contraindicated", "unknown"]
    tier: str
    evidence_level: str
    setting: str
    approval: Approval | None
    contradicted_by: tuple[str, ...]
    sources: tuple[str, ...]
    caveats: tuple[str, ...] = ()
    mark: str = ""
    knowledge: str = "ALLert"  # or CIViC, or a lab's overlay
    lesion_state: str | None = None


@dataclass(frozen=True, slots=True)
class Pharmacogene:
    """Diplotype and phenotype of one gene, or why they cannot be told."""

    gene: str
    diplotype: str | None
    phenotype: str | None
    state: State
    reasons: tuple[Reason, ...]
    sources: tuple[str, ...]
    recommendation: str | None = None
    evidence: tuple[Evidence, ...] = ()
