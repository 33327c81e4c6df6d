"""Pelops: IGH::DUX4 of a whole genome by reads, open until another method agrees; no call of its own."""

from __future__ import annotations

import json

import pytest

from annotate.base.errors import InputError
from annotate.base.settings import Settings
from annotate.model.sample import Sample
from annotate.run.sample import analyse


def report(core=(12, 9), extended=(3, 2), other=(0, 7), reference="GRCh38"):
    def entry(id, name, partner, reads):
        evidence = {"split_reads": reads[0], "paired_reads": reads[1], "SRPB": 19.0}
        return {
            "id": id,
            "A": {"name": name, "regions": []},
            "B": {"name": partner, "regions": []},
            "evidence": evidence,
        }

    found = [
        entry("01", "CoreDUX4", "IGH", core),
        entry("02", "ExtendedDUX4", "IGH", extended),
        entry("03", "CoreDUX4", "UNNAMED", other),
    ]
    return {"reference": reference, "program_name": "pelops", "version": "0.8.0", "rearrangements": found}


def run(tmp_path, content):
    path = tmp_path / "pelops.json"
    path.write_text(content if isinstance(content, str) else json.dumps(content, indent=2))
    return analyse(Sample("K", "K", "diagnosis", "GRCh38", fusions=(path,)), None, Settings())


def test_reads_between_igh_and_dux4_leave_the_lesion_open(tmp_path):
    found = run(tmp_path, report())
    call = found.calls["dux4_r"]
    assert call.state.value == "equivocal"
    assert any("no call" in reason.text for reason in call.reasons)
    (fusion,) = found.case.fusions.fusions
    assert (fusion.name, fusion.split_reads, fusion.spanning_reads) == ("IGH::DUX4", 12, 9)
    (file,) = found.inputs
    assert (file.records_read, file.records_used) == (3, 1)


@pytest.mark.parametrize("reads", [(0, 0), (0, 1)])
def test_few_reads_are_no_fusion_and_nothing_is_excluded(tmp_path, reads):
    found = run(tmp_path, report(core=reads, extended=reads))
    assert not any(call.state.value == "not_detected" for call in found.calls.values())
    assert not found.calls["dux4_r"].state.present
    assert found.inputs[0].records_read == 3


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (json.dumps(report(), indent=2)[:-40], "is no JSON"),
        (report(reference="GRCh37"), "another assembly"),
        (report(core=("x", 1)), "states no number of reads"),
        ({"program_name": "pelops", "rearrangements": {}}, "no list of rearrangements"),
    ],
)
def test_what_is_broken_is_refused(tmp_path, content, words):
    with pytest.raises(InputError, match=words):
        run(tmp_path, content)
