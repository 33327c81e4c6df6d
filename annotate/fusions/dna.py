"""What DNA junctions say of a lesion: position and orientation first, names second.

A junction proves a fusion when it keeps the 5' part of one gene and the 3' part of the other, inside the windows of
its rule, with the kinase domain kept, seen by enough reads and not in the matched normal. Everything else is said
with its reason and counts less, or not at all.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from annotate.case import Case
from annotate.fusions.findings import Finding, Leaning, downgrade, keeps_domain
from annotate.fusions.rules import Match, Rule, Strength, best_rule, rules_of
from annotate.genepairs import to_x
from annotate.genome import Gene
from annotate.model import Breakend, Code, Evidence, GenePair, Junction

WEAK_FLAGS = {
    "filtered_by_caller": "the caller itself filtered it",
    "low_support": "few reads support it",
    "partner_on_other_contig": "its partner lies on no assembled chromosome",
}


def dna_findings(case: Case, lesion: str) -> tuple[Finding, ...]:
    """Every junction that bears on a lesion, one finding each, in the order of the junctions."""
    rules = rules_of(case.genome, case.knowledge, lesion)
    junctions = case.junctions.junctions if case.junctions is not None else ()
    linked = {id for junction in junctions for pair in junction.pairs for id in pair.via}
    by_id = {junction.id: junction for junction in junctions if junction.id in linked} if linked else {}
    explained = {id for junction in junctions for pair in junction.pairs if pair.oriented for id in pair.via}
    broken = {w.chrom for rule in rules if rule.orphan for windows in rule.windows.values() for w in windows}
    found = []
    for junction in junctions:
        finding = _of_pairs(case, rules, junction, by_id) if junction.pairs else None
        if finding is not None and not finding.known and junction.id in explained:
            continue  # a link of a chain that makes a known fusion, not a fusion with the piece in between
        if finding is None and junction.id not in explained and _touches(junction, broken):
            finding = _orphan(case, rules, junction)
        if finding is not None:
            found.append(finding)
    return tuple(found)


def _touches(junction: Junction, chromosomes: set[str]) -> bool:
    right = junction.right
    return junction.left.chrom in chromosomes or (right is not None and right.chrom in chromosomes)


# ---------------------------------------------------------------- junctions between two genes


def _of_pairs(case: Case, rules: tuple[Rule, ...], junction: Junction, by_id: dict[str, Junction]) -> Finding | None:
    """The best pair of a junction that a rule of this lesion takes."""
    if "ig_tr_rearrangement" in junction.flags:
        return None  # V(D)J recombination, class switch, or a translocation between receptor loci: no lesion
    options = []
    for pair in junction.pairs:
        found = best_rule(rules, pair.five, pair.three)
        if found is not None and not _within_one_gene(case, junction, pair):
            options.append((_order(found, pair), pair, found))
    for _, pair, (rule, match) in sorted(options, key=lambda option: option[0]):
        finding = _judge(case, rule, match, junction, pair, by_id)
        if finding is not None:
            return finding
    return None


def _within_one_gene(case: Case, junction: Junction, pair: GenePair) -> bool:
    """Do both ends lie in one gene of the pair? Where genes overlap, a change inside one is no fusion of the two."""
    if pair.via or pair.five == pair.three:
        return False
    five, three = case.genome.gene(pair.five), case.genome.gene(pair.three)
    ends = [to_x(case.genome, end.chrom, end.pos) for end in _ends(junction)]
    inside = [sum(_holds(gene, *end) for end in ends) if gene is not None else 0 for gene in (five, three)]
    # a 5' gene's model may reach over its partner (FIP1L1 in GRCh37): then one end must lie in the partner
    return inside[1] == len(ends) or (inside[0] == len(ends) and inside[1] == 0)


def _holds(gene: Gene, chrom: str, pos: int) -> bool:
    return gene.chrom == chrom and gene.start <= pos <= gene.end


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
    case: Case, rule: Rule, match: Match, junction: Junction, pair: GenePair, by_id: dict[str, Junction]
) -> Finding | None:
    chain = [by_id[id] for id in pair.via if id in by_id] or [junction]
    draft = Finding(
        source="dna",
        five=pair.five,
        three=pair.three,
        strength="proof",
        text=_words(junction, pair),
        evidence=evidence(junction, rule.id),
        rule=rule,
        known=match == "known",
        reciprocal=pair.reciprocal,
        share=_share(case, chain),
        junctions=tuple(dict.fromkeys((*pair.via, junction.id))),
        facts=_facts(junction, pair, rule),
    )
    if rule.mimic:
        return _mimic(draft, pair)
    if any("possible_germline" in link.flags for link in chain):
        text = f"{draft.text} is seen in the matched normal too: not of the leukaemia"
        return replace(draft, strength="note", code=Code.NOTE, text=text) if draft.known or pair.oriented else None
    if "orientation_unknown" in junction.flags:
        return _unoriented(draft)
    if not pair.oriented:
        return _not_a_product(case, draft, junction, pair)
    return _oriented(case, draft, junction, pair, chain)


def _mimic(draft: Finding, pair: GenePair) -> Finding | None:
    assert draft.rule is not None
    if not pair.oriented:
        return None
    return replace(draft, strength="note", code=Code.RULED_OUT, text=f"{draft.text}: {draft.rule.note}")


def _unoriented(draft: Finding) -> Finding | None:
    if not draft.known:
        return None
    text = f"{draft.text}: the file does not say which sides are joined"
    return replace(draft, strength="hint", code=Code.EVIDENCE_INCOMPLETE, text=text)


def _not_a_product(case: Case, draft: Finding, junction: Junction, pair: GenePair) -> Finding | None:
    """Reciprocal only, or joined in a way that makes neither product."""
    rule = draft.rule
    assert rule is not None
    broken = draft.known or _five_kept_in_window(case, rule, junction, pair)
    if pair.reciprocal and (draft.known or _breaks_window(case, rule, junction, pair.five)):
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
    leaning: Leaning = "likely" if _five_kept_in_window(case, rule, junction, pair) else "unclear"
    return replace(draft, strength="hint", code=Code.EVIDENCE_INCOMPLETE, leaning=leaning, text=text)


def _oriented(
    case: Case, draft: Finding, junction: Junction, pair: GenePair, chain: Sequence[Junction]
) -> Finding | None:
    """A product in the right orientation: window, domain, frame and support decide how much it counts."""
    rule = draft.rule
    assert rule is not None
    reasons: list[str] = []
    strength: Strength = rule.known if draft.known else "proof"
    leaning: Leaning = "likely"
    place = None if pair.via else _end_in(case, junction, pair.three, three=True)
    kept = keeps_domain(case, rule, pair.three, pair.three_exon, _on_gene(case, pair.three, place))
    if kept is False:
        text = f"{draft.text}: the kinase domain of {pair.three} is not kept whole, so this is no driver"
        return replace(draft, strength="note", code=Code.RULED_OUT, text=text)
    if kept:
        reasons.append(f"the kinase domain of {pair.three} is kept")
    outside = [] if pair.via else _outside(case, rule, junction, pair)
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


def _outside_note(draft: Finding, rule: Rule, where: str) -> Finding | None:
    """With any partner a gene counts only where it breaks in its own region."""
    if not rule.orphan:
        return None
    return replace(draft, strength="note", code=Code.RULED_OUT, text=f"{draft.text}: {where}, with no known partner")


def _novel(rule: Rule, pair: GenePair, strength: Strength, reasons: list[str]) -> tuple[Strength, Leaning]:
    """A partner that is not in the table."""
    reasons.append("a partner that is not in the table of fusions")
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
    needed = case.knowledge.value(rule.min_vaf)
    if junction.vaf is None:
        reasons.append(f"its allele fraction is not known, and {rule.note}")
        return downgrade(strength, "support"), leaning
    if junction.vaf < needed:
        reasons.append(f"VAF {junction.vaf:.1%} is below {needed:.0%}: {rule.note}")
        return downgrade(strength, "hint"), "unclear"
    return strength, leaning


# ---------------------------------------------------------------- junctions with one gene


def _orphan(case: Case, rules: tuple[Rule, ...], junction: Junction) -> Finding | None:
    """A gene broken in its region with the part kept that a fusion needs, and no gene on the other side."""
    if {"possible_germline", "ig_tr_rearrangement", "orientation_unknown"} & set(junction.flags):
        return None
    for rule in rules:
        if not rule.orphan:
            continue
        for end, far in ((junction.left, junction.right), (junction.right, junction.left)):
            gene = _anchor(case, rule, end) if end is not None else None
            if gene is None or end is None or _within(gene, far):
                continue
            if not any(pair.oriented and gene.name in (pair.five, pair.three) for pair in junction.pairs):
                return _orphan_finding(case, rule, junction, gene, end, far)
    return None


def _anchor(case: Case, rule: Rule, end: Breakend) -> Gene | None:
    """The gene of this rule that breaks at `end` with the part kept that counts."""
    chrom, pos = to_x(case.genome, end.chrom, end.pos)
    for name in (*sorted(rule.five_any), *sorted(rule.three_any)):
        gene = case.genome.gene(name)
        if gene is None or not rule.in_window(name, chrom, pos):
            continue
        side = gene.five_prime_side if name in rule.five_any else gene.three_prime_side
        if end.keeps == side:
            return gene
    return None


def _within(gene: Gene, end: Breakend | None) -> bool:
    return end is not None and end.chrom == gene.chrom and gene.start <= end.pos <= gene.end


def _orphan_finding(
    case: Case, rule: Rule, junction: Junction, gene: Gene, end: Breakend, far: Breakend | None
) -> Finding:
    five = gene.name in rule.five_any
    part = "5'" if five else "3'"
    where = f"{end.chrom}:{end.pos:,}"
    if far is None:
        what = "joined to a sequence that the caller could not place"
    elif _is_loss(junction, gene, end):
        what = f"joined to {far.chrom}:{far.pos:,}, outside any partner gene: a deletion of its {_other(part)} part"
    else:
        partner = next(iter(case.genome.genes_at(far.chrom, far.pos)), None)
        inside = f"inside {partner.name}, in the wrong direction" if partner else "outside any protein-coding gene"
        what = f"joined to {far.chrom}:{far.pos:,}, {inside}"
    text = f"{gene.name} breaks at {where} in its breakpoint region with its {part} part kept, {what}"
    likely = five and "filtered_by_caller" not in junction.flags
    return Finding(
        source="dna",
        five=gene.name if five else "",
        three="" if five else gene.name,
        strength="hint",
        text=f"{text}: a fusion is possible and not shown",
        code=Code.EVIDENCE_INCOMPLETE,
        leaning="likely" if likely else "unclear",
        evidence=evidence(junction, rule.id),
        rule=rule,
        known=False,
        junctions=(junction.id,),
        facts={"junction": junction.id, "reads": junction.reads, "vaf": junction.vaf},
    )


def _is_loss(junction: Junction, gene: Gene, end: Breakend) -> bool:
    return (
        junction.right is not None
        and junction.left.chrom == junction.right.chrom
        and (junction.left.keeps, junction.right.keeps) == ("L", "R")
        and end.keeps == (gene.five_prime_side if end is junction.left else gene.three_prime_side)
    )


def _other(part: str) -> str:
    return "3'" if part == "5'" else "5'"


# ---------------------------------------------------------------- places


def _ends(junction: Junction) -> Iterator[Breakend]:
    yield junction.left
    if junction.right is not None:
        yield junction.right


def _end_in(case: Case, junction: Junction, name: str, *, three: bool) -> Breakend | None:
    """The end of a junction that lies in or nearest to a gene and keeps its 3' (or 5') part."""
    gene = case.genome.gene(name)
    if gene is None:
        return None
    side = gene.three_prime_side if three else gene.five_prime_side
    near = [
        (max(gene.start - pos, pos - gene.end, 0), end)
        for end in _ends(junction)
        for chrom, pos in (to_x(case.genome, end.chrom, end.pos),)
        if chrom == gene.chrom and end.keeps == side
    ]
    return min(near, key=lambda item: item[0])[1] if near else None


def _on_gene(case: Case, name: str, end: Breakend | None) -> int | None:
    gene = case.genome.gene(name)
    if gene is None or end is None:
        return None
    pos = to_x(case.genome, end.chrom, end.pos)[1]
    return pos if gene.start <= pos <= gene.end else None


def _outside(case: Case, rule: Rule, junction: Junction, pair: GenePair) -> list[str]:
    """Genes of the pair that have windows in this rule, and break outside of them. The 5' gene comes first."""
    found = []
    for name, three in ((pair.five, False), (pair.three, True)):
        if name not in rule.windows:
            continue
        end = _end_in(case, junction, name, three=three)
        if end is None and not rule.directed(pair.five, pair.three):
            end = _nearest(case, junction, name)
        if end is None:
            continue
        chrom, pos = to_x(case.genome, end.chrom, end.pos)
        if not rule.in_window(name, chrom, pos):
            found.append(name)
    return found


