# Nutrisite: `make help` lists what there is. Nothing but python3 (3.11 or newer), its venv
# and make is needed beforehand.

PYTHON ?= python3
PORT ?= 8000
export PORT

BIN := .venv/bin
MANAGE := $(BIN)/python manage.py
PREPARE := $(PYTHON) scripts/prepare.py
# Threads share one pool of memory, and what is free goes back: a third less for each worker.
LEAN := MALLOC_ARENA_MAX=1 MALLOC_TRIM_THRESHOLD_=65536

.DEFAULT_GOAL := help
.PHONY: help run admin test test-engines check lint-deploy bench cards format pins update licences audit port packages packages-dev key content static
# The steps of one command build on each other, so `make --jobs` must not mix them.
.NOTPARALLEL:

help:  ## List the commands
	@echo "make COMMAND, where COMMAND is one of:"
	@sed -n 's/^\([a-z-]*\):.*  ## /  \1  /p' Makefile | awk '{name=$$1; $$1=""; printf "  %-13s%s\n", name, $$0}'

run: port packages key content static  ## Set everything up and serve the site on 127.0.0.1:8000 (PORT=8010 for another port)
	@exec env $(LEAN) $(BIN)/gunicorn

admin: packages key  ## Make the first administrator, who adds the other accounts at /admin/
	@$(MANAGE) migrate --verbosity 0
	@$(MANAGE) createsuperuser $(ARGS)

test: packages-dev  ## Run every test, in a real browser too (ARGS="tests/test_health.py -q" for some)
	@$(BIN)/python -m tests.browser.chromium
	@$(BIN)/python -m pytest --numprocesses auto --dist worksteal $(ARGS)

# The servers go with all that they hold, so no database is dropped before: PostgreSQL refuses that
# while one of the pool's connections is still closing.
test-engines: packages-dev  ## Run every test on PostgreSQL and Redis, installed and started for it
	@$(BIN)/python -m tests.browser.chromium
	@$(BIN)/python -m tests.engines $(BIN)/python -m pytest --numprocesses auto --dist worksteal \
	    --reuse-db $(ARGS)

check: packages-dev  ## Check style, types, templates, spelling, migrations, settings, pins and content
	@$(BIN)/python scripts/check.py

lint-deploy: packages-dev  ## Have the files for deploying read by the tools that they are for, where these are here
	@$(BIN)/python scripts/lint_deploy.py

backup: packages key  ## Copy the live database into one checked file (ARGS="--keep 30")
	@$(MANAGE) backup $(ARGS)

restore: packages key  ## Put a backup back and keep what it replaces (FILE=var/backups/NAME.gz)
	@$(MANAGE) restore "$(FILE)" $(ARGS)

bench: packages-dev  ## Measure requests a second and write docs/performance.md
	@$(BIN)/python -m bench

cards: packages-dev  ## Draw the pictures for shared links anew, after words on one changed
	@$(BIN)/python -m scripts.draw_cards

format: packages-dev  ## Put code and templates into the house style
	@$(BIN)/ruff check --quiet --fix-only .
	@$(BIN)/ruff format --quiet .
	@find templates -name "*.html" | xargs $(BIN)/djade --target-version 5.2

pins: packages-dev  ## Pin the newest packages that requirements*.in allow, with hashes
	@for name in requirements requirements-dev; do \
	    $(BIN)/uv pip compile --quiet --upgrade --generate-hashes --universal --python-version 3.11 \
	        --custom-compile-command "make pins" $$name.in --output-file $$name.txt || exit 1; \
	done

update: pins  ## Take the newest allowed packages: pins, licences, bill of materials, then the audit
	@$(PREPARE) packages requirements-dev.txt
	@$(MAKE) --no-print-directory licences audit
	@echo "Now run make check and make test, read what changed, and commit."

licences: packages-dev  ## List the licences and write the bill of materials
	@$(BIN)/python scripts/list_packages.py

audit: packages-dev  ## Ask for known vulnerabilities of the packages that the site runs on
	@$(BIN)/python scripts/audit.py

port:
	@$(PREPARE) port

packages:
	@$(PREPARE) packages requirements.txt

packages-dev:
	@$(PREPARE) packages requirements-dev.txt

key:
	@$(PREPARE) key

content:
	@$(MANAGE) migrate --verbosity 0
	@$(MANAGE) load_content

# Hashing and compressing takes seconds, so it is done only when a file changed since.
static:
	@manifest="$${STATIC_ROOT:-$${VAR_DIR:-var}/static}/staticfiles.json"; \
	if [ ! -e "$$manifest" ] || \
	    [ -n "$$(find static nutrisite/*.py requirements.txt -newer "$$manifest")" ]; then \
	    $(MANAGE) collectstatic --noinput --verbosity 0; \
	fi
