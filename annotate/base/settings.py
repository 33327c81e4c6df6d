"""Settings of a run: what `config/config.yaml` may say, checked by its schema."""

from __future__ import annotations

import difflib
import os
from collections.abc import Mapping
from dataclasses import field
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Literal

from annotate.base.errors import InputError
from annotate.base.frozen import frozen
from annotate.base.schemas import schema


@frozen
class ReportSettings:
    """What a lab sets of its report."""

    lab_name: str | None = None
    logo: Path | None = None
    disclaimer: str | None = None
    sections: tuple[str, ...] | None = None
    paper: Literal["short", "full"] = "short"  # what is printed: what a board needs, or everything
    pdf: bool = False
    exchange: bool = True


@frozen
class Settings:
    """Everything but the sheets."""

    knowledge: Path | None = None
    reference: Mapping[str, Path] = field(default_factory=dict)  # assembly -> pack
    population: Mapping[str, Path] = field(default_factory=dict)  # assembly -> VCF
    genome: Mapping[str, Path] = field(default_factory=dict)  # assembly -> indexed FASTA, for signatures
    filters: Literal["pass", "all"] = "pass"
    export: tuple[str, ...] = ()  # files of the whole batch for other programs: cbioportal, omop, ro-crate, parquet
    report: ReportSettings = field(default_factory=ReportSettings)


def settings_of(config: Mapping[str, Any], base: Path) -> Settings:
    """Settings from a config mapping; relative paths are resolved against `base`.

    Errors: InputError for an unknown key (with the nearest known one), a wrong type, a missing path.
    """
    config = typed(config)
    check_config(config)
    report = config.get("report") or {}
    if report.get("pdf") and find_spec("weasyprint") is None:
        raise InputError(
            "report/pdf: WeasyPrint is not installed",
            path="config",
            fix="pip install 'weasyprint>=68', or set it to false",
        )
    if "parquet" in (config.get("export") or ()) and find_spec("pyarrow") is None:
        raise InputError(
            "export: pyarrow, which writes Parquet, is not installed", path="config", fix="pip install 'pyarrow>=16'"
        )
    return Settings(
        knowledge=_path(config.get("knowledge"), base, "knowledge", folder=True),
        reference={a: _need(p, base, f"reference/{a}", True) for a, p in (config.get("reference") or {}).items()},
        population={a: _need(p, base, f"population/{a}", False) for a, p in (config.get("population") or {}).items()},
        genome={a: _fasta(p, base, f"genome/{a}") for a, p in (config.get("genome") or {}).items()},
        filters=config.get("filters") or "pass",
        export=tuple(config.get("export") or ()),
        report=ReportSettings(
            lab_name=report.get("lab_name"),
            logo=_path(report.get("logo"), base, "report/logo", folder=False),
            disclaimer=report.get("disclaimer"),
            sections=tuple(report["sections"]) if report.get("sections") else None,
            paper=report.get("paper") or "short",
            pdf=bool(report.get("pdf", False)),
            exchange=bool(report.get("exchange", True)),
        ),
    )


def find_sheet(path: str) -> str:
    """A sheet as an absolute path: looked for in the work folder, then where the run was started.

    A path that exists in neither is returned as it was given: its reader then says what is wrong. Where the run was
    started is kept in the environment, because jobs on other nodes start elsewhere.
    """
    start = os.environ.setdefault("ALLERT_STARTED_IN", os.environ.get("PWD", os.getcwd()))
    there = [base / path for base in (Path.cwd(), Path(start)) if (base / path).exists()]
    return str(there[0].resolve()) if there else path


def as_config(settings: Settings) -> dict[str, Any]:
    """The config mapping again, paths absolute: what a job is given."""
    report = settings.report
    return {
        "samples": "-",
        "knowledge": str(settings.knowledge) if settings.knowledge else None,
        "reference": {a: str(p) for a, p in settings.reference.items()} or None,
        "population": {a: str(p) for a, p in settings.population.items()} or None,
        "genome": {a: str(p) for a, p in settings.genome.items()} or None,
        "filters": settings.filters,
        "export": list(settings.export) or None,
        "report": {
            "lab_name": report.lab_name,
            "logo": str(report.logo) if report.logo else None,
            "disclaimer": report.disclaimer,
            "sections": list(report.sections) if report.sections else None,
            "paper": report.paper,
            "pdf": report.pdf,
            "exchange": report.exchange,
        },
    }


def typed(config: Mapping[str, Any], rules: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """The config with text read as the type that its schema asks: the command line gives nested values as text.

    >>> typed({"samples": "a.tsv", "report": {"pdf": "true", "lab_name": "null"}})["report"]
    {'pdf': True, 'lab_name': None}
    """
    rules = rules or schema("config")
    return {key: _typed(value, rules.get("properties", {}).get(key, {})) for key, value in config.items()}


def _typed(value: Any, rule: Mapping[str, Any]) -> Any:
    kinds = rule.get("type", ())
    kinds = (kinds,) if isinstance(kinds, str) else tuple(kinds)
    if isinstance(value, Mapping):
        return typed(value, rule) if "properties" in rule else dict(value)
    if not isinstance(value, str):
        return value
    word = value.strip().lower()
    if "boolean" in kinds and word in ("true", "false"):
        return word == "true"
    if "null" in kinds and word in ("null", "~"):
        return None
    return int(word) if "integer" in kinds and word.isdigit() else value


def check_config(config: Mapping[str, Any]) -> None:
    """Schema check with a message that a person can act on. What is as it is by default needs no validator."""
    rules = schema("config")
    _unknown_keys(config, rules, "")
    if dict(config) in ({"samples": "-"}, as_config(Settings())):
        return
    from jsonschema import Draft202012Validator

    _unknown_keys(config.get("report") or {}, rules["properties"]["report"], "report/")
    for error in Draft202012Validator(rules).iter_errors(dict(config)):
        where = "/".join(str(part) for part in error.path) or "the configuration"
        raise InputError(f"{where}: {error.message}", path="config", fix="see config/config.yaml")


def _unknown_keys(config: Mapping[str, Any], rules: Mapping[str, Any], prefix: str) -> None:
    known = list(rules["properties"])
    for key in config:
        if key not in known:
            near = difflib.get_close_matches(str(key), known, n=1)
            raise InputError(
                f"unknown key {prefix}{key}",
                path="config",
                expected="one of " + ", ".join(known),
                fix=f"did you mean {near[0]!r}?" if near else "remove it",
            )


def _path(value: Any, base: Path, key: str, *, folder: bool) -> Path | None:
    return None if not value else _need(value, base, key, folder)


def _need(value: Any, base: Path, key: str, folder: bool) -> Path:
    path = Path(str(value)).expanduser()
    path = path if path.is_absolute() else base / path
    if not (path.is_dir() if folder else path.is_file()):
        raise InputError(
            f"{key}: {'folder' if folder else 'file'} does not exist",
            path="config",
            found=str(value),
            fix="mend the path",
        )
    return path


def _fasta(value: Any, base: Path, key: str) -> Path:
    """A genome, plain or bgzip. Errors: InputError for a file that is none."""
    path = _need(value, base, key, False)
    with open(path, "rb") as raw:
        start = raw.read(2)
    if not start.startswith((b">", b"\x1f\x8b")):
        raise InputError(
            f"{key}: is not a FASTA file", path="config", found=str(value), expected="'>name'", fix="mend the path"
        )
    return path
