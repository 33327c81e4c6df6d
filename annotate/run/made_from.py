"""What a sample's files are made from, in one digest: they stand only while all of it stands."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import Any

from annotate.base.settings import Settings, as_config
from annotate.knowledge.tables import Knowledge
from annotate.model.sample import Patient, Sample
from annotate.read.sheets import as_row
from annotate.run.contents import Contents, program, with_indexes
from annotate.run.earlier import precedes
from annotate.run.sample_files import files_of


def made_from(
    sample: Sample, patient: Patient | None, others: Sequence[Sample], settings: Settings, contents: Contents
) -> str:
    """Digest of a sample's rows, of the content of its files and their companions, and of everything that all share.

    `others` are the patient's other samples: the earlier ones are read too, of the later ones the report only says
    that they are there. Errors: InputError for a file that cannot be read.
    """
    earlier = [other for other in others if precedes(other, sample)]
    facts: Mapping[str, Any] = {
        "shared": shared(settings, contents),
        "patient": as_row(patient) if patient else None,
        "samples": [[as_row(one), contents.of_all(files_of(one))] for one in (sample, *earlier)],
        "notes": [sample.notes, patient.notes if patient else ()],
        "later": [[other.sample, other.timepoint] for other in others if other not in earlier],
    }
    return _digest(facts)


def made_from_samples(parts: Mapping[str, str]) -> str:
    """Digest of a patient's page, or of the cohort's, from those of its samples by id, in order."""
    return _digest({"samples": list(parts.items())})


def shared(settings: Settings, contents: Contents) -> Mapping[str, Any]:
    """What every sample is made from. Folders and files count by content: where they lie changes nothing."""
    plain = as_config(settings)
    return {
        "program": program(),
        "knowledge": Knowledge.load(settings.knowledge).digest,
        "filters": settings.filters,
        "report": {**plain["report"], "logo": contents.of(settings.report.logo) if settings.report.logo else None},
        **{
            key: {assembly: contents.of_all(with_indexes([path])) for assembly, path in sorted(files.items())}
            for key, files in (("population", settings.population), ("genome", settings.genome))
        },
        "reference": {assembly: contents.of(path) for assembly, path in sorted(settings.reference.items())},
    }


def _digest(facts: Mapping[str, Any]) -> str:
    return hashlib.sha256(json.dumps(facts, sort_keys=True).encode()).hexdigest()
