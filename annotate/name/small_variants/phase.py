"""Which phased variants lie on one haplotype and change a transcript together, as `bcftools csq` reads them."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from annotate.knowledge import cutoffs
from annotate.knowledge.tables import Knowledge
from annotate.model.small_variants import SmallVariant
from annotate.name.small_variants import csq
from annotate.reference.genome import Genome

if TYPE_CHECKING:
    from annotate.name.small_variants.placing import Placed


_PHASED = re.compile(r"[01.](\|[01.])+")
_HOMOZYGOUS = re.compile(r"1([/|]1)+")

Haplotype = tuple[str, int]  # phase set, number of the chromosome copy within it
EVERY: Haplotype = ("", -1)  # of a homozygous variant


def haplotypes(variant: SmallVariant) -> tuple[int, ...] | None:
    """Haplotypes that carry the variant; None where the genotype is not phased.

    >>> haplotypes(SmallVariant("1", 5, "A", "C", genotype="0|1"))
    (1,)
    """
    text = variant.genotype or ""
    if not _PHASED.fullmatch(text):
        return None
    return tuple(n for n, allele in enumerate(text.split("|")) if allele == "1")


def carriers(variant: SmallVariant, knowledge: Knowledge) -> frozenset[Haplotype]:
    """Haplotypes by phase set; `EVERY` for a homozygous variant; empty where the phase is not known.

    A genotype 1/1 whose reads are mostly those of the reference (tumour callers write that) is not homozygous.
    """
    text = variant.genotype or ""
    if _HOMOZYGOUS.fullmatch(text):
        least = knowledge.value(cutoffs.ANNOTATION_HOMOZYGOUS_VAF)
        return frozenset({EVERY}) if variant.vaf is None or variant.vaf >= least else frozenset()
    return frozenset((variant.phase_set or "", n) for n in haplotypes(variant) or ())


def compounds(placed: Sequence[Placed], genome: Genome) -> list[tuple[int, ...]]:
    """Groups of variants (by index, in genomic order) that csq joins into one consequence.

    Variants are joined only within one phase set; a phased genotype without a set belongs to the chromosome's own.
    """
    groups = _candidates(placed)
    if not groups:
        return []
    samples: dict[str, int] = {}
    queries = []
    for (_, gene, _), members in groups.items():
        sample = samples[gene] = samples.get(gene, -1) + 1
        for n in members:
            one = placed[n]
            assert one.coding is not None
            genotype = "|".join("1" if h in (haplotypes(one.variant) or ()) else "0" for h in (0, 1))
            queries.append(csq.Query(str(n), one.variant, one.coding, sample, genotype))
    calls = csq.phased(queries, genome, max(samples.values()) + 1)
    return _joined(calls, queries)


def _candidates(placed: Sequence[Placed]) -> dict[tuple[str, str, str], list[int]]:
    """Phased coding variants by chromosome, gene and phase set, where there are at least two."""
    groups: dict[tuple[str, str, str], list[int]] = {}
    for n, one in enumerate(placed):
        carried = haplotypes(one.variant)
        if one.coding is None or not one.matches or not carried or max(carried) > 1:
            continue
        if one.coding.cds_edit(one.edit) is None:
            continue
        key = (one.variant.chrom, one.coding.transcript.gene, one.variant.phase_set or "")
        groups.setdefault(key, []).append(n)
    return {key: members for key, members in groups.items() if len(members) > 1}


def _joined(calls: Mapping[str, tuple[csq.Call, ...]], queries: Sequence[csq.Query]) -> list[tuple[int, ...]]:
    found: list[tuple[int, ...]] = []
    for query in queries:
        for call in calls.get(query.id, ()):
            if len(call.joined) < 2:
                continue
            members = tuple(sorted(int(other.id) for other in queries if _in(call, other, query)))
            if len(members) > 1 and members not in found:
                found.append(members)
    return found


def _in(call: csq.Call, other: csq.Query, query: csq.Query) -> bool:
    same = other.sample == query.sample and other.coding is query.coding
    return same and (other.variant.pos, *csq.masked(other.variant, other.coding)) in call.joined
