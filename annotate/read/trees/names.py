"""Patients and time points from the names that laboratories give their samples; nothing where a name does not say."""

from __future__ import annotations

import re

from annotate.base.frozen import frozen

# Parts of a name, separated by what is no letter or digit; one part says the time point, those before it the patient.
TIMEPOINTS = (
    (re.compile(r"d|dx|diag|diagnosis|initial|primary|presentation", re.IGNORECASE), "diagnosis"),
    (re.compile(r"(?:r|rel|relapse|recurrence)([0-9]?)", re.IGNORECASE), "relapse"),
    (re.compile(r"(?:rem|remission|cr|normal|germline|n|ctrl|control)([0-9]?)", re.IGNORECASE), "remission"),
)
WORDS_OF_FILES = re.compile(r"(dna|rna|wgs|wes|wts|tumou?r|t)", re.IGNORECASE)


@frozen
class Named:
    """What a sample's name says. An empty time point: it says none."""

    patient: str
    timepoint: str


def named(name: str) -> Named:
    """Patient and time point of a sample's name.

    >>> named("P07_relapse2"), named("ALL-12-D"), named("X99")
    (Named(patient='P07', timepoint='relapse2'), Named(patient='ALL-12', timepoint='diagnosis'), Named(patient='X99', timepoint=''))
    """  # noqa: E501
    parts = re.split(r"([^A-Za-z0-9]+)", name)
    for place in range(len(parts) - 1, 1, -2):
        for pattern, word in TIMEPOINTS:
            said = pattern.fullmatch(parts[place])
            if said:
                number = said[1] if said.groups() and said[1] not in ("", "1") else ""
                rest = "".join(parts[: place - 1])
                return Named(without_words(rest), f"{word}{number}")
    return Named(without_words(name), "")


def without_words(name: str) -> str:
    """A name without what says the kind of file at its end: `P1_RNA` and `P1_DNA` are of one sample.

    >>> without_words("P1_D_RNA"), without_words("P1-D")
    ('P1_D', 'P1-D')
    """
    parts = re.split(r"([^A-Za-z0-9]+)", name)
    while len(parts) > 2 and WORDS_OF_FILES.fullmatch(parts[-1]):
        parts = parts[:-2]
    return "".join(parts)


def as_id(name: str) -> str:
    """A name as an id of the sheet.

    >>> as_id("P 1/D"), as_id("-x")
    ('P_1_D', 'x')
    """
    return re.sub(r"[^A-Za-z0-9._-]+", "_", name).lstrip("._-")[:100]
