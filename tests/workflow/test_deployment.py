"""The conda environment, container recipes and lock file say the same as pyproject.toml."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]


def needs(lines: list[str]) -> dict[str, str]:
    """Package name to version range."""
    found = {}
    for line in lines:
        match = re.fullmatch(r"([A-Za-z0-9._-]+)\s*(.*)", line)
        assert match, line
        found[match[1].lower()] = match[2].replace(" ", "")
    return found


def test_conda_environment_is_in_step():
    conda = needs(yaml.safe_load((ROOT / "workflow/envs/allert.yaml").read_text())["dependencies"])
    assert conda.pop("python") == PROJECT["requires-python"]
    assert conda == needs(PROJECT["dependencies"])


@pytest.mark.parametrize("extra", ["workflow", "slurm", "exchange", "parquet", "dev"])
def test_lock_holds_every_dependency(extra):
    locked = {
        re.split(r"[=;\s]", line)[0].lower().replace("_", "-")
        for line in (ROOT / "requirements.lock").read_text().splitlines()
        if line and not line.startswith("#")
    }
    wanted = needs(PROJECT["dependencies"] + PROJECT["optional-dependencies"][extra])
    assert {name.replace("_", "-").replace(".", "-") for name in wanted} <= {n.replace(".", "-") for n in locked}


@pytest.mark.parametrize("recipe", ["Dockerfile", "allert.def"])
def test_container_recipes_install_the_lock_and_copy_every_part(recipe):
    text = (ROOT / "containers" / recipe).read_text()
    for part in ("requirements.lock", "Snakefile", "workflow", "annotate", "resources", "config"):
        assert part in text
    version = re.search(r"python:(\d+\.\d+)", text)
    assert version
    low, high = re.findall(r"\d+\.(\d+)", PROJECT["requires-python"])
    assert int(low) <= int(version[1].split(".")[1]) < int(high)


@pytest.mark.parametrize("profile", ["default", "slurm", "kubernetes"])
def test_profiles_name_rules_that_exist(profile):
    loaded = yaml.safe_load((ROOT / "workflow/profiles" / profile / "profile.v9+.yaml").read_text())
    rules = set(
        re.findall(r"^rule (\w+):", "\n".join(p.read_text() for p in (ROOT / "workflow/rules").glob("*.smk")), re.M)
    )
    assert set(loaded.get("set-resources", {})) <= rules
    assert loaded["keep-going"] is True


def test_wheel_carries_what_an_installed_package_reads():
    """`annotate.resources` and `annotate.schemas` look into `annotate/_resources` where there is no checkout."""
    wheel = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["hatch"]["build"]["targets"]["wheel"]
    carried = wheel["force-include"]
    assert all((ROOT / source).is_dir() for source in carried)
    asked = {
        match
        for path in (ROOT / "annotate").rglob("*.py")
        for match in re.findall(r'resource_path\("(\w+)"', path.read_text())
    }
    assert {f"annotate/_resources/{name}" for name in (*asked, "schemas")} == set(carried.values())
