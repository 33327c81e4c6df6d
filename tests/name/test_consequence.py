"""Small variants named offline: known changes in both assemblies, CIViC, haplotypes, unknown bases, wrong REF, the
file's own annotation."""

from __future__ import annotations

import csv
import itertools
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from annotate.base.errors import InputError
from annotate.base.genetic_code import CODE
from annotate.base.sequence import reverse_complement
from annotate.knowledge.tables import Knowledge
from annotate.model.small_variants import SmallVariant
from annotate.name.small_variants import annotate, hgvs_coding, hgvs_protein, known, models, naming
from annotate.name.small_variants.hgvs_coding import Coding
from annotate.read.small_variants.panel import exon_regions
from annotate.reference.features import Transcript
from annotate.reference.genome import Genome
from annotate.reference.hotspots import AMINO_ACIDS, plain_protein

DATA = Path(__file__).resolve().parents[1] / "data"
ONE = {three: one for one, three in AMINO_ACIDS.items()} | {"Ter": "*"}


def model(genome: Genome, gene: str) -> Coding:
    found = models.coding(genome, gene)
    assert found is not None
    return found


def transcript(genome: Genome, gene: str) -> Transcript:
    found = genome.transcript(gene)
    assert found is not None
    return found


def at_codon(genome: Genome, gene: str, codon: int, changed: str, **fields: Any) -> SmallVariant:
    """A variant that makes the codon `changed` (transcript orientation), as short as it can be written."""
    own = model(genome, gene)
    places = transcript(genome, gene).protein_to_genomic(codon)
    assert max(places) - min(places) == 2, "the codon is split by an intron"
    low = min(places)
    ref = own.bases(low, low + 2)
    alt = changed if own.forward else reverse_complement(changed)
    edit = hgvs_coding.trim(low, ref, alt)
    return SmallVariant(own.transcript.chrom, edit.start, edit.ref, edit.alt, **fields)


def codon(genome: Genome, gene: str, number: int) -> str:
    return model(genome, gene).cds[3 * number - 3 : 3 * number]


def one(variant: SmallVariant, genome: Genome, knowledge: Knowledge) -> SmallVariant:
    found = annotate.annotate([variant], genome, knowledge)
    assert len(found) == 1
    return found[0]


# ---------------------------------------------------------------- known changes


def test_every_named_variant_with_alleles_comes_out_with_its_name(genome: Genome, knowledge: Knowledge) -> None:
    rows = [r for r in knowledge.table("variants") if r[f"{genome.assembly}_pos"].isdigit()]
    assert len(rows) >= 30
    given = [
        SmallVariant(r["chrom"], int(r[f"{genome.assembly}_pos"]), r["genomic_ref"], r["genomic_alt"]) for r in rows
    ]
    found = annotate.annotate(given, genome, knowledge)
    assert [(v.gene, v.hgvsp) for v in found] == [(r["gene"], r["hgvsp"].split()[0]) for r in rows]
    for variant in found:
        assert variant.source in ("csq", "hotspot")
        assert variant.codon == int(re.findall(r"\d+", variant.hgvsp or "")[0])
        assert variant.consequence in ("missense_variant", "stop_gained")


def test_every_named_variant_without_alleles_comes_out_with_its_name(genome: Genome, knowledge: Knowledge) -> None:
    rows = [r for r in knowledge.table("variants") if not r[f"{genome.assembly}_pos"].isdigit()]
    assert len(rows) >= 10
    for row in rows:
        name = row["hgvsp"].split()[0]
        hit = re.fullmatch(r"p\.([A-Z][a-z]{2})(\d+)([A-Z][a-z]{2})", name)
        assert hit is not None
        number = int(hit[2])
        before = codon(genome, row["gene"], number)
        assert CODE[before] == ONE[hit[1]], name
        changed = [c for c, residue in CODE.items() if residue == ONE[hit[3]]]
        places = transcript(genome, row["gene"]).protein_to_genomic(number)
        if max(places) - min(places) > 2:  # split by an intron: one base of it at a time
            changed = [c for c in changed if c[:2] == before[:2]]
            given = [_last_base(genome, row["gene"], number, c[2]) for c in changed]
        else:
            given = [at_codon(genome, row["gene"], number, c) for c in changed]
        found = annotate.annotate(given, genome, knowledge)
        assert found
        assert {(v.gene, v.hgvsp, v.source) for v in found} == {(row["gene"], name, "csq")}, name


def _last_base(genome: Genome, gene: str, number: int, base: str) -> SmallVariant:
    own = model(genome, gene)
    pos = transcript(genome, gene).protein_to_genomic(number)[2]
    return SmallVariant(own.transcript.chrom, pos, own.base(pos), base if own.forward else reverse_complement(base))


def test_nt5c2_r367q_in_full(grch38: Genome, knowledge: Knowledge) -> None:
    given = SmallVariant("10", 103093198, "C", "T", vaf=0.04, depth=900, callers=("mutect2",), record="7")
    found = one(given, grch38, knowledge)
    assert found == replace(
        given,
        gene="NT5C2",
        transcript="NM_001351169.2",
        consequence="missense_variant",
        hgvsc="NM_001351169.2:c.1100G>A",
        hgvsp="p.Arg367Gln",
        codon=367,
        source="csq",
    )


def civic() -> list[dict[str, str]]:
    lines = (DATA / "civic_grch37.tsv").read_text(encoding="utf-8").splitlines()
    return list(csv.DictReader((x for x in lines if not x.startswith("#")), delimiter="\t", quoting=csv.QUOTE_NONE))


