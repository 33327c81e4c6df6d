"""Writes the demo batch of `resources/demo`: invented patients, in the dialects of many callers and both assemblies.

    python scripts/make_demo.py [FOLDER]

Seeded: two runs write the same bytes (a test compares them with what is in the repository). Every file is made here;
none comes from a person. Positions of lesions come from the reference pack and the knowledge tables.
"""

from __future__ import annotations

import csv
import random
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from annotate.breakpoints.breakends import join  # noqa: E402
from annotate.knowledge.tables import Knowledge  # noqa: E402
from annotate.model.junctions import Breakend, Junction  # noqa: E402
from annotate.reference.genome import Genome  # noqa: E402
from tests.makers.copy_number import write_segments  # noqa: E402
from tests.makers.optical import write_smap  # noqa: E402
from tests.makers.structural import intron_after, junction_of, write_junctions  # noqa: E402

FOLDER = ROOT / "resources" / "demo"
AUTOSOMES = tuple(str(number) for number in range(1, 23))
Truth = tuple[str, int, int, int, int | None]
State = tuple[int, int]
PASSENGERS = 160


@dataclass(frozen=True)
class Call:
    """A somatic small variant of the truth: place, alleles, and its fraction of the reads."""

    chrom: str
    pos: int
    ref: str
    alt: str
    vaf: float
    filter: str = "PASS"


@dataclass
class Batch:
    """Rows of the two sheets, as they are made."""

    folder: Path
    samples: list[dict[str, str]] = field(default_factory=list)
    patients: list[dict[str, str]] = field(default_factory=list)

    def sample(self, sample: str, patient: str, timepoint: str, assembly: str, **cells: object) -> None:
        row = {"sample": sample, "patient": patient, "timepoint": timepoint, "assembly": assembly}
        self.samples.append({**row, **{key: _cell(value) for key, value in cells.items()}})

    def patient(self, patient: str, **cells: object) -> None:
        self.patients.append({"patient": patient, **{key: str(value) for key, value in cells.items()}})


def _cell(value: object) -> str:
    if isinstance(value, (list, tuple)):
        return ";".join(_cell(part) for part in value)
    return value.name if isinstance(value, Path) else str(value)


# ---------------------------------------------------------------- small variants


def named(knowledge: Knowledge, genome: Genome, gene: str, protein: str, vaf: float) -> Call:
    """A variant of the knowledge table by its protein name."""
    for row in knowledge.table("variants"):
        if row["gene"] == gene and row["hgvsp"] == protein:
            return Call(row["chrom"], int(row[f"{genome.assembly}_pos"]), row["genomic_ref"], row["genomic_alt"], vaf)
    raise ValueError(f"{gene} {protein} is not in the table of variants")


def at_codon(genome: Genome, gene: str, codon: int, base: int, alt: str, vaf: float) -> Call:
    """A substitution at the `base`-th base (1 to 3) of a codon; `alt` on the forward strand."""
    import pysam

    transcript = genome.transcript(gene)
    assert transcript is not None
    pos = transcript.protein_to_genomic(codon)[base - 1]
    with pysam.FastaFile(str(genome.fasta)) as fasta:
        names = set(fasta.references)
        chrom = transcript.chrom if transcript.chrom in names else f"chr{transcript.chrom}"
        ref = fasta.fetch(chrom, pos - 1, pos).upper()
    assert ref in "ACGT", f"{gene} codon {codon} has no known base"
    assert ref != alt, f"{gene} codon {codon} is {alt} already"
    return Call(transcript.chrom, pos, ref, alt, vaf)


def passengers(genome: Genome, seed: int, count: int = PASSENGERS) -> list[Call]:
    """Somatic substitutions outside of every gene of the panel."""
    dice = random.Random(seed)
    found: list[Call] = []
    while len(found) < count:
        chrom = dice.choice(AUTOSOMES)
        pos = dice.randrange(3_000_000, genome.contig_lengths[chrom] - 3_000_000)
        if any(gene.panel for gene in genome.genes_between(chrom, pos - 20_000, pos + 20_000)):
            continue
        ref, alt = dice.sample("ACGT", 2)
        found.append(Call(chrom, pos, ref, alt, dice.choice((0.42, 0.4, 0.38, 0.2))))
    return found


def _order(call: Call) -> tuple[int, int, str]:
    return (int(call.chrom) if call.chrom.isdigit() else 30 + ord(call.chrom[0]), call.pos, call.alt)


def _contigs(genome: Genome, prefix: str) -> list[str]:
    return [f"##contig=<ID={prefix}{name},length={length}>" for name, length in genome.contig_lengths.items()]


def _reads(dice: random.Random, vaf: float, depth: int) -> tuple[int, int]:
    total = max(round(dice.gauss(depth, depth**0.5)), 8)
    return total, sum(dice.random() < vaf for _ in range(total))


def mutect2(path: Path, genome: Genome, calls: Iterable[Call], depth: int, seed: int, names: tuple[str, str]) -> Path:
    """Tumour and normal, as Mutect2 and FilterMutectCalls write them."""
    tumor, normal = names
    lines = [
        "##fileformat=VCFv4.2",
        "##source=Mutect2",
        f"##normal_sample={normal}",
        f"##tumor_sample={tumor}",
        '##FILTER=<ID=PASS,Description="Site contains at least one allele that passes filters">',
        '##FILTER=<ID=weak_evidence,Description="Mutation does not meet likelihood threshold">',
        '##INFO=<ID=DP,Number=1,Type=Integer,Description="Approximate read depth">',
        '##INFO=<ID=TLOD,Number=A,Type=Float,Description="Log 10 likelihood ratio score of variant existing">',
        '##FORMAT=<ID=GT,Number=1,Type=String,Description="Genotype">',
        '##FORMAT=<ID=AD,Number=R,Type=Integer,Description="Allelic depths">',
        '##FORMAT=<ID=AF,Number=A,Type=Float,Description="Allele fractions">',
        '##FORMAT=<ID=DP,Number=1,Type=Integer,Description="Approximate read depth">',
        *_contigs(genome, "chr"),
        f"#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\tFORMAT\t{normal}\t{tumor}",
    ]
    dice = random.Random(seed)
    for call in sorted(calls, key=_order):
        total, alt = _reads(dice, call.vaf, depth)
        other, _ = _reads(dice, 0, 40)
        lines.append(
            f"chr{call.chrom}\t{call.pos}\t.\t{call.ref}\t{call.alt}\t.\t{call.filter}\tDP={total + other};TLOD={alt * 3.1:.2f}"
            f"\tGT:AD:AF:DP\t0/0:{other},0:0.010:{other}\t0/1:{total - alt},{alt}:{alt / total:.3f}:{total}"
        )
    return _text(path, lines)


