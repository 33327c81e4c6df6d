"""Results in object storage, against an S3 server on loopback; jobs in Kubernetes, planned and not run."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
DEMO = ROOT / "resources" / "demo"
pytestmark = pytest.mark.workflow


def snakemake(work: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "snakemake", "-s", str(ROOT / "Snakefile"), "--directory", str(work)]
    return subprocess.run(
        [*command, *arguments],
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
        env={**os.environ, **environment},
    )


@pytest.fixture
def sheet(tmp_path) -> Path:
    shutil.copy(DEMO / "D09.cns", tmp_path)
    rows = [
        "sample\tpatient\ttimepoint\tassembly\tcopy_number\tkaryotype",
        "A\tA\tdiagnosis\tGRCh38\tD09.cns\t",
        "B\tB\tdiagnosis\tGRCh38\t\t46,XX[20]",
    ]
    (tmp_path / "samples.tsv").write_text("\n".join(rows) + "\n")
    return tmp_path / "samples.tsv"


@pytest.fixture
def server() -> Iterator[str]:
    """An S3 server on loopback with the bucket `lab`."""
    for module in ("moto.server", "boto3", "snakemake_storage_plugin_s3"):
        try:
            missing = find_spec(module) is None
        except ModuleNotFoundError:
            missing = True
        if missing:
            pytest.skip(f"{module} is not installed (pip install 'allert[s3]' 'moto[server]')")
    import boto3

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    url = f"http://127.0.0.1:{port}"
    with subprocess.Popen(
        [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    ) as running:
        try:
            for _ in range(200):
                try:
                    urllib.request.urlopen(f"{url}/moto-api/", timeout=1).close()
                    break
                except OSError:
                    time.sleep(0.1)
            boto3.client("s3", endpoint_url=url, region_name="us-east-1", **KEYS).create_bucket(Bucket="lab")
            yield url
        finally:
            running.terminate()


def storage(url: str) -> list[str]:
    options = {
        "default-storage-provider": "s3",
        "default-storage-prefix": "s3://lab/run",
        "storage-s3-endpoint-url": url,
        "storage-s3-access-key": "none",
        "storage-s3-secret-key": "none",
        "storage-s3-region": "us-east-1",
    }
    return [part for name, value in options.items() for part in (f"--{name}", value)]


KEYS = {"aws_access_key_id": "none", "aws_secret_access_key": "none"}


def test_results_go_to_object_storage(tmp_path, sheet, server):
    import boto3

    work = tmp_path / "work"
    run = snakemake(
        work,
        "--cores",
        "2",
        "--config",
        f"samples={sheet}",
        "samples_per_job=1",
        *storage(server),
    )
    assert run.returncode == 0, run.stdout + run.stderr
    client = boto3.client("s3", endpoint_url=server, region_name="us-east-1", **KEYS)
    keys = {entry["Key"] for entry in client.list_objects_v2(Bucket="lab")["Contents"]}
    assert {"run/results/A/A.report.json", "run/results/B/B.report.html"} <= keys, keys
    page = client.get_object(Bucket="lab", Key="run/results/cohort/index.html")["Body"].read().decode()
    assert "A.report.html" in page
    assert "Failed" not in page
    assert not (work / "results").exists() or not list((work / "results").rglob("*.json"))


def test_kubernetes_is_planned(tmp_path, sheet, server):
    if find_spec("snakemake_executor_plugin_kubernetes") is None:
        pytest.skip("snakemake-executor-plugin-kubernetes is not installed")
    run = snakemake(
        tmp_path / "work",
        "-n",
        "--config",
        f"samples={sheet}",
        "--workflow-profile",
        str(ROOT / "workflow/profiles/kubernetes"),
        *storage(server),
    )
    assert run.returncode == 0, run.stdout + run.stderr
    assert "rule sample:" in run.stdout + run.stderr
