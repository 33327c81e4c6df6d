"""RNA fusion tables of every caller: the same fusion read the same way, flags, refusals, real files."""

from __future__ import annotations

import gzip
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from annotate.base.errors import InputError
from annotate.knowledge.tables import Knowledge
from annotate.model.fusions import Fusion, Fusions
from annotate.model.sample import Sample
from annotate.read.common.registry import formats
from annotate.read.fusions import read_fusions
from annotate.read.fusions.names import cell_genes, split_name, symbol
from annotate.reference.genome import Genome
from tests.makers.fusions import WRITERS, fusion_of, write_fusions

ANYBODY = Sample("s", "p", "diagnosis", "GRCh38")  # tables of one sample are read whatever they call it
WITH_PLACES = [name for name in WRITERS if name != "linx"]


def read_one(path: Path, genome: Genome, knowledge: Knowledge) -> Fusion:
    found = read_fusions((path,), ANYBODY, genome, knowledge)
    assert len(found.fusions) == 1
    return found.fusions[0]


def table(path: Path, text: str) -> Path:
    path.write_text(text.replace(" | ", "\t"))
    return path


# ---------------------------------------------------------------- one fusion, every caller


@pytest.mark.parametrize("dialect", WITH_PLACES)
@pytest.mark.parametrize(
    ("five", "three", "five_exon", "three_exon"),
    [("BCR", "ABL1", 1, 2), ("ETV6", "RUNX1", 5, 2), ("TCF3", "PBX1", 16, 3), ("EBF1", "PDGFRB", 15, 11)],
)
def test_every_caller_says_the_same(
    dialect: str,
    five: str,
    three: str,
    five_exon: int,
    three_exon: int,
    genome: Genome,
    knowledge: Knowledge,
    tmp_path: Path,
) -> None:
    made = fusion_of(genome, five, three, five_exon, three_exon, split=21, spanning=14)
    read = read_one(write_fusions(dialect, tmp_path / "table", [made]), genome, knowledge)
    assert read.name == f"{five}::{three}"
    assert (read.five_breakpoint, read.three_breakpoint) == (made.five_breakpoint, made.three_breakpoint)
    assert (read.five_keeps, read.three_keeps) == (made.five_keeps, made.three_keeps)
    assert read.reads == 35
    if dialect not in ("starfusion", "isofox", "ericscript"):  # these say nothing of the frame
        assert read.in_frame is True
    assert not read.flags


@pytest.mark.parametrize("dialect", WRITERS)
def test_counts_reconcile_and_an_empty_table_is_no_error(
    dialect: str, grch38: Genome, knowledge: Knowledge, tmp_path: Path
) -> None:
    empty = read_fusions((write_fusions(dialect, tmp_path / "empty", []),), ANYBODY, grch38, knowledge)
    assert empty.fusions == ()
    assert empty.inputs[0].records_read == 0
    nameless = Fusion(".", ".", "")
    made = [fusion_of(grch38, "BCR", "ABL1", 1, 2), nameless]
    found = read_fusions((write_fusions(dialect, tmp_path / "two", made),), ANYBODY, grch38, knowledge)
    file = found.inputs[0]
    assert (file.records_read, file.records_used) == (2, 1)
    assert dict(file.dropped) == {"no gene on either side": 1}


@pytest.mark.parametrize(("word", "expected"), [(True, True), (False, False), (None, None)])
@pytest.mark.parametrize("dialect", ["arriba", "starfusion_coding", "fusioncatcher", "cicero", "jaffa", "plain"])
def test_frame(
    dialect: str, word: bool | None, expected: bool | None, grch38: Genome, knowledge: Knowledge, tmp_path: Path
) -> None:
    made = fusion_of(grch38, "PAX5", "ETV6", 4, 3, in_frame=word)
    assert read_one(write_fusions(dialect, tmp_path / "t", [made]), grch38, knowledge).in_frame is expected


