"""Write fixture files, a row by a function, and load them."""

import json
from io import StringIO

from django.core.management import call_command

PUBLISHED = {"status": "published", "publish_at": "2026-11-22T00:00:00Z"}


def source(slug="book", **fields):
    return row("source", slug=slug, title="Book", publisher="Press", kind="reference", **fields)


def group(slug="nuts", name="Nuts"):
    return row("foodgroup", slug=slug, name=name)


def food(slug="almonds", name="Almonds", **fields):
    serving = {"serving_description": "1 handful", "serving_grams": "28"}
    values = {"group": ["nuts"], "sources": [["book"]], **serving, **PUBLISHED, **fields}
    return row("foodsource", slug=slug, name=name, **values)


def symptom(slug="cramps", name="Cramps", sources=(("book",),), **fields):
    words = {"clinical_term": "cramp", "description": "A cramp.", "help_note": "Ask."}
    kinds = {"body_area": "muscles", "urgency": "self-care"}
    links = [list(key) for key in sources]
    return row("symptom", slug=slug, name=name, sources=links, **words, **kinds, **PUBLISHED)


def flag():
    words = {"why_it_matters": "It may burst.", "action": "Call.", "sources": [["book"]]}
    return row("redflag", slug="burst", level="urgent", sign="Burst", **words, **PUBLISHED)


def row(model, **fields):
    return {"model": f"nutrients.{model}", "fields": fields}


def write(folder, *files):
    """Write a file for each list of rows, and return the folder."""
    for number, rows in enumerate(files, start=1):
        lines = "\n".join(map(json.dumps, rows))
        (folder / f"{number:02}_rows.jsonl").write_text(lines, encoding="utf-8")
    return folder


def load(folder, *options):
    """Run load_content, and return what it prints to stdout and stderr."""
    output, errors = StringIO(), StringIO()
    call_command("load_content", folder, *options, stdout=output, stderr=errors)
    return output.getvalue().strip(), errors.getvalue().strip()
