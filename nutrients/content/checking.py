"""Find problems of the content in the database, for `check_content` and the editors' desk."""

import re
from collections.abc import Collection, Iterator
from contextlib import suppress
from datetime import date, datetime
from decimal import Decimal
from itertools import chain
from typing import Any
from urllib.parse import parse_qs, urlsplit

from django.db import models, transaction
from django.db.models import F, Q
from django.urls import Resolver404, ResolverMatch, resolve

from nutrients import prose
from nutrients.common.wording import forbidden
from nutrients.models import (
    MOST_IN_100_G,
    READ,
    Article,
    ArticleSection,
    Association,
    Authority,
    Figure,
    Keyed,
    Nutrient,
    NutrientAmount,
    NutrientDetail,
    OtherCause,
    Picture,
    Problem,
    ProblemKind,
    Publishable,
    ReadForm,
    ReferenceIntake,
    RiskFactor,
    SafetyCase,
    Source,
    SourceKind,
    Status,
    Symptom,
    lines_of,
)
from nutrients.models.publishing import overdue_on

from .removed import PAGE_MODELS
from .tables import content_models, reviewed_models

# In words.
LONGEST_AVERAGE = 20
# Needs of adults differ by less than this factor; a wrong unit makes a factor of a thousand.
FAR_FROM_DAILY_VALUE = 20
# Words that sound translated, or that only this site used. Use the NHS's words instead.
AVOIDED_WORDS = re.compile(
    r"\black(?:s|ing)?\b(?! of (?:sleep|energy|oxygen))"
    r"|\bbrings\b|\b(?:can|may|might|to) bring (?!a list|this|your)"
    r"|\bmend(?:s|ed|ing)?\b"
    r"|\b(?:foods?|greens|plants|products|tablets|diets|spinach|water) (?:also )?holds?\b"
    r"|\bdrives\b|\bdrive the\b|\bmuddled?\b"
    r"|\b(?:go|call|ask) (?:too|as well)\b"
    r"|\babove all\b|\bat times\b|\busual reasons?\b|\btied to\b|\bput down to\b"
    r"|\b(?:all|other) (?:references|textbooks) (?:agree|list)",
    re.IGNORECASE,
)
# The fields in Markdown.
MARKDOWN: tuple[tuple[Any, str], ...] = (
    (Article, "short_answer"),
    (ArticleSection, "body"),
    (NutrientDetail, "body"),
)
# Ids that the template of an article uses.
RESERVED_ANCHORS = {"main", "key-points", "sources", "related", "core-table"}


def find_problems(*, on: date) -> list[Problem]:
    """Return all problems on the day `on`, unsaved, in the order of their rows."""
    problems = chain(
        _wrong_sources(),
        _unsourced_articles(),
        _past_own_review(on),
        _broken_prose(),
        _broken_details(),
        _dead_links(),
        _limits_in_wrong_units(),
        _needs_in_wrong_units(),
        _impossible_amounts(),
        _wrong_words(),
        _shared_ticks(),
        _long_sentences(),
    )
    # A text may have the same fault twice.
    return sorted({str(problem): problem for problem in problems}.values(), key=str)


def problem_of(row: Keyed, reason: str) -> Problem:
    label = row._meta.label_lower
    name = f"{label} {' / '.join(row.natural_key())}"
    return Problem(model=label, row_id=row.pk, row=name[:500], reason=reason)


def save_problems(kind: ProblemKind, problems: list[Problem], *, at: datetime) -> None:
    """Replace the problems of this kind on the editors' desk."""
    for problem in problems:
        problem.kind, problem.checked_at = kind, at
    with transaction.atomic():
        Problem.objects.filter(kind=kind).delete()
        Problem.objects.bulk_create(problems)


def _published(model: type[models.Model]) -> Any:
    """Return the rows that readers see or will see. Rows without a status count as published."""
    rows = model._default_manager.all()
    if model is Source:
        return rows.filter(read_form__in=READ)
    return rows.filter(status=Status.PUBLISHED) if issubclass(model, Publishable) else rows


def _unsourced_articles() -> Iterator[Problem]:
    for article in _published(Article).prefetch_related("sections"):
        if not any(prose.cited_slugs(section.body) for section in article.sections.all()):
            yield problem_of(article, "no section cites a source.")


