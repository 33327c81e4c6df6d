"""HGVS names against two libraries of other authors: `python scripts/oracles.py [N] [--write]`.

N random changes (60) of coding exons of every panel gene whose coding sequence the pack holds, in both assemblies, are
named by ALLert, ferro-hgvs and biocommons hgvs. Those are given the same transcript (coding sequence, and what the pack
knows of the untranslated ends) and nothing else: no database, no network. Names are compared as they are written but
for the parentheses of predicted protein changes; a difference is printed by its kind, with an example. Changes lie
away from exon borders, because a library that knows a transcript alone would shift an indel over them.
Extra: `pip install -e .[oracles]`. `--write` puts the table into docs/validation.md. Exit 1 where a name differs from
every oracle's and not in notation alone, which is checked by applying both to the sequence.
"""

from __future__ import annotations

import argparse
import random
import re
import sys
import tempfile
import warnings
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from annotate.base.sequence import reverse_complement  # noqa: E402
from annotate.name.small_variants import hgvs_coding, hgvs_protein, models  # noqa: E402
from annotate.name.small_variants.hgvs_coding import Coding  # noqa: E402
from annotate.reference.genome import Genome  # noqa: E402

BORDER = 30  # coding bases left out at each end of an exon
CONTIG = "NC_000001.11"  # what ferro is told the transcript lies on
KINDS = ("substitution", "deletion", "insertion", "duplication", "delins")
EXAMPLES = 3
LEVELS = ("c.", "p.")
PAGE = ROOT / "docs" / "validation.md"
BEGIN, END = "<!-- oracles: begin -->", "<!-- oracles: end -->"


@dataclass(frozen=True, slots=True)
class Change:
    """A change of a coding sequence: bases `start` (from 1) to `end` become `alt`; an insertion has `end` < `start`."""

    kind: str
    start: int
    end: int
    ref: str
    alt: str

    def written(self, offset: int = 0) -> str:
        """As a caller would write it, before any rule of HGVS moves it."""
        start, end = self.start + offset, self.end + offset
        if not self.ref:
            return f"{end}_{start}ins{self.alt}"
        span = f"{start}" if start == end else f"{start}_{end}"
        if not self.alt:
            return f"{span}del"
        return f"{start}{self.ref}>{self.alt}" if len(self.ref) == len(self.alt) == 1 else f"{span}delins{self.alt}"


# ---------------------------------------------------------------- changes


def stretches(coding: Coding) -> list[tuple[int, int]]:
    """Inner parts of coding exons, as places of the coding sequence from 1."""
    found, before = [], 0
    for exon in coding.exons:
        length = exon.coding_length
        if length > 2 * BORDER + 10:
            found.append((before + BORDER, before + length - BORDER))
        before += length
    return found


def changes(coding: Coding, rng: random.Random, count: int) -> Iterator[Change]:
    """Random changes with minimal alleles."""
    parts = stretches(coding)
    for _ in range(count if parts else 0):
        low, high = rng.choice(parts)
        kind, start, size = rng.choice(KINDS), rng.randint(low, high - 9), rng.randint(1, 9)
        ref = coding.cds[start - 1 : start - 1 + size]
        bases = "".join(rng.choice("ACGT") for _ in range(rng.randint(1, 9)))
        if kind == "substitution":
            other = rng.choice([base for base in "ACGT" if base != ref[0]])
            yield Change(kind, start, start, ref[0], other)
        elif kind == "deletion":
            yield Change(kind, start, start + size - 1, ref, "")
        elif kind in ("insertion", "duplication"):
            yield Change(kind, start, start - 1, "", ref if kind == "duplication" else bases)
        elif ref[0] != bases[0] and ref[-1] != bases[-1] and len(ref) + len(bases) > 2:
            yield Change(kind, start, start + size - 1, ref, bases)


def ours(coding: Coding, change: Change) -> tuple[str | None, str | None]:
    """ALLert's c. and p. names, from a change on the forward strand."""
    places = {coding.cds_index(pos): pos for exon in coding.exons for pos in _coded(exon)}
    if coding.forward:
        edit = hgvs_coding.Edit(places[change.start - 1], change.ref, change.alt)
    else:  # an insertion goes in before the base at `start`: behind it on the forward strand
        low = places[change.end - 1] if change.ref else places[change.start - 1] + 1
        edit = hgvs_coding.Edit(low, reverse_complement(change.ref), reverse_complement(change.alt))
    protein = hgvs_protein.protein_change(coding, [edit])
    return hgvs_coding.coding_name(coding, edit), None if protein is None else protein.name


