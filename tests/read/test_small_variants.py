"""Small-variant files: containers, dialects, policy, pitfalls."""

from __future__ import annotations

import os
import random
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from annotate.base.errors import InputError
from annotate.knowledge.tables import Knowledge
from annotate.model.sample import Sample
from annotate.model.small_variants import SmallVariant, SmallVariants
from annotate.read.common.registry import formats, recognise
from annotate.read.small_variants import VariantOptions, read_germline, read_small_variants
from annotate.reference.genome import Genome
from tests.makers.small_variants import (
    MAKERS,
    Call,
    background,
    contig_lines,
    named_calls,
    ordered,
    read_all_by_index,
    vcf_text,
    write_calls,
    write_text,
)

ROOT = Path(__file__).resolve().parents[2]
HOTSPOT = ("10", 103093198, "C", "T")  # NT5C2 p.Arg367Gln, GRCh38


def sample_of(*paths: Path, **facts: object) -> Sample:
    plain = Sample(sample="S1", patient="P1", timepoint="diagnosis", assembly="GRCh38", small_variants=paths)
    return replace(plain, **facts)  # type: ignore[arg-type]


@pytest.fixture
def calls(grch38: Genome, knowledge: Knowledge) -> list[Call]:
    return named_calls(grch38, knowledge)


def keys(found: SmallVariants) -> list[tuple[str, int, str, str]]:
    return [variant.key for variant in found.variants]


def without_place(found: SmallVariants) -> list[SmallVariant]:
    return [replace(variant, file=None, record=None) for variant in found.variants]


def record(*cells: object) -> str:
    return "\t".join(str(cell) for cell in cells)


def vcf(genome: Genome, records: Sequence[str], samples: Sequence[str] = ("T1",), header: Sequence[str] = ()) -> str:
    columns = ["#CHROM", "POS", "ID", "REF", "ALT", "QUAL", "FILTER", "INFO"]
    columns += ["FORMAT", *samples] if samples else []
    return "\n".join(["##fileformat=VCFv4.2", *header, *contig_lines(genome), "\t".join(columns), *records]) + "\n"


# ---------------------------------------------------------------- dialects


@pytest.mark.parametrize("name", sorted(MAKERS))
def test_every_caller_gives_the_reads_that_were_written(
    name: str, tmp_path: Path, genome: Genome, knowledge: Knowledge
) -> None:
    wanted = named_calls(genome, knowledge, alt_reads=24, ref_reads=96, normal_alt=2, normal_ref=58)
    path = write_calls(name, tmp_path / f"{name}.vcf", wanted, genome)
    tumor = MAKERS[name].tumor_column
    found = read_small_variants(replace(sample_of(path), assembly=genome.assembly, tumor_name=tumor), genome, knowledge)

    assert keys(found) == [(c.chrom, c.pos, c.ref, c.alt) for c in wanted]
    for variant in found.variants:
        assert variant.alt_reads == 24
        assert variant.depth == 120
        assert variant.vaf == pytest.approx(0.2, abs=1e-4)
        assert variant.filter == "PASS"
    assert found.has_counts
    if len(MAKERS[name].columns) == 2 or name == "pcgr":
        assert {(v.normal_alt_reads, v.normal_depth) for v in found.variants} == {(2, 60)}
        assert name == "pcgr" or found.normal_name in ("N1", "NORMAL")
    assert found.inputs[0].format == recognise(path, "small_variants").name


@pytest.mark.parametrize(
    ("name", "caller"),
    [
        ("mutect2", "Mutect2"),
        ("strelka_snv", "Strelka2"),
        ("strelka_indel", "Strelka2"),
        ("vardict", "VarDict"),
        ("dragen", "DRAGEN"),
        ("freebayes", "FreeBayes"),
        ("octopus", "Octopus"),
        ("deepsomatic", "DeepSomatic"),
        ("deepvariant", "DeepVariant"),
        ("haplotypecaller", "HaplotypeCaller"),
        ("bcftools_dp4", "bcftools call"),
        ("lofreq", "LoFreq"),
        ("varscan", "VarScan2"),
        ("caveman", "CaVEMan"),
        ("fraction", "VCF"),
    ],
)
def test_the_caller_is_named(
    name: str, caller: str, tmp_path: Path, grch38: Genome, knowledge: Knowledge, calls: list[Call]
) -> None:
    path = write_calls(name, tmp_path / "x.vcf", calls, grch38)
    tumor = MAKERS[name].tumor_column
    found = read_small_variants(sample_of(path, tumor_name=tumor), grch38, knowledge)
    assert found.callers == (caller,)
    assert {variant.callers for variant in found.variants} == {(caller,)}


def test_an_ensemble_names_the_callers_of_each_record(tmp_path: Path, grch38: Genome, knowledge: Knowledge) -> None:
    chrom, pos, ref, alt = HOTSPOT
    line = record(f"chr{chrom}", pos, ".", ref, alt, ".", "PASS", "CALLERS=vardict,mutect2,strelka2", "GT", "0/1")
    header = ['##INFO=<ID=CALLERS,Number=.,Type=String,Description="x">']
    path = write_text(tmp_path / "e.vcf", vcf(grch38, [line], header=header))
    found = read_small_variants(sample_of(path), grch38, knowledge)
    assert found.variants[0].callers == ("Mutect2", "Strelka2", "VarDict")
    assert found.variants[0].vaf is None  # no AD anywhere: a call without counts, not a VAF of zero
    assert found.variants[0].alt_reads is None
    assert not found.has_counts


def test_info_af_alone_is_no_vaf(tmp_path: Path, grch38: Genome, knowledge: Knowledge) -> None:
    """INFO/AF of a cohort or population is not the fraction in the leukaemia."""
    chrom, pos, ref, alt = HOTSPOT
    path = write_text(
        tmp_path / "s.vcf", vcf(grch38, [record(chrom, pos, ".", ref, alt, ".", ".", "AF=0.5;DP=100")], samples=())
    )
    found = read_small_variants(sample_of(path), grch38, knowledge)
    assert found.variants[0].vaf is None
    assert not found.has_counts


# ---------------------------------------------------------------- what must not matter


