"""Simulated karyotypes with known truth: copies of each chromosome, as segments that a caller would list.

A karyotype is a map of chromosome to `(total, minor)` copies in the leukaemic cells; chromosome 21 may be given
piece by piece. Which chromosomes a hypodiploid clone keeps and a hyperdiploid one gains follows the
literature's order with some chance, so that no two are alike.
"""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from annotate.reference.genome import Genome
from tests.makers.copy_number import Truth

State = tuple[int, int]
AUTOSOMES = tuple(map(str, range(1, 23)))
KEPT_NEAR = ("21", "14", "18", "8", "10", "4", "6")  # what near-haploid clones keep two of, first to last
KEPT_LOW = ("21", "1", "6", "8", "10", "11", "18", "19", "22", "5", "14", "12")  # low hypodiploid
GAINED = ("21", "4", "6", "14", "18", "10", "17", "8", "5", "12", "9", "11", "22")  # hyperdiploid
P_PIECE = 8  # pieces a chromosome is cut into, so that segments are as many as in real files


@dataclass(frozen=True, slots=True)
class Simulated:
    """One karyotype and what must, and must not, be said of it."""

    name: str
    kind: str  # near_haploid, near_haploid_doubled, low_hypodiploid, low_hypodiploid_doubled, hyperdiploid, …
    sex: str
    states: Mapping[str, State]
    chr21: tuple[tuple[float, int, int], ...] = ()  # (end in Mb, total, minor) pieces of chromosome 21
    down_syndrome: bool = False
    etv6_runx1: bool = False

    @property
    def count(self) -> int:
        return sum(total for total, _ in self.states.values())

    @property
    def hypodiploid(self) -> bool:
        return self.kind.startswith(("near_haploid", "low_hypodiploid"))

    @property
    def doubled(self) -> bool:
        return self.kind.endswith("doubled")


def truth(karyotype: Simulated, genome: Genome, pieces: int = P_PIECE) -> list[Truth]:
    """Its segments, whole chromosomes cut into equal pieces (chromosome 21 as given)."""
    found: list[Truth] = []
    for chrom in (*AUTOSOMES, "X", "Y"):
        total, minor = karyotype.states.get(chrom, (0, 0))
        length = genome.contig_lengths[chrom]
        if chrom == "21" and karyotype.chr21:
            start = 14_000_000
            for end_mb, copies, lower in karyotype.chr21:
                end = min(int(end_mb * 1e6), length)
                found.append((chrom, start, end, copies, lower))
                start = end + 1
            continue
        step = length // pieces
        edges = [1 + i * step for i in range(pieces)] + [length + 1]
        found += [(chrom, a, b - 1, total, minor) for a, b in pairwise(edges)]
    return found if karyotype.sex == "male" else [item for item in found if item[0] != "Y"]


def hypodiploid(count: int, sex: str, seed: int, doubled: bool = False) -> Simulated:
    """A clone of `count` chromosomes: one of each, and a second homologue of those it keeps."""
    dice = random.Random(seed)
    near = count <= 31
    order = list(KEPT_NEAR if near else KEPT_LOW)
    rest = [c for c in AUTOSOMES if c not in order]
    dice.shuffle(rest)
    sex_kept = 2 if dice.random() < 0.5 or not near else 1
    extra = count - 22 - sex_kept
    if extra < 0:
        sex_kept, extra = 1, count - 23
    kept = (order + rest)[:extra]
    if extra > 2 and dice.random() < 0.5:
        kept[-1] = rest[len(kept) % len(rest)] if rest[len(kept) % len(rest)] not in kept else kept[-1]
    states = {c: (2, 1) if c in kept else (1, 0) for c in AUTOSOMES}
    if sex == "male":
        states |= {"X": (1, 0), "Y": (1, 0) if sex_kept == 2 else (0, 0)}
    else:
        states |= {"X": (2, 1) if sex_kept == 2 else (1, 0), "Y": (0, 0)}
    kind = "near_haploid" if near else "low_hypodiploid"
    if doubled:
        states = {c: (2 * total, 2 * minor) for c, (total, minor) in states.items()}
        kind += "_doubled"
    return Simulated(f"{kind} {count}{sex[0]}", kind, sex, states)


def hyperdiploid(count: int, sex: str, seed: int, disomies: int = 0) -> Simulated:
    """51 to 67 chromosomes by gains of single chromosomes; `disomies`: chromosomes with two copies of one parent's."""
    dice = random.Random(seed)
    states: dict[str, State] = dict.fromkeys(AUTOSOMES, (2, 1))
    states |= {"X": (1, 0), "Y": (1, 0)} if sex == "male" else {"X": (2, 1), "Y": (0, 0)}
    order = list(GAINED[:8]) + dice.sample(GAINED[8:], len(GAINED) - 8)
    order += [c for c in AUTOSOMES if c not in order]
    gains = count - 46
    if gains:
        states["X"] = (2, 0) if sex == "male" else (3, 1)
        gains -= 1
    for chrom in order:
        if gains <= 0:
            break
        if chrom == "21" and gains >= 2:
            states["21"] = (4, 2) if dice.random() < 0.7 else (4, 1)
            gains -= 2
        else:
            states[chrom] = (3, 1)
            gains -= 1
    free = [c for c in AUTOSOMES if states[c] == (2, 1)]
    for chrom in dice.sample(free, min(disomies, len(free))):
        states[chrom] = (2, 0)
    name = f"hyperdiploid {count}{sex[0]}" + (f" {disomies} disomies" if disomies else "")
    return Simulated(name, "hyperdiploid", sex, states)


