"""A finding: what one record of one input says of one lesion."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from typing import Any, Literal

from annotate.base.frozen import frozen
from annotate.decide.case import Case
from annotate.decide.rearrangements.rules import Rule
from annotate.knowledge.specs.rearrangements import ExonNumberingRow, Strength
from annotate.model.evidence import Evidence
from annotate.model.observation import Source
from annotate.model.state import Code
from annotate.reference.genome import Genome

Leaning = Literal["likely", "unclear"]
Method = Literal["dna", "rna", "karyotype", "fish", "copy_number", "small_variants"]

SOURCES: Mapping[Method, Source] = {
    "dna": Source.JUNCTIONS,
    "rna": Source.FUSIONS,
    "karyotype": Source.KARYOTYPE,
    "fish": Source.FISH,
    "copy_number": Source.COPY_NUMBER,
    "small_variants": Source.SMALL_VARIANTS,
}
METHODS: Mapping[Source, Method] = {source: method for method, source in SOURCES.items()}
WORDS: Mapping[Method, str] = {
    "dna": "DNA",
    "rna": "RNA",
    "karyotype": "the karyotype",
    "fish": "FISH",
    "copy_number": "copy number",
    "small_variants": "small variants",
}
RANK: Mapping[Strength, int] = {"proof": 0, "support": 1, "hint": 2, "note": 3}


@frozen
class Finding:
    """What one record says. `five` and `three` are '' where a method does not show the partner."""

    source: Method
    five: str
    three: str
    strength: Strength
    text: str
    code: Code = Code.EVIDENCE_FOUND
    leaning: Leaning = "likely"
    evidence: Evidence | None = None
    rule: Rule | None = None
    known: bool = True
    reciprocal: bool = False
    overruled_by: Literal["", "any", "all"] = ""  # how many silent methods outweigh it
    share: float | None = None  # of the leukaemic cells, where the method counts cells or alleles
    junctions: tuple[str, ...] = ()
    facts: Mapping[str, Any] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """`A::B`; `A::?` where a partner is not shown."""
        return f"{self.five or '?'}::{self.three or '?'}"

    @property
    def record_words(self) -> str:
        """The record itself, as its file writes it."""
        return self.evidence.summary if self.evidence is not None else self.name

    def fits(self, other: Finding) -> bool:
        """May both be the same fusion? An unknown partner fits any."""
        same_five = not self.five or not other.five or self.five == other.five
        same_three = not self.three or not other.three or self.three == other.three
        return same_five and same_three


def downgrade(strength: Strength, at_most: Strength) -> Strength:
    """The weaker of two strengths."""
    return max(strength, at_most, key=lambda s: RANK[s])


def keeps_domain(case: Case, rule: Rule, gene: str, exon: int | None, pos: int | None = None) -> bool | None:
    """Does the 3' part from this exon on, or from this place on, hold the whole domain that the rule names?
    None where the rule names none, or where the transcript or the breakpoint is not known.
    """
    codon, transcript = rule.kept_from.get(gene), case.genome.transcript(gene)
    if codon is None or transcript is None:
        return None
    first = transcript.protein_to_genomic(codon)[0]
    if pos is not None:
        return pos <= first if transcript.strand == "+" else pos >= first
    begins = transcript.exon_at(first)
    return None if exon is None or begins is None else exon <= begins


def also_counted(case: Case, *exons: tuple[str, int | None]) -> Mapping[str, Any]:
    """What publications that count otherwise call these exons: `CSF1R exon 12 (NM_005211.3)`."""
    found = [
        f"{row.gene} exon {exon + row.offset} ({row.label})"
        for gene, exon in exons
        if exon is not None
        for row in case.knowledge.rows(ExonNumberingRow)
        if row.gene == gene and row.transcript == _counted_on(case, gene)
    ]
    return {"exons_also_counted": found} if found else {}


def _counted_on(case: Case, gene: str) -> str:
    transcript = case.genome.transcript(gene)
    return transcript.transcript if transcript is not None else ""


def neighbours(genome: Genome, five: str, three: str, distance: float) -> bool:
    """Is `three` the next gene in reach downstream of `five`, on the same strand?"""
    a, b = genome.gene(five), genome.gene(three)
    if a is None or b is None or a.chrom != b.chrom or a.strand != b.strand:
        return False
    gap = b.start - a.end if a.strand == "+" else a.start - b.end
    return -min(a.end - a.start, b.end - b.start) < gap <= distance
