"""The house: no circle, short modules and functions, heavy imports where they are needed.

Which room may import which is said once, in the layers of import-linter (`pyproject.toml`).
"""

from __future__ import annotations

import ast
import inspect
import re
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from annotate.decide.registry import registered
from annotate.knowledge.tables import Knowledge

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "annotate"

LONGEST_MODULE = 400
LONGEST_FUNCTION = 60
MOST_EXCEPTIONS = 5
LEAST_DOCUMENTED = 0.95
KNOWLEDGE = Knowledge.load()

RULE_PARTS = ("Definition", "Inputs", "Units", "Thresholds", "Equivocal", "Source")
# What the docstring of a rule calls the fields of a case.
SAID = {
    "profile": "copy number",
    "junctions": "junctions",
    "fusions": "RNA fusions",
    "karyotype": "karyotype",
    "small": "small variants",
    "tandem": "tandem duplications",
    "regions": "covered regions",
    "patient": "patient",
}

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
    "annotate/report/json/basics.py": {"pydantic"},
    "annotate/report/json/consequences.py": {"pydantic"},
    "annotate/report/json/schema.py": {"pydantic"},
    "annotate/compare/schema.py": {"pydantic"},
    "annotate/report/page/compiled.py": {"jinja2"},
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


def test_no_module_imports_itself_in_a_circle():
    """Imports inside functions count too."""
    files = {
        ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"): path for path in modules()
    }
    graph = {}
    for name, path in files.items():
        found = {target if target in files else target.rpartition(".")[0] for target in imported(modules()[path])}
        graph[name] = (found & set(files)) - {name, "annotate"}
    done: set[str] = set()

    def visit(name: str, above: tuple[str, ...]) -> None:
        assert name not in above, " -> ".join((*above[above.index(name) :], name))
        if name not in done:
            for target in graph[name]:
                visit(target, (*above, name))
            done.add(name)

    for name in graph:
        visit(name, ())


def test_modules_and_functions_are_short():
    long = [str(path) for path in modules() if len(path.read_text(encoding="utf-8").splitlines()) > LONGEST_MODULE]
    for path, tree in modules().items():
        for node in ast.walk(tree):
            if isinstance(node, ast.FunctionDef) and (node.end_lineno or 0) - node.lineno >= LONGEST_FUNCTION:
                long.append(f"{path}: {node.name}")
    assert long == []


def test_exceptions_from_the_limit_of_complexity_are_few_and_say_why():
    marks = [
        line.partition("noqa: C901")[2]
        for path in modules()
        for line in path.read_text(encoding="utf-8").splitlines()
        if "noqa: C901" in line
    ]
    assert len(marks) <= MOST_EXCEPTIONS
    assert all(mark.strip(" -") for mark in marks)


def public(tree: ast.Module | ast.ClassDef) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef]:
    """Functions, classes and methods without a leading underscore; those inside functions are private."""
    for node in tree.body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) and not node.name.startswith("_"):
            yield node
            if isinstance(node, ast.ClassDef):
                yield from public(node)


def test_what_is_public_says_what_it_is():
    """A docstring that only repeats the name counts as none."""
    everything = [node for tree in modules().values() for node in public(tree)]
    said = [node for node in everything if (text := ast.get_docstring(node)) and not repeats(node.name, text)]
    assert len(said) >= LEAST_DOCUMENTED * len(everything)


@pytest.mark.parametrize("id", sorted(registered()))
def test_a_lesion_rule_says_what_it_decides_by(id):
    """Six parts; every declared source and lesion is among its inputs, every threshold that it names exists."""
    rule = registered()[id]
    lines = inspect.cleandoc(rule.rule.__doc__ or "").splitlines()
    starts = [number for number, line in enumerate(lines) if line and line.split()[0].removesuffix(":") in RULE_PARTS]
    assert [lines[at].partition(":")[0] for at in starts] == list(RULE_PARTS)
    ends = [*starts[1:], len(lines)]
    parts = {
        name: " ".join(line.strip() for line in lines[at:end]).partition(":")[2].strip()
        for name, at, end in zip(RULE_PARTS, starts, ends, strict=True)
    }
    assert all(parts.values())
    assert [source for source in rule.sources if SAID[source] not in parts["Inputs"]] == []
    assert [other for other in rule.after if f"`{other}`" not in parts["Inputs"]] == []
    named = re.findall(r"`([a-z_0-9]+\.[a-z_0-9]+)`", " ".join(lines))
    assert named or parts["Thresholds"] == "none of its own."
    for threshold in named:
        KNOWLEDGE.threshold_named(threshold)


def repeats(name: str, text: str) -> bool:
    """`gene_copies`: "The gene copies." """
    words = [word.strip(".,:;`").lower() for word in text.split()]
    return [word for word in words if word not in ("a", "an", "the", "of")] == name.lower().strip("_").split("_")


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


def test_templates_have_one_cell_a_line(tmp_path):
    check = [sys.executable, str(ROOT / "scripts" / "check_templates.py")]
    run = subprocess.run(check, capture_output=True, text=True)
    assert (run.returncode, run.stderr) == (0, "")
    bad = tmp_path / "bad.html.j2"
    bad.write_text(f"<tr><th>a</th><td>b</td></tr>\n<thead>\n<p>{'x' * 160}</p>\n", encoding="utf-8")
    run = subprocess.run([*check, str(bad)], capture_output=True, text=True)
    assert run.returncode == 1
    assert [line.split(":")[1] for line in run.stderr.splitlines()] == ["1", "3"]
