"""From two observations of one change to its category.

A change is compared by its cell fraction (CCF) with 95 % intervals. `gained` and `lost` speak of absence, so
they need the other sample's power: enough reads that a VAF of 1 % would have shown, and an upper limit of
the cell fraction below 5 %. Where that is not so, the category says `…_or_below_limit`. Where the other sample has no
input that could tell, nothing is said: `undetermined`. The limits are defaults of ours, see
docs/defaults.md.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import lru_cache
from typing import Any, Literal

from annotate.base.frozen import frozen
from annotate.base.probability import binomial_tail
from annotate.knowledge import cutoffs
from annotate.knowledge.tables import Knowledge
from annotate.read.alignments.detection import reads_needed

EVOLUTION_SCHEMA_VERSION = "1.0"  # of evolution.json

Category = Literal[
    "preserved",
    "gained",
    "gained_or_below_limit",
    "lost",
    "lost_or_below_limit",
    "rising",
    "falling",
    "stable",
    "undetermined",
]

MIRROR: dict[str, Category] = {
    "gained": "lost",
    "gained_or_below_limit": "lost_or_below_limit",
    "rising": "falling",
}
ORDER: Sequence[Category] = (
    "gained", "gained_or_below_limit", "rising", "preserved", "stable", "falling", "lost_or_below_limit", "lost",
    "undetermined",
)  # fmt: skip


@frozen
class Seen:
    """One change at one time point.

    `present`: True, False (looked at, no credible read) or None (not looked at, or not known to have been).
    `low`, `high`: 95 % interval of the uncapped CCF. `error_rate`: of the file that was counted.
    """

    present: bool | None
    vaf: float | None = None
    depth: int | None = None
    alt_reads: int | None = None
    ccf: float | None = None
    low: float | None = None
    high: float | None = None
    multiplicity: int | None = None
    label: str = "undetermined"
    source: str | None = None  # report, alignments, vcf
    error_rate: float | None = None
    notes: tuple[str, ...] = ()
    no_input: bool = False  # no file of this time point could tell at all

    @property
    def state(self) -> str:
        """The state of the event at this time point, in the words of a lesion's states."""
        if self.present is None:
            return "not_assessable"
        if not self.present:
            return "not_detected"
        return "detected_subclonal" if self.label == "subclonal" else "detected"

    def as_dict(self) -> dict[str, Any]:
        """The cell of an event's row in the evolution JSON; fractions are rounded."""
        return {
            "vaf": _rounded(self.vaf),
            "depth": self.depth,
            "ccf": _rounded(self.ccf),
            "ccf_interval": None if self.low is None else [_rounded(self.low), _rounded(self.high)],
            "state": self.state,
            "alt_reads": self.alt_reads,
            "multiplicity": self.multiplicity,
            "clonality": self.label,
            "source": self.source,
        }


@frozen
class Verdict:
    """A category with its reasons; `power`: what the silent time point could have shown."""

    category: Category
    reasons: tuple[str, ...] = ()
    power: dict[str, Any] | None = None


def compare_seen(earlier: Seen, later: Seen, names: tuple[str, str], knowledge: Knowledge) -> Verdict:
    """The category of one change between two time points. `names` are for the reasons."""
    if not earlier.present and not later.present:
        return Verdict("undetermined", (f"seen neither at {names[0]} nor at {names[1]}",))
    if later.present and not earlier.present:
        return _appeared(earlier, later, names, knowledge)
    if earlier.present and not later.present:
        return _mirrored(_appeared(later, earlier, (names[1], names[0]), knowledge))
    return _both(earlier, later, names, knowledge)


def _mirrored(verdict: Verdict) -> Verdict:
    return Verdict(MIRROR.get(verdict.category, verdict.category), verdict.reasons, verdict.power)


