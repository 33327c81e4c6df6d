"""Write `docs/knowledge.md`, the knowledge tables for a clinician to review, and `docs/knowledge.schema.json`.

    python scripts/render_knowledge.py [--check]

With `--check` nothing is written; exit 1 when the page is not what the tables say.
"""

from __future__ import annotations

import json
import re
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
if str(ROOT) not in sys.path:
    sys.path.insert(0, str(ROOT))

from annotate.curate import describe  # noqa: E402
from annotate.knowledge.spec import SPECS  # noqa: E402
from annotate.knowledge.tables import MARKS, Entry, Knowledge  # noqa: E402

PAGE = ROOT / "docs" / "knowledge.md"
SCHEMA = ROOT / "docs" / "knowledge.schema.json"


def render(knowledge: Knowledge) -> str:
    parts = [
        _head(knowledge),
        _lesions(knowledge),
        _schemes(knowledge),
        _entities(knowledge),
        _therapies(knowledge),
        _pgx(knowledge),
        _germline(knowledge),
        _thresholds(knowledge),
        _tables(knowledge),
        _columns(),
    ]
    return "\n\n".join(part.rstrip() for part in parts) + "\n"


def _head(knowledge: Knowledge) -> str:
    marks = "\n".join(f"| {mark} | {text} |" for mark, text in MARKS.items())
    return f"""# What ALLert knows

<!-- Written by scripts/render_knowledge.py from resources/knowledge. Edit the tables, then run the script. -->

Everything that ALLert says about the meaning of a lesion is a row of a table in `resources/knowledge`: with a source,
a mark, a date and the reviewer who has checked it (empty: nobody yet). This page shows the rows that a clinician should
review. Research use only: nothing here is a recommendation, and no row is validated for diagnosis.

| mark | meaning |
|---|---|
{marks}

A number marked K or E is never printed in a report as if it were published. What no source gives is left empty and is
said to be missing. A laboratory adds or replaces rows in a folder of its own (`knowledge:` in the configuration);
`allert knowledge check FOLDER` checks it, `allert knowledge diff OLD NEW` shows which reports change, and every report
lists the rows that were not the shipped ones.

## A laboratory's own rows

The folder holds tables of the same names and columns. A row whose key is shipped (the columns that tell rows apart are
named with each table below) replaces that row, any other is added. A table, column, id or row that nothing reads is
refused on every route, with its file, line and column. `allert knowledge sign FOLDER --reviewer NAME` writes who has
checked which rows, and when; reports count the signed rows among those they show.
An approval of another jurisdiction, for instance, is one row in `therapies.tsv` with an id of your own, and another
cut-off one row in a file under `thresholds/`:

```
id	value	unit	meaning	source	mark	date	reviewer
schemes.eckert_mrd	0.001		cut-off of our protocol	protocol 4.2 of our unit	E	2026-11-24	AB
```

Risk schemes work the same way: a row in `schemes.tsv` and its rules in `schemes_rules.tsv` make a scheme of your own.

## How conditions are written

`and`, `or`, `not` and parentheses combine atoms. A lesion id holds when the lesion is detected and fails when it is
not detected; equivocal and not assessable leave it open. A group is given only where every way of settling the open
facts gives the same one. `lesion.subtype=A|B?C`: one of these kinds, and C leaves it open. `lesion.genes=`,
`.change=`, `.rules=`: the gene, the change or the rule that was found. `patient.…`: the clinical sheet.
`number<threshold`: compared with a row of the thresholds. `scheme:id=group`: the result of another table. `known:x`:
not known counts as no. `open:x`: x is not known. `likely:x`: equivocal and likely counts as yes."""


def _lesions(knowledge: Knowledge) -> str:
    rows = [
        (
            e["id"],
            e["name"],
            e["description"],
            {"literal": "yes", "extended": "extension"}.get(e["inpog"], ""),
            *_tail(e),
        )
        for e in knowledge.table("lesions")
    ]
    return "## Lesions\n\n" + _table(("id", "name", "what it is", "InPOG list", *TAIL), rows)


def _schemes(knowledge: Knowledge) -> str:
    parts = [
        "## Risk schemes",
        "The first rule that holds gives the group. Flags and notes are added where their condition holds.",
        "### Named facts\n\n"
        + _table(
            ("fact", "meaning", "condition", *TAIL),
            [(e["id"], e["words"], _code(e["when"]), *_tail(e)) for e in knowledge.table("schemes_facts")],
        ),
    ]
    for scheme in sorted(knowledge.table("schemes"), key=lambda entry: int(entry["rank"])):
        parts.append(_scheme(scheme, knowledge))
    return "\n\n".join(parts)


