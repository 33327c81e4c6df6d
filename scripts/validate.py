"""Every validation against known truth, one after the other: copy number, evolution, the laws, structural variants.

    python scripts/validate.py [--write] [--quick]

Exit 1 if any of them misses its bar. Structural variants need the folder of real caller outputs
(`ALLERT_SHARED_DATA`, or `../shared/data`) and are left out without it.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


def main() -> int:
    write = ["--write"] if "--write" in sys.argv[1:] else []
    quick = "--quick" in sys.argv[1:]
    shared = Path(os.environ.get("ALLERT_SHARED_DATA", ROOT.parent / "shared" / "data"))
    parts = {
        "Copy number": [
            "validate_copy_number.py",
            *write,
            *(["--only", "near"] if quick else ["--jobs", str(os.cpu_count() or 1)]),
        ],
        "Evolution": ["validate_evolution.py", *(["--patients", "8"] if quick else [])],
    }
    parts["Laws"] = [
        "validate_laws.py",
        *write,
        *(["--kind", "fusions"] if quick else ["--jobs", str(os.cpu_count() or 1)]),
    ]
    parts["Dialects of structural variants"] = ["validate_dialects.py", *(["--every", "15"] if quick else [])]
    if shared.is_dir():
        parts["Structural variants"] = ["validate_structural.py", str(shared / "structural_variants")]
    failed = []
    for title, (script, *arguments) in parts.items():
        print(f"\n# {title}\n", flush=True)
        if subprocess.run(
            [sys.executable, str(ROOT / "scripts" / script), *arguments], check=False, cwd=ROOT
        ).returncode:
            failed.append(title)
    if not shared.is_dir():
        print("\n# Structural variants\n\nleft out: the folder of real caller outputs is not here")
    print(f"\n{'missed its bar: ' + ', '.join(failed) if failed else 'every bar is met'}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
