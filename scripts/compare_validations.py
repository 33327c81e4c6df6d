"""Two checkouts over the same simulations, lesion by lesion: is truth bought with silence?

    python scripts/compare_validations.py OLD NEW [--every N] [--data FOLDER] [--rows FILE] [--write]

OLD and NEW are checkouts with a `.venv`. Each writes the simulations of its own validations from the same seeds
(2,840 copy-number runs; every fusion in both assemblies and four dialects; 60 patients and 60 more near the limits),
reads and decides them; the digests of what was written must be equal. Printed are the share of true lesions that are
called (sensitivity), the share of states that are decided, states that contradict the truth, and every change of a
state. Exit 1 where a share of NEW is lower by more than 0.5 points and no law asks for it (`OWED`).
`--data`: the folder of real caller outputs, for the truth set of COLO829.
`--rows`: also write every row as JSON. `--write`: put the tables into docs/validation.md of NEW.
"""

from __future__ import annotations

import argparse
import hashlib
import importlib
import json
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

SECTION = "silence"
ALLOWED = 0.5  # points that a share may fall
PRESENT = frozenset({"detected", "detected_subclonal"})
DECIDED = PRESENT | {"not_detected"}
CATEGORIES = frozenset({"preserved", "gained", "lost", "rising", "falling", "stable"})
DIALECTS = ("manta", "delly", "gridss", "lumpy")
ASSEMBLIES = ("GRCh37", "GRCh38")
WHOLE = ("hypodiploidy", "high_hyperdiploidy", "iamp21")  # lesions that the copy-number validation is of
DELETIONS: Mapping[str, str] = {  # lesions of the same profiles that are lost with a chromosome
    "ikzf1_deletion": "7",
    "cdkn2ab_deletion": "9",
    "pax5_deletion": "9",
    "etv6_deletion": "12",
    "rb1_deletion": "13",
    "btg1_deletion": "12",
    "ebf1_deletion": "5",
    "tp53_deletion": "17",
}
FITTED_DELETIONS = "copy number: deletions, copies fitted to log2"
OWED: Mapping[str, str] = {  # losses that a law asks for
    FITTED_DELETIONS: "law 5: a gene is lost or not only where every reading of the ratios says so",
}
STATED = ("purple", "ascat", "ichorcna")  # dialects of callers that state copies; those of others are fitted here
# Where the two editions keep the same thing.
HOMES: Mapping[str, Sequence[str]] = {
    "read_case": ("annotate.run.sample", "annotate.analysis"),
    "call_all": ("annotate.decide.registry", "annotate.lesions.registry"),
    "Sample": ("annotate.model.sample", "annotate.model"),
    "Genome": ("annotate.reference.genome", "annotate.genome"),
    "Knowledge": ("annotate.knowledge.tables", "annotate.knowledge"),
    "Settings": ("annotate.base.settings", "annotate.settings"),
    "simulated": ("tests.makers.simulated_fusions", "tests.test_rearrangements_table"),
    "EQUIVOCAL": ("tests.makers.simulated_fusions", "tests.test_rearrangements_table"),
}


@dataclass(frozen=True, slots=True)
class Row:
    """What one checkout says of one lesion (or one event between time points) of one simulation."""

    suite: str
    case: str
    truth: str  # kind of karyotype, fusion, or true category
    lesion: str
    true: bool  # is the lesion there by the truth?
    state: str
    digest: str  # of the files that were written

    @property
    def key(self) -> tuple[str, str, str]:
        return self.suite, self.case, self.lesion

    @property
    def right(self) -> bool:
        """A true lesion is called, a true category is named."""
        return self.state == self.truth if self.suite.startswith("evolution") else self.state in PRESENT

    @property
    def wrong(self) -> bool:
        """A state or category that contradicts the truth."""
        if self.suite.startswith("evolution"):
            return self.decided and not self.right
        return self.state in (PRESENT if not self.true else {"not_detected"})

    @property
    def decided(self) -> bool:
        return self.state in (CATEGORIES if self.suite.startswith("evolution") else DECIDED)