def test_civic_changes_of_panel_genes(grch37: Genome, knowledge: Knowledge) -> None:
    rows = civic()
    given = [SmallVariant(r["chrom"], int(r["pos"]), r["ref"], r["alt"]) for r in rows]
    found = {v.key: v for v in annotate.annotate(given, grch37, knowledge)}
    right = 0
    for row, variant in zip(rows, given, strict=True):
        named = found[variant.key]
        assert named.gene == row["gene"]
        if not row["exception"]:
            assert named.hgvsp == plain_protein(f"p.{row['protein']}"), row
            right += 1
            continue
        assert (named.hgvsp or "") == row["ours"], row
        if row["exception"].startswith("counted on"):  # the published number is given too
            assert any(plain_protein(f"p.{row['protein']}") in name for name in named.alternative_names), row
    assert right == 190
    assert len(rows) == 203


def test_both_numberings_where_the_field_uses_both(genome: Genome, knowledge: Knowledge) -> None:
    wanted = {"ABL1": (315, "ATT", "NM_007313:p.Thr334Ile"), "MEN1": (344, "ATG", "NM_000244:p.Thr349Met"),
              "RUNX1": (201, "CAA", "NM_001001890:p.Arg174Gln")}  # fmt: skip
    for gene, (number, changed, other) in wanted.items():
        found = one(at_codon(genome, gene, number, changed), genome, knowledge)
        assert [name.split(" ")[0] for name in found.alternative_names] == [other]


def test_numbers_outside_the_shared_part_are_not_carried_over(knowledge: Knowledge) -> None:
    assert known.other_names("ABL1", "p.Met1?", knowledge) == ()
    assert known.other_names("MEN1", "p.Ala140Val", knowledge) == ()
    assert known.other_names("RUNX1", "p.Arg201ProfsTer12", knowledge)[0].startswith("NM_001001890:p.Arg174ProfsTer12 ")
    assert known.other_names("ABL1", "p.Glu27_Ala28del", knowledge) == ()


# ---------------------------------------------------------------- writing a variant in one way


def test_an_indel_is_one_however_it_is_written(grch38: Genome, knowledge: Knowledge) -> None:
    own = model(grch38, "FLT3")
    exon = own.exons[13]
    start = exon.start + 30
    unit = own.bases(start, start + 17)
    left = SmallVariant("13", start - 1, own.base(start - 1), own.base(start - 1) + unit, callers=("a",), depth=80)
    right = SmallVariant("13", start + 17, own.base(start + 17), own.base(start + 17) + unit, callers=("b",), depth=90)
    found = annotate.annotate([left, right], grch38, knowledge)
    assert len(found) == 1
    assert found[0].callers == ("a", "b")
    assert found[0].depth == 90
    assert found[0].consequence == "inframe_insertion"
    assert re.fullmatch(r"NM_004119\.3:c\.\d+_\d+dup", found[0].hgvsc or "")
    assert re.fullmatch(r"p\.\w+\d+_\w+\d+dup", found[0].hgvsp or "")


def test_shared_bases_are_trimmed_and_alleles_split(grch38: Genome, knowledge: Knowledge) -> None:
    own = model(grch38, "NT5C2")
    ref = own.bases(103093197, 103093200)
    padded = SmallVariant(
        "10", 103093197, ref.lower(), ref[0].lower() + "t" + ref[2:].lower() + "," + ref[0] + "A" + ref[2:]
    )
    found = annotate.annotate([padded], grch38, knowledge)
    assert [(v.pos, v.ref, v.alt, v.hgvsp) for v in found] == [
        (103093198, "C", "T", "p.Arg367Gln"),
        (103093198, "C", "A", "p.Arg367Leu"),
    ]


def test_deletion_at_the_edge_of_known_bases_keeps_a_known_base_before_it(grch38: Genome, knowledge: Knowledge) -> None:
    own = model(grch38, "NT5C2")
    exon = own.exons[9]
    first = own.bases(exon.start, exon.start + 1)
    given = SmallVariant("10", exon.start - 1, "A" + first, "A")  # the A lies in an intron that the pack does not know
    found = one(given, grch38, knowledge)
    assert (found.pos, found.ref, found.alt) == (exon.start - 1, "A" + first, "A")
    assert "frameshift_variant" in (found.consequence or "") or "splice" in (found.consequence or "")


def test_change_of_two_bases_in_one_codon_stays_one(grch38: Genome, knowledge: Knowledge) -> None:
    found = one(at_codon(grch38, "KRAS", 12, "TTT"), grch38, knowledge)  # GGT to TTT
    assert len(found.ref) == 2
    assert found.hgvsp == "p.Gly12Phe"
    apart = one(at_codon(grch38, "KRAS", 61, "GAG"), grch38, knowledge)  # CAA to GAG, its middle base unchanged
    assert len(apart.ref) == 3
    assert apart.hgvsp == "p.Gln61Glu"


@pytest.mark.parametrize("gene", ["KRAS", "TP53", "PTPN11"])
def test_neighbouring_bases_of_two_codons_are_one_change(genome: Genome, knowledge: Knowledge, gene: str) -> None:
    own = model(genome, gene)
    third = transcript(genome, gene).protein_to_genomic(12)[2]
    low = third if own.forward else third - 1
    ref = own.bases(low, low + 1)
    alt = "".join("T" if base != "T" else "G" for base in ref)
    if alt in (ref[::-1], reverse_complement(ref)):
        alt = "".join("C" if base != "C" else "A" for base in ref)
    given = SmallVariant(transcript(genome, gene).chrom, low, ref, alt, vaf=0.2)
    (found,) = annotate.annotate([given], genome, knowledge)
    assert (found.ref, found.alt, found.vaf) == (ref, alt, 0.2)
    assert re.search(r":c\.36_37(delins|inv)", found.hgvsc or "")


