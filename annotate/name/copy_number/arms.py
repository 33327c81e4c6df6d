"""Chromosomes gained and lost by the karyotyping probes of digitalMLPA.

Ratios are relative to reference probes of the same cells, so they count nothing: a diploid and a tetraploid clone look
alike, and the chromosomes that a near-haploid clone kept twice look gained (the manufacturer's words of MLPA,
http://mrc-et.com/index.php/en/prducts/hematologic-malignancies-general/chronic-lymphocytic-leukemia).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from annotate.base.chromosomes import AUTOSOMES
from annotate.base.frozen import frozen
from annotate.base.middle import median
from annotate.knowledge import cutoffs
from annotate.knowledge.tables import Knowledge
from annotate.model.copy_number import ArmProbe


@frozen
class RelativeChromosomes:
    """Autosomes with more and with fewer copies than the reference, on each arm that has probes."""

    gained: tuple[str, ...]
    lost: tuple[str, ...]
    judged: int  # autosomes with enough probes
    probes: int


def relative_chromosomes(probes: Iterable[ArmProbe], knowledge: Knowledge) -> RelativeChromosomes:
    """By the middle ratio of each arm with `mlpa.min_arm_probes` probes or more; arms that differ are neither."""
    arms = _middle_by_arm(probes, knowledge.value(cutoffs.MLPA_MIN_ARM_PROBES))
    low, high = knowledge.value(cutoffs.MLPA_HET_RATIO), knowledge.value(cutoffs.MLPA_GAIN_RATIO)
    ratios = {chrom: [arms[key] for key in ((chrom, "p"), (chrom, "q")) if key in arms] for chrom in AUTOSOMES}
    judged = {chrom: own for chrom, own in ratios.items() if own}
    return RelativeChromosomes(
        gained=tuple(chrom for chrom, own in judged.items() if min(own) > high),
        lost=tuple(chrom for chrom, own in judged.items() if max(own) < low),
        judged=len(judged),
        probes=len(tuple(probes)),
    )


def _middle_by_arm(probes: Iterable[ArmProbe], least: int) -> Mapping[tuple[str, str], float]:
    ratios: dict[tuple[str, str], list[float]] = {}
    for probe in probes:
        ratios.setdefault((probe.chrom, probe.arm), []).append(probe.ratio)
    return {arm: median(own) for arm, own in ratios.items() if len(own) >= least}
