"""Therapies: rows with level and source, what contradicts a drug in this sample, what may not be read as no."""

from __future__ import annotations

import pytest

from annotate.interpret.therapies import match_therapies
from annotate.knowledge.tables import Knowledge
from annotate.model.copy_number import GeneCopies
from annotate.model.interpretation import Therapy
from annotate.model.small_variants import SmallVariant
from annotate.model.state import State
from tests.makers.calls import D, N, Q, X, all_calls, call, hits

PH = call("bcr_abl1", D, "BCR::ABL1 p190", genes=("BCR", "ABL1"), details={"fusion": "BCR::ABL1"})


def variant(gene: str, protein: str, **fields) -> SmallVariant:
    return SmallVariant("9", 1, "C", "T", gene=gene, hgvsp=protein, **{"vaf": 0.4, **fields})


def therapies(calls, variants=(), profile=None) -> list[Therapy]:
    return list(match_therapies(calls, variants, Knowledge.load(), profile))


def own(calls, variants=(), profile=None) -> list[Therapy]:
    return [therapy for therapy in therapies(calls, variants, profile) if therapy.knowledge != "CIViC"]


def civic(calls, variants=()) -> list[Therapy]:
    return [therapy for therapy in therapies(calls, variants) if therapy.knowledge == "CIViC"]


def of(found, drug) -> Therapy:
    return next(therapy for therapy in found if drug in therapy.drug.split("; "))


def test_nothing_detected_names_nothing():
    assert therapies(all_calls()) == []


# ---------------------------------------------------------------- T315I and other resistance

T315I = variant("ABL1", "p.Thr315Ile", vaf=0.12)
ABL1_HIT = call("relapse_genes", genes=("ABL1",), details=hits({"gene": "ABL1", "change": "p.Thr315Ile"}))


def test_t315i_contradicts_imatinib_and_dasatinib_with_source_and_not_ponatinib():
    found = own(all_calls(bcr_abl1=PH, relapse_genes=ABL1_HIT), [T315I])
    for drug in ("imatinib", "dasatinib"):
        therapy = of(found, drug)
        assert therapy.direction == "sensitivity"
        assert "T315I" in therapy.contradicted_by[0]
        assert "VAF 12.0" in therapy.contradicted_by[0]
        assert "PMID 25686603" in therapy.contradicted_by[0]
        assert "PMID 25686603" in therapy.sources
    assert of(found, "ponatinib").contradicted_by == ()


def test_without_t315i_nothing_is_contradicted():
    for therapy in own(all_calls(bcr_abl1=PH)):
        assert therapy.contradicted_by == ()


@pytest.mark.parametrize(
    "named",
    [
        variant("ABL1", "p.(Thr315Ile)"),
        variant("ABL1", "NP_005148.2:p.T315I"),
    ],
)
def test_t315i_by_other_names(named):
    assert of(own(all_calls(bcr_abl1=PH), [named]), "imatinib").contradicted_by


def test_another_residue_or_gene_does_not_contradict():
    """On isoform b residue 296 of the panel's isoform is number 315: the same name, another residue."""
    for other in (
        variant("ABL1", "p.Thr296Ile", alternative_names=("NM_007313:p.Thr315Ile (isoform b (exon 1b))",)),
        variant("ABL1", "p.Thr315Ser"),
        variant("ABL2", "p.Thr315Ile"),
        variant("ABL1", "p.Thr334Ile"),
    ):
        assert of(own(all_calls(bcr_abl1=PH), [other]), "imatinib").contradicted_by == ()


def test_filtered_variant_is_said_to_be_filtered():
    found = own(all_calls(bcr_abl1=PH), [variant("ABL1", "p.Thr315Ile", filter="weak_evidence")])
    assert "weak_evidence" in of(found, "imatinib").contradicted_by[0]


