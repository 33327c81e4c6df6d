"""A column that is declared as read is read by the samples of the demo, or stands in a list that may only shrink."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

import annotate
from annotate.base.resources import resource_path
from annotate.base.settings import Settings
from annotate.knowledge.spec import SPECS, TAIL, Row
from annotate.knowledge.tables import Knowledge
from annotate.read.sheets import read_patients, read_samples
from annotate.report.json.build import build_report
from annotate.run.sample import analyse

ELSEWHERE = {  # read where the demo does not come: other assays, other findings, the page and the cohort
    "blind_spots": {"text"},
    "copy_patterns": {"part", "note"},
    "entities": {"primary"},
    "fusion_rules": {"regions"},
    "gene_roles": {"role"},
    "germline_prompts": {"question"},
    "germline_variants": {"class"},
    "iamp21_anchors": {"role"},
    "kinase_compounds": {"gene", "includes", "drugs", "effect_in_cis", "effect_unphased", "text"},
    "lesions": {"short_name", "high_risk", "inpog", "family", "name"},
    "options": {"tier", "evidence_level"},
    "pgx_preferences": {"text"},
    "subtype_labels": {"needs_lesion"},
    "pgx_recommendations": {"lower_dose"},
    "ploidy_categories": {"scheme", "category", "low", "high"},
    "regulatory_regions": {"gene", "name", "note"},
    "schemes": {"shown_version"},
    "schemes_mrd_timepoints": {"name", "words"},
    "settles_groups": {"says", "asked_for"},
    "sv_caller_limits": {"text"},
    "tandem_duplications": {"exons", "name", "min_length", "max_length", "drug", "text"},
    "variants": {"transcript"},
}


@pytest.mark.slow
def test_every_column_that_is_declared_as_read_is_read(tmp_path, monkeypatch):
    seen: set[tuple[type[Row], str]] = set()

    def traced(row: Row, name: str) -> object:
        seen.add((type(row), name))
        return object.__getattribute__(row, name)

    monkeypatch.setattr(Row, "__getattribute__", traced, raising=False)
    folder = shutil.copytree(resource_path("knowledge"), tmp_path / "knowledge")  # no cache of another test is asked
    knowledge = Knowledge(folder)
    patients = {p.patient: p for p in read_patients(resource_path("demo", "patients.tsv"))}
    for sample in read_samples(resource_path("demo", "samples.tsv")):
        build_report(analyse(sample, patients.get(sample.patient), Settings(), knowledge=knowledge))
    unread = {
        spec.name: missing
        for spec in SPECS.values()
        if not spec.no_overlay
        and (missing := {c.name for c in spec.columns if c.read and (spec.row, c.attribute) not in seen} - {*TAIL})
        and (missing := missing - set(spec.key) - ELSEWHERE.get(spec.name, set()))
    }
    assert unread == {}


def test_what_is_declared_as_unread_is_words_for_people():
    """No engine takes such a column: its attribute is asked for nowhere but where tables are described."""
    for spec in SPECS.values():
        for column in spec.columns:
            assert column.read or column.name not in spec.key, f"{spec.name}.{column.name}"


def test_engines_read_typed_rows():
    """Text of a row is for those who compare, sign and print tables."""
    package = Path(annotate.__file__).parent
    found = [
        str(path.relative_to(package))
        for path in sorted(package.rglob("*.py"))
        if re.search(r"\.table\(\s*\"", path.read_text(encoding="utf-8"))
    ]
    assert [path for path in found if not path.startswith(("knowledge/", "curate/"))] == []
