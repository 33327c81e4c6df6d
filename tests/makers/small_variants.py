"""Writes one list of calls in the dialect of each small-variant caller.

`write_calls("mutect2", path, calls, genome)` writes what the caller would: its header lines, its FORMAT fields, its
sample columns. The text can be given another prefix, order or compression with the other functions.
"""

from __future__ import annotations

import gzip
import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from annotate.knowledge import cutoffs
from annotate.knowledge.cutoffs import Cutoff
from annotate.knowledge.tables import Knowledge
from annotate.reference.genome import Genome
from annotate.reference.hotspots import named_places


@dataclass(frozen=True, slots=True)
class Call:
    """One allele with its reads in the tumour and in the normal (0 where there is none)."""

    chrom: str
    pos: int
    ref: str
    alt: str
    alt_reads: int = 30
    ref_reads: int = 70
    normal_alt: int = 0
    normal_ref: int = 40
    filter: str = "PASS"
    genotype: str = "0/1"
    info: str = ""

    @property
    def depth(self) -> int:
        return self.alt_reads + self.ref_reads

    @property
    def vaf(self) -> float:
        return self.alt_reads / self.depth


@dataclass(frozen=True, slots=True)
class Maker:
    """A caller: header lines, sample columns, FORMAT keys and the cell of one sample; INFO of a record."""

    header: tuple[str, ...]
    columns: tuple[str, ...]
    keys: str
    cell: Callable[[Call, int, int], str]
    info: Callable[[Call], str] = lambda call: f"DP={call.depth}"
    tumor_column: str | None = None


def _strelka_snv(call: Call, ref: int, alt: int) -> str:
    tiers = dict.fromkeys("ACGT", "0,0")
    tiers[call.ref], tiers[call.alt] = f"{ref},{ref + 3}", f"{alt},{alt + 1}"
    return f"{ref + alt + 2}:2:0:0:" + ":".join(tiers[base] for base in "ACGT")


def _four(ref: int, alt: int) -> str:
    return f"{ref // 2},{ref - ref // 2},{alt // 2},{alt - alt // 2}"


def _vaf(ref: int, alt: int) -> str:
    return f"{alt / (ref + alt):.4f}" if ref + alt else "0"


