"""Files of every first-line format for one sample, by name of the format: what tests read whole, cut and changed.

Each maker writes a file that its reader takes in full, with one finding of the sample `K`.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from annotate.reference.genome import Genome
from tests.makers.optical import COLUMNS as SMAP_COLUMNS
from tests.makers.optical import smap_text

NAME = "K"


@dataclass(frozen=True, slots=True)
class Made:
    """A format: the column of the sheet, the name of a file of it, and its text for a sample of a name."""

    kind: str
    file: str
    text: Callable[[Genome, str], str]
    names_sample: bool = True  # does the file say whose it is?


def table(*rows: tuple[str, ...], separator: str = "\t") -> str:
    """Lines of cells."""
    return "".join(separator.join(row) + "\n" for row in rows)


def _smap(genome: Genome, name: str) -> str:
    row = {
        "RefcontigID1": "9",
        "RefcontigID2": "9",
        "RefStartPos": "21800000.0",
        "RefEndPos": "22300000.0",
        "Confidence": "0.99",
        "Type": "deletion",
        "SVsize": "480000",
        "orientation": "NA",
        "VAF": "0.45",
    }
    return smap_text(genome, [row, {**row, "RefStartPos": "90000000.0", "RefEndPos": "90500000.0"}])


def _ogm_cnv(genome: Genome, name: str) -> str:
    return table(
        ("#Id", "Chromosome", "Start", "End", "Width", "Type", "fractionalCopyNumber", "CopyNumber", "Confidence"),
        ("1", "9", "21800000", "22400000", "600000", "loss", "0.3", "0", "0.99"),
        ("2", "12", "11800000", "12400000", "600000", "loss", "1.1", "1", "0.99"),
    )


def _ogm_aneuploidy(genome: Genome, name: str) -> str:
    return table(
        ("chr", "types", "fractChrLen", "score", "fractCN"),
        ("21", "gain", "0.97", "0.99", "2.9"),
        ("4", "gain", "0.98", "0.99", "2.9"),
    )


def _coffalyser(genome: Genome, name: str) -> str:
    exons = [
        ("1", "IKZF1", str(exon), "7p12.2", "Test probe", "0.52" if 4 <= exon <= 7 else "1.01") for exon in range(1, 9)
    ]
    return table(("Probe number", "Gene", "Exon", "Chromosomal position", "Probe type", name), *exons)


def _ratios(genome: Genome, name: str) -> str:
    exons = [(name, "IKZF1", str(exon), "0.52" if 4 <= exon <= 7 else "1.01") for exon in range(1, 9)]
    return table(("sample", "gene", "exon", "ratio"), *exons)


def _bench(genome: Genome, name: str) -> str:
    return table(
        ("sample", "method", "target", "result", "cells", "transcripts"),
        (name, "rt_pcr", "BCR::ABL1", "positive", "", "p190"),
        (name, "fish", "KMT2A", "intact", "0/200", ""),
        (name, "flow", "CD19", "positive", "", ""),
    )


def _plain_subtypes(genome: Genome, name: str) -> str:
    return table(("sample", "classifier", "version", "subtype", "score"), (name, "Lab", "1", "KMT2A", "0.91"))


def _allcatchr(genome: Genome, name: str) -> str:
    return table(
        ("sample", "Score", "Prediction", "Confidence", "BlastCounts"),
        (name, "0.98", "KMT2A", "high-confidence", "90.1"),
    )


def _labels(*rows: tuple[str, ...], separator: str = ",") -> Callable[[Genome, str], str]:
    """A classifier's table: the header, then a row of the sample (its name for `K`)."""
    return lambda genome, name: table(
        *(tuple(name if cell == NAME else cell for cell in row) for row in rows), separator=separator
    )


def _pelops(genome: Genome, name: str) -> str:
    part = {"A": {"name": "IGH"}, "B": {"name": "DUX4-core"}}
    entry = {"id": "01", **part, "evidence": {"split_reads": 9, "paired_reads": 14}}
    return json.dumps({"tool": "pelops", "reference": genome.assembly, "rearrangements": [entry]}, indent=1)


GETITD = (
    *("sample", "length", "start", "vaf", "ar", "coverage", "counts", "trailing", "seq", "sense", "external_bp"),
    *("domains", "start_chr13_bp", "end_chr13_bp", "file"),
)


