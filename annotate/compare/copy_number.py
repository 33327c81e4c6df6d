"""Copy number over time: genes lost or gained, arms and whole chromosomes, and the chromosome count.

A profile shows the dominant clone. `gained` and `lost` therefore mean: the other profile could have shown the
change in most cells, and shows the usual copies. A minor clone below that may always have been there, which
is said. A profile of too few leukaemic cells, of a coarser resolution than the deletion, or none at all
states nothing: `…_or_below_limit`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from annotate.compare.categories import MIRROR, Verdict
from annotate.compare.events import Event, over_time
from annotate.compare.timepoints import TimepointData
from annotate.knowledge import cutoffs
from annotate.knowledge.tables import Knowledge

KINDS: Mapping[str, str] = {
    "homozygous_deletion": "loss",
    "deletion": "loss",
    "cnloh": "cnloh",
    "gain": "gain",
    "amplification": "gain",
}
WORDS: Mapping[str, str] = {"loss": "deletion", "cnloh": "copy-neutral LOH", "gain": "gain"}
Cell = Mapping[str, Any]


def copy_number(timepoints: Sequence[TimepointData], names: Sequence[str], knowledge: Knowledge) -> list[Event]:
    """Events of genes with focal changes, of chromosomes and arms, and of the chromosome count."""
    count = list(_count(timepoints, names))
    if not any(data.report["copy_number"] for data in timepoints):
        return count
    return [
        *count,
        *_chromosomes(timepoints, names, knowledge),
        *_genes(timepoints, names, knowledge),
    ]


# ---------------------------------------------------------------- genes


def _genes(timepoints: Sequence[TimepointData], names: Sequence[str], knowledge: Knowledge) -> Iterator[Event]:
    """Genes whose copies changed focally at some time point; arms and chromosomes are events of their own."""
    tables = [_gene_table(data) for data in timepoints]
    wanted = {
        (gene, KINDS[row["call"]])
        for table in tables
        for gene, row in table.items()
        if row["call"] in KINDS and row["level"] in (None, "focal")
    }
    for gene, kind in sorted(wanted):
        cells = [
            _gene_cell(table.get(gene), kind, data, knowledge) for table, data in zip(tables, timepoints, strict=True)
        ]
        yield _event(f"{gene}:{kind}", gene, f"{gene} {WORDS[kind]}", cells, names, knowledge)


def _gene_table(data: TimepointData) -> dict[str, Cell]:
    profile = data.report["copy_number"]
    return {row["gene"]: row for row in profile["genes"]} if profile else {}


def _gene_cell(row: Cell | None, kind: str, data: TimepointData, knowledge: Knowledge) -> dict[str, Any]:
    cell = _blank(data)
    if row is None or row["call"] == "not_assessable":
        cell["notes"] = cell["notes"] or (f"no usable copy number of the gene at {data.timepoint}",)
        return cell
    present: bool | None = KINDS.get(row["call"]) == kind
    if not row.get("certain", True):
        cell["notes"] = (f"not every reading of the profile of {data.timepoint} that fits has it",)
        present = None
    cell.update(
        copies=row["total"],
        minor=row["minor"],
        call=row["call"],
        level=row["level"],
        start=row["start"],
        end=row["end"],
        subclonal=row["subclonal"],
        exons=row["exons"],
    )
    cell["present"] = _absence(cell, data, knowledge) if present is False else present
    return _stated(cell)


def _absence(cell: dict[str, Any], data: TimepointData, knowledge: Knowledge) -> bool | None:
    """Does this profile state that the change is absent? Notes say why not."""
    profile = data.report["copy_number"] or {}
    if profile.get("altered_only") or profile.get("fit") == "failed":
        cell["notes"] = (f"the profile of {data.timepoint} excludes nothing: a list of changes, or a fit that failed",)
        return None
    purity, least = data.purity, knowledge.value(cutoffs.ASSESS_MIN_PURITY_FOR_NEGATIVE)
    if purity is not None and purity < least:
        cell["notes"] = (f"purity {purity:.2f} at {data.timepoint} is too low to exclude it",)
        return None
    return False


def _blank(data: TimepointData) -> dict[str, Any]:
    profile = data.report["copy_number"]
    notes = () if profile else (f"no copy number at {data.timepoint}",)
    resolution = profile["resolution"] if profile else None
    return {
        "present": None,
        "state": "not_assessable",
        "notes": notes,
        "resolution": resolution,
        "no_input": profile is None,
    }


def _stated(cell: dict[str, Any]) -> dict[str, Any]:
    words = {True: "detected", False: "not_detected", None: "not_assessable"}
    cell["state"] = words[cell["present"]]
    if cell["present"] and cell.get("subclonal"):
        cell["state"] = "detected_subclonal"
    return cell


# ---------------------------------------------------------------- chromosomes


def _chromosomes(timepoints: Sequence[TimepointData], names: Sequence[str], knowledge: Knowledge) -> Iterator[Event]:
    """Whole chromosomes and arms whose copies differ from those of a normal cell at some time point."""
    for chrom in (*map(str, range(1, 23)), "X", "Y"):
        states = [_chromosome(data, chrom) for data in timepoints]
        for part in ("whole", "p", "q"):
            for kind in ("loss", "gain", "cnloh"):
                cells = [
                    _chromosome_cell(state, chrom, part, kind, data, knowledge)
                    for state, data in zip(states, timepoints, strict=True)
                ]
                if any(cell["present"] for cell in cells):
                    where = f"chromosome {chrom}" if part == "whole" else f"{chrom}{part}"
                    what = {"loss": "loss", "gain": "gain", "cnloh": "copy-neutral LOH"}[kind]
                    yield _event(f"chr{chrom}:{part}:{kind}", None, f"{what} of {where}", cells, names, knowledge)


def _chromosome(data: TimepointData, chrom: str) -> Cell | None:
    profile = data.report["copy_number"]
    found: Cell | None = profile["chromosomes"].get(chrom) if profile else None
    return found


def _chromosome_cell(
    state: Cell | None, chrom: str, part: str, kind: str, data: TimepointData, knowledge: Knowledge
) -> dict[str, Any]:
    cell = _blank(data)
    if state is None or state["total"] is None:
        cell["notes"] = cell["notes"] or (f"no usable copy number of chromosome {chrom} at {data.timepoint}",)
        return cell
    normal = _normal(chrom, data)
    if normal is None:
        cell["notes"] = ("the sex is not known",)
        return cell
    p, q = state.get("p_total"), state.get("q_total")
    arms_differ = p is not None and q is not None and p != q
    total = state["total"] if part == "whole" else (p if part == "p" else q)
    if part == "whole" and arms_differ:
        total = None
    if part != "whole" and not arms_differ:
        total = None
    changed = total is not None and _kind(total, state, normal, part) == kind
    cell.update(copies=total if total is not None else state["total"], minor=state["minor"])
    cell["subclonal"] = state.get("subclonal", False)
    if not state.get("certain", True):
        cell["notes"] = (f"readings of the profile of {data.timepoint} that fit disagree on chromosome {chrom}",)
        cell["present"] = None
    else:
        cell["present"] = True if changed else _absence(cell, data, knowledge)
    return _stated(cell)


def _kind(total: int, state: Cell, normal: int, part: str) -> str | None:
    if total < normal:
        return "loss"
    if total > normal:
        return "gain"
    whole = part == "whole" and normal == 2 and state["minor"] == 0 and (state["loh_fraction"] or 0) > 0.9
    return "cnloh" if whole else None


def _normal(chrom: str, data: TimepointData) -> int | None:
    if chrom not in ("X", "Y"):
        return 2
    profile = data.report["copy_number"]
    sex = data.sample.sex if data.sample.sex != "unknown" else (profile or {}).get("sex")
    return {"female": {"X": 2, "Y": 0}, "male": {"X": 1, "Y": 1}}.get(sex or "", {}).get(chrom)


# ---------------------------------------------------------------- the count


def _count(timepoints: Sequence[TimepointData], names: Sequence[str]) -> Iterator[Event]:
    """The modal number: `preserved`, `rising` or `falling` say how the number itself changed."""
    numbers = [_modal(data) for data in timepoints]
    if not any(number for number, _ in numbers):
        return
    at = {
        name: {
            "vaf": None, "depth": None, "ccf": None, "ccf_interval": None,
            "state": "detected" if number is not None else "not_assessable", "copies": number, "source": source,
        }
        for name, (number, source) in zip(names, numbers, strict=True)
    }  # fmt: skip

    def step(one: int, two: int) -> Verdict:
        return _compare_counts(numbers[one][0], numbers[two][0], (names[one], names[two]))

    verdict, steps = over_time(names, [True] * len(names), step)
    known = " → ".join(str(number) if number is not None else "?" for number, _ in numbers)
    yield Event(
        "copy_number", "chromosome_count", None, f"chromosome count {known}", verdict.category, at, None,
        verdict.reasons, steps,
    )  # fmt: skip


def _modal(data: TimepointData) -> tuple[int | None, str | None]:
    """From copy number, else from the largest leukaemic clone of the karyotype."""
    profile = data.report["copy_number"]
    if profile and profile["modal_number"] is not None:
        return int(profile["modal_number"]), "copy number"
    karyotype = data.report.get("karyotype")
    clones = [c for c in (karyotype or {}).get("clones", ()) if not c["donor"] and c["low"] == c["high"] is not None]
    if not clones:
        return None, None
    best = max(clones, key=lambda clone: (bool(clone["tokens"]), clone["metaphases"] or 0))
    return int(best["low"]), "karyotype"


def _compare_counts(one: int | None, two: int | None, names: tuple[str, str]) -> Verdict:
    if one is None or two is None:
        missing = names[0] if one is None else names[1]
        return Verdict("undetermined", (f"the chromosome count at {missing} is not known",))
    if one == two:
        return Verdict("preserved", (f"{one} chromosomes at both time points",))
    text = f"{one} chromosomes at {names[0]}, {two} at {names[1]}"
    doubled = [max(one, two), min(one, two)]
    if doubled[1] < 45 and abs(doubled[0] - 2 * doubled[1]) <= 2:
        return Verdict("rising" if two > one else "falling", (text, "one is the doubled form of the other"))
    return Verdict("rising" if two > one else "falling", (text,))


# ---------------------------------------------------------------- events


def _event(
    id: str, gene: str | None, name: str, cells: Sequence[Cell], names: Sequence[str], knowledge: Knowledge
) -> Event:
    def step(one: int, two: int) -> Verdict:
        return _compare(cells[one], cells[two], (names[one], names[two]), knowledge)

    verdict, steps = over_time(names, [cell["present"] for cell in cells], step)
    at = {name: _shown(cell) for name, cell in zip(names, cells, strict=True)}
    return Event("copy_number", id, gene, name, verdict.category, at, verdict.power, verdict.reasons, steps)


def _shown(cell: Cell) -> dict[str, Any]:
    left_out = ("present", "notes", "resolution", "no_input")
    extra = {key: value for key, value in cell.items() if key not in left_out and key != "state"}
    return {"vaf": None, "depth": None, "ccf": None, "ccf_interval": None, "state": cell["state"], **extra}


def _compare(one: Cell, two: Cell, names: tuple[str, str], knowledge: Knowledge) -> Verdict:
    if one["present"] and two["present"]:
        return _both(one, two, names, knowledge)
    if two["present"]:
        return _appeared(one, two, names)
    if one["present"]:
        verdict = _appeared(two, one, (names[1], names[0]))
        return Verdict(MIRROR.get(verdict.category, verdict.category), verdict.reasons, verdict.power)
    return Verdict("undetermined", ("seen at neither time point",))


def _appeared(absent: Cell, present: Cell, names: tuple[str, str]) -> Verdict:
    if absent["no_input"]:
        return Verdict("undetermined", absent["notes"])
    if absent["present"] is None:
        return Verdict("gained_or_below_limit", absent["notes"] or (f"not assessable at {names[0]}",))
    start, end, resolution = present.get("start"), present.get("end"), absent["resolution"]
    if start and end and resolution and end - start + 1 < resolution:
        text = f"{end - start + 1:,} bases; {names[0]} resolves {resolution:,} bases at best"
        return Verdict("gained_or_below_limit", (text,))
    text = f"the profile of {names[0]} shows the usual copies; a clone in a minority of cells would not show"
    return Verdict("gained", (text,))


def _both(one: Cell, two: Cell, names: tuple[str, str], knowledge: Knowledge) -> Verdict:
    notes = [f"copies {_copies(one)} at {names[0]}, {_copies(two)} at {names[1]}"]
    if one.get("call") == "deletion" and two.get("call") == "homozygous_deletion":
        notes.append(f"the second copy was lost by {names[1]}")
    overlap = _overlap(one, two)
    if overlap is not None and overlap < knowledge.value(cutoffs.EVOLUTION_SAME_DELETION_OVERLAP):
        notes.append("the breakpoints differ: perhaps two events in two clones, not one that was kept")
    if one.get("subclonal") and not two.get("subclonal"):
        return Verdict("rising", tuple(notes))
    if two.get("subclonal") and not one.get("subclonal"):
        return Verdict("falling", tuple(notes))
    return Verdict("stable" if one.get("subclonal") else "preserved", tuple(notes))


def _overlap(one: Cell, two: Cell) -> float | None:
    """Reciprocal overlap of the two altered segments."""
    ends = [int(cell[side]) for cell in (one, two) for side in ("start", "end") if cell.get(side) is not None]
    if len(ends) < 4:
        return None
    shared = min(ends[1], ends[3]) - max(ends[0], ends[2]) + 1
    return max(0, shared) / max(ends[1] - ends[0] + 1, ends[3] - ends[2] + 1)


def _copies(cell: Cell) -> str:
    total, minor = cell.get("copies"), cell.get("minor")
    if total is None:
        return "?"
    return f"{total:g}" + (f" ({total - minor:g}+{minor:g})" if minor is not None else "")
