"""The verdict on hypodiploidy: its words, edges and evidence."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from annotate.decide.evidence.verdict import Verdict
from annotate.knowledge import cutoffs
from annotate.knowledge.tables import Knowledge
from annotate.model.copy_number import CopyNumberProfile
from annotate.model.details import LesionDetails
from annotate.model.evidence import Evidence
from annotate.model.state import Code, Reason, State
from annotate.name.copy_number.counting import ChromosomeCount

NAMES: Mapping[str, str] = {
    "near_haploid": "near-haploidy",
    "low_hypodiploid": "low hypodiploidy",
    "high_hypodiploid": "high hypodiploidy",
}
ALLELES = "allele-specific copy number (whole genome or SNP array)"
PLOIDY = "a DNA index or a karyotype"
PURITY = "the share of leukaemic cells (column `purity`)"


def not_counted(profile: CopyNumberProfile, count: ChromosomeCount | None, knowledge: Knowledge) -> Verdict:
    """Too few chromosomes with segments: a list of losses may still speak for hypodiploidy."""
    missing = len(count.missing) if count is not None else 22
    text = f"{missing} autosomes lack segments over most of their length: chromosomes cannot be counted"
    settle = "copy number of the whole genome"
    lost = [c for c, s in profile.chromosomes.items() if s.total == 1 and c not in ("X", "Y")]
    alone = [
        c
        for c, s in profile.chromosomes.items()
        if s.total is not None
        and s.total >= 2
        and c not in ("X", "Y")
        and (s.loh_fraction or 0.0) >= knowledge.value(cutoffs.COPY_NUMBER_LOH_SHARE)
    ]
    needed = knowledge.value(cutoffs.HYPODIPLOIDY_MASKED_LOH_MIN)
    if len(lost) + len(alone) >= needed:
        reason = Reason(
            Code.EVIDENCE_INCOMPLETE,
            f"{len(lost)} autosomes with one copy and {len(alone)} with several copies of one allele are listed,"
            f" but {text}",
            settle,
        )
        return Verdict(
            State.EQUIVOCAL,
            f"Hypodiploidy likely, not counted: {len(lost) + len(alone)} autosomes listed as lost or without"
            " heterozygosity.",
            (reason,),
            (profile_evidence(profile, count),),
            masked=len(alone) > len(lost),
            leaning="likely",
        )
    return Verdict(State.NOT_ASSESSABLE, "", (Reason(Code.REGION_NOT_COVERED, text, settle),))


def edge(count: ChromosomeCount, subtype: str, masked: bool, reasons: list[Reason], high: int, top: int) -> Verdict:
    """An equivocal verdict: the count is below the limit `top`, the noise (up to `high`) crosses it."""
    missing = f" and chromosomes without enough segments ({', '.join(count.missing)})" if count.missing else ""
    text = f"noise{missing} leave up to {high}, which crosses the limit of {top}"
    number = count.rhc if masked else count.total
    return Verdict(
        State.EQUIVOCAL,
        f"{'Masked h' if masked else 'H'}ypodiploidy likely: {number} {'homologues' if masked else 'chromosomes'},"
        f" but up to {high} within the noise.",
        (*reasons, Reason(Code.EVIDENCE_INCOMPLETE, text, "a karyotype, FISH or an array of a purer sample")),
        subtype=subtype,
        modal=count.total,
        masked=masked,
        leaning="likely",
        below=number,
    )


def unclear_verdict(count: ChromosomeCount, why: str, reason: Reason) -> Verdict:
    """An equivocal verdict that leans to neither side."""
    return Verdict(
        State.EQUIVOCAL,
        f"Hypodiploidy equivocal: {why} ({count.total} chromosomes, {count.rhc} parental homologues left).",
        (reason,),
        modal=count.total,
        leaning="unclear",
        below=count.rhc,
    )


# ---------------------------------------------------------------- words


def subtype_of(number: int, knowledge: Knowledge) -> str:
    """near_haploid up to `hypodiploidy.near_haploid_max` chromosomes, else low_hypodiploid."""
    near = knowledge.value(cutoffs.HYPODIPLOIDY_NEAR_HAPLOID_MAX)
    return "near_haploid" if number <= near else "low_hypodiploid"


def profile_evidence(profile: CopyNumberProfile, count: ChromosomeCount | None) -> Evidence:
    """The profile as evidence: purity, ploidy, and the counts where chromosomes could be counted."""
    values: dict[str, Any] = {"purity": profile.purity, "ploidy": profile.ploidy}
    summary = "chromosomes not counted"
    if count is not None:
        values |= {
            "chromosomes": count.total,
            "retained_homologues": count.rhc,
            "loh_autosomes": list(count.loh),
            "margin": count.margin,
            "missing": list(count.missing),
        }
        homologues = "homologues unknown" if count.rhc is None else f"{count.rhc} parental homologues"
        summary = f"{count.total} chromosomes, {homologues}, {count.loh_autosomes} autosomes without heterozygosity"
        if count.rhc is None:
            summary = f"{count.total} chromosomes by total copies"
    return Evidence(
        kind="profile",
        summary=summary,
        file=profile.inputs[0].path if profile.inputs else None,
        rule="count of chromosomes and retained homologues",
        values=values,
    )


def details_of(profile: CopyNumberProfile, count: ChromosomeCount) -> LesionDetails:
    """The counts and the other readings of the profile, as the lesion's details hold them."""
    return {
        "chromosomes": count.total,
        "retained_homologues": count.rhc,
        "loh_autosomes": list(count.loh),
        "even_loh_autosomes": count.even_loh,
        "margin": count.margin,
        "ploidy_certain": profile.ploidy_certain,
        "readings": [
            {"modal_number": r.modal_number, "purity": r.purity, "ploidy": r.ploidy, "note": r.note}
            for r in profile.alternatives
        ],
    }
