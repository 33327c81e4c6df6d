"""Structural variants of every caller: one event, one junction; real files; mates, filters, support, refusals."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from annotate.base.errors import InputError
from annotate.breakpoints.breakends import join
from annotate.knowledge.tables import Knowledge
from annotate.model.junctions import Breakend, Junction, Junctions
from annotate.model.sample import Sample
from annotate.name.partners.partners import place
from annotate.read.common.registry import recognise
from annotate.read.fusions import read_fusions
from annotate.read.structural import read_structural
from annotate.reference.genome import Genome
from tests.makers.structural import CALLERS, DIALECTS, junction_of, vcf_text, write_junctions

BOTH_SIDES = {"tiddit", "sniffles2"}  # do not say which side of an inversion they saw
HEADER = "##fileformat=VCFv4.2\n#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\n"


def sample(assembly: str = "GRCh38", tumor: str | None = "TUMOR", normal: str | None = None) -> Sample:
    return Sample("s", "p", "diagnosis", assembly, tumor_name=tumor, normal_name=normal)  # type: ignore[arg-type]


def read(path: Path, genome: Genome, knowledge: Knowledge, *, tumor: str | None = "TUMOR") -> Junctions:
    return read_structural((path,), sample(genome.assembly, tumor), genome, knowledge)


def plain(folder: Path, *records: str, header: str = HEADER, name: str = "x.vcf") -> Path:
    """Records of eight columns, blanks for tabs."""
    path = folder / name
    path.write_text(header + "".join("\t".join(record.split()) + "\n" for record in records))
    return path


def of_dialect(dialect: str) -> str | None:
    return "TUMOR" if dialect != "bedpe" and CALLERS[dialect].format is not None else None


# ---------------------------------------------------------------- one event, however it is written

sides = st.sampled_from("LR")
places = st.tuples(st.sampled_from(("1", "7", "9", "22", "X")), st.integers(10_000, 40_000_000), sides)


def distinct(ends: tuple[tuple[str, int, str], tuple[str, int, str]]) -> bool:
    (a_chrom, a_pos, _), (b_chrom, b_pos, _) = ends
    return a_chrom != b_chrom or abs(a_pos - b_pos) > 1_000


def made_of(ends: tuple[tuple[str, int, str], tuple[str, int, str]]) -> Junction:
    a, b = (Breakend(chrom, pos, side) for chrom, pos, side in ends)  # type: ignore[arg-type]
    return join(a, b, split_reads=11, paired_reads=9, vaf=0.4, filter="PASS")


@pytest.mark.parametrize("dialect", DIALECTS)
@given(ends=st.tuples(places, places).filter(distinct), prefix=st.sampled_from(("", "chr")))
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_junction_in_any_dialect(
    dialect: str,
    ends: tuple[tuple[str, int, str], tuple[str, int, str]],
    prefix: str,
    grch38: Genome,
    knowledge: Knowledge,
    tmp_path: Path,
) -> None:
    """BND or symbolic, with or without `chr`, either end first: the same sides of the same bases."""
    made = made_of(ends)
    path = write_junctions(dialect, tmp_path / "x.vcf", [made], "GRCh38", prefix=prefix)
    found = read(path, grch38, knowledge, tumor=of_dialect(dialect))
    ids = [junction.id for junction in found.junctions]
    if dialect in BOTH_SIDES and made.right and made.left.chrom == made.right.chrom and "INV" in path.read_text():
        assert len(ids) == 2
        assert made.id in ids
    else:
        assert ids == [made.id]
        guessed = dialect in ("tiddit", "sniffles2") and "SVTYPE=BND" in path.read_text()
        assert ("orientation_unknown" in found.junctions[0].flags) is guessed
    file = found.inputs[0]
    assert file.records_read == file.records_used > 0


@given(ends=st.tuples(places, places).filter(distinct), which=st.sampled_from((0, 1)))
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_one_mate_alone_is_the_same_junction(
    ends: tuple[tuple[str, int, str], tuple[str, int, str]],
    which: int,
    grch38: Genome,
    knowledge: Knowledge,
    tmp_path: Path,
) -> None:
    made = made_of(ends)
    lines = vcf_text("gridss", [made], "GRCh38").splitlines()
    header, records = [x for x in lines if x.startswith("#")], [x for x in lines if not x.startswith("#")]
    assert len(records) == 2
    path = tmp_path / "x.vcf"
    path.write_text("\n".join([*header, records[which]]) + "\n")
    found = read(path, grch38, knowledge)
    assert [junction.id for junction in found.junctions] == [made.id]
    assert found.junctions[0].flags == ("mate_record_missing",)
    assert "missing" in found.inputs[0].warnings[0]


@pytest.mark.parametrize("dialect", [d for d in DIALECTS if d != "bedpe"])
def test_the_caller_is_recognised(dialect: str, grch38: Genome, knowledge: Knowledge, tmp_path: Path) -> None:
    path = write_junctions(dialect, tmp_path / "x.vcf", [junction_of(grch38, "BCR", "ABL1", 1, 2)], "GRCh38")
    expected = {"delly0.6.8": "delly.vcf", "purple": "purple.sv.vcf"}.get(dialect, f"{dialect}.vcf")
    assert recognise_name(path) == expected
    found = read(path, grch38, knowledge, tumor=of_dialect(dialect))
    assert found.inputs[0].format == expected
    assert len(found.callers) == 1


def recognise_name(path: Path) -> str:
    from annotate.read.common.registry import load_modules

    load_modules("annotate.read.structural")
    return recognise(path, "structural_variants").name


@pytest.mark.parametrize("dialect", [d for d in DIALECTS if d not in ("bedpe", "pbsv", "plain", "savana")])
def test_support_in_each_callers_fields(dialect: str, grch38: Genome, knowledge: Knowledge, tmp_path: Path) -> None:
    made = junction_of(grch38, "BCR", "ABL1", 1, 2, split=12, paired=10, vaf=0.4)
    path = write_junctions(dialect, tmp_path / "x.vcf", [made], "GRCh38")
    found = read(path, grch38, knowledge).junctions[0]
    assert found.reads == 22
    if dialect not in ("lumpy",):  # without reads of the reference there is no share
        assert found.vaf == pytest.approx(0.4, abs=0.06)


def test_representations_of_one_deletion(grch38: Genome, knowledge: Knowledge, tmp_path: Path) -> None:
    """The public example, moved onto a chromosome, and the dialects of DELLY, Manta, LUMPY and BEDPE."""
    one = plain(
        tmp_path,
        "9 500005 sequence TTGTAGTA T . PASS .",
        "9 500005 symbolic T <DEL> . PASS SVTYPE=DEL;SVLEN=-7;END=500012",
        "9 500005 breakpoint1 T T[9:500013[ . PASS SVTYPE=BND;MATEID=breakpoint2",
        "9 500013 breakpoint2 C ]9:500005]C . PASS SVTYPE=BND;MATEID=breakpoint1",
        "9 500005 breakend T T. . PASS SVTYPE=BND",
    )
    found = read(one, grch38, knowledge, tumor=None)
    made = join(Breakend("9", 500_005, "L"), Breakend("9", 500_013, "R"))
    assert [junction.id for junction in found.junctions] == [made.id, "9:500005L~?"]
    assert found.junctions[0].records == ("breakpoint1", "breakpoint2", "sequence", "symbolic")
    assert found.inputs[0].records_used == 5
    paths = [one]
    for dialect in ("manta", "delly", "lumpy", "gridss", "svaba", "bedpe"):
        path = write_junctions(dialect, tmp_path / f"{dialect}.vcf", [made], "GRCh38", normal=None)
        assert [junction.id for junction in read(path, grch38, knowledge, tumor=None).junctions] == [made.id]
        paths.append(path)
    merged = read_structural(tuple(paths), sample(tumor=None), grch38, knowledge)
    assert [junction.id for junction in merged.junctions] == [made.id, "9:500005L~?"]
    assert len(merged.junctions[0].callers) == 7


def test_inversion_as_one_symbol_is_two_junctions(grch38: Genome, knowledge: Knowledge, tmp_path: Path) -> None:
    path = plain(tmp_path, "9 1000 a N <INV> . PASS SVTYPE=INV;END=5000")
    assert [j.id for j in read(path, grch38, knowledge, tumor=None).junctions] == ["9:1000L~9:5000L", "9:1001R~9:5001R"]


@pytest.mark.parametrize(
    ("info", "expected"),
    [
        ("SVTYPE=TRA;CHR2=22;END=700;CT=3to5", "9:1000L~22:700R"),
        ("SVTYPE=TRA;CHR2=22;END=700;CT=5to3", "9:1000R~22:700L"),
        ("SVTYPE=TRA;CHR2=22;END=700;CT=3to3", "9:1000L~22:700L"),
        ("SVTYPE=TRA;CHR2=22;END=700;STRANDS=--:7", "9:1000R~22:700R"),
        ("SVTYPE=BND;CHR2=chr22;POS2=700;END=1001;CT=5to5", "9:1000R~22:700R"),
    ],
)
def test_sides_by_word(info: str, expected: str, grch38: Genome, knowledge: Knowledge, tmp_path: Path) -> None:
    path = plain(tmp_path, f"9 1000 a N <TRA> . PASS {info};SVMETHOD=EMBL.DELLYv0.6.8")
    assert [j.id for j in read(path, grch38, knowledge, tumor=None).junctions] == [expected]


@pytest.mark.parametrize(
    ("strand", "expected"),
    [("++", ["9:1000L~9:5000L"]), ("--", ["9:1001R~9:5001R"]), ("+-", ["9:1000L~9:5000L", "9:1001R~9:5001R"])],
)
def test_cutesv_says_which_side_of_an_inversion(
    strand: str, expected: list[str], grch38: Genome, knowledge: Knowledge, tmp_path: Path
) -> None:
    """Its STRAND is of the junction; Sniffles 2 writes the strand of reads under the same name."""
    record = f"9 1000 cuteSV.INV.0 N <INV> . PASS PRECISE;SVTYPE=INV;END=5000;RE=9;STRAND={strand}"
    found = read(plain(tmp_path, record), grch38, knowledge, tumor=None)
    assert [j.id for j in found.junctions] == expected
    other = plain(tmp_path, record.replace("cuteSV.INV.0", "Sniffles2.INV.0"), name="y.vcf")
    assert len(read(other, grch38, knowledge, tumor=None).junctions) == 2


def test_tiddit_translocations_tell_no_sides(grch38: Genome, knowledge: Knowledge, tmp_path: Path) -> None:
    """TIDDIT 3 writes an inverted join (TCF3::PBX1) as a straight one: it must not count as the wrong orientation."""
    made = junction_of(grch38, "TCF3", "PBX1", 16, 3)
    assert made.right is not None
    as_written = join(made.left, Breakend(made.right.chrom, made.right.pos, "L"), split_reads=9, paired_reads=8)
    path = write_junctions("tiddit", tmp_path / "x.vcf", [as_written], "GRCh38", normal=None)
    found = place(read(path, grch38, knowledge), grch38, knowledge)
    assert found.junctions[0].flags == ("orientation_unknown",)
    assert not any(pair.oriented or pair.reciprocal for pair in found.junctions[0].pairs)
    assert any((pair.five, pair.three) == ("TCF3", "PBX1") for pair in found.junctions[0].pairs)
    assert "does not tell which sides" in found.inputs[0].warnings[-1]
    assert found.junctions[0].reads == 17


@pytest.mark.parametrize(
    ("source", "guessed"),
    [("Sniffles2_2.2", True), ("Sniffles2_2.7.5", True), ("Sniffles2_2.8.0", False), ("Sniffles2_3.0", False)],
)
def test_sniffles2_tells_sides_since_version_2_8(
    source: str, guessed: bool, grch38: Genome, knowledge: Knowledge, tmp_path: Path
) -> None:
    header = HEADER.replace("VCFv4.2\n", f"VCFv4.2\n##source={source}\n")
    path = plain(tmp_path, "9 1000 Sniffles2.BND.1S0 N N[22:700[ . PASS SVTYPE=BND;SUPPORT=9;STRAND=+-", header=header)
    found = read(path, grch38, knowledge, tumor=None).junctions[0]
    assert ("orientation_unknown" in found.flags) is guessed


@pytest.mark.parametrize(
    ("alt", "strands", "expected"),
    [
        ("N[22:700[", "++", "9:1000L~22:700L"),  # brackets and STRANDS differ: as in the public file
        ("]22:700]N", "--", "9:1000R~22:700R"),
        ("N[22:700[", "+-", "9:1000L~22:700R"),
        ("]22:700]N", "-+", "9:1000R~22:700L"),
    ],
)
def test_sniffles1_sides_are_those_of_its_strands(
    alt: str, strands: str, expected: str, grch38: Genome, knowledge: Knowledge, tmp_path: Path
) -> None:
    path = plain(
        tmp_path, f"9 1000 7 N {alt} . PASS PRECISE;SVMETHOD=Snifflesv1.0.11;SVTYPE=BND;STRANDS={strands};RE=6"
    )
    found = read(path, grch38, knowledge, tumor=None).junctions[0]
    assert found.id == expected
    assert "orientation_unknown" not in found.flags


def test_tiddit_inverted_duplication(grch38: Genome, knowledge: Knowledge, tmp_path: Path) -> None:
    path = plain(tmp_path, "9 1000 SV_1_1 N <DUP:INV> . PASS SVTYPE=DUP:INV;END=5000")
    assert [j.svtype for j in read(path, grch38, knowledge, tumor=None).junctions] == ["INV", "INV"]


@pytest.mark.parametrize(
    ("fields", "values", "split", "paired", "vaf"),
    [
        ("PR:SR:VF", "17,0:62,7:62,7", 7, 0, 7 / 69),  # DRAGEN: fragments
        ("PR:SR", "16,4:52,6", 6, 4, 10 / 78),
        ("GT:CN:DP:DR:SR:LQ:RR:RD", "0/1:2:30,30,30:5:8:0,0:12,14:9,9", 8, 5, 8 / 20),  # TIDDIT 3.0
        ("GT:CN:COV:DV:RV:LQ:RR:DR", "0/1:2:30,30,30:5:8:0,0:12,14:9,9", 8, 5, 8 / 20),  # TIDDIT 3.3
        ("GT:VAF:hVAF:DR:DV", "0/1:0.35:0.35,0,0:26:14", 14, None, 0.35),  # Severus
    ],
)
def test_support_by_the_fields_of_callers(
    fields: str,
    values: str,
    split: int | None,
    paired: int | None,
    vaf: float,
    grch38: Genome,
    knowledge: Knowledge,
    tmp_path: Path,
) -> None:
    header = HEADER.replace("INFO\n", "INFO\tFORMAT\tTUMOR\n")
    record = f"9 1000 a N N[22:700[ . PASS SVTYPE=BND {fields} {values}"
    found = read(plain(tmp_path, record, header=header), grch38, knowledge).junctions[0]
    assert (found.split_reads, found.paired_reads) == (split, paired)
    assert found.vaf == pytest.approx(vaf)


def test_severus_without_mates_and_its_loose_ends(grch38: Genome, knowledge: Knowledge, tmp_path: Path) -> None:
    """Version 1.7 writes a deletion as two breakend records without MATE_ID; a loose end has one base and a dot."""
    path = plain(
        tmp_path,
        "9 1000 severus_BND1_1 N N[9:101000[ 60 PASS SVTYPE=DEL;SVLEN=100000;END=101000;STRANDS=+-",
        "9 101000 severus_BND1_2 N ]9:1000]N 60 PASS SVTYPE=DEL;SVLEN=100000;END=1000;STRANDS=-+",
        "9 200000 severus_BND7 N N. 60 PASS IMPRECISE;SVTYPE=sBND;STRANDS=+;DETAILED_TYPE=loose_end",
    )
    found = read(path, grch38, knowledge, tumor=None)
    assert found.callers == ("Severus",)
    assert [j.id for j in found.junctions] == ["9:1000L~9:101000R", "9:200000L~?"]


def test_savana_notation(grch38: Genome, knowledge: Knowledge, tmp_path: Path) -> None:
    info = "TUMOUR_READ_SUPPORT=14;NORMAL_READ_SUPPORT=0;BP_NOTATION=++;TUMOUR_AF=0.34,0.36;NORMAL_AF=0,0"
    path = plain(
        tmp_path,
        f"9 1000 ID_4_1 A A]22:700] . PASS SVTYPE=BND;MATEID=ID_4_2;{info}",
        f"22 700 ID_4_2 A A]9:1000] . PASS SVTYPE=BND;MATEID=ID_4_1;{info}",
    )
    found = read(path, grch38, knowledge, tumor=None)
    assert [(j.id, j.reads, j.callers) for j in found.junctions] == [("9:1000L~22:700L", 14, ("SAVANA",))]
    assert found.junctions[0].vaf == pytest.approx(0.35)


def test_a_translocation_without_sides_says_so(grch38: Genome, knowledge: Knowledge, tmp_path: Path) -> None:
    path = plain(tmp_path, "9 1000 a N <TRA> . PASS SVTYPE=TRA;CHR2=22;END=700")
    assert "orientation_unknown" in read(path, grch38, knowledge, tumor=None).junctions[0].flags


def test_partner_on_a_contig_that_is_not_assembled(grch38: Genome, knowledge: Knowledge, tmp_path: Path) -> None:
    path = plain(tmp_path, "9 1000 a N N[GL000192.1:700[ . PASS SVTYPE=BND", "GL000192.1 7 b N <DEL> . PASS END=90")
    found = read(path, grch38, knowledge, tumor=None)
    assert found.junctions[0].right is None
    assert found.junctions[0].flags == ("partner_on_other_contig", "single_breakend")
    assert dict(found.inputs[0].dropped) == {"other_contig": 1}


# ---------------------------------------------------------------- filters, normal, files


def test_filtered_calls_are_kept_only_where_lesions_break(grch38: Genome, knowledge: Knowledge, tmp_path: Path) -> None:
    known = junction_of(grch38, "BCR", "ABL1", 1, 2)
    elsewhere = join(Breakend("3", 150_000_000, "L"), Breakend("13", 90_000_000, "R"), split_reads=5, paired_reads=5)
    from dataclasses import replace

    weak = [replace(junction, filter="LowQual") for junction in (known, elsewhere)]
    found = read(write_junctions("manta", tmp_path / "x.vcf", weak, "GRCh38"), grch38, knowledge)
    assert [(j.id, j.flags, j.filter) for j in found.junctions] == [(known.id, ("filtered_by_caller",), "LowQual")]
    assert dict(found.inputs[0].dropped) == {"filter:LowQual": 2}


def test_reads_in_the_normal(grch38: Genome, knowledge: Knowledge, tmp_path: Path) -> None:
    path = write_junctions("manta", tmp_path / "x.vcf", [junction_of(grch38, "BCR", "ABL1", 1, 2)], "GRCh38")
    path.write_text(path.read_text().replace("\t16,0:16,0\t", "\t16,9:16,11\t"))
    assert "possible_germline" in read(path, grch38, knowledge).junctions[0].flags


def test_not_in_the_leukaemia(grch38: Genome, knowledge: Knowledge, tmp_path: Path) -> None:
    """A multi-sample file where only the normal has the event."""
    path = write_junctions("delly", tmp_path / "x.vcf", [junction_of(grch38, "BCR", "ABL1", 1, 2)], "GRCh38")
    found = read_structural((path,), sample(tumor="NORMAL"), grch38, knowledge)
    assert found.junctions == ()
    assert dict(found.inputs[0].dropped) == {"not_in_tumour": 1}


def test_several_callers_are_counted_once(grch38: Genome, knowledge: Knowledge, tmp_path: Path) -> None:
    made = junction_of(grch38, "TCF3", "PBX1", 16, 3)
    paths = tuple(
        write_junctions(dialect, tmp_path / f"{dialect}.vcf", [made], "GRCh38")
        for dialect in ("manta", "delly", "svaba")
    )
    found = read_structural(paths, sample(), grch38, knowledge)
    assert [junction.callers for junction in found.junctions] == [("DELLY", "Manta", "SvABA")]
    assert found.junctions[0].reads == 22
    assert found == read_structural(paths, sample(), grch38, knowledge)


def test_compressed_file(grch38: Genome, knowledge: Knowledge, tmp_path: Path) -> None:
    made = junction_of(grch38, "BCR", "ABL1", 1, 2)
    path = write_junctions("gridss", tmp_path / "x.vcf.gz", [made], "GRCh38")
    assert [j.id for j in read(path, grch38, knowledge).junctions] == [made.id]
    broken = tmp_path / "broken.vcf.gz"
    broken.write_bytes(path.read_bytes()[:-40])
    with pytest.raises(InputError, match="truncated or damaged"):
        read(broken, grch38, knowledge)
    assert gzip.decompress(path.read_bytes()).startswith(b"##fileformat")


def test_inserted_bases_on_the_left_ends_strand(grch38: Genome, knowledge: Knowledge, tmp_path: Path) -> None:
    """The same bases from either record, also where both ends keep the same side."""
    for here, there in (("L", "L"), ("R", "R"), ("L", "R"), ("R", "L")):
        made = join(
            Breakend("9", 5_000, here),  # type: ignore[arg-type]
            Breakend("22", 7_000, there),  # type: ignore[arg-type]
            inserted="ACCGT",
            split_reads=9,
            paired_reads=9,
        )
        lines = vcf_text("gridss", [made], "GRCh38").splitlines()
        records = [line for line in lines if not line.startswith("#")]
        for record in records:
            path = tmp_path / "x.vcf"
            path.write_text("\n".join([*(x for x in lines if x.startswith("#")), record]) + "\n")
            found = read(path, grch38, knowledge).junctions[0]
            assert (found.id, found.inserted_sequence) == (made.id, "ACCGT")


# ---------------------------------------------------------------- BEDPE


@pytest.mark.parametrize(("strands", "keeps"), [("+ -", "LR"), ("- +", "RL"), ("+ +", "LL"), ("- -", "RR")])
def test_bedpe_without_a_header(strands: str, keeps: str, grch38: Genome, knowledge: Knowledge, tmp_path: Path) -> None:
    path = plain(tmp_path, f"chr9 999 1000 chr22 699 700 a 60 {strands}", header="", name="x.bedpe")
    found = read(path, grch38, knowledge, tumor=None).junctions[0]
    assert found.id == f"9:1000{keeps[0]}~22:700{keeps[1]}"


def test_bedpe_intervals_are_inexact_places(grch38: Genome, knowledge: Knowledge, tmp_path: Path) -> None:
    path = plain(tmp_path, "chr9 900 1100 chr22 699 700 a 60 + -", header="", name="x.bedpe")
    found = read(path, grch38, knowledge, tumor=None).junctions[0]
    assert found.left.pos + found.left_range[0] == 901
    assert found.left.pos + found.left_range[1] == 1100


# ---------------------------------------------------------------- refusals


@pytest.mark.parametrize(
    ("record", "said"),
    [
        ("9 900000000 a N <DEL> . PASS SVTYPE=DEL;END=900000100", "beyond the end"),
        ("9 x a N <DEL> . PASS SVTYPE=DEL;END=100", "not a position"),
        ("9 100 a N", "damaged"),
    ],
)
def test_a_broken_record_names_its_line(
    record: str, said: str, grch38: Genome, knowledge: Knowledge, tmp_path: Path
) -> None:
    with pytest.raises(InputError, match=said) as error:
        read(plain(tmp_path, record), grch38, knowledge, tumor=None)
    assert "line 3" in str(error.value)


def test_another_assembly_is_refused(grch37: Genome, knowledge: Knowledge, tmp_path: Path) -> None:
    path = write_junctions("manta", tmp_path / "x.vcf", [], "GRCh38")
    with pytest.raises(InputError, match="as in GRCh38"):
        read(path, grch37, knowledge)


@pytest.mark.parametrize("alt", ["<CNV>", "<CN0>", ".", "<*>", "<XYZ>"])
def test_what_joins_nothing_is_counted(alt: str, grch38: Genome, knowledge: Knowledge, tmp_path: Path) -> None:
    found = read(plain(tmp_path, f"9 1000 a A {alt} . PASS END=2000"), grch38, knowledge, tumor=None)
    assert found.junctions == ()
    assert sum(found.inputs[0].dropped.values()) == 1


def test_calls_of_small_variants_are_no_search_for_rearrangements(
    grch38: Genome, knowledge: Knowledge, tmp_path: Path
) -> None:
    """Else every rearrangement would be `not_detected` for a file in the wrong column."""
    small = ("9 1000 a A G . PASS .", "9 1100 b AC A . PASS .")
    with pytest.raises(InputError, match=r"small variants only.*column small_variants"):
        read(plain(tmp_path, *small), grch38, knowledge, tumor=None)
    found = read(plain(tmp_path, *small, "9 2000 c A <DEL> . PASS END=9000"), grch38, knowledge, tumor=None)
    assert found.inputs[0].dropped == {"not_structural": 1}


# ---------------------------------------------------------------- real files

# assembly, tumour column, normal column, records read, junctions
REAL: dict[str, tuple[str, str | None, str | None, int, int]] = {
    "brass/PD11346a.560_breast.rearrangements.n560.bedpe": ("GRCh37", None, None, 471, 471),
    "mavis/mavis__mavis_summary_all_mock-A36971_mock-A47933.tab": (
        "GRCh37",
        "mock-A36971",
        None,
        38,
        0,
    ),  # no real contigs
    "cutesv/cuteSV.vcf": ("GRCh38", None, None, 100, 68),
    "delly/delly-0.6.8.vcf": ("GRCh37", None, None, 4, 1),
    "delly/delly.final.vcf.gz": ("GRCh37", "HCC1143", "HCC1143BL", 210, 210),
    "delly/delly_events.vcf": ("GRCh37", "A36971_2_lanes_dupsFlagged", "A36973_1_lane_dupsFlagged", 31, 26),
    "gridss/colo829_somatic_gridss.vcf.gz": ("GRCh37", "COLO829v003T_dedup.realigned.bam", None, 221, 91),
    "gridss/gridss-missingPartner.vcf": ("GRCh37", None, None, 3, 2),
    "gridss/gridss-na12878.vcf": ("GRCh37", None, None, 60, 0),
    "manta/colo829_somatic_manta.vcf": ("GRCh37", "COLO829T", "COLO829R", 431, 122),
    "manta/manta-0.29.6.vcf": ("GRCh37", None, None, 8, 4),
    "manta/manta-1.1.1.vcf": ("GRCh38", None, None, 11, 8),
    "manta/manta_events.vcf": ("GRCh37", "COLO829", "COLO829BL", 15, 12),
    "other/breakend.vcf": ("GRCh37", None, None, 6, 1),
    "other/crest.vcf": ("GRCh37", None, None, 5, 5),
    "other/multipleAltSVs.vcf": ("GRCh37", None, None, 4, 3),
    "other/novoBreak.pass.flt.vcf": ("GRCh37", None, None, 421, 478),
    "other/pindel-0.2.5b6.vcf": ("GRCh37", None, None, 5, 5),
    "other/representations.vcf": ("GRCh38", None, None, 5, 0),  # its one contig is made up
    "other/simple.vcf": ("GRCh37", None, None, 10, 7),
    "other/vcf4.2.example.sv.vcf": ("GRCh37", None, None, 6, 6),
    "purple/COLO829T.purple.sv.ann.vcf.gz": ("GRCh37", "COLO829T.realigned.bam", None, 178, 78),
    "purple/COLO829v003T.purple.sv.vcf": ("GRCh37", "COLO829v003T.sorted.bam", None, 250, 82),
    "purple/tumor_sample.purple.sv.vcf": ("GRCh37", "tumor_sample", "ref_sample", 543, 91),
    "sniffles/SKBR3_Sniffles_v1.0.2_tra.vcf": ("GRCh37", None, None, 140, 125),
    "sniffles/sniffles.vcf": ("GRCh38", None, None, 106, 104),
    "svaba/HCC1143.svaba.somatic.sv.vcf": (
        "GRCh37",
        "/gpfs/commons/groups/imielinski_lab/data/CellLines/HCC1143/WGS/HCC1143.final.bam",
        None,
        1000,
        500,
    ),
    "truth/truthset_somaticSVs_COLO829.vcf": ("GRCh37", None, None, 134, 68),
}
REFUSED = {
    "breakdancer/mavis__breakdancer_output.txt": "BreakDancer's own table",
    "delly/sigprofiler_delly.vcf": "contig lengths",  # of the mouse
    "manta/sigprofiler_manta.vcf": "contig lengths",
    "lumpy/lumpy.vcf": "two sample columns have the same name",
}


def test_every_real_file_is_read_or_refused(shared_data: Path, knowledge: Knowledge) -> None:
    folder = shared_data / "structural_variants"
    names = {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}
    assert names == set(REAL) | set(REFUSED)
    for name, said in REFUSED.items():
        with pytest.raises(InputError, match=said) as error:
            read(folder / name, Genome.load("GRCh37"), knowledge, tumor=None)
        assert "\n" not in str(error.value)
    for name, (assembly, tumor, normal, records, junctions) in REAL.items():
        genome = Genome.load(assembly)
        found = read_structural((folder / name,), sample(assembly, tumor, normal), genome, knowledge)
        file = found.inputs[0]
        assert file.records_read == file.records_used + sum(file.dropped.values()), name
        assert (file.records_read, len(found.junctions)) == (records, junctions), name


def test_the_tumour_of_a_real_pair_is_told_from_its_records(
    shared_data: Path, grch37: Genome, knowledge: Knowledge
) -> None:
    """Manta names neither column; nearly all records have reads in one only. That it was a guess is a warning."""
    path = shared_data / "structural_variants/manta/colo829_somatic_manta.vcf"
    found = read(path, grch37, knowledge, tumor=None)
    assert found.junctions == read(path, grch37, knowledge, tumor="COLO829T").junctions
    assert any("COLO829T read as the leukaemia" in text for text in found.inputs[0].warnings)


def test_dna_and_rna_of_one_cell_line_agree(shared_data: Path, grch37: Genome, knowledge: Knowledge) -> None:
    """SKBR3: long reads of DNA (Sniffles) and RNA (STAR-Fusion), by other laboratories, name the same 5' genes."""
    rna = read_fusions(
        (
            shared_data
            / "fusions/starfusion/testing___misc_tests___fuco___star-fusion.fusion_candidates.final.abridged",
        ),
        sample("GRCh37", None),
        grch37,
        knowledge,
    )
    keeps = {fusion.name: (fusion.five_keeps, fusion.three_keeps) for fusion in rna.fusions}
    path = shared_data / "structural_variants/sniffles/SKBR3_Sniffles_v1.0.2_tra.vcf"
    dna = place(read(path, grch37, knowledge, tumor=None), grch37, knowledge)
    shared = {
        pair: junction for junction in dna.junctions for pair in junction.pairs if f"{pair.five}::{pair.three}" in keeps
    }
    assert {f"{pair.five}::{pair.three}" for pair in shared} == {"RARA::PKIA", "TATDN1::GSDMB"}
    for pair, junction in shared.items():
        assert pair.oriented
        ends = {end.chrom: end.keeps for end in (junction.left, junction.right) if end is not None}
        five, three = grch37.gene(pair.five), grch37.gene(pair.three)
        assert five is not None
        assert three is not None
        assert (ends[five.chrom], ends[three.chrom]) == keeps[f"{pair.five}::{pair.three}"]
