"""Which column is the leukaemia where its name says nothing: another file of the row, the records."""

from __future__ import annotations

from pathlib import Path

import pytest

from annotate.base.errors import InputError
from annotate.knowledge.tables import Knowledge
from annotate.model.sample import Sample
from annotate.read.common.columns import choose_columns
from annotate.read.small_variants import read_small_variants
from annotate.reference.genome import Genome
from tests.makers.small_variants import contig_lines

NAMES = ("P7_B", "P7_A")


def vcf(path: Path, genome: Genome, cells: list[tuple[str, str]], header: str = "", form: str = "GT:AD") -> Path:
    columns = "\t".join(["#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\tFORMAT", *NAMES])
    lines = [f"10\t{103093198 + n}\t.\tC\tT\t.\tPASS\t.\t{form}\t{one}\t{two}" for n, (one, two) in enumerate(cells)]
    head = ["##fileformat=VCFv4.2", *([header] if header else []), *contig_lines(genome), columns]
    path.write_text("\n".join([*head, *lines]) + "\n")
    return path


def sample(*files: Path, **more: object) -> Sample:
    return Sample("S", "P", "relapse", "GRCh38", small_variants=files, **more)  # type: ignore[arg-type]


@pytest.mark.parametrize("header", ["##tumor_sample=P7_A", "##SAMPLE=<ID=TUMOR,SampleName=P7_A>"])
def test_another_file_of_the_row_names_it(header: str, grch38: Genome, tmp_path: Path) -> None:
    one = vcf(tmp_path / "mutect.vcf", grch38, [("0/0:50,0", "0/1:30,20")], header)
    two = vcf(tmp_path / "manta.vcf", grch38, [])
    found = choose_columns(NAMES, (), sample(one, structural_variants=(two,)), two, "structural_variants")
    assert (found.tumor_name, found.guessed) == ("P7_A", False)
    assert "mutect.vcf" in found.why


@pytest.mark.parametrize(
    ("form", "own", "other"), [("GT:AD", "0/1:30,20", "0/0:50,0"), ("PR:SR", "9,4:8,3", "9,0:8,0")]
)
@pytest.mark.parametrize("column", [0, 1])
def test_records_with_reads_in_one_column_tell_it_and_it_is_said(
    form: str, own: str, other: str, column: int, grch38: Genome, tmp_path: Path
) -> None:
    cells = [(own, other) if column == 0 else (other, own)] * 5
    path = vcf(tmp_path / "a.vcf", grch38, cells, form=form)
    found = choose_columns(NAMES, (), sample(path), path)
    assert (found.tumor_name, found.guessed) == (NAMES[column], True)


def test_the_guess_is_a_warning(grch38: Genome, knowledge: Knowledge, tmp_path: Path) -> None:
    path = vcf(tmp_path / "a.vcf", grch38, [("0/0:50,0", "0/1:30,20")] * 5)
    found = read_small_variants(sample(path), grch38, knowledge)
    assert any("P7_A read as the leukaemia" in warning for warning in found.inputs[0].warnings)


@pytest.mark.parametrize(
    "cells",
    [
        [("0/1:30,20", "0/1:30,20")] * 5,  # a germline pair
        [("0/0:50,0", "0/1:30,20")] * 2,  # too few
        [("0/0:50,0", "0/1:30,20")] * 3 + [("0/1:30,20", "0/0:50,0")] * 2,  # two time points
    ],
)
def test_what_the_records_leave_open_is_asked(cells: list[tuple[str, str]], grch38: Genome, tmp_path: Path) -> None:
    path = vcf(tmp_path / "a.vcf", grch38, cells)
    with pytest.raises(InputError, match="cannot tell which sample column"):
        choose_columns(NAMES, (), sample(path), path)
