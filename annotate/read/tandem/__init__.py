"""Tandem duplications from the callers made for them: FLT3-ITD, and the plain table for any gene.

Such callers look at one or two exons, so a file without a duplication excludes no lesion. Duplications that callers
of structural variants or of fusions list are read with those.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path

from annotate.knowledge.specs.tandem import TandemDuplicationRow
from annotate.knowledge.tables import Knowledge
from annotate.model.remark import Remark
from annotate.model.sample import InputFile, Sample
from annotate.model.tandem import TandemDuplication, TandemDuplications
from annotate.read.common.registry import load_modules, recognise
from annotate.read.common.text import Tally
from annotate.reference.genome import Genome

KIND = "tandem_duplications"


def read_tandem_duplications(
    paths: Sequence[Path], sample: Sample, genome: Genome, knowledge: Knowledge
) -> TandemDuplications:
    """Duplications of a sample from all its files; what counts for no lesion is named in the notes of its file.

    Errors: InputError for a file of no known format, a broken one, and another child's.
    """
    rows = knowledge.rows(TandemDuplicationRow)
    genes, uncounted = frozenset(row.gene for row in rows), {row.gene: row.text for row in rows if not row.lesion}
    load_modules(__name__)
    found: list[TandemDuplication] = []
    inputs: list[InputFile] = []
    remarks: list[Remark] = []
    for path in paths:
        fmt = recognise(path, KIND)
        tally = Tally()
        own = fmt.read(path, sample, genome, tally, genes)
        found += own
        for gene in sorted({duplication.gene for duplication in own} & set(uncounted)):
            tally.note(uncounted[gene])
        inputs.append(tally.file(KIND, path, fmt.name))
        remarks += [replace(remark, lesions=_counts_for(remark.genes, rows)) for remark in tally.remarks]
    return TandemDuplications(tuple(dict.fromkeys(found)), tuple(inputs), tuple(remarks))


def _counts_for(genes: Sequence[str], rows: Iterable[TandemDuplicationRow]) -> tuple[str, ...]:
    """Lesions that tandem duplications of these genes count for."""
    return tuple(sorted({row.lesion for row in rows if row.lesion and row.gene in genes}))
