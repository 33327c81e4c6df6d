"""YAML as plain data, by libyaml where PyYAML was built with it: the same values, ten times faster.

PyYAML is imported when a text must be read: what the package's own files say is kept from the first process on.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from annotate.base.errors import InputError
from annotate.base.writing import write_text

KEPT = Path(__file__).parent / "__pycache__"


class NotYaml(ValueError):
    """A text that is no YAML, in the words of the loader written in Python, whose place is exact."""


def load_yaml(text: str) -> Any:
    """What a YAML text says. Errors: NotYaml."""
    return _load(text, "SafeLoader")


def load_words(text: str) -> Any:
    """The same with every scalar as the text that was written: `no` is a word. Errors: NotYaml."""
    return _load(text, "BaseLoader")


def load_shipped(path: Path, load: Callable[[str], Any]) -> Any:
    """What `load` gives for a file of the package, kept as JSON beside the compiled modules, under the same conditions
    as those: not where the user may not write, nor where bytecode is unwanted.

    Errors: OSError, UnicodeDecodeError, NotYaml.
    """
    text = path.read_bytes()
    kept = KEPT / f"{path.stem}.{hashlib.sha256(load.__name__.encode() + text).hexdigest()[:24]}.json"
    with contextlib.suppress(OSError, ValueError):  # not there yet, or cut
        return json.loads(kept.read_bytes())
    value = load(text.decode("utf-8"))
    if not sys.dont_write_bytecode:
        with contextlib.suppress(InputError):
            write_text(kept, json.dumps(value))
    return value


def _load(text: str, loader: str) -> Any:
    import yaml

    try:
        return yaml.load(text, Loader=getattr(yaml, f"C{loader}", getattr(yaml, loader)))  # noqa: S506 - safe, both
    except yaml.YAMLError:
        try:
            return yaml.safe_load(text)
        except yaml.YAMLError as error:
            raise NotYaml(str(error)) from None
