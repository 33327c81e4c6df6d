"""The conda environment, container recipes and lock file say the same as pyproject.toml."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]


OF_CONDA = {"python-isal": "isal"}  # what conda-forge calls otherwise than the Python index


def needs(lines: list[str]) -> dict[str, str]:
    """Package name, as the Python index has it, to version range."""
    found = {}
    for line in lines:
        match = re.fullmatch(r"([A-Za-z0-9._-]+)\s*(.*)", line)
        assert match, line
        found[OF_CONDA.get(match[1].lower(), match[1].lower())] = match[2].replace(" ", "")
    return found


def test_conda_environment_is_in_step():
    conda = needs(yaml.safe_load((ROOT / "workflow/envs/allert.yaml").read_text())["dependencies"])
    assert conda.pop("python") == PROJECT["requires-python"]
    assert conda == needs(PROJECT["dependencies"])


def locked(name: str) -> dict[str, str]:
    """Package to its line of a lock."""
    lines = [line for line in (ROOT / name).read_text().splitlines() if line and not line.startswith("#")]
    return {re.sub(r"[-_.]+", "-", re.split(r"[=;\s]", line)[0]).lower(): line for line in lines}


@pytest.mark.parametrize("extra", ["workflow", "slurm", "exchange", "parquet", "dev"])
def test_lock_holds_every_dependency(extra):
    wanted = needs(PROJECT["dependencies"] + PROJECT["optional-dependencies"][extra])
    names = {re.sub(r"[-_.]+", "-", name) for name in wanted}
    assert names <= locked("requirements-test.lock").keys()
    assert extra != "workflow" or names <= locked("requirements.lock").keys()


def test_what_runs_is_light_and_of_the_tested_versions():
    runs, tests = locked("requirements.lock"), locked("requirements-test.lock")
    assert runs.items() <= tests.items()
    heavy = {"pyarrow", "playwright", "mypy", "ruff", "pytest", "hypothesis", "fhir-resources", "black", "snakefmt"}
    assert not heavy & runs.keys()


@pytest.mark.parametrize("recipe", ["Dockerfile", "allert.def"])
def test_container_recipes_install_the_lock_and_copy_every_part(recipe):
    text = (ROOT / "containers" / recipe).read_text()
    for part in ("requirements.lock", "Snakefile", "workflow", "annotate", "resources", "config", "docs"):
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
    """Resources and the workflow lie in `annotate/_resources` where there is no checkout."""
    wheel = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["hatch"]["build"]["targets"]["wheel"]
    carried = wheel["force-include"]
    assert all((ROOT / source).is_dir() for source in carried)
    asked = {
        match
        for path in (ROOT / "annotate").rglob("*.py")
        for match in re.findall(r'resource_path\("(\w+)"', path.read_text())
    }
    assert {f"annotate/_resources/{name}" for name in (*asked, "workflow", "config", "docs")} == set(carried.values())


def test_version_is_said_once_everywhere():
    import annotate

    version = annotate.__version__
    assert f'version: "{version}"' in (ROOT / "CITATION.cff").read_text()
    assert f'{{% set version = "{version}" %}}' in (ROOT / "recipe/meta.yaml").read_text()
    assert f"\n## {version}\n" in (ROOT / "CHANGELOG.md").read_text()


def test_bioconda_recipe_is_in_step():
    """Jinja is filled as conda-build does; the requirements are those of pyproject.toml."""
    import jinja2

    text = (ROOT / "recipe/meta.yaml").read_text()
    recipe = yaml.safe_load(jinja2.Template(text).render(PYTHON="python"))
    assert recipe["package"]["name"] == PROJECT["name"]
    run = needs(recipe["requirements"]["run"])
    assert run.pop("python") == PROJECT["requires-python"]
    assert run.pop("snakemake-minimal") == needs(PROJECT["optional-dependencies"]["workflow"])["snakemake"]
    assert run == needs(PROJECT["dependencies"])
    assert recipe["build"]["noarch"] == "python"
    assert recipe["test"]["commands"]
    assert recipe["about"]["license"] == "MIT"


def test_catalogue_and_citation_are_what_their_readers_expect():
    catalog = yaml.safe_load((ROOT / ".snakemake-workflow-catalog.yml").read_text())
    assert catalog["usage"]["mandatory-flags"]["flags"] is not None
    assert {"conda", "apptainer+conda"} >= set(catalog["usage"]["software-stack-deployment"])
    assert (ROOT / "config/README.md").exists()
    assert (ROOT / "workflow/Snakefile").exists()
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text())
    assert {"cff-version", "message", "title", "authors", "version"} <= citation.keys()
