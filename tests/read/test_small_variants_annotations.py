"""What a file's own annotation says, allele by allele; population frequencies; counts of odd fields."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from annotate.knowledge.tables import Knowledge
from annotate.model.sample import Sample
from annotate.read.small_variants import read_small_variants
from annotate.read.small_variants.annotations import (
    Carried,
    FileAnnotation,
    best_annotation,
    carried,
    parse_text,
    population_af,
    severity,
)
from annotate.read.small_variants.callers import callers_of, dialect_of
from annotate.read.small_variants.count_forms import Allele
from annotate.read.small_variants.counts import info_counts, sample_counts, sample_depth
from annotate.read.small_variants.genotype import genotype
from annotate.reference.genome import Genome
from tests.makers.small_variants import Call, write_calls

CSQ = (
    "Consequence annotations from Ensembl VEP. Format: Allele|Consequence|IMPACT|SYMBOL|Feature|BIOTYPE|HGVSc|HGVSp"
    "|Protein_position|CANONICAL|MANE_SELECT|PICK|gnomADe_AF|gnomADg_AF"
)


def csq(allele: str, term: str, gene: str, feature: str, **more: str) -> str:
    names = CSQ.split("Format: ")[1].split("|")
    values = {"Allele": allele, "Consequence": term, "SYMBOL": gene, "Feature": feature, "BIOTYPE": "protein_coding"}
    return "|".join({**values, **more}.get(name, "") for name in names)


def best(
    info: Mapping[str, str], genome: Genome, ref: str = "C", alts: tuple[str, ...] = ("T",), index: int = 1
) -> FileAnnotation | None:
    descriptions = {key: CSQ if key == "CSQ" else "x" for key in info}
    return best_annotation(info, carried(descriptions), ref, alts, index, genome)


# ---------------------------------------------------------------- choosing a transcript


def test_the_transcript_of_the_pack_is_chosen(grch38: Genome) -> None:
    own = grch38.transcript("TP53")
    assert own is not None
    entries = [
        csq("T", "stop_gained", "WRAP53", "ENST00000396463"),
        csq("T", "missense_variant", "TP53", "ENST00000999999", CANONICAL="YES", HGVSp="E1:p.Arg43His"),
        csq(
            "T", "missense_variant", "TP53", f"{own.transcript}.9", HGVSp="ENSP1.4:p.Arg175His", Protein_position="175"
        ),
        csq("T", "downstream_gene_variant", "TP53", "ENST00000888888"),
    ]
    for order in (entries, entries[::-1]):
        found = best({"CSQ": ",".join(order)}, grch38)
        assert found is not None
        assert (found.gene, found.hgvsp, found.codon) == ("TP53", "p.Arg175His", 175)


def test_without_the_packs_transcript_mane_goes_before_canonical_before_gravest(grch38: Genome) -> None:
    mane = csq("T", "synonymous_variant", "TP53", "ENST1", MANE_SELECT="NM_1")
    canonical = csq("T", "missense_variant", "TP53", "ENST2", CANONICAL="YES")
    gravest = csq("T", "stop_gained", "TP53", "ENST3")
    chosen = [
        best({"CSQ": ",".join(entries)}, grch38)
        for entries in ((gravest, canonical, mane), (gravest, canonical), (canonical, gravest), (gravest,))
    ]
    assert [one.transcript for one in chosen if one] == ["ENST1", "ENST2", "ENST2", "ENST3"]


def test_old_symbols_become_current(grch38: Genome) -> None:
    found = best({"CSQ": csq("T", "missense_variant", "WHSC1", "ENST1")}, grch38)
    assert found is not None
    assert found.gene == "NSD2"


# ---------------------------------------------------------------- alleles


@pytest.mark.parametrize(
    ("ref", "alts", "names"),
    [
        ("C", ("T", "A"), ("T", "A")),
        ("CAG", ("C", "CAGAG"), ("-", "AGAG")),  # VEP drops the base that all share
        ("C", ("CTT", "T"), ("CTT", "T")),  # nothing is shared by all
        ("CTC", ("C", "*"), ("-", "*")),
    ],
)
def test_vep_names_alleles_in_its_own_way(
    ref: str, alts: tuple[str, ...], names: tuple[str, ...], grch38: Genome
) -> None:
    info = {"CSQ": ",".join(csq(name, f"term{number}", "TP53", "E") for number, name in enumerate(names))}
    for index in range(1, len(alts) + 1):
        found = best(info, grch38, ref, alts, index)
        assert found is not None
        assert found.consequence == f"term{index - 1}"


def test_ann_names_alleles_by_their_bases(grch38: Genome) -> None:
    ann = (
        "A|missense_variant|MODERATE|TP53|ENSG1|transcript|NM_000546.6|protein_coding|5/11|c.524G>A|p.Arg175His|1/2|524/1182|175/393||,"
        "G|stop_gained|HIGH|TP53|ENSG1|transcript|NM_000546.6|protein_coding|5/11|c.1C>G|p.Gln9*|1/2|5/1182|9/393||,"
        "G-A|stop_gained|HIGH|TP53|ENSG1|transcript|NM_000546.6|protein_coding|5/11|c.1C>G|p.Gln8*|1/2|5/1182|8/393||"
    )
    first = best({"ANN": ann}, grch38, "C", ("A", "G"), 1)
    second = best({"ANN": ann}, grch38, "C", ("A", "G"), 2)
    assert first is not None
    assert second is not None
    assert (first.hgvsp, first.hgvsc, first.codon, first.kind) == ("p.Arg175His", "c.524G>A", 175, "ANN")
    assert (second.hgvsp, second.codon) == ("p.Gln9Ter", 9)


def test_bcsq(grch38: Genome) -> None:
    value = "missense|TP53|ENST00000269305|protein_coding|-|175R>175H|7675088C>T,@7675000"
    found = best({"BCSQ": value}, grch38)
    assert found is not None
    assert (found.gene, found.consequence, found.hgvsp, found.codon) == ("TP53", "missense_variant", "p.Arg175His", 175)
    assert found.changes_protein
    two = "missense|TP53|E|protein_coding|-|1R>1H|7C>T,stop_gained|TP53|E|protein_coding|-|1R>1*|7C>A"
    other = best({"BCSQ": two}, grch38, "C", ("T", "A"), 2)
    assert other is not None
    assert (other.consequence, other.hgvsp) == ("stop_gained", "p.Arg1Ter")


def test_annovar_and_funcotator(grch38: Genome) -> None:
    info = {
        "Func.refGene": "exonic",
        "ExonicFunc.refGene": "nonsynonymous_SNV",
        "Gene.refGene": "NT5C2",
        "AAChange.refGene": "NT5C2:NM_012229:exon14:c.G1100A:p.R367Q",
        "gnomAD_exome_ALL": "0.0001",
    }
    found = best_annotation(info, carried(dict.fromkeys(info, "")), "C", ("T",), 1, grch38)
    assert found is not None
    assert (found.gene, found.hgvsp, found.consequence) == ("NT5C2", "p.Arg367Gln", "missense_variant")
    assert found.population_af == 0.0001

    names = "Gencode_34_hugoSymbol|Gencode_34_variantClassification|Gencode_34_proteinChange|Gencode_34_tumorSeqAllele2"
    declared = carried(
        {"FUNCOTATION": f"Functional annotation from the Funcotator tool.  Funcotation fields are: {names}"}
    )
    funcotated = best_annotation({"FUNCOTATION": "[NT5C2|NONSENSE|p.Q523*|A]"}, declared, "G", ("A",), 1, grch38)
    assert funcotated is not None
    assert (funcotated.consequence, funcotated.hgvsp) == ("stop_gained", "p.Gln523Ter")


def test_a_file_without_annotation_says_nothing(grch38: Genome) -> None:
    assert not carried({"DP": "Depth", "AF": "Frequency"})
    assert best({"DP": "3"}, grch38) is None
    assert best({"CSQ": csq("G", "missense_variant", "TP53", "E")}, grch38, "C", ("T", "A"), 1) is None


def test_the_text_form_comes_back() -> None:
    said = FileAnnotation("CSQ", "TP53", "ENST1.2", "missense_variant&splice_region_variant", "c.1A>T", "p.Met1?")
    assert parse_text(said.text) == said
    assert parse_text(None) is None
    assert parse_text("x|y") is None


def test_severity_reads_every_spelling() -> None:
    assert severity("missense") == severity("missense_variant") < severity("intron_variant")
    assert severity("*stop_gained") == severity("stop_gained&splice_region_variant")
    assert severity("something_new") > severity("intergenic_variant")
    assert severity(None) > severity("intergenic_variant")


# ---------------------------------------------------------------- population


@pytest.mark.parametrize(
    ("fields", "index", "wanted"),
    [
        ({"gnomADe_AF": "0.001", "gnomADg_AF": "0.003"}, 1, 0.003),
        ({"gnomADe_AF": "", "MAX_AF": "0.02"}, 1, 0.02),
        ({"gnomAD_AF": "0.1,0.2"}, 2, 0.2),
        ({"POPAF": "3.00"}, 1, 0.001),
        ({"POP_AF": "0.074"}, 1, 0.074),
        ({"AF_popmax": "."}, 1, None),
        ({"AF": "0.5"}, 1, None),
        ({"gnomAD_AF": "7"}, 1, None),
        ({}, 1, None),
    ],
)
def test_population_frequency(fields: Mapping[str, str], index: int, wanted: float | None) -> None:
    found = population_af(fields, index)
    assert found == (pytest.approx(wanted) if wanted is not None else None)


# ---------------------------------------------------------------- counts


ONE = Allele(1, 1, "C", "T")


@pytest.mark.parametrize(
    ("cells", "alt", "depth"),
    [
        ({"AD": "60,40", "DP": "120"}, 40, 100),
        ({"AD": ".", "DP": "120", "AF": "0.25"}, 30, 120),
        ({"AD": ".,.", "DP": "120"}, None, 120),
        ({"AD": "38", "RD": "654"}, 38, 692),
        ({"DP4": "144%2C510%2C4%2C30"}, 34, 688),
        ({"RO": "60", "AO": "40"}, 40, 100),
        ({"NR": "100", "NV": "40"}, 40, 100),
        ({"DP": "50", "FREQ": "10%"}, 5, 50),
        ({"TAR": "60,61", "TIR": "40,42"}, 40, 100),
        ({"AU": "0,0", "CU": "60,66", "GU": "0,0", "TU": "40,41", "DP": "110"}, 40, 100),
        ({"GT": "0/1"}, None, None),
        ({"AD": "x,y", "DP": "z"}, None, None),
        ({"AD": "60,-5"}, None, None),
        ({"AD": "1e400,3"}, None, None),
        ({"AD": "0,0"}, 0, 0),
    ],
)
def test_counts_of_one_allele(cells: Mapping[str, str], alt: int | None, depth: int | None) -> None:
    found = sample_counts(cells, ONE)
    if cells.get("AD") == "60,-5":
        assert found.alt is None
        return
    if cells.get("AD") == "1e400,3":
        assert found.alt is None or found.alt == 3
        return
    assert (found.alt, found.depth) == (alt, depth)
    assert found.vaf == (None if not depth or alt is None else pytest.approx(alt / depth))


@pytest.mark.parametrize("unread", ["nan", ".", "NA", "Inf"])
@pytest.mark.parametrize(
    "cells",
    [
        dict.fromkeys(("FAZ", "FCZ", "FGZ", "FTZ", "RAZ", "RCZ", "RGZ", "RTZ"), "10"),
        {"DP4": "40,40,10,10"},
    ],
    ids=["strands and bases", "strands"],
)
def test_a_strand_that_cannot_be_read_is_no_zero(cells: dict[str, str], unread: str) -> None:
    """One count or all of them: the reads are not known, so that the call is not one without support."""
    assert sample_counts(cells, ONE).alt == 20
    for key, cell in cells.items():
        parts = cell.split(",")
        for place in range(len(parts)):
            spoilt = ",".join(unread if place == at else part for at, part in enumerate(parts))
            assert sample_counts({**cells, key: spoilt}, ONE).alt is None
    every = {key: ",".join(unread for _ in cell.split(",")) for key, cell in cells.items()}
    assert sample_counts(every, ONE).alt is None


def test_counts_of_the_second_allele() -> None:
    second = Allele(2, 2, "C", "A")
    assert sample_counts({"AD": "50,30,20"}, second).alt == 20
    assert sample_counts({"RO": "50", "AO": "30,20"}, second).depth == 100
    assert sample_counts({"DP": "100", "AF": "0.3,0.2"}, second).vaf == 0.2
    assert sample_counts({"DP4": "1,2,3,4", "DP": "10"}, second).alt is None  # DP4 does not tell alleles apart


def test_info_counts_want_more_than_a_frequency() -> None:
    assert info_counts({"AF": "0.5", "DP": "100"}, ONE).vaf is None
    assert info_counts({"AF": "0.1", "DP": "110", "DP4": "45,45,5,5"}, ONE).depth == 110
    assert info_counts({"DP": "110", "DP4": "45,45,5,5"}, ONE).depth == 100
    assert info_counts({"TVAF": "0.25", "TDP": "40"}, ONE).alt == 10
    assert info_counts({"TC": "50", "MC": "10"}, ONE).vaf == 0.2


def test_depth_of_a_block_is_its_least() -> None:
    assert sample_depth({"DP": "60", "MIN_DP": "41"}) == 41
    assert sample_depth({"AD": "3,4"}) == 7
    assert sample_depth({"DP": "."}) is None


@pytest.mark.parametrize(
    ("cells", "index", "wanted"),
    [
        ({"GT": "0/1"}, 1, ("0/1", None, True)),
        ({"GT": "1/2"}, 2, ("0/1", None, True)),
        ({"GT": "0/2"}, 1, ("0/0", None, False)),
        ({"GT": "./."}, 1, ("./.", None, None)),
        ({"GT": "0|1", "PS": "5"}, 1, ("0|1", "5", True)),
        ({"GT": "0/1", "PGT": "1|0", "PID": "9_A_C"}, 1, ("1|0", "9_A_C", True)),
        ({"GT": "1"}, 1, ("1", None, True)),
        ({}, 1, (None, None, None)),
    ],
)
def test_genotype_of_one_allele(
    cells: Mapping[str, str], index: int, wanted: tuple[str | None, str | None, bool | None]
) -> None:
    assert genotype(cells, index) == wanted


def test_callers_of_a_combined_file() -> None:
    plain = dialect_of(["##source=nobody"])
    assert callers_of({"set": "mutect-strelka-filterInvarscan"}, plain) == ("Mutect2", "Strelka2")
    assert callers_of({"set": "Intersection"}, plain) == ("VCF",)
    assert callers_of({"TAL": "muse,somaticsniper"}, plain) == ("MuSE", "SomaticSniper")
    assert dialect_of(["##source=HaplotypeCaller", "##source=DRAGEN"]).caller == "DRAGEN"


# ---------------------------------------------------------------- in a file


def annotated(path: Path, calls: list[Call], genome: Genome) -> Path:
    header = [f'##INFO=<ID=CSQ,Number=.,Type=String,Description="{CSQ}">']
    return write_calls("mutect2", path, calls, genome, header=header)


def test_an_annotated_intron_is_left_out_unless_it_changes_the_protein(
    tmp_path: Path, grch38: Genome, knowledge: Knowledge
) -> None:
    """Another transcript of the gene may have an exon there."""
    transcript = grch38.transcript("IKZF1")
    assert transcript is not None
    intron = (transcript.exons[1].end + transcript.exons[2].start) // 2
    silent = Call("7", intron, "A", "G", info="CSQ=" + csq("G", "intron_variant", "IKZF1", "ENST1"))
    loud = Call("7", intron + 1, "A", "G", info="CSQ=" + csq("G", "stop_gained", "IKZF1", "ENST1", HGVSp="p.Lys9Ter"))
    other = Call("7", intron + 2, "A", "G", info="CSQ=" + csq("G", "stop_gained", "FIGNL1", "ENST2"))
    path = annotated(tmp_path / "a.vcf", [silent, loud, other], grch38)
    sample = Sample("S", "P", "diagnosis", "GRCh38", small_variants=(path,))
    found = read_small_variants(sample, grch38, knowledge)
    assert [(v.pos, v.gene, v.hgvsp, v.source) for v in found.variants] == [(intron + 1, "IKZF1", "p.Lys9Ter", "file")]
    assert sum(found.inputs[0].dropped.values()) == 2


def test_what_a_file_says_is_carried_with_the_variant(tmp_path: Path, grch38: Genome, knowledge: Knowledge) -> None:
    said = csq("T", "missense_variant", "NT5C2", "ENST00000404739.8", HGVSp="p.Arg367Gln", gnomADe_AF="1e-06")
    hotspot = Call("10", 103093198, "C", "T", info=f"CSQ={said}")
    with_csq = annotated(tmp_path / "a.vcf", [hotspot], grch38)
    bare = write_calls("vardict", tmp_path / "b.vcf", [replace(hotspot, info="", ref_reads=700)], grch38)
    for paths in ((with_csq, bare), (bare, with_csq)):
        sample = Sample("S", "P", "diagnosis", "GRCh38", small_variants=paths)
        variant = read_small_variants(sample, grch38, knowledge).variants[0]
        assert (variant.gene, variant.hgvsp, variant.source, variant.population_af) == (
            "NT5C2",
            "p.Arg367Gln",
            "file",
            1e-06,
        )
        assert parse_text(variant.file_annotation) is not None
        assert variant.depth == 730  # the deeper call's reads, the other's names


def test_empty_annotation_fields_are_no_annotation(tmp_path: Path, grch38: Genome, knowledge: Knowledge) -> None:
    path = annotated(tmp_path / "a.vcf", [Call("10", 103093198, "C", "T", info="CSQ=|||||||")], grch38)
    sample = Sample("S", "P", "diagnosis", "GRCh38", small_variants=(path,))
    variant = read_small_variants(sample, grch38, knowledge).variants[0]
    assert (variant.source, variant.gene) == (None, None)


def test_carried_is_false_when_empty() -> None:
    assert not Carried(())