def _nearest(case: Case, junction: Junction, name: str) -> Breakend | None:
    gene = case.genome.gene(name)
    ends = [
        end for end in _ends(junction) if gene is not None and to_x(case.genome, end.chrom, end.pos)[0] == gene.chrom
    ]
    return min(ends, key=lambda e: abs(to_x(case.genome, e.chrom, e.pos)[1] - gene.start)) if ends and gene else None


def _breaks_window(case: Case, rule: Rule, junction: Junction, name: str) -> bool:
    """Does any end lie in the windows of a gene that counts with any partner?"""
    if name not in rule.five_any or name not in rule.windows:
        return False
    return any(rule.in_window(name, *to_x(case.genome, end.chrom, end.pos)) for end in _ends(junction))


def _five_kept_in_window(case: Case, rule: Rule, junction: Junction, pair: GenePair) -> bool:
    if not rule.orphan or pair.five not in rule.five_any:
        return False
    end = _end_in(case, junction, pair.five, three=False)
    return end is not None and bool(rule.in_window(pair.five, *to_x(case.genome, end.chrom, end.pos)))


# ---------------------------------------------------------------- words and numbers


def place_words(end: Breakend | None) -> str:
    """`9:130,854,064 →`: the arrow points away from the kept side."""
    if end is None:
        return "unknown"
    return f"{end.chrom}:{end.pos:,} ({'left' if end.keeps == 'L' else 'right'} kept)"