def test_changes_that_other_codons_part_are_told_apart_and_share_a_haplotype(
    grch38: Genome, knowledge: Knowledge
) -> None:
    own, first = model(grch38, "KRAS"), transcript(grch38, "KRAS").protein_to_genomic(14)[0]
    ref = own.bases(first, first + 5)
    alt = ("T" if ref[0] != "T" else "G") + ref[1:5] + ("T" if ref[5] != "T" else "G")
    found = annotate.annotate([SmallVariant("12", first, ref, alt, genotype="0/1")], grch38, knowledge)
    assert [len(v.ref) for v in found] == [1, 1]
    assert found[0].codon != found[1].codon
    assert found[0].phase_set == found[1].phase_set is not None


def test_an_inversion_is_one_change(grch38: Genome, knowledge: Knowledge) -> None:
    own, first = model(grch38, "NT5C2"), transcript(grch38, "NT5C2").protein_to_genomic(235)[2]
    ref = own.bases(first, first + 8)
    given = SmallVariant("10", first, ref, reverse_complement(ref))
    (found,) = annotate.annotate([given], grch38, knowledge)
    assert (found.hgvsc or "").endswith("inv")


def test_alleles_that_are_no_bases_pass_unnamed(grch38: Genome, knowledge: Knowledge) -> None:
    given = [SmallVariant("10", 103093198, "C", alt) for alt in ("*", "<NON_REF>", "<DEL>", "C]9:5]", "C", ".")]
    found = annotate.annotate(given, grch38, knowledge)
    assert [(v.alt, v.consequence, v.hgvsp, v.source) for v in found] == [(v.alt, None, None, None) for v in given]


def test_nothing_in_nothing_out(grch38: Genome, knowledge: Knowledge) -> None:
    assert annotate.annotate([], grch38, knowledge) == ()
    strange = SmallVariant("GL000219.1", 5, "A", "C")
    assert annotate.annotate([strange], grch38, knowledge) == (strange,)


def test_many_runs_in_one_process_give_the_same(grch38: Genome, knowledge: Knowledge) -> None:
    given = SmallVariant("10", 103093198, "C", "T")
    assert len({one(given, grch38, knowledge).hgvsp for _ in range(60)}) == 1


# ---------------------------------------------------------------- places


def test_splice_sites_have_no_protein_name(genome: Genome, knowledge: Knowledge) -> None:
    own = model(genome, "TP53")
    exon = own.exons[4]
    last = own.cds_index(exon.start)
    assert last is not None
    found = [
        one(SmallVariant("17", exon.start - n, "C" if n in (1, 2) else "A", "G"), genome, knowledge)
        for n in (1, 2, 5, 20)
    ]
    assert [v.consequence for v in found] == [
        "splice_donor_variant",
        "splice_donor_variant",
        "splice_region_variant&intron_variant",
        "intron_variant",
    ]
    assert [v.hgvsc for v in found] == [
        f"NM_000546.6:c.{last + 1}+{n}{r}>C" for n, r in ((1, "G"), (2, "G"), (5, "T"), (20, "T"))
    ]
    assert all(v.hgvsp is None and v.gene == "TP53" for v in found)
    acceptor = one(SmallVariant("17", exon.end + 1, "C", "T"), genome, knowledge)
    assert acceptor.consequence == "splice_acceptor_variant"
    assert re.fullmatch(r"NM_000546\.6:c\.\d+-1G>A", acceptor.hgvsc or "")


def test_insertion_between_exon_and_intron_has_no_protein_name(grch38: Genome, knowledge: Knowledge) -> None:
    exon = model(grch38, "TP53").exons[4]
    found = one(SmallVariant("17", exon.start - 1, "A", "AG"), grch38, knowledge)
    assert found.hgvsc == "NM_000546.6:c.559_559+1insC"
    assert found.hgvsp is None
    assert {"frameshift_variant", "splice_region_variant"} <= set((found.consequence or "").split("&"))
    assert found.codon == 187


def test_last_base_of_an_exon_is_missense_and_splice_region(grch38: Genome, knowledge: Knowledge) -> None:
    own = model(grch38, "TP53")
    pos = own.exons[5].start
    base = own.base(pos)
    named = [one(SmallVariant("17", pos, base, alt), grch38, knowledge) for alt in "ACGT" if alt != base]
    assert {"splice_region_variant" in (v.consequence or "") for v in named} == {True}
    assert any((v.consequence or "").startswith("missense_variant&") for v in named)


def test_untranslated_and_neighbouring_places(grch38: Genome, knowledge: Knowledge) -> None:
    own = model(grch38, "TP53")
    five = one(SmallVariant("17", own.high - 5, "A", "G"), grch38, knowledge)
    three = one(SmallVariant("17", own.low + 5, "A", "G"), grch38, knowledge)
    before = one(SmallVariant("17", own.high + 400, "A", "G"), grch38, knowledge)
    assert (five.consequence, three.consequence) == ("5_prime_UTR_variant", "3_prime_UTR_variant")
    assert re.search(r"c\.-\d+T>C$", five.hgvsc or "")
    assert re.search(r"c\.\*\d+T>C$", three.hgvsc or "")
    assert before.consequence in ("upstream_gene_variant", "intron_variant", "5_prime_UTR_variant")
    assert before.hgvsp is None


