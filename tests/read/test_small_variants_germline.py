"""Sampled sites for identity and allelic balance."""

from __future__ import annotations

import random
from collections import Counter
from pathlib import Path

import pytest

from annotate.model.sample import Sample
from annotate.read.small_variants.germline import read_allele_counts
from annotate.reference.genome import Genome
from tests.makers.small_variants import Call, background, ordered, write_calls

SAMPLE = Sample("S", "P", "diagnosis", "GRCh38")


@pytest.fixture(scope="module")
def sites() -> list[Call]:
    return background(Genome.load("GRCh38"), 4000, seed=9)


def test_the_limit_is_kept_and_spread_over_the_autosomes(tmp_path: Path, grch38: Genome, sites: list[Call]) -> None:
    found = read_allele_counts(write_calls("vardict", tmp_path / "a.vcf", sites, grch38), SAMPLE, grch38, limit=440)
    assert len(found) == 440
    by_chrom = Counter(count.chrom for count in found)
    assert set(by_chrom.values()) == {20}
    assert set(by_chrom) == {str(number) for number in range(1, 23)}
    assert list(found) == sorted(found, key=lambda count: (int(count.chrom), count.pos))
    assert all(0 < count.alt_reads < count.depth for count in found)


@pytest.mark.parametrize("ending", [".vcf.gz", ".bcf"])
def test_the_same_sites_whatever_the_file_holds_besides(
    ending: str, tmp_path: Path, grch38: Genome, sites: list[Call]
) -> None:
    """A file with a tenth of its records gone, shuffled or in another container shares its sites."""
    some = random.Random(1).sample(sites, 3600)
    one = read_allele_counts(write_calls("vardict", tmp_path / "a.vcf", sites, grch38), SAMPLE, grch38, 220)
    two = read_allele_counts(
        write_calls("mutect2", tmp_path / f"b{ending}", ordered(some, grch38), grch38), SAMPLE, grch38, 220
    )
    shared = {(c.chrom, c.pos) for c in one} & {(c.chrom, c.pos) for c in two}
    assert len(shared) > 180
    shuffled = write_calls("vardict", tmp_path / "c.vcf", random.Random(2).sample(sites, len(sites)), grch38)
    assert read_allele_counts(shuffled, SAMPLE, grch38, 220) == one


def test_the_normals_reads_come_along(tmp_path: Path, grch38: Genome, sites: list[Call]) -> None:
    found = read_allele_counts(write_calls("mutect2", tmp_path / "a.vcf", sites, grch38), SAMPLE, grch38, 50)
    assert {(count.normal_alt_reads, count.normal_depth) for count in found} == {(0, 40)}


def test_a_file_without_samples_has_none(tmp_path: Path, grch38: Genome, sites: list[Call]) -> None:
    assert read_allele_counts(write_calls("lofreq", tmp_path / "a.vcf", sites, grch38), SAMPLE, grch38) == ()
