# Every target does its own set-up in .venv/ and can be run twice.
# Options: PORT=8000, SIZE=small|full, SEED=number (of a test run that is to be repeated).
SHELL := bash
.DEFAULT_GOAL := help
.PHONY: help run setup demo test test-full lint check bench
PORT ?= 8000
SIZE ?= small
export PORT
# The many processes of a run share what one of them has compiled.
unexport PYTHONDONTWRITEBYTECODE

help:  ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

run:  ## web and worker with the sample company, on http://127.0.0.1:8000 (PORT= changes it)
	@scripts/run.sh

setup:  ## install, build the front-end parts, bring the database to the newest migration
	@scripts/setup.sh

demo: setup  ## load the sample company; a second time changes nothing
	@.venv/bin/flask --app app demo load

test:  ## all tests on SQLite, a sample of repeated cases, what depends on PostgreSQL (about 20 minutes)
	@SEED="$(SEED)" scripts/test.sh

test-full:  ## all cases on both databases, with the coverage limits (about 90 minutes)
	@SEED="$(SEED)" WHOLE=1 scripts/test.sh

lint:  ## style, types, import contracts, known vulnerabilities
	@scripts/lint.sh

check: lint test  ## what the build server runs

bench: setup  ## measure against the baselines (SIZE=small or full)
	@scripts/install_python.sh checks
	@.venv/bin/python -m benchmarks --size $(SIZE)
