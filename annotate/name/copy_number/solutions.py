"""Which purity and ploidy to read a profile with, and which others fit as well."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from annotate.base.chromosomes import AUTOSOME_SET
from annotate.base.frozen import frozen
from annotate.knowledge import cutoffs
from annotate.knowledge.tables import Knowledge
from annotate.model.copy_number import Fit, FitState, ReadingKind, Scale, ScaleSource, Segment, SegmentTable
from annotate.model.sample import Sample
from annotate.name.copy_number.chromosomes import (
    States,
    dominant_states,
    whole,
)
from annotate.name.copy_number.fit import Solution, solve, usable
from annotate.name.copy_number.groups import Groups, Signal
from annotate.name.copy_number.readings import (
    Choice,
    Data,
    Reading,
    Wanted,
    apply,
    at_double,
    at_half,
    near,
    number,
    signals_of_copies,
    signals_of_ratios,
    unfitted,
)
from annotate.name.copy_number.scale import ScaleFit, deepest, narrowed, purity_shown, scale_of, stated_scale

if TYPE_CHECKING:
    import numpy as np

    Array = np.ndarray[Any, np.dtype[Any]]


ARRAY_LIKE = ("array", None)  # assays whose log2 may be compressed
SAME_GAMMA = 0.02


# ---------------------------------------------------------------- a list of changes


def listed(table: SegmentTable, wanted: Wanted, sample: Sample, data: Data) -> Choice:
    """A list of altered segments: no baseline can be taken from it, so its log2 0 stands for two copies."""
    purity = wanted.purity if wanted.purity is not None else table.purity
    scale = stated_scale(table, sample, data.knowledge)
    choice = Choice(unfitted(data, purity, scale.gamma), scale=scale)
    choice.purity_source = None if purity is None else "sheet" if wanted.purity is not None else "file"
    choice.warnings.append("no baseline can be taken from altered segments: log2 0 is taken as two copies, as listed")
    return choice


# ---------------------------------------------------------------- copies that the file states


def stated_fit(table: SegmentTable, copies: States, wanted: Wanted, data: Data) -> Choice:
    """The file's copies, or the reading of the same data that the sheet asks for."""
    knowledge = data.knowledge
    file = Reading(copies, Fit(table.purity, data.mean(copies), source="file"))
    choice = Choice(file, purity_source="file" if table.purity is not None else None)
    _compare_ploidy(choice, table, knowledge)
    if choice.chosen.fit.purity is None and table.fit is FitState.FITTED:
        _purity_by_levels(choice, data)
    file = choice.chosen
    same_purity = (
        wanted.purity is None
        or table.purity is None
        or abs(wanted.purity - table.purity) <= knowledge.value(cutoffs.COPY_NUMBER_SAME_PURITY)
    )
    if wanted.purity is not None and same_purity:
        choice.chosen = file = file.fitted_as(purity=wanted.purity)
        choice.purity_source = "sheet"
    same_ploidy = wanted.ploidy is None or near(file.fit.ploidy, wanted)
    if same_purity and same_ploidy:
        choice.confirmed = wanted.ploidy is not None and file.fit.ploidy is not None
        return choice
    _reread(choice, file, wanted, same_purity, data)
    return choice


def _purity_by_levels(choice: Choice, data: Data) -> None:
    """Purity that the log2 of segments asks for whose tumour copies the caller states, where it states none itself.

    With p of tumour cells, T copies stand at p T + 2 (1 - p) of the two that most of the genome has.
    """
    import numpy as np

    states = choice.chosen.states
    log2 = np.array([np.nan if s.log2 is None else s.log2 for s in data.segments], dtype=float)
    known = data.autosomal & ~np.isnan(log2) & ~np.isnan(states.total) & ~states.loose
    usual = known & (np.abs(states.total - 2) < 0.5)
    lost = known & (np.abs(states.total - 1) < 0.5)
    if float(data.lengths[lost].sum()) < data.knowledge.value(cutoffs.SCALE_MIN_ALTERED) * float(data.lengths.sum()):
        return
    level = float(np.average(log2[usual], weights=data.lengths[usual])) if usual.any() else 0.0
    purity = 2 * (1 - 2 ** float(np.average(log2[lost], weights=data.lengths[lost]) - level))
    if data.knowledge.value(cutoffs.FIT_MIN_PURITY) <= purity <= 1:
        choice.chosen = choice.chosen.fitted_as(purity=purity)
        choice.purity_source = "file"
        choice.warnings.append(f"the file states no purity; the log2 of its lost segments asks for {purity:.2f}")


