"""The shipped pack with a laboratory's own genome laid into it: missing coding bases, UTRs, introns.

One key is enough (`genome:`): the pack is made on first use in a cache of the work folder, checked, and used from
then on. The transcripts stay those of the shipped pack; `allert reference build` takes others.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from annotate.base.errors import InputError
from annotate.base.settings import Settings
from annotate.curate.pack.build import contigs_of, open_fasta, write_pack
from annotate.curate.pack.files import completeness, read_bases
from annotate.curate.pack.models import Model, shipped
from annotate.reference.genome import Genome

MOST_WRONG = 0.001  # of the bases that the shipped pack knows: patches of an assembly differ in a handful
PACK_FORMAT = "1"


def with_filled_packs(settings: Settings, assemblies: frozenset[str], cache: Path) -> Settings:
    """The settings with a filled pack for each assembly that has a genome and no pack of its own.

    Errors: InputError for a genome that cannot be read or is of another assembly.
    """
    filled = {
        assembly: filled_pack(Genome.load(assembly), fasta, cache)
        for assembly, fasta in settings.genome.items()
        if assembly in assemblies and assembly not in settings.reference
    }
    return replace(settings, reference={**settings.reference, **filled}) if filled else settings


def filled_pack(base: Genome, fasta: Path, cache: Path) -> Path:
    """Folder of the filled pack; made where it is not there yet."""
    out = cache / f"{base.assembly}-{_digest(base, fasta)}"
    if (out / "pack.json").exists():
        return out
    cache.mkdir(parents=True, exist_ok=True)
    with _alone(cache / ".lock"), tempfile.TemporaryDirectory(prefix="allert-") as scratch:
        if (out / "pack.json").exists():  # another process made it meanwhile
            return out
        genome = open_fasta(fasta, Path(scratch))
        part = Path(tempfile.mkdtemp(prefix=f".{out.name}.", dir=cache))
        try:
            names = contigs_of(genome, base, fasta)
            check_bases(base, genome, names, fasta)
            laid = _Laid(base, genome, names)
            write_pack(part, laid, laid.contigs, {}, base, (fasta, base.gff))
            part.chmod(0o755)
            os.replace(part, out)
        finally:
            shutil.rmtree(part, ignore_errors=True)
            genome.close()
    return out


class _Laid:
    """A genome over the shipped bases: contigs and bases that it lacks stay the shipped ones. Contigs by our names."""

    def __init__(self, base: Genome, genome: Any, names: Mapping[str, str]) -> None:
        import pysam

        self.genome, self.names = genome, names
        self.shipped = pysam.FastaFile(str(base.fasta))
        self.own = {contig: name for name in self.shipped.references if (contig := base.contig(name)) is not None}
        self.contigs = {contig: contig for contig in self.own}

    def fetch(self, contig: str, start: int, end: int) -> str:
        ours = str(self.shipped.fetch(self.own[contig], start, end)).upper()
        if contig not in self.names:
            return ours
        theirs = str(self.genome.fetch(self.names[contig], start, end)).upper()
        if "N" not in theirs:
            return theirs
        return "".join(b if b != "N" else a for a, b in zip(ours, theirs, strict=True))


def _digest(base: Genome, fasta: Path) -> str:
    """Of the genome by name, size and time, and of the shipped pack by content: another of either makes another."""
    stat = fasta.stat()
    told = f"{PACK_FORMAT} {fasta.resolve()} {stat.st_size} {stat.st_mtime_ns}".encode()
    return hashlib.sha256(told + (base.folder / "panel.tsv").read_bytes()).hexdigest()[:12]


@contextmanager
def _alone(path: Path) -> Iterator[None]:
    """Jobs of one batch start together: one makes the pack, the others wait for it."""
    with open(path, "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


# ---------------------------------------------------------------- checks


def check_bases(base: Genome, genome: Any, names: Mapping[str, str], path: Path) -> None:
    """Known coding bases must be the genome's, and a gene that is whole in the shipped pack must stay whole.

    Errors: InputError with the first gene that is another one.
    """
    import pysam

    known = wrong = 0
    first = ""
    with pysam.FastaFile(str(base.fasta)) as fasta:
        own_names = {contig: name for name in fasta.references if (contig := base.contig(name)) is not None}
        for gene in base.panel_genes():
            model = shipped(gene.name, base)
            if model is None or model.chrom not in names or model.chrom not in own_names:
                continue
            ours, theirs = _coding(model, fasta, own_names), _coding(model, genome, names)
            differ = sum(a != b for a, b in zip(ours, theirs, strict=True) if a != "N")
            known += len(ours) - ours.count("N")
            wrong += differ
            if differ and not first:
                first = f"{differ} bases of {gene.name}"
            _check_whole(gene.name, ours, theirs, model.strand, path)
    if wrong > MOST_WRONG * max(known, 1):
        raise InputError(
            f"{wrong:,} of {known:,} coding bases are not those of {base.assembly}",
            path=path,
            found=first,
            expected=f"the genome {base.assembly}",
            fix="give the FASTA of that assembly as `genome`",
        )


def _coding(model: Model, fasta: Any, names: Mapping[str, str]) -> str:
    return "".join(read_bases(fasta, names[model.chrom], start, end) for start, end in sorted(model.cds))


def _check_whole(gene: str, ours: str, theirs: str, strand: str, path: Path) -> None:
    from annotate.base.sequence import reverse_complement

    oriented = [bases if strand == "+" else reverse_complement(bases) for bases in (ours, theirs)]
    before, after = (completeness(bases) for bases in oriented)
    if before == "complete" and after != "complete":
        raise InputError(
            f"{gene} has no whole reading frame in this genome",
            path=path,
            found=after,
            expected="ATG … stop, in frame, every base known",
            fix="give an unmasked FASTA of the assembly as `genome`",
        )
