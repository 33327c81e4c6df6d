"""Many samples in one process: what a job of the workflow does when `samples_per_job` is above one.

Each sample is written whole or not at all, and one that fails does not stop the others. Beside its report each sample
keeps the digest of what it was made from, so that a second run remakes only what changed or is missing, whichever
batch the sample is in.
"""

from __future__ import annotations

import contextlib
import os
import shlex
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path

from annotate.base.errors import AllertError, InputError, printable
from annotate.base.frozen import frozen
from annotate.base.settings import Settings
from annotate.base.writing import whole_file, write_json, write_text
from annotate.model.sample import Patient, Sample
from annotate.run.contents import Contents
from annotate.run.made_from import made_from, made_from_samples
from annotate.run.outputs import complete, forget, made, mark, patient_made, withdraw, withdraw_patient
from annotate.run.patient_cases import PatientCases
from annotate.run.sample_files import files_of, refuse_replaced, stamp

Job = tuple[Sample, Patient | None, tuple[Sample, ...]]  # with the other samples of the patient
SLOW = 300.0  # seconds after which a sample that is not done is said to be slow


@frozen
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
    contents = Contents(contents_store(out))
    written = kept = 0
    cases = PatientCases()
    digests: dict[str, str] = {}
    failed: list[tuple[str, str]] = []
    for number, job in enumerate(jobs, start=1):
        sample = job[0]
        prefix = f"[{number}/{len(jobs)}] {sample.sample}"
        message = _make_digest(job, settings, contents, digests)
        digest = digests.get(sample.sample, "")
        if digest and made(out, sample.sample) == digest and complete(out, sample.sample, settings):
            kept += 1
            continue
        say(prefix)
        message = message or _one(job, settings, out, partial(_say_of, say, sample.sample), digest, cases)
        _log(out, sample.sample, message)
        if message:
            say(f"{prefix}: {message}")
            failed.append((sample.sample, message))
            withdraw(out, sample.sample, sample.patient)
            continue
        written += 1
    failed += _patients(jobs, settings, out, digests, {id for id, _ in failed})
    if not failed:
        write_json(marker, {"samples": [sample.sample for sample, *_ in jobs]})
    return Outcome(written, kept, tuple(failed))


def _make_digest(job: Job, settings: Settings, contents: Contents, digests: dict[str, str]) -> str:
    """Add the digest of what a sample is made from; '' or the message of what went wrong."""
    sample, patient, others = job
    try:
        digests[sample.sample] = made_from(sample, patient, others, settings, contents)
    except InputError as error:  # a file is gone since the sheet was checked
        return str(error)
    return ""


def contents_store(out: Path) -> Path | None:
    """Where a workflow keeps the digests of the files it has read: in Snakemake's own folder of the work folder."""
    folder = out.resolve().parent / ".snakemake"
    return folder / "allert" / "contents.json" if folder.is_dir() else None


def _say_of(say: Callable[[str], None], sample: str, text: str) -> None:
    say(f"{sample}: {text}")


def _one(job: Job, settings: Settings, out: Path, warn: Callable[[str], None], digest: str, cases: PatientCases) -> str:
    """Write one sample; '' or the message of what went wrong."""
    sample, patient, others = job
    try:
        report_one(sample, patient, others, settings, out, warn=warn, digest=digest, cases=cases)
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
    digest: str | None = None,
    cases: PatientCases | None = None,
) -> None:
    """Read, decide, write; `say` is told each step, `warn` (else `say`) when it takes long.

    `digest` is that of `made_from`, where it is known; `cases` keeps what was read for other samples of the patient.
    What an earlier run left of the sample is removed first, with its patient's page, which would be older than its
    sample.

    An input that is replaced meanwhile is an InputError, and no report is left: its checksum would be of other content
    than its findings, and its time would say that it is up to date.
    """
    from annotate.run.earlier import read_earlier
    from annotate.run.sample import weigh
    from annotate.run.write import write_sample

    _writable(out / sample.sample)
    withdraw(out, sample.sample, sample.patient)
    with _said_when_slow(warn or say):
        before = [stamp(file) for file in files_of(sample)]
        digest = digest or made_from(sample, patient, others, settings, Contents(contents_store(out)))
        cases = cases or PatientCases()
        earlier = read_earlier(sample, others, patient, settings, cases)
        case = cases.of(sample, patient, settings, say)
        say("weighing")
        analysis = weigh(case, settings, earlier.calls if earlier else ())
        refuse_replaced(before)
        write_sample(analysis, out, shlex.join(["allert", "report", sample.sample]), earlier)
    try:
        refuse_replaced(before)
    except InputError:
        withdraw(out, sample.sample, sample.patient)
        raise
    mark(out, sample.sample, digest)


