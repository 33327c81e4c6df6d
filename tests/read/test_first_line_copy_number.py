"""digitalMLPA and MLPA exports of Coffalyser, and the copy-number exports of optical maps."""

from __future__ import annotations

import math

import pytest

from annotate.base.errors import InputError
from annotate.base.settings import Settings
from annotate.model.sample import Patient, Sample
from annotate.read.copy_number import read_copy_number
from annotate.run.sample import analyse

WIDE = (
    "Probe number\tGene\tExon\tChromosomal band\tProbe type\tJ\tK\n"
    "11111\tIKZF1\tExon 4\t7p12.2\tTarget\t1.02\t0.51\n"
    "11112\tIKZF1\tExon 5\t7p12.2\tTarget\t0.98\t0.49\n"
    "11113\tIKZF1\tExon 2\t7p12.2\tTarget\t1.01\t1.00\n"
    "11114\tRUNX1\tExon 1\t21q22.12\tTarget\t1.01\t{runx1}\n"
    "11115\tRUNX1\tExon 6\t21q22.12\tTarget\t0.99\t{runx1}\n"
    "22221\t\t\t2p13\tReference\t1.0\t1.0\n"
    "22222\tSDHAF3\t\t7q21\tKaryotyping\t1.0\t1.0\n"
)
CNV = (
    "#Id\tChromosome\tStart\tEnd\tWidth\tType\tfractionalCopyNumber\tCopyNumber\tConfidence\n"
    "1\t9\t21800000\t22400000\t600000\tloss\t0.3\t0\t0.99\n"
    "2\t7\t50000000\t50600000\t600000\tloss_masked\t1.1\t1\t0.99\n"
    "3\t23\t1\t150000000\t150000000\tloss\t1.0\t1\t0.99\n"
)


def calls(path, **fields):
    return analyse(Sample("K", "K", "diagnosis", "GRCh38", copy_number=(path,), **fields), None, Settings()).calls


def write(path, text):
    path.write_text(text)
    return path


@pytest.mark.parametrize("name", ["J", "K"])
def test_the_column_of_this_sample_is_read(tmp_path, grch38, name):
    path = write(tmp_path / "d007.tsv", WIDE.format(runx1="1.0"))
    table, (file,) = read_copy_number((path,), grch38, (name,))
    ratios = {(probe.gene, probe.exon): probe.ratio for probe in table.probes}
    assert ratios["IKZF1", "4"] == {"J": 1.02, "K": 0.51}[name]
    assert file.format == "mlpa.coffalyser"
    assert (file.records_read, file.records_used) == (7, 6)
    assert dict(file.dropped) == {"probe of a reference locus or a control": 1}
    assert [(probe.chrom, probe.arm) for probe in table.arm_probes] == [("7", "q")]


def test_a_deletion_by_exons_and_no_chromosome_count(tmp_path):
    found = calls(write(tmp_path / "d007.tsv", WIDE.format(runx1="1.0")), purity=0.9)
    assert found["ikzf1_deletion"].state.present
    assert found["hypodiploidy"].state.value == "not_assessable"
    assert found["iamp21"].state.value == "not_assessable"


@pytest.mark.parametrize(("ratio", "state"), [("1.5", "not_assessable"), ("2.4", "equivocal")])
def test_probes_of_runx1_ask_for_fish_and_exclude_nothing(tmp_path, ratio, state):
    found = calls(write(tmp_path / "p327.tsv", WIDE.format(runx1=ratio)), purity=0.9)["iamp21"]
    assert found.state.value == state
    assert found.leaning == ("likely" if state == "equivocal" else None)
    assert state != "equivocal" or any(reason.settles == "RUNX1 FISH" for reason in found.reasons)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (WIDE.format(runx1="240"), "not a probe ratio"),
        (WIDE.format(runx1="many"), "not a number"),
        (WIDE.format(runx1="1.0").replace("\tK\n", "\tL\n"), "table holds 2 samples"),
    ],
)
def test_what_is_broken_is_refused(tmp_path, text, words):
    with pytest.raises(InputError, match=words):
        calls(write(tmp_path / "a.tsv", text))


def test_calls_of_a_map_are_altered_segments_and_masked_ones_leave_a_remark(tmp_path, grch38):
    path = write(tmp_path / "cnv_calls_exp.txt", CNV)
    table, (file,) = read_copy_number((path,), grch38, ("K",))
    (segment,) = table.segments
    assert segment.chrom == "9"
    assert segment.log2 == pytest.approx(math.log2(0.15))
    assert table.altered_only
    assert file.format == "bionano.cnv"
    assert (file.records_read, file.records_used, len(file.dropped)) == (3, 1, 2)
    found = calls(path)
    assert found["cdkn2ab_deletion"].state.value != "not_detected"
    assert not [call.id for call in found.values() if call.state.value == "not_detected"]


