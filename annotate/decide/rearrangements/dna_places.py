"""Where the ends of a junction lie in the two genes of a rule."""

from __future__ import annotations

from collections.abc import Iterator

from annotate.decide.case import Case
from annotate.decide.rearrangements.rules import Rule
from annotate.model.evidence import Evidence
from annotate.model.junctions import Breakend, GenePair, Junction
from annotate.reference.features import Gene
from annotate.reference.places import to_x


def holds(gene: Gene, chrom: str, pos: int) -> bool:
    """Does the position lie on the gene, both ends included?"""
    return gene.chrom == chrom and gene.start <= pos <= gene.end


# ---------------------------------------------------------------- places


def ends_of(junction: Junction) -> Iterator[Breakend]:
    """The breakends of a junction; a single breakend has one."""
    yield junction.left
    if junction.right is not None:
        yield junction.right


def end_in(case: Case, junction: Junction, name: str, *, three: bool) -> Breakend | None:
    """The end of a junction that lies in or nearest to a gene and keeps its 3' (or 5') part."""
    gene = case.genome.gene(name)
    if gene is None:
        return None
    side = gene.three_prime_side if three else gene.five_prime_side
    near = [
        (max(gene.start - pos, pos - gene.end, 0), end)
        for end in ends_of(junction)
        for chrom, pos in (to_x(case.genome, end.chrom, end.pos),)
        if chrom == gene.chrom and end.keeps == side
    ]
    return min(near, key=lambda item: item[0])[1] if near else None


def on_gene(case: Case, name: str, end: Breakend | None) -> int | None:
    """The position of the end on a gene (pseudoautosomal ones as on X); None off the gene or without a model of it."""
    gene = case.genome.gene(name)
    if gene is None or end is None:
        return None
    pos = to_x(case.genome, end.chrom, end.pos)[1]
    return pos if gene.start <= pos <= gene.end else None


def outside_windows(case: Case, rule: Rule, junction: Junction, pair: GenePair) -> list[str]:
    """Genes of the pair that have windows in this rule, and break outside of them. The 5' gene comes first."""
    found = []
    for name, three in ((pair.five, False), (pair.three, True)):
        if name not in rule.windows:
            continue
        end = end_in(case, junction, name, three=three)
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
        end for end in ends_of(junction) if gene is not None and to_x(case.genome, end.chrom, end.pos)[0] == gene.chrom
    ]
    return min(ends, key=lambda e: abs(to_x(case.genome, e.chrom, e.pos)[1] - gene.start)) if ends and gene else None


def breaks_window(case: Case, rule: Rule, junction: Junction, name: str) -> bool:
    """Does any end lie in the windows of a gene that counts with any partner?"""
    if name not in rule.five_any or name not in rule.windows:
        return False
    return any(rule.in_window(name, *to_x(case.genome, end.chrom, end.pos)) for end in ends_of(junction))


def five_kept_in_window(case: Case, rule: Rule, junction: Junction, pair: GenePair) -> bool:
    """Is the 5' part of a gene kept, by a break in the window in which the rule takes it without a partner?"""
    if not rule.orphan or pair.five not in rule.five_any:
        return False
    end = end_in(case, junction, pair.five, three=False)
    return end is not None and bool(rule.in_window(pair.five, *to_x(case.genome, end.chrom, end.pos)))


# ---------------------------------------------------------------- words and numbers


def place_words(end: Breakend | None) -> str:
    """`9:130,854,064 →`: the arrow points away from the kept side."""
    if end is None:
        return "unknown"
    return f"{end.chrom}:{end.pos:,} ({'left' if end.keeps == 'L' else 'right'} kept)"


def place_text(junction: Junction, pair: GenePair) -> str:
    """Pair, exons, reads and VAF of a junction in words."""
    name = f"{pair.five}::{pair.three}"
    exons = [
        f"{gene} exon {exon}{word}"
        for gene, exon, word in ((pair.five, pair.five_exon, " last"), (pair.three, pair.three_exon, " first"))
        if exon is not None and pair.oriented
    ]
    reads = f"{junction.reads} reads" if junction.reads is not None else "reads not stated"
    share = f", VAF {junction.vaf:.0%}" if junction.vaf is not None else ""
    kept = f" ({', '.join(exons)})" if exons else ""
    what = "Optical-map junction" if "optical_map" in junction.flags else "DNA junction"
    return f"{what} {name}{kept}, {place_words(junction.left)} to {place_words(junction.right)}, {reads}{share}"


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


def facts_of(junction: Junction, pair: GenePair, rule: Rule) -> dict[str, object]:
    """Exons, frame, reads and VAF of a junction, as a finding's facts hold them."""
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
