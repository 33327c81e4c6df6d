"""The batch at a glance: lesions by sample in their states, risk groups, quality, failures, links.

Tables through pandas: `lesions.tsv` (sample × lesion), `samples.tsv`, and Parquet where `export` lists it.
MultiQC reads `allert_mqc.json` and `allert_states_mqc.json` beside them.
"""

from __future__ import annotations

import os
import shutil
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from annotate.base.errors import InputError
from annotate.base.logs import message_of
from annotate.base.settings import Settings
from annotate.base.writing import tsv_cell, whole_file, write_json, write_text
from annotate.knowledge.specs.lesions import InpogItem, LesionRow
from annotate.knowledge.tables import Knowledge
from annotate.report.json.stored import read_report
from annotate.report.page import child
from annotate.report.page.first_screen import SYMBOLS
from annotate.report.page.flag import literal_group
from annotate.report.page.html import environment, lab
from annotate.report.page.words import wording

STATES = list(SYMBOLS)
LETTERS = {"detected": "d", "detected_subclonal": "u", "equivocal": "e", "not_detected": "n", "not_assessable": "a"}
FEWEST_FOR_OUTLIERS = 8  # samples: fewer have no spread to stand out of
WHOLE = 1000  # samples up to which the page lists all at once
LISTED = 250  # rows at a time of more: what a browser lays out without a pause
FENCE = 3.0  # interquartile ranges beyond the quartiles: Tukey's outer fence
Row = dict[str, Any]


def write_cohort(paths: Sequence[Path], out: Path, settings: Settings, expected: Sequence[str] | None = None) -> None:
    """Write `cohort/index.html`, its tables and the files for MultiQC under `out`.

    `expected` are the ids of the batch; one without a report is named: as failed with the message of its log, or as not
    yet run. Reports of several versions, or of several states of the knowledge, are said to be so.
    """
    unread: dict[str, str] = {}
    rows = {row["sample"]: row for row in _rows(paths, out, expected, unread)}
    missing = [*(id for id in expected or () if id not in rows), *(id for id in unread if id not in (expected or ()))]
    told = {id: unread.get(id) or message_of(out, id) for id in missing}
    failed = [{"sample": id, "message": message} for id, message in told.items() if message]
    waiting = [id for id, message in told.items() if not message]
    if not rows and not missing:
        raise InputError("no report found", path=out, expected="results/<sample>/<sample>.report.json")
    ordered = [rows[id] for id in expected if id in rows] if expected is not None else list(rows.values())
    write_page(ordered, failed, out / "cohort", settings, waiting)
    _export([out / row["sample"] / f"{row['sample']}.report.json" for row in ordered], out, settings)


def _export(paths: Sequence[Path], out: Path, settings: Settings) -> None:
    """Files of the whole batch for other programs, where `export` lists them."""
    from annotate.report.exchange.cbioportal import write_studies
    from annotate.report.exchange.omop import write_measurements
    from annotate.report.exchange.ro_crate import write_crate

    wanted = {"cbioportal", "omop", "ro-crate"} & set(settings.export)
    reports = [read_report(path) for path in paths] if wanted else []
    if "cbioportal" in wanted:
        shutil.rmtree(out / "cohort" / "cbioportal", ignore_errors=True)
        write_studies(reports, out / "cohort" / "cbioportal")
    if "omop" in wanted:
        write_measurements(reports, out / "cohort")
    if "ro-crate" in wanted:
        write_crate(reports, out)


