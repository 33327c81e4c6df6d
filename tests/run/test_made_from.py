"""What a sample is made from: a changed source remakes exactly the samples that rest on it, and nothing else does."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from annotate.base.resources import resource_path
from annotate.base.settings import ReportSettings, Settings
from annotate.model.sample import Patient, Sample
from annotate.read.sheets.files import LIST_COLUMNS
from annotate.run import contents, made_from
from annotate.run.contents import Contents

ALL = {"D", "R", "O"}
KINDS = {  # column -> file; R is the relapse of D, O another patient
    "small_variants": "d.vcf",
    "structural_variants": "d.bedpe",
    "copy_number": "d.purple.cnv.somatic.tsv",
    "fusions": "d.fusions.tsv",
    "alignments": "d.bam",
    "germline_variants": "d.germline.vcf",
    "regions": "d.bed",
    "subtype_calls": "d.calls.tsv",
    "optical_mapping": "d.smap",
    "bench_results": "d.bench.tsv",
    "tandem_duplications": "d.itd.tsv",
}
BESIDE = ("d.purple.purity.tsv", "d.purple.qc", "d.bam.bai", "d.vcf.tbi")


def own_row(folder: Path, table: str) -> Path:
    """A folder of a lab's own knowledge with one row."""
    (folder / "thresholds").mkdir(parents=True)
    lines = resource_path("knowledge", "thresholds", table).read_text(encoding="utf-8").splitlines(keepends=True)
    (folder / "thresholds" / table).write_text("".join(lines[:2]), encoding="utf-8")
    return folder


