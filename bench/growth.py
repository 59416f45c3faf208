"""See that pages cost no more with very much content, and print a table.

python -m bench.growth

Two sites are served as `bench` serves them, one with the shipped rows and one with a hundred
thousand foods and two thousand articles more. Both are asked for each page in turn. Takes a quarter
of an hour, most of it to write the rows. DATABASE_URL may name a PostgreSQL server.
"""

import subprocess
import sys
import tempfile
from contextlib import ExitStack
from copy import copy
from pathlib import Path
from statistics import median
from typing import Any

import django

from bench.__main__ import PAGES, ROUNDS, SITE, prepare, ratio, serving
from tests.browser import server

FOODS, ARTICLES, BATCH = 100_000, 2_000, 2_000
MORE = {
    "list of articles": "/articles/",
    "list of symptoms": "/symptoms/",
    "foods by name": "/foods/?q=spinach",
    "foods, two filters": "/foods/?nutrient=magnesium&diet=vegan",
    "search for a food": "/search/?q=spinach",
    "an imported food": "/foods/many-7/",
    "A to Z": "/a-z/",
    "our sources": "/sources/",
    "feed of articles": "/feeds/articles/",
    "sitemap": "/sitemap.xml",
    "open data": "/data/",
}
# What the shipped rows have no page for is compared with a page of its kind.
INSTEAD = {"/foods/many-7/": "/foods/almonds/"}


def main() -> None:
    with tempfile.TemporaryDirectory(prefix="nutrisite-growth-") as name, ExitStack() as stack:
        few, many = Path(name) / "few", Path(name) / "many"
        for folder in (few, many):
            prepare(server.ROOT, folder)
        subprocess.run(
            [sys.executable, "-m", "bench.growth", "--grow"],
            cwd=server.ROOT,
            env=server.environment(many, 8000),
            check=True,
        )
        sites = [
            stack.enter_context(serving(SITE, folder, server.ROOT, PAGE_CACHE_MB="0"))
            for folder in (few, many)
        ]
        print("| page | shipped rows | many rows | ratio | bytes |\n|---|--:|--:|--:|--:|")
        for page, path in (PAGES | MORE).items():
            asked = list(zip(sites, [INSTEAD.get(path, path), path], strict=True))
            sizes = [site.ask(one).size for site, one in asked]
            rounds = [[site.measure(one) for site, one in asked] for _ in range(ROUNDS)]
            before, after = zip(*rounds, strict=True)
            print(
                f"| {page} | {median(before):.2f} ms | {median(after):.2f} ms"
                f" | {ratio(after, before)} | {sizes[0]:,} to {sizes[1]:,} |",
                flush=True,
            )


def grow() -> None:
    """Add foods as an import would, and articles, each a copy of one that is there."""
    django.setup()
    from django.db import connection, transaction

    from nutrients.models import Article, ArticleSection, FoodSource, NutrientAmount
    from nutrients.search.index import catch_up

    shipped = list(FoodSource.objects.foods().prefetch_related("amounts"))
    with transaction.atomic():
        for start in range(0, FOODS, BATCH):
            foods, amounts = [], []
            for number in range(start, start + BATCH):
                model = shipped[number % len(shipped)]
                # Other words than those of the shipped foods, which searches for these find alone.
                word = "".join(chr(97 + number * 7919 // 26**place % 26) for place in range(4))
                food = _copy(model, slug=f"many-{number}", name=f"{word.title()}, raw, {number}")
                food.usda_description = f"{word.title()} {number}, raw"
                food.is_curated, food.usda_ndb_number, food.usda_fdc_id = False, "", None
                foods.append(food)
                amounts += [_copy(one, food=food) for one in model.amounts.all()]
            FoodSource.objects.bulk_create(foods)
            for one in amounts:
                one.food_id = one.food.pk
            NutrientAmount.objects.bulk_create(amounts)
        articles = list(Article.objects.prefetch_related("sections", "related_symptoms"))
        for number in range(ARTICLES):
            model = articles[number % len(articles)]
            title = f"{model.title[:100]} {number}"
            article = _copy(model, slug=f"many-{number}", title=title, position=200)
            article.save()
            article.related_symptoms.set(model.related_symptoms.all())
            sections = model.sections.all()
            ArticleSection.objects.bulk_create(_copy(one, article=article) for one in sections)
    catch_up()
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def _copy(row: Any, **changes: Any) -> Any:
    """Give a row like another, not saved yet, with these values."""
    new = copy(row)
    new.pk, new._state.adding = None, True
    for name, value in changes.items():
        setattr(new, name, value)
    return new


if __name__ == "__main__":
    grow() if "--grow" in sys.argv else main()
