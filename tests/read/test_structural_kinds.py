"""Structural variants as merges, other conventions and open ends give them: whose, which sides, and what stays open."""

from __future__ import annotations

from itertools import product
from pathlib import Path

import pytest

from annotate.base.errors import InputError
from annotate.breakpoints.breakends import join
from annotate.knowledge.tables import Knowledge
from annotate.model.junctions import Breakend, Junctions
from annotate.model.remark import RemarkCode, Speaks
from annotate.model.sample import Sample
from annotate.read.structural import read_structural
from annotate.read.structural.targets import Targets
from annotate.reference.genome import Genome
from tests.makers.fusion_tables import rna_vcf, write_table
from tests.makers.fusions import fusion_of
from tests.makers.structural import CALLERS, SIDELESS, junction_of, vcf_text, write_junctions

COUNTED = sorted(name for name, caller in CALLERS.items() if caller.format is not None)
HEADER = "##fileformat=VCFv4.2\n#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO"
SIDES = {"LR": ("L", "R"), "RL": ("R", "L"), "LL": ("L", "L"), "RR": ("R", "R")}
STRANDS = {"LR": "+-", "RL": "-+", "LL": "++", "RR": "--"}
CLASSES = {"LR": "deletion", "RL": "tandem-duplication", "LL": "inversion", "RR": "inversion"}
ALTS = {"LR": "N[{}[", "LL": "N]{}]", "RL": "]{}]N", "RR": "[{}[N"}


def read(path: Path, genome: Genome, knowledge: Knowledge, **facts: object) -> Junctions:
    sample = Sample("s", "p", "diagnosis", genome.assembly, **facts)  # type: ignore[arg-type]
    return read_structural((path,), sample, genome, knowledge)


def records(path: Path, *lines: str, header: str = HEADER, names: str = "") -> Path:
    columns = header + (f"\tFORMAT\t{names}" if names else "") + "\n"
    path.write_text(columns.replace(" ", "\t") + "".join("\t".join(line.split()) + "\n" for line in lines))
    return path


def ids(found: Junctions) -> list[str]:
    return [junction.id for junction in found.junctions]


# ---------------------------------------------------------------- whose record it is


@pytest.mark.parametrize("missing", [False, True])
@pytest.mark.parametrize("dialect", COUNTED)
def test_what_only_the_other_sample_carries(
    dialect: str, missing: bool, genome: Genome, knowledge: Knowledge, tmp_path: Path
) -> None:
    """Zero reads, or a cell of missing values, beside a carrier: not this sample's, and nothing stays open."""
    made = junction_of(genome, "BCR", "ABL1", 1, 2)
    lines = vcf_text(dialect, [made], genome.assembly, tumor="other", normal="own").splitlines()
    if missing:
        place = next(line for line in lines if line.startswith("#CHROM")).split("\t").index("own")
        lines = [line if line.startswith("#") else _missing(line, place) for line in lines]
    path = tmp_path / "x.vcf"
    path.write_text("\n".join(lines) + "\n")
    found = read(path, genome, knowledge, tumor_name="own")
    assert found.junctions == ()
    assert found.remarks == ()
    assert set(found.inputs[0].dropped) == {"not_in_tumour"}


def _missing(line: str, place: int) -> str:
    cells = line.split("\t")
    keys = cells[8].split(":")
    cells[place] = ":".join("./." if key == "GT" else "." for key in keys)
    return "\t".join(cells)


@pytest.mark.parametrize(
    ("own", "other", "vector", "kept"),
    [
        ("./.", "0/1", "", False),
        (".|.", "0|1", "", False),
        (".", "1/1", "", False),
        ("0/0", "0/1", "", False),
        ("./.", "0/1", "01", False),
        ("./.", "0/0", "10", True),  # the vector says that it is ours
        ("0/1", "./.", "", True),
        ("0/1", "0/1", "", True),
        ("./.", "./.", "", True),  # a caller that genotypes nobody
    ],
)
def test_genotypes_without_counts(
    own: str, other: str, vector: str, kept: bool, grch38: Genome, knowledge: Knowledge, tmp_path: Path
) -> None:
    info = "SVTYPE=BND" + (f";SUPP_VEC={vector}" if vector else "")
    path = records(
        tmp_path / "x.vcf", f"22 23200000 a N N[9:130800000[ . PASS {info} GT {own} {other}", names="own other"
    )
    assert bool(read(path, grch38, knowledge, tumor_name="own").junctions) is kept


