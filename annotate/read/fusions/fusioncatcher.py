"""FusionCatcher: `final-list_candidate-fusion-genes.txt` and its VCF.

Spanning unique reads cross the junction (split), spanning pairs lie on both sides of it. In the VCF a fusion is two
records; the brackets of its 3' records do not mirror those of the 5' records, so the strands are read instead.
"""

from __future__ import annotations

from collections.abc import Iterator

from annotate.base.errors import InputError
from annotate.breakpoints.vcf_alt import parse_alt
from annotate.read.common.text import MISSING, Head, Row, lines
from annotate.read.fusions.builder import FusionFile, Reading, register_format
from annotate.read.fusions.cells import cell, count, five_side, rows, strand_of, three_side, truth
from annotate.read.fusions.source import Source

TABLE, VCF = "fusioncatcher.txt", "fusioncatcher.vcf"
_HEALTHY = frozenset({"1000genomes", "bodymap2", "gtex", "hpa", "non_cancer_tissues", "non_tumor_cells"})
_ALIKE = frozenset({"paralogs", "similar_reads", "similar_symbols", "pair_pseudo_genes", "duplicates"})
_FIVE = "Gene_1_symbol(5end_fusion_partner)"
_POINT_FIVE = "Fusion_point_for_gene_1(5end_fusion_partner)"
_POINT_THREE = "Fusion_point_for_gene_2(3end_fusion_partner)"
_THREE = "Gene_2_symbol(3end_fusion_partner)"


def _recognise(head: Head) -> bool:
    return head.has(_FIVE, _THREE)


def _recognise_vcf(head: Head) -> bool:
    return any(line.lower().startswith("##source=fusioncatcher") for line in head.comments)


def read(source: Source) -> FusionFile:
    """Fusions of a FusionCatcher table (`final-list_candidate-fusion-genes.txt`)."""
    reading = Reading(source, "FusionCatcher", TABLE)
    for row in rows(source, _POINT_FIVE, _POINT_THREE):
        _row(reading, row)
    return reading.done()


def _row(reading: Reading, row: Row) -> None:
    five = cell(row, _POINT_FIVE)
    three = cell(row, _POINT_THREE)
    effect = cell(row, "Predicted_effect")
    reading.add(
        cell(row, _FIVE),
        cell(row, _THREE),
        record=f"line {row.line}",
        five_place=five,
        three_place=three,
        five_keeps=five_side(strand_of(five)),
        three_keeps=three_side(strand_of(three)),
        split=count(row, "Spanning_unique_reads"),
        spanning=count(row, "Spanning_pairs"),
        in_frame=truth(effect),
        flags=_flags(cell(row, "Fusion_description"), effect),
    )


def _flags(description: str, effect: str) -> set[str]:
    words = set(description.split(","))
    flags = {"banned"} if "banned" in words else set()
    if "known" not in words and (_HEALTHY | {"banned"}) & words:
        flags.add("blacklisted")
    if "known" not in words and _ALIKE & words:
        flags.add("duplicate_gene")
    if "readthrough" in words:
        flags.add("read_through")
    return flags | ({"intergenic"} if "intergenic" in effect else set())


# ---------------------------------------------------------------- VCF


def read_vcf(source: Source) -> FusionFile:
    """Fusions of FusionCatcher's VCF; the two ends of an event stand on lines of their own."""
    reading = Reading(source, "FusionCatcher", VCF)
    events: dict[str, dict[str, tuple[int, list[str], dict[str, str]]]] = {}
    for number, cells, info in _records(source):
        event = info.get("EVENT", f"line {number}")
        side = info.get("END", "")
        if side not in ("5", "3") or side in events.get(event, {}):
            reading.tally.drop("no end of a fusion is named")
            continue
        events.setdefault(event, {})[side] = (number, cells, info)
    for event, ends in events.items():
        _event(reading, event, ends)
    return reading.done()


def _event(reading: Reading, event: str, ends: dict[str, tuple[int, list[str], dict[str, str]]]) -> None:
    """One fusion from its one or two records; both count as used."""
    places: dict[str, tuple[str, str] | None] = {"5": None, "3": None}
    strands = {"5": "", "3": ""}
    for side, (_, cells, own) in ends.items():
        places[side], strands[side] = (cells[0], cells[1]), own.get("STRAND", "")
        alt, other = parse_alt(cells[4]), "3" if side == "5" else "5"
        if other not in ends and alt is not None and alt.mate_chrom is not None:
            places[other] = (alt.mate_chrom, str(alt.mate_pos))
    _, _, info = ends.get("5") or ends["3"]
    used = reading.tally.used
    effect = info.get("EFFECT", "")
    reading.add(
        info.get("GENE5", ""),
        info.get("GENE3", ""),
        record=event,
        five_place=places["5"],
        three_place=places["3"],
        five_keeps=five_side(strands["5"]),
        three_keeps=three_side(strands["3"]),
        split=_number(info.get("SR", "")),
        spanning=_number(info.get("SP", "")),
        in_frame=truth(effect),
        flags=_flags(info.get("DESC", ""), effect),
    )
    if len(ends) == 2:  # the second record shares the fate of the first
        reading.tally.use() if reading.tally.used > used else reading.tally.drop("no gene on either side")


def _records(source: Source) -> Iterator[tuple[int, list[str], dict[str, str]]]:
    for number, line in lines(source.path):
        if line.startswith("#") or not line.strip():
            continue
        cells = line.split("\t")
        if len(cells) < 8:
            raise InputError(
                "record is damaged", path=source.path, line=number, found=f"{len(cells)} columns", expected="8"
            )
        info = dict(part.partition("=")[::2] for part in cells[7].split(";"))
        yield number, cells, info


def _number(text: str) -> int | None:
    return int(text) if text not in MISSING and text.isdecimal() else None


register_format(
    TABLE, "FusionCatcher", "final-list_candidate-fusion-genes.txt", _recognise, read, tested_on="real file"
)
register_format(
    VCF,
    "FusionCatcher",
    "final-list_candidate-fusion-genes.vcf",
    _recognise_vcf,
    read_vcf,
    tested_on="real file",
)
