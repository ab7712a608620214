#!/usr/bin/env bash
# All that must stand before the platform can start: packages, front-end parts, database.
set -euo pipefail
cd "$(dirname "$0")/.."

scripts/install_python.sh
scripts/build_frontend.sh
scripts/build_translations.sh
.venv/bin/flask --app app db upgrade >&2
