"""Relative addresses between pages."""

from __future__ import annotations

import os
from pathlib import Path


def relative_page(patient: str, sample: str) -> str:
    """Path of a patient's page from a sample's folder."""
    return os.path.relpath(Path("patients") / patient / f"{patient}.evolution.html", Path(sample))