def diploid(name: str, kind: str, sex: str = "female", **changes: State) -> Simulated:
    states: dict[str, State] = dict.fromkeys(AUTOSOMES, (2, 1))
    states |= {"X": (1, 0), "Y": (1, 0)} if sex == "male" else {"X": (2, 1), "Y": (0, 0)}
    states |= {key.removeprefix("c"): state for key, state in changes.items()}
    return Simulated(name, kind, sex, states)


Piece = tuple[float, int, int]
# positions in Mb of GRCh38: RUNX1 34.8 to 35.0, CHAF1B 36.4, DYRK1A 37.4, ERG 38.4, HMGN1 39.3, telomere from 45.2
IAMP21: Mapping[str, tuple[Piece, ...]] = {
    "typical 6": ((22.6, 2, 1), (31.0, 3, 1), (34.0, 4, 1), (40.5, 6, 1), (44.0, 3, 1), (46.7, 2, 1)),
    "typical 5": ((20.0, 2, 1), (33.0, 3, 1), (40.0, 5, 1), (43.0, 3, 1), (46.7, 2, 1)),
    "telomere lost": ((23.0, 2, 1), (32.0, 4, 1), (41.0, 7, 1), (45.0, 3, 1), (46.7, 1, 0)),
    "typical 8": ((24.0, 3, 1), (30.0, 5, 1), (42.0, 8, 1), (44.5, 4, 1), (46.7, 1, 0)),
}
ATYPICAL: Mapping[str, tuple[Piece, ...]] = {
    "4 copies": ((22.6, 2, 1), (33.0, 3, 1), (41.0, 4, 1), (44.0, 3, 1), (46.7, 2, 1)),
    "telomere one below": ((22.6, 3, 1), (33.0, 4, 1), (44.0, 5, 1), (46.7, 4, 1)),
}


def with_21(name: str, kind: str, pieces: Sequence[Piece], sex: str = "female", **fields: bool) -> Simulated:
    base = diploid(name, kind, sex)
    total = pieces[0][1]
    return Simulated(name, kind, sex, {**base.states, "21": (total, min(1, total // 2))}, tuple(pieces), **fields)


def catalogue() -> tuple[Simulated, ...]:
    """More than sixty karyotypes with their truths."""
    found: list[Simulated] = []
    for count in range(24, 40):
        sex = "female" if count % 2 else "male"
        found.append(hypodiploid(count, sex, seed=count))
        found.append(hypodiploid(count, "male" if sex == "female" else "female", seed=100 + count, doubled=True))
    for place, count in enumerate((51, 52, 53, 54, 55, 56, 57, 58, 60, 62, 64, 66, 67)):
        found.append(hyperdiploid(count, "male" if place % 2 else "female", seed=200 + count))
    for count, disomies in ((52, 1), (55, 2), (56, 3), (58, 2), (60, 1), (66, 1)):
        found.append(hyperdiploid(count, "female", seed=300 + count, disomies=disomies))
    found += [
        diploid("normal female", "normal"),
        diploid("normal male", "normal", "male"),
        diploid("trisomy 8", "near_diploid", c8=(3, 1)),
        diploid("monosomy 7", "near_diploid", c7=(1, 0)),
        diploid("three monosomies 43", "high_hypodiploid", c3=(1, 0), c7=(1, 0), c17=(1, 0)),
        diploid("two disomies", "near_diploid", c9=(2, 0), c17=(2, 0)),
        Simulated("Down syndrome", "down", "female", diploid("", "", c21=(3, 1)).states, down_syndrome=True),
        diploid("trisomy 21", "polysomy_21", c21=(3, 1)),
        diploid("tetrasomy 21", "polysomy_21", c21=(4, 2)),
        diploid("pentasomy 21", "polysomy_21", c21=(5, 2)),
        diploid("hexasomy 21", "polysomy_21", c21=(6, 2)),
        with_21("uniform RUNX1x6", "polysomy_21", ((46.7, 6, 1),)),
        with_21("ETV6::RUNX1 with der(21)", "etv6_runx1", ((34.9, 2, 1), (46.7, 4, 1)), etv6_runx1=True),
        with_21(
            "ETV6::RUNX1 uneven",
            "etv6_runx1",
            ((30.0, 2, 1), (34.9, 3, 1), (41.0, 5, 1), (46.7, 3, 1)),
            etv6_runx1=True,
        ),
    ]
    found += [
        with_21(f"iAMP21 {name}", "iamp21", pieces, "male" if place % 2 else "female")
        for place, (name, pieces) in enumerate(IAMP21.items())
    ]
    found += [with_21(f"iAMP21 {name}", "iamp21_atypical", pieces) for name, pieces in ATYPICAL.items()]
    return tuple(found)
