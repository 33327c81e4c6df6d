"""Sheets: what is accepted, and for each fault a message that names sheet, row, column, found and expected."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from annotate.base.errors import InputError
from annotate.read.sheets import as_row, input_files, read_patients, read_samples, sample_of_row

VCF = "##fileformat=VCFv4.2\n##contig=<ID=chr1,length={length}>\n#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\n"
LENGTH = {"GRCh38": 248956422, "GRCh37": 249250621}


def write(folder: Path, text: str, name: str = "samples.tsv") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def sheet(folder: Path, *rows: str, columns: str = "sample\tpatient\ttimepoint\tassembly\tkaryotype") -> Path:
    return write(folder, "\n".join([columns, *rows]) + "\n")


def fault(path: Path) -> str:
    with pytest.raises(InputError) as error:
        read_samples(path)
    return str(error.value)


def test_ids_are_text(tmp_path):
    path = sheet(tmp_path, "007\tNA\tdiagnosis\tGRCh38\t46,XX[20]", "1e5\tNaN\tdiagnosis\tGRCh37\t46,XY[20]")
    first, second = read_samples(path)
    assert (first.sample, first.patient) == ("007", "NA")
    assert (second.sample, second.patient) == ("1e5", "NaN")


def test_empty_cells_are_unknown_and_quotes_are_text(tmp_path):
    path = sheet(tmp_path, 'a\tp\tdiagnosis\tGRCh38\t46,XX,"?"[2]')
    (sample,) = read_samples(path)
    assert sample.sex == "unknown"
    assert sample.assay is None
    assert sample.purity is None
    assert sample.karyotype == '46,XX,"?"[2]'


def test_byte_order_mark_crlf_and_blank_lines_are_accepted(tmp_path):
    path = tmp_path / "samples.tsv"
    path.write_bytes(
        b"\xef\xbb\xbfsample\tpatient\ttimepoint\tassembly\tkaryotype\r\na\tp\tdiagnosis\tGRCh38\t46,XX[20]\r\n\t\t\t\t\r\n"
    )
    assert [s.sample for s in read_samples(path)] == ["a"]


def test_paths_are_relative_to_the_sheet(tmp_path, monkeypatch):
    (tmp_path / "in").mkdir()
    write(tmp_path / "in", VCF.format(length=LENGTH["GRCh38"]), "a.vcf")
    path = sheet(
        tmp_path / "in",
        "a\tp\tdiagnosis\tGRCh38\ta.vcf;a.vcf",
        columns="sample\tpatient\ttimepoint\tassembly\tstructural_variants",
    )
    monkeypatch.chdir(tmp_path)
    (sample,) = read_samples(path)
    assert sample.structural_variants == (tmp_path / "in" / "a.vcf",) * 2
    assert input_files(sample) == [str(tmp_path / "in" / "a.vcf")] * 2


def test_a_row_survives_the_way_to_a_job(tmp_path):
    path = sheet(
        tmp_path,
        "a\tp\trelapse2\tGRCh38\t46,XX[20]\t0.5\tfemale",
        columns="sample\tpatient\ttimepoint\tassembly\tkaryotype\tpurity\tsex",
    )
    (sample,) = read_samples(path)
    assert sample_of_row(as_row(sample), path, None) == sample


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", ["the sheet is empty"]),
        ("sample\tpatient\ttimepoint\tassembly\tkaryotype\n", ["no row"]),
        ("sample patient timepoint assembly\na p d GRCh38\n", ["line 1", "no tab", "sample patient"]),
        ("sample,patient,timepoint,assembly\n", ["no row"]),
        ("sample\tpatient\ttimepoint\n", ["line 1", "'assembly'", "column is missing"]),
        ("sample\tpatient\ttimepoint\tassembly\tkaryotyp\n", ["'karyotyp'", "did you mean 'karyotype'"]),
        ("sample\tsample\tpatient\ttimepoint\tassembly\n", ["appears twice", "'sample'"]),
        (
            "sample\tpatient\ttimepoint\tassembly\tkaryotype\na\tp\tdiagnosis\tGRCh38\n",
            ["line 2", "wrong number of cells", "found 4", "5 tab-separated"],
        ),
    ],
)
def test_faults_of_the_header(tmp_path, text, words):
    message = fault(write(tmp_path, text))
    assert all(word in message for word in words), message
    assert "samples.tsv" in message


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ("../x\tp\tdiagnosis\tGRCh38\t46,XX[20]", ["line 2", "'sample'", "'../x'", "letters, digits"]),
        ("a b\tp\tdiagnosis\tGRCh38\t46,XX[20]", ["'sample'", "'a b'"]),
        (".a\tp\tdiagnosis\tGRCh38\t46,XX[20]", ["'sample'"]),
        ("$(id)\tp\tdiagnosis\tGRCh38\t46,XX[20]", ["'sample'"]),
        ("a\tp/../q\tdiagnosis\tGRCh38\t46,XX[20]", ["'patient'"]),
        ("\tp\tdiagnosis\tGRCh38\t46,XX[20]", ["line 2", "'sample'", "value is missing"]),
        ("a\tp\trelapsed\tGRCh38\t46,XX[20]", ["'timepoint'", "'relapsed'", "diagnosis, relapse"]),
        ("a\tp\tdiagnosis\thg18\t46,XX[20]", ["'assembly'", "'hg18'", "GRCh38 or GRCh37"]),
        ("a\tp\tdiagnosis\tGRCh38\t", ["line 2", "no input", "at least one of"]),
    ],
)
def test_faults_of_a_row(tmp_path, row, words):
    message = fault(sheet(tmp_path, row))
    assert all(word in message for word in words), message


@pytest.mark.parametrize(
    ("column", "cell", "words"),
    [
        ("small_variants", "none.vcf", ["file does not exist", "'none.vcf'", "relative to the sheet"]),
        ("purity", "1.5", ["'purity'", "is it 1.5 %?"]),
        ("purity", "0", ["'purity'", "above 0"]),
        ("purity", "high", ["'purity'", "is not a number"]),
        ("dna_index", "9", ["'dna_index'", "0.4 to 4"]),
        ("sex", "fe", ["'sex'", "female, male or unknown", "did you mean 'female'"]),
        ("assay", "wg", ["'assay'", "wgs, wes, panel or array", "did you mean 'wgs'"]),
        ("par_mode", "masked", ["'par_mode'"]),
    ],
)
def test_faults_of_a_cell(tmp_path, column, cell, words):
    path = sheet(
        tmp_path,
        f"a\tp\tdiagnosis\tGRCh38\t46,XX[20]\t{cell}",
        columns=f"sample\tpatient\ttimepoint\tassembly\tkaryotype\t{column}",
    )
    message = fault(path)
    assert all(word in message for word in words), message
    assert "line 2" in message


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        (["a\tp\tdiagnosis\tGRCh38\tx", "a\tq\tdiagnosis\tGRCh38\tx"], ["line 3", "appears twice", "line 2"]),
        (["a\tp\tdiagnosis\tGRCh38\tx", "A\tq\tdiagnosis\tGRCh38\tx"], ["line 3", "differs only by case"]),
        (["a\tp\tdiagnosis\tGRCh38\tx", "b\tp\tdiagnosis\tGRCh38\tx"], ["timepoint appears twice", "relapse2"]),
    ],
)
def test_duplicates(tmp_path, rows, words):
    message = fault(sheet(tmp_path, *rows))
    assert all(word in message for word in words), message


def test_one_patient_has_one_sex(tmp_path):
    path = sheet(
        tmp_path,
        "a\tp\tdiagnosis\tGRCh38\tx\tmale",
        "b\tp\trelapse\tGRCh38\tx\tfemale",
        columns="sample\tpatient\ttimepoint\tassembly\tkaryotype\tsex",
    )
    message = fault(path)
    assert "line 3" in message
    assert "'sex'" in message
    assert "male, as in line 2" in message


@pytest.mark.parametrize(("stated", "made"), [("GRCh38", "GRCh37"), ("GRCh37", "GRCh38")])
def test_assembly_is_checked_against_contigs(tmp_path, stated, made):
    write(tmp_path, VCF.format(length=LENGTH[made]), "a.vcf")
    path = sheet(
        tmp_path,
        f"a\tp\tdiagnosis\t{stated}\ta.vcf",
        columns="sample\tpatient\ttimepoint\tassembly\tsmall_variants",
    )
    message = fault(path)
    for word in ("a.vcf", "contig lengths", made, stated, "line 2", "'small_variants'", f"set assembly to {made}"):
        assert word in message


def test_empty_and_truncated_files(tmp_path):
    (tmp_path / "empty.vcf").write_bytes(b"")
    whole = gzip.compress(VCF.format(length=LENGTH["GRCh38"]).encode() * 50)
    (tmp_path / "cut.vcf.gz").write_bytes(whole[: len(whole) // 2])
    columns = "sample\tpatient\ttimepoint\tassembly\tsmall_variants"
    assert "empty (0 bytes)" in fault(sheet(tmp_path, "a\tp\tdiagnosis\tGRCh38\tempty.vcf", columns=columns))
    assert "truncated or damaged" in fault(sheet(tmp_path, "a\tp\tdiagnosis\tGRCh38\tcut.vcf.gz", columns=columns))


def test_sheet_that_is_no_text(tmp_path):
    path = tmp_path / "samples.tsv"
    path.write_bytes(b"sample\xff\n")
    assert "not UTF-8" in fault(path)
    path.write_bytes(b"PK\x03\x04\xff\xfe\x00")
    assert "damaged Excel workbook" in fault(path)
    assert "cannot be read" in fault(tmp_path / "missing.tsv")


CLINICAL = "patient\timmunophenotype\tdiagnosis_date\tsites\teoi_mrd\tprior_hsct\n"


def test_clinical_sheet(tmp_path):
    path = write(tmp_path, CLINICAL + "p\tBCP\t2024-02-29\tBM;CNS\t0.001\tno\n" + "q\t\t\t\t\t\n", "patients.tsv")
    p, q = read_patients(path)
    assert (p.sites, p.eoi_mrd, p.prior_hsct) == (("BM", "CNS"), 0.001, False)
    assert (q.sites, q.eoi_mrd, q.prior_hsct) == ((), None, None)


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ("p\tB\t\t\t\t", ["'immunophenotype'", "BCP, T or MPAL"]),
        ("p\tBCP\t2023-02-30\t\t\t", ["'diagnosis_date'", "YYYY-MM-DD"]),
        ("p\tBCP\t03/01/2023\t\t\t", ["'diagnosis_date'"]),
        ("p\tBCP\t\tliver\t\t", ["'sites'"]),
        ("p\tBCP\t\t\t<0.01\t", ["'eoi_mrd'"]),
        ("p\tBCP\t\t\t\tmaybe", ["'prior_hsct'"]),
    ],
)
def test_faults_of_the_clinical_sheet(tmp_path, row, words):
    path = write(tmp_path, CLINICAL + row + "\n", "patients.tsv")
    with pytest.raises(InputError) as error:
        read_patients(path)
    assert all(word in str(error.value) for word in ["patients.tsv", "line 2", *words]), str(error.value)


def test_samples_asked_for_come_with_those_of_their_patients_and_the_names_of_all(tmp_path):
    """A file's record under another child's name must be known as such, whichever rows are read."""
    points = ("diagnosis", "relapse")
    rows = [f"{name}-{point}\t{name}\t{point}\tGRCh38\t46,XX[20]" for name in "ABC" for point in points]
    path = sheet(tmp_path, *rows)
    found = read_samples(path, only=["B-relapse"])
    assert [sample.sample for sample in found] == ["B-diagnosis", "B-relapse"]
    everyone = read_samples(path)[0].sheet_names
    assert {sample.sheet_names for sample in found} == {everyone}
    assert {"A-diagnosis", "C-relapse"} <= everyone


def test_a_row_again_holds_no_names_of_other_rows(tmp_path):
    path = sheet(tmp_path, *(f"S{n}\tP{n}\tdiagnosis\tGRCh38\t46,XX[20]" for n in range(3)))
    shared = {"timepoint": "diagnosis", "assembly": "GRCh38", "sex": "unknown", "karyotype": "46,XX[20]"}
    for n, sample in enumerate(read_samples(path)):
        assert as_row(sample).items() >= {"sample": f"S{n}", "patient": f"P{n}", **shared}.items()
        assert "sheet_names" not in as_row(sample)


def test_relative_paths_begin_at_the_sheet_that_is_read_wherever_the_process_stands(tmp_path, monkeypatch):
    """Two sheets of one relative name, read one after the other."""
    for name in ("first", "second"):
        folder = tmp_path / name
        folder.mkdir()
        (folder / "a.tsv").write_text("x\n", encoding="utf-8")
        sheet(folder, "S1\tP1\tdiagnosis\tGRCh38\ta.tsv", columns="sample\tpatient\ttimepoint\tassembly\tfusions")
        monkeypatch.chdir(folder)
        assert input_files(read_samples(Path("samples.tsv"))[0]) == [str(folder / "a.tsv")]
