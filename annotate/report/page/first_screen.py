"""What the first screen says, picked from the report's data: names for people instead of ids. It decides nothing."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from annotate.knowledge.specs.lesions import LesionRow
from annotate.knowledge.tables import Knowledge
from annotate.model.state import PRESENT
from annotate.reference.hotspots import AMINO_ACIDS

Row = Mapping[str, Any]

# A shape for each state, so that no state is told by colour alone.
SYMBOLS: Mapping[str, str] = {
    "detected": "●",
    "detected_subclonal": "◐",
    "equivocal": "◇",
    "not_detected": "○",
    "not_assessable": "?",
}
STATE_ORDER = list(SYMBOLS)
SEEN = (*PRESENT, "equivocal")
ONE_LETTER: Mapping[str, str] = {three: one for one, three in AMINO_ACIDS.items()}
TWO_COLUMNS = 2500  # characters
SHOWN_GENES = 4


def names_of(report: Row, knowledge: Knowledge) -> dict[str, str]:
    """Names of lesions by id."""
    names = {entry.id: entry.name for entry in knowledge.rows(LesionRow)}
    return {**names, **{lesion["id"]: lesion["name"] for lesion in report["lesions"]}}


def split_lesions(lesions: Sequence[Row], knowledge: Knowledge) -> dict[str, list[Row]]:
    """The high-risk list first, in its own order; then the others, what was found first."""
    high = high_risk(knowledge)
    marked = [{**lesion, "shown": is_shown(lesion), "drawn": _drawn(lesion)} for lesion in lesions]
    others = [lesion for lesion in marked if lesion["id"] not in high]
    return {
        "high": [lesion for lesion in marked if lesion["id"] in high],
        "other": sorted(others, key=lambda lesion: STATE_ORDER.index(lesion["state"])),
    }


def is_shown(lesion: Row) -> bool:
    """Found, in doubt, known from before, or with a record that was not used: worth a block of its own."""
    return lesion["state"] in SEEN or bool(lesion["known_since"]) or bool(lesion["remarks"])


def _drawn(lesion: Row) -> list[str]:
    """Fusions that a drawing beside this lesion may show."""
    named = [lesion["subtype"], (lesion["details"] or {}).get("fusion"), *lesion["genes"]]
    return [str(name) for name in named if name]


def high_risk(knowledge: Knowledge) -> frozenset[str]:
    """Ids of the lesions that the table marks as high risk."""
    return frozenset(entry.id for entry in knowledge.rows(LesionRow) if entry.high_risk)


def counts(lesions: Iterable[Row]) -> list[tuple[str, int]]:
    """How many lesions have each state, in the order of the states; states that none has are left out."""
    found = dict.fromkeys(STATE_ORDER, 0)
    for lesion in lesions:
        found[lesion["state"]] += 1
    return [(state, count) for state, count in found.items() if count]


def finding(lesion: Row, words: Mapping[str, str]) -> str:
    """What stands beside the state: the finding, the limit of a negative, or what would settle it."""
    if lesion["state"] == "not_assessable":
        settles = next((reason["settles"] for reason in lesion["reasons"] if reason["settles"]), None)
        text = words["settled_by"].replace("{input}", settles or "")
        return text if settles else str(lesion["reasons"][0]["text"])
    if lesion["state"] == "not_detected":
        return str(lesion["subtype"] or "").replace("_", " ")
    summary = str(lesion["summary"])
    return summary.removeprefix(f"{lesion['name']}: ")


def is_long(lesions: Sequence[Row], words: Mapping[str, str]) -> bool:
    """Are the findings too long for two columns on one printed page?"""
    return sum(len(finding(lesion, words)) for lesion in lesions if lesion["state"] in SEEN) > TWO_COLUMNS


def detail(lesion: Row) -> str:
    """The few words that tell a lesion from others of its name: fusion, form, genes."""
    if lesion["id"] == "hypodiploidy" and lesion["subtype"]:
        parts = ["masked" if lesion["masked"] else "", str(lesion["subtype"]).replace("_", " ")]
        number = f", {lesion['modal_number']} chromosomes" if lesion["modal_number"] is not None else ""
        return " ".join(part for part in parts if part) + number
    if lesion["subtype"]:
        return str(lesion["subtype"]).replace("_", " ")
    changed = _changed(lesion)
    if changed:
        return ", ".join(changed[:SHOWN_GENES]) + (", …" if len(changed) > SHOWN_GENES else "")
    named = re.findall(r"[\w-]+", lesion["name"])
    genes = [gene for gene in lesion["genes"] if gene not in named]
    return ", ".join(genes[:SHOWN_GENES]) + (", …" if len(genes) > SHOWN_GENES else "")


def _changed(lesion: Row) -> list[str]:
    """`ABL1 T315I`: the mutations that a lesion of several genes rests on."""
    hits = [
        hit for hit in (lesion.get("details") or {}).get("hits") or () if isinstance(hit, Mapping) and hit.get("gene")
    ]
    named = [(hit["gene"], str(hit.get("change") or "")) for hit in hits]
    return list(dict.fromkeys(f"{gene} {short_change(change)}".strip() for gene, change in named))


def short_change(change: str) -> str:
    """`p.Thr315Ile` as a board writes it: T315I. Anything else stays, without underscores."""
    match = re.fullmatch(r"p\.\(?([A-Z][a-z]{2})(\d+)([A-Z][a-z]{2})\)?", change)
    if match is None or not {match[1], match[3]} <= set(ONE_LETTER):
        return change.removeprefix("p.").replace("_", " ")
    return f"{ONE_LETTER[match[1]]}{match[2]}{ONE_LETTER[match[3]]}"


def label(lesion: Row) -> str:
    """`TCF3 rearrangement (TCF3::PBX1)`."""
    more = detail(lesion)
    more = more.removeprefix(str(lesion["name"])).strip()
    return f"{lesion['name']} ({more})" if more else str(lesion["name"])


# ---------------------------------------------------------------- therapies, settling


def level_words(therapy: Row) -> str:
    """`I A`, or `III D, preclinical`: evidence from cell lines must not read like a response of patients."""
    words = " ".join(part for part in (therapy["tier"], therapy["evidence_level"]) if part)
    return f"{words}, preclinical" if therapy["evidence_level"] == "D" else words


def undecided(report: Row) -> list[dict[str, Any]]:
    """Drugs whose lesion could not be assessed: eligibility is unknown, which is not a no."""
    lesions = {lesion["id"]: lesion for lesion in report["lesions"]}
    found: dict[str, list[dict[str, Any]]] = {}
    for therapy in report["therapies"]:
        lesion = lesions.get(therapy["lesion"])
        if lesion is not None and therapy["direction"] == "unknown" and lesion["state"] not in PRESENT:
            items = found.setdefault(therapy["drug"], [])
            items.append({"id": lesion["id"], "text": lesion["name"], "state": None})
    return [{"drug": drug, "lesions": items} for drug, items in found.items()]


def conflicts(report: Row, names: Mapping[str, str]) -> list[dict[str, Any]]:
    """Inputs that disagree, with every lesion that the same inputs disagree on in one line."""
    found: dict[tuple[Any, ...], dict[str, Any]] = {}
    for item in report.get("conflicts", ()):
        key = (tuple(item["for"]), tuple(item["against"]))
        row = found.setdefault(key, {**item, "lesions": []})
        row["lesions"].append({"id": item["lesion"], "text": names.get(item["lesion"], item["lesion"])})
        row["settles"] = row["settles"] or item["settles"]
    return list(found.values())


def settling(report: Row, names: Mapping[str, str], high: frozenset[str], most: int = 3) -> list[dict[str, Any]]:
    """The inputs that would change the picture most, with the names of the lesions, high-risk ones first."""
    found = []
    for item in [item for item in report["settling"] if item["weight"]][:most]:
        ids = sorted(item["lesions"], key=lambda id: id not in high)
        found.append({**item, "lesions": [{"id": id, "name": names.get(id, id)} for id in ids]})
    return found


# ---------------------------------------------------------------- from evidence to its row


def targets(report: Row, sections: Sequence[str]) -> dict[tuple[str, int], str]:
    """The anchor of the table row that a piece of evidence is: by lesion id and place in its evidence."""
    rows = _anchors(report, sections)
    found = {}
    for lesion in report["lesions"]:
        for place, item in enumerate(lesion["evidence"]):
            anchor = next((rows[key] for key in _keys(item) if key in rows), None)
            if anchor is not None:
                found[(lesion["id"], place)] = anchor
    return found


def _anchors(report: Row, sections: Sequence[str]) -> dict[tuple[Any, ...], str]:
    rows: dict[tuple[Any, ...], str] = {}
    if "variants" in sections:
        for n, v in enumerate(report["variants"], start=1):
            rows.setdefault(("small_variant", v["chrom"], v["pos"], v["ref"], v["alt"]), f"v{n}")
    if "junctions" in sections:
        for n, j in enumerate(report["junctions"], start=1):
            rows.setdefault(("junction", ";".join(j["records"])), f"j{n}")
    if "fusions" in sections:
        for n, f in enumerate(report["fusions"], start=1):
            rows.setdefault(("fusion", f["file"], f["record"]), f"f{n}")
    if "copy_number" in sections and report["copy_number"]:
        rows[("profile",)] = "copy_number"
        for n, s in enumerate(report["copy_number"]["segments"], start=1):
            rows.setdefault(("segment", s["chrom"], s["start"], s["end"]), f"s{n}")
    if "karyotype" in sections and report["karyotype"]:
        rows[("karyotype",)] = "karyotype"
    return rows


def _keys(item: Row) -> list[tuple[Any, ...]]:
    values = item["values"]
    return [
        (item["kind"], values.get("chrom"), values.get("pos"), values.get("ref"), values.get("alt")),
        (item["kind"], values.get("chrom"), values.get("start"), values.get("end")),
        (item["kind"], item["file"], item["record"]),
        (item["kind"], item["record"]),
        (item["kind"],),
    ]
