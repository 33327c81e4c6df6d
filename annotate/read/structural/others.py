"""Files that look near and hold no junctions of DNA: named for what they are, with what to give instead."""

from __future__ import annotations

from collections.abc import Callable

from annotate.base.errors import InputError
from annotate.read.common.rna_marks import rna_caller
from annotate.read.common.text import Head

_BREAKDANCER = ("Chr1", "Pos1", "Orientation1", "Chr2", "Pos2", "Orientation2", "Type")
_Says = Callable[[Head], bool]
_OTHERS: tuple[tuple[_Says, str, str], ...] = (
    (
        lambda head: any(line.lstrip("#").split("\t")[:7] == list(_BREAKDANCER) for line in head.lines[:50]),
        "BreakDancer's own table, whose orientations are counts of reads and state no sides",
        "give a VCF of a caller of breakends",
    ),
    (
        lambda head: head.has("svId", "clusterId", "localTopologyStart") or head.has("vcfIdStart", "svId"),
        "LINX structural variants, which name no sides",
        "give PURPLE's or ESVEE's VCF of the same run",
    ),
)


def refuse_others(head: Head) -> None:
    """Errors: InputError for a file of RNA, and for tables that state no junctions."""
    caller = rna_caller(head)
    if caller is not None:
        raise InputError(
            "holds fusions of RNA, not structural variants of DNA",
            path=head.path,
            found=f"records of {caller}",
            expected="structural variants called from DNA",
            fix="write it into the column fusions",
        )
    for fits, what, fix in _OTHERS:
        if fits(head):
            raise InputError(
                "states no junctions", path=head.path, found=what, expected="a VCF or a BEDPE with strands", fix=fix
            )
