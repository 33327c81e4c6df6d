# make demo   the shipped batch, from nothing to reports; installs what runs
# make test   every check and every test; installs what they need besides
# make golden  renews the kept reports of tests/golden, after a change that is meant
# make docs   the pages of docs/ that are made from code and knowledge tables
# make clean  removes the demo's results; make lock renews the lists of versions
# make oracles  HGVS names against two libraries of other authors (ferro-hgvs, biocommons hgvs), offline
# make bench  timings as ratios; make validate: simulated truth; make validate-real: real arrays; make test-slurm: a real Slurm on this machine
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
TESTS := $(VENV)/.tests-installed
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check
CORES ?= $(shell nproc 2>/dev/null || echo 2)

.PHONY: help install demo demo-data golden docs test lint bench validate validate-real oracles test-slurm test-kill fuzz lock clean

help:
	@sed -n 's/^# \(make.*\)/\1/p' Makefile

install: $(STAMP)

$(STAMP): pyproject.toml requirements.lock scripts/install.py
	$(PYTHON) scripts/install.py $(VENV) requirements.lock
	@touch $@

$(TESTS): $(STAMP) requirements-test.lock
	$(PYTHON) scripts/install.py $(VENV) requirements-test.lock
	@touch $@

demo: install
	$(BIN)/snakemake -s Snakefile --directory demo \
	  --config "samples=$(CURDIR)/resources/demo/samples.tsv" "patients=$(CURDIR)/resources/demo/patients.tsv" \
	  samples_per_job=5 --cores $(CORES) --workflow-profile workflow/profiles/default
	@echo "Open demo/results/cohort/index.html"

test: $(TESTS) lint
	$(BIN)/python -m pytest -n $(CORES) --dist worksteal

lint: $(TESTS)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/python scripts/check_templates.py
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo > /dev/null || $(BIN)/lint-imports
	$(BIN)/snakefmt --check Snakefile workflow
	$(BIN)/snakemake --lint -s Snakefile --config samples=resources/demo/samples.tsv > /dev/null
	$(BIN)/allert knowledge check

bench: $(TESTS)
	$(BIN)/python scripts/bench.py --write

validate: $(TESTS)
	$(BIN)/python scripts/validate.py

validate-real: install
	$(BIN)/python scripts/validate_real_arrays.py --write

oracles: $(STAMP)
	$(PIP) -e ".[oracles]"
	$(BIN)/python scripts/oracles.py

fuzz: $(TESTS)
	$(BIN)/python scripts/fuzz.py --write docs/fuzzing.md

test-kill: $(TESTS)
	$(BIN)/python scripts/kill_test.py
	$(BIN)/python scripts/kill_test.py --per-job 5

test-slurm: $(TESTS)
	bash scripts/test_slurm.sh

demo-data: $(TESTS)
	$(BIN)/python scripts/make_demo.py

golden: $(TESTS)
	$(BIN)/python -m tests.makers.golden --write

docs: $(TESTS)
	$(BIN)/python scripts/render_docs.py
	$(BIN)/python scripts/render_knowledge.py

lock: $(STAMP)
	$(BIN)/python scripts/lock.py

clean:
	rm -rf demo results logs benchmarks .snakemake
