"""Writes the pages of `docs/` that come from code and data: the JSON Schema of the report, formats, lesions.

    python scripts/render_docs.py [--check]

`--check` writes nothing and fails when a page is not up to date (a test runs it).
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from annotate.decide.registry import Registered

ROOT = Path(__file__).resolve().parents[1]
DOCS = ROOT / "docs"


PLAIN_TABLES = """\
## Plain tables, for a caller that is not listed
**Copy number**: tab-separated, one segment a line, with a header. Comment lines may be left out.

```
# purity=0.8
# ploidy=2.1
# sex=female
# assembly=GRCh38
chrom	start	end	total	minor
9	1	39000000	1	0
```

| column | needed | meaning |
|---|---|---|
| `chrom`, `start`, `end` | yes | from 1, both ends inclusive; `chr9` or `9` |
| `total` or `log2` | one of them | copies in the leukaemic cells, or the log2 ratio of the sample |
| `minor` | | copies of the rarer parental chromosome: without it no loss of heterozygosity is told |
| `baf` | | frequency of the B allele, 0 to 1 |
| `cellular_fraction` | | share of the leukaemic cells that have the segment, 0 to 1 |
| `markers` | | probes, bins or sites of the segment |

**Fusions**: [fusion_table.md](fusion_table.md). **Small and structural variants**: a VCF by its standard is enough."""


DECISION = (
    "",
    "## The decision",
    "",
    "Every source states observations: it shows the lesion (a proof, a support or a hint), excludes it, or is blind to"
    " it. One function decides for all lesions; the first row that fits gives the state. A record that a reader could"
    " not use and that touches a lesion is an observation too: one that speaks for the lesion is a hint, one that only"
    " hides it takes the negative away.",
    "",
    "Two able sources that disagree are a conflict, unless the finding is a subclone that the other may be too shallow"
    " for, or more independent sources prove the lesion than miss it. A sequence that one source has read is not"
    " contradicted by another's reads without it (callers miss breakpoints in repeats, RNA has no silent gene), but by"
    " FISH or copies that would show it; what bands, probes or copies infer is contradicted by reads without it. The"
    " silence of a karyotype is too coarse to contradict anything. Findings that are equivocal alone count as proofs"
    " together, where independent methods show the same.",
    "",
)


def pages() -> dict[Path, str]:
    from annotate.compare.schema import evolution_schema
    from annotate.curate.defaults import page
    from annotate.knowledge.tables import Knowledge
    from annotate.report.json.schema import json_schema

    return {
        DOCS / "report.schema.json": json.dumps(json_schema(), indent=1, ensure_ascii=False) + "\n",
        DOCS / "evolution.schema.json": json.dumps(evolution_schema(), indent=1, ensure_ascii=False) + "\n",
        DOCS / "defaults.md": page(Knowledge.load()),
        DOCS / "formats.md": "\n".join(formats()) + "\n",
        DOCS / "lesions.md": "\n".join(lesions()) + "\n",
    }


def formats() -> Iterator[str]:
    from annotate.read.catalogue import all_formats

    yield "# Formats"
    yield ""
    yield "Made from the readers by `make docs`. A format is told from the content of a file, never from its name."
    yield "`tested on` says what the reader's test reads: a real file of that caller, or one written from its manual."
    kind = None
    for row in all_formats():
        if row["kind"] != kind:
            kind = row["kind"]
            yield from ("", f"## {kind.replace('_', ' ').capitalize()}", "")
            yield from ("| format | caller | what | tested on |", "|---|---|---|---|")
        yield f"| `{row['name']}` | {row['caller']} | {row['description']} | {row['tested_on']} |"
    yield from ("", *PLAIN_TABLES.splitlines())


def lesions() -> Iterator[str]:
    """What each rule does is its docstring; what each input can see is the detectability table."""
    import inspect

    from annotate.decide.evidence.rendered import truth_table
    from annotate.decide.registry import registered
    from annotate.knowledge.tables import Knowledge

    knowledge = Knowledge.load()
    rules = registered()
    sees = {(row["lesion"], row["input"]): row["sees"] for row in knowledge.table("visibility")}
    inputs = list(dict.fromkeys(row["input"] for row in knowledge.table("visibility")))
    yield "# How lesions are decided"
    yield ""
    yield "Made from the rules and the knowledge tables by `make docs`."
    yield from DECISION
    yield from truth_table()
    yield from ("", "## What each input can see", "")
    yield "`D` detects, `P` in part (its silence is no negative), `-` cannot."
    yield ""
    yield "| lesion | " + " | ".join(name.replace("_", " ") for name in inputs) + " |"
    yield "|---" * (len(inputs) + 1) + "|"
    for row in knowledge.table("lesions"):
        yield f"| `{row['id']}` | " + " | ".join(sees.get((row["id"], name), "-") for name in inputs) + " |"
    for row in knowledge.table("lesions"):
        yield from (
            "",
            f"## {row['name']} (`{row['id']}`)",
            "",
            f"{row['description']}. Source: {row['source']} [{row['mark']}].",
        )
        rule = rules.get(row["id"])
        text = inspect.getdoc(rule.rule) if rule is not None else None
        if text:
            yield from ("", text)
        if rule is not None:
            yield from ("", _reads(rule))


def _reads(rule: Registered) -> str:
    """What a rule declares: it is given just that."""
    parts = (("inputs", rule.sources), ("tables", rule.tables), ("other lesions", rule.after))
    said = "; ".join(
        f"{name}: {', '.join(f'`{item}`' for item in dict.fromkeys(items))}" for name, items in parts if items
    )
    return f"Reads {said}."


def main() -> int:
    check = "--check" in sys.argv[1:]
    stale = []
    for path, text in pages().items():
        if check and (not path.exists() or path.read_text(encoding="utf-8") != text):
            stale.append(path.name)
        elif not check:
            path.write_text(text, encoding="utf-8")
    if stale:
        print(f"not up to date: {', '.join(stale)}; run `make docs`")
    return 1 if stale else 0


if __name__ == "__main__":
    sys.path.insert(0, str(ROOT))
    sys.exit(main())
