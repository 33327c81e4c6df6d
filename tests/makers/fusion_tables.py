"""Writes RNA fusions in the tables of further callers, and any table in another form: commas, quotes, R row names."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from annotate.model.fusions import Fusion
from annotate.reference.genome import Genome
from tests.makers.fusions import WRITERS, _frame, _place, _reads, _strand

Cells = Mapping[str, str]
_SIGN = {"L": "+", "R": "-"}
_NUMBER = {"L": "1", "R": "-1"}


def _ends(fusion: Fusion) -> tuple[tuple[str, int], tuple[str, int]]:
    return fusion.five_breakpoint or ("1", 1), fusion.three_breakpoint or ("1", 1)


def _keeps(fusion: Fusion) -> tuple[str, str]:
    return fusion.five_keeps or "L", fusion.three_keeps or "R"


def _dragen(fusion: Fusion) -> Cells:
    split, spanning = _reads(fusion)
    return {
        "#FusionGene": f"{fusion.five}--{fusion.three}",
        "Score": "0.98",
        "LeftBreakpoint": _place(fusion, "five", strand=True),
        "RightBreakpoint": _place(fusion, "three", strand=True),
        "Gene1Sense": "True",
        "Gene2Sense": "True",
        "NumSplitReads": str(split - 1),
        "NumSoftClippedReads": "1",
        "NumPairedReads": str(spanning),
        "ReadNames": "r1;r2",
    }


def _dragen_names(fusion: Fusion) -> Cells:
    full = _dragen(fusion)
    kept = {name: full[name] for name in ("#FusionGene", "Score", "LeftBreakpoint", "RightBreakpoint")}
    return {**kept, "ReadNames": ";".join(f"read{n}" for n in range(sum(_reads(fusion))))}


def _ctat_lr(fusion: Fusion) -> Cells:
    return {
        "#FusionName": f"{fusion.five}--{fusion.three}",
        "num_LR": str(sum(_reads(fusion))),
        "LeftGene": f"{fusion.five}^ENSG00000000001.1",
        "LeftLocalBreakpoint": "1",
        "LeftBreakpoint": _place(fusion, "five", strand=True),
        "RightGene": f"{fusion.three}^ENSG00000000002.1",
        "RightLocalBreakpoint": "2",
        "RightBreakpoint": _place(fusion, "three", strand=True),
        "SpliceType": "ONLY_REF_SPLICE",
        "annots": '["Mitelman"]',
    }


def _defuse(fusion: Fusion) -> Cells:
    """deFuse's order of genes is its own: the 3' gene is written first."""
    (a, b), (x, y), (split, spanning) = _ends(fusion), _keeps(fusion), _reads(fusion)
    return {
        "cluster_id": "7",
        "splitr_count": str(split),
        "gene1": "ENSG00000000002",
        "gene2": "ENSG00000000001",
        "gene_chromosome1": b[0],
        "gene_chromosome2": a[0],
        "gene_name1": fusion.three,
        "gene_name2": fusion.five,
        "genomic_break_pos1": str(b[1]),
        "genomic_break_pos2": str(a[1]),
        "genomic_strand1": _SIGN[y],
        "genomic_strand2": _SIGN[x],
        "read_through": "N",
        "span_count": str(spanning),
        "probability": "0.9",
    }


def _pizzly(fusion: Fusion) -> Cells:
    split, spanning = _reads(fusion)
    return {
        "geneA.name": fusion.five,
        "geneA.id": "ENSG00000000001.1",
        "geneB.name": fusion.three,
        "geneB.id": "ENSG00000000002.1",
        "paircount": str(spanning),
        "splitcount": str(split),
        "transcripts.list": "ENST1_0:1_ENST2_2:3",
    }


def _squid(fusion: Fusion) -> Cells:
    (a, b), (x, y) = _ends(fusion), _keeps(fusion)

    def segment(at: int, keeps: str) -> tuple[str, str]:
        return (str(at - 500), str(at)) if keeps == "L" else (str(at - 1), str(at + 500))

    return {
        "# chrom1": b[0],
        "start1": segment(b[1], y)[0],
        "end1": segment(b[1], y)[1],
        "chrom2": a[0],
        "start2": segment(a[1], x)[0],
        "end2": segment(a[1], x)[1],
        "name": ".",
        "score": str(sum(_reads(fusion))),
        "strand1": _SIGN[y],
        "strand2": _SIGN[x],
        "Type": "fusion-gene",
        "FusedGenes": f"{fusion.five}:{fusion.three}",
    }


def _soapfuse(fusion: Fusion) -> Cells:
    (a, b), (split, spanning) = _ends(fusion), _reads(fusion)
    return {
        "up_gene": fusion.five,
        "up_chr": f"chr{a[0]}",
        "up_strand": _strand(fusion, "five"),
        "up_Genome_pos": str(a[1]),
        "up_loc": "M",
        "dw_gene": fusion.three,
        "dw_chr": f"chr{b[0]}",
        "dw_strand": _strand(fusion, "three"),
        "dw_Genome_pos": str(b[1]),
        "dw_loc": "E",
        "Span_reads_num": str(spanning),
        "Junc_reads_num": str(split),
        "Fusion_Type": "INTERCHR-SS",
        "down_fusion_part_frame-shift_or_not": _frame(fusion, "inframe-shift", "frame-shift", "NA"),
    }


def _infusion(fusion: Fusion) -> Cells:
    (a, b), (x, y), (split, spanning) = _ends(fusion), _keeps(fusion), _reads(fusion)

    def region(at: int, keeps: str) -> str:
        return f"[{at - 70},{at}]" if keeps == "L" else f"[{at},{at + 70}]"

    return {
        "#id": "1",
        "ref1": b[0],
        "break_pos1": str(b[1]),
        "region1": region(b[1], y),
        "ref2": a[0],
        "break_pos2": str(a[1]),
        "region2": region(a[1], x),
        "num_span": str(split),
        "num_paired": str(spanning),
        "genes_1": fusion.three,
        "genes_2": fusion.five,
        "fusion_class": "inter-chromosomal",
    }


def _fusionmap(fusion: Fusion) -> Cells:
    (a, b), total = _ends(fusion), sum(_reads(fusion))
    return {
        "FusionID": "FUS_1",
        "s.UniqueCuttingPositionCount": "9",
        "s.SeedCount": str(total - 3),
        "s.RescuedCount": "3",
        "Strand": _strand(fusion, "five") + _strand(fusion, "three"),
        "Chromosome1": a[0],
        "Position1": str(a[1]),
        "Chromosome2": b[0],
        "Position2": str(b[1]),
        "KnownGene1": fusion.five,
        "KnownGene2": fusion.three,
        "FusionGene": f"{fusion.five}->{fusion.three}",
        "FrameShiftClass": _frame(fusion, "InFrame", "FrameShift", ""),
        "Filter": "",
    }


def _tso500(fusion: Fusion) -> Cells:
    split, spanning = _reads(fusion)
    return {
        "Caller": "Manta",
        "Gene A": fusion.five,
        "Gene B": fusion.three,
        "Gene A Breakpoint": _place(fusion, "five"),
        "Gene B Breakpoint": _place(fusion, "three"),
        "Score": "0.9",
        "Filter": "PASS",
        "Alt Split": str(split),
        "Alt Pair": str(spanning),
    }


def _cbioportal(fusion: Fusion) -> Cells:
    (a, b), (split, spanning) = _ends(fusion), _reads(fusion)
    return {
        "Sample_Id": "s",
        "SV_Status": "SOMATIC",
        "Site1_Hugo_Symbol": fusion.five,
        "Site1_Chromosome": a[0],
        "Site1_Position": str(a[1]),
        "Site2_Hugo_Symbol": fusion.three,
        "Site2_Chromosome": b[0],
        "Site2_Position": str(b[1]),
        "Tumor_Split_Read_Count": str(split),
        "Tumor_Paired_End_Read_Count": str(spanning),
        "Class": "TRANSLOCATION",
        "Event_Info": f"{fusion.five}-{fusion.three} fusion",
    }


def _mavis(fusion: Fusion) -> Cells:
    (a, b), (x, y), (split, spanning) = _ends(fusion), _keeps(fusion), _reads(fusion)
    return {
        "tracking_id": "t1",
        "library": "s",
        "event_type": "translocation",
        "gene1": "ENSG00000000002",
        "gene1_direction": "3",
        "gene2": "ENSG00000000001",
        "gene2_direction": "5",
        "gene1_aliases": fusion.three,
        "gene2_aliases": fusion.five,
        "break1_chromosome": b[0],
        "break1_position_start": str(b[1]),
        "break1_orientation": y,
        "break2_chromosome": a[0],
        "break2_position_start": str(a[1]),
        "break2_orientation": x,
        "protocol": "transcriptome",
        "break1_split_reads": str(split),
        "break2_split_reads": "0",
        "spanning_reads": "0",
        "flanking_pairs": str(spanning),
    }


def _linx(fusion: Fusion) -> Cells:
    (a, b), (x, y) = _ends(fusion), _keeps(fusion)
    return {
        "fivePrimeBreakendId": "1",
        "threePrimeBreakendId": "2",
        "name": f"{fusion.five}_{fusion.three}",
        "reported": "true",
        "reportedType": "KNOWN_PAIR",
        "reportableReasons": "OK",
        "phased": _frame(fusion, "INFRAME", "OUT_OF_FRAME", "SKIPPED_EXONS"),
        "likelihood": "HIGH",
        "fivePrimeCoords": f"chr{a[0]}:{a[1]}:{_NUMBER[x]}",
        "threePrimeCoords": f"chr{b[0]}:{b[1]}:{_NUMBER[y]}",
    }


TABLES: Mapping[str, Callable[[Fusion], Cells]] = {
    "dragen": _dragen,
    "dragen_names": _dragen_names,
    "ctat_lr": _ctat_lr,
    "defuse": _defuse,
    "pizzly": _pizzly,
    "squid": _squid,
    "soapfuse": _soapfuse,
    "infusion": _infusion,
    "fusionmap": _fusionmap,
    "tso500": _tso500,
    "cbioportal": _cbioportal,
    "mavis": _mavis,
    "linx_placed": _linx,
}
ALL_TABLES: Mapping[str, Callable[[Fusion], Cells]] = {**WRITERS, **TABLES}
FORMS = ("tab", "comma", "semicolon", "quoted", "row_names")


def write_table(
    dialect: str, path: Path, fusions: Sequence[Fusion], form: str = "tab", extra: Sequence[Cells] = ()
) -> Path:
    """Write `fusions` as the caller would, in another form; `extra` cells stand before each row. Returns `path`."""
    rows = [{**(extra[n] if extra else {}), **ALL_TABLES[dialect](fusion)} for n, fusion in enumerate(fusions)]
    header = list(rows[0] if rows else ALL_TABLES[dialect](Fusion("A", "B", "")))
    if header[0].startswith("#") is False and any(name.startswith("#") for name in header):
        header = [name.lstrip("# ") for name in header]
    body = [list(row.values()) for row in rows]
    separator = {"comma": ",", "semicolon": ";"}.get(form, "\t")
    quote = form in ("comma", "semicolon", "quoted", "row_names")
    lines = [header, *body]
    if quote:
        lines = [['"' + cell.replace('"', '""') + '"' for cell in line] for line in lines]
    if form == "row_names":
        lines = [lines[0], *([f'"{n}"', *line] for n, line in enumerate(lines[1:], start=1))]
    path.write_text("\n".join(separator.join(line) for line in lines) + "\n")
    return path


def rna_vcf(genome: Genome, fusion: Fusion, writer: str) -> str:
    """One fusion as VCF of Arriba's script or of nf-core/rnafusion."""
    (a, b), (x, y), (split, spanning) = _ends(fusion), _keeps(fusion), _reads(fusion)
    five = f"N[{b[0]}:{b[1]}[" if y == "R" else f"N]{b[0]}:{b[1]}]"
    five = five if x == "L" else five[1:] + "N"
    three = f"]{a[0]}:{a[1]}]N" if x == "L" else f"[{a[0]}:{a[1]}[N"
    three = three if y == "R" else "N" + three[:-1]
    head = "##fileformat=VCFv4.3\n"
    if writer == "arriba":
        one = f"GENE_NAME={fusion.five};SPLIT_READS={split};DISCORDANT_MATES={spanning};CONFIDENCE=high"
        rows = [
            (a, "1a", five, f"SVTYPE=BND;MATEID=1b;EVENT=1;{one}"),
            (b, "1b", three, f"SVTYPE=BND;MATEID=1a;EVENT=1;GENE_NAME={fusion.three};SPLIT_READS={split}"),
        ]
        tail, columns = "", "#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\n"
    else:
        info = (
            f"SVTYPE=BND;CHRA={a[0]};CHRB={b[0]};GENEA={fusion.five};GENEB={fusion.three};POSA={a[1]};POSB={b[1]};"
            f"ORIENTATION={_strand(fusion, 'five')},{_strand(fusion, 'three')};TOOL_HITS=3;FRAME_STATUS=INFRAME"
        )
        rows = [(a, "f_1", five, info), (b, "f_2", three, info)]
        head += '##FORMAT=<ID=FFPM,Number=1,Type=Float,Description="">\n'
        tail, columns = (
            f"\tGT:DV:RV:FFPM\t./1:{spanning}:{split}:2.2",
            "#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\tFORMAT\ts\n",
        )
    body = [f"{at[0]}\t{at[1]}\t{id}\tN\t{alt}\t.\tPASS\t{info}{tail}" for at, id, alt, info in rows]
    return head + columns + "\n".join(body) + "\n"