def test_linx_is_from_dna_and_says_so(grch38: Genome, knowledge: Knowledge, tmp_path: Path) -> None:
    made = fusion_of(grch38, "ETV6", "RUNX1", 5, 2, in_frame=None)
    read = read_one(write_fusions("linx", tmp_path / "t", [made]), grch38, knowledge)
    assert read.name == "ETV6::RUNX1"
    assert read.reads is None
    assert read.flags == ("dna_derived", "exons_skipped")
    assert read.in_frame is True


# ---------------------------------------------------------------- names


@pytest.mark.parametrize(
    ("old", "current"),
    [
        ("MLL", "KMT2A"),
        ("AF4", "AFF1"),
        ("E2A", "TCF3"),
        ("WHSC1", "NSD2"),
        ("MLLT4", "AFDN"),
        ("AF9", "MLLT3"),
        ("ENL", "MLLT1"),
        ("TEL", "ETV6"),
        ("AML1", "RUNX1"),
        ("IGH@", "IGH"),
        ("IGH-@-ext", "IGH"),
        ("IGH.g@", "IGH"),
        ("IGHJ6", "IGH"),
        ("IGHM", "IGH"),
        ("IGHV3-23", "IGH"),
        ("IGHG1", "IGH"),
        ("IGKC", "IGK"),
        ("TRAC", "TRA"),
        ("TRDV1", "TRA"),
        ("TRBV7-2", "TRB"),
        ("TCRB", "TRB"),
        ("DUX4L9", "DUX4"),
        ("not_a_gene", "not_a_gene"),
    ],
)
def test_current_symbols(old: str, current: str, grch38: Genome) -> None:
    assert symbol(grch38, old) == current


@pytest.mark.parametrize("name", ["IGHMBP2", "IGLL1", "IGLL5", "IGKV-not", "TRADD", "TRAF3", "TRABD2A", "IGDCC4"])
def test_genes_that_only_look_like_a_locus(name: str, grch38: Genome) -> None:
    assert symbol(grch38, name) == name


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("BCR::ABL1", ("BCR", "ABL1")),
        ("BCR--ABL1", ("BCR", "ABL1")),
        ("BCR-ABL1", ("BCR", "ABL1")),
        ("BCR_ABL1", ("BCR", "ABL1")),
        ("BCR/ABL1", ("BCR", "ABL1")),
        ("BCR:ABL1", ("BCR", "ABL1")),
        ("MLL-AF4", ("MLL", "AF4")),
        ("BCL11B-NKX2-5", ("BCL11B", "NKX2-5")),
        ("NKX2-1-BCR", ("NKX2-1", "BCR")),
        ("STX16-NPEPL1--RAE1", ("STX16-NPEPL1", "RAE1")),
        ("BCR", None),
        ("", None),
    ],
)
def test_names_in_one_cell(text: str, expected: tuple[str, str] | None, grch38: Genome) -> None:
    assert split_name(text, grch38) == expected


@pytest.mark.parametrize("separator", ["::", "--", "-", "_", "/", "->"])
@pytest.mark.parametrize("column", ["fusion", "Fusion Name", "fusion_gene"])
def test_plain_table_of_names(
    separator: str, column: str, grch38: Genome, knowledge: Knowledge, tmp_path: Path
) -> None:
    path = table(tmp_path / "t.tsv", f"{column} | reads\nMLL{separator}AF4 | 12\n")
    read = read_one(path, grch38, knowledge)
    assert (read.name, read.reads) == ("KMT2A::AFF1", 12)


