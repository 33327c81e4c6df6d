"""`allert run`: the workflow from an installed package or from a checkout."""

from __future__ import annotations

import argparse
import os
import sys
from importlib.util import find_spec
from pathlib import Path

import annotate
from annotate.base.errors import InputError

PACKAGE = Path(annotate.__file__).resolve().parent


def workflow_path(*parts: str) -> Path:
    """A path of the workflow: beside the package in a checkout, inside it where it is installed."""
    checkout = PACKAGE.parent / "workflow"
    base = checkout if (checkout / "Snakefile").is_file() else PACKAGE / "_resources" / "workflow"
    return base.joinpath(*parts)


def run_workflow(args: argparse.Namespace) -> int:
    """Give the process to Snakemake; its exit code is ours. Errors: InputError where it is not installed."""
    if find_spec("snakemake") is None:
        raise InputError("Snakemake is not installed", fix="pip install 'snakemake>=9.9,<10' beside allert")
    if not args.sheet.is_file():
        raise InputError("file does not exist", path=args.sheet, fix="name the sample sheet")
    command = snakemake_command(args)
    sys.stdout.flush()
    os.execv(sys.executable, command)  # noqa: S606  (no shell; the arguments are the user's own)
    return 0  # pragma: no cover - execv does not return


def snakemake_command(args: argparse.Namespace) -> list[str]:
    """The plain Snakemake command that `allert run` stands for."""
    settings = [item for item in args.config if "=" in item]
    files = [str(Path(item).resolve()) for item in args.config if "=" not in item]
    config = [f"samples={args.sheet.resolve()}"]
    if args.patients:
        config.append(f"patients={args.patients.resolve()}")
    profile = workflow_path("profiles", args.profile)
    return [
        *(sys.executable, "-m", "snakemake", "--snakefile", str(workflow_path("Snakefile"))),
        *("--directory", str(args.work), "--workflow-profile", str(profile)),
        *(("--cores", str(args.cores)) if args.cores else ()),
        *(("--configfile", *files) if files else ()),
        *("--config", *config, *settings),
        *args.snakemake,
    ]
