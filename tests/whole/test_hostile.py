"""Hostile input: bombs, endless lines, ids and paths that try to leave the work folder or to reach a shell.

Faults that `scripts/fuzz.py` found are kept here too, each with what was wrong.
"""

from __future__ import annotations

import gzip
import json
import subprocess
import sys
from pathlib import Path

import pytest

from annotate.base.errors import InputError
from annotate.base.resources import resource_path
from annotate.command import main
from annotate.knowledge.check import check
from annotate.knowledge.tables import Knowledge
from annotate.model.sample import Sample
from annotate.read.common import text as text_module
from annotate.read.copy_number import read_copy_number
from annotate.read.fusions import read_fusions
from annotate.read.sheets import read_samples
from annotate.read.small_variants import read_small_variants
from annotate.reference.genome import Genome
from scripts.fuzz import run

ROOT = Path(__file__).resolve().parents[2]
DEMO = ROOT / "resources" / "demo"


# ---------------------------------------------------------------- the harness itself


def test_the_harness_finds_every_sort_of_fault():
    """A reader that is broken on purpose: without this, no fault found would say nothing."""
    result = run("broken/any", 250, 1, seconds=0.5)
    found = " ".join(fault["fault"] for fault in result["faults"])
    for word in (
        "KeyError at fuzz.py",
        "longer than 0.5 s",
        "memory beyond the bound",
        "process ended with -11",
        "several lines or too long",
    ):
        assert word in found, word
    assert result["read"]
    assert result["refused"]


# ---------------------------------------------------------------- size

# Reads every file under a bound of memory and says what came of it.
CHILD = """
import json, resource, sys, time
from pathlib import Path
from annotate.base.errors import InputError
from annotate.read.sheets.files import header_contigs
from scripts.fuzz import readers
reading = readers("GRCh38")
reading["header"] = lambda path: list(header_contigs(path))
warm = Path(sys.argv[1])
for kind in ("small_variants", "structural_variants", "copy_number", "fusions", "regions", "samples_sheet"):
    try:
        reading[kind](warm)
    except InputError:
        pass
size = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
resource.setrlimit(resource.RLIMIT_AS, (size + 512 * 1024**2,) * 2)
for kind, name in json.loads(sys.argv[2]):
    began = time.monotonic()
    try:
        reading[kind](Path(name))
        said = "read"
    except InputError as error:
        said = f"refused: {error}"
    except MemoryError:
        said = "MemoryError"
    except Exception as error:
        said = f"{type(error).__name__}: {error}"
    print(json.dumps([kind, Path(name).name, said]), flush=True)
"""
KINDS = ("small_variants", "structural_variants", "copy_number", "fusions", "regions", "samples_sheet", "header")


@pytest.fixture(scope="module")
def large(tmp_path_factory) -> list[Path]:
    """A gigabyte each: one line compressed to a few megabytes, a line that is a hole in the disk, a cell of a table."""
    folder = tmp_path_factory.mktemp("large")
    member = gzip.compress(b"x" * (64 * 1024**2), 1)
    bomb = folder / "bomb.vcf.gz"
    bomb.write_bytes(member * 16)
    hole = folder / "hole.tsv"
    with open(hole, "wb") as out:
        out.truncate(1024**3)
    cell = folder / "cell.vcf"
    head = b"##fileformat=VCFv4.2\n#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\n1\t100\t.\tA\t"
    with open(cell, "wb") as out:
        out.write(head)
        out.truncate(1024**3)
    return [bomb, hole, cell]


