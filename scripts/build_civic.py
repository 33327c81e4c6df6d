"""Make `resources/knowledge/civic_evidence.tsv` from a CIViC evidence table (CC0).

    python scripts/build_civic.py civic_evidence_20251202.tsv.gz 2025-12-02

Kept: every item of an acute lymphoblastic leukaemia, and the predictive items of clinical levels (A, B) of other
haematologic diseases that name a gene of the panel. Structured fields only; statements stay with CIViC, cited by
evidence id.
"""

from __future__ import annotations

import csv
import gzip
import re
import sys
from pathlib import Path

KNOWLEDGE = Path(__file__).resolve().parents[1] / "resources" / "knowledge"
ALL_WORDS = ("lymphoblastic", "acute lymphocytic", "lymphoid leukemia", "acute leukemia")
BLOOD_WORDS = ("leuk", "lymph", "myel", "hemat", "histio", "mastocytosis")
COLUMNS = (
    "id", "profile", "level", "type", "direction", "significance", "origin", "disease", "in_all", "therapies",
    "source", "mark", "date", "reviewer",
)  # fmt: skip


def main(table: str, date: str) -> None:
    with gzip.open(table, "rt", encoding="utf-8", newline="") as text:
        items = list(csv.DictReader(text, delimiter="\t", quoting=csv.QUOTE_NONE))
    panel = _panel()
    rows = [row for item in items if (row := _row(item, panel, date)) is not None]
    lines = ["\t".join(COLUMNS), *("\t".join(row) for row in rows)]
    (KNOWLEDGE / "civic_evidence.tsv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    print(f"{len(rows)} of {len(items)} items")


def _panel() -> set[str]:
    with open(KNOWLEDGE / "genes.tsv", encoding="utf-8") as text:
        return {line.split("\t")[0] for line in text} - {"gene"}


def _row(item: dict[str, str], panel: set[str], date: str) -> list[str] | None:
    disease = item["disease"]
    lower = disease.lower()
    in_all = any(word in lower for word in ALL_WORDS) or lower == "leukemia"
    clinical = item["type"] == "PREDICTIVE" and item["level"] in ("A", "B")
    predictive_in_blood = clinical and any(word in lower for word in BLOOD_WORDS)
    if item["status"] != "accepted" or not (in_all or (predictive_in_blood and _genes(item) & panel)):
        return None
    source = "PMID " + item["citation_id"] if item["source"] == "PUBMED" else f"{item['source']} {item['citation_id']}"
    return [
        f"EID{item['evidence_id']}",
        item["molecular_profile"],
        item["level"],
        item["type"],
        item["direction"],
        item["significance"],
        item["variant_origin"],
        disease,
        "yes" if in_all else "no",
        item["therapies"].replace("|", ";"),
        source,
        "S",
        date,
        "",
    ]


def _genes(item: dict[str, str]) -> set[str]:
    return {gene for word in re.findall(r"[A-Za-z0-9:-]+", item["molecular_profile"]) for gene in word.split("::")}


if __name__ == "__main__":
    main(*sys.argv[1:3])
