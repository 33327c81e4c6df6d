"""Fusion tables of every caller in every form: the same fusion, this sample's rows alone, every way to write a gene."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from annotate.base.errors import InputError
from annotate.knowledge.tables import Knowledge
from annotate.model.fusions import Fusion, Fusions
from annotate.model.remark import RemarkCode, Speaks
from annotate.model.sample import Sample
from annotate.read.fusions import builder, read_fusions
from annotate.read.fusions.names import Named, known_as, split_name, symbol
from annotate.reference.genome import Genome
from tests.makers.fusion_tables import ALL_TABLES, FORMS, TABLES, rna_vcf, write_table
from tests.makers.fusions import fusion_of

PAIRS = [("BCR", "ABL1", 1, 2), ("ETV6", "RUNX1", 5, 2), ("TCF3", "PBX1", 16, 3), ("EBF1", "PDGFRB", 15, 11)]
NO_PLACE = {"pizzly", "linx"}
NO_SIDES = {"tso500", "cbioportal"}
NO_READS = {"linx", "linx_placed"}
NAMED_BY_COLUMN = {"cicero": "sample", "jaffa": "sample", "cbioportal": "Sample_Id", "mavis": "library"}


def sample(assembly: str = "GRCh38", id: str = "s", **facts: object) -> Sample:
    return Sample(id, "p", "diagnosis", assembly, **facts)  # type: ignore[arg-type]


def read(path: Path, genome: Genome, knowledge: Knowledge, **facts: object) -> Fusions:
    return read_fusions((path,), sample(genome.assembly, **facts), genome, knowledge)  # type: ignore[arg-type]


def plain(path: Path, *rows: str, header: str = "gene1 gene2 reads") -> Path:
    path.write_text("\n".join("\t".join(row.split(" ")) for row in (header, *rows)) + "\n")
    return path


# ---------------------------------------------------------------- one fusion, every table, every form


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("dialect", sorted(ALL_TABLES))
def test_one_fusion_in_every_table_and_form(
    dialect: str, form: str, genome: Genome, knowledge: Knowledge, tmp_path: Path
) -> None:
    for five, three, five_exon, three_exon in PAIRS:
        made = fusion_of(genome, five, three, five_exon, three_exon, split=21, spanning=14)
        found = read(write_table(dialect, tmp_path / "table", [made], form), genome, knowledge)
        assert [fusion.name for fusion in found.fusions] == [f"{five}::{three}"]
        (one,) = found.fusions
        assert one.reads == (None if dialect in NO_READS else 35)
        if dialect not in NO_PLACE:
            assert (one.five_breakpoint, one.three_breakpoint) == (made.five_breakpoint, made.three_breakpoint)
        if dialect not in NO_PLACE | NO_SIDES:
            assert (one.five_keeps, one.three_keeps) == (made.five_keeps, made.three_keeps)
        assert not set(one.flags) - {"dna_derived", "curated"}
        assert not found.remarks


@pytest.mark.parametrize("writer", ["arriba", "rnafusion"])
def test_one_fusion_as_vcf(writer: str, genome: Genome, knowledge: Knowledge, tmp_path: Path) -> None:
    for five, three, five_exon, three_exon in PAIRS:
        made = fusion_of(genome, five, three, five_exon, three_exon, split=21, spanning=14)
        path = tmp_path / f"{writer}.vcf"
        path.write_text(rna_vcf(genome, made, writer))
        (one,) = read(path, genome, knowledge).fusions
        assert (one.name, one.reads) == (f"{five}::{three}", 35)
        assert (one.five_breakpoint, one.three_breakpoint) == (made.five_breakpoint, made.three_breakpoint)
        assert (one.five_keeps, one.three_keeps) == (made.five_keeps, made.three_keeps)


def test_a_fusion_report_cell_is_a_callers_record(grch38: Genome, knowledge: Knowledge, tmp_path: Path) -> None:
    path = tmp_path / "fusions.csv"
    path.write_text(
        "Fusion,Databases,Fusion Indication Index (FII),arriba,starfusion\n"
        'BCR--ABL1,Mitelman,1,"position: 22:23182239#9:130854064,reading-frame: in-frame,split_reads1: 20,'
        'split_reads2: 10,discordant_mates: 5,confidence: high","position: 22:23182239:+#9:130854064:+,'
        'junction_reads: 44,spanning_reads: 12"\n'
    )
    found = read(path, grch38, knowledge)
    assert [(one.caller, one.reads) for one in found.fusions] == [("Arriba", 35), ("STAR-Fusion", 56)]
    assert found.inputs[0].records_read == found.inputs[0].records_used == 1


# ---------------------------------------------------------------- whose row it is


def two_samples(dialect: str, path: Path, genome: Genome, own: str, other: str = "PT-77") -> Path:
    """Two rows, ours and another child's, named in the caller's column or in one that a cohort adds."""
    rows = [fusion_of(genome, "GOPC", "ROS1"), fusion_of(genome, "BCR", "ABL1", 1, 2)]
    column = NAMED_BY_COLUMN.get(dialect, "sample")
    text = write_table(dialect, path, rows, extra=[{column: own}, {column: other}]).read_text().splitlines()
    if dialect in NAMED_BY_COLUMN:
        place = text[0].replace(",", "\t").split("\t").index(column)
        for n, name in ((1, own), (2, other)):
            cells = text[n].split("\t")
            cells[place] = name
            text[n] = "\t".join(cells)
        path.write_text("\n".join(text) + "\n")
    return path


@pytest.mark.parametrize("dialect", sorted(set(ALL_TABLES) - {"fusionmap"}))
def test_only_this_samples_rows_count(dialect: str, grch38: Genome, knowledge: Knowledge, tmp_path: Path) -> None:
    path = two_samples(dialect, tmp_path / "cohort.tsv", grch38, "s")
    found = read(path, grch38, knowledge)
    assert [fusion.name for fusion in found.fusions] == ["GOPC::ROS1"]
    assert found.inputs[0].dropped == {"another sample's record": 1}


@pytest.mark.parametrize(
    ("own", "facts"),
    [
        ("s", {}),
        ("S_RNA", {}),
        ("s.sorted.bam", {}),
        ("p", {}),
        ("TUM9", {"tumor_name": "TUM9"}),
        ("TUM9", {"tumor_name": "WGS1;TUM9"}),
        ("TUM9", {"tumor_name": "small_variants=X;fusions=TUM9"}),
        ("cohort", {}),
    ],
)
def test_names_that_are_this_sample(
    own: str, facts: dict[str, str], grch38: Genome, knowledge: Knowledge, tmp_path: Path
) -> None:
    path = two_samples("plain", tmp_path / "cohort.tsv", grch38, own)
    assert [fusion.name for fusion in read(path, grch38, knowledge, **facts).fusions] == ["GOPC::ROS1"]


@pytest.mark.parametrize("own", ["s2", "P-1", "sample"])
def test_a_cohort_without_this_sample_is_refused_with_its_names(
    own: str, grch38: Genome, knowledge: Knowledge, tmp_path: Path
) -> None:
    path = two_samples("arriba", tmp_path / "all.tsv", grch38, own)
    with pytest.raises(InputError, match=f"{own}, PT-77") as error:
        read(path, grch38, knowledge)
    assert "tumor_name" in str(error.value)


@pytest.mark.parametrize(
    "column",
    [
        "Sample",
        "SAMPLE_ID",
        "sample name",
        "Sample.ID",
        "sampleName",
        "#Sample",
        "Tumor_Sample_Barcode",
        "Tumour ID",
        "Library",
        "Specimen ID",
        "biosample",
        "LIMS_ID",
        "case",
        "Patient",
        "Individual ID",
        "subject",
        "Donor_ID",
    ],
)
def test_how_columns_of_samples_are_called(column: str, grch38: Genome, knowledge: Knowledge, tmp_path: Path) -> None:
    path = tmp_path / "cohort.tsv"
    path.write_text(f"{column}\tgene1\tgene2\treads\ns\tGOPC\tROS1\t9\nPT-77\tKMT2A\tAFF1\t9\n")
    assert [fusion.name for fusion in read(path, grch38, knowledge).fusions] == ["GOPC::ROS1"]


@pytest.mark.parametrize(
    "column", ["sample_type", "reads_in_sample", "case_control", "libraries_with_it", "tumor_type"]
)
def test_columns_that_name_no_sample(column: str, grch38: Genome, knowledge: Knowledge, tmp_path: Path) -> None:
    path = plain(tmp_path / "t", "BCR ABL1 9 x", "KMT2A AFF1 9 y", header=f"gene1 gene2 reads {column}")
    assert len(read(path, grch38, knowledge).fusions) == 2


def test_two_samples_of_one_patient(grch38: Genome, knowledge: Knowledge, tmp_path: Path) -> None:
    """The column of samples decides, wherever that of patients stands."""
    rows = ("p s GOPC ROS1 9", "p relapse BCR ABL1 9")
    path = plain(tmp_path / "t", *rows, header="patient sample gene1 gene2 reads")
    assert [fusion.name for fusion in read(path, grch38, knowledge).fusions] == ["GOPC::ROS1"]


def test_rows_without_a_sample(grch38: Genome, knowledge: Knowledge, tmp_path: Path) -> None:
    """Beside one name they are its own (merged cells); beside several, nobody's: refused."""
    rows = ["s GOPC ROS1 9", " BCR ABL1 9"]
    path = plain(tmp_path / "t", *rows, header="sample gene1 gene2 reads")
    assert len(read(path, grch38, knowledge).fusions) == 2
    plain(path, *rows, "PT-77 KMT2A AFF1 9", header="sample gene1 gene2 reads")
    with pytest.raises(InputError, match="name no sample"):
        read(path, grch38, knowledge)


