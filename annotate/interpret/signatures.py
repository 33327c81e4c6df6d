"""Mutational signatures (SBS87 of thiopurines and others), only where enough mutations carry them.

A stable fit needs `signatures.min_snvs` single-base substitutions with a matched normal sample, the sequence
around each of them, and the package SigProfilerAssignment with the COSMIC matrices (`pip install
SigProfilerAssignment`). Whatever is missing is said; nothing is guessed from a handful of mutations.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from annotate.base.errors import InputError
from annotate.base.sequence import COMPLEMENT
from annotate.knowledge import cutoffs
from annotate.knowledge.tables import Knowledge
from annotate.model.sample import Sample
from annotate.model.small_variants import SmallVariants

BASES = "ACGT"
CHANGES = ("C>A", "C>G", "C>T", "T>A", "T>C", "T>G")
CHANNELS = tuple(f"{left}[{change}]{right}" for change in CHANGES for left in BASES for right in BASES)
"""The 96 classes of single-base substitutions in the order of their names: base before, change, base after."""


def signatures(
    small: SmallVariants,
    sample: Sample,
    knowledge: Knowledge,
    *,
    somatic: bool,
    fasta: Path | None = None,
) -> Mapping[str, Any]:
    """Signatures and their shares, or `not_assessable` with every reason why.

    `fasta`: the sequence of the whole genome, indexed; the shipped packs carry the panel alone.
    """
    least = knowledge.value(cutoffs.SIGNATURES_MIN_SNVS)
    reasons = []
    if sample.assay not in ("wgs", "wes"):
        reasons.append("signatures need a whole genome or an exome")
    if not somatic:
        reasons.append("no matched normal sample: germline variants cannot be told from mutations")
    if (small.sites_total or 0) < least:
        reasons.append(f"{small.sites_total or 0:,} mutations; a stable fit needs {least:,} single-base substitutions")
    if fasta is None:
        reasons.append("the bases around each mutation are not known: no sequence of the whole genome is configured")
    if not installed():
        reasons.append("the package SigProfilerAssignment is not installed (pip install SigProfilerAssignment)")
    if reasons or fasta is None:
        return {"state": "not_assessable", "signatures": {}, "reasons": reasons}
    return fit(contexts(_snvs(sample), fasta), knowledge)


def installed() -> bool:
    """Is SigProfilerAssignment there? It is an extra."""
    return find_spec("SigProfilerAssignment") is not None


def contexts(snvs: Sequence[tuple[str, int, str, str]], fasta: Path) -> dict[str, int]:
    """Substitutions by class, with the pyrimidine of the changed pair as the reference.

    Errors: InputError where the sequence does not have the stated reference base.
    """
    import pysam

    counts: Counter[str] = Counter()
    with pysam.FastaFile(str(fasta)) as sequence:
        names = {name.removeprefix("chr"): name for name in sequence.references}
        for chrom, pos, ref, alt in snvs:
            if chrom not in names or pos < 2:
                continue
            around = sequence.fetch(names[chrom], pos - 2, pos + 1).upper()
            if len(around) != 3 or any(base not in BASES for base in around):
                continue
            if around[1] != ref:
                raise InputError(
                    "the sequence is not that of the variants",
                    path=fasta,
                    found=f"{around[1]} at {chrom}:{pos}",
                    expected=ref,
                    fix="give the sequence of the assembly that the variants were called on",
                )
            counts[channel(around, alt)] += 1
    return {name: counts[name] for name in CHANNELS}


def channel(around: str, alt: str) -> str:
    """The class of one substitution.

    >>> channel("TGA", "A")
    'T[C>T]A'
    """
    if around[1] in "AG":
        around, alt = around[::-1].translate(COMPLEMENT), alt.translate(COMPLEMENT)
    return f"{around[0]}[{around[1]}>{alt}]{around[2]}"


def fit(counts: Mapping[str, int], knowledge: Knowledge) -> Mapping[str, Any]:
    """Shares of the COSMIC signatures in a catalogue of 96 classes, by SigProfilerAssignment."""
    total, least = sum(counts.values()), knowledge.value(cutoffs.SIGNATURES_MIN_SNVS)
    if total < least:
        text = f"{total:,} single-base substitutions; a stable fit needs {least:,}"
        return {"state": "not_assessable", "signatures": {}, "reasons": [text]}
    if not installed():
        text = "the package SigProfilerAssignment is not installed (pip install SigProfilerAssignment)"
        return {"state": "not_assessable", "signatures": {}, "reasons": [text]}
    found = _assign(counts)
    shares = {name: value / total for name, value in sorted(found.items()) if value > 0}
    return {"state": "assessed", "signatures": shares, "mutations": total, "reasons": []}


def _assign(counts: Mapping[str, int]) -> dict[str, float]:
    """Mutations by signature. The package writes files, so it works in a folder that is then removed."""
    import contextlib
    import csv
    import io
    import tempfile

    from SigProfilerAssignment import Analyzer

    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        matrix = folder / "matrix.txt"
        lines = ["MutationType\tsample", *(f"{channel}\t{counts.get(channel, 0)}" for channel in CHANNELS)]
        matrix.write_text("\n".join(lines) + "\n", encoding="utf-8")
        with contextlib.redirect_stdout(io.StringIO()):
            Analyzer.cosmic_fit(
                samples=str(matrix), output=str(folder / "out"), input_type="matrix", make_plots=False, verbose=False
            )
        table = next((folder / "out").rglob("Assignment_Solution_Activities.txt"))
        with open(table, encoding="utf-8", newline="") as text:
            row = next(csv.DictReader(text, delimiter="\t"))
    return {name: float(value) for name, value in row.items() if name != "Samples"}


def _snvs(sample: Sample) -> list[tuple[str, int, str, str]]:
    """The passing single-base substitutions of the whole files."""
    from annotate.read.small_variants.all_sites import read_sites
    from annotate.reference.genome import Genome

    found = read_sites(sample.small_variants, sample, Genome.load(sample.assembly))
    return [site.key for site in found.sites if site.is_snv and site.passing]
