"""Everything known and decided of one sample."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field

from annotate.base.frozen import frozen
from annotate.base.settings import Settings
from annotate.decide.case import Case
from annotate.interpret.priorities import Wish
from annotate.model.interpretation import Classification, Pharmacogene, RiskResult, Therapy
from annotate.model.lesion import LesionCall
from annotate.model.options import ConfirmationTest, Option
from annotate.model.sample import InputFile
from annotate.model.state import Reason
from annotate.model.subtype_calls import SubtypeReading


@frozen
class Analysis:
    """Everything known and decided of one sample. What follows from its lesions is empty where nobody asked for it."""

    case: Case
    settings: Settings
    inputs: tuple[InputFile, ...]
    calls: Mapping[str, LesionCall]
    risk: tuple[RiskResult, ...] = ()
    classification: tuple[Classification, ...] = ()
    therapies: tuple[Therapy, ...] = ()
    pharmacogenomics: tuple[Pharmacogene, ...] = ()
    germline_prompts: tuple[Mapping[str, object], ...] = ()
    karyotype_findings: tuple[Reason, ...] = ()
    follow_up: tuple[Mapping[str, object], ...] = ()
    burden: Mapping[str, object] | None = None
    warnings: tuple[str, ...] = ()
    options: tuple[Option, ...] = ()
    confirmation: tuple[ConfirmationTest, ...] = ()
    wishes: tuple[Wish, ...] = ()
    signed: Mapping[str, int] = field(default_factory=dict)
    subtypes: tuple[SubtypeReading, ...] = ()
