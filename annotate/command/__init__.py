"""The console command `allert`: each step of the workflow without Snakemake.

Exit codes: 0 all asked for was written; 1 an internal fault; 2 bad input or configuration, with one message.
"""

from __future__ import annotations

import argparse
import gc
import os
import sys
from collections.abc import Callable, Sequence
from functools import partial
from io import TextIOWrapper
from pathlib import Path
from typing import Any

import annotate
from annotate.base.errors import AllertError, printable
from annotate.command.curate import run_knowledge_check, run_knowledge_diff, run_knowledge_sign, run_reference_build
from annotate.command.help import EXIT_CODES, FIRST_STEPS, completion, epilog
from annotate.command.information import list_formats, print_schema, run_validate, status_command
from annotate.command.report import batch_command, run_cohort, run_evolution, run_report
from annotate.command.run import run_workflow
from annotate.command.sheet import run_sheet


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line; gives the exit code: 0 well, 2 a fault that the user can mend."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")  # a terminal of another encoding is no fault
    gc.set_threshold(50_000)  # what a start makes stays: to look through it again and again is time for nothing
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # numpy would start a thread a core, for matrices of a few rows
    parser = _parser()
    args, rest = parser.parse_known_args(argv)
    if rest and args.run is not run_workflow:
        parser.error(f"unrecognized arguments: {' '.join(rest)}")
    args.snakemake = rest
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
        if _unreadable_installation(error):
            print(f"allert: {_unreadable_installation(error)}", file=sys.stderr)
            return 2
        _fault(error)
        return 1


def _unreadable_installation(error: Exception) -> str:
    """What to say where ALLert's own folder may not be read, such as a clone in another user's home; else ''."""
    own = Path(annotate.__file__).resolve().parents[1]
    name = getattr(error, "filename", None)
    inside = isinstance(error, PermissionError) and isinstance(name, str) and Path(name).resolve().is_relative_to(own)
    lost = isinstance(error, ModuleNotFoundError) and (error.name or "").startswith("annotate")
    if not inside and not lost:
        return ""
    return f"{own}: ALLert's own folder cannot be read by this user. What to do: install it where every user may read"


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
        description="Lesion by lesion: what a child's leukaemia shows, what it does not, and what the\n"
        "files could not have shown. Research use only.",
        epilog=FIRST_STEPS + EXIT_CODES,
        formatter_class=partial(argparse.RawDescriptionHelpFormatter, max_help_position=16),
    )
    parser.add_argument("--version", action="version", version=f"allert {annotate.__version__}")
    commands = parser.add_subparsers(title="commands", required=True, metavar="COMMAND")
    _report_commands(commands)
    _information_commands(commands)
    _reference_commands(commands)
    _knowledge_commands(commands)
    _run_commands(commands, parser)
    return parser


def _run_commands(commands: Any, parser: argparse.ArgumentParser) -> None:
    run = _command(commands, "run", run_workflow, "run the workflow; further options are handed to snakemake")
    run.add_argument("sheet", type=Path, help="sample sheet")
    run.add_argument("--patients", type=Path, help="clinical sheet")
    run.add_argument("--config", nargs="+", default=[], help="config.yaml, or settings such as filters=all")
    run.add_argument("--cores", type=int, help="processors (default: all)")
    run.add_argument("--work", type=Path, default=Path("work"), help="work folder (default: work)")
    run.add_argument("--profile", choices=["default", "slurm", "kubernetes"], default="default")

    def write_completion(args: argparse.Namespace) -> int:
        print(completion(args.shell, parser), end="")
        return 0

    shell = _command(commands, "completion", write_completion, "print a script that completes commands in a shell")
    shell.add_argument("shell", choices=["bash", "zsh", "fish"])


def _report_commands(commands: Any) -> None:
    report = _command(commands, "report", run_report, "report samples of a sheet")
    report.add_argument("sample", nargs="*", metavar="SAMPLE", help="ids in the sheet; none: all")
    _sheet_options(report)
    report.add_argument("--pdf", action="store_true", help="also write a PDF (needs the extra `pdf`)")
    report.add_argument("--made-from", help=argparse.SUPPRESS)  # digest of the sources, from the workflow

    batch = _command(commands, "batch", batch_command, "report many samples in one process, remaking only what changed")
    batch.add_argument("sample", nargs="*", metavar="SAMPLE", help="ids in the sheet; none: all")
    _sheet_options(batch)
    batch.add_argument("--marker", type=Path, help="written when every sample was (default: OUT/.batches/all.done)")

    evolution = _command(commands, "evolution", run_evolution, "compare the time points of a patient")
    evolution.add_argument("patient", help="id in the sheet")
    _sheet_options(evolution)

    cohort = _command(commands, "cohort", run_cohort, "the cohort page of reports already written")
    cohort.add_argument("reports", nargs="*", type=Path, metavar="REPORT.json", help="none: all under --out")
    cohort.add_argument("--out", type=Path, default=Path("results"), help="results folder")
    cohort.add_argument("--config", type=Path, help="config.yaml")
    cohort.add_argument("--settings", help=argparse.SUPPRESS)
    cohort.add_argument("--samples", type=Path, help="sample sheet: a sample without a report is named")
    cohort.add_argument("--patients", type=Path, help=argparse.SUPPRESS)


