"""Sheets as people write them: what is meant plainly is taken and noted, what reads in two ways is asked back."""

from __future__ import annotations

import unicodedata
from pathlib import Path

import pytest

from annotate.base.errors import InputError
from annotate.read.sheets import SheetError, as_row, read_clinical_sheet, read_patients, read_sample_sheet, read_samples
from tests.makers.trees import vcf
from tests.makers.workbook import DATE, PERCENT, PLAIN, write_workbook

COLUMNS = ("sample", "patient", "timepoint", "assembly", "karyotype")
ROW = ("a", "p", "diagnosis", "GRCh38", "46,XX,t(9;22)(q34;q11)[20]")


def text(path: Path, content: str, encoding: str = "utf-8") -> Path:
    path.write_bytes(content.encode(encoding))
    return path


def one_row(folder: Path, **cells: str) -> Path:
    row = {**dict(zip(COLUMNS, ROW, strict=True)), **cells}
    return text(folder / "samples.tsv", "\t".join(row) + "\n" + "\t".join(row.values()) + "\n")


@pytest.mark.parametrize(
    "content",
    [
        "\t".join(COLUMNS) + "\n" + "\t".join(ROW) + "\n",
        "\n# my sheet\n\t\n" + "\t".join(COLUMNS) + "\r\n" + "\t".join(ROW) + "\r\n",
        "#" + "\t".join(COLUMNS) + "\r" + "\t".join(ROW) + "\r",
        "\ufeff" + "\t".join(c.title() for c in COLUMNS) + "\n" + "\t".join(ROW) + "\n",
        "\t".join(f'"{c}"' for c in COLUMNS) + "\n" + "\t".join(f'"{c}"' for c in ROW) + "\n",
        ",".join(COLUMNS) + "\n" + ",".join(f'"{c}"' for c in ROW) + "\n",
        ";".join(COLUMNS) + "\n" + ";".join(f'"{c}"' for c in ROW) + "\n",
        "\t".join(COLUMNS) + "\t\t\n" + "\t".join(ROW) + "\t\t\n# end\n",
        "\t".join(COLUMNS) + "\n" + "\t".join(ROW[:4]) + '\t"46,XX,\nt(9;22)(q34;q11)[20]"\n',
    ],
)
def test_one_meaning_however_it_is_written(tmp_path, content):
    (sample,) = read_samples(text(tmp_path / "samples.tsv", content))
    assert (sample.sample, sample.patient, sample.timepoint, sample.assembly) == ROW[:4]
    assert sample.karyotype.replace(" ", "") == ROW[4]


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-be"])
def test_utf16_is_read(tmp_path, encoding):
    mark = "\ufeff" if encoding == "utf-16-be" else ""
    path = text(tmp_path / "s.tsv", mark + "\t".join(COLUMNS) + "\n" + "\t".join(ROW) + "\n", encoding)
    found = read_sample_sheet(path)
    assert found.samples[0].karyotype == ROW[4]
    assert any("UTF-16" in note for note in found.notes)


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_utf16_without_its_mark_is_read(tmp_path, encoding):
    path = text(tmp_path / "s.tsv", "\t".join(COLUMNS) + "\n" + "\t".join(ROW) + "\n", encoding)
    found = read_sample_sheet(path)
    assert found.samples[0].karyotype == ROW[4]
    assert any("UTF-16" in note for note in found.notes)


@pytest.mark.parametrize("sign", ["\u200b", "\ufeff", "\u00ad"])
def test_characters_that_cannot_be_seen_are_left_out(tmp_path, sign):
    row = tuple(f"{sign}{cell}{sign}" for cell in ROW)
    path = text(tmp_path / "s.tsv", "\t".join(COLUMNS) + "\n" + "\t".join(row) + "\n")
    found = read_sample_sheet(path)
    assert (found.samples[0].sample, found.samples[0].karyotype) == (ROW[0], ROW[4])
    assert any("U+200B" in note for note in found.notes)


def test_the_separator_line_of_excel_is_no_header(tmp_path):
    cells = [f'"{cell}"' for cell in ROW]
    path = text(tmp_path / "s.csv", "sep=,\n" + ",".join(COLUMNS) + "\n" + ",".join(cells) + "\n")
    assert read_sample_sheet(path).samples[0].karyotype == ROW[4]


