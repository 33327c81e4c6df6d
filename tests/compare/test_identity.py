"""Same person? Swaps, donors, contamination, loss of heterozygosity, leukaemia in the normal sample."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from annotate.compare import compare
from annotate.compare.timepoints import TimepointData
from annotate.knowledge.tables import Knowledge
from annotate.model.sample import Sample
from annotate.reference.genome import Genome
from tests.makers.patients import (
    Mutation,
    Person,
    Point,
    copy_number_data,
    germline_records,
    person,
    report,
    timepoint,
    variant_row,
    with_sample,
    write_vcf,
)

CLONAL = [Mutation(str(1 + i), 50_000_000, "C", "T", (1.0, 1.0)) for i in range(6)]


@pytest.fixture
def rng() -> np.random.Generator:
    return np.random.default_rng(17)


def pair(folder: Path, rng: np.random.Generator, first: Person, second: Person, **late: Any) -> list[TimepointData]:
    """Diagnosis and relapse with these germline genotypes."""
    return [
        timepoint(folder, Point("diagnosis", 0.8, 500), 0, CLONAL, rng, own=first),
        timepoint(folder, Point("relapse", 0.7, 500, donor=late.pop("share", 0.0)), 1, CLONAL, rng, own=second, **late),
    ]


def tumour_only(
    folder: Path,
    name: str,
    point: str,
    records: list[Any],
    copies: Mapping[str, tuple[int, int]] | None = None,
    **fields: Any,
) -> TimepointData:
    """A sample whose VCF has one column."""
    path = write_vcf(folder / f"{name}.vcf", records, (name,)) if records else None
    paths = (path,) if path is not None else ()
    own = Sample(name, "P1", point, "GRCh38", sex="female", small_variants=paths, **fields)
    made = report(own, purity=0.9, copy_number=copy_number_data(copies or {}), matched_normal=False)
    return TimepointData(made, own)


def test_one_person(tmp_path: Path, rng: np.random.Generator, grch38: Genome, knowledge: Knowledge) -> None:
    own = person(rng)
    found = compare(pair(tmp_path, rng, own, own), grch38, knowledge)
    assert found["concordance"]["verdict"] == "same_person"
    assert found["warnings"] == []
    assert all(one["sites"] >= 50 for one in found["concordance"]["pairs"])


def test_a_swap_is_said_first(tmp_path: Path, rng: np.random.Generator, grch38: Genome, knowledge: Knowledge) -> None:
    found = compare(pair(tmp_path, rng, person(rng), person(rng)), grch38, knowledge)
    assert found["concordance"]["verdict"] == "discordant"
    assert "swap" in found["warnings"][0]
    assert found["summary"].startswith("The samples may not be of one person")


def test_a_swapped_normal_is_found(
    tmp_path: Path, rng: np.random.Generator, grch38: Genome, knowledge: Knowledge
) -> None:
    """The tumour column of one patient beside the normal column of another."""
    own, other = person(rng), person(rng)
    mine, theirs = (germline_records(rng, who, Point("diagnosis", 0.8, 60)) for who in (own, other))
    records = [(*a[:4], [a[4][0], b[4][0]]) for a, b in zip(mine, theirs, strict=True)]
    path = write_vcf(tmp_path / "A.vcf", records, ("TUMOR", "NORMAL"))
    row = Sample("A", "P1", "diagnosis", "GRCh38", small_variants=(path,))
    found = compare([TimepointData(report(row), row)], grch38, knowledge)
    assert found["concordance"]["verdict"] == "discordant"
    assert "normal of A" in found["warnings"][0]


@pytest.mark.parametrize(
    ("clinical", "words"),
    [
        ({"prior_hsct": True}, "donor cells"),
        ({"prior_hsct": False}, "another person's DNA"),
        (None, "another person's DNA"),
    ],
)
def test_foreign_reads(
    clinical: Mapping[str, Any] | None,
    words: str,
    tmp_path: Path,
    rng: np.random.Generator,
    grch38: Genome,
    knowledge: Knowledge,
) -> None:
    own = person(rng)
    data = pair(tmp_path, rng, own, own, share=0.1, donor=person(rng), clinical=clinical)
    text = " ".join(compare(data, grch38, knowledge)["warnings"])
    assert words in text
    assert "P1-relapse:" in text


def test_a_transplanted_patient_with_donor_blood(
    tmp_path: Path, rng: np.random.Generator, grch38: Genome, knowledge: Knowledge
) -> None:
    own, donor = person(rng), person(rng)
    data = pair(tmp_path, rng, own, donor, clinical={"prior_hsct": True})
    text = compare(data, grch38, knowledge)["warnings"][0]
    assert "donor cells explain this" in text


def test_loss_of_heterozygosity_is_no_swap(
    tmp_path: Path, rng: np.random.Generator, grch38: Genome, knowledge: Knowledge
) -> None:
    """A pure near-haploid leukaemia shows one allele of each heterozygous site."""
    own = person(rng)
    normal = germline_records(rng, own, Point("remission", 1, 60))
    lost = []
    for chrom, pos, ref, alt, [(count, depth)] in normal:
        copies = own.genotypes[(chrom, pos)]
        kept = rng.random() < 0.5
        count = {0: 0, 1: 57 if kept else 3, 2: 60}[copies]
        if count > 3:
            lost.append((chrom, pos, ref, alt, [(count, depth)]))
    early = tumour_only(tmp_path, "D", "diagnosis", lost)
    data = [early, tumour_only(tmp_path, "N", "remission", [r for r in normal if r[4][0][0]])]
    found = compare(data, grch38, knowledge)
    assert [one["verdict"] for one in found["concordance"]["pairs"]] == ["same_person"]
    assert "lost heterozygosity" in found["concordance"]["pairs"][0]["text"]


def test_segments_without_the_minor_allele_are_left_out(
    tmp_path: Path, rng: np.random.Generator, grch38: Genome, knowledge: Knowledge
) -> None:
    own = person(rng)
    records = germline_records(rng, own, Point("diagnosis", 1, 60))
    data = [
        tumour_only(tmp_path, "D", "diagnosis", records, {"1": (1, 0)}),
        tumour_only(tmp_path, "R", "relapse", records),
    ]
    pairs = compare(data, grch38, knowledge)["concordance"]["pairs"]
    assert (pairs[0]["sites"], pairs[0]["verdict"]) == (0, "not_assessable")


def test_few_sites_decide_nothing(
    tmp_path: Path, rng: np.random.Generator, grch38: Genome, knowledge: Knowledge
) -> None:
    own = person(rng, 40)
    found = compare(pair(tmp_path, rng, own, own), grch38, knowledge)
    assert found["concordance"]["verdict"] == "not_assessable"
    assert any("6 mutations" in note for note in found["concordance"]["notes"])


def test_leukaemia_in_the_normal_column(
    tmp_path: Path, rng: np.random.Generator, grch38: Genome, knowledge: Knowledge
) -> None:
    own = person(rng)
    found = compare(pair(tmp_path, rng, own, own, normal_share=0.1), grch38, knowledge)
    assert "carries leukaemia" in found["warnings"][0]
    assert found["concordance"]["leukaemia_in_normal"][0]["share"] == pytest.approx(0.1, abs=0.05)


def test_leukaemia_in_the_remission_sample(
    tmp_path: Path, rng: np.random.Generator, grch38: Genome, knowledge: Knowledge
) -> None:
    own = person(rng)
    data = pair(tmp_path, rng, own, own)
    reads = [(*mutation.key, [(6, 300)]) for mutation in CLONAL]
    data.append(tumour_only(tmp_path, "N", "remission", reads))
    found = compare(data, grch38, knowledge)
    assert found["warnings"][0].startswith("N carries leukaemia")
    assert len([event for event in found["events"] if event["kind"] == "small_variant"]) == len(CLONAL)


def test_a_clean_remission_sample_is_not_accused(
    tmp_path: Path, rng: np.random.Generator, grch38: Genome, knowledge: Knowledge
) -> None:
    own = person(rng)
    data = pair(tmp_path, rng, own, own)
    data.append(tumour_only(tmp_path, "N", "remission", [(*mutation.key, [(0, 300)]) for mutation in CLONAL]))
    assert compare(data, grch38, knowledge)["warnings"] == []


def test_a_germline_variant_of_the_remission_sample_is_no_mutation(
    tmp_path: Path, rng: np.random.Generator, grch38: Genome, knowledge: Knowledge
) -> None:
    own = person(rng)
    data = pair(tmp_path, rng, own, own)
    data.append(tumour_only(tmp_path, "N", "remission", [(*CLONAL[0].key, [(150, 300)])]))
    events = compare(data, grch38, knowledge)["events"]
    assert len([event for event in events if event["kind"] == "small_variant"]) == len(CLONAL) - 1


def test_two_sexes(grch38: Genome, knowledge: Knowledge) -> None:
    data = []
    for name, point, sex in (("A", "diagnosis", "male"), ("B", "relapse", "female")):
        row = Sample(name, "P1", point, "GRCh38")
        data.append(TimepointData(report(row, purity=0.9, copy_number=copy_number_data({}, sex=sex)), row))
    assert "not of one sex" in compare(data, grch38, knowledge)["warnings"][0]


def test_alignments_are_counted_at_the_sites_of_the_other_sample(
    tmp_path: Path,
    rng: np.random.Generator,
    grch38: Genome,
    knowledge: Knowledge,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from annotate.model.small_variants import DepthAt
    from annotate.read.alignments import pileup

    own, other = person(rng), person(rng)

    def look(path: Path, genome: Genome, knowledge: Knowledge, *, sites: Any = (), **named: Any) -> Any:
        who = {"own.bam": own, "other.bam": other}[path.name]
        share = {site: who.genotypes.get(site, 0) / 2 for site in sites}
        return {s: DepthAt(*s, 60, {"G": round(60 * f), "A": 60 - round(60 * f)}) for s, f in share.items()}, None, ()

    monkeypatch.setattr(pileup, "look", look)
    records = germline_records(rng, own, Point("diagnosis", 1, 60))
    first = tumour_only(tmp_path, "D", "diagnosis", records)
    for name, verdict in (("own.bam", "same_person"), ("other.bam", "discordant")):
        second = tumour_only(tmp_path, "R", "relapse", [], alignments=tmp_path / name)
        found = compare([first, second], grch38, knowledge)
        assert found["concordance"]["verdict"] == verdict


def test_rows_of_the_report_count_for_the_normal_column(grch38: Genome, knowledge: Knowledge) -> None:
    rows = [
        variant_row(mutation, 300, 1000, normal_alt_reads=8, normal_depth=200, normal_vaf=0.04) for mutation in CLONAL
    ]
    row = Sample("A", "P1", "diagnosis", "GRCh38")
    data = [TimepointData(report(row, purity=0.7, variants=rows, copy_number=copy_number_data({})), row)]
    found = compare(data, grch38, knowledge)
    assert "the normal column of A carries leukaemia: 48 of 1,200 reads" in found["warnings"][0]


def with_germline(data: list[TimepointData], path: Path) -> list[TimepointData]:
    return [with_sample(one, germline_variants=path) for one in data]


def test_a_germline_file_is_a_normal_sample(
    tmp_path: Path, rng: np.random.Generator, grch38: Genome, knowledge: Knowledge
) -> None:
    """Its germline variants are no mutations, its genotypes tell the person, its tumour reads are found."""
    own, other = person(rng), person(rng)
    data = pair(tmp_path, rng, own, own)
    reads = [(*CLONAL[0].key, [(150, 300)]), *((*mutation.key, [(5, 300)]) for mutation in CLONAL[1:])]
    mine = [record for record in germline_records(rng, own, Point("x", 1, 60)) if record[4][0][0]]
    path = write_vcf(tmp_path / "mine.vcf", [*reads, *mine], ("N",))
    found = compare(with_germline(data, path), grch38, knowledge)
    assert found["normals"] == ["germline of P1-diagnosis"]
    assert found["concordance"]["verdict"] == "same_person"
    assert "germline of P1-diagnosis carries leukaemia: 25 of 1,500 reads" in found["warnings"][0]
    assert len([event for event in found["events"] if event["kind"] == "small_variant"]) == len(CLONAL) - 1
    foreign = [record for record in germline_records(rng, other, Point("x", 1, 60)) if record[4][0][0]]
    path = write_vcf(tmp_path / "other.vcf", foreign, ("N",))
    found = compare(with_germline(data, path), grch38, knowledge)
    assert found["concordance"]["verdict"] == "discordant"


def test_a_mixture_is_not_another_person(
    tmp_path: Path, rng: np.random.Generator, grch38: Genome, knowledge: Knowledge
) -> None:
    own = person(rng)
    data = pair(tmp_path, rng, own, own, share=0.35, donor=person(rng))
    found = compare(data, grch38, knowledge)
    assert found["concordance"]["verdict"] == "mixed"
    assert not any("swap" in text for text in found["warnings"])
    assert any("another person's DNA" in text for text in found["warnings"])


def test_the_odd_one_of_three_samples_is_named_once(
    tmp_path: Path, rng: np.random.Generator, grch38: Genome, knowledge: Knowledge
) -> None:
    own, other = person(rng), person(rng)
    data = [
        tumour_only(tmp_path, name, point, [r for r in germline_records(rng, who, Point(point, 1, 60)) if r[4][0][0]])
        for name, point, who in (("A", "diagnosis", own), ("B", "relapse", other), ("C", "relapse2", own))
    ]
    text = compare(data, grch38, knowledge)["warnings"]
    assert len(text) == 1
    assert text[0].startswith("B does not have the genotype of A, C")


def test_a_sibling_is_another_person(
    tmp_path: Path, rng: np.random.Generator, grch38: Genome, knowledge: Knowledge
) -> None:
    """Brother and sister share half of their alleles: many equal genotypes, and still not one person."""
    alleles = {("1", 1_000_000 + 1000 * n): rng.integers(0, 2, 4) for n in range(300)}  # two of each parent
    children = [
        Person({site: int(four[rng.integers(0, 2)] + four[2 + rng.integers(0, 2)]) for site, four in alleles.items()})
        for _ in range(2)
    ]
    found = compare(pair(tmp_path, rng, *children), grch38, knowledge)
    assert found["concordance"]["verdict"] == "discordant"


def test_rising_mutations_of_files_without_normal_are_no_other_person(
    tmp_path: Path, grch38: Genome, knowledge: Knowledge
) -> None:
    """Somatic calls without a normal column: a clone that rose looks like unequal genotypes, and is none."""
    places = [(str(1 + at % 22), 40_000_000 + 1000 * at) for at in range(120)]
    early = [(c, p, "C", "T", [(20 if at % 2 else 200, 500)]) for at, (c, p) in enumerate(places)]
    late = [(c, p, "C", "T", [(200, 500)]) for c, p in places]
    data = [tumour_only(tmp_path, "D", "diagnosis", early), tumour_only(tmp_path, "R", "relapse", late)]
    found = compare(data, grch38, knowledge)
    assert found["concordance"]["verdict"] != "discordant"
    assert not any("swap" in text for text in found["warnings"])
