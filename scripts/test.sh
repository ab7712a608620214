#!/usr/bin/env bash
# Every test, on SQLite and PostgreSQL and in a browser. Arguments go to pytest, whose
# closing line is the last one printed; `-n 0` runs them one after the other. COVERAGE=1 holds
# the run to the coverage limits, COVERAGE=report only prints what is short.
set -euo pipefail
cd "$(dirname "$0")/.."
source scripts/system_packages.sh
source scripts/postgres.sh

scripts/install_python.sh
scripts/build_frontend.sh
command -v chromium >/dev/null ||
  need_packages "The browser tests" chromium fonts-dejavu-core fonts-noto-core
[ -n "$(postgres_bin)" ] || need_packages "The database tests" postgresql

coverage=()
if [ -n "${COVERAGE:-}" ]; then
  rm -f .coverage.json
  coverage=(--cov --cov-report=json:.coverage.json -p tests.coverage_limits)
fi

# A file stays with one worker, so that what its tests share is made once. The order is that of
# the folders: the long files come first, the short ones fill up what is left.
parallel=(-n auto --maxprocesses=4 --dist=loadfile --no-loadscope-reorder)

start_postgres
.venv/bin/python -m pytest "${parallel[@]}" "${coverage[@]}" "$@" </dev/null