@pytest.mark.parametrize(("vector", "doubted"), [("01", True), ("11", False), ("10", False), ("0110", False)])
def test_a_vector_against_the_genotype_is_a_doubt(
    vector: str, doubted: bool, grch38: Genome, knowledge: Knowledge, tmp_path: Path
) -> None:
    """A vector of another length counts callers, not samples. Reads and genotype together stand against it."""
    line = f"22 23200000 a N N[9:130800000[ . PASS SVTYPE=BND;SUPP_VEC={vector} "
    both, genotype, reads = "GT:DR:DV 0/1:20:9 0/1:20:9", "GT 0/1 0/1", "GT:DR:DV ./.:20:9 0/1:20:9"
    for cells, flag in ((genotype, doubted), (reads, doubted), (both, False)):
        path = records(tmp_path / "x.vcf", line + cells, names="own other")
        (one,) = read(path, grch38, knowledge, tumor_name="own").junctions
        assert ("not_by_vector" in one.flags) is flag


def test_reads_under_a_reference_genotype_stay_with_a_doubt(
    grch38: Genome, knowledge: Knowledge, tmp_path: Path
) -> None:
    line = "22 23200000 a N N[9:130800000[ . PASS SVTYPE=BND{} GT:DR:DV 0/0:24:6"
    for flag, doubted in (("", True), (";SOMATIC", False)):
        path = records(tmp_path / "x.vcf", line.format(flag), names="s")
        (one,) = read(path, grch38, knowledge).junctions
        assert ("called_reference" in one.flags) is doubted


@pytest.mark.parametrize("genotype", ["0/0", "0|0"])
def test_no_read_under_a_reference_genotype_leaves_nothing_open(
    genotype: str, grch38: Genome, knowledge: Knowledge, tmp_path: Path
) -> None:
    """A caller that asks each sample for the variants of all of them: this one has none."""
    line = f"22 23200000 a N N[9:130800000[ . PASS SVTYPE=BND GT:DR:DV {genotype}:24:0"
    found = read(records(tmp_path / "x.vcf", line, names="s"), grch38, knowledge)
    assert not found.junctions
    assert not found.remarks


@pytest.mark.parametrize("names", [("manta", "gridss"), ("P1_delly", "P1_svaba.vcf"), ("T", "T_1"), ("0_T", "1_T")])
def test_a_column_a_caller_is_one_sample(
    names: tuple[str, str], grch38: Genome, knowledge: Knowledge, tmp_path: Path
) -> None:
    """A call that one of two callers made is the leukaemia's, whichever of them made it."""
    lines = [
        f"22 2320000{n} x{n} N N[9:13080000{n}[ . PASS SVTYPE=BND;STRANDS=+-;SUPP_VEC={vector} GT {a} {b}"
        for n, (vector, a, b) in enumerate((("10", "0/1", "./."), ("01", "./.", "0/1")))
    ]
    path = records(
        tmp_path / "x.vcf", *lines, header=HEADER.replace("\n#", "\n##source=SURVIVOR\n#"), names=" ".join(names)
    )
    assert len(read(path, grch38, knowledge).junctions) == 2
    with pytest.raises(InputError, match="which sample column"):
        read(records(tmp_path / "y.vcf", *lines, names="A B"), grch38, knowledge)


@pytest.mark.parametrize(("tumor", "which"), [("patA", 23_200_000), ("1_patB", 23_200_001)])
def test_columns_numbered_by_the_merge(
    tumor: str, which: int, grch38: Genome, knowledge: Knowledge, tmp_path: Path
) -> None:
    """Jasmine puts the number of the merged file before the name that the sheet knows."""
    lines = [
        f"22 2320000{n} x{n} N N[9:13080000{n}[ . PASS SVTYPE=BND;STRANDS=+-;SUPP_VEC={vector} GT {a} {b}"
        for n, (vector, a, b) in enumerate((("10", "0/1", "./."), ("01", "./.", "0/1")))
    ]
    header = HEADER.replace("\n#", "\n##source=SURVIVOR\n#")
    path = records(tmp_path / "x.vcf", *lines, header=header, names="0_patA 1_patB")
    (one,) = read(path, grch38, knowledge, tumor_name=tumor).junctions
    assert which in {end.pos for end in (one.left, one.right) if end is not None}


