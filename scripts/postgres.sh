# Sourced: a throw-away PostgreSQL cluster on a free port of this machine, in a folder of its own.

# postgres_bin: the folder of the server programs, empty where there is none.
postgres_bin() {
  local found
  for found in "$(dirname "$(readlink -f "$(command -v initdb || echo /none/initdb)")")" \
    $(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -rV); do
    if [ -x "$found/initdb" ] && [ -x "$found/pg_ctl" ] && [ -x "$found/psql" ]; then
      echo "$found"
      return
    fi
  done
}

# as_server COMMAND...: the server refuses to run as root, so root lends it another user.
as_server() {
  if [ "$(id -u)" -eq 0 ]; then
    (cd / && runuser -u "$postgres_user" -- "$@")
  else
    "$@"
  fi
}

# start_postgres: start a cluster and export TEST_POSTGRES_URL, whose role owns the databases, and
# TEST_POSTGRES_SUPERUSER_URL, which prepares the role that tests run under (tests/postgres.py).
start_postgres() {
  postgres_user=postgres
  if [ "$(id -u)" -eq 0 ] && ! id -u "$postgres_user" >/dev/null 2>&1; then
    useradd --system --no-create-home --shell /usr/sbin/nologin "$postgres_user"
  fi
  postgres_programs=$(postgres_bin)
  postgres_port=$(.venv/bin/python -c \
    'import socket; s = socket.create_server(("127.0.0.1", 0)); print(s.getsockname()[1])')
  postgres_home=$(mktemp -d /tmp/ddpg.XXXXXX)
  [ "$(id -u)" -ne 0 ] || chown "$postgres_user" "$postgres_home"
  trap stop_postgres EXIT
  as_server "$postgres_programs/initdb" -D "$postgres_home/data" -U postgres --auth=trust \
    --encoding=UTF8 --locale=C.UTF-8 >"$postgres_home.log" 2>&1 || { cat "$postgres_home.log" >&2; return 1; }
  as_server "$postgres_programs/pg_ctl" -D "$postgres_home/data" -w -t 60 \
    -l "$postgres_home/server.log" \
    -o "-p $postgres_port -c listen_addresses=127.0.0.1 -c unix_socket_directories='$postgres_home' \
        -c fsync=off -c full_page_writes=off -c synchronous_commit=off -c max_connections=200" \
    start >>"$postgres_home.log" 2>&1 || { cat "$postgres_home.log" >&2; return 1; }
  as_server "$postgres_programs/psql" -q -h "$postgres_home" -p "$postgres_port" -U postgres -d postgres \
    -c "CREATE ROLE ddtest LOGIN CREATEDB CREATEROLE" -c "CREATE DATABASE ddtest OWNER ddtest"
  export TEST_POSTGRES_URL="postgresql+psycopg://ddtest@127.0.0.1:$postgres_port/ddtest"
  export TEST_POSTGRES_SUPERUSER_URL="postgresql+psycopg://postgres@127.0.0.1:$postgres_port/postgres"
}

# stop_postgres: end the cluster and remove its folder, silently.
stop_postgres() {
  as_server "$postgres_programs/pg_ctl" -D "$postgres_home/data" -m immediate stop \
    >/dev/null 2>&1 || true
  rm -rf "$postgres_home" "$postgres_home.log"
}
