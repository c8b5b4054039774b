# Two commands do everything on a fresh machine: `make demo` and `make test`.
# Needs only make and Python 3.11 or later; the rest is installed into .venv from the locked, hashed requirements.

PYTHON ?= python3
BIN := .venv/bin
HAS_PIP := .venv/has-pip
READY := .venv/ready
READY_DEV := .venv/ready-dev

.DEFAULT_GOAL := help
.PHONY: help demo test browser check lint types walls crash bench bench-web screenshots new-emr lock clean

help: ## Show this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 16

demo: $(READY) ## The main job, start to end, on embedded parts
	@$(BIN)/visitsync demo $(ARGS)

test: $(READY_DEV) browser ## All tests, on every core
	@$(BIN)/python -m pytest -n auto --dist worksteal $(ARGS)

browser: $(READY_DEV) ## Chromium for the tests of the pages: quick if it is there
	@$(BIN)/python requirements/get_chromium.py

check: lint types walls test ## What CI runs

lint: $(READY_DEV) ## Style
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .

types: $(READY_DEV) ## Types, strict
	@$(BIN)/mypy

walls: $(READY_DEV) ## Imports between the rooms point only downward
	@$(BIN)/lint-imports

crash: $(READY_DEV) ## Kill workers and PostgreSQL at every point of a turn, and live random days from many seeds (an hour or more)
	@EVERY_POINT=1 SEEDS=$(shell seq -s, 1 24) $(BIN)/python -m pytest -n auto --timeout=7200 tests/nothing_lost $(ARGS)

bench: $(READY_DEV) ## Speed, as ratios to a floor measured in the same run
	@$(BIN)/python -m bench $(ARGS)

bench-web: $(READY_DEV) ## The pages under 50 requests a second, over a million appointments (ARGS=--small: a quick look)
	@$(BIN)/python -m bench web $(ARGS)

screenshots: $(READY_DEV) browser ## The pictures of docs/screenshots, taken again of invented people
	@$(BIN)/python -m tests.stage.album docs/screenshots

new-emr: $(READY_DEV) ## Write the folder of a new EMR, which passes every test as it stands: make new-emr NAME
	@$(BIN)/python -m scaffold '$(NAME)'

# The second word after new-emr is a name, not something to make.
ifeq (new-emr,$(firstword $(MAKECMDGOALS)))
NAME ?= $(word 2,$(MAKECMDGOALS))
$(eval $(or $(filter-out new-emr,$(MAKECMDGOALS)),_):;@:)
endif

lock: $(READY_DEV) ## Pin every dependency again, with hashes and no address
	@$(BIN)/python requirements/lock.py

clean: ## Remove the virtual environment
	@rm -rf .venv

# pip may want to keep a cache, and a pip.conf may ask for --user; neither helps in a virtual environment.
export PIP_USER := 0
ifeq ($(shell test -w "$$HOME" && echo yes),)
export PIP_NO_CACHE_DIR := 1
endif

$(HAS_PIP): requirements/bootstrap.py
	@$(PYTHON) requirements/bootstrap.py
	@touch $@

$(READY): requirements/run.txt pyproject.toml $(HAS_PIP)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/run.txt
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

$(READY_DEV): requirements/dev.txt $(READY)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/dev.txt
	@touch $@
