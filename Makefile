# Everything a person or a machine runs here. Each target sets up what it needs and is quick the second time.
PYTHON ?= python3
BIN := .venv/bin
NPM := PATH="$(CURDIR)/$(BIN):$$PATH" npm --prefix frontend
PAGE_SOURCES := $(shell find frontend -path frontend/node_modules -prune -o -type f -print 2>/dev/null)

.PHONY: run test setup lint format page-test python-test browser debian-chromium bench conformance faults generate
.DEFAULT_GOAL := help

help: ## list the targets
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 16

run: setup ## open the editor
	$(BIN)/gradcanvas serve

test: ## all checks: format, lint, types, unit, property, server, browser
	@$(MAKE) --no-print-directory -j2 setup browser
	@$(MAKE) --no-print-directory -j2 lint page-test
	@$(MAKE) --no-print-directory python-test

setup: .make/python .make/page ## install everything into .venv and build the page

.make/python: pyproject.toml constraints.txt
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt hatchling editables
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt --no-build-isolation --editable '.[dev]'
	@mkdir -p .make && touch $@

.make/node: frontend/package.json frontend/package-lock.json .make/python
	$(NPM) ci --no-audit --no-fund --loglevel=error
	@mkdir -p .make && touch $@

.make/page: .make/node $(PAGE_SOURCES)
	$(NPM) run build --silent
	@mkdir -p .make && touch $@

lint: .make/python .make/node ## format, lint and types of both languages, and that generated files are fresh
	$(BIN)/ruff format --check server tests frontend
	$(BIN)/ruff check server tests frontend
	$(BIN)/mypy
	$(BIN)/python -m gradcanvas.document.generate --check
	$(BIN)/python -m gradcanvas.web.generate --check
	$(NPM) run lint --silent
	$(NPM) run check --silent

format: .make/python .make/node ## put the sources into form
	$(BIN)/ruff format server tests frontend
	$(BIN)/ruff check --fix server tests frontend
	$(NPM) run format --silent

generate: .make/python ## write the schema and the TypeScript types anew from the Python models
	$(BIN)/python -m gradcanvas.document.generate
	$(BIN)/python -m gradcanvas.web.generate

page-test: .make/node ## the page's unit tests
	$(NPM) run test --silent

browser: debian-chromium .make/python ## a Chromium for the browser tests: the machine's, or one that is installed now
	@$(BIN)/python tests/browser/find_chromium.py || $(BIN)/playwright install chromium || \
	  { echo "The browser tests need Chromium: install your system's package 'chromium'." >&2; exit 1; }

debian-chromium:
	@tests/browser/install-chromium.sh

python-test: setup browser ## unit, property, server and browser tests
	$(BIN)/python -m pytest -n 2 --dist loadgroup tests

bench: setup browser ## the benchmark table, each figure beside plain PyTorch or the alternative
	OPENBLAS_NUM_THREADS=1 $(BIN)/python -m tests.bench $(WRITE)

conformance: .make/python ## every operation, module and optimiser against PyTorch's own databases
	$(BIN)/python -m tests.conformance --write docs/conformance.md

faults: setup ## every way of killing, hanging and starving a worker or the server
	GRADCANVAS_WHOLE=1 $(BIN)/python -m pytest tests/faults