def test_a_workbook_is_read_as_it_is_shown(tmp_path):
    path = write_workbook(
        tmp_path / "samples.xlsx",
        [
            [*COLUMNS, "purity", "normal_name"],
            [*ROW, (0.83999999999999997, PLAIN)],
            ["b", "q", *ROW[2:], ("0.9", PERCENT)],
        ],
    )
    first, second = read_samples(path)
    assert (first.purity, second.purity, first.karyotype) == (0.84, 0.9, ROW[4])
    clinical = write_workbook(
        tmp_path / "patients.xlsx",
        [["patient", "diagnosis_date", "marrow_blasts_percent"], [("7.0", PLAIN), (45352, DATE), (0.84, PERCENT)]],
    )
    (patient,) = read_patients(clinical)
    assert (patient.patient, patient.diagnosis_date, patient.marrow_blasts_percent) == ("7", "2024-03-01", 84)


@pytest.mark.parametrize(
    ("start", "words"),
    [
        (b"\xd0\xcf\x11\xe0 old", ["old Excel workbook", ".xlsx"]),
        (b"PK\x03\x04 not a zip", ["damaged Excel workbook", "tab-separated"]),
        (b"sample\tpatient\np\xe9ter\t", ["UTF-8", "line 2"]),
    ],
)
def test_other_files_are_told_what_they_are(tmp_path, start, words):
    path = tmp_path / "samples.xls"
    path.write_bytes(start)
    with pytest.raises(InputError) as error:
        read_samples(path)
    assert all(word in str(error.value) for word in words), str(error.value)


def test_a_workbook_with_entities_is_refused(tmp_path):
    path = write_workbook(tmp_path / "s.xlsx", [["sample"], ["a"]])
    import zipfile

    with zipfile.ZipFile(path, "a") as archive, pytest.warns(UserWarning, match="Duplicate"):
        archive.writestr("xl/sharedStrings.xml", '<!DOCTYPE x [<!ENTITY a "b">]><sst/>')
    with pytest.raises(InputError, match="XML entities"):
        read_samples(path)


@pytest.mark.parametrize(
    ("column", "cell", "value"),
    [
        ("assembly", "hg38", "GRCh38"),
        ("assembly", "GRCh38.p13", "GRCh38"),
        ("assembly", "grch37", "GRCh37"),
        ("assembly", "hs37d5", "GRCh37"),
        ("sex", "XX", "female"),
        ("sex", "M", "male"),
        ("sex", "Female", "female"),
        ("timepoint", "Diagnosis", "diagnosis"),
        ("timepoint", "dx", "diagnosis"),
        ("timepoint", "Rel", "relapse"),
        ("timepoint", "relapse 2", "relapse2"),
        ("timepoint", "1st relapse", "relapse"),
        ("timepoint", "first relapse", "relapse"),
        ("timepoint", "2nd relapse", "relapse2"),
        ("timepoint", "Second relapse", "relapse2"),
        ("timepoint", "Remission", "remission"),
        ("assay", "WGS", "wgs"),
        ("assay", "exome", "wes"),
        ("purity", "84", 0.84),
        ("purity", "84 %", 0.84),
        ("purity", "0,84", 0.84),
        ("purity", "1", 1.0),
        ("ploidy", "1.9", 1.9),
    ],
)
def test_plain_synonyms_are_taken_and_noted(tmp_path, column, cell, value):
    found = read_sample_sheet(one_row(tmp_path, **{column: cell}))
    assert getattr(found.samples[0], column) == value
    same = cell == str(value) or (isinstance(value, float) and cell in ("1", "1.9"))
    assert [note for note in found.notes if column in note and "was read as" in note] == (
        [] if same else list(found.notes)
    )
    assert same or found.notes
    assert found.samples[0].notes == tuple(note.removeprefix("line 2: ") for note in found.notes)


@pytest.mark.parametrize("cell", ["NA", "n/a", "-", "."])
def test_words_for_nothing_stand_for_an_empty_cell(tmp_path, cell):
    (sample,) = read_samples(one_row(tmp_path, purity=cell, assay=cell, sex=cell))
    assert (sample.purity, sample.assay, sample.sex) == (None, None, "unknown")


