"""The sentence that stands first: what bears on risk, then on drugs, then what rose and fell, then the rest."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from annotate.compare.clones import Clone, founding, relapsing
from annotate.compare.events import Event
from annotate.knowledge import cutoffs
from annotate.knowledge.specs.lesions import LesionRow
from annotate.knowledge.tables import Knowledge

NUMBERS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
MOST = 6  # names in a list
RESISTANCE = frozenset({"nt5c2", "antigen_loss"})  # lesions that are told with the drugs
PHRASES = {
    "preserved": "{names} {are} at both {first} and {last}",
    "stable": "{names} {are} in a subclone at both {first} and {last}",
    "gained": "{names} {be} gained",
    "rising": "{names} rose from {first} to {last}",
    "falling": "{names} fell from {first} to {last}",
    "gained_or_below_limit": "{names} {be} seen at {last} and not at {first}, which does not exclude {them} there",
    "lost": "{names} {be} lost",
    "lost_or_below_limit": "{names} {be} seen at {first} and not at {last}, which does not exclude {them} there",
}
BLIND_FIRST = "{names} {be} seen at {last}; no input of {first} could have shown that"
BLIND_LAST = "{names} {be} seen at {first}; no input of {last} could have shown that"
UNCLEAR = "{names} {be} seen at {there} and {are} not clear at {other}"
BETWEEN = "{names} {be} seen between {first} and {last} only"


def sentence(events: Sequence[Event], clones: Sequence[Clone], names: Sequence[str], knowledge: Knowledge) -> str:
    """One sentence about the first and the last time point."""
    if len(names) < 2:
        return "There are not two time points of the leukaemia to compare."
    groups = _groups(events, knowledge)
    told: set[str] = set()
    parts = [part for group in groups[:-1] for part in _told(group, names, told)]
    rest = list(_told(groups[-1], names, told))
    parts += [_origin(events, clones, names, told, knowledge), *rest, *_kept(events, told)]
    text = "; ".join(part for part in parts if part)
    if not text:
        return "Nothing was found at any time point that can be compared."
    word = text.partition(" ")[0]
    return (text[:1].upper() + text[1:] if word.islower() else text) + "."  # iAMP21 keeps its name


def _groups(events: Sequence[Event], knowledge: Knowledge) -> list[list[Event]]:
    """High-risk lesions; what bears on a drug; what rose or fell; the rest of what counts."""
    high = {entry.id for entry in knowledge.rows(LesionRow) if entry.high_risk} - RESISTANCE
    counting = _important(events)
    drugs = [event for event in (*counting, *events) if event.details.get("drug")]
    named = {event.gene for event in drugs}
    return [
        [event for event in events if event.kind == "lesion" and event.id in high],
        [*drugs, *(event for event in events if event.id in RESISTANCE and event.gene not in named)],
        [event for event in counting if event.category in ("rising", "falling")],
        [event for event in counting if event.category not in ("preserved", "stable")],
    ]


def _told(group: Sequence[Event], names: Sequence[str], told: set[str]) -> Iterator[str]:
    """The phrases of a group, one a category; what was told before is not told again."""
    by_phrase: dict[str, list[str]] = {}
    for event in group:
        phrase = _phrase(event, names)
        if event.name not in told and phrase:
            told.add(event.name)
            by_phrase.setdefault(phrase, []).append(_shown(event))
    for phrase, listed in by_phrase.items():
        one = len(listed) == 1
        words = {"be": "was", "are": "is", "them": "it"} if one else {"be": "were", "are": "are", "them": "them"}
        yield phrase.format(names=_listed(listed), first=names[0], last=names[-1], **words)


def _shown(event: Event) -> str:
    """A lesion with its fusion, where all time points that have it agree: ABL-class fusion (NUP214::ABL1)."""
    pairs = {cell.get("subtype") for cell in event.at.values() if cell["state"].startswith("detected")}
    pair = pairs.pop() if event.kind == "lesion" and len(pairs) == 1 else None
    return f"{event.name} ({pair})" if pair and "::" in pair and "::" not in event.name else event.name


def _phrase(event: Event, names: Sequence[str]) -> str | None:
    """The words of one change; None where nothing was found at either end or between."""
    first, last = names[0], names[-1]
    if _passing(event, names):
        return BETWEEN if event.category in PHRASES and len(names) > 2 else None
    if event.category != "undetermined":
        return PHRASES.get(event.category)
    if _unlooked(event, first):
        return BLIND_FIRST
    if _unlooked(event, last):
        return BLIND_LAST
    here = event.at[first]["state"].startswith("detected")
    return UNCLEAR.replace("{there}", "{first}" if here else "{last}").replace(
        "{other}", "{last}" if here else "{first}"
    )


def _kept(events: Sequence[Event], told: set[str]) -> Iterator[str]:
    """How much stayed of what is not named: a comparison of preserved changes found something."""
    kept = [e for e in events if e.kind == "copy_number" and e.category == "preserved" and e.name not in told]
    if kept:
        yield f"{_number(len(kept))} copy-number change{'s are' if len(kept) > 1 else ' is'} preserved"


def _origin(
    events: Sequence[Event], clones: Sequence[Clone], names: Sequence[str], told: set[str], knowledge: Knowledge
) -> str:
    first, last = names[0], names[-1]
    there = [clone for clone in clones if clone.present[0] and clone.fits]
    risen = relapsing(clones, knowledge)
    if risen is not None:
        many = f"one of {_number(len(there))} {first} clones" if len(there) > 1 else f"the {first} clone"
        return f"{many} (CCF {risen.ccf[0]:.2f}) became the {last}"
    base = founding(clones, knowledge)
    if base is not None:
        new = [c for c in clones if not c.present[0] and c.ccf[-1] >= knowledge.value(cutoffs.EVOLUTION_PRESERVED_CCF)]
        words = "came back with a new clone on top of it" if new else "came back"
        return f"the founding clone of {first} ({_mutations(len(base.events))}) {words} at {last}"
    return _counted(events, names, told)


def _counted(events: Sequence[Event], names: Sequence[str], told: set[str]) -> str:
    """Without clones: how many mutations the time points share, of those that both could have shown.

    Where one of them has none and those of the other were named, a count would read as another leukaemia.
    """
    ends = (names[0], names[-1])
    small = [e for e in events if e.kind == "small_variant" and not any(_unlooked(e, name) for name in ends)]
    if not small:
        return ""
    first, last = ([e for e in small if e.at[name]["state"].startswith("detected")] for name in ends)
    ids = {event.id for event in last}
    both = [event for event in first if event.id in ids]
    if not (first and last) and all(event.name in told for event in (*first, *last)):
        return ""
    words = "are" if len(both) > 1 else "is"
    return (
        f"{_mutations(len(both))} {words} in both {names[0]} and {names[-1]}, {len(first) - len(both)} only in"
        f" {names[0]}, {len(last) - len(both)} only in {names[-1]}"
    )


def _mutations(count: int) -> str:
    return f"{_number(count)} mutation{'s' if count > 1 else ''}"


def _unlooked(event: Event, name: str) -> bool:
    """Undetermined, because this time point has no input that could tell."""
    return event.category == "undetermined" and event.at[name]["state"] == "not_assessable"


def _passing(event: Event, names: Sequence[str]) -> bool:
    """Seen at neither end."""
    return not any(event.at[name]["state"].startswith("detected") for name in (names[0], names[-1]))


def _important(events: Iterable[Event]) -> list[Event]:
    """Panel mutations that change a protein, and gene-level copy number; lesions are the same changes again."""
    return [event for event in events if _counts(event)]


def _counts(event: Event) -> bool:
    if event.kind == "small_variant":
        details = event.details
        silent = "synonymous" in (details.get("consequence") or "")
        return bool(details.get("panel")) and bool(details.get("hgvsp")) and not silent
    if event.kind == "junction":
        return event.gene is not None and not event.id.startswith("rna:")
    return event.kind == "copy_number" and event.gene is not None


def _listed(names: Sequence[str]) -> str:
    shown = list(names[:MOST])
    if len(names) > MOST:
        return f"{', '.join(shown)} and {len(names) - MOST} more"
    return shown[0] if len(shown) == 1 else f"{', '.join(shown[:-1])} and {shown[-1]}"


def _number(count: int) -> str:
    return NUMBERS[count] if count < len(NUMBERS) else str(count)


def tally(events: Sequence[Event]) -> dict[str, dict[str, int]]:
    """Events by kind and category."""
    found: dict[str, dict[str, int]] = {}
    for event in events:
        row = found.setdefault(event.kind, {})
        row[event.category] = row.get(event.category, 0) + 1
    return found


def site_counts(files: Sequence[Any], names: Sequence[str], somatic: Sequence[frozenset[Any]]) -> dict[str, Any]:
    """Sites of whole files: in all time points, and in one of them only."""
    if not any(somatic):
        return {}
    everywhere = frozenset.intersection(*somatic)
    return {
        "total": {name: len(keys) for name, keys in zip(names, somatic, strict=True)},
        "in_all": len(everywhere),
        "only": {
            name: len(keys - frozenset().union(*(other for at, other in enumerate(somatic) if at != index)))
            for index, (name, keys) in enumerate(zip(names, somatic, strict=True))
        },
        "counts": {name: sites.has_counts for name, sites in zip(names, files, strict=True)},
        "complete": {name: sites.complete for name, sites in zip(names, files, strict=True)},
    }
