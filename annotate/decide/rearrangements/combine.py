"""One answer from all findings on a lesion: concordance, conflict, clonality, and what silence means.

Each finding becomes an observation. Findings that are equivocal alone are proofs together, when two independent
methods, one of them sequence or FISH, show the same fusion. A method that could have shown the lesion and shows
nothing of it speaks against it; the decision on all of them is `annotate.decide.evidence`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any, cast

from annotate.decide.call import absent, lesion_name, make, settling_inputs
from annotate.decide.case import Case
from annotate.decide.detectability import Statement, able_sources
from annotate.decide.evidence.decision import Decision, decide
from annotate.decide.evidence.observe import excludes, speaks
from annotate.decide.rearrangements.copies import copy_findings
from annotate.decide.rearrangements.cytogenetics import cyto_findings, fish_negative, karyotype_negative
from annotate.decide.rearrangements.dna import dna_findings
from annotate.decide.rearrangements.findings import METHODS, RANK, SOURCES, WORDS, Finding
from annotate.decide.rearrangements.rna import rna_findings
from annotate.knowledge import cutoffs
from annotate.model.details import LesionDetails, stated
from annotate.model.evidence import Evidence
from annotate.model.lesion import LesionCall
from annotate.model.observation import Form, Observation, Source, Weight
from annotate.model.state import Code, Reason, State

SOURCES_READ = ("junctions", "fusions", "karyotype", "profile", "regions")
TABLES_READ = (
    "fusion_rules",
    "fusions",
    "karyotype_rules",
    "copy_patterns",
    "sv_caller_limits",
    "gene_spans",
    "exon_numbering",
)
FORMS = frozenset({Form.FUSION})  # a negative speaks of the rearrangement
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


def call_rearrangement(
    case: Case, lesion: str, findings: Sequence[Finding], extra: Sequence[Reason] = (), also: Sequence[Statement] = ()
) -> LesionCall:
    """The call of a lesion from its findings. `extra` reasons are shown whatever the state; `also` are sources of the
    lesion's own that could have shown it, besides those of every rearrangement."""
    counted = [finding for finding in findings if finding.strength != "note"]
    notes = tuple(Reason(f.code, f.text) for f in findings if f.strength == "note")
    extra = (*notes, *extra)
    silent = _silent_sources(case, lesion, counted, also)
    proofs = [finding for finding in counted if finding.strength == "proof"]
    lead = proofs[0] if proofs else _corroborated(counted)
    if lead is not None:
        return _present(case, lesion, lead, counted, findings, silent, extra)
    if counted:
        return _unproven(case, lesion, counted, findings, silent, extra)
    return _unseen(case, lesion, findings, silent, extra)


# ---------------------------------------------------------------- observations


Silent = Mapping[Source, tuple[Weight, Reason]]


def _silent_sources(case: Case, lesion: str, counted: Sequence[Finding], also: Sequence[Statement]) -> Silent:
    """Sources without any finding that could have shown the lesion.

    Metaphases show a clone, and miss a cryptic or an insertional one: enough for a negative, too coarse to contradict.
    """
    found = {s.source: (Weight.PROOF, s.reason) for s in able_sources(case, lesion)}
    if case.karyotype is not None:
        normal, named = fish_negative(case, lesion), karyotype_negative(case, lesion)
        found |= {Source.FISH: (Weight.PROOF, normal)} if normal is not None else {}
        found |= {Source.KARYOTYPE: (Weight.SUPPORT, named)} if named is not None else {}
    found |= {s.source: (Weight.SUPPORT, s.reason) for s in also}
    shown = {SOURCES[finding.source] for finding in counted}
    return {source: statement for source, statement in found.items() if source not in shown}


def _against(silent: Silent) -> list[Observation]:
    return [excludes(source, weight, form=Form.FUSION) for source, (weight, _) in silent.items()]