def _coded(exon: Any) -> range:
    return range(0) if exon.cds_start is None else range(exon.cds_start, exon.cds_end + 1)


# ---------------------------------------------------------------- the oracles

Oracle = Callable[[Change], tuple[str | None, str | None]]


def known_ends(coding: Coding) -> tuple[str, str]:
    """The untranslated bases beside the coding sequence, as far as the pack knows them."""
    return re.split("N", coding.utr5)[-1], re.split("N", coding.utr3)[0]


def ferro(coding: Coding, folder: Path) -> Oracle:
    import ferro_hgvs

    before, behind = known_ends(coding)
    fasta, reference = folder / "transcript.fa", folder / "transcript.json"
    for path in folder.iterdir():
        path.unlink()
    fasta.write_text(f">{CONTIG}\n{before}{coding.cds}{behind}\n")
    made = ferro_hgvs.build_transcript(
        ferro_hgvs.BuildTranscriptConfig(
            str(fasta), len(before) + 1, len(before) + len(coding.cds), None, coding.accession, "+", CONTIG,
            coding.transcript.gene, "GRCh38", True,
        )
    )  # fmt: skip
    reference.write_text(made.transcripts_json)
    projector = ferro_hgvs.VariantProjector(str(reference))

    def named(change: Change) -> tuple[str | None, str | None]:
        found = projector.project(f"{CONTIG}:g.{change.written(len(before))}", coding.accession)
        return found.c_name, found.p_name

    return named


def biocommons(coding: Coding, folder: Path) -> Oracle:
    import hgvs.normalizer
    import hgvs.parser
    import hgvs.variantmapper

    provider = _provider(coding)
    parser, mapper = _parser(), hgvs.variantmapper.VariantMapper(provider)
    normalizer = hgvs.normalizer.Normalizer(provider, cross_boundaries=True, validate=False)

    def named(change: Change) -> tuple[str | None, str | None]:
        variant = normalizer.normalize(parser.parse_hgvs_variant(f"{coding.accession}:c.{change.written()}"))
        return str(variant), str(mapper.c_to_p(variant))

    return named


_PARSERS: list[Any] = []


def _parser() -> Any:
    import hgvs.parser

    if not _PARSERS:
        _PARSERS.append(hgvs.parser.Parser())
    return _PARSERS[0]


def _provider(coding: Coding) -> Any:
    """A data provider of biocommons hgvs that knows one transcript and asks no database."""
    from bioutils.sequences import translate_cds
    from hgvs.dataproviders.interface import Interface
    from hgvs.exceptions import HGVSDataNotAvailableError

    before, behind = known_ends(coding)
    sequences = {coding.accession: before + coding.cds + behind, "NP_1.1": translate_cds(coding.cds)}
    bounds = {
        "tx_ac": coding.accession, "alt_ac": coding.accession, "alt_aln_method": "transcript",
        "hgnc": coding.transcript.gene, "cds_start_i": len(before), "cds_end_i": len(before) + len(coding.cds),
        "lengths": [len(sequences[coding.accession])], "translation_table": "Standard",
    }  # fmt: skip

    class OneTranscript(Interface):  # type: ignore[misc]
        required_version = "1.1"

        def get_seq(self, ac: str, start_i: int | None = None, end_i: int | None = None) -> str:
            if ac not in sequences:
                raise HGVSDataNotAvailableError(ac)
            return sequences[ac][start_i:end_i]

        def get_tx_identity_info(self, tx_ac: str) -> Any:
            return bounds

        def get_tx_info(self, tx_ac: str, alt_ac: str, alt_aln_method: str) -> Any:
            return bounds

        def get_tx_exons(self, tx_ac: str, alt_ac: str, alt_aln_method: str) -> Any:
            return []

        def get_pro_ac_for_tx_ac(self, tx_ac: str) -> str:
            return "NP_1.1"

        def data_version(self) -> str:
            return "pack"

        def schema_version(self) -> str:
            return "1.1"

        def _nothing(self, *asked: Any) -> Any:
            raise HGVSDataNotAvailableError(str(asked))

        get_acs_for_protein_seq = get_assembly_map = get_gene_info = get_similar_transcripts = _nothing
        get_tx_for_gene = get_tx_for_region = get_tx_mapping_options = _nothing

    return OneTranscript()