def _compare_ploidy(choice: Choice, table: SegmentTable, knowledge: Knowledge) -> None:
    """The caller's own ploidy against the mean of its segments."""
    mean, stated = choice.chosen.fit.ploidy, table.ploidy
    if mean is None or not _whole_genome(table.segments):
        choice.chosen = choice.chosen.fitted_as(ploidy=stated if stated is not None else mean)
        return
    if stated is not None and abs(mean - stated) > 2 * knowledge.value(cutoffs.COPY_NUMBER_SAME_PLOIDY):
        choice.warnings.append(
            f"the file states ploidy {stated:.2f}, its autosomal segments have {mean:.2f} copies on average;"
            " the segments are used"
        )


def _whole_genome(segments: Sequence[Segment]) -> bool:
    """Do segments lie on at least 20 autosomes? Lists of altered segments do not."""
    return len({s.chrom for s in segments if s.chrom in AUTOSOME_SET}) >= 20


def _reread(choice: Choice, file: Reading, wanted: Wanted, same_purity: bool, data: Data) -> None:
    """Another reading of the file's data that meets the sheet; the file's own stays as an alternative."""
    purity = None if same_purity else wanted.purity
    words = [] if same_purity else [f"purity {wanted.purity:g} of the sheet (file: {file.fit.purity or 0:g})"]
    if wanted.ploidy is not None and not near(file.fit.ploidy, wanted):
        words.append(f"{wanted.words} (file: ploidy {file.fit.ploidy or 0:.2f})")
    asked = " and ".join(words)
    options = [at_double(file), at_half(file, data)] if purity is None else []
    ready = [option for option in options if option is not None and near(option.fit.ploidy, wanted)]
    if not ready:
        ready = _refits(file, purity, wanted, data)
    if ready:
        choice.chosen = ready[0].fitted_as(source="sheet", kind=ReadingKind.SHEET, note=f"by {asked}")
        choice.others.append(file.fitted_as(kind=ReadingKind.FILE, note="as the file states it"))
        choice.warnings.append(
            f"{asked} changes the reading: ploidy {file.fit.ploidy or 0:.2f} to {choice.chosen.fit.ploidy or 0:.2f},"
            f" {number(data.count(file))} to {number(data.count(choice.chosen))} chromosomes"
        )
        choice.confirmed = wanted.ploidy is not None
        choice.purity_source = "sheet" if wanted.purity is not None else "fit"
        return
    choice.warnings.append(f"{asked} fits no reading of these segments: the copies stay those of the file")
    choice.contradicted = True
    if wanted.purity is not None:
        choice.chosen = file.fitted_as(purity=wanted.purity)
        choice.purity_source = "sheet"


def _refits(file: Reading, purity: float | None, wanted: Wanted, data: Data) -> list[Reading]:
    signals = signals_of_copies(file, data)
    found = solve(
        usable(signals.autosomal(data), data.knowledge),
        data.knowledge,
        purity=purity,
        ploidy=wanted.ploidy,
        ploidy_tolerance=wanted.tolerance,
    )
    limit = data.knowledge.value(cutoffs.COPY_NUMBER_NOISE_SMALL_MARGIN)
    readings = []
    for solution in found:
        if solution.fit.purity is None or _misfit(signals.autosomal(data), solution) > limit:
            continue
        reading = apply(signals, solution, data, "sheet")
        count = data.count(reading)
        if count is None or count.total <= data.knowledge.value(cutoffs.COPY_NUMBER_MAX_REREAD_NUMBER):
            readings.append(reading)  # a wrong purity can be met by any number of copies
    return readings


