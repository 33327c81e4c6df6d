"""Thiopurine genes: diplotypes and phenotypes from a germline VCF, and everything that forbids to give them."""

from __future__ import annotations

import csv
from collections import Counter
from pathlib import Path

import pytest

from annotate.interpret.pharmacogenomics.diplotypes import call_pgx, diplotypes, genes_of, phenotype_of
from annotate.interpret.pharmacogenomics.genotypes import Genotype, normal_form
from annotate.knowledge.tables import Knowledge
from annotate.model.sample import Sample
from annotate.model.state import Code, State
from annotate.reference.genome import Genome
from tests.makers.calls import patient

KNOWLEDGE = Knowledge.load()
NOT_TRANSPLANTED = patient(prior_hsct=False)
FORMATS = (
    '##FORMAT=<ID=GT,Number=1,Type=String,Description="">\n##FORMAT=<ID=DP,Number=1,Type=Integer,Description="">\n'
    '##FORMAT=<ID=GQ,Number=1,Type=Integer,Description="">\n##FORMAT=<ID=PS,Number=1,Type=Integer,Description="">\n'
    '##FORMAT=<ID=MIN_DP,Number=1,Type=Integer,Description="">\n##INFO=<ID=END,Number=1,Type=Integer,Description="">\n'
    '##ALT=<ID=NON_REF,Description="">\n##FILTER=<ID=LowQual,Description="">'
)
PLACES = {  # GRCh38, GRCh37: chrom, pos, ref, alt
    "*2": (("6", 18143724, "C", "G"), ("6", 18143955, "C", "G")),
    "*3B": (("6", 18138997, "C", "T"), ("6", 18139228, "C", "T")),
    "*3C": (("6", 18130687, "T", "C"), ("6", 18130918, "T", "C")),
    "*4": (("6", 18130781, "C", "T"), ("6", 18131012, "C", "T")),
    "N*3": (("13", 48045719, "C", "T"), ("13", 48619855, "C", "T")),
    "N*4": (("13", 48045720, "G", "A"), ("13", 48619856, "G", "A")),
    "N*5": (("13", 48037798, "G", "A"), ("13", 48611934, "G", "A")),
    "N*6": (("13", 48037782, "A", "AGGAGTC"), ("13", 48611918, "A", "AGGAGTC")),
    "N*9": (("13", 48037782, "AGGAGTC", "A"), ("13", 48611918, "AGGAGTC", "A")),
}
ASSEMBLIES = ("GRCh38", "GRCh37")


@pytest.fixture
def vcf(tmp_path):
    def make(rows, *, names=("CHILD",), header="", name="germline.vcf", prefix="") -> Path:
        ordered = sorted(rows, key=lambda row: (int(row[0]), row[1]))
        lines = [_line(prefix, *row) for row in ordered]
        columns = "\t".join(["#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\tFORMAT", *names])
        head = "\n".join(part for part in ("##fileformat=VCFv4.2", header, FORMATS, columns) if part)
        path = tmp_path / name
        path.write_text("\n".join([head, *lines]) + "\n", encoding="utf-8")
        return path

    return make


def _line(prefix, chrom, pos, ref, alt, genotypes, more=None) -> str:
    cells = dict(more or {})
    filter, info = cells.pop("FILTER", "PASS"), cells.pop("INFO", ".")
    samples = [":".join([genotype, *map(str, cells.values())]) for genotype in genotypes.split(" ")]
    fixed = [f"{prefix}{chrom}", str(pos), ".", ref, alt, "50", filter, info, ":".join(["GT", *cells])]
    return "\t".join([*fixed, *samples])


def rows(assembly="GRCh38", default="0/0", **genotypes):
    """A record at every place; the alleles given by name carry their genotype."""
    column = ASSEMBLIES.index(assembly)
    given = {
        name.replace("_", "*", 1) if name.startswith("N_") else name.replace("s", "*", 1): gt
        for name, gt in genotypes.items()
    }
    return [(*places[column], given.get(name, default)) for name, places in PLACES.items()]