ORACLES: dict[str, Callable[[Coding, Path], Oracle]] = {"ferro-hgvs": ferro, "biocommons hgvs": biocommons}


# ---------------------------------------------------------------- comparison


@dataclass(slots=True)
class Tally:
    """What came of the comparison with one oracle on one level (c. or p.)."""

    compared: int = 0
    same: int = 0
    withheld: int = 0  # no name of ours: a base that matters is not in the pack
    refused: Counter[str] = field(default_factory=Counter)  # the oracle gives none
    differing: dict[tuple[str, str], list[str]] = field(default_factory=dict)  # (kind, why) -> examples
    counts: Counter[tuple[str, str]] = field(default_factory=Counter)


def plain(name: str | None) -> str | None:
    """Without the accession and the parentheses of a predicted change; `Ter` for a stop."""
    if name is None:
        return None
    bare = name.rsplit(":", 1)[-1]
    return bare.replace("(", "").replace(")", "").replace("*", "Ter") if bare.startswith("p.") else bare


@dataclass(frozen=True, slots=True)
class Named:
    """One change with the names that ALLert and the oracles give it, by level (c. or p.)."""

    where: str
    change: Change
    cds: str
    own: dict[str, str | None]
    theirs: dict[str, dict[str, str]]  # by oracle

    def backed(self, level: str, but: str) -> bool:
        """Does another oracle have our name, be it that it goes on behind a new stop?"""
        own = self.own[level] or "-"
        others = [names[level] for oracle, names in self.theirs.items() if oracle != but]
        return any(name == own or (own.endswith("Ter") and name.startswith(own)) for name in others)


def compare(tally: Tally, named: Named, oracle: str, level: str) -> None:
    """One name of ours and one of an oracle's."""
    one, two = named.own[level], named.theirs[oracle][level]
    if one is None:
        tally.withheld += 1
        return
    if two == "p.?":
        tally.refused["it names no change of the protein (p.?)"] += 1
        return
    tally.compared += 1
    if one == two:
        tally.same += 1
        return
    why = notation(level, named, one, named.theirs[oracle])
    if not why and named.backed(level, oracle):
        why = "the other oracle has our name"
    key = (named.change.kind, why)
    tally.counts[key] += 1
    examples = tally.differing.setdefault(key, [])
    if len(examples) < EXAMPLES:
        examples.append(f"{named.where} c.{named.change.written()}: {one}, oracle {two or 'no name'}")


# ---------------------------------------------------------------- differences that are of notation alone

_PART = re.compile(r"(\d+)(?:_(\d+))?(del(?:ins)?|dup|ins|inv)?([ACGT]*)(?:>([ACGT]))?(?:\[(\d+)\])?")


def applied(name: str, cds: str) -> str | None:
    """The coding sequence after a c. name (or an allele of several); None for what is not read here."""
    for part in reversed((name[3:-1] if name.startswith("c.[") else name[2:]).split(";")):
        found = _PART.fullmatch(part)
        if found is None:
            return None
        start, end = int(found[1]) - 1, int(found[2] or found[1])
        kind, bases, base, times = found[3], found[4], found[5], found[6]
        old = cds[start:end]
        if kind == "ins":
            start, end, new = start + 1, start + 1, bases
        elif kind in ("dup", "inv"):
            new = old * 2 if kind == "dup" else reverse_complement(old)
        else:
            new = bases * int(times) if times else base or bases
        cds = cds[:start] + new + cds[end:]
    return cds


