"""Which purity and ploidy to read a profile with, and which others fit as well."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from annotate.knowledge.tables import Knowledge
from annotate.model.copy_number import Segment, SegmentTable
from annotate.name.copy_number.chromosomes import (
    States,
    dominant_states,
    whole,
)
from annotate.name.copy_number.fit import Signal, Solution, solve
from annotate.name.copy_number.readings import (
    AUTOSOME_SET,
    Data,
    Draft,
    Reading,
    Wanted,
    apply,
    at_double,
    at_half,
    near,
    number,
    signals_of_copies,
    signals_of_ratios,
)

if TYPE_CHECKING:
    import numpy as np

    Array = np.ndarray[Any, np.dtype[Any]]


# ---------------------------------------------------------------- copies that the file states


def stated_fit(table: SegmentTable, copies: States, wanted: Wanted, data: Data) -> Draft:
    """The file's copies, or the reading of the same data that the sheet asks for."""
    knowledge = data.knowledge
    file = Reading(copies, table.purity, data.mean(copies), "file")
    draft = Draft(file, purity_source="file" if table.purity is not None else None)
    _compare_ploidy(draft, table, knowledge)
    file = draft.chosen
    same_purity = (
        wanted.purity is None
        or table.purity is None
        or abs(wanted.purity - table.purity) <= knowledge.value("copy_number.same_purity")
    )
    if wanted.purity is not None and same_purity:
        draft.chosen = file = replace(file, purity=wanted.purity)
        draft.purity_source = "sheet"
    same_ploidy = wanted.ploidy is None or near(file.ploidy, wanted)
    if same_purity and same_ploidy:
        draft.confirmed = wanted.ploidy is not None and file.ploidy is not None
        return draft
    _reread(draft, file, wanted, same_purity, data)
    return draft


def _compare_ploidy(draft: Draft, table: SegmentTable, knowledge: Knowledge) -> None:
    """The caller's own ploidy against the mean of its segments."""
    mean, stated = draft.chosen.ploidy, table.ploidy
    if mean is None or not _whole_genome(table.segments):
        draft.chosen = replace(draft.chosen, ploidy=stated if stated is not None else mean)
        return
    if stated is not None and abs(mean - stated) > 2 * knowledge.value("copy_number.same_ploidy"):
        draft.warnings.append(
            f"the file states ploidy {stated:.2f}, its autosomal segments have {mean:.2f} copies on average;"
            " the segments are used"
        )


def _whole_genome(segments: Sequence[Segment]) -> bool:
    """Do segments lie on at least 20 autosomes? Lists of altered segments do not."""
    return len({s.chrom for s in segments if s.chrom in AUTOSOME_SET}) >= 20


def _reread(draft: Draft, file: Reading, wanted: Wanted, same_purity: bool, data: Data) -> None:
    """Another reading of the file's data that meets the sheet; the file's own stays as an alternative."""
    purity = None if same_purity else wanted.purity
    words = [] if same_purity else [f"purity {wanted.purity:g} of the sheet (file: {file.purity or 0:g})"]
    if wanted.ploidy is not None and not near(file.ploidy, wanted):
        words.append(f"{wanted.words} (file: ploidy {file.ploidy or 0:.2f})")
    asked = " and ".join(words)
    options = [at_double(file), at_half(file, data)] if purity is None else []
    ready = [option for option in options if option is not None and near(option.ploidy, wanted)]
    if not ready:
        ready = _refits(file, purity, wanted, data)
    if ready:
        draft.chosen = replace(ready[0], source="sheet", note=f"by {asked}")
        draft.others.append(replace(file, note="as the file states it"))
        draft.warnings.append(
            f"{asked} changes the reading: ploidy {file.ploidy or 0:.2f} to {draft.chosen.ploidy or 0:.2f},"
            f" {number(data.count(file))} to {number(data.count(draft.chosen))} chromosomes"
        )
        draft.confirmed = wanted.ploidy is not None
        draft.purity_source = "sheet" if wanted.purity is not None else "fit"
        return
    draft.warnings.append(f"{asked} fits no reading of these segments: the copies stay those of the file")
    draft.contradicted = True
    if wanted.purity is not None:
        draft.chosen = replace(file, purity=wanted.purity)
        draft.purity_source = "sheet"


def _refits(file: Reading, purity: float | None, wanted: Wanted, data: Data) -> list[Reading]:
    signals = signals_of_copies(file, data)
    found = solve(
        signals.autosomal(data), data.knowledge, purity=purity, ploidy=wanted.ploidy, ploidy_tolerance=wanted.tolerance
    )
    limit = data.knowledge.value("copy_number.noise_small_margin")
    readings = []
    for solution in found:
        if solution.purity is None or _misfit(signals.autosomal(data), solution) > limit:
            continue
        reading = apply(signals, solution, data, "sheet")
        count = data.count(reading)
        if count is None or count.total <= data.knowledge.value("copy_number.max_reread_number"):
            readings.append(reading)  # a wrong purity can be met by any number of copies
    return readings


