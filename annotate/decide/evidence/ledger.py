"""The ledger: what readers did not use, at the lesions that it touches.

A reader hands on a `Remark` for a record that it left out and that would have counted. Here each remark finds its
lesions, by their places and by what its kind of input can show of them, and becomes an observation: one that speaks
for the lesion is a hint, one that hides it takes the negative away.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from annotate.decide.case import Case
from annotate.decide.detectability import sees
from annotate.decide.evidence.decision import Decision, decide
from annotate.decide.evidence.places import INPUTS_OF_KIND, places_of
from annotate.model.details import LesionDetails
from annotate.model.lesion import LesionCall
from annotate.model.observation import Conflict, Direction, Observation, Source, Weight
from annotate.model.remark import Remark, Speaks
from annotate.model.state import Code, Reason, State

SOURCES: Mapping[str, Source] = {source.value: source for source in Source} | {
    "optical_mapping": Source.JUNCTIONS,
    "bench_results": Source.FISH,
    "tandem_duplications": Source.SMALL_VARIANTS,
}
MAX_SHOWN = 3  # records that a summary names; the report lists all
WORDS: Mapping[str, str] = {
    "small_variants": "small variant",
    "alignments": "reads of the alignments",
    "structural_variants": "structural variant",
    "optical_mapping": "structural variant of an optical map",
    "fusions": "RNA fusion",
    "copy_number": "copy-number segment",
    "karyotype": "part of the karyotype",
    "bench_results": "single test",
    "tandem_duplications": "tandem duplication",
}


def remarks_of(case: Case) -> tuple[Remark, ...]:
    """Every remark of every input of a sample, each once."""
    parts = (case.small, case.junctions, case.fusions, case.profile, case.karyotype, case.bench, case.tandem)
    found = [remark for part in parts if part is not None for remark in part.remarks]
    return tuple(dict.fromkeys(found))


def at_lesion(case: Case, lesion: str, genes: tuple[str, ...], remarks: Iterable[Remark]) -> tuple[Remark, ...]:
    """The remarks that touch a lesion and whose kind of input can show it, those that speak for it first."""
    waiting = tuple(remarks)
    visible = sees(case, lesion) if waiting else {}
    found = []
    for remark in waiting:
        named = lesion in remark.lesions
        able = any(visible.get(kind, "-") != "-" for kind in INPUTS_OF_KIND.get(remark.kind, ()))
        if named or (able and places_of(lesion, remark.kind, genes, case.genome, case.knowledge).touched_by(remark)):
            found.append(remark)
    return tuple(sorted(found, key=lambda remark: remark.speaks is not Speaks.FOR))


def observed(case: Case, lesion: str, remark: Remark) -> Observation:
    """What a remark says of a lesion. It hides only what its kind of input could have shown by itself."""
    visible = sees(case, lesion)
    full = lesion in remark.lesions or any(visible.get(kind) == "D" for kind in INPUTS_OF_KIND.get(remark.kind, ()))
    hides = remark.speaks is Speaks.BLINDS
    return Observation(
        direction=Direction.BLIND if hides else Direction.FOR,
        weight=Weight.PROOF if hides and full else Weight.HINT,
        source=SOURCES.get(remark.kind, Source.NOTHING),
        code=Code.RECORD_OPEN,
        remark=remark,
    )


def settled(case: Case, call: LesionCall, remarks: Sequence[Remark]) -> LesionCall:
    """A rule's call as it stands: with the remarks that touch its lesion, and with the sources that disagree."""
    known = with_remarks(case, call, remarks)
    return replace(known, conflict=conflict_of(known))


def with_remarks(case: Case, call: LesionCall, remarks: Sequence[Remark]) -> LesionCall:
    """A call once more, with remarks: they take a negative away and never make one."""
    if not remarks:
        return call
    seen = (*call.observations, *(observed(case, call.id, remark) for remark in remarks))
    decision = decide(seen, call.forms)
    known = replace(call, remarks=tuple(remarks), observations=seen)
    if decision.state is call.state:
        reasons = [reason_of(remark) for remark in remarks]
        return replace(known, reasons=tuple(dict.fromkeys((*call.reasons, *reasons))))
    return _opened(known, decision, remarks)


def _opened(call: LesionCall, decision: Decision, remarks: Sequence[Remark]) -> LesionCall:
    """A negative that is none: its sentence names the records, and what depends on the state says not known."""
    names = "; ".join(described(remark) for remark in remarks[:MAX_SHOWN])
    more = len(remarks) - MAX_SHOWN
    word = "equivocal" if decision.state is State.EQUIVOCAL else "not assessable"
    rest = f" and {more} more" if more > 0 else ""
    details: LesionDetails = {**call.details}
    if "deletion" in details:
        details["deletion"] = "unknown"
    return replace(
        call,
        state=decision.state,
        leaning=decision.leaning,
        summary=f"{call.name}: {word}, a record at its place was not used: {names}{rest}.",
        reasons=tuple(dict.fromkeys((*map(reason_of, remarks), *call.reasons))),
        detection_limit=None,
        details=details,
    )


def reason_of(remark: Remark) -> Reason:
    """The reason that a record which was not used leaves its lesion open."""
    return Reason(Code.RECORD_OPEN, f"not used: {described(remark)}", None)


def described(remark: Remark) -> str:
    """`small variant p1.vcf 17:7,674,220, filtered by its caller: would be TP53 p.Arg248Gln`."""
    where = " ".join(part for part in (Path(remark.file).name, remark.record) if part)
    would = f": would be {remark.would}" if remark.would else ""
    return f"{WORDS.get(remark.kind, remark.kind)} {where}, {remark.reason}{would}"


def conflict_of(call: LesionCall) -> Conflict | None:
    """The sources that disagree on a lesion, where they do, and what would settle it."""
    decision = decide(call.observations, call.forms)
    if not decision.speaks_for or not decision.speaks_against:
        return None
    settles = next((reason.settles for reason in call.reasons if reason.settles), None)
    return Conflict(call.id, tuple(decision.speaks_for), tuple(decision.speaks_against), settles)
