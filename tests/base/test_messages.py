"""What people type wrong: each ends in exit code 2 and one line that says where, what and what to do."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pysam
import pytest

from annotate.base.resources import resource_path
from annotate.command import main

DEMO = resource_path("demo")
REQUIRED = "sample\tpatient\ttimepoint\tassembly"
KARYOTYPE = {"karyotype": "46,XX[20]"}
COLUMNS = "#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO"
Said = Callable[..., str]


def vcf(*records: str, length: int = 248956422) -> str:
    head = f"##fileformat=VCFv4.2\n##contig=<ID=chr1,length={length}>\n{COLUMNS}\n"
    return head + "".join("\t".join(record.split()) + "\n" for record in records)


SMALL = vcf("chr1 100 . A T . PASS .", "chr1 120 . AC A . PASS .")
STRUCTURAL = vcf("chr1 100 . A <DEL> . PASS SVTYPE=DEL;END=9000")
FILES: dict[str, str | bytes] = {
    "small.vcf": SMALL,
    "sv.vcf": STRUCTURAL,
    "hg19.vcf": vcf("chr1 100 . A T . PASS .", length=249250621),
    "headless.vcf": "chr1\t100\t.\tA\tT\t.\tPASS\t.\n",
    "book.xlsx": b"PK\x03\x04" + bytes(range(256)),
    "letter.pdf": b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n",
    "note.txt": "hello\nworld\n",
    "reads.fastq": "@r\nACGT\n+\nIIII\n",
    "bad.bed": "chr1\tx\ty\n",
    "none.bed": "# nothing\n",
    "cut.vcf.gz": b"\x1f\x8b\x08\x00\x00",
    "none.tsv": "",
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Files to be named in the wrong place."""
    made = tmp_path_factory.mktemp("in")
    for name, content in FILES.items():
        (made / name).write_bytes(content if isinstance(content, bytes) else content.encode())
    for name in ("D09.cns", "D02-D.arriba.tsv", "D01-D.purple.cnv.somatic.tsv"):
        shutil.copy(DEMO / name, made / name)
    header = {"HD": {"VN": "1.6", "SO": "coordinate"}, "SQ": [{"SN": "chr1", "LN": 248956422}]}
    with pysam.AlignmentFile(str(made / "reads.bam"), "wb", header=header):
        pass
    (made / "purple").mkdir()
    shutil.copy(DEMO / "D01-D.purple.cnv.somatic.tsv", made / "purple")
    return made


