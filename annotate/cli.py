"""The console command `allert`: each step of the workflow without Snakemake.

Exit codes: 0 all asked for was written; 1 an internal fault; 2 bad input or configuration, with one message.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import annotate
from annotate.errors import AllertError, InputError, printable

if TYPE_CHECKING:
    from annotate.batch import Job
    from annotate.settings import Settings


def main(argv: Sequence[str] | None = None) -> int:
    parser = _parser()
    args = parser.parse_args(argv)
    try:
        code: int = args.run(args)
        return code
    except AllertError as error:
        print(f"allert: {error}", file=sys.stderr)
        return 2
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except KeyboardInterrupt:
        print("allert: stopped", file=sys.stderr)
        return 130
    except Exception as error:
        if os.environ.get("ALLERT_DEBUG"):
            raise
        _fault(error)
        return 1


def _fault(error: Exception) -> None:
    """An internal fault in one line: where it happened, without patient data from a traceback's values."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    place = f"{Path(trace.tb_frame.f_code.co_filename).name}:{trace.tb_lineno}" if trace else "?"
    text = printable(str(error))[:300]
    print(
        f"allert: internal fault at {place}: {type(error).__name__}: {text}. This is a fault of ALLert, not of your"
        " input: please report it (ALLERT_DEBUG=1 shows the traceback).",
        file=sys.stderr,
    )


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="allert",
        description="Lesion by lesion: what a child's leukaemia shows, what it does not, and what the"
        " files could not have shown. Research use only.",
    )
    parser.add_argument("--version", action="version", version=f"allert {annotate.__version__}")
    commands = parser.add_subparsers(title="commands", required=True, metavar="COMMAND")
    _report_commands(commands)
    _information_commands(commands)
    _reference_commands(commands)
    _knowledge_commands(commands)
    return parser


def _report_commands(commands: Any) -> None:
    report = _command(commands, "report", _report, "report samples of a sheet")
    report.add_argument("sample", nargs="*", metavar="SAMPLE", help="ids in the sheet; none: all")
    _sheet_options(report)
    report.add_argument("--pdf", action="store_true", help="also write a PDF (needs the extra `pdf`)")

    batch = _command(commands, "batch", _batch, "report many samples in one process, remaking only what changed")
    batch.add_argument("sample", nargs="*", metavar="SAMPLE", help="ids in the sheet; none: all")
    _sheet_options(batch)
    batch.add_argument("--marker", type=Path, help="written when every sample was (default: OUT/.batches/all.done)")

    evolution = _command(commands, "evolution", _evolution, "compare the time points of a patient")
    evolution.add_argument("patient", help="id in the sheet")
    _sheet_options(evolution)

    cohort = _command(commands, "cohort", _cohort, "the cohort page of reports already written")
    cohort.add_argument("reports", nargs="*", type=Path, metavar="REPORT.json", help="none: all under --out")
    cohort.add_argument("--out", type=Path, default=Path("results"), help="results folder")
    cohort.add_argument("--config", type=Path, help="config.yaml")
    cohort.add_argument("--settings", help=argparse.SUPPRESS)
    cohort.add_argument("--samples", type=Path, help="sample sheet: a sample without a report is named as failed")


def _information_commands(commands: Any) -> None:
    formats = _command(commands, "formats", _formats, "list the file formats that are read")
    formats.add_argument("--json", action="store_true", help="as JSON")

    validate = _command(commands, "validate", _validate, "check sheets before a run")
    validate.add_argument("sheet", type=Path, help="sample sheet")
    validate.add_argument("--patients", type=Path, help="clinical sheet")
    validate.add_argument("--config", type=Path, help="config.yaml")
    validate.add_argument("--deep", action="store_true", help="also recognise the format of every input")

    status = _command(commands, "status", _status, "progress of a batch: done, failed, to do")
    status.add_argument("sheet", type=Path, help="sample sheet")
    status.add_argument("--out", type=Path, default=Path("results"), help="results folder")

    schema = _command(commands, "schema", _schema, "print the JSON Schema of report.json, or of evolution.json")
    schema.add_argument("of", nargs="?", choices=["report", "evolution"], default="report")
    schema.add_argument("--out", type=Path, help="write it to a file")


def _command(commands: Any, name: str, run: Callable[[argparse.Namespace], int], text: str) -> argparse.ArgumentParser:
    parser: argparse.ArgumentParser = commands.add_parser(name, help=text, description=text[0].upper() + text[1:] + ".")
    parser.set_defaults(run=run)
    return parser


