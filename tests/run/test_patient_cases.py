"""Time points of one patient in one process: each is read once, while its files are the ones that were read."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path

import pytest

import annotate.run.sample
from annotate.base.settings import settings_of
from annotate.model.sample import Sample
from annotate.reference.genome import Genome
from annotate.run.batch import Job, report_one, run_batch
from annotate.run.patient_cases import PatientCases
from tests.makers.fusions import fusion_of, write_fusions


@pytest.fixture
def read(monkeypatch) -> list[str]:
    """Ids of the samples that were read and decided, in order."""
    found: list[str] = []
    decide = annotate.run.sample.decided_case

    def counted(sample, *rest):
        found.append(sample.sample)
        return decide(sample, *rest)

    monkeypatch.setattr(annotate.run.sample, "decided_case", counted)
    return found


def patient(folder: Path, name: str) -> list[Sample]:
    """Diagnosis and relapse, each with a fusion table of its own."""
    genome = Genome.load("GRCh38")
    made = []
    for timepoint, five, three in (("diagnosis", "ETV6", "RUNX1"), ("relapse", "BCR", "ABL1")):
        path = folder / f"{name}-{timepoint}.tsv"
        write_fusions("starfusion", path, [fusion_of(genome, five, three)])
        made.append(Sample(f"{name}-{timepoint}", name, timepoint, "GRCh38", fusions=(path,), assay="rnaseq"))
    return made


def jobs(samples: list[Sample]) -> list[Job]:
    return [(one, None, tuple(o for o in samples if o is not one and o.patient == one.patient)) for one in samples]


@pytest.mark.parametrize("order", [1, -1], ids=["as the sheet should be", "the relapse first"])
def test_a_sample_is_read_once_for_itself_and_for_a_later_one(tmp_path, read, order):
    samples = [one for name in ("P1", "P2") for one in patient(tmp_path, name)[::order]]
    settings = settings_of({"samples": "-"}, tmp_path)
    assert not run_batch(jobs(samples), settings, tmp_path / "together", tmp_path / "done").failed
    assert sorted(read) == sorted(one.sample for one in samples)
    for sample, person, others in jobs(samples):
        report_one(sample, person, others, settings, tmp_path / "alone")
        reports = [
            json.loads((tmp_path / way / sample.sample / f"{sample.sample}.report.json").read_text())
            for way in ("together", "alone")
        ]
        assert reports[0].pop("provenance")
        assert reports[1].pop("provenance")
        assert reports[0] == reports[1]


def test_a_file_that_was_replaced_is_read_again(tmp_path, read):
    diagnosis, relapse = patient(tmp_path, "P1")
    settings, cases = settings_of({"samples": "-"}, tmp_path), PatientCases()
    report_one(diagnosis, None, (relapse,), settings, tmp_path / "out", cases=cases)
    path, changed = diagnosis.fusions[0], tmp_path / "changed.tsv"
    shutil.copyfile(path, changed)
    with open(changed, "a", encoding="utf-8") as more:
        more.write(path.read_text(encoding="utf-8").splitlines()[1].replace("ETV6--RUNX1", "TCF3--PBX1") + "\n")
    os.replace(changed, path)
    report_one(relapse, None, (diagnosis,), settings, tmp_path / "out", cases=cases)
    assert read == ["P1-diagnosis", "P1-diagnosis", "P1-relapse"]


def test_cases_of_another_patient_are_let_go(tmp_path):
    settings, cases = settings_of({"samples": "-"}, tmp_path), PatientCases()
    for name in ("P1", "P2"):
        for sample in patient(tmp_path, name):
            cases.of(sample, None, settings)
    assert list(cases.found) == ["P2-diagnosis", "P2-relapse"]