@pytest.fixture
def said(folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Said:
    """Runs a command, which must fail with exit code 2, one line a fault and no file; returns what was said."""

    def run(*args: object) -> str:
        capsys.readouterr()
        code = main([str(arg) for arg in args])
        text = capsys.readouterr().err.strip()
        assert code == 2, text
        assert text.startswith("allert: ")
        *told, last = text.splitlines()
        assert not told or last.endswith("listed above"), text  # several faults: all of them, then how many
        assert "internal fault" not in text
        assert "Traceback" not in text
        assert not list(tmp_path.glob("out/*/*")), "something was written"
        return text

    return run


def row(folder: Path, cells: dict[str, str], first: str = "A\tA\tdiagnosis\tGRCh38", name: str = "s.tsv") -> Path:
    sheet = folder / name
    sheet.write_text("\t".join([REQUIRED, *cells]) + "\n" + "\t".join([first, *cells.values()]) + "\n")
    return sheet


def report(sheet: Path, tmp_path: Path, *more: object) -> tuple[object, ...]:
    return ("report", "--samples", sheet, "--out", tmp_path / "out", "--quiet", *more)


# ---------------------------------------------------------------- a file in the wrong column


@pytest.mark.parametrize(
    ("column", "file", "words"),
    [
        ("small_variants", "reads.bam", ["a BAM file", "column alignments"]),
        ("small_variants", "sv.vcf", ["structural variants only", "column structural_variants"]),
        ("small_variants", "D09.cns", ["line 1", "is no VCF", "chromosome"]),
        ("small_variants", "book.xlsx", ["is no VCF", "zip"]),
        ("small_variants", "letter.pdf", ["is no VCF"]),
        ("small_variants", "reads.fastq", ["is no VCF"]),
        ("small_variants", "headless.vcf", ["line 1", "is no VCF", "#CHROM"]),
        ("small_variants", "cut.vcf.gz", ["cut.vcf.gz", "truncated"]),
        ("structural_variants", "small.vcf", ["small variants only", "column small_variants"]),
        ("structural_variants", "D09.cns", ["it reads as CNVkit", "column copy_number"]),
        ("structural_variants", "reads.bam", ["a BAM file", "column alignments"]),
        ("structural_variants", "note.txt", ["no known structural-variants format", "allert formats"]),
        ("copy_number", "small.vcf", ["column small_variants or structural_variants"]),
        ("copy_number", "D02-D.arriba.tsv", ["it reads as Arriba", "column fusions"]),
        ("copy_number", "book.xlsx", ["Excel workbook"]),
        ("copy_number", "letter.pdf", ["a PDF"]),
        ("copy_number", "note.txt", ["no known copy-number format", "allert formats", "docs/formats.md"]),
        ("copy_number", "purple", ["line 2", "'copy_number'", "not a file", "inside the folder"]),
        ("copy_number", "none.tsv", ["empty (0 bytes)"]),
        ("fusions", "D09.cns", ["it reads as CNVkit", "column copy_number"]),
        ("fusions", "sv.vcf", ["column small_variants or structural_variants"]),
        ("fusions", "book.xlsx", ["Excel workbook"]),
        ("alignments", "small.vcf", ["alignments cannot be opened"]),
        ("alignments", "reads.bam", ["no index", "samtools index"]),
        ("small_variants", "https://example.org/a.vcf.gz", ["an address", "download"]),
        ("copy_number", "s3://bucket/a.tsv", ["an address", "download"]),
        ("fusions", "nowhere.tsv", ["line 2", "'fusions'", "does not exist", "relative to the sheet"]),
    ],
)
def test_wrong_column(folder, tmp_path, said, column, file, words):
    message = said(*report(row(folder, {column: file}), tmp_path))
    assert [word for word in words if word not in message] == [], message


@pytest.mark.parametrize(
    ("column", "file", "words"),
    [
        ("germline_variants", "reads.bam", ["a BAM file"]),
        ("germline_variants", "D09.cns", ["is no VCF"]),
        ("germline_variants", "sv.vcf", ["structural variants only"]),
        ("regions", "bad.bed", ["line 1", "'start'", "not a coordinate"]),
        ("regions", "none.bed", ["no interval", "BED of GRCh38"]),
        ("regions", "small.vcf", ["not a coordinate"]),
    ],
)
def test_wrong_file_beside_a_karyotype(folder, tmp_path, said, column, file, words):
    message = said(*report(row(folder, {**KARYOTYPE, "assay": "panel", column: file}), tmp_path))
    assert [word for word in words if word not in message] == [], message


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_no_permission(folder, tmp_path, said):
    locked = folder / "locked.vcf"
    locked.write_text(SMALL)
    locked.chmod(0)
    assert "permission denied" in said(*report(row(folder, {"small_variants": "locked.vcf"}), tmp_path))


# ---------------------------------------------------------------- assembly


@pytest.mark.parametrize(
    ("cells", "assembly", "words"),
    [
        ({"small_variants": "hg19.vcf"}, "GRCh38", ["as in GRCh37", "set assembly to GRCh37", "line 2"]),
        ({"small_variants": "small.vcf"}, "GRCh37", ["as in GRCh38", "set assembly to GRCh38"]),
        ({"structural_variants": "sv.vcf"}, "GRCh37", ["as in GRCh38"]),
        ({"copy_number": "D09.cns"}, "GRCh37", ["fits GRCh38", "correct `assembly`"]),
        ({"fusions": "D02-D.arriba.tsv"}, "GRCh37", ["2 of 2 in their genes in GRCh38", "correct `assembly`"]),
        (KARYOTYPE, "hg18", ["'assembly'", "found 'hg18'", "GRCh38"]),
    ],
)
def test_assembly(folder, tmp_path, said, cells, assembly, words):
    message = said(*report(row(folder, cells, f"A\tA\tdiagnosis\t{assembly}"), tmp_path))
    assert [word for word in words if word not in message] == [], message


def test_chr_prefix_is_no_assembly(folder, tmp_path, capsys):
    """GRCh37 with `chr` names is read."""
    sheet = row(folder, {"small_variants": "hg19.vcf"}, "A\tA\tdiagnosis\tGRCh37")
    assert main([str(arg) for arg in report(sheet, tmp_path)]) == 0


def test_a_vcf_without_records_is_no_fault(folder, tmp_path):
    """A caller that found nothing wrote it; the report warns that the file has no record."""
    (folder / "header.vcf").write_text(vcf())
    assert main([str(arg) for arg in report(row(folder, {"small_variants": "header.vcf"}), tmp_path)]) == 0


# ---------------------------------------------------------------- the sheet


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (f"{REQUIRED}\tkaryotyp\nA\tA\tdiagnosis\tGRCh38\t46,XX[20]\n", ["'karyotyp'", "did you mean 'karyotype'"]),
        (f"{REQUIRED}\tkaryotype\nA\tA\tDiagnose\tGRCh38\t46,XX[20]\n", ["line 2", "'timepoint'", "relapse"]),
        (f"{REQUIRED}\tkaryotype\nA b\tA\tdiagnosis\tGRCh38\t46,XX[20]\n", ["line 2", "'sample'", "letters, digits"]),
        (f"{REQUIRED}\tkaryotype\tpurity\nA\tA\tdiagnosis\tGRCh38\t46,XX[20]\t180\n", ["'purity'", "'180'"]),
        (f"{REQUIRED}\tkaryotype\tpurity\nA\tA\tdiagnosis\tGRCh38\t46,XX[20]\thalf\n", ["'purity'", "'half'"]),
        (f"{REQUIRED}\tkaryotype\tassay\nA\tA\tdiagnosis\tGRCh38\t46,XX[20]\tdeep\n", ["'assay'", "wgs, wes, panel"]),
        (f"{REQUIRED}\tkaryotype\tsex\nA\tA\tdiagnosis\tGRCh38\t46,XX[20]\tboth\n", ["'sex'", "female, male"]),
        (f"{REQUIRED}\tsex\nA\tA\tdiagnosis\tGRCh38\tmale\n", ["line 2", "no input", "karyotype"]),
        (f"{REQUIRED}\tkaryotype\nA\tA\tdiagnosis\tGRCh38\n", ["line 2", "found 4", "5 tab-separated"]),
        (
            f"{REQUIRED}\tkaryotype\n" + "A\tA\tdiagnosis\tGRCh38\t46,XX[20]\n" * 2,
            ["line 3", "appears twice", "line 2"],
        ),
        (f"{REQUIRED}\tkaryotype\n", ["no row"]),
        ("", ["is empty"]),
        (f"{REQUIRED}\tkaryotype\n".replace("\t", ","), ["no row", "by commas"]),
        (f"{REQUIRED}\tkaryotype\n".replace("\t", ";"), ["no row", "by semicolons"]),
        ("A\tA\tdiagnosis\tGRCh38\n", ["no header", "first line"]),
        ("PK\x03\x04\udcff\udcfe", ["damaged Excel workbook", "tab-separated"]),
    ],
)
def test_sheet(tmp_path, said, text, words):
    sheet = tmp_path / "samples.tsv"
    sheet.write_bytes(text.encode("utf-8", "surrogateescape"))
    message = said("validate", sheet)
    assert [word for word in ("samples.tsv", *words) if word not in message] == [], message


