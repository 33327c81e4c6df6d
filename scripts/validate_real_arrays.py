"""Real arrays of acute lymphoblastic leukaemia against their published gene calls.

Reads the public SNP arrays of patient-derived xenografts (log2 only, no sex chromosomes) with the purity that such a
sample has and without any, and compares what is said of each gene with the published call; then the series of one
patient. The data are not part of the repository: `--data FOLDER` names the folder of `all_pdx_arrays.seg` and
`truth.tsv`. Prints tables as Markdown; `--write` puts them into docs/validation.md. Exit code 1 where a published
loss is excluded, a published homozygous deletion is missed, or an event rests on readings that do not agree.
"""

from __future__ import annotations

import argparse
import csv
import sys
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from annotate.base.settings import Settings  # noqa: E402
from annotate.compare import compare  # noqa: E402
from annotate.compare.timepoints import TimepointData  # noqa: E402
from annotate.knowledge.tables import Knowledge  # noqa: E402
from annotate.model.copy_number import CopyNumberProfile, GeneCopies  # noqa: E402
from annotate.model.lesion import LesionCall  # noqa: E402
from annotate.model.sample import Sample  # noqa: E402
from annotate.model.state import State  # noqa: E402
from annotate.reference.genome import Genome  # noqa: E402
from annotate.report.json.build import build_report  # noqa: E402
from annotate.run.sample import analyse  # noqa: E402

DATA = ROOT.parent / "shared" / "data" / "copy_number" / "array_pdx"
START, END = "<!-- real arrays: begin -->", "<!-- real arrays: end -->"
PURITY = 0.98  # of human DNA in a xenograft
LESIONS: Mapping[str, str] = {
    "CDKN2A": "cdkn2ab_deletion",
    "CDKN2B": "cdkn2ab_deletion",
    "IKZF1": "ikzf1_deletion",
    "PAX5": "pax5_deletion",
    "ETV6": "etv6_deletion",
    "TP53": "tp53_deletion",
    "RB1": "rb1_deletion",
    "BTG1": "btg1_deletion",
}
HOMOZYGOUS, LOST = "Hom_Deletion", ("Hom_Deletion", "Hem_Deletion")
STATES = tuple(State)


@dataclass(frozen=True, slots=True)
class Array:
    """One array as published: its sex, patient, phase and gene calls."""

    sample: str
    patient: str
    phase: str
    sex: str
    calls: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Judged:
    """What was said of one array."""

    array: Array
    purity: float | None
    profile: CopyNumberProfile
    lesions: Mapping[str, LesionCall]
    report: dict[str, Any]
    sample: Sample

    def gene(self, name: str) -> GeneCopies:
        return self.profile.genes[name]


def arrays(folder: Path) -> list[Array]:
    with open(folder / "truth.tsv", newline="") as file:
        return [
            Array(row["sample"], row["patient"], row["phase"], row["sex"].lower(), row)
            for row in csv.DictReader(file, delimiter="\t")
        ]


def judge(array: Array, folder: Path, purity: float | None, number: int) -> Judged:
    timepoint = "diagnosis" if array.phase == "Diagnosis" else "relapse" if number < 2 else f"relapse{number}"
    sample = Sample(
        array.sample,
        array.patient,
        timepoint,
        "GRCh37",
        sex=array.sex,  # type: ignore[arg-type]
        copy_number=(folder / "all_pdx_arrays.seg",),
        tumor_name=array.sample,
        assay="array",
        purity=purity,
    )
    analysis = analyse(sample, None, Settings())
    profile = analysis.case.profile
    if profile is None:
        raise AssertionError("an array without a profile")
    return Judged(array, purity, profile, analysis.calls, build_report(analysis), sample)


# ---------------------------------------------------------------- what must hold


def faults(item: Judged) -> Iterator[str]:
    for gene, id in LESIONS.items():
        published, call = item.array.calls.get(gene, ""), item.lesions[id]
        told = f"{item.array.sample}, purity {item.purity or 'not given'}: {gene} {published}, {id} {call.state}"
        if published in LOST and call.state is State.NOT_DETECTED:
            yield told
        if published == HOMOZYGOUS and not call.state.present:
            yield told


def unsure_events(items: Sequence[Judged], result: Mapping[str, Any]) -> Iterator[str]:
    """Chromosome and gene events of a series that rest on copies which not every reading has."""
    by_name = {item.sample.timepoint: item for item in items}
    for event in result["events"]:
        for timepoint, cell in event["at"].items():
            item = by_name.get(timepoint)
            told = event["kind"] == "copy_number" and cell["state"] in ("detected", "not_detected")
            if item is not None and told and not _carried(event["id"], item):
                yield f"{item.array.patient} {timepoint}: {event['name']} ({cell['state']}) rests on one reading"


def compared(items: Sequence[Judged]) -> dict[str, Any]:
    genome, knowledge = Genome.load("GRCh37"), Knowledge.load()
    return compare([TimepointData(report=item.report, sample=item.sample) for item in items], genome, knowledge)


def _carried(id: str, item: Judged) -> bool:
    kind, _, rest = id.partition(":")
    if kind.startswith("chr") and rest:
        state = item.profile.chromosomes.get(kind.removeprefix("chr"))
        return state is None or state.certain
    found = item.profile.genes.get(kind)
    return found is None or found.certain


# ---------------------------------------------------------------- tables


