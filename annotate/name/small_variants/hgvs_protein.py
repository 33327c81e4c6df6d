"""HGVS names of protein changes."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from itertools import pairwise

from annotate.base.frozen import frozen
from annotate.base.genetic_code import STOP, UNKNOWN, translate
from annotate.name.small_variants.hgvs_coding import Coding, Edit, three_prime
from annotate.reference.hotspots import AMINO_ACIDS


@lru_cache(maxsize=512)
def _reference(cds: str) -> str:
    """`translate` of a gene's own sequence, which is asked for with every variant of the gene."""
    return translate(cds)


@lru_cache(maxsize=512)
def _read_on(cds: str, utr3: str) -> str:
    """The gene's own sequence read on behind its stop."""
    return translate(cds + utr3)


# ---------------------------------------------------------------- protein


@frozen
class ProteinChange:
    """What edits make of the protein: the name and the Sequence Ontology terms."""

    name: str
    terms: tuple[str, ...]
    codon: int  # the first residue named


@frozen
class _Read:
    """The protein before and after a change. `shifted`: the frame behind the change is another one."""

    ref: str
    mut: str
    shifted: bool
    touched: tuple[int, int]  # first and last codon, from 0


def protein_change(coding: Coding, edits: Sequence[Edit]) -> ProteinChange | None:
    """The change of one allele (several edits: those of one haplotype). None where a base that matters is unknown.

    Errors: none; an edit outside the coding sequence gives None.
    """
    if not coding.numbered or not edits:
        return None
    parts = [_part(coding, edit) for edit in edits]
    found = sorted(part for part in parts if part is not None)
    if len(found) != len(parts) or any(one[1] > two[0] for one, two in pairwise(found)):
        return None
    if len(found) == 1 and found[0][0] < 3 and coding.keeps_start(*found[0]):
        return ProteinChange("p.Met1=", ("start_retained_variant",), 1)
    if found[0][0] < 0:
        return ProteinChange("p.Met1?", ("start_lost",), 1)
    read = _read_over_stop(coding, found) if found[-1][1] > len(coding.cds) else _read(coding, found)
    if read is None:
        return None
    delta = sum(len(alt) - (end - start) for start, end, alt in found)
    name = protein_name(read.ref, read.mut, shifted=read.shifted, touched=read.touched)
    if name is None:
        return None
    own_stop = not read.shifted and read.mut.find(STOP) == len(read.mut) - 1
    return ProteinChange(name, _terms(name, edits, delta, own_stop=own_stop), _first_number(name))


Part = tuple[int, int, str]  # of the coding sequence that an edit replaces, from 0, and by what


def _part(coding: Coding, edit: Edit) -> Part | None:
    """Within the coding sequence, or running over one of its ends into what is translated no more."""
    moved = three_prime(coding, edit)
    inside = coding.cds_edit(edit) or coding.cds_edit(moved)
    if inside is not None:
        return inside
    over = coding.read_edit(moved)
    size = len(coding.cds)
    return over if over is not None and (over[0] < 0 < over[1] or over[0] < size < over[1]) else None


def _read(coding: Coding, found: Sequence[Part]) -> _Read | None:
    touched = found[0][0] // 3, max(found[-1][1] - 1, found[-1][0]) // 3
    if touched[1] >= coding.residues - 1 and "N" in coding.cds[-3:]:
        return None
    delta = sum(len(alt) - (end - start) for start, end, alt in found)
    shifted = delta % 3 != 0
    cds = coding.cds if shifted or "N" not in coding.cds[-3:] else coding.cds[:-3] + "TAA"
    before, after = found[0][0] // 3, -(-found[-1][1] // 3)  # codons in front of the change and behind it stay
    mutated, at = _replaced(cds, found, 3 * before)
    ref = _reference(coding.cds)[:-1] + STOP
    if shifted:
        mut = _reference(cds)[:before] + translate(mutated + cds[at:] + coding.utr3)
        return _Read(ref, mut, shifted, touched)
    whole = _read_on(cds, coding.utr3)
    mut = whole[:before] + translate(mutated + cds[at : 3 * after]) + whole[after:]
    size = len(ref) + delta // 3
    return _Read(ref, mut[:size] if mut[size - 1 : size] == STOP else mut + UNKNOWN, shifted, touched)


def _read_over_stop(coding: Coding, found: Sequence[Part]) -> _Read | None:
    """A change that takes the stop codon or a part of it with bases behind it: read on in the untranslated sequence."""
    if "N" in coding.cds[-3:]:
        return None
    whole, before = coding.cds + coding.utr3, found[0][0] // 3
    mutated, at = _replaced(whole, found, 3 * before)
    ref = _reference(coding.cds)
    mut = ref[:before] + translate(mutated + whole[at:]) + UNKNOWN
    return _Read(ref, mut, True, (before, coding.residues - 1))


def _replaced(sequence: str, found: Sequence[Part], at: int) -> tuple[str, int]:
    """The sequence from `at` to the end of the last part, with the parts replaced, and where that end is."""
    pieces = []
    for start, end, alt in found:
        pieces += [sequence[at:start], alt]
        at = end
    return "".join(pieces), at