class Lab:
    """A patient with two time points, and another patient, with their files."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        for name in (*KINDS.values(), *BESIDE, "o.vcf", "population.vcf", "logo.png", "genome.fa"):
            (folder / name).write_text(f"content of {name}\n")
        (folder / "pack").mkdir()
        (folder / "pack" / "table.tsv").write_text("rows of the pack\n")
        own_row(folder / "overlay", "pgx.tsv")
        lists = set(LIST_COLUMNS)
        files = {c: (folder / n,) if c in lists else folder / n for c, n in KINDS.items()}
        self.samples = {
            "D": Sample("D", "p", "diagnosis", "GRCh38", **files),
            "R": Sample("R", "p", "relapse", "GRCh38", karyotype="46,XX[20]"),
            "O": Sample("O", "q", "diagnosis", "GRCh38", small_variants=(folder / "o.vcf",)),
        }
        self.patients = {"p": Patient("p", age_at_diagnosis_years=4.0), "q": Patient("q")}
        self.settings = Settings(
            knowledge=folder / "overlay",
            reference={"GRCh38": folder / "pack"},
            population={"GRCh38": folder / "population.vcf"},
            genome={"GRCh38": folder / "genome.fa"},
            report=ReportSettings(logo=folder / "logo.png"),
        )
        self.contents: Callable[[], Contents] = lambda: Contents(folder / "store.json")

    def digests(self) -> dict[str, str]:
        kept = self.contents()
        found = {}
        for id, sample in self.samples.items():
            others = [s for s in self.samples.values() if s.patient == sample.patient and s.sample != id]
            found[id] = made_from.made_from(sample, self.patients.get(sample.patient), others, self.settings, kept)
        kept.save()
        return found


@pytest.fixture
def lab(tmp_path) -> Lab:
    return Lab(tmp_path)


def changed(lab: Lab, change: Callable[[], object]) -> set[str]:
    before = lab.digests()
    change()
    after = lab.digests()
    return {id for id in before if before[id] != after.get(id)}


@pytest.mark.parametrize("name", [*KINDS.values(), *BESIDE])
def test_a_file_counts_for_its_sample_and_the_later_ones_of_the_patient(lab, name):
    assert changed(lab, lambda: (lab.folder / name).write_text("other\n")) == {"D", "R"}


@pytest.mark.parametrize("name", BESIDE)
def test_a_companion_that_comes_or_goes_counts(lab, name):
    assert changed(lab, (lab.folder / name).unlink) == {"D", "R"}


def test_the_relapse_is_no_source_of_the_diagnosis(lab):
    relapse = replace(lab.samples["R"], karyotype="47,XX,+21[20]")
    assert changed(lab, lambda: lab.samples.update(R=relapse)) == {"R"}


def test_content_counts_whatever_the_times_say(lab):
    file = lab.folder / "o.vcf"
    facts = file.stat()

    def older() -> None:
        file.write_text("content of O.vcf\n")
        os.utime(file, ns=(facts.st_atime_ns, facts.st_mtime_ns - 10**12))

    assert changed(lab, older) == {"O"}
    assert changed(lab, lambda: os.utime(file)) == set()
    copy = lab.folder / "copy"
    shutil.copy(file, copy)
    assert changed(lab, lambda: os.replace(copy, file)) == set()


def test_a_change_of_the_same_size_and_time_counts(lab):
    file = lab.folder / "o.vcf"
    facts = file.stat()

    def same_size_and_time() -> None:
        file.write_text("CONTENT of o.vcf\n")
        os.utime(file, ns=(facts.st_atime_ns, facts.st_mtime_ns))

    assert changed(lab, same_size_and_time) == {"O"}


@pytest.mark.parametrize("name", ["population.vcf", "logo.png", "genome.fa", "pack/table.tsv"])
def test_a_file_of_the_settings_counts_for_all(lab, name):
    assert changed(lab, lambda: (lab.folder / name).write_text("other\n")) == ALL


def test_settings_count_for_all_and_places_do_not(lab):
    assert changed(lab, lambda: setattr(lab, "settings", replace(lab.settings, filters="all"))) == ALL
    named = replace(lab.settings, report=replace(lab.settings.report, lab_name="L"))
    assert changed(lab, lambda: setattr(lab, "settings", named)) == ALL
    moved = lab.folder / "elsewhere"

    def move() -> None:
        moved.mkdir()
        for name in ("population.vcf", "logo.png", "genome.fa", "pack", "overlay"):
            shutil.copytree(lab.folder / name, moved / name) if (lab.folder / name).is_dir() else shutil.copy(
                lab.folder / name, moved / name
            )
        lab.settings = replace(
            lab.settings,
            knowledge=moved / "overlay",
            reference={"GRCh38": moved / "pack"},
            population={"GRCh38": moved / "population.vcf"},
            genome={"GRCh38": moved / "genome.fa"},
            report=replace(lab.settings.report, logo=moved / "logo.png"),
        )

    assert changed(lab, move) == set()


def test_a_row_of_the_lab_s_own_knowledge_counts_for_all(lab):
    def another_folder() -> None:
        lab.settings = replace(lab.settings, knowledge=own_row(lab.folder / "overlay2", "karyotype.tsv"))

    assert changed(lab, another_folder) == ALL


def test_the_version_counts_for_all(lab, monkeypatch):
    assert changed(lab, lambda: monkeypatch.setattr(made_from, "program", lambda: "9.9.9")) == ALL
    assert contents.program().startswith(contents.annotate.__version__ + "+")


def test_clinical_facts_count_for_their_patient(lab):
    assert changed(lab, lambda: lab.patients.update(p=Patient("p", age_at_diagnosis_years=5.0))) == {"D", "R"}


def test_other_rows_of_the_sheet_count_for_nobody(lab):
    def insert() -> None:
        first = Sample("A", "a", "diagnosis", "GRCh38", karyotype="46,XY[20]")
        lab.samples = {"A": first, **lab.samples}

    assert changed(lab, insert) == set()


def test_a_later_time_point_is_told_to_the_earlier_ones(lab):
    """Their reports say how many time points there are."""
    assert changed(lab, lambda: lab.samples.pop("R")) == {"D", "R"}
    later = Sample("R2", "p", "relapse2", "GRCh38", karyotype="46,XX[20]")
    assert changed(lab, lambda: lab.samples.update(R2=later)) == {"D"}


def test_of_large_files_the_ends_size_and_time_count(tmp_path, monkeypatch):
    """Reading the reads of a hundred samples at every start would take an hour."""
    monkeypatch.setattr(contents, "END", 10)
    file = tmp_path / "x.bam"
    file.write_bytes(b"a" * 50)
    first = Contents().of(file)
    facts = file.stat()
    for start, place in ((b"b" + b"a" * 49, 0), (b"a" * 49 + b"b", 1), (b"a" * 51, 2)):
        file.write_bytes(start)
        os.utime(file, ns=(facts.st_atime_ns, facts.st_mtime_ns))
        assert Contents().of(file) != first, place
    file.write_bytes(b"a" * 50)
    os.utime(file, ns=(facts.st_atime_ns, facts.st_mtime_ns + 1))
    assert Contents().of(file) != first
    os.utime(file, ns=(facts.st_atime_ns, facts.st_mtime_ns))
    assert Contents().of(file) == first
