#!/usr/bin/env bash
# Web and worker on this machine, with the sample company. Ctrl-C ends both.
set -euo pipefail
cd "$(dirname "$0")/.."
export PORT="${PORT:-8000}"

scripts/setup.sh
# Refused where real data exists; the platform then starts with that data.
.venv/bin/flask --app app demo load >&2 || echo "The sample company was not loaded." >&2

# Job control gives each process a group of its own, so that both hear the interrupt from
# here, once, and can end their work.
set -m
.venv/bin/flask --app app serve --listen "127.0.0.1:$PORT" >&2 &
web=$!
.venv/bin/flask --app app worker >&2 &
worker=$!
set +m

stop() {
  trap '' INT TERM
  echo "Stopping" >&2
  kill -INT "$web" "$worker" 2>/dev/null || true
  for _ in $(seq 75); do
    kill -0 "$web" 2>/dev/null || kill -0 "$worker" 2>/dev/null || break
    sleep 0.2
  done
  kill -KILL "$web" "$worker" 2>/dev/null || true
  wait 2>/dev/null || true
}
trap 'stop; exit 0' INT TERM

.venv/bin/python scripts/announce.py --port "$PORT" --pid "$web" || { stop; exit 1; }
wait -n "$web" "$worker" || true
echo "Web or worker ended on its own; see the messages above." >&2
stop
exit 1