@pytest.mark.parametrize(
    ("column", "cell", "words"),
    [
        ("age_at_diagnosis_years", "five", ["'five'", "a number"]),
        ("diagnosis_date", "01.02.2020", ["'01.02.2020'", "YYYY-MM-DD"]),
        ("eoi_mrd", "low", ["'low'", "a number"]),
        ("immunophenotype", "biphenotypic", ["'biphenotypic'", "BCP"]),
        ("wbc_at_diagnosys", "50", ["unknown column", "wbc_at_diagnosis"]),
    ],
)
def test_clinical_sheet(folder, tmp_path, said, column, cell, words):
    patients = tmp_path / "patients.tsv"
    patients.write_text(f"patient\t{column}\nA\t{cell}\n")
    message = said("validate", row(folder, KARYOTYPE), "--patients", patients)
    assert [word for word in ("patients.tsv", column, *words) if word not in message] == [], message


# ---------------------------------------------------------------- config and its folders


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("knowlege: x", ["knowlege", "did you mean 'knowledge'"]),
        ("report: {pfd: true}", ["report/pfd", "did you mean 'pdf'"]),
        ("- a", ["not a mapping"]),
        ("a: [", ["config.yaml", "cannot be read", "line 1"]),
        ("filters: PASS", ["filters", "'PASS'", "pass"]),
        ("knowledge: nowhere", ["knowledge", "does not exist"]),
        ("knowledge: FOLDER/note.txt", ["knowledge", "folder does not exist"]),
        ("reference: {GRCh38: FOLDER/purple}", ["not a reference pack", "allert reference build"]),
        ("reference: {GRCh38: PACK37}", ["another assembly", "GRCh38"]),
        ("genome: {GRCh38: FOLDER/note.txt}", ["genome/GRCh38", "not a FASTA"]),
        ("population: FOLDER/small.vcf", ["population", "object"]),
        ("population: {GRCh38: FOLDER/nowhere.vcf}", ["population/GRCh38", "does not exist"]),
    ],
)
def test_config(folder, tmp_path, said, text, words):
    config = tmp_path / "config.yaml"
    config.write_text(text.replace("FOLDER", str(folder)).replace("PACK37", str(resource_path("reference", "GRCh37"))))
    message = said(*report(row(folder, KARYOTYPE), tmp_path, "--config", config))
    assert [word for word in words if word not in message] == [], message