def _misfit(signals: Sequence[Signal], solution: Solution) -> float:
    """Spread of measured total and minor copies around whole ones, by length, in copies."""
    purity = solution.fit.purity or 1.0
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


def fitted(table: SegmentTable, wanted: Wanted, sample: Sample, data: Data) -> Choice:
    """All readings of the ratios; what sheet or file state of purity, ploidy and compression narrows them."""
    knowledge = data.knowledge
    measured = signals_of_ratios(data)
    signals = measured.autosomal(data)
    purity = wanted.purity if wanted.purity is not None else table.purity
    depth = deepest(table.segments, data.genome, knowledge) if sample.assay in ARRAY_LIKE else None
    told = scale_of(table, sample, signals, purity, depth, knowledge)
    scale = told.scale
    asked = _Asked(usable(signals, knowledge), purity, depth, knowledge)
    choice = Choice(Reading(dominant_states(table.segments, knowledge), Fit(purity, None)), scale=scale)
    choice.purity_source = None if purity is None else "sheet" if wanted.purity is not None else "file"
    free = asked.solutions(scale)
    found, goal = _narrowed(asked, free, table, wanted, choice, knowledge)
    if not found:
        choice.warnings.append("no reading of the ratios was found: copies are unknown")
        return choice
    readings = [apply(measured, solution, data, "fit") for solution in found]
    if found is free:
        readings = _before_doubling(readings, data)
    choice.chosen, choice.others = readings[0], readings[1:]
    choice.others += [apply(measured, solution, data, "fit") for solution in _at_other_scales(asked, told)]
    if choice.chosen.fit.purity is not None and choice.purity_source is None:
        choice.purity_source = "fit"
    if goal is not None and found is not free:
        beside = f"without {goal.words}"
        choice.others += [
            apply(measured, solution, data, "fit").fitted_as(kind=ReadingKind.BESIDE_SHEET, note=beside)
            for solution in free
            if all(
                abs(solution.ploidy - reading.fit.ploidy) > goal.tolerance for reading in readings if reading.fit.ploidy
            )
        ]
    _say_fit(choice, wanted, goal, free, found)
    _open_purity(choice, knowledge)
    return choice


@frozen
class _Asked:
    """What a fit is given besides the scale."""

    groups: Groups | None
    purity: float | None
    depth: float | None
    knowledge: Knowledge

    def solutions(
        self, scale: Scale, ploidy: float | None = None, tolerance: float | None = None, most: int | None = None
    ) -> list[Solution]:
        least = None
        if self.depth is not None and self.purity is None and scale.compressed:
            least = purity_shown(self.depth, scale.gamma, self.knowledge)
        return solve(
            self.groups,
            self.knowledge,
            purity=self.purity,
            ploidy=ploidy,
            ploidy_tolerance=tolerance,
            gamma=scale.gamma,
            least=least,
            most=most,
        )


@frozen
class _Goal:
    """A ploidy that sheet or file state, and within how many copies a reading meets it."""

    ploidy: float
    tolerance: float
    words: str


def _narrowed(
    asked: _Asked,
    free: list[Solution],
    table: SegmentTable,
    wanted: Wanted,
    choice: Choice,
    knowledge: Knowledge,
) -> tuple[list[Solution], _Goal | None]:
    """The readings that meet a stated ploidy, or all of them where none does."""
    if wanted.ploidy is not None:
        goal = _Goal(wanted.ploidy, wanted.tolerance, wanted.words)
    elif table.ploidy is not None:
        tolerance = 2 * knowledge.value(cutoffs.COPY_NUMBER_SAME_PLOIDY)
        goal = _Goal(table.ploidy, tolerance, f"ploidy {table.ploidy:g} of the file")
    else:
        return free, None
    found = asked.solutions(choice.scale, goal.ploidy, goal.tolerance)
    if found:
        choice.confirmed = wanted.ploidy is not None
        return found, goal
    choice.warnings.append(f"{goal.words} fits no reading of these ratios and is not used")
    choice.contradicted = True
    return free, goal