def _scheme(scheme: Entry, knowledge: Knowledge) -> str:
    name = " ".join(filter(None, (scheme["name"], scheme["version"])))
    facts = [f"Source: {scheme['source']} ({scheme['mark']})."]
    if scheme["shown"] == "no":
        facts.append("Not shown by itself: other tables are built on it.")
    if scheme["applies"] != "always":
        facts.append(f"Applies where {_code(scheme['applies'])} ({scheme['applies_text']}).")
    if scheme["unresolved"]:
        facts.append(f"Where the group is open: {scheme['unresolved']}.")
    if scheme["setting"] == "diagnosis":
        facts.append("Made for newly diagnosed disease; said so at relapse.")
    if scheme["note"]:
        facts.append(scheme["note"])
    parts = [f"### {name}", " ".join(facts)]
    rules = sorted(_of(knowledge, "schemes_rules", scheme), key=lambda entry: int(entry["rank"]))
    if rules:
        rows = [(e["rank"], e["group"], e["text"], _code(e["when"]), *_tail(e)) for e in rules]
        parts.append(_table(("", "group", "rule", "condition", *TAIL), rows))
    flags = list(_of(knowledge, "schemes_flags", scheme))
    if flags:
        rows = [(e["kind"], e["text"], _code(e["when"]), *_tail(e)) for e in flags]
        parts.append(_table(("", "text", "condition", *TAIL), rows))
    return "\n\n".join(parts)


def _of(knowledge: Knowledge, table: str, scheme: Entry) -> Iterator[Entry]:
    return (entry for entry in knowledge.table(table) if entry["scheme"] == scheme["id"])


def _entities(knowledge: Knowledge) -> str:
    rows = [
        (
            e["lineage"],
            e["rank"],
            _code(e["when"]) if e["when"] else "not seen in DNA",
            e["who_haem5"],
            e["icc_2022"],
            "needs expression or flow" if e["needs_expression"] == "yes" else "",
            e["note"],
            *_tail(e),
        )
        for e in sorted(knowledge.table("entities"), key=lambda e: (e["lineage"], int(e["rank"])))
    ]
    head = ("lineage", "order", "condition", "WHO-HAEM5", "ICC 2022", "", "note", *TAIL)
    words = "The first that is shown wins; two class-defining lesions are told as a conflict."
    return f"## Entities\n\n{words}\n\n" + _table(head, rows)


def _therapies(knowledge: Knowledge) -> str:
    rows = [
        (
            _code(e["lesion"]) + (f"; {_code(e['when'])}" if e["when"] else ""),
            e["drug"],
            e["direction"],
            f"{e['tier']}{e['evidence_level']}",
            e["setting"],
            f"{e['jurisdiction']}: {e['approval_status']} (as of {e['approval_as_of']})"
            if e["approval_status"]
            else "",
            e["caveats"],
            *_tail(e),
        )
        for e in knowledge.table("therapies")
    ]
    head = ("lesion", "drug", "direction", "level", "setting", "approval", "caveats", *TAIL)
    against = [
        (e["drugs"], e["effect"], e["text"], _code(e["when"]), *_tail(e))
        for e in knowledge.table("therapies_contradictions")
    ]
    unknown = [(e["lesion"], e["drug"], e["text"], *_tail(e)) for e in knowledge.table("therapies_unknown")]
    items = knowledge.table("civic_evidence")
    kinds = Counter(entry["type"].lower() for entry in items)
    counted = ", ".join(f"{count} {kind}" for kind, count in sorted(kinds.items()))
    return "\n\n".join(
        [
            "## Therapies",
            "For discussion by a tumour board; not a recommendation. Level: AMP/ASCO/CAP tier and evidence letter."
            " Approvals are those of the jurisdiction named, as known at the date given; others must be filled in by"
            " the laboratory.",
            _table(head, rows),
            "### What speaks against a drug in a sample\n\n"
            + _table(("drugs", "effect", "text", "condition", *TAIL), against),
            "### What may not be read as a negative\n\n" + _table(("lesion", "drug", "text", *TAIL), unknown),
            "### CIViC\n\n"
            f"A second, attributed source: {len(items)} items of CIViC (CC0; {counted}), in `civic_evidence.tsv`, cited"
            " by evidence id and PMID; predictive items are shown where their whole profile is found.",
        ]
    )


