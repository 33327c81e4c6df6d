"""Copy-number profiles from a few words, for tests of what shows or compares them."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from annotate.model.copy_number import ChromosomeState, CopyNumberProfile, Segment
from annotate.model.sample import Sex
from annotate.reference.genome import Genome

State = tuple[int, int]  # total, minor copies


def profile(
    genome: Genome,
    changed: Mapping[str, State],
    *,
    usual: State = (2, 1),
    sex: Sex = "female",
    purity: float = 0.8,
    pieces: Sequence[Segment] = (),
    alleles: bool = True,
    copies: bool = True,
    certain: bool = True,
) -> CopyNumberProfile:
    """Whole chromosomes at `usual` except those in `changed`; `pieces` replace all segments of their chromosomes."""
    own = {segment.chrom for segment in pieces}
    segments, states = list(pieces), {}
    for chrom in (*map(str, range(1, 23)), "X", "Y"):
        total, minor = changed.get(chrom, _sex_state(chrom, sex) or usual)
        if chrom not in own:
            segments.append(_segment(genome, chrom, total, minor, purity, alleles, copies))
        states[chrom] = ChromosomeState(chrom, total, minor if alleles else None, 1.0 if minor == 0 else 0.0, 1.0)
    order = {name: place for place, name in enumerate((*map(str, range(1, 23)), "X", "Y"))}
    segments.sort(key=lambda segment: (order[segment.chrom], segment.start))
    length = sum(segment.length for segment in segments)
    ploidy = sum(segment.length * (segment.total or 0) for segment in segments) / length
    retained = sum(1 if state.minor == 0 else 2 for name, state in states.items() if name not in ("X", "Y")) + 2
    return CopyNumberProfile(
        segments=tuple(segments),
        inputs=(),
        purity=purity,
        ploidy=ploidy if copies else None,
        purity_source="file",
        allele_specific=alleles,
        sex=sex,
        chromosomes=states,
        modal_number=sum(state.total or 0 for state in states.values()),
        retained_homologues=retained if alleles else None,
        loh_autosomes=sum(1 for state in states.values() if state.minor == 0),
        resolution=1000,
        noise=0.05,
        ploidy_certain=certain,
    )


def _sex_state(chrom: str, sex: str) -> State | None:
    if chrom == "Y":
        return (1, 0) if sex == "male" else (0, 0)
    return (1, 0) if chrom == "X" and sex == "male" else None


def _segment(genome: Genome, chrom: str, total: int, minor: int, purity: float, alleles: bool, copies: bool) -> Segment:
    base = purity * total + (1 - purity) * 2
    return Segment(
        chrom,
        1,
        genome.contig_lengths[chrom],
        log2=math.log2(max(base, 0.01) / 2),
        total=total if copies else None,
        minor=minor if alleles and copies else None,
        baf=(purity * (total - minor) + 1 - purity) / base if alleles and total else None,
    )
