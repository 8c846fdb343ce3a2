# Every target makes the environment that it needs: a clone and Python 3.11 to 3.13 are enough.
.DEFAULT_GOAL := help
.PHONY: help install demo test lint bench lock clean

PYTHON ?= $(shell for p in python3 python3.13 python3.12 python3.11; do \
	$$p -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' 2>/dev/null && echo $$p && break; done)
UV := $(shell command -v uv 2>/dev/null)
BIN := .venv/bin
READY := .venv/.installed

help: ## this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

install: $(READY) ## everything, development tools included, into .venv

$(READY): requirements.lock pyproject.toml
	@test -n "$(PYTHON)" || { echo "feedlab needs Python 3.11, 3.12 or 3.13; set PYTHON=/path/to/python3"; exit 1; }
ifneq ($(UV),)
	test -x $(BIN)/python || uv venv --quiet --python $(PYTHON) .venv
	uv pip install --quiet --python $(BIN)/python --require-hashes -r requirements.lock
	uv pip install --quiet --python $(BIN)/python --no-deps --no-build-isolation -e .
else
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
endif
	@touch $@

demo: $(READY) ## build a world, recommend, serve, and print where to look (ARGS="--port 9000")
	$(BIN)/feedlab demo $(ARGS)

test: $(READY) ## everything that is checked, a real browser included
	@scripts/browser
	$(MAKE) --no-print-directory lint
	$(BIN)/python -m pytest --cov --cov-report=
	$(BIN)/python -m coverage report --show-missing --fail-under=100 --include='*/recommend/policies/*,*/services/serve_feed.py,*/api/routes/*'
	@rm -f /tmp/.coverage-feedlab

lint: $(READY) ## style, types and floors
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache

bench: $(READY) ## ratios against the floor and against peers, in one run
	$(BIN)/python benchmarks/run.py

lock: ## pin every dependency again (needs uv)
	uv pip compile pyproject.toml --extra server --group dev --universal --python-version 3.11 --generate-hashes \
		--no-emit-index-url --custom-compile-command 'make lock' --quiet --upgrade -o requirements.lock

clean: ## remove the environment and what the demo made here
	@test ! -x $(BIN)/feedlab || $(BIN)/feedlab stop
	rm -rf .venv .feedlab .mypy_cache .ruff_cache .import_linter_cache .hypothesis
