"""Names that a row may point at: rows of other tables, genes, breakpoint regions, chromosomes, formats.

Genes and regions are the names of the shipped reference packs. What a room above knows (the formats that are read) it
tells by `provide`.
"""

from __future__ import annotations

import gzip
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache

from annotate.base import chromosomes
from annotate.base.resources import resource_path
from annotate.knowledge.files import Line
from annotate.knowledge.kinds import CHROMOSOMES, FORMATS, GENES, PANEL, REGIONS

ASSEMBLIES = ("GRCh38", "GRCh37")
LOCUS = "@locus"  # a chromosome or a gene
GROUPS = "groups:"  # of a scheme
_PROVIDED: dict[str, Callable[[], frozenset[str]]] = {}


def provide(domain: str, names: Callable[[], frozenset[str]]) -> None:
    """Tell the names of a domain; they are asked for when a row points there."""
    _PROVIDED[domain] = names


class KnownNames:
    """Every name that exists, by `table.column` or `@gene`…; the tables as text."""

    def __init__(self, lines: Mapping[str, Sequence[Line]]) -> None:
        self._lines = lines
        self._found: dict[str, frozenset[str] | None] = {}

    def names(self, domain: str) -> frozenset[str]:
        """The known names of a domain; none where the domain is unknown."""
        return self.known(domain) or frozenset()

    def known(self, domain: str) -> frozenset[str] | None:
        """None where no room has told the names: nothing can be said of one then."""
        if domain not in self._found:
            self._found[domain] = self._names(domain)
        return self._found[domain]

    def _names(self, domain: str) -> frozenset[str] | None:
        if domain in _SHIPPED:
            return _SHIPPED[domain]()
        if domain in _PROVIDED:
            return _PROVIDED[domain]()
        if domain == FORMATS:
            return None
        if domain.startswith(GROUPS):
            scheme = domain.removeprefix(GROUPS)
            rows = [row.cells for row in self._lines["schemes_rules"] if row.cells.get("scheme") == scheme]
            return frozenset(row["group"] for row in rows if row.get("group")) | {"not applicable"}
        table, _, column = domain.partition(".")
        return frozenset(row.cells[column] for row in self._lines[table] if row.cells.get(column))


def _first_cells(*parts: str) -> frozenset[str]:
    path = resource_path("reference", *parts)
    if path.suffix == ".gz":
        with gzip.open(path, "rt", encoding="utf-8") as text:
            lines = text.read().splitlines()
    else:
        lines = path.read_text(encoding="utf-8").splitlines()
    cells = (line.split("\t")[0] for line in lines[1:] if line and not line.startswith("#"))
    return frozenset(name for cell in cells for name in cell.split("/"))  # TRA/TRD: two names of one locus


@lru_cache(maxsize=1)
def panel_names() -> frozenset[str]:
    """Genes of the panel and the immunoglobulin and T-cell-receptor loci."""
    found = [_first_cells(assembly, name) for assembly in ASSEMBLIES for name in ("panel.tsv", "ig_tr.tsv")]
    return frozenset[str]().union(*found)


@lru_cache(maxsize=1)
def gene_names() -> frozenset[str]:
    """Every gene of the packs, by its current symbol or a name in use (`gene_aliases.tsv`)."""
    packs = (_first_cells(assembly, "genes.tsv.gz") for assembly in ASSEMBLIES)
    return panel_names().union(_first_cells("gene_aliases.tsv"), *packs)


@lru_cache(maxsize=1)
def region_names() -> frozenset[str]:
    """Breakpoint regions that both assemblies have."""
    first, second = (_first_cells(assembly, "sv_regions.tsv") for assembly in ASSEMBLIES)
    return first & second


@lru_cache(maxsize=1)
def chromosome_names() -> frozenset[str]:
    """1 to 22, X and Y, as the panel writes them."""
    return frozenset(chromosomes.CHROMOSOMES)


_SHIPPED: Mapping[str, Callable[[], frozenset[str]]] = {
    GENES: gene_names,
    PANEL: panel_names,
    REGIONS: region_names,
    CHROMOSOMES: chromosome_names,
    LOCUS: lambda: chromosome_names() | gene_names(),
}
