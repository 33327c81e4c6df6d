"""What the rules of high hyperdiploidy share: the limits of the count, and the patterns of gained chromosomes."""

from __future__ import annotations

from collections.abc import Mapping

from annotate.knowledge import cutoffs
from annotate.knowledge.specs.copy_number import PloidyPatternRow
from annotate.knowledge.tables import Knowledge
from annotate.model.details import LesionDetails
from annotate.model.state import Code, Reason

ID = "high_hyperdiploidy"
ALLELES = "allele-specific copy number (whole genome or SNP array)"
MASKED = "masked hypodiploidy is not excluded: without alleles a doubled hypodiploid clone looks the same"


def limits(knowledge: Knowledge) -> tuple[int, int]:
    """Fewest and most chromosomes of high hyperdiploidy: `hyperdiploidy.min`, `hyperdiploidy.max`."""
    return knowledge.value(cutoffs.HYPERDIPLOIDY_MIN), knowledge.value(cutoffs.HYPERDIPLOIDY_MAX)


def patterns(copies: Mapping[str, int], knowledge: Knowledge) -> LesionDetails:
    """Which chromosomes are gained, and the patterns of COG and UKALL."""
    gained = [c for c, total in copies.items() if total >= 3 and c != "Y"]
    if copies.get("X", 0) == 2 and copies.get("Y", 0) >= 1:
        gained.append("X")
    named = named_patterns(knowledge)
    good = named.get("ukall_heh_good", ())
    poor = named.get("ukall_heh_poor", ())
    with_good = [c for c in good if c in gained]
    with_poor = [c for c in poor if c in gained]
    return {
        "gained": gained,
        "double_trisomy_4_10": all(c in gained for c in named.get("heh_double_trisomy", ())),
        "triple_trisomy_4_10_17": all(c in gained for c in named.get("heh_triple_trisomy", ())),
        "ukall_good_risk": len(with_good) == len(good) or (len(with_good) == 1 and not with_poor),
        "ukall_gained": with_good,
        "ukall_against": with_poor,
    }


def named_patterns(knowledge: Knowledge) -> Mapping[str, tuple[str, ...]]:
    """Chromosomes of each named pattern of gains, from `ploidy_patterns`."""
    found: dict[str, tuple[str, ...]] = {}
    for row in knowledge.rows(PloidyPatternRow):
        found[row.pattern] = (*found.get(row.pattern, ()), row.chrom)
    return found


def pattern_reasons(copies: Mapping[str, int], knowledge: Knowledge) -> list[Reason]:
    """Notes on the gains that trials give weight: +4 +10 (+17), and the good-risk pattern of UKALL."""
    data = patterns(copies, knowledge)
    words = []
    if data["double_trisomy_4_10"]:
        words.append("+4 and +10" + (" and +17" if data["triple_trisomy_4_10_17"] else ""))
    if data["ukall_good_risk"]:
        words.append(
            "the good-risk pattern of UKALL (+"
            + " +".join(data["ukall_gained"])
            + ("" if len(data["ukall_gained"]) > 1 else " without +5 and +20")
            + ")"
        )
    return [Reason(Code.NOTE, f"favourable gains: {'; '.join(words)}")] if words else []


def gained_text(copies: Mapping[str, int]) -> str:
    """The autosomes with three copies or more, in words."""
    extra = [c for c, total in copies.items() if c not in ("X", "Y") and total >= 3]
    return "gains of " + ", ".join(extra) if extra else "no gained autosome"