def write_page(
    rows: Sequence[Row],
    failed: Sequence[Mapping[str, str]],
    folder: Path,
    settings: Settings,
    waiting: Sequence[str] = (),
) -> None:
    """Everything of the folder `cohort`, from one row a sample."""
    knowledge = Knowledge.load(settings.knowledge)
    lesions = _lesions(rows, knowledge)
    _tables(rows, lesions, folder, parquet="parquet" in settings.export)
    for name, content in multiqc(rows).items():
        write_json(folder / name, content)
    page = (
        environment()
        .get_template("cohort.html.j2")
        .generate(
            rows=rows,
            listed=len(rows) if len(rows) <= WHOLE else LISTED,
            lesions=lesions,
            failed=failed,
            waiting=waiting,
            versions=_versions(rows),
            groups=_groups(rows, child.versions(knowledge)),
            counts=_counts(rows, lesions),
            outliers=_outliers(rows),
            timepoints=sorted({row["timepoint"] for row in rows}),
            w=wording(knowledge),
            lab=lab(settings.report),
            symbol=SYMBOLS,
            letter=LETTERS,
            widths=_widths(rows),
            states=STATES,
        )
    )
    with whole_file(folder / "index.html") as part, open(part, "w", encoding="utf-8", newline="\n") as out:
        out.writelines(page)  # piece by piece: of ten thousand samples the page alone is 15 MB


def _rows(paths: Sequence[Path], out: Path, expected: Sequence[str] | None, unread: dict[str, str]) -> Iterator[Row]:
    """One row a report; a report is dropped once its row is made, so that thousands fit into memory.

    One that cannot be read goes into `unread`, with its fault: the page names it, and is made of the others.
    """
    if not paths and expected is not None:
        paths = [out / id / f"{id}.report.json" for id in expected]
    elif not paths:
        paths = sorted(out.glob("*/*.report.json"))
    for path in paths:
        if not path.exists():
            continue
        try:
            yield row_of(read_report(path), out)
        except (InputError, KeyError, TypeError, ValueError) as error:
            told = str(error) if isinstance(error, InputError) else f"{path.name} is not a whole report"
            unread[path.name.removesuffix(".report.json")] = told


def row_of(report: Mapping[str, Any], out: Path) -> Row:
    """What the page says of one sample."""
    sample, patient = report["sample"], report["patient"]
    evolution = out / "patients" / patient / f"{patient}.evolution.html"
    quality = report["quality"]
    states = _shared(tuple((lesion["id"], lesion["state"]) for lesion in report["lesions"]))
    dropped = sum(sum(file["dropped"].values()) for file in report["inputs"])
    return {
        "sample": sample,
        "patient": patient,
        "timepoint": report["timepoint"],
        "assembly": report["assembly"],
        "inpog": literal_group(report),
        "entity": next((c["entity"] for c in report["classification"] if c["entity"]), None),
        "purity": quality.get("purity"),
        "ploidy": quality.get("ploidy"),
        "hotspot_depth": quality.get("hotspot_depth_median"),
        "noise": quality.get("copy_number_noise"),
        "segments": quality.get("copy_number_segments"),
        "not_assessable": sum(state == "not_assessable" for state in states.values()),
        "records_read": sum(file["records_read"] for file in report["inputs"]),
        "records_dropped": dropped,
        "warnings": len(report["warnings"]),
        "inputs": ", ".join(sorted({i["kind"].replace("_", " ") for i in report["inputs"]})),
        "identity": list((report["evolution"] or {}).get("identity_alerts") or ()),
        "made_with": (report["provenance"]["allert"], report["provenance"]["knowledge_digest"]),
        "states": states,
        "names": _shared(tuple((lesion["id"], lesion["name"]) for lesion in report["lesions"])),
        "subtypes": {lesion["id"]: lesion["subtype"] for lesion in report["lesions"] if lesion["subtype"]},
        "risk": [(r["scheme"], r["version"], r["group"]) for r in report["risk"]],
        "page": f"../{sample}/{sample}.report.html",
        "evolution": os.path.relpath(evolution, out / "cohort") if evolution.exists() else None,
    }


@cache
def _shared(items: tuple[tuple[str, str], ...]) -> Mapping[str, str]:
    """One mapping for all samples that say the same: most of ten thousand do."""
    return dict(items)


