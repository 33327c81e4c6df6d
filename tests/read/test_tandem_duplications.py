"""Tandem duplications: FLT3-ITD of its own callers and of structural variants; KMT2A and UBTF count for nothing."""

from __future__ import annotations

import gzip
import re

import pytest

from annotate.base.errors import InputError
from annotate.base.settings import Settings
from annotate.model.sample import Sample
from annotate.model.state import State
from annotate.read.tandem import read_tandem_duplications
from annotate.run.sample import analyse
from tests.makers.first_line import FORMATS, filt3r, getitd, itd_ext, itdseek, pindel

CALLERS = {
    "getitd.tsv": ("itds_hc.tsv", lambda genome, **said: getitd("K", **said)),
    "filt3r.json": (
        "a.json",
        lambda genome, **said: filt3r(**{("size" if k == "length" else k): v for k, v in said.items()}),
    ),
    "itdseek.vcf": ("a.vcf", lambda genome, **said: itdseek(**said)),
    "flt3_itd_ext.vcf": ("a.vcf", lambda genome, **said: itd_ext("K", **said)),
}


def write(path, text):
    path.write_text(text, encoding="utf-8")
    return path


def sample(path, **fields):
    return Sample("K", "K", "diagnosis", "GRCh38", tandem_duplications=(path,), **fields)


def read(path, genome, knowledge, **fields):
    return read_tandem_duplications((path,), sample(path, **fields), genome, knowledge)


def called(path, **fields):
    return analyse(sample(path, **fields), None, Settings()).calls


@pytest.mark.parametrize("name", CALLERS)
def test_length_fraction_and_reads_of_each_caller(tmp_path, grch38, knowledge, name):
    file, text = CALLERS[name]
    found = read(write(tmp_path / file, text(grch38)), grch38, knowledge)
    (duplication,), (input,) = found.found, found.inputs
    assert (duplication.gene, duplication.length, duplication.in_frame) == ("FLT3", 48, True)
    assert duplication.vaf == pytest.approx(0.31)
    assert duplication.reads == 310
    assert duplication.allelic_ratio in (None, pytest.approx(0.449, abs=1e-3))
    assert (duplication.allelic_ratio is None) == (name == "itdseek.vcf")
    assert input.format == name
    assert input.records_read == input.records_used + sum(input.dropped.values())


@pytest.mark.parametrize("name", CALLERS)
@pytest.mark.parametrize(
    ("length", "reads", "state"),
    [
        (48, 310, State.DETECTED),
        (47, 310, State.EQUIVOCAL),
        (48, 1, State.EQUIVOCAL),
        (5001, 310, State.NOT_ASSESSABLE),
    ],
)
def test_flt3_itd_counts_for_ras_by_frame_reads_and_length(tmp_path, grch38, name, length, reads, state):
    file, text = CALLERS[name]
    found = called(write(tmp_path / file, text(grch38, length=length, reads=reads)))
    assert found["ras_pathway"].state is state
    assert not [call.id for call in found.values() if call.state is State.NOT_DETECTED]
    if state is State.DETECTED:
        assert found["ras_pathway"].genes == ("FLT3",)
        assert "FLT3-ITD of 48 bp" in found["ras_pathway"].summary


@pytest.mark.parametrize(("gene", "lesion"), [("KMT2A", "kmt2a_r"), ("UBTF", "cdx2_ubtf")])
def test_duplications_of_other_genes_are_named_and_count_for_nothing(tmp_path, grch38, knowledge, gene, lesion):
    path = write(tmp_path / "pindel.vcf", pindel(grch38, "K", gene, 300, exon_rank=5))
    found = read(path, grch38, knowledge)
    assert [one.gene for one in found.found] == [gene]
    assert "no lesion here" in found.inputs[0].notes[0]
    calls = called(path)
    assert not [call.id for call in calls.values() if call.state is not State.NOT_ASSESSABLE]
    assert calls[lesion].state is State.NOT_ASSESSABLE


def test_pindel_reads_the_column_of_this_sample(tmp_path, grch38, knowledge):
    path = write(tmp_path / "pindel.vcf", pindel(grch38, "K"))
    (duplication,) = read(path, grch38, knowledge).found
    assert (duplication.reads, duplication.depth, duplication.vaf) == (31, 100, pytest.approx(0.31))
    two = (
        path.read_text()
        .replace("\tK\n", "\tJ\tK\n")
        .replace("0/1:69,31", "0/1:50,50\t0/0:100,0")
        .replace("0/1:60,40", "0/1:1,1\t0/0:9,0")
    )
    found = read(write(tmp_path / "two.vcf", two), grch38, knowledge)
    assert not found.found
    assert found.inputs[0].dropped["no read of this sample"] == 1


