"""IKZF1: any exonic deletion with its span, and IKZF1plus with all its clauses (Boer 2016, Stanulla 2018).

IKZF1plus is an IKZF1 deletion with a homozygous deletion of CDKN2A or CDKN2B, or a deletion of PAX5 or PAR1, and
without an ERG deletion. A clause that cannot be judged leaves it equivocal, never absent.
"""

from __future__ import annotations

from collections.abc import Sequence

from annotate.base.frozen import frozen
from annotate.decide.call import make
from annotate.decide.case import Case
from annotate.decide.deletions.call import SOURCES_READ, TABLES_READ, call_deletion
from annotate.decide.evidence.observe import excludes, speaks
from annotate.decide.negatives import gene_copies
from annotate.decide.registry import lesion
from annotate.knowledge import cutoffs
from annotate.model.details import LesionDetails
from annotate.model.lesion import LesionCall
from annotate.model.observation import Observation, Source, Weight
from annotate.model.state import Code, Reason, State
from annotate.name.copy_number.probes import one_copy_lost

IK6 = "IK6, dominant-negative"


@lesion("ikzf1_deletion", sources=SOURCES_READ, tables=TABLES_READ, after=("hypodiploidy",), genes=("IKZF1",))
def ikzf1_deletion(case: Case) -> LesionCall:
    """Loss of one coding exon of IKZF1 or more.

    Definition: exons lost by copy number, a deletion junction or MLPA; exons 4 to 7 are IK6, dominant-negative.
    Inputs: copy number (segments, MLPA), junctions, karyotype with FISH; covered regions where nothing is found;
        `hypodiploidy`.
    Units: copies, bp, reads; shares of cells from 0 to 1.
    Thresholds: `genes.clonal_loss`, `genes.min_loss`, `genes.focal_max`, `genes.sv_min_reads`,
        `genes.sv_max_length`, `genes.min_fish_share`.
    Equivocal: a karyotype alone, a junction of few reads or one that fitting copies contradict, copies of an open
        ploidy.
    Source: Boer 2016, doi 10.1038/leu.2015.199.
    """
    return call_deletion(case, "ikzf1_deletion", ("IKZF1",), name_span={(4, 5, 6, 7): IK6})


@frozen
class Clause:
    """One part of the rule. `true`: None where it cannot be judged."""

    name: str
    true: bool | None
    words: str
    settles: str | None = None


@lesion(
    "ikzf1_plus",
    sources=("profile", "junctions", "regions"),
    tables=TABLES_READ,
    after=("ikzf1_deletion", "cdkn2ab_deletion", "pax5_deletion", "par1_deletion", "erg_deletion", "dux4_r"),
)
def ikzf1_plus(case: Case) -> LesionCall:
    """IKZF1plus, literally; a known DUX4 rearrangement rules it out as an ERG deletion does.

    Definition: an IKZF1 deletion with a homozygous deletion of CDKN2A or CDKN2B, or a deletion of PAX5 or PAR1, and
        without one of ERG.
    Inputs: `ikzf1_deletion`, `cdkn2ab_deletion`, `pax5_deletion`, `par1_deletion`, `erg_deletion`, `dux4_r`; copy
        number, junctions and covered regions, for the clauses that these leave.
    Units: none: clauses hold, do not hold, or cannot be judged.
    Thresholds: none of its own.
    Equivocal: a clause that decides and cannot be judged, or an equivocal IKZF1 deletion.
    Source: Stanulla 2018, J Clin Oncol 36:1240.
    """
    id, ikzf1 = "ikzf1_plus", case.calls["ikzf1_deletion"]
    if ikzf1.state is State.NOT_DETECTED:
        reasons = [Reason(Code.RULED_OUT, "no IKZF1 deletion, which IKZF1plus needs"), *ikzf1.reasons]
        return make(case, id, ruled_out(), "IKZF1plus: not present, no IKZF1 deletion.", reasons)
    if ikzf1.state is State.NOT_ASSESSABLE:
        reasons = [Reason(Code.EVIDENCE_INCOMPLETE, "an IKZF1 deletion could not be judged"), *ikzf1.reasons]
        return make(case, id, (), "IKZF1plus: not assessable, as IKZF1 is not.", reasons)
    partners = _partners(case)
    erg = _clause(case, "erg_deletion", "ERG deletion")
    dux4 = _clause(case, "dux4_r", "DUX4 rearrangement")
    return _decide(case, id, ikzf1, partners, erg, dux4)


def ruled_out() -> list[Observation]:
    """A clause of the rule does not hold."""
    return [excludes(Source.LESIONS, code=Code.RULED_OUT)]


def _partners(case: Case) -> list[Clause]:
    return [
        *(_homozygous(case, gene) for gene in ("CDKN2A", "CDKN2B")),
        _clause(case, "pax5_deletion", "PAX5 deletion"),
        _clause(case, "par1_deletion", "PAR1 deletion"),
    ]


