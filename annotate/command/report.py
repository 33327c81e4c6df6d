"""`allert report`, `batch`, `evolution`, `cohort`."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from annotate.base.errors import AllertError, InputError
from annotate.command.settings import load_settings, sheet_of

if TYPE_CHECKING:
    from annotate.base.settings import Settings
    from annotate.run.batch import Job
    from annotate.run.patient_cases import PatientCases


# ---------------------------------------------------------------- commands


def run_report(args: argparse.Namespace) -> int:
    """`allert report`: one report, or one a row of a sheet; a sample that fails does not stop the others."""
    from annotate.run.patient_cases import PatientCases

    failed = broken = 0
    jobs = _jobs(args)
    settings = _with_genome(load_settings(args), jobs)
    cases = PatientCases()
    for number, job in enumerate(jobs, start=1):
        try:
            _one_report(job, settings, args, cases, f"[{number}/{len(jobs)}] " if len(jobs) > 1 else "")
        except AllertError as error:
            if len(jobs) == 1:
                raise
            print(f"allert: {job[0].sample}: {error}", file=sys.stderr)
            failed += 1
        except Exception as error:  # one sample's fault must not cost the others
            if len(jobs) == 1:
                raise
            print(f"allert: {job[0].sample}: internal fault: {type(error).__name__}: {error}", file=sys.stderr)
            broken += 1
    return 1 if broken else 2 if failed else 0


def batch_command(args: argparse.Namespace) -> int:
    """`allert batch`: the reports of a sheet in parallel processes, with a marker file for the workflow."""
    from annotate.run.batch import run_batch

    def say(text: str) -> None:
        if not args.quiet:
            print(text, file=sys.stderr, flush=True)

    marker = args.marker or args.out / ".batches" / "all.done"
    jobs = _jobs(args, all_files=False)
    outcome = run_batch(jobs, _with_genome(load_settings(args), jobs), args.out, marker, say)
    print(f"{outcome.written} written, {outcome.kept} unchanged, {len(outcome.failed)} failed", file=sys.stderr)
    for id, message in outcome.failed:
        print(f"allert: {id}: {message}", file=sys.stderr)
    return 2 if outcome.failed else 0


def _with_genome(settings: Settings, jobs: list[Job]) -> Settings:
    """Where a genome is named, the shipped pack with its bases; kept in a cache of the work folder."""
    if not settings.genome:
        return settings
    from annotate.curate.pack.fill import with_filled_packs

    assemblies = frozenset(str(sample.assembly) for sample, _, _ in jobs if sample.small_variants or sample.alignments)
    return with_filled_packs(settings, assemblies, Path.cwd() / ".allert" / "reference")


def _one_report(job: Job, settings: Settings, args: argparse.Namespace, cases: PatientCases, prefix: str) -> None:
    from annotate.run.batch import report_one

    sample, patient, others = job

    def say(text: str) -> None:
        if not args.quiet:
            print(f"{prefix}{sample.sample}: {text}", file=sys.stderr, flush=True)

    report_one(sample, patient, others, settings, args.out, say, digest=args.made_from, cases=cases)
    say(f"written to {args.out / sample.sample}")


def _jobs(args: argparse.Namespace, all_files: bool = True) -> list[Job]:
    """Samples asked for, with their patients and other samples. `all_files` False: the files were checked before."""
    from annotate.read import sheets
    from annotate.run.batch import by_patient

    sheet = sheets.read_sample_sheet(sheet_of(args), check_files=all_files, only=args.sample or None, copies_stop=False)
    samples = sheet.samples
    owners = {sample.patient for sample in samples if sample.sample in args.sample} if args.sample else None
    patients = {p.patient: p for p in sheets.read_patients(args.patients, owners)} if args.patients else {}
    wanted = args.sample or [sample.sample for sample in samples]
    known = {sample.sample: sample for sample in samples}
    for id in wanted:
        if id not in known:
            raise InputError(
                "no such sample", path=args.samples, found=id, expected="one of " + ", ".join(sheet.ids[:20])
            )
    own = by_patient(samples)
    return [
        (known[id], patients.get(known[id].patient), tuple(o for o in own[known[id].patient] if o.sample != id))
        for id in wanted
    ]


def run_evolution(args: argparse.Namespace) -> int:
    """`allert evolution`: compare the time points of one patient; raises `InputError` for an unknown one."""
    from annotate.read import sheets
    from annotate.run.batch import compare_one

    everything = sheets.read_samples(sheet_of(args), check_files=False)
    samples = tuple(s for s in everything if s.patient == args.patient)
    if not samples:
        raise InputError("no such patient", found=args.patient)
    compare_one(args.patient, samples, args.out, load_settings(args))
    return 0


def run_cohort(args: argparse.Namespace) -> int:
    """`allert cohort`: the tables and the page over many reports."""
    from annotate.report.cohort import write_cohort

    expected = None
    if args.samples:
        from annotate.read.sheets import read_samples

        expected = [sample.sample for sample in read_samples(args.samples, check_files=False)]
    write_cohort(args.reports, args.out, load_settings(args), expected)
    return 0
