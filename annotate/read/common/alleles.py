"""Small variant or structural one? The readers of both ask, so that no file passes for the other kind."""

from __future__ import annotations

STRUCTURAL = 50  # bases from which callers and the VCF standard's users speak of a structural variant
REFERENCE = frozenset({"<NON_REF>", "<*>", "<X>"})  # symbolic, but blocks of the reference


def is_structural(ref: str, alt: str) -> bool:
    """A symbolic allele, a breakend, or a change of length by `STRUCTURAL` bases or more."""
    if alt.startswith("<"):
        return alt not in REFERENCE
    return "[" in alt or "]" in alt or abs(len(ref) - len(alt)) >= STRUCTURAL