def test_rows_of_a_bedpe_of_several_samples(grch38: Genome, knowledge: Knowledge, tmp_path: Path) -> None:
    head = "chrom1\tstart1\tend1\tchrom2\tstart2\tend2\tsample\tstrand1\tstrand2\tsvclass\n"
    rows = [
        f"22\t{23_200_000 + n}\t{23_200_000 + n}\t9\t130800000\t130800000\t{name}\t+\t+\ttranslocation"
        for n, name in enumerate(("own", "B"))
    ]
    path = tmp_path / "x.bedpe"
    path.write_text(head + "\n".join(rows) + "\n")
    found = read(path, grch38, knowledge, tumor_name="own")
    assert len(found.junctions) == 1
    assert found.inputs[0].dropped == {"another sample's record": 1}
    with pytest.raises(InputError, match="own, B"):
        read(path, grch38, knowledge)


# ---------------------------------------------------------------- orientation


@pytest.mark.parametrize(("written", "stated"), list(product(SIDES, SIDES)))
@pytest.mark.parametrize(
    ("source", "first"), [("", False), ("SURVIVOR", True), ("Sniffles", True), ("LUMPY", False), ("Severus", False)]
)
def test_brackets_against_strands(
    source: str, first: bool, written: str, stated: str, grch38: Genome, knowledge: Knowledge, tmp_path: Path
) -> None:
    """Where both agree the sides are known; else the writer's rule says which is right, or nobody knows."""
    header = HEADER.replace("\n#", f"\n##source={source}\n#") if source else HEADER
    line = f"9 1000 a N {ALTS[written].format('22:700')} . PASS SVTYPE=BND;STRANDS={STRANDS[stated]}:9"
    (one,) = read(records(tmp_path / "x.vcf", line, header=header), grch38, knowledge).junctions
    unknown = "orientation_unknown" in one.flags
    assert unknown is (written != stated and not first)
    if not unknown:
        wanted = stated if first else written
        assert one.left.keeps + (one.right.keeps if one.right else "") == wanted


def test_a_mate_that_agrees_settles_the_sides(grch38: Genome, knowledge: Knowledge, tmp_path: Path) -> None:
    """Both records state the strands of the first end: only one of them agrees with its brackets."""
    path = records(
        tmp_path / "x.vcf",
        "9 1000 a N ]22:700]N . PASS SVTYPE=BND;MATEID=b;STRANDS=+-",
        "22 700 b N N[9:1000[ . PASS SVTYPE=BND;MATEID=a;STRANDS=+-",
    )
    (one,) = read(path, grch38, knowledge).junctions
    assert one.id == "9:1000R~22:700L"
    assert "orientation_unknown" not in one.flags


@pytest.mark.parametrize("sideless", sorted(SIDELESS))
def test_a_merge_without_sides_says_so(sideless: str, grch38: Genome, knowledge: Knowledge, tmp_path: Path) -> None:
    path = write_junctions(sideless, tmp_path / "x.vcf", [junction_of(grch38, "ETV6", "RUNX1", 5, 2)], "GRCh38")
    (one,) = read(path, grch38, knowledge).junctions
    assert "orientation_unknown" in one.flags


HEADERS = {
    "brass": (
        "# chr1 start1 end1 chr2 start2 end2 id/name brass_score strand1 strand2 sample svclass bkdist assembly_score"
    ),
    "sigprofiler": "chrom1 start1 end1 chrom2 start2 end2 sample strand1 strand2 svclass",
    "sigprofiler_bare": "chrom1 start1 end1 chrom2 start2 end2 sample strand1 strand2",
    "pcawg": "chrom1 start1 end1 chrom2 start2 end2 sv_id pe_support strand1 strand2 svclass",
}
OF_SEQUENCE = {"+": "-", "-": "+"}