@pytest.mark.parametrize("dialect", ["plain", "arriba", "jaffa", "cicero", "cbioportal", "mavis", "defuse"])
def test_a_table_of_another_child_alone_is_refused(
    dialect: str, grch38: Genome, knowledge: Knowledge, tmp_path: Path
) -> None:
    """A cohort's table in which only another child has a fusion."""
    path = two_samples(dialect, tmp_path / "cohort.tsv", grch38, "PT-76")
    path.write_text("\n".join(line for n, line in enumerate(path.read_text().splitlines()) if n != 1) + "\n")
    with pytest.raises(InputError, match="PT-77"):
        read(path, grch38, knowledge)


def test_the_folder_of_a_file_may_be_its_sample(grch38: Genome, knowledge: Knowledge, tmp_path: Path) -> None:
    folder = tmp_path / "PT-77"
    folder.mkdir()
    path = two_samples("plain", folder / "results.tsv", grch38, "PT-76")
    assert [fusion.name for fusion in read(path, grch38, knowledge).fusions] == ["BCR::ABL1"]


def test_a_word_that_a_run_writes_is_nobodys_name(grch38: Genome, knowledge: Knowledge, tmp_path: Path) -> None:
    path = write_table("plain", tmp_path / "t", [fusion_of(grch38, "BCR", "ABL1", 1, 2)], extra=[{"sample": "reads"}])
    found = read(path, grch38, knowledge)
    assert [fusion.name for fusion in found.fusions] == ["BCR::ABL1"]
    assert any("reads" in note for note in found.inputs[0].notes)
    with pytest.raises(InputError, match="reads"):
        read(path, grch38, knowledge, sheet_names=frozenset({"reads"}))