@pytest.mark.parametrize("ending", [".vcf", ".vcf.gz", ".gzip.vcf.gz", ".bcf"])
@pytest.mark.parametrize("prefix", ["chr", ""])
def test_container_and_prefix_change_nothing(
    ending: str, prefix: str, tmp_path: Path, grch38: Genome, knowledge: Knowledge, calls: list[Call]
) -> None:
    all_calls = ordered([*calls, *background(grch38, 300)], grch38)
    plain = read_small_variants(
        sample_of(write_calls("mutect2", tmp_path / "plain.vcf", all_calls, grch38)), grch38, knowledge
    )
    path = write_calls("mutect2", tmp_path / f"other{ending}", all_calls, grch38, prefix=prefix)
    other = read_small_variants(sample_of(path), grch38, knowledge)
    assert without_place(other) == without_place(plain)
    assert other.depths == plain.depths
    assert other.sites_total == plain.sites_total == len(all_calls)
    assert other.inputs[0].dropped == plain.inputs[0].dropped


def test_the_order_of_records_changes_nothing(
    tmp_path: Path, grch38: Genome, knowledge: Knowledge, calls: list[Call]
) -> None:
    twice = [*calls, *(replace(call, alt_reads=5, filter="weak") for call in calls), *background(grch38, 200)]
    shuffled = random.Random(5).sample(twice, len(twice))
    one, two = (
        read_small_variants(
            sample_of(write_calls("mutect2", tmp_path / f"{number}.vcf", order, grch38)), grch38, knowledge
        )
        for number, order in enumerate((twice, shuffled))
    )
    assert without_place(one) == without_place(two)
    assert one.inputs[0].dropped == two.inputs[0].dropped
    assert {variant.filter for variant in one.variants} == {"PASS"}


