"""What search knows of each row: what it shows of it, and the words that it is found by.

Drafts have a document too: their state is asked when searching. Texts are those that the row's
page shows, so that a passage is found again there.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from itertools import chain
from typing import Any, NamedTuple
from unicodedata import normalize

from django.db.models import QuerySet
from django.urls import reverse

from nutrients import prose
from nutrients.common.parameters import seen
from nutrients.common.words import index_words, words_of
from nutrients.models import (
    Article,
    ArticleSection,
    Association,
    DocumentKind,
    FoodGroup,
    FoodSource,
    Interaction,
    Nutrient,
    NutrientDetail,
    OtherCause,
    RedFlag,
    Relation,
    RiskFactor,
    SearchDocument,
    Symptom,
)

# The pages with no row of their own, by the names of their addresses: title, text, other words.
PAGES = (
    (
        *("safety", "When to get help", "Every warning sign, by how soon it needs a person."),
        *("emergency", "red flags", "warning signs", "ambulance", "urgent", "112", "911", "999"),
        *("see a doctor", "call a doctor", "when should I see a doctor"),
    ),
    ("checklist", "Checklist", "Tick what you notice and see what is worth a look."),
    (
        *("compare", "Compare nutrients"),
        *("A table of nutrients with their signs, foods and daily need.", "comparison table"),
    ),
    ("plate", "Plate", "Add up the nutrients in the foods you choose.", "meal", "my plate"),
    ("food_list", "Foods", "Foods by nutrient, diet and allergen.", "food finder"),
    ("symptom_list", "Symptoms", "All symptoms, by body area.", "signs"),
    ("nutrient_list", "Nutrients", "All minerals, electrolytes and vitamins.", "vitamins"),
    ("a_to_z", "A to Z", "Everything on this site by its name.", "index", "list"),
    ("article_list", "Articles", "Every guide on this site.", "guides"),
    ("about", "About us", "Who makes this site, and what it is for.", "contact", "editors"),
    (
        *("method", "How we grade evidence"),
        *("What strong, moderate and limited mean, and how we check.", "method", "grades"),
    ),
    ("sources", "Our sources", "Every source that we cite.", "references", "studies"),
    ("changes", "Corrections", "What we changed, and what we put right.", "changes", "news"),
    ("data", "Open data", "The whole content as files.", "download", "csv", "json"),
    ("privacy", "Privacy", "What this site keeps about you: nothing.", "cookies", "data"),
    ("accessibility", "Accessibility", "How to use this site, and what it does not do yet."),
)
# “Water tablets: loop diuretics (furosemide, bumetanide)” has four names.
PARTS = re.compile(r"[():;]")
NAME_PARTS = re.compile(r"[(),:;]")
SHOWN = ("row", "url", "title", "names", "note", "text", "is_imported")
INDEXED = ("title_words", "name_words", "text_words", "words", "size", "row_changed_at")
FIELDS = (*SHOWN, *INDEXED)


def document(
    kind: DocumentKind,
    key: str,
    title: str,
    *,
    row: str | None = None,
    url: str = "",
    names: Iterable[str] = (),
    hidden_names: Iterable[str] = (),
    note: str = "",
    text: Iterable[str] = (),
    hidden_text: Iterable[str] = (),
    is_imported: bool = False,
    row_changed_at: datetime | None = None,
) -> SearchDocument:
    """The unsaved document of a row: what is shown of it, and its words, folded.

    `names` are listed in the A to Z; the hidden ones are only searched. `row` is the key of the row
    whose state decides; its own key if it is not given.
    """
    title, listed = _plain(title), _unique(map(_plain, names))
    shown = "\n".join(filter(None, map(_plain_lines, text)))
    title_words, text_words = words_of(title), words_of("\n".join((shown, *hidden_text)))
    name_words = _name_words(kind, title, (*listed, *hidden_names))
    every = index_words([*title_words, *" ".join(name_words).split(), *text_words])
    return SearchDocument(
        kind=kind,
        key=key,
        row=key if row is None else row,
        url=url,
        title=title[:300],
        names="\n".join(listed),
        note=note[:200],
        text=shown,
        is_imported=is_imported,
        title_words=" ".join(title_words),
        name_words="\n".join(name_words),
        text_words=" ".join(text_words),
        words=" ".join(sorted(every)),
        size=len(title_words),
        row_changed_at=row_changed_at,
    )


def document_of(kind: DocumentKind, row: Any, **words: Any) -> SearchDocument:
    """The document of a row under its natural key and name, at its own address if it has one."""
    url = row.get_absolute_url() if hasattr(row, "get_absolute_url") else ""
    return document(kind, "/".join(row.natural_key()), str(row), url=url, **words)


def _name_words(kind: DocumentKind, title: str, names: Iterable[str]) -> list[str]:
    """The words of each name, and of each name that the title holds."""
    # A sign is one phrase; a part between its commas says something else alone.
    parts = () if kind == DocumentKind.RED_FLAG else pieces(title)
    return _unique(" ".join(words_of(name)) for name in (*names, *parts))


def split_names(text: str) -> list[str]:
    """The names in a list that an editor wrote with commas, semicolons or brackets."""
    return [name.strip() for name in NAME_PARTS.split(text) if name.strip()]


def pieces(title: str) -> Iterator[str]:
    """The names that a title holds: its parts, what is listed in them, and its first words."""
    yield title.partition(",")[0]
    for part in PARTS.split(title):
        yield part
        if part != title:
            yield from part.split(",")


def is_same(document: Any, other: Any) -> bool:
    return other is not None and all(
        getattr(document, name) == getattr(other, name) for name in FIELDS
    )


def _plain(text: str) -> str:
    return " ".join(normalize("NFC", seen(text)).split())


def _plain_lines(text: str) -> str:
    return "\n".join(filter(None, map(_plain, text.splitlines())))


def _unique(texts: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(filter(None, texts)))


def all_but_foods(kinds: Iterable[DocumentKind]) -> Iterator[SearchDocument]:
    """The documents of these kinds, but for foods: there are few, made in milliseconds."""
    return chain.from_iterable(KINDS[kind].documents() for kind in kinds)


def foods(rows: QuerySet[FoodSource]) -> Iterator[SearchDocument]:
    """The documents of these foods, of which there may be thousands."""
    return map(_food, rows.select_related("group"))


def _red_flag(row: RedFlag) -> SearchDocument:
    return document_of(
        DocumentKind.RED_FLAG,
        row,
        hidden_names=[row.tick_label],
        note=row.get_level_display(),
        text=[row.action, row.why_it_matters],
        # Causes are no more than text: their own pages come first.
        hidden_text=[row.possible_causes],
    )


def _symptom(row: Symptom) -> SearchDocument:
    return document_of(
        DocumentKind.SYMPTOM,
        row,
        names=[*split_names(row.also_known_as), *split_names(row.clinical_term)],
        note=row.get_urgency_display(),
        text=[row.description, row.help_note],
    )


def _nutrient(row: Nutrient) -> SearchDocument:
    clinical = [*split_names(row.deficiency_name), *split_names(row.excess_name)]
    return document_of(
        DocumentKind.NUTRIENT,
        row,
        names=split_names(row.also_known_as),
        hidden_names=[row.symbol, *clinical, *_lacks(row), *_excesses(row), *_asked(row)],
        note=row.get_kind_display(),
        text=[
            *(row.job, row.tagline, row.why_low_matters, row.usual_causes_of_low),
            *(row.excess_signs, row.test_used, row.food_summary),
        ],
    )


def _detail(row: NutrientDetail) -> SearchDocument:
    return document_of(
        DocumentKind.DETAIL,
        row,
        hidden_names=split_names(row.nutrient.also_known_as),
        text=prose.plain_lines(row.body),
    )


def _evidence(row: Association) -> SearchDocument:
    nutrient, symptom = row.nutrient, row.symptom
    return document(
        DocumentKind.EVIDENCE,
        "/".join(row.natural_key()),
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
    return [nutrient.low_phrase, f"Low {nutrient.name}", f"{nutrient.name} deficiency"]


def _excesses(nutrient: Nutrient) -> list[str]:
    name = nutrient.name
    return [nutrient.high_phrase, f"High {name}", f"{name} overdose", f"{name} excess"]


def _asked(nutrient: Nutrient) -> list[str]:
    """What else readers ask of it, which its page answers under headings of its own."""
    name = nutrient.name
    return [f"Blood test for {name}", f"{name} upper limit", f"{name} daily need"]


def _article(row: Article) -> SearchDocument:
    return document_of(
        DocumentKind.ARTICLE,
        row,
        hidden_names=[row.short_title, *_answered(row)],
        text=[row.summary, row.standfirst, row.key_points],
    )


def _answered(row: Article) -> Iterator[str]:
    """The questions that the article answers under “Questions people ask”."""
    for section in row.sections.all():
        for block in prose.split(section.body):
            if block.kind == "questions":
                yield from (question for question, _ in prose.questions(block.text))


def _section(row: ArticleSection) -> SearchDocument:
    return document(
        DocumentKind.ARTICLE,
        f"{row.article.slug}#{row.anchor}",
        row.title,
        row=row.article.slug,
        url=row.get_absolute_url(),
        note=f"In “{row.article.short_title}”",
        text=prose.plain_lines(row.body),
    )


def _food(row: FoodSource) -> SearchDocument:
    return document_of(
        DocumentKind.FOOD,
        row,
        hidden_names=[row.usda_description],
        note=row.group.name,
        text=[row.note],
        hidden_text=[row.group.name],
        is_imported=not row.is_curated,
        row_changed_at=row.changed_at,
    )


def _food_groups() -> Iterator[SearchDocument]:
    # A group of imported foods alone has an empty list: those are found by their own names.
    listed = FoodGroup.objects.filter(foods__in=FoodSource.objects.foods().curated()).distinct()
    for row in listed:
        yield document(
            DocumentKind.FOOD,
            f"group/{row.slug}",
            row.name,
            row="",
            url=f"{reverse('nutrients:food_list')}?group={row.slug}",
            note="Group of foods",
        )


def _with_texts(kind: DocumentKind, noted: str, *texts: str) -> Callable[[Any], SearchDocument]:
    """A function that gives a row's document: its note is a field with choices."""

    def make(row: Any) -> SearchDocument:
        note = getattr(row, f"get_{noted}_display")()
        return document_of(kind, row, note=note, text=[getattr(row, name) for name in texts])

    return make