def _appeared(absent: Seen, present: Seen, names: tuple[str, str], knowledge: Knowledge) -> Verdict:
    """Seen at one time point and not at the other: is the absence a statement?"""
    if absent.no_input:
        return Verdict("undetermined", absent.notes or (f"no input of {names[0]} could tell",))
    power = power_of(absent, knowledge)
    named = {"timepoint": names[0], **power} if power else {"timepoint": names[0], "enough": False}
    if absent.present is None:
        why = absent.notes or (f"the reads of {names[0]} at this place are not known",)
        return Verdict("gained_or_below_limit", why, named)
    if power is None or not power["enough"]:
        text = (
            f"{absent.depth or 0:,} reads at {names[0]} show a VAF of {power['vaf'] if power else 0.01:.0%} with a"
            f" power of {power['power'] if power else 0:.0%}; a smaller clone may have been there"
        )
        return Verdict("gained_or_below_limit", (text, *absent.notes), named)
    return _excluded(absent, present, names, named, knowledge)


def _excluded(
    absent: Seen, present: Seen, names: tuple[str, str], power: dict[str, Any], knowledge: Knowledge
) -> Verdict:
    """The depth would have shown it; the cell fractions must say so too."""
    limit, least = knowledge.value(cutoffs.EVOLUTION_ABSENT_HIGH), knowledge.value(cutoffs.EVOLUTION_PRESENT_LOW)
    shown = f"{absent.depth:,} reads at {names[0]} would have shown a VAF of {power['vaf']:.0%}"
    if absent.high is None:
        return _without_purity(present, names, shown, power, least)
    if absent.high >= limit:
        text = f"{shown}, but at its purity up to {absent.high:.0%} of the leukaemic cells may have carried it"
        return Verdict("gained_or_below_limit", (text, *absent.notes), power)
    if present.low is None:
        enough = present.vaf is not None and 2 * present.vaf > least
        if not enough:
            return Verdict("gained_or_below_limit", (f"the cell fraction at {names[1]} is not known",), power)
    elif present.low <= least:
        return _minor(absent, present, names, shown, power, knowledge)
    text = f"{shown}; less than {absent.high:.1%} of the leukaemic cells carried it"
    return Verdict("gained", (text, *absent.notes), power)


def _without_purity(present: Seen, names: tuple[str, str], shown: str, power: dict[str, Any], least: float) -> Verdict:
    """No cell fraction where it is absent: the VAF alone is compared, and that is said."""
    text = f"the purity of {names[0]} is not known, so this is said of the VAF and not of the cell fraction"
    low = present.low if present.low is not None else (2 * present.vaf if present.vaf is not None else None)
    if low is None or low <= least:
        return Verdict("gained_or_below_limit", (shown, text), power)
    return Verdict("gained", (shown, text), power)


def _minor(
    absent: Seen, present: Seen, names: tuple[str, str], shown: str, power: dict[str, Any], knowledge: Knowledge
) -> Verdict:
    """Absent with power, and in few cells where it is present: a difference, but not a new clone of some size."""
    text = (
        f"{shown}; at {names[1]} as few as {present.low:.1%} of the leukaemic cells may carry it,"
        f" below the {knowledge.value(cutoffs.EVOLUTION_PRESENT_LOW):.0%} that `gained` or `lost` asks for"
    )
    if _above(present, absent, knowledge):
        return Verdict("rising", (text,), power)
    return Verdict("undetermined", (text, "the intervals of the cell fraction overlap"), power)


def _both(earlier: Seen, later: Seen, names: tuple[str, str], knowledge: Knowledge) -> Verdict:
    """Seen at both time points."""
    if earlier.vaf is None and later.vaf is None:
        text = "found at both time points; without allele counts a rise or a fall cannot be told"
        return Verdict("preserved", (text,))
    if earlier.ccf is None or later.ccf is None:
        missing = " and ".join(name for name, seen in zip(names, (earlier, later), strict=True) if seen.ccf is None)
        text = f"found at both time points; no cell fraction at {missing}, so a rise or a fall cannot be told"
        return Verdict("undetermined", (text,))
    if earlier.low is None or later.low is None:
        text = "found at both time points; the depth is not known, so the cell fractions have no interval"
        return Verdict("undetermined", (text,))
    if _above(later, earlier, knowledge):
        return Verdict("rising", (_change(earlier, later, names),))
    if _above(earlier, later, knowledge):
        return Verdict("falling", (_change(earlier, later, names),))
    clonal = knowledge.value(cutoffs.EVOLUTION_PRESERVED_CCF)
    if min(earlier.ccf, later.ccf) >= clonal:
        wide = [name for name, seen in zip(names, (earlier, later), strict=True) if _wide(seen, knowledge)]
        if wide:
            return Verdict("undetermined", (f"the cell fraction at {' and '.join(wide)} is too uncertain",))
        return Verdict("preserved", (_change(earlier, later, names),))
    if _within(earlier, later, knowledge):
        return Verdict("stable", (_change(earlier, later, names),))
    text = f"{_change(earlier, later, names)}: the intervals leave open whether it rose, fell or stayed"
    return Verdict("undetermined", (text,))