# ---------------------------------------------------------------- in one checkout


def from_home(name: str) -> Any:
    """A function or class from wherever this checkout keeps it."""
    for home in HOMES[name]:
        try:
            return getattr(importlib.import_module(home), name)
        except ModuleNotFoundError:
            continue
    raise SystemExit(f"{name} is in none of {', '.join(HOMES[name])}")


def tell(root: Path, every: int, data: Path | None) -> None:
    """Every row of one checkout, one JSON a line."""
    sys.path[:0] = [str(root), str(root / "scripts"), str(root / "tests")]
    for suite in (copy_number, fusions, evolution):
        for row in suite(every):
            print(json.dumps(asdict(row)))
    for row in structural(data) if data is not None else ():
        print(json.dumps(asdict(row)))


def states(genome: Any, knowledge: Any, **sheet: Any) -> dict[str, str]:
    """Every lesion's state of a sample with these cells in its row."""
    sample = from_home("Sample")("s", "p", "diagnosis", genome.assembly, **sheet)
    case = from_home("read_case")(sample, None, genome, knowledge, from_home("Settings")(), lambda _: None)
    return {id: call.state.value for id, call in from_home("call_all")(case).items()}


def digest(folder: Path) -> str:
    content = b"".join(path.read_bytes() for path in sorted(folder.iterdir()))
    return hashlib.sha256(content).hexdigest()[:16]


def copy_number(every: int) -> Iterator[Row]:
    """Simulated karyotypes: lesions of whole chromosomes as their validation calls them, others by all rules."""
    table = importlib.import_module("tests.makers.truth_table")
    genome, knowledge = from_home("Genome").load("GRCh38"), from_home("Knowledge").load()
    dialects = (*table.ALLELE_DIALECTS, *table.RATIO_DIALECTS, *table.TOTAL_DIALECTS)
    for run in list(table.runs(None, dialects))[::every]:
        with tempfile.TemporaryDirectory() as folder:
            found = table.outcome(run, Path(folder), genome, knowledge)
            path = Path(folder) / table.file_name(run.dialect)
            said = states(genome, knowledge, copy_number=(path,), assay="wgs", sex=run.karyotype.sex)
            written = digest(Path(folder))
        own = (found.hypodiploidy, found.hyperdiploidy, found.iamp21)
        said |= {call.id: call.state.value for call in own}
        kind = run.karyotype.kind
        true = {
            "hypodiploidy": run.karyotype.hypodiploid,
            "high_hyperdiploidy": kind == "hyperdiploid",
            "iamp21": kind.startswith("iamp21"),
        }
        suite = "copy number: deletions, copies stated" if run.dialect in STATED else FITTED_DELETIONS
        for lesion in WHOLE:
            yield Row("copy number", run.label, kind, lesion, true[lesion], said[lesion], written)
        for lesion, chrom in DELETIONS.items() if not run.karyotype.doubled else ():
            lost = run.karyotype.states[chrom][0] < 2
            yield Row(suite, run.label, kind, lesion, lost, said[lesion], written)


def fusions(every: int) -> Iterator[Row]:
    """Every fusion of the table alone in a file, in both assemblies and four dialects."""
    write = importlib.import_module("tests.makers.structural").write_junctions
    open_by_rule = from_home("EQUIVOCAL")
    for assembly in ASSEMBLIES:
        genome, knowledge = from_home("Genome").load(assembly), from_home("Knowledge").load()
        for name, own, junction in list(from_home("simulated")(genome))[::every]:
            for dialect in DIALECTS:
                with tempfile.TemporaryDirectory() as folder:
                    path = write(dialect, Path(folder) / "calls.vcf", [junction], assembly)
                    named = {"tumor_name": "TUMOR", "normal_name": "NORMAL"} if "\tTUMOR" in path.read_text() else {}
                    said = states(genome, knowledge, structural_variants=(path,), assay="wgs", **named)
                    written = digest(Path(folder))
                for lesion, state in said.items():
                    true = lesion == own and name not in open_by_rule
                    yield Row("fusions", f"{assembly} {dialect} {name} {own}", name, lesion, true, state, written)


