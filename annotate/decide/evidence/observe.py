"""Short ways to state an observation: something speaks for a lesion, excludes it, or hides it."""

from __future__ import annotations

from typing import Any

from annotate.model.observation import Direction, Form, Observation, Source, Weight
from annotate.model.state import Code


def speaks(
    source: Source,
    weight: Weight = Weight.PROOF,
    *,
    code: Code | None = None,
    subclonal: bool = False,
    likely: bool = False,
    form: Form = Form.ANY,
    yields_to: int = 0,
    **facts: Any,
) -> Observation:
    """This source shows the lesion. See `Weight` for what a proof, a support and a hint are."""
    plain = Code.EVIDENCE_FOUND if weight is Weight.PROOF else Code.EVIDENCE_INCOMPLETE
    return Observation(
        direction=Direction.FOR,
        weight=weight,
        source=source,
        code=code or plain,
        form=form,
        subclonal=subclonal,
        likely=likely,
        yields_to=yields_to,
        facts=facts,
    )


def excludes(
    source: Source,
    weight: Weight = Weight.PROOF,
    *,
    code: Code = Code.LOOKED_AND_NOT_FOUND,
    form: Form = Form.ANY,
    **facts: Any,
) -> Observation:
    """This source could have shown the lesion, or one form of it, and does not."""
    return Observation(Direction.AGAINST, weight, source, code, form=form, facts=facts)


def blinded(source: Source, code: Code, *, form: Form = Form.ANY, **facts: Any) -> Observation:
    """This source is there and cannot show the lesion, or one form of it."""
    return Observation(Direction.BLIND, Weight.HINT, source, code, form=form, facts=facts)
