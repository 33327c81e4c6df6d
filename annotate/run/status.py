"""Progress of a batch, from the files that are there."""

from __future__ import annotations

import time
from collections.abc import Sequence
from datetime import datetime
from itertools import pairwise
from pathlib import Path

from annotate.base.errors import InputError
from annotate.base.frozen import frozen
from annotate.base.logs import message_of
from annotate.read.sheets import read_samples

RECENT = 200  # reports from which the pace is told: an earlier run must not slow it down
STALLED = 20  # intervals between reports without a new one, at least `PATIENCE` seconds
PATIENCE = 600.0


@frozen
class Progress:
    """Ids by what became of them; `times` are when the reports were written, in seconds since the epoch, ascending."""

    done: tuple[str, ...]
    failed: tuple[str, ...]
    waiting: tuple[str, ...]
    times: tuple[float, ...]

    @property
    def per_minute(self) -> float | None:
        """Reports a minute over the recent ones without the longest pause; None where there are too few to tell."""
        recent = self.times[-RECENT:]
        pauses = sorted(after - before for before, after in pairwise(recent))
        if len(pauses) < 2 or sum(pauses[:-1]) <= 0:
            return None
        return 60.0 * (len(pauses) - 1) / sum(pauses[:-1])

    @property
    def remaining(self) -> float | None:
        """Seconds until the last report at this pace."""
        pace = self.per_minute
        return None if pace is None else 60.0 * len(self.waiting) / pace


def progress(samples: Sequence[str], out: Path) -> Progress:
    """Samples by what their folders hold: a report, a fault, or nothing yet."""
    done: list[str] = []
    failed: list[str] = []
    waiting: list[str] = []
    times: list[float] = []
    for sample in samples:
        try:
            times.append((out / sample / f"{sample}.report.json").stat().st_mtime)
            done.append(sample)
        except OSError:
            (failed if message_of(out, sample) else waiting).append(sample)
    return Progress(tuple(done), tuple(failed), tuple(waiting), tuple(sorted(times)))


def find_results(sheet: Path, samples: Sequence[str]) -> Path:
    """The results folder of a batch: below where we are, or beside the sheet, the one with most of its samples.

    Errors: InputError where none holds any.
    """
    bases = dict.fromkeys(
        [Path.cwd(), *Path.cwd().iterdir(), sheet.resolve().parent, *sheet.resolve().parent.iterdir()]
    )
    places = [base / "results" for base in bases if base.is_dir()]

    def known(out: Path) -> int:
        logs = out.parent / "logs" / "samples"
        return sum((out / id).is_dir() or (logs / f"{id}.log").is_file() for id in samples)

    best = max(places, key=known, default=None)
    if best is None or not known(best):
        raise InputError("no results of this sheet found here", path=sheet, fix="name the results folder with --out")
    return best


def print_status(sheet: Path, out: Path | None) -> int:
    """Print done, failed and to do, with the pace; 0 whatever it says. Errors: InputError where nothing is found."""
    samples = [sample.sample for sample in read_samples(sheet, check_files=False)]
    if out is None:
        out = find_results(sheet, samples)
        print(f"{out}:")
    found = progress(samples, out)
    print(
        f"{len(found.done)} done, {len(found.failed)} failed, {len(found.waiting)} to do, of {len(samples)}"
        f" ({100 * len(found.done) // len(samples)} %)"
    )
    if found.waiting and found.times:
        print(_pace(found, time.time()))
    for id in found.failed:
        print(f"failed: {id}: {message_of(out, id)}")
    return 0


def _pace(found: Progress, now: float) -> str:
    last = datetime.fromtimestamp(found.times[-1]).strftime("%Y-%m-%d %H:%M:%S")
    pace, remaining = found.per_minute, found.remaining
    if pace is None or remaining is None:
        return f"last report at {last}; too few reports to tell the time that remains"
    if now - found.times[-1] > max(PATIENCE, STALLED * 60.0 / pace):
        return f"last report at {last}: nothing since; if no run is going on, start it again"
    return f"{pace:.0f} samples a minute, about {_duration(remaining)} remaining; last report at {last}"


def _duration(seconds: float) -> str:
    minutes = round(seconds / 60)
    if minutes < 1:
        return "a minute"
    return f"{minutes} min" if minutes < 120 else f"{minutes // 60} h {minutes % 60} min"
