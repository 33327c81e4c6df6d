"""The genes of a pack, by symbol and by place. Most samples ask for a hundred of twenty thousand."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property

from annotate.reference.features import Gene, gene_of_row
from annotate.reference.intervals import Overlaps

Span = tuple[int, int, str]  # start, end (1-based, inclusive), symbol


class Genes:
    """Lines of `genes.tsv.gz`: symbol, contig, start, end, strand, Ensembl id, 1 for the panel.

    A line becomes a `Gene` when it is first asked for.
    """

    def __init__(self, lines: Iterable[str]) -> None:
        self._lines = {line[: line.index("\t")]: line for line in lines}
        self._made: dict[str, Gene] = {}
        self._on: dict[str, Overlaps[Span]] = {}

    def __contains__(self, symbol: str) -> bool:
        return symbol in self._lines

    def get(self, symbol: str) -> Gene | None:
        """The gene of a symbol as the pack writes it; None where the pack does not have it."""
        found = self._made.get(symbol)
        if found is None and symbol in self._lines:
            found = self._made[symbol] = gene_of_row(self._lines[symbol].split("\t"))
        return found

    def _all(self, symbols: Iterable[str]) -> tuple[Gene, ...]:
        return tuple(gene for symbol in symbols if (gene := self.get(symbol)) is not None)

    def between(self, chrom: str, start: int, end: int) -> tuple[Gene, ...]:
        """Genes that share a base with start … end (1-based, inclusive), by start."""
        return self._all(symbol for _, _, symbol in self._placed(chrom).overlapping(start, end))

    def spans(self, chrom: str) -> Sequence[Span]:
        """Where the genes of a contig lie, by start."""
        return self._placed(chrom).items

    def _placed(self, chrom: str) -> Overlaps[Span]:
        if chrom not in self._on:
            rows = (line.split("\t", 4) for line in self._by_contig.get(chrom, ()))
            spans = ((int(start), int(end), symbol) for symbol, _, start, end, _ in rows)
            self._on[chrom] = Overlaps((span[0], span[1], span) for span in spans)
        return self._on[chrom]

    @cached_property
    def panel(self) -> tuple[Gene, ...]:
        """Genes whose transcript and sequence are in the pack, in its order."""
        return self._all(symbol for symbol, line in self._lines.items() if line.endswith("\t1"))

    @cached_property
    def panel_symbols(self) -> frozenset[str]:
        """Symbols of the panel."""
        return frozenset(gene.name for gene in self.panel)

    @cached_property
    def symbols_of_ids(self) -> Mapping[str, str]:
        """Symbols by Ensembl gene id."""
        ids = ((line.split("\t")[5], symbol) for symbol, line in self._lines.items())
        return {id: symbol for id, symbol in ids if id}

    @cached_property
    def _by_contig(self) -> Mapping[str, Sequence[str]]:
        found: dict[str, list[str]] = {}
        for line in self._lines.values():
            found.setdefault(line.split("\t", 2)[1], []).append(line)
        return found