def test_the_counts_of_another_samples_column_are_not_ours(
    grch38: Genome, knowledge: Knowledge, tmp_path: Path
) -> None:
    path = write_table("fusionmap", tmp_path / "t", [fusion_of(grch38, "BCR", "ABL1", 1, 2)])
    text = path.read_text().splitlines()
    path.write_text(f"{text[0]}\tother.SeedCount\n{text[1]}\t30\n")
    assert read(path, grch38, knowledge).fusions[0].reads == 35
    assert read(path, grch38, knowledge, tumor_name="other").fusions[0].reads == 30


# ---------------------------------------------------------------- names


@pytest.mark.parametrize(
    ("written", "current"),
    [
        ("ENSG00000097007", "ABL1"),
        ("ENSG00000097007.19", "ABL1"),
        ("ensg00000186716", "BCR"),
        ("AML-1", "RUNX1"),
        ("AML1", "RUNX1"),
        ("TEL", "ETV6"),
        ("MLL", "KMT2A"),
        ("BCR (ENSG00000186716.20)", "BCR"),
        ("BCR^ENSG00000186716.20", "BCR"),
        ("@IGH", "IGH"),
        ("IGH@", "IGH"),
        ("IGH-@-ext", "IGH"),
        ("IGHV3-23", "IGH"),
        ("IGHJ6", "IGH"),
        ("@TRB", "TRB"),
        ("TRD", "TRA"),
        ("DUX4L26", "DUX4"),
        ("NKX2-1", "NKX2-1"),
        ("HLA-A", "HLA-A"),
    ],
)
def test_every_way_to_write_a_gene(written: str, current: str, genome: Genome) -> None:
    assert symbol(genome, written) == current


