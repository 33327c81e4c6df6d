"""Options: what the literature names for a child like this one, by lineage, antigen, age, line and earlier therapy.

The table `options` holds those that hang on the child; those that hang on a lesion come from the therapies that were
matched. Each is told with its labels by jurisdiction, whether this child is inside any of them, its trials, and what
speaks against it here. An option is for discussion; none is a recommendation.
"""

from __future__ import annotations

from collections.abc import Sequence

from annotate.interpret.contradictions import Contradiction, against, contradictions
from annotate.interpret.facts import Facts, truth_of
from annotate.interpret.labels import inside, labels_of, trials_of
from annotate.knowledge.specs.options import OptionRow
from annotate.model.interpretation import Therapy
from annotate.model.options import Fit, Label, Option

TIERS = ("I", "II", "III", "IV")


def options_for(facts: Facts, therapies: Sequence[Therapy]) -> tuple[Option, ...]:
    """Options of this child, the strongest first; what is contradicted stays, and says so."""
    found = contradictions(facts)
    rows = sorted(facts.knowledge.rows(OptionRow), key=lambda row: row.rank)
    own = [_option(row, facts, found) for row in rows if truth_of(row.when, facts) is True]
    of_lesions = [_of_therapy(therapy, facts) for therapy in therapies if _is_option(therapy)]
    named = {option.drug for option in own}
    # a drug that a lesion and the child both speak for is one option
    merged = [*own, *(option for option in of_lesions if option.drug not in named)]
    return tuple(sorted(merged, key=_strength))


def _strength(option: Option) -> tuple[bool, bool, int, str]:
    return (
        option.direction == "caution",
        bool(option.contradicted_by),
        TIERS.index(option.tier) if option.tier in TIERS else len(TIERS),
        option.evidence_level,
    )


def _is_option(therapy: Therapy) -> bool:
    return therapy.direction == "sensitivity" and therapy.knowledge != "CIViC"


def _option(row: OptionRow, facts: Facts, found: Sequence[Contradiction]) -> Option:
    labels = labels_of(row.drug, facts)
    label = inside(labels)
    firm, cautions = against(row.drug, row.drug_class, found)
    contraindicated = any(item.effect == "contraindicated" for item in firm)
    outside = label is not Fit.YES
    return Option(
        id=row.id,
        drug=row.drug,
        drug_class=row.drug_class,
        conditions=row.conditions,
        direction="contraindicated" if contraindicated else row.direction,  # type: ignore[arg-type]
        tier=row.outside_tier if outside else row.tier,
        evidence_level=row.outside_level if outside else row.evidence_level,
        setting=row.setting,
        label=label,
        label_text=label_text(labels, label),
        approvals=labels,
        trials=trials_of(row.trials, facts.knowledge),
        caveats=(*row.caveats, *cautions),
        contradicted_by=tuple(item.text for item in firm),
        sources=row.sources,
        mark=row.mark,
    )


def _of_therapy(therapy: Therapy, facts: Facts) -> Option:
    label = inside(therapy.approvals)
    name = facts.calls[therapy.lesion].name
    return Option(
        id=f"{therapy.lesion}.{therapy.drug}",
        drug=therapy.drug,
        drug_class="",
        conditions=(name,),
        direction="sensitivity",
        tier=therapy.tier,
        evidence_level=therapy.evidence_level,
        setting=therapy.setting,
        label=label,
        label_text=label_text(therapy.approvals, label),
        approvals=therapy.approvals,
        trials=(),
        caveats=therapy.caveats,
        contradicted_by=therapy.contradicted_by,
        sources=therapy.sources,
        lesion=therapy.lesion,
        mark=therapy.mark,
    )


def label_text(labels: Sequence[Label], label: Fit) -> str:
    """Inside which labels the child is; outside all of them the word is said."""
    if not labels:
        return "no label was looked up"
    within = list(dict.fromkeys(item.jurisdiction for item in labels if item.fits is Fit.YES))
    if within:
        return f"inside its label: {', '.join(within)}"
    if label is Fit.UNKNOWN:
        return "whether the child is inside a label is not known"
    return "outside every label that was read"


__all__ = ["label_text", "options_for"]