def _information_commands(commands: Any) -> None:
    formats = _command(commands, "formats", list_formats, "list the file formats that are read")
    formats.add_argument("--json", action="store_true", help="as JSON")

    validate = _command(commands, "validate", run_validate, "check sheets before a run")
    validate.add_argument("sheet", type=Path, help="sample sheet")
    validate.add_argument("--patients", type=Path, help="clinical sheet")
    validate.add_argument("--config", type=Path, help="config.yaml")
    validate.add_argument("--shallow", action="store_true", help="the sheets alone: no file is read beyond its header")
    validate.add_argument("--deep", action="store_true", help=argparse.SUPPRESS)  # the default since 0.2

    sheet = _command(commands, "sheet", run_sheet, "make a sample sheet from the results of a pipeline")
    sheet.add_argument("folder", nargs="+", type=Path, metavar="FOLDER", help="results of one or more pipelines")
    sheet.add_argument(
        "--from",
        dest="layout",
        choices=["auto", "sarek", "oncoanalyser", "dragen", "bcbio", "rnafusion", "balsamic", "plain"],
        default="auto",
        help="whose layout (default: the one that fits); plain: files by content alone",
    )
    sheet.add_argument("--patients", type=Path, help="clinical sheet: its ids tell whose sample a name is")
    sheet.add_argument("--timepoint", help="time point of samples whose name says none")
    sheet.add_argument("--assembly", choices=["GRCh38", "GRCh37"], help="where no header states it")
    sheet.add_argument("--assay", choices=["wgs", "wes", "panel", "array"], help="where the pipeline does not say it")
    sheet.add_argument("-o", "--out", type=Path, help="the sheet (default: standard output)")

    status = _command(commands, "status", status_command, "progress of a batch: done, failed, to do")
    status.add_argument("sheet", type=Path, help="sample sheet")
    status.add_argument("--out", type=Path, help="results folder (default: the one that holds these samples)")

    schema = _command(commands, "schema", print_schema, "print the JSON Schema of report.json, or of evolution.json")
    schema.add_argument("of", nargs="?", choices=["report", "evolution"], default="report")
    schema.add_argument("--out", type=Path, help="write it to a file")


def _command(commands: Any, name: str, run: Callable[[argparse.Namespace], int], text: str) -> argparse.ArgumentParser:
    parser: argparse.ArgumentParser = commands.add_parser(
        name,
        help=text,
        description=text[0].upper() + text[1:] + ".",
        epilog=epilog(name),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
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
    build = _command(actions, "build", run_reference_build, "make a full pack from your own genome")
    build.add_argument("--fasta", type=Path, required=True, help="genome, FASTA")
    build.add_argument("--gff", type=Path, required=True, help="gene models, GFF3")
    build.add_argument("--assembly", choices=["GRCh38", "GRCh37"], required=True)
    build.add_argument("--out", type=Path, required=True, help="folder of the pack")


def _knowledge_commands(commands: Any) -> None:
    knowledge = commands.add_parser("knowledge", help="knowledge tables", description="Knowledge tables.")
    actions = knowledge.add_subparsers(required=True, metavar="ACTION")
    check = _command(actions, "check", run_knowledge_check, "check every row of the knowledge tables")
    check.add_argument("folder", nargs="?", type=Path, help="an overlay folder; none: the shipped tables")
    sign = _command(actions, "sign", run_knowledge_sign, "write a reviewer's signature into a folder of own rows")
    sign.add_argument("folder", type=Path, help="the overlay folder; made where there is none")
    sign.add_argument("--reviewer", required=True, help="who has checked the rows against their sources")
    sign.add_argument("--date", help="when, as YYYY-MM-DD (default: today)")
    sign.add_argument("--table", action="append", help="a table to sign; may be repeated (default: all)")
    sign.add_argument("--row", action="append", help="the key of a row to sign; may be repeated (default: all)")
    diff = _command(actions, "diff", run_knowledge_diff, "which reports change between two versions of the tables")
    diff.add_argument("old", type=Path)
    diff.add_argument("new", type=Path)
    diff.add_argument("--samples", type=Path, help="sheet of samples to compare (default: the demo batch)")
