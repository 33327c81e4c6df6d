"""Golden patients: whole reports kept as files, and the states of the high-risk lesions judged by hand.

A report that changes fails here with the difference; where the change is meant, `make golden` renews the files.
"""

from __future__ import annotations

import json
import re

import pytest
from jsonschema import Draft202012Validator

from annotate.knowledge.tables import Knowledge
from annotate.report.json.schema import json_schema
from tests.makers.golden import (
    COMMAND,
    FOLDER,
    HIGH_RISK,
    PATIENTS,
    STATES,
    UNREACHABLE,
    canonical,
    difference,
    kept_path,
    make_report,
    states_of,
    text_of,
)

LARGEST = 100_000  # bytes; a page with its options, labels and trials is the largest
EVERY = [(lesion, state) for lesion in HIGH_RISK for state in STATES.values()]


@pytest.mark.parametrize("id", PATIENTS)
def test_patient(id, tmp_path):
    """The report is the one that was kept, its high-risk states are those judged by hand, and it is valid."""
    patient = PATIENTS[id]
    report = make_report(patient, tmp_path)
    states = states_of(report)
    assert {lesion: states[lesion] for lesion in HIGH_RISK} == dict(patient.expects), patient.story
    Draft202012Validator(json_schema()).validate(report)
    changes = difference(id, text_of(canonical(report, tmp_path)) + "\n")
    if changes:
        shown = "\n".join(changes[:200])
        pytest.fail(
            f"the report of {id} changed.\n{shown}\nIf this is meant: {COMMAND} {id}   (all: make golden)", False
        )


@pytest.mark.parametrize(("lesion", "state"), EVERY)
def test_every_state_that_can_be_reached_has_a_patient(lesion, state):
    having = [patient.id for patient in PATIENTS.values() if patient.expects[lesion] == state]
    if (lesion, state) in UNREACHABLE:
        assert not having, f"{having} reach it: take it off the list of what cannot be reached"
    else:
        assert having, f"no golden patient has {lesion} {state}"


def test_the_kept_files_are_those_of_the_patients():
    assert {path.stem for path in FOLDER.glob("*.json")} == set(PATIENTS)
    assert len(PATIENTS) >= 32


def test_the_kept_files_are_small_and_of_no_machine():
    for id in PATIENTS:
        text = kept_path(id).read_text(encoding="utf-8")
        assert len(text.encode()) < LARGEST, f"{id}: {len(text.encode())} bytes"
        for word in (
            r"(?<![\w.])/(tmp|home|work)\b",
            "sha256",
            "provenance",
        ):  # not in an address
            assert re.search(word, text) is None, f"{id} holds {word}"
        json.loads(text)


def test_both_assemblies_and_many_dialects_are_there():
    assemblies = {patient.assembly for patient in PATIENTS.values()}
    assert assemblies == {"GRCh38", "GRCh37"}
    formats = set()
    for id in PATIENTS:
        formats |= {file["format"] for file in json.loads(kept_path(id).read_text(encoding="utf-8"))["inputs"]}
    assert len(formats) >= 20, sorted(formats)


def test_every_lesion_of_the_high_risk_list_is_in_the_matrix():
    """The list of the protocol is the knowledge table's; NT5C2 is of the matrix but not of the list."""
    listed = {row["id"] for row in Knowledge.load().table("lesions") if row["high_risk"] == "1"}
    assert listed <= set(HIGH_RISK)
    assert set(HIGH_RISK) - listed <= {"nt5c2", "tp53_alteration"}


# ---------------------------------------------------------------- what single patients must show


def report_of(id: str) -> dict:
    """The kept report; `test_patient` holds it to what the program says."""
    return json.loads(kept_path(id).read_text(encoding="utf-8"))


def lesion(report: dict, id: str) -> dict:
    return next(row for row in report["lesions"] if row["id"] == id)


def therapies(report: dict, lesion_id: str) -> list[dict]:
    return [row for row in report["therapies"] if row["lesion"] == lesion_id]