@pytest.mark.parametrize("ending", [".vcf.gz", ".bcf", ".bare.bcf"])
def test_an_index_changes_nothing_but_the_burden(
    ending: str,
    tmp_path: Path,
    grch38: Genome,
    knowledge: Knowledge,
    calls: list[Call],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A large file is read by its regions; here the size from which that is done is set to nothing."""
    import pysam.bcftools

    all_calls = ordered([*calls, *background(grch38, 2000)], grch38)
    path = write_calls("mutect2", tmp_path / f"x{ending}", all_calls, grch38)
    streamed = read_small_variants(sample_of(path), grch38, knowledge)
    if ending != ".bare.bcf":  # a large BCF without an index is given one for the moment
        pysam.bcftools.index("-c" if ending == ".bcf" else "-t", str(path))
    read_all_by_index(monkeypatch)
    indexed = read_small_variants(sample_of(path), grch38, knowledge)
    assert without_place(indexed) == without_place(streamed)
    assert indexed.inputs[0].dropped == streamed.inputs[0].dropped
    assert indexed.inputs[0].records_read == len(all_calls)
    assert streamed.sites_total == len(all_calls)
    assert indexed.sites_total is None


def test_an_index_that_is_old_or_broken_is_not_trusted(
    tmp_path: Path, grch38: Genome, knowledge: Knowledge, calls: list[Call], monkeypatch: pytest.MonkeyPatch
) -> None:
    import pysam.bcftools

    from annotate.read.small_variants.index import index_of

    read_all_by_index(monkeypatch)
    path = write_calls("mutect2", tmp_path / "x.vcf.gz", calls, grch38)
    pysam.bcftools.index("-t", str(path))
    index = tmp_path / "x.vcf.gz.tbi"
    assert index_of(path) == index
    index.write_bytes(b"not an index")
    found = read_small_variants(sample_of(path), grch38, knowledge)
    assert len(found.variants) == found.sites_total == len(calls)
    os.utime(index, (1_000_000, 1_000_000))
    assert index_of(path) is None


def indexed_text(path: Path, lines: Sequence[str], genome: Genome) -> Path:
    import pysam

    write_text(path.with_suffix(""), vcf(genome, lines))
    pysam.tabix_compress(str(path.with_suffix("")), str(path), force=True)
    pysam.tabix_index(str(path), preset="vcf", force=True)
    return path


@pytest.mark.parametrize("ending", [".vcf.gz", ".bcf"])
def test_a_damaged_block_under_an_index_is_not_the_end_of_the_file(
    ending: str,
    tmp_path: Path,
    grch38: Genome,
    knowledge: Knowledge,
    calls: list[Call],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Reading on as if the file ended there would lose variants without a word."""
    import pysam.bcftools

    read_all_by_index(monkeypatch)
    many = ordered([*calls, *background(grch38, 8000)], grch38)
    path = write_calls("mutect2", tmp_path / f"x{ending}", many, grch38)
    pysam.bcftools.index("-c", str(path))
    data, index = bytearray(path.read_bytes()), tmp_path / f"x{ending}.csi"
    middle = len(data) // 2
    data[middle : middle + 2000] = bytes(byte ^ 0x5A for byte in data[middle : middle + 2000])
    path.write_bytes(data)
    os.utime(index)
    with pytest.raises(InputError, match="htslib cannot read the file"):
        read_small_variants(sample_of(path), grch38, knowledge)


def test_lines_found_by_an_index_are_checked_like_others(
    tmp_path: Path, grch38: Genome, knowledge: Knowledge, monkeypatch: pytest.MonkeyPatch
) -> None:
    read_all_by_index(monkeypatch)
    cells = (*HOTSPOT[:2], ".", *HOTSPOT[2:], ".", "PASS", "NOTE=Müller", "GT:AD", "0/1:60,40")
    path = indexed_text(tmp_path / "good.vcf.gz", [record(*cells)], grch38)
    found = read_small_variants(sample_of(path), grch38, knowledge)
    assert (found.variants[0].alt_reads, found.variants[0].record) == (40, f"{HOTSPOT[0]}:{HOTSPOT[1]}")
    assert found.sites_total is None
    path = indexed_text(tmp_path / "ragged.vcf.gz", [record(*cells, "0/1:1,1")], grch38)
    with pytest.raises(InputError, match="11 columns at"):
        read_small_variants(sample_of(path), grch38, knowledge)
    path = indexed_text(tmp_path / "wrong.vcf.gz", [record(*cells[:-1], "0/1:7:8:9:9")], grch38)
    with pytest.raises(InputError, match=rf"record is damaged.*{HOTSPOT[1]}"):
        read_small_variants(sample_of(path), grch38, knowledge)


def test_without_contigs_in_the_header_every_place_is_looked_at(
    tmp_path: Path, grch38: Genome, knowledge: Knowledge, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A place beyond the end of a contig may be the only sign of another assembly."""
    import pysam

    read_all_by_index(monkeypatch)
    lines = [record(*HOTSPOT[:2], ".", *HOTSPOT[2:], ".", "PASS", ".", "GT:AD", "0/1:60,40"),
             record(HOTSPOT[0], 135_000_000, ".", "A", "C", ".", "PASS", ".", "GT:AD", "0/1:60,40")]  # fmt: skip
    text = "\n".join(line for line in vcf(grch38, lines).split("\n") if not line.startswith("##contig"))
    path = tmp_path / "x.vcf.gz"
    write_text(tmp_path / "x.vcf", text)
    pysam.tabix_compress(str(tmp_path / "x.vcf"), str(path))
    pysam.tabix_index(str(path), preset="vcf")
    with pytest.raises(InputError, match="beyond the end"):
        read_small_variants(sample_of(path), grch38, knowledge)


def test_an_unsorted_bcf_is_read_whole(
    tmp_path: Path, grch38: Genome, knowledge: Knowledge, calls: list[Call], monkeypatch: pytest.MonkeyPatch
) -> None:
    read_all_by_index(monkeypatch)
    path = write_calls("mutect2", tmp_path / "x.bcf", calls[::-1], grch38)
    found = read_small_variants(sample_of(path), grch38, knowledge)
    assert len(found.variants) == found.sites_total == len(calls)


# ---------------------------------------------------------------- alleles


def one_record(
    text: str, tmp_path: Path, genome: Genome, knowledge: Knowledge, samples: Sequence[str] = ("T1",), **facts: object
) -> SmallVariants:
    path = write_text(tmp_path / "one.vcf", vcf(genome, [text], samples))
    return read_small_variants(sample_of(path, **facts), genome, knowledge)


def test_several_alleles_each_with_its_own_reads(tmp_path: Path, grch38: Genome, knowledge: Knowledge) -> None:
    line = record("chr10", HOTSPOT[1], ".", "C", "T,A,*", ".", "PASS", ".", "GT:AD:DP", "0/1/2:60,30,10,5:105")
    found = one_record(line, tmp_path, grch38, knowledge)
    assert {v.alt: (v.alt_reads, v.depth) for v in found.variants} == {"T": (30, 105), "A": (10, 105)}
    assert {v.alt: v.genotype for v in found.variants} == {"T": "0/1/0", "A": "0/0/1"}
    assert found.inputs[0].records_used == 1


def test_alleles_are_trimmed_to_their_shortest_form(tmp_path: Path, grch38: Genome, knowledge: Knowledge) -> None:
    pos = HOTSPOT[1]
    line = record("chr10", pos - 2, ".", "AGC", "AGT,AG", ".", "PASS", ".", "GT:AD", "1/2:0,30,12")
    found = one_record(line, tmp_path, grch38, knowledge)
    assert keys(found) == [("10", pos - 1, "GC", "G"), ("10", pos, "C", "T")]


@pytest.mark.parametrize(
    ("cells", "reason"),
    [
        ("0/0:100,0:100", "not in the column of the leukaemia"),
        ("./.:.:.", "not in the column of the leukaemia"),
        ("0/0:.:.", "not in the column of the leukaemia"),
        (".:80,0:80", "not in the column of the leukaemia"),
    ],
)
def test_an_allele_of_another_column_is_not_the_leukaemias(
    cells: str, reason: str, tmp_path: Path, grch38: Genome, knowledge: Knowledge
) -> None:
    gene = grch38.transcript("KMT2D")
    assert gene is not None
    line = record("chr12", gene.protein_to_genomic(100)[0], ".", "C", "T", ".", "PASS", ".", "GT:AD:DP", cells)
    line += "\t0/1:50,50:100"
    found = one_record(line, tmp_path, grch38, knowledge, ("D", "R"), tumor_name="D")
    assert found.variants == ()
    assert found.inputs[0].dropped == {reason: 1}


def test_reads_of_a_reference_genotype_at_a_hotspot_are_its_depth(
    tmp_path: Path, grch38: Genome, knowledge: Knowledge
) -> None:
    """A joint file of diagnosis and relapse: the diagnosis is looked at, with five reads, but not called."""
    chrom, pos, ref, alt = HOTSPOT
    line = record(chrom, pos, ".", ref, alt, ".", "PASS", ".", "GT:AD:DP", "0/0:495,5:500", "0/1:60,40:100")
    found = one_record(line, tmp_path, grch38, knowledge, ("D", "R"), tumor_name="D")
    assert [(v.alt_reads, v.passes) for v in found.variants] == [(5, False)]
    depth = found.depths[(chrom, pos)]
    assert (depth.depth, depth.counts, depth.source) == (500, {"T": 5}, "format_dp")


@pytest.mark.parametrize("alt", ["<DEL>", "C[chr9:100[", "]chr9:100]C", "<INS>"])
def test_structural_alleles_are_left_to_their_column(
    alt: str, tmp_path: Path, grch38: Genome, knowledge: Knowledge
) -> None:
    line = record("chr10", HOTSPOT[1], ".", "C", alt, ".", "PASS", "SVTYPE=X", "GT", "0/1")
    small = record("chr10", HOTSPOT[1] + 1, ".", "N", "T", ".", "PASS", ".", "GT", "0/1")
    path = write_text(tmp_path / "two.vcf", vcf(grch38, [line, small], ("T1",)))
    found = read_small_variants(sample_of(path), grch38, knowledge)
    assert [(v.pos, v.alt) for v in found.variants] == [(HOTSPOT[1] + 1, "T")]
    assert found.inputs[0].dropped == {"structural allele": 1}


@pytest.mark.parametrize("alt", ["<DEL>", "C[chr9:100[", "C" + "A" * 60])
def test_structural_records_alone_are_no_search_for_small_variants(
    alt: str, tmp_path: Path, grch38: Genome, knowledge: Knowledge
) -> None:
    """Else every hotspot would be `not_detected` for a file in the wrong column."""
    line = record("chr10", 1000, ".", "C", alt, ".", "PASS", "SVTYPE=X", "GT", "0/1")
    with pytest.raises(InputError, match=r"structural variants only.*column structural_variants"):
        one_record(line, tmp_path, grch38, knowledge)


def test_a_long_deletion_that_reaches_into_an_exon_is_read(
    tmp_path: Path, grch38: Genome, knowledge: Knowledge
) -> None:
    transcript = grch38.transcript("NT5C2")
    assert transcript is not None
    exon = transcript.exons[9]
    start = exon.start - 200
    line = record("chr10", start, ".", "A" + "C" * 230, "A", ".", "PASS", ".", "GT:AD", "0/1:50,20")
    found = one_record(line, tmp_path, grch38, knowledge)
    assert [(v.pos, len(v.ref)) for v in found.variants] == [(start, 231)]


def test_phase_is_kept(tmp_path: Path, grch38: Genome, knowledge: Knowledge) -> None:
    pos = HOTSPOT[1]
    lines = [
        record("chr10", pos, ".", "C", "T", ".", "PASS", ".", "GT:AD:PS", "1|0:60,40:777"),
        record("chr10", pos + 1, ".", "G", "A", ".", "PASS", ".", "GT:AD:PGT:PID", f"0/1:60,40:0|1:{pos}_C_T"),
        record("chr10", pos + 2, ".", "G", "A", ".", "PASS", ".", "GT:AD", "0|1:60,40"),
    ]
    path = write_text(tmp_path / "p.vcf", vcf(grch38, lines))
    found = read_small_variants(sample_of(path), grch38, knowledge).variants
    assert [(v.genotype, v.phase_set) for v in found] == [("1|0", "777"), ("0|1", f"{pos}_C_T"), ("0|1", None)]


# ---------------------------------------------------------------- FILTER


def test_filtered_calls_are_dropped_but_kept_at_hotspots(tmp_path: Path, grch38: Genome, knowledge: Knowledge) -> None:
    gene = grch38.transcript("KMT2D")
    assert gene is not None
    elsewhere = Call("12", gene.protein_to_genomic(100)[0], "C", "T", filter="germline;weak_evidence")
    hotspot = Call(*HOTSPOT, filter="weak_evidence", alt_reads=6, ref_reads=300)
    path = write_calls("mutect2", tmp_path / "f.vcf", [hotspot, elsewhere], grch38)

    passing = read_small_variants(sample_of(path), grch38, knowledge)
    assert keys(passing) == [HOTSPOT]
    assert passing.variants[0].flags == ("filtered_by_caller",)
    assert passing.variants[0].filter == "weak_evidence"
    assert passing.inputs[0].dropped == {"filter:germline;weak_evidence": 1}
    assert passing.sites_total == 0

    everything = read_small_variants(sample_of(path), grch38, knowledge, options=VariantOptions(filters="all"))
    assert len(everything.variants) == 2
    assert {variant.flags for variant in everything.variants} == {("filtered_by_caller",)}


def test_many_filter_names_do_not_grow_the_report(tmp_path: Path, grch38: Genome, knowledge: Knowledge) -> None:
    gene = grch38.transcript("KMT2D")
    assert gene is not None
    at = [gene.protein_to_genomic(codon)[0] for codon in range(100, 300)]
    many = [Call("12", pos, "C", "T", filter=f"f{number}") for number, pos in enumerate(at)]
    path = write_calls("mutect2", tmp_path / "f.vcf", many, grch38)
    file = read_small_variants(sample_of(path), grch38, knowledge).inputs[0]
    assert len(file.dropped) <= 42
    assert sum(file.dropped.values()) + file.records_used == 200


def test_unfiltered_mutect_is_said(tmp_path: Path, grch38: Genome, knowledge: Knowledge, calls: list[Call]) -> None:
    header = ["##filtering_status=Warning: unfiltered Mutect 2 calls.  Please run FilterMutectCalls"]
    path = write_calls("mutect2", tmp_path / "f.vcf", calls, grch38, header=header)
    warnings = read_small_variants(sample_of(path), grch38, knowledge).inputs[0].warnings
    assert any("unfiltered Mutect2 calls" in text for text in warnings)


# ---------------------------------------------------------------- several files


def test_the_same_call_of_several_callers_is_one(
    tmp_path: Path, grch38: Genome, knowledge: Knowledge, calls: list[Call]
) -> None:
    paths = [
        write_calls("mutect2", tmp_path / "m.vcf", [replace(c, ref_reads=60) for c in calls], grch38),
        write_calls("strelka_snv", tmp_path / "s.vcf", calls, grch38, prefix=""),
        write_calls("vardict", tmp_path / "v.vcf.gz", calls[:3], grch38),
    ]
    found = read_small_variants(sample_of(*paths), grch38, knowledge)
    back = read_small_variants(sample_of(*reversed(paths)), grch38, knowledge)
    assert len(found.variants) == len(calls)
    assert found.variants == back.variants
    by_callers = {variant.callers for variant in found.variants}
    assert by_callers == {("Mutect2", "Strelka2"), ("Mutect2", "Strelka2", "VarDict")}
    assert {variant.depth for variant in found.variants} == {100}  # the deeper call's
    assert {variant.normal_depth for variant in found.variants} == {40}
    assert found.callers == ("Mutect2", "Strelka2", "VarDict")
    assert found.sites_total == len(calls)  # not counted once a caller
    assert [file.records_used for file in found.inputs] == [len(calls), len(calls), 3]


def test_snvs_and_indels_of_one_caller_add_up(tmp_path: Path, grch38: Genome, knowledge: Knowledge) -> None:
    snvs = write_calls("strelka_snv", tmp_path / "snv.vcf", [Call(*HOTSPOT)], grch38)
    indels = write_calls("strelka_indel", tmp_path / "indel.vcf", [Call("10", HOTSPOT[1] + 3, "GC", "G")], grch38)
    found = read_small_variants(sample_of(snvs, indels), grch38, knowledge)
    assert found.sites_total == 2
    assert len(found.variants) == 2


# ---------------------------------------------------------------- depth


def test_a_gvcf_gives_the_depth_of_the_hotspots_in_its_blocks(
    tmp_path: Path, grch38: Genome, knowledge: Knowledge
) -> None:
    pos = HOTSPOT[1]
    header = [
        '##FORMAT=<ID=MIN_DP,Number=1,Type=Integer,Description="x">',
        '##ALT=<ID=NON_REF,Description="x">',
        '##INFO=<ID=END,Number=1,Type=Integer,Description="x">',
    ]
    lines = [
        record("chr10", pos - 90_000, ".", "A", "<NON_REF>", ".", ".", f"END={pos - 3}", "GT:DP:MIN_DP", "0/0:60:41"),
        record("chr10", pos - 2, ".", "A", "<NON_REF>", ".", ".", f"END={pos - 1}", "GT:DP:MIN_DP", "0/0:70:52"),
        record("chr10", pos, ".", "C", "T,<NON_REF>", ".", ".", "DP=90", "GT:AD:DP", "0/1:50,40,0:90"),
        record("chr10", pos + 1, ".", "C", "<NON_REF>", ".", ".", f"END={pos + 50}", "GT:DP:MIN_DP", "0/0:80:63"),
        record("chr12", 500_000, ".", "C", "<NON_REF>", ".", ".", "END=600000", "GT:DP:MIN_DP", "0/0:80:63"),
    ]
    path = write_text(tmp_path / "g.vcf.gz", vcf(grch38, lines, header=header))
    found = read_small_variants(sample_of(path), grch38, knowledge)
    assert keys(found) == [HOTSPOT]
    assert found.variants[0].depth == 90
    called, block = found.depths[("10", pos)], found.depths[("10", pos - 1)]
    assert (called.depth, called.source, called.counts) == (90, "format_dp", {"T": 40})
    assert (block.depth, block.source) == (52, "gvcf")
    assert found.sites_total == 1
    assert found.inputs[0].dropped == {"outside the panel": 1}  # the block on chromosome 12
    assert found.inputs[0].records_used == 4  # the first block covers hotspots of other exons of NT5C2


def test_reference_records_give_depth_and_no_variant(tmp_path: Path, grch38: Genome, knowledge: Knowledge) -> None:
    line = record("chr10", HOTSPOT[1], ".", "C", ".", ".", "PASS", ".", "GT:DP", "0/0:480")
    found = one_record(line, tmp_path, grch38, knowledge)
    assert found.variants == ()
    assert found.depths[("10", HOTSPOT[1])].depth == 480
    assert found.inputs[0].records_used == 1


def test_records_split_by_allele_keep_the_reads_of_all(tmp_path: Path, grch38: Genome, knowledge: Knowledge) -> None:
    chrom, pos, _, _ = HOTSPOT
    lines = [
        record("chr10", pos, ".", "C", "T", ".", "PASS", ".", "GT:AD:DP", "0/1:60,30:100"),
        record("chr10", pos, ".", "C", "A", ".", "PASS", ".", "GT:AD:DP", "0/1:60,10:100"),
    ]
    for order in (lines, lines[::-1]):
        path = write_text(tmp_path / "d.vcf", vcf(grch38, order))
        found = read_small_variants(sample_of(path), grch38, knowledge)
        assert found.depths[(chrom, pos)].counts == {"A": 10, "T": 30}


# ---------------------------------------------------------------- which column


@pytest.mark.parametrize(
    ("names", "header", "facts", "wanted"),
    [
        (("A", "B"), [], {"tumor_name": "B"}, ("B", None)),
        (("A", "B"), [], {"tumor_name": "B", "normal_name": "A"}, ("B", "A")),
        (("A", "B"), ["##tumor_sample=B", "##normal_sample=A"], {}, ("B", "A")),
        (("A", "B"), ["##SAMPLE=<ID=TUMOR,SampleName=A>", "##SAMPLE=<ID=NORMAL,SampleName=B>"], {}, ("A", "B")),
        (("A", "B"), ['##GATKCommandLine=<ID=M2,CommandLine="Mutect2 -tumor B -normal A">'], {}, ("B", "A")),
        (("A", "B"), ['##GATKCommandLine=<ID=M2,CommandLine="--tumor-sample A">'], {}, ("A", None)),
        (("A", "B"), ['##DRAGENCommandLine=<ID=d,CommandLineOptions="--RGSM-tumor B --RGSM A">'], {}, ("B", "A")),
        (("A", "B"), ['##MuTect="x tumor_sample_name=A normal_sample_name=B"'], {}, ("A", "B")),
        (("A", "B"), ["##PEDIGREE=<Derived=B,Original=A>"], {}, ("B", "A")),
        (("NORMAL", "TUMOR"), [], {}, ("TUMOR", "NORMAL")),
        (("Primary", "control"), [], {}, ("Primary", "control")),
        (("NORMAL", "TUMOR"), [], {"tumor_name": "P1-D", "normal_name": "P1-G"}, ("TUMOR", "NORMAL")),
        (("P1_normal", "P1_tumor"), [], {}, ("P1_tumor", "P1_normal")),
        (("Tumour-7", "Germline-7"), [], {}, ("Tumour-7", "Germline-7")),
        (("P1_normal", "P1_tumor"), [], {"tumor_name": "P1_normal"}, ("P1_normal", None)),
        (("S1", "other"), [], {}, ("S1", None)),
        (("any",), [], {}, ("any", None)),
    ],
)
def test_the_column_of_the_leukaemia(
    names: tuple[str, ...],
    header: list[str],
    facts: dict[str, str],
    wanted: tuple[str, str | None],
    tmp_path: Path,
    grch38: Genome,
    knowledge: Knowledge,
) -> None:
    cells = ["0/1:60,40" if name == wanted[0] else "0/0:50,0" for name in names]
    line = record(*HOTSPOT[:2], ".", *HOTSPOT[2:], ".", "PASS", ".", "GT:AD", *cells)
    path = write_text(tmp_path / "c.vcf", vcf(grch38, [line], names, header))
    found = read_small_variants(sample_of(path, **facts), grch38, knowledge)
    assert (found.tumor_name, found.normal_name) == wanted
    assert found.variants[0].alt_reads == 40
    assert found.variants[0].normal_depth == (50 if wanted[1] else None)


@pytest.mark.parametrize(
    ("cells", "said"),
    [
        ([("0/0:100,0", "0/1:60,40")] * 2, True),  # somatic calls, all of them the normal's
        ([("0/1:60,40", "0/0:100,0")] * 2, False),
        (
            [("0/0:100,0", "0/1:60,40"), ("0/1:50,50", "0/1:55,45"), ("0/1:40,60", "0/1:51,49")],
            False,
        ),  # a lost germline allele
        ([("0/0:100,0", "0/1:99,1")], False),  # no more than error gives
    ],
)
@pytest.mark.parametrize("caller", ["Mutect2", "strelka", "VarDict_v1.8"])
def test_columns_that_are_the_wrong_way_round_are_said(
    caller: str, cells: list[tuple[str, str]], said: bool, tmp_path: Path, grch38: Genome, knowledge: Knowledge
) -> None:
    transcript = grch38.transcript("PTPN11")
    assert transcript is not None
    lines = [
        record("12", transcript.protein_to_genomic(70 + at)[0], ".", "N", "A", ".", "PASS", ".", "GT:AD", *pair)
        for at, pair in enumerate(cells)
    ]
    path = write_text(tmp_path / "x.vcf", vcf(grch38, lines, ("B", "A"), (f"##source={caller}",)))
    found = read_small_variants(sample_of(path, tumor_name="B", normal_name="A"), grch38, knowledge)
    assert any("wrong way round" in warning for warning in found.inputs[0].warnings) is said


def test_two_columns_that_nothing_tells_apart_are_refused(tmp_path: Path, grch38: Genome, knowledge: Knowledge) -> None:
    line = record(*HOTSPOT[:2], ".", *HOTSPOT[2:], ".", "PASS", ".", "GT:AD", "0/1:60,40", "0/1:50,40")
    path = write_text(tmp_path / "c.vcf", vcf(grch38, [line], ("A", "B")))
    with pytest.raises(InputError, match=r"which sample column is the leukaemia.*A, B.*tumor_name"):
        read_small_variants(sample_of(path), grch38, knowledge)


@pytest.mark.parametrize("names", [("A", "B"), ("A",)])
def test_a_name_of_the_sheet_that_the_file_lacks_is_refused(
    names: tuple[str, ...], tmp_path: Path, grch38: Genome, knowledge: Knowledge
) -> None:
    """Also where there is one column: it may be another patient's."""
    line = record(*HOTSPOT[:2], ".", *HOTSPOT[2:], ".", "PASS", ".", "GT:AD", *["0/1:60,40"] * len(names))
    path = write_text(tmp_path / "c.vcf", vcf(grch38, [line], names))
    with pytest.raises(InputError, match="tumor_name of the sample sheet is not a column of the file"):
        read_small_variants(sample_of(path, tumor_name="C"), grch38, knowledge)


def test_the_germline_file_is_read_by_its_own_column(tmp_path: Path, grch38: Genome, knowledge: Knowledge) -> None:
    line = record(*HOTSPOT[:2], ".", *HOTSPOT[2:], ".", "PASS", ".", "GT:AD", "0/1:60,40", "0/1:25,30")
    path = write_text(tmp_path / "g.vcf", vcf(grch38, [line], ("T", "N")))
    found = read_germline(path, sample_of(tumor_name="T", normal_name="N"), grch38, knowledge)
    assert (found.tumor_name, found.variants[0].alt_reads) == ("N", 30)
    assert found.inputs[0].kind == "germline_variants"
    with pytest.raises(InputError, match=r"which sample column is the normal"):
        read_germline(path, sample_of(), grch38, knowledge)
    single = write_text(tmp_path / "s.vcf", vcf(grch38, [line.rsplit("\t", 1)[0]], ("anything",)))
    assert len(read_germline(single, sample_of(normal_name="N"), grch38, knowledge).variants) == 1


# ---------------------------------------------------------------- files that cannot be used


def good(grch38: Genome) -> str:
    return vcf_text(MAKERS["mutect2"], [Call(*HOTSPOT), Call("12", 25245350, "C", "T")], grch38)


@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        (lambda text: "", "file is empty"),
        (lambda text: "a\tb\n1\t2\n", "line 1: is no VCF"),
        (lambda text: text.replace("#CHROM", "CHROM"), "line .*#CHROM is missing"),
        (lambda text: text[: text.index("#CHROM")], "#CHROM is missing"),
        (lambda text: text.replace("\tREF\tALT", "\tALT"), "missing a column.*'REF'|column 'REF'"),
        (lambda text: text[:-40], "line 32.*columns"),
        (lambda text: text.replace("chr12\t25245350", "chr12\tx25"), "line 32, column 'POS': not a position"),
        (lambda text: text.replace("25245350", "933275309"), "line 32.*beyond the end of its contig"),
        (lambda text: text.replace("N1\tT1", "T1\tT1"), "two sample columns have the same name"),
        (lambda text: text.replace("length=248956422", "length=249250621"), "GRCh37"),
        (lambda text: text.replace("\tFORMAT\t", "\tSAMPLE\t"), "ninth column"),
        (lambda text: text.replace("0/1:70,30:0.3000:104\n", "0/1:7:8:9:9:9:9\n", 1), "record is damaged"),
    ],
)
def test_a_file_that_cannot_be_used_is_refused_in_one_line(
    spoil: object, message: str, tmp_path: Path, grch38: Genome, knowledge: Knowledge
) -> None:
    path = tmp_path / "bad.vcf"
    path.write_text(spoil(good(grch38)))  # type: ignore[operator]
    with pytest.raises(InputError, match=message) as caught:
        read_small_variants(sample_of(path), grch38, knowledge)
    assert str(path) in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("ending", [".vcf.gz", ".gzip.vcf.gz", ".bcf"])
