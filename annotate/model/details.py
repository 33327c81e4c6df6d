"""What a call says beyond its state, a family of lesions at a time: the keys of `lesions[].details` in the report.

Every key is declared here with its type, so that a rule which writes one and a rule or engine which reads it are held
against each other by the type checker. They are dictionaries of stated keys, not classes: the report prints them as
they are, a call may say what two rules found (`pax5`: a deletion and a fusion), and a key that was not found out is not
there. Readers ask with `get`. (Annotations are evaluated here: as text they would cost each start four times as much.)
"""

from collections.abc import Mapping
from typing import Any, Literal, TypedDict, TypeVar, cast

Deletion = Literal["present", "absent", "unknown"]
"""Is the gene deleted, whatever its lesion's state? `unknown` where the call is open or a record contradicts it."""


class GeneHit(TypedDict, total=False):
    """One thing found in one gene, as conditions of the tables ask for it. VAF: share of reads, 0 to 1; size: bp."""

    gene: str | None
    change: str | None  # the name of a call of copies, or HGVS of a variant
    rule: str  # what found it: `copy number`, `junction`, a method of the bench, or the id of a rule of the tables
    level: str | None  # focal, arm, whole_chromosome
    exons: list[int]
    total: float | None
    baseline: float | None
    subclonal: bool
    size: int | None
    alternative_names: list[str]
    tier: str
    effect: str
    drug: str
    vaf: float | None
    clonality: Mapping[str, Any]


class FusionDetails(TypedDict, total=False):
    """Of a rearrangement. Exons by the transcripts of the reference; `sources`: what showed it, dna or rna."""

    fusion: str | None
    transcript: str | None  # of BCR::ABL1: p190, p210, p230
    partner_known: bool
    frame: str | None
    five_exon: int | None
    three_exon: int | None
    junctions: list[str]
    sources: list[str]
    fusions: list[Mapping[str, Any]]  # every finding that counts, each with what its source says
    kinase: str | None  # the 3' gene, where it keeps its kinase domain
    double_hit: bool
    both_deletions: bool
    # flags that rules of the shipped table put on their fusions; a lab's own may have others
    tcf3_rearranged_literal: bool
    biology: str
    ptd: bool
    review: bool


class DeletionDetails(TypedDict, total=False):
    """Of a deletion of a gene or its exons; IKZF1plus adds its clauses."""

    deletion: Deletion
    level: str | None
    homozygous: bool | None
    exons: list[int]
    span: str | None
    cnloh: list[str]  # genes with copy-neutral loss of heterozygosity
    by_gene: Mapping[str, str]  # gene -> call of its copies
    kinds: list[str]  # of PAX5: fusion, amplification, deletion
    ikzf1: str | None  # span of the IKZF1 deletion
    clauses: Mapping[str, str]
    rule: str
    context: str


class MutationDetails(TypedDict, total=False):
    """Of small variants; `second_hits`: what else happened to the gene."""

    hits: list[GeneHit]
    mutations: list[Any]
    biallelic: bool | None


class ChromosomeDetails(TypedDict, total=False):
    """Of ploidy: numbers of whole chromosomes, of parental homologues left, of autosomes without heterozygosity."""

    chromosomes: int
    retained_homologues: int | None
    loh_autosomes: list[str] | int  # their names; how many, where germline sites count them
    even_loh_autosomes: int | None
    margin: int
    ploidy_certain: bool
    readings: list[Mapping[str, Any]]
    source: str
    schemes: list[dict[str, object]]
    karyotype_clones: list[str]
    single_metaphase: bool
    gained: list[str]
    double_trisomy_4_10: bool
    triple_trisomy_4_10_17: bool
    ukall_good_risk: bool
    ukall_gained: list[str]
    ukall_against: list[str]


class Chromosome21Details(TypedDict, total=False):
    """Of iAMP21: copies of RUNX1, of the anchors and of parts of 21q."""

    runx1_copies: int | None
    anchor_copies: Mapping[str, Any]
    peak: int | None
    telomere: int | None
    proximal: int | None
    states_21q: list[Any]
    steps: int
    inherited_copies: int
    pattern: str
    explained_by: str


class LesionDetails(
    FusionDetails, DeletionDetails, MutationDetails, ChromosomeDetails, Chromosome21Details, total=False
):
    """All keys that a call may have: rules that join what others found write more than one family."""


D = TypeVar("D", bound=Mapping[str, Any])


def stated(details: D) -> D:
    """Without keys whose value was not found out."""
    return cast("D", {key: value for key, value in details.items() if value not in (None, [], "")})
