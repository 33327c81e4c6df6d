"""Copies that are not certain: lists of changes, holes, failed fits, readings that disagree; what counts instead."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from annotate.base.settings import Settings
from annotate.breakpoints.breakends import join
from annotate.compare.copy_number import copy_number
from annotate.compare.timepoints import TimepointData
from annotate.decide.case import Case
from annotate.decide.ploidy.hypodiploidy import hypodiploidy
from annotate.decide.registry import call_all
from annotate.knowledge.tables import Knowledge
from annotate.model.copy_number import CopyNumberProfile, Segment, SegmentTable
from annotate.model.junctions import Breakend, Junction, Junctions
from annotate.model.lesion import LesionCall
from annotate.model.sample import InputFile, Sample
from annotate.model.state import Code, State
from annotate.name.copy_number.profile import build_profile
from annotate.read.copy_number import read_copy_number
from annotate.reference.genome import Genome
from annotate.run.sample import read_case
from tests.makers.copy_number import file_name, write_segments
from tests.makers.karyotypes import AUTOSOMES, Simulated, catalogue, diploid, truth

GENOME = Genome.load("GRCh38")
KNOWLEDGE = Knowledge.load()
LENGTHS = GENOME.contig_lengths
SEEN = (State.DETECTED, State.DETECTED_SUBCLONAL, State.EQUIVOCAL)
LESIONS = {
    "CDKN2A": "cdkn2ab_deletion",
    "IKZF1": "ikzf1_deletion",
    "TP53": "tp53_deletion",
    "ETV6": "etv6_deletion",
    "RB1": "rb1_deletion",
    "BTG1": "btg1_deletion",
    "EBF1": "ebf1_deletion",
}


def sample(**facts: Any) -> Sample:
    values = {"sex": "female", "assay": "wgs", **facts}
    return Sample("S", "P", "diagnosis", "GRCh38", **values)


def calls(profile: CopyNumberProfile | None, junctions: Junctions | None = None, **facts: Any) -> dict[str, LesionCall]:
    return call_all(Case(sample(**facts), GENOME, KNOWLEDGE, profile=profile, junctions=junctions))


def read(tmp_path: Path, name: str, text: str, **facts: Any) -> CopyNumberProfile:
    (tmp_path / name).write_text(text)
    table, inputs = read_copy_number([tmp_path / name], GENOME, ("S",))
    return build_profile(table, inputs, sample(**facts), GENOME, KNOWLEDGE)


# ---------------------------------------------------------------- lists of changes

VCF = (
    "##fileformat=VCFv4.2\n##source=CNVkit\n##INFO=<ID=FOLD_CHANGE_LOG,Number=1,Type=Float>\n"
    "##FORMAT=<ID=CN,Number=1,Type=Integer>\n#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\tFORMAT\tS\n"
)


def listed(*rows: tuple[str, int, int, float]) -> str:
    lines = [
        f"chr{c}\t{a}\t.\tN\t<{'DEL' if x < 0 else 'DUP'}>\t.\t.\tEND={b};FOLD_CHANGE_LOG={x};PROBES=90\tGT:CN\t0/1:1\n"
        for c, a, b, x in rows
    ]
    return VCF + "".join(lines)


def around(gene: str, reach: int = 2_000_000) -> tuple[str, int, int]:
    place = GENOME.gene(gene)
    assert place is not None
    return place.chrom, max(place.start - reach, 1), min(place.end + reach, LENGTHS[place.chrom])


@pytest.mark.parametrize("purity", [None, 0.8])
@pytest.mark.parametrize("gene", sorted(LESIONS))
def test_a_listed_loss_is_never_the_baseline(tmp_path, gene, purity):
    """The table holds losses only: taking its commonest level as two copies excludes what it lists."""
    other = around("PTEN" if gene != "PTEN" else "NF1")
    profile = read(tmp_path, "S.vcf", listed((*around(gene), -0.74), (*other, -2.3)), purity=purity)
    found = calls(profile, purity=purity)
    assert profile.altered_only
    assert (profile.ploidy, profile.modal_number) == (None, None)
    assert found[LESIONS[gene]].state in SEEN
    assert not [call.id for call in found.values() if call.state is State.NOT_DETECTED]


def test_one_level_alone_has_no_scale(tmp_path):
    profile = read(tmp_path, "S.vcf", listed((*around("TP53"), -0.74), (*around("RB1"), -0.74)))
    assert {call.state for call in calls(profile).values()} == {State.NOT_ASSESSABLE}


def test_gains_alone_count_no_chromosomes(tmp_path):
    rows = [(c, 1, LENGTHS[c], 0.5) for c in ("4", "6", "10", "14", "17", "18", "21")]
    found = calls(read(tmp_path, "S.vcf", listed(*rows), purity=0.9), purity=0.9)
    assert found["high_hyperdiploidy"].state not in (State.DETECTED, State.NOT_DETECTED)
    assert found["tp53_deletion"].state is State.NOT_ASSESSABLE


# ---------------------------------------------------------------- holes


@pytest.mark.parametrize("width", [60_000, 300_000])
@pytest.mark.parametrize("gene", sorted(LESIONS))
def test_a_gene_in_a_hole_is_not_covered(tmp_path, gene, width):
    """Two copies on either side say nothing of what lies between."""
    chrom, start, end = around(gene, 0)
    rows = [(c, 1, LENGTHS[c]) for c in AUTOSOMES if c != chrom]
    middle = (start + end) // 2
    reach = max((end - start) // 2 + 5_000, width // 2)
    rows += [(chrom, 1, middle - reach), (chrom, middle + reach, LENGTHS[chrom])]
    text = "# purity=0.8\nchrom\tstart\tend\ttotal\tminor\n" + "".join(f"{c}\t{a}\t{b}\t2\t1\n" for c, a, b in rows)
    found = calls(read(tmp_path, "S.tsv", text, purity=0.8), purity=0.8)
    assert found[LESIONS[gene]].state is State.NOT_ASSESSABLE
    covered = next(id for name, id in LESIONS.items() if GENOME.gene(name).chrom != chrom)  # type: ignore[union-attr]
    assert found[covered].state is State.NOT_DETECTED


# ---------------------------------------------------------------- fits that failed, and flat profiles


def segments(*, lost: str = "", total: int = 2) -> str:
    rows = [(c, 1, LENGTHS[c], total, 1) for c in AUTOSOMES]
    if lost:
        chrom, start, end = around(lost)
        rows = [row for row in rows if row[0] != chrom]
        rows += [(chrom, 1, start - 1, 2, 1), (chrom, start, end, 1, 0), (chrom, end + 1, LENGTHS[chrom], 2, 1)]
    return "".join(f"S\t{c}\t{a}\t{b}\t{t - m}\t{m}\n" for c, a, b, t, m in rows)


@pytest.mark.parametrize("gene", sorted(LESIONS))
def test_a_failed_fit_is_likely_at_most_and_excludes_nothing(tmp_path, gene):
    (tmp_path / "S.purityploidy.txt").write_text("AberrantCellFraction\tPloidy\n0\t0\n")
    text = "sample\tchr\tstartpos\tendpos\tnMajor\tnMinor\n" + segments(lost=gene)
    found = calls(read(tmp_path, "S.segments.txt", text))
    assert (found[LESIONS[gene]].state, found[LESIONS[gene]].leaning) == (State.EQUIVOCAL, "likely")
    assert not [call.id for call in found.values() if call.state is State.NOT_DETECTED]


@pytest.mark.parametrize(("purity", "excluded"), [("1", False), ("0.7", True)])
def test_a_purity_of_one_over_a_flat_genome_is_what_callers_give_by_default(tmp_path, purity, excluded):
    (tmp_path / "S.purityploidy.txt").write_text(f"AberrantCellFraction\tPloidy\n{purity}\t2\n")
    text = "sample\tchr\tstartpos\tendpos\tnMajor\tnMinor\n" + segments()
    found = calls(read(tmp_path, "S.segments.txt", text))
    assert (found["ikzf1_deletion"].state is State.NOT_DETECTED) is excluded
    assert (found["tp53_deletion"].state is State.NOT_DETECTED) is excluded


# ---------------------------------------------------------------- deletion junctions


def deleted(gene: str) -> Junctions:
    chrom, start, end = around(gene, 1_000)
    facts = {"svtype": "DEL", "filter": "PASS", "split_reads": 20, "paired_reads": 20}
    junction: Junction = join(Breakend(chrom, start, "L"), Breakend(chrom, end, "R"), **facts)  # type: ignore[arg-type]
    return Junctions((junction,), (InputFile("structural_variants", "S.vcf", "manta", 9, 9),))


@pytest.mark.parametrize(
    ("gene", "id"),
    [
        ("PTEN", "pten"),
        ("NR3C1", "relapse_genes"),
        ("MSH6", "relapse_genes"),
        ("NF1", "ras_pathway"),
        ("TP53", "tp53_deletion"),
        ("ETV6", "etv6_deletion"),
    ],
)
def test_a_deletion_junction_counts_for_every_gene_lesion(gene, id):
    found = calls(None, deleted(gene))[id]
    assert found.state is State.DETECTED
    assert gene in found.genes
    assert found.evidence[0].kind == "junction"


# ---------------------------------------------------------------- doubling, and what looks like it


def homozygous(*chromosomes: str) -> CopyNumberProfile:
    karyotype = diploid("x", "x", **{f"c{c}": (2, 0) for c in chromosomes})
    rows = truth(karyotype, GENOME, 2)
    found = tuple(Segment(c, a, b, total=float(t), minor=float(m or 0)) for c, a, b, t, m in rows)
    return build_profile(SegmentTable(found, "plain", purity=0.8), (), sample(), GENOME, KNOWLEDGE)


@pytest.mark.parametrize("number", [7, 9, 12])
def test_one_allele_on_chromosomes_of_as_many_copies_is_no_doubled_clone(number):
    """46 chromosomes of which seven or more are homozygous: half of 46 is no clone of 39."""
    chromosomes = ("3", "7", "9", "15", "16", "17", "2", "4", "12", "13", "20", "5")[:number]
    call = hypodiploidy(Case(sample(), GENOME, KNOWLEDGE, profile=homozygous(*chromosomes)))
    assert call.state is State.EQUIVOCAL
    assert (call.subtype, call.leaning) == (None, "unclear")
    assert Code.NEEDS_GERMLINE in {reason.code for reason in call.reasons}
    assert "doubling of a clone" not in call.summary


# ---------------------------------------------------------------- time points


def timepoint(name: str, point: str, *, certain: bool, total: int) -> TimepointData:
    state = {
        "total": total, "minor": None, "loh_fraction": None, "covered": 1.0, "p_total": total, "q_total": total,
        "subclonal": False, "certain": certain,
    }  # fmt: skip
    gene = {
        "gene": "IKZF1", "total": float(total), "minor": None, "baseline": 2, "level": "focal", "exons": [],
        "call": "deletion" if total < 2 else "normal", "certain": certain, "start": 1, "end": 5_000_000, "log2": None,
        "subclonal": False, "reasons": [],
    }  # fmt: skip
    profile = {
        "chromosomes": {"7": state}, "genes": [gene], "modal_number": None, "purity": 0.9, "resolution": 1000,
        "sex": "female", "fit": "fitted", "altered_only": False,
    }  # fmt: skip
    report: dict[str, Any] = {"copy_number": profile, "karyotype": None, "quality": {"purity": 0.9}}
    return TimepointData(report=report, sample=replace(sample(), sample=name, timepoint=point))


@pytest.mark.parametrize(
    ("first", "second", "category"),
    [
        (True, True, "gained"),
        (True, False, None),
        (False, True, "gained_or_below_limit"),
    ],
)
def test_an_event_needs_copies_that_every_reading_has(first, second, category):
    """Two copies at diagnosis and one at relapse, each certain or not."""
    points = [
        timepoint("D", "diagnosis", certain=first, total=2),
        timepoint("R", "relapse", certain=second, total=1),
    ]
    events = {event.id: event.category for event in copy_number(points, ["D", "R"], KNOWLEDGE)}
    assert events.get("chr7:whole:loss") == category
    gene = events.get("IKZF1:loss")
    assert gene == (category or "undetermined")


# ---------------------------------------------------------------- a clone and its double in totals


def totals(purity: float, copies: dict[str, int], base: int) -> str:
    """Log2 of whole chromosomes around their commonest level, as a caller centres them."""
    mixture = {c: purity * copies.get(c, base) + (1 - purity) * 2 for c in AUTOSOMES}
    usual = purity * base + (1 - purity) * 2
    rows = [f"S\t{c}\t1\t{LENGTHS[c]}\t5000\t{math.log2(mixture[c] / usual):.4f}\n" for c in AUTOSOMES]
    return "ID\tchrom\tloc.start\tloc.end\tnum.mark\tseg.mean\n" + "".join(rows)


@pytest.mark.parametrize("purity", [0.75, 0.9])
@pytest.mark.parametrize("kept", ["21", "18", "14", "8"])
def test_one_chromosome_kept_of_a_near_haploid_clone_excludes_no_loss(tmp_path, kept, purity):
    """23 chromosomes and one more: the profile is flat but for one, and reads as two copies with four of it."""
    profile = read(tmp_path, "S.seg", totals(purity, {kept: 2}, 1))
    assert any(other.ploidy < 1.3 for other in profile.alternatives)
    found = calls(profile)
    assert found["hypodiploidy"].state is State.EQUIVOCAL
    assert not [id for id in LESIONS.values() if found[id].state is State.NOT_DETECTED]


def test_one_trisomy_alone_keeps_its_negatives(tmp_path):
    """Three copies are no even number: no clone of half as many exists."""
    found = calls(read(tmp_path, "S.seg", totals(0.9, {"21": 3}, 2)))
    assert found["tp53_deletion"].state is State.NOT_DETECTED
    assert found["etv6_deletion"].state is State.NOT_DETECTED


def noisy_calls(tmp_path: Path, karyotype: Simulated, cells: float, **facts: Any) -> dict[str, LesionCall]:
    """Every lesion of a simulated karyotype in log2 alone, with the noise of a shallow genome."""
    path = tmp_path / file_name("cnvkit_cns")
    write_segments("cnvkit_cns", path, truth(karyotype, GENOME, 4), cells, None, karyotype.sex, "GRCh38", 0.05, 11)
    table, inputs = read_copy_number([path], GENOME, ("S",))
    row = {"sex": karyotype.sex, **facts}
    return calls(build_profile(table, inputs, sample(**row), GENOME, KNOWLEDGE), **row)


HYPODIPLOID = [k for k in catalogue() if k.kind in ("near_haploid", "low_hypodiploid") and k.count > 25]


@pytest.mark.parametrize("purity", [0.4, 0.7])
@pytest.mark.parametrize("karyotype", HYPODIPLOID[::2], ids=lambda k: k.name)
def test_noise_hides_no_lost_chromosome_of_a_hypodiploid_clone(tmp_path, karyotype, purity):
    """Ratios of one copy and two are those of two and more at another purity, however uneven the noise makes them."""
    found = noisy_calls(tmp_path, karyotype, purity)
    lost = [id for gene, id in LESIONS.items() if karyotype.states[GENOME.gene(gene).chrom][0] == 1]
    assert lost
    assert not [id for id in lost if found[id].state is State.NOT_DETECTED]


@pytest.mark.parametrize("fixed", [{"purity": 0.7}, {"dna_index": 1.16}])
def test_a_stated_purity_or_ploidy_gives_a_hyperdiploid_clone_its_negatives(tmp_path, fixed):
    karyotype = next(k for k in catalogue() if k.kind == "hyperdiploid")
    assert noisy_calls(tmp_path, karyotype, 0.7)["tp53_deletion"].state is not State.NOT_DETECTED
    fixed_calls = noisy_calls(tmp_path, karyotype, 0.7, **fixed)
    assert State.NOT_DETECTED in {fixed_calls[id].state for id in LESIONS.values()}


# ---------------------------------------------------------------- a doubled clone, or the clone before it


HYPODIPLOID_KINDS = ("near_haploid", "near_haploid_doubled", "low_hypodiploid", "low_hypodiploid_doubled")


@pytest.mark.parametrize("dialect", ["purple", "ascat", "gatk_modelfinal", "cnvkit_cns", "ichorcna"])
@pytest.mark.parametrize("kind", HYPODIPLOID_KINDS)
def test_no_gene_that_lost_an_allele_is_excluded(kind: str, dialect: str, tmp_path: Path) -> None:
    """Two copies of one allele in a doubled clone are one in the clone before it: the same data, another purity."""
    clone = next(own for own in catalogue() if own.kind == kind)
    segments = truth(clone, GENOME, 4)
    path = tmp_path / file_name(dialect)
    write_segments(dialect, path, segments, 0.7, sex=clone.sex, noise=0.02)
    table, inputs = read_copy_number([path], GENOME)
    found = calls(build_profile(table, inputs, sample(sex=clone.sex), GENOME, KNOWLEDGE), sex=clone.sex)
    asked = 0
    for name, lesion in LESIONS.items():
        gene = GENOME.gene(name)
        assert gene is not None
        chrom, _, _, _, minor = next(
            own[:5] for own in segments if own[0] == gene.chrom and own[1] <= gene.start <= own[2]
        )
        if minor == 0:
            asked += 1
            assert found[lesion].state is not State.NOT_DETECTED, (name, chrom, found[lesion].summary)
    assert asked


# ---------------------------------------------------------------- FISH against copies


SIGNALS = {"x2)[200]": "equivocal", "x2)[40]": "detected", "x1)[150/200]": "detected"}  # of FISH: what is said


@pytest.mark.parametrize("gene", ["TP53", "IKZF1", "RB1"])
@pytest.mark.parametrize(("fish", "state"), SIGNALS.items())
def test_two_signals_in_enough_nuclei_contradict_the_loss_of_a_whole_chromosome(tmp_path, gene, fish, state):
    karyotype = next(k for k in HYPODIPLOID if k.kind == "low_hypodiploid")
    assert karyotype.states[GENOME.gene(gene).chrom][0] == 1
    path = tmp_path / file_name("purple")
    write_segments("purple", path, truth(karyotype, GENOME, 2), 0.8, None, karyotype.sex, "GRCh38", 0.01, 7)
    row = sample(sex=karyotype.sex, karyotype=f"nuc ish({gene}{fish}", copy_number=(path,))
    found = call_all(read_case(row, None, GENOME, KNOWLEDGE, Settings(), lambda _: None))[LESIONS[gene]]
    assert found.state.value == state
    assert (found.conflict is not None) == (state == "equivocal")


# ---------------------------------------------------------------- a doubled genome


def doubled_genome(*parts: tuple[str, int, int, int, int]) -> str:
    """ASCAT segments: four copies, two of each allele, but for parts of one chromosome (start, end, major, minor)."""
    lengths = Genome.load("GRCh38").contig_lengths
    rows = ["sample\tchr\tstartpos\tendpos\tnMajor\tnMinor"]
    for chrom in (*AUTOSOMES, "X"):
        at = 1
        for _, start, end, major, minor in (part for part in parts if part[0] == chrom):
            last = min(end, lengths[chrom])
            rows += [f"s\t{chrom}\t{at}\t{start - 1}\t2\t2"] if start > at else []
            rows.append(f"s\t{chrom}\t{start}\t{last}\t{major}\t{minor}")
            at = last + 1
        rows += [f"s\t{chrom}\t{at}\t{lengths[chrom]}\t2\t2"] if at < lengths[chrom] else []
    return "\n".join(rows) + "\n"


ARMS = {  # the short or long arm that holds the gene, or most of it
    "tp53_deletion": ("17", 1, 21_000_000),
    "ikzf1_deletion": ("7", 1, 57_000_000),
    "cdkn2ab_deletion": ("9", 1, 38_000_000),
    "etv6_deletion": ("12", 1, 34_000_000),
}


@pytest.mark.parametrize(("major", "minor"), [(2, 0), (1, 1), (3, 0), (2, 1)])
@pytest.mark.parametrize("id", sorted(ARMS))
def test_an_arm_with_fewer_copies_than_its_chromosome_in_a_doubled_genome_is_lost(id, major, minor, tmp_path):
    text = doubled_genome((*ARMS[id], major, minor))
    found = calls(read(tmp_path, "s.segments.txt", text, purity=0.8), purity=0.8)
    assert found[id].state in (State.DETECTED, State.DETECTED_SUBCLONAL)


@pytest.mark.parametrize("id", sorted(ARMS))
def test_a_whole_chromosome_of_one_allele_in_a_doubled_genome_excludes_no_loss(id, tmp_path):
    """It was lost before the doubling; what is even, with both alleles, keeps its negative."""
    chrom = ARMS[id][0]
    for minor, is_open in ((0, True), (1, False)):
        text = doubled_genome((chrom, 1, 400_000_000, 2 - minor, minor))
        state = calls(read(tmp_path, "s.segments.txt", text, purity=0.8), purity=0.8)[id].state
        assert (state is not State.NOT_DETECTED) or not is_open
        assert state not in (State.DETECTED, State.DETECTED_SUBCLONAL)
    flat = calls(read(tmp_path, "s.segments.txt", doubled_genome(), purity=0.8), purity=0.8)
    assert flat[id].state is State.NOT_DETECTED