def _pgx(knowledge: Knowledge) -> str:
    required = [
        (e["gene"], e["rsid"], e["change"], e["GRCh38"], e["GRCh37"], *_tail(e))
        for e in knowledge.table("pgx_variants")
        if e["required"] == "yes"
    ]
    words = [
        (e["tpmt"] or "any", e["nudt15"] or "any", e["text"], *_tail(e)) for e in knowledge.table("pgx_recommendations")
    ]
    phenotypes = [
        (e["function_1"], e["function_2"], e["phenotype"], *_tail(e)) for e in knowledge.table("pgx_phenotypes")
    ]
    notes = "\n".join(f"* {e['text']} ({e['source']}, {e['mark']})" for e in knowledge.table("pgx_notes"))
    return "\n\n".join(
        [
            "## Thiopurine genes (germline)",
            "### Places that must be called before a reference diplotype is given\n\n"
            + _table(("gene", "rsID", "change", "GRCh38", "GRCh37", *TAIL), required),
            "### From two alleles to a phenotype\n\n"
            + _table(("one allele", "the other", "phenotype", *TAIL), phenotypes),
            "### Words of the guideline\n\n" + _table(("TPMT", "NUDT15", "text", *TAIL), words),
            "### What is said about the material\n\n" + notes,
        ]
    )


def _germline(knowledge: Knowledge) -> str:
    rows = [
        (
            e["id"],
            _code(e["when"])
            or (f"constitutional rearrangement of {e['constitutional']}" if e["constitutional"] else "each such gene"),
            e["text"],
            *_tail(e),
        )
        for e in knowledge.table("germline_prompts")
    ]
    words = "Prompts for counselling. Never a germline result, never a disclosure."
    return f"## Germline prompts\n\n{words}\n\n" + _table(("id", "when", "text", *TAIL), rows)


def _thresholds(knowledge: Knowledge) -> str:
    rows = [
        (e["id"], f"{e['value']} {e['unit']}".strip() or "not available", e["meaning"], *_tail(e))
        for e in sorted(knowledge.table("thresholds"), key=lambda entry: entry["id"])
    ]
    return "## Thresholds\n\n" + _table(("id", "value", "meaning", *TAIL), rows)


def _tables(knowledge: Knowledge) -> str:
    rows = []
    for name in sorted({path.relative_to(knowledge.folder).parts[0] for path in knowledge.folder.rglob("*.tsv")}):
        entries = knowledge.table(name.removesuffix(".tsv"))
        marks = Counter(entry["mark"] for entry in entries)
        reviewed = sum(1 for entry in entries if entry["reviewer"])
        rows.append((f"`{name}`", len(entries), " ".join(f"{m} {marks[m]}" for m in MARKS if marks[m]), reviewed))
    shares = "\n".join(describe.share_lines(knowledge))
    return f"## All tables\n\n{shares}\n\n" + _table(("table", "rows", "marks", "reviewed"), rows)


def _columns() -> str:
    """Every table by its Spec: what an editor of a table must know."""
    words = (
        "Written from the declared tables (`annotate/knowledge/specs`), which the check and `knowledge.schema.json` are"
        " made from too. Every table ends in `source`, `mark`, `date` and `reviewer`. In a laboratory's own folder"
        " columns that may be empty can be left out; a table, column, id or row that nothing reads is refused."
    )
    return "\n\n".join(
        ["## Columns of the tables", words, *(describe.table_text(SPECS[name]) for name in sorted(SPECS))]
    )


# ---------------------------------------------------------------- Markdown

TAIL = ("source", "mark", "reviewer")


def _tail(entry: Entry) -> tuple[str, str, str]:
    source = re.sub(r"docs/(defaults\.md#[\w.]*\w)", r"[\1](\1)", entry["source"])
    return (source, entry["mark"], entry["reviewer"])


def _table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    lines = ["| " + " | ".join(head) + " |", "|" + "---|" * len(head)]
    lines += ["| " + " | ".join(_cell(cell) for cell in row) + " |" for row in rows]
    return "\n".join(lines)


def _cell(value: object) -> str:
    text = str(value)
    return text if text.startswith("`") else text.replace("|", r"\|").replace("<", "&lt;")


def _code(text: str) -> str:
    """A condition as code; the bar would end a table cell."""
    return "`" + text.replace("|", "\\|") + "`" if text else ""


def main(arguments: Sequence[str]) -> int:
    schema = json.dumps(describe.json_schema(), indent=1, ensure_ascii=False) + "\n"
    made = {PAGE: render(Knowledge.load()), SCHEMA: schema}
    if "--check" in arguments:
        return 0 if all(path.is_file() and path.read_text("utf-8") == text for path, text in made.items()) else 1
    PAGE.parent.mkdir(exist_ok=True)
    for path, text in made.items():
        path.write_text(text, encoding="utf-8")
        print(f"{path.relative_to(ROOT)}: {len(text.splitlines())} lines")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
