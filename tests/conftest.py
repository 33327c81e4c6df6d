"""Fixtures that every test may use."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from annotate.knowledge.tables import Knowledge
from annotate.reference.genome import Genome

# A machine that has other work is slow, which is no fault of what is tested.
settings.register_profile("anywhere", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("anywhere")

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of real caller outputs; tests that need it skip where it is absent."""
    folder = Path(os.environ.get("ALLERT_SHARED_DATA", ROOT.parent / "shared" / "data"))
    if not folder.is_dir():
        pytest.skip("the folder of real caller outputs is not here")
    return folder


@pytest.fixture(scope="session", params=["GRCh38", "GRCh37"])
def genome(request: pytest.FixtureRequest) -> Genome:
    """Both assemblies, one after the other."""
    return Genome.load(request.param)


@pytest.fixture(scope="session")
def grch38() -> Genome:
    return Genome.load("GRCh38")


@pytest.fixture(scope="session")
def grch37() -> Genome:
    return Genome.load("GRCh37")


@pytest.fixture(scope="session")
def knowledge() -> Knowledge:
    return Knowledge.load()


@pytest.fixture(scope="session")
def demo_results(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder `results` of the shipped demo batch: reports, one patient's comparison, the cohort page."""
    from annotate.command import main

    out = tmp_path_factory.mktemp("demo") / "results"
    demo = ROOT / "resources" / "demo"
    sheet = ["--samples", str(demo / "samples.tsv")]
    patients = ["--patients", str(demo / "patients.tsv")]
    assert main(["report", *sheet, *patients, "--out", str(out), "--quiet"]) == 0
    assert main(["evolution", "D01", *sheet, "--out", str(out)]) == 0
    assert main(["cohort", "--out", str(out)]) == 0
    return out
