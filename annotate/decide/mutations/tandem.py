"""Tandem duplications that count as mutations (FLT3-ITD), from whichever caller lists them.

Callers made for them, structural variants (a duplication or an insertion whose both ends lie in its exons) and
transcripts (both ends in the gene, joined backwards) are told apart by nothing but their words. None of them excludes
anything: a caller that is silent looked at one or two exons, or aligns such reads badly.
"""

from __future__ import annotations

from collections.abc import Iterator

from annotate.base.filters import PASSING
from annotate.decide.case import Case
from annotate.decide.mutations.hits import TANDEM, Hit
from annotate.knowledge import cutoffs
from annotate.knowledge.specs.tandem import TandemDuplicationRow
from annotate.model.fusions import Fusion
from annotate.model.junctions import Junction
from annotate.model.small_variants import SmallVariant
from annotate.model.state import Code, Reason
from annotate.model.tandem import TandemDuplication
from annotate.name.small_variants.clonality import Clonality

TABLE = "tandem_duplications"
LOWER_LIMIT = "reads with a tandem duplication align badly: its fraction is a lower limit and tells no subclone"


def tandem_hits(case: Case, lesion: str) -> tuple[Hit, ...]:
    """Duplications that a row of `tandem_duplications` counts for this lesion, the best supported first."""
    rows = {row.gene: row for row in case.knowledge.rows(TandemDuplicationRow) if row.lesion == lesion}
    found = [
        _hit(case, duplication, rows[duplication.gene])
        for duplication in duplications(case)
        if duplication.gene in rows and _fits(case, duplication, rows[duplication.gene])
    ]
    return tuple(sorted(found, key=lambda hit: (not hit.certain, -(hit.variant.vaf or 0))))


def duplications(case: Case) -> Iterator[TandemDuplication]:
    """Of callers made for them, then of junctions, then of transcripts."""
    genes = {row.gene for row in case.knowledge.rows(TandemDuplicationRow)}
    yield from case.tandem.found if case.tandem is not None else ()
    for junction in case.junctions.junctions if case.junctions is not None else ():
        gene = _gene_of(case, junction, genes)
        if gene is not None:
            yield _of_junction(junction, gene)
    for fusion in case.fusions.fusions if case.fusions is not None else ():
        if fusion.five == fusion.three and fusion.five in genes and "circular" in fusion.flags:
            yield _of_fusion(fusion)


def _gene_of(case: Case, junction: Junction, genes: set[str]) -> str | None:
    """The gene that holds both ends of a duplication, or an insertion, as which callers list short ones."""
    left, right = junction.left, junction.right
    if right is None or left.chrom != right.chrom or not (_is_duplication(junction) or _is_insertion(junction)):
        return None
    for name in sorted(genes):
        gene = case.genome.gene(name)
        if gene is not None and gene.chrom == left.chrom and gene.start <= left.pos <= right.pos <= gene.end:
            return name
    return None


def _is_duplication(junction: Junction) -> bool:
    return junction.right is not None and (junction.left.keeps, junction.right.keeps) == ("R", "L")


def _is_insertion(junction: Junction) -> bool:
    right = junction.right
    beside = right is not None and right.pos - junction.left.pos == 1
    return beside and junction.left.keeps == "L" and bool(junction.inserted_sequence)


def _of_junction(junction: Junction, gene: str) -> TandemDuplication:
    assert junction.right is not None
    doubled = junction.right.pos - junction.left.pos + 1 if _is_duplication(junction) else 0
    return TandemDuplication(
        gene=gene,
        length=doubled + len(junction.inserted_sequence),
        caller=", ".join(junction.callers),
        chrom=junction.left.chrom,
        start=junction.left.pos,
        end=junction.right.pos,
        vaf=junction.vaf,
        reads=junction.reads,
        depth=junction.depth,
        filter=junction.filter,
        file=junction.files[0] if junction.files else None,
        record=junction.records[0] if junction.records else None,
    )


def _of_fusion(fusion: Fusion) -> TandemDuplication:
    place = fusion.five_breakpoint
    return TandemDuplication(
        gene=fusion.five,
        length=None,
        caller=fusion.caller,
        chrom=place[0] if place else None,
        start=place[1] if place else None,
        reads=fusion.reads,
        filter=fusion.filter,
        file=fusion.file,
        record=fusion.record,
    )


def _fits(case: Case, duplication: TandemDuplication, row: TandemDuplicationRow) -> bool:
    """Has it the length of such a duplication, and does it lie in its exons where its place is known?"""
    if duplication.length is not None and not row.min_length <= duplication.length <= row.max_length:
        return False
    transcript = case.genome.transcript(duplication.gene)
    if not row.exons or duplication.start is None or transcript is None:
        return True
    exons = [exon for exon in transcript.exons if exon.rank in row.exons]
    low, high = min(exon.start for exon in exons), max(exon.end for exon in exons)
    return low <= duplication.start and (duplication.end or duplication.start) <= high


def _hit(case: Case, duplication: TandemDuplication, row: TandemDuplicationRow) -> Hit:
    """A proof where its caller passes it, with reads enough and its frame kept; of transcripts it is a hint."""
    least = case.knowledge.value(cutoffs.GENES_SV_MIN_READS)
    few = duplication.reads is not None and duplication.reads < least
    length = f" of {duplication.length:,} bp" if duplication.length is not None else ""
    ratio = f", allele ratio {duplication.allelic_ratio:.2f}" if duplication.allelic_ratio is not None else ""
    return Hit(
        variant=_variant(duplication, f"{row.name}{length}"),
        clonality=Clonality(None, None, None, None, None, "undetermined", (Reason(Code.NOTE, LOWER_LIMIT),)),
        tier="established",
        effect="activating",
        note=f"{row.text} ({duplication.caller}{ratio})",
        rule=row.id,
        drug=row.drug,
        certain=duplication.passes and not few and duplication.in_frame is True,
    )


def _variant(duplication: TandemDuplication, name: str) -> SmallVariant:
    reads, depth = duplication.reads, duplication.depth
    return SmallVariant(
        chrom=duplication.chrom or "",
        pos=duplication.start or 0,
        ref="N",
        alt=TANDEM,
        gene=duplication.gene,
        consequence="inframe_insertion" if duplication.in_frame else None,
        vaf=duplication.vaf,
        depth=depth,
        alt_reads=reads,
        filter=duplication.filter if duplication.filter not in PASSING else "PASS",
        alternative_names=(name,),
        callers=(duplication.caller,),
        file=duplication.file,
        record=duplication.record,
    )
