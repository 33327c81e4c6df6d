"""What the labels of subtype classifiers mean: an entity, and the lesions that it implies."""

from __future__ import annotations

import re
from collections.abc import Iterator

from annotate.knowledge.kinds import Ref, Text, YesNo
from annotate.knowledge.lists import Many
from annotate.knowledge.spec import Finding, Row, Tables, column, table
from annotate.knowledge.specs.interpretation import WHEN
from annotate.knowledge.specs.lesions import ID


def plain_label(label: str) -> str:
    """A label without case, blanks and punctuation, as programs spell it in many ways.

    >>> plain_label("BCR::ABL1-like"), plain_label("BCR.ABL1.like")
    ('bcrabl1like', 'bcrabl1like')
    """
    return re.sub(r"[^a-z0-9]", "", label.lower())


def _one_meaning(row: SubtypeLabelRow, tables: Tables) -> Iterator[Finding]:
    mine = {plain_label(label) for label in row.labels}
    for other in tables.rows(SubtypeLabelRow):
        shared = mine & {plain_label(label) for label in other.labels}
        if other.id != row.id and shared:
            yield "labels", f"found {min(shared)!r}, expected a label that {other.id} does not have"


def _needs_a_lesion(row: SubtypeLabelRow, tables: Tables) -> Iterator[Finding]:
    if row.needs_lesion and not row.when:
        yield "when", "is empty: expected the lesions without which the label is wrong"


@table(
    "subtype_labels",
    key=("id",),
    doc="Labels of expression and methylation classifiers: the entity they name and the lesions they imply.",
    rules=(_one_meaning, _needs_a_lesion),
)
class SubtypeLabelRow(Row):
    """A label of an expression classifier, and the entity and lesions that it stands for."""

    id: str = column(ID, "Id of the row.")
    labels: tuple[str, ...] = column(Many(Text(), "|"), "Spellings, without regard to case and punctuation.")
    entity: str = column(Ref("entities.id", what="the id of an entity"), "The entity; empty: none.", empty="")
    when: str = column(WHEN, "Lesions that the label implies; empty: none is known that DNA shows.", empty="")
    against: str = column(WHEN, "Lesions beside which the label is wrong; empty: none.", empty="")
    needs_lesion: bool = column(YesNo(), "Is the label wrong where each of its lesions is excluded?")
    settles: str = column(Text(), "What settles a label that is left open, where the lesions name no test.", empty="")
    note: str = column(Text(), "What must be known of the label.", empty="")