@pytest.mark.parametrize("cut", [0.5, 0.97])
def test_truncated_containers_are_refused(
    ending: str, cut: float, tmp_path: Path, grch38: Genome, knowledge: Knowledge
) -> None:
    path = write_calls("mutect2", tmp_path / f"x{ending}", background(grch38, 3000), grch38)
    data = path.read_bytes()
    path.write_bytes(data[: int(len(data) * cut)])
    with pytest.raises(InputError, match="truncated"):
        read_small_variants(sample_of(path), grch38, knowledge)


@pytest.mark.parametrize("magic", [b"PK\x03\x04", b"\xfd7zXZ\x00", b"BZh9", b"\xff\xfe#\x00", b"CRAM\x03"])
def test_other_containers_are_named(magic: bytes, tmp_path: Path, grch38: Genome, knowledge: Knowledge) -> None:
    path = tmp_path / "x.vcf.gz"
    path.write_bytes(magic + bytes(60))
    with pytest.raises(InputError, match="is no VCF: found "):
        read_small_variants(sample_of(path), grch38, knowledge)


def test_a_missing_file_is_said(tmp_path: Path, grch38: Genome, knowledge: Knowledge) -> None:
    with pytest.raises(InputError, match="cannot be read"):
        read_small_variants(sample_of(tmp_path / "none.vcf"), grch38, knowledge)


