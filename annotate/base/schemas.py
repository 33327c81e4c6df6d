"""The JSON Schemas of config and sheets, and readable messages from them."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Any

from annotate.base.yaml_text import load_shipped, load_yaml

PACKAGE = Path(__file__).resolve().parents[1]


def schema_path(name: str) -> Path:
    """`<name>.schema.yaml`, in a checkout or in an installed package."""
    checkout = PACKAGE.parent / "workflow" / "schemas" / f"{name}.schema.yaml"
    return checkout if checkout.exists() else PACKAGE / "_resources" / "workflow" / "schemas" / f"{name}.schema.yaml"


@lru_cache(maxsize=8)
def schema(name: str) -> dict[str, Any]:
    """A JSON Schema by its name: config, samples, patients."""
    loaded: dict[str, Any] = load_shipped(schema_path(name), load_yaml)
    return loaded
