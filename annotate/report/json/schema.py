"""`report.json` as pydantic models; `json_schema()` is the published JSON Schema.

Compatibility: within a major `schema_version`, keys keep name, type and meaning; new keys may be added.
"""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from annotate.model.state import StateName
from annotate.report.json.basics import EvidenceModel, ReasonModel, StrictModel
from annotate.report.json.consequences import (
    ClassificationModel,
    ConfirmationModel,
    OptionModel,
    PharmacogeneModel,
    PromptModel,
    RiskModel,
    SubtypeModel,
    TherapyModel,
)
from annotate.report.json.keys import SCHEMA_VERSION


class InputModel(StrictModel):
    """One file that was read: every record is accounted for."""

    kind: str
    path: str
    sha256: str | None
    format: str
    records_read: int = Field(ge=0)
    records_used: int = Field(ge=0)
    dropped: dict[str, int]
    warnings: list[str]
    notes: list[str] = []  # how the file was read, nothing to worry about

    @model_validator(mode="after")
    def _reconciled(self) -> InputModel:
        if self.records_read != self.records_used + sum(self.dropped.values()):
            raise ValueError(f"{self.path}: records_read is not records_used plus dropped")
        return self


class DetectionLimitModel(StrictModel):
    vaf: float
    reads: int


class RemarkModel(StrictModel):
    """A record at a lesion's place that was not used: while it is open, the lesion is not `not_detected`."""

    kind: str
    file: str
    record: str
    code: str
    reason: str
    speaks: Literal["for", "blinds"]
    would: str = ""


class ConflictModel(BaseModel):
    """Able sources that disagree on a lesion."""

    model_config = ConfigDict(extra="forbid", populate_by_name=True, serialize_by_alias=True)

    lesion: str
    speaks_for: list[str] = Field(alias="for", min_length=1)
    against: list[str] = Field(min_length=1)
    settles: str | None = None


class KnownSinceModel(StrictModel):
    """A lesion that this sample could not show and an earlier one did."""

    timepoint: str
    sample: str
    state: StateName


class LesionModel(StrictModel):
    id: str
    name: str
    state: StateName
    summary: str
    reasons: list[ReasonModel] = Field(min_length=1)
    evidence: list[EvidenceModel]
    limits: list[str]
    subtype: str | None = None
    modal_number: int | None = None
    masked: bool | None = None
    leaning: Literal["likely", "unclear"] | None = None
    tier: str | None = None
    detection_limit: DetectionLimitModel | None = None
    genes: list[str] = []
    details: dict[str, Any] = {}
    remarks: list[RemarkModel] = []
    known_since: KnownSinceModel | None = None


class VariantModel(StrictModel):
    chrom: str
    pos: int
    ref: str
    alt: str
    gene: str | None
    transcript: str | None
    consequence: str | None
    hgvsc: str | None
    hgvsp: str | None
    vaf: float | None
    depth: int | None
    alt_reads: int | None
    filter: str | None
    oncogenicity: str | None
    flags: list[str]
    source: Literal["csq", "file", "hotspot", "coordinates"] | None
    codon: int | None = None
    normal_vaf: float | None = None
    normal_depth: int | None = None
    normal_alt_reads: int | None = None
    genotype: str | None = None
    phase_set: str | None = None
    population_af: float | None = None
    oncogenicity_points: dict[str, int] = {}
    file_annotation: str | None = None
    alternative_names: list[str] = []
    callers: list[str] = []
    file: str | None = None
    record: str | None = None
    clonality: dict[str, Any] | None = None
    vrs_id: str | None = None


class BreakendModel(StrictModel):
    chrom: str
    pos: int
    keeps: Literal["L", "R"]


class JunctionModel(StrictModel):
    id: str
    left: BreakendModel
    right: BreakendModel | None
    genes: str | None
    frame: str | None
    support: dict[str, int | float | None]
    callers: list[str]
    filter: str | None
    svtype: str = "BND"
    inserted_sequence: str = ""
    homology: str = ""
    precise: bool = True
    pairs: list[dict[str, Any]] = []
    flags: list[str] = []
    files: list[str] = []
    records: list[str] = []


class FusionModel(StrictModel):
    five: str
    three: str
    caller: str
    five_breakpoint: list[str | int] | None = None
    three_breakpoint: list[str | int] | None = None
    split_reads: int | None = None
    spanning_reads: int | None = None
    in_frame: bool | None = None
    confidence: str | None = None
    flags: list[str] = []
    filter: str | None = None
    file: str | None = None
    record: str | None = None
    callers: list[str] = []


class ChromosomeModel(StrictModel):
    total: int | None
    minor: int | None
    loh_fraction: float | None
    covered: float
    p_total: int | None = None
    q_total: int | None = None
    subclonal: bool = False
    certain: bool = True


