"""Make the pharmacogene tables of `resources/knowledge` from the tables of pypgx (MIT).

    python scripts/build_pgx.py FOLDER_WITH_allele-table.csv_AND_SO_ON 0.11.0

Written: `pgx_variants.tsv` and `pgx_alleles.tsv` for the genes of `GENES`. The other `pgx_*` tables are written by
hand; a test holds `pgx_phenotypes.tsv` against every diplotype of pypgx.
"""

from __future__ import annotations

import csv
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path

KNOWLEDGE = Path(__file__).resolve().parents[1] / "resources" / "knowledge"
GENES = ("TPMT", "NUDT15")
DATE = "2026-11-24"
# Changes without which no reference diplotype is given (CPIC, PMID 30447069), by name on GRCh38.
REQUIRED = frozenset(
    {
        "6-18143724-C-G", "6-18138997-C-T", "6-18130687-T-C", "6-18130781-C-T",
        "13-48045719-C-T", "13-48045720-G-A", "13-48037798-G-A", "13-48037782-A-AGGAGTC", "13-48037782-AGGAGTC-A",
    }
)  # fmt: skip


def main(folder: str, version: str) -> None:
    source = f"pypgx {version} (MIT), from PharmVar and CPIC"
    variants = [_variant(row, source) for row in _rows(folder, "variant-table.csv")]
    _write("pgx_variants.tsv", ("id", "gene", "rsid", "GRCh38", "GRCh37", "change", "required"), variants)
    alleles = [_allele(row, source) for row in _rows(folder, "allele-table.csv")]
    _write("pgx_alleles.tsv", ("id", "gene", "allele", "function", "variants"), alleles)


def _rows(folder: str, name: str) -> Iterable[dict[str, str]]:
    with open(Path(folder) / name, encoding="utf-8", newline="") as text:
        yield from (row for row in csv.DictReader(text) if row["Gene"] in GENES)


def _variant(row: dict[str, str], source: str) -> list[str]:
    names = [row["GRCh38Name"], row["GRCh37Name"]]
    required = "yes" if row["GRCh38Name"] in REQUIRED else "no"
    rsid = "" if row["rsID"] == "N/A" else row["rsID"]
    return [f"{row['Gene']}:{row['GRCh38Name']}", row["Gene"], rsid, *names, row["Impact"], required, source]


def _allele(row: dict[str, str], source: str) -> list[str]:
    core = "" if row["GRCh38Core"] == "N/A" else ";".join(f"{row['Gene']}:{v}" for v in row["GRCh38Core"].split(","))
    return [f"{row['Gene']}{row['StarAllele']}", row["Gene"], row["StarAllele"], row["Function"], core, source]


def _write(name: str, columns: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    header = "\t".join([*columns, "source", "mark", "date", "reviewer"])
    lines = ["\t".join([*row, "S", DATE, ""]) for row in rows]
    (KNOWLEDGE / name).write_text("\n".join([header, *lines]) + "\n", encoding="utf-8")
    print(f"{name}: {len(lines)} rows")


if __name__ == "__main__":
    main(*sys.argv[1:3])
