"""Labels of drugs: approvals by jurisdiction, and whether this child is inside them.

The tables: `labels` (one row a drug, jurisdiction and indication, its condition in `when`) and `trials`.
"""

from __future__ import annotations

from collections.abc import Sequence

from annotate.interpret.facts import Facts, truth_of
from annotate.knowledge.specs.options import LabelRow, TrialRow
from annotate.knowledge.tables import Knowledge
from annotate.model.options import Fit, Label, Trial

JURISDICTIONS = ("FDA", "EMA", "CDSCO")
NOT_CHECKED = "not checked"


def labels_of(drug: str, facts: Facts) -> tuple[Label, ...]:
    """Every label of a drug, in the order of the table; a jurisdiction of which none was read says so.

    `drug` may name several (`mercaptopurine; tioguanine`). Empty where the table knows none of them.
    """
    names = _names(drug)
    rows = [row for row in facts.knowledge.rows(LabelRow) if row.drug.lower() in names]
    if not rows:
        return ()
    found = [_label(row, facts) for row in rows]
    told = {label.jurisdiction for label in found}
    as_of = max(row.date for row in rows)
    return (*found, *(Label(name, NOT_CHECKED, as_of) for name in JURISDICTIONS if name not in told))


def _names(drug: str) -> frozenset[str]:
    """`daratumumab with chemotherapy` is daratumumab; a trial's combination has no label of its own."""
    parts = [part.strip().lower() for part in drug.split(";")]
    return frozenset(part.removesuffix(" with chemotherapy") for part in parts)


def _label(row: LabelRow, facts: Facts) -> Label:
    return Label(
        jurisdiction=row.jurisdiction,
        status=row.status,
        as_of=row.as_of,
        indication=row.indication,
        fits=Fit.of(truth_of(row.when, facts)),
        read_on=row.read_on or None,
        sources=row.sources,
    )


def inside(labels: Sequence[Label]) -> Fit:
    """Is the child inside any label? Not known where one might hold and none does."""
    read = [label for label in labels if label.status != NOT_CHECKED]
    if any(label.fits is Fit.YES for label in read):
        return Fit.YES
    return Fit.UNKNOWN if any(label.fits is Fit.UNKNOWN for label in read) else Fit.NO


def trials_of(ids: Sequence[str], knowledge: Knowledge) -> tuple[Trial, ...]:
    """Registered trials by id, in the order asked."""
    rows = {row.id: row for row in knowledge.rows(TrialRow)}
    return tuple(Trial(id, rows[id].title, rows[id].status, rows[id].as_of) for id in ids)


__all__ = ["JURISDICTIONS", "NOT_CHECKED", "inside", "labels_of", "trials_of"]
