"""The paragraph for a letter: five to eight sentences from the report alone, in the words of the wording table.

A lab translates it by a wording file of its own. Nothing is decided here: states, groups and counts are the report's.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from annotate.knowledge.tables import Knowledge
from annotate.model.state import PRESENT
from annotate.report.page import child, first_screen
from annotate.report.page.flag import Colour, flag_of
from annotate.report.page.words import fill, wording

Row = Mapping[str, Any]
Words = Mapping[str, str]
MOST = 6  # names in a list


def letter(report: Row, knowledge: Knowledge) -> str:
    """One paragraph, its sentences separated by blanks; it ends with what it is not."""
    words = wording(knowledge)
    parts = [
        _who(report, words),
        _flag(report, knowledge, words),
        _found(report, words),
        _open(report, knowledge, words),
        _changed(report),
        _groups(report, knowledge, words),
        " ".join(_cautions(report, words)),
        words["letter_closing"],
    ]
    return " ".join(part for part in parts if part)


def _who(report: Row, words: Words) -> str:
    kinds = list(dict.fromkeys(words[f"source_{file['kind']}"] for file in report["inputs"] if _has_words(file, words)))
    facts = [f"{label} {value}" for label, value in child.line(report, words)]
    about = f" ({', '.join(facts)})" if facts else ""
    text = fill(words["letter_who"], sample=report["sample"], timepoint=report["timepoint"], about=about)
    return fill(text, inputs=_listed(kinds, words) or words["inputs_nothing"])


def _has_words(file: Row, words: Words) -> bool:
    return f"source_{file['kind']}" in words


def _flag(report: Row, knowledge: Knowledge, words: Words) -> str:
    flag = flag_of(report, knowledge)
    if flag is None:
        return ""
    because = [item["text"] for item in (*flag.detected, *flag.extended_detected)]
    key = "letter_flag_red" if flag.colour is Colour.RED else "letter_flag"
    text = fill(words[key], literal=flag.literal, extended=flag.extended)
    return text + (f" ({_listed(because, words)})." if because else ".")


def _found(report: Row, words: Words) -> str:
    seen = [lesion for lesion in report["lesions"] if lesion["state"] in PRESENT]
    doubt = [first_screen.label(lesion) for lesion in report["lesions"] if lesion["state"] == "equivocal"]
    named = [f"{first_screen.label(lesion)}{_evidence(lesion, words)}" for lesion in seen]
    text = fill(words["letter_found"], lesions=_listed(named, words)) if named else words["letter_found_nothing"]
    return f"{text} {fill(words['letter_doubt'], lesions=_listed(doubt, words))}" if doubt else text


def _evidence(lesion: Row, words: Words) -> str:
    """On which kinds of input a finding rests: ` [RNA fusions, structural variants]`."""
    keys = [f"letter_by_{item['kind']}" for item in lesion["evidence"]]
    kinds = list(dict.fromkeys(words[key] for key in keys if key in words))
    subclonal = [words["state_detected_subclonal"]] if lesion["state"] == "detected_subclonal" else []
    parts = [*subclonal, *kinds]
    return f" [{', '.join(parts)}]" if parts else ""


def _open(report: Row, knowledge: Knowledge, words: Words) -> str:
    """What could not be assessed, the high-risk list first; what is known from before is said as such."""
    split = first_screen.split_lesions(report["lesions"], knowledge)
    blind = [lesion for lesion in (*split["high"], *split["other"]) if lesion["state"] == "not_assessable"]
    known = [lesion for lesion in blind if lesion["known_since"]]
    rest = [lesion["name"] for lesion in blind if not lesion["known_since"]]
    parts = [fill(words["letter_blind"], lesions=_listed(rest, words))] if rest else []
    if known:
        since = [f"{lesion['name']} ({lesion['known_since']['timepoint']})" for lesion in known]
        parts.append(fill(words["letter_known"], lesions=_listed(since, words)))
    return " ".join(parts)


def _changed(report: Row) -> str:
    evolution = report["evolution"] or {}
    alerts = [str(text) for text in evolution.get("identity_alerts") or ()]
    summary = str(evolution.get("summary") or "") if evolution.get("compared") else ""
    return " ".join([*alerts, summary]).strip()


def _groups(report: Row, knowledge: Knowledge, words: Words) -> str:
    rows = child.groups(report, knowledge)
    own = [f"{row['scheme']} {_plain(row['group'])}" for row in rows if row["group"] and row["rule"]]
    others = [row["scheme"] for row in rows if (row["eligibility"] or {}).get("status") == "not_for_this_patient"]
    parts = [fill(words["letter_groups"], groups=_listed(own, words))] if own else []
    if others:
        parts.append(fill(words["letter_not_for"], schemes=_listed(list(dict.fromkeys(others)), words)))
    return " ".join(parts)


def _cautions(report: Row, words: Words) -> Iterator[str]:
    against = [option["drug"] for option in report["options"] if option["contradicted_by"]]
    if against:
        yield fill(words["letter_against"], drugs=_listed(list(dict.fromkeys(against)), words))
    genes = [gene for gene in report["pharmacogenomics"] if gene["phenotype"] and gene["state"] == "detected"]
    if genes:
        named = [f"{gene['gene']} {gene['phenotype']}" for gene in genes]
        yield fill(words["letter_pgx"], genes=_listed(named, words))
    if report["germline"]:
        asked = list(dict.fromkeys(prompt["gene"] for prompt in report["germline"] if prompt["gene"]))
        yield fill(words["letter_germline"], genes=_listed(asked, words) or words["letter_germline_other"])
    if report["conflicts"]:
        yield words["letter_conflicts"]


def _listed(names: Sequence[str], words: Words) -> str:
    shown = list(names[:MOST])
    more = fill(words["more"], n=len(names) - MOST) if len(names) > MOST else ""
    return ", ".join([*shown, more] if more else shown)


def _plain(text: object) -> str:
    return str(text).replace("_", " ")


__all__ = ["letter"]