def test_plain_table_with_commas(grch38: Genome, knowledge: Knowledge, tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text("gene1,gene2,breakpoint1,breakpoint2,reads,caller\nE2A,PBX1,chr19:1619350,1:164761730,7,Panel X\n")
    found = read_fusions((path,), ANYBODY, grch38, knowledge)
    assert found.callers == ("Panel X",)
    assert found.fusions[0].five_breakpoint == ("19", 1619350)
    assert found.fusions[0].name == "TCF3::PBX1"


def test_cell_of_two_flanking_genes() -> None:
    assert cell_genes("GENE1(123),GENE2(456)") == (("GENE1", 123), ("GENE2", 456))
    assert cell_genes(".") == ()
    assert cell_genes("BCR") == (("BCR", 0),)


def test_between_genes_the_known_pair_wins_over_the_nearer_gene(
    grch38: Genome, knowledge: Knowledge, tmp_path: Path
) -> None:
    made = replace(fusion_of(grch38, "P2RY8", "CRLF2", 1, 1), three="CSF2RA(120),CRLF2(2345)")
    read = read_one(write_fusions("arriba", tmp_path / "t", [made]), grch38, knowledge)
    assert read.name == "P2RY8::CRLF2"
    assert "intergenic" in read.flags
    far = replace(fusion_of(grch38, "ACTB", "MYC", 1, 2), three="PVT1(50000),MYC(300)")
    assert read_one(write_fusions("arriba", tmp_path / "u", [far]), grch38, knowledge).three == "MYC"


def test_one_end_without_a_gene_is_kept(grch38: Genome, knowledge: Knowledge, tmp_path: Path) -> None:
    made = replace(fusion_of(grch38, "KMT2A", "AFF1", 8, 5), three=".", three_breakpoint=("4", 32_000_000))
    read = read_one(write_fusions("arriba", tmp_path / "t", [made]), grch38, knowledge)
    assert read.five == "KMT2A"
    assert read.three == "intergenic"
    assert "intergenic" in read.flags


@pytest.mark.parametrize("empty", ["", ".", "NA"])
@pytest.mark.parametrize(("five", "three"), [("BCR", "ABL1"), ("ETV6", "RUNX1"), ("KMT2A", "AFF1")])
def test_a_gene_without_a_name_is_told_by_its_place_or_left_open(
    five: str, three: str, empty: str, grch38: Genome, knowledge: Knowledge, tmp_path: Path
) -> None:
    made = fusion_of(grch38, five, three)
    assert made.five_breakpoint is not None
    assert made.three_breakpoint is not None
    places = (*made.five_breakpoint, *made.three_breakpoint)
    head = "gene1\tgene2\tchrom1\tpos1\tchrom2\tpos2\treads\n"
    other = "ACTB\tGAPDH\t7\t5527748\t12\t6537000\t4\n"
    for pair in ((empty, three), (five, empty)):
        path = tmp_path / "placed.tsv"
        path.write_text(head + other + "\t".join(map(str, (*pair, *places, 30))) + "\n")
        found = read_fusions([path], ANYBODY, grch38, knowledge).fusions
        assert f"{five}::{three}" in [fusion.name for fusion in found]
        path = tmp_path / "bare.tsv"
        path.write_text(f"gene1\tgene2\treads\n{pair[0]}\t{pair[1]}\t30\nACTB\tGAPDH\t4\n")
        driver = pair[0] if pair[1] == empty else pair[1]
        remarks = read_fusions([path], ANYBODY, grch38, knowledge).remarks
        assert [remark.genes for remark in remarks] == [(driver,)]


# ---------------------------------------------------------------- flags


def test_reciprocal_order(grch38: Genome, knowledge: Knowledge, tmp_path: Path) -> None:
    read = read_one(
        write_fusions("starfusion", tmp_path / "t", [fusion_of(grch38, "ABL1", "BCR", 1, 2)]), grch38, knowledge
    )
    assert read.name == "ABL1::BCR"
    assert read.flags == ("reciprocal",)


@pytest.mark.parametrize(("split", "spanning", "low"), [(2, 0, True), (1, 1, True), (3, 0, False), (1, 2, False)])
def test_support_threshold(
    split: int, spanning: int, low: bool, grch38: Genome, knowledge: Knowledge, tmp_path: Path
) -> None:
    made = fusion_of(grch38, "BCR", "ABL1", 1, 2, split=split, spanning=spanning)
    read = read_one(write_fusions("arriba", tmp_path / "t", [made]), grch38, knowledge)
    assert ("low_support" in read.flags) is low


@pytest.mark.parametrize("dialect", ["arriba", "starfusion"])
def test_read_through_of_kmt2a_into_its_neighbour(
    dialect: str, grch38: Genome, knowledge: Knowledge, tmp_path: Path
) -> None:
    """The next gene downstream on the same strand is transcription that ran on, whatever caller saw it."""
    gene = grch38.gene("KMT2A")
    assert gene is not None
    ahead = grch38.genes_between(gene.chrom, gene.end + 1, gene.end + 150_000)
    neighbour = next(g for g in ahead if g.strand == "+" and g.start > gene.end)
    made = fusion_of(grch38, "KMT2A", neighbour.name, 35)
    read = read_one(write_fusions(dialect, tmp_path / "t", [made]), grch38, knowledge)
    assert "read_through" in read.flags


def test_stil_tal1_is_a_known_pair_and_no_read_through(grch38: Genome, knowledge: Knowledge, tmp_path: Path) -> None:
    made = replace(fusion_of(grch38, "STIL", "TAL1", 1, 2), flags=("read_through",))
    read = read_one(write_fusions("arriba", tmp_path / "t", [made]), grch38, knowledge)
    assert "read_through" not in read.flags


def test_circular_rna_of_one_gene(genome: Genome, knowledge: Knowledge, tmp_path: Path) -> None:
    """KMT2A exon 8 to exon 2: circular RNA or a tandem duplication, never a fusion with a partner."""
    read = read_one(
        write_fusions("arriba", tmp_path / "t", [fusion_of(genome, "KMT2A", "KMT2A", 8, 2)]), genome, knowledge
    )
    assert {"same_gene", "circular"} <= set(read.flags)
    forward = read_one(
        write_fusions("arriba", tmp_path / "u", [fusion_of(genome, "IKZF1", "IKZF1", 3, 8)]), genome, knowledge
    )
    assert "same_gene" in forward.flags
    assert "circular" not in forward.flags


def test_arriba_antisense_and_discarded(grch37: Genome, knowledge: Knowledge, tmp_path: Path) -> None:
    header = "#gene1 | gene2 | strand1(gene/fusion) | strand2(gene/fusion) | breakpoint1 | breakpoint2 | type | "
    header += "split_reads1 | split_reads2 | discordant_mates | confidence | reading_frame | filters\n"
    row = "BCR | ABL1 | +/+ | +/- | 22:23632600 | 9:133729451 | translocation/5'-5' | 1 | 1 | 5 | low | . | "
    read = read_one(table(tmp_path / "t", header + row + "blacklist,duplicates(4)\n"), grch37, knowledge)
    assert {"antisense", "filtered_by_caller", "blacklisted"} <= set(read.flags)
    assert read.filter == "blacklist"
    assert read.five_keeps is None
    read = read_one(table(tmp_path / "u", header + row + "duplicates(4)\n"), grch37, knowledge)
    assert read.flags == ("antisense",)


def test_starfusion_annotations(grch37: Genome, knowledge: Knowledge, tmp_path: Path) -> None:
    header = "#FusionName | JunctionReadCount | SpanningFragCount | est_J | est_S | SpliceType | LeftGene | "
    header += "LeftBreakpoint | RightGene | RightBreakpoint | JunctionReads | SpanningFrags | LargeAnchorSupport | "
    header += "FFPM | annots\n"
    row = "A1BG--A1CF | 5 | 9 | 5 | 9 | ONLY_REF_SPLICE | A1BG^ENSG1.1 | chr19:58864000:- | A1CF^ENSG2.1 | "
    row += 'chr10:52570000:- | read1,read2 | read3 | NO_LDAS | 0.2 | ["GTEx_recurrent_StarF2019","DGD_PARALOGS"]\n'
    read = read_one(table(tmp_path / "t", header + row), grch37, knowledge)
    assert read.reads == 14
    assert {"blacklisted", "duplicate_gene"} <= set(read.flags)


@pytest.mark.parametrize(("sv_ort", "name"), [(">", "ETV6::RUNX1"), ("<", "RUNX1::ETV6"), ("?", "ETV6::RUNX1")])
def test_cicero_order_of_genes(sv_ort: str, name: str, grch38: Genome, knowledge: Knowledge, tmp_path: Path) -> None:
    path = write_fusions("cicero", tmp_path / "t", [fusion_of(grch38, "ETV6", "RUNX1", 5, 2)])
    path.write_text(path.read_text().replace("\t>\t", f"\t{sv_ort}\t"))
    assert read_one(path, grch38, knowledge).name == name


def test_cicero_unknown_order_is_said(grch38: Genome, knowledge: Knowledge, tmp_path: Path) -> None:
    made = replace(fusion_of(grch38, "ETV6", "RUNX1", 5, 2), three_keeps="R")
    path = write_fusions("cicero", tmp_path / "t", [made])
    path.write_text(path.read_text().replace("\t>\t", "\t?\t"))
    assert "orientation_unknown" in read_one(path, grch38, knowledge).flags


def test_a_row_of_jaffal(grch38: Genome, knowledge: Knowledge, tmp_path: Path) -> None:
    """As its output is published: both genes on the minus strand, `0` pairs for long reads, `NA` for the frame."""
    header = "sample,fusion genes,chrom1,base1,strand1,chrom2,base2,strand2,gap (kb),spanning pairs,spanning reads,"
    header += "inframe,aligns,rearrangement,contig,contig break,classification,known\n"
    row = "s,KIAA1549:BRAF,chr7,138867975,-,chr7,140787584,-,1919.608,0,10,{},TRUE,TRUE,c,370,HighConfidence,Yes\n"
    for word, frame in (("TRUE", True), ("FALSE", False), ("NA", None)):
        path = tmp_path / f"{word}.csv"
        path.write_text(header + row.format(word))
        read = read_one(path, grch38, knowledge)
        assert (read.name, read.in_frame, read.reads) == ("KIAA1549::BRAF", frame, 10)
        assert (read.five_keeps, read.three_keeps) == ("R", "L")  # the 5' part of the one, the 3' part of the other


def test_rows_of_ericscript(grch38: Genome, knowledge: Knowledge, tmp_path: Path) -> None:
    """As its output is published: a breakpoint in words, and a column of what it holds against a fusion."""
    header = "GeneName1 | GeneName2 | chr1 | Breakpoint1 | strand1 | chr2 | Breakpoint2 | strand2 | EnsemblGene1 | "
    header += "EnsemblGene2 | crossingreads | spanningreads | fusiontype | Blacklist | EricScore\n"
    row = "PEAK1 | RPAP2 | 15 | 77155200 | - | 1 | Unable to predict breakpoint position | + | ENSG1 | ENSG2 | 14 | "
    row += "16 | inter-chromosomal | {} | 0.95\n"
    read = read_one(table(tmp_path / "t", header + row.format("")), grch38, knowledge)
    assert (read.name, read.reads, read.flags) == ("PEAK1::RPAP2", 30, ())
    assert read.five_breakpoint == ("15", 77155200)
    assert read.three_breakpoint is None
    listed = read_one(table(tmp_path / "u", header + row.format("Healthy")), grch38, knowledge)
    assert listed.flags == ("blacklisted",)


# ---------------------------------------------------------------- several files


def several(genome: Genome, knowledge: Knowledge, folder: Path, *dialects: str) -> Fusions:
    made = [fusion_of(genome, "BCR", "ABL1", 1, 2)]
    paths = tuple(write_fusions(dialect, folder / f"{n}.{dialect}", made) for n, dialect in enumerate(dialects))
    return read_fusions(paths, ANYBODY, genome, knowledge)


def test_callers_are_counted(grch38: Genome, knowledge: Knowledge, tmp_path: Path) -> None:
    found = several(grch38, knowledge, tmp_path, "arriba", "starfusion", "fusioncatcher")
    assert found.callers == ("Arriba", "FusionCatcher", "STAR-Fusion") == found.fusions[0].callers
    assert len(found.fusions) == 3
    assert all(fusion.callers == found.callers for fusion in found.fusions)


def test_full_and_abridged_tables_of_one_caller_count_once(
    grch38: Genome, knowledge: Knowledge, tmp_path: Path
) -> None:
    found = several(grch38, knowledge, tmp_path, "starfusion_coding", "starfusion")
    assert len(found.fusions) == 1
    assert found.fusions[0].callers == ("STAR-Fusion",)
    assert found.inputs[1].records_used == 0
    assert dict(found.inputs[1].dropped) == {"same record in another file": 1}


def test_the_order_of_files_does_not_matter(grch38: Genome, knowledge: Knowledge, tmp_path: Path) -> None:
    one = several(grch38, knowledge, tmp_path, "arriba", "starfusion")
    two = several(grch38, knowledge, tmp_path, "starfusion", "arriba")
    assert [f.caller for f in one.fusions] == [f.caller for f in two.fusions]


# ---------------------------------------------------------------- errors


def message(path: Path, genome: Genome, knowledge: Knowledge) -> str:
    with pytest.raises(InputError) as error:
        read_fusions((path,), ANYBODY, genome, knowledge)
    text = str(error.value)
    assert "\n" not in text
    assert str(path) in text
    return text


def test_another_assembly_is_refused(grch37: Genome, grch38: Genome, knowledge: Knowledge, tmp_path: Path) -> None:
    path = write_fusions("arriba", tmp_path / "t", [fusion_of(grch37, "BCR", "ABL1", 1, 2)])
    text = message(path, grch38, knowledge)
    assert "another assembly" in text
    assert "GRCh37" in text
    assert "sample sheet" in text


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("<!DOCTYPE html>\n<html><body>report</body></html>\n", "HTML"),
        ("id | svId | isStart | gene | transcriptId | canonical | geneOrientation\n", "LINX breakends"),
        ("vcfIdStart | vcfIdEnd | svId | coordsStart | clusterId | localTopologyStart\n", "LINX structural"),
        ("clusterId | gene | eventType\n1 | PTEN | DEL\n", "LINX drivers"),
        ("Very short summary of found candidate fusion genes\n====\n  * A--B\n", "summary"),
        ("chrom | start | end\n1 | 2 | 3\n", "no known fusions format"),
        ("", "empty"),
    ],
)
def test_files_that_are_no_fusion_table(
    content: str, said: str, grch38: Genome, knowledge: Knowledge, tmp_path: Path
) -> None:
    assert said in message(table(tmp_path / "t", content), grch38, knowledge)


