"""Rows of single tests as what the rules read: fusions, FISH of ISCN, facts of the two sheets."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from annotate.knowledge import cutoffs
from annotate.knowledge.cutoffs import Cutoff
from annotate.knowledge.tables import Knowledge
from annotate.model.bench_results import BenchMethod, BenchResult, BenchWord
from annotate.model.fusions import TARGETED, Fusion
from annotate.model.remark import Remark, RemarkCode, Speaks
from annotate.model.sample import Antigen, Patient, Sample

_SIGNALS = {
    BenchWord.LOSS: "x1",
    BenchWord.HOMOZYGOUS_LOSS: "x0",
    BenchWord.NORMAL: "x2",
    BenchWord.AMPLIFIED: "x5~10",
}
_ANTIGEN: dict[BenchWord | None, Antigen] = {
    BenchWord.POSITIVE: "positive",
    BenchWord.DIM: "dim",
    BenchWord.NEGATIVE: "negative",
}


def fusions_of(results: Iterable[BenchResult]) -> tuple[Fusion, ...]:
    """Positive RT-PCR: the fusion, as a targeted assay shows it."""
    found = []
    for result in results:
        if result.method is BenchMethod.RT_PCR and result.word is BenchWord.POSITIVE:
            five, _, three = result.target.partition("::")
            found.append(
                Fusion(five, three, "RT-PCR", flags=(TARGETED,), file=result.file, record=result.record,
                       callers=("RT-PCR",))
            )  # fmt: skip
    return tuple(found)


def iscn_of(results: Iterable[BenchResult]) -> tuple[str, ...]:
    """FISH as ISCN writes what it shows, one text a row. Signals and nuclei that are not stated are not invented.

    A negative row gives none: it excludes by `bench_targets`, and how many signals a gene had is not in it.

    >>> row = BenchResult(BenchMethod.FISH, "BCR::ABL1", BenchWord.POSITIVE, cells=(180, 200))
    >>> iscn_of([row])
    ('nuc ish(ABL1 con BCRx1)[180/200]',)
    """
    return tuple(text for result in results if result.method is BenchMethod.FISH and (text := _iscn(result)))


def _iscn(result: BenchResult) -> str:
    five, _, three = result.target.partition("::")
    seen = f"[{result.cells[0]}/{result.cells[1]}]" if result.cells is not None else ""
    scored = f"[{result.cells[1]}]" if result.cells is not None else ""
    if result.word in (BenchWord.NEGATIVE, BenchWord.INTACT) or result.word is None:
        return ""
    if result.word is BenchWord.POSITIVE:
        return f"nuc ish({three} con {five}x1){seen}"
    if result.word is BenchWord.SPLIT:
        return f"nuc ish(5'{five} sep 3'{five}x1){seen}"
    return f"nuc ish({five}{_SIGNALS[result.word]}){scored if result.word is BenchWord.NORMAL else seen}"


def patient_of(patient: Patient | None, results: Iterable[BenchResult], name: str) -> Patient | None:
    """The clinical facts with antigens by flow cytometry; what the clinical sheet states stays."""
    told = {r.target: _ANTIGEN[r.word] for r in results if r.method is BenchMethod.FLOW and r.word in _ANTIGEN}
    if not told:
        return patient
    known = patient if patient is not None else Patient(name)
    return replace(known, cd19=known.cd19 or told.get("CD19"), cd22=known.cd22 or told.get("CD22"))


def sample_of(sample: Sample, results: Iterable[BenchResult]) -> Sample:
    """The sample with its DNA index by flow cytometry, where the sheet states none."""
    values = [r.value for r in results if r.method is BenchMethod.FLOW and r.value is not None]
    return replace(sample, dna_index=values[0]) if values and sample.dna_index is None else sample


# ---------------------------------------------------------------- what a row states twice

# Words that exclude, and the share of nuclei from which abnormal ones are no background.
_NORMAL: dict[BenchWord | None, Cutoff[float]] = {
    BenchWord.NEGATIVE: cutoffs.REARRANGEMENTS_FISH_MIN_SHARE,
    BenchWord.INTACT: cutoffs.REARRANGEMENTS_FISH_MIN_SHARE,
    BenchWord.NORMAL: cutoffs.GENES_MIN_FISH_SHARE,
}


def contradicts_itself(result: BenchResult, knowledge: Knowledge) -> bool:
    """Is a FISH row normal by its word and abnormal by its nuclei?"""
    threshold = _NORMAL.get(result.word) if result.method is BenchMethod.FISH else None
    share = result.abnormal_share
    return threshold is not None and share is not None and share >= knowledge.value(threshold)


def doubts_of(results: Iterable[BenchResult], knowledge: Knowledge) -> tuple[Remark, ...]:
    """A remark for each FISH row whose word and nuclei do not agree: its nuclei would speak for the lesion."""
    found = []
    for result in results:
        if result.cells is not None and contradicts_itself(result, knowledge):
            abnormal, scored = result.cells
            found.append(
                Remark(
                    kind="bench_results",
                    file=result.file,
                    record=result.record,
                    code=RemarkCode.COUNTS_DISAGREE,
                    reason=f"{result.word} with {abnormal} of {scored} nuclei abnormal",
                    speaks=Speaks.FOR,
                    genes=tuple(result.target.split("::")),
                    would=f"FISH of {result.target} abnormal",
                )
            )
    return tuple(found)