def test_aneuploidy_of_a_map_is_whole_chromosomes(tmp_path, grch38):
    path = write(
        tmp_path / "aneuploidy.txt",
        "chr\ttypes\tfractChrLen\tscore\tfractCN\n21\tgain\t0.97\t0.99\t2.9\n23\tgain\t1\t1\t3\n",
    )
    table, (file,) = read_copy_number((path,), grch38, ("K",))
    (segment,) = table.segments
    assert (segment.chrom, segment.start, segment.end) == ("21", 1, grch38.contig_lengths["21"])
    assert (file.records_read, file.records_used) == (2, 1)


# ---------------------------------------------------------------- what a kit can tell

KIT = {"IKZF1": range(1, 9), "CDKN2A": (2, 4), "CDKN2B": (2,), "PAX5": (1, 2, 5, 6), "ETV6": (1, 2, 8), "ERG": (1, 4)}


def kit(path, name="K", arms=(), **ratios):
    """An export of one sample: everything of two copies but `ratios` ("PAX5_2": 0.5); `arms`: (band, ratio)."""
    lines = [f"Probe number\tGene\tExon\tChromosomal position\tProbe type\t{name}"]
    for gene, exons in KIT.items():
        lines += [f"1\t{gene}\t{exon}\t\tTest probe\t{ratios.get(f'{gene}_{exon}', 1.0)}" for exon in exons]
    lines += [f"2\t\t\t{band}\tKaryotyping probe\t{ratio}" for band, ratio in arms for _ in range(3)]
    return write(path / "kit.tsv", "\n".join(lines) + "\n")


@pytest.mark.parametrize("gene", ["PAX5_2", "ETV6_1", "IKZF1_5"])
def test_a_single_probe_needs_another_method(tmp_path, gene):
    lesion = f"{gene.split('_')[0].lower()}_deletion"
    found = calls(kit(tmp_path, **{gene: 0.5}), purity=0.9)[lesion]
    assert found.state.value == "equivocal"
    assert any("single probe" in reason.text for reason in found.reasons)


def test_lost_probes_of_one_locus_support_one_another(tmp_path):
    found = calls(kit(tmp_path, CDKN2A_4=0.5, CDKN2B_2=0.5), purity=0.9)
    assert found["cdkn2ab_deletion"].state.present


@pytest.mark.parametrize("missing", [(4, 5, 6, 7), (2,), (8,)])
def test_a_cut_export_does_not_exclude_the_exons_it_lost(tmp_path, missing):
    whole = kit(tmp_path).read_text().splitlines()
    cut = [line for line in whole if not any(f"\tIKZF1\t{exon}\t" in line for exon in missing)]
    found = calls(write(tmp_path / "cut.tsv", "\n".join(cut) + "\n"), purity=0.9)
    assert calls(tmp_path / "kit.tsv", purity=0.9)["ikzf1_deletion"].state.value == "not_detected"
    assert found["ikzf1_deletion"].state.value == "not_assessable"
    assert found["ikzf1_plus"].state.value == "not_assessable"


@pytest.mark.parametrize(
    ("ratio", "purity", "both"),
    [
        (0.5, 0.9, False),
        (0.35, 0.6, True),
        (0.35, None, None),
        (0.5, None, False),
        (0.1, None, True),
        (0.35, 0.7, True),
    ],
)
def test_one_copy_or_both_by_the_share_of_leukaemic_cells(tmp_path, ratio, purity, both):
    lost = {f"IKZF1_{exon}": 0.5 for exon in (4, 5, 6, 7)} | {"CDKN2A_2": ratio, "CDKN2A_4": ratio, "CDKN2B_2": ratio}
    found = calls(kit(tmp_path, **lost), purity=purity)
    assert found["cdkn2ab_deletion"].state.present
    clause = found["ikzf1_plus"].details["clauses"]["homozygous CDKN2A deletion"]
    assert clause == {True: "present", False: "absent", None: "unknown"}[both]


CHROMOSOMES = [f"{number}{arm}" for number in range(1, 23) for arm in "pq"]


def arms_of(changed, ratio):
    return [(f"{arm[:-1]}{arm[-1]}11", ratio if arm[:-1] in changed else 1.0) for arm in CHROMOSOMES]


@pytest.mark.parametrize(
    ("changed", "ratio", "hypo", "hyper"),
    [
        ((), 1.0, "not_assessable", "not_assessable"),
        (("4", "6", "10", "14", "17", "18", "21"), 1.45, "not_assessable", "equivocal"),
        (("3", "7", "9", "13", "15", "16", "17", "20"), 0.55, "equivocal", "not_assessable"),
        (("8", "21"), 1.5, "not_assessable", "not_assessable"),
    ],
)
def test_karyotyping_probes_leave_a_doubt_and_no_negative(tmp_path, changed, ratio, hypo, hyper):
    found = calls(kit(tmp_path, arms=arms_of(changed, ratio)), purity=0.9)
    assert found["hypodiploidy"].state.value == hypo
    assert found["high_hyperdiploidy"].state.value == hyper
    doubt = [call for call in (found["hypodiploidy"], found["high_hyperdiploidy"]) if call.state.value == "equivocal"]
    assert all(
        reason.settles == "a karyotype or a DNA index" for call in doubt for reason in call.reasons if reason.settles
    )