_risk_factor = _with_texts(DocumentKind.RISK_FACTOR, "kind", "mechanism", "what_to_do")
_other_cause = _with_texts(
    DocumentKind.OTHER_CAUSE, "kind", "mechanism", "what_helps", "when_to_seek_care"
)
_interaction = _with_texts(DocumentKind.INTERACTION, "severity", "effect", "advice")


def _pages() -> Iterator[SearchDocument]:
    for page, title, text, *names in PAGES:
        url = reverse(f"nutrients:{page}")
        yield document(DocumentKind.PAGE, page, title, url=url, hidden_names=names, text=[text])


def _articles() -> Iterator[SearchDocument]:
    yield from map(_article, Article.objects.prefetch_related("sections"))
    yield from map(_section, ArticleSection.objects.select_related("article"))


class Made(NamedTuple):
    """How the documents of one kind are made, and the tables whose texts they hold."""

    documents: Callable[[], Iterable[SearchDocument]]
    tables: frozenset[type]


def _from_rows(make: Callable[[Any], SearchDocument], model: Any, *joined: str) -> Made:
    """A document for each row of a model, which holds texts of the joined rows too."""
    others = [model._meta.get_field(name).related_model for name in joined]
    rows = model.objects.select_related(*(joined or [None]))
    return Made(lambda: map(make, rows.all()), frozenset([model, *others]))


# Those of foods themselves are made apart, because there may be thousands.
KINDS = {
    DocumentKind.RED_FLAG: _from_rows(_red_flag, RedFlag),
    DocumentKind.SYMPTOM: _from_rows(_symptom, Symptom),
    DocumentKind.NUTRIENT: _from_rows(_nutrient, Nutrient),
    DocumentKind.DETAIL: _from_rows(_detail, NutrientDetail, "nutrient"),
    DocumentKind.EVIDENCE: _from_rows(_evidence, Association, "nutrient", "symptom"),
    DocumentKind.ARTICLE: Made(_articles, frozenset({Article, ArticleSection})),
    DocumentKind.FOOD: Made(_food_groups, frozenset({FoodGroup, FoodSource})),
    DocumentKind.RISK_FACTOR: _from_rows(_risk_factor, RiskFactor),
    DocumentKind.OTHER_CAUSE: _from_rows(_other_cause, OtherCause),
    DocumentKind.INTERACTION: _from_rows(_interaction, Interaction),
    DocumentKind.PAGE: Made(_pages, frozenset()),
}


def kinds_holding(table: type) -> list[DocumentKind]:
    """The kinds whose documents hold texts of a table."""
    return [kind for kind, made in KINDS.items() if table in made.tables]
