"""The corruption matrix: every lesion, in callers' dialects, spoilt as files of the field are spoilt.

    python scripts/validate_laws.py [--seed N] [--jobs N] [--kind NAME] [--write]

Each cell is written from one truth, spoilt in one way, read and decided; the law that speaks of the corruption says
which states are lawful. The table tells cells tried and unlawful ones. Exit 1 if there is any. `--write` puts the table
into docs/validation.md. Needs no data.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from tests.makers.laws.cell import CORRUPTIONS  # noqa: E402
from tests.makers.laws.matrix import MODULES, Part, parts, results  # noqa: E402

PAGE = ROOT / "docs" / "validation.md"
START, END = "<!-- laws: begin -->", "<!-- laws: end -->"
SHOWN = 40  # unlawful cells that are listed
LEAST_CELLS, LEAST_CORRUPTIONS = 10_000, 30
Row = tuple[str, str, str, str, bool, str]  # kind, corruption, lesion, dialect, unlawful?, words


def one(part: Part, seed: int) -> list[Row]:
    """The cells of one part, as plain values."""
    return [
        (part.kind, r.cell.corruption.name, r.cell.truth.lesion, r.cell.dialect, r.unlawful, r.words)
        for r in results(part, seed)
    ]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seed", type=int, default=1, help="another draw of cells")
    parser.add_argument("--jobs", type=int, default=1, help="processes")
    parser.add_argument("--kind", choices=sorted(MODULES), help="one kind of input alone")
    parser.add_argument("--write", action="store_true", help="put the table into docs/validation.md")
    asked = parser.parse_args()
    chosen = [part for part in parts() if asked.kind in (None, part.kind)]
    rows: list[Row] = []
    with ProcessPoolExecutor(asked.jobs) as pool:
        for part, found in zip(chosen, pool.map(partial(one, seed=asked.seed), chosen), strict=True):
            rows += found
            bad = sum(row[4] for row in found)
            print(f"{part.assembly} {part.kind}: {len(found)} cells, {bad} unlawful", file=sys.stderr, flush=True)
    lines = list(report(rows, asked.seed))
    print("\n".join(lines))
    unlawful = [row[-1] for row in rows if row[4]]
    for words in unlawful[:SHOWN]:
        print(f"  {words}")
    if asked.write:
        write(lines)
    enough = asked.kind is not None or (len(rows) >= LEAST_CELLS and len({row[1] for row in rows}) >= LEAST_CORRUPTIONS)
    return 0 if enough and not unlawful else 1


def report(rows: Sequence[Row], seed: int) -> Iterator[str]:
    """The table in Markdown: one row a corruption, one column a kind of input."""
    kinds = [kind for kind in MODULES if any(row[0] == kind for row in rows)]
    tried = Counter((row[1], row[0]) for row in rows)
    bad = Counter((row[1], row[0]) for row in rows if row[4])
    lesions, dialects = {row[2] for row in rows}, {(row[0], row[3]) for row in rows}
    names = list(dict.fromkeys(name for _, name in CORRUPTIONS if any(tried[name, kind] for kind in kinds)))
    yield f"Made by `python scripts/validate_laws.py --seed {seed} --write`."
    yield ""
    yield (
        f"{len(names)} corruptions, {len(lesions)} lesions, {len(dialects)} dialects, both assemblies:"
        f" {len(rows)} cells, **{bad.total()} unlawful**. Numbers are cells tried."
    )
    yield ""
    yield f"| corruption | law | lawful | {' | '.join(kind.replace('_', ' ') for kind in kinds)} |"
    yield "|---|---|---|" + "---:|" * len(kinds)
    for name in names:
        found = [CORRUPTIONS[kind, name] for kind in kinds if (kind, name) in CORRUPTIONS]
        laws = ", ".join(dict.fromkeys(str(one.law) if one.law else "–" for one in found))
        allowed = "; ".join(dict.fromkeys(one.lawful.value for one in found))
        cells = [_cell(tried[name, kind], bad[name, kind]) for kind in kinds]
        yield f"| {name} | {laws} | {allowed} | {' | '.join(cells)} |"


def _cell(count: int, unlawful: int) -> str:
    return f"{count} ({unlawful} unlawful)" if unlawful else str(count or "")


def write(lines: Sequence[str]) -> None:
    text = PAGE.read_text(encoding="utf-8")
    before, _, rest = text.partition(START)
    _, _, after = rest.partition(END)
    PAGE.write_text("\n".join([before + START, "", *lines, "", END + after]), encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
