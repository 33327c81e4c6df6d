"""Genes that interphase FISH shows as lost: nuc ish(CDKN2Ax0)[120/200], (TP53x1,D17Z1x2)[180/200].

FISH counts signals of a probe that is much larger than a gene: it proves a loss, not its reach, and it does not
exclude a small one.
"""

from __future__ import annotations

from dataclasses import dataclass

from annotate.decide.case import Case
from annotate.model.evidence import Evidence

ONE = {"p16": "CDKN2A", "p15": "CDKN2B", "p53": "TP53"}  # protein names that laboratories write for the probes


@dataclass(frozen=True, slots=True)
class FishLoss:
    """Fewer than two signals. `certain`: in enough cells for a clone, and the number of cells is written."""

    gene: str
    signals: int
    cells: int | None
    scored: int | None
    certain: bool
    raw: str

    @property
    def text(self) -> str:
        cells = "cells not stated" if not self.scored else f"in {self.cells} of {self.scored} cells"
        return f"FISH: {self.signals} signal{'' if self.signals == 1 else 's'} of {self.gene} {cells}"


def fish_losses(case: Case, gene: str) -> tuple[FishLoss, ...]:
    """Losses of a gene by FISH, the one in most cells first."""
    found = []
    least = case.knowledge.value("genes.min_fish_share")
    for probe in case.karyotype.fish if case.karyotype is not None else ():
        names = {ONE.get(name.lower(), case.genome.symbol(name)) for name in probe.gene.split(";")}
        if gene not in names or len(names) > 1 or probe.signals_high is None or probe.signals_high > 1:
            continue
        share = probe.cells / probe.scored if probe.cells is not None and probe.scored else None
        certain = share is not None and share >= least
        found.append(FishLoss(gene, probe.signals_high, probe.cells, probe.scored, certain, probe.raw))
    return tuple(sorted(found, key=lambda f: (not f.certain, -(f.cells or 0), f.signals)))


def fish_evidence(loss: FishLoss) -> Evidence:
    return Evidence(
        kind="karyotype",
        summary=loss.text,
        file="sample sheet",
        record=loss.raw,
        rule="signals of an interphase FISH probe",
        values={"signals": loss.signals, "cells": loss.cells, "scored": loss.scored},
    )
