"""The table of staleness, with real runs: one sample for each kind of input and of companion, one at a time and in
batches. A changed source remakes the samples that rest on it and no other; a broken one leaves nothing of them."""

from __future__ import annotations

import dataclasses
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pysam
import pytest

from annotate.base.settings import ReportSettings, Settings
from annotate.read.sheets.files import PATH_COLUMNS
from annotate.reference.genome import Genome
from annotate.run.start import runs_jobs
from tests.makers import trees
from tests.makers.first_line import filt3r

ROOT = Path(__file__).resolve().parents[2]
DEMO = ROOT / "resources" / "demo"
pytestmark = pytest.mark.workflow

Writer = Callable[[Path, int], object]  # writes the file; another number, other content


def _cns(path: Path, number: int) -> None:
    header = "chromosome\tstart\tend\tgene\tlog2\tdepth\tprobes\tweight\n"
    path.write_text(header + f"chr9\t1000\t138000000\t-\t{number / 100}\t40\t90000\t90000\n")


def _lines(name: str) -> Writer:
    """A file of the demo, without its last line or with it."""

    def write(path: Path, number: int) -> None:
        lines = (DEMO / name).read_text().splitlines(keepends=True)
        path.write_text("".join(lines[:-1] if number % 2 else lines))

    return write


def _bam(path: Path, number: int) -> None:
    lengths = Genome.load("GRCh38").contig_lengths
    contigs = [{"SN": f"chr{name}", "LN": length} for name, length in lengths.items()]
    header = pysam.AlignmentHeader.from_dict(
        {"HD": {"VN": "1.6", "SO": "coordinate"}, "SQ": contigs, "CO": [f"{number}"]}
    )
    pysam.AlignmentFile(str(path), "wb", header=header).close()
    pysam.index(str(path))


def _purity(path: Path, number: int) -> None:
    path.write_text(f"AberrantCellFraction\tPloidy\n{(50 + number) / 100}\t2.0\n")


def _vcf(path: Path, number: int) -> None:
    trees.vcf(path, ("s",), number)


# column -> (file, its writer, what else its row needs)
KINDS: dict[str, tuple[str, Writer, str]] = {
    "small_variants": ("a.vcf", _vcf, ""),
    "structural_variants": ("b.vcf", lambda path, number: trees.vcf(path, ("s",), number, sv=True), ""),
    "copy_number": ("c.cns", _cns, ""),
    "fusions": ("d.tsv", lambda path, number: trees.fusions("arriba", path, number), ""),
    "alignments": ("e.bam", _bam, ""),
    "germline_variants": ("f.vcf", lambda path, number: _vcf(path, 50 + number), "karyotype"),
    "regions": ("g.bed", _lines("panel.GRCh38.bed"), "small_variants"),
    "subtype_calls": ("h.tsv", _lines("D15.allcatchr.tsv"), "karyotype"),
    "optical_mapping": ("i.smap", _lines("D15.smap"), ""),
    "bench_results": ("j.tsv", _lines("D14.bench.tsv"), ""),
    "tandem_duplications": ("l.json", lambda path, number: path.write_text(filt3r(reads=300 + number)), ""),
}
COMPANION, CELL, FACTS = "companion", "cell", "facts"  # samples of a companion, of a cell, of the clinical sheet
NEVER, PAIR = "never", ("first", "then")  # nothing of theirs changes; a relapse rests on its diagnosis
SAMPLES = (*KINDS, COMPANION, CELL, FACTS, NEVER, *PAIR)
COLUMNS = ("sample", "patient", "timepoint", "assembly", *KINDS, "assay", "karyotype")


