"""How samples are put together into jobs, and what makes a batch run again."""

from __future__ import annotations

from pathlib import Path

import pytest

from annotate.base.settings import Settings
from annotate.base.writing import write_text
from annotate.model.sample import Sample
from annotate.run.batch import by_patient, forget_stale, patient_digest, plan
from annotate.run.outputs import mark, retire, suffixes


def samples(count: int, each: int = 1) -> list[Sample]:
    return [Sample(f"s{n}", f"p{n // each}", "diagnosis", "GRCh38", karyotype="46,XX[20]") for n in range(count)]


@pytest.mark.parametrize(
    ("count", "jobs"), [(1, 0), (40, 0), (41, 5), (100, 10), (400, 20), (1000, 20), (4000, 40), (10_000, 100)]
)
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


SETTINGS = Settings()
SUFFIXES = tuple(suffixes(SETTINGS).values())


def finish(out: Path, group: list[Sample]) -> dict[str, str]:
    """Everything that a run leaves, with the digests that it was made from."""
    digests = {sample.sample: f"digest of {sample.sample}" for sample in group}
    for sample in group:
        folder = out / sample.sample
        folder.mkdir(parents=True)
        for suffix in SUFFIXES:
            (folder / f"{sample.sample}.{suffix}").write_text("x")
        mark(out, sample.sample, digests[sample.sample])
    for patient, own in by_patient(group).items():
        for end in ("html", "json"):
            write_text(out / "patients" / patient / f"{patient}.evolution.{end}", "x")
        mark(out / "patients", patient, patient_digest(own, digests))
    return digests


def left(out: Path) -> set[str]:
    return {path.name for path in out.rglob("*") if path.is_file()}


@pytest.mark.parametrize("gone", SUFFIXES)
def test_a_sample_of_which_a_file_is_gone_is_forgotten_whole_with_its_patient(tmp_path, gone):
    group = samples(4, each=2)
    digests = finish(tmp_path, group)
    assert forget_stale(tmp_path, group, digests, SETTINGS) == frozenset()
    (tmp_path / "s1" / f"s1.{gone}").unlink()
    assert forget_stale(tmp_path, group, digests, SETTINGS) == {"s0", "s1"}, "the page of the patient is made again"
    assert not {name for name in left(tmp_path) if name.startswith(("s1.", "p0."))}
    assert {name for name in left(tmp_path) if name.startswith("s0.")} == {f"s0.{suffix}" for suffix in SUFFIXES}


def test_what_was_made_from_something_else_is_forgotten(tmp_path):
    group = samples(2)
    digests = finish(tmp_path, group)
    assert "s0" in forget_stale(tmp_path, group, {**digests, "s0": "other"}, SETTINGS)
    assert not {name for name in left(tmp_path) if name.startswith("s0.")}
    assert len([name for name in left(tmp_path) if name.startswith("s1.")]) == len(SUFFIXES)


def test_rows_that_left_the_sheet_take_their_files_along(tmp_path):
    out, store = tmp_path / "results", tmp_path / "batch.json"
    finish(out, samples(3))
    everyone = {f"s{n}": f"p{n}" for n in range(3)}
    assert retire(store, out, everyone) == []
    assert retire(store, out, {id: everyone[id] for id in ("s0", "s2")}) == ["s1"]
    assert {path.name for path in out.iterdir()} == {"s0", "s2", "patients"}
    assert retire(store, out, {"other": "q"}) == [], "another batch that shares the work folder"
    assert (out / "s0").exists()