def _writable(folder: Path) -> None:
    """Say before anything is read that nothing could be written. Errors: InputError."""
    with whole_file(folder / ".writable"):
        pass
    (folder / ".writable").unlink(missing_ok=True)


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


def _patients(
    jobs: Sequence[Job], settings: Settings, out: Path, digests: Mapping[str, str], broken: set[str]
) -> Iterator[tuple[str, str]]:
    for patient, samples in by_patient(sample for sample, *_ in jobs).items():
        if len(samples) < 2 or broken & {sample.sample for sample in samples}:
            withdraw_patient(out, patient)
            continue
        digest = patient_digest(samples, digests)
        if patient_made(out, patient) == digest:
            continue
        try:
            compare_one(patient, samples, out, settings, digest)
        except AllertError as error:
            yield patient, str(error)
        except Exception as error:
            if os.environ.get("ALLERT_DEBUG"):
                raise
            yield patient, f"internal fault: {type(error).__name__}: {printable(str(error))[:300]}"


def compare_one(patient: str, samples: Sequence[Sample], out: Path, settings: Settings, digest: str = "") -> None:
    """Write a patient's page from the reports of the samples. Errors: InputError for a report that is missing."""
    from annotate.run.patient import write_patient

    withdraw_patient(out, patient)
    write_patient(patient, samples, out, settings)
    found = {sample.sample: made(out, sample.sample) for sample in samples}
    mark(out / "patients", patient, digest or patient_digest(samples, found))


def patient_digest(samples: Iterable[Sample], digests: Mapping[str, str]) -> str:
    """What a patient's page is made from: the reports of all time points."""
    return made_from_samples({sample.sample: digests.get(sample.sample, "") for sample in samples})


def by_patient(samples: Iterable[Sample]) -> dict[str, tuple[Sample, ...]]:
    """Samples of each patient, in the order of the sheet."""
    found: dict[str, tuple[Sample, ...]] = {}
    for sample in samples:
        found[sample.patient] = (*found.get(sample.patient, ()), sample)
    return found


def plan(samples: Sequence[Sample], per_job: int | str) -> dict[str, tuple[Sample, ...]]:
    """Batches by name; samples of one patient stay together. `auto`: one a job up to 40 samples, then 10 to 100."""
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
    """Enough jobs for many cores, and in each so many samples that the start of its process no longer matters."""
    return 1 if samples <= 40 else min(max(-(-samples // 20), 10), 100)


def forget_stale(
    out: Path, samples: Sequence[Sample], digests: Mapping[str, str], settings: Settings
) -> frozenset[str]:
    """Remove what was made from something else: samples, with their logs, and patients' pages. Ids of what is missing.

    Snakemake knows what it made itself; of reports made in a batch, or by hand, or before its records were lost, only
    the digest beside them tells.
    """
    missing = set()
    for sample in samples:
        if made(out, sample.sample) != digests[sample.sample] or not complete(out, sample.sample, settings):
            missing.add(sample.sample)
            forget(out, sample.sample, sample.patient)
    for patient, own in by_patient(samples).items():
        if len(own) < 2 or patient_made(out, patient) != patient_digest(own, digests):
            withdraw_patient(out, patient)
            missing |= {sample.sample for sample in own} if len(own) > 1 else set()
    return frozenset(missing)


def _log(out: Path, sample: str, message: str) -> None:
    """The sample's own log, where the cohort page and `allert status` look for what went wrong."""
    write_text(out.parent / "logs" / "samples" / f"{sample}.log", f"allert: {message}\n" if message else "written\n")
