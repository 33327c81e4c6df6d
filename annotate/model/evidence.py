"""A record that a lesion rests on, and the detection limit of a negative."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from typing import Any

from annotate.base.frozen import frozen


@frozen
class Evidence:
    """One record that a decision rests on. `record` is a line number or an ID in `file`."""

    kind: str  # small_variant, junction, fusion, segment, profile, karyotype, pileup
    summary: str
    file: str | None = None
    record: str | None = None
    rule: str | None = None
    values: Mapping[str, Any] = field(default_factory=dict)


# ---------------------------------------------------------------- lesions


@frozen
class DetectionLimit:
    """A negative holds down to this VAF (0 to 1) with this many reads."""

    vaf: float
    reads: int