def protein_name(ref: str, mut: str, *, shifted: bool, touched: tuple[int, int]) -> str | None:
    """The p. name of the change from `ref` (which ends in its stop `*`) to `mut`.

    `mut` is read on past stops, but ends in its own stop where that is the one of `ref`; `shifted` says that the
    reading frame is another one behind the change; `touched` are the first and last codons (from 0) that the DNA
    change alters.
    """
    first = _first_difference(ref, mut, touched[0])  # nothing differs before
    last = min(first, len(ref) - 1) + 1
    if UNKNOWN in ref[touched[0] : last] or UNKNOWN in mut[touched[0] : last]:
        return None
    if first >= len(ref) or (first >= len(mut) and len(ref) == len(mut)):
        last = min(touched[1], len(ref) - 1)
        return f"p.{_span(ref, last if ref[last] == STOP else touched[0], last)}="
    if first == 0:
        return "p.Met1?"
    if first >= len(mut):  # the sequence ends before anything differs
        return f"p.{_residue(ref, first)}fs" if shifted else None
    natural = not shifted and mut.find(STOP) == len(mut) - 1
    if natural and len(mut) != len(ref) and ref[first] != STOP:
        return _in_frame(ref, mut, first)
    if mut[first] == STOP:
        return f"p.{_residue(ref, first)}Ter"
    stop = mut.find(STOP, first)
    if ref[first] == STOP:
        return f"p.{_residue(ref, first)}{_three(mut[first])}extTer{_distance(mut, first, stop, first)}"
    if shifted:
        return f"p.{_residue(ref, first)}{_three(mut[first])}fsTer{_distance(mut, first, stop, first - 1)}"
    return _in_frame(ref, mut, first)


def _first_difference(one: str, two: str, start: int) -> int:
    """The first place from `start` on where two texts differ, the length of the shorter if none."""
    size = min(len(one), len(two))
    if one[start:size] == two[start:size]:
        return size
    return next(at for at in range(start, size) if one[at] != two[at])


def _distance(mut: str, first: int, stop: int, origin: int) -> str:
    """How far the new stop lies; `?` where none comes or an unknown residue comes before it."""
    if stop < 0 or UNKNOWN in mut[first:stop]:
        return "?"
    return str(stop - origin)


def _in_frame(ref: str, mut: str, first: int) -> str | None:
    same = len(ref) - first - 1 if len(ref) == len(mut) and ref[first + 1 :] == mut[first + 1 :] else 0
    while same < min(len(ref), len(mut)) - first and ref[-1 - same] == mut[-1 - same]:
        same += 1
    lost, gained = ref[first : len(ref) - same], mut[first : len(mut) - same]
    if UNKNOWN in lost or UNKNOWN in gained:
        return None
    if STOP in gained[:-1] or (gained.endswith(STOP) and not lost.endswith(STOP)):
        gained = gained[: gained.index(STOP) + 1]
    if not lost:
        if STOP not in gained and ref[first - len(gained) : first] == gained:
            return f"p.{_span(ref, first - len(gained), first - 1)}dup"
        return f"p.{_residue(ref, first - 1)}_{_residue(ref, first)}ins{_threes(gained)}"
    if lost.endswith(STOP) and not gained.endswith(STOP):
        lost = lost[:-1]
    if not gained:
        return f"p.{_span(ref, first, first + len(lost) - 1)}del"
    if len(lost) == len(gained) == 1:
        return f"p.{_residue(ref, first)}{_three(gained)}"
    return f"p.{_span(ref, first, first + len(lost) - 1)}delins{_threes(gained)}"


def _terms(name: str, edits: Sequence[Edit], delta: int, *, own_stop: bool) -> tuple[str, ...]:
    """`own_stop`: the gene's own stop codon still ends the protein, residues inserted before it or not."""
    if name.endswith("="):
        return ("stop_retained_variant",) if name.startswith("p.Ter") else ("synonymous_variant",)
    if name == "p.Met1?":
        return ("start_lost",)
    pure = len(edits) == 1 and edits[0].pure_indel
    length = (
        "frameshift_variant" if delta % 3
        else "protein_altering_variant" if not pure
        else "inframe_insertion" if delta > 0
        else "inframe_deletion"
    )  # fmt: skip
    if "ext" in name:  # a shifted frame within the stop codon truncates nothing
        return (length,) if own_stop else ("stop_lost",)
    if "fs" in name:
        return ("frameshift_variant",)
    if name.endswith("Ter"):
        return ("stop_gained", length) if delta else ("stop_gained",)
    return (length,) if delta else ("missense_variant",)


def _span(ref: str, first: int, last: int) -> str:
    return _residue(ref, first) if first == last else f"{_residue(ref, first)}_{_residue(ref, last)}"


def _residue(ref: str, at: int) -> str:
    return f"{_three(ref[at])}{at + 1}"


def _three(residue: str) -> str:
    return "Ter" if residue == STOP else AMINO_ACIDS[residue]


def _threes(residues: str) -> str:
    return "".join(_three(residue) for residue in residues)


def _first_number(name: str) -> int:
    digits = "".join(c if c.isdigit() else " " for c in name).split()
    return int(digits[0])