@pytest.mark.parametrize(
    ("protein", "hit", "spared"),
    [
        ("p.Phe317Leu", {"dasatinib", "imatinib"}, {"ponatinib"}),
        ("p.Glu255Lys", {"imatinib"}, {"dasatinib", "ponatinib"}),
        ("p.Tyr253His", {"imatinib"}, {"dasatinib", "ponatinib"}),
        ("p.Phe359Val", {"imatinib"}, {"dasatinib", "ponatinib"}),
    ],
)
def test_kinase_domain_by_residue(protein, hit, spared):
    found = own(all_calls(bcr_abl1=PH), [variant("ABL1", protein)])
    assert {t.drug for t in found if t.contradicted_by} == hit
    assert spared <= {t.drug for t in found if not t.contradicted_by}


def test_a_caution_is_a_caveat_not_a_contradiction():
    therapy = of(own(all_calls(bcr_abl1=PH), [variant("ABL1", "p.Glu255Lys")]), "dasatinib")
    assert therapy.contradicted_by == ()
    assert any("E255K" in caveat for caveat in therapy.caveats)


# ---------------------------------------------------------------- ABL class


@pytest.mark.parametrize(
    ("pair", "drugs"),
    [
        (("EBF1", "PDGFRB"), {"imatinib", "dasatinib"}),
        (("ZMIZ1", "ABL1"), {"imatinib", "dasatinib"}),
        (("RCSD1", "ABL2"), {"imatinib", "dasatinib"}),
        (("SSBP2", "CSF1R"), {"imatinib", "dasatinib"}),
        (("FIP1L1", "PDGFRA"), {"imatinib"}),
        (("NCOR1", "LYN"), {"dasatinib"}),
    ],
)
def test_abl_class_by_kinase(pair, drugs):
    found = own(all_calls(abl_class=call("abl_class", D, "::".join(pair), genes=pair)))
    assert {therapy.drug for therapy in found} == drugs
    assert {therapy.tier for therapy in found} == {"II" if pair[1] in ("PDGFRA", "LYN") else "I"}


def test_snx2_abl1_is_contradicted_and_rcsd1_abl1_is_cautioned():
    snx2 = own(all_calls(abl_class=call("abl_class", D, "SNX2::ABL1", genes=("SNX2", "ABL1"))))
    assert all(therapy.contradicted_by for therapy in snx2)
    assert "PMID 24367893" in of(snx2, "imatinib").sources
    rcsd1 = own(all_calls(abl_class=call("abl_class", D, "RCSD1::ABL1", genes=("RCSD1", "ABL1"))))
    assert not any(therapy.contradicted_by for therapy in rcsd1)
    assert any("RCSD1::ABL1" in caveat for caveat in of(rcsd1, "dasatinib").caveats)


# ---------------------------------------------------------------- antigens


def copies(gene: str, kind: str):
    made = GeneCopies(gene=gene, total=1, minor=0, baseline=2, call=kind)
    return _with_gene(made)


def _with_gene(made: GeneCopies):
    from annotate.model.copy_number import CopyNumberProfile

    return CopyNumberProfile(
        segments=(), inputs=(), purity=0.9, ploidy=2, purity_source="file", allele_specific=True, sex="female",
        chromosomes={}, modal_number=46, retained_homologues=46, loh_autosomes=0, resolution=None, noise=None,
        genes={made.gene: made},
    )  # fmt: skip


TRUNCATED = {"gene": "CD19", "change": "p.Gln100Ter", "rule": "antigen_loss.cd19_truncating"}
DELETED = {"gene": "CD19", "change": "homozygous_deletion", "rule": "antigen_loss.cd19_homozygous"}


def antigen(*rows):
    return all_calls(antigen_loss=call("antigen_loss", genes=(rows[0]["gene"],), details=hits(*rows)))


@pytest.mark.parametrize(
    ("rows", "profile"),
    [
        ((DELETED,), None),
        ((TRUNCATED, {**TRUNCATED, "change": "p.Arg200fs"}), None),
        ((TRUNCATED,), copies("CD19", "deletion")),
        ((TRUNCATED,), copies("CD19", "cnloh")),
    ],
)
def test_both_copies_of_cd19_contraindicate_cd19_directed_therapy(rows, profile):
    found = own(antigen(*rows), (), profile)
    for drug in ("blinatumomab", "tisagenlecleucel"):
        therapy = of(found, drug)
        assert therapy.direction == "contraindicated"
        assert "both copies of CD19" in therapy.contradicted_by[0]
        assert therapy.approval is not None


