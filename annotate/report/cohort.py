"""The batch at a glance: lesions by sample in their states, risk groups, quality, failures, links.

Tables through pandas: `lesions.tsv` (sample × lesion), `samples.tsv`, and Parquet where pyarrow is installed.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from annotate.errors import InputError
from annotate.knowledge import Knowledge
from annotate.report.html import SYMBOLS, environment, inpog, lab, wording
from annotate.report.write import read_report
from annotate.settings import Settings
from annotate.status import message_of
from annotate.writing import tsv_cell, whole_file, write_text

STATES = list(SYMBOLS)


def write_cohort(paths: Sequence[Path], out: Path, settings: Settings, expected: Sequence[str] | None = None) -> None:
    """Write `cohort/index.html`, `lesions.tsv`, `samples.tsv` and Parquet under `out`.

    `expected` are the ids of the batch; one without a report is named as failed, with the message of its log.
    """
    reports = _reports(paths, out, expected)
    failed = [{"sample": id, "message": message_of(out, id)} for id in expected or () if id not in reports]
    if not reports and not failed:
        raise InputError("no report found", path=out, expected="results/<sample>/<sample>.report.json")
    knowledge = Knowledge.load(settings.knowledge)
    rows = [_row(report, out) for report in reports.values()]
    lesions = _lesions(reports.values(), knowledge)
    _tables(rows, reports, lesions, out / "cohort")
    page = (
        environment()
        .get_template("cohort.html.j2")
        .render(
            rows=rows,
            lesions=lesions,
            failed=failed,
            counts=_counts(reports.values(), lesions),
            outliers=_outliers(rows),
            w=wording(knowledge),
            lab=lab(settings.report),
            symbol=SYMBOLS,
            states=STATES,
        )
    )
    write_text(out / "cohort" / "index.html", page)


def _reports(paths: Sequence[Path], out: Path, expected: Sequence[str] | None) -> dict[str, dict[str, Any]]:
    if not paths and expected is not None:
        paths = [out / id / f"{id}.report.json" for id in expected]
    elif not paths:
        paths = sorted(out.glob("*/*.report.json"))
    found = {}
    for path in paths:
        if path.exists():
            report = read_report(path)
            found[report["sample"]] = report
    return found


def _row(report: Mapping[str, Any], out: Path) -> dict[str, Any]:
    """What the page says of one sample."""
    flag = inpog(report["risk"])
    sample, patient = report["sample"], report["patient"]
    evolution = out / "patients" / patient / f"{patient}.evolution.html"
    return {
        "sample": sample,
        "patient": patient,
        "timepoint": report["timepoint"],
        "assembly": report["assembly"],
        "inpog": (flag or {}).get("group") or "UNRESOLVED",
        "entity": next((c["entity"] for c in report["classification"] if c["entity"]), None),
        "purity": report["quality"].get("purity"),
        "hotspot_depth": report["quality"].get("hotspot_depth_median"),
        "noise": report["quality"].get("copy_number_noise"),
        "warnings": len(report["warnings"]),
        "inputs": ", ".join(sorted({i["kind"].replace("_", " ") for i in report["inputs"]})),
        "states": {lesion["id"]: lesion["state"] for lesion in report["lesions"]},
        "subtypes": {lesion["id"]: lesion["subtype"] for lesion in report["lesions"] if lesion["subtype"]},
        "page": f"../{sample}/{sample}.report.html",
        "evolution": os.path.relpath(evolution, out / "cohort") if evolution.exists() else None,
    }


def _lesions(reports: Iterable[Mapping[str, Any]], knowledge: Knowledge) -> list[dict[str, Any]]:
    """Columns of the matrix, in the order of the knowledge table: id, name, short name, high-risk."""
    known = {entry["id"]: entry for entry in knowledge.table("lesions")}
    names = {lesion["id"]: lesion["name"] for report in reports for lesion in report["lesions"]}
    order = [id for id in known if id in names] + sorted(set(names) - set(known))
    return [
        {
            "id": id,
            "name": names[id],
            "short": known[id].get("short_name") or names[id] if id in known else names[id],
            "high": id in known and known[id].get("high_risk") == "1",
        }
        for id in order
    ]


def _counts(reports: Iterable[Mapping[str, Any]], lesions: Sequence[Mapping[str, Any]]) -> dict[str, dict[str, int]]:
    counts = {str(lesion["id"]): dict.fromkeys(STATES, 0) for lesion in lesions}
    for report in reports:
        for lesion in report["lesions"]:
            counts[lesion["id"]][lesion["state"]] += 1
    return counts


def _outliers(rows: Sequence[Mapping[str, Any]]) -> list[dict[str, str]]:
    """Samples whose noise lies far above the batch (above Q3 + 3 IQR), or that warn."""
    noises = sorted(row["noise"] for row in rows if row["noise"] is not None)
    found = []
    if len(noises) >= 8:
        low, high = noises[len(noises) // 4], noises[3 * len(noises) // 4]
        limit = high + 3 * (high - low)
        for row in rows:
            if row["noise"] is not None and row["noise"] > limit:
                found.append(
                    {"sample": row["sample"], "text": f"copy-number noise {row['noise']:.3f}, batch limit {limit:.3f}"}
                )
    return found


def _tables(
    rows: Sequence[Mapping[str, Any]],
    reports: Mapping[str, Mapping[str, Any]],
    lesions: Sequence[Mapping[str, Any]],
    folder: Path,
) -> None:
    """`lesions.tsv` is sample × lesion with the states; `samples.tsv` one line a sample."""
    import pandas as pd

    matrix = pd.DataFrame(
        [
            {"sample": row["sample"], "patient": row["patient"], "timepoint": row["timepoint"]}
            | {str(lesion["id"]): row["states"].get(lesion["id"], "not_assessable") for lesion in lesions}
            for row in rows
        ],
        dtype="object",
    )
    facts = pd.DataFrame(
        [
            {key: value for key, value in row.items() if key not in ("states", "subtypes", "page", "evolution")}
            for row in rows
        ],
        dtype="object",
    )
    for name, frame in (("lesions", matrix), ("samples", facts)):
        write_text(folder / f"{name}.tsv", _tsv(frame))
        if find_spec("pyarrow") is not None:
            with whole_file(folder / f"{name}.parquet") as part:
                _typed(frame).to_parquet(part, index=False)


def _tsv(frame: Any) -> str:
    lines = ["\t".join(str(column) for column in frame.columns)]
    lines += ["\t".join(tsv_cell(value) for value in record) for record in frame.itertuples(index=False)]
    return "\n".join(lines) + "\n"


def _typed(frame: Any) -> Any:
    """Columns as text or numbers, so that Parquet has one type a column."""
    import pandas as pd

    numbers = {"purity", "hotspot_depth", "noise", "warnings"}
    return frame.apply(lambda c: pd.to_numeric(c) if c.name in numbers else c.astype("string"))