def test_insertion_into_the_enhancer_of_tal1(genome: Genome, knowledge: Knowledge) -> None:
    pos = {"GRCh38": 47239294, "GRCh37": 47704966}[genome.assembly]
    found = one(SmallVariant("1", pos, "T", "TAACGG"), genome, knowledge)
    assert (found.gene, found.consequence, found.source) == ("TAL1", "regulatory_region_variant", "coordinates")
    assert "MuTE" in found.alternative_names[0]
    assert exon_regions(genome, knowledge).overlap("1", pos, pos), "the readers look there"


def test_deletion_of_a_whole_exon_and_start_codon(grch38: Genome, knowledge: Knowledge) -> None:
    own = model(grch38, "NT5C2")
    exon = own.exons[10]
    whole = SmallVariant("10", exon.start - 6, "A" * 5 + "N" + "N" * (exon.end - exon.start + 6), "A")
    found = one(whole, grch38, knowledge)
    assert {"splice_acceptor_variant", "splice_donor_variant"} <= set((found.consequence or "").split("&"))
    assert found.hgvsp is None
    start = transcript(grch38, "NT5C2").protein_to_genomic(1)
    lost = one(SmallVariant("10", start[2], own.base(start[2]), "A"), grch38, knowledge)
    assert (lost.consequence, lost.hgvsp) == ("start_lost", "p.Met1?")


# ---------------------------------------------------------------- haplotypes


def pair(genome: Genome, first: str, second: str, **sets: str | None) -> list[SmallVariant]:
    """Two single-base changes of NT5C2 codon 367 (CGA... read on the minus strand) with genotypes."""
    places = transcript(genome, "NT5C2").protein_to_genomic(367)
    own = model(genome, "NT5C2")
    two, three = places[1], places[2]
    return [
        SmallVariant("10", two, own.base(two), "T", genotype=first, phase_set=sets.get("one")),
        SmallVariant("10", three, own.base(three), "A", genotype=second, phase_set=sets.get("two")),
    ]


@pytest.mark.parametrize(
    ("first", "second", "one_set", "two_set"),
    [
        ("0/1", "0/1", None, None),  # unphased
        (None, None, None, None),  # no genotype
        ("0|1", "1|0", "5", "5"),  # the other haplotype
        ("0|1", "0|1", "5", "9"),  # not phased with one another
        ("0|1", "0/1", "5", "5"),
    ],
)
def test_neighbours_not_known_to_share_a_haplotype_are_named_alone(
    grch38: Genome,
    knowledge: Knowledge,
    first: str | None,
    second: str | None,
    one_set: str | None,
    two_set: str | None,
) -> None:
    given = pair(grch38, first or "", second or "", one=one_set, two=two_set)
    found = annotate.annotate(given, grch38, knowledge)
    assert [v.hgvsp for v in found] == ["p.Arg367Gln", "p.Arg367="]
    assert all(annotate.PHASED not in v.flags for v in found)


@pytest.mark.parametrize(
    ("genotypes", "phase"),
    [(("0|1", "0|1"), "5"), (("1|0", "1|0"), None), (("1/1", "1/1"), None), (("1|1", "1/1"), "x")],
)
def test_changes_of_one_codon_on_one_haplotype_are_one_change(
    grch38: Genome, knowledge: Knowledge, genotypes: tuple[str, str], phase: str | None
) -> None:
    (found,) = annotate.annotate(pair(grch38, *genotypes, one=phase, two=phase), grch38, knowledge)
    assert (found.hgvsp, found.hgvsc) == ("p.Arg367His", "NM_001351169.2:c.1100_1101delinsAT")
    assert annotate.PHASED in found.flags
    assert found.consequence == "missense_variant"
    assert (found.pos, found.ref, found.alt) == (103093197, "TC", "AT")


@pytest.mark.parametrize("genotypes", [("1|1", "0|1"), ("1/1", "0/1")])
def test_a_homozygous_change_lies_alone_on_the_other_copy(
    grch38: Genome, knowledge: Knowledge, genotypes: tuple[str, str]
) -> None:
    found = annotate.annotate(pair(grch38, *genotypes, one="x", two="x"), grch38, knowledge)
    assert [v.hgvsp for v in found] == ["p.Arg367His", "p.Arg367Gln"]


def test_a_genotype_of_two_copies_with_few_reads_is_not_on_every_copy(grch38: Genome, knowledge: Knowledge) -> None:
    given = [replace(v, vaf=0.2, alt_reads=20, depth=100) for v in pair(grch38, "1/1", "1/1")]
    assert [v.hgvsp for v in annotate.annotate(given, grch38, knowledge)] == ["p.Arg367Gln", "p.Arg367="]


@pytest.mark.parametrize("vafs", [(0.4, 0.38), (0.4, 0.1)])
def test_unphased_changes_of_one_codon_may_be_another_change(
    genome: Genome, knowledge: Knowledge, vafs: tuple[float, float]
) -> None:
    """R367Q beside another base of its codon, unphased: on one molecule they are a stop, which does not activate."""
    own, places = model(genome, "NT5C2"), transcript(genome, "NT5C2").protein_to_genomic(367)
    given = [
        SmallVariant("10", pos, own.base(pos), alt, vaf=vaf, alt_reads=round(vaf * 200), depth=200, filter="PASS")
        for pos, alt, vaf in ((places[0], "A", vafs[0]), (places[1], "T", vafs[1]))
    ]
    found = annotate.annotate(given, genome, knowledge)
    by_name = {v.hgvsp: v for v in found}
    alike = vafs[1] > 0.3
    assert by_name["p.Arg367Gln"].passes is not alike
    assert by_name["p.Arg367Ter"].passes  # a stop either way
    assert all(any("on one molecule: p.Arg367Ter" in n for n in v.alternative_names) is alike for v in found)


