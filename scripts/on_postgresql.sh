#!/bin/sh
# Run a command with a temporary PostgreSQL server, which DATABASE_URL names:
#     scripts/on_postgresql.sh COMMAND ...
# The server keeps its files in a temporary folder and goes with the command. Where DATABASE_URL
# already names a PostgreSQL server, that one is used.
set -eu

case "${DATABASE_URL:-}" in postgres*) exec "$@" ;; esac

if ! command -v pg_virtualenv >/dev/null || ! ls /usr/lib/postgresql/*/bin/pg_ctl >/dev/null 2>&1; then
    echo "Installing PostgreSQL for the tests ..."
    sudo=""
    [ "$(id -u)" = 0 ] || sudo="sudo --non-interactive"
    export DEBIAN_FRONTEND=noninteractive
    { $sudo apt-get --quiet --quiet update &&
        $sudo apt-get --quiet --quiet --yes install --no-install-recommends \
            postgresql postgresql-common; } </dev/null || {
        echo "PostgreSQL could not be installed. On Debian and Ubuntu: apt install postgresql." \
            "Elsewhere name a server: DATABASE_URL=postgres://user:password@host:5432/name" >&2
        exit 1
    }
fi

# Nothing here has to outlive a power cut. What a test rolled back stays counted by the autovacuum,
# and a plan for a table of one row, joined by loops, takes hours with thousands; where only loops
# will do, they seem so dear that each query would be compiled. The log would only repeat, after a
# test that failed, every error that tests provoke on purpose.
exec pg_virtualenv -t -i "--locale=C.UTF-8 --encoding=UTF8" \
    -o fsync=off -o synchronous_commit=off -o full_page_writes=off -o max_connections=200 \
    -o autovacuum=off -o enable_nestloop=off -o jit=off -o log_min_messages=panic \
    sh -c 'DATABASE_URL="postgres://$PGUSER:$PGPASSWORD@$PGHOST:$PGPORT/$PGDATABASE" exec "$@"' \
    sh "$@"
