"""Do karyotype, copy number and DNA index tell the same story? A disagreement is a finding of its own.

Normal metaphases beside an abnormal profile, a doubled clone, a wrong ploidy solution and a swapped sample all show
here first. Nothing here decides a lesion.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from annotate.knowledge import cutoffs
from annotate.knowledge.tables import Knowledge
from annotate.model.copy_number import CopyNumberProfile
from annotate.model.karyotype import Karyotype, KaryotypeClone
from annotate.model.state import Code, Reason
from annotate.read.karyotype.counts import acquired_clones, chromosome_copies, is_clonal, is_normal

NORMAL_COUNT = 46


def cross_check(
    karyotype: Karyotype | None, profile: CopyNumberProfile | None, dna_index: float | None, knowledge: Knowledge
) -> tuple[Reason, ...]:
    """Findings of the comparison: `EVIDENCE_CONFLICT` for a disagreement, `NOTE` for agreement or a doubled clone.

    `dna_index` is the DNA content of leukaemic to normal cells (1 is diploid). Nothing is compared with an input that
    is missing, and an input that says nothing gives no finding.
    """
    found: list[Reason] = []
    compared = False
    if karyotype is not None:
        found += _small_karyotype(karyotype, knowledge)
        if profile is not None and profile.modal_number is not None:
            compared = True
            found += _counts(karyotype, profile, knowledge)
        if profile is not None:
            found += _sex(karyotype, profile)
        if dna_index is not None and karyotype.clones:
            compared = True
            found += _index_against_karyotype(karyotype, dna_index, knowledge)
    if profile is not None and profile.ploidy is not None and dna_index is not None:
        compared = True
        found += _index_against_profile(profile, dna_index, knowledge)
    if compared and not any(reason.code is Code.EVIDENCE_CONFLICT for reason in found):
        found.append(Reason(Code.NOTE, f"{_listed(karyotype, profile, dna_index)} agree"))
    return tuple(found)


def _listed(karyotype: Karyotype | None, profile: CopyNumberProfile | None, dna_index: float | None) -> str:
    names = [
        name
        for name, there in (
            ("karyotype", karyotype is not None and bool(karyotype.clones)),
            ("copy number", profile is not None and (profile.modal_number is not None or profile.ploidy is not None)),
            ("DNA index", dna_index is not None),
        )
        if there
    ]
    return (", ".join(names[:-1]) + " and " + names[-1]).capitalize() if len(names) > 1 else "".join(names)


def _small_karyotype(karyotype: Karyotype, knowledge: Knowledge) -> Iterator[Reason]:
    """What the karyotype itself cannot show."""
    if not karyotype.clones:
        return
    least = knowledge.value(cutoffs.KARYOTYPE_MIN_METAPHASES_NORMAL)
    own = [clone for clone in karyotype.clones if not clone.donor]
    if own and all(is_normal(clone) for clone in own):
        number = karyotype.metaphases
        if number is not None and number < least:
            text = f"the normal karyotype rests on {number} metaphases, fewer than {least}"
            yield Reason(Code.NOTE, text, settles="more metaphases, FISH or an array")
    if not own:
        yield Reason(Code.NOTE, "all metaphases are of the donor: the karyotype says nothing of the leukaemia")
    for clone in own:
        if not is_normal(clone) and is_clonal(clone, knowledge) is False and not clone.composite:
            yield Reason(
                Code.NOTE,
                f"{_in_words(clone)} was seen in {clone.metaphases} metaphase{'s' if clone.metaphases != 1 else ''}"
                " only, too few for a clone",
                settles="FISH or more metaphases",
            )


def _counts(karyotype: Karyotype, profile: CopyNumberProfile, knowledge: Knowledge) -> Iterator[Reason]:
    """Chromosome counts, then single chromosomes of the clone that fits."""
    modal = profile.modal_number
    assert modal is not None
    tolerance = knowledge.value(cutoffs.KARYOTYPE_COUNT_TOLERANCE)
    clones = [clone for clone in acquired_clones(karyotype) if clone.low is not None]
    fitting = [clone for clone in clones if _fits(clone, modal, tolerance)]
    if fitting:
        yield from _chromosomes(fitting, profile, knowledge)
        return
    own = [clone for clone in karyotype.clones if not clone.donor and clone.low is not None]
    doubled = [clone for clone in clones if _doubles(clone, modal, tolerance)]
    if not own:
        return
    if not clones and abs(modal - NORMAL_COUNT) <= tolerance:
        yield from _chromosomes([clone for clone in own if is_normal(clone)], profile, knowledge)
        return
    yield Reason(
        Code.EVIDENCE_CONFLICT,
        _count_conflict(clones, doubled, modal) + _certainty(profile),
        settles="DNA index, or FISH for chromosomes that differ",
    )


def _fits(clone: KaryotypeClone, number: int, tolerance: int) -> bool:
    low = clone.low or 0
    return low - tolerance <= number <= (clone.high or low) + tolerance


def _doubles(clone: KaryotypeClone, number: int, tolerance: int) -> bool:
    low, high = clone.low or 0, clone.high or clone.low or 0
    twice = 2 * low - 2 * tolerance <= number <= 2 * high + 2 * tolerance
    half = low - 2 * tolerance <= 2 * number <= high + 2 * tolerance
    return twice or half


def _count_conflict(clones: Sequence[KaryotypeClone], doubled: Sequence[KaryotypeClone], modal: int) -> str:
    if doubled:
        return (
            f"copy number shows {modal} chromosomes and the karyotype {_in_words(doubled[0])}: one is the double of the"
            " other (a hypodiploid clone and its doubled form, or a wrong ploidy of the copy-number profile)"
        )
    if not clones:
        return (
            f"the karyotype is normal but copy number shows {modal} chromosomes: the metaphases may be of normal cells"
            " (a normal karyotype does not exclude hypodiploidy)"
        )
    counts = ", ".join(_in_words(clone) for clone in clones)
    return f"copy number shows {modal} chromosomes, the karyotype {counts}"


def _certainty(profile: CopyNumberProfile) -> str:
    return "" if profile.ploidy_certain else "; the ploidy of the copy-number profile is not certain"


def _in_words(clone: KaryotypeClone) -> str:
    if clone.low is None:
        return f"the clone {clone.raw[:40]!r}"
    count = str(clone.low) if clone.low == clone.high else f"{clone.low}~{clone.high}"
    return f"a clone of {count} chromosomes" if not is_normal(clone) else "a normal karyotype"


def _chromosomes(
    clones: Sequence[KaryotypeClone], profile: CopyNumberProfile, knowledge: Knowledge
) -> Iterator[Reason]:
    """Whole chromosomes of the best fitting clone against those of the profile."""
    best: list[str] | None = None
    for clone in clones:
        copies = chromosome_copies(clone)
        if copies is None:
            continue
        differences = [
            f"{chrom} (karyotype {number}, copy number {state.total})"
            for chrom, number in copies.items()
            if (state := profile.chromosomes.get(chrom)) is not None
            and state.total is not None
            and not state.subclonal
            and state.total != number
        ]
        if best is None or len(differences) < len(best):
            best = differences
    if best and len(best) >= knowledge.value(cutoffs.KARYOTYPE_CHROMOSOME_DIFFERENCES):
        yield Reason(
            Code.EVIDENCE_CONFLICT,
            f"chromosomes differ between karyotype and copy number: {', '.join(best)}{_certainty(profile)}",
            settles="FISH for these chromosomes",
        )


def _sex(karyotype: Karyotype, profile: CopyNumberProfile) -> Iterator[Reason]:
    """A Y chromosome in a patient without one: a swapped sample or a donor."""
    shown = {clone.sex for clone in karyotype.clones if not clone.donor and clone.sex and clone.sex != "U"}
    if not shown or profile.sex == "unknown":
        return
    has_y = any("Y" in sex for sex in shown)
    lost_y = any(token.chromosomes == ("Y",) for clone in karyotype.clones for token in clone.tokens)
    if has_y and profile.sex == "female":
        yield _sex_conflict("a Y chromosome", "female")
    if not has_y and not lost_y and profile.sex == "male" and any(sex.count("X") > 1 for sex in shown):
        yield _sex_conflict(f"{'/'.join(sorted(shown))} and no Y chromosome", "male")


def _sex_conflict(shown: str, sex: str) -> Reason:
    return Reason(
        Code.EVIDENCE_CONFLICT,
        f"the karyotype shows {shown}, the sample is {sex}: a swapped sample, a donor, or a wrong entry",
        settles="identity of the samples",
    )


def _index_against_karyotype(karyotype: Karyotype, dna_index: float, knowledge: Knowledge) -> Iterator[Reason]:
    tolerance = knowledge.value(cutoffs.KARYOTYPE_DNA_INDEX_TOLERANCE)
    own = [clone for clone in karyotype.clones if not clone.donor and clone.low is not None]
    clones = [clone for clone in own if not is_normal(clone)] or own
    if not clones:
        return
    for clone in clones:
        low, high = (clone.low or 0) / NORMAL_COUNT, (clone.high or clone.low or 0) / NORMAL_COUNT
        if low - tolerance <= dna_index <= high + tolerance:
            return
    counts = ", ".join(_in_words(clone) for clone in clones)
    yield Reason(
        Code.EVIDENCE_CONFLICT,
        f"a DNA index of {dna_index:g} is that of about {round(dna_index * NORMAL_COUNT)} chromosomes,"
        f" the karyotype shows {counts}",
        settles="copy number with alleles, or FISH",
    )


def _index_against_profile(profile: CopyNumberProfile, dna_index: float, knowledge: Knowledge) -> Iterator[Reason]:
    tolerance = knowledge.value(cutoffs.KARYOTYPE_DNA_INDEX_TOLERANCE)
    assert profile.ploidy is not None
    expected = profile.ploidy / 2
    if abs(expected - dna_index) > tolerance:
        yield Reason(
            Code.EVIDENCE_CONFLICT,
            f"the DNA index is {dna_index:g}; the copy-number profile (ploidy {profile.ploidy:.2f}) would give"
            f" {expected:.2f}" + _certainty(profile),
            settles="another ploidy solution of the copy-number caller",
        )
