"""A sample, its patient and its input files."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from pathlib import Path
from typing import Literal

from annotate.base.frozen import frozen

Assembly = Literal["GRCh37", "GRCh38"]
Sex = Literal["female", "male", "unknown"]
Assay = Literal["wgs", "wes", "panel", "array"]
ParMode = Literal["y_masked", "y_present", "unknown"]
Immunophenotype = Literal["BCP", "T", "MPAL"]
Antigen = Literal["positive", "dim", "negative"]
RelapseLineage = Literal["BCP", "T", "MPAL", "AML"]

# Kinds of files in which a sample bears a name of its own.
NAMED_KINDS = (
    "small_variants",
    "structural_variants",
    "copy_number",
    "fusions",
    "alignments",
    "germline_variants",
    "optical_mapping",
    "subtype_calls",
    "bench_results",
    "tandem_duplications",
)


def names_of(cell: str | None, kind: str = "") -> tuple[str, ...]:
    """The names that a sample may bear in files of a kind, from its cell in the sheet.

    A cell holds one name for every file, a list, or pairs of kind and name; a pair stands before a plain name.

    >>> names_of("P1_T1", "small_variants"), names_of("a;b", "copy_number")
    (('P1_T1',), ('a', 'b'))
    >>> names_of("small_variants=P1_T1;structural_variants=COLO829T", "structural_variants")
    ('COLO829T',)
    """
    plain: list[str] = []
    own: list[str] = []
    for part in (cell or "").split(";"):
        stated, is_pair, name = part.partition("=")
        if is_pair and stated.strip() in NAMED_KINDS:
            own += [name.strip()] if stated.strip() == kind else []
        elif part.strip():
            plain.append(part.strip())
    return tuple(own or plain)


@frozen
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
    subtype_calls: tuple[Path, ...] = ()
    optical_mapping: tuple[Path, ...] = ()
    bench_results: tuple[Path, ...] = ()
    tandem_duplications: tuple[Path, ...] = ()
    array_gamma: float | None = None  # log2 of an array as a share of the true one, 0.3 to 1; None: not stated
    sheet_names: frozenset[str] = field(default=frozenset(), compare=False)  # names that the sheet gives to one row
    notes: tuple[str, ...] = field(default=(), compare=False)  # what of its row was taken otherwise than written
    doubts: tuple[str, ...] = field(default=(), compare=False)  # whether its files are its own

    def tumor_names(self, kind: str) -> tuple[str, ...]:
        """Names of the leukaemia in files of a kind, as the sheet states them; empty where it states none."""
        return names_of(self.tumor_name, kind)

    def normal_names(self, kind: str) -> tuple[str, ...]:
        """Names of the normal sample in files of a kind, as the sheet states them."""
        return names_of(self.normal_name, kind)


@frozen
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
    cd19: Antigen | None = None  # on the leukaemic cells, by flow cytometry
    cd22: Antigen | None = None
    prior_therapy: tuple[str, ...] = ()  # blinatumomab, inotuzumab, cd19_car_t, imatinib …
    on_therapy_at_relapse: bool | None = None
    relapse_lineage: RelapseLineage | None = None
    thiopurine_start_dose_mg_m2: float | None = None  # of mercaptopurine, a day
    notes: tuple[str, ...] = field(default=(), compare=False)  # what of its row is doubtful or was taken otherwise


@frozen
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