def test_a_reference_that_is_not_flt3_is_left_out(tmp_path, grch38, knowledge):
    found = read(write(tmp_path / "a.json", filt3r(place="17:44212000")), grch38, knowledge)
    assert not found.found
    assert sum(found.inputs[0].dropped.values()) == found.inputs[0].records_read == 2


@pytest.mark.parametrize("assembly_place", ["13:28034100", "13:28608250", "chr13:28034100"])
def test_a_place_on_either_assembly_is_flt3(tmp_path, grch38, knowledge, assembly_place):
    assert read(write(tmp_path / "a.json", filt3r(place=assembly_place)), grch38, knowledge).found


HEAD = (
    "##fileformat=VCFv4.2\n##source=GenerateSVCandidates 1.6.0\n"
    '##INFO=<ID=END,Number=1,Type=Integer,Description="e">\n##INFO=<ID=SVTYPE,Number=1,Type=String,Description="t">\n'
    '##INFO=<ID=SVINSSEQ,Number=.,Type=String,Description="s">\n##contig=<ID=chr13,length=114364328>\n'
    "#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\tFORMAT\tK\n"
)


def manta(pos, alt, info):
    return f"{HEAD}chr13\t{pos}\tMantaX:1\tG\t{alt}\t.\tPASS\t{info}\tPR:SR\t30,9:40,22\n"


@pytest.mark.parametrize(
    ("length", "state"), [(60, State.DETECTED), (61, State.EQUIVOCAL), (2001, State.NOT_ASSESSABLE)]
)
@pytest.mark.parametrize("how", ["duplication", "insertion"])
def test_a_tandem_duplication_of_structural_variants_is_the_same_finding(tmp_path, grch38, how, length, state):
    start = grch38.transcript("FLT3").exons[13].start + 30
    text = (
        manta(start, "<DUP:TANDEM>", f"END={start + length};SVTYPE=DUP")
        if how == "duplication"
        else manta(start, "<INS>", f"END={start};SVTYPE=INS;SVINSSEQ={'A' * length}")
    )
    told = Sample("K", "K", "diagnosis", "GRCh38", structural_variants=(write(tmp_path / "a.vcf", text),))
    found = analyse(told, None, Settings()).calls["ras_pathway"]
    assert found.state is state, found.summary


@pytest.mark.parametrize("rank", [2, 10, 20])
def test_a_duplication_elsewhere_in_the_gene_is_no_itd(tmp_path, grch38, rank):
    exon = next(exon for exon in grch38.transcript("FLT3").exons if exon.rank == rank)
    text = manta(exon.start, "<DUP:TANDEM>", f"END={exon.start + 60};SVTYPE=DUP")
    told = Sample("K", "K", "diagnosis", "GRCh38", structural_variants=(write(tmp_path / "a.vcf", text),))
    assert analyse(told, None, Settings()).calls["ras_pathway"].state is State.NOT_ASSESSABLE
    path = write(tmp_path / "pindel.vcf", pindel(grch38, "K", exon_rank=rank))
    assert called(path)["ras_pathway"].state is State.NOT_ASSESSABLE


@pytest.mark.parametrize(("rank", "state"), [(14, State.EQUIVOCAL), (3, State.NOT_ASSESSABLE)])
def test_a_transcript_joined_backwards_in_the_exons_is_a_hint(tmp_path, grch38, rank, state):
    exon = next(exon for exon in grch38.transcript("FLT3").exons if exon.rank == rank)
    columns = [
        "#gene1",
        "gene2",
        "strand1(gene/fusion)",
        "strand2(gene/fusion)",
        "breakpoint1",
        "breakpoint2",
        "site1",
        "site2",
        "type",
    ]
    columns += [
        "split_reads1",
        "split_reads2",
        "discordant_mates",
        "coverage1",
        "coverage2",
        "confidence",
        "reading_frame",
    ]
    row = [
        "FLT3",
        "FLT3",
        "-/-",
        "-/-",
        f"13:{exon.start + 5}",
        f"13:{exon.start + 64}",
        "CDS",
        "CDS",
        "duplication/ITD",
    ]
    row += ["9", "8", "3", "90", "90", "high", "in-frame"]
    path = write(tmp_path / "fusions.tsv", "\t".join(columns) + "\n" + "\t".join(row) + "\n")
    told = Sample("K", "K", "diagnosis", "GRCh38", fusions=(path,))
    found = analyse(told, None, Settings()).calls["ras_pathway"]
    assert found.state is state, found.summary


