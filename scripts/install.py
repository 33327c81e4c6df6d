"""Install a lock into the clone's own environment: what `make install` and `make test` run, by the Python of the user.

    python3 scripts/install.py .venv requirements.lock

Done with `uv` where it is there. Else pip is given exact versions, so that it need not look for any (`--no-deps`), and
does not compile; what a run may import is then compiled by all processors at once. The clone itself is linked, not
built: a path file, the command `allert`, and the metadata that `pip list` reads.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
SUPPORTED = ((3, 11), (3, 13))
COMMAND = """#!/bin/sh
'''exec' "{python}" "$0" "$@"
' '''
import sys

from annotate.command import main

sys.exit(main())
"""


def main() -> None:
    folder, lock = Path(sys.argv[1]), sys.argv[2]
    if not SUPPORTED[0] <= sys.version_info[:2] <= SUPPORTED[1]:
        sys.exit(
            f"Python 3.11 to 3.13 is needed, {sys.executable} is {sys.version_info[0]}.{sys.version_info[1]}:"
            " make PYTHON=python3.11 ..."
        )
    python = folder / "bin" / "python"
    if not python.exists():
        venv.create(folder, with_pip=True, symlinks=True)
    uv = shutil.which("uv")
    if not (uv and _ran(uv, "pip", "install", "--quiet", "--python", str(python), "--compile-bytecode", "-r", lock)):
        pip = [
            str(python),
            "-m",
            "pip",
            "install",
            "--quiet",
            "--disable-pip-version-check",
            "--no-deps",
            "--no-compile",
        ]
        subprocess.run([*pip, "-r", lock], check=True)
        packages = _site_packages(python)
        _compile(python, packages)
    _compile(python, ROOT / "annotate")
    _link(python)


def _ran(*command: str) -> bool:
    return subprocess.run(command, check=False, capture_output=True).returncode == 0


def _compile(python: Path, folder: Path) -> None:
    """What cannot be compiled, and what nobody imports, is left."""
    command = ("-m", "compileall", "-q", "-q", "-j", "0", "-x", r"/(tests?|pip|setuptools)/", str(folder))
    subprocess.run([str(python), *command], check=False)


def _site_packages(python: Path) -> Path:
    code = "import sysconfig; print(sysconfig.get_path('purelib'))"
    found = subprocess.run([str(python), "-c", code], check=True, capture_output=True, text=True)
    return Path(found.stdout.strip())


def _link(python: Path) -> None:
    """Make the clone importable, as `pip install --no-deps -e .` does, which downloads a build system first."""
    packages = _site_packages(python)
    text = (ROOT / "annotate" / "__init__.py").read_text(encoding="utf-8")
    version = re.search(r'^__version__ = "([^"]+)"', text, re.MULTILINE)
    assert version is not None
    command = python.absolute().parent / "allert"
    info = packages / f"allert-{version[1]}.dist-info"
    for old in packages.glob("allert-*.dist-info"):
        shutil.rmtree(old)
    info.mkdir()
    (packages / "allert.pth").write_text(f"{ROOT}\n", encoding="utf-8")
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: allert\nVersion: {version[1]}\n", encoding="utf-8")
    (info / "INSTALLER").write_text("make\n", encoding="utf-8")
    command.write_text(COMMAND.format(python=python.absolute()), encoding="utf-8")
    command.chmod(0o755)
    files = [packages / "allert.pth", info / "METADATA", info / "INSTALLER", info / "RECORD"]
    record = [f"{file.relative_to(packages)},," for file in files] + [f"../../../bin/{command.name},,"]
    (info / "RECORD").write_text("\n".join(record) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
