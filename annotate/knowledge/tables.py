"""Knowledge as data: tables of `resources/knowledge`, each row with its source, mark and date.

Engines ask for a threshold by its id or for a table by its name; nothing clinical is written in code.
A lab's own folder (`knowledge:` in the config) adds rows, or replaces those with the same key.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from pathlib import Path

from annotate.base.errors import InputError
from annotate.base.resources import resource_path

MARKS: Mapping[str, str] = {
    "S": "source read",
    "K": "field knowledge, source not re-read",
    "C": "computed from public reference data",
    "E": "engineering default; no published threshold exists",
}


@dataclass(frozen=True, slots=True)
class Entry(Mapping[str, str]):
    """One row of a knowledge table. Cells by column name; `origin` is file and line."""

    cells: Mapping[str, str]
    origin: str
    overlay: bool = False

    def __getitem__(self, column: str) -> str:
        return self.cells[column]

    def __iter__(self) -> Iterator[str]:
        return iter(self.cells)

    def __len__(self) -> int:
        return len(self.cells)

    def items_of(self, column: str) -> tuple[str, ...]:
        """A cell that holds a `;`-separated list."""
        return tuple(part.strip() for part in self.cells.get(column, "").split(";") if part.strip())


@dataclass(frozen=True, slots=True)
class Threshold:
    """A number that a rule uses, with where it comes from."""

    id: str
    value: float  # not a number where none is available
    unit: str
    meaning: str
    source: str
    mark: str
    date: str

    @property
    def cited(self) -> str:
        """The value as a report may print it: never an E or K as if it were published."""
        word = {"S": self.source, "C": "computed"}.get(self.mark)
        if math.isnan(self.value):
            return "not available"
        number = f"{self.value:g}{' ' + self.unit if self.unit else ''}"
        return f"{number} ({word or MARKS[self.mark].split(';')[0]})"


@dataclass(frozen=True)
class Knowledge:
    """All tables, base and overlay."""

    folder: Path
    overlay: Path | None = None
    _tables: dict[str, tuple[Entry, ...]] = field(default_factory=dict)

    @staticmethod
    def load(overlay: Path | None = None, folder: Path | None = None) -> Knowledge:
        return _load(overlay, folder or resource_path("knowledge"))

    def table(self, name: str) -> tuple[Entry, ...]:
        """Rows of `<name>.tsv` (`thresholds` reads every file of the folder `thresholds/`)."""
        if name not in self._tables:
            self._tables[name] = self._read(name)
        return self._tables[name]

    def ids(self, name: str) -> frozenset[str]:
        """Ids of the rows of a table."""
        return frozenset(entry["id"] for entry in self.table(name))

    @cached_property
    def digest(self) -> str:
        """A fingerprint of every table, base and overlay: reports made with another one are out of date."""
        found = hashlib.sha256()
        for base in (self.folder, self.overlay):
            if base is None:
                continue
            for path in sorted(base.rglob("*")):
                if path.is_file():
                    found.update(str(path.relative_to(base)).encode() + b"\0" + path.read_bytes())
        return found.hexdigest()[:16]

    def threshold(self, id: str) -> Threshold:
        try:
            return self._thresholds()[id]
        except KeyError:
            raise InputError(f"no threshold {id!r} in resources/knowledge/thresholds") from None

    def value(self, id: str) -> float:
        """The number of a threshold."""
        number = self.number(id)
        if number is None:
            raise InputError(f"threshold {id!r} has no value", fix="set it in your own knowledge folder")
        return number

    def number(self, id: str) -> float | None:
        """The number of a threshold; None where none is available and a lab has set none."""
        number = self.threshold(id).value
        return None if math.isnan(number) else number

    def overlay_rows(self) -> tuple[str, ...]:
        """Rows that a lab's own folder adds or replaces, as `table: key`."""
        return _overlay_rows(self)

    def _thresholds(self) -> Mapping[str, Threshold]:
        return _thresholds(self)

    def _read(self, name: str) -> tuple[Entry, ...]:
        rows: dict[tuple[str, ...], Entry] = {}
        for base, overlay in ((self.folder, False), (self.overlay, True)):
            if base is None:
                continue
            for path in _files(base, name):
                for key, entry in _read_rows(path, overlay):
                    rows[key] = entry
        return tuple(rows.values())

    @cached_property
    def _hash(self) -> int:
        return hash((self.folder, self.overlay))

    def __hash__(self) -> int:  # asked for with every threshold
        return self._hash


@lru_cache(maxsize=8)
def _load(overlay: Path | None, folder: Path) -> Knowledge:
    return Knowledge(folder, overlay)


@lru_cache(maxsize=8)
def _thresholds(knowledge: Knowledge) -> Mapping[str, Threshold]:
    found = {}
    for entry in knowledge.table("thresholds"):
        try:
            value = float(entry["value"]) if entry["value"] else math.nan
        except ValueError:
            raise InputError(
                "threshold is not a number", path=entry.origin, column="value", found=entry["value"]
            ) from None
        found[entry["id"]] = Threshold(
            entry["id"], value, entry["unit"], entry["meaning"], entry["source"], entry["mark"], entry["date"]
        )
    return found


@lru_cache(maxsize=8)
def _overlay_rows(knowledge: Knowledge) -> tuple[str, ...]:
    if knowledge.overlay is None:
        return ()
    names = sorted({path.relative_to(knowledge.overlay).parts[0] for path in knowledge.overlay.rglob("*.tsv")})
    return tuple(
        f"{table}: {next(iter(entry.cells.values()))}"
        for table in (name.removesuffix(".tsv") for name in names)
        for entry in knowledge.table(table)
        if entry.overlay
    )


def _files(base: Path, name: str) -> Sequence[Path]:
    folder = base / name
    if folder.is_dir():
        return sorted(folder.glob("*.tsv"))
    path = base / f"{name}.tsv"
    return [path] if path.exists() else []


def _read_rows(path: Path, overlay: bool) -> list[tuple[tuple[str, ...], Entry]]:
    """Rows of one TSV. The key is the column `id` where there is one, else all columns up to `source`."""
    try:
        with open(path, encoding="utf-8-sig", newline="") as text:
            numbered = [(number, line.rstrip("\r\n")) for number, line in enumerate(text, start=1)]
    except OSError as error:
        raise InputError(f"cannot be read ({error.strerror})", path=path) from None
    except UnicodeDecodeError:
        raise InputError("is not UTF-8 text", path=path, fix="save the table as tab-separated UTF-8 text") from None
    lines = [(number, line.split("\t")) for number, line in numbered if not line.startswith("#")]
    header = lines[0][1] if lines else []
    if not any(header):
        raise InputError("knowledge table is empty", path=path)
    rows = []
    for number, cells in lines[1:]:
        if not any(cells):
            continue
        if len(cells) != len(header):
            raise InputError(
                "wrong number of columns", path=path, line=number, found=len(cells), expected=str(len(header))
            )
        entry = Entry(dict(zip(header, cells, strict=True)), f"{path.name}:{number}", overlay)
        key = (entry["id"],) if "id" in header else tuple(cells[: _key_width(header)])
        rows.append((key, entry))
    return rows


def _key_width(header: Sequence[str]) -> int:
    return header.index("source") if "source" in header else len(header)
