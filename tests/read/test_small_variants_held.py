"""Records that are no plain calls: reads that contradict a genotype, a filter, a fraction, or are none."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from annotate.base.errors import InputError
from annotate.base.settings import Settings
from annotate.knowledge.tables import Knowledge
from annotate.model.lesion import LesionCall
from annotate.model.remark import RemarkCode
from annotate.model.sample import Sample
from annotate.model.small_variants import SmallVariants
from annotate.name.small_variants.hgvs_coding import Coding
from annotate.name.small_variants.models import coding
from annotate.read.small_variants.count_forms import Allele
from annotate.read.small_variants.counts import sample_counts
from annotate.reference.genome import Genome
from annotate.reference.hotspots import hotspot_codons
from annotate.run.sample import analyse
from tests.makers.small_variants import contig_lines

SETTINGS = Settings()


def model(genome: Genome, gene: str) -> Coding:
    found = coding(genome, gene)
    assert found is not None
    return found


@dataclass(frozen=True, slots=True)
class Change:
    """A base change of a gene that counts for a lesion."""

    lesion: str
    gene: str
    codon: int
    place: int  # in the codon, from 0
    alt: str  # in the order of translation

    def on(self, genome: Genome) -> tuple[str, int, str, str]:
        transcript = genome.transcript(self.gene)
        assert transcript is not None
        pos = transcript.protein_to_genomic(self.codon)[self.place]
        alt = self.alt if transcript.strand == "+" else self.alt.translate(str.maketrans("ACGT", "TGCA"))
        return transcript.chrom, pos, model(genome, self.gene).base(pos), alt


HOTSPOTS = (
    Change("nt5c2", "NT5C2", 367, 1, "A"),  # R367Q
    Change("ras_pathway", "KRAS", 12, 1, "A"),  # G12D
    Change("ras_pathway", "NRAS", 61, 0, "A"),  # Q61K
    Change("ras_pathway", "PTPN11", 76, 0, "A"),  # E76K
    Change("notch1_fbxw7", "FBXW7", 465, 0, "T"),  # R465C
)
TRUNCATIONS = (  # of a codon CAG, CAA or CGA away from every place that a rule names
    Change("tp53_alteration", "TP53", 16, 0, "T"),
    Change("pten", "PTEN", 214, 0, "T"),
    Change("relapse_genes", "CREBBP", 301, 0, "T"),
    Change("relapse_genes", "NR3C1", 106, 0, "T"),
    Change("ras_pathway", "NF1", 304, 0, "T"),
)


def text(genome: Genome, lines: list[str], header: tuple[str, ...] = (), samples: str = "T") -> str:
    columns = f"#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\tFORMAT\t{samples}"
    return "\n".join(["##fileformat=VCFv4.2", *header, *contig_lines(genome), columns, *lines]) + "\n"


def line(place: tuple[str, int, str, str], filter: str, form: str, cells: str, info: str = ".") -> str:
    chrom, pos, ref, alt = place
    return f"{chrom}\t{pos}\t.\t{ref}\t{alt}\t.\t{filter}\t{info}\t{form}\t{cells}"


def call(path: Path, genome: Genome, content: str, lesion: str, **facts: object) -> tuple[LesionCall, SmallVariants]:
    """The lesion of a whole genome with this VCF."""
    path = path / "a.vcf"
    path.write_text(content)
    sample = Sample("S", "P", "diagnosis", genome.assembly, small_variants=(path,), assay="wgs", purity=0.9, **facts)  # type: ignore[arg-type]
    analysis = analyse(sample, None, SETTINGS)
    assert analysis.case.small is not None
    return analysis.calls[lesion], analysis.case.small


def plain(genome: Genome) -> str:
    """A passing call elsewhere, so that the file says something: ATM has no lesion of its own here."""
    transcript = genome.transcript("KMT2D")
    assert transcript is not None
    pos = transcript.protein_to_genomic(1000)[2]
    ref = model(genome, "KMT2D").base(pos)
    return line((transcript.chrom, pos, ref, "CTAG"["TCGA".index(ref)]), "PASS", "GT:AD:DP", "0/1:60,40:100")


# ---------------------------------------------------------------- reads against a negative


DOUBTS = {
    "filtered": ("clustered_events", "GT:AD:DP", "0/1:60,40:100"),
    "filtered as germline": ("germline", "GT:AD:DP", "0/1:60,40:100"),
    "an unknown word": ("MyLabFlag7", "GT:AD:DP", "0/1:60,40:100"),
    "several words": ("PASS;base_qual", "GT:AD:DP", "0/1:60,40:100"),
    "genotype of the reference": ("PASS", "GT:AD:DP", "0/0:880,120:1000"),
    "not called": ("RefCall", "GT:DP:VD", "0/0:1000:120"),
}


@pytest.mark.parametrize("doubt", DOUBTS)
@pytest.mark.parametrize("change", [*HOTSPOTS, *TRUNCATIONS], ids=lambda change: f"{change.gene}{change.codon}")
def test_reads_for_a_lesion_leave_no_negative(change: Change, doubt: str, genome: Genome, tmp_path: Path) -> None:
    cells = DOUBTS[doubt]
    content = text(genome, [line(change.on(genome), *cells), plain(genome)])
    found, small = call(tmp_path, genome, content, change.lesion)
    if change in HOTSPOTS:
        assert found.state == "equivocal"
    else:
        assert found.state in ("equivocal", "not_assessable")
        assert [remark.lesions for remark in small.remarks] == [(change.lesion,)]


@pytest.mark.parametrize("cells", [("PASS", "GT:AD:DP", "0/0:998,2:1000"), ("weak", "GT:AD:DP", "0/1:999,1:1000")])
@pytest.mark.parametrize("change", [*HOTSPOTS, *TRUNCATIONS], ids=lambda change: f"{change.gene}{change.codon}")
def test_reads_that_error_gives_are_no_doubt(
    change: Change, cells: tuple[str, str, str], genome: Genome, tmp_path: Path
) -> None:
    found, small = call(tmp_path, genome, text(genome, [line(change.on(genome), *cells), plain(genome)]), change.lesion)
    assert found.state in ("not_detected", "not_assessable")
    assert not small.remarks


def blocks(genome: Genome, gene: str, reads: Mapping[int, str]) -> Iterator[str]:
    """Reference blocks of one base at every hotspot base of a gene. `reads`: FORMAT cells of some places."""
    for spot in hotspot_codons(genome, Knowledge.load()):
        for pos in sorted(spot.positions) if spot.gene == gene else ():
            cells = reads.get(pos, "0/0:800,0:800")
            yield line((spot.chrom, pos, "A", "<NON_REF>"), ".", "GT:AD:DP", cells)


@pytest.mark.parametrize(("other", "state"), [(0, "not_detected"), (2, "not_detected"), (80, "equivocal")])
def test_reads_of_a_block_that_are_not_the_references(other: int, state: str, genome: Genome, tmp_path: Path) -> None:
    _, pos, _, _ = HOTSPOTS[0].on(genome)
    header = ('##ALT=<ID=NON_REF,Description="x">', '##FORMAT=<ID=MIN_DP,Number=1,Type=Integer,Description="x">')
    content = text(genome, list(blocks(genome, "NT5C2", {pos: f"0/0:{800 - other},{other}:800"})), header)
    found, small = call(tmp_path, genome, content, "nt5c2")
    assert found.state == state
    assert [remark.code for remark in small.remarks] == [RemarkCode.READS_NOT_CALLED] * (state == "equivocal")


# A reference record as callers write it: ALT, FORMAT, the cell without and with reads of another allele.
ALL_SITES = {
    "Mutect2, reads of the rest beside an ALT": ("{alt},<NON_REF>", "GT:AD:DP", "0/0:800,0,0:800", "0/0:720,0,80:800"),
    "no ALT, two counts": (".", "GT:AD:DP", "0/0:800,0:800", "0/0:720,80:800"),
    "no ALT, reads of the reference": (".", "GT:AD:DP", "0/0:788:800", "0/0:690:800"),
    "bcftools": ("<*>", "GT:DP:AD", "0/0:800:799,1", "0/0:800:720,80"),
    "FreeBayes": ("<*>", "GT:DP:RO:AO", "0/0:800:800:0", "0/0:800:720:80"),
    "FreeBayes, no ALT": (".", "GT:DP:RO", "0/0:800:798", "0/0:800:700"),
    "DeepVariant": ("<*>", "GT:GQ:DP:VAF", "0/0:50:800:0", "0/0:9:800:0.1"),
    "Pisces": (".", "GT:AD:DP:VF", "0/0:800:800:0.001", "0/0:720:800:0.1"),
    "SAMtools, by strand": ("<*>", "GT:DP:DP4", "0/0:800:400,399,1,0", "0/0:800:360,360,40,40"),
    "SAMtools, by strand, no ALT": (".", "GT:DP:DP4", "0/0:800:400,399,1,0", "0/0:800:360,360,40,40"),
    "VarScan": (".", "GT:DP:RD:AD:FREQ", "0/0:800:799:1:0.13%", "0/0:800:720:80:10%"),
    "CLC": (".", "GT:DP:CLCAD2", "0/0:800:800,0", "0/0:800:720,80"),
    "a deletion that begins before": ("*", "GT:AD:DP", "0/0:800,0:800", "0/1:720,80:800"),
    "HaplotypeCaller, depth alone": ("<NON_REF>", "GT:DP:GQ:MIN_DP", "0/0:800:99:790", ""),
}


@pytest.mark.parametrize("carried", [False, True])
@pytest.mark.parametrize("caller", ALL_SITES)
@pytest.mark.parametrize("change", HOTSPOTS[:1], ids=lambda change: change.gene)
def test_reads_of_a_reference_record_by_caller(
    change: Change, caller: str, carried: bool, genome: Genome, tmp_path: Path
) -> None:
    alt, form, *cells = ALL_SITES[caller]
    chrom, pos, ref, base = change.on(genome)
    others = [row for row in blocks(genome, change.gene, {}) if row.split("\t")[1] != str(pos)]
    own = line((chrom, pos, ref, alt.format(alt=base)), ".", form, cells[carried] or cells[0])
    found, _ = call(tmp_path, genome, text(genome, [*others, own]), change.lesion)
    assert found.state == ("equivocal" if carried and cells[carried] else "not_detected")


@pytest.mark.parametrize(("strands", "state"), [("400,399,1,0", "not_detected"), ("360,360,40,40", "equivocal")])
@pytest.mark.parametrize("alt", [".", "<*>"])
def test_strands_of_info_are_those_of_the_only_sample(
    alt: str, strands: str, state: str, genome: Genome, tmp_path: Path
) -> None:
    """`bcftools call` writes DP4 into INFO, where it is the sum over all samples of a file."""
    chrom, pos, ref, _ = HOTSPOTS[0].on(genome)
    others = [row for row in blocks(genome, "NT5C2", {}) if row.split("\t")[1] != str(pos)]
    own = line((chrom, pos, ref, alt), ".", "GT:DP", "0/0:800", f"DP=800;DP4={strands}")
    assert call(tmp_path, genome, text(genome, [*others, own]), "nt5c2")[0].state == state
    two = text(genome, [row + "\t0/0:800,0:800" for row in others] + [own + "\t0/0:800"], samples="TUMOR\tNORMAL")
    assert call(tmp_path, genome, two, "nt5c2")[0].state == "not_detected"


@pytest.mark.parametrize(
    ("form", "cells"),
    [
        ("GT:DP:AF", "0/1:1000:12.31"),  # per cent without its sign
        ("GT:FREQ", "0/1:12.31"),
        ("GT:AD:DP", "0/1:60:100"),  # of which allele?
        ("GT:DP:RO:AO", "0/1:100:50:20,30"),  # of two alleles, split without its counts
    ],
)
@pytest.mark.parametrize("change", HOTSPOTS[1:3], ids=lambda change: change.gene)
def test_reads_that_cannot_be_made_out_are_said(
    change: Change, form: str, cells: str, genome: Genome, tmp_path: Path
) -> None:
    _, small = call(tmp_path, genome, text(genome, [line(change.on(genome), "PASS", form, cells)]), change.lesion)
    assert [variant.vaf for variant in small.variants] == [None]
    assert any("cannot be made out" in text for file in small.inputs for text in file.warnings)


@pytest.mark.parametrize("cells", ["0/1:.", "0/1:60,40"])
def test_reads_that_are_not_stated_or_plain_give_no_warning(cells: str, grch38: Genome, tmp_path: Path) -> None:
    change = HOTSPOTS[1]
    _, small = call(tmp_path, grch38, text(grch38, [line(change.on(grch38), "PASS", "GT:AD", cells)]), change.lesion)
    assert not any(file.warnings for file in small.inputs)


@pytest.mark.parametrize("word", ["pass", "Pass", "PASS;AllPASS;HighConf", "Tier1", "Tier4", "."])
@pytest.mark.parametrize("change", TRUNCATIONS[:2], ids=lambda change: change.gene)
def test_words_that_let_a_record_pass(change: Change, word: str, genome: Genome, tmp_path: Path) -> None:
    content = text(genome, [line(change.on(genome), word, "GT:AD:DP", "0/1:60,40:100")])
    found, small = call(tmp_path, genome, content, change.lesion)
    assert found.state in ("detected", "detected_subclonal")
    assert small.variants[0].passes


def test_a_lab_adds_words_of_its_own(grch38: Genome, tmp_path: Path) -> None:
    own = tmp_path / "own"
    own.mkdir()
    (own / "small_variant_filters.tsv").write_text(
        "id\tcaller\tword\tclass\tnote\tsource\tmark\tdate\treviewer\n"
        "ours\t\tLabOK\tusable\tour pipeline\tSOP 12\tE\t2026-11-26\tX\n"
    )
    path = tmp_path / "a.vcf"
    change = TRUNCATIONS[0]
    path.write_text(text(grch38, [line(change.on(grch38), "LabOK", "GT:AD:DP", "0/1:60,40:100")]))
    sample = Sample("S", "P", "diagnosis", "GRCh38", small_variants=(path,), assay="wgs", purity=0.9)
    analysis = analyse(sample, None, SETTINGS, knowledge=Knowledge.load(own))
    assert analysis.calls[change.lesion].state in ("detected", "detected_subclonal")


# ---------------------------------------------------------------- no positive without support


@pytest.mark.parametrize("cells", ["0/1:156,0:156", "1/1:156,0:156", "0|1:156,0:156"])
@pytest.mark.parametrize("filter", ["PASS", "weak_evidence", "."])
@pytest.mark.parametrize("change", [*HOTSPOTS, *TRUNCATIONS], ids=lambda change: f"{change.gene}{change.codon}")
def test_an_allele_without_a_read_is_no_call(
    change: Change, filter: str, cells: str, genome: Genome, tmp_path: Path
) -> None:
    content = text(genome, [line(change.on(genome), filter, "GT:AD:DP", cells), plain(genome)])
    found, small = call(tmp_path, genome, content, change.lesion)
    assert found.state in ("not_detected", "not_assessable")
    assert change.gene not in {variant.gene for variant in small.variants}


@pytest.mark.parametrize("cells", ["0/1:900,1:901", "0/1:78,2:80"])
@pytest.mark.parametrize("change", [*HOTSPOTS, *TRUNCATIONS], ids=lambda change: f"{change.gene}{change.codon}")
def test_a_call_of_so_few_reads_is_equivocal(change: Change, cells: str, genome: Genome, tmp_path: Path) -> None:
    found, _ = call(tmp_path, genome, text(genome, [line(change.on(genome), "PASS", "GT:AD:DP", cells)]), change.lesion)
    assert found.state == "equivocal"


# ---------------------------------------------------------------- unreadable alleles


@pytest.mark.parametrize("change", HOTSPOTS[:4], ids=lambda change: f"{change.gene}{change.codon}")
def test_an_unknown_base_at_a_hotspot_leaves_no_negative(change: Change, genome: Genome, tmp_path: Path) -> None:
    chrom, pos, ref, _ = change.on(genome)
    content = text(genome, [line((chrom, pos, ref, "N"), "PASS", "GT:AD:DP", "0/1:60,40:100"), plain(genome)])
    found, _ = call(tmp_path, genome, content, change.lesion)
    assert found.state in ("not_assessable", "equivocal")


UNKNOWN = (("pax5_p80r", "PAX5", 80, "GG", "CA"),)  # c.239_240delinsGT, whose codon no pack has


@pytest.mark.parametrize(("lesion", "gene", "codon", "ref", "alt"), UNKNOWN)
@pytest.mark.parametrize("written", ["one record", "with the base before", "phased", "filtered"])
def test_a_change_of_bases_that_the_pack_does_not_have_leaves_no_negative(
    written: str, lesion: str, gene: str, codon: int, ref: str, alt: str, genome: Genome, tmp_path: Path
) -> None:
    (spot,) = [s for s in hotspot_codons(genome, Knowledge.load()) if (s.gene, s.codon) == (gene, codon)]
    low, second = sorted(spot.positions)[:2]
    cells = ("GT:AD:DP", "0/1:60,40:100")
    lines = {
        "one record": [line((spot.chrom, low, ref, alt[::-1]), "PASS", *cells)],
        "with the base before": [line((spot.chrom, low - 1, "T" + ref, "T" + alt[::-1]), "PASS", *cells)],
        "phased": [
            line((spot.chrom, pos, one, two), "PASS", "GT:AD:DP:PS", "0|1:60,40:100:7")
            for pos, one, two in ((low, ref[0], alt[1]), (second, ref[1], alt[0]))
        ],
        "filtered": [line((spot.chrom, low, ref, alt[::-1]), "strand_bias", *cells)],
    }
    others = [line((spot.chrom, pos, "A", "."), ".", "GT:DP", "0/0:800") for pos in sorted(spot.positions)[2:]]
    found, _ = call(tmp_path, genome, text(genome, [*lines[written], *others]), lesion)
    assert found.state in ("not_assessable", "equivocal", "detected")
    assert any(lesion in remark.lesions for remark in found.remarks) or found.state == "detected"


def test_a_silent_base_beside_a_named_change_is_no_doubt(genome: Genome, tmp_path: Path) -> None:
    """The third base of PAX5 codon 80: whatever it becomes, proline stays, and no named change is made there."""
    (spot,) = [s for s in hotspot_codons(genome, Knowledge.load()) if (s.gene, s.codon) == ("PAX5", 80)]
    third, *rest = sorted(spot.positions)
    lines = [line((spot.chrom, third, "G", "A"), "PASS", "GT:AD:DP", "0/1:60,40:100")]
    lines += [line((spot.chrom, pos, "G", "."), ".", "GT:DP", "0/0:800") for pos in rest]
    assert call(tmp_path, genome, text(genome, lines), "pax5_p80r")[0].state == "not_detected"


def flt3_exon_14(genome: Genome) -> tuple[str, int]:
    transcript = genome.transcript("FLT3")
    assert transcript is not None
    return transcript.chrom, transcript.protein_to_genomic(600)[2]


SPANS = ("END={end};SVLEN={length}", "END={end}", "SVLEN={length}")  # VCF 4.4 does without END


@pytest.mark.parametrize("alt", ["<DUP>", "<DUP:TANDEM>"])
@pytest.mark.parametrize("size", [21, 60])
@pytest.mark.parametrize("span", SPANS)
def test_a_tandem_duplication_whose_bases_are_known_is_read(
    span: str, alt: str, size: int, genome: Genome, tmp_path: Path
) -> None:
    chrom, pos = flt3_exon_14(genome)
    ref = model(genome, "FLT3").base(pos)
    info = "SVTYPE=DUP;" + span.format(end=pos + size, length=size)
    content = text(genome, [line((chrom, pos, ref, alt), "PASS", "GT:AD:DP", "0/1:700,150:850", info)])
    found, small = call(tmp_path, genome, content, "ras_pathway")
    assert found.state == "detected"
    (variant,) = small.variants
    assert variant.consequence == "inframe_insertion"
    assert (variant.hgvsp or "").endswith("dup") or "ins" in (variant.hgvsp or "")


@pytest.mark.parametrize(("gene", "lesion"), [("PTEN", "pten"), ("TP53", "tp53_alteration"), ("NF1", "ras_pathway")])
@pytest.mark.parametrize("span", SPANS)
@pytest.mark.parametrize("sign", ["-", ""])
def test_a_symbolic_deletion_of_exons_leaves_no_negative(
    span: str, sign: str, gene: str, lesion: str, genome: Genome, tmp_path: Path
) -> None:
    transcript = genome.transcript(gene)
    assert transcript is not None
    exons = sorted((exon.start, exon.end) for exon in transcript.exons if exon.cds_start)
    start, end = exons[1][0] - 300, exons[2][1] + 300
    info = "SVTYPE=DEL;" + span.format(end=end, length=f"{sign}{end - start}")
    content = text(genome, [line((transcript.chrom, start, "A", "<DEL>"), "PASS", "GT:AD:DP", "0/1:60,40:100", info)])
    found, small = call(tmp_path, genome, content + plain(genome) + "\n", lesion)
    assert found.state in ("equivocal", "not_assessable", "detected")
    assert any(gene in remark.genes for remark in small.remarks)


@pytest.mark.parametrize(("own", "other"), [("GRCh38", "NC_000012.11"), ("GRCh37", "NC_000012.12")])
def test_accessions_of_another_assembly_are_refused(own: str, other: str, tmp_path: Path) -> None:
    content = (
        f"##fileformat=VCFv4.2\n#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\n{other}\t25398284\t.\tC\tT\t.\t.\t.\n"
    )
    with pytest.raises(InputError, match=f"{other}, chromosome 12 of GRCh3"):
        call(tmp_path, Genome.load(own), content, "ras_pathway")


# ---------------------------------------------------------------- counts


ONE, SECOND = Allele(1, 1, "C", "T"), Allele(2, 2, "C", "A")


@pytest.mark.parametrize(
    ("cells", "allele", "vaf"),
    [
        ({"AD": "0,17", "DP": "136", "AF": "0.125"}, ONE, 0.125),  # the reads of the reference are missing
        ({"AD": "0,17", "DP": "136"}, ONE, None),
        ({"AD": "0,104"}, ONE, 1.0),
        ({"AD": "82", "DP": "100", "VAF": "0.18"}, ONE, 0.18),  # one value: the reference's
        ({"AD": "82", "DP": "100"}, ONE, None),
        ({"AD": "35", "DP": "100", "AF": "0.35"}, ONE, 0.35),  # one value: the allele's
        ({"AD": "97,3", "DP": "100", "AF": "0.02,0.03"}, SECOND, 0.03),  # two values for two alleles
        ({"AD": "97,3", "DP": "100"}, SECOND, None),
        ({"AD": "35,65", "DP": "100", "AF": "0.35"}, ONE, None),  # turned round
        ({"AD": "65,35", "DP": "100", "AF": "0"}, ONE, 0.35),  # a fraction of zero beside reads is a filler
        ({"AD": "2,3", "AF": "0.57"}, ONE, 0.6),  # GATK's estimate
        ({"RO": "1190", "AO": "0", "FRO": "960", "FAO": "240", "AF": "0.2"}, ONE, 0.2),
        ({"FREQ": "12,31%", "DP": "130"}, ONE, 0.1231),
        ({"FREQ": "12,31%,3,5%", "DP": "130"}, SECOND, 0.035),
        ({"VF": "0.35", "DP": "100"}, ONE, 0.35),
        ({"CLCAD2": "176,24", "DP": "200"}, ONE, 0.12),
        ({"LAA": "2", "LAD": "90,10", "DP": "100"}, SECOND, 0.1),
        ({"LAA": "1", "LAD": "90,10", "DP": "100"}, SECOND, 0.0),
        ({"BCOUNT": "0,60,0,40"}, ONE, 0.4),
    ],
)
def test_what_is_said_twice_must_agree(cells: Mapping[str, str], allele: Allele, vaf: float | None) -> None:
    found = sample_counts(cells, allele)
    assert found.vaf == (None if vaf is None else pytest.approx(vaf))
    if vaf is None and "AF" in cells:
        assert found.conflict


def test_contradicting_counts_are_said(grch38: Genome, tmp_path: Path) -> None:
    content = text(grch38, [line(HOTSPOTS[0].on(grch38), "PASS", "GT:AD:DP:AF", "0/1:35,65:100:0.35")])
    found, small = call(tmp_path, grch38, content, "nt5c2")
    assert found.state in ("detected", "equivocal")
    assert small.variants[0].vaf is None
    assert any("35,65 against a fraction of 0.35" in warning for warning in small.inputs[0].warnings)


# ---------------------------------------------------------------- reads that no allele explains


@pytest.mark.parametrize("alt", ["<NON_REF>", "<*>", "*", "."])
@pytest.mark.parametrize("change", TRUNCATIONS, ids=lambda change: f"{change.gene}{change.codon}")
def test_many_reads_without_an_allele_leave_no_negative_of_a_loss(
    change: Change, alt: str, genome: Genome, tmp_path: Path
) -> None:
    chrom, pos, ref, _ = change.on(genome)
    for reads, is_open in ((45, True), (1, False)):
        record = line((chrom, pos, ref, alt), "PASS", "GT:AD:DP", f"0/0:{100 - reads},{reads}:100")
        found, small = call(tmp_path, genome, text(genome, [record, plain(genome)]), change.lesion)
        assert [remark.lesions for remark in small.remarks] == [(change.lesion,)] * is_open
        assert (found.state in ("equivocal", "not_assessable")) or not is_open


def test_reads_that_another_record_deletes_are_explained(genome: Genome, tmp_path: Path) -> None:
    change = TRUNCATIONS[0]
    chrom, pos, ref, _ = change.on(genome)
    bases = "".join(model(genome, change.gene).base(pos + n) for n in range(-4, 3))
    deletion = line((chrom, pos - 4, bases, bases[0]), "PASS", "GT:AD:DP", "0/1:55,45:100")
    star = line((chrom, pos, ref, "*"), "PASS", "GT:AD:DP", "0/1:55,45:100")
    _, small = call(tmp_path, genome, text(genome, [deletion, star]), change.lesion)
    assert not small.remarks


@pytest.mark.parametrize("change", TRUNCATIONS, ids=lambda change: f"{change.gene}{change.codon}")
def test_a_call_whose_ref_is_another_base_leaves_no_negative_of_a_loss(
    change: Change, genome: Genome, tmp_path: Path
) -> None:
    chrom, pos, ref, alt = change.on(genome)
    other = next(base for base in "ACGT" if base not in (ref, alt))
    record = line((chrom, pos, other, alt), "PASS", "GT:AD:DP", "0/1:60,40:100")
    found, _ = call(tmp_path, genome, text(genome, [record, plain(genome)]), change.lesion)
    assert found.state in ("equivocal", "not_assessable")


@pytest.mark.parametrize(
    ("keys", "cells"),
    [
        ("GT:DP:FRO:FAO:RO:AO:AF", "0/1:200:200:0:180:20:0"),
        ("GT:DP:FRO:FAO:RO:AO:AF", "0/0:200:200:0:180:20:0"),
        ("GT:DP:AD:RO:AO", "0/1:200:200,0:150:50"),
        ("GT:DP:RO:AO:NR:NV", "0/1:200:200:0:200:30"),
    ],
)
@pytest.mark.parametrize("change", HOTSPOTS, ids=lambda change: f"{change.gene}{change.codon}")
def test_no_read_in_one_field_and_many_in_another_is_equivocal(
    change: Change, keys: str, cells: str, genome: Genome, tmp_path: Path
) -> None:
    record = line(change.on(genome), "PASS", keys, cells)
    found, _ = call(tmp_path, genome, text(genome, [record, plain(genome)]), change.lesion)
    assert found.state == "equivocal"
