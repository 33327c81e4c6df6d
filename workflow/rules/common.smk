"""Sheets and settings, checked before any job runs."""

import hashlib
import json
import os
import shlex
import sys
from pathlib import Path

from snakemake.utils import validate

ROOT = (
    Path(workflow.current_basedir.get_path_or_uri(secret_free=True))
    .resolve()
    .parents[1]
)
if str(ROOT) not in sys.path:
    sys.path.insert(0, str(ROOT))

from annotate.run.batch import forget_incomplete, plan
from annotate.base.errors import InputError
from annotate.knowledge.tables import Knowledge
from annotate.base.settings import as_config, check_config, find_sheet, settings_of
from annotate.read.sheets import as_row, input_files, read_patients, read_samples


def stop(error):
    """One plain message and exit code 2, before any job."""
    print(f"allert: {error}", file=sys.stderr)
    sys.stderr.flush()
    os._exit(2)


try:
    check_config(config)
    validate(config, schema="../schemas/config.schema.yaml")
    config["samples"] = find_sheet(config["samples"])
    if config.get("patients"):
        config["patients"] = find_sheet(config["patients"])
    SETTINGS = settings_of(config, Path.cwd())
    SAMPLES = {s.sample: s for s in read_samples(Path(config["samples"]))}
    PATIENTS = (
        {p.patient: p for p in read_patients(Path(config["patients"]))}
        if config.get("patients")
        else {}
    )
    for _file in (file for s in SAMPLES.values() for file in input_files(s)):
        if "{" in _file or "}" in _file:
            raise InputError(
                "a path with a brace cannot be used: Snakemake takes it for a wildcard",
                path=config["samples"],
                found=_file,
                fix="rename the file or make a link to it",
            )
    # Reports made with other knowledge are out of date; the captions of `snakemake --report` print what is in force.
    KNOWLEDGE = Knowledge.load(SETTINGS.knowledge)
    KNOWN = KNOWLEDGE.digest
    THRESHOLDS = {
        name: KNOWLEDGE.threshold(id).cited
        for name, id in {
            "hypodiploidy": "hypodiploidy.inpog_max",
            "runx1": "iamp21.min_runx1_total",
            "purity": "assess.min_purity_for_negative",
            "power": "pileup.power",
        }.items()
    }
except InputError as error:
    stop(error)

BY_PATIENT = {}
for _sample in SAMPLES.values():
    BY_PATIENT.setdefault(_sample.patient, []).append(_sample)
PAIRED = {
    patient: samples for patient, samples in BY_PATIENT.items() if len(samples) > 1
}

# Several samples a process for large batches: a batch is known by its marker, because its samples may fail alone.
BATCHES = plan(list(SAMPLES.values()), config.get("samples_per_job") or "auto")
MARKERS = expand("results/.batches/{batch}.done", batch=BATCHES)
for _batch, _marker in zip(BATCHES, MARKERS):
    forget_incomplete(Path(_marker), Path("results"), BATCHES[_batch])

REPORTS = MARKERS or expand("results/{sample}/{sample}.report.html", sample=SAMPLES)
JSONS = MARKERS or expand("results/{sample}/{sample}.report.json", sample=SAMPLES)
EVOLUTIONS = (
    []
    if MARKERS
    else expand("results/patients/{patient}/{patient}.evolution.html", patient=PAIRED)
)
EVOLUTION_JSONS = (
    []
    if MARKERS
    else expand("results/patients/{patient}/{patient}.evolution.json", patient=PAIRED)
)

# With conda or a container the environment's own Python runs the job; otherwise the one that runs Snakemake.
_deployed = [method.name for method in workflow.deployment_settings.deployment_method]
_python = "python" if _deployed else shlex.quote(sys.executable)
ALLERT = f"env PYTHONPATH={shlex.quote(str(ROOT))} {_python} -m annotate"
CONFIG = json.dumps(as_config(SETTINGS), sort_keys=True)


wildcard_constraints:
    sample="[A-Za-z0-9][A-Za-z0-9._-]*",
    patient="[A-Za-z0-9][A-Za-z0-9._-]*",
    batch="[0-9]+",


def others_of(sample):
    """The patient's other samples; a report looks at the earlier ones and is made anew when any of them changes."""
    return [s for s in BY_PATIENT[sample.patient] if s.sample != sample.sample]


def files_of_sample(wildcards):
    sample = SAMPLES[wildcards.sample]
    return [local(f) for s in (sample, *others_of(sample)) for f in input_files(s)]


def folder_of(up):
    """The results folder, seen from the first output: with object storage it is a local copy elsewhere."""
    return lambda wildcards, output: str(Path(output[0]).parents[up])


def digest(parts):
    """Rows of the sheets that a job depends on: a change of them makes it again. Jobs read the rows themselves,
    so that no clinical text stands in a command or in a log."""
    rows = [as_row(part) for part in parts if part]
    return hashlib.sha256(json.dumps(rows, sort_keys=True).encode()).hexdigest()


def rows_of_sample(wildcards):
    sample = SAMPLES[wildcards.sample]
    return digest([sample, *others_of(sample), PATIENTS.get(sample.patient)])


def reports_of_patient(wildcards):
    return expand(
        "results/{sample}/{sample}.report.json",
        sample=[s.sample for s in PAIRED[wildcards.patient]],
    )


def rows_of_patient(wildcards):
    return digest(PAIRED[wildcards.patient])


def files_of_batch(wildcards):
    return [local(f) for s in BATCHES[wildcards.batch] for f in input_files(s)]


def samples_of_batch(wildcards):
    return [s.sample for s in BATCHES[wildcards.batch]]


def rows_of_batch(wildcards):
    return digest(
        part for s in BATCHES[wildcards.batch] for part in (s, PATIENTS.get(s.patient))
    )


SHEETS = ["--samples", str(Path(config["samples"]).resolve())]
if config.get("patients"):
    SHEETS += ["--patients", str(Path(config["patients"]).resolve())]

COHORT_OF_WHAT_IS_THERE = (
    (
        f"{ALLERT} cohort --out results {shlex.join(SHEETS[:2])}"
        f" --settings {shlex.quote(CONFIG)} > /dev/null 2>&1 || true"
    )
    .replace("{", "{{")
    .replace("}", "}}")
)