def _observation(finding: Finding, *, proven: bool = False, subclonal: bool = False) -> Observation:
    """What a finding says of the lesion; `proven` where another method supports it."""
    weight = Weight.PROOF if proven else Weight(finding.strength)
    return speaks(
        SOURCES[finding.source],
        weight,
        code=finding.code,
        subclonal=subclonal,
        form=Form.MUTATION if finding.source == "small_variants" else Form.FUSION,
        likely=finding.leaning == "likely",
        yields_to={"any": 1, "all": 2}.get(finding.overruled_by, 0),
    )


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
    silent: Silent,
    extra: Sequence[Reason],
) -> LesionCall:
    agreeing = [f for f in counted if f.fits(lead) and not f.reciprocal and f.strength in ("proof", "support")]
    named = _with_both_partners(lead, agreeing)
    said = {SOURCES[finding.source] for finding in findings if finding.fits(named)}  # explained there, and not silent
    silent = {source: statement for source, statement in silent.items() if source not in said}
    subclonal, clonal = _clonality(case, agreeing)
    observations = [_observation(f, proven=f in agreeing, subclonal=subclonal and f in agreeing) for f in counted]
    observations += _against(silent)
    decision = decide(observations, FORMS)
    reasons = [Reason(f.code if f.strength == "proof" else Code.EVIDENCE_FOUND, f.text) for f in agreeing]
    settle = _resolving_test(case, lesion) if decision.state is State.EQUIVOCAL else None
    reasons += _concordance(named, agreeing, counted) + _discordance(silent, decision.state, settle) + clonal
    reasons += [_reason(f) for f in counted if f not in agreeing]
    fusion = named.name if named.five and named.three else ""
    kind = _transcript(agreeing)
    label = f"{fusion} {kind}" if kind and fusion else fusion or None
    return make(
        case,
        lesion,
        observations,
        _sentence(case, lesion, label, agreeing, decision),
        [*reasons, *extra],
        _evidence(findings),
        forms=FORMS,
        subtype=label,
        tier=_tier(named),
        genes=_genes([f for f in counted if f.strength == "proof"] or agreeing, named),
        details=_details(named, counted, kind),
    )


def _sentence(case: Case, lesion: str, label: str | None, agreeing: Sequence[Finding], decision: Decision) -> str:
    what, sources = _what(case, lesion, label), _sources(agreeing)
    if decision.state is State.EQUIVOCAL:
        others = _listed([WORDS[METHODS[source]] for source in decision.speaks_against])
        return f"{what}, equivocal: by {sources}, while {others} could have shown it and did not."
    partial = " in a subclone" if decision.state is State.DETECTED_SUBCLONAL else ""
    return f"{what}{partial}, by {sources}."


def _with_both_partners(lead: Finding, agreeing: Sequence[Finding]) -> Finding:
    """The finding that names both partners, if any that agrees does."""
    if lead.five and lead.three:
        return lead
    return next((f for f in agreeing if f.five and f.three), lead)


def _clonality(case: Case, agreeing: Sequence[Finding]) -> tuple[bool, list[Reason]]:
    """Subclonal where every method that counts cells or alleles shows it in a minority of the leukaemic cells."""
    shares = [f.share for f in agreeing if f.share is not None]
    limit = case.knowledge.value(cutoffs.REARRANGEMENTS_SUBCLONAL_SHARE)
    if not shares or max(shares) >= limit:
        return False, []
    text = f"in about {max(shares):.0%} of the leukaemic cells, fewer than {limit:.0%}: a subclone"
    return True, [Reason(Code.NOTE, text)]


def _concordance(named: Finding, agreeing: Sequence[Finding], counted: Sequence[Finding]) -> list[Reason]:
    reasons = []
    if len({f.source for f in agreeing}) > 1:
        reasons.append(Reason(Code.NOTE, f"{_sources(agreeing)} agree on {named.name}"))
    if any(f.reciprocal and f.fits(named) for f in counted):
        reasons.append(Reason(Code.NOTE, "the reciprocal product is seen too: a balanced rearrangement"))
    others = {f.name for f in counted if f.strength == "proof" and not f.fits(named)}
    if others:
        reasons.append(
            Reason(Code.NOTE, f"more than one fusion of this lesion: {', '.join(sorted(others))} besides {named.name}")
        )
    return reasons


def _discordance(silent: Silent, state: State, settles: str | None = None) -> list[Reason]:
    """Able sources that do not show it, each said; in a subclone they may be too shallow."""
    able = {source: reason for source, (weight, reason) in silent.items() if weight is Weight.PROOF}
    small = "; a subclone may be below what it shows" if state is State.DETECTED_SUBCLONAL else ""
    return [
        Reason(Code.EVIDENCE_CONFLICT, f"{WORDS[METHODS[source]]} does not show it: {reason.text}{small}", settles)
        for source, reason in able.items()
    ]


def _sources(findings: Sequence[Finding]) -> str:
    return _listed([WORDS[source] for source in WORDS if any(f.source == source for f in findings)])