def _versions(rows: Sequence[Row]) -> list[str]:
    """What the reports were made with, where that is not one and the same."""
    found = Counter(row["made_with"] for row in rows)
    return (
        [f"{version}, {digest} ({count})" for (version, digest), count in sorted(found.items())]
        if len(found) > 1
        else []
    )


def _lesions(rows: Sequence[Row], knowledge: Knowledge) -> list[dict[str, Any]]:
    """Columns of the matrix, in the order of the knowledge table: id, name, short name, is it on the list."""
    known = {entry.id: entry for entry in knowledge.rows(LesionRow)}
    listed = {id for id, entry in known.items() if entry.inpog is not InpogItem.NONE}
    names: dict[str, str] = {}
    for row in rows:
        names.update(row["names"])
    order = [id for id in known if id in names] + sorted(set(names) - set(known))
    return [
        {
            "id": id,
            "name": names[id],
            "short": known[id].short_name if id in known else names[id],
            "high": id in listed,
        }
        for id in order
    ]


def _groups(rows: Sequence[Row], shown: Mapping[tuple[str, str], str]) -> list[tuple[str, list[tuple[str, int]]]]:
    """Samples in each group of each scheme."""
    found: dict[str, Counter[str]] = {}
    for row in rows:
        for scheme, version, group in row["risk"]:
            found.setdefault(f"{scheme} ({shown.get((scheme, version), version)})", Counter())[group or "–"] += 1
    return [(scheme, sorted(counts.items(), key=lambda item: (-item[1], item[0]))) for scheme, counts in found.items()]


def _widths(rows: Sequence[Row]) -> list[float]:
    """Widths of the first columns, in rem, by the longest id: fixed, because a browser lays such a table out faster."""
    ids = [[len(str(row[key])) for row in rows] for key in ("sample", "patient", "timepoint")]
    fitted = [round(min(14.0, max(4.5, 1.2 + 0.5 * max(lengths, default=0))), 1) for lengths in ids]
    return [*fitted, 7.0, 13.0]


def _counts(rows: Sequence[Row], lesions: Sequence[Mapping[str, Any]]) -> dict[str, dict[str, int]]:
    counts = {str(lesion["id"]): dict.fromkeys(STATES, 0) for lesion in lesions}
    for row in rows:
        for id, state in row["states"].items():
            counts[id][state] += 1
    return counts


# What may stand out of a batch: row key, words, unusual side, how it is written.
_MEASURES: tuple[tuple[str, str, str, Callable[[float], str]], ...] = (
    ("noise", "copy-number noise", "high", lambda value: f"{value:.3f}"),
    ("segments", "copy-number segments", "high", lambda value: f"{value:.0f}"),
    ("hotspot_depth", "depth at the hotspots", "low", lambda value: f"{value:.0f}"),
    ("purity", "leukaemic cells", "low", lambda value: f"{100 * value:.0f} %"),
    ("not_assessable", "lesions that are not assessable", "high", lambda value: f"{value:.0f}"),
)


