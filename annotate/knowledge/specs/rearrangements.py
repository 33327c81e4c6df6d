"""Tables of rearrangements: pairs of genes, the rules that make a lesion of them, what shows them elsewhere."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from enum import StrEnum
from typing import Literal

from annotate.base.intervals import Interval
from annotate.knowledge.kinds import (
    CHROMOSOMES,
    GENES,
    PANEL,
    REGIONS,
    Choice,
    Pair,
    Place,
    Placed,
    Ref,
    Text,
    Whole,
    YesNo,
)
from annotate.knowledge.lists import Assigned, Many
from annotate.knowledge.notations import BandPattern
from annotate.knowledge.spec import Finding, Row, Tables, column, table
from annotate.knowledge.specs.lesions import ID, LESION
from annotate.knowledge.specs.thresholds import ThresholdRow

Strength = Literal["proof", "support", "hint", "note"]
"""How much a finding says. `proof`: alone enough. `support`: equivocal alone, proof together with another method.
`hint`: equivocal, however many. `note`: said, and not counted."""

Leaning = Literal["likely", "unclear"]
Novel = Literal["in_frame", "any"]
ReadThrough = Literal["no", "hint", "counts"]
POSITION = Whole(1, 300_000_000, "bp")


class RuleKind(StrEnum):
    """Does a rule make the lesion, or does it name pairs that only look like it?"""

    FUSION = "fusion"
    MIMIC = "mimic"


class Assembly(StrEnum):
    """Reference assemblies."""

    GRCH37 = "GRCh37"
    GRCH38 = "GRCh38"


class Shape(StrEnum):
    """Which stretch a copy-number pattern of a fusion gains or loses."""

    LOSS_BETWEEN = "loss_between"
    AMPLIFIED_BETWEEN = "amplified_between"
    GAIN_TO_END = "gain_to_end"
    LOSS_FROM_START = "loss_from_start"
    LOSS_AFTER = "loss_after"
    GAIN_BEFORE = "gain_before"


class Need(StrEnum):
    """How many parts of a pattern must be seen."""

    ALL = "all"
    ANY = "any"


class Abnormality(StrEnum):
    """Abnormalities of a karyotype, and patterns of a FISH probe (`con`: fused, `sep`: apart, `amp`: many)."""

    T = "t"
    INS = "ins"
    INV = "inv"
    DEL = "del"
    ADD = "add"
    DUP = "dup"
    DIC = "dic"
    DER = "der"
    CON = "con"
    SEP = "sep"
    AMP = "amp"


def _group_is_read(row: FusionRow, tables: Tables) -> bool:
    return any(row.group in rule.groups for rule in tables.rows(FusionRuleRow))


@table(
    "fusions",
    key=("five_prime", "three_prime"),
    doc="Known fusions, 5' gene first, in the groups that the rules name.",
    used=_group_is_read,
    unread="no row of fusion_rules names its group",
)
class FusionRow(Row):
    """A pair of genes that is known to fuse in leukaemia, and the group that rules name it by."""

    five_prime: str = column(Ref(GENES), "Gene that gives the 5' part.")
    three_prime: str = column(
        Ref(GENES, ("various", "HOXA")), "Gene that gives the 3' part; `various`: any; HOXA: any of the cluster."
    )
    group: str = column(Text(r"[A-Za-z0-9_:]+", "a group of letters, digits, _ and :"), "Group that rules name.")
    lesion_id: str = column(Text(), "Number of the lesion in older documents.", empty="", read=False)
    orientation_matters: bool = column(YesNo(), "no: an enhancer acts at a distance, so the orientation is not asked.")
    dna_pattern: str = column(Text(), "What the rearrangement looks like in DNA.", empty="", read=False)


def _some_pair(row: FusionRuleRow, tables: Tables) -> Iterator[Finding]:
    if not (row.groups or row.pairs or row.five_any or row.three_any):
        yield "groups", "is empty: expected a group, a pair, five_any or three_any, else the rule finds nothing"


def _min_vaf_is_share(row: FusionRuleRow, tables: Tables) -> Iterator[Finding]:
    units = {threshold.id: threshold.unit for threshold in tables.rows(ThresholdRow)}
    if row.min_vaf and units.get(row.min_vaf, "fraction") != "fraction":
        yield "min_vaf", f"found {row.min_vaf!r}, expected a threshold that is a fraction"


@table(
    "fusion_rules",
    key=("id",),
    doc="Rules of rearrangements: which pairs make a lesion, and how much each kind of evidence of them says.",
    rules=(_some_pair, _min_vaf_is_share),
)
class FusionRuleRow(Row):
    """Which pairs make a lesion, or only look like it."""

    id: str = column(ID, "Id of the rule.")
    lesion: str = column(LESION, "The lesion that the pairs make, or look like.")
    kind: RuleKind = column(Choice(RuleKind), "fusion: they make it; mimic: they look like it and are not.")
    groups: tuple[str, ...] = column(Many(Ref("fusions.group", what="a group of fusions")), "Groups.", empty=())
    pairs: tuple[tuple[str, str], ...] = column(Many(Pair()), "Single pairs.", empty=())
    five_any: tuple[str, ...] = column(Many(Ref(PANEL)), "Genes that count with any 3' partner.", empty=())
    three_any: tuple[str, ...] = column(Many(Ref(PANEL)), "Genes that count with any 5' partner.", empty=())
    excluded: tuple[tuple[str, str], ...] = column(Many(Pair()), "Pairs that do not count.", name="except", empty=())
    regions: tuple[str, ...] = column(
        Many(Ref(REGIONS)), "Breakpoint regions that a panel must cover to exclude it.", empty=()
    )
    windows: tuple[str, ...] = column(Many(Ref(REGIONS)), "Regions in which its breakpoints lie.", empty=())
    outside: Strength = column(Choice(Strength), "What a breakpoint outside the windows says.")
    kept_from: Mapping[str, int] = column(
        Assigned(Ref(PANEL), Whole(1, 10_000, "codons")),
        "By 3' gene: first codon of the domain that the product must keep.",
        empty={},
    )
    novel: Novel | Literal[""] = column(Choice(Novel), "When a partner outside the table counts.", empty="")
    reciprocal: Leaning = column(Choice(Leaning), "Leaning if only the reciprocal product is seen.")
    orphan: bool = column(YesNo("hint", ""), "hint: a broken gene without a partner gene is told.", empty=False)
    read_through: ReadThrough = column(Choice(ReadThrough), "What a read-through of neighbours says.")
    few_reads_in_window: bool = column(
        YesNo("window", ""), "window: inside the windows fewer reads do.", name="few_reads", empty=False
    )
    min_vaf: str = column(Ref("thresholds.id"), "Threshold of the allele fraction from which it counts.", empty="")
    dna_alone: Strength = column(Choice(Strength), "What a junction in DNA alone says.")
    known: Strength = column(Choice(Strength), "What a pair of the table says.")
    exon_names: Mapping[int, str] = column(
        Assigned(Whole(1, 400, "exons"), Text(r"[A-Za-z0-9_]+", "a name")),
        "By last exon of the 5' gene: name of the transcript type.",
        empty={},
    )
    tier: str = column(Text(r"[A-Z0-9_]+", "a name of capital letters"), "Class that schemes ask for.", empty="")
    flags: Mapping[str, str | bool] = column(
        Assigned(Text(r"[a-z0-9_]+", "a name"), Text(), bare=True), "Facts that are told with it.", empty={}
    )
    note: str = column(Text(), "Why the rule is as it is.", empty="")


def _bands_fit(row: KaryotypeRuleRow, tables: Tables) -> Iterator[Finding]:
    fish = row.kind[0] in (Abnormality.CON, Abnormality.SEP, Abnormality.AMP)
    if fish and row.bands:
        yield "bands", f"found {';'.join(row.bands)!r}, expected nothing: a FISH probe names genes"
    elif not fish and not 1 <= len(row.bands) <= max(2, len(row.loci)):
        yield "bands", f"found {len(row.bands)} patterns, expected one a breakpoint"


class LocusRef(Ref):
    """A chromosome of an abnormality or a gene of a FISH probe; `v`: any other chromosome."""

    def __init__(self) -> None:
        super().__init__(CHROMOSOMES, ("v",), "a chromosome or a gene")

    def refers(self, text: str) -> Iterator[tuple[str, str]]:
        """The chromosome or gene, which must be known; `v` stands for any."""
        if text != "v":
            yield ("@locus", text)


@table(
    "karyotype_rules",
    key=("id",),
    doc="Abnormalities and FISH patterns that name a rearrangement.",
    rules=(_bands_fit,),
)
class KaryotypeRuleRow(Row):
    """An abnormality or FISH pattern that shows a lesion, and how surely."""

    id: str = column(ID, "Id of the row.")
    lesion: str = column(LESION, "The lesion.")
    kind: tuple[Abnormality, ...] = column(Many(Choice(Abnormality)), "Abnormalities, or the pattern of a FISH probe.")
    loci: tuple[str, ...] = column(Many(LocusRef()), "Chromosomes in order, or genes of the probe; v: any other.")
    bands: tuple[str, ...] = column(
        Many(BandPattern()), "Patterns of the bands, one a chromosome; v: any band.", empty=()
    )
    fusion: tuple[str, str] = column(
        Pair(half=True, also=("HOXA",)), "The pair of genes that it stands for; one may be left open."
    )
    strength: Strength = column(Choice(Strength), "How much it says.")
    leaning: Leaning = column(Choice(Leaning), "Leaning where it stands alone.")
    overruled_by: Literal["", "any", "all"] = column(
        Choice(Literal["any", "all"]), "Which silent inputs overrule it: any, all, or none.", empty=""
    )
    note: str = column(Text(), "What it leaves open.", empty="")


def _ends(row: CopyPatternRow, tables: Tables) -> Iterator[Finding]:
    needs = {
        Shape.GAIN_TO_END: ("low",),
        Shape.LOSS_FROM_START: ("high",),
    }.get(row.shape, ("low", "high"))
    for name in needs:
        if getattr(row, name) is None:
            yield name, f"is empty: expected gene:NAME or region:NAME, {row.shape} needs it"


@table(
    "copy_patterns",
    key=("pair", "part"),
    doc="Copy-number patterns that raise the suspicion of a fusion. A pattern may have several parts.",
    rules=(_ends,),
)
class CopyPatternRow(Row):
    """A gain or loss that a rearrangement leaves in copy number."""

    pair: str = column(Text(), "The pair A::B, or what is lost or gained.")
    part: str = column(Text(), "Name of the part.")
    lesion: str = column(LESION, "The lesion.")
    shape: Shape = column(Choice(Shape), "Which stretch is gained or lost.")
    low: Place | None = column(Placed(), "Where the lower end lies.", empty=None)
    high: Place | None = column(Placed(), "Where the upper end lies.", empty=None)
    max_length: int = column(Whole(0, 250_000_000, "bp"), "Longest stretch that counts; 0: any length.")
    need: Need = column(Choice(Need), "all: every part must be seen; any: one is enough.")
    leaning: Leaning = column(Choice(Leaning), "Leaning where every part is seen.")
    note: str = column(Text(), "The pattern in words.")


def _region_order(row: RegulatoryRegionRow, tables: Tables) -> Iterator[Finding]:
    for name in ("GRCh38", "GRCh37"):
        start, end = getattr(row, f"{name.lower()}_start"), getattr(row, f"{name.lower()}_end")
        if start > end:
            yield f"{name}_end", f"found {end}, expected {start} or more: the end lies before the start"


@table(
    "regulatory_regions",
    key=("id",),
    doc="Places outside genes where a small insertion makes an enhancer.",
    rules=(_region_order,),
)
class RegulatoryRegionRow(Row):
    """A region in which short insertions activate a gene, in both assemblies."""

    id: str = column(ID, "Id of the region.")
    lesion: str = column(LESION, "Lesion that an insertion there makes.")
    gene: str = column(Ref(PANEL), "Gene that it drives.")
    name: str = column(Text(), "Name of the region.")
    chrom: str = column(Ref(CHROMOSOMES), "Chromosome.")
    grch38_start: int = column(POSITION, "First base in GRCh38.", name="GRCh38_start")
    grch38_end: int = column(POSITION, "Last base in GRCh38.", name="GRCh38_end")
    grch37_start: int = column(POSITION, "First base in GRCh37.", name="GRCh37_start")
    grch37_end: int = column(POSITION, "Last base in GRCh37.", name="GRCh37_end")
    note: str = column(Text(), "What happens there.")

    def place(self, assembly: str) -> Interval:
        """Chromosome, first and last base."""
        if assembly == "GRCh37":
            return Interval(self.chrom, self.grch37_start, self.grch37_end)
        return Interval(self.chrom, self.grch38_start, self.grch38_end)


def _span_order(row: GeneSpanRow, tables: Tables) -> Iterator[Finding]:
    if row.start > row.end:
        yield "end", f"found {row.end}, expected {row.start} or more: the end lies before the start"


@table(
    "gene_spans",
    key=("gene", "assembly"),
    doc="Genes whose annotated span is wrong for breakpoints, with the span to use.",
    rules=(_span_order,),
)
class GeneSpanRow(Row):
    """Where a gene lies for junctions, if not where the annotation puts it."""

    gene: str = column(Ref(GENES), "The gene.")
    assembly: Assembly = column(Choice(Assembly), "The assembly of the positions.")
    chrom: str = column(Ref(CHROMOSOMES), "Chromosome.", fixed=True, read=False)
    start: int = column(POSITION, "First base.")
    end: int = column(POSITION, "Last base.")
    why: str = column(Text(), "Why the annotation is not used.", read=False)


@table(
    "exon_numbering",
    key=("gene", "transcript", "label"),
    doc="Other ways in which the literature counts the exons of a gene of rearrangements.",
)
class ExonNumberingRow(Row):
    """How a laboratory counts exons that the panel's transcript counts otherwise."""

    gene: str = column(Ref(PANEL), "The gene.")
    transcript: str = column(Text(r"ENST\d{11}", "an Ensembl transcript"), "The panel's transcript that is counted.")
    label: str = column(Text(), "Who counts otherwise.")
    offset: int = column(Whole(-10, 10, "exons"), "What is added to its number.")
    note: str = column(Text(), "Why the counts differ.", empty="", read=False)
