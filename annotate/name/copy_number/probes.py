"""Copies of a gene by MLPA probes, within what a kit can tell.

A ratio is a mean over all cells: with a share p of leukaemic cells one lost copy of two gives 1 - p/2, both give
1 - p. A change of one probe alone always needs another method (the manufacturer's own words,
https://www.mrcholland.com/product/P335/3245): a base beside the ligation site changes its signal too.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence

from annotate.base.frozen import frozen
from annotate.base.middle import median
from annotate.knowledge.specs.mlpa import MlpaKitRow
from annotate.knowledge.tables import Knowledge
from annotate.model.copy_number import DELETED, CopyNumberProfile, GeneCopies, Probe
from annotate.model.evidence import Evidence
from annotate.model.state import Code, Reason
from annotate.name.copy_number.kinds import Limits

ANOTHER_METHOD = "FISH, an array, or sequencing of the exons"
MORE_PROBES = "a complete MLPA export, or copy-number segments"


def cells_unknown() -> Reason:
    """The reason that a flat profile of unknown purity excludes nothing."""
    text = "the share of leukaemic cells is not known, and the profile is as flat as that of normal cells"
    return Reason(Code.PURITY_TOO_LOW, text, "the column `purity`")


def not_assessable(gene: str, reason: Reason) -> GeneCopies:
    """The copies of a gene that could not be told, with the reason."""
    return GeneCopies(gene=gene, total=None, minor=None, baseline=None, call="not_assessable", reasons=(reason,))


# ---------------------------------------------------------------- the kit


@frozen
class Kit:
    """The probes of a sample by gene, with what `mlpa_kits` says of their loci."""

    probes: Mapping[str, Sequence[Probe]]
    loci: Mapping[str, frozenset[str]]  # gene: the genes of its locus
    needs: Mapping[str, frozenset[int]]  # gene: exons that must be normal before it is whole

    @staticmethod
    def of(probes: Mapping[str, Sequence[Probe]], knowledge: Knowledge) -> Kit:
        """The kit as far as it is known; kits do not differ in the locus of a gene."""
        rows = knowledge.rows(MlpaKitRow)
        at = {gene: row.locus for row in rows for gene in row.genes}
        loci = {gene: frozenset(other for other, locus in at.items() if locus == at[gene]) for gene in at}
        return Kit(probes, loci, {gene: frozenset(row.negative_needs) for row in rows for gene in row.genes})

    def beside(self, gene: str) -> list[Probe]:
        """Probes of other genes of the same locus."""
        others = self.loci.get(gene, frozenset()) - {gene}
        return [probe for other in sorted(others) for probe in self.probes.get(other, ())]

    def missing(self, gene: str) -> list[int]:
        """Exons that need a probe before the gene is whole and have none; as many probes do where none names one."""
        needed = self.needs.get(gene, frozenset())
        ranks = {_rank(p.exon) for p in self.probes[gene]}
        if ranks == {None} and len(self.probes[gene]) >= len(needed):
            return []
        return sorted(needed - ranks)


# ---------------------------------------------------------------- one gene by MLPA probes


def by_probes(gene: str, kit: Kit, profile: CopyNumberProfile, limits: Limits) -> GeneCopies:
    """By probe ratios: 1 is two copies of the reference. The extent beyond the gene is not known."""
    probes = kit.probes[gene]
    lost = [p for p in probes if p.ratio < limits.mlpa_het]
    gained = [p for p in probes if p.ratio > limits.mlpa_gain]
    call = _lost(lost, limits) if lost else "gain" if gained else "normal"
    shown = lost or gained
    reasons = _reasons(gene, kit, shown, limits)
    alone = call in DELETED and _alone(lost, kit.beside(gene), limits)
    if alone:
        text = f"a single probe of {gene} is changed, which always needs another method"
        reasons.append(Reason(Code.EVIDENCE_INCOMPLETE, text, ANOTHER_METHOD))
    ratio = median(p.ratio for p in (shown or probes))
    return GeneCopies(
        gene=gene,
        total=None,
        minor=None,
        baseline=2,
        call="not_assessable" if call == "normal" and reasons else call,
        level="focal" if lost and len(lost) < len(probes) else None,
        exons=tuple(sorted({n for p in lost if (n := _rank(p.exon)) is not None})),
        log2=math.log2(max(ratio, 0.01)),
        certain=not alone,
        evidence=_evidence(gene, shown or probes, profile),
        reasons=tuple(reasons),
    )


def _lost(lost: Sequence[Probe], limits: Limits) -> str:
    """Both copies where a ratio is near 0, or where the share of leukaemic cells leaves none."""
    ratio = min(p.ratio for p in lost)
    known = limits.purity if not limits.mlpa_too_few_cells else None
    left = 2 - 2 * (1 - ratio) / known if known else None
    both = ratio < limits.mlpa_homozygous or (left is not None and left < limits.zero)
    return "homozygous_deletion" if both else "deletion"


def one_copy_lost(copies: GeneCopies, one_copy: float) -> bool:
    """Is a loss by probes that of one copy? No where its ratio is too low for that, though too high for both."""
    return copies.call == "deletion" and copies.log2 is not None and copies.certain and 2**copies.log2 >= one_copy


def _alone(lost: Sequence[Probe], beside: Iterable[Probe], limits: Limits) -> bool:
    """Is one probe lost, and none of its locus beside it?"""
    return len(lost) == 1 and not any(p.ratio < limits.mlpa_het for p in beside)


def _reasons(gene: str, kit: Kit, shown: Sequence[Probe], limits: Limits) -> list[Reason]:
    """What was found; or why normal ratios exclude nothing, empty where they do."""
    if shown:
        count = len(kit.probes[gene])
        text = f"{len(shown)} of {count} MLPA probes of {gene} changed; the extent beyond is not known"
        return [Reason(Code.EVIDENCE_FOUND, text)]
    if limits.mlpa_too_few_cells:
        text = f"purity {limits.purity:.2f} is too low for normal MLPA ratios to exclude a deletion"
        return [Reason(Code.PURITY_TOO_LOW, text, "a sample with more leukaemic cells")]
    if limits.cells_unknown:
        return [cells_unknown()]
    missing = kit.missing(gene)
    if missing:
        text = f"no probe of {gene} exon {', '.join(map(str, missing))}: a loss of these would not be seen"
        return [Reason(Code.REGION_NOT_COVERED, text, MORE_PROBES)]
    return []


def _evidence(gene: str, probes: Iterable[Probe], profile: CopyNumberProfile) -> tuple[Evidence, ...]:
    file = next((file.path for file in profile.inputs if file.kind == "copy_number"), None)
    return tuple(
        Evidence(
            kind="segment",
            summary=f"MLPA {gene} {_exon_name(p.exon)}: ratio {p.ratio:.2f}",
            file=file,
            record=f"{gene} {p.exon}",
            rule="MLPA probe ratio",
            values={"gene": gene, "exon": p.exon, "ratio": p.ratio},
        )
        for p in probes
    )


def _rank(exon: str) -> int | None:
    digits = "".join(c if c.isdecimal() else " " for c in exon).split()
    return int(digits[0]) if digits else None


def _exon_name(exon: str) -> str:
    return f"exon {exon}" if exon[:1].isdigit() else exon