class Lab:
    """A work folder, and files that are written again with another number."""

    def __init__(self, folder: Path, per_job: int, samples: tuple[str, ...] = SAMPLES) -> None:
        self.folder, self.per_job, self.numbers = folder, per_job, dict.fromkeys(SAMPLES, 0)
        self.samples = samples
        self.files = folder / "in"
        self.files.mkdir()
        self.work, self.root, self.config = folder / "work", ROOT, list[str]()
        self.change(*SAMPLES)

    def change(self, *names: str) -> None:
        """Other content of what these samples rest on."""
        for name in names:
            self.numbers[name] += 1
            if name in KINDS:
                file, write, _ = KINDS[name]
                write(self.files / file, self.numbers[name])
        trees.segments("ascat", self.files / "k.segments.txt", 1)
        _purity(self.files / "k.purityploidy.txt", self.numbers[COMPANION])
        if not (self.files / "g.vcf").exists():
            _vcf(self.files / "g.vcf", 90)
        rows = [COLUMNS, *(self._row(name) for name in self.samples)]
        (self.files / "samples.tsv").write_text("".join("\t".join(row) + "\n" for row in rows))
        age = self.numbers[FACTS]
        (self.files / "patients.tsv").write_text(f"patient\tage_at_diagnosis_years\n{FACTS}\t{age}\n{NEVER}\t4\n")

    def _row(self, name: str) -> tuple[str, ...]:
        cells = dict.fromkeys(COLUMNS, "")
        cells |= {"sample": name, "patient": "pair" if name in PAIR else name, "assembly": "GRCh38"}
        cells["timepoint"] = "relapse" if name == PAIR[1] else "diagnosis"
        if name in KINDS:
            file, _, other = KINDS[name]
            cells |= {name: file, **({other: "46,XX[20]" if other == "karyotype" else "g.vcf"} if other else {})}
            cells["assay"] = "panel" if name == "regions" else ""
        elif name == COMPANION:
            cells["copy_number"] = "k.segments.txt"
        else:
            cells["karyotype"] = f"46,XX[{20 + self.numbers[name]}]"
        return tuple(cells[column] for column in COLUMNS)

    def snakemake(self, *more: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "snakemake", "-s", str(self.root / "Snakefile"), "--cores", "2"]
        command += ["--directory", str(self.work), *more, "--config", f"samples={self.files / 'samples.tsv'}"]
        command += [f"patients={self.files / 'patients.tsv'}", f"samples_per_job={self.per_job}", *self.config]
        return subprocess.run(command, capture_output=True, text=True, timeout=600, check=False, cwd=self.folder)

    def remade(self, code: int = 0) -> set[str]:
        before = self.reports()
        run = self.snakemake()
        assert run.returncode == code, run.stdout + run.stderr
        after = self.reports()
        return {name for name in after if before.get(name) != after[name]}

    def reports(self) -> dict[str, int]:
        return {path.parent.name: path.stat().st_mtime_ns for path in self.work.glob("results/*/*.report.json")}

    def assert_nothing_left(self, *names: str) -> None:
        """No file of these samples, and no page that links or counts them as done."""
        results = self.work / "results"
        for name in names:
            assert not list(results.rglob(f"{name}.*")), name
        linked = "".join(path.read_text() for path in results.glob("cohort/*.html"))
        assert not [name for name in names if f"{name}.report.html" in linked]


@pytest.fixture(scope="module", params=[1, 5], ids=["single", "batched"])
def lab(request, tmp_path_factory) -> Lab:
    made = Lab(tmp_path_factory.mktemp("stale"), request.param)
    assert made.remade() == set(SAMPLES)
    return made


@pytest.mark.parametrize(
    "names", [(*KINDS, COMPANION, CELL, FACTS)[place::2] for place in (0, 1)], ids=["one", "other"]
)
def test_a_changed_source_remakes_its_samples_and_no_other(lab, names):
    """Every second line of the table changes at once: a line that did too much or too little would show."""
    lab.change(*names)
    kept = lab.reports()
    assert lab.snakemake("-n").returncode == 0
    assert lab.reports() == kept, "a dry run changes nothing"
    assert lab.remade() == set(names)


def test_a_time_point_remakes_the_later_one_and_their_page(lab):
    page = lab.work / "results/patients/pair/pair.evolution.json"
    before = page.stat().st_mtime_ns
    lab.change(PAIR[1])
    assert lab.remade() == {PAIR[1]}
    middle = page.stat().st_mtime_ns
    lab.change(PAIR[0])
    assert lab.remade() == set(PAIR)
    assert before < middle < page.stat().st_mtime_ns