def strelka2(path: Path, genome: Genome, calls: Iterable[Call], depth: int, seed: int) -> Path:
    """Columns NORMAL and TUMOR with tiered base counts."""
    lines = [
        "##fileformat=VCFv4.1",
        "##source=strelka",
        "##source_version=2.9.10",
        '##INFO=<ID=SOMATIC,Number=0,Type=Flag,Description="Somatic mutation">',
        '##INFO=<ID=QSS_NT,Number=1,Type=Integer,Description="Quality score">',
        '##FORMAT=<ID=DP,Number=1,Type=Integer,Description="Read depth for tier1">',
        *(f'##FORMAT=<ID={b}U,Number=2,Type=Integer,Description="{b} alleles in tiers 1,2">' for b in "ACGT"),
        *_contigs(genome, ""),
        "#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\tFORMAT\tNORMAL\tTUMOR",
    ]
    dice = random.Random(seed)
    for call in sorted(calls, key=_order):
        total, alt = _reads(dice, call.vaf, depth)
        other, _ = _reads(dice, 0, 40)
        tumor = {call.ref: total - alt, call.alt: alt}
        normal = {call.ref: other}
        columns = [
            f"{sum(counts.values())}:" + ":".join(f"{counts.get(b, 0)},{counts.get(b, 0)}" for b in "ACGT")
            for counts in (normal, tumor)
        ]
        lines.append(
            f"{call.chrom}\t{call.pos}\t.\t{call.ref}\t{call.alt}\t.\t{call.filter}\tSOMATIC;QSS_NT=80"
            f"\tDP:AU:CU:GU:TU\t{columns[0]}\t{columns[1]}"
        )
    return _text(path, lines)


def vardict(path: Path, genome: Genome, calls: Iterable[Call], depth: int, seed: int, name: str) -> Path:
    """A tumour-only panel by VarDict."""
    lines = [
        "##fileformat=VCFv4.2",
        "##source=VarDict_v1.8.3",
        '##INFO=<ID=SAMPLE,Number=1,Type=String,Description="Sample name">',
        '##INFO=<ID=AF,Number=A,Type=Float,Description="Allele frequency">',
        '##FORMAT=<ID=GT,Number=1,Type=String,Description="Genotype">',
        '##FORMAT=<ID=DP,Number=1,Type=Integer,Description="Total depth">',
        '##FORMAT=<ID=VD,Number=1,Type=Integer,Description="Variant depth">',
        '##FORMAT=<ID=AD,Number=R,Type=Integer,Description="Allelic depths">',
        '##FORMAT=<ID=AF,Number=A,Type=Float,Description="Allele frequency">',
        *_contigs(genome, "chr"),
        f"#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\tFORMAT\t{name}",
    ]
    dice = random.Random(seed)
    for call in sorted(calls, key=_order):
        total, alt = _reads(dice, call.vaf, depth)
        lines.append(
            f"chr{call.chrom}\t{call.pos}\t.\t{call.ref}\t{call.alt}\t90\t{call.filter}\tSAMPLE={name};AF={alt / total:.4f}"
            f"\tGT:DP:VD:AD:AF\t0/1:{total}:{alt}:{total - alt},{alt}:{alt / total:.4f}"
        )
    return _text(path, lines)


def germline(path: Path, genome: Genome, knowledge: Knowledge, seed: int, pgx: dict[str, str], name: str) -> Path:
    """A remission sample: heterozygous sites over the genome and every pharmacogenomic site, called or reference."""
    lines = [
        "##fileformat=VCFv4.2",
        "##source=HaplotypeCaller",
        '##FORMAT=<ID=GT,Number=1,Type=String,Description="Genotype">',
        '##FORMAT=<ID=AD,Number=R,Type=Integer,Description="Allelic depths">',
        '##FORMAT=<ID=DP,Number=1,Type=Integer,Description="Approximate read depth">',
        *_contigs(genome, "chr"),
        f"#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\tFORMAT\t{name}",
    ]
    dice = random.Random(seed)
    rows = []
    for call in passengers(genome, seed, 220):
        total, alt = _reads(dice, 0.5, 45)
        rows.append(
            (
                _order(call),
                f"chr{call.chrom}\t{call.pos}\t.\t{call.ref}\t{call.alt}\t900\tPASS\t.\tGT:AD:DP\t0/1:{total - alt},{alt}:{total}",
            )
        )
    for rsid, chrom, pos, ref, alt in PGX_SITES[genome.assembly]:
        genotype = pgx.get(rsid, "0/0")
        total = 46
        reads = {"0/0": 0, "0/1": 22, "1/1": 46}[genotype]
        call = Call(chrom, pos, ref, alt, 0)
        rows.append(
            (
                _order(call),
                f"chr{chrom}\t{pos}\t{rsid}\t{ref}\t{alt}\t900\tPASS\t.\tGT:AD:DP\t{genotype}:{total - reads},{reads}:{total}",
            )
        )
    return _text(path, [*lines, *(row for _, row in sorted(rows))])