def test_what_the_file_says_of_each_part_is_not_said_of_the_whole(grch38: Genome, knowledge: Knowledge) -> None:
    given = [
        annotated(v, gene="NT5C2", hgvsp=name, transcript="NM_001351169.2", consequence="missense_variant")
        for v, name in zip(pair(grch38, "0|1", "0|1"), ("p.Arg367Gln", "p.Arg367="), strict=True)
    ]
    (found,) = annotate.annotate(given, grch38, knowledge)
    assert (found.hgvsp, found.source) == ("p.Arg367His", "csq")


def frameshift_and_neighbour(genome: Genome, genotype: str) -> list[SmallVariant]:
    own = model(genome, "NT5C2")
    pos = transcript(genome, "NT5C2").protein_to_genomic(300)[0]
    base = own.base(pos)
    return [
        SmallVariant("10", pos, base, base + ("G" if base != "G" else "C"), genotype=genotype, phase_set="1"),
        SmallVariant("10", 103093198, "C", "T", genotype=genotype, phase_set="1"),
    ]


@pytest.mark.parametrize("genotype", ["0/1", "", "0|1"])
def test_a_frameshift_does_not_swallow_its_neighbour(grch38: Genome, knowledge: Knowledge, genotype: str) -> None:
    shift, neighbour = annotate.annotate(frameshift_and_neighbour(grch38, genotype), grch38, knowledge)
    assert shift.consequence == "frameshift_variant"
    assert re.fullmatch(r"p\.Thr300\w+fsTer\d+", shift.hgvsp or "")
    assert (neighbour.hgvsp, neighbour.consequence, neighbour.codon) == ("p.Arg367Gln", "missense_variant", 367)
    noted = genotype == "0|1"  # what is known of the haplotype is said, the name stays
    assert (annotate.PHASED in neighbour.flags) is noted
    assert any("same haplotype" in name for name in neighbour.alternative_names) is noted


# ---------------------------------------------------------------- unknown bases


def test_gene_without_sequence_is_named_by_coordinates_and_says_so(genome: Genome, knowledge: Knowledge) -> None:
    own = transcript(genome, "PAX5")
    pos = own.protein_to_genomic(150)[1]
    base = one(SmallVariant("9", pos, "A", "G"), genome, knowledge)
    assert (base.gene, base.source, base.codon) == ("PAX5", "coordinates", 150)
    assert (base.consequence, base.hgvsp) == ("coding_sequence_variant", None)
    assert base.hgvsc == "NM_016734.3:c.449T>C"
    shift = one(SmallVariant("9", pos, "A", "AG"), genome, knowledge)
    assert (shift.consequence, shift.source, shift.hgvsp) == ("frameshift_variant", "coordinates", None)
    assert naming.NOT_SHIFTED in shift.flags  # where the most 3' place is, unknown bases do not tell
    assert base.flags == ()
    said = annotate.warnings([base, shift])
    assert len(said) == 1
    assert said[0].startswith(
        "2 small variants: no protein change, because the reference pack has no sequence there: PAX5"
    )
    frame = one(SmallVariant("9", pos, "ACGT", "A"), genome, knowledge)
    assert (frame.consequence, frame.source) == ("inframe_deletion", "coordinates")
    splice = one(SmallVariant("9", own.exons[3].start - 1, "C", "T"), genome, knowledge)
    assert splice.consequence == "splice_donor_variant"


def test_unknown_codon_is_not_called_missense(grch37: Genome, knowledge: Knowledge) -> None:
    """bcftools csq calls ARID1A Q456* (CIViC 4487) missense where it has no bases."""
    found = one(SmallVariant("1", 27057658, "C", "T"), grch37, knowledge)
    assert (found.consequence, found.codon, found.source) == ("coding_sequence_variant", 456, "coordinates")


