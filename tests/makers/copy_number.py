"""Writes one list of segments in the dialect of each copy-number caller.

A truth is `(chrom, start, end, total, minor)` of the leukaemic cells (`minor` may be None), with purity, ploidy
(mean total copies of the leukaemic cells) and sex. What a caller would measure follows from them:
log2 = log2[(rho T + (1-rho) N) / (rho P + (1-rho) 2)], BAF = (rho major + (1-rho)) / (rho T + (1-rho) 2),
with Gaussian noise of `noise` on log2 and half of it on BAF. Integer callers round what the noisy values imply.
"""

from __future__ import annotations

import gzip
import math
import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

Truth = tuple[str, int, int, int, int | None]
BIN = 1000  # bases a bin of the callers that count them


@dataclass(frozen=True, slots=True)
class Measured:
    """One segment as a caller sees it."""

    chrom: str
    start: int
    end: int
    log2: float
    baf: float | None  # 0.5 … 1
    copies: float  # of the leukaemic cells, from the noisy log2
    minor: float | None

    @property
    def bins(self) -> int:
        return max((self.end - self.start + 1) // BIN, 1)

    @property
    def total(self) -> int:
        return max(round(self.copies), 0)

    @property
    def minor_copies(self) -> int | None:
        return None if self.minor is None else min(max(round(self.minor), 0), self.total // 2)

    @property
    def guessed_minor(self) -> int:
        """For dialects that cannot leave the minor copies out: half of the total where they are unknown."""
        return self.total // 2 if self.minor_copies is None else self.minor_copies


def ploidy_of(segments: Sequence[Truth]) -> float:
    """Mean total copies by length."""
    length = sum(end - start + 1 for _, start, end, _, _ in segments)
    return sum((end - start + 1) * total for _, start, end, total, _ in segments) / length


def normal_copies(chrom: str, sex: str) -> int:
    if chrom == "Y":
        return 1 if sex == "male" else 0
    return 1 if chrom == "X" and sex == "male" else 2


@dataclass(frozen=True, slots=True)
class Platform:
    """How a platform shows log2: times gamma, plus an offset, never below the floor of its background."""

    gamma: float = 1.0
    offset: float = 0.0
    floor: float = -20.0

    def shown(self, log2: float) -> float:
        return max(self.gamma * log2 + self.offset, self.floor)


def measure(
    segments: Sequence[Truth],
    purity: float,
    ploidy: float,
    sex: str,
    noise: float,
    seed: int,
    platform: Platform | None = None,
) -> list[Measured]:
    """What a caller measures of each segment, on a platform that compresses and shifts log2."""
    platform = platform or Platform()
    dice = random.Random(seed)
    depth = purity * ploidy + (1 - purity) * 2
    measured = []
    for chrom, start, end, total, minor in segments:
        normal = normal_copies(chrom, sex)
        signal = max(purity * total + (1 - purity) * normal, 1e-3)
        log2 = math.log2(signal / depth) + (dice.gauss(0, noise) if noise else 0.0)
        copies = (2**log2 * depth - (1 - purity) * normal) / purity
        baf = noisy_minor = None
        if minor is not None and normal == 2:
            base = purity * total + (1 - purity) * 2
            baf = (purity * (total - minor) + (1 - purity)) / base if base > 0 else 0.5
            baf = min(max(baf + (dice.gauss(0, noise / 2) if noise else 0.0), 0.5), 1.0)
            noisy_minor = (1 - baf) * (purity * max(copies, 0) + (1 - purity) * 2) - (1 - purity)
            noisy_minor = min(max(noisy_minor / purity, 0.0), max(copies, 0) / 2)
        elif minor is not None:
            noisy_minor = 0.0
        measured.append(Measured(chrom, start, end, platform.shown(log2), baf, copies, noisy_minor))
    return measured


def write_segments(
    dialect: str,
    path: Path,
    segments: Sequence[Truth],
    purity: float = 1.0,
    ploidy: float | None = None,
    sex: str = "female",
    assembly: str = "GRCh38",
    noise: float = 0.0,
    seed: int = 1,
    platform: Platform | None = None,
) -> Path:
    """Write the segments to `path` (gzip where it ends in .gz) and return it.

    Dialects that state purity in a second file write it beside `path`, as their callers do.
    """
    mean = ploidy_of(segments) if ploidy is None else ploidy
    measured = measure(segments, purity, mean, sex, noise, seed, platform)
    context = Context(path, purity, mean, sex, assembly)
    _write(path, list(DIALECTS[dialect](measured, context)))
    return path


@dataclass(frozen=True, slots=True)
class Context:
    path: Path
    purity: float
    ploidy: float
    sex: str
    assembly: str

    def beside(self, suffix: str, companion: str) -> Path:
        """The second file of a caller: the same prefix, another suffix."""
        name = self.path.name.removesuffix(".gz")
        if not name.endswith(suffix):
            raise ValueError(f"a file of this dialect is named …{suffix}, not {name}")
        return self.path.with_name(name.removesuffix(suffix) + companion)


def _write(path: Path, lines: Sequence[str]) -> None:
    text = "".join(line + "\n" for line in lines)
    if path.suffix == ".gz":
        with gzip.open(path, "wt", encoding="utf-8") as out:
            out.write(text)
    else:
        path.write_text(text, encoding="utf-8")


def _tab(*cells: object) -> str:
    return "\t".join(
        "NA" if cell is None else f"{cell:.4f}" if isinstance(cell, float) else str(cell) for cell in cells
    )


def cnvkit_cns(measured: list[Measured], _: Context) -> Iterator[str]:
    yield _tab("chromosome", "start", "end", "gene", "log2", "depth", "probes", "weight")
    for m in measured:
        yield _tab(f"chr{m.chrom}", m.start - 1, m.end, "-", m.log2, 2**m.log2 * 50, m.bins, float(m.bins))


def cnvkit_call(measured: list[Measured], context: Context) -> Iterator[str]:
    """`cnvkit call -m clonal --purity --vcf`: log2 and BAF of the leukaemic cells alone, cn of ploidy 2."""
    yield _tab("chromosome", "start", "end", "gene", "log2", "baf", "cn", "cn1", "cn2", "depth", "probes", "weight")
    for m in measured:
        total, minor = m.total, m.minor_copies
        log2 = math.log2(max(m.copies, 1e-3) / 2)
        baf = None if minor is None else (total - minor) / total if total else 0.5
        major = None if minor is None else total - minor
        yield _tab(
            f"chr{m.chrom}", m.start - 1, m.end, "-", log2, baf, total, major, minor, 50.0, m.bins, float(m.bins)
        )


def gatk_modelfinal(measured: list[Measured], context: Context) -> Iterator[str]:
    yield "@HD\tVN:1.6"
    yield "@RG\tID:GATKCopyNumber\tSM:tumor"
    quantiles = ("10", "50", "90")
    yield _tab(
        "CONTIG",
        "START",
        "END",
        "NUM_POINTS_COPY_RATIO",
        "NUM_POINTS_ALLELE_FRACTION",
        *(f"LOG2_COPY_RATIO_POSTERIOR_{q}" for q in quantiles),
        *(f"MINOR_ALLELE_FRACTION_POSTERIOR_{q}" for q in quantiles),
    )
    for m in measured:
        minor = [1 - m.baf] * 3 if m.baf is not None else ["NaN"] * 3
        yield _tab(m.chrom, m.start, m.end, m.bins, m.bins // 10, m.log2 - 0.01, m.log2, m.log2 + 0.01, *minor)


def gatk_called(measured: list[Measured], context: Context) -> Iterator[str]:
    yield "@HD\tVN:1.6"
    yield "@RG\tID:GATKCopyNumber\tSM:tumor"
    yield _tab("CONTIG", "START", "END", "NUM_POINTS_COPY_RATIO", "MEAN_LOG2_COPY_RATIO", "CALL")
    for m in measured:
        call = "+" if m.log2 > 0.14 else "-" if m.log2 < -0.15 else "0"
        yield _tab(m.chrom, m.start, m.end, m.bins, m.log2, call)


def purple(measured: list[Measured], context: Context) -> Iterator[str]:
    """`X.purple.cnv.somatic.tsv`, with `X.purple.purity.tsv` and `X.purple.qc` beside it."""
    doubled = sum(1 for m in measured if m.copies - (m.minor or 0) >= 1.5) > len(measured) / 2
    header = _tab(
        "purity", "normFactor", "score", "diploidProportion", "ploidy", "gender", "status", "wholeGenomeDuplication"
    )
    values = _tab(context.purity, 1.0, 0.5, 0.1, context.ploidy, context.sex.upper(), "NORMAL", str(doubled).lower())
    _write(context.beside(".purple.cnv.somatic.tsv", ".purple.purity.tsv"), [header, values])
    quality = [_tab("QCStatus", "PASS"), _tab("Method", "NORMAL"), _tab("Purity", context.purity)]
    _write(context.beside(".purple.cnv.somatic.tsv", ".purple.qc"), quality)
    yield _tab(
        *("chromosome", "start", "end", "copyNumber", "bafCount", "observedBAF", "baf", "segmentStartSupport"),
        *("segmentEndSupport", "method", "depthWindowCount", "gcContent", "minStart", "maxStart"),
        *("minorAlleleCopyNumber", "majorAlleleCopyNumber"),
    )
    for m in measured:
        minor = m.minor if m.minor is not None else m.copies / 2
        baf = (m.copies - minor) / m.copies if m.copies > 0.05 else 0.5
        yield _tab(
            *(m.chrom, m.start, m.end, m.copies, m.bins // 10, m.baf or 0.0, baf, "NONE", "NONE", "BAF_WEIGHTED"),
            *(m.bins, 0.41, m.start, m.start, minor, m.copies - minor),
        )


def ascat(measured: list[Measured], context: Context) -> Iterator[str]:
    """`X.segments.txt` with `X.purityploidy.txt` beside it."""
    lines = [_tab("AberrantCellFraction", "Ploidy"), _tab(context.purity, context.ploidy)]
    _write(context.beside(".segments.txt", ".purityploidy.txt"), lines)
    yield _tab("sample", "chr", "startpos", "endpos", "nMajor", "nMinor")
    for m in measured:
        minor = m.guessed_minor
        yield _tab("tumor", m.chrom, m.start, m.end, m.total - minor, minor)


def ascat_summary(measured: list[Measured], context: Context) -> Iterator[str]:
    """The summary layout that COSMIC and SigProfiler use; it states no purity."""
    yield _tab(
        "Sample", "Chromosome", "Start Position", "End Position", "Normal TCN", "Normal BCN", "Tumour TCN", "Tumour BCN"
    )
    for m in measured:
        normal = normal_copies(m.chrom, context.sex)
        yield _tab("tumor", m.chrom, m.start, m.end, normal, normal // 2, m.total, m.guessed_minor)


def facets(measured: list[Measured], context: Context) -> Iterator[str]:
    """`X.cncf.txt` with `X.purity.txt` beside it; lcn.em is NA where no site is heterozygous."""
    lines = [_tab("purity", "ploidy"), _tab(context.purity, context.ploidy)]
    _write(context.beside(".cncf.txt", ".purity.txt"), lines)
    yield _tab(
        *("chrom", "seg", "num.mark", "nhet", "cnlr.median", "mafR", "segclust", "cnlr.median.clust", "mafR.clust"),
        *("start", "end", "cf.em", "tcn.em", "lcn.em"),
    )
    for number, m in enumerate(measured, start=1):
        chrom = {"X": "23", "Y": "24"}.get(m.chrom, m.chrom)
        odds = math.log(m.baf / (1 - m.baf)) ** 2 if m.baf is not None and m.baf < 1 else None
        fraction = 1.0 if (m.total, m.minor_copies) == (2, 1) else context.purity
        yield _tab(
            *(chrom, number, m.bins, m.bins // 10, m.log2, odds, number, m.log2, odds, m.start, m.end, fraction),
            *(m.total, m.minor_copies if m.baf is not None else None),
        )


def sequenza(measured: list[Measured], context: Context) -> Iterator[str]:
    """`X_segments.txt` with `X_confints_CP.txt` beside it."""
    lines = [_tab("cellularity", "ploidy.estimate", "ploidy.mean.cn")]
    lines += [_tab(context.purity, context.ploidy, context.ploidy)] * 3
    _write(context.beside("_segments.txt", "_confints_CP.txt"), lines)
    names = ("chromosome", "start.pos", "end.pos", "Bf", "N.BAF", "sd.BAF", "depth.ratio", "N.ratio", "sd.ratio")
    yield _tab(*(f'"{name}"' for name in (*names, "CNt", "A", "B", "LPP")))
    for m in measured:
        minor = m.minor_copies
        major = None if minor is None else m.total - minor
        low = None if m.baf is None else 1 - m.baf
        yield _tab(
            *(f'"chr{m.chrom}"', m.start, m.end, low, m.bins // 10, 0.05, 2**m.log2, m.bins, 0.1),
            *(m.total, major, minor, -6.0),
        )


def battenberg(measured: list[Measured], context: Context) -> Iterator[str]:
    """`X_subclones.txt` with `X_purity_ploidy.txt` beside it."""
    lines = [_tab("purity", "ploidy", "goodnessOfFit"), _tab(context.purity, context.ploidy, 0.95)]
    _write(context.beside("_subclones.txt", "_purity_ploidy.txt"), lines)
    yield _tab(
        *("chr", "startpos", "endpos", "BAF", "pval", "LogR", "ntot"),
        *("nMaj1_A", "nMin1_A", "frac1_A", "nMaj2_A", "nMin2_A", "frac2_A"),
    )
    for m in measured:
        minor = m.guessed_minor
        yield _tab(*(m.chrom, m.start, m.end, m.baf, 1, m.log2, m.copies, m.total - minor, minor, 1, None, None, None))


def freec_ratio(measured: list[Measured], context: Context) -> Iterator[str]:
    """`X_ratio.txt` in windows of 1 Mb, with `X_info.txt` beside it; ratio 1 is the stated whole ploidy."""
    ploidy = max(round(context.ploidy), 1)
    lines = [_tab("Program_Version", "v11.6"), _tab("Output_Ploidy", ploidy), _tab("Sample_Purity", context.purity)]
    _write(context.beside("_ratio.txt", "_info.txt"), lines)
    yield _tab(
        "Chromosome",
        "Start",
        "Ratio",
        "MedianRatio",
        "CopyNumber",
        "BAF",
        "EstimatedBAF",
        "Genotype",
        "UncertaintyOfGT",
    )
    for m in measured:
        minor = m.minor_copies
        genotype = "-" if minor is None else "A" * (m.total - minor) + "B" * minor or "-"
        ratio = m.copies / ploidy
        for start in range(m.start, m.end + 1, 1_000_000):
            yield _tab(m.chrom, start, ratio, ratio, m.total, m.baf if m.baf is not None else -1, -1, genotype, 5)


def freec_cnvs(measured: list[Measured], context: Context) -> Iterator[str]:
    """`X_CNVs`: no header, altered segments only."""
    ploidy = max(round(context.ploidy), 1)
    for m in measured:
        if m.total != ploidy:
            minor = m.minor_copies
            genotype = "-" if minor is None else "A" * (m.total - minor) + "B" * minor or "-"
            yield _tab(m.chrom, m.start - 1, m.end, m.total, "gain" if m.total > ploidy else "loss", genotype, -1)


def _vcf(measured: list[Measured], context: Context, header: Sequence[str], format: str) -> Iterator[str]:
    yield "##fileformat=VCFv4.2"
    yield from header
    yield '##INFO=<ID=END,Number=1,Type=Integer,Description="End">'
    yield _tab("#CHROM", "POS", "ID", "REF", "ALT", "QUAL", "FILTER", "INFO", "FORMAT", "tumor")
    caller = "Canvas" if "MCC" in format else "DRAGEN"
    for m in measured:
        total, minor = m.total, m.minor_copies
        word = "GAIN" if total > 2 else "LOSS" if total < 2 else "CNLOH" if minor == 0 else "REF"
        alt = {"GAIN": "<DUP>", "LOSS": "<DEL>", "CNLOH": "<DEL>,<DUP>", "REF": "."}[word]
        if caller == "Canvas" and alt != ".":
            alt = "<CNV>"
        identity = f"{caller}:{word}:chr{m.chrom}:{m.start}-{m.end}"
        info = f"SVLEN={m.end - m.start + 1};SVTYPE=CNV;END={m.end};REFLEN={m.end - m.start + 1}"
        minor_cell = "." if minor is None else minor
        if caller == "Canvas":
            values = f"0/1:{2**m.log2 * 100:.2f}:{m.bins}:{total}:{'.' if minor is None else total - minor}"
        else:
            low = "." if m.baf is None else f"{1 - m.baf:.4f}"
            values = f"0/1:{2**m.log2:.5f}:{low}:{m.bins}:{m.bins // 10}:{total}:{m.copies:.4f}:{minor_cell}"
        yield _tab(f"chr{m.chrom}", m.start - 1, identity, "N", alt, 100, "PASS", info, format, values)


def dragen_vcf(measured: list[Measured], context: Context) -> Iterator[str]:
    header = [
        "##source=DRAGEN_CNV",
        f"##EstimatedTumorPurity={context.purity}",
        f"##OverallPloidy={context.ploidy:.4f}",
    ]
    yield from _vcf(measured, context, header, "GT:SM:MAF:BC:AS:CN:CNF:MCN")


def canvas_vcf(measured: list[Measured], context: Context) -> Iterator[str]:
    header = [
        "##source=Canvas 1.40.0.1613+master",
        f"##OverallPloidy={context.ploidy:.4f}",
        f"##EstimatedTumorPurity={context.purity}",
    ]
    yield from _vcf(measured, context, header, "GT:RC:BC:CN:MCC")


def ichorcna(measured: list[Measured], context: Context) -> Iterator[str]:
    """`X.seg.txt` with `X.params.txt` beside it."""
    lines = [_tab("Sample", "Tumor Fraction", "Ploidy"), _tab("tumor", context.purity, context.ploidy), ""]
    lines += [f"Tumor Fraction:\t{context.purity}", f"Ploidy:\t{context.ploidy:.4f}", f"Gender:\t{context.sex}"]
    _write(context.beside(".seg.txt", ".params.txt"), lines)
    yield _tab(
        *("ID", "chrom", "start", "end", "num.mark", "seg.median.logR", "copy.number", "call", "subclone.status"),
        *("logR_Copy_Number", "Corrected_Copy_Number", "Corrected_Call"),
    )
    for m in measured:
        call = {0: "HOMD", 1: "HETD", 2: "NEUT", 3: "GAIN"}.get(m.total, "AMP")
        bins = max(m.bins // 1000, 1)
        yield _tab("tumor", m.chrom, m.start, m.end, bins, m.log2, m.total, call, "FALSE", m.copies, m.total, call)


def qdnaseq(measured: list[Measured], _: Context) -> Iterator[str]:
    """exportBins(type="segments", format="tsv") with bins of 1 Mb."""
    yield _tab("feature", "chromosome", "start", "end", "tumor")
    for m in measured:
        for start in range(m.start, m.end + 1, 1_000_000):
            end = min(start + 999_999, m.end)
            yield _tab(f"{m.chrom}:{start}-{end}", m.chrom, start, end, m.log2)


def igv_seg(measured: list[Measured], _: Context) -> Iterator[str]:
    yield _tab("ID", "chrom", "loc.start", "loc.end", "num.mark", "seg.mean")
    for m in measured:
        chrom = {"X": "23", "Y": "24"}.get(m.chrom, m.chrom)
        yield _tab("tumor", chrom, m.start, m.end, m.bins, m.log2)


def igv_seg_log10(measured: list[Measured], _: Context) -> Iterator[str]:
    yield _tab("ID", "chrom", "loc.start", "loc.end", "num.mark", "seg.mean.log10")
    for m in measured:
        yield _tab("tumor", m.chrom, m.start, m.end, m.bins, m.log2 * math.log10(2))


def pcgr(measured: list[Measured], _: Context) -> Iterator[str]:
    yield _tab("Chromosome", "Start", "End", "nMajor", "nMinor")
    for m in measured:
        minor = m.guessed_minor
        yield _tab(m.chrom, m.start, m.end, m.total - minor, minor)


def clincnv(measured: list[Measured], context: Context) -> Iterator[str]:
    """Altered segments only; clonality is the share of all cells."""
    yield "##ANALYSISTYPE=CLINCNV_TUMOR_NORMAL_PAIR"
    yield f"##gender of sample: {context.sex[0].upper()}"
    yield f"##ploidy: {context.ploidy:.4f}"
    yield f"##GENOME_BUILD={context.assembly}"
    yield "#" + _tab(
        *("chr", "start", "end", "sample", "size", "tumor_CN_change", "state", "major_CN_allele", "minor_CN_allele"),
        *("tumor_clonality", "CN_change", "loglikelihood", "number_of_regions"),
    )
    for m in measured:
        total, minor = m.total, m.minor_copies
        if (total, minor) in ((2, 1), (2, None)):
            continue
        state = "DEL" if total < 2 else "DUP" if total > 2 else "LOH"
        average = context.purity * total + (1 - context.purity) * 2
        major = None if minor is None else total - minor
        yield _tab(
            *(f"chr{m.chrom}", m.start - 1, m.end, "tumor", m.end - m.start + 1, total, state, major, minor),
            *(context.purity, average, 100, m.bins),
        )


def chas(measured: list[Measured], _: Context) -> Iterator[str]:
    """Altered segments only: gain, loss and LOH rows as the Chromosome Analysis Suite lists them."""
    yield _tab("File", "CN State", "Type", "Chromosome", "Size (kbp)", "Marker Count", "Full Location")
    for m in measured:
        total, minor = m.total, m.minor_copies
        place = f"chr{m.chrom}:{m.start}-{m.end}"
        size = (m.end - m.start + 1) // 1000
        if total != 2:
            yield _tab("a.cyhd", total, "Gain" if total > 2 else "Loss", m.chrom, size, m.bins, place)
        if minor == 0 and total >= 2:
            yield _tab("a.cyhd", "", "LOH", m.chrom, size, m.bins, place)


def plain(measured: list[Measured], context: Context) -> Iterator[str]:
    yield f"# purity={context.purity}"
    yield f"# ploidy={context.ploidy:.4f}"
    yield f"# sex={context.sex}"
    yield f"# assembly={context.assembly}"
    yield _tab("chrom", "start", "end", "total", "minor", "log2", "baf", "markers")
    for m in measured:
        yield _tab(m.chrom, m.start, m.end, m.total, m.minor_copies, m.log2, m.baf, m.bins)


DIALECTS: dict[str, Callable[[list[Measured], Context], Iterator[str]]] = {
    "cnvkit_cns": cnvkit_cns,
    "cnvkit_call": cnvkit_call,
    "gatk_modelfinal": gatk_modelfinal,
    "gatk_called": gatk_called,
    "purple": purple,
    "ascat": ascat,
    "ascat_summary": ascat_summary,
    "facets": facets,
    "sequenza": sequenza,
    "battenberg": battenberg,
    "freec_ratio": freec_ratio,
    "freec_cnvs": freec_cnvs,
    "dragen_vcf": dragen_vcf,
    "canvas_vcf": canvas_vcf,
    "ichorcna": ichorcna,
    "qdnaseq": qdnaseq,
    "igv_seg": igv_seg,
    "igv_seg_log10": igv_seg_log10,
    "pcgr": pcgr,
    "clincnv": clincnv,
    "chas": chas,
    "plain": plain,
}

# the name a file of each dialect needs where a second file is written beside it
FILE_NAMES: dict[str, str] = {
    "purple": "S.purple.cnv.somatic.tsv",
    "ascat": "S.segments.txt",
    "facets": "S.cncf.txt",
    "sequenza": "S_segments.txt",
    "battenberg": "S_subclones.txt",
    "freec_ratio": "S_ratio.txt",
    "ichorcna": "S.seg.txt",
    "cnvkit_cns": "S.cns",
    "cnvkit_call": "S.call.cns",
    "gatk_modelfinal": "S.modelFinal.seg",
    "gatk_called": "S.called.seg",
    "dragen_vcf": "S.cnv.vcf",
    "canvas_vcf": "S.canvas.vcf",
    "igv_seg": "S.seg",
    "freec_cnvs": "S_CNVs",
}


def file_name(dialect: str) -> str:
    return FILE_NAMES.get(dialect, f"S.{dialect}.tsv")