def pgx(path, *, assembly="GRCh38", normal=None, person=NOT_TRANSPLANTED, **sample):
    fields = {"sample": "R", "patient": "p", "timepoint": "relapse", "assembly": assembly, "germline_variants": path}
    made = Sample(**{**fields, **sample})
    found = call_pgx(made.germline_variants, normal, made, person, Genome.load(assembly), KNOWLEDGE)
    return {gene.gene: gene for gene in found}


# ---------------------------------------------------------------- diplotypes


@pytest.mark.parametrize("assembly", ASSEMBLIES)
@pytest.mark.parametrize(
    ("genotypes", "gene", "diplotype", "phenotype"),
    [
        ({}, "TPMT", "*1/*1", "Normal Metabolizer"),
        ({}, "NUDT15", "*1/*1", "Normal Metabolizer"),
        ({"s2": "0/1"}, "TPMT", "*1/*2", "Intermediate Metabolizer"),
        ({"s3B": "0/1"}, "TPMT", "*1/*3B", "Intermediate Metabolizer"),
        ({"s3C": "0/1"}, "TPMT", "*1/*3C", "Intermediate Metabolizer"),
        ({"s3C": "1/1"}, "TPMT", "*3C/*3C", "Poor Metabolizer"),
        ({"s4": "0/1"}, "TPMT", "*1/*4", "Intermediate Metabolizer"),
        ({"s2": "0/1", "s3C": "0/1"}, "TPMT", "*2/*3C", "Poor Metabolizer"),
        ({"s3B": "1/1", "s3C": "1/1"}, "TPMT", "*3A/*3A", "Poor Metabolizer"),
        ({"s3B": "0/1", "s3C": "1/1"}, "TPMT", "*3A/*3C", "Poor Metabolizer"),
        ({"s3B": "0|1", "s3C": "0|1"}, "TPMT", "*1/*3A", "Intermediate Metabolizer"),
        ({"s3B": "0|1", "s3C": "1|0"}, "TPMT", "*3B/*3C", "Poor Metabolizer"),
        ({"N_3": "0/1"}, "NUDT15", "*1/*3", "Intermediate Metabolizer"),
        ({"N_3": "1/1"}, "NUDT15", "*3/*3", "Poor Metabolizer"),
        ({"N_4": "0/1"}, "NUDT15", "*1/*4", "Indeterminate"),
        ({"N_5": "0/1"}, "NUDT15", "*1/*5", "Indeterminate"),
        ({"N_6": "0/1"}, "NUDT15", "*1/*6", "Indeterminate"),
        ({"N_9": "0/1"}, "NUDT15", "*1/*9", "Intermediate Metabolizer"),
        ({"N_3": "0/1", "N_9": "0/1"}, "NUDT15", "*3/*9", "Poor Metabolizer"),
        ({"N_3": "0|1", "N_6": "0|1"}, "NUDT15", "*1/*2", "Intermediate Metabolizer"),
        ({"N_3": "0|1", "N_6": "1|0"}, "NUDT15", "*3/*6", "Possible Intermediate Metabolizer"),
        ({"N_3": "0/1", "N_5": "0/1"}, "NUDT15", "*3/*5", "Possible Intermediate Metabolizer"),
    ],
)
def test_diplotypes(vcf, assembly, genotypes, gene, diplotype, phenotype):
    found = pgx(vcf(rows(assembly, **genotypes)), assembly=assembly)[gene]
    assert (found.diplotype, found.phenotype) == (diplotype, phenotype)
    assert found.state is (State.NOT_DETECTED if phenotype == "Normal Metabolizer" else State.DETECTED)
    assert found.recommendation
    assert "38230823" in " ".join(found.sources)


def test_unphased_3b_and_3c_is_taken_in_cis_and_flagged(vcf):
    found = pgx(vcf(rows(s3B="0/1", s3C="0/1")))["TPMT"]
    assert (found.diplotype, found.phenotype) == ("*1/*3A", "Intermediate Metabolizer")
    assert any("in trans" in reason.text and "*3B/*3C" in reason.text for reason in found.reasons)


def test_unphased_nudt15_that_matters_is_left_open(vcf):
    found = pgx(vcf(rows(N_3="0/1", N_6="0/1")))["NUDT15"]
    assert (found.phenotype, found.state) == (None, State.EQUIVOCAL)
    assert found.diplotype == "*1/*2 or *3/*6"
    assert "a lower start dose" in found.recommendation


