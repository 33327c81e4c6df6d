"""Everything that can be known of a batch without deciding a lesion: every row, every file, every fault."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

from annotate.base.errors import AllertError
from annotate.base.frozen import frozen
from annotate.base.settings import Settings
from annotate.knowledge.tables import Knowledge
from annotate.model.sample import InputFile, Patient, Sample
from annotate.read.sheets import INPUT_COLUMNS
from annotate.reference.genome import Genome
from annotate.run.sample import look, read_case

ALONE = ("regions", "germline_variants", *INPUT_COLUMNS)  # columns whose files are read by themselves


@frozen
class Looked:
    """What reading one row gave: what was read of each file, what is worth a look, what would stop its report."""

    sample: str
    inputs: tuple[InputFile, ...] = ()
    warnings: tuple[str, ...] = ()
    faults: tuple[str, ...] = ()


def look_at(sample: Sample, patient: Patient | None, settings: Settings, knowledge: Knowledge) -> Looked:
    """Read every file of a row as a report would, up to the first decision."""
    genome = Genome.load(sample.assembly, settings.reference.get(sample.assembly), settings.genome.get(sample.assembly))
    try:
        case = read_case(sample, patient, genome, knowledge, settings, lambda _: None)
        inputs, warnings = look(case)
        return Looked(sample.sample, inputs, (*warnings, *_gaps(sample)))
    except AllertError as error:
        faults = [str(error)]
    for part in _parts(sample):
        try:
            read_case(part, patient, genome, knowledge, settings, lambda _: None)
        except AllertError as error:
            faults.append(str(error))
    return Looked(sample.sample, faults=tuple(dict.fromkeys(faults)))


def _parts(sample: Sample) -> Iterator[Sample]:
    """The sample with one file alone, once for each: one bad file does not hide the next."""
    nothing: dict[str, Any] = {column: () if isinstance(getattr(sample, column), tuple) else None for column in ALONE}
    for column in ALONE:
        value = getattr(sample, column)
        for file in value if isinstance(value, tuple) else [value] if value is not None else []:
            only = {column: (file,) if isinstance(value, tuple) else file}
            yield replace(sample, **{**nothing, **only})


def _gaps(sample: Sample) -> Iterator[str]:
    """Cells without which no negative can be given."""
    if sample.assay in ("wes", "panel") and sample.regions is None:
        yield f"assay {sample.assay} without regions: nothing can be not_detected in the sequenced genes"
    if sample.assay is None and (sample.small_variants or sample.structural_variants):
        yield "no assay: what was looked at is unknown, so few lesions can be not_detected"


def look_at_all(samples: Sequence[Sample], patients: dict[str, Patient], settings: Settings) -> Iterator[Looked]:
    """Every row, in the order of the sheet."""
    knowledge = Knowledge.load(settings.knowledge)
    for sample in samples:
        yield look_at(sample, patients.get(sample.patient), settings, knowledge)