@pytest.mark.parametrize(
    ("column", "cell", "words"),
    [
        ("assembly", "38", ["more than one way", "GRCh38 (hg38)"]),
        ("assembly", "T2T-CHM13", ["no reference pack"]),
        ("assembly", "GRCh39", ["did you mean 'GRCh3"]),
        ("assembly", "GRCh73", ["did you mean 'GRCh37' or 'GRCh38'?"]),  # as near to either: none is suggested alone
        ("sex", "femal", ["did you mean 'female'"]),
        ("timepoint", "T1", ["more than one way", "relapse2"]),
        ("timepoint", "diagnose", ["did you mean 'diagnosis'"]),
        ("assay", "RNA-seq", ["leave the cell empty"]),
        ("purity", "1.5", ["is it 1.5 %?", "0.015"]),
        ("purity", "840", ["out of range", "above 0 and at most 1"]),
        ("purity", "-0.2", ["out of range"]),
        ("purity", ">0.8", ["a limit where a number is asked"]),
        ("array_gamma", "1.2", ["out of range", "0.3 to 1"]),
        ("tumor_name", "smal_variants=T", ["did you mean 'small_variants=T'"]),
        ("small_variants", "https://x.org/a.vcf", ["an address", "download"]),
    ],
)
def test_what_reads_in_two_ways_is_asked_back(tmp_path, column, cell, words):
    with pytest.raises(InputError) as error:
        read_samples(one_row(tmp_path, **{column: cell}))
    assert all(word in str(error.value) for word in [*words, "line 2", column]), str(error.value)


def test_a_misspelt_file_is_answered_with_the_nearest(tmp_path):
    (tmp_path / "case1.mutect2.vcf").write_text("##fileformat=VCFv4.2\n#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\n")
    with pytest.raises(InputError, match=r"did you mean 'case1\.mutect2\.vcf'"):
        read_samples(one_row(tmp_path, small_variants="case1.mutetc2.vcf"))


@pytest.mark.parametrize(
    ("written", "words"), [("CASE1.VCF", "did you mean 'case1.vcf'"), ("calls\\case1.vcf", "calls/case1.vcf")]
)
def test_paths_of_other_systems_are_answered(tmp_path, written, words):
    (tmp_path / "case1.vcf").write_text("##fileformat=VCFv4.2\n#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\n")
    with pytest.raises(InputError) as error:
        read_samples(one_row(tmp_path, small_variants=written))
    assert words in str(error.value)


# ---------------------------------------------------------------- the clinical sheet


def clinical(folder: Path, **cells: str) -> Path:
    row = {"patient": "p", **cells}
    return text(folder / "patients.tsv", "\t".join(row) + "\n" + "\t".join(row.values()) + "\n")


@pytest.mark.parametrize(
    ("cells", "words"),
    [
        ({"marrow_blasts_percent": "0.84"}, ["fraction where a percentage", "84 %", "'0.84 %'"]),
        ({"marrow_blasts_percent": "1"}, ["100 %"]),
        ({"marrow_blasts_percent": "840"}, ["0 to 100 %"]),
        ({"eoi_mrd": "5"}, ["is it 5 %? Then write 0.05"]),
        ({"eoi_mrd": "<1e-4"}, ["mrd_sensitivity"]),
        ({"mrd_sensitivity": "0.5"}, ["0.1", "1e-4"]),
        ({"age_at_diagnosis_years": "320"}, ["0 to 100 years", "months"]),
        ({"wbc_at_diagnosis": "45000"}, ["10^9/L", "per microlitre"]),
        ({"thiopurine_start_dose_mg_m2": "900"}, ["mg/m2"]),
        ({"relapse_number": "1.5"}, ["whole number"]),
        ({"diagnosis_date": "01/03/2023"}, ["cannot be told apart", "2023-03-01 or 2023-01-03"]),
        ({"diagnosis_date": "2023-02-30"}, ["not a date"]),
        ({"diagnosis_date": "2999-01-01"}, ["future"]),
        ({"relapse_date": "2999-01-01"}, ["future"]),
        ({"marrow_blasts_percent": "0.84", "sites": "BM;CNS"}, ["84 %"]),
        ({"immunophenotype": "B"}, ["did you mean 'BCP'"]),
        ({"cd19": "low-ish"}, ["positive, dim, negative"]),
    ],
)
def test_impossible_and_doubtful_facts_are_asked_back(tmp_path, cells, words):
    with pytest.raises(InputError) as error:
        read_patients(clinical(tmp_path, **cells))
    assert all(word in str(error.value) for word in [*words, "line 2"]), str(error.value)


