"""Reads at germline heterozygous sites: from VCF files to loss of heterozygosity."""

from __future__ import annotations

import random
from dataclasses import replace
from pathlib import Path

import pytest

from annotate.decide.case import Case
from annotate.decide.ploidy.heterozygous_sites import (
    SiteCount,
    homozygous_by_descent,
    loh_by_sites,
    mirrored,
    shifts,
    site_counts,
    sites_of,
)
from annotate.decide.ploidy.hypodiploidy import hypodiploidy
from annotate.knowledge import cutoffs
from annotate.knowledge.tables import Knowledge
from annotate.model.sample import Sample
from annotate.model.small_variants import SmallVariants
from annotate.model.state import Code, State
from annotate.reference.genome import Genome
from tests.makers.karyotypes import AUTOSOMES, Simulated, hypodiploid

SAMPLE = Sample("S", "P", "diagnosis", "GRCh38", sex="female", assay="wgs")
SITES = 420


def reads(share: float, depth: int, dice: random.Random) -> int:
    return sum(dice.random() < share for _ in range(depth))


@pytest.mark.parametrize("baf", [0.5, 0.6, 0.75, 0.95])
@pytest.mark.parametrize("depth", [15, 60])
def test_mirrored_is_not_biased_by_depth(baf: float, depth: int) -> None:
    """The plain mean of mirrored fractions would be 0.6 for balanced sites at 15 reads."""
    dice = random.Random(3)
    sites = [
        SiteCount("1", pos, reads(baf if dice.random() < 0.5 else 1 - baf, depth, dice), depth) for pos in range(3000)
    ]
    assert mirrored(sites) == pytest.approx(baf, abs=0.03)


def test_mirrored_of_nothing() -> None:
    assert mirrored([]) == 0.5


def test_sites_need_depth_and_both_alleles_in_the_normal(knowledge: Knowledge) -> None:
    normal = [
        SiteCount("1", 1, 15, 30),  # heterozygous
        SiteCount("1", 2, 30, 30),  # homozygous
        SiteCount("1", 3, 3, 6),  # too few reads
        SiteCount("1", 4, 1, 30),  # error
        SiteCount("X", 5, 15, 30),
    ]
    tumour = [SiteCount("1", pos, 10, 40) for pos in (1, 2, 3, 4)]
    found = sites_of(normal, tumour, knowledge)
    assert [site.pos for site in found.tumour["1"]] == [1]
    assert (found.heterozygous, found.variants) == ({"1": 1}, {"1": 2})


def test_chromosomes_with_few_sites_are_not_judged(grch38: Genome, knowledge: Knowledge) -> None:
    least = knowledge.value(cutoffs.HYPODIPLOIDY_MIN_HETS)
    for number, judged in ((least - 1, 0), (least, 1)):
        normal = [SiteCount("1", pos, 15, 30) for pos in range(number)]
        tumour = [SiteCount("1", pos, 20, 40) for pos in range(number)]
        assert len(shifts(sites_of(normal, tumour, knowledge), knowledge)) == judged
    assert loh_by_sites(sites_of([], [], knowledge), Case(SAMPLE, grch38, knowledge)) is None


def test_homozygosity_by_descent_needs_sites(knowledge: Knowledge) -> None:
    many = [SiteCount("7", pos, 30 if pos % 50 else 15, 30) for pos in range(1, 400)]
    few = [SiteCount("8", pos, 30, 30) for pos in range(1, 50)]
    mixed = [SiteCount("9", pos, 30 if pos % 2 else 15, 30) for pos in range(1, 400)]
    assert homozygous_by_descent(sites_of([*many, *few, *mixed], [], knowledge), knowledge) == frozenset({"7"})


# ---------------------------------------------------------------- files


def write_vcfs(made: Simulated, genome: Genome, folder: Path, purity: float) -> tuple[Path, Path]:
    """A germline VCF of the remission and a VCF of the leukaemia, both with read counts."""
    dice = random.Random(11)
    header = ["##fileformat=VCFv4.2"]
    header += [f"##contig=<ID=chr{c},length={genome.contig_lengths[c]}>" for c in AUTOSOMES]
    header += [
        '##FORMAT=<ID=GT,Number=1,Type=String,Description="Genotype">',
        '##FORMAT=<ID=AD,Number=R,Type=Integer,Description="Reads of each allele">',
        '##FORMAT=<ID=DP,Number=1,Type=Integer,Description="Depth">',
    ]
    columns = ("#CHROM", "POS", "ID", "REF", "ALT", "QUAL", "FILTER", "INFO", "FORMAT")
    germline, tumour = ([*header, "\t".join((*columns, name))] for name in ("remission", "S"))
    for chrom in AUTOSOMES:
        total, minor = made.states[chrom]
        for number in range(SITES):
            pos = 1000 + number * (genome.contig_lengths[chrom] // SITES - 5)
            het = dice.random() < 0.65
            copies = minor if dice.random() < 0.5 else total - minor
            share = (purity * copies + 1 - purity) / (purity * total + 2 * (1 - purity)) if het else 1.0
            place = f"chr{chrom}\t{pos}\t.\tA\tG\t50\tPASS\t.\tGT:AD:DP"
            alt = reads(0.5 if het else 1.0, 30, dice)
            germline.append(f"{place}\t{'0/1' if het else '1/1'}:{30 - alt},{alt}:30")
            alt = reads(share, 50, dice)
            tumour.append(f"{place}\t0/1:{50 - alt},{alt}:50")
    paths = folder / "remission.vcf", folder / "S.vcf"
    for path, lines in zip(paths, (germline, tumour), strict=True):
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return paths


def test_files_show_a_doubled_clone_without_any_copy_number(
    grch38: Genome, knowledge: Knowledge, tmp_path: Path
) -> None:
    germline, tumour = write_vcfs(hypodiploid(28, "female", 3, doubled=True), grch38, tmp_path, 0.8)
    sample = replace(SAMPLE, small_variants=(tumour,), germline_variants=germline, purity=0.8)
    case = Case(sample, grch38, knowledge)
    sites = site_counts(case)
    assert sites is not None
    assert len(shifts(sites, knowledge)) == 22
    call = hypodiploidy(case)
    assert (call.state, call.leaning, call.subtype) == (State.EQUIVOCAL, "likely", "near_haploid")
    assert call.details["retained_homologues"] == 28
    assert any(reason.code is Code.EVIDENCE_INCOMPLETE and reason.settles for reason in call.reasons)


def test_no_normal_no_sites(grch38: Genome, knowledge: Knowledge, tmp_path: Path) -> None:
    _, tumour = write_vcfs(hypodiploid(28, "female", 3), grch38, tmp_path, 0.8)
    sample = replace(SAMPLE, small_variants=(tumour,))
    assert site_counts(Case(sample, grch38, knowledge)) is None
    assert site_counts(Case(sample, grch38, knowledge, small=SmallVariants((), ()))) is None
    assert site_counts(Case(SAMPLE, grch38, knowledge)) is None
