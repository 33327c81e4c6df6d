"""Consequences in the report: schemes, entities, options, therapies, pharmacogenes, prompts."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from annotate.model.state import StateName
from annotate.report.json.basics import EvidenceModel, ReasonModel, StrictModel

Certainty = Literal["certain", "provisional", "not_assessable"]


class EligibilityModel(StrictModel):
    """For whom a scheme is."""

    status: Literal["eligible", "not_for_this_patient", "not_known"]
    why: list[str] = []
    sources: list[str] = []


class RiskModel(StrictModel):
    scheme: str
    version: str
    group: str | None
    certainty: Certainty
    rule: str | None
    facts: list[str]
    missing: list[str]
    sources: list[str]
    flags: list[str] = []
    notes: list[str] = []
    matched: list[str] = []
    could_change: list[str] = []
    open_facts: list[str] = []
    from_earlier: bool = False
    eligibility: EligibilityModel | None = None
    transplant: list[str] = []


class ClassificationModel(StrictModel):
    system: str
    entity: str | None
    certainty: Certainty
    reasons: list[str]
    also: list[str] = []
    sources: list[str] = []


class ApprovalModel(StrictModel):
    jurisdiction: str
    status: str
    as_of: str


Fit = Literal["yes", "no", "not_known"]


class LabelModel(ApprovalModel):
    """An approval with its indication, and whether this child is inside it."""

    indication: str = ""
    fits: Fit = "not_known"
    read_on: str | None = None
    sources: list[str] = []


class TrialModel(StrictModel):
    id: str
    title: str
    status: str
    as_of: str


class OptionModel(BaseModel):
    """What the literature names for a child like this one; not a recommendation."""

    model_config = ConfigDict(extra="forbid", populate_by_name=True, serialize_by_alias=True)

    id: str
    drug: str
    drug_class: str = Field(alias="class")
    conditions: list[str]
    direction: Literal["sensitivity", "resistance", "contraindicated", "unknown", "caution"]
    tier: str
    evidence_level: str
    setting: str
    label: Fit
    label_text: str
    approvals: list[LabelModel]
    trials: list[TrialModel]
    caveats: list[str]
    contradicted_by: list[str]
    sources: list[str]
    lesion: str | None = None
    mark: str = ""


class ConfirmationModel(StrictModel):
    lesion: str
    test: str
    probe_or_assay: str
    why: str
    sources: list[str] = []


class SubtypeModel(StrictModel):
    """A label of an expression or methylation classifier beside the lesions; it sets none of them."""

    classifier: str
    label: str
    method: Literal["expression", "methylation", "unknown"]
    version: str | None
    score: float | None
    confidence: Literal["high", "low", "unstated"]
    file: str
    record: str
    agreement: Literal["agrees", "disagrees", "open", "no_subtype", "unknown_label"]
    who_haem5: str | None
    icc_2022: str | None
    lesions: list[str]
    reasons: list[str]
    settles: str | None = None
    sources: list[str] = []


class TherapyModel(StrictModel):
    lesion: str
    drug: str
    direction: Literal["sensitivity", "resistance", "contraindicated", "unknown"]
    tier: str
    evidence_level: str
    setting: str
    approval: ApprovalModel | None
    contradicted_by: list[str]
    sources: list[str]
    caveats: list[str] = []
    mark: str = ""
    knowledge: str = "ALLert"
    lesion_state: str | None = None
    approvals: list[LabelModel] = []
    fits: Fit | None = None


class PharmacogeneModel(StrictModel):
    gene: str
    diplotype: str | None
    phenotype: str | None
    state: StateName
    reasons: list[ReasonModel]
    sources: list[str]
    recommendation: str | None = None
    evidence: list[EvidenceModel] = []


class PromptModel(StrictModel):
    """A prompt for germline counselling; never a disclosure."""

    id: str
    text: str
    sources: list[str] = []
    gene: str = ""
