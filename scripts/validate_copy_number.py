"""Truth table of the chromosome-level lesions: simulated karyotypes through callers' files, readers and rules.

Prints confusion tables as Markdown; `--write` puts them into docs/validation.md. Exit code 1 where something was
said that must never be said.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from annotate.knowledge.tables import Knowledge  # noqa: E402
from annotate.reference.genome import Genome  # noqa: E402
from tests.makers.karyotypes import Simulated, catalogue  # noqa: E402
from tests.makers.truth_table import (  # noqa: E402
    ALLELE_DIALECTS,
    ARRAY_NOISE,
    ARRAY_OFFSET,
    NOISES,
    PURITIES,
    RATIO_DIALECTS,
    TOTAL_DIALECTS,
    Outcome,
    Run,
    Stated,
    array_runs,
    faults,
    outcome,
    runs,
)

STATES = ("detected", "detected_subclonal", "equivocal", "not_detected", "not_assessable")
HEADS = ("detected", "subclonal", "equivocal", "not detected", "not assessable")
ARRAY_ROWS = {
    "iamp21": ("iamp21", "iamp21_atypical", "polysomy_21"),
    "hypodiploidy": ("near_haploid_doubled", "low_hypodiploid_doubled", "near_diploid"),
}
UNDECIDED = (
    "Where the sheet states neither purity nor gamma, log2 has two unknowns: half the leukaemic cells at full signal"
    " look like all of them at half of it. A peak of 21q stays equivocal then, as its height and the copies of the"
    " telomere under it cannot be counted; `purity` in the sheet settles it (the compression is then fitted), or FISH"
    " of RUNX1. Doubled clones are told from B-allele frequencies, which arrays do not compress; from log2 alone a"
    " doubled clone and the diploid reading fit alike at any gamma, and what is missing is allele-specific data."
)
START, END = "<!-- copy number: begin -->", "<!-- copy number: end -->"


def one(runs_of_one: Sequence[Run], draw: int = 0) -> list[tuple[Outcome, list[str]]]:
    genome, knowledge = Genome.load("GRCh38"), Knowledge.load()
    with tempfile.TemporaryDirectory() as folder:
        found = [outcome(run, Path(folder), genome, knowledge, draw=draw) for run in runs_of_one]
    return [(item, faults(item)) for item in found]


def table(found: Sequence[Outcome], lesion: str) -> Iterator[str]:
    yield f"| truth | purity | {' | '.join(HEADS)} |"
    yield "|---|---|" + "---:|" * len(HEADS)
    kinds = list(dict.fromkeys(item.run.karyotype.kind for item in found))
    for kind in kinds:
        for purity in PURITIES:
            states = Counter(
                getattr(item, lesion).state.value
                for item in found
                if item.run.karyotype.kind == kind and item.run.purity == purity
            )
            cells = " | ".join(str(states[state] or "") for state in STATES)
            yield f"| {kind.replace('_', ' ')} | {purity:g} | {cells} |"


def arrays_report(found: Sequence[Outcome]) -> Iterator[str]:
    """Arrays by compression: the amplification and the masked forms, with and without what the sheet can state."""
    arrays = [item for item in found if item.run.gamma is not None]
    if not arrays:
        return
    yield ""
    yield f"### Arrays: log2 compressed, noise {ARRAY_NOISE:g} of the true log2, offset {ARRAY_OFFSET:g}"
    yield ""
    yield UNDECIDED
    for lesion, kinds in ARRAY_ROWS.items():
        yield ""
        yield f"#### {lesion} of {', '.join(kind.replace('_', ' ') for kind in kinds)}"
        yield ""
        yield f"| input | stated in the sheet | gamma | purity | {' | '.join(HEADS)} |"
        yield "|---|---|---|---|" + "---:|" * len(HEADS)
        chosen = [item for item in arrays if item.run.karyotype.kind in kinds]
        for dialect, stated, gamma, purity in dict.fromkeys(map(_array_key, chosen)):
            states = Counter(
                getattr(item, lesion).state.value
                for item in chosen
                if _array_key(item) == (dialect, stated, gamma, purity)
            )
            cells = " | ".join(str(states[state] or "") for state in STATES)
            what = "log2 and B-allele frequency" if dialect in RATIO_DIALECTS else "log2"
            yield f"| {what} | {stated.value} | {gamma:g} | {purity:g} | {cells} |"


def _array_key(item: Outcome) -> tuple[str, Stated, float | None, float]:
    run = item.run
    return run.dialect, run.stated, run.gamma, run.purity


def report(found: Sequence[Outcome], wrong: Sequence[str]) -> Iterator[str]:
    kinds = {
        "Allele-specific copies": ALLELE_DIALECTS,
        "Log2 and B-allele frequency, copies fitted by ALLert": RATIO_DIALECTS,
        "Total copies only": TOTAL_DIALECTS,
    }
    yield (
        f"{len(catalogue())} karyotypes, purity {', '.join(f'{p:g}' for p in PURITIES)}, noise of a segment's log2"
        f" {' and '.join(f'{n:g}' for n in NOISES)} (half of it on the B-allele frequency),"
        f" {sum(item.run.gamma is None for item in found)} runs of sequenced genomes and"
        f" {sum(item.run.gamma is not None for item in found)} of arrays through"
        " written files and the readers. Said what must never be said (a hypodiploid clone excluded, a hyperdiploid"
        " one called hypodiploid, polysomy called iAMP21, a negative that totals cannot give): "
        f"**{len(wrong)}**. Another draw of the noise: `--draw N`."
    )
    for title, dialects in kinds.items():
        chosen = [item for item in found if item.run.dialect in dialects and item.run.gamma is None]
        if not chosen:
            continue
        yield ""
        yield f"### {title} ({', '.join(dialects)})"
        for lesion, name in (
            ("hypodiploidy", "Hypodiploidy"),
            ("hyperdiploidy", "High hyperdiploidy"),
            ("iamp21", "iAMP21"),
        ):
            yield ""
            yield f"#### {name}"
            yield ""
            yield from table(chosen, lesion)
    yield from arrays_report(found)
    if wrong:
        yield ""
        yield "Faults:"
        yield from (f"* {text}" for text in wrong)


def _arrays(karyotype: Simulated) -> Iterator[Run]:
    """Runs of arrays, of the karyotypes whose tables are printed."""
    if any(karyotype.kind in kinds for kinds in ARRAY_ROWS.values()):
        yield from array_runs([karyotype])


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", action="store_true", help="put the tables into docs/validation.md")
    parser.add_argument("--jobs", type=int, default=1, help="processes (default 1)")
    parser.add_argument("--only", default="", help="karyotypes whose name holds this text")
    parser.add_argument("--draw", type=int, default=0, help="another draw of the noise (default 0)")
    options = parser.parse_args()
    dialects = (*ALLELE_DIALECTS, *RATIO_DIALECTS, *TOTAL_DIALECTS)
    karyotypes = [item for item in catalogue() if options.only in item.name]
    batches = [[*runs([item], dialects), *_arrays(item)] for item in karyotypes]
    began = time.perf_counter()
    if options.jobs > 1:
        with ProcessPoolExecutor(options.jobs) as pool:
            results = [item for batch in pool.map(partial(one, draw=options.draw), batches) for item in batch]
    else:
        results = [item for batch in batches for item in one(batch, options.draw)]
    found = [item for item, _ in results]
    wrong = [text for _, texts in results for text in texts]
    lines = list(report(found, wrong))
    print("\n".join(lines))
    print(f"\n{time.perf_counter() - began:.0f} s", file=sys.stderr)
    if options.write:
        write(lines)
    return 1 if wrong else 0


def write(lines: Sequence[str]) -> None:
    """The section between the two marks of docs/validation.md, made where it is missing."""
    path = ROOT / "docs" / "validation.md"
    text = path.read_text(encoding="utf-8") if path.exists() else "# Validation\n"
    body = "\n".join([START, "", "Made by `python scripts/validate_copy_number.py --write`.", "", *lines, "", END])
    if START in text and END in text:
        before, rest = text.split(START, 1)
        text = before + body + rest.split(END, 1)[1]
    else:
        text = text.rstrip() + "\n\n## Copy number\n\n" + body + "\n"
    path.parent.mkdir(exist_ok=True)
    path.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
