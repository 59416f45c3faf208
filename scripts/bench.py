"""Measure what pages cost, beside a bare Django view, and print a table.

python -m scripts.bench [many]

Three ways to serve the site and a bare view take turns in one process, round by round, so that
other load on the machine affects all alike, and only CPU time counts. This takes two minutes. The
ratios hold on other machines, and between two releases. With `many` the site gets a hundred
thousand more foods and two thousand more articles, which takes another ten minutes: compare the
ratios with those of the shipped rows. DATABASE_URL may name a PostgreSQL server, as
scripts/on_postgresql.sh does.
"""

import gc
import io
import os
import sys
import tempfile
import time
from collections.abc import Callable, Iterable
from copy import copy
from pathlib import Path
from statistics import median
from typing import Any
from wsgiref.util import setup_testing_defaults

from django.core.wsgi import get_wsgi_application
from django.http import HttpRequest, HttpResponse
from django.test import override_settings
from django.urls import path

from tests import snapshots
from tests.browser import server

Application = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]

# The rounds, and the seconds of CPU for each page in a round
ROUNDS, SECONDS = 5, 0.1
FORMS = {"/checklist/": b"symptom=muscle-cramps&symptom=tingling&symptom=fatigue&risk=vegan-diet"}
PAGES = {
    "home": "/",
    "founding article": "/articles/nutrients-and-muscle-jerking/",
    "a nutrient": "/nutrients/magnesium/",
    "a symptom": "/symptoms/muscle-cramps/",
    "a food": "/foods/pumpkin-seeds/",
    "table": "/compare/",
    "table, two filters": "/compare/?symptom=muscle-cramps&diet=vegan",
    "foods": "/foods/",
    "plate of three": "/foods/plate/?food=pumpkin-seeds&food=almonds&food=spinach-raw",
    "search": "/search/?q=cramp",
    "checklist, four ticks": "/checklist/",
    "warning signs": "/safety/",
    "list of articles": "/articles/",
    "foods by name": "/foods/?q=spinach",
    "search for a food": "/search/?q=spinach",
    "A to Z": "/a-z/",
    "our sources": "/sources/",
    "feed of articles": "/feeds/articles/",
    "sitemap": "/sitemap.xml",
}
FOODS, ARTICLES, BATCH = 100_000, 2_000, 2_000


def bare(request: HttpRequest, size: int) -> HttpResponse:
    """Respond with as many bytes as the address says."""
    return HttpResponse(b"x" * size, headers={"Content-Length": size})


urlpatterns = [path("<int:size>", bare)]


def main() -> None:
    """Measure every page in every way, and print medians with the lowest and highest ratio."""
    with tempfile.TemporaryDirectory(prefix="nutrisite-bench-") as folder:
        site = Path(folder) / "site"
        snapshots.make_template(site)
        server.manage(site, "collectstatic", "--noinput")
        os.environ |= server.environment(site, 8000) | {"LOG_LEVEL": "ERROR"}
        ways = applications()
        if sys.argv[1:] == ["many"]:
            grow()
        gc.freeze()
        print("| page | way | size | CPU | times a bare view |\n|---|---|--:|--:|--:|")
        for page, address in PAGES.items():
            for way, (application, encoding) in ways.items():
                if not (way == "kept" and address in FORMS):
                    print(f"| {page} | {way} | {figures(application, address, encoding)} |")


