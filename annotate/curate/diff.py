"""Which reports change between two versions of the knowledge tables, and how.

A version is a whole folder of tables, or a lab's own folder, which is laid over the shipped one. First the rows that
differ, then every sample of a batch, reported with both versions and compared.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from annotate.base.errors import AllertError, InputError
from annotate.base.frozen import frozen
from annotate.base.resources import resource_path
from annotate.base.settings import Settings
from annotate.knowledge.tables import Knowledge
from annotate.model.sample import Patient, Sample

MOST_LINES = 60  # of one sample; the rest is counted
# What names an entry of a list of the report, so that entries are compared with themselves and not by place.
NAMES: Mapping[str, tuple[str, ...]] = {
    "lesions": ("id",),
    "risk": ("scheme", "version"),
    "classification": ("system",),
    "therapies": ("lesion", "drug", "direction", "knowledge", "setting", "sources"),
    "pharmacogenomics": ("gene",),
    "germline": ("id",),
    "variants": ("chrom", "pos", "ref", "alt"),
    "junctions": ("id",),
    "fusions": ("five", "three", "caller", "record"),
    "settling": ("input",),
    "genes": ("gene",),
}
ABSENT = "–"


@frozen
class Change:
    """One difference: where in the report, and what stood there."""

    where: str
    old: str
    new: str

    def __str__(self) -> str:
        if self.old == ABSENT:
            return f"+ {self.where}: {self.new}"
        if self.new == ABSENT:
            return f"- {self.where}: {self.old}"
        return f"~ {self.where}: {self.old} → {self.new}"


def print_diff(old: Path, new: Path, samples: Path | None) -> int:
    """Prints the difference; 0 whether or not there is one. Errors: InputError for a folder that is not one."""
    before, after = version(old), version(new)
    rows = list(table_changes(before, after))
    print(f"rows: {len(rows)} differ")
    for change in rows:
        print(f"  {change}")
    if not rows:
        print("reports: none changes, as no row differs")
        return 0
    changed = 0
    batch = list(_batch(samples))
    for sample, patient in batch:
        found = _sample_changes(sample, patient, before, after)
        changed += bool(found)
        _print_sample(sample.sample, found)
    print(f"reports: {changed} of {len(batch)} change")
    return 0


def version(folder: Path) -> Knowledge:
    """A folder with the table of lesions and of genes stands alone; any other is laid over the shipped tables."""
    if not folder.is_dir():
        raise InputError("no such folder", path=folder, expected="a folder of knowledge tables")
    if (folder / "lesions.tsv").is_file() and (folder / "genes.tsv").is_file():
        return Knowledge.load(None, folder)
    return Knowledge.load(folder)


# ---------------------------------------------------------------- rows


def table_changes(before: Knowledge, after: Knowledge) -> Iterator[Change]:
    """Every row or cell that differs between two knowledge folders, table by table."""
    for name in sorted(_names(before) | _names(after)):
        old, new = _rows(before, name), _rows(after, name)
        for key in sorted(old.keys() | new.keys()):
            if key not in new:
                yield Change(f"{name}: {key}", "row", ABSENT)
            elif key not in old:
                yield Change(f"{name}: {key}", ABSENT, "row")
            else:
                yield from _cell_changes(f"{name}: {key}", old[key], new[key])


def _names(knowledge: Knowledge) -> set[str]:
    folders = [folder for folder in (knowledge.folder, knowledge.overlay) if folder is not None]
    paths = [path.relative_to(folder) for folder in folders for path in folder.rglob("*.tsv")]
    return {path.parts[0].removesuffix(".tsv") for path in paths}


def _rows(knowledge: Knowledge, name: str) -> dict[str, Mapping[str, str]]:
    rows: dict[str, Mapping[str, str]] = {}
    for entry in knowledge.table(name):
        cells = dict(entry.cells)
        tail = list(cells).index("source") if "source" in cells else len(cells)
        key = cells["id"] if "id" in cells else " ".join(filter(None, list(cells.values())[:tail]))
        rows[key] = cells
    return rows


def _cell_changes(where: str, old: Mapping[str, str], new: Mapping[str, str]) -> Iterator[Change]:
    for column in dict.fromkeys((*old, *new)):
        if old.get(column) != new.get(column):
            yield Change(f"{where}, {column}", old.get(column) or "(empty)", new.get(column) or "(empty)")


# ---------------------------------------------------------------- reports


def _batch(samples: Path | None) -> Iterator[tuple[Sample, Patient | None]]:
    from annotate.read import sheets

    sheet = samples or resource_path("demo", "samples.tsv")
    if samples is None and not sheet.is_file():
        raise InputError("the demo batch is not part of this installation", fix="name a sheet with --samples SHEET")
    clinical = sheet.with_name("patients.tsv")
    patients = {p.patient: p for p in sheets.read_patients(clinical)} if clinical.is_file() else {}
    for sample in sheets.read_samples(sheet):
        yield sample, patients.get(sample.patient)


def _sample_changes(sample: Sample, patient: Patient | None, before: Knowledge, after: Knowledge) -> list[Change]:
    old, new = (_report(sample, patient, knowledge) for knowledge in (before, after))
    return list(changes(old, new))


def _report(sample: Sample, patient: Patient | None, knowledge: Knowledge) -> Mapping[str, Any]:
    """The report as data, or the error that stands in its place."""
    from annotate.report.json.build import build_report
    from annotate.run.sample import analyse

    try:
        report = build_report(analyse(sample, patient, Settings(), knowledge=knowledge))
    except AllertError as error:
        return {"error": str(error)}
    report.pop("provenance")
    return report


def changes(old: Any, new: Any, where: str = "") -> Iterator[Change]:
    """Leaves that differ, by path. Entries of a list with names are compared by name."""
    if old == new:
        return
    if isinstance(old, Mapping) and isinstance(new, Mapping):
        for key in dict.fromkeys((*old, *new)):
            yield from changes(old.get(key), new.get(key), f"{where}.{key}" if where else str(key))
    elif isinstance(old, list) and isinstance(new, list) and _holds_named_entries(where, old, new):
        names = NAMES[where.rpartition(".")[2]]
        yield from changes(_by_name(old, names), _by_name(new, names), where)
    else:
        yield Change(where, _short(old), _short(new))


def _holds_named_entries(where: str, old: list[Any], new: list[Any]) -> bool:
    return where.rpartition(".")[2] in NAMES and all(isinstance(entry, Mapping) for entry in (*old, *new))


def _by_name(entries: Iterable[Mapping[str, Any]], names: tuple[str, ...]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for entry in entries:
        key = " ".join(_short(entry.get(name)) for name in names if entry.get(name) not in (None, "", []))
        while key in found:
            key += " (again)"
        found[key] = entry
    return found


def _short(value: Any, limit: int = 160) -> str:
    if value is None or value in ((), [], ""):
        return ABSENT
    if isinstance(value, Mapping):
        text = "; ".join(f"{key}: {_short(part, 60)}" for key, part in value.items() if part not in (None, [], "", {}))
    elif isinstance(value, list):
        text = "; ".join(_short(part, 60) for part in value)
    else:
        text = str(value)
    return text if len(text) <= limit else text[: limit - 1] + "…"


def _print_sample(name: str, found: list[Change]) -> None:
    if not found:
        print(f"{name}: no change")
        return
    print(f"{name}: {len(found)} changes")
    for change in found[:MOST_LINES]:
        print(f"  {change}")
    if len(found) > MOST_LINES:
        print(f"  and {len(found) - MOST_LINES} more")
