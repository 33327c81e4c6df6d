"""A run that stops before its jobs: what earlier runs left must still be of the files that the sheet names."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from pathlib import Path

from annotate.base.errors import InputError
from annotate.base.settings import Settings
from annotate.model.sample import Patient, Sample
from annotate.read.sheets import read_patients, read_with_faults
from annotate.run.batch import by_patient
from annotate.run.contents import Contents
from annotate.run.made_from import made_from
from annotate.run.outputs import forget, made, remembered


def withdraw_refused(
    store: Path, out: Path, sheet: Path, clinical: Path | None, settings: Settings, contents: Contents
) -> list[str]:
    """Remove what was written for rows with a fault and for rows whose sources changed, and the cohort's files, which
    show them; ids of these samples. `store` remembers the samples of the last run in this work folder.

    Errors: InputError for a sheet that cannot be read at all: it says nothing of any sample.
    """
    samples, faulty = read_with_faults(sheet)
    facts = {patient.patient: patient for patient in read_patients(clinical)} if clinical else {}
    own = by_patient(samples)
    known = {sample.sample: sample for sample in samples}
    gone = []
    for id, patient in remembered(store).items():
        sample = known.get(id)
        others = [other for other in own[sample.patient] if other.sample != id] if sample else []
        current = sample and _digest(sample, facts.get(sample.patient), others, settings, contents) == made(out, id)
        if id in faulty or (sample and not current):
            forget(out, id, patient)
            gone.append(id)
    if gone:
        shutil.rmtree(out / "cohort", ignore_errors=True)
    return gone


def _digest(
    sample: Sample, patient: Patient | None, others: Sequence[Sample], settings: Settings, contents: Contents
) -> str:
    try:
        return made_from(sample, patient, others, settings, contents)
    except InputError:  # a file of it, or of an earlier sample, is gone
        return "cannot be read"