def _at_other_scales(asked: _Asked, told: ScaleFit) -> list[Solution]:
    """The best reading at each end of the scale that fits, and of other ploidies: what differs is not certain."""
    found, scale = [], told.scale
    narrow = scale.high <= asked.knowledge.value(cutoffs.SCALE_NARROW_RATIO) * scale.low
    ends = () if narrow else (scale.low, scale.high)
    for gamma in dict.fromkeys((*ends, *told.rivals)):
        if abs(gamma - scale.gamma) < SAME_GAMMA:
            continue
        found += asked.solutions(narrowed(scale, gamma), most=1)
    return found


def _open_purity(choice: Choice, knowledge: Knowledge) -> None:
    """A purity that was fitted, and that readings of other scales put far elsewhere, is not known."""
    if choice.purity_source != "fit" or not choice.scale.compressed:
        return
    known = [
        r.fit.purity
        for r in (choice.chosen, *choice.others)
        if r.fit.purity is not None and r.fit.kind is ReadingKind.FITTED
    ]
    if max(known) - min(known) > knowledge.value(cutoffs.SCALE_PURITY_WIDTH):
        choice.purity_open = True
        choice.warnings.append(
            f"purity and compression of the array cannot be told apart (purity {min(known):.2f} to {max(known):.2f}"
            " fit): nothing is excluded and no share of cells is given; state `purity` or `array_gamma`"
        )


def _before_doubling(readings: list[Reading], data: Data) -> list[Reading]:
    """Of a clone and its double, which fit alike, the clone comes first: most patients show it (Carroll 2019)."""
    first = readings[0]
    if first.fit.ploidy is None or data.alleles(first.states) < data.knowledge.value(
        cutoffs.COPY_NUMBER_MIN_ALLELES_KNOWN
    ):
        return readings
    halved = at_half(first, data)
    if halved is None or first.fit.purity is None:
        return readings
    own = [r for r in readings if r.fit.ploidy is not None and abs(2 * r.fit.ploidy - first.fit.ploidy) < 0.15]
    simple = own[0] if own else halved.fitted_as(kind=ReadingKind.FITTED, note="")
    return [simple, *(r for r in readings if r is not simple)]


def _say_fit(
    choice: Choice,
    wanted: Wanted,
    goal: _Goal | None,
    free: Sequence[Solution],
    found: Sequence[Solution],
) -> None:
    given = [] if wanted.purity is None else [f"purity {wanted.purity:g} of the sheet"]
    given += [goal.words] if goal is not None and choice.confirmed else []
    given += [_scale_words(choice.scale)] if choice.scale.compressed else []
    used = f" with {' and '.join(given)}" if given else ""
    chosen = choice.chosen
    at = "" if chosen.fit.purity is None else f", purity {chosen.fit.purity:.2f}"
    choice.warnings.append(
        f"the file states log2 ratios only; copies were fitted{used}: ploidy {chosen.fit.ploidy or 0:.2f}{at}"
        + (f", and {len(choice.others)} other readings fit about as well" if len(choice.others) > 1 else "")
        + (", and one other reading fits about as well" if len(choice.others) == 1 else "")
    )
    if goal is not None and choice.confirmed and free and abs(free[0].ploidy - found[0].ploidy) > wanted.tolerance:
        choice.warnings.append(
            f"{goal.words} changes the reading: without it ploidy {free[0].ploidy:.2f} would fit best"
        )


def _scale_words(scale: Scale) -> str:
    """`log2 compressed to 0.40 (as its own levels tell)`."""
    where = {
        ScaleSource.SHEET: "as the sheet states",
        ScaleSource.FILE: "as the file states",
        ScaleSource.LEVELS: f"as its own levels tell; {scale.low:.2g} to {scale.high:.2g} fit",
        ScaleSource.ASSUMED: f"assumed; {scale.low:.2g} to {scale.high:.2g} fit",
    }
    return f"log2 compressed to {scale.gamma:.2f} ({where.get(scale.source, 'counted')})"