def _cited() -> Iterator[tuple[Keyed, list[Source]]]:
    """Yield each published row and section with the sources that it cites."""
    sources = {source.slug: source for source in Source.objects.all()}
    for model in content_models():
        names = {field.name for field in model._meta.get_fields()}
        if "source" in names:
            # Thousands of amounts cite a few sources. One row of each is enough.
            rows = _published(model)
            for source in Source.objects.filter(pk__in=rows.values("source")):
                yield rows.filter(source=source).first(), [source]
        elif "sources" in names:
            for row in _published(model).prefetch_related("sources"):
                yield row, list(row.sources.all())
    for article in _published(Article).prefetch_related("sections"):
        for section in article.sections.all():
            slugs = dict.fromkeys(prose.cited_slugs(section.body))
            yield section, [sources[slug] for slug in slugs if slug in sources]


def _wrong_sources() -> Iterator[Problem]:
    for row, sources in _cited():
        if not sources and not isinstance(row, ArticleSection):
            yield problem_of(row, "no source.")
        for source in sources:
            if source.kind == SourceKind.EDITORIAL:
                yield problem_of(row, "rests on what editors know, and is published.")
            elif source.read_form == ReadForm.QUOTED:
                yield problem_of(row, f"“{source.slug}” was only seen quoted, and is shown for it.")
            elif not source.is_read:
                yield problem_of(row, f"“{source.slug}” was never read, and is shown for it.")


def _past_own_review(on: date) -> Iterator[Problem]:
    read_since = Q(checked_on__gt=F("next_review_on"))
    for source in Source.objects.filter(next_review_on__lt=on).exclude(read_since):
        due = f"{source.next_review_on:%Y-%m-%d}"
        yield problem_of(source, f"its publisher's review fell due on {due}: read it again.")


def prose_names() -> dict[str, Collection[str]]:
    """Return the names that an article may use, as `prose.check` takes them."""
    return {
        "sources": set(Source.objects.values_list("slug", flat=True)),
        "symptoms": set(Symptom.objects.values_list("slug", flat=True)),
        "figures": Figure.values,
        "pictures": set(Picture.objects.values_list("slug", flat=True)),
    }


def _broken_prose() -> Iterator[Problem]:
    names = prose_names()
    sections = list(ArticleSection.objects.select_related("article"))
    texts: list[tuple[Keyed, str]] = [(section, section.body) for section in sections]
    texts += [(article, article.short_answer) for article in Article.objects.all()]
    for row, text in texts:
        for error in prose.check(text, **names):
            yield problem_of(row, f"line {error.line}: {error.message}")
    for section in sections:
        if section.anchor in RESERVED_ANCHORS:
            yield problem_of(section, f"the page itself uses the anchor “{section.anchor}”.")


def _broken_details() -> Iterator[Problem]:
    for row in NutrientDetail.objects.select_related("nutrient").prefetch_related("sources"):
        slugs = {source.slug for source in row.sources.all()}
        for error in prose.check_plain(row.body, sources=slugs):
            yield problem_of(row, f"line {error.line}: {error.message}")
        for slug in slugs - set(prose.cited_slugs(row.body)):
            yield problem_of(row, f"its text does not cite its source “{slug}”.")


def text_links() -> Iterator[tuple[Keyed, int, str]]:
    """Yield row, line and address of each link in a text."""
    for model, name in MARKDOWN:
        for row in model.objects.select_related():
            yield from ((row, line, address) for line, address in prose.links(getattr(row, name)))


def _dead_links() -> Iterator[Problem]:
    for row, line, address in text_links():
        if reason := _link_fault(address, row):
            yield problem_of(row, f"line {line}: {reason}")


def _link_fault(address: str, row: Keyed) -> str | None:
    try:
        parts = urlsplit(address)
    except ValueError as error:
        return f"{address} is not an address ({error})."
    if parts.scheme or parts.netloc:
        return None
    if parts.path:
        return page_fault(address)
    article = row.article if isinstance(row, ArticleSection) else row
    if isinstance(article, Article) and _has_section(article.slug, parts.fragment):
        return None
    return f"this article has no section “{parts.fragment}”."


def page_fault(address: str) -> str | None:
    """Return why readers find no page of ours at an address, or None if they find one."""
    parts = urlsplit(address)
    match = None
    with suppress(Resolver404):
        match = resolve(parts.path)
    # The admin and health checks are not pages of the app, and a preview is no page for readers.
    if match is None or match.view_name == "nutrients:preview" or match.namespace != "nutrients":
        if parts.path.startswith("/") and parts.path.endswith("/"):
            return f"{address} leads nowhere: there is no such page."
        return f"{address} leads nowhere: a link to our own page begins and ends with “/”."
    return _row_fault(match, parts.fragment) or _query_fault(parts.query)