class GeneModel(StrictModel):
    gene: str
    total: float | None
    minor: float | None
    baseline: int | None
    call: str
    level: str | None
    exons: list[int] = []
    start: int | None = None
    end: int | None = None
    log2: float | None = None
    subclonal: bool = False
    certain: bool = True
    reasons: list[ReasonModel] = []


class SolutionModel(StrictModel):
    purity: float
    ploidy: float
    score: float
    source: str
    modal_number: int | None = None
    kind: str = "fitted"
    note: str = ""
    retained_homologues: int | None = None
    loh_autosomes: int | None = None
    gamma: float = 1.0


class ScaleModel(StrictModel):
    gamma: float
    low: float
    high: float
    source: str


class SegmentModel(StrictModel):
    chrom: str
    start: int
    end: int
    log2: float | None = None
    total: float | None = None
    minor: float | None = None
    baf: float | None = None
    cellular_fraction: float | None = None
    markers: int | None = None
    second_total: float | None = None
    second_minor: float | None = None


class CopyNumberModel(StrictModel):
    purity: float | None
    ploidy: float | None
    modal_number: int | None
    allele_specific: bool
    chromosomes: dict[str, ChromosomeModel]
    genes: list[GeneModel]
    alternatives: list[SolutionModel]
    purity_source: str | None = None
    ploidy_certain: bool = False
    sex: str = "unknown"
    retained_homologues: int | None = None
    loh_autosomes: int | None = None
    resolution: int | None = None
    noise: float | None = None
    segments: list[SegmentModel] = []
    warnings: list[str] = []
    format: str = ""
    scale: ScaleModel = ScaleModel(gamma=1.0, low=1.0, high=1.0, source="counted")
    fit: str = "fitted"
    altered_only: bool = False
    copies_stated: bool = True


class KaryotypeModel(StrictModel):
    raw: str
    clones: list[dict[str, Any]]
    fish: list[dict[str, Any]] = []
    unread: list[str] = []
    metaphases: int | None = None
    segments: list[dict[str, Any]] = []
    measured: list[dict[str, Any]] = []
    findings: list[ReasonModel] = []


class LeftOutModel(StrictModel):
    """Records of a very long input that concern no lesion and are counted, not listed.

    `list`: `junctions`, `fusions`, `variants`, `follow_up`, `segments` (joined with a neighbour), or
    `lesions/<id>/<key>`; `kind`: type, consequence or caller; `filter`: the caller's.
    """

    list: str
    kind: str
    filter: str | None
    count: int = Field(ge=1)


class ReportModel(StrictModel):
    """Everything that a page shows about one sample."""

    schema_version: Literal["1.0"]
    sample: str
    patient: str
    timepoint: str
    assembly: Literal["GRCh37", "GRCh38"]
    sex: str = "unknown"
    assay: str | None = None
    clinical: dict[str, Any] | None = None
    inputs: list[InputModel]
    lesions: list[LesionModel]
    conflicts: list[ConflictModel] = []
    variants: list[VariantModel]
    junctions: list[JunctionModel]
    fusions: list[FusionModel] = []
    copy_number: CopyNumberModel | None
    karyotype: KaryotypeModel | None = None
    risk: list[RiskModel]
    classification: list[ClassificationModel]
    therapies: list[TherapyModel]
    pharmacogenomics: list[PharmacogeneModel]
    germline: list[PromptModel] = []
    subtype_calls: list[SubtypeModel] = []
    follow_up: list[dict[str, Any]] = []
    burden: dict[str, Any] | None = None
    evolution: dict[str, Any] | None = None
    settling: list[dict[str, Any]] = []
    options: list[OptionModel] = []
    confirmation: list[ConfirmationModel] = []
    letter: str = ""
    warnings: list[str] = []
    left_out: list[LeftOutModel] = []
    quality: dict[str, Any]
    provenance: dict[str, Any]


def json_schema() -> dict[str, Any]:
    """The published JSON Schema of `report.json`.

    It is open where the models are closed: a reader with this schema accepts later minor versions, which may add keys.
    """
    schema = _opened(ReportModel.model_json_schema(mode="validation"))
    major = SCHEMA_VERSION.split(".")[0]
    schema["properties"]["schema_version"] = {"type": "string", "pattern": rf"^{major}\.\d+$"}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": f"urn:allert:report:{SCHEMA_VERSION}",
        **schema,
        "title": "ALLert report",
    }


def _opened(part: Any) -> Any:
    """Without `additionalProperties: false`."""
    if isinstance(part, dict):
        closed = part.get("additionalProperties") is False
        return {key: _opened(value) for key, value in part.items() if not (closed and key == "additionalProperties")}
    return [_opened(item) for item in part] if isinstance(part, list) else part
