"""Runs simulated karyotypes through a caller's dialect, the real reader, the profile and the lesion rules."""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path

from annotate.decide.case import Case
from annotate.decide.iamp21.lesion import iamp21
from annotate.decide.ploidy.hyperdiploidy import high_hyperdiploidy
from annotate.decide.ploidy.hypodiploidy import hypodiploidy
from annotate.knowledge.tables import Knowledge
from annotate.model.lesion import LesionCall
from annotate.model.sample import Patient, Sample
from annotate.model.state import Code, Reason, State
from annotate.name.copy_number.profile import chromosome_profile
from annotate.read.copy_number import read_copy_number
from annotate.reference.genome import Genome
from tests.makers.copy_number import Platform, file_name, write_segments
from tests.makers.karyotypes import Simulated, catalogue, truth

PURITIES = (0.2, 0.4, 0.7, 0.95)
NOISES = (0.02, 0.08)  # standard deviation of a segment's log2; half of it on the B-allele frequency
ALLELE_DIALECTS = ("purple", "ascat")
TOTAL_DIALECTS = ("cnvkit_cns", "ichorcna")
RATIO_DIALECTS = ("gatk_modelfinal",)  # log2 and B-allele frequency, copies fitted here
GAMMAS = (0.45, 0.55, 0.7, 1.0)  # compression of log2 by arrays
ARRAY_NOISE = 0.03  # of a segment's log2
ARRAY_OFFSET = 0.02


class Stated(StrEnum):
    """What the sheet says of an array."""

    BOTH = "gamma and purity"
    PURITY = "purity"
    NOTHING = "neither"


@dataclass(frozen=True, slots=True)
class Run:
    karyotype: Simulated
    dialect: str
    purity: float
    noise: float
    gamma: float | None = None  # of an array; None: sequenced
    stated: Stated = Stated.NOTHING

    @property
    def alleles(self) -> bool:
        return self.dialect not in TOTAL_DIALECTS

    @property
    def label(self) -> str:
        label = f"{self.karyotype.name} | {self.dialect} | purity {self.purity:g} | noise {self.noise:g}"
        if self.gamma is None:
            return label
        said = {Stated.BOTH: " stated", Stated.PURITY: ", purity stated", Stated.NOTHING: ""}
        return f"{label} | gamma {self.gamma:g}{said[self.stated]}"


@dataclass(frozen=True, slots=True)
class Outcome:
    run: Run
    hypodiploidy: LesionCall
    hyperdiploidy: LesionCall
    iamp21: LesionCall


def runs(
    karyotypes: Iterable[Simulated] | None = None,
    dialects: Iterable[str] = (*ALLELE_DIALECTS, *TOTAL_DIALECTS),
    purities: Iterable[float] = PURITIES,
    noises: Iterable[float] = NOISES,
) -> Iterator[Run]:
    for karyotype in karyotypes if karyotypes is not None else catalogue():
        for dialect in dialects:
            for purity in purities:
                for noise in noises:
                    yield Run(karyotype, dialect, purity, noise)


def array_runs(
    karyotypes: Iterable[Simulated] | None = None,
    dialects: Iterable[str] = (*RATIO_DIALECTS, "cnvkit_cns"),
    purities: Iterable[float] = PURITIES[1:],
    gammas: Iterable[float] = GAMMAS,
) -> Iterator[Run]:
    """Arrays: log2 compressed and shifted; the sheet states gamma and purity, purity alone, or neither."""
    for karyotype in karyotypes if karyotypes is not None else catalogue():
        for dialect in dialects:
            for purity in purities:
                for gamma in gammas:
                    for stated in Stated:
                        yield Run(karyotype, dialect, purity, ARRAY_NOISE, gamma, stated)


def outcome(run: Run, folder: Path, genome: Genome, knowledge: Knowledge, pieces: int = 4, draw: int = 0) -> Outcome:
    """Writes the file of one run into `folder`, reads it and calls the three lesions.

    `draw`: another draw of the noise.
    """
    karyotype = run.karyotype
    seed = zlib.crc32(run.label.encode()) + draw
    segments = truth(karyotype, genome, pieces)
    path = folder / file_name(run.dialect)
    platform = None if run.gamma is None else Platform(run.gamma, ARRAY_OFFSET)
    noise = run.noise * (run.gamma or 1.0)  # a compressed signal has compressed noise
    sex = karyotype.sex
    write_segments(run.dialect, path, segments, run.purity, None, sex, genome.assembly, noise, seed, platform)
    table, inputs = read_copy_number((path,), genome)
    # whole-genome files are written, so the assay is stated; the dialects' own bins are 1 kb
    sample = Sample(
        "S",
        "P",
        "diagnosis",
        genome.assembly,
        sex=sex,  # type: ignore[arg-type]
        assay="wgs" if run.gamma is None else "array",
        purity=run.purity if run.stated is not Stated.NOTHING else None,
        array_gamma=run.gamma if run.stated is Stated.BOTH else None,
    )
    profile = chromosome_profile(table, inputs, sample, genome, knowledge)
    patient = Patient("P", down_syndrome=karyotype.down_syndrome or None)
    case = Case(sample, genome, knowledge, patient=patient, profile=profile)
    hypo = hypodiploidy(case)
    fusion = _fusion(karyotype)
    case = replace(case, calls={"hypodiploidy": hypo, "etv6_runx1": fusion})
    return Outcome(run, hypo, high_hyperdiploidy(case), iamp21(case))


def _fusion(karyotype: Simulated) -> LesionCall:
    state = State.DETECTED if karyotype.etv6_runx1 else State.NOT_DETECTED
    code = Code.EVIDENCE_FOUND if karyotype.etv6_runx1 else Code.LOOKED_AND_NOT_FOUND
    return LesionCall("etv6_runx1", "ETV6::RUNX1", state, "given", (Reason(code, "given"),))


def faults(found: Outcome) -> list[str]:
    """What must never be said of this karyotype with this input; empty when all is well."""
    return [f"{found.run.label}: {text}" for text in (*_hypodiploidy(found), *_iamp21(found), *_hyperdiploidy(found))]


def _hypodiploidy(found: Outcome) -> Iterator[str]:
    run, call = found.run, found.hypodiploidy
    truth_positive = run.karyotype.hypodiploid
    if call.state is State.NOT_DETECTED and (truth_positive or not run.alleles):
        yield f"hypodiploidy not_detected ({call.summary})"
    if call.state.present and not truth_positive:
        yield f"hypodiploidy detected ({call.summary})"
    if call.state.present and not run.alleles:
        yield f"hypodiploidy detected from total copies alone ({call.summary})"
    if truth_positive and run.alleles and run.purity >= 0.4 and call.state is State.NOT_ASSESSABLE:
        yield f"hypodiploidy missed: {call.reasons[0].text}"


def _iamp21(found: Outcome) -> Iterator[str]:
    run, call = found.run, found.iamp21
    amplified = run.karyotype.kind in ("iamp21", "iamp21_atypical")
    if call.state.present and not amplified:
        yield f"iAMP21 detected ({call.summary})"
    if call.state is State.NOT_DETECTED and amplified:
        yield f"iAMP21 not_detected ({call.summary})"


def _hyperdiploidy(found: Outcome) -> Iterator[str]:
    run, call = found.run, found.hyperdiploidy
    if call.state.present and run.karyotype.kind != "hyperdiploid":
        yield f"high hyperdiploidy detected ({call.summary})"
    if call.state is State.NOT_DETECTED and run.karyotype.kind == "hyperdiploid":
        yield f"high hyperdiploidy not_detected ({call.summary})"