def test_two_phase_sets_say_nothing_of_each_other(vcf):
    split = [(*row[:5], {"PS": row[1]}) if row[4] == "0|1" else row for row in rows(N_3="0|1", N_6="0|1")]
    assert pgx(vcf(split))["NUDT15"].state is State.EQUIVOCAL


def test_indel_written_at_the_other_end_of_its_repeat(vcf, grch38):
    """PharmCAT wrote it as 48037801 G>GGAGTCG: the same insertion, shifted to the right."""
    assert normal_form("13", 48037801, "G", "GGAGTCG", grch38) == ("13", 48037782, "A", "AGGAGTC")
    shifted = [row for row in rows() if row[1] != 48037782] + [("13", 48037801, "G", "GGAGTCG", "0/1")]
    shifted.append(("13", 48037782, "AGGAGTC", "A", "0/0"))
    assert pgx(vcf(shifted))["NUDT15"].diplotype == "*1/*6"


def test_alleles_of_one_record(vcf):
    """Two alternatives in one line, with a genotype that holds both."""
    joined = [row for row in rows() if row[1] != 48037782]
    joined.append(("13", 48037782, "AGGAGTC", "AGGAGTCGGAGTC,A", "1/2"))
    found = pgx(vcf(joined))["NUDT15"]
    assert found.diplotype == "*6/*9"


def test_one_record_of_the_repeat_answers_for_both_of_its_changes(vcf):
    """The insertion and the deletion have one place: a call of either says what stands there."""
    one = [row for row in rows(N_3="0/1") if row[:4] != PLACES["N*9"][0]]
    assert pgx(vcf(one))["NUDT15"].diplotype == "*1/*3"
    shifted = [*(row for row in one if row[1] != 48037782), ("13", 48037801, "G", "GGAGTCG", "0/0")]
    assert pgx(vcf(shifted))["NUDT15"].diplotype == "*1/*3"
    base = [("13", 48037782, "A", "T", "0/0"), *(row for row in one if row[1] != 48037782)]
    assert pgx(vcf(base))["NUDT15"].phenotype is None  # a base change says nothing of an insertion


def test_contigs_with_chr(vcf):
    assert pgx(vcf(rows(s3C="0/1"), prefix="chr"))["TPMT"].diplotype == "*1/*3C"


# ---------------------------------------------------------------- a place without a call


def test_plain_vcf_without_reference_calls_gives_nothing(vcf):
    """A VCF of variants only: no record is not the reference."""
    found = pgx(vcf([("1", 1000, "A", "G", "0/1")]))
    for gene in found.values():
        assert (gene.diplotype, gene.phenotype, gene.state) == (None, None, State.NOT_ASSESSABLE)
        assert any("not the reference" in reason.text for reason in gene.reasons)
        assert any("gVCF" in (reason.settles or "") for reason in gene.reasons)


@pytest.mark.parametrize("missing", ["*2", "*3B", "*3C", "*4"])
def test_one_place_without_a_call(vcf, missing):
    left = [row for row in rows() if row[:4] != PLACES[missing][0]]
    found = pgx(vcf(left))
    assert (found["TPMT"].phenotype, found["TPMT"].state) == (None, State.NOT_ASSESSABLE)
    assert found["NUDT15"].phenotype == "Normal Metabolizer"


def test_poor_metaboliser_whatever_is_missing(vcf):
    left = [row for row in rows(s3C="1/1") if row[:4] != PLACES["*2"][0]]
    found = pgx(vcf(left))["TPMT"]
    assert (found.diplotype, found.phenotype, found.state) == (None, "Poor Metabolizer", State.DETECTED)


def test_intermediate_with_a_missing_place_could_be_poor(vcf):
    left = [row for row in rows(s3C="0/1") if row[:4] != PLACES["*2"][0]]
    found = pgx(vcf(left))["TPMT"]
    assert (found.phenotype, found.state) == (None, State.EQUIVOCAL)
    assert any("one copy" in reason.text for reason in found.reasons)


