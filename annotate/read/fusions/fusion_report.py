"""fusion-report (nf-core/rnafusion): `fusions.csv`, one row a pair and one cell a caller.

A cell holds `key: value` parts: `position: 4:1806934:+#4:1727977:+,junction_reads: 261,spanning_reads: 637`. Each cell
is one caller's record of the pair.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from annotate.read.common.text import Head, Row
from annotate.read.fusions.builder import FusionFile, Reading, register_format
from annotate.read.fusions.cells import cell, five_side, rows, strand_of, three_side, truth
from annotate.read.fusions.names import split_name
from annotate.read.fusions.source import Source

NAME = "fusion_report.csv"
CALLERS: Mapping[str, str] = {
    "arriba": "Arriba",
    "ctat_lr_fusion": "CTAT-LR-fusion",
    "dragen": "DRAGEN RNA",
    "ericscript": "EricScript",
    "fusioncatcher": "FusionCatcher",
    "jaffa": "JAFFA",
    "pizzly": "pizzly",
    "squid": "SQUID",
    "starfusion": "STAR-Fusion",
}
_SPLIT = ("split_reads1", "split_reads2", "junction_reads", "spanning_unique_reads", "num_LR", "split_reads",
          "splitcount", "split_count")  # fmt: skip
_SPANNING = ("discordant_mates", "spanning_pairs", "spanning_reads", "paircount", "pair_count", "crossing_reads")
_PART = re.compile(r"(?:^|,)\s*([\w-]+):\s*")


def _recognise(head: Head) -> bool:
    return head.has("Fusion", "Databases") and bool(set(CALLERS) & set(head.columns))


def read(source: Source) -> FusionFile:
    """Fusions of one fusion-report table, one a caller's cell."""
    reading = Reading(source, "fusion-report", NAME)
    for row in rows(source, "Fusion"):
        _row(reading, row)
    return reading.done()


def _row(reading: Reading, row: Row) -> None:
    pair = split_name(cell(row, "Fusion"), reading.genome)
    tools = [tool for tool in CALLERS if row.has(tool) and cell(row, tool)]
    if pair is None or not tools:
        reading.tally.drop("no caller's record of the pair")
        return
    for number, tool in enumerate(tools):
        _cell(reading, row, pair, tool, counted=number == 0)


def _cell(reading: Reading, row: Row, pair: tuple[str, str], tool: str, *, counted: bool) -> None:
    """One caller's record; a row is counted once, however many callers it holds."""
    parts = _parts(cell(row, tool))
    five, _, three = parts.get("position", "").partition("#")
    split, spanning = _number(parts, _SPLIT), _number(parts, _SPANNING)
    reading.add(
        *pair,
        record=f"line {row.line}, {tool}",
        five_place=five or None,
        three_place=three or None,
        five_keeps=five_side(strand_of(five)),
        three_keeps=three_side(strand_of(three)),
        split=split,
        spanning=spanning,
        in_frame=truth(parts.get("reading-frame", parts.get("fusion_type", ""))),
        confidence=parts.get("confidence"),
        flags={"read_through"} if "read-through" in parts.get("type", "") else set(),
        caller=CALLERS[tool],
        counted=counted,
    )


def _parts(text: str) -> dict[str, str]:
    marks = list(_PART.finditer(text))
    ends = [mark.start() for mark in marks[1:]] + [len(text)]
    return {mark[1]: text[mark.end() : end].strip() for mark, end in zip(marks, ends, strict=True)}


def _number(parts: Mapping[str, str], keys: tuple[str, ...]) -> int | None:
    found = [int(parts[key]) for key in keys if parts.get(key, "").isdecimal()]
    return sum(found) if found else None


register_format(NAME, "fusion-report", "fusions.csv of nf-core/rnafusion", _recognise, read, tested_on="real file")
