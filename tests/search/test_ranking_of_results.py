"""The first results of what readers type, in `queries.yaml`, on either engine."""

from pathlib import Path

import pytest
import yaml
from django.core.management import call_command
from django.db import connection
from django.utils import timezone

from nutrients.models import FoodSource, SearchDocument, Synonym
from nutrients.search.content import SearchContent
from nutrients.search.index import catch_up
from nutrients.search.results import SearchResults
from tests import factories

pytestmark = pytest.mark.postgresql
QUERIES = yaml.safe_load((Path(__file__).parent / "queries.yaml").read_text())


def addresses(q, documents=None):
    """Return the addresses of the results; of the documents, or of those in the database."""
    now = timezone.now()
    results = SearchResults(q, documents or SearchContent(at=now), at=now)
    return [hit.url for group in results.groups for hit in group.hits]


def test_query_has_its_expected_first_result(content):
    documents = SearchContent(at=timezone.now())
    first = {q: addresses(q, documents)[:1] for q in QUERIES}

    assert {q: result for q, result in first.items() if result != [QUERIES[q]]} == {}


def test_imported_foods_come_after_all_that_editors_wrote(content):
    words = ["spinach", "magnesium", "cramps"]
    iron = factories.nutrient("iron-too")
    for number, q in enumerate(words):
        factories.food(f"import-{number}", iron, 1, name=q.capitalize(), is_curated=False)
    catch_up()

    for number, q in enumerate(words):
        results = addresses(q)
        assert results[0] != f"/foods/import-{number}/"
        foods = [address for address in results if address.startswith("/foods/")]
        assert foods[-1] == f"/foods/import-{number}/"
    FoodSource.objects.filter(slug="import-0").update(status="draft")
    assert "/foods/import-0/" not in addresses(words[0])


def test_every_synonym_leads_somewhere(content):
    # “Lithium” and a few more wait for their row to be published.
    documents = SearchContent(at=timezone.now())
    dead_ends = [
        (row.slug, phrase)
        for row in Synonym.objects.all()
        for phrase in row.words.split(",")
        if not addresses(phrase.strip(), documents) and addresses(row.means, documents)
    ]

    assert dead_ends == []


def test_index_or_documents_lost_give_the_same_results(content):
    before = [addresses(q) for q in ("cramp", "b12", "spinach")]
    # A separate index regains what it lost.
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("DELETE FROM nutrients_searchindex")
    catch_up()
    assert [addresses(q) for q in ("cramp", "b12", "spinach")] == before

    SearchDocument.objects.all().delete()
    assert catch_up() == SearchDocument.objects.count()
    assert [addresses(q) for q in ("cramp", "b12", "spinach")] == before
    assert catch_up() == 0

    # The next start of the site notices what was changed outside the admin.
    SearchDocument.objects.filter(key="magnesium").update(words="", title_words="")
    call_command("load_content", verbosity=0)

    assert addresses("magnesium")[0] == "/nutrients/magnesium/"