def _outliers(rows: Sequence[Row]) -> list[dict[str, str]]:
    """Samples of doubtful identity; then those beyond Tukey's outer fence of the batch in a measure of quality."""
    found = [
        {"sample": row["sample"], "page": row["page"], "text": text} for row in rows for text in row.get("identity", ())
    ]
    for key, words, side, written in _MEASURES:
        values = sorted(row[key] for row in rows if row[key] is not None)
        if len(values) < FEWEST_FOR_OUTLIERS:
            continue
        low, high = values[len(values) // 4], values[3 * len(values) // 4]
        limit = high + FENCE * (high - low) if side == "high" else low - FENCE * (high - low)
        for row in rows:
            value = row[key]
            if value is not None and (value > limit if side == "high" else value < limit):
                text = f"{words} {written(value)}, limit of this batch {written(limit)}"
                found.append({"sample": row["sample"], "page": row["page"], "text": text})
    return found


# ---------------------------------------------------------------- tables

_FACTS = (
    "sample", "patient", "timepoint", "assembly", "inpog", "entity", "purity", "ploidy", "hotspot_depth", "noise",
    "segments", "not_assessable", "records_read", "records_dropped", "warnings", "inputs",
)  # fmt: skip
_NUMBERS = frozenset(
    (
        *("purity", "ploidy", "hotspot_depth", "noise", "segments"),
        *("not_assessable", "records_read", "records_dropped", "warnings"),
    )
)


def _tables(rows: Sequence[Row], lesions: Sequence[Mapping[str, Any]], folder: Path, *, parquet: bool) -> None:
    """`lesions.tsv` is sample × lesion with the states; `samples.tsv` one line a sample; both as Parquet if asked."""
    import pandas as pd

    columns = ["sample", "patient", "timepoint", *(str(lesion["id"]) for lesion in lesions)]
    matrix = pd.DataFrame(
        [
            {"sample": row["sample"], "patient": row["patient"], "timepoint": row["timepoint"]}
            | {str(lesion["id"]): row["states"].get(lesion["id"], "not_assessable") for lesion in lesions}
            for row in rows
        ],
        columns=columns,
        dtype="object",
    )
    facts = pd.DataFrame([{key: row[key] for key in _FACTS} for row in rows], columns=list(_FACTS), dtype="object")
    for name, frame in (("lesions", matrix), ("samples", facts)):
        write_text(folder / f"{name}.tsv", _tsv(frame))
        if parquet:
            with whole_file(folder / f"{name}.parquet") as part:
                _typed(frame).to_parquet(part, index=False)


def _tsv(frame: Any) -> str:
    lines = ["\t".join(str(column) for column in frame.columns)]
    lines += ["\t".join(tsv_cell(value) for value in record) for record in frame.itertuples(index=False)]
    return "\n".join(lines) + "\n"


def _typed(frame: Any) -> Any:
    """Columns as text or numbers, so that Parquet has one type a column."""
    import pandas as pd

    return frame.apply(lambda c: pd.to_numeric(c) if c.name in _NUMBERS else c.astype("string"))


# ---------------------------------------------------------------- MultiQC


def multiqc(rows: Sequence[Row]) -> dict[str, dict[str, Any]]:
    """Custom content by file name: a table of the samples and their lesions by state."""
    keys = {
        "inpog": {"title": "InPOG list", "description": "High-risk genetics, literal list"},
        "entity": {"title": "Entity", "description": "WHO-HAEM5 or ICC 2022", "hidden": True},
        "purity": {"title": "Leukaemic cells", "min": 0, "max": 1, "format": "{:,.2f}"},
        "hotspot_depth": {"title": "Hotspot depth", "description": "Median reads at hotspots", "format": "{:,.0f}"},
        "noise": {"title": "Copy-number noise", "format": "{:,.3f}"},
        "not_assessable": {"title": "Not assessable", "description": "Lesions", "format": "{:,.0f}"},
        "warnings": {"title": "Warnings", "format": "{:,.0f}"},
    }
    table = {row["sample"]: {key: row[key] for key in keys if row[key] is not None} for row in rows}
    bars = {
        row["sample"]: {state.replace("_", " "): list(row["states"].values()).count(state) for state in STATES}
        for row in rows
    }
    about = "Leukaemia lesions by sample; see the cohort page of ALLert. Research use only."
    return {
        "allert_mqc.json": {
            "id": "allert_samples",
            "section_name": "ALLert: samples",
            "description": about,
            "plot_type": "table",
            "pconfig": {"id": "allert_samples_table", "title": "ALLert: samples"},
            "headers": keys,
            "data": table,
        },
        "allert_states_mqc.json": {
            "id": "allert_states",
            "section_name": "ALLert: lesions by state",
            "description": about,
            "plot_type": "bargraph",
            "pconfig": {"id": "allert_states_plot", "title": "ALLert: lesions by state", "ylab": "Lesions"},
            "data": bars,
        },
    }
