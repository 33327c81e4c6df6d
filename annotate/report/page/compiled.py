"""Compiled templates, kept beside their sources as Python keeps compiled modules: compiling outweighs rendering."""

from __future__ import annotations

import os
import pickle
import sys
from pathlib import Path

import jinja2
from jinja2 import Environment, FileSystemBytecodeCache
from jinja2.bccache import Bucket

NAME = "%s.jinja"
OPTIONS = (
    "autoescape",
    "undefined",
    "trim_blocks",
    "lstrip_blocks",
    "finalize",
)  # what the code of a template rests on


class Compiled(FileSystemBytecodeCache):
    """The compiled templates of a folder, in its `__pycache__`: who may write there may write the sources too.

    Kept under the same conditions as Python's own: not where the user may not write, nor where bytecode is unwanted.
    """

    def __init__(self, templates: Path, environment: Environment) -> None:
        super().__init__(str(templates / "__pycache__"), NAME)
        options = [getattr(environment, option) for option in OPTIONS]
        self._made_by = f"{jinja2.__version__} {[getattr(value, '__qualname__', value) for value in options]}"

    def get_source_checksum(self, source: str) -> str:
        """Of the source with what else decides how it is compiled: the options and the version of Jinja."""
        return super().get_source_checksum(f"{self._made_by}\n{source}")

    def load_bytecode(self, bucket: Bucket) -> None:
        """Find one template; what cannot be read, or is cut, is compiled again."""
        try:
            super().load_bytecode(bucket)
        except (OSError, EOFError, ValueError, pickle.UnpicklingError):
            bucket.reset()

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep one template, or leave it: a cache that cannot be written costs time alone."""
        if sys.dont_write_bytecode:
            return
        try:
            os.makedirs(self.directory, exist_ok=True)
            super().dump_bytecode(bucket)
        except OSError:
            return