def test_a_broken_number_names_its_place(grch38: Genome, knowledge: Knowledge, tmp_path: Path) -> None:
    text = message(table(tmp_path / "t", "five_prime | three_prime | reads\nBCR | ABL1 | many\n"), grch38, knowledge)
    assert "line 2" in text
    assert "'reads'" in text
    assert "many" in text
    text = message(table(tmp_path / "u", "five_prime | three_prime | reads\nBCR | ABL1 | -4\n"), grch38, knowledge)
    assert "negative" in text


@pytest.mark.parametrize("dialect", [name for name in WITH_PLACES if name != "plain"])
def test_a_file_cut_in_the_middle_of_a_row(dialect: str, grch38: Genome, knowledge: Knowledge, tmp_path: Path) -> None:
    path = write_fusions(dialect, tmp_path / "t", [fusion_of(grch38, "BCR", "ABL1", 1, 2)])
    header, row = path.read_text().splitlines()
    separator = "," if dialect == "jaffa" else "\t"
    path.write_text(f"{header}\n{separator.join(row.split(separator)[:3])}")
    text = message(path, grch38, knowledge)
    assert "ends too early" in text
    assert "line 2" in text


@pytest.mark.parametrize("dialect", WRITERS)
def test_spelling_of_the_file_does_not_matter(
    dialect: str, grch38: Genome, knowledge: Knowledge, tmp_path: Path
) -> None:
    """Windows line ends, a byte-order mark, gzip, blank lines at the end."""
    path = write_fusions(dialect, tmp_path / "t", [fusion_of(grch38, "BCR", "ABL1", 1, 2)])
    plain = read_one(path, grch38, knowledge)
    data = path.read_bytes()
    for changed in (data.replace(b"\n", b"\r\n"), b"\xef\xbb\xbf" + data, gzip.compress(data), data + b"\n\n"):
        path.write_bytes(changed)
        assert read_one(path, grch38, knowledge) == plain


