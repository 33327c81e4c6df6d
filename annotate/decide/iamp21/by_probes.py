"""What MLPA probes say of iAMP21: RUNX1 at the ratio of every iAMP21 of a cohort asks for FISH, and excludes nothing.

Kits for ALL (P327, digitalMLPA D007) hold several probes along 21q. A ratio is a mean over all cells and relative to
reference probes, so it tells neither the pattern along the arm nor the copies in a cell.
"""

from __future__ import annotations

from annotate.base.middle import median
from annotate.decide.case import Case
from annotate.decide.evidence.verdict import Verdict
from annotate.decide.iamp21.verdict import FISH, GENE
from annotate.knowledge import cutoffs
from annotate.model.evidence import Evidence
from annotate.model.state import Code, Reason, State

CHROMOSOME = "21"


def by_probes(case: Case) -> Verdict | None:
    """Equivocal, likely, where the middle ratio of RUNX1 probes is that of an amplification; else nothing."""
    probes = [probe for probe in case.profile.probes if probe.gene == GENE] if case.profile is not None else []
    if not probes:
        return None
    ratio = median(probe.ratio for probe in probes)
    if ratio < case.knowledge.value(cutoffs.MLPA_IAMP21_RATIO):
        return None
    text = (
        f"{len(probes)} MLPA probes of {GENE} have a ratio of {ratio:.2f}: more than a trisomy 21 gives{_beside(case)}"
    )
    files = [file.path for file in case.profile.inputs if file.kind == "copy_number"] if case.profile else []
    evidence = Evidence(
        kind="segment",
        summary=text,
        file=files[0] if files else None,
        rule="MLPA probe ratio",
        values={"gene": GENE, "ratio": round(ratio, 2), "probes": len(probes)},
    )
    reason = Reason(Code.EVIDENCE_INCOMPLETE, text, FISH)
    return Verdict(
        State.EQUIVOCAL,
        f"iAMP21 equivocal (likely): {text}; RUNX1 FISH decides.",
        (reason,),
        (evidence,),
        leaning="likely",
        tier="mlpa",
    )


def _beside(case: Case) -> str:
    """The other probes of chromosome 21, whose ratio tells an amplification from whole chromosomes at best."""
    profile = case.profile
    assert profile is not None
    others = [p.ratio for p in profile.arm_probes if p.chrom == CHROMOSOME]
    others += [p.ratio for p in profile.probes if p.chrom == CHROMOSOME and p.gene != GENE]
    return f" ({len(others)} other probes of chromosome 21: {median(others):.2f})" if others else ""
