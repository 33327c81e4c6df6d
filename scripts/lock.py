"""Write requirements.lock, exact versions of what runs, and requirements-test.lock, of what tests besides.

Run by `make lock`; needs `uv` (pip install uv). The lock is universal: markers choose by Python and platform.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
LOCKS = {
    "requirements.lock": ("workflow",),
    "requirements-test.lock": ("workflow", "slurm", "exchange", "parquet", "dev"),
}


def main() -> None:
    for name, extras in reversed(LOCKS.items()):  # the smaller takes its versions from the larger
        command = [
            *("uv", "pip", "compile", "--universal", "--python-version", "3.11", "--quiet", "--no-annotate"),
            *(f"--extra={extra}" for extra in extras),
            *("--no-header", "--no-emit-index-url", "pyproject.toml", "-o", name),
            *(("--constraints", "requirements-test.lock") if name == "requirements.lock" else ()),
        ]
        subprocess.run(command, cwd=ROOT, check=True)
        lock = ROOT / name
        lock.write_text("# made by `make lock`; do not edit\n" + lock.read_text(encoding="utf-8"), encoding="utf-8")
        print(f"{lock}: {len(lock.read_text(encoding='utf-8').splitlines()) - 1} packages")


if __name__ == "__main__":
    sys.exit(main())
