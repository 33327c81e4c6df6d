"""`allert formats`, `validate`, `status`, `schema`."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, TypeVar

from annotate.base.errors import AllertError
from annotate.command.settings import load_settings

if TYPE_CHECKING:
    from annotate.base.settings import Settings
    from annotate.model.sample import Patient, Sample
    from annotate.read.sheets import ClinicalSheet, SampleSheet

T = TypeVar("T")
LINES_SHOWN = 8  # lines of one note; the others are counted


def list_formats(args: argparse.Namespace) -> int:
    """`allert formats`: every input format that is recognised, as a list or as JSON."""
    from annotate.read.catalogue import all_formats

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


def run_validate(args: argparse.Namespace) -> int:
    """`allert validate`: all faults of a sample sheet, the tables beside it and every file (not with `--shallow`)."""
    from annotate.base.settings import Settings
    from annotate.read.sheets import ClinicalSheet, SampleSheet, SheetError, read_clinical_sheet, read_good_rows

    faults: list[AllertError] = []
    unread: tuple[SampleSheet, SheetError | None] = (SampleSheet((), (), ()), None)
    sheet, wrong = _or_fault(lambda: read_good_rows(args.sheet), unread, faults)
    faults += [wrong] if wrong else []
    nobody = ClinicalSheet((), ())
    clinical = _or_fault(lambda: read_clinical_sheet(args.patients), nobody, faults) if args.patients else nobody
    settings = _or_fault(lambda: load_settings(args), Settings(), faults)
    for error in faults:
        print(f"allert: {error}", file=sys.stderr)
    patients = {patient.patient: patient for patient in clinical.patients}
    _print_notes(args, sheet, clinical)
    number = sum(len(getattr(error, "faults", (error,))) for error in faults)
    stopped, unclear = (0, []) if args.shallow else _look_at_all(sheet.samples, patients, settings)
    number += stopped
    if number:
        print(f"allert: {args.sheet}: {number} {'fault' if number == 1 else 'faults'}, listed above", file=sys.stderr)
        return 2
    people = len({sample.patient for sample in sheet.samples})
    print(f"{args.sheet}: {len(sheet.samples)} samples of {people} patients, {_verdict(unclear)}")
    return 0


def _verdict(unclear: Sequence[str]) -> str:
    return f"but look at the karyotype of {', '.join(unclear)}" if unclear else "all well"


def _or_fault(read: Callable[[], T], otherwise: T, faults: list[AllertError]) -> T:
    """What `read` gives; its fault is kept, so that the rest is looked at too."""
    try:
        return read()
    except AllertError as error:
        faults.append(error)
        return otherwise


def _print_notes(args: argparse.Namespace, sheet: SampleSheet, clinical: ClinicalSheet) -> None:
    for path, notes in ((args.sheet, sheet.notes), (args.patients, clinical.notes)):
        for note in _grouped(notes):
            print(f"note: {path}: {note}", file=sys.stderr)
    strangers = sorted({p.patient for p in clinical.patients} - {sample.patient for sample in sheet.samples})
    if strangers:
        print(f"note: in the clinical sheet only: {', '.join(strangers)}", file=sys.stderr)


def _grouped(notes: Iterable[str]) -> list[str]:
    """Notes of rows, each said once with its lines.

    >>> _grouped(["line 2: sex: 'F' was read as female", "a comma", "line 3: sex: 'F' was read as female"])
    ["lines 2, 3: sex: 'F' was read as female", 'a comma']
    """
    lines: dict[str, list[str]] = {}
    for note in notes:
        place, text = note.split(": ", 1) if note.startswith("line ") else ("", note)
        lines.setdefault(text, []).extend([place.removeprefix("line ")] if place else [])
    return [f"{_places(found)}{text}" for text, found in lines.items()]


def _places(lines: Sequence[str]) -> str:
    if not lines:
        return ""
    more = f" and {len(lines) - LINES_SHOWN} more" if len(lines) > LINES_SHOWN else ""
    return f"line{'s' if len(lines) > 1 else ''} {', '.join(lines[:LINES_SHOWN])}{more}: "


def _look_at_all(samples: Sequence[Sample], patients: dict[str, Patient], settings: Settings) -> tuple[int, list[str]]:
    """Print what was read of every file; the number of faults, and samples with unread parts of a karyotype."""
    from annotate.run.validate import look_at_all

    faults, unclear = 0, []
    for looked in look_at_all(samples, patients, settings):
        for file in looked.inputs:
            print(f"{looked.sample}\t{file.kind}\t{file.path}\t{file.format}\t{file.records_read} records", flush=True)
            for note in file.notes if file.kind == "karyotype" else ():
                print(f"{looked.sample}\t{file.kind}\t{file.path}\t{note}", flush=True)
            if file.kind == "karyotype" and file.warnings:
                unclear.append(looked.sample)
        for warning in looked.warnings:
            print(f"note: {looked.sample}: {warning}", file=sys.stderr)
        for fault in looked.faults:
            print(f"allert: {looked.sample}: {fault}", file=sys.stderr)
        faults += len(looked.faults)
    return faults, unclear


def status_command(args: argparse.Namespace) -> int:
    """`allert status`: which samples of a sheet have a report, which failed and which are waited for."""
    from annotate.run.status import print_status

    return print_status(args.sheet, args.out)


def print_schema(args: argparse.Namespace) -> int:
    """`allert schema`: the JSON Schema of a report or of an evolution, to the terminal or a file."""
    from annotate.base.writing import write_text
    from annotate.compare.schema import evolution_schema
    from annotate.report.json.schema import json_schema

    found = evolution_schema() if args.of == "evolution" else json_schema()
    text = json.dumps(found, indent=1, ensure_ascii=False) + "\n"
    if args.out:
        write_text(args.out, text)
    else:
        print(text, end="")
    return 0