@pytest.mark.parametrize("profile", [None, copies("CD19", "normal"), copies("CD22", "deletion")])
def test_one_copy_of_cd19_is_a_caution(profile):
    therapy = of(own(antigen(TRUNCATED), (), profile), "blinatumomab")
    assert therapy.direction == "unknown"
    assert therapy.contradicted_by == ()
    assert any("flow" in caveat for caveat in therapy.caveats)


@pytest.mark.parametrize(
    ("kind", "level", "direction"), [("cnloh", "arm", "contraindicated"), ("normal", None, "unknown")]
)
def test_cd19_from_variant_and_copies_to_the_therapy(kind, level, direction):
    """The lesion's own rule, the loss of 16p from the profile, and the therapy: nothing made up in between."""
    from annotate.decide.case import Case
    from annotate.decide.mutations.point_mutations import antigen_loss
    from annotate.model.sample import Sample
    from annotate.model.small_variants import SmallVariants
    from annotate.reference.genome import Genome

    lost = GeneCopies(gene="CD19", total=2, minor=0, baseline=2, call=kind, level=level)
    frameshift = SmallVariant(
        "16", 28931950, "CT", "C", gene="CD19", consequence="frameshift_variant", hgvsp="p.Ser100fs", vaf=0.85,
        depth=100, alt_reads=85, filter="PASS", source="file",
    )  # fmt: skip
    case = Case(
        sample=Sample("s", "p", "relapse", "GRCh38", assay="wgs", purity=0.9),
        genome=Genome.load("GRCh38"),
        knowledge=Knowledge.load(),
        small=SmallVariants((frameshift,), ()),
        profile=_with_gene(lost),
    )
    calls = all_calls(antigen_loss=antigen_loss(case))
    assert calls["antigen_loss"].state.present
    therapy = of(own(calls, (frameshift,), case.profile), "blinatumomab")
    assert therapy.direction == direction
    assert bool(therapy.contradicted_by) == (direction == "contraindicated")


def test_cd22_does_not_touch_cd19():
    rows = {"gene": "CD22", "change": "homozygous_deletion", "rule": "antigen_loss.cd22_homozygous"}
    found = own(antigen(rows))
    assert {therapy.drug for therapy in found} == {"inotuzumab ozogamicin"}
    assert found[0].contradicted_by


# ---------------------------------------------------------------- other lesions

KMT2A = call("kmt2a_r", D, "KMT2A::AFF1", genes=("KMT2A", "AFF1"))


def test_men1_contradicts_revumenib():
    found = own(all_calls(kmt2a_r=KMT2A, relapse_genes=call("relapse_genes", genes=("MEN1",))))
    rows = [therapy for therapy in found if therapy.drug == "revumenib"]
    assert {therapy.lesion for therapy in rows} == {"kmt2a_r", "relapse_genes"}
    assert all(therapy.contradicted_by for therapy in rows)
    assert of(own(all_calls(kmt2a_r=KMT2A)), "revumenib").contradicted_by == ()


@pytest.mark.parametrize(
    ("changed", "drug", "direction"),
    [
        ({"nt5c2": call("nt5c2", genes=("NT5C2",))}, "mercaptopurine", "resistance"),
        ({"relapse_genes": call("relapse_genes", genes=("PRPS1",))}, "tioguanine", "resistance"),
        ({"relapse_genes": call("relapse_genes", genes=("FPGS",))}, "methotrexate", "resistance"),
        ({"relapse_genes": call("relapse_genes", genes=("NR3C1",))}, "glucocorticoids", "resistance"),
        ({"relapse_genes": call("relapse_genes", genes=("MSH2",))}, "immune checkpoint inhibitor", "sensitivity"),
        ({"jak2_r": D}, "ruxolitinib", "sensitivity"),
        ({"crlf2_r": D}, "ruxolitinib", "sensitivity"),
        ({"jak_stat_mutation": call("jak_stat_mutation", genes=("JAK1",))}, "ruxolitinib", "sensitivity"),
        ({"other_kinase_r": call("other_kinase_r", genes=("ETV6", "NTRK3"))}, "larotrectinib", "sensitivity"),
        ({"ras_pathway": call("ras_pathway", genes=("NRAS",))}, "trametinib or selumetinib", "sensitivity"),
        ({"tcf3_r": call("tcf3_r", D, "TCF3::HLF")}, "venetoclax", "sensitivity"),
        ({"hypodiploidy": D}, "PI3K inhibitor", "unknown"),
        ({"kmt2a_r": KMT2A}, "CD19-directed therapy", "sensitivity"),
    ],
)
def test_rows_of_lesions(changed, drug, direction):
    therapy = of(own(all_calls(**changed)), drug)
    assert therapy.direction == direction
    assert therapy.lesion in changed