def _row_fault(match: ResolverMatch, fragment: str) -> str | None:
    name, slug = match.url_name or "", match.kwargs.get("slug", "")
    model = Source if name == "source" else PAGE_MODELS.get(name)
    if model and not _published(model).filter(slug=slug).exists():
        return f"there is no published {name} “{slug}”."
    if name == "association":
        symptom = match.kwargs["symptom"]
        rows = _published(Association).filter(nutrient__slug=slug, symptom__slug=symptom)
        return None if rows else f"no published evidence links “{slug}” with “{symptom}”."
    if name == "article" and fragment and not _has_section(slug, fragment):
        return f"the article “{slug}” has no section “{fragment}”."
    return None


def _query_fault(query: str) -> str | None:
    slugs = set(parse_qs(query).get("symptom", []))
    slugs -= set(_published(Symptom).filter(slug__in=slugs).values_list("slug", flat=True))
    return f"there is no published symptom “{min(slugs)}”." if slugs else None


def _has_section(article: str, anchor: str) -> bool:
    return ArticleSection.objects.filter(article__slug=article, anchor=anchor).exists()


def _limits_in_wrong_units() -> Iterator[Problem]:
    for row in chain[Nutrient | ReferenceIntake](
        Nutrient.objects.all(), ReferenceIntake.objects.select_related("nutrient")
    ):
        unit = row.unit if isinstance(row, Nutrient) else row.nutrient.unit
        # Limits of folic acid alone are in plain micrograms.
        if row.upper_limit_unit not in {"", unit, unit.removesuffix(" DFE")}:
            reason = f"an upper limit in {row.upper_limit_unit}, but the nutrient is in {unit}."
            yield problem_of(row, reason)


def _needs_in_wrong_units() -> Iterator[Problem]:
    adults = ReferenceIntake.objects.filter(age_from__gte=Authority.US.adult_from)
    for row in adults.exclude(amount=None).select_related("nutrient"):
        share = row.amount / row.nutrient.daily_value
        if not Decimal(1) / FAR_FROM_DAILY_VALUE < share < FAR_FROM_DAILY_VALUE:
            reason = "an amount so far from the daily value that its unit cannot be right."
            yield problem_of(row, reason)


def _impossible_amounts() -> Iterator[Problem]:
    for unit, most in MOST_IN_100_G.items():
        rows = NutrientAmount.objects.filter(nutrient__unit=unit, per_100g__gt=most)
        for row in rows.select_related("food", "nutrient"):
            yield problem_of(row, f"{row.per_100g:f} {unit} is more than 100 g can hold.")


def overdue_reviews(*, on: date) -> Iterator[Problem]:
    """Yield the published rows whose review is overdue, which the review desk lists too."""
    for model in reviewed_models():
        for row in _published(model).filter(overdue_on(on)):
            yield problem_of(row, f"its review fell due on {row.review_due_on:%Y-%m-%d}.")


def _texts() -> Iterator[tuple[Keyed, str, str]]:
    """Yield row, field name and text of each field with words of our own.

    Safety cases are left out: they list words that the checklist must not show.
    """
    for model in content_models():
        if model is SafetyCase:
            continue
        names = [
            field.name
            for field in model._meta.get_fields()
            if isinstance(field, models.CharField | models.TextField)
            and not isinstance(field, models.SlugField)
            and field.name not in model.QUOTED
        ]
        for row in model._default_manager.all():
            yield from ((row, name, getattr(row, name) or "") for name in names)


def _wrong_words() -> Iterator[Problem]:
    for row, name, text in _texts():
        for words in forbidden(text):
            yield problem_of(row, f"its {name} says “{words}”.")
        # Other names of a sign are readers' words.
        if name != "also_known_as":
            for match in AVOIDED_WORDS.finditer(" ".join(text.split())):
                reason = f"its {name} says “{match[0]}”, which this site avoids."
                yield problem_of(row, reason)


def _shared_ticks() -> Iterator[Problem]:
    risks = RiskFactor.objects.values("slug")
    for row in OtherCause.objects.filter(is_asked=True, slug__in=risks):
        yield problem_of(row, "it is asked in the checklist, and a risk factor has its slug.")


def _long_sentences() -> Iterator[Problem]:
    for article in Article.objects.prefetch_related("sections"):
        texts = [article.standfirst, *lines_of(article.key_points)]
        texts += [section.body for section in article.sections.all()]
        lengths = [len(part.split()) for text in texts for part in prose.sentences(text)]
        average = sum(lengths) / len(lengths) if lengths else 0
        if average > LONGEST_AVERAGE:
            yield problem_of(article, f"its sentences hold {average:.1f} words on average.")
