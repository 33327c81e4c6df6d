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


def document_path(name: str) -> Path:
    """A file of the repository by its path there: `docs/defaults.md`, `config/README.md`, `resources/knowledge/…`."""
    if name.startswith("resources/"):
        return resource_path(*name.split("/")[1:])
    checkout = PACKAGE.parent / name
    return checkout if (PACKAGE.parent / "resources" / "knowledge").is_dir() else PACKAGE / "_resources" / name
