"""A real Slurm on this machine runs the workflow, and its reports are those of a local run."""

from __future__ import annotations

import os
import shutil
import subprocess
from importlib.util import find_spec
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
DEMO = ROOT / "resources" / "demo"


@pytest.mark.slow
@pytest.mark.workflow
def test_slurm_gives_what_a_local_run_gives(tmp_path):
    if os.geteuid() != 0:
        pytest.skip("needs root, to start munged and slurmd")
    missing = [name for name in ("munged", "slurmctld", "slurmd", "srun") if shutil.which(name) is None]
    if missing or find_spec("snakemake_executor_plugin_slurm") is None:
        pytest.skip(f"not installed: {', '.join(missing) or 'snakemake-executor-plugin-slurm'} (make test-slurm does)")
    if not (ROOT / ".venv" / "bin" / "snakemake").exists():
        pytest.skip("the script uses the environment that `make install` made")
    rows = [
        "sample\tpatient\ttimepoint\tassembly\tsmall_variants\tcopy_number\tkaryotype",
        f"V\tV\tdiagnosis\tGRCh37\t{DEMO / 'D13.vardict.vcf'}\t\t",
        f"C\tC\tdiagnosis\tGRCh38\t\t{DEMO / 'D09.cns'}\t",
        "K\tK\tdiagnosis\tGRCh38\t\t\t46,XX[20]",
        "K2\tK\trelapse\tGRCh38\t\t\t46,XX[20]",
    ]
    sheet = tmp_path / "samples.tsv"
    sheet.write_text("\n".join(rows) + "\n")
    patients = tmp_path / "patients.tsv"
    patients.write_text("patient\tage_at_diagnosis_years\nK\t5\n")
    run = subprocess.run(
        ["bash", str(ROOT / "scripts" / "test_slurm.sh")],
        env={**os.environ, "ALLERT_SHEET": str(sheet), "ALLERT_PATIENTS": str(patients), "ALLERT_PER_JOB": "2"},
        capture_output=True,
        text=True,
        timeout=900,
        check=False,
    )
    assert run.returncode == 0, run.stdout + run.stderr
    assert "3 jobs went through Slurm" in run.stdout or "4 jobs went through Slurm" in run.stdout
    assert "identical but for provenance" in run.stdout
