"""Sheets and settings, checked before any job runs."""

import contextlib
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
if (ROOT / "annotate").is_dir() and str(ROOT) not in sys.path:
    sys.path.insert(
        0, str(ROOT)
    )  # from a checkout; an installed package is found by itself

import annotate
from annotate.base.errors import InputError
from annotate.base.settings import (
    as_config,
    check_config,
    find_sheet,
    settings_of,
    typed,
)
from annotate.knowledge import cutoffs
from annotate.knowledge.tables import Knowledge
from annotate.read.sheets import input_files, read_patients, read_samples
from annotate.run.batch import by_patient, forget_stale, patient_digest, plan
from annotate.run.contents import Contents
from annotate.run.earlier import precedes
from annotate.run.made_from import made_from, made_from_samples
from annotate.run.outputs import PATIENT, cohort_files, retire, suffixes
from annotate.run.refused import withdraw_refused
from annotate.run.start import runs_jobs

RESULTS, LAST_RUN = Path("results"), Path(".snakemake/allert/batch.json")
# What everything is made from, by content. A job remakes what was made from something else; where a sheet or the
# clone lies, and in which row a sample stands, is no part of it.
CONTENTS = Contents(Path(".snakemake/allert/contents.json"))
SETTINGS = None  # until they are read
RUNS = workflow.is_main_process and runs_jobs(sys.argv[1:])  # else nothing is removed


def stop(error):
    """One plain message and exit code 2, before any job; nothing is left of what the sheet no longer stands for."""
    if RUNS and SETTINGS is not None and LAST_RUN.exists():
        with contextlib.suppress(InputError):  # a sheet that says nothing of its rows
            _facts = Path(config["patients"]) if config.get("patients") else None
            withdraw_refused(
                LAST_RUN, RESULTS, Path(config["samples"]), _facts, SETTINGS, CONTENTS
            )
    print(f"allert: {error}", file=sys.stderr)
    sys.stderr.flush()
    os._exit(2)


try:
    config.update(typed(config))
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
    # The captions of `snakemake --report` print what is in force.
    KNOWLEDGE = Knowledge.load(SETTINGS.knowledge)
    THRESHOLDS = {
        name: KNOWLEDGE.threshold(cutoff).cited
        for name, cutoff in {
            "hypodiploidy": cutoffs.HYPODIPLOIDY_INPOG_MAX,
            "runx1": cutoffs.IAMP21_MIN_RUNX1_TOTAL,
            "purity": cutoffs.ASSESS_MIN_PURITY_FOR_NEGATIVE,
            "power": cutoffs.PILEUP_POWER,
        }.items()
    }
except InputError as error:
    stop(error)

BY_PATIENT = by_patient(SAMPLES.values())
PAIRED = {patient: own for patient, own in BY_PATIENT.items() if len(own) > 1}


def others_of(sample):
    return [s for s in BY_PATIENT[sample.patient] if s.sample != sample.sample]


def read_with(sample):
    """A sample and those whose files its report reads too: the earlier ones of the patient."""
    return [sample, *(s for s in others_of(sample) if precedes(s, sample))]


def digest_of(sample):
    return made_from(
        sample, PATIENTS.get(sample.patient), others_of(sample), SETTINGS, CONTENTS
    )


# Several samples a process for large batches: a batch is known by its marker, because its samples may fail alone.
BATCHES = plan(list(SAMPLES.values()), config.get("samples_per_job") or "auto")
MARKERS = expand("results/.batches/{batch}.done", batch=BATCHES)

if workflow.is_main_process:
    try:
        DIGESTS = {id: digest_of(sample) for id, sample in SAMPLES.items()}
    except InputError as error:
        stop(error)
    if RUNS:
        CONTENTS.save()
        retire(LAST_RUN, RESULTS, {id: s.patient for id, s in SAMPLES.items()})
        _missing = forget_stale(RESULTS, list(SAMPLES.values()), DIGESTS, SETTINGS)
        for _batch, _marker in zip(BATCHES, MARKERS):
            if any(s.sample in _missing for s in BATCHES[_batch]):
                Path(_marker).unlink(missing_ok=True)