def test_t315i_contradicts_imatinib_and_dasatinib_with_its_source():
    rows = therapies(report_of("ph_t315i"), "bcr_abl1")
    for drug in ("imatinib", "dasatinib"):
        against = [row for row in rows if drug in row["drug"].lower() and row.get("contradicted_by")]
        assert against, drug
        for row in against:
            assert any("T315I" in text or "Thr315Ile" in text for text in row["contradicted_by"]), row
            assert row["sources"]
        free = [
            row
            for row in rows
            if drug in row["drug"].lower() and row["direction"] == "sensitivity" and not row.get("contradicted_by")
        ]
        assert not free, free
    assert any("ponatinib" in row["drug"].lower() and not row.get("contradicted_by") for row in rows)


def test_loss_of_cd19_contradicts_what_is_directed_at_it():
    report = report_of("cd19_both_alleles")
    assert lesion(report, "antigen_loss")["state"] == "detected"
    directed = [
        row
        for row in report["therapies"]
        if any(name in row["drug"].lower() for name in ("blinatumomab", "tisagenlecleucel", "cd19"))
        and row["direction"] != "unknown"
    ]
    assert directed
    for row in directed:
        assert row.get("contradicted_by") or row["direction"] in ("resistance", "contraindicated"), row
        assert row["sources"]


def test_men1_contradicts_menin_inhibitors():
    report = report_of("kmt2a_men1")
    assert lesion(report, "relapse_genes")["state"] == "detected"
    rows = [row for row in report["therapies"] if "revumenib" in row["drug"].lower()]
    assert rows
    for row in rows:
        assert row.get("contradicted_by") or row["direction"] in ("resistance", "contraindicated"), row


@pytest.mark.parametrize("id", ["small_variants_only", "mlpa_only", "normal_metaphases", "iamp21_typical"])
def test_without_assessable_fusions_eligibility_for_tki_is_unknown(id):
    rows = [row for row in report_of(id)["therapies"] if row["direction"] == "unknown"]
    said = " ".join(str(row) for row in rows).lower()
    assert "unknown, not negative" in said, rows


def test_with_fusions_excluded_eligibility_is_not_unknown():
    rows = [row for row in report_of("nothing_found")["therapies"] if row["direction"] == "unknown"]
    assert not any(row["lesion"] in ("bcr_abl1", "abl_class") for row in rows), rows


def flag(report: dict, version: str) -> str:
    """The group of the protocol's list in one of its versions."""
    rows = [row for row in report["risk"] if (row["scheme"], row["version"]) == ("InPOG-ALL-R1", version)]
    return rows[0]["group"]


@pytest.mark.parametrize(
    ("id", "literal", "extended"),
    [
        ("ph_t315i", "YES", "YES"),
        ("ebf1_pdgfrb", "YES", "YES"),
        ("kmt2a_karyotype", "YES", "YES"),
        ("tcf3_hlf_rna", "YES", "YES"),
        ("iamp21_typical", "YES", "YES"),
        ("near_haploid", "YES", "YES"),
        ("masked_near_haploid", "UNRESOLVED", "YES"),  # the visible clone has 54 chromosomes (L07)
        ("tp53_focal", "YES", "YES"),
        ("nothing_found", "NO", "NO"),
        ("cd19_both_alleles", "NO", "NO"),
        ("nt5c2_clonal", "UNRESOLVED", "UNRESOLVED"),  # NT5C2 never sets the flag
        ("tcf3_karyotype", "UNRESOLVED", "UNRESOLVED"),
        ("hyperdiploid_total_only", "UNRESOLVED", "UNRESOLVED"),
        ("normal_metaphases", "UNRESOLVED", "UNRESOLVED"),
        ("rna_only", "UNRESOLVED", "UNRESOLVED"),
    ],
)
def test_flag_of_the_protocol(id, literal, extended):
    report = report_of(id)
    assert (flag(report, "literal"), flag(report, "extended")) == (literal, extended)


