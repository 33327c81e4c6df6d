"""Where the resource folders are: in a checkout, or inside an installed package."""

from __future__ import annotations

import os
from pathlib import Path

PACKAGE = Path(__file__).resolve().parents[1]


def resource_path(*parts: str) -> Path:
    """A path under `resources/`. `ALLERT_RESOURCES` overrides the place."""
    return _root().joinpath(*parts)


def _root() -> Path:
    if override := os.environ.get("ALLERT_RESOURCES"):
        return Path(override)
    checkout = PACKAGE.parent / "resources"
    return checkout if (checkout / "knowledge").is_dir() else PACKAGE / "_resources"
