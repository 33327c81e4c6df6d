"""Three-state truth on whole reports: silence is a negative only where an input states that it looked.

Fewer inputs give fewer negatives, never more; a file without records gives none; what no input can see says so.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest

from annotate.base.errors import InputError
from annotate.decide.registry import registered
from annotate.knowledge.tables import Knowledge
from tests.makers.copy_number import write_segments
from tests.makers.golden import HIGH_RISK, PATIENTS, Golden, Lab, make_report, states_of
from tests.makers.golden import deletion as deleted
from tests.makers.structural import intron_after

FILES = ("small_variants", "structural_variants", "copy_number", "fusions", "karyotype", "germline_variants")
INPUTS = FILES[:5]


def negatives(report: Mapping[str, Any]) -> set[str]:
    return {id for id, state in states_of(report).items() if state == "not_detected"}


def rich_with_lesions(lab: Lab) -> dict[str, Any]:
    """BCR::ABL1 in DNA, RNA and bands; IKZF1 4-7 lost in copy number and as a junction; T315I; trisomy 8."""
    low, high = sorted((intron_after(lab.genome, "IKZF1", 3), intron_after(lab.genome, "IKZF1", 7)))
    return {
        "small_variants": lab.calls("mutect2", lab.named("ABL1", "p.Thr315Ile", 0.4)),
        "structural_variants": lab.junctions("manta", lab.bcr_abl1(), deleted("7", low, high)),
        "copy_number": lab.copies("purple", {"8": (3, 1)}, pieces=[("7", low + 1, high - 1, 1, 0)]),
        "fusions": lab.rna("arriba", lab.fusion("BCR", "ABL1", 1, 2)),
        "karyotype": "47,XX,+8,t(9;22)(q34;q11.2)[20]",
        "assay": "wgs",
        "par_mode": "y_masked",
        "sex": "female",
    }


RICH = {
    "without lesions": PATIENTS["nothing_found"],
    "with lesions": Golden("rich", "", rich_with_lesions, "GRCh38", "relapse", {}, {"immunophenotype": "BCP"}),
}


@pytest.fixture(scope="module", params=RICH)
def reports(request, tmp_path_factory) -> dict[frozenset[str], Mapping[str, Any]]:
    """The states of every subset of the inputs of a rich sample, with the assay stated and not."""
    patient, found = RICH[request.param], {}
    for size in range(1, len(INPUTS) + 1):
        for kept in combinations(INPUTS, size):
            for stated in (("assay",), ()):
                left_out = [name for name in (*FILES, "assay") if name not in (*kept, *stated)]
                report = make_report(patient, tmp_path_factory.mktemp("subset"), leave_out=left_out)
                found[frozenset({*kept, *stated})] = report
    return found


def test_fewer_inputs_give_fewer_negatives(reports):
    """Taking one input away, or the word of the assay, never makes a lesion `not_detected` that was not."""
    wrong = []
    for kept, report in reports.items():
        for name in kept:
            less = reports.get(kept - {name})
            if less is not None:
                more = negatives(less) - negatives(report)
                wrong += [f"{id}: not_detected once {name} is taken from {sorted(kept)}" for id in sorted(more)]
    assert wrong == []


def test_every_subset_says_why(reports):
    for kept, report in reports.items():
        for row in report["lesions"]:
            assert row["reasons"], (sorted(kept), row["id"])
            if row["state"] == "not_detected":
                codes = {reason["code"] for reason in row["reasons"]}
                assert codes & {"LOOKED_AND_NOT_FOUND", "RULED_OUT"}, (sorted(kept), row["id"], codes)


def test_without_an_assay_structural_variants_exclude_nothing(reports):
    report = reports[frozenset({"structural_variants"})]
    assert negatives(report) == set()
    said = [reason["text"] for row in report["lesions"] for reason in row["reasons"] if row["id"] == "kmt2a_r"]
    assert any("assay" in text for text in said)
    with_it = reports[frozenset({"structural_variants", "assay"})]
    assert {"kmt2a_r", "tcf3_r"} <= negatives(with_it)


def test_each_input_excludes_what_it_sees_and_no_more(reports):
    """High-risk lesions that one input alone may exclude, by the detectability table."""
    may = {
        "small_variants": {"tp53_alteration", "nt5c2"},
        "structural_variants": {"bcr_abl1", "abl_class", "kmt2a_r", "tcf3_r"},
        "copy_number": {"iamp21", "hypodiploidy", "tp53_deletion"},
        "fusions": {"bcr_abl1", "abl_class", "kmt2a_r", "tcf3_r"},
        "karyotype": {"bcr_abl1", "kmt2a_r", "hypodiploidy"},
    }
    for name, lesions in may.items():
        report = reports[frozenset({name, "assay"})]
        assert negatives(report) & set(HIGH_RISK) <= lesions, name


# ---------------------------------------------------------------- files without records


def of_files(make: Any, tmp_path: Path, assembly: str = "GRCh38", **patient: str) -> dict[str, Any]:
    return make_report(Golden("S", "", make, assembly, "diagnosis", {}, patient), tmp_path)


def header_only(path: Path) -> Path:
    lines = path.read_text(encoding="utf-8").splitlines()
    last = max((n for n, line in enumerate(lines) if line.startswith("#")), default=0)
    path.write_text("\n".join(lines[: last + 1]) + "\n", encoding="utf-8")
    return path


EMPTY = {
    "small variants": ("small_variants", lambda lab: lab.calls("mutect2")),
    "Manta": ("structural_variants", lambda lab: lab.junctions("manta")),
    "GRIDSS": ("structural_variants", lambda lab: lab.junctions("gridss")),
    "DELLY": ("structural_variants", lambda lab: lab.junctions("delly")),
    "Arriba": ("fusions", lambda lab: lab.rna("arriba")),
    "STAR-Fusion": ("fusions", lambda lab: lab.rna("starfusion")),
    "CICERO": ("fusions", lambda lab: lab.rna("cicero")),
}


@pytest.mark.parametrize("what", EMPTY)
def test_a_file_without_records_states_nothing(what, tmp_path):
    column, write = EMPTY[what]
    report = of_files(lambda lab: {column: header_only(write(lab)), "assay": "wgs", "purity": 0.9}, tmp_path)
    assert {row["state"] for row in report["lesions"]} == {"not_assessable"}
    assert [file["records_read"] for file in report["inputs"]] == [0]


@pytest.mark.parametrize("dialect", ["purple", "cnvkit_cns", "igv_seg", "battenberg"])
def test_copy_number_without_segments_states_nothing(dialect, tmp_path):
    def make(lab: Lab) -> dict[str, Any]:
        return {"copy_number": header_only(lab.copies(dialect)), "assay": "wgs", "purity": 0.9}

    try:
        report = of_files(make, tmp_path)
    except InputError:
        return  # refused in one line: as good
    assert {row["state"] for row in report["lesions"]} == {"not_assessable"}


def test_records_of_other_chromosomes_are_no_copy_number_of_17(tmp_path):
    """Segments that leave out chromosomes 17 and 21 say nothing of TP53 or iAMP21."""

    def make(lab: Lab) -> dict[str, Any]:
        path = lab.copies("purple", {"8": (3, 1)})
        kept = [line for line in path.read_text().splitlines() if line.split("\t")[0] not in ("17", "21")]
        path.write_text("\n".join(kept) + "\n")
        return {"copy_number": path, "assay": "wgs", "purity": 0.9, "sex": "female"}

    states = states_of(of_files(make, tmp_path))
    assert {states["tp53_deletion"], states["iamp21"]} == {"not_assessable"}
    assert states["tp53_alteration"] != "not_detected"


def test_normal_cells_exclude_nothing(tmp_path):
    """A flat profile with no word of its purity may be of normal cells."""

    def make(lab: Lab) -> dict[str, Any]:
        length = lab.genome.contig_lengths
        truth = [(str(n), 10_001, length[str(n)] - 10_000, 2, 1) for n in range(1, 23)]
        return {"copy_number": write_segments("ascat_summary", lab / "S.tsv", truth), "assay": "wgs", "sex": "female"}

    states = states_of(of_files(make, tmp_path))
    assert {states[id] for id in ("iamp21", "hypodiploidy")} == {"not_assessable"}


# ---------------------------------------------------------------- little to go on


def test_small_variants_alone_leave_structure_and_copies_open(tmp_path):
    """Every structural and copy-number lesion: not assessable, why, and which input would settle it."""
    families = {row["id"]: row["family"] for row in Knowledge.load().table("lesions")}

    def make(lab: Lab) -> dict[str, Any]:
        return {"small_variants": lab.calls("mutect2"), "assay": "wgs"}

    report = of_files(make, tmp_path)
    rows = {row["id"]: row for row in report["lesions"]}
    structural = [id for id, family in families.items() if family in ("rearrangement", "copy_number")]
    assert len(structural) > 20
    for id in structural:
        row = rows[id]
        assert row["state"] == "not_assessable", id
        assert row["reasons"], id
        wishes = [wish["input"] for wish in report["settling"] if id in wish["lesions"]]
        assert wishes, id
        assert any(reason["settles"] for reason in row["reasons"]) or "settle" in row["summary"], id


@pytest.mark.parametrize("karyotype", ["46,XX[20]", "46,XY[30]", "46,XX[3]", "46,XX", "//46,XY[20]"])
def test_normal_metaphases_exclude_nothing(karyotype, tmp_path):
    report = of_files(lambda lab: {"karyotype": karyotype}, tmp_path)
    assert negatives(report) == set()
    assert {row["state"] for row in report["lesions"]} == {"not_assessable"}


@pytest.mark.parametrize(
    "karyotype",
    [
        "46,XX,t(9;22)(q34;q11.2)[1]/46,XX[19]",
        "47,XX,+mar[10]/46,XX[10]",
        "46,XX,der(11)t(?;11)(?;q23)[12]/46,XX[8]",
        "45,XX,-7,add(19)(p13)[cp6]",
        "46,XX,inc[4]",
        "nonsense",
    ],
)
def test_karyotypes_with_something_unnamed_exclude_no_fusion(karyotype, tmp_path):
    report = of_files(lambda lab: {"karyotype": karyotype}, tmp_path)
    assert not negatives(report) & {"bcr_abl1", "abl_class", "kmt2a_r", "tcf3_r", "etv6_runx1", "tp53_deletion"}


@pytest.mark.parametrize("id", ["hyperdiploid_total_only", "near_haploid_total_only"])
def test_total_copies_never_exclude_hypodiploidy(id, tmp_path):
    assert "hypodiploidy" not in negatives(make_report(PATIENTS[id], tmp_path))


@pytest.mark.parametrize("assay", ["wes", "panel"])
def test_without_regions_a_panel_excludes_nothing_by_sequence(assay, tmp_path):
    def make(lab: Lab) -> dict[str, Any]:
        files = {"small_variants": lab.calls("mutect2"), "structural_variants": lab.junctions("manta")}
        return {**files, "assay": assay, "purity": 0.9}

    assert negatives(of_files(make, tmp_path)) == set()


@pytest.mark.parametrize("column", ["small_variants", "structural_variants"])
def test_few_leukaemic_cells_exclude_nothing(column, tmp_path):
    write = {
        "small_variants": lambda lab: lab.calls("mutect2"),
        "structural_variants": lambda lab: lab.junctions("manta"),
    }
    report = of_files(lambda lab: {column: write[column](lab), "assay": "wgs", "purity": 0.1}, tmp_path)
    assert negatives(report) == set()


def test_par1_needs_to_know_how_y_was_mapped(tmp_path):
    make = partial(PATIENTS["nothing_found"].make)
    report = of_files(lambda lab: {**make(lab), "par_mode": "unknown", "fusions": lab.rna("arriba")}, tmp_path)
    assert states_of(report)["par1_deletion"] == "not_assessable"


def test_every_lesion_of_the_contract_is_answered(tmp_path):
    """The ids that the contract fixes, each once, in every report."""
    fixed = [
        "bcr_abl1",
        "abl_class",
        "kmt2a_r",
        "tcf3_r",
        "iamp21",
        "hypodiploidy",
        "tp53_deletion",
        "tp53_alteration",
        "nt5c2",
        "ikzf1_deletion",
        "ikzf1_plus",
        "cdkn2ab_deletion",
        "pax5",
        "etv6_deletion",
        "rb1_deletion",
        "btg1_deletion",
        "ebf1_deletion",
        "crlf2_r",
        "par1_deletion",
        "jak2_r",
        "jak_stat_mutation",
        "epor_r",
        "etv6_runx1",
        "high_hyperdiploidy",
        "dux4_r",
        "znf384_r",
        "mef2d_r",
        "nutm1_r",
        "myc_r",
        "erg_deletion",
        "pax5_p80r",
        "ikzf1_n159y",
        "zeb2_h1038r",
        "ras_pathway",
        "relapse_genes",
        "antigen_loss",
        "stil_tal1",
        "notch1_fbxw7",
        "pten",
    ]
    ids = [row["id"] for row in of_files(lambda lab: {"karyotype": "46,XX[20]"}, tmp_path)["lesions"]]
    assert len(ids) == len(set(ids))
    assert set(fixed) <= set(ids)
    assert set(ids) == set(registered())


@pytest.mark.parametrize("column", ["small_variants", "structural_variants"])
def test_records_on_unknown_contigs_exclude_nothing(column, tmp_path):
    """A file whose records all lie on contigs of another naming was not looked through at all."""

    def make(lab: Lab) -> dict[str, Any]:
        path = lab.calls("mutect2") if column == "small_variants" else lab.junctions("manta")
        lines = [line for line in path.read_text().splitlines() if not line.startswith("##contig")]
        moved = [line if line.startswith("#") else f"scaffold_{line.removeprefix('chr')}" for line in lines]
        path.write_text("\n".join(moved) + "\n")
        return {column: path, "assay": "wgs", "purity": 0.9}

    report = of_files(make, tmp_path)
    assert report["inputs"][0]["records_used"] == 0
    assert negatives(report) == set()


def test_a_caller_without_translocations_excludes_no_fusion(tmp_path):
    """Pindel's VCF has no breaks between chromosomes; the same records from a caller of breakends exclude fusions."""

    def make(lab: Lab, source: str) -> dict[str, Any]:
        path = lab.junctions("plain")
        text = path.read_text().replace("##fileformat=VCFv4.2\n", f"##fileformat=VCFv4.2\n##source={source}\n", 1)
        path.write_text(text)
        return {"structural_variants": path, "assay": "wgs", "purity": 0.9}

    other, pindel = tmp_path / "other", tmp_path / "pindel"
    other.mkdir()
    pindel.mkdir()
    assert "bcr_abl1" in negatives(of_files(lambda lab: make(lab, "another"), other))
    assert negatives(of_files(lambda lab: make(lab, "pindel"), pindel)) == set()
