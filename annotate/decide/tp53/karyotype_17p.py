"""What the karyotype says of 17p."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from annotate.decide.call import make
from annotate.decide.case import Case
from annotate.decide.tp53.common import GENE
from annotate.model.evidence import Evidence
from annotate.model.lesion import LesionCall
from annotate.model.state import Code, Reason, State
from annotate.read.karyotype.counts import is_clonal_change


@dataclass(frozen=True, slots=True)
class Token17p:
    raw: str
    loses: bool  # del, -17, i(17)(q10): loss of 17p; add and der only may lose it


def karyotype_17p(case: Case) -> tuple[Token17p, ...]:
    """Abnormalities of 17p in the karyotype of the leukaemia; the donor's clones and inherited changes left out."""
    if case.karyotype is None:
        return ()
    found = []
    for clone in case.karyotype.clones:
        for token in clone.tokens if not clone.donor else ():
            clonal = is_clonal_change(clone, token, case.knowledge)
            loses = _loses_17p(token.raw)
            if token.constitutional or loses is None or (token.kind == "loss" and clonal is False):
                continue  # a chromosome missing from one or two metaphases is lost in preparation
            found.append(Token17p(token.raw, loses and clonal is not False))
    return tuple(dict.fromkeys(found))


def _loses_17p(raw: str) -> bool | None:
    """True for loss of 17p, False for a change of 17p that may lose it, None for anything else."""
    text = re.sub(r"\s|\?", "", raw)
    if re.fullmatch(r"-17(x\d)?", text) or re.match(r"(i|idic|ider)\(17\)\((q10|p1)", text):
        return True
    if re.match(r"del\(17\)\(p", text):
        return True
    if re.match(r"(add|dic|inv|ins|dup|r)\(17\)\(p", text):
        return False
    der = re.match(r"(der|dic|t)\(([0-9XY;]+)\)\(([^)]*)\)", text)
    if der and "17" in der.group(2).split(";"):
        return False if _band_of_17(der.group(2), der.group(3)).startswith("p") else None
    derived = re.match(r"der\(17\)", text)
    return False if derived and re.search(r"17[;)].*\(.*p", text) else None


def _band_of_17(chromosomes: str, bands: str) -> str:
    parts, names = bands.split(";"), chromosomes.split(";")
    index = names.index("17")
    return parts[index] if index < len(parts) else ""


def deletion_by_karyotype(case: Case, id: str, tokens: Sequence[Token17p]) -> LesionCall:
    names = ", ".join(token.raw for token in tokens)
    reasons = [
        Reason(
            Code.KARYOTYPE_ONLY,
            f"17p abnormality in the karyotype ({names}); whether TP53 is lost is not resolved by bands",
            "copy-number segments or FISH of TP53",
        )
    ]
    evidence = [Evidence(kind="karyotype", summary=token.raw, file="karyotype", rule="17p") for token in tokens]
    leaning = "likely" if any(token.loses for token in tokens) else "unclear"
    summary = f"TP53 equivocal: 17p abnormality in the karyotype ({names})."
    return make(case, id, State.EQUIVOCAL, summary, reasons, evidence, leaning=leaning, genes=(GENE,))