@pytest.mark.parametrize("sides", SIDES)
@pytest.mark.parametrize("chroms", [("9", "22"), ("9", "9")])
@pytest.mark.parametrize("writer", HEADERS)
def test_bedpe_of_every_convention(
    writer: str, chroms: tuple[str, str], sides: str, grch38: Genome, knowledge: Knowledge, tmp_path: Path
) -> None:
    """BRASS and SigProfiler: the second strand is that of the sequence; PCAWG: of the breakend."""
    first, second = STRANDS[sides]
    if writer != "pcawg":
        second = OF_SEQUENCE[second]
    kind = CLASSES[sides] if chroms[0] == chroms[1] else "translocation"
    if writer == "pcawg":
        kind = {
            "deletion": "DEL",
            "tandem-duplication": "DUP",
            "inversion": "h2hINV" if sides == "LL" else "t2tINV",
        }.get(kind, "TRA")
    cells = {"name": "a", "score": "20", "sample": "s", "strand1": first, "strand2": second, "svclass": kind}
    columns = HEADERS[writer].lstrip("# ").split()
    place = [chroms[0], "999", "1000", chroms[1], "699999", "700000"]
    named = {
        "id/name": "a",
        "brass_score": "20",
        "sv_id": "a",
        "pe_support": "20",
        "bkdist": "-1",
        "assembly_score": "9",
    }
    row = [*place, *({**cells, **named}[column] for column in columns[6:])]
    path = tmp_path / "x.bedpe"
    path.write_text(HEADERS[writer].replace("# ", "#").replace(" ", "\t") + "\n" + "\t".join(row) + "\n")
    (one,) = read(path, grch38, knowledge).junctions
    made = join(Breakend(chroms[0], 1000, SIDES[sides][0]), Breakend(chroms[1], 700_000, SIDES[sides][1]))  # type: ignore[arg-type]
    assert one.id == made.id
    assert "orientation_unknown" not in one.flags


def test_classes_tell_the_convention_of_a_file_without_marks(
    grch38: Genome, knowledge: Knowledge, tmp_path: Path
) -> None:
    head = "chrom1\tstart1\tend1\tchrom2\tstart2\tend2\tname\tscore\tstrand1\tstrand2\tsvclass"
    local = [f"9\t{n}999\t{n + 1}000\t9\t900000\t900001\td{n}\t1\t+\t+\tdeletion" for n in range(1, 6)]
    far = "22\t23199999\t23200000\t9\t130799999\t130800000\tt\t1\t+\t+\ttranslocation"
    path = tmp_path / "x.bedpe"
    path.write_text("\n".join([head, *local, far]) + "\n")
    assert ids(read(path, grch38, knowledge))[-1] == "9:130800000R~22:23200000L"
    mixed = [*local, *(line.replace("deletion", "tandem-duplication") for line in local)]
    path.write_text("\n".join([head, *mixed, far]) + "\n")
    assert "orientation_unknown" in read(path, grch38, knowledge).junctions[-1].flags


# ---------------------------------------------------------------- open ends