@pytest.mark.parametrize(
    "changed",
    [
        {"tcf3_r": call("tcf3_r", D, "TCF3::PBX1")},
        {"jak_stat_mutation": call("jak_stat_mutation", genes=("SH2B3",))},
        {"other_kinase_r": call("other_kinase_r", genes=("MYB", "TYK2"))},
        {"tp53_deletion": D},
        {"etv6_runx1": D},
    ],
)
def test_lesions_without_a_row(changed):
    assert own(all_calls(**changed)) == []


def test_nt5c2_does_not_call_nelarabine_contradicted():
    therapy = of(own(all_calls(nt5c2=D)), "mercaptopurine")
    assert "nelarabine" not in therapy.drug
    assert any("EID633" in caveat for caveat in therapy.caveats)


def test_a_subclone_is_said():
    found = own(all_calls(nt5c2=State.DETECTED_SUBCLONAL))
    assert found[0].lesion_state == "detected_subclonal"
    assert any("subclone" in caveat for caveat in found[0].caveats)


def test_equivocal_lesions_name_no_therapy():
    assert [therapy.direction for therapy in own(all_calls(jak2_r=Q, nt5c2=Q))] == []


# ---------------------------------------------------------------- unknown is not negative


@pytest.mark.parametrize("state", [X, Q])
def test_tki_eligibility_is_unknown_where_fusions_are_not_assessable(state):
    found = own(all_calls(bcr_abl1=state, abl_class=state))
    assert {therapy.lesion for therapy in found} == {"bcr_abl1", "abl_class"}
    for therapy in found:
        assert therapy.direction == "unknown"
        assert "unknown, not negative" in therapy.setting
        assert therapy.approval is None


def test_tki_eligibility_is_not_open_where_it_is_settled():
    assert own(all_calls()) == []
    found = own(all_calls(bcr_abl1=PH, abl_class=X))
    assert [therapy for therapy in found if therapy.direction == "unknown"] == []


# ---------------------------------------------------------------- CIViC


def test_civic_is_attributed_and_carries_ids_only():
    fused = call("abl_class", D, genes=("EBF1", "PDGFRB"), details={"fusion": "EBF1::PDGFRB"})
    found = civic(all_calls(abl_class=fused))
    assert len(found) >= 4
    for therapy in found:
        assert therapy.sources[0].startswith("CIViC EID")
        assert therapy.sources[1].startswith("PMID ")
        assert therapy.approval is None
        assert therapy.tier == "not tiered"
    assert "imatinib" in found[0].drug


def test_civic_wants_the_whole_profile():
    with_mutation = civic(all_calls(bcr_abl1=PH), [T315I])
    without = civic(all_calls(bcr_abl1=PH))
    assert any("EID7778" in therapy.sources[0] for therapy in with_mutation)
    assert not any("T315I" in caveat for therapy in without for caveat in therapy.caveats)
    assert not civic(all_calls(), [T315I])


def test_civic_of_another_disease_only_for_a_named_variant_and_said():
    for therapy in civic(all_calls(bcr_abl1=PH)):
        assert "lymphoblastic" in therapy.setting.lower() or "leukemia" in therapy.setting.lower()
        assert not any("another disease" in caveat for caveat in therapy.caveats)
    assert any("another disease" in caveat for t in civic(all_calls(bcr_abl1=PH), [T315I]) for caveat in t.caveats)


