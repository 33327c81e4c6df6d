"""What a panel covers: BED counts from 0, the interval list of Picard from 1."""

from __future__ import annotations

from pathlib import Path

import pytest

from annotate.base.errors import InputError
from annotate.read.regions import read_regions
from annotate.reference.genome import Genome

GENOME = Genome.load("GRCh38")
SAM = "@HD\tVN:1.6\n@SQ\tSN:chr9\tLN:138394717\n"


def regions(path: Path, text: str):
    path.write_text(text, encoding="utf-8")
    return read_regions(path, GENOME)


def test_the_same_bases_in_both_forms(tmp_path):
    bed = regions(tmp_path / "a.bed", "chr9\t999\t2000\tx\nchr9\t4999\t5000\ty\n")
    listed = regions(tmp_path / "a.interval_list", SAM + "chr9\t1000\t2000\t+\tx\nchr9\t5000\t5000\t+\ty\n")
    for pos, inside in ((999, False), (1000, True), (2000, True), (2001, False), (5000, True)):
        assert [found.contains("9", pos) for found in (bed, listed)] == [inside, inside], pos


@pytest.mark.parametrize("line", ["chr9\t0\t20\t+\tx", "chr9\t10\t138394718\t+\tx", "chr9\t20\t10\t+\tx"])
def test_places_outside_of_a_contig_are_refused_as_they_are_written(tmp_path, line):
    start, end = line.split("\t")[1:3]
    with pytest.raises(InputError, match=f"{start}-{end}"):
        regions(tmp_path / "a.interval_list", SAM + line + "\n")