def _sheet_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--samples", type=Path, help="sample sheet")
    parser.add_argument("--patients", type=Path, help="clinical sheet")
    parser.add_argument("--config", type=Path, help="config.yaml")
    parser.add_argument("--settings", help=argparse.SUPPRESS)  # the checked config as JSON, from the workflow
    parser.add_argument("--out", type=Path, default=Path("results"), help="results folder (default: results)")
    parser.add_argument("--quiet", action="store_true", help="no progress on standard error")


def _reference_commands(commands: Any) -> None:
    reference = commands.add_parser("reference", help="reference packs", description="Reference packs.")
    actions = reference.add_subparsers(required=True, metavar="ACTION")
    build = _command(actions, "build", _reference_build, "make a full pack from your own genome")
    build.add_argument("--fasta", type=Path, required=True, help="genome, FASTA")
    build.add_argument("--gff", type=Path, required=True, help="gene models, GFF3")
    build.add_argument("--assembly", choices=["GRCh38", "GRCh37"], required=True)
    build.add_argument("--out", type=Path, required=True, help="folder of the pack")


def _knowledge_commands(commands: Any) -> None:
    knowledge = commands.add_parser("knowledge", help="knowledge tables", description="Knowledge tables.")
    actions = knowledge.add_subparsers(required=True, metavar="ACTION")
    check = _command(actions, "check", _knowledge_check, "check every row of the knowledge tables")
    check.add_argument("folder", nargs="?", type=Path, help="an overlay folder; none: the shipped tables")
    diff = _command(actions, "diff", _knowledge_diff, "which reports change between two versions of the tables")
    diff.add_argument("old", type=Path)
    diff.add_argument("new", type=Path)
    diff.add_argument("--samples", type=Path, help="sheet of samples to compare (default: the demo batch)")


# ---------------------------------------------------------------- commands


def _report(args: argparse.Namespace) -> int:
    settings = _settings(args)
    failed = 0
    jobs = _jobs(args)
    for number, job in enumerate(jobs, start=1):
        try:
            _one_report(job, settings, args, f"[{number}/{len(jobs)}] " if len(jobs) > 1 else "")
        except AllertError as error:
            if len(jobs) == 1:
                raise
            print(f"allert: {job[0].sample}: {error}", file=sys.stderr)
            failed += 1
    return 2 if failed else 0


def _batch(args: argparse.Namespace) -> int:
    from annotate.batch import run_batch

    def say(text: str) -> None:
        if not args.quiet:
            print(text, file=sys.stderr, flush=True)

    marker = args.marker or args.out / ".batches" / "all.done"
    outcome = run_batch(_jobs(args, all_files=False), _settings(args), args.out, marker, say)
    print(f"{outcome.written} written, {outcome.kept} unchanged, {len(outcome.failed)} failed", file=sys.stderr)
    for id, message in outcome.failed:
        print(f"allert: {id}: {message}", file=sys.stderr)
    return 2 if outcome.failed else 0


def _one_report(job: Job, settings: Settings, args: argparse.Namespace, prefix: str) -> None:
    from annotate.batch import report_one

    sample, patient, others = job

    def say(text: str) -> None:
        if not args.quiet:
            print(f"{prefix}{sample.sample}: {text}", file=sys.stderr, flush=True)

    report_one(sample, patient, others, settings, args.out, say)
    say(f"written to {args.out / sample.sample}")


def _jobs(args: argparse.Namespace, all_files: bool = True) -> list[Job]:
    """Samples asked for, with their patients and other samples. `all_files` False: the files were checked before."""
    from annotate import sheets
    from annotate.batch import by_patient

    samples = sheets.read_samples(_sheet(args), check_files=all_files, only=args.sample or None)
    patients = {p.patient: p for p in sheets.read_patients(args.patients)} if args.patients else {}
    wanted = args.sample or [sample.sample for sample in samples]
    known = {sample.sample: sample for sample in samples}
    for id in wanted:
        if id not in known:
            raise InputError(
                "no such sample", path=args.samples, found=id, expected="one of " + ", ".join(list(known)[:20])
            )
    own = by_patient(samples)
    return [
        (known[id], patients.get(known[id].patient), tuple(o for o in own[known[id].patient] if o.sample != id))
        for id in wanted
    ]


def _sheet(args: argparse.Namespace) -> Path:
    sheet: Path | None = args.samples
    if sheet is None and args.config:
        loaded = _load_config(args.config)
        sheet = Path(loaded["samples"]) if loaded.get("samples") else None
    if sheet is None:
        raise InputError("no sample sheet given", fix="name it with --samples SHEET")
    return sheet


