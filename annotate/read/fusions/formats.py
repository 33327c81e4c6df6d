"""Fusion tables read by their columns alone: DRAGEN, Isofox, CTAT-LR-fusion, deFuse, pizzly, SOAPfuse and others."""

from __future__ import annotations

from annotate.read.common.text import Row
from annotate.read.fusions.cells import cell, count
from annotate.read.fusions.declared import Declared, End, declare

# ---------------------------------------------------------------- DRAGEN RNA


def _dragen_reads(row: Row) -> tuple[int | None, int | None]:
    """Counts of the newer layout; of the older one, the number of reads that it names."""
    if row.has("NumSplitReads"):
        split = [count(row, "NumSplitReads"), count(row, "NumSoftClippedReads")]
        return sum(number or 0 for number in split), count(row, "NumPairedReads")
    names = {name for name in cell(row, "ReadNames").split(";") if name}
    return len(names), None


def _dragen_flags(row: Row) -> set[str]:
    senses = [cell(row, f"Gene{n}Sense").split(";")[0].lower() for n in (1, 2)]
    return {"antisense"} if "false" in senses else set()


declare(
    Declared(
        "dragen.fusion_candidates",
        "DRAGEN RNA",
        "fusion_candidates.final and .preliminary, with and without read counts",
        ("FusionGene", "Score", "LeftBreakpoint", "RightBreakpoint"),
        five=End((), id=("Gene1Id",), place=("LeftBreakpoint",)),
        three=End((), id=("Gene2Id",), place=("RightBreakpoint",)),
        pair=("FusionGene",),
        reads=_dragen_reads,
        flags=_dragen_flags,
        confidence=("Score",),
        filter=("Filter",),
        tested_on="real file",
    )
)

# ---------------------------------------------------------------- long reads

declare(
    Declared(
        "ctat_lr.tsv",
        "CTAT-LR-fusion",
        "fusion_predictions.tsv of long reads",
        ("FusionName", "num_LR", "LeftGene", "RightGene", "LeftBreakpoint", "RightBreakpoint"),
        five=End(("LeftGene",), place=("LeftBreakpoint",)),
        three=End(("RightGene",), place=("RightBreakpoint",)),
        pair=("FusionName",),
        split=("num_LR",),
        priority=20,
        tested_on="real file",
    )
)

# ---------------------------------------------------------------- short reads

declare(
    Declared(
        "defuse.tsv",
        "deFuse",
        "results.tsv, results.classify.tsv, results.filtered.tsv",
        ("cluster_id", "splitr_count", "gene1", "gene2", "genomic_break_pos1", "genomic_break_pos2"),
        five=End(
            ("gene_name1",),
            id=("gene1",),
            chrom=("gene_chromosome1",),
            place=("genomic_break_pos1",),
            strand=("genomic_strand1",),
        ),
        three=End(
            ("gene_name2",),
            id=("gene2",),
            chrom=("gene_chromosome2",),
            place=("genomic_break_pos2",),
            strand=("genomic_strand2",),
        ),
        split=("splitr_count",),
        spanning=("span_count",),
        confidence=("probability",),
        breakend_strands=True,
        ordered=False,
        flags=lambda row: {"read_through"} if cell(row, "read_through") == "Y" else set(),
        record=("cluster_id",),
        tested_on="real file",
    )
)

declare(
    Declared(
        "pizzly.tsv",
        "pizzly",
        "the flattened table of genes (pizzly_flatten_json.py)",
        ("geneA.name", "geneB.name", "paircount", "splitcount"),
        five=End(("geneA.name",), id=("geneA.id",)),
        three=End(("geneB.name",), id=("geneB.id",)),
        split=("splitcount",),
        spanning=("paircount",),
        tested_on="real file",
    )
)

declare(
    Declared(
        "soapfuse.txt",
        "SOAPfuse",
        "final.Fusion.specific.for.genes",
        ("up_gene", "up_Genome_pos", "dw_gene", "dw_Genome_pos", "Junc_reads_num"),
        five=End(("up_gene",), chrom=("up_chr",), place=("up_Genome_pos",), strand=("up_strand",)),
        three=End(("dw_gene",), chrom=("dw_chr",), place=("dw_Genome_pos",), strand=("dw_strand",)),
        split=("Junc_reads_num",),
        spanning=("Span_reads_num",),
        frame=("down_fusion_part_frame-shift_or_not",),
        tested_on="real file",
    )
)

declare(
    Declared(
        "oncofuse.txt",
        "Oncofuse",
        "annotated fusions of another caller",
        ("FUSION_ID", "5_FPG_GENE_NAME", "3_FPG_GENE_NAME", "SPANNING_READS", "GENOMIC"),
        five=End(("5_FPG_GENE_NAME",)),
        three=End(("3_FPG_GENE_NAME",)),
        split=("SPANNING_READS",),
        spanning=("ENCOMPASSING_READS",),
        tested_on="real file",
    )
)

declare(
    Declared(
        "isofox.fusions.tsv",
        "Isofox",
        "isf.fusions and isf.pass_fusions, with tabs or commas",
        ("GeneNameUp", "GeneNameDown", "PosUp", "PosDown"),
        five=End(("GeneNameUp",), id=("GeneIdUp",), chrom=("ChrUp",), place=("PosUp",), strand=("OrientUp",)),
        three=End(
            ("GeneNameDown",), id=("GeneIdDown",), chrom=("ChrDown",), place=("PosDown",), strand=("OrientDown",)
        ),
        split=("SplitFrags", "RealignedFrags"),
        spanning=("DiscordantFrags",),
        breakend_strands=True,
        confidence=("KnownFusionType",),
        filter=("Filter",),
        flags=lambda row: {"filtered_by_caller"} if cell(row, "Valid").lower() == "false" else set(),
        record=("FusionId",),
        tested_on="real file",
    )
)

# ---------------------------------------------------------------- panels


def _tso_reads(row: Row) -> tuple[int | None, int | None]:
    return count(row, "Alt Split Dedup", "Alt Split"), count(row, "Alt Pair Dedup", "Alt Pair")


declare(
    Declared(
        "tso500.fusions.csv",
        "TSO 500",
        "AllFusions.csv of the DRAGEN TruSight Oncology 500 pipeline",
        ("Gene A", "Gene B", "Gene A Breakpoint", "Gene B Breakpoint"),
        five=End(("Gene A",), place=("Gene A Breakpoint",)),
        three=End(("Gene B",), place=("Gene B Breakpoint",)),
        reads=_tso_reads,
        confidence=("Score",),
        filter=("Filter",),
        flags=lambda row: (
            {"orientation_unknown"} if cell(row, "Fusion Directionality Known").lower() in ("false", "no") else set()
        ),
    )
)