def getitd(name: str, length: int = 48, vaf: float = 31.0, reads: int = 310) -> str:
    """A table of getITD with one duplication; `vaf` in percent."""
    row = {"sample": name, "length": str(length), "start": "120", "vaf": f"{vaf:.1f}", "ar": f"{vaf / (100 - vaf):.4f}",
           "coverage": "1000", "counts": str(reads), "trailing": "False", "seq": "ACGT", "sense": "{1}",
           "external_bp": "0", "domains": "['JMD']", "start_chr13_bp": "28608250", "end_chr13_bp": "28608203",
           "file": "out"}  # fmt: skip
    return table(GETITD, tuple(row[column] for column in GETITD))


def filt3r(place: str = "13:28034100", size: int = 48, vaf: float = 0.31, reads: int = 310, **more: object) -> str:
    """A JSON of FiLT3r with a duplication and a breakpoint that is none."""
    entry = {"start_pos": 1, "stop_pos": 2, "size": size, "occurrence": reads, "region_coverage": 1000.0,
             "wt_coverage": 690.0, "MT/WT": 0.449, "VAF": vaf, "is_duplication": True, "is_wt_duplication": True,
             "sequence": "ACGT", "reference_pos": place, **more}  # fmt: skip
    other = {**entry, "size": -12, "is_duplication": False}
    return json.dumps(
        {"nb_total": 5, "nb_filtered": 4, "nb_reads_in_events": 3, "percentage": 75, "details": [entry, other]},
        indent=1,
    )


_VCF = "##fileformat=VCFv4.2\n{head}#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO{columns}\n"


def itdseek(length: int = 48, vaf: float = 0.31, reads: int = 310) -> str:
    """A VCF of ITDseek, which names no sample."""
    info = f"DP2={reads // 2},{reads - reads // 2};LEN={length};SEQ={'A' * length};CLIPPING;VAF={vaf}"
    head = _VCF.format(head="##source=ITDseekV1.2\n", columns="")
    return f"{head}chr13\t28608250\t.\tG\tG{'A' * length}\t{reads}\t.\t{info}\n"


def itd_ext(name: str, length: int = 48, vaf: float = 0.31, reads: int = 310) -> str:
    """A VCF of FLT3_ITD_ext."""
    info = f"GENE=FLT3;STRAND=-;SVLEN={length};CDS=c.1;AA=p.1;AR={vaf / (1 - vaf):.4f};AF={vaf};DP=1000;VD={reads}"
    head = _VCF.format(head="", columns=f"\tFORMAT\t{name}")
    return f"{head}13\t28608250\tc.1\tG\tG{'A' * length}\t.\t.\t{info}\tAR:AF\t0.4:{vaf}\n"


def pindel(
    genome: Genome, name: str, gene: str = "FLT3", length: int = 48, reads: int = 31, exon_rank: int = 14
) -> str:
    """A VCF of pindel with a tandem duplication that begins in an exon of a gene, and a deletion elsewhere."""
    found, transcript = genome.gene(gene), genome.transcript(gene)
    assert found is not None
    assert transcript is not None
    at = next(exon.start for exon in transcript.exons if exon.rank == exon_rank) + 20
    head = _VCF.format(head="##source=pindel\n", columns=f"\tFORMAT\t{name}")
    tandem = f"END={at + length};HOMLEN=0;SVLEN={length};SVTYPE=DUP:TANDEM;NTLEN=0"
    lost = f"END={10**6 + 40};HOMLEN=0;SVLEN=-40;SVTYPE=DEL"
    return (
        f"{head}{found.chrom}\t{at}\t.\tG\t<DUP:TANDEM>\t.\tPASS\t{tandem}\tGT:AD\t0/1:{100 - reads},{reads}\n"
        f"1\t1000000\t.\tG\t<DEL>\t.\tPASS\t{lost}\tGT:AD\t0/1:60,40\n"
    )


def _plain_tandem(genome: Genome, name: str) -> str:
    return table(("sample", "gene", "length", "vaf", "reads", "depth"), (name, "FLT3", "48", "0.31", "310", "1000"))


