"""Versions of installed packages, from the names of their `.dist-info` folders.

`importlib.metadata` gives the same after importing a mail parser to read the rest of what is in them.
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Mapping
from functools import lru_cache

INFO = re.compile(r"([A-Za-z0-9._]+)-([^-]+)\.dist-info")


def version_of(package: str) -> str | None:
    """The version of an installed package by its name on PyPI; None where it is not installed."""
    return _installed().get(_plain(package))


@lru_cache(maxsize=1)
def _installed() -> Mapping[str, str]:
    """Versions by package; the folder that Python searches first counts."""
    found: dict[str, str] = {}
    for folder in sys.path:
        names = os.listdir(folder) if folder and os.path.isdir(folder) and os.access(folder, os.R_OK) else ()
        for name in names:
            match = INFO.fullmatch(name)
            if match:
                found.setdefault(_plain(match[1]), match[2])
    return found


def _plain(name: str) -> str:
    return re.sub(r"[-_.]+", "_", name).lower()