@pytest.mark.parametrize(
    ("column", "cell", "value"),
    [
        ("marrow_blasts_percent", "84 %", 84),
        ("marrow_blasts_percent", "0.4 %", 0.4),
        ("marrow_blasts_percent", "0", 0),
        ("eoi_mrd", "0.05 %", 0.0005),
        ("eoi_mrd", "10^-4", 1e-4),
        ("eoi_mrd", "2 x 10^-3", 2e-3),
        ("wbc_at_diagnosis", "12,5", 12.5),
        ("diagnosis_date", "2023/03/01", "2023-03-01"),
        ("diagnosis_date", "13.03.2023", "2023-03-13"),
        ("immunophenotype", "T-ALL", "T"),
        ("sites", "bone marrow, CNS", ("BM", "CNS")),
        ("sites", "Marrow", ("BM",)),
        ("sites", "medullary", ("BM",)),
        ("sites", "isolated CNS", ("CNS",)),
        ("sites", "Knochenmark + ZNS", ("BM", "CNS")),
        ("sites", "isolated testicular", ("testis",)),
        ("prior_hsct", "Y", True),
        ("mrd_method", "RQ-PCR", "PCR"),
    ],
)
def test_plain_facts_are_taken(tmp_path, column, cell, value):
    assert getattr(read_patients(clinical(tmp_path, **{column: cell}))[0], column) == value


def test_dates_out_of_order_are_said_and_left_to_the_schemes(tmp_path):
    path = clinical(tmp_path, diagnosis_date="2023-03-01", relapse_date="2022-03-01", end_of_therapy_date="2999-01-01")
    (patient,) = read_patients(path)
    assert ["relapse_date (2022-03-01) lies before" in note for note in patient.notes] == [True]


def test_few_blasts_outside_of_the_marrow_are_what_is_expected(tmp_path):
    assert read_patients(clinical(tmp_path, marrow_blasts_percent="0.5", sites="CNS"))[0].marrow_blasts_percent == 0.5


def test_doubts_of_other_patients_do_not_stop_one(tmp_path):
    lines = ["patient\tmarrow_blasts_percent", "p\t84", "q\t0.84"]
    path = text(tmp_path / "patients.tsv", "\n".join(lines) + "\n")
    assert [patient.patient for patient in read_patients(path, ["p"])] == ["p"]
    with pytest.raises(SheetError, match="line 3"):
        read_patients(path, ["q"])


def test_what_is_possible_and_rarely_meant_is_noted(tmp_path):
    notes = read_clinical_sheet(clinical(tmp_path, age_at_diagnosis_years="60")).notes
    assert any("months" in note and "5.0" in note for note in notes)


# ---------------------------------------------------------------- every fault at once

MISTAKES = (  # (column, cell): each is one mistake of a row of its own
    *(("sample", cell) for cell in ("", "a b", "-x", "x/y")),
    *(("patient", cell) for cell in ("", "p q", "../p")),
    *(("timepoint", cell) for cell in ("", "T1", "later", "d33", "relapsed")),
    *(("assembly", cell) for cell in ("", "38", "hg17", "T2T", "mm10")),
    *(("sex", cell) for cell in ("fem", "X0", "yes")),
    *(("assay", cell) for cell in ("RNA-seq", "wgss", "NGS")),
    *(("purity", cell) for cell in ("1.5", "<0.2", "high", "0", "200")),
    *(("ploidy", cell) for cell in ("20", "diploid")),
    ("dna_index", "9"),
    ("array_gamma", "3"),
    ("tumor_name", "smallvariants=T"),
    *(("small_variants", cell) for cell in ("none.vcf", "ftp://x/a.vcf", "folder", "empty.vcf")),
    ("structural_variants", "none.bedpe"),
    ("copy_number", "none.seg"),
    ("karyotype", ""),
)