def _wide(seen: Seen, knowledge: Knowledge) -> bool:
    """A point above the limit whose interval neither stays above it nor reaches all cells, or is too wide to tell."""
    if seen.low is None or seen.high is None:
        return True
    clonal, least = knowledge.value(cutoffs.EVOLUTION_PRESERVED_CCF), knowledge.value(cutoffs.CLONALITY_CLONAL_MIN_LOW)
    return seen.low < least or (seen.low < clonal and seen.high < 1)


def _above(high: Seen, low: Seen, knowledge: Knowledge) -> bool:
    """Lower limit of one above the upper limit of the other, and the stated fold change between the points."""
    if high.low is None or low.high is None or high.ccf is None or low.ccf is None:
        return False
    return high.low > low.high and high.ccf >= knowledge.value(cutoffs.EVOLUTION_FOLD) * low.ccf


def _within(earlier: Seen, later: Seen, knowledge: Knowledge) -> bool:
    """The 95 % interval of the fold change lies within the stated fold: errors in quadrature on the log scale."""
    one, two = _log_errors(earlier), _log_errors(later)
    if one is None or two is None:
        return False
    change = math.log((later.ccf or 0) / (earlier.ccf or 1))
    low = change - math.hypot(two[0], one[1])
    high = change + math.hypot(two[1], one[0])
    limit = math.log(knowledge.value(cutoffs.EVOLUTION_FOLD))
    return -limit < low and high < limit


def _log_errors(seen: Seen) -> tuple[float, float] | None:
    """Distances from the point to the ends of the interval, on the log scale."""
    if not seen.ccf or not seen.low or not seen.high:
        return None
    middle = min(max(seen.ccf, seen.low), seen.high)
    return math.log(middle / seen.low), math.log(seen.high / middle)


def _change(earlier: Seen, later: Seen, names: tuple[str, str]) -> str:
    return f"CCF {_ccf(earlier)} at {names[0]}, {_ccf(later)} at {names[1]}"


def _ccf(seen: Seen) -> str:
    if seen.ccf is None:
        return "unknown"
    interval = f" ({seen.low:.2f}–{min(seen.high or 0, 1):.2f})" if seen.low is not None else ""
    return f"{seen.ccf:.2f}{interval}"


# ---------------------------------------------------------------- power and traces


def power_of(seen: Seen, knowledge: Knowledge) -> dict[str, Any] | None:
    """Power of these reads to show the VAF that `gained` asks for; None where the depth is not known."""
    if seen.depth is None:
        return None
    vaf, wanted = knowledge.value(cutoffs.EVOLUTION_POWER_VAF), knowledge.value(cutoffs.EVOLUTION_POWER)
    rate = seen.error_rate if seen.error_rate is not None else knowledge.value(cutoffs.PILEUP_ERROR_RATE)
    power = binomial_tail(_needed(seen.depth, rate, knowledge), seen.depth, vaf) if seen.depth else 0.0
    return {"vaf": vaf, "depth": seen.depth, "power": _rounded(power), "enough": power >= wanted}


@lru_cache(maxsize=65536)
def _needed(depth: int, rate: float, knowledge: Knowledge) -> int:
    return reads_needed(depth, rate, knowledge)


def is_trace(alt: int, depth: int, error_rate: float | None, knowledge: Knowledge) -> bool:
    """Do so few reads show a change that is known from the other time point, or may they be errors?"""
    if alt < knowledge.value(cutoffs.EVOLUTION_TRACE_READS):
        return False
    rate = error_rate if error_rate is not None else knowledge.value(cutoffs.EVOLUTION_ERROR_RATE)
    return binomial_tail(alt, depth, rate) < knowledge.value(cutoffs.EVOLUTION_TRACE_ALPHA)


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 4)
