"""Writes RNA fusions in the table of each caller.

`fusion_of` makes a fusion from two genes and the exons that its transcript joins; `write_fusions("arriba", path,
fusions, genome)` writes what the caller would.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from annotate.model.fusions import Fusion
from annotate.reference.genome import Genome

_DOWN = {"L": "downstream", "R": "upstream"}
_ORIENTATION = {"L": "1", "R": "-1"}


def fusion_of(
    genome: Genome,
    five: str,
    three: str,
    five_exon: int | None = None,
    three_exon: int | None = None,
    *,
    split: int = 20,
    spanning: int = 15,
    in_frame: bool | None = True,
) -> Fusion:
    """five::three joined at the end of `five_exon` and the beginning of `three_exon`; by default the middle exons."""
    a, b = genome.gene(five), genome.gene(three)
    if a is None or b is None:
        raise ValueError(f"no such gene: {five if a is None else three}")
    return Fusion(
        five=five,
        three=three,
        caller="",
        five_breakpoint=(a.chrom, _edge(genome, five, five_exon, end=True)),
        three_breakpoint=(b.chrom, _edge(genome, three, three_exon, end=False)),
        split_reads=split,
        spanning_reads=spanning,
        in_frame=in_frame,
        five_keeps=a.five_prime_side,
        three_keeps=b.three_prime_side,
    )


def _edge(genome: Genome, gene: str, exon: int | None, *, end: bool) -> int:
    own, transcript = genome.gene(gene), genome.transcript(gene)
    assert own is not None
    if transcript is None:
        return (own.start + own.end) // 2
    rank = exon if exon is not None else max(len(transcript.exons) // 2, 1)
    found = next(e for e in transcript.exons if e.rank == rank)
    return found.end if end == (transcript.strand == "+") else found.start


def _strand(fusion: Fusion, which: str) -> str:
    keeps = fusion.five_keeps if which == "five" else fusion.three_keeps
    along = {"five": {"L": "+", "R": "-"}, "three": {"R": "+", "L": "-"}}[which]
    return along[keeps] if keeps else "+"


def _place(fusion: Fusion, which: str, prefix: str = "chr", *, strand: bool = False) -> str:
    place = fusion.five_breakpoint if which == "five" else fusion.three_breakpoint
    if place is None:
        return "."
    return f"{prefix}{place[0]}:{place[1]}" + (f":{_strand(fusion, which)}" if strand else "")


def _frame(fusion: Fusion, yes: str, no: str, unknown: str = ".") -> str:
    return unknown if fusion.in_frame is None else yes if fusion.in_frame else no


def _reads(fusion: Fusion) -> tuple[int, int]:
    return fusion.split_reads or 0, fusion.spanning_reads or 0


def _arriba(fusion: Fusion) -> Mapping[str, str]:
    split, spanning = _reads(fusion)
    strands = [f"{_strand(fusion, which)}/{_strand(fusion, which)}" for which in ("five", "three")]
    five, three = fusion.five_keeps or "L", fusion.three_keeps or "R"
    return {
        "#gene1": fusion.five,
        "gene2": fusion.three,
        "strand1(gene/fusion)": strands[0],
        "strand2(gene/fusion)": strands[1],
        "breakpoint1": _place(fusion, "five"),
        "breakpoint2": _place(fusion, "three"),
        "site1": "CDS/splice-site",
        "site2": "CDS/splice-site",
        "type": "deletion/read-through" if "read_through" in fusion.flags else "translocation",
        "split_reads1": str(split // 2),
        "split_reads2": str(split - split // 2),
        "discordant_mates": str(spanning),
        "confidence": fusion.confidence or "high",
        "reading_frame": _frame(fusion, "in-frame", "out-of-frame"),
        "direction1": _DOWN[five],
        "direction2": _DOWN[three],
        "filters": "duplicates(3)",
    }


def _starfusion(fusion: Fusion) -> Mapping[str, str]:
    split, spanning = _reads(fusion)
    return {
        "#FusionName": f"{fusion.five}--{fusion.three}",
        "JunctionReadCount": str(split),
        "SpanningFragCount": str(spanning),
        "SpliceType": "ONLY_REF_SPLICE",
        "LeftGene": f"{fusion.five}^ENSG00000000001.1",
        "LeftBreakpoint": _place(fusion, "five", strand=True),
        "RightGene": f"{fusion.three}^ENSG00000000002.1",
        "RightBreakpoint": _place(fusion, "three", strand=True),
        "LargeAnchorSupport": "YES_LDAS",
        "FFPM": "1.0",
        "annots": '["INTERCHROMOSOMAL[chr1--chr2]"]',
    }


def _starfusion_coding(fusion: Fusion) -> Mapping[str, str]:
    return {
        **_starfusion(fusion),
        "CDS_LEFT_ID": "ENST00000000001.1",
        "CDS_RIGHT_ID": "ENST00000000002.1",
        "PROT_FUSION_TYPE": _frame(fusion, "INFRAME", "FRAMESHIFT"),
    }


def _fusioncatcher(fusion: Fusion) -> Mapping[str, str]:
    split, spanning = _reads(fusion)
    return {
        "Gene_1_symbol(5end_fusion_partner)": fusion.five,
        "Gene_2_symbol(3end_fusion_partner)": fusion.three,
        "Fusion_description": "known,oncogene",
        "Counts_of_common_mapping_reads": "0",
        "Spanning_pairs": str(spanning),
        "Spanning_unique_reads": str(split),
        "Fusion_point_for_gene_1(5end_fusion_partner)": _place(fusion, "five", "", strand=True),
        "Fusion_point_for_gene_2(3end_fusion_partner)": _place(fusion, "three", "", strand=True),
        "Predicted_effect": _frame(fusion, "in-frame", "out-of-frame", "UTR/CDS(truncated)"),
    }


def _cicero(fusion: Fusion) -> Mapping[str, str]:
    split, spanning = _reads(fusion)
    five, three = fusion.five_breakpoint or (".", "."), fusion.three_breakpoint or (".", ".")
    return {
        "sample": "test",
        "geneA": fusion.five,
        "chrA": f"chr{five[0]}",
        "posA": str(five[1]),
        "ortA": _strand(fusion, "five"),
        "geneB": fusion.three,
        "chrB": f"chr{three[0]}",
        "posB": str(three[1]),
        "ortB": _strand(fusion, "three"),
        "sv_ort": ">",
        "readsA": str(split),
        "readsB": str(spanning),
        "type": "CTX",
        "rating": "HQ",
        "frame": _frame(fusion, "1,1", "0,0", "2"),
    }


def _linx(fusion: Fusion) -> Mapping[str, str]:
    return {
        "fivePrimeBreakendId": "1",
        "threePrimeBreakendId": "2",
        "name": f"{fusion.five}_{fusion.three}",
        "phased": _frame(fusion, "INFRAME", "OUT_OF_FRAME", "SKIPPED_EXONS"),
        "likelihood": "HIGH",
        "geneStart": fusion.five,
        "transcriptStart": "ENST00000000001",
        "geneEnd": fusion.three,
        "transcriptEnd": "ENST00000000002",
    }


def _isofox(fusion: Fusion) -> Mapping[str, str]:
    split, spanning = _reads(fusion)
    five, three = fusion.five_breakpoint or (".", "."), fusion.three_breakpoint or (".", ".")
    return {
        "FusionId": "Id_1",
        "Valid": "true",
        "ChrUp": five[0],
        "PosUp": str(five[1]),
        "OrientUp": _ORIENTATION[fusion.five_keeps or "L"],
        "GeneNameUp": fusion.five,
        "ChrDown": three[0],
        "PosDown": str(three[1]),
        "OrientDown": _ORIENTATION[fusion.three_keeps or "R"],
        "GeneNameDown": fusion.three,
        "TotalFragments": str(split + spanning),
        "SplitFrags": str(split),
        "RealignedFrags": "0",
        "DiscordantFrags": str(spanning),
        "Filter": "PASS",
    }


def _jaffa(fusion: Fusion) -> Mapping[str, str]:
    split, spanning = _reads(fusion)
    five, three = fusion.five_breakpoint or (".", "."), fusion.three_breakpoint or (".", ".")
    return {
        "sample": "test",
        "fusion genes": f"{fusion.five}:{fusion.three}",
        "chrom1": f"chr{five[0]}",
        "base1": str(five[1]),
        "strand1": _strand(fusion, "five"),
        "chrom2": f"chr{three[0]}",
        "base2": str(three[1]),
        "strand2": _strand(fusion, "three"),
        "spanning pairs": str(spanning),
        "spanning reads": str(split),
        "inframe": _frame(fusion, "TRUE", "FALSE", "NA"),
        "classification": "HighConfidence",
        "known": "Yes",
    }


def _ericscript(fusion: Fusion) -> Mapping[str, str]:
    split, spanning = _reads(fusion)
    five, three = fusion.five_breakpoint or ("1", 0), fusion.three_breakpoint or ("1", 0)
    return {
        "GeneName1": fusion.five,
        "GeneName2": fusion.three,
        "chr1": five[0],
        "Breakpoint1": str(five[1]) if five[1] else "Unable to predict breakpoint position",
        "strand1": _strand(fusion, "five"),
        "chr2": three[0],
        "Breakpoint2": str(three[1]) if three[1] else "Unable to predict breakpoint position",
        "strand2": _strand(fusion, "three"),
        "crossingreads": str(spanning),
        "spanningreads": str(split),
        "fusiontype": "inter-chromosomal",
        "EricScore": "0.95",
    }


def _plain(fusion: Fusion) -> Mapping[str, str]:
    split, spanning = _reads(fusion)
    return {
        "five_prime": fusion.five,
        "three_prime": fusion.three,
        "five_breakpoint": _place(fusion, "five", strand=True),
        "three_breakpoint": _place(fusion, "three", strand=True),
        "split_reads": str(split),
        "spanning_reads": str(spanning),
        "in_frame": _frame(fusion, "yes", "no", ""),
    }


WRITERS: Mapping[str, Callable[[Fusion], Mapping[str, str]]] = {
    "arriba": _arriba,
    "starfusion": _starfusion,
    "starfusion_coding": _starfusion_coding,
    "fusioncatcher": _fusioncatcher,
    "cicero": _cicero,
    "linx": _linx,
    "isofox": _isofox,
    "jaffa": _jaffa,
    "ericscript": _ericscript,
    "plain": _plain,
}


def write_fusions(dialect: str, path: Path, fusions: Sequence[Fusion]) -> Path:
    """Write `fusions` as the caller would; a header alone for none. Returns `path`."""
    separator = "," if dialect == "jaffa" else "\t"
    rows = [WRITERS[dialect](fusion) for fusion in fusions]
    header = rows[0] if rows else WRITERS[dialect](Fusion("A", "B", ""))
    text = [separator.join(header), *(separator.join(row.values()) for row in rows)]
    path.write_text("\n".join(text) + "\n")
    return path