@pytest.mark.parametrize("separator", ["::", "--", "->", "/", "|", ":", "-", "_"])
@pytest.mark.parametrize("pair", [("BCR", "ABL1"), ("NUP214", "ABL1"), ("@IGH", "MYC"), ("TRB", "NKX2-1")])
def test_every_separator(separator: str, pair: tuple[str, str], grch38: Genome) -> None:
    assert split_name(separator.join(pair), grch38) == pair


@pytest.mark.parametrize(
    ("name", "how"),
    [
        ("BCR", Named.GENE),
        ("IGHG1", Named.GENE),
        ("RP11-599J14.2", Named.OTHER),
        ("AC007040.8", Named.OTHER),
        ("LINC02246", Named.OTHER),
        ("ENSG00000200891", Named.OTHER),
        ("BCL-ABR", Named.UNKNOWN),
        ("gene_17", Named.UNKNOWN),
    ],
)
def test_known_other_and_unknown_names(name: str, how: Named, grch38: Genome) -> None:
    assert known_as(grch38, name) is how


def test_a_driver_joined_to_an_unknown_name_is_a_remark(grch38: Genome, knowledge: Knowledge, tmp_path: Path) -> None:
    rows = ["ETV6 XYZ-9 40", *(f"GOPC ROS1 {n}" for n in range(5, 12))]
    found = read(plain(tmp_path / "t", *rows), grch38, knowledge)
    (remark,) = found.remarks
    assert (remark.code, remark.genes, remark.speaks) == (RemarkCode.UNKNOWN_NAME, ("ETV6",), Speaks.BLINDS)
    assert "XYZ-9" in found.inputs[0].warnings[0]


@pytest.mark.parametrize(
    ("known", "lesions"),
    [
        ("AFF1", {"kmt2a_r", "nutm1_r"}),
        ("PBX1", {"tcf3_r"}),
        ("MLLT3", {"kmt2a_r"}),
        ("EP300", {"znf384_r"}),
        ("IGH", set()),
    ],
)
@pytest.mark.parametrize("turned", [False, True])
def test_a_known_partner_of_an_unknown_name_blinds_its_lesions(
    known: str, lesions: set[str], turned: bool, grch38: Genome, knowledge: Knowledge, tmp_path: Path
) -> None:
    """The unknown name may be any gene that the partner is known to fuse with."""
    pair = f"{known} LAB-NAME" if turned else f"LAB-NAME {known}"
    path = plain(tmp_path / "t", f"{pair} 40", *("FGFR3 TACC3 9", "EML4 ALK 9", "GOPC ROS1 9"))
    (remark,) = read(path, grch38, knowledge).remarks
    assert set(remark.lesions) == lesions


@pytest.mark.parametrize("five", ["@IGH", "@IGK", "@TRA"])
def test_a_row_that_begins_with_an_at_sign_is_no_comment(
    five: str, grch38: Genome, knowledge: Knowledge, tmp_path: Path
) -> None:
    found = read(plain(tmp_path / "t", f"{five} MYC 40", "GOPC ROS1 9"), grch38, knowledge)
    assert sorted(fusion.name for fusion in found.fusions) == sorted((f"{five[1:]}::MYC", "GOPC::ROS1"))


@pytest.mark.parametrize("name", ["PDGFRβ", "PDGFR-β", "PDGFRB"])
def test_greek_letters(name: str, grch38: Genome) -> None:
    assert symbol(grch38, name) == "PDGFRB"


