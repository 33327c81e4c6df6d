"""How every lesion rule makes its call: the state decided from its observations, name and limits from knowledge."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from annotate.decide.case import Case
from annotate.decide.detectability import (
    INPUT_WORDS,
    expressed_records,
    inputs_present,
    limits,
    purity,
    sees,
    silent_files,
    telling,
    too_few_cells,
)
from annotate.decide.evidence.decision import WHOLE, decide
from annotate.knowledge.specs.lesions import LesionRow, ResolvingTestRow
from annotate.model.details import LesionDetails
from annotate.model.evidence import Evidence
from annotate.model.lesion import LesionCall
from annotate.model.observation import Form, Observation
from annotate.model.state import Code, Reason


def make(
    case: Case,
    id: str,
    observations: Iterable[Observation],
    summary: str,
    reasons: Iterable[Reason],
    evidence: Sequence[Evidence] = (),
    *,
    forms: frozenset[Form] = WHOLE,
    details: LesionDetails | None = None,
    **fields: Any,
) -> LesionCall:
    """A call: its state is decided from the observations; the lesion's name and limits come from knowledge."""
    seen = tuple(observations)
    decision = decide(seen, forms)
    given = tuple(fields.pop("limits", ()))
    return LesionCall(
        id=id,
        name=lesion_name(case, id),
        state=decision.state,
        summary=summary,
        reasons=tuple(dict.fromkeys(reasons)),
        evidence=tuple(evidence),
        limits=tuple(dict.fromkeys((*given, *limits(case, id)))),
        leaning=decision.leaning,
        observations=seen,
        forms=forms,
        details=details or {},
        **fields,
    )


def absent(
    case: Case,
    id: str,
    extra: Iterable[Reason] = (),
    observations: Iterable[Observation] = (),
    *,
    forms: frozenset[Form] = WHOLE,
) -> LesionCall:
    """`not_assessable`: nothing supplied could show this lesion; says why and what would settle it.

    `observations` are what was seen all the same: sources that show it in part, or exclude some of its forms.
    """
    settle = settling_inputs(case, id)
    reasons = [*extra, *_why_not(case, id)]
    if settle and not any(reason.settles for reason in reasons):
        first = reasons[0]
        reasons[0] = Reason(first.code, first.text, settle[0])
    summary = f"{lesion_name(case, id)}: not assessable with these inputs"
    best = next((reason.settles for reason in reasons if reason.settles), None)
    if best:
        summary += f"; {best} would settle it"
    return make(case, id, observations, summary + ".", reasons, forms=forms)


def lesion_name(case: Case, id: str) -> str:
    """The lesion's name in full by the table `lesions`; the id itself where the table has none."""
    for entry in case.knowledge.rows(LesionRow):
        if entry.id == id:
            return entry.name
    return id


def settling_inputs(case: Case, id: str) -> tuple[str, ...]:
    """Inputs that would settle this lesion, best first."""
    rows = [entry for entry in case.knowledge.rows(ResolvingTestRow) if entry.lesion == id]
    return tuple(entry.input for entry in sorted(rows, key=lambda entry: entry.rank))


def _why_not(case: Case, id: str) -> list[Reason]:
    """For each kind of input: not supplied, or supplied and unable to show this lesion."""
    present, visible = inputs_present(case), sees(case, id)
    able = [kind for kind, how in visible.items() if how == "D"]
    missing = [INPUT_WORDS.get(kind, kind) for kind in able if kind not in present]
    reasons = [_cannot(case, kind, visible.get(kind, "-")) for kind in sorted(present)]
    if missing:
        reasons.append(Reason(Code.INPUT_ABSENT, "not supplied: " + ", ".join(missing)))
    if not reasons:
        reasons.append(Reason(Code.INPUT_ABSENT, "no input that shows this lesion was supplied"))
    return reasons


def _cannot(case: Case, kind: str, how: str) -> Reason:
    word = INPUT_WORDS.get(kind, kind)
    if how == "-":
        return Reason(Code.CALLER_CLASS_UNSUITABLE, f"{word}: cannot show this lesion")
    if kind == "rna_fusions" and not expressed_records(case):
        return Reason(Code.INPUT_ABSENT, "the RNA fusion table has no usable record, which states nothing")
    if kind == "rna_fusions" and how == "D" and too_few_cells(case):
        return Reason(Code.PURITY_TOO_LOW, f"{word}: purity {purity(case):.2f} is too low for a negative")
    if kind in ("wgs_sv", "targeted_sv") and case.junctions is not None:
        silent = _junctions_cannot(case, word)
        if silent is not None:
            return silent
    if how == "P":
        return Reason(
            Code.CALLER_CLASS_UNSUITABLE, f"{word}: shows this lesion only in part, so its silence is no negative"
        )
    return Reason(Code.CALLER_CLASS_UNSUITABLE, f"{word}: could not decide on this lesion here")


def _junctions_cannot(case: Case, word: str) -> Reason | None:
    """Why structural variants of this sample exclude nothing, if so."""
    if not telling(case):
        return silent_files(case)
    if too_few_cells(case):
        return Reason(Code.PURITY_TOO_LOW, f"{word}: purity {purity(case):.2f} is too low for a negative")
    if case.sample.assay is None:
        return Reason(
            Code.REGION_NOT_COVERED,
            "the assay of the structural variants is not stated, so what was looked at is unknown",
            "the column `assay` (and `regions` for a panel or exome)",
        )
    if case.sample.assay == "wgs":
        return None
    if case.regions is None:
        return Reason(Code.REGION_NOT_COVERED, "no BED of covered regions was supplied", "the column `regions`")
    return Reason(Code.REGION_NOT_COVERED, f"{word}: the breakpoint regions are not covered")