@pytest.mark.parametrize("names", [(*KINDS,)[0::2], (*KINDS,)[1::2]], ids=["one", "other"])
def test_a_broken_source_leaves_nothing_of_its_samples(lab, names):
    """Nothing but noise in the file: the others are kept, and what is mended is made again, alone."""
    for name in names:
        (lab.files / KINDS[name][0]).write_bytes(b"\x00\xff nothing that a reader knows \xfe\n")
    kept = lab.reports()
    run = lab.snakemake()
    assert run.returncode in (1, 2)
    lab.assert_nothing_left(*names)
    assert {name: time for name, time in kept.items() if name not in names} == lab.reports()
    lab.change(*names)
    assert lab.remade() == set(names)


def test_a_source_that_is_gone_or_of_another_assembly_leaves_nothing(lab):
    """What stops the workflow before its jobs."""
    bed, small = lab.files / KINDS["optical_mapping"][0], lab.files / KINDS["small_variants"][0]
    bed.unlink()
    small.write_text(small.read_text().replace("248956422", "249250621").replace("133275309", "133851895"))
    names = ("optical_mapping", "small_variants")
    kept = lab.reports()
    assert lab.snakemake("-n").returncode == 2
    assert lab.reports() == kept, "a dry run changes nothing"
    run = lab.snakemake()
    assert run.returncode == 2, run.stderr
    assert all(word in run.stderr for word in ("i.smap", "a.vcf"))
    lab.assert_nothing_left(*names)
    lab.change(*names)
    assert lab.remade() == set(names)
    assert set(lab.reports()) == set(SAMPLES)
    assert (lab.work / "results/cohort/index.html").exists()


@pytest.mark.parametrize("per_job", [1, 2], ids=["single", "batched"])
def test_settings_knowledge_and_version_remake_everything(tmp_path, per_job):
    """Which settings count is a table of digests (`tests/run/test_made_from.py`); here one of each sort is run."""
    few = (CELL, *PAIR)
    lab = Lab(tmp_path, per_job, few)
    assert lab.remade() == set(few)
    lab.config = ["filters=all"]
    assert lab.remade() == set(few)
    own = lab.folder / "own" / "thresholds"
    own.mkdir(parents=True)
    rows = (ROOT / "resources/knowledge/thresholds/karyotype.tsv").read_text().splitlines(keepends=True)
    (own / "karyotype.tsv").write_text("".join(rows[:2]))
    lab.config.append(f"knowledge={own.parent}")
    assert lab.remade() == set(few)
    lab.root = _other_version(lab.folder / "upgraded")
    assert lab.remade() == set(few)
    assert lab.remade() == set()


def _other_version(folder: Path) -> Path:
    """A clone whose program differs by one line."""
    folder.mkdir()
    for name in ("Snakefile", "resources", "config"):
        (folder / name).symlink_to(ROOT / name)
    for name in ("workflow", "annotate"):
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    with open(folder / "annotate" / "decide" / "__init__.py", "a", encoding="utf-8") as module:
        module.write("\n# another version\n")
    return folder


@pytest.mark.parametrize("words", ["-n", "-np", "--dryrun", "--summary", "--report=x.html", "--lint", "--touch"])
def test_a_start_that_runs_no_job_is_told_from_one_that_does(words):
    assert not runs_jobs(["--cores", "2", *words.split()])
    assert runs_jobs(["--cores", "2", "-p", "-k", "--rerun-incomplete", "--config", "samples=-n.tsv"])


def test_every_setting_is_in_the_table_of_digests():
    """A new setting is made part of the digest, or named here as one that no sample rests on."""
    text = (ROOT / "tests/run/test_made_from.py").read_text() + (ROOT / "annotate/run/made_from.py").read_text()
    names = [f.name for f in dataclasses.fields(Settings) if f.name != "export"]
    assert all(name in text for name in names)
    assert dataclasses.fields(ReportSettings), "the whole of it is digested"
    assert set(KINDS) == set(PATH_COLUMNS), "a new kind of input is a line of the table"
