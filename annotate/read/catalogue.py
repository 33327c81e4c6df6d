"""Every format that is read, for `allert formats` and `allert validate --deep`."""

from __future__ import annotations

from collections.abc import Iterator

from annotate.model.sample import Sample
from annotate.read.common import registry


def load_all() -> None:
    """Import every reader so that its formats are registered."""
    import annotate.read.karyotype
    import annotate.read.small_variants  # noqa: F401

    for kind in ("copy_number", "fusions", "structural"):
        registry.load_modules(f"annotate.read.{kind}")


def all_formats() -> list[dict[str, str]]:
    """Every format as a row: kind, name, caller, description, tested_on."""
    load_all()
    return [
        {
            "kind": fmt.kind,
            "name": fmt.name,
            "caller": fmt.caller,
            "description": fmt.description,
            "tested_on": fmt.tested_on,
        }
        for fmt in registry.formats()
    ]


def recognise_all(sample: Sample) -> Iterator[str]:
    """One line an input: which format it is. Raises InputError for a file that no reader knows."""
    load_all()
    for kind in ("small_variants", "structural_variants", "copy_number", "fusions"):
        for path in getattr(sample, kind):
            yield f"{sample.sample}\t{kind}\t{path}\t{registry.recognise(path, kind).name}"
