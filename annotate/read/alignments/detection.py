"""Detection limit of a count of reads: depth, error rate, reads needed."""

from __future__ import annotations

import math
from functools import lru_cache

from annotate.base.probability import binomial_tail
from annotate.knowledge import cutoffs
from annotate.knowledge.tables import Knowledge
from annotate.model.evidence import DetectionLimit

# ---------------------------------------------------------------- limits of detection


@lru_cache(maxsize=4096)
def detection_limit(depth: int, knowledge: Knowledge, error_rate: float | None = None) -> DetectionLimit | None:
    """The lowest VAF that this depth shows with 95 % power, rounded up to one significant digit.

    At least `pileup.min_alt_reads` reads are asked for; with an error rate, as many as the error model asks
    for. None where no VAF would do.

    >>> detection_limit(480, Knowledge.load()).vaf
    0.02
    """
    needed = knowledge.value(cutoffs.PILEUP_MIN_ALT_READS)
    if error_rate is not None:
        needed = reads_needed(depth, error_rate, knowledge)
    power = knowledge.value(cutoffs.PILEUP_POWER)
    if depth < needed:
        return None
    low, high = 0.0, 1.0
    for _ in range(50):
        middle = (low + high) / 2
        if binomial_tail(needed, depth, middle) < power:
            low = middle
        else:
            high = middle
    return DetectionLimit(vaf=_round_up(high), reads=depth)


def depth_needed(vaf: float, knowledge: Knowledge) -> int:
    """The least depth at which a VAF gives enough reads with the stated power (10 %: 89 reads, 5 %: 181…)."""
    needed, power = knowledge.value(cutoffs.PILEUP_MIN_ALT_READS), knowledge.value(cutoffs.PILEUP_POWER)
    low, high = needed, needed
    while binomial_tail(needed, high, vaf) < power:
        low, high = high, high * 2
    while low < high:
        middle = (low + high) // 2
        if binomial_tail(needed, middle, vaf) < power:
            low = middle + 1
        else:
            high = middle
    return high


def reads_needed(depth: int, error_rate: float, knowledge: Knowledge) -> int:
    """The fewest reads with one allele that error alone does not explain at this depth."""
    needed = knowledge.value(cutoffs.PILEUP_MIN_ALT_READS)
    alpha = knowledge.value(cutoffs.PILEUP_ALPHA)
    while needed <= depth and binomial_tail(needed, depth, error_rate) > alpha:
        needed += 1
    return needed


def _round_up(value: float) -> float:
    """Up to one significant digit: 0.0190 is 0.02, 0.0500 stays 0.05."""
    digits = -math.floor(math.log10(value))
    scaled = value * 10**digits
    return float(min(1.0, round(math.ceil(round(scaled, 6)) / 10**digits, digits)))
