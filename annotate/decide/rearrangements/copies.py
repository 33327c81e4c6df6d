"""What copy number says of a fusion: patterns that raise a suspicion and prove nothing."""

from __future__ import annotations

from annotate.decide.case import Case
from annotate.decide.rearrangements.findings import Finding
from annotate.knowledge.specs.rearrangements import CopyPatternRow
from annotate.model.state import Code
from annotate.name.copy_number.patterns import FusionPattern, fusion_patterns

BETWEEN = frozenset({"loss_between", "amplified_between"})


def copy_findings(case: Case, lesion: str) -> tuple[Finding, ...]:
    """Patterns of this lesion in the profile. Those in PAR1 need to know how Y was mapped."""
    if case.profile is None or not case.profile.segments:
        return ()
    patterns = fusion_patterns(case.profile, case.genome, case.knowledge)
    return tuple(_finding(case, pattern) for pattern in patterns if pattern.lesion == lesion)


def _finding(case: Case, pattern: FusionPattern) -> Finding:
    five, separator, three = pattern.pair.partition("::")
    blind = pattern.needs_par_mode and case.sample.par_mode == "unknown"
    text = f"{pattern.text}; how PAR1 was mapped is not stated, so it says nothing" if blind else pattern.text
    return Finding(
        source="copy_number",
        five=five if separator else five.split()[0],
        three=three,
        strength="note" if blind else ("support" if _names_both_ends(case, pattern) else "hint"),
        text=text,
        code=Code.BUILD_LIMITATION if blind else Code.EVIDENCE_INCOMPLETE,
        leaning=pattern.leaning,
        evidence=pattern.evidence[0] if pattern.evidence else None,
    )


def _names_both_ends(case: Case, pattern: FusionPattern) -> bool:
    """Do the ends of the change lie in both genes of the pair? Then it is evidence of its own beside a weak one."""
    rows = [row for row in case.knowledge.rows(CopyPatternRow) if row.pair == pattern.pair]
    whole = all(row.need == "all" for row in rows) or pattern.leaning == "likely"
    return "::" in pattern.pair and whole and all(row.shape in BETWEEN for row in rows)
