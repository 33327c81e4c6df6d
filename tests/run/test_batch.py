"""How samples are put together into jobs, and what makes a batch run again."""

from __future__ import annotations

from pathlib import Path

import pytest

from annotate.model.sample import Sample
from annotate.run.batch import SUFFIXES, by_patient, forget_incomplete, plan


def samples(count: int, each: int = 1) -> list[Sample]:
    return [Sample(f"s{n}", f"p{n // each}", "diagnosis", "GRCh38", karyotype="46,XX[20]") for n in range(count)]


@pytest.mark.parametrize(("count", "jobs"), [(1, 0), (40, 0), (41, 21), (100, 34), (1000, 40), (4000, 80)])
def test_auto_keeps_small_batches_apart_and_large_ones_few(count, jobs):
    assert len(plan(samples(count), "auto")) == jobs


@pytest.mark.parametrize("per_job", [2, 3, 7, 500])
def test_every_sample_is_in_one_batch_and_patients_stay_together(per_job):
    everything = samples(61, each=3)
    batches = plan(everything, per_job)
    assert [s for group in batches.values() for s in group] == everything
    homes: dict[str, set[str]] = {}
    for name, group in batches.items():
        for sample in group:
            homes.setdefault(sample.patient, set()).add(name)
    assert all(len(names) == 1 for names in homes.values())


def test_patients_apart_in_the_sheet_come_together():
    a, b = Sample("a", "p", "diagnosis", "GRCh38"), Sample("b", "p", "relapse", "GRCh38")
    other = Sample("c", "q", "diagnosis", "GRCh38")
    assert by_patient([a, other, b]) == {"p": (a, b), "q": (other,)}
    assert plan([a, other, b], 2) == {"0001": (a, b), "0002": (other,)}


def finish(out: Path, group: list[Sample], marker: Path) -> None:
    for sample in group:
        folder = out / sample.sample
        folder.mkdir(parents=True)
        for suffix in SUFFIXES:
            (folder / f"{sample.sample}.{suffix}").write_text("x")
    marker.write_text("{}")


@pytest.mark.parametrize("gone", SUFFIXES)
def test_a_marker_is_forgotten_when_an_output_is_gone(tmp_path, gone):
    group, marker = samples(3), tmp_path / "0001.done"
    finish(tmp_path, group, marker)
    forget_incomplete(marker, tmp_path, group)
    assert marker.exists()
    (tmp_path / "s1" / f"s1.{gone}").unlink()
    forget_incomplete(marker, tmp_path, group)
    assert not marker.exists()