def test_a_file_without_records_is_read_and_said(tmp_path: Path, grch38: Genome, knowledge: Knowledge) -> None:
    path = write_calls("mutect2", tmp_path / "e.vcf.gz", [], grch38)
    found = read_small_variants(sample_of(path), grch38, knowledge)
    assert (found.variants, found.sites_total, found.inputs[0].records_read) == ((), 0, 0)
    assert any("no record" in text for text in found.inputs[0].warnings)


def test_a_missing_assembly_is_said(tmp_path: Path, grch38: Genome, knowledge: Knowledge) -> None:
    lines = [line for line in good(grch38).splitlines() if not line.startswith("##contig")]
    path = write_text(tmp_path / "n.vcf", "\n".join(lines) + "\n")
    warnings = read_small_variants(sample_of(path), grch38, knowledge).inputs[0].warnings
    assert any("assembly could not be checked" in text for text in warnings)
    named = write_text(tmp_path / "m.vcf", "\n".join(["##reference=file:///ref/hg19.fa", *lines]) + "\n")
    with pytest.raises(InputError, match="names another assembly"):
        read_small_variants(sample_of(named), grch38, knowledge)


def test_windows_line_ends_blank_lines_and_a_missing_last_newline(
    tmp_path: Path, grch38: Genome, knowledge: Knowledge
) -> None:
    text = good(grch38)
    wanted = read_small_variants(sample_of(write_text(tmp_path / "a.vcf", text)), grch38, knowledge)
    lines = text.splitlines()
    for number, variant in enumerate(
        (text.replace("\n", "\r\n"), text[:-1], "\n".join([*lines[:-1], "", lines[-1], "", ""]), "\ufeff" + text)
    ):
        path = tmp_path / f"v{number}.vcf"
        path.write_bytes(variant.encode())
        found = read_small_variants(sample_of(path), grch38, knowledge)
        assert without_place(found) == without_place(wanted)


