"""A report read back from its JSON file."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from annotate.base.errors import InputError


def read_report(path: Path) -> dict[str, Any]:
    """A report that was written before. Errors: InputError for a file that is none."""
    try:
        report: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        report = {}
    if not isinstance(report, dict) or "lesions" not in report:
        raise InputError("is not a report", path=path, expected="<sample>.report.json", fix="write the report again")
    return report
