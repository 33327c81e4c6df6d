"""What a karyotype and FISH say of a lesion, by the rows of `karyotype_rules.tsv`.

A translocation in metaphases is rarely the fusion itself: most rows give a finding for another method to confirm.
A normal karyotype excludes nothing: normal metaphases need not come from the leukaemia.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import lru_cache
from typing import Literal

from annotate.base.frozen import frozen
from annotate.decide.case import Case
from annotate.decide.detectability import sees
from annotate.decide.rearrangements.findings import Finding, Leaning, downgrade
from annotate.knowledge import cutoffs
from annotate.knowledge.specs.lesions import DetectabilityRow
from annotate.knowledge.specs.rearrangements import KaryotypeRuleRow, Strength
from annotate.knowledge.tables import Knowledge
from annotate.model.evidence import Evidence
from annotate.model.karyotype import FishProbe, Karyotype, KaryotypeClone, KaryotypePart, KaryotypeToken
from annotate.model.state import Code, Reason
from annotate.read.karyotype.counts import acquired_clones, is_clonal
from annotate.reference.genome import Genome

SHEET = "sample sheet"
UNNAMED = frozenset({"mar", "ring", "add", "unknown", "dmin", "hsr", "min", "ace"})


@frozen
class CytoRule:
    """One row of `karyotype_rules.tsv`. `bands` are patterns, one a chromosome; `v` is any other chromosome."""

    id: str
    lesion: str
    kinds: tuple[str, ...]
    loci: tuple[str, ...]
    bands: tuple[str, ...]
    five: str
    three: str
    strength: Strength
    leaning: Leaning
    overruled_by: Literal["", "any", "all"]
    note: str

    @property
    def any_partner(self) -> bool:
        """Does the rule leave a partner open (`v`)?"""
        return "v" in self.loci

    @property
    def is_fish(self) -> bool:
        """Is it a rule for signals of a FISH probe: fused, separated or amplified?"""
        return self.kinds[0] in ("con", "sep", "amp")


def cyto_rules(knowledge: Knowledge, lesion: str | None = None) -> tuple[CytoRule, ...]:
    """The rows of a lesion, or all of them."""
    return tuple(rule for rule in _cyto_rules(knowledge) if lesion is None or rule.lesion == lesion)


@lru_cache(maxsize=8)
def _cyto_rules(knowledge: Knowledge) -> tuple[CytoRule, ...]:
    return tuple(_rule(row) for row in knowledge.rows(KaryotypeRuleRow))


def _rule(row: KaryotypeRuleRow) -> CytoRule:
    five, three = row.fusion
    return CytoRule(
        id=row.id,
        lesion=row.lesion,
        kinds=row.kind,
        loci=row.loci,
        bands=row.bands,
        five=five,
        three=three,
        strength=row.strength,
        leaning=row.leaning,
        overruled_by=row.overruled_by,
        note=row.note,
    )


def cyto_findings(case: Case, lesion: str) -> tuple[Finding, ...]:
    """Abnormalities and FISH patterns that a row of this lesion names."""
    if case.karyotype is None:
        return ()
    rules = cyto_rules(case.knowledge, lesion)
    found = [*_of_tokens(case, rules), *_of_fish(case, rules)]
    return tuple({(f.source, f.five, f.three, f.text): f for f in found}.values())


def hidden_from_metaphases(knowledge: Knowledge) -> tuple[str, ...]:
    """Translocations of the table whose lesion metaphases do not show by the matrix of inputs: t(12;21)."""
    blind = {row.lesion for row in knowledge.rows(DetectabilityRow) if row.input == "karyotype" and row.sees == "-"}
    named = (rule for rule in cyto_rules(knowledge) if rule.lesion in blind and not (rule.is_fish or rule.any_partner))
    return tuple(dict.fromkeys(f"{rule.kinds[0]}({';'.join(rule.loci)})" for rule in named))


# ---------------------------------------------------------------- abnormalities


def _of_tokens(case: Case, rules: Sequence[CytoRule]) -> Iterator[Finding]:
    assert case.karyotype is not None
    chromosomal = [rule for rule in rules if not rule.is_fish]
    everything = [rule for rule in cyto_rules(case.knowledge) if not rule.is_fish and not rule.any_partner]
    for token, clone in _acquired(case.karyotype):
        rule = _first(chromosomal, token)
        if rule is None or (rule.any_partner and _first(everything, token) is not None):
            continue  # a translocation with a name of its own is not one with any partner
        yield _token_finding(case, rule, clone, token)


def _acquired(karyotype: Karyotype) -> Iterator[tuple[KaryotypeToken, KaryotypeClone | None]]:
    """Abnormalities of the leukaemia with their clones; without one, those of optical maps, sequencing and ish."""
    for clone in acquired_clones(karyotype):
        yield from ((token, clone) for token in clone.tokens if not token.constitutional and not token.inherited)
    yield from ((token, None) for token in karyotype.measured if not token.constitutional)


def _first(rules: Sequence[CytoRule], token: KaryotypeToken) -> CytoRule | None:
    acquired = [part for part in _parts(token) if not part.constitutional]
    return next((rule for rule in rules if any(matches(rule, part) for part in acquired)), None)


def _parts(token: KaryotypeToken) -> tuple[KaryotypePart, ...]:
    return token.parts or (KaryotypePart(token.kind, token.chromosomes, token.bands),)


def matches(rule: CytoRule, part: KaryotypePart) -> bool:
    """Is this rearrangement the one that the row names? Three-way translocations and any order included."""
    if part.kind not in rule.kinds:
        return False
    if len(set(part.chromosomes)) == 1:
        return _within_one(rule, part)
    if len(rule.loci) != len(rule.bands):
        return False  # a row of one chromosome with several bands
    named = [(locus, band) for locus, band in zip(rule.loci, rule.bands, strict=True) if locus != "v"]
    return len(rule.loci) > 1 and all(_has(part, locus, band) for locus, band in named)


def _within_one(rule: CytoRule, part: KaryotypePart) -> bool:
    """inv(9)(p13p24), t(7;7)(p15;q34), del(11)(q23): every band of the row among those of the one chromosome."""
    own = {locus for locus in rule.loci if locus != "v"}
    if own != set(part.chromosomes):
        return False
    bands = [band for side in part.bands for band in side]
    if not bands and part.kind in ("del", "add"):
        return True  # del(11): which band was lost is not written, so it may be this one
    return all(any(fits_band(pattern, band) for band in bands) for pattern in rule.bands if pattern != "v")


def _is_reciprocal_alone(genome: Genome, rule: CytoRule, token: KaryotypeToken) -> bool:
    """der(9)t(9;22): the fusion lies on der(22), with the centromere of the gene whose 5' part points to it.

    Only of two chromosomes and a fusion within genes: a translocated enhancer works on either derivative.
    """
    five = genome.gene(rule.five) if rule.five else None
    der = token.parts[0] if token.kind == "der" and token.parts else None
    if five is None or der is None or len(der.chromosomes) != 1 or genome.is_locus(five.name):
        return False
    joined = {chrom for part in token.parts if part.kind in rule.kinds for chrom in part.chromosomes}
    if len(joined) != 2 or five.chrom not in joined:
        return False
    stays = (genome.arm(five.chrom, five.start) == "q") == (five.strand == "+")
    return (der.chromosomes[0] == five.chrom) is not stays


def _has(part: KaryotypePart, chromosome: str, pattern: str) -> bool:
    for index, name in enumerate(part.chromosomes):
        if name != chromosome:
            continue
        bands = part.bands[index] if index < len(part.bands) else ()
        if not part.bands or any(fits_band(pattern, band) for band in bands):
            return True
    return False


@lru_cache(maxsize=4096)
def fits_band(pattern: str, band: str) -> bool:
    """`q34` takes q34, q34.1 and q32~34; `p1[1-4]` any of its bands.

    >>> fits_band("q23", "q23.3"), fits_band("q2[1-3]", "q23~25"), fits_band("q23", "q2?3"), fits_band("q23", "q13")
    (True, True, True, False)
    """
    ends = [end for end in re.split("[~-]", band.replace("?", "")) if end]
    if not ends:
        return False
    arm = ends[0][0]
    ends = [end if end[0] in "pq" else arm + end for end in ends]
    if len(ends) == 2 and ends[0][0] == ends[1][0]:
        low, high = (re.match(r"\d+", end[1:]) for end in ends)
        if low and high and int(low[0]) <= int(high[0]):
            ends += [f"{arm}{number}" for number in range(int(low[0]), int(high[0]) + 1)]
    return any(re.match(pattern + r"(?!\d)", end) for end in ends)


def _token_finding(case: Case, rule: CytoRule, clone: KaryotypeClone | None, token: KaryotypeToken) -> Finding:
    strength, reasons = rule.strength, []
    cells = token.metaphases if token.metaphases is not None or clone is None else clone.metaphases
    if clone is not None and is_clonal(replace(clone, metaphases=cells), case.knowledge) is False:
        strength = downgrade(strength, "hint")
        reasons.append("too few metaphases for a clone")
    if token.uncertain:
        strength = downgrade(strength, "support")
        reasons.append("written as uncertain")
    if _is_reciprocal_alone(case.genome, rule, token):
        strength = downgrade(strength, "support")
        reasons.append("the derivative of the reciprocal product; the one with the fusion is not in it")
    if not any(part.bands for part in _parts(token)):
        strength = downgrade(strength, "support")
        reasons.append("no bands given")
    if strength != "proof":
        reasons.append("chromosome bands do not prove the fusion")
    if rule.note:
        reasons.append(rule.note)
    text = f"karyotype: {token.raw}"
    if cells is not None:
        text += f" in {cells} metaphase{'s' if cells != 1 else ''}"
    return Finding(
        source="karyotype",
        five=rule.five,
        three=rule.three,
        strength=strength,
        text=f"{text}: {'; '.join(reasons)}" if reasons else text,
        code=Code.EVIDENCE_FOUND if strength == "proof" else Code.KARYOTYPE_ONLY,
        leaning=rule.leaning,
        evidence=Evidence(
            "karyotype",
            token.raw,
            SHEET,
            clone.raw if clone else token.raw,
            rule.id,
            {"metaphases": cells} if cells else {},
        ),
        overruled_by=rule.overruled_by,
    )


# ---------------------------------------------------------------- FISH


def _of_fish(case: Case, rules: Sequence[CytoRule]) -> Iterator[Finding]:
    assert case.karyotype is not None
    for probe in case.karyotype.fish:
        genes = _genes(case.genome, probe)
        for rule in rules:
            if rule.is_fish and set(rule.loci) == genes and _shows(case, rule, probe):
                yield _fish_finding(case, rule, probe)
    for rule in rules:
        if rule.kinds[0] == "sep":
            yield from _one_end_lost(case, rule)


def _shows(case: Case, rule: CytoRule, probe: FishProbe) -> bool:
    """The pattern of the row; more signals than whole chromosomes bring are an amplification, counted or not."""
    if probe.pattern in rule.kinds:
        return True
    if rule.kinds[0] != "amp" or probe.end or not probe.pattern.startswith("x"):
        return False
    many = case.knowledge.value(cutoffs.REARRANGEMENTS_FISH_AMPLIFIED)
    return (probe.signals_low or 0) >= many and not _many_elsewhere(case, rule, many)


def _many_elsewhere(case: Case, rule: CytoRule, many: float) -> bool:
    """As many signals of a gene on another chromosome: many chromosomes, no amplification."""
    own = case.genome.gene(rule.loci[0])
    fish = case.karyotype.fish if case.karyotype is not None else ()
    genes = [case.genome.gene(name) for p in fish if (p.signals_low or 0) >= many for name in _genes(case.genome, p)]
    return own is not None and any(gene is not None and gene.chrom != own.chrom for gene in genes)


def _one_end_lost(case: Case, rule: CytoRule) -> Iterator[Finding]:
    """5'KMT2Ax2,3'KMT2Ax1: a break with loss of what lay behind it, or a deletion that begins in the gene."""
    assert case.karyotype is not None
    for raw in dict.fromkeys(probe.raw for probe in case.karyotype.fish):
        ends = {
            probe.end: probe
            for probe in case.karyotype.fish
            if probe.raw == raw and probe.end and _genes(case.genome, probe) == set(rule.loci)
        }
        five, three = ends.get("5'"), ends.get("3'")
        if five is None or three is None or five.signals_low == three.signals_low:
            continue
        fewer = "3'" if (three.signals_low or 0) < (five.signals_low or 0) else "5'"
        finding = _fish_finding(case, rule, five)
        yield replace(
            finding,
            strength=downgrade(finding.strength, "support" if fewer == "3'" else "hint"),
            leaning=finding.leaning if fewer == "3'" else "unclear",
            text=f"{finding.text}: the {fewer} signal is lost, as an unbalanced rearrangement or a deletion would do",
            code=Code.EVIDENCE_INCOMPLETE,
        )


def _genes(genome: Genome, probe: FishProbe) -> set[str]:
    return {genome.symbol(name) for name in probe.gene.split(";")}


def _fish_finding(case: Case, rule: CytoRule, probe: FishProbe) -> Finding:
    strength, reasons = rule.strength, []
    share = probe.share
    if share is not None and share < case.knowledge.value(cutoffs.REARRANGEMENTS_FISH_MIN_SHARE):
        strength = downgrade(strength, "hint")
        reasons.append(f"only {share:.1%} of cells, which may be background")
    if rule.note:
        reasons.append(rule.note)
    return Finding(
        source="fish",
        five=rule.five,
        three=rule.three,
        strength=strength,
        text=f"FISH: {probe.raw}" + (f": {'; '.join(reasons)}" if reasons else ""),
        code=Code.EVIDENCE_FOUND if strength == "proof" else Code.EVIDENCE_INCOMPLETE,
        leaning=rule.leaning if strength != "hint" else "unclear",
        evidence=Evidence("karyotype", f"FISH {probe.raw}", SHEET, probe.raw, rule.id),
        overruled_by=rule.overruled_by,
        share=share,
    )


# ---------------------------------------------------------------- negatives


def fish_negative(case: Case, lesion: str) -> Reason | None:
    """Both probes of a fusion scored in the same cells and none together, or a break-apart probe that is whole."""
    assert case.karyotype is not None
    needed = case.knowledge.value(cutoffs.REARRANGEMENTS_FISH_MIN_CELLS)
    rules = cyto_rules(case.knowledge, lesion)
    for raw in dict.fromkeys(probe.raw for probe in case.karyotype.fish):
        probes = [probe for probe in case.karyotype.fish if probe.raw == raw]
        if min(probe.scored or 0 for probe in probes) < needed or any(p.cells != p.scored for p in probes):
            continue
        for rule in rules:
            if rule.kinds[0] == "amp" or not rule.is_fish:
                continue
            if _is_normal(case.genome, rule, probes) and _is_whole_lesion(rules, rule):
                return Reason(Code.LOOKED_AND_NOT_FOUND, f"FISH of {' and '.join(rule.loci)} is normal ({raw})")
    return None


def _is_normal(genome: Genome, rule: CytoRule, probes: Sequence[FishProbe]) -> bool:
    """Two signals of both genes and none together; or both ends of one gene together, twice.

    A break-apart probe with nothing to tell is written with the gene alone: nuc ish(KMT2Ax2)[200] (ISCN 2020).
    """
    if rule.kinds[0] == "con":
        separate = [probe for probe in probes if probe.pattern == "x2"]
        return len(separate) == len(probes) and all({gene} in [_genes(genome, p) for p in probes] for gene in rule.loci)
    of_gene = [probe for probe in probes if _genes(genome, probe) == set(rule.loci)]
    whole = [probe for probe in of_gene if probe.pattern == "con" or (len(of_gene) == len(probes) == 1)]
    return bool(whole) and all(p.signals_low == 2 == p.signals_high and p.pattern in ("con", "x2") for p in probes)


def _is_whole_lesion(rules: Sequence[CytoRule], rule: CytoRule) -> bool:
    """Does this probe show every form of the lesion? One of many partners excluded excludes nothing."""
    fusions = {(r.five, r.three) for r in rules}
    if rule.kinds[0] == "con":
        return fusions == {(rule.five, rule.three)}
    return all(rule.loci[0] in fusion for fusion in fusions)


def karyotype_negative(case: Case, lesion: str) -> Reason | None:
    """Enough metaphases of an abnormal clone, each of whose abnormalities has a name, and none is of this lesion."""
    karyotype = case.karyotype
    assert karyotype is not None
    if sees(case, lesion).get("karyotype") != "D" or karyotype.unread or any(c.mosaic for c in karyotype.clones):
        return None
    clones = [clone for clone in acquired_clones(karyotype) if is_clonal(clone, case.knowledge)]
    if not clones or (karyotype.metaphases or 0) < case.knowledge.value(cutoffs.KARYOTYPE_MIN_METAPHASES_NORMAL):
        return None
    if sum(clone.metaphases or 0 for clone in clones) < case.knowledge.value(cutoffs.KARYOTYPE_MIN_METAPHASES_ABNORMAL):
        return None
    tokens = [token for clone in clones for token in clone.tokens if not token.constitutional]
    if any(clone.incomplete or clone.low is None for clone in clones) or any(_is_obscure(token) for token in tokens):
        return None
    return Reason(
        Code.LOOKED_AND_NOT_FOUND,
        f"{karyotype.metaphases} metaphases with an abnormal leukaemic clone, every abnormality named, and none of"
        " this lesion; a cryptic or insertional one is not excluded",
    )


def _is_obscure(token: KaryotypeToken) -> bool:
    """An abnormality that may hide the lesion: markers, added material, derivatives of unknown make."""
    kinds = {token.kind, *(part.kind for part in token.parts)}
    if token.kind == "der" and len(token.parts) == 1:
        return True
    if any(_lacks_a_band(part) for part in token.parts):
        return True  # which bands were joined is not written
    return bool(kinds & UNNAMED) or token.uncertain or "?" in token.chromosomes


def _lacks_a_band(part: KaryotypePart) -> bool:
    joined = len(part.chromosomes)
    return joined > 1 and (len(part.bands) < joined or not all(part.bands))
