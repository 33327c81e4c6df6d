"""Junctions against the truth set of COLO829, and callers of one tumour with one another: sides never flip."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from annotate.breakpoints.breakends import join
from annotate.breakpoints.merging import same_event
from annotate.breakpoints.vcf_alt import write_alt
from annotate.knowledge.tables import Knowledge
from annotate.model.junctions import Breakend, Junction
from annotate.reference.genome import Genome

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


@pytest.mark.parametrize("least", [1, 2])
@pytest.mark.parametrize("names", ["callers", "numbered"])
@pytest.mark.parametrize("strands", ["right", "brackets of SURVIVOR"])
def test_a_merged_call_set_is_no_worse_than_its_best_member(
    validate: ModuleType, shared_data: Path, tmp_path: Path, names: str, strands: str, least: int
) -> None:
    """Manta, GRIDSS and PURPLE of COLO829 merged as SURVIVOR writes it: all calls, or those of two callers.

    All calls have the recall of the best caller, those of two its precision and its F-measure, at least.
    """
    folder = shared_data / "structural_variants"
    genome, knowledge = Genome.load("GRCh37"), Knowledge.load()
    truth = validate.junctions_of(folder / validate.TRUTH, "COLO829T", None, genome, knowledge)
    members = {
        name: validate.junctions_of(folder / path, tumor, normal, genome, knowledge)
        for name, (path, tumor, normal) in validate.COLO829.items()
        if name in ("Manta", "GRIDSS", "PURPLE (v003)")
    }
    columns = ["manta", "gridss", "purple"] if names == "callers" else ["COLO829T", "COLO829T_1", "COLO829T_2"]
    merged = tmp_path / "merged.vcf"
    merged.write_text(survivor_text(list(members.values()), columns, least, wrong_brackets=strands != "right"))
    found = validate.junctions_of(merged, None, None, genome, knowledge)
    agreement = validate.agree(truth, found)
    best = [validate.agree(truth, own) for own in members.values()]
    if least == 1:
        assert agreement.recall >= max(own.recall for own in best)
    else:
        assert agreement.precision >= max(own.precision for own in best)
        assert f_measure(agreement) >= max(f_measure(own) for own in best)
    assert not set(agreement.flipped) - {"truthset_49_1"}


def f_measure(agreement: Any) -> float:
    return 2 * agreement.matched / (agreement.first + agreement.second)


def survivor_text(members: list[list[Junction]], columns: list[str], least: int, *, wrong_brackets: bool) -> str:
    """A merge of call sets at a distance of 100 bases: what `least` of the callers have, a column a caller."""
    header = "##fileformat=VCFv4.1\n##source=SURVIVOR\n#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\tFORMAT\t"
    lines = [header + "\t".join(columns)]
    taken: list[Junction] = []
    for own in members:
        for junction in own:
            if junction.right is None or any(same_event(junction, other, 100) for other in taken):
                continue
            having = [any(same_event(junction, other, 100) for other in members[n]) for n in range(len(members))]
            if sum(having) < least:
                continue
            taken.append(junction)
            lines.append(survivor_line(len(taken), junction, having, wrong_brackets=wrong_brackets))
    return "\n".join(lines) + "\n"


def survivor_line(number: int, junction: Junction, having: list[bool], *, wrong_brackets: bool) -> str:
    left, right = junction.left, junction.right
    assert right is not None
    strands = "".join("+" if end.keeps == "L" else "-" for end in (left, right))
    far = Breakend(right.chrom, right.pos, "R" if left.keeps == "L" else "L") if wrong_brackets else right
    vector = "".join(str(int(one)) for one in having)
    info = f"SUPP={sum(having)};SUPP_VEC={vector};SVTYPE=BND;SVMETHOD=SURVIVOR1.0.7;CHR2={right.chrom};END={right.pos}"
    cells = ["0/1:NA:1:9,9:+-:.:TRA:x:NA:NA:c" if one else "./.:NaN:0:0,0:--:NaN:NaN:NaN:NAN:NAN:NAN" for one in having]
    row = [left.chrom, left.pos, f"TRA{number}SUR", "N", write_alt(left, far), ".", "PASS", f"{info};STRANDS={strands}"]
    return "\t".join(map(str, (*row, "GT:PSV:LN:DR:ST:QV:TY:ID:RAL:AAL:CO", *cells)))
