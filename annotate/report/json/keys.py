"""Keys of the report's larger records in their published order, held against the models of `schema.py` by a test.

The models are pydantic's: they make the JSON Schema and test every report; writing one need not load them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

SCHEMA_VERSION = "1.0"


def _names(text: str) -> tuple[str, ...]:
    return tuple(text.split())


INPUT = _names(
    """
    kind path sha256 format records_read records_used dropped warnings notes
    """
)
VARIANT = _names(
    """
    chrom pos ref alt gene transcript consequence hgvsc hgvsp vaf depth alt_reads filter oncogenicity flags
    source codon normal_vaf normal_depth normal_alt_reads genotype phase_set population_af oncogenicity_points
    file_annotation alternative_names callers file record clonality vrs_id
    """
)
JUNCTION = _names(
    """
    id left right genes frame support callers filter svtype inserted_sequence homology precise pairs flags files
    records
    """
)
COPY_NUMBER = _names(
    """
    purity ploidy modal_number allele_specific chromosomes genes alternatives purity_source ploidy_certain sex
    retained_homologues loh_autosomes resolution noise segments warnings format scale fit altered_only
    copies_stated
    """
)
SOLUTION = _names(
    """
    purity ploidy score source modal_number kind note retained_homologues loh_autosomes gamma
    """
)


def ordered(row: Mapping[str, Any], keys: Sequence[str]) -> dict[str, Any]:
    """The row in the published order. Errors: AssertionError where it holds another set of keys, a fault of ours."""
    if row.keys() != set(keys):
        raise AssertionError(f"keys of a record are not those published: {sorted(row.keys() ^ set(keys))}")
    return {key: row[key] for key in keys}
