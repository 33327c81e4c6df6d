"""Errors that a person can act on: what was found, where, what was expected, what to do."""

from __future__ import annotations

from pathlib import Path


class AllertError(Exception):
    """Base of every error that ends `allert` with one plain message and exit code 2."""


class InputError(AllertError):
    """A file, a sheet or a setting cannot be used.

    >>> str(InputError("not a number", path="a.tsv", line=3, column="log2", found="x", expected="a number",
    ...     fix="mend the cell"))
    "a.tsv, line 3, column 'log2': not a number: found 'x', expected a number. What to do: mend the cell"
    """

    def __init__(
        self,
        what: str,
        *,
        path: str | Path | None = None,
        line: int | None = None,
        column: str | None = None,
        found: object | None = None,
        expected: str | None = None,
        fix: str | None = None,
    ) -> None:
        self.what, self.path, self.line, self.column = what, path, line, column
        self.found, self.expected, self.fix = found, expected, fix
        super().__init__(_sentence(what, path, line, column, found, expected, fix))


def _sentence(
    what: str,
    path: str | Path | None,
    line: int | None,
    column: str | None,
    found: object | None,
    expected: str | None,
    fix: str | None,
) -> str:
    place = [str(path)] if path is not None else []
    if line is not None:
        place.append(f"line {line}")
    if column is not None:
        place.append(f"column {_short(column)}")
    tail = [f"found {_short(found)}"] if found is not None else []
    if expected is not None:
        tail.append(f"expected {expected}")
    text = (", ".join(place) + ": " if place else "") + what
    text += ": " + ", ".join(tail) if tail else ""
    return printable(text + (f". What to do: {fix}" if fix else ""))


def _short(found: object, limit: int = 120) -> str:
    text = repr(found) if isinstance(found, str) else str(found)
    return text if len(text) <= limit else text[:limit] + "…"


def printable(text: str) -> str:
    """One line of text without control or direction-changing characters, safe for a terminal or a log."""
    return "".join(c if c.isprintable() else f"\\x{ord(c):02x}" for c in text)
