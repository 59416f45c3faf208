"""Every row that search can find, as its document. Drafts too: their state is asked when searching.

Texts are those that the row's page shows, so that a passage is found again there.
"""

from __future__ import annotations

from collections.abc import Iterator

from django.db.models import QuerySet
from django.urls import reverse

from nutrients import prose
from nutrients.models import (
    Article,
    ArticleSection,
    Association,
    DocumentKind,
    FoodGroup,
    FoodSource,
    Interaction,
    Nutrient,
    OtherCause,
    RedFlag,
    Relation,
    RiskFactor,
    SearchDocument,
    Symptom,
)

from .documents import Entry, document, split_names
from .pages import PAGES


def all_but_foods() -> Iterator[SearchDocument]:
    """The documents of everything of which there are few: made in milliseconds."""
    return map(document, _entries())


def foods(rows: QuerySet[FoodSource]) -> Iterator[SearchDocument]:
    """The documents of these foods, of which there may be thousands."""
    return (document(_food(row)) for row in rows.select_related("group"))


def _entries() -> Iterator[Entry]:
    yield from map(_red_flag, RedFlag.objects.all())
    yield from map(_symptom, Symptom.objects.all())
    yield from map(_nutrient, Nutrient.objects.all())
    yield from map(_evidence, Association.objects.select_related("nutrient", "symptom"))
    yield from map(_article, Article.objects.all())
    yield from map(_section, ArticleSection.objects.select_related("article"))
    yield from map(_food_group, _listed_groups())
    yield from map(_risk_factor, RiskFactor.objects.all())
    yield from map(_other_cause, OtherCause.objects.all())
    yield from map(_interaction, Interaction.objects.all())
    yield from _pages()


def _red_flag(row: RedFlag) -> Entry:
    return Entry(
        DocumentKind.RED_FLAG,
        row.slug,
        row.sign,
        url=row.get_absolute_url(),
        hidden_names=[row.tick_label],
        note=row.get_level_display(),
        # Causes are no more than text: whoever looks for one finds its own page first.
        text=[row.action, row.why_it_matters, row.possible_causes],
    )


def _symptom(row: Symptom) -> Entry:
    return Entry(
        DocumentKind.SYMPTOM,
        row.slug,
        row.name,
        url=row.get_absolute_url(),
        names=[*split_names(row.also_known_as), *split_names(row.clinical_term)],
        note=row.get_urgency_display(),
        text=[row.description, row.help_note],
    )


def _nutrient(row: Nutrient) -> Entry:
    clinical = [*split_names(row.deficiency_name), *split_names(row.excess_name)]
    return Entry(
        DocumentKind.NUTRIENT,
        row.slug,
        row.name,
        url=row.get_absolute_url(),
        names=split_names(row.also_known_as),
        hidden_names=[row.symbol, *clinical, *_lacks(row), *_excesses(row), *_asked(row)],
        note=row.get_kind_display(),
        text=[
            *(row.job, row.tagline, row.why_low_matters, row.usual_causes_of_low),
            *(row.excess_signs, row.test_used, row.food_summary),
        ],
    )


def _evidence(row: Association) -> Entry:
    nutrient, symptom = row.nutrient, row.symptom
    return Entry(
        DocumentKind.EVIDENCE,
        f"{nutrient.slug}/{symptom.slug}/{row.relation}",
        f"{nutrient.name} and {symptom.phrase}",
        url=row.get_absolute_url(),
        hidden_names=[
            *split_names(nutrient.also_known_as),
            *split_names(symptom.also_known_as),
            *(_excesses(nutrient) if row.relation == Relation.EXCESS else _lacks(nutrient)),
        ],
        note=row.get_relation_display(),
        text=[row.note],
    )


def _lacks(nutrient: Nutrient) -> list[str]:
    """What readers call too little of a nutrient."""
    return [nutrient.low_phrase, f"Low {nutrient.name}", f"{nutrient.name} deficiency"]


def _excesses(nutrient: Nutrient) -> list[str]:
    """What readers call too much of it."""
    name = nutrient.name
    return [nutrient.high_phrase, f"High {name}", f"{name} overdose", f"{name} excess"]


def _asked(nutrient: Nutrient) -> list[str]:
    """What else readers ask of it, which its page answers under headings of its own."""
    name = nutrient.name
    return [f"Blood test for {name}", f"{name} upper limit", f"{name} daily need"]


def _article(row: Article) -> Entry:
    return Entry(
        DocumentKind.ARTICLE,
        row.slug,
        row.title,
        url=row.get_absolute_url(),
        hidden_names=[row.short_title],
        text=[row.summary, row.standfirst, row.key_points],
    )


def _section(row: ArticleSection) -> Entry:
    return Entry(
        DocumentKind.ARTICLE,
        f"{row.article.slug}#{row.anchor}",
        row.title,
        row=row.article.slug,
        url=row.get_absolute_url(),
        note=f"In “{row.article.short_title}”",
        text=prose.plain_lines(row.body),
    )


def _food(row: FoodSource) -> Entry:
    return Entry(
        DocumentKind.FOOD,
        row.slug,
        row.name,
        url=row.get_absolute_url(),
        hidden_names=[row.usda_description],
        note=row.group.name,
        text=[row.note],
        hidden_text=[row.group.name],
        is_imported=not row.is_curated,
        row_changed_at=row.changed_at,
    )


def _listed_groups() -> QuerySet[FoodGroup]:
    # A group of imported foods alone has an empty list: those are found by their own names.
    return FoodGroup.objects.filter(foods__in=FoodSource.objects.foods().curated()).distinct()


def _food_group(row: FoodGroup) -> Entry:
    return Entry(
        DocumentKind.FOOD,
        f"group/{row.slug}",
        row.name,
        row="",
        url=f"{reverse('nutrients:food_list')}?group={row.slug}",
        note="Group of foods",
    )


def _risk_factor(row: RiskFactor) -> Entry:
    return Entry(
        DocumentKind.RISK_FACTOR,
        row.slug,
        row.name,
        note=row.get_kind_display(),
        text=[row.mechanism, row.what_to_do],
    )


def _other_cause(row: OtherCause) -> Entry:
    return Entry(
        DocumentKind.OTHER_CAUSE,
        row.slug,
        row.name,
        note=row.get_kind_display(),
        text=[row.mechanism, row.what_helps, row.when_to_seek_care],
    )


def _interaction(row: Interaction) -> Entry:
    return Entry(
        DocumentKind.INTERACTION,
        row.slug,
        str(row),
        note=row.get_severity_display(),
        text=[row.effect, row.advice],
    )


def _pages() -> Iterator[Entry]:
    for page in PAGES:
        yield Entry(
            DocumentKind.PAGE,
            page.name,
            page.title,
            url=reverse(f"nutrients:{page.name}"),
            hidden_names=page.names,
            text=[page.text],
        )
