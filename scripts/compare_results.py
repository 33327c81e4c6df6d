"""Are two results folders the same but for the block `provenance`?

    python scripts/compare_results.py ONE OTHER

Compares every report JSON (without `provenance`), evolution JSON, TSV and VCF. Exit 1 with the differences.
"""

from __future__ import annotations

import gzip
import json
import sys
from pathlib import Path


def content(path: Path) -> object:
    """What must be the same of a file."""
    if path.name.endswith(".vcf.gz"):
        return gzip.decompress(path.read_bytes())
    if path.name.endswith("report.json") or path.name.endswith("evolution.json"):
        loaded = json.loads(path.read_text(encoding="utf-8"))
        loaded.pop("provenance", None)
        return loaded
    return path.read_bytes()


def files(folder: Path) -> dict[str, Path]:
    ends = (".report.json", ".evolution.json", ".tsv", ".vcf.gz")
    return {str(path.relative_to(folder)): path for path in sorted(folder.rglob("*")) if path.name.endswith(ends)}


def differences(one: Path, other: Path) -> list[str]:
    left, right = files(one), files(other)
    found = [f"only in {one}: {name}" for name in sorted(set(left) - set(right))]
    found += [f"only in {other}: {name}" for name in sorted(set(right) - set(left))]
    found += [
        f"differs: {name}" for name in sorted(set(left) & set(right)) if content(left[name]) != content(right[name])
    ]
    return found


def main() -> int:
    one, other = Path(sys.argv[1]), Path(sys.argv[2])
    found = differences(one, other)
    for line in found:
        print(line)
    verdict = f"{len(found)} differences" if found else "identical but for provenance"
    print(f"{len(files(one))} files compared: {verdict}")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