def test_a_last_line_without_end_is_said(tmp_path: Path, grch38: Genome, knowledge: Knowledge) -> None:
    """A plain file that was cut off inside its last cell looks whole but for the missing line end."""
    path = write_text(tmp_path / "cut.vcf", good(grch38)[:-3])
    warnings = read_small_variants(sample_of(path), grch38, knowledge).inputs[0].warnings
    assert any("no line end" in text for text in warnings)


def test_the_line_of_a_record_is_the_line_of_the_file(tmp_path: Path, grch38: Genome, knowledge: Knowledge) -> None:
    lines = good(grch38).splitlines()
    path = write_text(tmp_path / "b.vcf", "\n".join([*lines[:-1], "", lines[-1]]) + "\n")
    last = read_small_variants(sample_of(path), grch38, knowledge).variants[-1]
    assert last.record == f"line {len(lines) + 1}"


def test_wrong_and_missing_declarations_do_no_harm(tmp_path: Path, grch38: Genome, knowledge: Knowledge) -> None:
    """Old tools declare AD as one String, DP as Float, or nothing at all."""
    header = [
        '##FORMAT=<ID=AD,Number=1,Type=String,Description="x">',
        '##FORMAT=<ID=DP,Number=R,Type=Float,Description="x">',
        '##INFO=<ID=DP,Number=0,Type=Flag,Description="x">',
    ]
    path = write_calls("mutect2", tmp_path / "w.vcf", [Call(*HOTSPOT)], grch38, header=header)
    assert read_small_variants(sample_of(path), grch38, knowledge).variants[0].alt_reads == 30


