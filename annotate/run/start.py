"""How Snakemake was started: the Snakefile is read before Snakemake itself can say whether jobs will run."""

from __future__ import annotations

import re
from collections.abc import Sequence

# fmt: off
ONLY_LOOKS = frozenset((
    "dry-run", "dryrun", "touch", "report", "lint", "generate-unit-tests",
    "containerize", "list-rules", "list", "list-target-rules", "lt", "dag",
    "rulegraph", "filegraph", "d3dag", "summary", "detailed-summary", "archive",
    "cleanup-metadata", "cm", "cleanup-shadow", "unlock", "list-changes", "lc",
    "list-input-changes", "li", "list-params-changes", "lp", "list-untracked", "lu",
    "delete-all-output", "delete-temp-output", "print-compilation", "container-cleanup-images", "list-conda-envs",
    "conda-cleanup-envs",
    "conda-create-envs-only",
))
# fmt: on
SHORT = re.compile(r"-[DFSafklnptv]*[nltSD][DFSafklnptv]*")  # flags without a value, written together


def runs_jobs(arguments: Sequence[str]) -> bool:
    """Does a command line of Snakemake run jobs? Else nothing of the work folder may change.

    >>> runs_jobs(["--cores", "2"]), runs_jobs(["-c1", "-np"]), runs_jobs(["--report=a.html"])
    (True, False, False)
    """
    return not any(
        SHORT.fullmatch(word) or (word.startswith("--") and word[2:].split("=")[0] in ONLY_LOOKS) for word in arguments
    )
