"""Who may import whom. Data flows one way: read, name, decide, weigh, show (docs/architecture.md)."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "annotate"

# From left to right. A room is a folder of `annotate/`; it may import itself and every floor to its left.
FLOORS: dict[str, tuple[str, ...]] = {
    "ground": ("base",),
    "nouns": ("model",),
    "facts": ("knowledge", "breakpoints"),
    "reference": ("reference",),
    "read": ("read",),
    "name": ("name",),
    "decide": ("decide",),
    "compare": ("compare",),
    "interpret": ("interpret",),
    "report": ("report",),
    "run": ("run",),
    "curate": ("curate",),
    "command": ("command", "__main__"),
}
NEIGHBOURS = {("__main__", "command")}
HEAVY = frozenset(
    (
        *("pandas", "numpy", "scipy", "pysam", "cyvcf2", "pyarrow"),
        *("jinja2", "pydantic", "weasyprint", "fhir", "phenopackets", "google", "snakemake"),
    )
)
# Modules that cannot do without, and are themselves imported only where they are needed.
MAY_BE_HEAVY = {
    "annotate/curate/pack/files.py": {"pysam"},
    "annotate/curate/pack/build.py": {"pysam"},
    "annotate/name/small_variants/models.py": {"pysam"},
    "annotate/name/small_variants/csq.py": {"pysam"},
    "annotate/report/json/schema.py": {"pydantic"},
    "annotate/compare/schema.py": {"pydantic"},
    "annotate/report/page/html.py": {"jinja2"},
}


@cache
def modules() -> dict[Path, ast.Module]:
    return {path: ast.parse(path.read_text(encoding="utf-8")) for path in sorted(PACKAGE.rglob("*.py"))}


def room(module: str) -> str:
    """`annotate.report.html` -> `report`."""
    parts = module.split(".")
    return parts[1] if len(parts) > 1 else ""


def room_of(path: Path) -> str:
    first = path.relative_to(PACKAGE).parts[0]
    return first.removesuffix(".py").replace("__init__", "")


def imported(tree: ast.Module) -> Iterator[str]:
    """Every module that a file names in an import, at its top or inside a function."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def test_every_room_has_its_floor():
    placed = [name for floor in FLOORS.values() for name in floor]
    assert len(placed) == len(set(placed))
    assert {room_of(path) for path in modules()} - {""} == set(placed)


def test_data_flows_one_way():
    floor = {name: number for number, names in enumerate(FLOORS.values()) for name in names}
    wrong = []
    for path, tree in modules().items():
        own = room_of(path)
        for name in imported(tree):
            other = room(name) if name.startswith("annotate.") else ""
            if not own or other in ("", own, "__version__"):
                continue
            if floor[other] >= floor[own] and (own, other) not in NEIGHBOURS:
                wrong.append(f"{path.relative_to(ROOT)} imports {name}: {own} is left of, or beside, {other}")
    assert wrong == []


def test_neighbours_are_those_that_are_needed():
    pairs = {
        (room_of(path), room(name))
        for path, tree in modules().items()
        for name in imported(tree)
        if name.startswith("annotate.")
    }
    assert pairs >= NEIGHBOURS


def test_no_module_imports_itself_in_a_circle():
    """At the top of files, modules import one another without circles; imports inside functions are not counted."""
    files = {
        ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"): path for path in modules()
    }
    graph = {}
    for name, path in files.items():
        top = ast.Module([node for node in modules()[path].body if not isinstance(node, ast.If)], [])
        top.body = [node for node in top.body if isinstance(node, ast.Import | ast.ImportFrom)]
        found = {target if target in files else target.rpartition(".")[0] for target in imported(top)}
        graph[name] = (found & set(files)) - {name}
    done: set[str] = set()

    def visit(name: str, above: tuple[str, ...]) -> None:
        assert name not in above, " -> ".join((*above[above.index(name) :], name))
        if name not in done:
            for target in graph[name]:
                visit(target, (*above, name))
            done.add(name)

    for name in graph:
        visit(name, ())


def test_heavy_imports_are_made_where_they_are_needed():
    found = {}
    for path, tree in modules().items():
        heavy = set()
        for node in tree.body:
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            heavy |= {name.split(".")[0] for name in names} & HEAVY
        if heavy:
            found[str(path.relative_to(ROOT))] = heavy
    assert found == MAY_BE_HEAVY


@pytest.mark.parametrize("args", [["--help"], ["--version"], ["report", "--help"]], ids=str)
def test_commands_that_must_answer_at_once_import_nothing_heavy(args, tmp_path):
    code = (
        "import sys, contextlib\n"
        "from annotate.command import main\n"
        f"with contextlib.suppress(SystemExit): main({args!r})\n"
        f"print('HEAVY', sorted({set(HEAVY)!r} & set(sys.modules)))\n"
    )
    run = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, cwd=tmp_path, env={"PYTHONPATH": str(ROOT)}
    )
    assert run.stdout.splitlines()[-1] == "HEAVY []", run.stdout + run.stderr
