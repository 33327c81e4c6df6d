"""digitalMLPA and MLPA exports of Coffalyser, and the copy-number exports of optical maps."""

from __future__ import annotations

import math

import pytest

from annotate.base.errors import InputError
from annotate.base.settings import Settings
from annotate.model.sample import Sample
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
    assert (file.records_read, file.records_used) == (7, 5)
    assert dict(file.dropped) == {"probe of a reference locus or of a chromosome": 2}


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