# The sites that TPMT and NUDT15 diplotypes need (CPIC; coordinates of the domain's pharmacogenomic table).
PGX_SITES = {
    "GRCh38": [
        ("rs1142345", "6", 18130687, "T", "C"),
        ("rs1800584", "6", 18130781, "C", "T"),
        ("rs1800460", "6", 18138997, "C", "T"),
        ("rs1800462", "6", 18143724, "C", "G"),
        ("rs186364861", "13", 48037798, "G", "A"),
        ("rs746071566", "13", 48037801, "G", "GGAGTCG"),
        ("rs116855232", "13", 48045719, "C", "T"),
        ("rs147390019", "13", 48045720, "G", "A"),
    ]
}


def _text(path: Path, lines: Sequence[str]) -> Path:
    """Plain text, or bgzip with an index for a name that ends in .gz."""
    text = "\n".join(lines) + "\n"
    if path.suffix != ".gz":
        path.write_text(text, encoding="utf-8")
        return path
    import pysam

    plain = path.with_suffix("")
    plain.write_text(text, encoding="utf-8")
    pysam.tabix_compress(str(plain), str(path), force=True)
    plain.unlink()
    pysam.tabix_index(str(path), preset="vcf", force=True)
    return path


# ---------------------------------------------------------------- copy number


def segments(
    genome: Genome,
    changed: dict[str, State],
    *,
    usual: State = (2, 1),
    sex: str = "female",
    pieces: Sequence[Truth] = (),
) -> list[Truth]:
    """Whole chromosomes at `usual` except those in `changed`; `pieces` are cut out of theirs."""
    found: list[Truth] = []
    for chrom in (*AUTOSOMES, "X", *(["Y"] if sex == "male" else [])):
        usual_here = usual if chrom in AUTOSOMES else ((1, 0) if sex == "male" else usual)
        total, minor = changed.get(chrom, usual_here)
        start, end = 10_001, genome.contig_lengths[chrom] - 10_000
        for piece in sorted(p for p in pieces if p[0] == chrom):
            if piece[1] > start:
                found.append((chrom, start, piece[1] - 1, total, minor))
            found.append(piece)
            start = piece[2] + 1
        if start < end:
            found.append((chrom, start, end, total, minor))
    return found


def of_gene(
    genome: Genome, gene: str, state: State, *, margin: int = 20_000, exons: tuple[int, int] | None = None
) -> Truth:
    """A focal segment over a gene, or over some of its exons."""
    own = genome.gene(gene)
    assert own is not None
    start, end = own.start - margin, own.end + margin
    if exons is not None:
        ends = sorted((intron_after(genome, gene, exons[0] - 1), intron_after(genome, gene, exons[1])))
        start, end = ends[0] + 1, ends[1] - 1
    return (own.chrom, start, end, *state)


def iamp21(genome: Genome) -> list[Truth]:
    """An uneven amplification of 21q: one to seven copies, RUNX1 at the peak, the telomere lost."""
    runx1, hmgn1 = genome.gene("RUNX1"), genome.gene("HMGN1")
    assert runx1 is not None and hmgn1 is not None
    end = genome.contig_lengths["21"] - 10_000
    bounds = [14_500_000, 24_000_000, runx1.start - 4_000_000, runx1.start - 500_000, runx1.end + 900_000]
    bounds += [hmgn1.start - 1_500_000, hmgn1.end + 800_000, hmgn1.end + 2_500_000, end]
    states = [(2, 1), (3, 1), (4, 1), (7, 1), (5, 1), (6, 1), (3, 1), (1, 0)]
    return [("21", low, high - 1, *state) for low, high, state in zip(bounds[:-1], bounds[1:], states, strict=True)]


# ---------------------------------------------------------------- junctions and fusions


def deletion(chrom: str, low: int, high: int, split: int = 14, paired: int = 9, vaf: float = 0.4) -> Junction:
    return join(
        Breakend(chrom, low, "L"),
        Breakend(chrom, high, "R"),
        split_reads=split,
        paired_reads=paired,
        vaf=vaf,
        filter="PASS",
    )


def noise(genome: Genome, seed: int, count: int = 12) -> list[Junction]:
    """Junctions of no meaning, outside of the panel."""
    dice = random.Random(seed)
    found: list[Junction] = []
    while len(found) < count:
        chrom = dice.choice(AUTOSOMES)
        low = dice.randrange(5_000_000, genome.contig_lengths[chrom] - 8_000_000)
        high = low + dice.randrange(800, 90_000)
        if any(gene.panel for gene in genome.genes_between(chrom, low - 300_000, high + 300_000)):
            continue
        found.append(deletion(chrom, low, high, dice.randrange(5, 20), dice.randrange(4, 15), 0.35))
    return found


ARRIBA = (
    "#gene1\tgene2\tstrand1(gene/fusion)\tstrand2(gene/fusion)\tbreakpoint1\tbreakpoint2\tsite1\tsite2\ttype\tsplit_reads1"
    "\tsplit_reads2\tdiscordant_mates\tcoverage1\tcoverage2\tconfidence\treading_frame\ttags\tretained_protein_domains"
    "\tclosest_genomic_breakpoint1\tclosest_genomic_breakpoint2\tgene_id1\tgene_id2\ttranscript_id1\ttranscript_id2"
    "\tdirection1\tdirection2\tfilters\tfusion_transcript\tpeptide_sequence\tread_identifiers"
)


def exon_edge(genome: Genome, gene: str, exon: int, *, end: bool) -> int:
    """The last base of an exon in transcription order, or its first; the middle of a gene outside of the panel."""
    transcript, whole = genome.transcript(gene), genome.gene(gene)
    if transcript is None:
        assert whole is not None
        return (whole.start + whole.end) // 2
    own = next(e for e in transcript.exons if e.rank == exon)
    return own.end if (transcript.strand == "+") == end else own.start


