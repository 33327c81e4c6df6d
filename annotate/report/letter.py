"""The paragraph for a letter."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from annotate.knowledge.tables import Knowledge


def letter(report: Mapping[str, Any], knowledge: Knowledge) -> str:
    """Five to eight sentences of plain English, from the report alone."""
    return ""
