"""Many samples in one process: what a job of the workflow does when `samples_per_job` is above one.

Each sample is written whole or not at all, and one that fails does not stop the others. A state file beside the
job's marker remembers what each sample was made from, so that a second run remakes only what changed or is missing.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import shlex
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import annotate
from annotate.base.errors import AllertError, InputError, printable
from annotate.base.settings import Settings, as_config
from annotate.base.writing import write_json, write_text
from annotate.knowledge.tables import Knowledge
from annotate.model.sample import Patient, Sample
from annotate.read.sheets import as_row, input_files

Job = tuple[Sample, Patient | None, tuple[Sample, ...]]  # with the other samples of the patient
SLOW = 300.0  # seconds after which a sample that is not done is said to be slow
SUFFIXES = ("report.json", "report.html", "lesions.tsv", "variants.vcf.gz", "variants.vcf.gz.tbi")


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a batch; `failed` is (sample or patient id, message)."""

    written: int
    kept: int
    failed: tuple[tuple[str, str], ...]


def run_batch(
    jobs: Sequence[Job], settings: Settings, out: Path, marker: Path, say: Callable[[str], None] = lambda _: None
) -> Outcome:
    """Write every sample that is missing or stale, then the comparison of each patient whose samples are all here.

    `marker` is written only when nothing failed. Errors are collected, not raised; an internal fault of one sample
    counts as its failure.
    """
    state = _read_state(_state_file(marker))
    written = kept = 0
    failed: list[tuple[str, str]] = []
    for number, job in enumerate(jobs, start=1):
        sample, patient, others = job
        digest, message = "", ""
        try:
            digest = _digest(sample, patient, others, settings)
        except InputError as error:  # a file is gone since the sheet was checked
            message = str(error)
        if digest and state.get(sample.sample) == digest and _complete(out, sample.sample):
            kept += 1
            continue
        say(f"[{number}/{len(jobs)}] {sample.sample}")
        state.pop(sample.sample, None)
        message = message or _one(job, settings, out, partial(_say_of, say, sample.sample))
        _log(out, sample.sample, message)
        if message:
            say(f"[{number}/{len(jobs)}] {sample.sample}: {message}")
            failed.append((sample.sample, message))
            _remove(out, sample.sample)
            continue
        written += 1
        state[sample.sample] = digest
        write_json(_state_file(marker), state)
    failed += _patients(jobs, settings, out, {id for id, _ in failed}, state, marker)
    if not failed:
        write_json(marker, {"samples": [sample.sample for sample, *_ in jobs]})
    return Outcome(written, kept, tuple(failed))


def _say_of(say: Callable[[str], None], sample: str, text: str) -> None:
    say(f"{sample}: {text}")


def _one(job: Job, settings: Settings, out: Path, warn: Callable[[str], None]) -> str:
    """Write one sample; '' or the message of what went wrong."""
    sample, patient, others = job
    try:
        report_one(sample, patient, others, settings, out, warn=warn)
    except AllertError as error:
        return str(error)
    except Exception as error:  # one sample's fault must not cost the others
        if os.environ.get("ALLERT_DEBUG"):
            raise
        return f"internal fault: {type(error).__name__}: {printable(str(error))[:300]}"
    return ""


def report_one(
    sample: Sample,
    patient: Patient | None,
    others: Sequence[Sample],
    settings: Settings,
    out: Path,
    say: Callable[[str], None] = lambda _: None,
    warn: Callable[[str], None] | None = None,
) -> None:
    """Read, decide, write; `say` is told each step, `warn` (else `say`) when it takes long.

    An input that is replaced meanwhile is an InputError, and no report is left: its checksum would be of other content
    than its findings, and its time would say that it is up to date.
    """
    from annotate.run.earlier import read_earlier
    from annotate.run.sample import analyse
    from annotate.run.write import write_sample

    with _said_when_slow(warn or say):
        before = [_stamp(file) for file in input_files(sample)]
        earlier = read_earlier(sample, others, patient, settings)
        analysis = analyse(sample, patient, settings, say, earlier=earlier.calls if earlier else ())
        _unchanged(before)
        write_sample(analysis, out, shlex.join(["allert", "report", sample.sample]), earlier)
    try:
        _unchanged(before)
    except InputError:
        _remove(out, sample.sample)
        raise


@contextlib.contextmanager
def _said_when_slow(say: Callable[[str], None]) -> Iterator[None]:
    """A file system that hangs stops the process in the kernel, where nothing can be raised: it is said at least."""
    text = f"still at work after {SLOW:g} s: a very large file, or a file system that does not answer"
    timer = threading.Timer(SLOW, say, (text,))
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()


def _unchanged(before: Iterable[list[Any]]) -> None:
    for stamp in before:
        if _stamp(stamp[0]) != stamp:
            raise InputError("was replaced while it was read", path=stamp[0], fix="run again once the file is whole")


