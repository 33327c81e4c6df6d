"""The genes of a pack, by symbol and by place. Most samples ask for a hundred of twenty thousand."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from itertools import accumulate

from annotate.reference.features import Gene, gene_of_row

Span = tuple[int, int, str]  # start, end (1-based, inclusive), symbol


class Genes:
    """Lines of `genes.tsv.gz`: symbol, contig, start, end, strand, Ensembl id, 1 for the panel.

    A line becomes a `Gene` when it is first asked for.
    """

    def __init__(self, lines: Iterable[str]) -> None:
        self._lines = {line[: line.index("\t")]: line for line in lines}
        self._made: dict[str, Gene] = {}
        self._ordered: dict[str, tuple[Sequence[Span], Sequence[int], Sequence[int]]] = {}

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
        spans, starts, reach = self._order(chrom)
        near = spans[bisect_left(reach, start) : bisect_right(starts, end)]
        return self._all(symbol for _, last, symbol in near if last >= start)

    def spans(self, chrom: str) -> Sequence[Span]:
        """Where the genes of a contig lie, by start."""
        return self._order(chrom)[0]

    def _order(self, chrom: str) -> tuple[Sequence[Span], Sequence[int], Sequence[int]]:
        """Spans by start, their starts, and the last end of any span up to each."""
        if chrom not in self._ordered:
            rows = (line.split("\t", 4) for line in self._by_contig.get(chrom, ()))
            own = sorted(
                ((int(start), int(end), symbol) for symbol, _, start, end, _ in rows), key=lambda span: span[:2]
            )
            reach = list(accumulate((end for _, end, _ in own), max))
            self._ordered[chrom] = own, [start for start, _, _ in own], reach
        return self._ordered[chrom]

    @cached_property
    def panel(self) -> tuple[Gene, ...]:
        """Genes whose transcript and sequence are in the pack, in its order."""
        return self._all(symbol for symbol, line in self._lines.items() if line.endswith("\t1"))

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
