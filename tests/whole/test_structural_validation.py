"""Junctions against the truth set of COLO829, and callers of one tumour with one another: sides never flip."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import pytest

from annotate.breakpoints.breakends import join
from annotate.model.junctions import Breakend, Junction

SCRIPT = Path(__file__).resolve().parents[2] / "scripts" / "validate_structural.py"


@pytest.fixture(scope="module")
def validate() -> ModuleType:
    spec = importlib.util.spec_from_file_location("validate_structural", SCRIPT)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


def junction(pos: int, keeps: str = "LR") -> Junction:
    return join(Breakend("9", pos, keeps[0]), Breakend("22", 500, keeps[1]), records=(f"at {pos}",))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("found", "matched", "flipped"),
    [
        ([junction(1000)], 1, ()),
        ([junction(1100)], 1, ()),
        ([junction(1101)], 0, ()),
        ([junction(1000, "RL")], 0, ("at 1000",)),
        ([junction(1050), junction(1000, "RL")], 1, ()),
        ([junction(1001), junction(1002)], 1, ()),
        ([], 0, ()),
    ],
)
def test_what_counts_as_a_match(
    validate: ModuleType, found: list[Junction], matched: int, flipped: tuple[str, ...]
) -> None:
    agreement = validate.agree([junction(1000)], found)
    assert (agreement.matched, agreement.flipped) == (matched, flipped)


def test_colo829_hcc1143_and_dialects(validate: ModuleType, shared_data: Path) -> None:
    results = validate.run(shared_data / "structural_variants")
    least = {
        "Manta": (0.80, 0.45),
        "GRIDSS": (0.85, 0.70),
        "PURPLE (2019)": (0.85, 0.85),
        "PURPLE (v003)": (0.85, 0.85),
    }
    assert set(results["COLO829"]) == set(least)
    for name, (recall, precision) in least.items():
        agreement = results["COLO829"][name]
        assert agreement.first == 68
        assert agreement.recall >= recall, name
        assert agreement.precision >= precision, name
        assert agreement.flipped == ("truthset_49_1",), name  # the truth set contradicts itself there
    for name, agreement in results["HCC1143"].items():
        assert agreement.matched >= 140, name
        assert len(agreement.flipped) <= (1 if "DELLY / novoBreak" in name else 0), name
    for name, agreement in results["dialects"].items():
        assert agreement.matched == agreement.first == 66, name
        assert agreement.flipped == (), name