def arriba(path: Path, genome: Genome, fusions: Sequence[tuple[str, int, str, int, int, int, str]]) -> Path:
    """(5' gene, its last exon, 3' gene, its first exon, split reads, discordant mates, confidence)."""
    lines = [ARRIBA]
    for five, five_exon, three, three_exon, split, mates, confidence in fusions:
        a, b = genome.gene(five), genome.gene(three)
        assert a is not None and b is not None
        pos_a, pos_b = exon_edge(genome, five, five_exon, end=True), exon_edge(genome, three, three_exon, end=False)
        kind = "translocation" if a.chrom != b.chrom else "deletion"
        lines.append(
            f"{five}\t{three}\t{a.strand}/{a.strand}\t{b.strand}/{b.strand}\t{a.chrom}:{pos_a}\t{b.chrom}:{pos_b}"
            f"\tCDS/splice-site\tCDS/splice-site\t{kind}\t{split}\t{max(split - 3, 0)}\t{mates}\t220\t340\t{confidence}\tin-frame"
            f"\t.\t.\t.\t.\t.\t.\t.\t.\t{'downstream' if a.strand == '+' else 'upstream'}"
            f"\t{'upstream' if b.strand == '+' else 'downstream'}\t.\t.\t.\t."
        )
    return _text(path, lines)


def star_fusion(path: Path, genome: Genome, fusions: Sequence[tuple[str, int, str, int, int, int]]) -> Path:
    """The abridged table of STAR-Fusion."""
    lines = [
        "#FusionName\tJunctionReadCount\tSpanningFragCount\test_J\test_S\tSpliceType\tLeftGene\tLeftBreakpoint\tRightGene"
        "\tRightBreakpoint\tLargeAnchorSupport\tFFPM\tLeftBreakDinuc\tLeftBreakEntropy\tRightBreakDinuc\tRightBreakEntropy\tannots"
    ]
    for five, five_exon, three, three_exon, junction, spanning in fusions:
        a, b = genome.gene(five), genome.gene(three)
        assert a is not None and b is not None
        pos_a, pos_b = exon_edge(genome, five, five_exon, end=True), exon_edge(genome, three, three_exon, end=False)
        lines.append(
            f"{five}--{three}\t{junction}\t{spanning}\t{junction}.00\t{spanning}.00\tONLY_REF_SPLICE\t{five}^{a.gene_id}"
            f"\tchr{a.chrom}:{pos_a}:{a.strand}\t{three}^{b.gene_id}\tchr{b.chrom}:{pos_b}:{b.strand}\tYES_LDAS\t0.8\tGT\t1.9\tAG\t1.8"
            f'\t["INTERCHROMOSOMAL[chr{a.chrom}--chr{b.chrom}]"]'
        )
    return _text(path, lines)


# ---------------------------------------------------------------- the patients


def make(folder: Path) -> Batch:
    folder.mkdir(parents=True, exist_ok=True)
    knowledge = Knowledge.load()
    g38, g37 = Genome.load("GRCh38"), Genome.load("GRCh37")
    batch = Batch(folder)
    relapse_pair(batch, folder, g38, knowledge)
    philadelphia(batch, folder, g38, knowledge)
    kmt2a(batch, folder, g37, knowledge)
    abl_class(batch, folder, g38, knowledge)
    tcf3_hlf(batch, folder, g38)
    iamp21_patient(batch, folder, g37)
    hypodiploid(batch, folder, g38, g37, knowledge)
    hyperdiploid(batch, folder, g38)
    t_cell(batch, folder, g38, knowledge)
    nothing_found(batch, folder, g38)
    little_to_go_on(batch, folder, g37, knowledge)
    district_hospital(batch, folder)
    mapped_and_classified(batch, folder, g38)
    _sheet(folder / "samples.tsv", batch.samples, "samples")
    _sheet(folder / "patients.tsv", batch.patients, "patients")
    return batch


