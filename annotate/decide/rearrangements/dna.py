"""What DNA junctions say of a lesion: position and orientation first, names second.

A junction proves a fusion when it keeps the 5' part of one gene and the 3' part of the other, inside the windows of
its rule, with the kinase domain kept, seen by enough reads and not in the matched normal. Everything else is said
with its reason and counts less, or not at all.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from annotate.decide.case import Case
from annotate.decide.rearrangements.dna_one_gene import orphan
from annotate.decide.rearrangements.dna_places import (
    breaks_window,
    end_in,
    ends_of,
    evidence,
    facts_of,
    five_kept_in_window,
    holds,
    on_gene,
    outside_windows,
    place_text,
)
from annotate.decide.rearrangements.findings import Finding, Leaning, also_counted, downgrade, keeps_domain
from annotate.decide.rearrangements.rules import Match, Rule, best_rule, rules_of
from annotate.knowledge import cutoffs
from annotate.knowledge.specs.rearrangements import Strength
from annotate.model.junctions import GenePair, Junction
from annotate.model.state import Code
from annotate.reference.places import to_x

WEAK_FLAGS = {
    "filtered_by_caller": "the caller itself filtered it",
    "low_support": "few reads support it",
    "partner_on_other_contig": "its partner lies on no assembled chromosome",
    "partner_by_alignment": "its partner is told by where the inserted sequence of a single breakend aligns",
    "called_reference": "its genotype says that no allele of this sample carries it",
    "not_by_vector": "this sample's column carries it, its SUPP_VEC says that it does not",
}


def dna_findings(case: Case, lesion: str) -> tuple[Finding, ...]:
    """Every junction that bears on a lesion, one finding each, in the order of the junctions."""
    rules = rules_of(case.genome, case.knowledge, lesion)
    if case.junctions is None:
        return ()
    links, explained = case.junctions.links, case.junctions.explained
    broken = {w.chrom for rule in rules if rule.orphan for windows in rule.windows.values() for w in windows}
    found = []
    for junction in case.junctions.junctions if broken else case.junctions.paired:
        finding = _of_pairs(case, rules, junction, links) if junction.pairs else None
        if finding is not None and not finding.known and junction.id in explained:
            continue  # a link of a chain that makes a known fusion, not a fusion with the piece in between
        if finding is None and junction.id not in explained and _touches(junction, broken):
            finding = orphan(case, rules, junction)
        if finding is not None:
            found.append(finding)
    return tuple(found)


def _touches(junction: Junction, chromosomes: set[str]) -> bool:
    right = junction.right
    return junction.left.chrom in chromosomes or (right is not None and right.chrom in chromosomes)


# ---------------------------------------------------------------- junctions between two genes


def _of_pairs(case: Case, rules: tuple[Rule, ...], junction: Junction, links: Mapping[str, Junction]) -> Finding | None:
    """The best pair of a junction that a rule of this lesion takes."""
    if "ig_tr_rearrangement" in junction.flags:
        return None  # V(D)J recombination, class switch, or a translocation between receptor loci: no lesion
    options = []
    for pair in junction.pairs:
        found = best_rule(rules, pair.five, pair.three)
        if found is not None and not _within_one_gene(case, junction, pair):
            options.append((_order(found, pair), pair, found))
    for _, pair, (rule, match) in sorted(options, key=lambda option: option[0]):
        finding = _judge(case, rule, match, junction, pair, links)
        if finding is not None:
            return finding
    return None


def _within_one_gene(case: Case, junction: Junction, pair: GenePair) -> bool:
    """Do both ends lie in one gene of the pair? Where genes overlap, a change inside one is no fusion of the two."""
    if pair.via or pair.five == pair.three:
        return False
    five, three = case.genome.gene(pair.five), case.genome.gene(pair.three)
    ends = [to_x(case.genome, end.chrom, end.pos) for end in ends_of(junction)]
    inside = [sum(holds(gene, *end) for end in ends) if gene is not None else 0 for gene in (five, three)]
    # a 5' gene's model may reach over its partner (FIP1L1 in GRCh37): then one end must lie in the partner
    return inside[1] == len(ends) or (inside[0] == len(ends) and inside[1] == 0)


def _order(match: tuple[Rule, Match], pair: GenePair) -> tuple[object, ...]:
    rule, how = match
    frame = {"in_frame": 0, "unknown": 1, "out_of_frame": 2}[pair.frame]
    return (
        rule.mimic,
        how != "known",
        not pair.oriented,
        not pair.reciprocal,
        bool(pair.via),
        frame,
        pair.five,
        pair.three,
    )


def _judge(
    case: Case, rule: Rule, match: Match, junction: Junction, pair: GenePair, links: Mapping[str, Junction]
) -> Finding | None:
    chain = [links[id] for id in pair.via if id in links] or [junction]
    draft = Finding(
        source="dna",
        five=pair.five,
        three=pair.three,
        strength="proof",
        text=place_text(junction, pair),
        evidence=evidence(junction, rule.id),
        rule=rule,
        known=match == "known",
        reciprocal=pair.reciprocal,
        share=_share(case, chain),
        junctions=tuple(dict.fromkeys((*pair.via, junction.id))),
        facts={
            **facts_of(junction, pair, rule),
            **also_counted(case, (pair.five, pair.five_exon), (pair.three, pair.three_exon)),
        },
    )
    if rule.mimic:
        return _mimic(draft, pair)
    if any("possible_germline" in link.flags for link in chain):
        text = f"{draft.text} is seen in the matched normal too: not of the leukaemia"
        return replace(draft, strength="note", code=Code.NOTE, text=text) if draft.known or pair.oriented else None
    if "orientation_unknown" in junction.flags and rule.directed(pair.five, pair.three):
        return _unoriented(case, draft, junction)
    if not pair.oriented:
        return _not_a_product(case, draft, junction, pair)
    return _oriented(case, draft, junction, pair, chain)


def _mimic(draft: Finding, pair: GenePair) -> Finding | None:
    assert draft.rule is not None
    if not pair.oriented:
        return None
    return replace(draft, strength="note", code=Code.RULED_OUT, text=f"{draft.text}: {draft.rule.note}")


def _unoriented(case: Case, draft: Finding, junction: Junction) -> Finding | None:
    """The file tells no sides. With any partner a gene counts where it breaks in its region, if it has one."""
    rule = draft.rule
    assert rule is not None
    if not draft.known:
        anchor = draft.five if draft.five in rule.five_any else draft.three
        ends = [to_x(case.genome, end.chrom, end.pos) for end in ends_of(junction)]
        if rule.windows.get(anchor) and not any(rule.in_window(anchor, *end) for end in ends):
            return None
    text = f"{draft.text}: the file does not say which sides are joined"
    return replace(draft, strength="hint", code=Code.EVIDENCE_INCOMPLETE, text=text)


def _not_a_product(case: Case, draft: Finding, junction: Junction, pair: GenePair) -> Finding | None:
    """Reciprocal only, or joined in a way that makes neither product."""
    rule = draft.rule
    assert rule is not None
    broken = draft.known or five_kept_in_window(case, rule, junction, pair)
    if pair.reciprocal and (draft.known or breaks_window(case, rule, junction, pair.five)):
        text = (
            f"{draft.text} is the reciprocal product {pair.three}::{pair.five}:"
            " the genes are rearranged, the driver is not shown"
        )
        return replace(draft, strength="hint", code=Code.EVIDENCE_INCOMPLETE, leaning=rule.reciprocal, text=text)
    if not broken or pair.reciprocal:
        return None
    text = (
        f"{draft.text} joins the two genes, but not the 5' part of {pair.five} to the 3' part of {pair.three}:"
        " a further break or a wrong orientation in the file would have to explain a fusion"
    )
    leaning: Leaning = "likely" if five_kept_in_window(case, rule, junction, pair) else "unclear"
    return replace(draft, strength="hint", code=Code.EVIDENCE_INCOMPLETE, leaning=leaning, text=text)


def _oriented(  # noqa: C901 -- the table of what weakens a product, read from top to bottom
    case: Case, draft: Finding, junction: Junction, pair: GenePair, chain: Sequence[Junction]
) -> Finding | None:
    """A product in the right orientation: window, domain, frame and support decide how much it counts."""
    rule = draft.rule
    assert rule is not None
    reasons: list[str] = []
    strength: Strength = rule.known if draft.known else "proof"
    leaning: Leaning = "likely"
    place = None if pair.via else end_in(case, junction, pair.three, three=True)
    kept = (
        None
        if _by_labels(junction)
        else keeps_domain(case, rule, pair.three, pair.three_exon, on_gene(case, pair.three, place))
    )
    if kept is False:
        text = f"{draft.text}: the kinase domain of {pair.three} is not kept whole, so this is no driver"
        return replace(draft, strength="note", code=Code.RULED_OUT, text=text)
    if kept:
        reasons.append(f"the kinase domain of {pair.three} is kept")
    outside = [] if pair.via else outside_windows(case, rule, junction, pair)
    if outside:
        where = f"outside the usual breakpoint region of {' and '.join(outside)}"
        if not draft.known:
            anchor = pair.five if pair.five in rule.five_any else pair.three
            if anchor in outside:
                return _outside_note(draft, rule, where)
        reasons.append(where)
        if rule.outside != "note":
            strength, leaning = downgrade(strength, rule.outside), "unclear"
    if not draft.known:
        strength, leaning = _novel(rule, pair, strength, reasons)
    elif pair.frame == "out_of_frame":
        reasons.append("out of frame by the reference transcripts; splicing may restore it")
    elif pair.frame == "in_frame":
        reasons.append("in frame")
    if pair.via:
        reasons.append(f"a chain of {len(pair.via)} junctions")
    weak = sorted({words for link in chain for flag, words in WEAK_FLAGS.items() if flag in link.flags})
    if weak:
        strength = downgrade(strength, "support")
        reasons += weak
    strength, leaning = _by_share(case, rule, junction, strength, leaning, reasons)
    if rule.dna_alone != "proof":
        strength = downgrade(strength, rule.dna_alone)
        reasons.append(rule.note)
    if draft.known and rule.known != "proof":
        reasons.append(rule.note)
    code = Code.EVIDENCE_FOUND if strength == "proof" else Code.EVIDENCE_INCOMPLETE
    text = f"{draft.text}: {'; '.join(reasons)}" if reasons else draft.text
    return replace(draft, strength=strength, leaning=leaning, code=code, text=text)


def _by_labels(junction: Junction) -> bool:
    """Is it of an optical map, whose labels do not tell exons?"""
    return "optical_map" in junction.flags


def _outside_note(draft: Finding, rule: Rule, where: str) -> Finding | None:
    """With any partner a gene counts only where it breaks in its own region."""
    if not rule.orphan:
        return None
    return replace(draft, strength="note", code=Code.RULED_OUT, text=f"{draft.text}: {where}, with no known partner")


def _novel(rule: Rule, pair: GenePair, strength: Strength, reasons: list[str]) -> tuple[Strength, Leaning]:
    """A partner that is not in the table."""
    reasons.append("a partner that is not in the table of fusions")
    if pair.frame == "out_of_frame" and rule.novel == "any":
        reasons.append("out of frame by the reference transcripts; splicing may restore it")
        return strength, "likely"
    if pair.frame == "out_of_frame":
        reasons.append("out of frame by the reference transcripts")
        return downgrade(strength, "hint"), "unclear"
    if pair.frame == "in_frame":
        reasons.append("in frame")
        return strength, "likely"
    reasons.append("the reading frame is not known")
    anchored = rule.windows.get(pair.five) or rule.windows.get(pair.three)
    return (
        (strength, "likely")
        if rule.novel == "any"
        else (downgrade(strength, "support"), "likely" if anchored else "unclear")
    )


def _by_share(
    case: Case, rule: Rule, junction: Junction, strength: Strength, leaning: Leaning, reasons: list[str]
) -> tuple[Strength, Leaning]:
    """Lesions that normal cells make too need a share of the reads."""
    if not rule.min_vaf:
        return strength, leaning
    needed = case.knowledge.threshold_named(rule.min_vaf).value
    if junction.vaf is None and (junction.reads or 0) >= case.knowledge.value(cutoffs.REARRANGEMENTS_RAG_MIN_READS):
        reasons.append(f"{junction.reads} reads, far more than single normal cells give")
        return strength, leaning
    if junction.vaf is None:
        reasons.append(f"its allele fraction is not known, and {rule.note}")
        return downgrade(strength, "support"), leaning
    if junction.vaf < needed:
        reasons.append(f"VAF {junction.vaf:.1%} is below {needed:.0%}: {rule.note}")
        return downgrade(strength, "hint"), "unclear"
    return strength, leaning


def _share(case: Case, chain: Sequence[Junction]) -> float | None:
    """Share of the leukaemic cells, taking one of two homologues as joined; None without purity or VAF."""
    from annotate.decide.detectability import purity

    known = [junction.vaf for junction in chain if junction.vaf is not None]
    cells = purity(case)
    return min(2 * min(known) / cells, 1.0) if known and cells else None
