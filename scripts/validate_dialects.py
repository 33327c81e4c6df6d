"""The dialect matrix: every fusion of the table, both assemblies, every dialect, as it is and spoilt.

    python scripts/validate_dialects.py [--every N]

Each cell is written from one truth, read back and decided; the table says how many cells were tried and how many came
out with a state that is not lawful. Exit 1 if any did. Needs no data.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from annotate.reference.genome import ASSEMBLIES, Genome  # noqa: E402
from tests.makers.dialect_matrix import DIALECTS, Spoilt, cells, lawful, state  # noqa: E402
from tests.makers.rearrangement_cases import KNOWLEDGE  # noqa: E402


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--every", type=int, default=1, help="every n-th fusion of the table")
    every = parser.parse_args().every
    tried: Counter[tuple[str, Spoilt]] = Counter()
    unlawful: Counter[tuple[str, Spoilt]] = Counter()
    examples = []
    fusions = set()
    for assembly in ASSEMBLIES:
        for cell in cells(Genome.load(assembly), every=every):
            key = cell.dialect, cell.spoilt
            tried[key] += 1
            fusions.add(cell.fusion)
            found = state(cell)
            if found not in lawful(cell):
                unlawful[key] += 1
                examples.append(f"{assembly} {cell.fusion} {cell.dialect}, {cell.spoilt}: {found.value}")
    show(tried, unlawful)
    print(f"\n{len(fusions)} fusions, {tried.total()} cells tried, {unlawful.total()} unlawful")
    if every == 1:
        rows = {f"{row['five_prime']}::{row['three_prime']}" for row in KNOWLEDGE.table("fusions")}
        stand_in = ", ".join(sorted(fusions - rows))
        print(f"{len(rows)} rows of the table; for `various` a partner that no row names: {stand_in}")
        missing = sorted(name for name in rows - fusions if not name.endswith("::various"))
        print(f"rows that no DNA junction was written for: {', '.join(missing) or 'none'}")
    for line in examples[:20]:
        print(f"  {line}")
    return 1 if unlawful else 0


def show(tried: Counter[tuple[str, Spoilt]], unlawful: Counter[tuple[str, Spoilt]]) -> None:
    """One row a dialect, one column a spoiling: cells tried, and the unlawful ones where there are any."""
    print(f"{'dialect':18}" + "".join(f"{spoilt.value:>35}" for spoilt in Spoilt))
    for dialect in DIALECTS:
        row = f"{dialect:18}"
        for spoilt in Spoilt:
            count, bad = tried[dialect, spoilt], unlawful[dialect, spoilt]
            row += f"{(f'{count} ({bad} unlawful)' if bad else str(count or '-')):>35}"
        print(row)


if __name__ == "__main__":
    sys.exit(main())