def grow() -> None:
    """Add foods as an import would, and articles, each a copy of one that is there."""
    from django.db import transaction

    from nutrients.content.loader import refresh_statistics
    from nutrients.models import Article, ArticleSection, FoodSource, NutrientAmount
    from nutrients.search.index import catch_up

    shipped = list(FoodSource.objects.foods().prefetch_related("amounts"))
    with transaction.atomic():
        for start in range(0, FOODS, BATCH):
            foods, amounts = [], []
            for number in range(start, start + BATCH):
                model = shipped[number % len(shipped)]
                # Other words than those of the shipped foods: searches for these find no copies.
                word = "".join(chr(97 + number * 7919 // 26**power % 26) for power in range(4))
                food = another(model, slug=f"many-{number}", name=f"{word.title()}, raw, {number}")
                food.usda_description = f"{word.title()} {number}, raw"
                food.is_curated, food.usda_ndb_number, food.usda_fdc_id = False, "", None
                foods.append(food)
                amounts += [another(amount, food=food) for amount in model.amounts.all()]
            FoodSource.objects.bulk_create(foods)
            NutrientAmount.objects.bulk_create(amounts)
        articles = list(Article.objects.prefetch_related("sections"))
        for number in range(ARTICLES):
            model = articles[number % len(articles)]
            title = f"{model.title[:100]} {number}"
            article = another(model, slug=f"many-{number}", title=title, position=200)
            article.save()
            copies = (another(section, article=article) for section in model.sections.all())
            ArticleSection.objects.bulk_create(copies)
    catch_up()
    refresh_statistics()


def another(row: Any, **changes: Any) -> Any:
    """Return an unsaved copy of a row with other values."""
    new = copy(row)
    new.pk, new._state.adding = None, True
    for name, value in changes.items():
        setattr(new, name, value)
    return new


def applications() -> dict[str, tuple[Application, str]]:
    """Return each way to serve the site: the application, and the requested encoding.

    "kept" sends finished pages, "made" renders pages from memoized results, and "first" has nothing
    in memory, as after an edit.
    """
    from nutrisite.page_cache import with_page_cache
    from nutrisite.wsgi import application

    with override_settings(PAGE_CACHE_BYTES=0):
        made = with_page_cache(get_wsgi_application())
    return {"kept": (application, "br"), "made": (made, ""), "first": (get_wsgi_application(), "")}


def figures(application: Application, address: str, encoding: str) -> str:
    """Measure one page beside a bare view of as many bytes; return the cells of its row."""
    size = ask(application, address, encoding)
    with override_settings(ROOT_URLCONF=__name__, MIDDLEWARE=[]):
        plain = get_wsgi_application()
    rounds = []
    for _ in range(ROUNDS):
        own = measure(application, address, encoding)
        with override_settings(ROOT_URLCONF=__name__):
            rounds.append((own, measure(plain, f"/{size}", "")))
    ratios = sorted(own / other for own, other in rounds)
    cpu = median(own for own, _ in rounds) * 1000
    spread = f"{median(ratios):.3g} ({ratios[0]:.3g} to {ratios[-1]:.3g})"
    return f"{size / 1000:.1f} kB | {cpu:.2f} ms | {spread}"


def measure(application: Application, address: str, encoding: str) -> float:
    """Return the CPU time of a response in seconds."""
    times, spent = 0, 0.0
    start = time.process_time()
    while spent < SECONDS:
        ask(application, address, encoding)
        times, spent = times + 1, time.process_time() - start
    return spent / times


def ask(application: Application, address: str, encoding: str) -> int:
    """Return the bytes of the body, or exit if the response is not 200."""
    page, _, query = address.partition("?")
    form, statuses = FORMS.get(address, b""), []
    environ: dict[str, Any] = {
        "REQUEST_METHOD": "POST" if form else "GET",
        "PATH_INFO": page,
        "QUERY_STRING": query,
        "HTTP_HOST": "127.0.0.1:8000",
        "HTTP_ACCEPT_ENCODING": encoding,
        "CONTENT_TYPE": "application/x-www-form-urlencoded",
        "CONTENT_LENGTH": str(len(form)),
        "wsgi.input": io.BytesIO(form),
    }
    setup_testing_defaults(environ)
    chunks = application(environ, lambda status, *_: statuses.append(status))
    size = sum(map(len, chunks))
    getattr(chunks, "close", lambda: None)()
    if statuses != ["200 OK"]:
        sys.exit(f"{address}: {statuses}")
    return size


if __name__ == "__main__":
    main()