def _settings(args: argparse.Namespace) -> Settings:
    from dataclasses import replace

    from annotate.settings import settings_of

    if getattr(args, "settings", None):
        settings = settings_of(json.loads(args.settings), Path.cwd())
    elif getattr(args, "config", None):
        settings = settings_of({"samples": "-", **_load_config(args.config)}, Path.cwd())
        _check_own_knowledge(settings)
    else:
        settings = settings_of({"samples": "-"}, Path.cwd())
    if getattr(args, "pdf", False):
        settings = replace(settings, report=replace(settings.report, pdf=True))
    return settings


def _load_config(path: Path) -> dict[str, Any]:
    import yaml

    try:
        with open(path, encoding="utf-8") as text:
            loaded = yaml.safe_load(text) or {}
    except (OSError, yaml.YAMLError) as error:
        raise InputError(f"cannot be read ({' '.join(str(error).split())})", path=path, fix="mend the YAML") from None
    if not isinstance(loaded, dict):
        raise InputError("is not a mapping of keys to values", path=path)
    return loaded


def _evolution(args: argparse.Namespace) -> int:
    from annotate import sheets
    from annotate.report.patient import write_patient

    everything = sheets.read_samples(_sheet(args), check_files=False)
    samples = tuple(s for s in everything if s.patient == args.patient)
    if not samples:
        raise InputError("no such patient", found=args.patient)
    write_patient(args.patient, samples, args.out, _settings(args))
    return 0


def _cohort(args: argparse.Namespace) -> int:
    from annotate.report.cohort import write_cohort

    expected = None
    if args.samples:
        from annotate.sheets import read_samples

        expected = [sample.sample for sample in read_samples(args.samples, check_files=False)]
    write_cohort(args.reports, args.out, _settings(args), expected)
    return 0


def _formats(args: argparse.Namespace) -> int:
    from annotate.inputs.catalogue import all_formats

    rows = all_formats()
    if args.json:
        print(json.dumps(rows, indent=1))
        return 0
    kind = None
    for row in rows:
        if row["kind"] != kind:
            kind = row["kind"]
            print(f"\n{kind.replace('_', ' ')}")
        print(f"  {row['name']:<26} {row['caller']:<18} {row['description']}  [tested on: {row['tested_on']}]")
    return 0


def _validate(args: argparse.Namespace) -> int:
    from annotate import sheets

    samples = sheets.read_samples(args.sheet)
    patients = sheets.read_patients(args.patients) if args.patients else ()
    if args.config:
        _settings(args)
    if args.deep:
        from annotate.inputs.catalogue import recognise_all

        for sample in samples:
            for line in recognise_all(sample):
                print(line)
    strangers = sorted({p.patient for p in patients} - {s.patient for s in samples})
    if strangers:
        print(f"note: in the clinical sheet only: {', '.join(strangers)}", file=sys.stderr)
    print(f"{args.sheet}: {len(samples)} samples of {len({s.patient for s in samples})} patients, all well")
    return 0


def _check_own_knowledge(settings: Settings) -> None:
    """A lab's own knowledge rows must be well before a run rests on them."""
    from annotate.knowledge_check import check
    from annotate.resources import resource_path

    if settings.knowledge is None:
        return
    problems = check(resource_path("knowledge"), settings.knowledge)
    for problem in problems[:1]:
        raise InputError(
            f"row {problem.row}, column {problem.column!r}: {problem.message}",
            path=settings.knowledge / problem.file,
            fix=f"allert knowledge check {settings.knowledge} lists all {len(problems)}",
        )


def _status(args: argparse.Namespace) -> int:
    from annotate.status import print_status

    return print_status(args.sheet, args.out)


def _schema(args: argparse.Namespace) -> int:
    from annotate.evolution.schema import evolution_schema
    from annotate.report.schema import json_schema
    from annotate.writing import write_text

    found = evolution_schema() if args.of == "evolution" else json_schema()
    text = json.dumps(found, indent=1, ensure_ascii=False) + "\n"
    if args.out:
        write_text(args.out, text)
    else:
        print(text, end="")
    return 0


def _reference_build(args: argparse.Namespace) -> int:
    from annotate.reference import build_pack

    facts = build_pack(args.fasta, args.gff, args.assembly, args.out)
    print(json.dumps(facts, indent=1, default=str))
    return 0


def _knowledge_check(args: argparse.Namespace) -> int:
    from annotate.knowledge_check import check
    from annotate.resources import resource_path

    shipped = resource_path("knowledge")
    problems = check(shipped, args.folder)
    for problem in problems:
        print(f"{problem.file}, row {problem.row}, column {problem.column!r}: {problem.message}", file=sys.stderr)
    print(f"{args.folder or shipped}: {len(problems)} problems" if problems else f"{args.folder or shipped}: all well")
    return 2 if problems else 0


def _knowledge_diff(args: argparse.Namespace) -> int:
    from annotate.knowledge_diff import print_diff

    return print_diff(args.old, args.new, args.samples)
