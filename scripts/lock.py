"""Write requirements.lock: exact versions of everything that `make` installs, for Python 3.11 to 3.13.

Run by `make lock`; needs `uv` (pip install uv). The lock is universal: markers choose by Python and platform.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
EXTRAS = ("workflow", "slurm", "exchange", "parquet", "dev")


def main() -> None:
    command = [
        *("uv", "pip", "compile", "--universal", "--python-version", "3.11", "--quiet", "--no-annotate"),
        *(f"--extra={extra}" for extra in EXTRAS),
        *("--no-header", "--no-emit-index-url", "pyproject.toml", "-o", "requirements.lock"),
    ]
    subprocess.run(command, cwd=ROOT, check=True)
    lock = ROOT / "requirements.lock"
    lock.write_text("# made by `make lock`; do not edit\n" + lock.read_text(encoding="utf-8"), encoding="utf-8")
    print(f"{lock}: {len(lock.read_text(encoding='utf-8').splitlines()) - 1} packages")


if __name__ == "__main__":
    sys.exit(main())