def test_one_gene_is_no_fusion(grch38: Genome, knowledge: Knowledge, tmp_path: Path) -> None:
    assert "two genes" in message(table(tmp_path / "t", "fusion | reads\nBCR | 5\n"), grch38, knowledge)


def test_a_place_beyond_its_chromosome_is_left_out_and_said(
    grch38: Genome, knowledge: Knowledge, tmp_path: Path
) -> None:
    text = (
        "five_prime | three_prime | breakpoint1 | breakpoint2 | reads\nDUX4 | IGH@ | 4:190174997 | 14:190287409 | 9\n"
    )
    found = read_fusions((table(tmp_path / "t", text),), ANYBODY, grch38, knowledge)
    fusion = found.fusions[0]
    assert fusion.three_breakpoint is None
    assert "breakpoint_unplaced" in fusion.flags
    assert found.inputs[0].warnings


# ---------------------------------------------------------------- real files

REAL: dict[str, tuple[Any, ...]] = {  # assembly, format, records read and, where fewer, used
    "arriba/fusions.tsv": ("GRCh37", "arriba.tsv", 1),
    "arriba/pvacfuse_example_arriba_fusions.tsv": ("GRCh38", "arriba.tsv", 181, 174),  # seven without a read
    "cicero/annotated.all.txt": ("GRCh38", "cicero.txt", 1),
    "cicero/annotated.fusion.txt": ("GRCh38", "cicero.txt", 1),
    "cicero/final_fusions.txt": ("GRCh38", "cicero.txt", 1),
    "fusioncatcher/final-list_candidate-fusion-genes.txt": ("GRCh38", "fusioncatcher.txt", 25),
    "fusioncatcher/final-list_candidate-fusion-genes.vcf": ("GRCh38", "fusioncatcher.vcf", 44),
    "ctat_lr/fusion_report__ctat_lr_fusion.tsv": ("GRCh38", "ctat_lr.tsv", 12),
    "defuse/chimeraviz__defuse_833ke_results.filtered.tsv": ("GRCh37", "defuse.tsv", 17),
    "dragen_rna/fusion_report__dragen.tsv": ("GRCh38", "dragen.fusion_candidates", 5),
    "dragen_rna/test_sample_WTS.fusion_candidates.final": ("GRCh38", "dragen.fusion_candidates", 2),
    "ericscript/chimeraviz__ericscript_SRR1657556.results.total.tsv": ("GRCh37", "ericscript.tsv", 10),
    "ericscript/fusion_report__ericscript.tsv": ("GRCh38", "ericscript.tsv", 12),
    "fusion_report/fusion_report__fusions.csv": ("GRCh38", "fusion_report.csv", 18),
    "infusion/chimeraviz__infusion_fusions.txt": ("GRCh37", "infusion.txt", 19),
    "jaffa/fusion_report__jaffa.csv": ("GRCh38", "jaffa.csv", 12),
    "pizzly/fusion_report__pizzly.tsv": ("GRCh38", "pizzly.tsv", 8),
    "soapfuse/chimeraviz__soapfuse_833ke_final.Fusion.specific.for.genes": ("GRCh37", "soapfuse.txt", 41),
    "squid/chimeraviz__squid_hcc1954_sv.txt": ("GRCh37", "squid.txt", 98, 91),  # the others join no genes
    "squid/fusion_report__squid.txt": ("GRCh38", "squid.txt", 9),
    "starfusion/chimeraviz__star-fusion.fusion_candidates.final.abridged.txt": ("GRCh37", "starfusion.tsv", 11),
    "isofox/tumor_sample.isf.pass_fusions.tsv": ("GRCh37", "isofox.fusions.tsv", 0),
    "linx/tumor_sample.linx.fusion.tsv": ("GRCh37", "linx.fusion.tsv", 12),
    "starfusion/testing___kickstart_data_star-fusion.fusion_candidates.final.abridged": (
        "GRCh37",
        "starfusion.tsv",
        24,
    ),
    "starfusion/testing___misc_tests___fuco___star-fusion.fusion_candidates.final.abridged": (
        "GRCh37",
        "starfusion.tsv",
        65,
    ),
}
REFUSED = {
    "defuse/mavis__defuse_output.tsv": "A61075",
    "fusionmap/chimeraviz__FusionMap_01_TestDataset_InputFastq.FusionReport.txt": "DatasetP2_SimulatedReads",
    "jaffa/chimeraviz__jaffa_results.csv": "MCF7-demo, BT474-demo",
    "oncofuse/chimeraviz__oncofuse.outfile": "referenceSampleChimeric.out.junction.hg19",
    "fusioncatcher/readme.txt": "no known fusions format",
    "fusioncatcher/summary_candidate_fusions.txt": "summary",
    "linx/tumor_sample.linx.breakend.tsv": "LINX breakends",
    "linx/tumor_sample.linx.driver.catalog.tsv": "LINX drivers",
    "linx/tumor_sample.linx.drivers.tsv": "LINX drivers",
    "linx/tumor_sample.linx.svs.tsv": "LINX structural variants",
}


