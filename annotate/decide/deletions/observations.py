"""What copy number, junctions, FISH and the karyotype say of a deletion, as observations."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from annotate.decide.case import Case
from annotate.decide.deletions.karyotype_losses import KaryotypeLoss
from annotate.decide.deletions.losses import DeletionJunction, Loss
from annotate.decide.evidence.observe import blinded, excludes, speaks
from annotate.decide.negatives import gene_copies
from annotate.knowledge import cutoffs
from annotate.model.copy_number import DELETED, GeneCopies
from annotate.model.observation import Observation, Source, Weight
from annotate.model.state import Code


def copies_source(case: Case) -> Source:
    """MLPA where that is all that counts copies, else copy number."""
    only_probes = case.profile is not None and bool(case.profile.probes) and not case.profile.segments
    return Source.MLPA if only_probes else Source.COPY_NUMBER


def shown(case: Case, lost: Iterable[GeneCopies], found: Loss) -> list[Observation]:
    """What says that the genes are lost. A junction that its caller filtered, or FISH of few cells, is a hint."""
    seen = [_of_copies(case, c) for c in lost]
    seen += [
        speaks(Source.JUNCTIONS, _sure(j.certain), subclonal=j.subclonal and j.certain, gene=j.gene, size=j.size)
        for j in found.junctions
    ]
    seen += [speaks(Source.FISH, _sure(f.certain), likely=f.certain, gene=f.gene) for f in found.fish]
    return seen


def _of_copies(case: Case, copies: GeneCopies) -> Observation:
    """A loss that every reading of the profile has is a proof; one of some readings, or of one probe, a support."""
    if not copies.certain:
        source = copies_source(case)
        code = Code.EVIDENCE_INCOMPLETE if source is Source.MLPA else Code.PLOIDY_UNCERTAIN
        return speaks(source, Weight.SUPPORT, code=code, likely=True, gene=copies.gene)
    return speaks(copies_source(case), subclonal=copies.subclonal, gene=copies.gene)


def _sure(certain: bool) -> Weight:
    return Weight.PROOF if certain else Weight.HINT


def shown_by_bands(tokens: Iterable[KaryotypeLoss], *, alone: bool) -> list[Observation]:
    """Bands do not resolve a gene: never a proof. `alone`: no copies were counted that say otherwise."""
    return [
        speaks(Source.KARYOTYPE, Weight.SUPPORT, code=Code.KARYOTYPE_ONLY, likely=alone and token.certain)
        for token in tokens
    ]


def normal_copies(case: Case, genes: Sequence[str], junctions: Sequence[DeletionJunction] = ()) -> list[Observation]:
    """Copies of these genes that show no loss, if all of them were counted and every reading says so.

    They contradict a deletion junction only where its deletion spans so many bins that segments must show it.
    """
    copies = [gene_copies(case, gene) for gene in genes]
    if not copies or any(c is None or c.call in (*DELETED, "not_assessable") or not c.certain for c in copies):
        return []
    fine = resolves(case, [junction.size for junction in junctions])
    return [excludes(copies_source(case), Weight.PROOF if fine else Weight.SUPPORT)]


def resolves(case: Case, sizes: Iterable[int]) -> bool:
    """Would the profile show deletions of these sizes, in bases, whatever its segmentation?"""
    resolution = case.profile.resolution if case.profile is not None else None
    bins = case.knowledge.value(cutoffs.GENES_SV_CONTRADICTED_BINS)
    return all(resolution is not None and size >= bins * resolution for size in sizes)


def open_ploidy(case: Case) -> list[Observation]:
    """Copies that say nothing, because they are relative to a ploidy that is open."""
    return [blinded(copies_source(case), Code.PLOIDY_UNCERTAIN)]