def test_icgc_files_are_repaired_and_said(tmp_path: Path, grch37: Genome, knowledge: Knowledge) -> None:
    """#CHROM split by spaces, one line a transcript, `-` for a missing allele."""
    text = "\n".join(
        [
            "##fileformat=VCFv4.1",
            "##reference=GRCh37",
            "##source=ICGC20",
            "#CHROM  POS     ID      REF     ALT     QUAL    FILTER  INFO",
            *["17\t7577538\tMU1\tC\tT\t.\t.\tGA=ENSG00000141510;TC=100;MC=40"] * 3,
            "17\t7577539\tMU2\tG\t-\t.\t.\tGA=ENSG00000141510",
            "17\t7577540\tMU3\t-\tAC\t.\t.\tGA=ENSG00000141510",
        ]
    )
    path = write_text(tmp_path / "i.vcf", text + "\n")
    found = read_small_variants(replace(sample_of(path), assembly="GRCh37"), grch37, knowledge)
    assert keys(found) == [("17", 7577538, "C", "T"), ("17", 7577538, "CG", "C"), ("17", 7577539, "G", "GAC")]
    assert (found.variants[0].alt_reads, found.variants[0].depth) == (40, 100)
    file = found.inputs[0]
    assert (file.records_read, file.records_used, dict(file.dropped)) == (5, 3, {"the same allele again": 2})
    assert found.sites_total == 3
    assert any("#CHROM are separated by spaces" in text for text in file.warnings)
    assert any("- as REF or ALT" in text for text in file.warnings)