def test_probes_of_mutations_count_no_copies(tmp_path, grch38):
    path = write(
        tmp_path / "a.tsv",
        "Probe order\tGene\tExon\tMapview (hg38)\tProbeFunctions\tNormal copy number\tK\n"
        "1\tJAK2\t14\t\tMutation detection probe\t0\t0.0\n2\tIKZF1\t4\t\tTest probe\t2\t1.0\n"
        "3\t\t\t\tCTRL\t2\t1.0\n",
    )
    table, (file,) = read_copy_number((path,), grch38, ("K",))
    assert [probe.gene for probe in table.probes] == ["IKZF1"]
    assert (file.records_read, file.records_used, sum(file.dropped.values())) == (3, 1, 2)


@pytest.mark.parametrize("text", ["gene\texon\tratio\tsample\nIKZF1\t4\t0.5\t{}\n", None])
def test_the_export_of_another_child_is_refused(tmp_path, grch38, text):
    path = kit(tmp_path, name="J") if text is None else write(tmp_path / "a.tsv", text.format("J"))
    with pytest.raises(InputError, match="holds another sample of the sheet"):
        read_copy_number((path,), grch38, ("K",), frozenset({"J"}))


def test_rows_of_this_child_alone_are_read_from_a_table_of_several(tmp_path, grch38):
    path = write(tmp_path / "a.tsv", "sample\tgene\texon\tratio\nJ\tIKZF1\t4\t0.5\nK\tIKZF1\t4\t1.0\n")
    table, (file,) = read_copy_number((path,), grch38, ("K",))
    assert [probe.ratio for probe in table.probes] == [1.0]
    assert dict(file.dropped) == {"other sample": 1}


@pytest.mark.parametrize("ratio", ["1.8", "2.4"])
def test_runx1_of_every_iamp21_of_the_cohort_asks_for_fish(tmp_path, ratio):
    found = calls(write(tmp_path / "p327.tsv", WIDE.format(runx1=ratio)), purity=0.9)["iamp21"]
    assert found.state.value == "equivocal"
    assert found.leaning == "likely"


WHOLE = {
    **KIT,
    "RB1": (6, 14),
    "BTG1": (1, 2),
    "EBF1": (1, 10),
    "CRLF2": (4,),
    "CSF2RA": (10,),
    "IL3RA": (1,),
    "SHOX": (4,),
}
TWO = {"IKZF1": (4, 5, 6, 7), "PAX5": (1, 2), "ETV6": (1, 2), "BTG1": (1, 2), "RB1": (6, 14), "PAR1": ()}


def probes_lost(*loci):
    own = [f"{locus}_{exon}" for locus in loci for exon in TWO[locus]]
    return dict.fromkeys([*own, *(("CSF2RA_10", "IL3RA_1") if "PAR1" in loci else ())], 0.5)


@pytest.mark.parametrize(
    ("lost", "profile", "plus"),
    [
        ((), "Good", "not_detected"),
        (("ETV6",), "Good", "not_detected"),
        (("PAX5",), "Good", "not_detected"),
        (("ETV6", "BTG1"), "Good", "not_detected"),
        (("IKZF1",), "Poor", "not_detected"),
        (("IKZF1", "PAX5"), "Poor", "detected"),
        (("IKZF1", "PAR1"), "Poor", "detected"),
        (("RB1",), "Poor", "not_detected"),
    ],
)
@pytest.mark.parametrize("digital", [False, True])
def test_the_profiles_of_ukall_and_ikzf1plus_come_from_a_kit_alone(tmp_path, monkeypatch, lost, profile, plus, digital):
    monkeypatch.setitem(globals(), "KIT", WHOLE)
    path = kit(tmp_path, arms=arms_of((), 1.0) if digital else (), **probes_lost(*lost))
    told = Sample("K", "K", "diagnosis", "GRCh38", copy_number=(path,), purity=0.9, sex="female")
    found = analyse(told, Patient("K", immunophenotype="BCP"), Settings())
    groups = {result.version: result.group for result in found.risk if result.scheme == "UKALL-CNA"}
    assert groups["ukall_cna_v2019_3tier"] == profile, groups
    assert found.calls["ikzf1_plus"].state.value == plus


@pytest.mark.parametrize("exon", ["²", "4²", "٤", "four", "-", "9" * 400])
def test_an_exon_that_is_no_number_is_words(tmp_path, exon):
    text = f"gene\texon\tratio\nIKZF1\t{exon}\t0.5\nIKZF1\t5\t0.5\n"
    assert calls(write(tmp_path / "a.tsv", text), purity=0.9)["ikzf1_deletion"].state.present
