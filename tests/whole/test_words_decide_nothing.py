"""Every wording of code and tables is replaced by another, and no state, subtype, group, therapy or filter changes."""

from __future__ import annotations

import functools
import gc
import hashlib
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from annotate.decide.evidence.verdict import Verdict
from annotate.decide.iamp21.by_fish import Fish
from annotate.decide.iamp21.pattern import Judged
from annotate.decide.rearrangements.findings import Finding
from annotate.knowledge.files import Line
from annotate.knowledge.kinds import Text
from annotate.knowledge.spec import SPECS
from annotate.knowledge.specs.lesions import DetectabilityRow, Sees
from annotate.knowledge.tables import Knowledge
from annotate.model.copy_number import PloidySolution
from annotate.model.evidence import Evidence
from annotate.model.lesion import LesionCall
from annotate.model.remark import Remark
from annotate.model.sample import InputFile
from annotate.model.state import Reason
from annotate.name.copy_number.patterns import FusionPattern
from annotate.name.copy_number.readings import Reading
from annotate.report.page import first_screen
from annotate.report.page.flag import Flag, flag_of
from tests.makers.golden import PATIENTS, make_report
from tests.makers.simulated_patients import make_simulated, patients, reached

MARK = "Zq"
WORDED = {
    Reason: ("text",),
    Evidence: ("summary", "rule"),
    LesionCall: ("name", "summary"),
    Verdict: ("summary",),
    Finding: ("text",),
    FusionPattern: ("text",),
    Judged: ("text",),
    Fish: ("text",),
    PloidySolution: ("note",),
    Reading: ("note",),
    Remark: ("reason", "would"),
    InputFile: ("warnings", "notes"),
}
PROSE = frozenset(
    {"text", "note", "meaning", "why", "description", "short_name", "words", "how", "applies_text", "setting"}
)
PROSE_OF_ONE = {("lesions", "name"), ("regulatory_regions", "name"), ("variants", "effect"), ("settles", "input")}


def other(words: Any) -> Any:
    """Other words, always the same for the same; what the page fills in stays."""
    if isinstance(words, tuple):
        return tuple(other(word) for word in words)
    if not isinstance(words, str) or not words or words.startswith(MARK):
        return words
    filled = " ".join(re.findall(r"\{\w+\}", words))
    return f"{MARK}{hashlib.sha256(words.encode()).hexdigest()[:10]} {filled}".strip()


@contextmanager
def reworded() -> Iterator[None]:
    """All nouns that hold words, and all prose of the tables."""
    kept = {noun: noun.__init__ for noun in WORDED}
    lines = Knowledge._lines

    def made(noun: type, names: tuple[str, ...]) -> Any:
        first = kept[noun]
        order = list(noun.__dataclass_fields__)  # type: ignore[attr-defined]

        def init(self: Any, *args: Any, **fields: Any) -> None:
            fields |= dict(zip(order, args, strict=False))
            first(self, **{name: other(value) if name in names else value for name, value in fields.items()})

        return init

    def table(self: Knowledge, name: str) -> tuple[Line, ...]:
        return tuple(
            replace(line, cells={c: _cell(name, c, text) for c, text in line.cells.items()})
            for line in lines(self, name)
        )

    try:
        for noun, names in WORDED.items():
            noun.__init__ = made(noun, names)  # type: ignore[misc]
        Knowledge._lines = table  # type: ignore[method-assign]
        yield
    finally:
        for noun, first in kept.items():
            noun.__init__ = first  # type: ignore[misc]
        Knowledge._lines = lines  # type: ignore[method-assign]


def _cell(table: str, column: str, text: str) -> str:
    kind = SPECS[table].by_name[column].kind if column in SPECS[table].by_name else None
    words = isinstance(kind, Text) and not kind.pattern  # a closed set of the same name holds codes
    return other(text) if words and (column in PROSE or (table, column) in PROSE_OF_ONE) else text


LESION = ("id", "state", "leaning", "subtype", "tier", "modal_number", "masked", "genes", "detection_limit")


