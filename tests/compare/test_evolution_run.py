"""From the sheet to the patient's page, by the command."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from annotate.command import main
from annotate.compare import compare
from annotate.compare.timepoints import TimepointData
from annotate.knowledge.tables import Knowledge
from annotate.model.sample import Sample
from annotate.reference.genome import Genome
from tests.makers.patients import Mutation, copy_number_data, report, variant_row, write_vcf
from tests.read.test_pileup import pileup_reads, write_bam

NT5C2 = ("10", 103_093_198, "C", "T")
TP53 = ("17", 7_674_220, "C", "T")
BLOCKS = [("10", 103_080_000, 103_150_000, 1500), ("17", 7_660_000, 7_690_000, 1500)]


@pytest.fixture
def sheet(tmp_path: Path) -> Path:
    """A diagnosis with TP53 in a small clone; a relapse with TP53 and NT5C2 in all cells."""
    early = [(*TP53, [(60, 1500), (0, 100)])]
    late = [(*NT5C2, [(600, 1500), (0, 100)]), (*TP53, [(600, 1500), (0, 100)])]
    rows = ["sample\tpatient\ttimepoint\tassembly\tsex\tsmall_variants\tassay\tpurity"]
    for name, point, records in (("D", "diagnosis", early), ("R", "relapse", late)):
        path = write_vcf(tmp_path / f"{name}.vcf", records, ("TUMOR", "NORMAL"), BLOCKS)
        rows.append(f"{name}\tP1\t{point}\tGRCh38\tfemale\t{path.name}\twgs\t0.8")
    found = tmp_path / "samples.tsv"
    found.write_text("\n".join(rows) + "\n", encoding="utf-8")
    return found


def run(sheet: Path, out: Path) -> Path:
    assert main(["report", "--samples", str(sheet), "--out", str(out), "--quiet"]) == 0
    assert main(["evolution", "P1", "--samples", str(sheet), "--out", str(out)]) == 0
    return out / "patients" / "P1"


def test_a_patient_from_files_to_page(sheet: Path, tmp_path: Path) -> None:
    folder = run(sheet, tmp_path / "results")
    evolution = json.loads((folder / "P1.evolution.json").read_text(encoding="utf-8"))
    categories = {(event["kind"], event["id"]): event["category"] for event in evolution["events"]}
    assert categories["small_variant", "10:103093198 C>T"] == "gained"
    assert categories["small_variant", "17:7674220 C>T"] == "rising"
    assert categories["lesion", "nt5c2"] == "gained"
    assert "NT5C2 R367Q" in evolution["summary"]
    event = next(event for event in evolution["events"] if event["id"] == "10:103093198 C>T")
    assert event["details"]["drug"]
    page = (folder / "P1.evolution.html").read_text(encoding="utf-8")
    assert "NT5C2 R367Q" in page
    assert (folder / "../../R/R.report.html").resolve().exists()
    assert 'href="../../R/R.report.html"' in page


def test_two_runs_write_the_same_bytes(sheet: Path, tmp_path: Path) -> None:
    first, second = run(sheet, tmp_path / "one"), run(sheet, tmp_path / "two")
    for name in ("P1.evolution.json", "P1.evolution.html"):
        assert (first / name).read_bytes() == (second / name).read_bytes()


def test_a_missing_report_is_a_plain_message(sheet: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["evolution", "P1", "--samples", str(sheet), "--out", str(tmp_path / "nothing")]) == 2
    assert "allert report D" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("depth", "vaf", "expected"),
    [(1200, 0.0, "gained"), (200, 0.0, "gained_or_below_limit"), (1200, 0.01, "rising")],
)
def test_alignments_of_the_diagnosis(
    depth: int, vaf: float, expected: str, tmp_path: Path, grch38: Genome, knowledge: Knowledge
) -> None:
    """A BAM of the diagnosis is read at the mutation of the relapse."""
    reads = pileup_reads(grch38, depth, vaf=vaf, gene="NT5C2")
    bam = write_bam(tmp_path / "D.bam", grch38, reads)
    mutation = Mutation(*NT5C2, (0, 1), "NT5C2", "p.Arg367Gln")
    made = []
    for name, point in (("D", "diagnosis"), ("R", "relapse")):
        early = point == "diagnosis"
        own = Sample(name, "P1", point, "GRCh38", sex="female", alignments=bam if early else None)
        rows = [] if early else [variant_row(mutation, 400, 1000)]
        made.append(TimepointData(report(own, purity=0.9, variants=rows, copy_number=copy_number_data({})), own))
    found = compare(made, grch38, knowledge)
    event = next(event for event in found["events"] if event["kind"] == "small_variant")
    assert event["category"] == expected
    assert event["at"]["diagnosis"]["depth"] == depth
    assert event["at"]["diagnosis"]["source"] == "alignments"