def test_every_real_file_is_read_or_refused(shared_data: Path, knowledge: Knowledge) -> None:
    folder = shared_data / "fusions"
    names = {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}
    assert names == set(REAL) | set(REFUSED)
    for name, said in REFUSED.items():
        assert said in message(folder / name, Genome.load("GRCh37"), knowledge)
    for name, (assembly, format, records, *used) in REAL.items():
        file = read_fusions((folder / name,), ANYBODY, Genome.load(assembly), knowledge).inputs[0]
        assert (file.format, file.records_read, file.records_used) == (format, records, *(used or [records])), name


def test_real_tables_of_a_named_sample(shared_data: Path, grch37: Genome, knowledge: Knowledge) -> None:
    folder = shared_data / "fusions"
    for name, tumor, records in (
        ("defuse/mavis__defuse_output.tsv", "A61075", 19),
        ("oncofuse/chimeraviz__oncofuse.outfile", "referenceSampleChimeric.out.junction.hg19", 6),
        ("jaffa/chimeraviz__jaffa_results.csv", "MCF7-demo", 9),
        (
            "fusionmap/chimeraviz__FusionMap_01_TestDataset_InputFastq.FusionReport.txt",
            "DatasetP2_SimulatedReads",
            36,
        ),
    ):
        named = replace(ANYBODY, assembly="GRCh37", tumor_name=tumor)
        assert len(read_fusions((folder / name,), named, grch37, knowledge).fusions) == records, name


