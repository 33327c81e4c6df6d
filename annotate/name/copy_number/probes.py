"""Copies of a gene by MLPA probes."""

from __future__ import annotations

import math
from collections.abc import Sequence

from annotate.model.copy_number import CopyNumberProfile, GeneCopies, Probe
from annotate.model.evidence import Evidence
from annotate.model.state import Code, Reason
from annotate.name.copy_number.kinds import Limits


def cells_unknown() -> Reason:
    """The reason that a flat profile of unknown purity excludes nothing."""
    text = "the share of leukaemic cells is not known, and the profile is as flat as that of normal cells"
    return Reason(Code.PURITY_TOO_LOW, text, "the column `purity`")


def not_assessable(gene: str, reason: Reason) -> GeneCopies:
    """The copies of a gene that could not be told, with the reason."""
    return GeneCopies(gene=gene, total=None, minor=None, baseline=None, call="not_assessable", reasons=(reason,))


# ---------------------------------------------------------------- one gene by MLPA probes


def by_probes(gene: str, probes: Sequence[Probe], profile: CopyNumberProfile, limits: Limits) -> GeneCopies:
    """By probe ratios: 1 is two copies of the reference. The extent beyond the gene is not known."""
    lost = [p for p in probes if p.ratio < limits.mlpa_het]
    both = [p for p in probes if p.ratio < limits.mlpa_homozygous]
    gained = [p for p in probes if p.ratio > limits.mlpa_gain]
    shown = both or lost or gained
    files = [file.path for file in profile.inputs if file.kind == "copy_number"]
    evidence = tuple(
        Evidence(
            kind="segment",
            summary=f"MLPA {gene} {_exon_name(p.exon)}: ratio {p.ratio:.2f}",
            file=files[0] if files else None,
            record=f"{gene} {p.exon}",
            rule="MLPA probe ratio",
            values={"gene": gene, "exon": p.exon, "ratio": p.ratio},
        )
        for p in (lost or shown or probes)
    )
    call = "homozygous_deletion" if both else "deletion" if lost else "gain" if gained else "normal"
    ratio = sum(p.ratio for p in (shown or probes)) / len(shown or probes)
    reasons = []
    if shown:
        text = f"{len(lost or gained)} of {len(probes)} MLPA probes of {gene} changed; the extent beyond is not known"
        reasons.append(Reason(Code.EVIDENCE_FOUND, text))
    elif limits.mlpa_too_few_cells:
        text = f"purity {limits.purity:.2f} is too low for normal MLPA ratios to exclude a deletion"
        call = "not_assessable"
        reasons.append(Reason(Code.PURITY_TOO_LOW, text, "a sample with more leukaemic cells"))
    elif limits.cells_unknown:
        call = "not_assessable"
        reasons.append(cells_unknown())
    partial = bool(lost) and len(lost) < len(probes)
    return GeneCopies(
        gene=gene,
        total=None,
        minor=None,
        baseline=2,
        call=call,
        level="focal" if partial else None,
        exons=tuple(sorted({n for p in (lost or ()) if (n := _rank(p.exon)) is not None})),
        log2=math.log2(max(ratio, 0.01)),
        evidence=evidence,
        reasons=tuple(reasons),
    )


def _rank(exon: str) -> int | None:
    digits = "".join(c if c.isdigit() else " " for c in exon).split()
    return int(digits[0]) if digits else None


def _exon_name(exon: str) -> str:
    return f"exon {exon}" if exon[:1].isdigit() else exon
