"""What holds of a gene under every reading that fits: the rest is not certain."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from annotate.model.copy_number import DELETED, GeneCopies
from annotate.model.state import Code, Reason

RESOLVING_TEST = "a DNA index, the column `purity` or `array_gamma`, or allele-specific copy number"


def held(copies: GeneCopies, others: Sequence[GeneCopies], *, failed: bool = False) -> GeneCopies:
    """The gene's copies with what other readings leave of them. `failed`: the caller does not believe its own fit."""
    if copies.call in DELETED:
        return _lost(copies, others, failed)
    losing = [other for other in others if other.call in DELETED]
    if not losing or copies.call == "not_assessable":
        return copies
    text = f"{copies.gene}: {_shown(copies)}, but {_shown(losing[0])} in another reading that fits about as well"
    reason = Reason(Code.PLOIDY_UNCERTAIN, text, RESOLVING_TEST)
    return replace(copies, call="not_assessable", certain=False, reasons=(reason, *copies.reasons))


def _lost(copies: GeneCopies, others: Sequence[GeneCopies], failed: bool) -> GeneCopies:
    """A loss: certain where all readings have it, of both copies where all say so, subclonal where all say so."""
    if failed:
        text = "the caller found no solution of purity and ploidy: its copies are not certain"
        return replace(
            copies, certain=False, reasons=(*copies.reasons, Reason(Code.PLOIDY_UNCERTAIN, text, RESOLVING_TEST))
        )
    keeping = [other for other in others if other.call not in DELETED]
    losing = [other for other in others if other.call in DELETED]
    reasons = list(copies.reasons)
    if keeping:
        text = f"{copies.gene}: {_shown(copies)}, but {_shown(keeping[0])} in another reading that fits about as well"
        reasons.append(Reason(Code.PLOIDY_UNCERTAIN, text, RESOLVING_TEST))
    call = copies.call
    if call == "homozygous_deletion" and any(other.call != call for other in losing):
        call = "deletion"
        reasons.append(Reason(Code.PLOIDY_UNCERTAIN, "one or both copies, by the reading", RESOLVING_TEST))
    subclonal = copies.subclonal and all(other.subclonal for other in losing)
    if any(other.subclonal for other in (copies, *losing)) and not subclonal:
        text = "whether all leukaemic cells have this loss depends on the scale of the log2 ratios"
        reasons.append(Reason(Code.SCALE_UNKNOWN, text, RESOLVING_TEST))
    return replace(copies, call=call, certain=not keeping, subclonal=subclonal, reasons=tuple(reasons))


def _shown(copies: GeneCopies) -> str:
    if copies.total is None:
        return "copies not known" if copies.log2 is None else f"log2 {copies.log2:.2f}"
    return f"{copies.total:.2g} copies of {copies.baseline if copies.baseline is not None else '?'}"
