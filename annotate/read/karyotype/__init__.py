"""ISCN as laboratories write it, read by one hand-written grammar.

    karyotype   = [label] [clones ["//" clones]] {section}           behind // stand the donor's cells
    clones      = clone {"/" clone}
    clone       = ["mos"] count ["," (sex | inherit)] {"," abnormality} [cells]
    count       = ["?" | "~" | "c."] n [("~" | "-" | "/") n] ["(" n "-" n ")"] ["<" n "n>"]      at least 23
    sex         = X and Y in any number ["c"] | "U" | "X?"
    inherit     = ("idem" | "sl" | "sdl" [n]) ["x" n]
    cells       = "[" ["cp"] n ["/" n] "]" | "[?]"                   also (n) or n behind the last bracket
    abnormality = [sign] ["?"] [n] body ["c"] ["x" n] [cells] {("or" | "/") abnormality}
    body        = chromosome | marker | part {part} | chromosome arm ("+" | "-")
    part        = kind "(" chromosomes ")" ["(" bands ")"] ["(" positions ")"]
    chromosomes = chromosome {";" chromosome}                        also divided by : , / for a slip of the keyboard
    section     = "nuc ish" counted signals | "ish" signals on chromosomes
                | ("arr" | "ogm" | "sseq" | "seq") [build] {region copies | abnormality}
                | "rsa" | "mlpa"                                     listed as unread

Any case, dash, quote and blank is taken (`spelling`), brackets that are not closed end where the next abnormality or
clone begins (`scanning`). A number that is no clone (fewer than 23 chromosomes, or nothing behind it) is text. Short
forms take the bands of the rearrangement that was written before (`inheritance`).
Nothing is refused and nothing is guessed: what does not fit stands in `Karyotype.unread`.

Source: ISCN 2020 and 2024.
"""

from __future__ import annotations

from annotate.base.errors import InputError
from annotate.model.karyotype import FishProbe, Karyotype, KaryotypeToken, MeasuredSegment
from annotate.read.karyotype.clones import read_clones
from annotate.read.karyotype.fish import read_interphase, read_metaphase
from annotate.read.karyotype.measured import METHODS, read_measured
from annotate.read.karyotype.scanning import sections
from annotate.read.karyotype.spelling import plain

MAX_LENGTH = 20_000  # characters; the most complex karyotypes of leukaemia have some hundreds

__all__ = ["parse_karyotype"]


def parse_karyotype(text: str) -> Karyotype:
    """A karyotype with what could be read of it; the rest stands in `unread`.

    Raises InputError only for a text that is too long to be a karyotype.
    """
    if len(text) > MAX_LENGTH:
        raise InputError("karyotype is too long", found=len(text), expected=f"at most {MAX_LENGTH} characters")
    chromosomes, bodies = sections(plain(text))
    clones, unread = read_clones(chromosomes)
    fish: list[FishProbe] = []
    segments: list[MeasuredSegment] = []
    tokens: list[KaryotypeToken] = []
    for word, body in bodies:
        rest: list[str] = []
        if word in ("nucish", "fish"):
            probes, rest = read_interphase(body)
            fish += probes
        elif word == "ish":
            probes, seen, rest = read_metaphase(body)
            fish += probes
            tokens += seen
        elif word in METHODS:
            found, seen, rest = read_measured(word, body)
            segments += found
            tokens += seen
        elif body:
            rest = [body]
        unread += [f"{'nuc ish' if word == 'nucish' else word} {piece}".strip() for piece in rest]
    counted = [clone.metaphases for clone in clones if not clone.donor and clone.metaphases is not None]
    return Karyotype(
        raw=text,
        clones=tuple(clones),
        fish=tuple(fish),
        unread=tuple(unread),
        metaphases=sum(counted) if counted else None,
        segments=tuple(segments),
        measured=tuple(tokens),
    )