def test_mostly_unknown_names_blind_every_lesion(grch38: Genome, knowledge: Knowledge, tmp_path: Path) -> None:
    found = read(plain(tmp_path / "t", "g1 g2 40", "g3 g4 20", "GOPC ROS1 9"), grch38, knowledge)
    (remark,) = found.remarks
    assert {"bcr_abl1", "kmt2a_r", "etv6_runx1"} <= set(remark.lesions)
    assert "excludes nothing" in found.inputs[0].warnings[0]


def test_a_place_names_the_gene_of_an_unknown_name(grch38: Genome, knowledge: Knowledge, tmp_path: Path) -> None:
    made = replace(fusion_of(grch38, "BCR", "ABL1", 1, 2), five="XX_BCR_like", three="ENSG00000999999")
    found = read(write_table("arriba", tmp_path / "t", [made]), grch38, knowledge)
    assert [fusion.name for fusion in found.fusions] == ["BCR::ABL1"]
    assert not found.remarks


# ---------------------------------------------------------------- support, and what callers say of it


@pytest.mark.parametrize("dialect", sorted(set(TABLES) - NO_READS - {"fusionmap", "dragen_names", "dragen"}))
def test_no_read_is_no_fusion_and_no_negative(
    dialect: str, grch38: Genome, knowledge: Knowledge, tmp_path: Path
) -> None:
    made = fusion_of(grch38, "BCR", "ABL1", 1, 2, split=0, spanning=0)
    found = read(write_table(dialect, tmp_path / "t", [made]), grch38, knowledge)
    assert not found.fusions
    assert [(remark.code, remark.genes) for remark in found.remarks] == [(RemarkCode.NO_READS, ("BCR", "ABL1"))]
    assert not found.expressed


def test_what_linx_does_not_report_is_flagged_with_its_reasons(
    grch38: Genome, knowledge: Knowledge, tmp_path: Path
) -> None:
    path = write_table("linx_placed", tmp_path / "t", [fusion_of(grch38, "BCR", "ABL1", 1, 2)])
    text = path.read_text().replace("\ttrue\t", "\tfalse\t").replace("\tOK\t", "\tUNPHASED_5P_UTR;INVALID_TRAVERSAL\t")
    path.write_text(text)
    (one,) = read(path, grch38, knowledge).fusions
    assert "not_reported" in one.flags
    assert one.filter == "UNPHASED_5P_UTR;INVALID_TRAVERSAL"


def test_banned_beats_known(grch38: Genome, knowledge: Knowledge, tmp_path: Path) -> None:
    path = write_table("fusioncatcher", tmp_path / "t", [fusion_of(grch38, "BCR", "ABL1", 1, 2)])
    path.write_text(path.read_text().replace("known,oncogene", "banned,known,oncogene"))
    assert {"banned"} <= set(read(path, grch38, knowledge).fusions[0].flags)


def test_discarded_records_are_no_expressed_ones(grch38: Genome, knowledge: Knowledge, tmp_path: Path) -> None:
    path = write_table("arriba", tmp_path / "t", [fusion_of(grch38, "GOPC", "ROS1")])
    assert read(path, grch38, knowledge).expressed == 1
    path.write_text(path.read_text().replace("duplicates(3)", "min_support"))
    assert read(path, grch38, knowledge).expressed == 0


def test_a_very_long_table_keeps_what_the_panel_asks_for(
    grch38: Genome, knowledge: Knowledge, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(builder, "MOST_KEPT", 3)
    rows = [*(f"TTN NEB {n}" for n in range(5, 15)), "BCR ABL1 40"]
    found = read(plain(tmp_path / "t", *rows), grch38, knowledge)
    assert [fusion.name for fusion in found.fusions] == ["BCR::ABL1"]
    assert found.inputs[0].dropped == {"no gene of a lesion": 10}
    assert found.expressed == 11


def test_a_fusion_without_a_sample_column_is_untouched(grch38: Genome, knowledge: Knowledge, tmp_path: Path) -> None:
    found = read(plain(tmp_path / "t", "BCR ABL1 40"), grch38, knowledge)
    assert [(one.five, one.three, one.reads) for one in found.fusions] == [("BCR", "ABL1", 40)]
    assert isinstance(found.fusions[0], Fusion)
