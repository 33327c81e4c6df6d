"""What a caller states of its own fit: purity, ploidy, and whether it believes them.

Callers that find no solution still write a table. Each has its own mark for it (purity 0, ploidy 0, `NO_TUMOR`,
`FAIL_…`, `Failed`, emflags). Such a table is read, its purity and ploidy are not: nothing is excluded with it.
"""

from __future__ import annotations

from pathlib import Path

from annotate.base.frozen import frozen
from annotate.model.copy_number import FitState, SegmentTable
from annotate.model.sample import Sex
from annotate.read.common.text import Tally
from annotate.read.copy_number.cells import checked_ploidy, fraction


@frozen
class StatedFit:
    """Purity (share of leukaemic cells, 0 < x <= 1) and ploidy (mean copies), None where they are not to be used."""

    purity: float | None
    ploidy: float | None
    state: FitState
    words: str = ""  # for people: why the fit is not believed

    def table(self, tally: Tally, *, sex: Sex | None = None) -> SegmentTable:
        """A table without segments that states this fit; what is not believed is said in the tally."""
        if self.words:
            tally.warn(self.words)
        return SegmentTable((), "", purity=self.purity, ploidy=self.ploidy, sex=sex, fit=self.state)


def stated_fit(
    purity: float | None,
    ploidy: float | None,
    path: Path,
    line: int | None = None,
    *,
    caller: str,
    failed: str = "",
    unsure: str = "",
) -> StatedFit:
    """The fit as stated; a purity or ploidy of exactly 0 is the mark of a fit without a solution.

    `failed`, `unsure`: the caller's own mark, in words. Raises InputError for values that are out of range.
    """
    if not failed and (purity == 0 or ploidy == 0):
        failed = f"it states purity {purity:g}" if purity == 0 else f"it states ploidy {ploidy or 0:g}"
    if failed:
        return StatedFit(None, None, FitState.FAILED, f"{caller} found no solution ({failed}): purity is unknown")
    known = fraction(purity, "purity", path, line), checked_ploidy(ploidy, path, line)
    state = FitState.UNSURE if unsure else FitState.FITTED
    return StatedFit(*known, state, f"{caller} is not sure of its fit ({unsure})" if unsure else "")
