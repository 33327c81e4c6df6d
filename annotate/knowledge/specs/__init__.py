"""The declared tables, one module a family. Importing this package registers them all.

They stand below the engines that read them because every route to a lab's own folder checks all of them.
"""

from annotate.knowledge.specs import (
    bench,
    copy_number,
    exchange,
    interpretation,
    lesions,
    mlpa,
    options,
    pharmacogenomics,
    rearrangements,
    small_variants,
    subtypes,
    tandem,
    thresholds,
    variant_files,
)

__all__ = [
    "bench",
    "copy_number",
    "exchange",
    "interpretation",
    "lesions",
    "mlpa",
    "options",
    "pharmacogenomics",
    "rearrangements",
    "small_variants",
    "subtypes",
    "tandem",
    "thresholds",
    "variant_files",
]
