# `make help` lists the commands. They need only python3 (3.11 or newer), its venv and make.

PYTHON ?= python3
PORT ?= 8000
export PORT

BIN := .venv/bin
MANAGE := $(BIN)/python manage.py
PREPARE := $(PYTHON) scripts/prepare.py
EXPORT := $(BIN)/uv export --quiet --frozen --no-emit-project --no-header --no-annotate
# One malloc arena, and free memory returned to the system: a third less for each worker
LEAN := MALLOC_ARENA_MAX=1 MALLOC_TRIM_THRESHOLD_=65536
# Its licence (OFL 1.1, without a reserved name) is beside it. The subset has ASCII, the commonest accents in
# authors' names, and the symbols of our texts; the fallback font draws other letters.
WHOLE_FONT := scripts/fonts/atkinson-hyperlegible-next-latin-wght-normal.woff2
LETTERS := U+20-7E,U+A0,U+A3,U+A9,U+AB,U+B0,U+B1,U+B5,U+B7,U+BB-BE,U+D7,U+E1,U+E4,U+E6-EA,U+ED,U+F0,U+F1,U+F3,$\
U+F6,U+F7,U+FC,U+2010-2014,U+2018-201D,U+2020,U+2022,U+2026,U+2032,U+2033,U+2044,U+20AC,U+2122,$\
U+2190-2193,U+2212,U+2264,U+2265

.DEFAULT_GOAL := help
.PHONY: help run dev admin test check format lock pins audit sbom backup restore bench cards font \
    port packages packages-dev key content static
# The steps of a command depend on each other, so `make --jobs` must not run them at once.
.NOTPARALLEL:

help:  ## List the commands
	@echo "make COMMAND, where COMMAND is one of:"
	@sed -n 's/^\([a-z-]*\):.*  ## /  \1  /p' Makefile | awk '{name=$$1; $$1=""; printf "  %-9s%s\n", name, $$0}'

run: port packages key content static  ## Set everything up, and serve the site on 127.0.0.1:8000 (PORT=8010 for another port)
	@exec env $(LEAN) $(BIN)/gunicorn

dev: port packages-dev key content  ## Serve the site for a developer: reload, no page cache, debug toolbar
	@DJANGO_SETTINGS_MODULE=nutrisite.settings_dev exec $(MANAGE) runserver $${HOST:-127.0.0.1}:$(PORT)

admin: packages key content  ## Create the first administrator, who adds the other accounts at /admin/
	@$(MANAGE) createsuperuser $(ARGS)

# Write bytecode once: each process that tests start would compile the modules otherwise.
test: packages-dev  ## Run every test, also in a real browser and on PostgreSQL (ARGS="tests/test_health.py -q" for some)
	@$(BIN)/python -m tests.browser.chromium
	@env -u PYTHONDONTWRITEBYTECODE $(BIN)/python scripts/run_tests.py $(ARGS)

check: packages-dev  ## Check style, types, templates, spelling, dead code, files of pages, pins, settings, migrations, content
	@$(BIN)/python scripts/check.py

format: packages-dev  ## Format code and templates
	@$(BIN)/ruff check --quiet --fix-only .
	@$(BIN)/ruff format --quiet .
	@find templates -name "*.html" | xargs $(BIN)/djade --target-version 5.2

lock: packages-dev  ## Pin the packages of pyproject.toml (ARGS=--upgrade for the newest)
	@$(BIN)/uv lock $(ARGS)
	@$(MAKE) --no-print-directory pins

audit: packages-dev  ## Look up known vulnerabilities of the site's packages
	@$(BIN)/uv audit --locked --no-dev

sbom: packages-dev  ## Write the bill of materials, as CycloneDX, to var/sbom.cdx.json
	@mkdir -p var
	@$(BIN)/uv export --quiet --frozen --no-dev --format cyclonedx1.5 --output-file var/sbom.cdx.json

backup: packages key  ## Copy the live database into a checked file (ARGS="--keep 30")
	@$(MANAGE) backup $(ARGS)

restore: packages key  ## Restore a backup, and keep what it replaces (FILE=var/backups/NAME.gz)
	@$(MANAGE) restore $(if $(FILE),"$(FILE)") $(ARGS)

bench: packages-dev  ## Measure the cost of pages beside an empty Django view (ARGS=many with 100,000 foods)
	@$(BIN)/python -m scripts.bench $(ARGS)

cards: packages-dev  ## Redraw the pictures of shared links and of the guide, after words or screens changed
	@$(BIN)/python -m scripts.draw_cards
	@$(BIN)/python -m scripts.draw_desk

font: packages-dev  ## Subset the font again, after texts gained a letter that it lacks
	@mkdir -p var
	@$(BIN)/fonttools varLib.instancer --quiet $(WHOLE_FONT) wght=400:700 --output var/font.ttf
	@$(BIN)/pyftsubset var/font.ttf --unicodes=$(LETTERS) --layout-features=kern,ccmp,locl,tnum \
	    --no-hinting --flavor=woff2 --output-file=static/fonts/atkinson-hyperlegible-next.woff2

# `make check` writes INTO another folder, and compares.
pins:
	@$(EXPORT) --no-dev --output-file $(or $(INTO),.)/requirements.txt
	@$(EXPORT) --output-file $(or $(INTO),.)/requirements-dev.txt

port:
	@$(PREPARE) port

packages:
	@$(PREPARE) packages requirements.txt

packages-dev:
	@$(PREPARE) packages requirements-dev.txt

key:
	@$(PREPARE) key

content:
	@$(PREPARE) content

static:
	@$(PREPARE) static