@pytest.mark.slow
def test_a_gigabyte_in_one_line_is_refused_within_bounds(large):
    warm = large[0].parent / "warm.tsv"
    warm.write_text("a\tb\n1\t2\n")
    cases = [(kind, str(path)) for kind in KINDS for path in large]
    child = subprocess.run(
        [sys.executable, "-c", CHILD, str(warm), json.dumps(cases)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    outcomes = [json.loads(line) for line in child.stdout.splitlines()]
    assert len(outcomes) == len(cases), child.stderr[-2000:]
    wrong = [case for case in outcomes if not case[2].startswith("refused") and case[0] != "header"]
    assert not wrong
    assert all(len(said) < 1000 for *_, said in outcomes)


def test_a_bomb_of_many_lines_stops_at_the_bound(tmp_path, monkeypatch):
    monkeypatch.setattr(text_module, "MAX_TEXT", 1_000_000)
    path = tmp_path / "bomb.cns"
    path.write_bytes(gzip.compress(b"chromosome\tstart\tend\n" + b"chr1\t1\t2\n" * 500_000))
    taken = 0
    with pytest.raises(InputError, match="too long for a table"):
        for _ in text_module.lines(path):
            taken += 1
    assert taken < 120_000


def small(path: Path) -> Sample:
    return Sample("T", "T", "diagnosis", "GRCh38", small_variants=(path,))


@pytest.mark.parametrize(
    ("name", "extra"),
    [
        ("header of 5 MB", [f'##note{n}="{"x" * 1000}"' for n in range(5000)]),
        ("line of 5 MB", ["##note=" + "x" * 5_000_000]),
        ("3,000 contigs", [f"##contig=<ID=HLA-A*01:{n:04d}:01,length=3503>" for n in range(3000)]),
        ("3,000 INFO fields", [f'##INFO=<ID=F{n},Number=1,Type=String,Description="x">' for n in range(3000)]),
    ],
)
def test_a_header_of_any_size_changes_nothing(tmp_path, name, extra):
    genome, knowledge = Genome.load("GRCh38"), Knowledge.load()
    transcript = genome.transcript("TP53")
    assert transcript is not None
    pos = transcript.protein_to_genomic(248)[1]
    record = f"17\t{pos}\t.\t{'G' if transcript.strand == '+' else 'C'}\tT"
    lines = [
        "##fileformat=VCFv4.2",
        *[f"##contig=<ID={c},length={genome.contig_lengths[c]}>" for c in ("9", "17")],
        "#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\tFORMAT\tT",
        f"{record}\t50\tPASS\t.\tGT:AD:DP\t0/1:50,50:100",
    ]
    plain, padded = tmp_path / "plain.vcf", tmp_path / "padded.vcf"
    plain.write_text("\n".join(lines) + "\n")
    padded.write_text("\n".join([*lines[:1], *extra, *lines[1:]]) + "\n")
    one, other = (read_small_variants(small(path), genome, knowledge) for path in (plain, padded))
    assert len(one.variants) == 1

    def facts(found):
        return [(v.chrom, v.pos, v.ref, v.alt, v.vaf, v.depth) for v in found.variants]

    assert facts(one) == facts(other)
    assert one.inputs[0].records_read == other.inputs[0].records_read == 1


# ---------------------------------------------------------------- ids and paths


@pytest.mark.parametrize(
    "id",
    [
        "../x", "..", ".", ".hidden", "a/b", "/etc/x", "-rf", "--out", "a b", "a;b", "$(touch x)", "`x`", "a|b", "a&b",
        "a>b", "a'b", 'a"b', "{sample}", "a\\b", "~", "*", "a\u202eb", "é", "x" * 101, "a\x00b", "%2e%2e",
    ],
)  # fmt: skip
@pytest.mark.parametrize("column", ["sample", "patient"])
def test_ids_are_names_of_files_and_no_more(tmp_path, id, column):
    row = {"sample": "s", "patient": "p", "timepoint": "diagnosis", "assembly": "GRCh38", "karyotype": "46,XX[20]"}
    row[column] = id
    sheet = tmp_path / "samples.tsv"
    sheet.write_text("\t".join(row) + "\n" + "\t".join(row.values()) + "\n", encoding="utf-8")
    with pytest.raises(InputError) as caught:
        read_samples(sheet)
    assert f"column {column!r}" in str(caught.value)
    assert "\n" not in str(caught.value)
    assert "\u202e" not in str(caught.value)


@pytest.mark.parametrize("id", ["a\nb", "a\tb"])
def test_an_id_cannot_hold_a_line_end_or_a_tab(tmp_path, id):
    sheet = tmp_path / "samples.tsv"
    sheet.write_text(f"sample\tpatient\ttimepoint\tassembly\tkaryotype\n{id}\tp\tdiagnosis\tGRCh38\t46,XX[20]\n")
    with pytest.raises(InputError, match="wrong number of cells"):
        read_samples(sheet)


NAMES = (
    "a b.cns",
    "it's.cns",
    '"quoted".cns',
    "$(touch PWNED).cns",
    "`touch PWNED`.cns",
    "a & touch PWNED.cns",
    "a | touch PWNED.cns",
    "%s %(x)s.cns",
    "-rf.cns",
    "é\u4e2d.cns",
)


@pytest.mark.workflow
@pytest.mark.parametrize("per_job", ["1", "20"])
def test_file_names_never_reach_a_shell(tmp_path, per_job):
    """Names with blanks, quotes, braces and commands, in a folder of such a name, through the whole workflow."""
    folder = tmp_path / "in put 'x' $(touch PWNED)"
    folder.mkdir()
    segments = (DEMO / "D09.cns").read_text(encoding="utf-8")
    rows = []
    for number, name in enumerate(NAMES):
        (folder / name).write_text(segments.replace("\t-\t", f"\tgene{number}\t", 1), encoding="utf-8")
        rows.append(f"S{number}\tS{number}\tdiagnosis\tGRCh38\t{name}")
    sheet = folder / "samples.tsv"
    sheet.write_text("\n".join(["sample\tpatient\ttimepoint\tassembly\tcopy_number", *rows]) + "\n", encoding="utf-8")
    work = tmp_path / "wo rk"
    command = [
        sys.executable,
        "-m",
        "snakemake",
        "-s",
        str(ROOT / "Snakefile"),
        "--directory",
        str(work),
        "--cores",
        "2",
    ]
    run = subprocess.run(
        [*command, "--config", f"samples={sheet}", f"samples_per_job={per_job}"],
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
        cwd=tmp_path,
    )
    assert run.returncode == 0, run.stdout + run.stderr
    for number, name in enumerate(NAMES):
        report = json.loads((work / f"results/S{number}/S{number}.report.json").read_text(encoding="utf-8"))
        assert report["inputs"][0]["path"].endswith(name)
    assert not list(tmp_path.rglob("PWNED*"))


@pytest.mark.parametrize(
    "name", ["a;touch PWNED.cns", "a\x00b", "../../../../../../etc/passwd", "/dev/zero", "/proc/self/mem"]
)
def test_paths_that_are_no_input_are_refused_in_the_sheet(tmp_path, name):
    sheet = tmp_path / "samples.tsv"
    sheet.write_text(f"sample\tpatient\ttimepoint\tassembly\tcopy_number\ns\tp\tdiagnosis\tGRCh38\t{name}\n")
    if name.endswith("passwd"):  # a file that is there: refused when it is read, and nothing of it is written
        assert main(["report", "--samples", str(sheet), "--out", str(tmp_path / "out"), "--quiet"]) == 2
        assert not list((tmp_path / "out").rglob("*.json"))
        return
    with pytest.raises(InputError, match="line 2, column 'copy_number'"):
        read_samples(sheet)


# ---------------------------------------------------------------- faults found by fuzzing


@pytest.fixture
def own(tmp_path) -> Path:
    folder = tmp_path / "own"
    folder.mkdir()
    return folder


def header(table: str) -> str:
    lines = (resource_path("knowledge") / f"{table}.tsv").read_text(encoding="utf-8").splitlines()
    return next(line for line in lines if not line.startswith("#"))


def test_own_knowledge_that_is_not_utf8_is_refused_in_one_line(own):
    """Was a UnicodeDecodeError."""
    (own / "variants.tsv").write_bytes(header("variants").encode() + b"\n\xc8\xff\n")
    with pytest.raises(InputError, match="is not UTF-8 text"):
        Knowledge(resource_path("knowledge"), own).table("variants")


def test_own_knowledge_that_cannot_be_read_is_refused_in_one_line(own):
    (own / "variants.tsv").mkdir()
    folder = own / "variants.tsv"
    assert folder.is_dir()
    with pytest.raises(InputError):
        Knowledge(own, None).table("variants")


def test_a_sheet_with_a_tab_alone_on_a_line(tmp_path):
    """Was a ParserError of pandas."""
    sheet = tmp_path / "samples.tsv"
    sheet.write_text("sample,patient,timepoint\na,b,diagnosis\n\t\n")
    with pytest.raises(InputError, match="'assembly': column is missing"):
        read_samples(sheet)
    whole = tmp_path / "whole.tsv"
    whole.write_text("sample\tpatient\ttimepoint\tassembly\tkaryotype\n\t \na\tp\tdiagnosis\tGRCh38\t46,XX[20]\n")
    assert [sample.sample for sample in read_samples(whole)] == ["a"]


@pytest.mark.parametrize("place", ["header", "cell"])
def test_a_sheet_with_a_word_of_any_length(tmp_path, place):
    """Was a message as long as the word."""
    row = {"sample": "s", "patient": "p", "timepoint": "diagnosis", "assembly": "GRCh38", "karyotype": "46,XX[20]"}
    if place == "header":
        row["A" * 5000] = "x"
    else:
        row["assembly"] = "A" * 5000
    sheet = tmp_path / "samples.tsv"
    sheet.write_text("\t".join(row) + "\n" + "\t".join(row.values()) + "\n")
    with pytest.raises(InputError) as caught:
        read_samples(sheet)
    assert len(str(caught.value)) < 1500


def test_ichorcna_whose_first_row_is_cut(tmp_path):
    """Was a StopIteration."""
    path = tmp_path / "a.seg"
    columns = (
        "chrom\tstart\tend\tnum.mark\tseg.median.logR\tcopy.number\tcall\tsubclone.status\tCorrected_Copy_Number\tID"
    )
    path.write_text(f"{columns}\n1\t10001\t120000000\t11\n")
    with pytest.raises(InputError, match="line 2"):
        read_copy_number((path,), Genome.load("GRCh38"), ("S",))


def test_jaffa_with_a_cell_beyond_the_limit_of_the_csv_module(tmp_path):
    """Was an Error of the csv module."""
    head = "sample,fusion genes,chrom1,base1,strand1,chrom2,base2,strand2,gap (kb),spanning pairs,spanning reads\n"
    path = tmp_path / "jaffa_results.csv"
    path.write_text(head + 'T,BCR:ABL1,chr22,1,+,chr9,"' + "x" * 200_000 + '",+,1,1,1\n')
    found = read_fusions((path,), small(path), Genome.load("GRCh38"), Knowledge.load())
    assert [file.records_read for file in found.inputs] == [1]


def test_a_cell_of_any_length_makes_a_message_of_bounded_length(own):
    """Was a message as long as the cell."""
    columns = header("variants").split("\t")
    (own / "variants.tsv").write_text("\t".join(columns) + "\n" + "\t".join(["A" * 5000] * len(columns)) + "\n")
    problems = check(resource_path("knowledge"), own)
    assert problems
    assert all(len(problem.message) <= 1000 and problem.message.isprintable() for problem in problems)
