"""Every fusion of the table, simulated at the gene models of both assemblies: the right lesion, name and side."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from annotate.decide.case import Case
from annotate.model.sample import Sample
from annotate.model.state import State
from annotate.name.partners.partners import place
from annotate.read.structural import read_structural
from annotate.reference.genome import Genome
from tests.makers.rearrangement_cases import KNOWLEDGE, call_in_order, case_of, flip
from tests.makers.simulated_fusions import EQUIVOCAL, LESIONS, simulated
from tests.makers.structural import junction_of, write_junctions


def test_every_fusion_is_named_right(genome: Genome) -> None:
    rows = list(simulated(genome))
    assert len(rows) > 130
    for name, lesion, junction in rows:
        found = call_in_order(case_of(genome, junctions=[junction]), lesion)
        assert found.state is (State.EQUIVOCAL if name in EQUIVOCAL else State.DETECTED), (name, found.summary)
        assert found.details["fusion"].startswith(name), name


def test_every_fusion_belongs_to_one_lesion(genome: Genome) -> None:
    """No junction of a known fusion is detected as another lesion, but for those that are two by definition."""
    twice = {"TCF3::ZNF384", "TCF3::ZNF362", "PAX5::JAK2"}
    for name, _, junction in simulated(genome):
        case = case_of(genome, junctions=[junction])
        present = [lesion for lesion in LESIONS if call_in_order(case, lesion).state.present]
        wanted = 0 if name in EQUIVOCAL else 2 if name in twice else 1
        assert len(present) == wanted, (name, present)


def test_flipped_sides_are_never_detected(genome: Genome) -> None:
    """Where orientation matters, no junction with a flipped side is called a fusion (a deletion it may be)."""
    free = {
        f"{row['five_prime']}::{row['three_prime']}"
        for row in KNOWLEDGE.table("fusions")
        if row["orientation_matters"] == "no"
    }
    for name, lesion, junction in simulated(genome):
        if name in free:
            continue
        for ends in ({"left": True}, {"right": True}, {"left": True, "right": True}):
            found = call_in_order(case_of(genome, junctions=[flip(junction, **ends)]), lesion)
            fused = found.state.present and found.details.get("kinds", ["fusion"]) != ["deletion"]
            assert not fused, (name, ends, found.summary)


@pytest.mark.parametrize("dialect", ["manta", "gridss", "delly", "svaba"])
def test_every_fusion_in_four_dialects(genome: Genome, tmp_path: Path, dialect: str) -> None:
    rows = list(simulated(genome))
    path = write_junctions(dialect, tmp_path / "all.vcf", [row[2] for row in rows], genome.assembly)
    sample = Sample("s", "p", "diagnosis", genome.assembly, assay="wgs", tumor_name="TUMOR", normal_name="NORMAL")
    read = place(read_structural((path,), sample, genome, KNOWLEDGE), genome, KNOWLEDGE)
    case = Case(sample, genome, KNOWLEDGE, junctions=read)
    proven = {
        (lesion, entry["fusion"], entry["strength"] == "proof")
        for lesion in LESIONS
        for entry in call_in_order(case, lesion).details.get("fusions", ())
    }
    for name, lesion, _ in rows:
        names = {(fusion, proof) for own, fusion, proof in proven if own == lesion and fusion.startswith(name)}
        assert (name not in EQUIVOCAL) in {proof for _, proof in names}, (dialect, name)


def test_unknown_sides_of_any_partner_are_a_question(genome: Genome) -> None:
    """A gene that fuses with any partner, joined to one that no row names: without sides neither yes nor no."""
    partner = genome.gene("DDX10")
    assert partner is not None
    asked = [row for row in KNOWLEDGE.table("fusion_rules") if row["kind"] == "fusion" and row["five_any"]]
    assert len(asked) > 4
    for row in asked:
        for five in row["five_any"].split(";"):
            region = next((own for own in genome.regions() if own.gene == five and own.name in row["windows"]), None)
            place_of = None if region is None else (region.start + region.end) // 2
            made = junction_of(genome, five, partner.name, five_pos=place_of)
            case = case_of(genome, junctions=[replace(made, flags=("orientation_unknown",))])
            found = call_in_order(case, row["lesion"])
            assert found.state is State.EQUIVOCAL, (row["id"], five, found.summary)