def _caveman(call: Call, ref: int, alt: int) -> str:
    reads = dict.fromkeys("ACGT", 0)
    reads[call.ref], reads[call.alt] = ref, alt
    forward = [reads[base] // 2 for base in "ACGT"]
    reverse = [reads[base] - reads[base] // 2 for base in "ACGT"]
    return ":".join(["0|1" if alt else "0|0", *(str(n) for n in (*forward, *reverse)), "0.5"])


def _gt(alt: int) -> str:
    return "0/1" if alt else "0/0"


TUMOR, NORMAL = "T1", "N1"
MAKERS: Mapping[str, Maker] = {
    "mutect2": Maker(
        ("##source=Mutect2", f"##tumor_sample={TUMOR}", f"##normal_sample={NORMAL}"),
        (NORMAL, TUMOR),
        "GT:AD:AF:DP",
        lambda c, r, a: f"{_gt(a)}:{r},{a}:{_vaf(r, a)}:{r + a + 4}",
    ),
    "strelka_snv": Maker(
        ("##source=strelka", '##FORMAT=<ID=AU,Number=2,Type=Integer,Description="x">'),
        ("NORMAL", "TUMOR"),
        "DP:FDP:SDP:SUBDP:AU:CU:GU:TU",
        _strelka_snv,
    ),
    "strelka_indel": Maker(
        ("##source=strelka", '##FORMAT=<ID=TIR,Number=2,Type=Integer,Description="x">'),
        ("NORMAL", "TUMOR"),
        "DP:DP2:TAR:TIR:TOR",
        lambda c, r, a: f"{r + a}:{r + a}:{r},{r + 1}:{a},{a + 2}:3,3",
    ),
    "vardict": Maker(
        ("##source=VarDict_v1.8.3",),
        (TUMOR,),
        "GT:DP:VD:AD:AF:RD:ALD",
        lambda c, r, a: f"0/1:{r + a}:{a}:{r},{a}:{_vaf(r, a)}:{r},0:{a},0",
    ),
    "dragen": Maker(
        (
            '##DRAGENCommandLine=<ID=dragen,Version="4.2",CommandLineOptions="--RGSM-tumor T1 --RGSM N1 --vc">',
            "##source=DRAGEN_SNV",
        ),
        (NORMAL, TUMOR),
        "GT:SQ:AD:AF:F1R2:F2R1:DP:SB:MB",
        lambda c, r, a: f"{_gt(a)}:20.1:{r},{a}:{_vaf(r, a)}:1,1:1,1:{r + a}:1,1,1,1:1,1,1,1",
    ),
    "freebayes": Maker(
        ("##source=freeBayes v1.3.6",),
        ("TUMOR", "NORMAL"),
        "GT:DP:RO:QR:AO:QA",
        lambda c, r, a: f"{_gt(a)}:{r + a}:{r}:900:{a}:300",
    ),
    "octopus": Maker(
        ('##octopus=<version=0.7.4,command="octopus -R x --normal-sample N1 -I t.bam n.bam">',),
        (NORMAL, TUMOR),
        "GT:GQ:DP:MQ:PS:PQ:AD:MAP_VAF",
        lambda c, r, a: f"{'0|1' if a else '0|0'}:80:{r + a}:60:{c.pos}:99:{r},{a}:{_vaf(r, a)}",
        tumor_column=TUMOR,
    ),
    "deepsomatic": Maker(
        ("##DeepSomatic_version=1.7.0",),
        (TUMOR,),
        "GT:GQ:DP:AD:VAF:PL",
        lambda c, r, a: f"1/1:30:{r + a}:{r},{a}:{_vaf(r, a)}:30,20,0",
    ),
    "deepvariant": Maker(
        ("##DeepVariant_version=1.6.1",),
        (TUMOR,),
        "GT:GQ:DP:AD:VAF:PL",
        lambda c, r, a: f"{_gt(a)}:30:{r + a}:{r},{a}:{_vaf(r, a)}:30,20,0",
    ),
    "haplotypecaller": Maker(
        ("##source=HaplotypeCaller",), (TUMOR,), "GT:AD:DP:GQ:PL", lambda c, r, a: f"0/1:{r},{a}:{r + a}:99:1,0,1"
    ),
    "bcftools_dp4": Maker(
        ("##bcftools_callCommand=call -mv -Ov; Date=x",),
        (TUMOR,),
        "GT:PL",
        lambda c, r, a: "0/1:255,0,255",
        lambda call: f"DP={call.depth + 9};DP4={_four(call.ref_reads, call.alt_reads)};MQ=60",
    ),
    "bcftools_ad": Maker(
        ("##bcftools_callCommand=call -mv -Ov; Date=x",),
        (TUMOR,),
        "GT:PL:DP:AD",
        lambda c, r, a: f"0/1:255,0,255:{r + a}:{r},{a}",
    ),
    "pindel": Maker(("##source=pindel",), (TUMOR,), "GT:AD", lambda c, r, a: f"0/1:{r},{a}"),
    "varscan": Maker(
        ("##source=VarScan2",),
        ("NORMAL", "TUMOR"),
        "GT:GQ:DP:RD:AD:FREQ:DP4",
        lambda c, r, a: f"{_gt(a)}:.:{r + a}:{r}:{a}:{100 * a / max(r + a, 1):.2f}%:{_four(r, a)}",
    ),
    "platypus": Maker(
        ("##source=Platypus_Version_0.8.1",),
        (TUMOR,),
        "GT:GL:GOF:GQ:NR:NV",
        lambda c, r, a: f"0/1:-1,0,-1:3:99:{r + a}:{a}",
    ),
    "caveman": Maker(
        ("##cavemanVersion=1.15", '##FORMAT=<ID=FAZ,Number=1,Type=Integer,Description="x">'),
        ("NORMAL", "TUMOUR"),
        "GT:FAZ:FCZ:FGZ:FTZ:RAZ:RCZ:RGZ:RTZ:PM",
        _caveman,
    ),
    "sniper": Maker(
        ("##source=SomaticSniper",),
        ("NORMAL", "TUMOR"),
        "GT:DP:DP4:BCOUNT",
        lambda c, r, a: f"{_gt(a)}:{r + a}:{_four(r, a)}:1,1,1,1",
    ),
    "svaba": Maker(("##source=svaba",), (TUMOR,), "GT:AD:DP", lambda c, r, a: f"0/1:{a}:{r + a}"),
    "fraction": Maker(
        ("##source=some caller",), (TUMOR,), "GT:DP:AF", lambda c, r, a: f"0/1:{r + a}:{_vaf(r, a)}"
    ),
    "lofreq": Maker(
        ("##source=lofreq call -f x",),
        (),
        "",
        lambda c, r, a: "",
        lambda call: f"DP={call.depth};AF={call.vaf:.6f};SB=0;DP4={_four(call.ref_reads, call.alt_reads)}",
    ),
    "pcgr": Maker(
        (
            '##INFO=<ID=TAL,Number=.,Type=String,Description="x">',
            '##FORMAT=<ID=ADT,Number=.,Type=String,Description="x">',
        ),
        ("T1_N1",),
        "GT:DPC:DPT:ADC:ADT",
        lambda c, r, a: f"0/1:{c.normal_ref + c.normal_alt}:{r + a}:{c.normal_ref},{c.normal_alt}:{r},{a}",
        lambda call: f"TVAF={call.vaf:.6f};TDP={call.depth};TAL=mutect2,strelka",
    ),
}  # fmt: skip


def contig_lines(genome: Genome, prefix: str = "chr") -> list[str]:
    return [f"##contig=<ID={prefix}{name},length={length}>" for name, length in genome.contig_lengths.items()]


def vcf_text(maker: Maker, calls: Sequence[Call], genome: Genome, prefix: str = "chr") -> str:
    lines = ["##fileformat=VCFv4.2", *maker.header, *contig_lines(genome, prefix)]
    fixed = ["#CHROM", "POS", "ID", "REF", "ALT", "QUAL", "FILTER", "INFO"]
    lines.append("\t".join([*fixed, *(("FORMAT", *maker.columns) if maker.columns else ())]))
    for call in calls:
        info = ";".join(part for part in (maker.info(call), call.info) if part) or "."
        cells = [f"{prefix}{call.chrom}", str(call.pos), ".", call.ref, call.alt, ".", call.filter, info]
        if maker.columns:
            cells.append(maker.keys)
        for column in maker.columns:
            normal = column in (NORMAL, "NORMAL")
            reads = (call.normal_ref, call.normal_alt) if normal else (call.ref_reads, call.alt_reads)
            cells.append(maker.cell(call, *reads))
        lines.append("\t".join(cells))
    return "\n".join(lines) + "\n"


def write_calls(
    name: str, path: Path, calls: Sequence[Call], genome: Genome, *, prefix: str = "chr", header: Sequence[str] = ()
) -> Path:
    """A VCF of a caller; the ending of `path` decides: .vcf, .vcf.gz (bgzip), .gzip.vcf.gz (plain gzip), .bcf."""
    maker = MAKERS[name]
    text = vcf_text(replace(maker, header=(*maker.header, *header)), calls, genome, prefix)
    return write_text(path, text)


def write_text(path: Path, text: str) -> Path:
    """Text in the container that the ending of the path names."""
    if path.name.endswith(".gzip.vcf.gz"):
        path.write_bytes(gzip.compress(text.encode(), mtime=0))
    elif path.suffix == ".gz":
        import pysam

        plain = path.with_suffix("")
        plain.write_text(text)
        pysam.tabix_compress(str(plain), str(path), force=True)
        plain.unlink()
    elif path.suffix == ".bcf":
        import pysam.bcftools

        plain = path.with_suffix(".tmp.vcf")
        plain.write_text(_declared(text))
        pysam.bcftools.view("-Ob", "-o", str(path), str(plain), catch_stdout=False)
        plain.unlink()
    else:
        path.write_text(text)
    return path


def _declared(text: str) -> str:
    """The text with a declaration of every INFO, FORMAT and FILTER key, without which htslib warns."""
    lines = text.splitlines()
    at = next(number for number, line in enumerate(lines) if line.startswith("#CHROM"))
    known = "\n".join(lines[:at])
    wanted: dict[str, None] = {}
    for line in lines[at + 1 :]:
        cells = line.split("\t")
        wanted.update((f"FILTER=<ID={name}", None) for name in cells[6].split(";") if name not in (".", "PASS"))
        wanted.update((f"INFO=<ID={part.split('=')[0]}", None) for part in cells[7].split(";") if part != ".")
        wanted.update((f"FORMAT=<ID={key}", None) for key in (cells[8].split(":") if len(cells) > 8 else ()))
    extra = []
    for start in wanted:
        if f"##{start}," in known:
            continue
        number = "" if start.startswith("FILTER") else f",Number={'G' if start.endswith('=PL') else '.'},Type=String"
        extra.append(f'##{start}{number},Description="">')
    return "\n".join([*lines[:at], *extra, *lines[at:]]) + "\n"


def named_calls(genome: Genome, knowledge: Knowledge, count: int = 12, **reads: int) -> list[Call]:
    """Single-base calls at named variants of the panel, in genomic order of the file."""
    found = [Call(chrom, pos, ref, alt, **reads) for chrom, pos, ref, alt in named_places(genome, knowledge)]
    chosen = random.Random(3).sample(sorted(found, key=lambda c: (c.chrom, c.pos, c.alt)), count)
    return ordered(chosen, genome)


def ordered(calls: Sequence[Call], genome: Genome) -> list[Call]:
    rank = {chrom: number for number, chrom in enumerate(genome.contig_lengths)}
    return sorted(calls, key=lambda call: (rank[call.chrom], call.pos, call.alt))


def background(genome: Genome, count: int, seed: int = 1) -> list[Call]:
    """Calls anywhere in the genome; nearly all lie outside the panel."""
    rng = random.Random(seed)
    chroms = [str(number) for number in range(1, 23)] + ["X"]
    made = []
    for _ in range(count):
        chrom = rng.choice(chroms)
        ref = rng.choice("ACGT")
        alt = rng.choice([base for base in "ACGT" if base != ref])
        pos = rng.randrange(20_000, genome.contig_lengths[chrom] - 20_000)
        made.append(Call(chrom, pos, ref, alt, rng.randrange(8, 30), rng.randrange(10, 40)))
    return ordered(made, genome)


def read_all_by_index(monkeypatch: pytest.MonkeyPatch) -> None:
    """Also the smallest file that has an index."""
    value = Knowledge.value

    def none_for_size(self: Knowledge, cutoff: Cutoff[Any]) -> Any:
        return 0 if cutoff == cutoffs.SMALL_VARIANTS_INDEX_MIN_SIZE else value(self, cutoff)

    monkeypatch.setattr(Knowledge, "value", none_for_size)
