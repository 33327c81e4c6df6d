"""YAML as plain data, by libyaml where PyYAML was built with it: the same values, ten times faster."""

from __future__ import annotations

from typing import Any

import yaml

YAMLError = yaml.YAMLError


def load_yaml(text: str) -> Any:
    """What a YAML text says. Errors: YAMLError, in the words of the loader written in Python, whose place is exact."""
    return _load(text, getattr(yaml, "CSafeLoader", yaml.SafeLoader))


def load_words(text: str) -> Any:
    """The same with every scalar as the text that was written: `no` is a word. Errors: YAMLError."""
    return _load(text, getattr(yaml, "CBaseLoader", yaml.BaseLoader))


def _load(text: str, loader: Any) -> Any:
    try:
        return yaml.load(text, Loader=loader)  # noqa: S506 - safe loaders, both
    except YAMLError:
        return yaml.safe_load(text)
