#!/usr/bin/env bash
# The catalogues of texts as gettext reads them, made from translations/*/LC_MESSAGES/*.po.
set -euo pipefail
cd "$(dirname "$0")/.."
source scripts/stamps.sh

sum=$(find translations -name '*.po' -print0 | LC_ALL=C sort -z | xargs -0 sha256sum | sha256sum)
if ! is_current translations/.compiled.sha256 "$sum"; then
  echo "Compiling the translations" >&2
  .venv/bin/pybabel --quiet compile --directory=translations >&2
  echo "$sum" > translations/.compiled.sha256
fi