def test_unknown_base_in_a_gene_with_sequence_is_noticed(genome: Genome, knowledge: Knowledge) -> None:
    own = model(genome, "KMT2A")
    assert own.transcript.sequence_status == "partial"
    place = own.cds.index("N")
    hidden = transcript(genome, "KMT2A").protein_to_genomic(place // 3 + 1)[place % 3]
    found = one(SmallVariant("11", hidden, "A", "C"), genome, knowledge)
    assert (found.source, found.codon, found.hgvsp) == ("coordinates", place // 3 + 1, None)
    assert found.consequence in ("coding_sequence_variant", "splice_region_variant&coding_sequence_variant")
    told = next(n for n in range(30, len(own.cds), 3) if own.cds[n : n + 3] == "CAA")
    pos = transcript(genome, "KMT2A").protein_to_genomic(told // 3 + 1)[0]
    assert one(SmallVariant("11", pos, "C", "T"), genome, knowledge).hgvsp == f"p.Gln{told // 3 + 1}Ter"


def test_hotspot_without_sequence_by_allele_and_by_the_genetic_code(grch38: Genome, knowledge: Knowledge) -> None:
    named = one(SmallVariant("9", 37015168, "G", "C"), grch38, knowledge)
    assert (named.hgvsp, named.source, named.consequence) == ("p.Pro80Arg", "hotspot", "missense_variant")
    told = one(SmallVariant("9", 37015168, "G", "A"), grch38, knowledge)  # CCN to CTN is Leu whatever N is
    assert (told.hgvsp, told.source) == ("p.Pro80Leu", "hotspot")
    silent = one(SmallVariant("9", 37015167, "A", "G"), grch38, knowledge)  # the third base of CCN
    assert (silent.hgvsp, silent.consequence) == ("p.Pro80=", "synonymous_variant")
    assert known.changed_residue("R", 2, "G", "T") is None  # AGG and CGG part here


def test_model_that_is_not_in_frame_gives_no_residue_numbers(grch37: Genome, knowledge: Knowledge) -> None:
    own = model(grch37, "CRLF2")
    assert not own.numbered
    exon = own.exons[1]
    assert exon.cds_start is not None
    found = one(SmallVariant("X", exon.cds_start + 5, "A", "C"), grch37, knowledge)
    assert (found.gene, found.codon, found.hgvsc, found.hgvsp) == ("CRLF2", None, None, None)
    named = one(SmallVariant("X", 1314966, "A", "C"), grch37, knowledge)  # the table counts on RefSeq
    assert (named.transcript, named.hgvsp, named.codon) == ("NM_022148", "p.Phe232Cys", 232)


# ---------------------------------------------------------------- REF and assembly


def wrong(variant: SmallVariant) -> SmallVariant:
    return replace(variant, ref=next(b for b in "ACGT" if b not in (variant.ref, variant.alt)))


def some(genome: Genome, count: int) -> list[SmallVariant]:
    rows = itertools.islice((300 + 2 * n for n in range(100)), count)
    found = []
    for number in rows:
        pos = transcript(genome, "NT5C2").protein_to_genomic(number)[1]
        base = model(genome, "NT5C2").base(pos)
        found.append(SmallVariant("10", pos, base, "A" if base != "A" else "C", file="calls.vcf"))
    return found


def test_one_wrong_ref_is_counted_and_said_and_stops_nothing(grch38: Genome, knowledge: Knowledge) -> None:
    given = some(grch38, 8)
    given[3] = wrong(given[3])
    found = annotate.annotate(given, grch38, knowledge)
    assert ["ref_mismatch" in v.flags for v in found] == [n == 3 for n in range(8)]
    assert all(v.hgvsp for n, v in enumerate(found) if n != 3)
    assert (found[3].hgvsp, found[3].source, found[3].codon) == (None, "coordinates", 306)
    said = annotate.warnings(found)
    assert len(said) == 1
    assert said[0].startswith("1 small variant: REF disagrees")
    assert f"10:{given[3].pos}" in said[0]


def test_two_wrong_ref_of_two_are_not_yet_another_assembly(grch38: Genome, knowledge: Knowledge) -> None:
    found = annotate.annotate([wrong(v) for v in some(grch38, 2)], grch38, knowledge)
    assert "2 small variants" in annotate.warnings(found)[0]


def test_ref_of_another_assembly_is_refused(grch38: Genome, grch37: Genome, knowledge: Knowledge) -> None:
    given = [*some(grch38, 2), *(wrong(v) for v in some(grch38, 6)[2:])]
    with pytest.raises(InputError) as error:
        annotate.annotate(given, grch38, knowledge)
    text = str(error.value)
    assert text.startswith("calls.vcf: 4 of 6 REF alleles")
    assert "GRCh38" in text
    assert "column assembly" in text
    lifted = [replace(v, pos=v.pos + 15) for v in some(grch38, 40)]  # real bases, fifteen positions away
    with pytest.raises(InputError):
        annotate.annotate(lifted, grch38, knowledge)


def test_files_are_judged_apart(grch38: Genome, knowledge: Knowledge) -> None:
    good = [replace(v, file="good.vcf") for v in some(grch38, 40)]
    bad = [replace(wrong(v), file="bad.vcf") for v in some(grch38, 4)]
    with pytest.raises(InputError) as error:
        annotate.annotate([*good, *bad], grch38, knowledge)
    assert str(error.value).startswith("bad.vcf: 4 of 4")


def test_ref_in_an_intron_cannot_be_checked_and_is_not_blamed(grch38: Genome, knowledge: Knowledge) -> None:
    exon = transcript(grch38, "NT5C2").exons[5]
    given = [SmallVariant("10", exon.start - n, base, "T", file="x") for n in range(20, 24) for base in "ACG"]
    found = annotate.annotate(given, grch38, knowledge)
    assert all(not v.flags and v.consequence == "intron_variant" for v in found)


# ---------------------------------------------------------------- the file's own annotation


def annotated(variant: SmallVariant, **fields: Any) -> SmallVariant:
    return replace(variant, source="file", **fields)


R367Q = SmallVariant("10", 103093198, "C", "T")


def test_agreeing_annotation_is_kept_and_not_flagged(grch38: Genome, knowledge: Knowledge) -> None:
    said = [
        {"gene": "NT5C2", "transcript": "ENST00000404739.8", "hgvsp": "ENSP1.2:p.Arg367Gln",
         "consequence": "missense_variant"},
        {"gene": "NT5C2", "transcript": "NM_012229.5", "hgvsp": "p.(R367Q)", "consequence": "missense_variant"},
        {"gene": "NT5C2", "consequence": "missense_variant&splice_region_variant"},
    ]  # fmt: skip
    for fields in said:
        found = one(annotated(R367Q, **fields), grch38, knowledge)
        assert (found.hgvsp, found.source, found.flags) == ("p.Arg367Gln", "csq", ())
        assert found.file_annotation
        assert "missense_variant" in found.file_annotation


def test_disagreeing_annotation_is_shown(grch38: Genome, knowledge: Knowledge) -> None:
    said: list[dict[str, Any]] = [
        {"gene": "NT5C2", "transcript": "NM_001351169.2", "hgvsp": "p.Arg367Trp", "consequence": "missense_variant"},
        {"gene": "NT5C2", "transcript": "ENST00000404739.8", "hgvsp": "p.Arg360Gln", "consequence": "missense_variant"},
        {"gene": "NT5C2", "consequence": "synonymous_variant"},
        {"gene": "CNNM2", "consequence": "stop_gained"},
    ]
    for fields in said:
        found = one(annotated(R367Q, **fields), grch38, knowledge)
        assert found.hgvsp == "p.Arg367Gln"
        assert naming.ANNOTATION_DIFFERS in found.flags, fields
        assert found.file_annotation
        assert annotate.warnings([found])[0].startswith("1 small variant: the file's own annotation")


def test_another_isoforms_number_is_no_disagreement(grch38: Genome, knowledge: Knowledge) -> None:
    t315i = SmallVariant("9", 130872896, "C", "T")
    fields = {"gene": "ABL1", "consequence": "missense_variant", "transcript": "NM_007313.3"}
    found = one(annotated(t315i, hgvsp="p.Thr334Ile", **fields), grch38, knowledge)
    assert (found.hgvsp, found.flags) == ("p.Thr315Ile", ())
    other = one(annotated(t315i, hgvsp="p.Thr334Met", **fields), grch38, knowledge)
    assert naming.ANNOTATION_DIFFERS in other.flags


def test_old_symbols_and_short_frameshifts_are_no_disagreement(grch38: Genome, knowledge: Knowledge) -> None:
    nsd2 = annotated(
        SmallVariant("4", 1961074, "G", "A"), gene="WHSC1", hgvsp="p.E1099K", consequence="missense_variant"
    )
    found = one(nsd2, grch38, knowledge)
    assert (found.gene, found.hgvsp, found.flags) == ("NSD2", "p.Glu1099Lys", ())
    shift = frameshift_and_neighbour(grch38, "")[0]
    name = one(shift, grch38, knowledge).hgvsp or ""
    short = re.sub(r"[A-Z][a-z]{2}fs.*", "fs", name)
    assert (
        one(annotated(shift, gene="NT5C2", hgvsp=short, consequence="frameshift_variant"), grch38, knowledge).flags
        == ()
    )


def test_the_file_names_what_the_pack_cannot(grch38: Genome, knowledge: Knowledge) -> None:
    pos = transcript(grch38, "NOTCH1").protein_to_genomic(1600)[1]
    given = annotated(
        SmallVariant("9", pos, "A", "G", vaf=0.3),
        gene="NOTCH1", transcript="NM_017617.5", hgvsc="c.4799T>C", hgvsp="p.Leu1600Pro",
        consequence="missense_variant",
    )  # fmt: skip
    found = one(given, grch38, knowledge)
    assert (found.hgvsp, found.source, found.codon, found.vaf) == ("p.Leu1600Pro", "file", 1600, 0.3)
    assert (found.transcript, found.hgvsc) == ("NM_017617.5", "NM_017617.5:c.4799T>C")
    ensembl = replace(given, transcript="ENST00000651671.1", hgvsc="ENST00000651671.1:c.4799T>C")
    assert one(ensembl, grch38, knowledge).hgvsc == "NM_017617.5:c.4799T>C"
    other = one(replace(given, transcript="ENST00000000001.1"), grch38, knowledge)
    assert other.hgvsc == "ENST00000000001.1:c.4799T>C"
    assert found.file_annotation
    assert naming.ANNOTATION_DIFFERS not in found.flags


def test_a_named_allele_wins_over_the_file_and_the_difference_is_shown(grch38: Genome, knowledge: Knowledge) -> None:
    given = annotated(
        SmallVariant("9", 37015168, "G", "C"), gene="PAX5", transcript="NM_016734.3", hgvsp="p.Pro80Leu",
        consequence="missense_variant",
    )  # fmt: skip
    found = one(given, grch38, knowledge)
    assert (found.hgvsp, found.source) == ("p.Pro80Arg", "hotspot")
    assert naming.ANNOTATION_DIFFERS in found.flags


def test_a_gene_outside_the_panel_keeps_the_files_name(grch38: Genome, knowledge: Knowledge) -> None:
    ttn = annotated(
        SmallVariant("2", 178600000, "A", "G"), gene="TTN", hgvsp="p.Val1Ala", consequence="missense_variant"
    )
    found = one(ttn, grch38, knowledge)
    assert (found.gene, found.hgvsp, found.source) == ("TTN", "p.Val1Ala", "file")
    bare = one(SmallVariant("2", 178600000, "A", "G"), grch38, knowledge)
    assert (bare.gene, bare.consequence, bare.source) == ("TTN", None, None)


# ---------------------------------------------------------------- bcftools csq and our names


@pytest.mark.parametrize("gene", ["TP53", "KRAS", "FLT3", "CREBBP", "JAK2"])
def test_csq_and_the_names_agree_on_base_changes(genome: Genome, knowledge: Knowledge, gene: str) -> None:
    from annotate.name.small_variants import csq

    own = model(genome, gene)
    exon = max((e for e in own.exons if e.cds_start), key=lambda e: e.coding_length)
    assert exon.cds_start is not None
    assert exon.cds_end is not None
    given = [
        SmallVariant(own.transcript.chrom, pos, own.base(pos), alt)
        for pos in range(exon.cds_start, min(exon.cds_end, exon.cds_start + 120))
        for alt in "ACGT"
        if alt != own.base(pos) and own.base(pos) != "N"
    ]
    calls = csq.local([csq.Query(str(n), v, own) for n, v in enumerate(given)], genome)
    compared = 0
    for n, variant in enumerate(given):
        change = hgvs_protein.protein_change(own, [hgvs_coding.trim(variant.pos, variant.ref, variant.alt)])
        assert change is not None
        for call in calls[str(n)]:
            hit = re.fullmatch(r"(\d+)([A-Z*])>\d+([A-Z*])", call.change)
            if call.transcript == own.transcript.transcript and hit and hit[1] != "1" and hit[2] != "*":
                three = {one: three for three, one in ONE.items()}
                assert change.name == f"p.{three[hit[2]]}{hit[1]}{three[hit[3]]}"
                assert set(change.terms) <= set(call.terms)
                compared += 1
    assert compared > 150


# ---------------------------------------------------------------- names that clinical laboratories use


PUBLISHED = [  # c. and p. names as in ClinVar and the literature
    ("BRCA2", "c.5946del", "p.Ser1982ArgfsTer22"),
    ("CHEK2", "c.1100del", "p.Thr367MetfsTer15"),
    ("CEBPA", "c.68dup", "p.His24AlafsTer84"),
    ("MSH6", "c.3261dup", "p.Phe1088LeufsTer5"),
    ("MSH6", "c.3261del", "p.Phe1088SerfsTer2"),
    ("PTEN", "c.800del", "p.Lys267ArgfsTer9"),
    ("PTEN", "c.388C>G", "p.Arg130Gly"),
    ("NF1", "c.2033dup", "p.Ile679AspfsTer21"),
    ("TP53", "c.743G>A", "p.Arg248Gln"),
    ("TP53", "c.1024C>T", "p.Arg342Ter"),
    ("KRAS", "c.35G>A", "p.Gly12Asp"),
    ("NRAS", "c.181C>A", "p.Gln61Lys"),
    ("JAK2", "c.1849G>T", "p.Val617Phe"),
    ("FLT3", "c.2503G>T", "p.Asp835Tyr"),
    ("FLT3", "c.2508_2510del", "p.Ile836del"),
    ("PTPN11", "c.226G>A", "p.Glu76Lys"),
    ("BRAF", "c.1799T>A", "p.Val600Glu"),
    ("RUNX1", "c.601C>T", "p.Arg201Ter"),
    ("NT5C2", "c.1219G>T", "p.Asp407Tyr"),
    ("KIT", "c.2447A>T", "p.Asp816Val"),
    ("ETV6", "c.1105C>T", "p.Arg369Trp"),
    ("IKZF1", "c.476A>G", "p.Asn159Ser"),
    ("MLH1", "c.1852_1854del", "p.Lys618del"),
    ("TPMT", "c.719A>G", "p.Tyr240Cys"),
    ("TPMT", "c.460G>A", "p.Ala154Thr"),
    ("NUDT15", "c.415C>T", "p.Arg139Cys"),
]


@pytest.mark.parametrize(("gene", "coded", "protein"), PUBLISHED)
def test_published_names(genome: Genome, knowledge: Knowledge, gene: str, coded: str, protein: str) -> None:
    own = model(genome, gene)
    hit = re.fullmatch(r"c\.(\d+)(?:_(\d+))?(?:([ACGT])>([ACGT])|(del|dup))", coded)
    assert hit is not None
    first, last = int(hit[1]), int(hit[2] or hit[1])
    places = sorted(_genomic(genome, gene, n) for n in (first, last))
    low, high = places[0], places[-1]
    before = own.base(low - 1)
    changed = own.bases(low, high)
    if hit[3]:
        assert own.cds[first - 1] == hit[3]
        variant = SmallVariant(
            own.transcript.chrom, low, changed, hit[4] if own.forward else reverse_complement(hit[4])
        )
    elif hit[5] == "del":
        variant = SmallVariant(own.transcript.chrom, low - 1, before + changed, before)
    else:
        variant = SmallVariant(own.transcript.chrom, low - 1, before, before + changed)
    found = one(variant, genome, knowledge)
    assert (found.hgvsc, found.hgvsp) == (f"{own.accession}:{coded}", protein)


def _genomic(genome: Genome, gene: str, position: int) -> int:
    return transcript(genome, gene).protein_to_genomic((position - 1) // 3 + 1)[(position - 1) % 3]


@pytest.mark.parametrize("gene", ["TP53", "PTEN", "NF1", "IKZF1"])
def test_the_last_base_of_an_exon_may_be_part_of_the_splice_site(
    genome: Genome, knowledge: Knowledge, gene: str
) -> None:
    own = model(genome, gene)
    exons = [exon for exon in own.exons if exon.cds_start is not None]
    last = exons[1].end if own.forward else exons[1].start
    inner = last - 4 if own.forward else last + 4
    for pos, flagged in ((last, True), (inner, False)):
        alt = next(base for base in "ACGT" if base != own.base(pos))
        found = one(SmallVariant(transcript(genome, gene).chrom, pos, own.base(pos), alt), genome, knowledge)
        assert ("possible_splice" in found.flags) is flagged
    fifth = SmallVariant(
        transcript(genome, gene).chrom,
        last + 5 if own.forward else last - 5,
        "G" if own.forward else "C",
        "A" if own.forward else "T",
    )
    assert "possible_splice" in one(fifth, genome, knowledge).flags