def relapse_pair(batch: Batch, folder: Path, g: Genome, knowledge: Knowledge) -> None:
    """D01: TCF3::PBX1. A small clone at diagnosis becomes the relapse, with NT5C2 and TP53 gained."""
    shared = passengers(g, 11, 60)
    own_d = [Call(c.chrom, c.pos, c.ref, c.alt, 0.33) for c in passengers(g, 12, 40)]
    minor = [Call(c.chrom, c.pos, c.ref, c.alt, 0.04) for c in passengers(g, 13, 15)]
    own_r = [Call(c.chrom, c.pos, c.ref, c.alt, 0.42) for c in passengers(g, 14, 70)]
    risen = [Call(c.chrom, c.pos, c.ref, c.alt, 0.42) for c in minor]
    nras = at_codon(g, "NRAS", 12, 2, "T", 0.31)
    at_d = [*shared, *own_d, *minor, nras]
    at_r = [*shared, *risen, *own_r, named(knowledge, g, "NT5C2", "p.Arg367Gln", 0.41)]
    at_r += [at_codon(g, "TP53", 248, 2, "T", 0.78), named(knowledge, g, "CREBBP", "p.Arg1446Cys", 0.4)]
    germ = germline(folder / "D01.remission.vcf.gz", g, knowledge, 15, {"rs116855232": "0/1"}, "D01-G")
    fusion = junction_of(g, "TCF3", "PBX1", 16, 3, split=18, paired=12)
    cdkn2a = of_gene(g, "CDKN2A", (0, 0), margin=60_000)
    p53 = ("17", 10_001, 21_000_000, 1, 0)
    batch.patient(
        "D01", immunophenotype="BCP", age_at_diagnosis_years=6.2, wbc_at_diagnosis=38, diagnosis_date="2023-03-01",
        end_of_therapy_date="2025-03-10", relapse_number=1, relapse_date="2024-12-02", sites="BM", marrow_blasts_percent=78,
        eoi_mrd=0.004, mrd_method="flow", mrd_sensitivity=0.0001, mrd_timepoint="end of induction", prior_hsct="no", down_syndrome="no",
    )  # fmt: skip
    for name, point, calls, pieces, seed in (
        ("D01-D", "diagnosis", at_d, [], 21),
        ("D01-R", "relapse", at_r, [cdkn2a, p53], 22),
    ):
        gain = ("1", 164_700_000, g.contig_lengths["1"] - 10_000, 3, 1)
        vcf = mutect2(folder / f"{name}.mutect2.vcf.gz", g, calls, 120, seed, (name, "D01-G"))
        sv = write_junctions(
            "manta", folder / f"{name}.manta.vcf", [fusion, *noise(g, 23)], "GRCh38", tumor=name, normal="D01-G"
        )
        cn = write_segments(
            "purple", folder / f"{name}.purple.cnv.somatic.tsv", segments(g, {}, pieces=[gain, *pieces]), purity=0.84, noise=0.02,
            seed=seed,
        )  # fmt: skip
        batch.sample(
            name, "D01", point, "GRCh38", sex="female", small_variants=vcf, structural_variants=sv, copy_number=cn, assay="wgs",
            par_mode="y_masked", germline_variants=germ, tumor_name=name, normal_name="D01-G",
            karyotype="46,XX,der(19)t(1;19)(q23;p13.3)[14]/46,XX[6]" if point == "diagnosis" else "",
        )  # fmt: skip


def philadelphia(batch: Batch, folder: Path, g: Genome, knowledge: Knowledge) -> None:
    """D02: BCR::ABL1 p190 with an IKZF1 deletion; T315I at relapse."""
    pos = g.region("ABL1_5prime_to_a2").end - 20_000
    fusion = junction_of(g, "BCR", "ABL1", 1, three_pos=pos, split=20, paired=16)
    ik6 = sorted((intron_after(g, "IKZF1", 3), intron_after(g, "IKZF1", 7)))
    ikzf1 = of_gene(g, "IKZF1", (1, 0), exons=(4, 7))
    rna = arriba(folder / "D02-D.arriba.tsv", g, [("BCR", 1, "ABL1", 2, 31, 22, "high")])
    batch.patient(
        "D02",
        immunophenotype="BCP",
        age_at_diagnosis_years=9,
        wbc_at_diagnosis=112,
        diagnosis_date="2024-01-15",
        down_syndrome="no",
    )
    sv = write_junctions(
        "gridss",
        folder / "D02-D.gridss.vcf.gz",
        [fusion, deletion("7", ik6[0], ik6[1]), *noise(g, 31)],
        "GRCh38",
        tumor="TUMOR",
        normal="NORMAL",
    )
    cn = write_segments(
        "cnvkit_call",
        folder / "D02-D.call.cns",
        segments(g, {}, sex="male", pieces=[ikzf1, of_gene(g, "CDKN2A", (0, 0), margin=90_000)]),
        purity=0.9,
        sex="male",
        noise=0.02,
        seed=32,
    )
    vcf = strelka2(folder / "D02-D.strelka2.vcf", g, passengers(g, 33, 90), 90, 34)
    batch.sample(
        "D02-D", "D02", "diagnosis", "GRCh38", sex="male", small_variants=vcf, structural_variants=sv, copy_number=cn, fusions=rna,
        assay="wgs", purity=0.9, karyotype="46,XY,t(9;22)(q34;q11.2)[18]/46,XY[2]",
    )  # fmt: skip
    t315i = [named(knowledge, g, "ABL1", "p.Thr315Ile", 0.36), at_codon(g, "KRAS", 12, 2, "T", 0.06)]
    panel = vardict(folder / "D02-R.vardict.vcf", g, t315i, 900, 35, "D02-R")
    rna = arriba(folder / "D02-R.arriba.tsv", g, [("BCR", 1, "ABL1", 2, 24, 15, "high")])
    bed = regions(folder / "panel.GRCh38.bed", g, PANEL)
    batch.sample(
        "D02-R",
        "D02",
        "relapse",
        "GRCh38",
        sex="male",
        small_variants=panel,
        fusions=rna,
        assay="panel",
        regions=bed,
        purity=0.75,
    )


PANEL = (
    "ABL1",
    "NT5C2",
    "TP53",
    "KRAS",
    "NRAS",
    "PTPN11",
    "CREBBP",
    "NR3C1",
    "MSH6",
    "PRPS1",
    "IKZF1",
    "JAK2",
    "FBXW7",
    "NSD2",
)


def regions(path: Path, g: Genome, genes: Sequence[str]) -> Path:
    """A BED of the coding exons of some genes."""
    rows = []
    for gene in genes:
        transcript = g.transcript(gene)
        assert transcript is not None
        for exon in transcript.exons:
            if exon.cds_start is not None and exon.cds_end is not None:
                rows.append((transcript.chrom, exon.cds_start - 11, exon.cds_end + 10, f"{gene}_{exon.rank}"))
    rows.sort(key=lambda row: (int(row[0]) if row[0].isdigit() else 30, row[1]))
    return _text(path, ["\t".join(map(str, row)) for row in rows])