FORMATS: Mapping[str, Made] = {
    "bionano.smap": Made("optical_mapping", "K.smap", _smap, names_sample=False),
    "bionano.cnv": Made("copy_number", "cnv_calls_exp.txt", _ogm_cnv, names_sample=False),
    "bionano.aneuploidy": Made("copy_number", "aneuploidy.txt", _ogm_aneuploidy, names_sample=False),
    "mlpa.coffalyser": Made("copy_number", "d007.tsv", _coffalyser),
    "mlpa.ratios": Made("copy_number", "p335.tsv", _ratios),
    "bench.table": Made("bench_results", "bench.tsv", _bench),
    "subtype.table": Made("subtype_calls", "subtypes.tsv", _plain_subtypes),
    "allcatchr": Made("subtype_calls", "predictions.tsv", _allcatchr),
    "allsorts.predictions": Made("subtype_calls", "predictions.csv", _labels(("", "Prediction"), (NAME, "ETV6-RUNX1"))),
    "allsorts.probabilities": Made(
        "subtype_calls",
        "probabilities.csv",
        _labels(("", "DUX4 Group", "ETV6-RUNX1", "iAMP21", "Pred"), (NAME, "0.11", "0.93", "0.05", "ETV6-RUNX1")),
    ),
    "tallsorts.predictions": Made(
        "subtype_calls", "predictions.csv", _labels(("Sample", "Predictions"), (NAME, "TLX3"))
    ),
    "tallsorts.probabilities": Made(
        "subtype_calls",
        "probabilities.csv",
        _labels(("Sample", "HOXA_KMT2A", "TAL", "TLX1", "TLX3"), (NAME, "0.01", "0.03", "0.04", "0.91")),
    ),
    "md_all": Made(
        "subtype_calls",
        "md_all.tsv",
        _labels(
            ("sample_id", "subtype_phenograph", "subtype_svm", "score_svm", "subtype_final", "confidence"),
            (NAME, "DUX4", "DUX4", "0.91", "DUX4", "High"),
            separator="\t",
        ),
    ),
    "integrateall": Made(
        "subtype_calls",
        "Final_classification.csv",
        _labels(
            ("Sample", "ALLCatchR", "Confidence", "Fusioncaller", "Karyotype"),
            (NAME, "KMT2A", "high-confidence", "Arriba", "diploid"),
        ),
    ),
    "allium.gex": Made(
        "subtype_calls",
        "gex.csv",
        _labels(
            ("", "GEX_subtype_groups", "GEX_subtype_V2", "GEX_probability_V2", "GEX_subtype_comments"),
            (NAME, "DUX4-r", "DUX4-r", "0.99", "Passed control"),
        ),
    ),
    "allium.dnam": Made(
        "subtype_calls",
        "dnam.csv",
        _labels(
            ("id", "DNAm_subtype_V2", "DNAm_probability_V2", "DNAm_subtype_comments"),
            (NAME, "DUX4-r", "0.91", "Passed control"),
        ),
    ),
    "alma.v1": Made(
        "subtype_calls",
        "alma.csv",
        _labels(("sample_id", "ALMA Subtype", "P(Predicted Subtype)"), (NAME, "T-ALL", "0.97")),
    ),
    "alma.v2": Made(
        "subtype_calls",
        "alma.csv",
        _labels(("sample_id", "ALMA Subtype v2", "Diagnostic Confidence"), (NAME, "T-ALL", "0.97")),
    ),
    "marlin.pred": Made(
        "subtype_calls",
        "K.pred.txt",
        _labels(
            ("sample", "KMT2A-r", "DUX4-r", "iAMP21", "cov_cpgs", "time"),
            (NAME, "0.91", "0.04", "0.05", "20000", "12"),
            separator="\t",
        ),
    ),
    "pelops.json": Made("fusions", "pelops.json", _pelops, names_sample=False),
    "getitd.tsv": Made("tandem_duplications", "itds_hc.tsv", lambda genome, name: getitd(name)),
    "filt3r.json": Made("tandem_duplications", "filt3r.json", lambda genome, name: filt3r(), names_sample=False),
    "itdseek.vcf": Made("tandem_duplications", "itdseek.vcf", lambda genome, name: itdseek(), names_sample=False),
    "flt3_itd_ext.vcf": Made("tandem_duplications", "K_FLT3_ITD.vcf", lambda genome, name: itd_ext(name)),
    "pindel.tandem": Made("tandem_duplications", "pindel.vcf", pindel),
    "tandem.table": Made("tandem_duplications", "tandem.tsv", _plain_tandem),
}
"""Every first-line format by its registered name; `SMAP_COLUMNS` are those of a SMAP."""

__all__ = [
    "FORMATS",
    "GETITD",
    "NAME",
    "SMAP_COLUMNS",
    "Made",
    "filt3r",
    "getitd",
    "itd_ext",
    "itdseek",
    "pindel",
    "table",
]
