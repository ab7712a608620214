#!/usr/bin/env bash
# The tests, on SQLite and PostgreSQL and in a browser. Of the cases of one rule a part is drawn
# (tests/sampling.py): WHOLE=1 leaves nothing out and is held to the coverage limits, SEED= draws
# again what a run drew that printed this seed. Arguments go to pytest, whose closing line is the
# last one printed. COVERAGE=1 measures any run, COVERAGE=report prints and does not fail,
# COVERAGE=0 leaves the measuring out.
set -euo pipefail
cd "$(dirname "$0")/.."
source scripts/system_packages.sh
source scripts/postgres.sh

scripts/install_python.sh checks
# Front-end parts mostly wait for the network. What one process compiles meanwhile, all workers use.
scripts/build_frontend.sh & frontend=$!
if [ $# -eq 0 ] && [ ! -d tests/__pycache__ ]; then
  .venv/bin/python -m pytest --collect-only -q >/dev/null 2>&1 & compiled=$!
fi
scripts/build_translations.sh
# The headless shell draws a page in two thirds of the time of the whole browser.
fonts=(fonts-dejavu-core fonts-noto-core)
command -v chromium-headless-shell >/dev/null || command -v chromium >/dev/null ||
  need_packages "The browser tests" chromium-headless-shell "${fonts[@]}" ||
  need_packages "The browser tests" chromium "${fonts[@]}"
command -v soffice >/dev/null ||
  need_packages "The tests of answer workbooks" libreoffice-calc-nogui
[ -x /usr/sbin/clamd ] || need_packages "The tests of the virus scanner" clamav-daemon
[ -n "$(postgres_bin)" ] || need_packages "The database tests" postgresql

# What a sample leaves out may be the one case that runs a line.
if [ -n "${WHOLE:-}" ] && [ $# -eq 0 ]; then default=1; else default=0; fi
export COVERAGE=${COVERAGE:-$default}
coverage=()
if [ "$COVERAGE" != 0 ]; then
  rm -f .coverage.json
  coverage=(--cov --cov-report=json:.coverage.json -p tests.coverage_limits)
fi

sampling=()
[ -z "${WHOLE:-}" ] || sampling+=(--whole)
[ -z "${SEED:-}" ] || sampling+=(--seed "$SEED")

# What stays together with one worker and what comes first: tests/sampling.py. One worker more than
# cores: the one that drives the browser waits for it most of the time.
parallel=(-n "$(($(nproc) + 1))" --maxprocesses=4 --no-loadscope-reorder)

wait "$frontend"
start_postgres
[ -z "${compiled:-}" ] || wait "$compiled" || true  # what is wrong there, the run itself tells
.venv/bin/python -m pytest "${parallel[@]}" "${sampling[@]}" "${coverage[@]}" "$@" </dev/null
