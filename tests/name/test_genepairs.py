"""Which genes a junction joins: orientation, known pairs in every dialect, chains, frame, adversarial cases."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from annotate.breakpoints.breakends import join
from annotate.breakpoints.chains import chains
from annotate.knowledge import cutoffs
from annotate.knowledge.tables import Knowledge
from annotate.model.junctions import Breakend, GenePair, Junction, Junctions, Side
from annotate.model.sample import Sample
from annotate.name.partners.partners import place
from annotate.read.structural import read_structural
from annotate.reference.genome import Genome
from tests.makers.structural import junction_of, write_junctions

FOUR_DIALECTS = ("manta", "delly", "gridss", "lumpy")
# Names of the table that are no gene: the simulation uses a member instead.
CLUSTERS = {
    ("TRB", "HOXA"): ("HOXA10", "HOXA is a cluster; any of its genes stands for it"),
    ("NUP98", "various"): ("NSD1", "NUP98 has many partners; one of them stands for all"),
}


def sample(assembly: str) -> Sample:
    return Sample("s", "p", "diagnosis", assembly, tumor_name="TUMOR")  # type: ignore[arg-type]


def placed(genome: Genome, knowledge: Knowledge, *junctions: Junction) -> Junctions:
    distance, longest = (
        knowledge.value(cutoffs.JUNCTIONS_CHAIN_DISTANCE),
        knowledge.value(cutoffs.JUNCTIONS_CHAIN_LENGTH),
    )
    found = Junctions(junctions=junctions, inputs=(), chains=chains(junctions, distance, longest))
    return place(found, genome, knowledge)


def placed_one(genome: Genome, knowledge: Knowledge, junction: Junction) -> Junction:
    return placed(genome, knowledge, junction).junctions[0]


def pair(junction: Junction, five: str, three: str) -> GenePair:
    return next(p for p in junction.pairs if (p.five, p.three) == (five, three))


def flip(end: Breakend) -> Breakend:
    return replace(end, keeps="R" if end.keeps == "L" else "L")


def simulated(genome: Genome, five: str, three: str) -> Junction:
    """The DNA junction of a row of the table: middle introns; the middle of an IG or TR locus, upstream of the gene."""
    loci = {part: locus for locus in genome.loci() for part in locus.name.split("/")}
    if five not in loci:
        return junction_of(genome, five, three, _middle(genome, five), _middle(genome, three))
    gene = genome.gene(three)
    assert gene is not None
    locus, upstream = loci[five], gene.start - 3000 if gene.strand == "+" else gene.end + 3000
    return join(
        Breakend(locus.chrom, (locus.start + locus.end) // 2, "L"),
        Breakend(gene.chrom, upstream, gene.three_prime_side),
        split_reads=12,
        paired_reads=10,
        vaf=0.4,
        filter="PASS",
    )


def _middle(genome: Genome, gene: str) -> int | None:
    transcript = genome.transcript(gene)
    return max(len(transcript.exons) // 2, 2) if transcript is not None and len(transcript.exons) > 3 else None


# ---------------------------------------------------------------- every row of the table


@pytest.mark.parametrize("dialect", FOUR_DIALECTS)
def test_every_known_fusion_is_named_right(dialect: str, genome: Genome, knowledge: Knowledge, tmp_path: Path) -> None:
    """All rows in one file: `A::B`, oriented, with each gene on its side."""
    rows = [(row["five_prime"], row["three_prime"]) for row in knowledge.table("fusions")]
    assert len(rows) >= 140
    wanted = {}
    for five, three in rows:
        member = CLUSTERS.get((five, three), (three, ""))[0]
        junction = simulated(genome, five, member)
        wanted.setdefault(junction.id, (five, member))
    path = write_junctions(
        dialect, tmp_path / "x.vcf", [simulated(genome, *names) for names in wanted.values()], genome.assembly
    )
    found = place(read_structural((path,), sample(genome.assembly), genome, knowledge), genome, knowledge)
    by_id = {junction.id: junction for junction in found.junctions}
    assert set(by_id) == set(wanted)
    wrong = {names: by_id[id].genes for id, names in wanted.items() if by_id[id].genes != "::".join(names)}
    assert not wrong
    for id, (five, three) in wanted.items():
        best = pair(by_id[id], five, three)
        assert best.oriented, (five, three)
        assert best.known, (five, three)
        assert not best.reciprocal, (five, three)


def test_names_that_are_no_gene_have_their_reason(genome: Genome, knowledge: Knowledge) -> None:
    """Rows that cannot be simulated as they stand, each with its member and the reason."""
    loci = {part for locus in genome.loci() for part in locus.name.split("/")}
    without = {
        (row["five_prime"], row["three_prime"])
        for row in knowledge.table("fusions")
        if genome.gene(row["three_prime"]) is None
        or (genome.gene(row["five_prime"]) is None and row["five_prime"] not in loci)
    }
    assert without == set(CLUSTERS)


def test_the_wrong_side_is_never_the_fusion(genome: Genome, knowledge: Knowledge) -> None:
    """Every row where orientation matters, with one side flipped or both: not `A::B`."""
    for row in knowledge.table("fusions"):
        five, three = row["five_prime"], row["three_prime"]
        if row["orientation_matters"] == "no" or (five, three) in CLUSTERS:
            continue
        right = simulated(genome, five, three)
        assert right.right is not None
        for left_end, right_end in (
            (flip(right.left), right.right),
            (right.left, flip(right.right)),
            (flip(right.left), flip(right.right)),
        ):
            found = placed_one(genome, knowledge, join(left_end, right_end))
            assert not any(p.oriented for p in found.pairs if (p.five, p.three) == (five, three)), (five, three)


def test_both_sides_flipped_is_the_reciprocal(genome: Genome, knowledge: Knowledge) -> None:
    found = placed_one(genome, knowledge, junction_of(genome, "BCR", "ABL1", 1, 2, reciprocal=True))
    assert pair(found, "BCR", "ABL1").reciprocal
    assert not pair(found, "BCR", "ABL1").oriented
    assert found.genes == "ABL1::BCR"


# ---------------------------------------------------------------- the seven of the specification


@pytest.mark.parametrize(
    ("five", "three", "sides", "svtype"),
    [
        ("BCR", "ABL1", {"BCR": "L", "ABL1": "R"}, None),
        ("ETV6", "RUNX1", {"ETV6": "L", "RUNX1": "L"}, None),
        ("TCF3", "PBX1", {"TCF3": "R", "PBX1": "R"}, None),
        ("EBF1", "PDGFRB", {"EBF1": "R", "PDGFRB": "L"}, "DEL"),
        ("P2RY8", "CRLF2", {"P2RY8": "R", "CRLF2": "L"}, "DEL"),
        ("STIL", "TAL1", {"STIL": "R", "TAL1": "L"}, "DEL"),
        ("NUP214", "ABL1", {"NUP214": "L", "ABL1": "R"}, "DUP"),
    ],
)
def test_orientation_algebra(
    five: str, three: str, sides: dict[str, Side], svtype: str | None, genome: Genome, knowledge: Knowledge
) -> None:
    made = simulated(genome, five, three)
    assert made.right is not None
    a, b = genome.gene(five), genome.gene(three)
    assert a is not None
    assert b is not None
    ends = {name: end for name, gene in ((five, a), (three, b)) for end in (made.left, made.right) if _in(gene, end)}
    assert {name: end.keeps for name, end in ends.items()} == sides
    if svtype == "DEL":
        assert (made.left.chrom, made.left.keeps, made.right.keeps) == (made.right.chrom, "L", "R")
        assert ends[three] == made.left
    if svtype == "DUP":
        assert (made.left.chrom, made.left.keeps, made.right.keeps) == (made.right.chrom, "R", "L")
        assert ends[three] == made.left
    assert placed_one(genome, knowledge, made).genes == f"{five}::{three}"


def _in(gene: object, end: Breakend) -> bool:
    return end.chrom == gene.chrom and gene.start - 500 <= end.pos <= gene.end + 500  # type: ignore[attr-defined,no-any-return]


# ---------------------------------------------------------------- exons and frame


@pytest.mark.parametrize(
    ("five", "three", "five_exon", "three_exon", "frame"),
    [
        ("BCR", "ABL1", 1, 2, "in_frame"),  # p190, e1a2
        ("BCR", "ABL1", 13, 2, "in_frame"),  # p210, e13a2
        ("BCR", "ABL1", 14, 2, "in_frame"),  # p210, e14a2
        ("BCR", "ABL1", 1, 3, "in_frame"),  # e1a3
        ("TCF3", "PBX1", 16, 3, "in_frame"),
        ("TCF3", "HLF", 15, 4, "in_frame"),
        ("TCF3", "HLF", 16, 4, "out_of_frame"),  # in frame by way of a cryptic exon only
        ("KMT2A", "AFF1", 8, 5, "in_frame"),
        ("KMT2A", "AFF1", 10, 4, "in_frame"),
        ("KMT2A", "MLLT3", 8, 6, "in_frame"),
        ("KMT2A", "MLLT1", 8, 2, "in_frame"),
        ("EBF1", "PDGFRB", 15, 11, "in_frame"),
        ("EBF1", "PDGFRB", 14, 11, "in_frame"),
        ("PAX5", "JAK2", 5, 19, "in_frame"),
        ("ETV6", "JAK2", 5, 12, "in_frame"),
        ("NUP214", "ABL1", 31, 2, "in_frame"),
        ("MEF2D", "BCL9", 6, 10, "in_frame"),
        ("BCR", "ABL1", 2, 2, "out_of_frame"),
    ],
)
def test_exons_kept_and_frame(
    five: str,
    three: str,
    five_exon: int,
    three_exon: int,
    frame: str,
    genome: Genome,
    knowledge: Knowledge,
) -> None:
    made = placed_one(genome, knowledge, junction_of(genome, five, three, five_exon, three_exon))
    best = pair(made, five, three)
    assert (best.five_exon, best.three_exon) == (five_exon, three_exon)
    assert best.frame == frame == made.frame


def test_etv6_runx1_in_frame(genome: Genome, knowledge: Knowledge) -> None:
    """RUNX1 from its exon of 39 bases, whose number differs between the models of the two assemblies."""
    transcript = genome.transcript("RUNX1")
    assert transcript is not None
    exon = next(exon.rank for exon in transcript.exons if exon.coding_length == 39)
    made = placed_one(genome, knowledge, junction_of(genome, "ETV6", "RUNX1", 5, exon))
    assert made.frame == "in_frame"
    out = placed_one(genome, knowledge, junction_of(genome, "ETV6", "RUNX1", 1, exon))
    assert out.frame == "out_of_frame"


def test_bcr_abl1_with_a_break_before_exon_1b(genome: Genome, knowledge: Knowledge) -> None:
    """The window of ABL1 begins at exon 1b, far before the model that MANE Select gives; spliced to a2 all the same."""
    region = genome.region("ABL1_5prime_to_a2")
    made = junction_of(genome, "BCR", "ABL1", 1, 2, three_pos=region.start + 2_000)
    best = pair(placed_one(genome, knowledge, made), "BCR", "ABL1")
    assert best.oriented
    assert best.three_exon in (1, 2)


# ---------------------------------------------------------------- adversarial


@pytest.mark.parametrize("three", ["JAK2", "PDGFRA", "FGFR1"])
def test_bcr_has_other_partners(three: str, genome: Genome, knowledge: Knowledge) -> None:
    found = placed_one(genome, knowledge, junction_of(genome, "BCR", three, 14, _middle(genome, three)))
    assert found.genes == f"BCR::{three}"
    assert not any(p.three == "ABL1" for p in found.pairs)


def test_kmt2a_ptd_is_no_fusion(genome: Genome, knowledge: Knowledge) -> None:
    found = placed_one(genome, knowledge, junction_of(genome, "KMT2A", "KMT2A", 8, 2))
    assert found.genes is None
    assert all(p.five == p.three == "KMT2A" for p in found.pairs)


def test_del_11q_without_kmt2a_is_no_fusion(genome: Genome, knowledge: Knowledge) -> None:
    gene = genome.gene("KMT2A")
    assert gene is not None
    far = join(Breakend(gene.chrom, gene.start - 9_000_000, "L"), Breakend(gene.chrom, gene.end + 6_000_000, "R"))
    assert not any("KMT2A" in (p.five, p.three) for p in placed_one(genome, knowledge, far).pairs)


def test_set_nup214_is_not_nup214_abl1(genome: Genome, knowledge: Knowledge) -> None:
    """A deletion between two genes of 9q34, near the ABL1 amplicon."""
    found = placed_one(genome, knowledge, simulated(genome, "SET", "NUP214"))
    assert found.genes == "SET::NUP214"
    assert not any(p.three == "ABL1" for p in found.pairs)


def test_spliced_kmt2a_fusion_breaks_upstream_of_its_partner(genome: Genome, knowledge: Knowledge) -> None:
    gene = genome.gene("MLLT1")
    assert gene is not None
    upstream = gene.end + 60_000 if gene.strand == "-" else gene.start - 60_000
    found = placed_one(genome, knowledge, junction_of(genome, "KMT2A", "MLLT1", 9, three_pos=upstream))
    best = pair(found, "KMT2A", "MLLT1")
    assert best.oriented
    assert best.three_context == "upstream"
    assert best.three_exon == 1  # the gene is kept whole


@pytest.mark.parametrize(("distance", "found"), [(55_000, True), (200_000, False)])
def test_igh_crlf2_within_sixty_kilobases(distance: int, found: bool, genome: Genome, knowledge: Knowledge) -> None:
    gene = genome.gene("CRLF2")
    locus = next(locus for locus in genome.loci() if locus.name == "IGH")
    assert gene is not None
    made = join(Breakend("14", (locus.start + locus.end) // 2, "L"), Breakend("X", gene.end + distance, "L"))
    pairs = placed_one(genome, knowledge, made).pairs
    assert any((p.five, p.three) == ("IGH", "CRLF2") for p in pairs) is found


def test_crlf2_on_the_alias_of_y(genome: Genome, knowledge: Knowledge) -> None:
    """Callers on references with PAR1 of Y write chrY."""
    made = simulated(genome, "P2RY8", "CRLF2")
    assert made.right is not None
    offset = {par.chrom: par.start for par in genome.par if par.name == "PAR1"}
    shift = offset["Y"] - offset["X"]
    on_y = join(
        Breakend("Y", made.left.pos + shift, made.left.keeps), Breakend("Y", made.right.pos + shift, made.right.keeps)
    )
    assert placed_one(genome, knowledge, on_y).genes == "P2RY8::CRLF2"


def test_etv6_abl1_needs_a_chain(genome: Genome, knowledge: Knowledge) -> None:
    """Opposite directions: a short piece of another chromosome joins the two in frame; no single junction does."""
    etv6, abl1 = genome.gene("ETV6"), genome.gene("ABL1")
    assert etv6 is not None
    assert abl1 is not None
    five = junction_of(genome, "ETV6", "ABL1", 5, 2)
    assert five.right is not None
    ends = {end.chrom: end for end in (five.left, five.right)}
    first = join(ends["12"], Breakend("5", 70_001_000, "R"))
    second = join(Breakend("5", 70_002_500, "L"), ends["9"])
    found = placed(genome, knowledge, first, second)
    made = [p for junction in found.junctions for p in junction.pairs if (p.five, p.three) == ("ETV6", "ABL1")]
    assert [p.oriented for p in made] == [True]
    assert made[0].via == (first.id, second.id)
    assert any("chained" in junction.flags for junction in found.junctions)
    alone = placed(genome, knowledge, first)
    assert not any((p.five, p.three) == ("ETV6", "ABL1") for junction in alone.junctions for p in junction.pairs)


def test_unknown_orientation_never_makes_a_fusion(genome: Genome, knowledge: Knowledge) -> None:
    made = replace(junction_of(genome, "BCR", "ABL1", 1, 2), flags=("orientation_unknown",))
    found = placed_one(genome, knowledge, made)
    assert found.genes is None
    assert not any(p.oriented for p in found.pairs)


def test_rearranged_receptor_loci_are_marked(genome: Genome, knowledge: Knowledge) -> None:
    locus = next(locus for locus in genome.loci() if locus.name == "IGH")
    made = join(Breakend("14", locus.start + 300_000, "L"), Breakend("14", locus.start + 500_000, "R"))
    assert "ig_tr_rearrangement" in placed_one(genome, knowledge, made).flags


def test_a_single_breakend_joins_nothing(genome: Genome, knowledge: Knowledge) -> None:
    made = join(junction_of(genome, "KMT2A", "AFF1", 8, 5).left, None)
    assert placed_one(genome, knowledge, made).genes is None


@pytest.mark.parametrize(("reads", "low"), [(3, True), (4, False), (None, False)])
def test_weak_support_is_flagged(reads: int | None, low: bool, grch38: Genome, knowledge: Knowledge) -> None:
    made = replace(junction_of(grch38, "BCR", "ABL1", 1, 2), split_reads=reads, paired_reads=None)
    assert ("low_support" in placed_one(grch38, knowledge, made).flags) is low


def test_novel_partner_of_a_kinase_is_named(genome: Genome, knowledge: Knowledge) -> None:
    """A 5' gene that no table knows, in front of an ABL-class kinase."""
    found = placed_one(genome, knowledge, junction_of(genome, "ACTB", "ABL1", None, 2))
    best = pair(found, "ACTB", "ABL1")
    assert best.oriented
    assert not best.known
    assert found.genes == "ACTB::ABL1"


