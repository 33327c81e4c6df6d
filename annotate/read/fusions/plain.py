"""A plain table of fusions, for callers without a reader of their own and for panels that report two genes.

Separated by tabs, commas or semicolons, with a header. Needed: the two genes, the 5' gene first, as two columns
(`five_prime` and `three_prime`; or `gene5`/`gene3`, `gene1`/`gene2`, `5_gene`/`3_gene`,
`upstream_gene`/`downstream_gene`) or as one
(`fusion`, `fusion_name`: BCR::ABL1, BCR--ABL1, BCR-ABL1, BCR_ABL1, BCR/ABL1).
Read where they are there: `five_breakpoint`, `three_breakpoint` (also `breakpoint1`, `breakpoint2`; chr22:23632600 or
chr22:23632600:+, with the strand along which the transcript runs; or in two columns `chrom1`, `pos1`, `chrom2`,
`pos2`), `split_reads`, `spanning_reads`, or one `reads` (also `supporting_reads`, `support`), `in_frame` (yes, no),
`confidence`, `filter`, `caller`.
"""

from __future__ import annotations

from collections.abc import Iterator

from annotate.base.errors import InputError
from annotate.read.common.passing import filter_word
from annotate.read.common.text import Head, Row
from annotate.read.fusions.builder import FusionFile, Reading, register_format
from annotate.read.fusions.cells import cell, count, five_side, rows, strand_of, three_side, truth
from annotate.read.fusions.names import split_name
from annotate.read.fusions.source import Source
from annotate.reference.genome import Genome

NAME = "plain.fusions"
PAIRS = (
    ("five_prime", "three_prime"),
    ("five_prime_gene", "three_prime_gene"),
    ("gene5", "gene3"),
    ("5_gene", "3_gene"),
    ("gene_5prime", "gene_3prime"),
    ("upstream_gene", "downstream_gene"),
    ("gene1", "gene2"),
    ("gene_1", "gene_2"),
    ("genea", "geneb"),
)
NAMES = ("fusion", "fusion_name", "fusionname", "fusion_gene", "fusion_genes", "gene_fusion")
FIVE_PLACE = ("five_breakpoint", "five_prime_breakpoint", "breakpoint5", "breakpoint1", "breakpoint_1")
THREE_PLACE = ("three_breakpoint", "three_prime_breakpoint", "breakpoint3", "breakpoint2", "breakpoint_2")
FIVE_COLUMNS = (("five_chrom", "chrom1", "chr1", "chrom_1", "chra"), ("five_pos", "pos1", "position1", "pos_1", "posa"))
THREE_COLUMNS = (
    ("three_chrom", "chrom2", "chr2", "chrom_2", "chrb"),
    ("three_pos", "pos2", "position2", "pos_2", "posb"),
)


def _name(column: str) -> str:
    return column.strip().strip('"').lstrip("#").lower().replace(" ", "_").replace("'", "")


def _recognise(head: Head) -> bool:
    names = {_name(column) for column in head.columns}
    return any(set(pair) <= names for pair in PAIRS) or bool(names & set(NAMES))


def read(source: Source) -> FusionFile:
    """Fusions of a table with plain columns: two genes, and places and reads where it has them."""
    reading = Reading(source, "plain table", NAME)
    for row in _rows(source):
        five, three = _genes(row, source.genome)
        left, right = cell(row, *FIVE_PLACE), cell(row, *THREE_PLACE)
        split, spanning = count(row, "split_reads", "junction_reads"), count(row, "spanning_reads", "discordant_reads")
        if split is None and spanning is None:
            split = count(row, "reads", "supporting_reads", "support")
        word = filter_word(cell(row, "filter"))
        reading.add(
            five,
            three,
            record=f"line {row.line}",
            five_place=left or _place(row, FIVE_COLUMNS),
            three_place=right or _place(row, THREE_COLUMNS),
            five_keeps=five_side(strand_of(left)),
            three_keeps=three_side(strand_of(right)),
            split=split,
            spanning=spanning,
            in_frame=truth(cell(row, "in_frame", "frame", "reading_frame")),
            confidence=cell(row, "confidence"),
            flags={"filtered_by_caller"} if word not in ("", "PASS") else (),
            filter=word,
            caller=cell(row, "caller") or None,
        )
    return reading.done()


def _place(row: Row, columns: tuple[tuple[str, ...], tuple[str, ...]]) -> tuple[str, str] | None:
    """A place in two columns; None where one of them is missing or empty."""
    contig, at = (cell(row, *names) for names in columns)
    return (contig, at.replace(",", "")) if contig and at else None


def _rows(source: Source) -> Iterator[Row]:
    ours: dict[str, str] = {}
    for row in rows(source):
        if len(ours) < len(row.cells):
            ours = {column: _name(column) for column in row.cells}
        yield Row(row.path, row.line, {ours[column]: text for column, text in row.cells.items()})


def _genes(row: Row, genome: Genome) -> tuple[str, str]:
    for five, three in PAIRS:
        if row.has(five) and row.has(three):
            return cell(row, five), cell(row, three)
    text = cell(row, *NAMES)
    found = split_name(text, genome)
    if found is None:
        raise InputError(
            "not two genes",
            path=row.path,
            line=row.line,
            column="fusion",
            found=text,
            expected="two genes, as in BCR::ABL1",
            fix="write both genes, the 5' gene first",
        )
    return found


register_format(NAME, "plain table", "two genes a line, see docs/fusion_table.md", _recognise, read, priority=0)
