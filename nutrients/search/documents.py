"""The search document of each row: its text in results, and the words that find it.

Drafts have a document too: a search checks the status of its row. Texts are those of the row's
page, so that readers find the passage there.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from itertools import chain
from typing import Any, NamedTuple
from unicodedata import normalize

from django.urls import reverse

from nutrients import prose
from nutrients.common.parameters import strip_invisible
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

# The pages without a row, by the names of their URL patterns: title, text, other words.
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

# The arguments of `document` that depend on the row.
Parts = dict[str, Any]


def document(
    kind: DocumentKind,
    key: str,
    title: str,
    *,
    names: Iterable[str] = (),
    hidden_names: Iterable[str] = (),
    text: Iterable[str] = (),
    hidden_text: Iterable[str] = (),
    **fields: Any,
) -> SearchDocument:
    """Return an unsaved document: the text that results show, and its folded words.

    The A to Z lists `names`; the hidden ones are only searched. `row`, the key of the row whose
    status decides, is the key of the document by default.
    """
    title, listed = _plain(title), _unique(map(_plain, names))
    lines = "\n".join(filter(None, (_plain(line) for part in text for line in part.splitlines())))
    # A sign is one phrase: a part between its commas would mean something else.
    parts = () if kind == DocumentKind.RED_FLAG else _title_parts(title)
    all_names = (*listed, *hidden_names, *parts)
    title_words, text_words = words_of(title), words_of("\n".join((lines, *hidden_text)))
    name_words = _unique(" ".join(words_of(name)) for name in all_names)
    every_word = index_words([*title_words, *" ".join(name_words).split(), *text_words])
    return SearchDocument(
        kind=kind,
        key=key,
        title=title[:300],
        names="\n".join(listed),
        text=lines,
        title_words=" ".join(title_words),
        name_words="\n".join(name_words),
        text_words=" ".join(text_words),
        words=" ".join(sorted(every_word)),
        size=len(title_words),
        **{"row": key, **fields},
    )


def document_of(kind: DocumentKind, row: Any) -> SearchDocument:
    """Return the document of a row under its natural key, its name and its address, if any."""
    url = row.get_absolute_url() if hasattr(row, "get_absolute_url") else ""
    parts = {"title": str(row), "url": url, **ORIGINS[kind].parts(row)}
    return document(kind, "/".join(row.natural_key()), **parts)


def split_names(text: str) -> list[str]:
    """Return the names in a list with commas, semicolons or brackets."""
    return [name.strip() for name in NAME_PARTS.split(text) if name.strip()]


def _title_parts(title: str) -> Iterator[str]:
    """Yield the names in a title: its parts, what is listed in them, and its first words."""
    yield title.partition(",")[0]
    for part in PARTS.split(title):
        yield part
        if part != title:
            yield from part.split(",")


def _plain(text: str) -> str:
    return " ".join(normalize("NFC", strip_invisible(text)).split())


def _unique(texts: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(filter(None, texts)))


def _red_flag(row: RedFlag) -> Parts:
    return {
        "hidden_names": [row.tick_label],
        "note": row.get_level_display(),
        "text": [row.action, row.why_it_matters],
        # Causes are no more than text: their own pages come first.
        "hidden_text": [row.possible_causes],
    }


def _symptom(row: Symptom) -> Parts:
    return {
        "names": [*split_names(row.also_known_as), *split_names(row.clinical_term)],
        "note": row.get_urgency_display(),
        "text": [row.description, row.help_note],
    }


def _nutrient(row: Nutrient) -> Parts:
    name = row.name
    return {
        "names": split_names(row.also_known_as),
        "hidden_names": [
            *(row.symbol, *split_names(row.deficiency_name), *split_names(row.excess_name)),
            *(*_deficiency_names(row), *_excess_names(row)),
            # Questions that headings of its page answer.
            *(f"Blood test for {name}", f"{name} upper limit", f"{name} daily need"),
        ],
        "note": row.get_kind_display(),
        "text": [
            *(row.job, row.tagline, row.why_low_matters, row.usual_causes_of_low),
            *(row.excess_signs, row.test_used, row.food_summary),
        ],
    }


def _detail(row: NutrientDetail) -> Parts:
    names = split_names(row.nutrient.also_known_as)
    return {"hidden_names": names, "text": prose.passages(row.body)}


def _evidence(row: Association) -> Parts:
    nutrient, symptom, is_excess = row.nutrient, row.symptom, row.relation == Relation.EXCESS
    return {
        "title": f"{nutrient.name} and {symptom.phrase}",
        "hidden_names": [
            *split_names(nutrient.also_known_as),
            *split_names(symptom.also_known_as),
            *(_excess_names(nutrient) if is_excess else _deficiency_names(nutrient)),
        ],
        "note": row.get_relation_display(),
        "text": [row.note],
    }


def _risk_factor(row: RiskFactor) -> Parts:
    return {"note": row.get_kind_display(), "text": [row.mechanism, row.what_to_do]}


def _other_cause(row: OtherCause) -> Parts:
    text = [row.mechanism, row.what_helps, row.when_to_seek_care]
    return {"note": row.get_kind_display(), "text": text}


def _interaction(row: Interaction) -> Parts:
    return {"note": row.get_severity_display(), "text": [row.effect, row.advice]}


def _deficiency_names(nutrient: Nutrient) -> list[str]:
    return [nutrient.low_phrase, f"Low {nutrient.name}", f"{nutrient.name} deficiency"]


def _excess_names(nutrient: Nutrient) -> list[str]:
    name = nutrient.name
    return [nutrient.high_phrase, f"High {name}", f"{name} overdose", f"{name} excess"]


def _article(row: Article) -> Parts:
    blocks = (block for section in row.sections.all() for block in prose.split(section.body))
    questions = (prose.questions(block.text) for block in blocks if block.kind == "questions")
    return {
        "hidden_names": [row.short_title, *(question for question, _ in chain(*questions))],
        "text": [row.summary, row.standfirst, row.key_points],
    }


def _food(row: FoodSource) -> Parts:
    return {
        "hidden_names": [row.usda_description],
        "note": row.group.name,
        "text": [row.note],
        "hidden_text": [row.group.name],
        "is_imported": not row.is_curated,
        "row_changed_at": row.changed_at,
    }


class Origin(NamedTuple):
    """The model whose rows have documents of a kind, and what of a row is in its document.

    `related` are the relations of a row whose texts are there too.
    """

    model: Any
    parts: Callable[[Any], Parts]
    related: tuple[str, ...] = ()

    @property
    def tables(self) -> set[type]:
        """The models whose texts are in the documents."""
        fields = map(self.model._meta.get_field, self.related)
        return {self.model, *(field.related_model for field in fields)}


# The kinds of documents that have a row, which must be published.
ORIGINS = {
    DocumentKind.RED_FLAG: Origin(RedFlag, _red_flag),
    DocumentKind.SYMPTOM: Origin(Symptom, _symptom),
    DocumentKind.NUTRIENT: Origin(Nutrient, _nutrient),
    DocumentKind.DETAIL: Origin(NutrientDetail, _detail, ("nutrient",)),
    DocumentKind.EVIDENCE: Origin(Association, _evidence, ("nutrient", "symptom")),
    DocumentKind.ARTICLE: Origin(Article, _article, ("sections",)),
    DocumentKind.FOOD: Origin(FoodSource, _food, ("group",)),
    DocumentKind.RISK_FACTOR: Origin(RiskFactor, _risk_factor),
    DocumentKind.OTHER_CAUSE: Origin(OtherCause, _other_cause),
    DocumentKind.INTERACTION: Origin(Interaction, _interaction),
}


def documents_of(kind: DocumentKind) -> Iterator[SearchDocument]:
    """Yield the documents of a kind. Foods are left out, because there may be thousands."""
    if kind == DocumentKind.PAGE:
        yield from _pages()
    elif kind == DocumentKind.FOOD:
        yield from _food_groups()
    else:
        origin = ORIGINS[kind]
        for row in origin.model.objects.prefetch_related(*origin.related):
            yield document_of(kind, row)
            if kind == DocumentKind.ARTICLE:
                yield from map(_section, row.sections.all())


def _section(row: ArticleSection) -> SearchDocument:
    return document(
        DocumentKind.ARTICLE,
        f"{row.article.slug}#{row.anchor}",
        row.title,
        row=row.article.slug,
        url=row.get_absolute_url(),
        note=f"In “{row.article.short_title}”",
        text=prose.passages(row.body),
    )


def _food_groups() -> Iterator[SearchDocument]:
    # The list shows imported foods only for a name, so a group of them alone would be empty.
    rows = FoodGroup.objects.filter(foods__in=FoodSource.objects.foods().curated()).distinct()
    for row in rows:
        yield document(
            DocumentKind.FOOD,
            f"group/{row.slug}",
            row.name,
            row="",
            url=f"{reverse('nutrients:food_list')}?group={row.slug}",
            note="Group of foods",
        )


def _pages() -> Iterator[SearchDocument]:
    for page, title, text, *names in PAGES:
        url = reverse(f"nutrients:{page}")
        yield document(DocumentKind.PAGE, page, title, url=url, hidden_names=names, text=[text])
