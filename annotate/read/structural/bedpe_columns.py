"""Columns and strands of BEDPE tables, writer by writer.

By the convention of LUMPY, svtools and the PCAWG consensus, `+` keeps the left of either end (a deletion is `+-`). In
BRASS and the tables of SigProfiler the second strand is that of the joined sequence, so `++` is a deletion and `--` a
tandem duplication. Files without BRASS's own columns tell their convention by the classes that they state.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from enum import Enum

from annotate.breakpoints.breakends import Connection
from annotate.breakpoints.vcf_alt import parse_alt

PLAIN_COLUMNS = ("chrom1", "start1", "end1", "chrom2", "start2", "end2", "name", "score", "strand1", "strand2")
# What each column is called; the first name is ours.
ALIASES: Mapping[str, tuple[str, ...]] = {
    "chrom1": ("chrom1", "chrom_a", "chr1", "chromosome1", "#chrom1"),
    "start1": ("start1", "start_a", "pos1"),
    "end1": ("end1", "end_a"),
    "chrom2": ("chrom2", "chrom_b", "chr2", "chromosome2"),
    "start2": ("start2", "start_b", "pos2"),
    "end2": ("end2", "end_b"),
    "name": ("name", "name_a", "sv_id", "id", "id/name"),
    "strand1": ("strand1", "strand_a"),
    "strand2": ("strand2", "strand_b"),
    "type": ("type", "svtype", "svclass"),
    "filter": ("filter",),
    "alt": ("alt_a",),
    "info": ("info_a",),
    "sample": ("sample",),
    "tumor_pairs": ("tum_pr_alt",),
    "tumor_splits": ("tum_sr_alt",),
    "tumor_pairs_ref": ("tum_pr_ref",),
    "tumor_splits_ref": ("tum_sr_ref",),
    "normal_pairs": ("nor_pr_alt",),
    "normal_splits": ("nor_sr_alt",),
    "support": ("pe_support", "support", "reads", "brass_score"),
}
BRASS = frozenset({"brass_score", "bkdist", "assembly_score", "readpair names"})
CONNECTIONS: Mapping[str, tuple[Connection, ...]] = {"DEL": ("LR",), "DUP": ("RL",), "INV": ("LL", "RR")}
_CLASSES: Mapping[str, str] = {
    "H2HINV": "H2HINV",
    "T2TINV": "T2TINV",
    "TANDEM": "DUP",
    "TANDEM-DUPLICATION": "DUP",
    "DUPLICATION": "DUP",
    "DELETION": "DEL",
    "INVERSION": "INV",
    "TRANSLOCATION": "TRA",
}
_OF_CLASS: Mapping[str, tuple[Connection, ...]] = {**CONNECTIONS, "H2HINV": ("LL",), "T2TINV": ("RR",)}
_BY_STRAND: Mapping[str, Connection] = {"+-": "LR", "-+": "RL", "++": "LL", "--": "RR", "+.": "LR", "-.": "RL"}
_OTHER: Mapping[str, str] = {"+": "-", "-": "+"}


class Convention(Enum):
    """What the second strand of a file means."""

    BREAKENDS = "breakends"  # + keeps the left at either end
    SEQUENCE = "sequence"  # of the joined sequence: + keeps the right of the second end
    UNKNOWN = "unknown"  # the file's own classes contradict both


def column_places(cells: Sequence[str]) -> dict[str, int]:
    """Place of each known column of a header line; empty when it is none."""
    names = [cell.lstrip("#").strip().lower() for cell in cells]
    places = {ours: names.index(alias) for ours, aliases in ALIASES.items() for alias in aliases if alias in names}
    needed = {"chrom1", "start1", "end1", "chrom2", "start2", "end2"}
    return places if needed <= set(places) else {}


def convention_of(header: Sequence[str], rows: Iterable[Mapping[str, str]]) -> Convention:
    """The convention of a file, from its columns, else from rows that state a class and both strands.

    A header with `sample` and neither name nor score is SigProfiler's, which writes BRASS's strands.
    """
    names = {cell.lstrip("#").strip().lower() for cell in header}
    first = Convention.SEQUENCE if names & BRASS else Convention.BREAKENDS
    if "sample" in names and not names & {"name", "score", "sv_id"}:
        first = Convention.SEQUENCE
    votes = dict.fromkeys((Convention.BREAKENDS, Convention.SEQUENCE), 0)
    told = 0
    for row in rows:
        stated = _OF_CLASS.get(class_of(row))
        if stated is None or row.get("chrom1") != row.get("chrom2") or not _strands(row, first):
            continue
        told += 1
        for convention in votes:
            votes[convention] += _strands(row, convention) in stated
    if not told or votes[first] * 2 > told:
        return first
    other = next(convention for convention in votes if convention is not first)
    return other if votes[other] * 2 > told else Convention.UNKNOWN


def class_of(row: Mapping[str, str]) -> str:
    """The class of a row: DEL, DUP, INV, H2HINV, T2TINV, TRA…; '' where it states none."""
    word = row.get("type", "").upper().partition(":")[0].strip()
    return _CLASSES.get(word, word)


def orientation(row: Mapping[str, str], convention: Convention) -> tuple[tuple[Connection, ...], bool, str]:
    """(joined sides, whether the row states them, inserted bases).

    Within a chromosome a class of one kind of join (DEL, DUP) outweighs the strands; a class of inversion that the
    strands contradict opens the question.
    """
    by_class = _OF_CLASS.get(class_of(row), ()) if row.get("chrom1") == row.get("chrom2") else ()
    strands = _strands(row, convention)
    if strands:
        if not by_class or strands in by_class:
            return (strands,), convention is not Convention.UNKNOWN or bool(by_class), ""
        return (by_class, True, "") if len(by_class) == 1 else (by_class, False, "")
    alt = parse_alt(row.get("alt", ""))
    if alt is not None and alt.mate_keeps is not None:
        sides: Connection = {"LL": "LL", "LR": "LR", "RL": "RL", "RR": "RR"}[alt.keeps + alt.mate_keeps]  # type: ignore[assignment]
        return (sides,), True, alt.inserted
    connections = _OF_CLASS.get(class_of(row), ())
    info = row.get("info", "").split(";")
    if connections == ("LL", "RR") and ("INV3" in info) != ("INV5" in info):
        connections = ("LL",) if "INV3" in info else ("RR",)
    return connections, bool(connections), ""


def _strands(row: Mapping[str, str], convention: Convention) -> Connection | None:
    first, second = row.get("strand1", ""), row.get("strand2", "")
    if convention is Convention.SEQUENCE:
        second = _OTHER.get(second, second)
    return _BY_STRAND.get(first + second)