@pytest.mark.parametrize(
    "more",
    [{"FILTER": "LowQual"}, {"DP": 4}, {"GQ": 5}],
)
def test_a_poor_call_is_no_call(vcf, more):
    poor = [(*row[:5], more) if row[:4] == PLACES["*3C"][0] else row for row in rows()]
    assert pgx(vcf(poor))["TPMT"].state is State.NOT_ASSESSABLE


@pytest.mark.parametrize("genotype", ["./.", "./1", "0/.", "."])
def test_an_incomplete_genotype_is_no_call(vcf, genotype):
    assert pgx(vcf(rows(s3C=genotype)))["TPMT"].phenotype is None


@pytest.mark.parametrize("name", ["*3C", "N*3", "N*6"])
@pytest.mark.parametrize(
    "beside",
    [
        lambda chrom, pos, ref, alt: (chrom, pos, ref, alt, "./."),
        lambda chrom, pos, ref, alt: (chrom, pos, ref, alt, "0/1", {"FILTER": "LowQual"}),
        lambda chrom, pos, ref, alt: (chrom, pos, ref, alt, "0/1", {"AD": "40,0"}),
        lambda chrom, pos, ref, alt: (chrom, pos, ref, f"{alt},{alt[0]}TT", "1/2"),
        lambda chrom, pos, ref, alt: (chrom, pos - 4, "ACGTACGTACGT", "A", "0/1"),  # takes the place with it
    ],
    ids=["no genotype", "filtered", "no read", "another allele on the other copy", "a deletion over it"],
)
def test_a_doubt_beside_a_reference_record_is_no_call(vcf, name, beside):
    chrom, pos, ref, alt = PLACES[name][0]
    doubted = [row for row in rows() if row[:2] != (chrom, pos)]
    doubted += [(chrom, pos, ref, ".", "0/0"), beside(chrom, pos, ref, alt)]
    gene = "NUDT15" if name.startswith("N") else "TPMT"
    assert pgx(vcf(doubted))[gene].phenotype is None


def test_a_deletion_elsewhere_leaves_the_reference(vcf):
    chrom, pos, *_ = PLACES["N*3"][0]
    assert pgx(vcf([*rows(), (chrom, pos - 20, "ACGT", "A", "0/1")]))["NUDT15"].diplotype == "*1/*1"


BLOCKS = [
    ("6", 18130000, "A", "<NON_REF>", "0/0", {"INFO": "END=18144000", "DP": 40, "GQ": 60, "MIN_DP": 25}),
    ("13", 48037000, "A", "<NON_REF>", "0/0", {"INFO": "END=48046000", "DP": 40, "GQ": 60, "MIN_DP": 25}),
]


def test_gvcf_blocks_state_the_reference(vcf):
    found = pgx(vcf(BLOCKS, header="##GVCFBlock0-1=minGQ=0(inclusive),maxGQ=1(exclusive)"))
    assert {gene.diplotype for gene in found.values()} == {"*1/*1"}
    assert found["TPMT"].recommendation is not None


def test_thin_gvcf_block_does_not(vcf):
    thin = [(*block[:5], {**block[5], "MIN_DP": 3}) for block in BLOCKS]
    found = pgx(vcf(thin, header="##GVCFBlock0-1=minGQ=0(inclusive),maxGQ=1(exclusive)"))
    assert all(gene.state is State.NOT_ASSESSABLE for gene in found.values())


def test_gvcf_with_a_variant_between_blocks(vcf):
    parts = [
        ("6", 18130000, "A", "<NON_REF>", "0/0", {"INFO": "END=18130686", "DP": 40, "GQ": 60, "MIN_DP": 25}),
        ("6", 18130687, "T", "C,<NON_REF>", "0/1", {"DP": 40, "GQ": 99, "MIN_DP": 40}),
        ("6", 18130688, "A", "<NON_REF>", "0/0", {"INFO": "END=18144000", "DP": 40, "GQ": 60, "MIN_DP": 25}),
    ]
    found = pgx(vcf(parts, header="##GVCFBlock0-1=minGQ=0(inclusive),maxGQ=1(exclusive)"))
    assert found["TPMT"].diplotype == "*1/*3C"


