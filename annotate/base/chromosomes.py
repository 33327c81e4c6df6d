"""Names of the chromosomes as every part writes them: without `chr`, 1 to 22, X and Y."""

from __future__ import annotations

AUTOSOMES = tuple(str(number) for number in range(1, 23))
AUTOSOME_SET = frozenset(AUTOSOMES)
CHROMOSOMES = (*AUTOSOMES, "X", "Y")
