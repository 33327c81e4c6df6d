"""One answer from all findings on a lesion: concordance, conflict, clonality, and what silence means.

A proof makes the lesion `detected`. Findings that are equivocal alone make it `detected` together, when two
independent methods, one of them sequence or FISH, show the same fusion. Other findings make it `equivocal`. Without
any, the lesion is `not_detected` where an input could have shown it, else `not_assessable`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from annotate.decide.call import absent, lesion_name, make, settling_inputs
from annotate.decide.case import Case
from annotate.decide.detectability import positive_statements
from annotate.decide.rearrangements.copies import copy_findings
from annotate.decide.rearrangements.cytogenetics import cyto_findings, cyto_negatives, fish_negative
from annotate.decide.rearrangements.dna import dna_findings
from annotate.decide.rearrangements.findings import RANK, WORDS, Finding
from annotate.decide.rearrangements.rna import rna_findings
from annotate.model.evidence import Evidence
from annotate.model.lesion import LesionCall
from annotate.model.state import Code, Reason, State

MOLECULAR = frozenset({"dna", "rna", "fish"})
MAX_EVIDENCE = 20


def gather(case: Case, lesion: str) -> tuple[Finding, ...]:
    """Findings of every input on a lesion, the strongest first."""
    found = [
        *dna_findings(case, lesion),
        *rna_findings(case, lesion),
        *cyto_findings(case, lesion),
        *copy_findings(case, lesion),
    ]
    return tuple(sorted(found, key=_order))


def _order(finding: Finding) -> tuple[object, ...]:
    source = list(WORDS).index(finding.source)
    reads = finding.facts.get("reads") or 0
    return (RANK[finding.strength], not finding.known, source, -reads, finding.name, finding.text)


def decide(case: Case, lesion: str, findings: Sequence[Finding], extra: Sequence[Reason] = ()) -> LesionCall:
    """The call of a lesion from its findings. `extra` reasons are shown whatever the state."""
    counted = [finding for finding in findings if finding.strength != "note"]
    notes = tuple(Reason(f.code, f.text) for f in findings if f.strength == "note")
    extra = (*notes, *extra)
    proofs = [finding for finding in counted if finding.strength == "proof"]
    lead = proofs[0] if proofs else _corroborated(counted)
    if lead is not None:
        return _present(case, lesion, lead, counted, findings, extra)
    if counted:
        return _unproven(case, lesion, counted, findings, extra)
    return silent(case, lesion, extra, findings)


# ---------------------------------------------------------------- present


def _corroborated(counted: Sequence[Finding]) -> Finding | None:
    """The first finding that another, independent method supports."""
    supports = [f for f in counted if f.strength == "support" and not f.reciprocal]
    for finding in supports:
        sources = {other.source for other in supports if finding.fits(other)}
        if len(sources) > 1 and sources & MOLECULAR and finding.five and finding.three:
            return finding
    return next((f for f in supports if len({o.source for o in supports if f.fits(o)} & MOLECULAR) > 1), None)


def _present(
    case: Case,
    lesion: str,
    lead: Finding,
    counted: Sequence[Finding],
    findings: Sequence[Finding],
    extra: Sequence[Reason],
) -> LesionCall:
    agreeing = [f for f in counted if f.fits(lead) and not f.reciprocal and f.strength in ("proof", "support")]
    named = _named(lead, agreeing)
    state, clonal = _clonality(case, agreeing)
    reasons = [Reason(f.code if f.strength == "proof" else Code.EVIDENCE_FOUND, f.text) for f in agreeing]
    reasons += _concordance(case, lesion, named, agreeing, counted) + clonal
    reasons += [_reason(f) for f in counted if f not in agreeing]
    sources = _sources(agreeing)
    fusion = named.name if named.five and named.three else ""
    kind = _transcript(agreeing)
    label = f"{fusion} {kind}" if kind and fusion else fusion or None
    what = _what(case, lesion, label)
    partial = " in a subclone" if state is State.DETECTED_SUBCLONAL else ""
    return make(
        case,
        lesion,
        state,
        f"{what}{partial}, by {sources}.",
        [*reasons, *extra],
        _evidence(findings),
        subtype=label,
        tier=_tier(named),
        genes=_genes([f for f in counted if f.strength == "proof"] or agreeing, named),
        details=_details(named, counted, kind),
    )


def _named(lead: Finding, agreeing: Sequence[Finding]) -> Finding:
    """The finding that names both partners, if any that agrees does."""
    if lead.five and lead.three:
        return lead
    return next((f for f in agreeing if f.five and f.three), lead)


def _clonality(case: Case, agreeing: Sequence[Finding]) -> tuple[State, list[Reason]]:
    """Subclonal where every method that counts cells or alleles shows it in a minority of the leukaemic cells."""
    shares = [f.share for f in agreeing if f.share is not None]
    limit = case.knowledge.value("rearrangements.subclonal_share")
    if not shares or max(shares) >= limit:
        return State.DETECTED, []
    text = f"in about {max(shares):.0%} of the leukaemic cells, fewer than {limit:.0%}: a subclone"
    return State.DETECTED_SUBCLONAL, [Reason(Code.NOTE, text)]


def _concordance(
    case: Case, lesion: str, named: Finding, agreeing: Sequence[Finding], counted: Sequence[Finding]
) -> list[Reason]:
    sources = {f.source for f in agreeing}
    reasons = []
    if len(sources) > 1:
        reasons.append(Reason(Code.NOTE, f"{_sources(agreeing)} agree on {named.name}"))
    if any(f.reciprocal and f.fits(named) for f in counted):
        reasons.append(Reason(Code.NOTE, "the reciprocal product is seen too: a balanced rearrangement"))
    for source, text in _silent_methods(case, lesion).items():
        if source not in sources:
            reasons.append(Reason(Code.EVIDENCE_CONFLICT, f"{WORDS[source]} does not show it: {text}"))
    others = {f.name for f in counted if f.strength == "proof" and not f.fits(named)}
    if others:
        reasons.append(
            Reason(Code.NOTE, f"more than one fusion of this lesion: {', '.join(sorted(others))} besides {named.name}")
        )
    return reasons


def _silent_methods(case: Case, lesion: str) -> Mapping[str, str]:
    """Methods that could have shown the lesion and are silent: why it can be said, by source."""
    found: dict[str, str] = {}
    for source, alone in (("dna", replace(case, fusions=None)), ("rna", replace(case, junctions=None))):
        statements = positive_statements(alone, lesion)
        if statements:
            found[source] = statements[0].text
    normal = fish_negative(case, lesion) if case.karyotype is not None else None
    if normal is not None:
        found["fish"] = normal.text
    return found


def _sources(findings: Sequence[Finding]) -> str:
    words = [WORDS[source] for source in WORDS if any(f.source == source for f in findings)]
    return " and ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words)


def _what(case: Case, lesion: str, label: str | None) -> str:
    name = lesion_name(case, lesion)
    if label is None:
        return f"{name}: rearranged, the partner is not shown"
    return label if label.startswith(name) else f"{name}: {label}"


def _transcript(findings: Sequence[Finding]) -> str:
    """p190, p210…: the RNA says it before the DNA does."""
    kinds = [f.facts.get("transcript") for source in ("rna", "dna") for f in findings if f.source == source]
    return next((str(kind) for kind in kinds if kind), "")


def _tier(named: Finding) -> str | None:
    own = named.rule.tier if named.rule is not None else ""
    if not named.known:
        return f"{own}: novel partner" if own else "novel partner"
    return own or ("known fusion" if named.five and named.three else None)


def _genes(findings: Sequence[Finding], named: Finding) -> tuple[str, ...]:
    names = [named.five, named.three, *(name for f in findings for name in (f.five, f.three))]
    return tuple(dict.fromkeys(name for name in names if name))


def _details(named: Finding, counted: Sequence[Finding], kind: str = "") -> Mapping[str, Any]:
    own = [f for f in counted if f.fits(named) and not f.reciprocal]
    details: dict[str, Any] = {
        "fusion": named.name if named.five and named.three else None,
        "transcript": kind or None,
        "partner_known": named.known,
        "frame": next((f.facts["frame"] for f in own if f.facts.get("frame") not in (None, "unknown")), None),
        "five_exon": next((f.facts["five_exon"] for f in own if f.facts.get("five_exon")), None),
        "three_exon": next((f.facts["three_exon"] for f in own if f.facts.get("three_exon")), None),
        "junctions": list(dict.fromkeys(id for f in own for id in f.junctions)),
        "sources": list(dict.fromkeys(f.source for f in own)),
        "fusions": [_fusion_details(f) for f in counted],
        **(dict(named.rule.flags) if named.rule is not None else {}),
    }
    if named.rule is not None and named.three in named.rule.kept_from:
        details["kinase"] = named.three
    return {key: value for key, value in details.items() if value not in (None, [], "")}


def _fusion_details(finding: Finding) -> Mapping[str, Any]:
    details = {
        "fusion": finding.name,
        "source": finding.source,
        "strength": finding.strength,
        "reciprocal": finding.reciprocal or None,
        **finding.facts,
    }
    return {key: value for key, value in details.items() if value is not None}


# ---------------------------------------------------------------- equivocal


def _unproven(
    case: Case, lesion: str, counted: Sequence[Finding], findings: Sequence[Finding], extra: Sequence[Reason]
) -> LesionCall:
    silent_methods = _silent_methods(case, lesion)
    if all(_overruled(f, len(silent_methods)) for f in counted):
        reasons = [Reason(Code.RULED_OUT, f"{f.text}; {text}") for f in counted for text in silent_methods.values()]
        summary = f"{lesion_name(case, lesion)} not detected; {counted[0].text.split(': ')[0]} is not confirmed."
        return make(case, lesion, State.NOT_DETECTED, summary, [*reasons, *extra], _evidence(findings))
    settle = _settles(case, lesion)
    reasons = [_reason(f, settle) for f in counted]
    for source, text in silent_methods.items():
        if source not in {f.source for f in counted}:
            reasons.append(Reason(Code.EVIDENCE_CONFLICT, f"{WORDS[source]} does not show it: {text}"))
    leaning = "likely" if any(f.leaning == "likely" for f in counted) else "unclear"
    if leaning == "likely" and any(reason.code is Code.EVIDENCE_CONFLICT for reason in reasons):
        leaning = "likely" if any(f.source in MOLECULAR and f.leaning == "likely" for f in counted) else "unclear"
    lead = next((f for f in counted if f.leaning == leaning), counted[0])
    word = "likely" if leaning == "likely" else "possible"
    return make(
        case,
        lesion,
        State.EQUIVOCAL,
        f"{lesion_name(case, lesion)} {word}, not proven: {lead.text}; {settle} would settle it.",
        [*reasons, *extra],
        _evidence(findings),
        leaning=leaning,
        subtype=_suspected(lead),
        tier=None if lead.known else _tier(lead),
        genes=_genes([], lead),
        details=_details(lead, counted),
    )


def _suspected(lead: Finding) -> str | None:
    """The fusion that is suspected: a product seen with too little support, not a mere break of its genes."""
    for_review = lead.rule is not None and lead.rule.known != "proof"
    named = lead.five and lead.three and not lead.reciprocal
    return lead.name if named and (lead.strength == "support" or for_review) else None


def _overruled(finding: Finding, silent_methods: int) -> bool:
    needed = {"any": 1, "all": 2}.get(finding.overruled_by)
    return needed is not None and silent_methods >= needed


def _reason(finding: Finding, settles: str | None = None) -> Reason:
    return Reason(finding.code, finding.text, settles)


def _settles(case: Case, lesion: str) -> str:
    """The first input of the table that this sample lacks, else FISH."""
    for text in settling_inputs(case, lesion):
        if case.fusions is not None and "RNA" in text:
            continue
        if case.junctions is not None and "structural variants" in text and "FISH" not in text:
            continue
        return text
    return "FISH or RT-PCR"


def _evidence(findings: Iterable[Finding]) -> list[Evidence]:
    """The records behind the findings, each once, the strongest first."""
    found: list[Evidence] = []
    for finding in findings:
        if finding.evidence is not None and finding.evidence not in found:
            found.append(finding.evidence)
    return found[:MAX_EVIDENCE]


# ---------------------------------------------------------------- silence


def silent(
    case: Case,
    lesion: str,
    extra: Sequence[Reason] = (),
    findings: Sequence[Finding] = (),
    statements: Sequence[Reason] = (),
) -> LesionCall:
    """Nothing found: `not_detected` where an input could have shown it, else `not_assessable`."""
    shown = (*positive_statements(case, lesion), *cyto_negatives(case, lesion), *statements)
    if not shown:
        return replace(absent(case, lesion, extra), evidence=tuple(_evidence(findings)))
    name = lesion_name(case, lesion)
    return make(case, lesion, State.NOT_DETECTED, f"{name} not detected.", [*shown, *extra], _evidence(findings))
