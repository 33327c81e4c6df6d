"""Clinical columns about antigens, earlier therapy and the relapse itself."""

from __future__ import annotations

import pytest

from annotate.read.sheets import as_row, patient_of_row

NEW = {
    "cd19": "dim",
    "cd22": "negative",
    "prior_therapy": "blinatumomab;cd19_car_t",
    "on_therapy_at_relapse": "yes",
    "relapse_lineage": "AML",
    "thiopurine_start_dose_mg_m2": "50",
}


def person(**cells: str):
    return patient_of_row({"patient": "p", **cells})


def test_every_new_column_is_read_and_written_again():
    found = person(**NEW)
    assert found.cd19 == "dim"
    assert found.prior_therapy == ("blinatumomab", "cd19_car_t")
    assert found.on_therapy_at_relapse is True
    assert found.thiopurine_start_dose_mg_m2 == 50
    again = {column: value for column, value in as_row(found).items() if value}
    assert patient_of_row(again) == found


@pytest.mark.parametrize("column", ["cd19", "cd22"])
def test_an_unknown_antigen_is_no_finding(column):
    assert getattr(person(**{column: "unknown"}), column) is None
