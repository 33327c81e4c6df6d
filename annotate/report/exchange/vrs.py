"""GA4GH VRS 2.0 identifiers of small variants, where they follow from the record alone.

An identifier is a digest of the canonical JSON of an allele: its location on a sequence that is named by the digest of
its bases, and the literal bases that stand there (https://vrs.ga4gh.org, "Computed Identifiers"). A substitution, or a
deletion with an insertion, is what it is once shared bases at both ends are taken off. An insertion or a deletion alone
must be shifted through the repeat that it lies in, for which the bases around it are needed: it has no identifier here.
"""

from __future__ import annotations

import hashlib
import json
from base64 import urlsafe_b64encode
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from annotate.knowledge.specs.exchange import RefgetRow
from annotate.knowledge.tables import Knowledge

DIGEST_BYTES = 24  # sha512t24u: the first 24 bytes of SHA-512, in base64 for URLs
BASES = frozenset("ACGT")


def allele_id(assembly: str, chrom: str, pos: int, ref: str, alt: str, knowledge: Knowledge) -> str | None:
    """`ga4gh:VA.` and a digest; None for insertions and deletions, other alleles and other sequences."""
    accession = _accessions(knowledge).get((assembly, chrom))
    if accession is None or not {*ref, *alt} <= BASES or not ref or not alt or ref == alt:
        return None
    start, ref, alt = _trimmed(pos - 1, ref, alt)
    if not ref or not alt:
        return None
    sequence = {"refgetAccession": accession, "type": "SequenceReference"}
    place = {"end": start + len(ref), "sequenceReference": sequence, "start": start, "type": "SequenceLocation"}
    state = {"sequence": alt, "type": "LiteralSequenceExpression"}
    return f"ga4gh:VA.{digest({'location': digest(place), 'state': state, 'type': 'Allele'})}"


def digest(content: Mapping[str, Any]) -> str:
    """sha512t24u of the canonical JSON: keys in order, no blanks."""
    text = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return urlsafe_b64encode(hashlib.sha512(text.encode()).digest()[:DIGEST_BYTES]).decode()


def _trimmed(start: int, ref: str, alt: str) -> tuple[int, str, str]:
    """Without the bases that both alleles share at the end, then at the beginning; `start` is counted from 0."""
    while ref and alt and ref[-1] == alt[-1]:
        ref, alt = ref[:-1], alt[:-1]
    while ref and alt and ref[0] == alt[0]:
        start, ref, alt = start + 1, ref[1:], alt[1:]
    return start, ref, alt


@lru_cache(maxsize=4)
def _accessions(knowledge: Knowledge) -> Mapping[tuple[str, str], str]:
    return {(row.assembly, row.chrom): row.accession for row in knowledge.rows(RefgetRow)}
