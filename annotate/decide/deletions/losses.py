"""Losses of a gene in copy number and in deletion junctions."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from annotate.base.filters import PASSING
from annotate.base.frozen import frozen
from annotate.decide.case import Case
from annotate.decide.deletions.fish_losses import FishLoss, fish_losses
from annotate.decide.deletions.karyotype_losses import KaryotypeLoss, karyotype_losses
from annotate.decide.detectability import purity
from annotate.decide.negatives import gene_copies
from annotate.knowledge import cutoffs
from annotate.model.copy_number import DELETED, GeneCopies
from annotate.model.evidence import Evidence
from annotate.model.junctions import Junction
from annotate.reference.features import Transcript


@frozen
class DeletionJunction:
    """A deletion that takes coding exons of a gene. `certain`: passes its caller's filters with enough reads."""

    junction: Junction
    gene: str
    exons: tuple[int, ...]
    size: int
    certain: bool
    subclonal: bool


@frozen
class Loss:
    """Everything that says that genes were lost."""

    copies: tuple[GeneCopies, ...]  # genes that copy number shows as lost
    junctions: tuple[DeletionJunction, ...]
    karyotype: tuple[KaryotypeLoss, ...]
    fish: tuple[FishLoss, ...] = ()

    @property
    def certain_junctions(self) -> tuple[DeletionJunction, ...]:
        """Junctions that show the deletion by themselves: enough reads, filters passed."""
        return tuple(j for j in self.junctions if j.certain)


def losses(case: Case, genes: Sequence[str], *, longest: float | None = None) -> Loss:
    """Everything that says that these genes were lost. `longest`: as for `deletion_junctions`."""
    copies = [found for gene in genes if (found := gene_copies(case, gene)) is not None]
    tokens = dict.fromkeys(token for gene in genes for token in karyotype_losses(case, gene))
    return Loss(
        copies=tuple(c for c in copies if c.call in DELETED),
        junctions=tuple(j for gene in genes for j in deletion_junctions(case, gene, longest)),
        karyotype=tuple(tokens),
        fish=tuple(loss for gene in genes for loss in fish_losses(case, gene)),
    )


def deletion_junctions(case: Case, gene: str, longest: float | None = None) -> tuple[DeletionJunction, ...]:
    """Deletions (left side kept to the left, right side to the right) over coding bases of the gene.

    Longer ones than `longest` (bases; `genes.sv_max_length` where not given) count only beside a loss in copy number.
    """
    transcript = case.genome.transcript(gene)
    if case.junctions is None or transcript is None:
        return ()
    copies = gene_copies(case, gene)
    longest = case.knowledge.value(cutoffs.GENES_SV_MAX_LENGTH) if longest is None else longest
    found = []
    for junction in case.junctions.deletions.get(transcript.chrom, ()):
        left, right = junction.left, junction.right
        if right is None or "possible_germline" in junction.flags:
            continue  # what the matched normal shows too is not lost in the leukaemia
        size = right.pos - left.pos - 1
        if size > longest and (copies is None or copies.call not in DELETED):
            continue
        exons = _coding_exons_between(transcript, left.pos, right.pos)
        if exons:
            certain = enough_reads(case, junction)
            found.append(DeletionJunction(junction, gene, exons, size, certain, _subclonal(case, junction)))
    return tuple(found)


def _coding_exons_between(transcript: Transcript, left: int, right: int) -> tuple[int, ...]:
    """Ranks of the exons of which a coding base lies between two bases that are kept."""
    return tuple(
        exon.rank
        for exon in transcript.exons
        if exon.cds_start is not None and exon.cds_end is not None and exon.cds_start < right and exon.cds_end > left
    )


def lost_copies(case: Case, gene: str) -> GeneCopies | None:
    """Copies of a gene; where they show no loss but a deletion junction that can be trusted does, that loss."""
    copies = gene_copies(case, gene)
    if copies is not None and copies.call in DELETED and copies.certain:
        return copies
    certain = [junction for junction in deletion_junctions(case, gene) if junction.certain]
    if not certain:
        return copies
    return GeneCopies(
        gene=gene,
        total=None,
        minor=None,
        baseline=None,
        call="deletion",
        level="focal",
        exons=tuple(sorted({rank for junction in certain for rank in junction.exons})),
        start=min(junction.junction.left.pos for junction in certain) + 1,
        end=max(junction.junction.left.pos + junction.size for junction in certain),
        subclonal=all(junction.subclonal for junction in certain),
        evidence=tuple(junction_evidence(junction) for junction in certain),
    )


def enough_reads(case: Case, junction: Junction) -> bool:
    """Does a junction pass its caller's filters with as many reads as a deletion needs?"""
    reads = junction.reads
    return junction.filter in PASSING and (reads is None or reads >= case.knowledge.value(cutoffs.GENES_SV_MIN_READS))


def _subclonal(case: Case, junction: Junction) -> bool:
    """By the junction's share of reads: a clonal deletion of one copy has half of the purity."""
    if junction.vaf is None:
        return False
    known = purity(case)
    if known is None:
        return junction.vaf < case.knowledge.value(cutoffs.GENES_SV_SUBCLONAL_VAF)
    return junction.vaf < known / 2 * case.knowledge.value(cutoffs.COPY_NUMBER_CLONAL_FRACTION)


# ---------------------------------------------------------------- words


def raw(tokens: Iterable[KaryotypeLoss]) -> str:
    """The abnormalities as the karyotype writes them, joined by commas."""
    return ", ".join(token.raw for token in tokens)


def copies_text(copies: GeneCopies) -> str:
    """`IKZF1: 1 copy (baseline 2)`, `IKZF1: log2 -0.80`."""
    if copies.total is not None:
        of = f" (baseline {copies.baseline})" if copies.baseline is not None else ""
        return f"{copies.gene}: {copies.total:.3g} {'copy' if copies.total == 1 else 'copies'}{of}"
    if copies.log2 is not None:
        return f"{copies.gene}: log2 ratio {copies.log2:.2f}"
    return f"{copies.gene}: copies not known"


def junction_evidence(found: DeletionJunction) -> Evidence:
    """A deletion junction over a coding exon as evidence; its size is in base pairs."""
    facts = {"gene": found.gene, "exons": list(found.exons), "size": found.size}
    return deletion_evidence(found.junction, "deletion over a coding exon", facts)


def deletion_evidence(junction: Junction, rule: str, facts: Mapping[str, Any] | None = None) -> Evidence:
    """The record of a deletion junction; `facts` come first in its values, and a `size` (bases) is said."""
    facts = facts or {}
    right = junction.right.pos if junction.right is not None else junction.left.pos
    reads = junction.reads if junction.reads is not None else "?"
    size = f"{facts['size']:,} bases, " if "size" in facts else ""
    return Evidence(
        kind="junction",
        summary=f"{junction.left.chrom}:{junction.left.pos:,}–{right:,} ({size}{reads} reads)",
        file=junction.files[0] if junction.files else None,
        record=junction.records[0] if junction.records else junction.id,
        rule=rule,
        values={**facts, "reads": junction.reads, "vaf": junction.vaf, "filter": junction.filter},
    )