def test_a_deletion_before_pdgfra_is_no_fip1l1_fusion(grch37: Genome, knowledge: Knowledge) -> None:
    """In GRCh37 the annotated FIP1L1 reaches into PDGFRA. The deletion of 530 bases is one of a public file."""
    small = join(Breakend("4", 55_088_419, "L"), Breakend("4", 55_088_951, "R"), split_reads=9)
    assert placed_one(grch37, knowledge, small).genes is None
    real = junction_of(grch37, "FIP1L1", "PDGFRA", None, 12, five_pos=54_280_000)
    assert placed_one(grch37, knowledge, real).genes == "FIP1L1::PDGFRA"


def test_far_upstream_of_runx1_is_not_runx1(genome: Genome, knowledge: Knowledge) -> None:
    """The annotated gene reaches 955 kb beyond its first promoter by a read-through transcript."""
    gene, transcript = genome.gene("RUNX1"), genome.transcript("RUNX1")
    assert gene is not None
    assert transcript is not None
    far = junction_of(genome, "ETV6", "RUNX1", 5, three_pos=gene.end - 50_000)
    assert not any(p.three == "RUNX1" for p in placed_one(genome, knowledge, far).pairs)
    first = max(exon.end for exon in transcript.exons)
    near = junction_of(genome, "ETV6", "RUNX1", 5, three_pos=first + 5_000)
    assert placed_one(genome, knowledge, near).genes == "ETV6::RUNX1"
