"""`allert reference build`, `knowledge check`, `knowledge sign`, `knowledge diff`."""

from __future__ import annotations

import argparse
import json
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    pass


def run_reference_build(args: argparse.Namespace) -> int:
    """`allert reference build`: a reference pack from a genome's FASTA and GFF; prints its facts as JSON."""
    from annotate.curate.pack.build import build_pack

    facts = build_pack(args.fasta, args.gff, args.assembly, args.out)
    print(json.dumps(facts, indent=1, default=str))
    return 0


def run_knowledge_check(args: argparse.Namespace) -> int:
    """`allert knowledge check`: every cell against its `Spec`; exit code 2 where one does not hold."""
    from annotate.base.resources import resource_path
    from annotate.knowledge.check import check
    from annotate.read.common import registry

    assert registry.READERS  # imported for the names of the formats, which rows may point at
    shipped = resource_path("knowledge")
    problems = check(shipped, args.folder)
    for problem in problems:
        print(f"{problem.file}, row {problem.row}, column {problem.column!r}: {problem.message}", file=sys.stderr)
    print(f"{args.folder or shipped}: {len(problems)} problems" if problems else f"{args.folder or shipped}: all well")
    return 2 if problems else 0


def run_knowledge_sign(args: argparse.Namespace) -> int:
    """`allert knowledge sign`: enter a reviewer and a day in the chosen rows of an overlay."""
    from datetime import date

    from annotate.base.resources import resource_path
    from annotate.curate.sign import sign

    day = args.date or date.today().isoformat()
    signed = sign(resource_path("knowledge"), args.folder, args.reviewer, day, args.table or (), args.row or ())
    tables = len({row.partition(": ")[0] for row in signed})
    print(f"{args.folder}: {len(signed)} rows of {tables} tables signed by {args.reviewer} on {day}")
    return 0


def run_knowledge_diff(args: argparse.Namespace) -> int:
    """`allert knowledge diff`: rows that differ between two folders, and the states that they change."""
    from annotate.curate.diff import print_diff

    return print_diff(args.old, args.new, args.samples)
