"""What was read of a karyotype, in plain words: for `allert validate` and for the list of inputs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from annotate.model.karyotype import Karyotype, KaryotypeClone, KaryotypeToken
from annotate.model.sample import InputFile
from annotate.read.karyotype.counts import is_normal

SHEET = "sample sheet"


def described(karyotype: Karyotype) -> tuple[str, ...]:
    """One sentence a clone, then FISH and regions: `58 chromosomes, gains of X, 4 and 21 (twice), 9 metaphases`."""
    return (*(_clone(clone) for clone in karyotype.clones), *_fish(karyotype), *_regions(karyotype))


def karyotype_input(karyotype: Karyotype, hidden: Sequence[str] = ()) -> InputFile:
    """The karyotype as an input: abnormalities, probes and regions that were used, and what was not understood.

    `hidden`: rearrangements that metaphases do not show, to be said where there are any.
    """
    unseen = (f"not visible in metaphases: {', '.join(hidden)}",) if hidden and karyotype.clones else ()
    own = [t for clone in karyotype.clones for t in clone.tokens if t.kind != "unknown" and not t.inherited]
    used = len(own) + len(karyotype.fish) + len(karyotype.segments) + len(karyotype.measured)
    unread = len(karyotype.unread)
    return InputFile(
        kind="karyotype",
        path=SHEET,
        format="iscn",
        records_read=used + unread,
        records_used=used,
        dropped={"not understood": unread} if unread else {},
        warnings=tuple(warnings_of(karyotype)),
        notes=(*described(karyotype), *unseen),
    )


def warnings_of(karyotype: Karyotype) -> Iterator[str]:
    """What of the text was not understood, and what stands on the donor's side."""
    for text in karyotype.unread:
        yield f"not understood: {text}"
    if karyotype.raw.strip() and not (karyotype.clones or karyotype.fish or karyotype.segments or karyotype.measured):
        yield "nothing of this text could be read as a karyotype"
    for clone in karyotype.clones:
        found = [token.raw for token in clone.tokens if not token.constitutional]
        if clone.donor and not is_normal(clone):
            yield (
                f"the donor's cells (behind //) carry {', '.join(found) or 'an abnormal count'}: a leukaemia of the"
                " donor's cells, or the two sides are exchanged"
            )


def _clone(clone: KaryotypeClone) -> str:
    parts = [_count(clone)]
    if is_normal(clone):
        parts.append("no acquired abnormality")
    parts += _changes(clone)
    if clone.incomplete:
        parts.append("more that is not named")
    if clone.doubled_from is not None:
        parts.append("the double of another clone")
    if clone.metaphases is not None:
        parts.append(f"{clone.metaphases} metaphase{'' if clone.metaphases == 1 else 's'}")
    return ("donor: " if clone.donor else "") + ", ".join(parts)


def _count(clone: KaryotypeClone) -> str:
    if clone.low is None:
        return "chromosomes not counted"
    number = str(clone.low) if clone.low == clone.high else f"{clone.low} to {clone.high}"
    return f"{'about ' if clone.count_uncertain else ''}{number} chromosomes"


def _changes(clone: KaryotypeClone) -> Iterator[str]:
    for kind, word in (("gain", "gain"), ("loss", "loss")):
        names = _names([token for token in clone.tokens if token.kind == kind])
        if names:
            yield f"{word}{'' if len(names) == 1 else 's' if kind == 'gain' else 'es'} of {_listed(names)}"
    others = [token.raw for token in clone.tokens if token.kind not in ("gain", "loss", "unknown")]
    if others:
        yield _listed(others)


def _names(tokens: Sequence[KaryotypeToken]) -> list[str]:
    times: Counter[str] = Counter()
    for token in tokens:
        mark = " (at birth)" if token.constitutional else " (uncertain)" if token.uncertain else ""
        times[f"{token.chromosomes[0]}{mark}"] += token.copies
    return [name if number == 1 else f"{name} ({number} times)" for name, number in times.items()]


def _listed(names: Sequence[str]) -> str:
    return f"{', '.join(names[:-1])} and {names[-1]}" if len(names) > 1 else names[0]


def _fish(karyotype: Karyotype) -> Iterator[str]:
    tests = list(dict.fromkeys(probe.raw for probe in karyotype.fish))
    if tests:
        yield f"FISH: {'; '.join(tests)}"


def _regions(karyotype: Karyotype) -> Iterator[str]:
    for method in dict.fromkeys(segment.method for segment in karyotype.segments):
        regions = list(dict.fromkeys(segment.raw for segment in karyotype.segments if segment.method == method))
        yield f"{method}: {'; '.join(regions)}"
    if karyotype.measured:
        yield f"optical map, sequencing or FISH: {_listed([token.raw for token in karyotype.measured])}"
