"""Every format that is read, for `allert formats`."""

from __future__ import annotations

from annotate.read.common import registry


def load_all() -> None:
    """Import every reader so that its formats are registered."""
    import annotate.read.karyotype
    import annotate.read.small_variants  # noqa: F401

    for kind in registry.READERS:
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