def _homozygous(case: Case, gene: str) -> Clause:
    """Both copies lost. Not known where the profile cannot tell one from two, or shows nothing at all."""
    call, copies = case.calls.get("cdkn2ab_deletion"), gene_copies(case, gene)
    name = f"homozygous {gene} deletion"
    if copies is not None and copies.call == "homozygous_deletion":
        return Clause(name, True, f"{name}: present")
    hits = call.details.get("hits", ()) if call is not None else ()
    by_junction = sum(1 for hit in hits if hit.get("gene") == gene and hit.get("rule") == "junction")
    by_fish = [hit.get("change") for hit in hits if hit.get("gene") == gene and hit.get("rule") == "FISH"]
    if by_fish:
        return Clause(name, "homozygous_deletion" in by_fish, f"{name}: {by_fish[0]} by FISH".replace("_", " "))
    if copies is None or copies.call == "not_assessable" or not copies.certain:
        return Clause(name, None, f"{name}: not assessable", "copy number that resolves the gene")
    unsure = Code.PLOIDY_UNCERTAIN in {reason.code for reason in copies.reasons}
    if copies.call == "deletion" and (unsure or case.profile is None or case.profile.purity is None):
        by_probes = case.profile is not None and bool(case.profile.probes) and copies.total is None
        if by_probes and one_copy_lost(copies, case.knowledge.value(cutoffs.MLPA_ONE_COPY_RATIO)):
            return Clause(name, False, f"{name}: one copy by MLPA ratio")
        return Clause(name, None, f"{name}: one or both copies cannot be told apart", "purity")
    if by_junction and copies.call == "deletion":
        text = f"{name}: not known, a junction and a loss may be of different copies"
        return Clause(name, None, text, "copy number of finer resolution")
    return Clause(name, False, f"{name}: absent")


def _clause(case: Case, id: str, name: str) -> Clause:
    call = case.calls.get(id)
    if call is None or call.state in (State.NOT_ASSESSABLE, State.EQUIVOCAL):
        state = "not assessable" if call is None or call.state is State.NOT_ASSESSABLE else "equivocal"
        settles = next((r.settles for r in call.reasons if r.settles), None) if call is not None else None
        return Clause(name, None, f"{name}: {state}", settles)
    return Clause(name, call.state.present, f"{name}: {'present' if call.state.present else 'absent'}")


def _decide(
    case: Case, id: str, ikzf1: LesionCall, partners: Sequence[Clause], erg: Clause, dux4: Clause
) -> LesionCall:
    has = [clause for clause in partners if clause.true]
    unknown = [clause for clause in partners if clause.true is None]
    details: LesionDetails = {
        "ikzf1": ikzf1.details.get("span"),
        "clauses": {c.name: {True: "present", False: "absent", None: "unknown"}[c.true] for c in (*partners, erg)},
    }
    words = [Reason(Code.NOTE, c.words) for c in (*partners, erg)]
    if erg.true:
        text = "an ERG deletion rules IKZF1plus out"
        reasons = [Reason(Code.RULED_OUT, text), *words]
        return make(case, id, ruled_out(), f"IKZF1plus: {text}.", reasons, details=details)
    if dux4.true:
        text = "a DUX4 rearrangement, of which ERG deletions are the mark: read as not IKZF1plus (engineering default)"
        reasons = [Reason(Code.RULED_OUT, text), *words]
        summary = "IKZF1plus: ruled out by the DUX4 rearrangement; the published rule names the ERG deletion only."
        return make(case, id, ruled_out(), summary, reasons, details={**details, "context": "DUX4-r"})
    if not has and not unknown:
        reasons = [Reason(Code.RULED_OUT, "none of the additional deletions is present"), *words]
        return make(case, id, ruled_out(), "IKZF1plus: none of the additional deletions.", reasons, details=details)
    certain = bool(has) and erg.true is False and ikzf1.state.present
    if certain:
        names = ", ".join(clause.name for clause in has)
        text = f"IKZF1 deletion with {names}, without ERG deletion"
        reasons = [Reason(Code.EVIDENCE_FOUND, text), *words]
        wide = ikzf1.details.get("level") in ("arm", "whole_chromosome")
        if wide:
            reasons.append(Reason(Code.NOTE, "IKZF1 is lost with the arm or the whole chromosome 7, which counts"))
        genes = tuple(dict.fromkeys(["IKZF1", *(c.name.split()[-2] for c in has)]))
        return make(
            case,
            id,
            [speaks(Source.LESIONS, subclonal=ikzf1.state is State.DETECTED_SUBCLONAL)],
            f"IKZF1plus: {text}{' (IKZF1 lost with more of chromosome 7)' if wide else ''}.",
            reasons,
            ikzf1.evidence,
            genes=genes,
            details={**details, "rule": text},
        )
    missing = [erg] if has else [*unknown, erg]
    if not ikzf1.state.present:
        missing = [Clause("IKZF1 deletion", None, "IKZF1 deletion: equivocal"), *missing]
    missing = [clause for clause in missing if clause.true is None]
    reasons = [
        *(Reason(Code.EVIDENCE_INCOMPLETE, f"{c.words}; IKZF1plus depends on it", c.settles) for c in missing),
        *words,
    ]
    summary = f"IKZF1plus equivocal: depends on {', '.join(c.name for c in missing)}."
    observations = [speaks(Source.LESIONS, Weight.SUPPORT, likely=bool(has))]
    return make(case, id, observations, summary, reasons, ikzf1.evidence, details=details)
