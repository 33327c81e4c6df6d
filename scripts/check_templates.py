"""Templates can be read and compared line by line: one cell of a table a line, no line over 160 characters.

    python scripts/check_templates.py [template ...]

Without names every template of the package is checked. Prints what does not hold as `file:line: what` and exits 1.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

TEMPLATES = Path(__file__).resolve().parent.parent / "annotate" / "report" / "page" / "templates"
LONGEST = 160
CELL = re.compile(r"<t[dh](?=[\s>])")


def faults(path: Path) -> Iterator[str]:
    """What does not hold in one template."""
    text = path.read_text(encoding="utf-8")
    for number, line in enumerate(text.splitlines(), start=1):
        if len(line) > LONGEST:
            yield f"{path}:{number}: {len(line)} characters, more than {LONGEST}"
        if len(CELL.findall(line)) > 1:
            yield f"{path}:{number}: more than one cell"
        if line != line.rstrip() or "\t" in line:
            yield f"{path}:{number}: a tab, or blanks at the end"
    if not text.endswith("\n"):
        yield f"{path}: no end of line at the end"


def main(names: Sequence[str]) -> int:
    paths = [Path(name) for name in names] or sorted(TEMPLATES.rglob("*.j2"))
    found = [fault for path in paths for fault in faults(path)]
    print("\n".join(found), end="\n" if found else "", file=sys.stderr)
    return 1 if found or not paths else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
