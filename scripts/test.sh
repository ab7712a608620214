#!/usr/bin/env bash
# Every test, on SQLite and PostgreSQL and in a browser. Arguments go to pytest, whose
# closing line is the last one printed.
set -euo pipefail
cd "$(dirname "$0")/.."
source scripts/system_packages.sh
source scripts/postgres.sh

scripts/install_python.sh
scripts/build_frontend.sh
command -v chromium >/dev/null ||
  need_packages "The browser tests" chromium fonts-dejavu-core fonts-noto-core
[ -n "$(postgres_bin)" ] || need_packages "The database tests" postgresql

start_postgres
.venv/bin/python -m pytest "$@" </dev/null