def _patients(
    jobs: Sequence[Job],
    settings: Settings,
    out: Path,
    broken: set[str],
    state: dict[str, str],
    marker: Path,
) -> Iterable[tuple[str, str]]:
    from annotate.run.patient import write_patient

    for patient, samples in by_patient(sample for sample, *_ in jobs).items():
        if len(samples) < 2 or broken & {sample.sample for sample in samples}:
            continue
        key = f"patient {patient}"
        parts = "".join(state.get(sample.sample, "") for sample in samples)
        digest = hashlib.sha256(parts.encode()).hexdigest()
        folder = out / "patients" / patient
        if state.get(key) == digest and all(
            (folder / f"{patient}.evolution.{end}").exists() for end in ("json", "html")
        ):
            continue
        try:
            write_patient(patient, samples, out, settings)
        except AllertError as error:
            yield patient, str(error)
            continue
        except Exception as error:
            if os.environ.get("ALLERT_DEBUG"):
                raise
            yield patient, f"internal fault: {type(error).__name__}: {printable(str(error))[:300]}"
            continue
        state[key] = digest
        write_json(_state_file(marker), state)


def by_patient(samples: Iterable[Sample]) -> dict[str, tuple[Sample, ...]]:
    """Samples of each patient, in the order of the sheet."""
    found: dict[str, tuple[Sample, ...]] = {}
    for sample in samples:
        found[sample.patient] = (*found.get(sample.patient, ()), sample)
    return found


def plan(samples: Sequence[Sample], per_job: int | str) -> dict[str, tuple[Sample, ...]]:
    """Batches by name; samples of one patient stay together. `auto`: one sample a job up to 40, then about 40 jobs."""
    size = _size(len(samples)) if per_job == "auto" else int(per_job)
    if size == 1:
        return {}
    groups: list[tuple[Sample, ...]] = []
    for own in by_patient(samples).values():
        if groups and len(groups[-1]) + len(own) <= size:
            groups[-1] = (*groups[-1], *own)
        else:
            groups.append(own)
    return {f"{number:04d}": group for number, group in enumerate(groups, start=1)}


def _size(samples: int) -> int:
    """Few enough jobs for the scheduler, enough of them for many cores, each long enough to be worth a job."""
    return 1 if samples <= 40 else min(max(-(-samples // 40), 2), 50)


def forget_incomplete(marker: Path, out: Path, samples: Sequence[Sample]) -> None:
    """Remove the marker of a batch of which an output is gone, so that the workflow makes it again."""
    if not marker.exists():
        return
    whole = all(_complete(out, sample.sample) for sample in samples)
    paired = [patient for patient, own in by_patient(samples).items() if len(own) > 1]
    whole = whole and all((out / "patients" / p / f"{p}.evolution.html").exists() for p in paired)
    if not whole:
        marker.unlink(missing_ok=True)


def _complete(out: Path, sample: str) -> bool:
    return all((out / sample / f"{sample}.{suffix}").exists() for suffix in SUFFIXES)


def _remove(out: Path, sample: str) -> None:
    """A report of an earlier run must not stand for one that failed."""
    for suffix in SUFFIXES:
        with contextlib.suppress(OSError):
            (out / sample / f"{sample}.{suffix}").unlink(missing_ok=True)


def _state_file(marker: Path) -> Path:
    return marker.with_suffix(".state.json")


def _read_state(path: Path) -> dict[str, str]:
    try:
        loaded = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return {str(key): str(value) for key, value in loaded.items()} if isinstance(loaded, dict) else {}


def _digest(sample: Sample, patient: Patient | None, others: Sequence[Sample], settings: Settings) -> str:
    """What a sample is made from: its rows, the settings, the version, size and time of every file."""
    facts: Mapping[str, Any] = {
        "version": annotate.__version__,
        "sample": as_row(sample),
        "patient": as_row(patient) if patient else None,
        "settings": as_config(settings),
        "others": [as_row(other) for other in others],
        "files": [_stamp(file) for one in (sample, *others) for file in input_files(one)],
        "knowledge": Knowledge.load(settings.knowledge).digest,
    }
    return hashlib.sha256(json.dumps(facts, sort_keys=True).encode()).hexdigest()


def _stamp(file: str) -> list[Any]:
    try:
        facts = os.stat(file)
    except OSError as error:
        raise InputError(f"cannot be read ({error.strerror})", path=file) from None
    return [file, facts.st_size, facts.st_mtime_ns]


def _log(out: Path, sample: str, message: str) -> None:
    """The sample's own log, where the cohort page and `allert status` look for what went wrong."""
    write_text(out.parent / "logs" / "samples" / f"{sample}.log", f"allert: {message}\n" if message else "written\n")
