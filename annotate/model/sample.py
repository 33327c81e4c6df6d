"""A sample, its patient and its input files."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

Assembly = Literal["GRCh37", "GRCh38"]
Sex = Literal["female", "male", "unknown"]
Assay = Literal["wgs", "wes", "panel", "array"]
ParMode = Literal["y_masked", "y_present", "unknown"]
Immunophenotype = Literal["BCP", "T", "MPAL"]


@dataclass(frozen=True, slots=True)
class Sample:
    """One row of the sample sheet, paths resolved."""

    sample: str
    patient: str
    timepoint: str
    assembly: Assembly
    sex: Sex = "unknown"
    small_variants: tuple[Path, ...] = ()
    structural_variants: tuple[Path, ...] = ()
    copy_number: tuple[Path, ...] = ()
    fusions: tuple[Path, ...] = ()
    tumor_name: str | None = None
    normal_name: str | None = None
    assay: Assay | None = None
    regions: Path | None = None
    par_mode: ParMode = "unknown"
    alignments: Path | None = None
    germline_variants: Path | None = None
    karyotype: str | None = None
    purity: float | None = None
    ploidy: float | None = None
    dna_index: float | None = None


@dataclass(frozen=True, slots=True)
class Patient:
    """One row of the clinical sheet. All facts may be unknown."""

    patient: str
    immunophenotype: Immunophenotype | None = None
    age_at_diagnosis_years: float | None = None
    wbc_at_diagnosis: float | None = None
    diagnosis_date: str | None = None
    end_of_therapy_date: str | None = None
    relapse_number: int | None = None
    relapse_date: str | None = None
    sites: tuple[str, ...] = ()
    marrow_blasts_percent: float | None = None
    eoi_mrd: float | None = None
    mrd_method: str | None = None
    mrd_sensitivity: float | None = None
    mrd_timepoint: str | None = None
    prior_hsct: bool | None = None
    down_syndrome: bool | None = None


@dataclass(frozen=True, slots=True)
class InputFile:
    """What was read of one file. `records_read == records_used + sum(dropped.values())`, checked."""

    kind: str  # small_variants, structural_variants, copy_number, fusions, karyotype, alignments, germline_variants
    path: str
    format: str
    records_read: int
    records_used: int
    dropped: Mapping[str, int] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()
    sha256: str | None = None
    notes: tuple[str, ...] = ()  # how the file was read, nothing to worry about

    def __post_init__(self) -> None:
        if self.records_read != self.records_used + sum(self.dropped.values()):
            raise AssertionError(
                f"{self.path}: {self.records_read} records read, but {self.records_used} used"
                f" and {dict(self.dropped)} dropped"
            )
