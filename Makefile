# Every command of the project. `make demo` and `make test` need nothing else first.
SHELL := /bin/bash
.DEFAULT_GOAL := help
.PHONY: help setup demo test soak lint coverage format lock stop

help: ## this list
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*##/\t/' | expand -t 10

setup: ## install what is missing; leaves the command at .venv/bin/sohoa
	@deploy/setup.sh

demo: setup ## take in invented samples, show every answer, leave the service running
	@.venv/bin/python demo/run.py

stop: ## stop what `make demo` and the tests left running
	@deploy/stop.sh

test: setup ## every check and every test, as CI runs them
	@deploy/test.sh all

soak: setup ## the long proofs: kill tests and large batches
	@deploy/test.sh soak

lint: setup ## style, types, import contracts, size budgets
	@deploy/test.sh lint

coverage: setup ## the tests once more, with branch coverage held against its budgets
	@deploy/test.sh coverage

format: setup ## put the code into the project's format
	@.venv/bin/ruff check --fix-only --quiet . ; .venv/bin/ruff format .

lock: setup ## make the locks again from pyproject.toml (docs/decisions/0002-locks.md)
	@deploy/lock.sh
