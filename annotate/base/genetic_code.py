"""The standard genetic code (NCBI table 1)."""

from __future__ import annotations

_BASES = "TCAG"
_RESIDUES = "FFLLSSSSYY**CC*WLLLLPPPPHHQQRRRRIIIMTTTTNNKKSSRRVVVVAAAADDEEGGGG"
CODE = {a + b + c: _RESIDUES[16 * i + 4 * j + k] for i, a in enumerate(_BASES) for j, b in enumerate(_BASES)
        for k, c in enumerate(_BASES)}  # fmt: skip
UNKNOWN = "X"  # a residue whose codon has an unknown base
STOP = "*"


def translate(bases: str) -> str:
    """Residues of whole codons; `X` where a base is unknown. A rest of one or two bases is left out."""
    get = CODE.get
    return "".join([get(bases[i : i + 3], UNKNOWN) for i in range(0, len(bases) - 2, 3)])