# ---------------------------------------------------------------- whose genotype


def test_no_germline_file_is_never_the_leukaemia(vcf):
    path = vcf(rows(s3C="0/1"))
    for found in (pgx(None), pgx(None, small_variants=(path,))):
        for gene in found.values():
            assert (gene.diplotype, gene.state) == (None, State.NOT_ASSESSABLE)
            assert gene.reasons[0].code is Code.NEEDS_GERMLINE


def test_the_leukaemic_file_given_as_germline_is_refused(vcf):
    path = vcf(rows(s3C="0/1"), names=("R",))
    for gene in pgx(path, small_variants=(path,)).values():
        assert (gene.diplotype, gene.state) == (None, State.NOT_ASSESSABLE)
        assert "leukaemic sample itself" in gene.reasons[0].text


def test_a_remission_sample_is_genotyped_in_itself(vcf):
    found = pgx(None, timepoint="remission", small_variants=(vcf(rows(s3C="0/1")),))["TPMT"]
    assert found.diplotype == "*1/*3C"


def test_the_normal_column_is_read(vcf):
    both = [(*row[:4], f"0/1 {row[4]}") for row in rows(N_3="1/1")]
    path = vcf(both, names=("TUMOR", "NORMAL"))
    assert pgx(path, normal="NORMAL")["NUDT15"].diplotype == "*3/*3"
    assert pgx(path)["TPMT"].diplotype == "*1/*1"


def test_after_transplantation_the_phenotype_is_withheld(vcf):
    found = pgx(vcf(rows(s3C="1/1")), person=patient(prior_hsct=True))["TPMT"]
    assert (found.diplotype, found.phenotype, found.state) == ("*3C/*3C", None, State.EQUIVOCAL)
    assert found.recommendation is None
    assert any("donor" in reason.text for reason in found.reasons)


@pytest.mark.parametrize("person", [None, patient()])
def test_unknown_transplantation_is_said(vcf, person):
    found = pgx(vcf(rows()), person=person)["TPMT"]
    assert found.phenotype == "Normal Metabolizer"
    assert any("transplanted is not given" in reason.text for reason in found.reasons)


# ---------------------------------------------------------------- the guideline's words


@pytest.mark.parametrize(
    ("genotypes", "gene", "words"),
    [
        ({}, "TPMT", "normal dose"),
        ({"s3C": "0/1"}, "TPMT", "30-80 %"),
        ({"N_3": "0/1"}, "NUDT15", "30-80 %"),
        ({"s3C": "0/1", "N_3": "0/1"}, "TPMT", "20-50 %"),
        ({"s3C": "0/1", "N_3": "0/1"}, "NUDT15", "20-50 %"),
        ({"s3C": "1/1"}, "TPMT", "drastic reduction"),
        ({"N_3": "1/1", "s3C": "0/1"}, "NUDT15", "drastic reduction"),
    ],
)
def test_recommendations_are_the_guidelines_and_dated(vcf, genotypes, gene, words):
    found = pgx(vcf(rows(**genotypes)))[gene]
    assert words in found.recommendation
    assert "PMID 30447069" in found.recommendation
    assert "March 2024" in found.recommendation


@pytest.mark.parametrize(("dose", "words"), [(75.0, "is meant for it"), (50.0, "may not be needed"), (None, None)])
def test_the_reduction_knows_the_start_dose(vcf, dose, words):
    person = patient(prior_hsct=False, thiopurine_start_dose_mg_m2=dose)
    found = pgx(vcf(rows(s3C="0/1")), person=person)["TPMT"]
    assert "75 mg/m2" in found.recommendation
    said = [reason.text for reason in found.reasons if "start dose" in reason.text]
    assert bool(said) is (words is not None)
    assert all(words in text for text in said)


def test_two_readings_that_both_need_less_are_told(vcf):
    """*1/*2 or *3/*6: both ask for a lower start dose."""
    found = pgx(vcf(rows(N_3="0/1", N_6="0/1")))["NUDT15"]
    assert found.phenotype is None
    assert "whichever reading is right, a lower start dose" in found.recommendation


