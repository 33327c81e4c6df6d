"""`allert validate` does what a report does, up to the first decision, for every row, and lists everything."""

from __future__ import annotations

from pathlib import Path

import pytest

from annotate.command import main

HEADER = "##fileformat=VCFv4.2\n##contig=<ID=chr1,length=248956422>\n#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO"
GENOTYPES = '##FORMAT=<ID=GT,Number=1,Type=String,Description="g">\n'
CNS = "chromosome\tstart\tend\tgene\tlog2\tdepth\tprobes\tweight\nchr1\t1000\t200000000\t-\t0.0\t40\t900\t900\n"


def vcf(path: Path, *names: str, record: str = "chr1\t1000\t.\tA\tT\t.\tPASS\t.") -> str:
    columns = "".join(f"\t{name}" for name in ("FORMAT", *names)) if names else ""
    genotypes = "\tGT" + "\t0/1" * len(names) if names else ""
    body = HEADER.replace("#CHROM", GENOTYPES + "#CHROM")
    path.write_text(f"{body}{columns}\n{record}{genotypes}\n", encoding="utf-8")
    return path.name


def sheet(folder: Path, *rows: dict[str, str]) -> str:
    columns = ["sample", "patient", "timepoint", "assembly"]
    columns += sorted({name for row in rows for name in row} - set(columns))
    lines = ["\t".join(columns)]
    for number, row in enumerate(rows):
        full = {"sample": f"s{number}", "patient": f"p{number}", "timepoint": "diagnosis", "assembly": "GRCh38", **row}
        lines.append("\t".join(full.get(name, "") for name in columns))
    path = folder / "samples.tsv"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return str(path)


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "whole.cns").write_text(CNS, encoding="utf-8")
    (tmp_path / "bins.cnr").write_text(CNS.replace("probes", "bins"), encoding="utf-8")
    (tmp_path / "bad.bed").write_text("chr1\tten\t20\n", encoding="utf-8")
    return tmp_path


def test_every_fault_of_every_row_is_listed(folder, capsys):
    path = sheet(
        folder,
        {"small_variants": vcf(folder / "wrong_column.vcf", "T1", "N1"), "tumor_name": "T9", "copy_number": "bins.cnr"},
        {"copy_number": "none.cns", "sex": "femal"},
        {"copy_number": "whole.cns", "regions": "bad.bed", "assay": "wes"},
        {"small_variants": vcf(folder / "two.vcf", "X", "Y", record="chr1\t2000\t.\tA\tT\t.\tPASS\t.")},
    )
    assert main(["validate", path]) == 2
    told = capsys.readouterr().err
    for words in (
        "T9", "bins.cnr", "'none.cns'", "did you mean 'female'", "bad.bed", "two.vcf", "which sample column",
        "6 faults",
    ):  # fmt: skip
        assert words in told, (words, told)


def test_shallow_reads_the_sheets_alone(folder, capsys):
    path = sheet(folder, {"copy_number": "bins.cnr"})
    assert main(["validate", path]) == 2
    assert main(["validate", path, "--shallow"]) == 0
    assert "all well" in capsys.readouterr().out


def test_what_was_read_and_noted_is_said(folder, capsys):
    path = sheet(folder, {"copy_number": "whole.cns", "assembly": "hg38"})
    assert main(["validate", path]) == 0
    out, err = capsys.readouterr()
    assert "cnvkit" in out
    assert "'hg38' was read as GRCh38" in err


@pytest.mark.parametrize(
    ("small", "structural", "names", "warned"),
    [
        ("P1_T1", "P2_T1", "", True),
        ("P1_T1", "P1_P1_T1", "", False),
        ("P1_T1", "TUMOR", "", False),
        ("P1_T1", "COLO829T", "small_variants=P1_T1;structural_variants=COLO829T", False),
    ],
)
def test_files_that_name_two_samples_are_a_warning(folder, capsys, small, structural, names, warned):
    junction = "chr1\t5000\t.\tA\t<DEL>\t.\tPASS\tSVTYPE=DEL;END=9000"
    path = sheet(
        folder,
        {
            "small_variants": vcf(folder / "a.vcf", small),
            "structural_variants": vcf(folder / "b.vcf", structural, record=junction),
            "tumor_name": names,
        },
    )
    assert main(["validate", path]) == 0
    told = capsys.readouterr().err
    assert ("may be of two samples" in told) == warned, told
    assert not warned or ("'P1_T1'" in told and "'P2_T1'" in told)


def test_a_note_of_many_rows_is_said_once(tmp_path, capsys):
    rows = "".join(f"s{n}\tp{n}\tDx\thg38\t46,XX[20]\n" for n in range(100))
    path = tmp_path / "samples.tsv"
    path.write_text("sample\tpatient\ttimepoint\tassembly\tkaryotype\n" + rows)
    assert main(["validate", str(path), "--shallow"]) == 0
    notes = [line for line in capsys.readouterr().err.splitlines() if line.startswith("note: ")]
    assert len(notes) == 2
    assert all("and 92 more" in note for note in notes)
