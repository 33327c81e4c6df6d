"""Only the one decision sets a state: lesion rules state observations, and compare states."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from annotate.decide.evidence.decision import decide
from annotate.decide.registry import call_all
from annotate.model.state import State
from tests.makers.rearrangement_cases import case_of, fusion_junction

ROOT = Path(__file__).resolve().parents[2] / "annotate"
RULES = [path for path in sorted((ROOT / "decide").rglob("*.py")) if "evidence" not in path.parts]
VERDICTS = {"Verdict", "replace"}  # what one input says of a count, before it becomes an observation


def _parents(tree: ast.AST) -> dict[ast.AST, ast.AST]:
    return {child: parent for parent in ast.walk(tree) for child in ast.iter_child_nodes(parent)}


def _is_asked(node: ast.AST, parents: dict[ast.AST, ast.AST]) -> bool:
    """Does a state stand in a comparison, or in what one input says of a count?"""
    while node in parents:
        node = parents[node]
        if isinstance(node, ast.Compare):
            return True
        if isinstance(node, ast.Call):
            return isinstance(node.func, ast.Name) and node.func.id in VERDICTS
        if isinstance(node, ast.stmt):
            return False
    return False


@pytest.mark.parametrize("path", RULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_rule_sets_a_state(path: Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    parents = _parents(tree)
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "State":
            assert _is_asked(node, parents), f"{path.name}:{node.lineno} sets {node.attr}"
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "LesionCall":
            assert path.name == "call.py", f"{path.name}:{node.lineno} makes a call of its own"


def test_every_state_is_that_of_its_observations(genome) -> None:
    """What a call says can be decided again from what it keeps."""
    cases = [
        case_of(genome, junctions=[fusion_junction(genome, "KMT2A::AFF1")], karyotype="46,XX,t(9;22)(q34;q11)[18]"),
        case_of(genome, karyotype="27,X,+21[15]/46,XX[5]"),
        case_of(genome),
    ]
    for case in cases:
        for call in call_all(case).values():
            decision = decide(call.observations, call.forms)
            assert (call.state, call.leaning) == (decision.state, decision.leaning), call.id
            assert (call.conflict is not None) == bool(decision.speaks_against), call.id


def test_a_state_of_every_kind_is_reached(genome) -> None:
    case = case_of(genome, junctions=[fusion_junction(genome, "KMT2A::AFF1")], karyotype="46,XX,t(9;22)(q34;q11)[18]")
    states = {call.state for call in call_all(case).values()}
    assert {State.DETECTED, State.EQUIVOCAL, State.NOT_DETECTED, State.NOT_ASSESSABLE} <= states