def _listed(words: Sequence[str]) -> str:
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


def _details(named: Finding, counted: Sequence[Finding], kind: str = "") -> LesionDetails:
    own = [f for f in counted if f.fits(named) and not f.reciprocal]
    details: LesionDetails = {
        "fusion": named.name if named.five and named.three else None,
        "transcript": kind or None,
        "partner_known": named.known,
        "frame": next((f.facts["frame"] for f in own if f.facts.get("frame") not in (None, "unknown")), None),
        "five_exon": next((f.facts["five_exon"] for f in own if f.facts.get("five_exon")), None),
        "three_exon": next((f.facts["three_exon"] for f in own if f.facts.get("three_exon")), None),
        "junctions": list(dict.fromkeys(id for f in own for id in f.junctions)),
        "sources": list(dict.fromkeys(f.source for f in own)),
        "fusions": [_fusion_details(f) for f in counted],
    }
    if named.rule is not None:
        flags = cast("LesionDetails", dict(named.rule.flags))  # named by the table, asked for by its conditions
        details = {**details, **flags, "kinase": named.three if named.three in named.rule.kept_from else None}
    return stated(details)


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
    case: Case,
    lesion: str,
    counted: Sequence[Finding],
    findings: Sequence[Finding],
    silent: Silent,
    extra: Sequence[Reason],
) -> LesionCall:
    observations = [*(_observation(f) for f in _leaning_as_seen(counted, silent)), *_against(silent)]
    decision = decide(observations, FORMS)
    if decision.state is not State.EQUIVOCAL:
        return _overruled(case, lesion, counted, findings, silent, observations, extra)
    settle = _resolving_test(case, lesion)
    reasons = [*(_reason(f, settle) for f in counted), *_discordance(silent, decision.state)]
    lead = next((f for f in counted if f.leaning == decision.leaning), counted[0])
    word = "likely" if decision.leaning == "likely" else "possible"
    return make(
        case,
        lesion,
        observations,
        f"{lesion_name(case, lesion)} {word}, not proven: {lead.text}; {settle} would settle it.",
        [*reasons, *extra],
        _evidence(findings),
        forms=FORMS,
        subtype=_suspected(lead),
        tier=None if lead.known else _tier(lead),
        genes=_genes([], lead),
        details=_details(lead, counted),
    )


def _leaning_as_seen(counted: Sequence[Finding], silent: Silent) -> list[Finding]:
    """Where an able source is silent, only sequence and FISH still lean towards the lesion."""
    doubted = any(weight is Weight.PROOF for weight, _ in silent.values())
    return [replace(f, leaning="unclear") if doubted and f.source not in MOLECULAR else f for f in counted]


def _overruled(
    case: Case,
    lesion: str,
    counted: Sequence[Finding],
    findings: Sequence[Finding],
    silent: Silent,
    observations: Sequence[Observation],
    extra: Sequence[Reason],
) -> LesionCall:
    """Weak findings that enough able, silent sources outweigh."""
    able = [reason.text for weight, reason in silent.values() if weight is Weight.PROOF]
    reasons = [Reason(Code.RULED_OUT, f"{f.text}; {text}") for f in counted for text in able]
    summary = f"{lesion_name(case, lesion)} not detected; {counted[0].record_words} is not confirmed."
    return make(case, lesion, observations, summary, [*reasons, *extra], _evidence(findings), forms=FORMS)


def _suspected(lead: Finding) -> str | None:
    """The fusion that is suspected: a product seen with too little support, not a mere break of its genes."""
    for_review = lead.rule is not None and lead.rule.known != "proof"
    named = lead.five and lead.three and not lead.reciprocal
    return lead.name if named and (lead.strength == "support" or for_review) else None


def _reason(finding: Finding, settles: str | None = None) -> Reason:
    return Reason(finding.code, finding.text, settles)


def _resolving_test(case: Case, lesion: str) -> str:
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


def _unseen(
    case: Case, lesion: str, findings: Sequence[Finding], silent: Silent, extra: Sequence[Reason]
) -> LesionCall:
    """Nothing found: a negative where a source could have shown it."""
    if not silent:
        return replace(absent(case, lesion, extra), evidence=tuple(_evidence(findings)))
    shown = [reason for _, reason in silent.values()]
    summary = f"{lesion_name(case, lesion)} not detected."
    return make(case, lesion, _against(silent), summary, [*shown, *extra], _evidence(findings), forms=FORMS)