def test_other_contigs_and_odd_bases(tmp_path: Path, grch38: Genome, knowledge: Knowledge) -> None:
    lines = [
        record("chrUn_KI270742v1", 100, ".", "C", "T", ".", "PASS", ".", "GT", "0/1"),
        record("chr10", HOTSPOT[1], ".", "C", "R", ".", "PASS", ".", "GT", "0/1"),
        record("chrM", 100, ".", "C", "T", ".", "PASS", ".", "GT", "0/1"),
        record("chr10", HOTSPOT[1], ".", "c", "t", ".", "PASS", ".", "GT:AD", "0/1:3,4"),
    ]
    path = write_text(tmp_path / "o.vcf", vcf(grch38, lines))
    found = read_small_variants(sample_of(path), grch38, knowledge)
    assert keys(found) == [HOTSPOT]
    assert found.inputs[0].dropped == {
        "allele is no sequence of bases": 1,
        "other contig": 1,
        "outside the panel": 1,
    }


def test_pseudoautosomal_genes_on_y_are_read_at_their_place_on_x(
    tmp_path: Path, genome: Genome, knowledge: Knowledge
) -> None:
    """CRLF2 lies in PAR1; a genome whose Y is not masked may have its calls there. Y is 50 kb off in GRCh37."""
    transcript = genome.transcript("CRLF2")
    assert transcript is not None
    pos = transcript.exons[1].start + 5
    shift = 0 if genome.assembly == "GRCh38" else 50_000
    calls = [Call("Y", pos - shift, "A", "C"), Call("Y", 20_000_000, "A", "C")]
    path = write_calls("mutect2", tmp_path / "y.vcf", calls, genome)
    found = read_small_variants(replace(sample_of(path), assembly=genome.assembly), genome, knowledge)
    assert keys(found) == [("X", pos, "A", "C")]
    assert any("pseudoautosomal" in text for text in found.inputs[0].warnings)


def test_the_longer_mitochondrial_sequence_is_no_error(tmp_path: Path, grch37: Genome, knowledge: Knowledge) -> None:
    text = vcf_text(MAKERS["mutect2"], [Call("MT", 16_571, "A", "C")], grch37).replace("chrMT", "chrM")
    path = write_text(tmp_path / "m.vcf", text.replace("length=16569", "length=16571"))
    found = read_small_variants(replace(sample_of(path), assembly="GRCh37"), grch37, knowledge)
    assert found.inputs[0].dropped == {"outside the panel": 1}


def test_formats_are_registered_once_each() -> None:
    own = formats("small_variants")
    assert len(own) > 30
    assert len({fmt.name for fmt in own}) == len(own)


# ---------------------------------------------------------------- real files


def test_real_files_are_read_or_refused_in_one_line(shared_data: Path, knowledge: Knowledge) -> None:
    paths = sorted((shared_data / "small_variants").iterdir())
    paths += sorted((shared_data / "all_patients" / "icgc_target").glob("*.vcf"))
    outcome: dict[str, str] = {}
    messages: list[str] = []
    for path in paths:
        for assembly in ("GRCh38", "GRCh37"):
            sample = replace(sample_of(path), assembly=assembly)
            try:
                found = read_small_variants(sample, Genome.load(assembly), knowledge)
            except InputError as error:
                messages.append(str(error))
                continue
            file = found.inputs[0]
            assert file.records_read == file.records_used + sum(file.dropped.values()) > 0
            outcome[path.name] = assembly
    assert not any("\n" in message for message in messages)
    refused = {path.name for path in paths} - set(outcome)
    assert refused == {"snpeff_cancer.ann.vcf"}  # begins with a line of a log
    assert all(outcome[path.name] == "GRCh37" for path in paths if path.name.startswith("SSM-"))
    assert outcome["T001-COAD.grch38.vcf.gz"] == "GRCh38"


def test_real_files_say_what_is_known_of_them(shared_data: Path, knowledge: Knowledge) -> None:
    folder = shared_data / "small_variants"
    cell_line = read_small_variants(
        sample_of(folder / "pvacseq_HCC1395_annotated.expression.vcf.gz"), Genome.load("GRCh38"), knowledge
    )
    tp53 = next(v for v in cell_line.variants if v.gene == "TP53")
    assert (tp53.hgvsp, tp53.source, tp53.alt_reads, tp53.depth) == ("p.Arg175His", "file", 87, 88)
    assert (cell_line.tumor_name, cell_line.normal_name) == ("HCC1395_TUMOR_DNA", "HCC1395_NORMAL_DNA")
    icgc = shared_data / "all_patients" / "icgc_target" / "SSM-PASFXA-03A-01D.vcf"
    found = read_small_variants(replace(sample_of(icgc), assembly="GRCh37"), Genome.load("GRCh37"), knowledge)
    assert keys(found) == [("17", 7577538, "C", "T")]
    assert found.inputs[0].warnings


def test_text_in_an_old_encoding_does_no_harm(tmp_path: Path, grch38: Genome, knowledge: Knowledge) -> None:
    line = record(*HOTSPOT[:2], ".", *HOTSPOT[2:], ".", "PASS", "NOTE=Müller;DP=3", "GT:AD", "0/1:60,40")
    path = tmp_path / "latin.vcf"
    path.write_bytes(vcf(grch38, [line]).encode("latin-1"))
    assert read_small_variants(sample_of(path), grch38, knowledge).variants[0].alt_reads == 40


def test_importing_the_readers_is_light() -> None:
    """numpy, pandas, pysam and cyvcf2 take longer to import than a small file to read."""
    code = (
        "import sys, annotate.read.small_variants as s; "
        "print(*sorted({'numpy', 'pandas', 'pysam', 'cyvcf2'} & set(sys.modules)))"
    )
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    assert out.stdout.strip() == ""
