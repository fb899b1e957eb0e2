#!/usr/bin/env bash
# An ephemeral PostgreSQL for tests and benchmarks.
#   postgres.sh start DIR   installs PostgreSQL if the machine has none, starts a cluster in DIR, prints its address
#   postgres.sh stop DIR    stops it and removes DIR
set -eu
here=$(cd "$(dirname "$0")" && pwd)
action=$1 dir=$2

as_owner() { # PostgreSQL refuses to run as root
  if [ "$(id -u)" = 0 ]; then runuser -u postgres -- "$@"; else "$@"; fi
}

binaries() { ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -V | tail -1; }

case $action in
start)
  "$here/install.sh" postgresql >&2
  bin=$(binaries)
  mkdir -p "$dir"
  [ "$(id -u)" = 0 ] && chown postgres "$dir"
  port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
  as_owner "$bin/initdb" -D "$dir/data" -U sanwei -A trust -E UTF8 --locale=C.UTF-8 >"$dir/initdb.log" 2>&1
  as_owner "$bin/pg_ctl" -D "$dir/data" -l "$dir/server.log" -w \
    -o "-c listen_addresses=127.0.0.1 -p $port -k $dir -c max_connections=100 -c shared_buffers=256MB ${PG_OPTIONS:-}" \
    start >/dev/null
  as_owner "$bin/createdb" -h 127.0.0.1 -p "$port" -U sanwei sanwei
  echo "postgresql://sanwei@127.0.0.1:$port/sanwei"
  ;;
stop)
  as_owner "$(binaries)/pg_ctl" -D "$dir/data" -m immediate stop >/dev/null 2>&1 || true
  rm -rf "$dir"
  ;;
*) echo "usage: postgres.sh start|stop DIR" >&2; exit 2 ;;
esac