def _misfit(signals: Sequence[Signal], solution: Solution) -> float:
    """Spread of measured total and minor copies around whole ones, by length, in copies."""
    purity = solution.purity or 1.0
    total = weight = 0.0
    for signal in signals:
        mixture = signal.ratio * solution.depth
        copies = (mixture - 2 * (1 - purity)) / purity
        distance = min(abs(copies - max(whole(copies), 0)), 0.5)
        if signal.baf is not None and whole(copies) > 0:
            minor = ((1 - signal.baf) * mixture - (1 - purity)) / purity
            nearest = min(max(whole(minor), 0), whole(copies) // 2)
            distance = max(distance, min(abs(minor - nearest), 1.0))
        total += distance**2 * signal.length
        weight += signal.length
    return float((total / weight) ** 0.5) if weight else 1.0


# ---------------------------------------------------------------- copies from ratios


def fitted(table: SegmentTable, wanted: Wanted, data: Data) -> Draft:
    """All readings of the ratios; what sheet or file state of purity and ploidy narrows them."""
    knowledge = data.knowledge
    measured = signals_of_ratios(data)
    signals = measured.autosomal(data)
    purity = wanted.purity if wanted.purity is not None else table.purity
    ploidy, tolerance, words = wanted.ploidy, wanted.tolerance, wanted.words
    if ploidy is None and table.ploidy is not None:
        ploidy, tolerance = table.ploidy, 2 * knowledge.value("copy_number.same_ploidy")
        words = f"ploidy {table.ploidy:g} of the file"
    free = solve(signals, knowledge, purity=purity)
    found = free
    draft = Draft(Reading(dominant_states(table.segments, knowledge), purity, None, "fit"))
    draft.purity_source = None if purity is None else "sheet" if wanted.purity is not None else "file"
    if ploidy is not None:
        found = solve(signals, knowledge, purity=purity, ploidy=ploidy, ploidy_tolerance=tolerance)
        if found:
            draft.confirmed = wanted.ploidy is not None
        else:
            draft.warnings.append(f"{words} fits no reading of these ratios and is not used")
            draft.contradicted = True
            found = free
    if not found:
        draft.warnings.append("no reading of the ratios was found: copies are unknown")
        return draft
    readings = [apply(measured, solution, data, "fit") for solution in found]
    if found is free:
        readings = _before_doubling(readings, data)
    draft.chosen, draft.others = readings[0], readings[1:]
    if draft.chosen.purity is not None and draft.purity_source is None:
        draft.purity_source = "fit"
    if ploidy is not None and found is not free:
        draft.others += [
            replace(apply(measured, solution, data, "fit"), note=f"without {words}")
            for solution in free
            if all(abs(solution.ploidy - reading.ploidy) > tolerance for reading in readings if reading.ploidy)
        ]
    _say_fit(draft, wanted, words, free, found)
    return draft


def _before_doubling(readings: list[Reading], data: Data) -> list[Reading]:
    """Of a clone and its double, which fit alike, the clone comes first: most patients show it (Carroll 2019)."""
    first = readings[0]
    if first.ploidy is None or data.alleles(first.states) < data.knowledge.value("copy_number.min_alleles_known"):
        return readings
    halved = at_half(first, data)
    if halved is None or first.purity is None:
        return readings
    own = [r for r in readings if r.ploidy is not None and abs(2 * r.ploidy - first.ploidy) < 0.15]
    simple = own[0] if own else replace(halved, note="")
    return [simple, *(r for r in readings if r is not simple)]


def _say_fit(
    draft: Draft,
    wanted: Wanted,
    words: str,
    free: Sequence[Solution],
    found: Sequence[Solution],
) -> None:
    given = [] if wanted.purity is None else [f"purity {wanted.purity:g} of the sheet"]
    given += [words] if draft.confirmed else []
    used = f" with {' and '.join(given)}" if given else ""
    chosen = draft.chosen
    at = "" if chosen.purity is None else f", purity {chosen.purity:.2f}"
    draft.warnings.append(
        f"the file states log2 ratios only; copies were fitted{used}: ploidy {chosen.ploidy or 0:.2f}{at}"
        + (f", and {len(draft.others)} other readings fit about as well" if len(draft.others) > 1 else "")
        + (", and one other reading fits about as well" if len(draft.others) == 1 else "")
    )
    if draft.confirmed and free and abs(free[0].ploidy - found[0].ploidy) > wanted.tolerance:
        draft.warnings.append(f"{words} changes the reading: without it ploidy {free[0].ploidy:.2f} would fit best")
