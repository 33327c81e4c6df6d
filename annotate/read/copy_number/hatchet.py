"""HATCHet: best.seg.ucn, copies of each clone as major|minor with the share of cells of each clone."""

from __future__ import annotations

from pathlib import Path

from annotate.base.errors import InputError
from annotate.model.copy_number import SegmentTable
from annotate.read.common.registry import Format, register
from annotate.read.common.text import Head, Row, Tally
from annotate.read.copy_number.cells import Names, fraction, of_sample
from annotate.read.copy_number.collector import Collector
from annotate.reference.genome import Genome

PURITY_STEP = 0.02  # mixtures of one sample agree up to rounding
State = tuple[float, float, float]  # total, minor, share of the leukaemic cells


def _is_ucn(head: Head) -> bool:
    return head.has("CHR", "START", "END", "SAMPLE", "cn_normal", "u_normal", "cn_clone1", "u_clone1")


def read(path: Path, genome: Genome, tally: Tally, names: Names = ()) -> SegmentTable:
    """The state of most leukaemic cells and that of the next clone. Raises InputError for unequal mixtures."""
    out = Collector(path, genome, tally)
    purity: float | None = None
    for row in of_sample(path, "SAMPLE", names, tally):
        here = _purity(row)
        if purity is not None and here is not None and abs(here - purity) > PURITY_STEP:
            raise InputError("shares of cells differ between rows", path=path, line=row.line, found=f"{here:g}")
        purity = purity if here is None else here
        states = sorted(_states(row), key=lambda state: -state[2])
        first = states[0] if states else None
        second = states[1] if len(states) > 1 else None
        out.row(
            row,
            row.text("CHR"),
            row.number("START"),
            row.number("END"),
            total=first[0] if first else None,
            minor=first[1] if first else None,
            cellular_fraction=first[2] if first and second else None,
            second=second[:2] if second else None,
        )
    return SegmentTable(out.finish(), "", purity=fraction(purity, "share of tumour cells", path), integer=True)


def _purity(row: Row) -> float | None:
    normal = row.number("u_normal")
    return None if normal is None or normal >= 1 else 1 - normal


def _states(row: Row) -> list[State]:
    """Clones of equal copies as one state."""
    shares: dict[tuple[float, float], float] = {}
    number = 1
    while row.has(f"cn_clone{number}"):
        share, cell = row.number(f"u_clone{number}"), row.text(f"cn_clone{number}")
        number += 1
        if not share or not cell:
            continue
        major, _, minor = cell.partition("|")
        if not (major.isdigit() and minor.isdigit()):
            raise InputError(
                "copies are not major|minor",
                path=row.path,
                line=row.line,
                column=f"cn_clone{number - 1}",
                found=cell,
                expected="1|1",
            )
        state = (float(major) + float(minor), float(min(int(major), int(minor))))
        shares[state] = shares.get(state, 0.0) + share
    whole = sum(shares.values())
    return [(total, minor, share / whole) for (total, minor), share in shares.items()] if whole else []


register(
    Format(
        "copy_number",
        "hatchet.ucn",
        "HATCHet",
        "best.seg.ucn: copies of each clone with its share of cells",
        _is_ucn,
        read,
    )
)
