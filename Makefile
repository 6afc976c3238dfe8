# Everything a fresh machine needs is Python 3.11, pip, make and git: each target sets up what it uses.
PYTHON ?= python3.11
VENV ?= .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
# Tests wait for processes and disks about a third of the time: three keep two cores busy.
WORKERS ?= 3
# Trust whatever this machine trusts: behind a company's proxy uv's own list of certificates is not enough.
export UV_SYSTEM_CERTS ?= true

.DEFAULT_GOAL := help
.PHONY: help setup demo up test covered lint browser bench clean

help:  ## This list
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## /  make \1\t/' | expand -t 16

setup: $(READY)  ## Install Hestia and its tools into .venv

$(READY): pyproject.toml constraints.txt
	test -x $(BIN)/python || $(PYTHON) -m venv --without-pip $(VENV)
	$(PYTHON) -m pip --python $(BIN)/python install --quiet --disable-pip-version-check uv
	$(BIN)/uv pip install --quiet --python $(BIN)/python -c constraints.txt -e '.[dev]'
	@touch $@

demo: $(READY)  ## The main job end to end on sample data
	$(BIN)/hestia demo

up: $(READY)  ## Start everything, with the sample data present
	@test "$$($(BIN)/hestia datasets --json)" != "[]" || $(BIN)/hestia demo
	$(BIN)/hestia up

lint: $(READY)  ## Style, types, import contracts
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/pyright --pythonpath $(BIN)/python
	$(BIN)/lint-imports

browser: $(READY)
	-@$(BIN)/python tests/e2e/install_browser.py

test: $(READY) browser  ## Lint, and every test with coverage
	@$(MAKE) --jobs=2 lint covered

covered: $(READY)
	$(BIN)/python -m pytest -n $(WORKERS) --dist loadscope --no-loadscope-reorder \
		--cov --cov-report= --cov-fail-under=90

bench: $(READY)  ## Import 5 million rows beside DuckDB
	$(BIN)/python benchmarks/import_csv.py
	$(BIN)/python benchmarks/formats.py
	$(BIN)/python benchmarks/rules.py

clean:  ## Remove .venv and what tests leave behind; never .hestia
	rm -rf $(VENV) .pytest_cache .ruff_cache .hypothesis .import_linter_cache .coverage .coverage.* test-results
