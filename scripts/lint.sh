#!/usr/bin/env bash
# Style, types, import contracts and known vulnerabilities: all of them run, so that all faults are shown.
set -euo pipefail
cd "$(dirname "$0")/.."

scripts/install_python.sh checks

failed=()
check() {
  local name=$1
  shift
  "$@" || failed+=("$name")
}

check "style" .venv/bin/ruff check .
check "format" .venv/bin/ruff format --check .
check "types" .venv/bin/mypy
check "import contracts" .venv/bin/lint-imports
check "known vulnerabilities" scripts/check_advisories.sh

[ ${#failed[@]} -eq 0 ] || { echo "Not clean: $(IFS=,; echo "${failed[*]}")" >&2; exit 1; }