def kmt2a(batch: Batch, folder: Path, g: Genome, knowledge: Knowledge) -> None:
    """D03: an infant with KMT2A::AFF1, on GRCh37, by DELLY and ASCAT."""
    region = g.region("KMT2A_bcr1_wide")
    fusion = junction_of(g, "KMT2A", "AFF1", three_exon=5, five_pos=(region.start + region.end) // 2)
    back = junction_of(g, "KMT2A", "AFF1", three_exon=5, five_pos=(region.start + region.end) // 2, reciprocal=True)
    sv = write_junctions(
        "delly",
        folder / "D03.delly.vcf",
        [fusion, back, *noise(g, 41)],
        "GRCh37",
        tumor="D03",
        normal="D03N",
        prefix="",
    )
    cn = write_segments("ascat", folder / "D03.segments.txt", segments(g, {}), purity=0.93, assembly="GRCh37")
    vcf = mutect2(
        folder / "D03.mutect2.vcf.gz",
        g,
        [*passengers(g, 42, 50), at_codon(g, "KRAS", 12, 2, "T", 0.11)],
        110,
        43,
        ("D03", "D03N"),
    )
    batch.patient(
        "D03",
        immunophenotype="BCP",
        age_at_diagnosis_years=0.4,
        wbc_at_diagnosis=340,
        diagnosis_date="2025-05-20",
        down_syndrome="no",
    )
    batch.sample(
        "D03", "D03", "diagnosis", "GRCh37", sex="female", small_variants=vcf, structural_variants=sv, copy_number=[cn, folder / "D03.purityploidy.txt"],
        assay="wgs", tumor_name="D03", normal_name="D03N", karyotype="46,XX,t(4;11)(q21;q23)[20]",
    )  # fmt: skip


def abl_class(batch: Batch, folder: Path, g: Genome, knowledge: Knowledge) -> None:
    """D04: EBF1::PDGFRB, the interstitial deletion of 5q in FACETS and its junction in LUMPY."""
    fusion = junction_of(g, "EBF1", "PDGFRB", 15, 11)
    lost = ("5", fusion.left.pos + 1, fusion.right.pos - 1, 1, 0) if fusion.right else None
    assert lost is not None
    sv = write_junctions(
        "lumpy", folder / "D04.lumpy.vcf", [fusion, *noise(g, 51)], "GRCh38", tumor="D04", normal="D04N"
    )
    cn = write_segments(
        "facets",
        folder / "D04.cncf.txt",
        segments(g, {}, sex="male", pieces=[lost]),
        purity=0.8,
        sex="male",
        noise=0.02,
        seed=52,
    )
    batch.patient(
        "D04",
        immunophenotype="BCP",
        age_at_diagnosis_years=12,
        wbc_at_diagnosis=64,
        diagnosis_date="2024-09-30",
        down_syndrome="no",
    )
    batch.sample(
        "D04", "D04", "diagnosis", "GRCh38", sex="male", structural_variants=sv, copy_number=[cn, folder / "D04.purity.txt"], assay="wgs",
        tumor_name="D04", normal_name="D04N",
    )  # fmt: skip


def tcf3_hlf(batch: Batch, folder: Path, g: Genome) -> None:
    """D05: TCF3::HLF by RNA and karyotype alone."""
    rna = star_fusion(
        folder / "D05.star-fusion.tsv", g, [("TCF3", 15, "HLF", 4, 17, 9), ("EEF1A1", 2, "ACTB", 3, 1, 0)]
    )
    batch.patient(
        "D05",
        immunophenotype="BCP",
        age_at_diagnosis_years=14,
        wbc_at_diagnosis=8,
        diagnosis_date="2025-01-08",
        down_syndrome="no",
    )
    batch.sample(
        "D05",
        "D05",
        "diagnosis",
        "GRCh38",
        sex="female",
        fusions=rna,
        karyotype="46,XX,t(17;19)(q22;p13.3)[9]/46,XX[11]",
    )


def iamp21_patient(batch: Batch, folder: Path, g: Genome) -> None:
    """D06: iAMP21 by Battenberg on GRCh37."""
    cn = write_segments(
        "battenberg", folder / "D06_subclones.txt", segments(g, {"X": (3, 1)}, pieces=[*iamp21(g), of_gene(g, "RB1", (1, 0), margin=30_000)]),
        purity=0.72, assembly="GRCh37",
    )  # fmt: skip
    batch.patient(
        "D06",
        immunophenotype="BCP",
        age_at_diagnosis_years=10,
        wbc_at_diagnosis=5,
        diagnosis_date="2024-04-11",
        down_syndrome="no",
    )
    batch.sample("D06", "D06", "diagnosis", "GRCh37", sex="female", copy_number=cn, assay="wgs", purity=0.72)


def hypodiploid(batch: Batch, folder: Path, g38: Genome, g37: Genome, knowledge: Knowledge) -> None:
    """D07: a doubled near-haploid clone that looks hyperdiploid. D08: low hypodiploid with TP53 on both alleles."""
    kept = dict.fromkeys(("14", "18", "21", "X"), (4, 2))
    cn = write_segments(
        "purple",
        folder / "D07.purple.cnv.somatic.tsv",
        segments(g38, kept, usual=(2, 0)),
        purity=0.86,
        noise=0.02,
        seed=71,
    )
    batch.patient(
        "D07",
        immunophenotype="BCP",
        age_at_diagnosis_years=4,
        wbc_at_diagnosis=11,
        diagnosis_date="2024-02-02",
        down_syndrome="no",
    )
    batch.sample(
        "D07",
        "D07",
        "diagnosis",
        "GRCh38",
        sex="female",
        copy_number=cn,
        assay="wgs",
        karyotype="54,XX,+X,+X,+14,+14,+18,+18,+21,+21[8]/46,XX[12]",
    )
    lost = dict.fromkeys(("2", "3", "4", "7", "9", "13", "15", "16", "17", "20"), (1, 0))
    cn = write_segments(
        "sequenza", folder / "D08_segments.txt", segments(g37, lost), purity=0.8, assembly="GRCh37", noise=0.01, seed=81
    )
    vcf = strelka2(
        folder / "D08.strelka2.vcf", g37, [*passengers(g37, 82, 60), at_codon(g37, "TP53", 273, 2, "T", 0.69)], 100, 83
    )
    batch.patient(
        "D08",
        immunophenotype="BCP",
        age_at_diagnosis_years=15,
        wbc_at_diagnosis=6,
        diagnosis_date="2023-11-19",
        down_syndrome="no",
    )
    batch.sample(
        "D08", "D08", "diagnosis", "GRCh37", sex="female", small_variants=vcf, copy_number=[cn, folder / "D08_confints_CP.txt"], assay="wgs",
        karyotype="36,XX,-2,-3,-4,-7,-9,-13,-15,-16,-17,-20[12]/46,XX[8]", dna_index=0.79,
    )  # fmt: skip


def hyperdiploid(batch: Batch, folder: Path, g: Genome) -> None:
    """D09: high hyperdiploidy, from total copy number alone: a masked clone cannot be excluded."""
    gained = dict.fromkeys(("4", "6", "10", "14", "17", "18", "X"), (3, 1)) | {"21": (4, 2)}
    cn = write_segments("cnvkit_cns", folder / "D09.cns", segments(g, gained), purity=0.85, noise=0.02, seed=91)
    batch.patient(
        "D09",
        immunophenotype="BCP",
        age_at_diagnosis_years=3,
        wbc_at_diagnosis=4,
        diagnosis_date="2025-02-14",
        down_syndrome="no",
    )
    batch.sample("D09", "D09", "diagnosis", "GRCh38", sex="female", copy_number=cn, assay="wes")


def t_cell(batch: Batch, folder: Path, g: Genome, knowledge: Knowledge) -> None:
    """D10: T-ALL with STIL::TAL1 and NUP214::ABL1; at relapse an NT5C2 subclone in a deep panel."""
    tal1, stil = g.region("TAL1_5prime"), g.region("STIL_e1_i1")
    stil_tal1 = deletion("1", (tal1.start + tal1.end) // 2, (stil.start + stil.end) // 2)
    nup = junction_of(
        g, "NUP214", "ABL1", 31, three_pos=g.region("ABL1_5prime_to_a2").end - 9_000, vaf=0.6, split=40, paired=35
    )
    amplified = ("9", nup.left.pos, nup.right.pos, 9, 1) if nup.right else None
    assert amplified is not None
    sv = write_junctions(
        "manta", folder / "D10-D.manta.vcf", [stil_tal1, nup, *noise(g, 101)], "GRCh38", tumor="D10-D", normal="D10-N"
    )
    cn = write_segments(
        "purple",
        folder / "D10-D.purple.cnv.somatic.tsv",
        segments(g, {}, sex="male", pieces=[amplified, of_gene(g, "CDKN2A", (0, 0), margin=200_000)]),
        purity=0.88,
        sex="male",
        noise=0.02,
        seed=102,
    )
    batch.patient(
        "D10",
        immunophenotype="T",
        age_at_diagnosis_years=8,
        wbc_at_diagnosis=220,
        diagnosis_date="2023-06-06",
        end_of_therapy_date="2025-06-20",
        relapse_number=1,
        relapse_date="2024-06-01",
        sites="BM;CNS",
        down_syndrome="no",
    )
    batch.sample(
        "D10-D",
        "D10",
        "diagnosis",
        "GRCh38",
        sex="male",
        structural_variants=sv,
        copy_number=cn,
        assay="wgs",
        tumor_name="D10-D",
        normal_name="D10-N",
    )
    calls = [
        named(knowledge, g, "NT5C2", "p.Arg238Trp", 0.034),
        named(knowledge, g, "NT5C2", "p.Arg367Gln", 0.021),
        at_codon(g, "FBXW7", 465, 1, "A", 0.39),
    ]
    panel = vardict(folder / "D10-R.vardict.vcf", g, calls, 1400, 103, "D10-R")
    batch.sample(
        "D10-R",
        "D10",
        "relapse",
        "GRCh38",
        sex="male",
        small_variants=panel,
        assay="panel",
        regions=folder / "panel.GRCh38.bed",
        purity=0.8,
    )


def nothing_found(batch: Batch, folder: Path, g: Genome) -> None:
    """D11: every input, and none of the high-risk lesions."""
    vcf = mutect2(folder / "D11.mutect2.vcf.gz", g, passengers(g, 111, 80), 130, 112, ("D11", "D11N"))
    sv = write_junctions("manta", folder / "D11.manta.vcf.gz", noise(g, 113, 20), "GRCh38", tumor="D11", normal="D11N")
    cn = write_segments(
        "purple",
        folder / "D11.purple.cnv.somatic.tsv",
        segments(g, {}, sex="male"),
        purity=0.9,
        sex="male",
        noise=0.02,
        seed=114,
    )
    rna = arriba(folder / "D11.arriba.tsv", g, [("ARID1A", 2, "MYCBP2", 3, 2, 1, "low")])
    batch.patient(
        "D11",
        immunophenotype="BCP",
        age_at_diagnosis_years=5,
        wbc_at_diagnosis=9,
        diagnosis_date="2025-03-03",
        down_syndrome="no",
    )
    batch.sample(
        "D11", "D11", "diagnosis", "GRCh38", sex="male", small_variants=vcf, structural_variants=sv, copy_number=cn, fusions=rna, assay="wgs",
        par_mode="y_masked", tumor_name="D11", normal_name="D11N", karyotype="46,XY[20]", purity=0.9,
    )  # fmt: skip


def little_to_go_on(batch: Batch, folder: Path, g: Genome, knowledge: Knowledge) -> None:
    """D12: a karyotype of normal metaphases. D13: a small-variant file and nothing else."""
    batch.sample("D12", "D12", "diagnosis", "GRCh38", karyotype="46,XX[20]")
    vcf = vardict(
        folder / "D13.vardict.vcf",
        g,
        [at_codon(g, "NRAS", 61, 2, "G" if g.assembly == "GRCh38" else "C", 0.3)],
        400,
        131,
        "D13",
    )
    batch.sample("D13", "D13", "diagnosis", "GRCh37", small_variants=vcf)


def _table(path: Path, *rows: Sequence[str]) -> Path:
    path.write_text("".join("\t".join(row) + "\n" for row in rows), encoding="utf-8")
    return path


def district_hospital(batch: Batch, folder: Path) -> None:
    """D14: what a hospital without sequencing has: karyotype, FISH, RT-PCR, MLPA of one kit, flow cytometry."""
    bench = _table(
        folder / "D14.bench.tsv",
        ("method", "target", "result", "cells", "transcripts"),
        ("fish", "BCR::ABL1", "positive", "172/200", ""),
        ("fish", "KMT2A", "intact", "0/200", ""),
        ("fish", "ETV6::RUNX1", "negative", "0/200", ""),
        ("rt_pcr", "BCR::ABL1", "positive", "", "p190"),
        ("rt_pcr", "ETV6::RUNX1", "negative", "", ""),
        ("rt_pcr", "TCF3::PBX1", "negative", "", ""),
        ("rt_pcr", "KMT2A::AFF1", "negative", "", ""),
        ("flow", "CD19", "positive", "", ""),
        ("flow", "CD22", "dim", "", ""),
        ("flow", "dna_index", "1.0", "", ""),
    )
    lost = {("IKZF1", exon) for exon in "4567"} | {("CDKN2A", "2"), ("CDKN2A", "4"), ("PAX5", "2"), ("PAX5", "5")}
    genes = {"IKZF1": "12345678", "CDKN2A": "24", "CDKN2B": "2", "PAX5": "1256", "ETV6": "128", "RB1": "6", "BTG1": "2",
             "EBF1": "1"}  # fmt: skip
    probes = [
        (gene, exon, "0.55" if (gene, exon) in lost else "1.01") for gene, exons in genes.items() for exon in exons
    ]
    mlpa = _table(folder / "D14.mlpa.tsv", ("gene", "exon", "ratio"), *probes)
    batch.patient("D14", immunophenotype="BCP", age_at_diagnosis_years=7, wbc_at_diagnosis=64, marrow_blasts_percent=88,
                  diagnosis_date="2025-05-20", down_syndrome="no")  # fmt: skip
    batch.sample(
        "D14", "D14", "diagnosis", "GRCh38", sex="male", copy_number=mlpa, bench_results=bench, purity=0.88,
        karyotype="46,XY,t(9;22)(q34;q11.2)[14]/46,XY[6]",
    )  # fmt: skip


def mapped_and_classified(batch: Batch, folder: Path, g: Genome) -> None:
    """D15: an optical genome map, digitalMLPA, and classifiers of expression and methylation."""
    smap = write_smap(folder / "D15.smap", g, junction_of(g, "KMT2A", "AFF1", 9, 4), gap=6000, extra=12)
    genes = {"IKZF1": "12345678", "CDKN2A": "23", "CDKN2B": "12", "PAX5": "1256", "ETV6": "128", "RB1": "61", "BTG1": "12",
             "EBF1": "14", "RUNX1": "167", "ERG": "35"}  # fmt: skip
    rows = [
        (str(10_000 + n), gene, f"Exon {exon}", "", "Test probe", "0.52" if gene in ("CDKN2A", "CDKN2B") else "1.00")
        for n, (gene, exon) in enumerate((gene, exon) for gene, exons in genes.items() for exon in exons)
    ]
    head = ("Probe number", "Gene", "Exon", "Chromosomal position", "Probe type", "D15")
    arms = [f"{chrom}{arm}" for chrom in range(1, 23) for arm in "pq" for _ in range(3)]
    rows += [(str(20_000 + n), "", "", f"{arm}12", "Karyotyping probe", "1.00") for n, arm in enumerate(arms)]
    mlpa = _table(folder / "D15.d007.tsv", head, *rows, ("30001", "", "", "2p13", "Reference", "1.00"))
    expression = _table(
        folder / "D15.allcatchr.tsv",
        ("sample", "Score", "Prediction", "Confidence", "BlastCounts"),
        ("D15", "0.98", "KMT2A", "high-confidence", "90.1"),
    )
    methylation = _table(
        folder / "D15.methylation.tsv",
        ("sample", "classifier", "version", "subtype", "score", "method"),
        ("D15", "MARLIN", "1", "iAMP21", "0.41", "methylation"),
    )
    batch.patient("D15", immunophenotype="BCP", age_at_diagnosis_years=0.6, wbc_at_diagnosis=210,
                  diagnosis_date="2025-06-11", down_syndrome="no")  # fmt: skip
    batch.sample(
        "D15", "D15", "diagnosis", "GRCh38", sex="female", optical_mapping=smap, copy_number=mlpa, purity=0.9,
        subtype_calls=(expression, methylation),
    )  # fmt: skip


def _sheet(path: Path, rows: Sequence[dict[str, str]], kind: str) -> None:
    with open(ROOT / "config" / f"{kind}.tsv", encoding="utf-8") as template:
        columns = template.readline().rstrip("\n").split("\t")
    with open(path, "w", encoding="utf-8", newline="") as out:
        writer = csv.DictWriter(out, columns, delimiter="\t", lineterminator="\n", restval="", quoting=csv.QUOTE_NONE)
        writer.writeheader()
        writer.writerows(rows)


if __name__ == "__main__":
    target = Path(sys.argv[1]) if len(sys.argv) > 1 else FOLDER
    made = make(target)
    print(f"{target}: {len(made.samples)} samples of {len({row['patient'] for row in made.samples})} patients")
