"""Items of CIViC (CC0) that name what was found in this sample: a second source beside the table `therapies`.

Only structured fields are carried (`civic_evidence`); the statements stay with CIViC and are cited by evidence id.
An item of a disease other than ALL is shown only where it names a small variant of this very sample.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache

from annotate.base.frozen import frozen
from annotate.interpret.facts import protein_name
from annotate.knowledge.specs.interpretation import CivicRow
from annotate.knowledge.tables import Knowledge
from annotate.model.interpretation import Therapy
from annotate.model.lesion import LesionCall
from annotate.model.small_variants import SmallVariant
from annotate.reference.hotspots import AMINO_ACIDS

LEVELS: Mapping[str, str] = {
    "A": "validated association",
    "B": "clinical evidence",
    "C": "case study",
    "D": "preclinical evidence",
    "E": "inferential association",
}
SIGNIFICANCE: Mapping[str, str] = {
    "SENSITIVITYRESPONSE": "sensitivity",
    "RESISTANCE": "resistance",
    "REDUCED_SENSITIVITY": "resistance",
    "ADVERSE_RESPONSE": "contraindicated",
}
CHANGE = re.compile(r"([A-Z])(\d+)([A-Z*])")
GROUPED = re.compile(r"[()]")
"""Profiles with parentheses combine more than two parts; they are left out rather than half read."""


@frozen
class Match:
    """A part of a profile that holds here, the lesion that shows it, and whether it names one exact small variant."""

    lesion: str
    exact: bool


def civic_therapies(
    calls: Mapping[str, LesionCall], variants: Sequence[SmallVariant], knowledge: Knowledge
) -> Iterator[Therapy]:
    """Predictive items whose whole profile is found."""
    present = [call for call in calls.values() if call.state.present]
    if not present:
        return
    for entry in _items(knowledge):
        matches = [_match(part, present, variants) for part in entry.profile.split(" AND ")]
        found = [match for match in matches if match is not None]
        if len(found) < len(matches):
            continue
        if entry.in_all or any(match.exact for match in found):
            yield _therapy(entry, found, calls)


@lru_cache(maxsize=4)
def _items(knowledge: Knowledge) -> tuple[CivicRow, ...]:
    return tuple(
        entry
        for entry in knowledge.rows(CivicRow)
        if entry.type == "PREDICTIVE"
        and entry.significance in SIGNIFICANCE
        and entry.therapies
        and not GROUPED.search(entry.profile)
        and " OR " not in entry.profile
        and " NOT " not in f" {entry.profile}"
    )


def _match(part: str, present: Sequence[LesionCall], variants: Sequence[SmallVariant]) -> Match | None:
    name, _, kind = part.strip().rpartition(" ")
    if kind == "Fusion" and "::" in name:
        return _fusion(name, present)
    if kind.lower() in ("mutation", "mutations") and " " not in name:
        return _mutated(name, present)
    if kind in ("Deletion", "Loss") and " " not in name:
        return _deleted(name, present)
    if CHANGE.fullmatch(kind) and " " not in name:
        return _variant(name, kind, present, variants)
    return None


def _fusion(name: str, present: Sequence[LesionCall]) -> Match | None:
    five, three = name.split("::", 1)
    for call in present:
        pair = str(call.details.get("fusion") or "").split("::")
        if len(pair) == 2 and _either(five, pair[0]) and _either(three, pair[1]):
            return Match(call.id, False)
    return None


def _either(wanted: str, found: str) -> bool:
    return wanted in ("v", "?", found)


def _mutated(gene: str, present: Sequence[LesionCall]) -> Match | None:
    for call in present:
        hits = [hit for hit in call.details.get("hits", ()) if isinstance(hit, Mapping)]
        if any(hit.get("gene") == gene and str(hit.get("change")).startswith("p.") for hit in hits):
            return Match(call.id, False)
    return None


def _deleted(gene: str, present: Sequence[LesionCall]) -> Match | None:
    found = [call for call in present if call.id.endswith("_deletion") and gene in call.genes]
    return Match(found[0].id, False) if found else None


def _variant(gene: str, change: str, present: Sequence[LesionCall], variants: Sequence[SmallVariant]) -> Match | None:
    match = CHANGE.fullmatch(change)
    if match is None:
        return None
    before, codon, after = match.groups()
    name = f"p.{AMINO_ACIDS.get(before, before)}{codon}{'Ter' if after == '*' else AMINO_ACIDS.get(after, after)}"
    if not any(variant.gene == gene and protein_name(variant) == name for variant in variants):
        return None
    owner = next((call.id for call in present if gene in call.genes), None)
    return Match(owner, True) if owner is not None else None


def _therapy(entry: CivicRow, found: Sequence[Match], calls: Mapping[str, LesionCall]) -> Therapy:
    lesion = found[0].lesion
    against = entry.direction == "DOES_NOT_SUPPORT"
    direction = SIGNIFICANCE[entry.significance]
    caveats = [f"CIViC lists: {entry.profile}"]
    if len(entry.therapies) > 1:
        caveats.append("several drugs: one regimen or alternatives")
    if against:
        caveats.append(f"the evidence does not support {direction}")
    if not entry.in_all:
        caveats.append("evidence from another disease than ALL")
    return Therapy(
        lesion=lesion,
        drug="; ".join(drug.lower() for drug in entry.therapies),
        direction="unknown" if against else direction,  # type: ignore[arg-type]
        tier="not tiered",
        evidence_level=f"CIViC {entry.level}: {LEVELS[entry.level]}",
        setting=entry.disease,
        approval=None,
        contradicted_by=(),
        sources=(f"CIViC {entry.id}", entry.source),
        caveats=tuple(caveats),
        mark=entry.mark,
        knowledge="CIViC",
        lesion_state=calls[lesion].state.value,
    )
