#!/bin/sh
# Run a command with a temporary PostgreSQL server, which DATABASE_URL names:
#     scripts/on_postgresql.sh COMMAND ...
# The server keeps its files in a temporary folder and stops after the command. If DATABASE_URL
# already names a PostgreSQL server, the command uses that one.
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

# The data need not survive a crash. Autovacuum counts rows that tests roll back, and a nested loop
# that the planner chooses by such counts can take hours. With nested loops disabled, the plans that
# cannot avoid them look so costly that PostgreSQL would compile each query. The log would show the
# errors that tests provoke on purpose.
exec pg_virtualenv -t -i "--locale=C.UTF-8 --encoding=UTF8" \
    -o fsync=off -o synchronous_commit=off -o full_page_writes=off -o max_connections=200 \
    -o autovacuum=off -o enable_nestloop=off -o jit=off -o log_min_messages=panic \
    sh -c 'DATABASE_URL="postgres://$PGUSER:$PGPASSWORD@$PGHOST:$PGPORT/$PGDATABASE" exec "$@"' \
    sh "$@"
