"""A lab's signatures: rows of its own folder that say who has checked a row, and when. Nothing else changes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from difflib import get_close_matches
from pathlib import Path

from annotate.base.errors import InputError
from annotate.base.writing import write_text
from annotate.knowledge.files import Line, laid_over, read_table
from annotate.knowledge.kinds import Day, Unfit
from annotate.knowledge.spec import SPECS, Spec
from annotate.knowledge.tables import Knowledge


def sign(
    shipped: Path, folder: Path, reviewer: str, date: str, tables: Sequence[str] = (), rows: Sequence[str] = ()
) -> list[str]:
    """Writes the signed rows into the folder; returns them as `table: key`.

    `tables` and `rows` (keys, the parts of a key joined by a blank) narrow what is signed. A row that the folder has
    already keeps its cells. Errors: InputError for an unknown table or row, a date that is none, a broken folder.
    """
    _check(reviewer, date)
    if folder.is_dir():
        Knowledge(shipped, folder).refuse_broken()
    chosen = list(_chosen(shipped, folder, tables, rows))
    for spec, own, selected in chosen:
        for file in sorted({line.file for line in selected}):
            kept = [line for line in own if line.file == file]
            _write(folder / file, spec, kept, [line for line in selected if line.file == file], (date, reviewer))
    return [f"{spec.name}: {_key(spec, line)}" for spec, _, selected in chosen for line in selected]


def _check(reviewer: str, date: str) -> None:
    if not reviewer.strip() or not reviewer.isprintable():
        raise InputError("no reviewer", found=reviewer, expected="the name of who has checked the rows")
    try:
        Day().read(date)
    except Unfit as error:
        raise InputError("no such day", found=date, expected=str(error)) from None


def _chosen(
    shipped: Path, folder: Path, tables: Sequence[str], rows: Sequence[str]
) -> Iterator[tuple[Spec, list[Line], list[Line]]]:
    """By table: the rows that the folder has already, and the rows in force that are to be signed."""
    for name in tables:
        if name not in SPECS or SPECS[name].no_overlay:
            known = sorted(table for table, spec in SPECS.items() if not spec.no_overlay)
            raise InputError("no such table to sign", found=name, expected="one of " + ", ".join(known))
    asked = set(rows)
    names: list[str] = []
    for spec in (SPECS[name] for name in (tables or sorted(SPECS))):
        if spec.no_overlay:
            continue
        files = [*read_table(shipped, spec.name, overlay=False), *read_table(folder, spec.name, overlay=True)]
        lines = laid_over(spec, files)
        names += [_key(spec, line) for line in lines]
        selected = [line for line in lines if not rows or _key(spec, line) in rows]
        asked -= {_key(spec, line) for line in selected}
        if selected:
            yield spec, [line for line in lines if line.overlay], selected
    for row in sorted(asked):
        near = get_close_matches(row, names, n=1)
        fix = f"did you mean {near[0]!r}?" if near else "a key of several columns is written with a blank between them"
        raise InputError("no such row", found=row, expected="the key of a row of the tables", fix=fix)


def _key(spec: Spec, line: Line) -> str:
    return " ".join(spec.key_of(line.cells))


def _write(path: Path, spec: Spec, own: Sequence[Line], selected: Sequence[Line], signature: tuple[str, str]) -> None:
    """The file of the folder with its rows, the selected ones signed."""
    rows = {spec.key_of(line.cells): dict(line.cells) for line in own}
    for line in selected:
        rows[spec.key_of(line.cells)] = {**line.cells, "date": signature[0], "reviewer": signature[1]}
    lines = ["\t".join(spec.header), *("\t".join(row[name] for name in spec.header) for row in rows.values())]
    write_text(path, "\n".join([*_comments(path), *lines]) + "\n")


def _comments(path: Path) -> list[str]:
    if not path.is_file():
        return []
    return [line for line in path.read_text(encoding="utf-8-sig").splitlines() if line.startswith("#")]


__all__ = ["sign"]
