"""Categories, cell fractions and identity of simulated patients whose clones are known.

    python scripts/validate_evolution.py [--patients 60] [--seed 1]

Prints what `docs/validation_evolution.md` states. Exit code 1 where a stated limit is not held.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import tempfile
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import combinations
from pathlib import Path
from typing import Any

import numpy as np

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from annotate.compare import compare  # noqa: E402
from annotate.compare.categories import Seen, power_of  # noqa: E402
from annotate.knowledge.tables import Knowledge  # noqa: E402
from annotate.reference.genome import Genome  # noqa: E402
from tests.makers.patients import CLONES, DECIDED, Simulated, anywhere, simulated  # noqa: E402

EVENTS = ("plain",) * 6 + ("swap", "donor", "contamination", "normal")
RIGHT, CCF_ERROR = 0.97, 0.05


@dataclass
class Score:
    """What was counted over all patients."""

    decided: int = 0
    right: int = 0
    below_limit: int = 0
    undetermined: int = 0
    gained: int = 0
    gained_without_power: int = 0
    gained_though_present: int = 0
    errors: list[float] = field(default_factory=list)
    covered: int = 0
    intervals: int = 0
    confusion: Counter[tuple[str, str]] = field(default_factory=Counter)
    together: list[tuple[float, float]] = field(default_factory=list)
    flagged: Counter[tuple[str, bool]] = field(default_factory=Counter)

    @property
    def share(self) -> float:
        return self.right / self.decided if self.decided else 0.0


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--patients", type=int, default=60)
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args(arguments)
    score = run(args.patients, args.seed)
    show(score, args.patients, args.seed)
    near = run(args.patients, args.seed + 1, spread=True)
    print("\nCell fractions drawn from the whole range, near the limits between categories too:")
    show(near, args.patients, args.seed + 1)
    return 0 if holds(score) else 1


def run(patients: int, seed: int, mutations: int = 4, *, spread: bool = False) -> Score:
    """Simulate, compare and count."""
    genome, knowledge, score = Genome.load("GRCh38"), Knowledge.load(), Score()
    rng = np.random.default_rng(seed)
    with tempfile.TemporaryDirectory() as folder:
        for number in range(patients):
            event = EVENTS[number % len(EVENTS)]
            clones = anywhere(rng) if spread else CLONES
            patient = simulated(Path(folder) / str(number), number, rng, event, mutations, clones)
            count(patient, compare(list(patient.points), genome, knowledge), score, knowledge)
    return score


def count(patient: Simulated, evolution: dict[str, Any], score: Score, knowledge: Knowledge) -> None:
    """Identity of every patient; categories and cell fractions of those whose samples are what they seem."""
    score.flagged[(patient.event, flagged(patient.event, evolution))] += 1
    if patient.event == "swap":
        return
    if patient.event == "plain" and all((p.report["quality"]["purity"] or 0) > 0.5 for p in patient.points):
        score.together.append(pairs(patient, evolution))
    for event in evolution["events"]:
        if event["kind"] != "small_variant" or event["id"] not in patient.truth:
            continue
        truth, fractions = patient.truth[event["id"]]
        called = event["category"]
        cells = list(event["at"].values())
        if called in DECIDED:
            score.decided += 1
            score.right += called == truth
            score.confusion[(truth, called)] += 1
        else:
            score.below_limit += called.endswith("_below_limit")
            score.undetermined += called == "undetermined"
        if called in ("gained", "lost"):
            absent, fraction = (cells[0], fractions[0]) if called == "gained" else (cells[-1], fractions[-1])
            power = power_of(Seen(present=False, depth=absent["depth"]), knowledge)
            score.gained += 1
            score.gained_without_power += not (power and power["enough"])
            score.gained_though_present += fraction > 0
        for cell, fraction in zip(cells, fractions, strict=True):
            if cell["ccf"] is not None and fraction > 0:
                score.errors.append(abs(cell["ccf"] - fraction))
                score.intervals += 1
                low, high = cell["ccf_interval"]
                score.covered += low <= fraction <= high


def pairs(patient: Simulated, evolution: dict[str, Any]) -> tuple[float, float]:
    """Of the pairs of mutations of one true clone the share put together; of those of two, the share kept apart."""
    placed = {id: clone["id"] for clone in evolution["clones"] for id in clone["events"] if id in patient.truth}
    same, apart = [], []
    for one, two in combinations(sorted(placed), 2):
        kept = placed[one] == placed[two]
        if patient.truth[one][1] == patient.truth[two][1]:
            same.append(kept)
        else:
            apart.append(not kept)
    return (statistics.mean(same) if same else 1.0, statistics.mean(apart) if apart else 1.0)


def flagged(event: str, evolution: dict[str, Any]) -> bool:
    """Does the top of the page say what was done to this patient, and nothing where nothing was done?"""
    text = " ".join(evolution["warnings"])
    if event == "swap":
        return evolution["concordance"]["verdict"] == "discordant"
    if event == "donor":
        return "donor cells" in text
    if event == "contamination":
        return "another person's DNA" in text
    if event == "normal":
        return bool(evolution["concordance"]["leukaemia_in_normal"])
    return not text and evolution["concordance"]["verdict"] == "same_person"


def holds(score: Score) -> bool:
    return (
        score.share >= RIGHT
        and score.gained_without_power == 0
        and statistics.median(score.errors) < CCF_ERROR
        and all(right for (_, right) in score.flagged)
    )


def show(score: Score, patients: int, seed: int) -> None:
    print(f"{patients} simulated patients, seed {seed}")
    print(f"variants whose interval allows a decision: {score.decided}, right {score.right} ({score.share:.2%})")
    print(f"left open: {score.below_limit} gained or lost `or below limit`, {score.undetermined} undetermined")
    print(
        f"gained or lost: {score.gained}; without the depth for it {score.gained_without_power};"
        f" although present {score.gained_though_present}"
    )
    print(f"CCF error: median {statistics.median(score.errors):.4f}, 95 % below {np.quantile(score.errors, 0.95):.4f}")
    print(f"95 % intervals that hold the true CCF: {score.covered / score.intervals:.2%} of {score.intervals}")
    if score.together:
        same, apart = (statistics.mean(column) for column in zip(*score.together, strict=True))
        print(f"clones (purity above 0.5): mutations of one clone together {same:.1%}, of two apart {apart:.1%}")
    for (truth, called), number in sorted(score.confusion.items()):
        if truth != called:
            print(f"  true {truth}, called {called}: {number}")
    for event in dict.fromkeys(EVENTS):
        right, wrong = score.flagged[(event, True)], score.flagged[(event, False)]
        print(f"identity, {event}: {right} of {right + wrong} told right")


if __name__ == "__main__":
    sys.exit(main())