def decided(report: dict[str, Any]) -> dict[str, Any]:
    """All of a report that is no wording."""
    knowledge = Knowledge.load()
    flag = flag_of(report, knowledge)
    return {
        "lesions": [
            [*(lesion[key] for key in LESION), *dict.fromkeys(reason["code"] for reason in lesion["reasons"])]
            for lesion in report["lesions"]
        ],
        "conflicts": [[c["lesion"], c["for"], c["against"]] for c in report["conflicts"]],
        "remarks": [[r["code"], r["speaks"]] for lesion in report["lesions"] for r in lesion["remarks"]],
        "variants": [[v["pos"], v["alt"], v["filter"], v["flags"], v["oncogenicity"]] for v in report["variants"]],
        "risk": [[r["scheme"], r["version"], r["group"], r["certainty"], r["matched"]] for r in report["risk"]],
        "entities": [[c["system"], c["entity"], c["certainty"]] for c in report["classification"]],
        "therapies": sorted(
            [t["lesion"], t["drug"], t["direction"], t["tier"], t["evidence_level"], bool(t["contradicted_by"])]
            for t in report["therapies"]
        ),
        "pgx": [[p["gene"], p["diplotype"], p["phenotype"]] for p in report["pharmacogenomics"]],
        "germline": [prompt["id"] for prompt in report["germline"]],
        "flag": flag and [flag.colour, flag.literal, flag.extended, flag.certainty, _ids(flag)],
        "high": sorted(first_screen.high_risk(knowledge)),
    }


def _ids(flag: Flag) -> list[list[str]]:
    """Lesions of the banner: detected, in the extended reading, beside the list, open; open ones in any order."""
    shown = (flag.detected, flag.extended_detected, flag.beside)
    waiting = sorted(item["id"] for items in flag.open for item in items.items)
    return [*([item["id"] for item in part] for part in shown), waiting]


Made = Callable[[Path], dict[str, Any]]
GOLDEN = sorted(PATIENTS)[::2]
NEEDS_WHOLE_GENES = {
    "jak_stat_mutation",
    "notch1_fbxw7",
}  # ruled out only by a file that states the depth of all codons


def _everyone() -> dict[str, Made]:
    """Golden patients, and simulated ones: every lesion in every state that an input can lead to."""
    golden = {id: partial(make_report, PATIENTS[id]) for id in GOLDEN}
    return golden | {name: partial(make_simulated, files) for name, files in patients().items()}


EVERYONE = _everyone()


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, Any]]:
    return {id: make(tmp_path_factory.mktemp("plain")) for id, make in EVERYONE.items()}


@pytest.fixture(scope="module")
def worded_otherwise(
    plain: dict[str, dict[str, Any]], tmp_path_factory: pytest.TempPathFactory
) -> dict[str, tuple[dict[str, Any], dict[str, Any]]]:
    """Reports, and what they decide, made while all words are others."""
    _forget()
    try:
        with reworded():
            reports = {id: make(tmp_path_factory.mktemp("other")) for id, make in EVERYONE.items()}
            return {id: (report, decided(report)) for id, report in reports.items()}
    finally:
        _forget()


@pytest.mark.parametrize("id", EVERYONE)
def test_other_words_decide_the_same(id: str, plain: dict[str, Any], worded_otherwise: dict[str, Any]) -> None:
    report, changed = worded_otherwise[id]
    assert all(lesion["summary"].startswith(MARK) for lesion in report["lesions"])
    for part, value in decided(plain[id]).items():
        assert changed[part] == value, part


@pytest.mark.parametrize("state", ["detected", "equivocal", "not_detected", "not_assessable"])
def test_the_patients_reach_every_state_of_every_lesion(state: str, plain: dict[str, Any]) -> None:
    seen = {pair for report in plain.values() for pair in reached(report)}
    knowledge = Knowledge.load()
    lesions = knowledge.ids("lesions")
    able = {row.lesion for row in knowledge.rows(DetectabilityRow) if row.sees is Sees.DETECTS} - NEEDS_WHOLE_GENES
    assert {id for id in able if (id, state) not in seen} == set()
    assert state == "not_detected" or {id for id in lesions if (id, state) not in seen} == set()


def _forget() -> None:
    """Nothing made of the other words may outlive them."""
    for kept in gc.get_objects():
        if not isinstance(kept, functools._lru_cache_wrapper) or not (kept.__module__ or "").startswith("annotate."):
            continue
        if "knowledge" in kept.__wrapped__.__code__.co_varnames:
            kept.cache_clear()
