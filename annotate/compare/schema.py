"""`evolution.json` as pydantic models; `evolution_schema()` is the published JSON Schema.

Compatibility: within a major `schema_version`, keys keep name, type and meaning; new keys may be added.
"""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict

from annotate.compare.categories import EVOLUTION_SCHEMA_VERSION, Category
from annotate.model.state import StateName


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid")


class TimepointModel(_Model):
    """One sample of the leukaemia; `name` is the key of `at` and `ccf`."""

    name: str
    timepoint: str
    sample: str
    assay: str | None
    purity: float | None
    matched_normal: bool


class PairModel(_Model):
    a: str
    b: str
    sites: int
    concordance: float | None
    opposite_homozygotes: int
    foreign_reads: float | None
    verdict: Literal["same_person", "mixed", "discordant", "not_assessable"]
    text: str


class ConcordanceModel(_Model):
    """Genotypes of all samples, and leukaemia found in normal samples."""

    verdict: Literal["same_person", "mixed", "discordant", "not_assessable"]
    pairs: list[PairModel]
    leukaemia_in_normal: list[dict[str, Any]]
    findings: list[str]
    notes: list[str]


class CellModel(BaseModel):
    """An event at one time point. Other keys belong to the kind: copies, reads, subtype…"""

    model_config = ConfigDict(extra="allow")

    vaf: float | None
    depth: int | None
    ccf: float | None  # capped at 1
    ccf_interval: tuple[float, float] | None  # 95 %, not capped
    state: StateName


class EventModel(_Model):
    kind: Literal["small_variant", "copy_number", "junction", "lesion"]
    id: str
    gene: str | None
    name: str
    category: Category
    at: dict[str, CellModel]
    power: dict[str, Any] | None
    reasons: list[str]
    steps: list[dict[str, str]]  # from, to, category of neighbouring time points
    details: dict[str, Any]


class CloneModel(_Model):
    id: str
    events: list[str]
    names: list[str]
    ccf: dict[str, float]
    ccf_interval: dict[str, tuple[float, float]]
    present: dict[str, bool]
    parent: str | None
    fits: bool


class EvolutionModel(_Model):
    """Everything that the page of a patient shows."""

    schema_version: Literal["1.0"]
    patient: str
    timepoints: list[TimepointModel]
    normals: list[str]
    concordance: ConcordanceModel
    warnings: list[str]
    summary: str
    counts: dict[str, dict[str, int]]
    sites: dict[str, Any]
    events: list[EventModel]
    clones: list[CloneModel]
    clone_notes: list[str]
    limits: list[str]


def evolution_schema() -> dict[str, Any]:
    """The published JSON Schema of `evolution.json`."""
    schema = EvolutionModel.model_json_schema(mode="validation")
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": f"evolution-{EVOLUTION_SCHEMA_VERSION}.schema.json",
        **schema,
        "title": "ALLert evolution",
    }