def test_civic_evidence_against_is_not_turned_round():
    found = civic(all_calls(nt5c2=call("nt5c2", genes=("NT5C2",))), [variant("NT5C2", "p.Arg367Gln")])
    against = [therapy for therapy in found if "nelarabine" in therapy.drug]
    assert against
    for therapy in against:
        assert therapy.direction == "unknown"
        assert any("does not support" in caveat for caveat in therapy.caveats)
    assert any(therapy.direction == "resistance" and "mercaptopurine" in therapy.drug for therapy in found)


def test_civic_sensitivity_is_contradicted_too():
    found = [
        t for t in civic(all_calls(bcr_abl1=PH), [T315I]) if t.direction == "sensitivity" and "dasatinib" in t.drug
    ]
    assert found
    assert all(therapy.contradicted_by for therapy in found)


def test_civic_any_partner():
    deleted = call("ikzf1_deletion", D, "focal", genes=("IKZF1",))
    found = civic(all_calls(ikzf1_deletion=deleted, bcr_abl1=PH))
    assert "ikzf1_deletion" in {therapy.lesion for therapy in found}


def test_a_regimen_with_imatinib_is_not_for_a_ph_negative_child():
    deleted = call("ikzf1_deletion", D, "focal", genes=("IKZF1",))
    for state in (N, X, Q):
        assert not any("imatinib" in t.drug for t in civic(all_calls(ikzf1_deletion=deleted, bcr_abl1=state)))


# ---------------------------------------------------------------- the table itself


def test_every_own_row_has_level_source_and_dated_approval(knowledge):
    for entry in knowledge.table("therapies"):
        assert entry["tier"] in ("I", "II", "III", "IV"), entry.origin
        assert entry["evidence_level"] in ("A", "B", "C", "D"), entry.origin
        assert bool(entry["jurisdiction"]) == bool(entry["approval_status"]) == bool(entry["approval_as_of"])
        assert entry["source"], entry.origin


def test_nothing_is_worded_as_a_recommendation(knowledge):
    words = ("should be given", "is recommended", "recommend ", "treat with", "start ")
    for table in ("therapies", "therapies_contradictions", "therapies_unknown"):
        for entry in knowledge.table(table):
            text = " ".join(entry.values()).lower()
            assert not [word for word in words if word in text], entry.origin


def test_order_is_stable_and_own_rows_come_first():
    calls = all_calls(bcr_abl1=PH, kmt2a_r=KMT2A, nt5c2=D)
    found = therapies(calls, [T315I])
    assert found == therapies(calls, [T315I])
    kinds = [therapy.knowledge == "CIViC" for therapy in found]
    assert kinds == sorted(kinds)


# ---------------------------------------------------------------- whole reports


def demo(sample: str) -> dict:
    from annotate.base.resources import resource_path
    from annotate.base.settings import Settings
    from annotate.read import sheets
    from annotate.report.json.build import build_report
    from annotate.run.sample import analyse

    folder = resource_path("demo")
    patients = {row.patient: row for row in sheets.read_patients(folder / "patients.tsv")}
    row = next(row for row in sheets.read_samples(folder / "samples.tsv") if row.sample == sample)
    return build_report(analyse(row, patients.get(row.patient), Settings()))


def test_report_of_a_relapse_with_t315i():
    report = demo("D02-R")
    rows = {row["drug"]: row for row in report["therapies"] if row["knowledge"] == "ALLert"}
    for drug in ("imatinib", "dasatinib"):
        assert "T315I" in rows[drug]["contradicted_by"][0]
        assert any("PMID" in source for source in rows[drug]["sources"])
        assert rows[drug]["approval"]["jurisdiction"] == "FDA"
        assert rows[drug]["approval"]["as_of"]
    assert rows["ponatinib"]["contradicted_by"] == []


def test_report_without_assessable_fusions():
    report = demo("D10-R")
    states = {lesion["id"]: lesion["state"] for lesion in report["lesions"]}
    assert states["bcr_abl1"] == states["abl_class"] == "not_assessable"
    unknown = [row for row in report["therapies"] if row["direction"] == "unknown" and row["knowledge"] == "ALLert"]
    assert {"bcr_abl1", "abl_class"} <= {row["lesion"] for row in unknown}
    assert all("unknown, not negative" in row["setting"] for row in unknown)
