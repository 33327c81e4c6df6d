"""What the karyotyping probes of digitalMLPA say of the number of chromosomes: a doubt at most, never a negative."""

from __future__ import annotations

from annotate.decide.case import Case
from annotate.decide.evidence.verdict import Verdict
from annotate.knowledge import cutoffs
from annotate.model.evidence import Evidence
from annotate.model.state import Code, Reason, State
from annotate.name.copy_number.arms import RelativeChromosomes, relative_chromosomes

COUNTED = "a karyotype or a DNA index"
DIPLOID = 46
RELATIVE = "ratios are relative: they count no chromosomes, and chromosomes that a near-haploid clone kept look gained"


def fewer_than_diploid(case: Case) -> Verdict | None:
    """A doubt of hypodiploidy where as many autosomes are lost as bring 46 to the limit."""
    found = _relative(case)
    if found is None or DIPLOID - len(found.lost) > case.knowledge.value(cutoffs.HYPODIPLOIDY_INPOG_MAX):
        return None
    text = f"{len(found.lost)} autosomes are lost by {found.probes} karyotyping probes ({', '.join(found.lost)})"
    return _doubt(case, f"Hypodiploidy likely by digitalMLPA: {text}.", text)


def more_than_diploid(case: Case) -> Verdict | None:
    """A doubt of high hyperdiploidy where as many autosomes are gained as bring 46 to 51."""
    found = _relative(case)
    if found is None or DIPLOID + len(found.gained) < case.knowledge.value(cutoffs.HYPERDIPLOIDY_MIN):
        return None
    text = f"{len(found.gained)} autosomes are gained by {found.probes} karyotyping probes ({', '.join(found.gained)})"
    return _doubt(case, f"High hyperdiploidy likely by digitalMLPA: {text}.", text)


def _relative(case: Case) -> RelativeChromosomes | None:
    profile = case.profile
    if profile is None or profile.segments or not profile.arm_probes:
        return None
    return relative_chromosomes(profile.arm_probes, case.knowledge)


def _doubt(case: Case, summary: str, text: str) -> Verdict:
    files = [file.path for file in case.profile.inputs if file.kind == "copy_number"] if case.profile else []
    evidence = Evidence(kind="segment", summary=text, file=files[0] if files else None, rule="karyotyping probes")
    reasons = (Reason(Code.EVIDENCE_INCOMPLETE, text, COUNTED), Reason(Code.NOTE, RELATIVE, COUNTED))
    return Verdict(State.EQUIVOCAL, summary, reasons, (evidence,), leaning="likely", tier="mlpa")
