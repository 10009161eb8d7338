# Everything a developer or a builder starts. Needs Python 3.11 to 3.13 and make, nothing else.

VENV := .venv
BIN := $(VENV)/bin
PY := $(BIN)/python
PYTHON ?= $(shell for name in python3.11 python3.12 python3.13 python3; do \
	if "$$name" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' 2>/dev/null; \
	then echo "$$name"; break; fi; done)

.DEFAULT_GOAL := help
.PHONY: help run test lint types contracts bench rush demo shots docs parts messages lock format hooks

help: ## this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

# The programs and libraries of the lock file; made again only when that changes.
$(VENV)/.installed: requirements/dev.txt pyproject.toml
	@test -n "$(PYTHON)" || { echo "Bosun needs Python 3.11, 3.12 or 3.13."; exit 1; }
	@echo "Fetching libraries into $(VENV); the first time this takes a few minutes."
	@test -x $(PY) || $(PYTHON) -m venv $(VENV)
	@$(PY) -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/dev.txt
	@$(PY) -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

# Scripts, icons, places and translations; each step does nothing while it is up to date.
parts: $(VENV)/.installed
	@$(PY) tools/frontend.py
	@$(PY) tools/messages.py compile

run: parts ## serve on PORT (8000), with a demo company in an empty database
	@$(BIN)/bosun migrate --quiet
	@$(BIN)/bosun demo --if-empty
	@exec $(BIN)/bosun serve

test: parts ## style, types, contracts, and all tests on both databases
	@$(PY) -m tools.test

lint: $(VENV)/.installed ## style
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .

types: $(VENV)/.installed ## static types
	@$(BIN)/mypy

contracts: $(VENV)/.installed ## who may import whom, and the house rules
	@$(BIN)/lint-imports
	@$(PY) -m pytest -q -p no:cacheprovider tests/architecture

bench: parts ## how fast it is, on both databases
	@$(BIN)/bosun bench
	@$(PY) tools/postgres.py --safe $(BIN)/bosun bench

rush: parts ## how fast reminders are told, on both databases
	@for what in "mails" "mails --kill" "morning"; do $(PY) -m tools.rush $$what; $(PY) tools/postgres.py --safe $(PY) -m tools.rush $$what; done

demo: parts ## fill the database with a demo company
	@$(BIN)/bosun migrate --quiet
	@$(BIN)/bosun demo

shots: parts ## pictures of every screen, wide and narrow, light and dark, in three languages
	@$(PY) -m tools.shots

docs: parts ## the pages of the manual that come from the declarations
	@$(PY) -m tools.docs

messages: $(VENV)/.installed ## gather the texts to be translated
	@$(PY) tools/messages.py extract

lock: $(VENV)/.installed ## write the lock files anew
	@$(PY) tools/lock.py

format: $(VENV)/.installed ## put the code in shape
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .

hooks: $(VENV)/.installed ## look at every commit before it is made
	@$(BIN)/pre-commit install