@pytest.mark.parametrize(
    ("name", "text", "words"),
    [
        ("fusions", "a\tb\n1\t2\n", ["fusions.tsv", "column is missing", "knowledge check"]),
        ("fusion", "a\tb\n1\t2\n", ["fusion.tsv", "no such table"]),
        ("thresholds/own", "id\tvalue\n", ["own.tsv", "missing"]),
    ],
)
def test_own_knowledge(folder, tmp_path, said, name, text, words):
    own = tmp_path / "own"
    (own / name).parent.mkdir(parents=True)
    (own / f"{name}.tsv").write_text(text)
    (tmp_path / "config.yaml").write_text(f"knowledge: {own}\n")
    message = said(*report(row(folder, KARYOTYPE), tmp_path, "--config", tmp_path / "config.yaml"))
    assert [word for word in words if word not in message] == [], message


def test_own_knowledge_with_a_broken_row(folder, tmp_path, said):
    header, first = (resource_path("knowledge", "hotspot_codons.tsv").read_text().splitlines())[:2]
    own = tmp_path / "own"
    own.mkdir()
    (own / "hotspot_codons.tsv").write_text(header + "\n" + first.rsplit("\t", 1)[0] + "\n")
    (tmp_path / "config.yaml").write_text(f"knowledge: {own}\n")
    message = said(*report(row(folder, KARYOTYPE), tmp_path, "--config", tmp_path / "config.yaml"))
    assert "hotspot_codons.tsv" in message
    assert "line 2" in message


# ---------------------------------------------------------------- commands


@pytest.mark.parametrize(
    ("args", "words"),
    [
        (["report"], ["--samples"]),
        (["status", "nowhere.tsv"], ["nowhere.tsv", "No such file"]),
        (["validate", "{folder}"], ["directory"]),
        (["cohort", "--out", "{folder}"], ["no report found", "report.json"]),
        (["knowledge", "check", "nowhere"], ["no such folder"]),
        (["knowledge", "diff", "nowhere", "{folder}"], ["no such folder"]),
        (
            ["reference", "build", "--fasta", "{folder}/note.txt", "--gff", "x", "--assembly", "GRCh38", "--out", "x"],
            ["note.txt"],
        ),
    ],
)
def test_commands(folder, said, args, words):
    message = said(*(arg.format(folder=folder) for arg in args))
    assert [word for word in words if word not in message] == [], message


def test_an_unknown_sample_or_patient(folder, tmp_path, said):
    sheet = row(folder, KARYOTYPE)
    assert "expected one of A" in said("report", "B", "--samples", sheet, "--out", tmp_path / "out")
    assert "found 'B'" in said("evolution", "B", "--samples", sheet, "--out", tmp_path / "out")
    assert "two or more time points" in said("evolution", "A", "--samples", sheet, "--out", tmp_path / "out")
