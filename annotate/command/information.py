"""`allert formats`, `validate`, `status`, `schema`."""

from __future__ import annotations

import argparse
import json
import sys
from typing import TYPE_CHECKING

from annotate.command.settings import load_settings

if TYPE_CHECKING:
    pass


def list_formats(args: argparse.Namespace) -> int:
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
    from annotate.read import sheets

    samples = sheets.read_samples(args.sheet)
    patients = sheets.read_patients(args.patients) if args.patients else ()
    if args.config:
        load_settings(args)
    if args.deep:
        from annotate.read.catalogue import recognise_all

        for sample in samples:
            for line in recognise_all(sample):
                print(line)
    strangers = sorted({p.patient for p in patients} - {s.patient for s in samples})
    if strangers:
        print(f"note: in the clinical sheet only: {', '.join(strangers)}", file=sys.stderr)
    print(f"{args.sheet}: {len(samples)} samples of {len({s.patient for s in samples})} patients, all well")
    return 0


def status_command(args: argparse.Namespace) -> int:
    from annotate.run.status import print_status

    return print_status(args.sheet, args.out)


def print_schema(args: argparse.Namespace) -> int:
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
