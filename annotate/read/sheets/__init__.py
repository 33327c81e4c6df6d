"""The sample sheet and the clinical sheet, as people write them."""

from annotate.read.sheets.faults import SheetError
from annotate.read.sheets.patients import ClinicalSheet, patient_of_row, read_clinical_sheet, read_patients
from annotate.read.sheets.samples import (
    INPUT_COLUMNS,
    SampleSheet,
    as_row,
    input_files,
    read_good_rows,
    read_sample_sheet,
    read_samples,
    read_with_faults,
    sample_of_row,
)

__all__ = [
    "INPUT_COLUMNS",
    "ClinicalSheet",
    "SampleSheet",
    "SheetError",
    "as_row",
    "input_files",
    "patient_of_row",
    "read_clinical_sheet",
    "read_good_rows",
    "read_patients",
    "read_sample_sheet",
    "read_samples",
    "read_with_faults",
    "sample_of_row",
]
