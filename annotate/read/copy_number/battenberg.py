"""Battenberg: _subclones.txt / _copynumber.txt. Solution A gives one or two states with the share of cells of each."""

from __future__ import annotations

from pathlib import Path

from annotate.base.errors import InputError
from annotate.model.copy_number import SegmentTable
from annotate.read.common.registry import Format, register
from annotate.read.common.text import Head, Row, Tally
from annotate.read.copy_number.cells import Names, of_sample, optional, rows
from annotate.read.copy_number.collector import Collector
from annotate.read.copy_number.fits import stated_fit
from annotate.reference.genome import Genome

State = tuple[float, float, float]  # total, minor, share of the leukaemic cells


def _is_subclones(head: Head) -> bool:
    return head.has("chr", "startpos", "endpos", "nMaj1_A", "nMin1_A", "frac1_A")


def _is_rho(head: Head) -> bool:
    return head.has("rho", "psi")


def read(path: Path, genome: Genome, tally: Tally, names: Names = ()) -> SegmentTable:
    """The state of most leukaemic cells, its share, and the state of the rest, of one sample."""
    out = Collector(path, genome, tally)
    several = "sample" in next(rows(path), Row(path, 0, {})).cells
    for row in of_sample(path, "sample", names, tally) if several else rows(path):
        states = sorted(_states(row), key=lambda state: -state[2])
        first = states[0] if states else None
        second = states[1] if len(states) > 1 else None
        out.row(
            row,
            row.text("chr"),
            row.number("startpos"),
            row.number("endpos"),
            log2=optional(row, "LogR"),
            total=first[0] if first else None,
            minor=first[1] if first else None,
            baf=optional(row, "BAF"),
            cellular_fraction=first[2] if first and second else None,
            second=second[:2] if second else None,
        )
    return SegmentTable(out.finish(), "", integer=True)


def _states(row: Row) -> list[State]:
    found = []
    for number in ("1", "2"):
        names = (f"nMaj{number}_A", f"nMin{number}_A", f"frac{number}_A")
        if not row.has(names[0]):
            continue
        major, minor, share = (row.number(name) for name in names)
        if major is None or minor is None or share is None or share <= 0:
            continue
        if share > 1.0001:
            raise InputError("share of cells is above 1", path=row.path, line=row.line, column=names[2], found=share)
        found.append((major + minor, min(major, minor), min(share, 1.0)))
    return found


def read_rho(path: Path, genome: Genome, tally: Tally, names: Names = ()) -> SegmentTable:
    """_rho_and_psi.txt: the row FRAC_GENOME is Battenberg's own solution."""
    chosen = None
    for row in rows(path):
        if row.cells.get("row name") in ("FRAC_GENOME", None):
            tally.use()
            chosen = chosen or row
        else:
            tally.drop("another solution")
    if chosen is None:
        raise InputError("no row FRAC_GENOME", path=path, expected="Battenberg's own solution")
    rho, ploidy = chosen.number("rho"), optional(chosen, "ploidy")
    failed = "rho is not stated" if rho is None else ""
    return stated_fit(rho, ploidy, path, chosen.line, caller="Battenberg", failed=failed).table(tally)


register(
    Format(
        "copy_number",
        "battenberg.subclones",
        "Battenberg",
        "_subclones.txt or _copynumber.txt: one or two clonal states a segment",
        _is_subclones,
        read,
        tested_on="real file",
    )
)
register(Format("copy_number", "battenberg.rho", "Battenberg", "_rho_and_psi.txt (second file)", _is_rho, read_rho))