def test_forty_mistakes_are_listed_in_one_run_each_with_its_remedy(tmp_path):
    (tmp_path / "folder").mkdir()
    (tmp_path / "empty.vcf").write_bytes(b"")
    columns = [*COLUMNS, "sex", "assay", "purity", "ploidy", "dna_index", "array_gamma", "tumor_name",
               "small_variants", "structural_variants", "copy_number"]  # fmt: skip
    lines = ["\t".join(columns)]
    for number, (column, cell) in enumerate(MISTAKES):
        row = {"sample": f"s{number}", "patient": f"p{number}", "timepoint": "diagnosis", "assembly": "GRCh38",
               "karyotype": "46,XX[20]", column: cell}  # fmt: skip
        lines.append("\t".join(row.get(name, "") for name in columns))
    path = text(tmp_path / "samples.tsv", "\n".join(lines) + "\n")
    with pytest.raises(SheetError) as error:
        read_samples(path)
    assert len(MISTAKES) == 40
    found = {fault.line for fault in error.value.faults}
    assert found == set(range(2, 42)), sorted(set(range(2, 42)) - found)
    assert len(error.value.faults) == 40, [str(fault) for fault in error.value.faults]
    for fault, (column, _) in zip(error.value.faults, MISTAKES, strict=True):
        assert fault.column == column or fault.what == "the row has no input"
        assert fault.fix or "did you mean" in str(fault)
    assert str(error.value).count("What to do: ") == 40
    assert len(str(error.value).splitlines()) == 41


def test_faults_of_other_rows_do_not_stop_a_sample(tmp_path):
    lines = ["\t".join(COLUMNS), "\t".join(ROW), "b\tq\tlater\tGRCh38\t46,XY[20]"]
    path = text(tmp_path / "samples.tsv", "\n".join(lines) + "\n")
    assert [sample.sample for sample in read_samples(path, only=["a"])] == ["a"]
    with pytest.raises(SheetError, match="line 3"):
        read_samples(path, only=["b"])


# ---------------------------------------------------------------- identity

VCF = "##fileformat=VCFv4.2\n##contig=<ID=chr1,length=248956422>\n#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO"


def pair(folder: Path, first: str, second: str, column: str = "small_variants", **names: str) -> Path:
    columns = ["sample", "patient", "timepoint", "assembly", column, "tumor_name"]
    rows = [
        ["A", "p", "diagnosis", "GRCh38", first, names.get("A", "")],
        ["B", names.get("patient", "q"), "relapse", "GRCh38", second, names.get("B", "")],
    ]
    return text(folder / "samples.tsv", "\n".join("\t".join(row) for row in [columns, *rows]) + "\n")


RECORD = "chr1\t1000\t.\tA\tT\t.\tPASS\tSOMATIC"


@pytest.mark.parametrize("column", ["small_variants", "structural_variants"])
@pytest.mark.parametrize("how", ["same", "link", "copy"])
def test_one_file_is_one_samples(tmp_path, column, how):
    text(tmp_path / "a.vcf", f"{VCF}\n{RECORD}\n")
    if how == "link":
        (tmp_path / "b.vcf").symlink_to("a.vcf")
    elif how == "copy":
        text(tmp_path / "b.vcf", f"{VCF}\n{RECORD}\n")
    path = pair(tmp_path, "a.vcf", "a.vcf" if how == "same" else "b.vcf", column)
    with pytest.raises(SheetError) as error:
        read_samples(path)
    assert all(word in str(error.value) for word in ["line 3", column, "line 2 names it for A", "tumor_name"])


def test_a_copy_is_a_doubt_of_its_sample_where_it_does_not_stop(tmp_path):
    for name in ("a.vcf", "b.vcf"):
        text(tmp_path / name, f"{VCF}\n{RECORD}\n")
    _, second = read_samples(pair(tmp_path, "a.vcf", "b.vcf"), copies_stop=False)
    (doubt,) = second.doubts
    assert "b.vcf may be of another sample" in doubt
    assert "line 2 names it for A" in doubt
    assert not {"notes", "doubts"} & as_row(second).keys()