def _words(junction: Junction, pair: GenePair) -> str:
    name = f"{pair.five}::{pair.three}"
    exons = [
        f"{gene} exon {exon}{word}"
        for gene, exon, word in ((pair.five, pair.five_exon, " last"), (pair.three, pair.three_exon, " first"))
        if exon is not None and pair.oriented
    ]
    reads = f"{junction.reads} reads" if junction.reads is not None else "reads not stated"
    share = f", VAF {junction.vaf:.0%}" if junction.vaf is not None else ""
    kept = f" ({', '.join(exons)})" if exons else ""
    return f"DNA junction {name}{kept}, {place_words(junction.left)} to {place_words(junction.right)}, {reads}{share}"


def evidence(junction: Junction, rule: str) -> Evidence:
    """The junction's record, with the numbers used."""
    values = {
        "genes": junction.genes,
        "left": f"{junction.left.chrom}:{junction.left.pos}{junction.left.keeps}",
        "right": f"{junction.right.chrom}:{junction.right.pos}{junction.right.keeps}" if junction.right else None,
        "reads": junction.reads,
        "vaf": round(junction.vaf, 4) if junction.vaf is not None else None,
        "filter": junction.filter,
        "callers": ";".join(junction.callers),
        "flags": ";".join(junction.flags),
    }
    return Evidence(
        kind="junction",
        summary=f"{junction.genes or junction.svtype} {place_words(junction.left)} to {place_words(junction.right)}",
        file=junction.files[0] if junction.files else None,
        record=";".join(junction.records) or junction.id,
        rule=rule,
        values={key: value for key, value in values.items() if value not in (None, "")},
    )


def _facts(junction: Junction, pair: GenePair, rule: Rule) -> dict[str, object]:
    facts: dict[str, object] = {
        "five_exon": pair.five_exon,
        "three_exon": pair.three_exon,
        "frame": pair.frame,
        "reads": junction.reads,
        "vaf": round(junction.vaf, 4) if junction.vaf is not None else None,
        "junction": junction.id,
        "transcript": rule.exon_names.get(pair.five_exon) if pair.five_exon and pair.oriented else None,
    }
    return facts


def _share(case: Case, chain: Sequence[Junction]) -> float | None:
    """Share of the leukaemic cells, taking one of two homologues as joined; None without purity or VAF."""
    from annotate.lesions.assess import purity

    known = [junction.vaf for junction in chain if junction.vaf is not None]
    cells = purity(case)
    return min(2 * min(known) / cells, 1.0) if known and cells else None