@pytest.mark.parametrize("name", [name for name, made in FORMATS.items() if made.kind == "tandem_duplications"])
@pytest.mark.parametrize("packed", [False, True])
def test_packed_files_and_windows_lines_read_the_same(tmp_path, grch38, knowledge, name, packed):
    made = FORMATS[name]
    text = made.text(grch38, "K")
    plain = read(write(tmp_path / made.file, text), grch38, knowledge).found
    data = ("\ufeff" + text.replace("\n", "\r\n")).encode()
    other = tmp_path / "other" / (made.file + (".gz" if packed else ""))
    other.parent.mkdir()
    other.write_bytes(gzip.compress(data) if packed else data)
    again = read(other, grch38, knowledge).found
    assert [(one.gene, one.length, one.vaf, one.reads, one.filter) for one in again] == [
        (one.gene, one.length, one.vaf, one.reads, one.filter) for one in plain
    ]


@pytest.mark.parametrize(
    ("name", "old", "new", "words"),
    [
        ("getitd.tsv", "\t31.0\t", "\t131.0\t", "out of range"),
        ("getitd.tsv", "\t310\t", "\tmany\t", "not a number"),
        ("filt3r.json", '"VAF": 0.31', '"VAF": "high"', "not a number"),
        ("filt3r.json", '"details"', '"other"', "no list of breakpoints"),
        ("filt3r.json", "}\n ]\n}", "", "was cut"),
        ("itdseek.vcf", "VAF=0.31", "VAF=3.1", "out of range"),
        ("itdseek.vcf", "#CHROM", "##CHROM", "no line of column names"),
        ("flt3_itd_ext.vcf", "VD=310", "VD=x", "not a number"),
        ("pindel.tandem", "\tGT:AD\t0/1:69,31", "", "was cut"),
        ("tandem.table", "FLT3", "XYZ1", "no gene of the panel"),
        ("tandem.table", "0.31", "0,31", "not a number|out of range"),
    ],
)
def test_what_is_broken_is_refused(tmp_path, grch38, knowledge, name, old, new, words):
    made = FORMATS[name]
    text = made.text(grch38, "K")
    assert old in text
    with pytest.raises(InputError, match=words):
        read(write(tmp_path / made.file, text.replace(old, new)), grch38, knowledge)


@pytest.mark.parametrize(
    ("name", "old", "new"),
    [
        ("filt3r.json", '"size": 48', '"size": NaN'),
        ("filt3r.json", '"size": 48', '"size": 1e400'),
        ("filt3r.json", '"occurrence": 310', '"occurrence": Infinity'),
        ("itdseek.vcf", "LEN=48", "LEN=nan"),
        ("itdseek.vcf", "DP2=155,155", "DP2=²,x"),
        ("flt3_itd_ext.vcf", "SVLEN=48", "SVLEN=inf"),
        ("pindel.tandem", "0/1:69,31", "0/1:²,³"),
        ("getitd.tsv", "\t48\t", "\tinf\t"),
        ("tandem.table", "\t48\t", "\t1e999\t"),
    ],
)
def test_numbers_that_are_none_make_no_traceback_and_no_finding(tmp_path, grch38, knowledge, name, old, new):
    made = FORMATS[name]
    text = made.text(grch38, "K")
    assert old in text
    found = read(write(tmp_path / made.file, text.replace(old, new)), grch38, knowledge)
    assert all(file.records_read == file.records_used + sum(file.dropped.values()) for file in found.inputs)
    assert all(one.length in (None, 48) and one.reads in (None, 310) for one in found.found)


@pytest.mark.parametrize("kind", ["tandem_duplications", "fusions"])
def test_json_that_is_nested_without_end_is_refused(tmp_path, grch38, knowledge, kind):
    key = "nb_reads_in_events" if kind == "tandem_duplications" else "rearrangements"
    path = write(tmp_path / "a.json", '{"tool": "pelops", "' + key + '": ' + "[" * 200_000)
    with pytest.raises(InputError, match="no JSON"):
        analyse(Sample("K", "K", "diagnosis", "GRCh38", **{kind: (path,)}), None, Settings())


UNMEASURED = {
    "getitd.tsv": ("\t48\t", "\t\t"),
    "filt3r.json": ('"size": 48', '"size": null'),
    "itdseek.vcf": ("LEN=48", "LEN=."),
    "flt3_itd_ext.vcf": ("SVLEN=48", "SVLEN=."),
    "pindel.tandem": ("SVLEN=48", "SVLEN=."),
}


@pytest.mark.parametrize("name", UNMEASURED)
def test_a_duplication_without_a_length_leaves_the_lesion_open(tmp_path, grch38, knowledge, name):
    made, (old, new) = FORMATS[name], UNMEASURED[name]
    text = re.sub(r"\tG\tGA+\t", "\tG\t<DUP>\t", made.text(grch38, "K")).replace(old, new)
    path = write(tmp_path / made.file, text)
    (remark,) = read(path, grch38, knowledge).remarks
    assert (remark.genes, remark.lesions) == (("FLT3",), ("ras_pathway",))
    call = called(path)["ras_pathway"]
    assert [one.file for one in call.remarks] == [str(path)]
    assert call.state is State.EQUIVOCAL
