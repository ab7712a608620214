#!/usr/bin/env bash
# Style, types and import contracts.
set -euo pipefail
cd "$(dirname "$0")/.."

scripts/install_python.sh
.venv/bin/ruff check .
.venv/bin/ruff format --check .
.venv/bin/mypy
.venv/bin/lint-imports