def tables(judged: Sequence[Judged]) -> Iterator[str]:
    for purity in dict.fromkeys(item.purity for item in judged):
        chosen = [item for item in judged if item.purity == purity]
        yield ""
        yield f"### Purity {'not given' if purity is None else f'{purity:g} (column `purity`)'}"
        yield ""
        yield f"| gene, as published | arrays | {' | '.join(state.value.replace('_', ' ') for state in STATES)} |"
        yield "|---|---:|" + "---:|" * len(STATES)
        for gene, id in LESIONS.items():
            for call in (*LOST, ""):
                states = Counter(item.lesions[id].state for item in chosen if item.array.calls.get(gene) == call)
                if states:
                    words = call.replace("_", " ") or "nothing called"
                    cells = " | ".join(str(states[state] or "") for state in STATES)
                    yield f"| {gene}, {words} | {states.total()} | {cells} |"
        yield ""
        yield "| compression (gamma) | from | arrays |"
        yield "|---|---|---:|"
        scales = Counter((round(item.profile.scale.gamma, 1), item.profile.scale.source.value) for item in chosen)
        for (gamma, source), number in sorted(scales.items(), key=lambda entry: (entry[0][1], entry[0][0])):
            yield f"| {gamma:g} | {source} | {number} |"


def series(judged: Sequence[Judged]) -> Iterator[str]:
    """The arrays of one patient, one after the other."""
    yield ""
    yield "### Series of one patient"
    yield ""
    yield "| patient | arrays | purity | preserved | gained or lost | not told |"
    yield "|---|---|---|---:|---:|---:|"
    for items in groups(judged):
        counts = Counter(event["category"] for event in compared(items)["events"] if event["kind"] == "copy_number")
        told = sum(counts[name] for name in ("gained", "lost", "rising", "falling"))
        kept = counts["preserved"] + counts["stable"]
        names = ", ".join(item.array.sample for item in items)
        known = "not given" if items[0].purity is None else f"{items[0].purity:g}"
        yield f"| {items[0].array.patient} | {names} | {known} | {kept} | {told} | {counts.total() - told - kept} |"


def groups(judged: Sequence[Judged]) -> Iterator[list[Judged]]:
    """Arrays of a patient with several, judged with the same purity."""
    found: dict[tuple[str, float | None], list[Judged]] = {}
    for item in judged:
        found.setdefault((item.array.patient, item.purity), []).append(item)
    yield from (items for items in found.values() if len(items) > 1)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=DATA, help="folder of all_pdx_arrays.seg and truth.tsv")
    parser.add_argument("--write", action="store_true", help="put the tables into docs/validation.md")
    parser.add_argument("--only", default="", help="arrays whose name holds this text")
    parser.add_argument("--verbose", action="store_true", help="what is said of each published loss")
    options = parser.parse_args()
    if not (options.data / "truth.tsv").is_file():
        print(f"left out: {options.data} is not here")
        return 0
    judged = list(judge_all(options.data, options.only))
    wrong = [text for item in judged for text in faults(item)]
    wrong += [text for items in groups(judged) for text in unsure_events(items, compared(items))]
    lines = [
        f"{len(judged) // 2} arrays (log2 only), each with the purity of a xenograft and with none. Published losses"
        f" excluded, published homozygous deletions missed, events that not every reading carries: **{len(wrong)}**.",
        *tables(judged),
        *series(judged),
    ]
    print("\n".join(lines))
    for text in wrong:
        print(f"* {text}")
    if options.verbose:
        print("\n".join(said(judged)))
    if options.write:
        write(lines)
    return 1 if wrong else 0


def judge_all(folder: Path, only: str) -> Iterator[Judged]:
    for purity in (PURITY, None):
        seen: Counter[str] = Counter()
        for array in sorted(arrays(folder), key=lambda item: (item.patient, item.phase != "Diagnosis")):
            if only in array.sample:
                seen[array.patient] += array.phase != "Diagnosis"
                yield judge(array, folder, purity, seen[array.patient])


def said(judged: Sequence[Judged]) -> Iterator[str]:
    for item in judged:
        scale = item.profile.scale
        yield (
            f"{item.array.sample}\t{item.purity}\tpurity {item.profile.purity}\tgamma {scale.gamma:g} ({scale.low:g}"
            f" to {scale.high:g}, {scale.source})\tploidy {item.profile.ploidy}\t{len(item.profile.others)} others"
        )
        for gene, id in LESIONS.items():
            copies, call = item.gene(gene), item.lesions[id]
            log2 = "" if copies.log2 is None else f"{copies.log2:.2f}"
            if item.array.calls.get(gene, "") in LOST or (copies.log2 or 0) < -0.15:
                doubt = f"{'' if copies.certain else ' (not certain)'}{' subclonal' if copies.subclonal else ''}"
                published = item.array.calls.get(gene, "")
                yield f"    {gene}\t{published}\tlog2 {log2}\t{copies.call}{doubt}\t{call.state}"


def write(lines: Sequence[str]) -> None:
    """The section between the two marks of docs/validation.md, made where it is missing."""
    path = ROOT / "docs" / "validation.md"
    text = path.read_text(encoding="utf-8") if path.exists() else "# Validation\n"
    body = "\n".join([START, "", "Made by `make validate-real`.", "", *lines, "", END])
    if START in text and END in text:
        before, rest = text.split(START, 1)
        text = before + body + rest.split(END, 1)[1]
    else:
        text = text.rstrip() + "\n\n## Real arrays\n\n" + body + "\n"
    path.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