def breaking(genome: Genome, knowledge: Knowledge) -> list[tuple[str, Breakend]]:
    """A place in each gene that the rules name by itself, with the side kept that a fusion needs."""
    found = []
    for chrom, genes in Targets.of(genome, knowledge).breaking.items():
        for own in genes:
            low, high = own.windows[0] if own.windows else (own.gene.start, own.gene.end)
            found += [(own.gene.name, Breakend(chrom, (low + high) // 2, side)) for side in own.sides]
    return found


def test_an_open_end_in_every_gene_that_breaks(genome: Genome, knowledge: Knowledge, tmp_path: Path) -> None:
    """A single breakend, a mate on another contig, an unreadable allele: each names its gene, in both assemblies."""
    genes = breaking(genome, knowledge)
    assert {"BCR", "ABL1", "ETV6", "RUNX1", "KMT2A", "PDGFRB", "JAK2"} <= {name for name, _ in genes}
    for name, end in genes:
        single = "NACGTAC." if end.keeps == "L" else ".ACGTACN"
        mate = "N[HLA-A*01:01:01:01:300[" if end.keeps == "L" else "]chrUn_KI270742v1:100]N"
        for alt, code in (
            (single, RemarkCode.SINGLE_BREAKEND),
            (mate, RemarkCode.UNPLACEABLE_CONTIG),
            ("<CPX>", RemarkCode.SYMBOLIC_ALLELE),
            ("<N[9:1[>", RemarkCode.UNREADABLE_VALUE),
        ):
            line = f"{end.chrom} {end.pos} a N {alt} . PASS SVTYPE=BND"
            if alt == "<CPX>":
                line = line.replace("BND", "CPX")
            found = read(records(tmp_path / "x.vcf", line), genome, knowledge)
            remarks = [remark for remark in found.remarks if name in remark.genes]
            assert [remark.code for remark in remarks] == [code], (name, alt)
            open_side = code in (RemarkCode.SINGLE_BREAKEND, RemarkCode.UNPLACEABLE_CONTIG)
            assert remarks[0].speaks is (Speaks.FOR if open_side else Speaks.BLINDS)


@pytest.mark.parametrize("alt", ["open", "<N[9:1[>"])
def test_many_open_ends_in_one_gene_hide_no_other_gene(
    alt: str, genome: Genome, knowledge: Knowledge, tmp_path: Path
) -> None:
    """A caller may leave hundreds of ends open in one gene: the one record of another gene is still remarked."""
    genes = {name: end for name, end in breaking(genome, knowledge) if name in ("ETV6", "BCR", "KMT2A", "PDGFRB")}

    def line(end: Breakend, shift: int) -> str:
        single = "NACGTAC." if end.keeps == "L" else ".ACGTACN"
        return f"{end.chrom} {end.pos + shift} a{shift} N {single if alt == 'open' else alt} . PASS SVTYPE=BND"

    first = genes.pop("ETV6")
    lines = [line(first, shift) for shift in range(300)] + [line(end, 0) for end in genes.values()]
    found = read(records(tmp_path / "x.vcf", *lines), genome, knowledge).remarks
    assert {"ETV6", *genes} <= {name for remark in found for name in remark.genes}
    assert len(found) < len(lines)


@pytest.mark.parametrize("beside", [-900_000, -20_000, 1_000, 600_000])
@pytest.mark.parametrize("gene", ["MYC", "BCL2", "BCL6", "TLX1", "LMO2", "NOTCH1", "ID4"])
def test_an_open_end_where_an_enhancer_would_act(
    gene: str, beside: int, genome: Genome, knowledge: Knowledge, tmp_path: Path
) -> None:
    """The partner is not known: it may be an immunoglobulin or T cell receptor locus. Further away nothing is said."""
    own = genome.gene(gene)
    assert own is not None
    for alt, code in (
        ("NACGTAC.", RemarkCode.SINGLE_BREAKEND),
        (".ACGTACN", RemarkCode.SINGLE_BREAKEND),
        ("N[HLA-A*01:01:01:01:300[", RemarkCode.UNPLACEABLE_CONTIG),
        (".", RemarkCode.UNREADABLE_VALUE),
    ):
        for pos, said in ((own.start + beside, True), (own.start - 3_000_000, False)):
            path = records(tmp_path / "x.vcf", f"{own.chrom} {pos} a N {alt} . PASS SVTYPE=BND")
            found = [remark for remark in read(path, genome, knowledge).remarks if gene in remark.genes]
            assert [(remark.code, remark.speaks) for remark in found] == ([(code, Speaks.BLINDS)] if said else [])


@pytest.mark.parametrize(("alt", "info"), [(".", "SVTYPE=BND"), (".", "SVTYPE=INV"), ("<N[9:1[>", "SVTYPE=BND")])
@pytest.mark.parametrize(("cells", "said"), [("0/1 ./.", True), ("./. 0/1", False), ("0/0 0/1", False)])
def test_an_unreadable_record_is_a_remark_of_its_carrier(
    alt: str, info: str, cells: str, said: bool, genome: Genome, knowledge: Knowledge, tmp_path: Path
) -> None:
    place = genome.region("KMT2A_bcr1_wide")
    line = f"{place.chrom} {place.start + 3000} a N {alt} . PASS {info} GT {cells}"
    path = records(tmp_path / "x.vcf", line, names="own other")
    assert bool(read(path, genome, knowledge, tumor_name="own").remarks) is said


@pytest.mark.parametrize("column", ["sample", "Sample_ID", "Tumor_Sample_Barcode", "library", "patient", "SAMPLE NAME"])
def test_a_bedpe_of_several_samples(column: str, grch38: Genome, knowledge: Knowledge, tmp_path: Path) -> None:
    header = "#chrom1\tstart1\tend1\tchrom2\tstart2\tend2\tname\tscore\tstrand1\tstrand2\t" + column
    row = "{}\t{}\t{}\t9\t130799999\t130800000\tx\t60\t+\t-\t{}"
    rows = [row.format("22", 23199999, 23200000, "s"), row.format("12", 11874999, 11875000, "other")]
    path = tmp_path / "x.bedpe"
    path.write_text("\n".join((header, *rows)) + "\n")
    found = read(path, grch38, knowledge)
    assert ids(found) == ["9:130800000R~22:23200000L"]
    assert found.inputs[0].dropped == {"another sample's record": 1}


@pytest.mark.parametrize("reads", [0, 2])
def test_noise_leaves_no_remark(reads: int, grch38: Genome, knowledge: Knowledge, tmp_path: Path) -> None:
    path = records(
        tmp_path / "x.vcf",
        f"22 23200000 a N NACGT. . PASS SVTYPE=BND GT:BVF:REF:VF .:{reads}:20:0",
        names="s",
        header=HEADER.replace("\n#", "\n##gridssVersion=2.13\n#"),
    )
    assert read(path, grch38, knowledge).remarks == ()


@pytest.mark.parametrize(
    ("alt", "aligned", "partner"),
    [
        ("NACGT.", "chr9:130800000|+|54M|60", "9:130800000R~22:23200000L"),
        ("NACGT.", "chr9:130799947|-|54M|60", "9:130800000L~22:23200000L"),
        (".ACGTN", "chr9:130799947|+|54M|60", "9:130800000L~22:23200000R"),
        (".ACGTN", "chr9:130800000|-|54M|60", "9:130800000R~22:23200000R"),
        ("NACGT.", "chr9:130800000|+|54M|3", None),  # placed at random
        ("NACGT.", "chr9:130800000|+|54M|60,chr7:100|+|54M|60", None),
        ("NACGT.", "chr7:100000|+|54M|60", None),  # makes no known pair
        ("NACGT.", "chrUn_KI270742v1:100|+|54M|60", None),
    ],
)
def test_the_partner_that_the_insert_aligns_to(
    alt: str, aligned: str, partner: str | None, grch38: Genome, knowledge: Knowledge, tmp_path: Path
) -> None:
    path = records(tmp_path / "x.vcf", f"22 23200000 a N {alt} . PASS SVTYPE=BND;BEALN={aligned}")
    found = read(path, grch38, knowledge)
    if partner is None:
        assert found.junctions[0].right is None
        assert [remark.code for remark in found.remarks] == [RemarkCode.SINGLE_BREAKEND]
    else:
        assert ids(found) == [partner]
        assert "partner_by_alignment" in found.junctions[0].flags


def test_the_repeat_of_the_insert_is_said(grch38: Genome, knowledge: Knowledge, tmp_path: Path) -> None:
    path = records(tmp_path / "x.vcf", "22 23200000 a N NACGT. . PASS SVTYPE=BND;INSRMRT=ALR/Alpha")
    assert "ALR/Alpha" in read(path, grch38, knowledge).remarks[0].reason


def test_a_filtered_break_with_a_new_partner_is_kept_in_mind(
    grch38: Genome, knowledge: Knowledge, tmp_path: Path
) -> None:
    """A known pair that the caller filtered is a junction; with another partner it is a remark, above noise."""
    abl1 = next(end for name, end in breaking(grch38, knowledge) if name == "ABL1" and end.keeps == "R")
    for reads, remarks in ((20, 1), (2, 0)):
        line = f"9 {abl1.pos} a N ]4:60000000]N . LowQual SVTYPE=BND GT:DR:DV 0/1:30:{reads}"
        found = read(records(tmp_path / "x.vcf", line, names="s"), grch38, knowledge)
        assert found.junctions == ()
        assert [remark.code for remark in found.remarks] == [RemarkCode.FILTERED] * remarks


# ---------------------------------------------------------------- other tables


def test_nanomonsv_result(genome: Genome, knowledge: Knowledge, tmp_path: Path) -> None:
    made = junction_of(genome, "BCR", "ABL1", 1, 2)
    assert made.right is not None
    header = "Chr_1 Pos_1 Dir_1 Chr_2 Pos_2 Dir_2 Inserted_Seq SV_ID Checked_Read_Num_Tumor Supporting_Read_Num_Tumor"
    header = (header + " Is_Filter").replace(" ", "\t")
    signs = {"L": "+", "R": "-"}
    row = [f"chr{made.left.chrom}", made.left.pos, signs[made.left.keeps], f"chr{made.right.chrom}", made.right.pos]
    row += [signs[made.right.keeps], "---", "r_1", 30, 12, "PASS"]
    path = tmp_path / "x.nanomonsv.result.txt"
    path.write_text(header + "\n" + "\t".join(map(str, row)) + "\n")
    (one,) = read(path, genome, knowledge).junctions
    assert (one.id, one.reads, one.vaf) == (made.id, 12, pytest.approx(0.4))


def test_annotsv_is_the_vcf_that_it_annotates(grch38: Genome, knowledge: Knowledge, tmp_path: Path) -> None:
    head = "AnnotSV_ID SV_chrom SV_start SV_end SV_length SV_type Samples_ID ID REF ALT QUAL FILTER INFO FORMAT T"
    head = (head + " Annotation_mode Gene_name").replace(" ", "\t")
    row = "x 22 23200000 23200000 . BND T b1 N N[9:130800000[ . PASS SVTYPE=BND GT:PR:SR 0/1:20,9:20,8 {} BCR"
    row = row.replace(" ", "\t")
    path = tmp_path / "x.tsv"
    path.write_text("\n".join([head, row.format("full"), row.format("split")]) + "\n")
    (one,) = read(path, grch38, knowledge).junctions
    assert (one.id, one.reads) == ("9:130800000R~22:23200000L", 17)


def test_mavis_rows_of_a_genome(genome: Genome, knowledge: Knowledge, tmp_path: Path) -> None:
    made = fusion_of(genome, "BCR", "ABL1", 1, 2, split=21, spanning=14)
    path = write_table("mavis", tmp_path / "x.tab", [made])
    assert read(path, genome, knowledge).junctions == ()
    path.write_text(path.read_text().replace("transcriptome", "genome"))
    (one,) = read(path, genome, knowledge).junctions
    assert one.reads == 35
    assert {one.left.chrom, one.right.chrom if one.right else ""} == {"9", "22"}


@pytest.mark.parametrize("writer", ["arriba", "rnafusion", "squid"])
def test_rna_is_no_dna(writer: str, grch38: Genome, knowledge: Knowledge, tmp_path: Path) -> None:
    made = fusion_of(grch38, "BCR", "ABL1", 1, 2)
    path = tmp_path / "x.vcf"
    if writer == "squid":
        write_table("squid", path, [made])
    else:
        path.write_text(rna_vcf(grch38, made, writer))
    with pytest.raises(InputError, match="RNA") as error:
        read(path, grch38, knowledge)
    assert "column fusions" in str(error.value)


@pytest.mark.parametrize(("first", "second"), [(a, b) for a in ALTS for b in ALTS])
def test_mates_that_state_other_sides(
    first: str, second: str, grch38: Genome, knowledge: Knowledge, tmp_path: Path
) -> None:
    """Two records that name each other are one junction; where they keep other sides, none of them is believed."""
    near, far = "9:130800000", "22:23200000"
    path = records(
        tmp_path / "x.vcf",
        f"22 23200000 a N {ALTS[first].format(near)} . PASS SVTYPE=BND;MATEID=b",
        f"9 130800000 b N {ALTS[second].format(far)} . PASS SVTYPE=BND;MATEID=a",
    )
    (one,) = read(path, grch38, knowledge).junctions
    assert one.records == ("a", "b")
    assert ("orientation_unknown" in one.flags) is (first != second[::-1])