@pytest.mark.parametrize("other", [{"s3B": "./."}, {"s3C": "./."}])
def test_a_base_without_genotype_is_not_the_reference(vcf, other):
    found = pgx(vcf(rows(**other)))["TPMT"]
    assert found.diplotype is None


def test_another_base_at_the_place_is_not_the_reference(vcf):
    """TPMT*3C is A>G on the transcript; the genotype has neither base."""
    given = [(*row[:3], "A", "0/1") if row[1] == 18130687 else row for row in rows()]
    found = pgx(vcf(given))["TPMT"]
    assert found.diplotype is None


# ---------------------------------------------------------------- against real data


def _reference(shared_data) -> Path:
    folder = shared_data.parent / "reference" / "pgx"
    if not folder.is_dir():
        pytest.skip("the pharmacogene tables are not here")
    return folder


def test_phenotypes_agree_with_every_diplotype_of_pypgx(shared_data):
    functions = {entry["id"]: entry["function"] for entry in KNOWLEDGE.table("pgx_alleles")}
    checked = 0
    with open(_reference(shared_data) / "diplotype-table.csv", encoding="utf-8", newline="") as text:
        for row in csv.DictReader(text):
            gene = row["Gene"]
            if gene in ("TPMT", "NUDT15"):
                first, second = (functions[gene + allele] for allele in row["Diplotype"].split("/"))
                assert phenotype_of(first, second, KNOWLEDGE) == row["Phenotype"], row
                checked += 1
    assert checked == 991


@pytest.mark.parametrize("gene", ["TPMT", "NUDT15"])
def test_real_genotypes_of_1000_genomes(shared_data, gene):
    """Both assemblies give the same alleles of the same people, at the frequencies that are known."""
    import cyvcf2

    counts: dict[str, dict[str, str]] = {}
    for assembly in ASSEMBLIES:
        genome = Genome.load(assembly)
        own = next(found for found in genes_of(genome, KNOWLEDGE) if found.name == gene)
        by_key = {key: id for id, key in own.keys.items()}
        vcf = cyvcf2.VCF(str(_reference(shared_data) / f"1kgp_{assembly}_{gene}.vcf.gz"))
        carried: dict[str, dict[str, Genotype]] = {name: {} for name in vcf.samples}
        for record in vcf:
            id = by_key.get(normal_form(genome.contig(record.CHROM), record.POS, record.REF, record.ALT[0], genome))
            if id is None:
                continue
            for name, call in zip(vcf.samples, record.genotypes, strict=True):
                dose = call[0] + call[1]
                phase = call.index(1) if dose == 1 and call[2] else None
                if dose:
                    carried[name][id] = Genotype(dose, "", phase, "whole file" if phase is not None else None)
        counts[assembly] = {}
        for name, calls in carried.items():
            found = [diplotype.name for diplotype in diplotypes(own, calls, KNOWLEDGE)]
            counts[assembly][name] = found[0] if len(found) == 1 else "?"
    shared = counts["GRCh38"].keys() & counts["GRCh37"].keys()
    same = [name for name in shared if _plain(counts["GRCh38"][name]) == _plain(counts["GRCh37"][name])]
    assert len(shared) == 2504
    assert len(same) / len(shared) > 0.995
    alleles = Counter(allele for name in shared for allele in counts["GRCh38"][name].split("/"))
    share = {allele: count / (2 * len(shared)) for allele, count in alleles.items()}
    assert share["*1"] > 0.9
    if gene == "TPMT":
        assert 0.01 < share["*3A"] < 0.03  # European and American ancestry
        assert 0.01 < share["*3C"] < 0.04  # African and East Asian ancestry
        assert share["*3A"] > 10 * share.get("*3B", 0)  # *3B and *3C in cis, hardly ever apart
    else:
        assert 0.02 < share["*2"] + share["*3"] < 0.06


def _plain(diplotype: str) -> str:
    """The GRCh37 release of 2015 lacks the insertion that tells *2 from *3 and *6 and *9 from the reference."""
    return "/".join(sorted({"*2": "*3", "*6": "*1", "*9": "*1"}.get(a, a) for a in diplotype.split("/")))
