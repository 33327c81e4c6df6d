"""The samples of one patient, each read and decided once: for its own report and for those of later time points."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from annotate.base.settings import Settings
from annotate.decide.case import Case
from annotate.model.sample import Patient, Sample
from annotate.run.sample_files import Stamp, files_of, stamp


@dataclass(slots=True)
class PatientCases:
    """Cases of the patient asked for last; those of another patient are let go, so that memory does not grow."""

    patient: str = ""
    found: dict[str, tuple[list[Stamp], Case]] = field(default_factory=dict)  # by sample

    def of(
        self, sample: Sample, patient: Patient | None, settings: Settings, say: Callable[[str], None] = lambda _: None
    ) -> Case:
        """A sample's case; read again where one of its files is no longer the one that was read.

        Errors: InputError for an input that cannot be used.
        """
        from annotate.run.sample import decided_case

        if sample.patient != self.patient:
            self.patient, self.found = sample.patient, {}
        stamps = [stamp(file) for file in files_of(sample)]
        known = self.found.get(sample.sample)
        if known is None or known[0] != stamps:
            known = self.found[sample.sample] = (stamps, decided_case(sample, patient, settings, say))
        return known[1]