def test_words_of_states():
    """Subtypes, numbers and limits of the states that the contract explains."""
    masked = lesion(report_of("masked_near_haploid"), "hypodiploidy")
    assert (masked["subtype"], masked["masked"], masked["modal_number"]) == ("near_haploid", True, 54)
    low = lesion(report_of("masked_low_hypodiploid"), "hypodiploidy")
    assert (low["subtype"], low["masked"]) == ("low_hypodiploid", True)
    high = lesion(report_of("high_hypodiploid"), "hypodiploidy")
    assert (high["state"], high["subtype"], high["modal_number"]) == ("not_detected", "high_hypodiploid", 43)
    assert lesion(report_of("low_hypodiploid_tp53"), "tp53_deletion")["subtype"] == "whole_chromosome"
    assert lesion(report_of("tp53_focal"), "tp53_deletion")["subtype"] == "focal"
    assert lesion(report_of("tcf3_hlf_rna"), "tcf3_r")["subtype"].startswith("TCF3::HLF")
    assert lesion(report_of("kmt2a_reciprocal_only"), "kmt2a_r")["leaning"] == "likely"
    assert lesion(report_of("iamp21_atypical"), "iamp21")["leaning"] == "likely"
    assert lesion(report_of("hyperdiploid_21x4"), "high_hyperdiploidy")["state"] == "detected"
    negative = lesion(report_of("nt5c2_by_depth"), "nt5c2")
    assert negative["detection_limit"]["reads"] == 700
    assert 0.005 <= negative["detection_limit"]["vaf"] <= 0.02
    two = lesion(report_of("nt5c2_two_subclones_panel"), "nt5c2")
    assert [hit["hgvsp"] for hit in two["details"]["mutations"]] == ["p.Arg367Gln", "p.Arg238Trp"]
    stop = lesion(report_of("nt5c2_q523_stop"), "nt5c2")
    assert [hit["hgvsp"] for hit in stop["details"]["mutations"]] == ["p.Gln523Ter"]


def test_pharmacogenes_of_a_remission_sample():
    genes = {row["gene"]: row for row in report_of("nothing_found")["pharmacogenomics"]}
    assert genes["NUDT15"]["diplotype"] == "*1/*3"
    assert genes["TPMT"]["diplotype"] == "*1/*3C"
    assert all("ntermediate" in row["phenotype"] for row in genes.values())
    for row in report_of("ph_t315i")["pharmacogenomics"]:
        assert row.get("phenotype") is None
        assert row["state"] == "not_assessable"


@pytest.mark.parametrize("id", PATIENTS)
def test_every_open_lesion_says_why(id):
    """A reason for each state; what was not or not surely assessed names an input that would settle it."""
    report = report_of(id)
    for row in report["lesions"]:
        assert row["reasons"], row["id"]
        if row["state"] in ("detected", "detected_subclonal"):
            assert row["evidence"], row["id"]
        if row["state"] == "not_assessable" and row["id"] in HIGH_RISK:
            said = row["summary"] + " ".join(reason.get("settles", "") for reason in row["reasons"])
            asked = [wish["input"] for wish in report["settling"] if row["id"] in wish.get("lesions", ())]
            assert asked or "settle" in said, row["id"]


def test_a_mutation_that_the_normal_has_too_is_a_prompt():
    """TP53 in the matched normal: germline counselling is suggested, no germline finding is stated."""
    report = report_of("tp53_in_the_normal_too")
    (prompt,) = report["germline"]
    assert prompt["id"] == "predisposition_gene:TP53"
    assert "not a germline result" in prompt["text"]
    assert "Arg248" not in prompt["text"]
    assert "germline" not in report_of("tp53_focal")


def test_nothing_of_a_donor_is_called():
    """Clones behind `//` are the donor's."""
    assert {row["state"] for row in report_of("only_donor")["lesions"]} == {"not_assessable"}
