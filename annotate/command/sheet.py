"""`allert sheet`: a sample sheet from results trees."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

from annotate.base.errors import InputError
from annotate.base.frozen import frozen

if TYPE_CHECKING:
    from annotate.read.trees.rows import LeftOut, Row, Tree

FIRST = ("sample", "patient", "timepoint", "assembly", "sex", "assay")
SHOWN = 5  # files left out that are named one by one for each reason; the others are counted


@frozen
class Question:
    """A cell that no table, header or name fills."""

    sample: str
    column: str
    option: str


def run_sheet(args: argparse.Namespace) -> int:
    """`allert sheet`: a sample sheet from the result folders of pipelines."""
    from annotate.base.writing import write_text
    from annotate.read.trees.rows import join, read_trees

    for folder in args.folder:
        if not folder.is_dir():
            raise InputError("is not a folder", path=folder, fix="name the folder of a pipeline's results")
    trees = [tree for folder in args.folder for tree in read_trees(folder.resolve(), args.layout)]
    rows = join(trees)
    if not rows:
        _tell(trees, [])
        raise InputError(
            "no calls of a leukaemia found", path=args.folder[0], fix="name another folder, or --from plain"
        )
    _fill(rows, args)
    questions = list(_questions(rows))
    text = "\n".join("\t".join(cells) for cells in _table(rows)) + "\n"
    if args.out:
        write_text(args.out, text)
    else:
        print(text, end="")
    _tell(trees, questions)
    return 2 if questions else 0


def _fill(rows: Sequence[Row], args: argparse.Namespace) -> None:
    """What the caller states for all, where nothing else says it; patients of a clinical sheet."""
    from annotate.read.sheets import read_patients

    known = {patient.patient for patient in read_patients(args.patients)} if args.patients else set()
    for row in rows:
        owners = sorted((p for p in known if row.sample.startswith(p)), key=len)
        row.patient = owners[-1] if owners and row.patient not in known else row.patient
        row.timepoint = row.timepoint or args.timepoint or ""
        row.assembly = args.assembly or row.assembly
        row.assay = row.assay or args.assay or ""


def _questions(rows: Sequence[Row]) -> list[Question]:
    asked = [
        Question(row.sample, column, option)
        for row in rows
        for column, option in (("patient", "--patients"), ("timepoint", "--timepoint"), ("assembly", "--assembly"))
        if not getattr(row, column)
    ]
    seen: dict[tuple[str, str], str] = {}
    for row in rows:
        other = seen.setdefault((row.patient, row.timepoint), row.sample)
        if other != row.sample and row.timepoint:
            asked.append(Question(row.sample, f"timepoint (also that of {other})", "the sheet"))
    return asked


def _table(rows: Sequence[Row]) -> list[list[str]]:
    from annotate.read.sheets.files import PATH_COLUMNS
    from annotate.read.trees.names import as_id
    from annotate.read.trees.rows import names_in_files

    full = []
    for row in rows:
        cells = {column: str(getattr(row, column)) for column in FIRST}
        cells |= {"sample": as_id(row.sample), "patient": as_id(row.patient)}
        cells |= {c: ";".join(str(item.file) for item in row.files.get(c, ())) for c in PATH_COLUMNS}
        cells |= {"tumor_name": names_in_files(row, "tumor"), "normal_name": names_in_files(row, "normal")}
        full.append(cells)
    columns = [c for c in full[0] if c in FIRST[:4] or any(cells[c] for cells in full)]
    return [columns, *([cells[column] for column in columns] for cells in full)]


def _tell(trees: Sequence[Tree], questions: Sequence[Question]) -> None:
    """What was taken and left out, and what is asked, on standard error."""
    for tree in trees:
        taken = sum(len(items) for row in tree.rows for items in row.files.values())
        print(f"{tree.folder}: {tree.pipeline}, {len(tree.rows)} samples, {taken} files taken", file=sys.stderr)
        by_reason: dict[str, list[LeftOut]] = {}
        for left in tree.left_out:
            by_reason.setdefault(left.reason or left.why, []).append(left)
        for reason, files in by_reason.items():
            for left in files[:SHOWN]:
                print(f"  left out: {left.file.relative_to(tree.folder)}: {left.why}", file=sys.stderr)
            if len(files) > SHOWN:
                print(f"  left out: {len(files) - SHOWN} more: {reason}", file=sys.stderr)
    for question in questions:
        print(
            f"allert: {question.sample}: which {question.column}? Nothing says it: fill in the cell, or give"
            f" {question.option}",
            file=sys.stderr,
        )