def test_real_bcr_abl1_lies_one_base_past_the_dna_window(
    shared_data: Path, grch37: Genome, knowledge: Knowledge
) -> None:
    """The RNA breakpoint is the first base of exon a2; the region for DNA breakpoints ends one base before."""
    read = read_one(shared_data / "fusions/arriba/fusions.tsv", grch37, knowledge)
    assert read.name == "BCR::ABL1"
    assert read.in_frame
    assert read.reads == 11
    assert not read.flags
    assert read.three_breakpoint == ("9", grch37.region("ABL1_5prime_to_a2").end + 1)


def test_real_cicero_tcf3_pbx1(shared_data: Path, grch38: Genome, knowledge: Knowledge) -> None:
    read = read_one(shared_data / "fusions/cicero/final_fusions.txt", grch38, knowledge)
    assert read.name == "TCF3::PBX1"
    assert (read.five_keeps, read.three_keeps) == ("R", "R")
    assert read.in_frame
    assert read.confidence == "HQ"
    assert not read.flags


def test_real_fusioncatcher_table_and_vcf_agree(shared_data: Path, grch38: Genome, knowledge: Knowledge) -> None:
    folder = shared_data / "fusions/fusioncatcher"
    one, two = (
        read_fusions((folder / f"final-list_candidate-fusion-genes.{end}",), ANYBODY, grch38, knowledge)
        for end in ("txt", "vcf")
    )
    assert {fusion.name for fusion in one.fusions} == {fusion.name for fusion in two.fusions}
    crlf2 = [fusion for fusion in one.fusions if fusion.name == "IGH::CRLF2"]
    assert crlf2
    assert not any("reciprocal" in fusion.flags for fusion in crlf2)
    assert all("reciprocal" in fusion.flags for fusion in one.fusions if fusion.name == "DUX4::IGH")


def test_every_format_has_its_words() -> None:
    names = {fmt.name for fmt in formats("fusions")}
    assert {"arriba.tsv", "starfusion.tsv", "cicero.txt", "jaffa.csv", "plain.fusions"} <= names
