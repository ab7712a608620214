#!/usr/bin/env bash
# What is installed, held against known vulnerabilities (scripts/check_advisories.py).
set -euo pipefail
cd "$(dirname "$0")/.."
source scripts/stamps.sh

sum=$(stamp_of requirements-audit.txt)
if ! is_current .venv/audit.sha256 "$sum"; then
  rm -rf .venv/audit
  .venv/bin/uv pip install --quiet --python .venv/bin/python --require-hashes --no-deps \
    --target .venv/audit -r requirements-audit.txt >&2 ||
    .venv/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes --no-deps \
      --target .venv/audit -r requirements-audit.txt >&2
  echo "$sum" > .venv/audit.sha256
fi
.venv/bin/python -m scripts.check_advisories "$@"