def notation(level: str, named: Named, own: str, theirs: dict[str, str]) -> str:
    """Why two names of one change differ although both are right; empty where that is not so.

    The nomenclature keeps the notation of repeats in coding DNA to units of three bases, one delins for bases that
    change together, and ends the name of a protein at its stop.
    """
    coded, protein, change, cds = theirs["c."], theirs["p."], named.change, named.cds
    mutated = cds[: change.start - 1] + change.alt + cds[change.end :]
    if applied(coded, cds) != mutated:
        return ""
    form = "an allele" if coded.startswith("c.[") else "a repeat" if coded.endswith("]") else ""
    if level == "c.":
        return f"the same bases, by it as {form}" if form and applied(own, cds) == mutated else ""
    if form and (not protein or protein.startswith("p.[")):
        return f"the same bases, by it as {form}, for which it has no protein name of its own"
    return "it goes on behind the new stop" if own.endswith("Ter") and protein.startswith(own) else ""


def main() -> int:
    """Compare and print; 1 where an unexplained difference is left."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("count", nargs="?", type=int, default=60, help="changes of each gene in each assembly")
    parser.add_argument("--write", action="store_true", help="put the table into docs/validation.md")
    options = parser.parse_args()
    warnings.simplefilter("ignore")
    tallies = compared(options.count)
    table, more = table_of(tallies), details_of(tallies)
    print("\n".join([*table, "", *more]))
    if options.write:
        write([*table, "", *(line for line in more if not line.startswith("    "))])
    return 1 if any("UNEXPLAINED" in line for line in more) else 0


def compared(count: int, genes: frozenset[str] | None = None) -> dict[tuple[str, str], Tally]:
    """What came of every oracle and level over the panel, or over some of its genes."""
    tallies = {(name, level): Tally() for name in ORACLES for level in LEVELS}
    with tempfile.TemporaryDirectory(prefix="allert-oracles-") as folder:
        for assembly in ("GRCh38", "GRCh37"):
            genome = Genome.load(assembly)
            for gene in genome.panel_genes():
                coding = models.coding(genome, gene.name) if genes is None or gene.name in genes else None
                if coding is not None and coding.numbered and coding.cds and "N" not in coding.cds:
                    _one_gene(coding, f"{assembly} {gene.name}", count, Path(folder), tallies)
    return tallies


def _one_gene(coding: Coding, where: str, count: int, folder: Path, tallies: dict[tuple[str, str], Tally]) -> None:
    oracles = {name: build(coding, folder) for name, build in ORACLES.items()}
    for change in changes(coding, random.Random(where), count):
        theirs: dict[str, dict[str, str]] = {}
        for name, ask in oracles.items():
            try:
                theirs[name] = {level: plain(said) or "" for level, said in zip(LEVELS, ask(change), strict=True)}
            except Exception as error:  # whatever a library of others raises is its answer
                tallies[name, "c."].refused[f"{type(error).__name__}: {error}"[:90]] += 1
        own = {level: plain(said) for level, said in zip(LEVELS, ours(coding, change), strict=True)}
        named = Named(where, change, coding.cds, own, theirs)
        for name in theirs:
            for level in LEVELS:
                compare(tallies[name, level], named, name, level)


def table_of(tallies: dict[tuple[str, str], Tally]) -> list[str]:
    """A row an oracle and level."""
    lines = [
        "| oracle | names | compared | same | explained (below) | unexplained | it names none |",
        "|---|---|---:|---:|---:|---:|---:|",
    ]
    for (name, level), tally in tallies.items():
        explained = sum(number for (_, why), number in tally.counts.items() if why)
        left = tally.compared - tally.same - explained
        refused = sum(tally.refused.values())
        lines.append(f"| {name} | {level} | {tally.compared} | {tally.same} | {explained} | {left} | {refused} |")
    return lines


def details_of(tallies: dict[tuple[str, str], Tally]) -> list[str]:
    """Every kind of difference, with examples."""
    lines = []
    for (name, level), tally in tallies.items():
        for (kind, why), number in tally.counts.most_common():
            lines.append(f"* {name}, {level}, {kind}: {number}, {why or 'UNEXPLAINED'}")
            lines += [f"    * {example}" for example in tally.differing[kind, why]]
        lines += [f"* {name}, {level}: {number}, {text}" for text, number in tally.refused.most_common(4)]
    return lines


def write(lines: list[str]) -> None:
    """The section between the two marks of docs/validation.md."""
    before, rest = PAGE.read_text(encoding="utf-8").split(BEGIN)
    text = before + BEGIN + "\n\n" + "\n".join(lines) + "\n\n" + END + rest.split(END)[1]
    PAGE.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
