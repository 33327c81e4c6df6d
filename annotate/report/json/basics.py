"""Parts of the report that others are made of; nothing that is not declared may stand in them."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict


class StrictModel(BaseModel):
    model_config = ConfigDict(extra="forbid")


class ReasonModel(StrictModel):
    code: str
    text: str
    settles: str | None = None


class EvidenceModel(StrictModel):
    kind: str
    summary: str
    file: str | None = None
    record: str | None = None
    rule: str | None = None
    values: dict[str, Any] = {}
