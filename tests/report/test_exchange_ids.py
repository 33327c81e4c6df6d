"""VRS identifiers against published ones, and rows of the OMOP model."""

from __future__ import annotations

import csv

import pytest

from annotate.base.settings import Settings
from annotate.knowledge.specs.exchange import RefgetRow
from annotate.model.sample import Patient, Sample
from annotate.report.exchange.omop import COLUMNS, FILE, write_measurements
from annotate.report.exchange.vrs import allele_id, digest
from annotate.report.json.build import build_report
from annotate.run.sample import analyse
from tests.makers.small_variants import Call, write_calls

PUBLISHED = [  # of the tests and examples of AnyVar and of the CIViC transformer of metakb, VRS 2.0
    (("10", 87894077, "C", "T"), "K7akyz9PHB0wg8wBNVlWAAdvMbJUJJfU"),
    (("10", 43121968, "T", "C"), "ON-Q17mJBYx3unmQ8GiqllzEphxR-Fie"),
]


@pytest.mark.parametrize(("allele", "expected"), PUBLISHED)
def test_identifiers_are_those_of_published_alleles(knowledge, allele, expected):
    assert allele_id("GRCh38", *allele, knowledge) == f"ga4gh:VA.{expected}"
    assert allele_id("GRCh37", *allele, knowledge) not in (None, f"ga4gh:VA.{expected}")


def test_a_location_has_the_published_digest():
    sequence = {"type": "SequenceReference", "refgetAccession": "SQ.ss8r_wB0-b9r44TQTMmVTI92884QvBiB"}
    place = {"type": "SequenceLocation", "start": 87894076, "end": 87894077, "sequenceReference": sequence}
    assert digest(place) == "01EH5o6V6VEyNUq68gpeTwKE7xOo-WAy"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ((100, "C", "T"), (99, "AC", "AT")),
        ((100, "C", "T"), (100, "CGG", "TGG")),
        ((100, "CA", "GAT"), (99, "TCA", "TGAT")),
    ],
)
def test_shared_bases_at_the_ends_change_no_identifier(knowledge, one, other):
    assert allele_id("GRCh38", "7", *one, knowledge) == allele_id("GRCh38", "7", *other, knowledge) is not None


@pytest.mark.parametrize(
    ("chrom", "ref", "alt"),
    [
        ("7", "C", "CA"),
        ("7", "CA", "C"),
        ("7", "C", "<DEL>"),
        ("7", "C", "C"),
        ("7", "N", "A"),
        ("Y", "C", "T"),
        ("MT", "C", "T"),
    ],
)
def test_what_needs_bases_around_it_or_another_sequence_has_no_identifier(knowledge, chrom, ref, alt):
    assert allele_id("GRCh38", chrom, 100, ref, alt, knowledge) is None


def test_each_chromosome_of_both_assemblies_has_an_accession_of_its_own(knowledge):
    rows = knowledge.rows(RefgetRow)
    assert len({row.accession for row in rows}) == len(rows) == 46
    assert len({(row.assembly, row.chrom) for row in rows}) == 46


def test_reports_bear_identifiers_of_their_substitutions_alone(tmp_path, grch38, knowledge):
    calls = [Call("1", 114713908, "T", "C"), Call("1", 114713912, "T", "TA")]
    path = write_calls("vardict", tmp_path / "a.vcf", calls, grch38)
    sample = Sample("K", "K", "diagnosis", "GRCh38", small_variants=(path,), tumor_name="T1")
    variants = build_report(analyse(sample, None, Settings()))["variants"]
    ids = {(v["ref"], v["alt"]): v["vrs_id"] for v in variants}
    assert ids[("T", "C")] == allele_id("GRCh38", "1", 114713908, "T", "C", knowledge)
    assert [value for (ref, alt), value in ids.items() if len(ref) != len(alt)] == [None]


def test_a_row_a_lesion_and_sample_with_source_values_and_no_made_up_concept(tmp_path):
    samples = [
        Sample(id, "p", when, "GRCh38", karyotype="46,XX[20]") for id, when in (("D", "diagnosis"), ("R", "relapse"))
    ]
    patient = Patient("p", diagnosis_date="2025-01-02", relapse_date="2026-03-04")
    reports = [build_report(analyse(sample, patient, Settings())) for sample in samples]
    write_measurements(reports, tmp_path)
    with open(tmp_path / FILE, encoding="utf-8") as file:
        rows = list(csv.DictReader(file, delimiter="\t"))
    assert tuple(rows[0]) == COLUMNS
    assert [int(row["measurement_id"]) for row in rows] == list(range(1, len(rows) + 1))
    told = {(row["specimen_source_id"], row["measurement_source_value"]): row["value_source_value"] for row in rows}
    for report in reports:
        for lesion in report["lesions"]:
            assert told[report["sample"], f"allert:{lesion['id']}"] == lesion["state"]
    assert {row["measurement_date"] for row in rows} == {"2025-01-02", "2026-03-04"}
    concepts = [row[name] for row in rows for name in COLUMNS if name.endswith("concept_id")]
    assert set(concepts) == {"0", ""}
    assert all(len(row["measurement_source_value"]) <= 50 for row in rows)


def test_a_batch_without_reports_is_a_header(tmp_path):
    write_measurements([], tmp_path)
    assert (tmp_path / FILE).read_text().rstrip("\n").split("\t") == list(COLUMNS)
