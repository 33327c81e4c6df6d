"""What every command is given: a sheet, a config, a knowledge folder."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from annotate.base.errors import InputError

if TYPE_CHECKING:
    from annotate.base.settings import Settings


def sheet_of(args: argparse.Namespace) -> Path:
    """The sample sheet that the command line or the configuration names; raises `InputError` where neither does."""
    sheet: Path | None = args.samples
    if sheet is None and args.config:
        loaded = _load_config(args.config)
        sheet = Path(loaded["samples"]) if loaded.get("samples") else None
    if sheet is None:
        raise InputError("no sample sheet given", fix="name it with --samples SHEET")
    return sheet


def load_settings(args: argparse.Namespace) -> Settings:
    """The settings of a run, from `--settings`, `--config` and single options, with any overlay checked."""
    from dataclasses import replace

    from annotate.base.settings import settings_of
    from annotate.knowledge.tables import Knowledge

    if getattr(args, "settings", None):
        settings = settings_of(json.loads(args.settings), Path.cwd())
    elif getattr(args, "config", None):
        settings = settings_of({"samples": "-", **_load_config(args.config)}, Path.cwd())
    else:
        settings = settings_of({"samples": "-"}, Path.cwd())
    if settings.knowledge is not None:
        Knowledge.load(settings.knowledge)  # refuses a broken row before a run rests on it
    if getattr(args, "pdf", False):
        settings = replace(settings, report=replace(settings.report, pdf=True))
    return settings


def _load_config(path: Path) -> dict[str, Any]:
    from annotate.base.yaml_text import NotYaml, load_yaml

    try:
        loaded = load_yaml(path.read_text(encoding="utf-8")) or {}
    except (OSError, UnicodeDecodeError, NotYaml) as error:
        raise InputError(f"cannot be read ({' '.join(str(error).split())})", path=path, fix="mend the YAML") from None
    if not isinstance(loaded, dict):
        raise InputError("is not a mapping of keys to values", path=path)
    return loaded