def evolution(every: int) -> Iterator[Row]:
    """Categories of simulated mutations between time points; swapped patients have none."""
    module = importlib.import_module("scripts.validate_evolution")
    genome, knowledge = module.Genome.load("GRCh38"), module.Knowledge.load()
    for seed, suite in ((1, "evolution"), (2, "evolution near the limits")):
        rng = importlib.import_module("numpy.random").default_rng(seed)
        for number in range(0, 60 // every):
            event = module.EVENTS[number % len(module.EVENTS)]
            clones = module.CLONES if seed == 1 else module.anywhere(rng)
            with tempfile.TemporaryDirectory() as folder:
                patient = module.simulated(Path(folder), number, rng, event, 4, clones)
                written = digest(Path(folder))
                compared = module.compare(list(patient.points), genome, knowledge)
            told = str(bool(module.flagged(event, compared))).lower()
            yield Row(f"evolution: {event}", f"{suite} {number}", "true", "identity", True, told, written)
            for found in compared["events"] if event != "swap" else ():
                if found["kind"] == "small_variant" and found["id"] in patient.truth:
                    truth = patient.truth[found["id"]][0]
                    case = f"patient {number} {found['id']}"
                    yield Row(suite, case, truth, truth, True, found["category"], written)


def structural(data: Path) -> Iterator[Row]:
    """Junctions of the truth set that each caller's file gives; counted, not named."""
    found = importlib.import_module("scripts.validate_structural").run(data / "structural_variants")
    for name, agreement in found["COLO829"].items():
        for number in range(agreement.first):
            state = "detected" if number < agreement.matched else "not_assessable"
            yield Row("COLO829", f"{name} {number}", "junction", name, True, state, "")


# ---------------------------------------------------------------- two checkouts


def rows_of(root: Path, options: argparse.Namespace) -> list[Row]:
    """What a checkout tells, run with its own interpreter and its own modules."""
    command = [str(root / ".venv" / "bin" / "python"), str(Path(__file__).resolve()), "--tell", str(root)]
    command += ["--every", str(options.every), *(["--data", str(options.data)] if options.data else [])]
    told = subprocess.run(command, check=True, cwd=root, stdout=subprocess.PIPE, text=True).stdout
    return [Row(**json.loads(line)) for line in told.splitlines()]


Pair = tuple[Row, Row]


def paired(old: Iterable[Row], new: Iterable[Row]) -> list[Pair]:
    """Rows of the same simulation and lesion. Exits where the two checkouts did not write the same files."""
    known = {row.key: row for row in new}
    pairs = [(row, known[row.key]) for row in old if row.key in known]
    differing = {one.case for one, other in pairs if one.digest != other.digest}
    if differing:
        raise SystemExit(f"{len(differing)} simulations were not written alike, the first: {sorted(differing)[0]}")
    return pairs


def share(pairs: Sequence[Pair], side: int, asked: Callable[[Row], bool]) -> float:
    """Per cent of the rows of one side (0 old, 1 new)."""
    return 100 * sum(asked(pair[side]) for pair in pairs) / len(pairs)


def report(pairs: Sequence[Pair]) -> Iterator[str]:
    """Two tables in Markdown: shares by suite and lesion, and every change."""
    groups: dict[tuple[str, str], list[Pair]] = {}
    for pair in sorted(pairs, key=lambda pair: pair[0].suite):
        groups.setdefault((pair[0].suite, "all"), []).append(pair)
        if pair[0].true and not pair[0].suite.startswith("evolution"):
            groups.setdefault((pair[0].suite, f"true {pair[0].lesion}"), []).append(pair)
    yield "| simulations | lesion | states | sensitivity before | now | decided before | now | wrong before | now |"
    yield "|---|---|---:|---:|---:|---:|---:|---:|---:|"
    for (suite, lesion), found in sorted(groups.items()):
        true = [pair for pair in found if pair[0].true]
        called = [f"{share(true, side, lambda row: row.right):.2f}" if true else "" for side in (0, 1)]
        decided = [f"{share(found, side, lambda row: row.decided):.2f}" for side in (0, 1)]
        wrong = [str(sum(pair[side].wrong for pair in found)) for side in (0, 1)]
        yield f"| {' | '.join([suite, lesion, str(len(found)), *called, *decided, *wrong])} |"
    yield ""
    yield "| simulations | lesion there? | before | now | states |"
    yield "|---|---|---|---|---:|"
    for (suite, there, before, now), count in sorted(changes(pairs).items()):
        yield f"| {suite} | {there} | {before} | {now} | {count} |"


def changes(pairs: Iterable[Pair]) -> Counter[tuple[str, str, str, str]]:
    """How often a state became another, by suite and truth."""
    return Counter(
        (old.suite, "yes" if old.true else "no", old.state.replace("_", " "), new.state.replace("_", " "))
        for old, new in pairs
        if old.state != new.state
    )


def losses(pairs: Sequence[Pair]) -> list[tuple[str, str]]:
    """Shares that fell by more than what is allowed, each with its suite; sensitivity also by lesion."""
    found = []
    for suite in dict.fromkeys(pair[0].suite for pair in pairs):
        own = [pair for pair in pairs if pair[0].suite == suite]
        asked = [("decided", own, lambda row: row.decided)]
        for lesion in sorted({pair[0].lesion for pair in own if pair[0].true}):
            true = [pair for pair in own if pair[0].true and pair[0].lesion == lesion]
            asked.append((f"sensitivity of {lesion}", true, lambda row: row.right))
        for name, chosen, what in asked:
            before, now = (share(chosen, side, what) for side in (0, 1))
            if now < before - ALLOWED:
                found.append((suite, f"{suite}, {name}: {before:.2f} -> {now:.2f}"))
    return found


def write(lines: Sequence[str]) -> None:
    """The tables between the two marks of docs/validation.md."""
    page = Path(__file__).resolve().parents[1] / "docs" / "validation.md"
    start, end = f"<!-- {SECTION}: begin -->", f"<!-- {SECTION}: end -->"
    before, _, rest = page.read_text(encoding="utf-8").partition(start)
    _, _, after = rest.partition(end)
    page.write_text("\n".join([before + start, "", *lines, "", end + after]), encoding="utf-8")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("checkouts", nargs="*", type=Path, metavar="CHECKOUT", help="OLD and NEW")
    parser.add_argument("--tell", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--every", type=int, default=1, help="every n-th simulation")
    parser.add_argument("--data", type=Path, help="the folder of real caller outputs")
    parser.add_argument("--rows", type=Path, help="also write every row, both states")
    parser.add_argument("--write", action="store_true", help="put the tables into docs/validation.md")
    options = parser.parse_args()
    if options.tell is not None:
        tell(options.tell, options.every, options.data)
        return 0
    if len(options.checkouts) != 2:
        parser.error("two checkouts are needed: OLD NEW")
    with ThreadPoolExecutor(2) as pool:
        old, new = pool.map(lambda root: rows_of(root.resolve(), options), options.checkouts)
    pairs = paired(old, new)
    lines = list(report(pairs))
    print("\n".join(lines))
    if options.write:
        write(lines)
    if options.rows:
        options.rows.write_text("".join(json.dumps([asdict(a), asdict(b)]) + "\n" for a, b in pairs))
    found = losses(pairs)
    for suite, words in found:
        print(f"{words}{f' ({OWED[suite]})' if suite in OWED else ''}")
    fallen = [words for suite, words in found if suite not in OWED]
    print(
        f"\n{len(pairs)} states compared; {len(fallen)} shares fell by more than {ALLOWED} points", *fallen, sep="\n  "
    )
    return 1 if fallen else 0


if __name__ == "__main__":
    sys.exit(main())