def test_a_file_of_several_samples_serves_each_with_its_own_column(tmp_path):
    text(tmp_path / "both.vcf", f"{VCF}\tFORMAT\tA\tB\n{RECORD}\tGT\t0/1\t0/0\n")
    assert len(read_samples(pair(tmp_path, "both.vcf", "both.vcf"))) == 2
    assert len(read_samples(pair(tmp_path, "both.vcf", "both.vcf", A="A", B="B"))) == 2
    with pytest.raises(SheetError, match="rows of two samples"):
        read_samples(pair(tmp_path, "both.vcf", "both.vcf", A="A", B="A"))


def test_tables_with_a_header_alone_may_be_equal(tmp_path):
    for name in ("a.vcf", "b.vcf"):
        text(tmp_path / name, VCF + "\n")
    assert len(read_samples(pair(tmp_path, "a.vcf", "b.vcf"))) == 2


@pytest.mark.parametrize(("segments", "refused"), [(24, False), (90, True)])
def test_quiet_genomes_may_have_equal_segments(tmp_path, segments, refused):
    rows = [f"1\t{1000 * n + 1}\t{1000 * n + 900}\t1\t1" for n in range(segments)]
    for name in ("a.txt", "b.txt"):
        text(tmp_path / name, "\n".join(["chr\tstart\tend\tnMajor\tnMinor", *rows]) + "\n")
    path = pair(tmp_path, "a.txt", "b.txt", "copy_number")
    if refused:
        with pytest.raises(SheetError, match="a copy of the file"):
            read_samples(path)
    else:
        assert len(read_samples(path)) == 2


def test_a_normal_serves_one_patient(tmp_path):
    text(tmp_path / "n.vcf", f"{VCF}\n{RECORD}\n")
    columns = "sample\tpatient\ttimepoint\tassembly\tkaryotype\tgermline_variants\n"
    rows = "A\tp\tdiagnosis\tGRCh38\t46,XX[20]\tn.vcf\nB\t{}\trelapse\tGRCh38\t46,XX[20]\tn.vcf\n"
    assert len(read_samples(text(tmp_path / "s.tsv", columns + rows.format("p")))) == 2
    with pytest.raises(SheetError, match="two patients"):
        read_samples(text(tmp_path / "s.tsv", columns + rows.format("q")))


def test_patients_that_differ_by_case_are_asked_back(tmp_path):
    lines = ["\t".join(COLUMNS), "\t".join(ROW), "b\tP\trelapse\tGRCh38\t46,XY[20]"]
    with pytest.raises(SheetError, match="did you mean 'p', as in line 2"):
        read_samples(text(tmp_path / "samples.tsv", "\n".join(lines) + "\n"))


@pytest.mark.parametrize("written", ["NFC", "NFD"])
@pytest.mark.parametrize("stored", ["NFC", "NFD"])
def test_an_accent_is_one_letter_or_two(tmp_path, written, stored):
    """macOS, a server and a spreadsheet spell it each in their own way; the names look the same."""
    folder = tmp_path / unicodedata.normalize("NFC", "Données")
    folder.mkdir()
    vcf(folder / unicodedata.normalize(stored, "Müller.vcf"), ("s",), 1)
    cell = unicodedata.normalize(written, "Données/Müller.vcf")
    sheet = tmp_path / "samples.tsv"
    sheet.write_text(f"sample\tpatient\ttimepoint\tassembly\tSNV file\ns\tp\tdiagnosis\tGRCh38\t{cell}\n")
    (file,) = read_samples(sheet)[0].small_variants
    assert file.exists()


@pytest.mark.parametrize(("id", "meant"), [("Müller-D", "Muller-D"), ("P 1", "P_1"), ("A/1", "A_1")])
def test_an_id_that_is_not_allowed_is_asked_back(tmp_path, id, meant):
    sheet = tmp_path / "samples.tsv"
    sheet.write_text(f"sample\tpatient\ttimepoint\tassembly\tkaryotype\n{id}\tp\tdiagnosis\tGRCh38\t46,XX[20]\n")
    with pytest.raises(SheetError, match=f"did you mean '{meant}'"):
        read_samples(sheet)
