#!/usr/bin/env bash
# Icons, fonts and the map outline in static/vendor, from the locked npm packages.
set -euo pipefail
cd "$(dirname "$0")/.."
source scripts/stamps.sh

# A machine without Node uses the one among the Python packages.
command -v node >/dev/null && command -v npm >/dev/null || export PATH="$PWD/.venv/bin:$PATH"

sum=$(stamp_of frontend/package.json frontend/package-lock.json)
if ! is_current frontend/node_modules/.installed.sha256 "$sum"; then
  echo "Installing the front-end packages" >&2
  (cd frontend && npm ci --ignore-scripts --no-audit --no-fund --loglevel=error >&2 </dev/null)
  echo "$sum" > frontend/node_modules/.installed.sha256
fi

sum=$(stamp_of frontend static ddplatform/infrastructure/assets/commands.py ddplatform/infrastructure/assets/files.py \
  ddplatform/infrastructure/assets/world_outline.py)
if ! is_current static/vendor/.built.sha256 "$sum"; then
  echo "Building the front-end parts" >&2
  .venv/bin/flask --app app assets build >&2
  echo "$sum" > static/vendor/.built.sha256
fi