else:
    DIGESTS = {}  # a job asks for its own alone


def digest(ids):
    """One digest of several samples."""
    return made_from_samples(
        {id: DIGESTS.get(id) or digest_of(SAMPLES[id]) for id in ids}
    )


FILES = suffixes(SETTINGS)
COHORT = cohort_files(SETTINGS)
STUDIES = (
    {"studies": directory("results/cohort/cbioportal")}
    if "cbioportal" in SETTINGS.export
    else {}
)
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


def but(files, *shown):
    """Files of a rule but those that it names itself, by name."""
    return {name: suffix for name, suffix in files.items() if name not in shown}


def import_path():
    """The folder from which a job imports ALLert and nothing else: an environment of its own brings the other packages."""
    if (ROOT / "annotate").is_dir():
        return ROOT
    folder = Path(".snakemake/allert/lib").resolve()
    link, package = folder / "annotate", Path(annotate.__file__).resolve().parent
    if workflow.is_main_process and not (link.exists() and link.samefile(package)):
        folder.mkdir(parents=True, exist_ok=True)
        link.unlink(missing_ok=True)
        link.symlink_to(package)
    return folder


# With conda, or in a container that the configuration names, the environment's own Python runs the job; otherwise the
# one that runs Snakemake.
_deployed = {method.name for method in workflow.deployment_settings.deployment_method}
IMAGE = config.get("container")
_inside = "CONDA" in _deployed or (IMAGE and "APPTAINER" in _deployed)
_python = "python" if _inside else shlex.quote(sys.executable)
ALLERT = f"env PYTHONPATH={shlex.quote(str(import_path()))} {_python} -m annotate"
GIVEN = ["--samples", str(Path(config["samples"]).resolve())]
if config.get("patients"):
    GIVEN += ["--patients", str(Path(config["patients"]).resolve())]
GIVEN += ["--settings", json.dumps(as_config(SETTINGS), sort_keys=True)]


container: IMAGE


wildcard_constraints:
    sample="[A-Za-z0-9][A-Za-z0-9._-]*",
    patient="[A-Za-z0-9][A-Za-z0-9._-]*",
    batch="[0-9]+",


def files_of_sample(wildcards):
    return [
        local(f) for s in read_with(SAMPLES[wildcards.sample]) for f in input_files(s)
    ]


def unremembered(value):
    """A parameter of a job that is no reason to run it again. Snakemake remembers what a function of the wildcards
    gives, and not what depends on inputs or outputs: where the clone or the sheet lies changes no result.
    """
    return lambda wildcards, output: value


def folder_of(up):
    """The results folder, seen from the first output: with object storage it is a local copy elsewhere."""
    return lambda wildcards, output: str(Path(output[0]).parents[up])


def digest_of_sample(wildcards):
    return DIGESTS.get(wildcards.sample) or digest_of(SAMPLES[wildcards.sample])


def reports_of_patient(wildcards):
    return expand(
        "results/{sample}/{sample}.{suffix}",
        sample=[s.sample for s in PAIRED[wildcards.patient]],
        suffix=["report.json", "made"],
    )


def digest_of_patient(wildcards):
    return digest(s.sample for s in PAIRED[wildcards.patient])


def samples_of_batch(wildcards):
    return [s.sample for s in BATCHES[wildcards.batch]]


def digest_of_batch(wildcards):
    return digest(samples_of_batch(wildcards))


COHORT_OF_WHAT_IS_THERE = f"{ALLERT} cohort --out results {shlex.join(GIVEN)} > /dev/null 2>&1 || true".replace(
    "{", "{{"
).replace(
    "}", "}}"
)
