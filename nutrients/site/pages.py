"""The content of the home page and of the pages about the site."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime
from functools import reduce
from itertools import product
from operator import attrgetter, or_
from typing import Any, NamedTuple

from django.core.paginator import Paginator
from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.timezone import localdate

from nutrients.common.citations import Reference, References
from nutrients.models import (
    FLAG_LEVELS,
    Article,
    ArticleTopic,
    Association,
    BodyArea,
    CauseKind,
    ChangeNote,
    FoodSource,
    NoteKind,
    Nutrient,
    OtherCause,
    RedFlag,
    Symptom,
    Urgency,
)
from nutrients.models.publishing import address_of, overdue_on
from nutrients.models.red_flags import CALL

CORRECTIONS_A_PAGE, CHANGES_LISTED = 150, 100
# The models whose pages name the clinician who reviewed them.
REVIEWED: tuple[Any, ...] = (Article, Association, FoodSource, Nutrient, Symptom)
# Readers' own words for symptoms, by slug.
FEELINGS = {
    "eyelid-twitch": "Eyelid twitch",
    "muscle-twitches": "Twitch",
    "night-leg-cramps": "Cramp at night",
    "muscle-cramps": "Cramp",
    "muscle-jerks": "Sudden jerk",
    "tingling": "Pins and needles",
    "muscle-weakness": "Weakness",
    "restless-legs": "Restless legs",
}
# The kinds of cause that affect nearly everybody.
EVERYDAY = (CauseKind.LIFESTYLE, CauseKind.STIMULANT, CauseKind.MIND)
MOST_CAUSES = 3
# The groups of warning signs, with the areas of their symptoms. A sign of several areas is in the
# first of its groups, so the heart and the head come first.
OTHER_SIGNS = "Muscles and movement"
SIGN_GROUPS = {
    "Heart and breathing": {BodyArea.HEART},
    "Head, sight and mind": {BodyArea.HEAD, BodyArea.MIND},
    "Feeling and balance": {BodyArea.NERVES},
    OTHER_SIGNS: {BodyArea.MUSCLES},
    "Skin, swelling and digestion": {BodyArea.BODY},
}


class WarningSign(NamedTuple):
    """A warning sign, with what to do besides the advice for its level."""

    flag: RedFlag
    action: str
    cited: list[Reference]


class HomePage:
    """What the home page shows. `guide` is the first article, or None if there is none.

    `articles` are the first of each topic, without the guide. Each of the `feelings` is an address
    of a symptom and readers' words for it.
    """

    def __init__(self, *, at: datetime) -> None:
        symptoms = Symptom.objects.published(at=at).filter(slug__in=FEELINGS)
        public = set(symptoms.values_list("slug", flat=True))
        self.feelings = [
            (address_of("symptom", slug), words)
            for slug, words in FEELINGS.items()
            if slug in public
        ]
        nutrients = Nutrient.objects.published(at=at).filter(is_featured=True)
        self.nutrients = nutrients.only("slug", "name", "symbol", "accent", "tagline")
        causes = OtherCause.objects.published(at=at).only("name", "kind", "mechanism")
        causes = causes.filter(is_common=True, kind__in=EVERYDAY)
        self.causes = causes.order_by("position", "name")[:MOST_CAUSES]
        written = Article.objects.published(at=at)
        # Two of each topic, because the guide is the first of its topic.
        firsts = [Q(pk__in=written.filter(topic=topic).values("pk")[:2]) for topic in ArticleTopic]
        articles = list(written.filter(reduce(or_, firsts)).only("slug", "title", "topic"))
        first = {article.topic: article for article in reversed(articles[1:])}
        self.guide = articles[0] if articles else None
        self.articles = [first[topic] for topic in ArticleTopic if topic in first]
        self.has_review = has_review(at=at)


class SafetyPage:
    """Every published warning sign: by level, the most urgent first, and then by group.

    `sources` lists what they cite in numbered sentences.
    """

    def __init__(self, *, at: datetime) -> None:
        areas: dict[int, set[str]] = defaultdict(set)
        related = RedFlag.related_symptoms.through.objects
        for flag, area in related.values_list("redflag", "symptom__body_area"):
            areas[flag].add(area)
        flags = RedFlag.objects.published(at=at).order_by("position", "slug").with_sources()
        rows: dict[tuple[str, str], list[RedFlag]] = defaultdict(list)
        for row in flags.only("slug", "level", "sign", "why_it_matters", "action", "position"):
            rows[row.level, _sign_group(areas[row.pk])].append(row)
        references = References()
        self.levels: dict[Urgency, dict[str, list[WarningSign]]] = {}
        for level, group in product(FLAG_LEVELS, SIGN_GROUPS):
            if signs := rows[level, group]:
                warnings = [_sign(row, references) for row in signs]
                self.levels.setdefault(level, {})[group] = warnings
        self.sources = " ".join(f"{ref.number}. {ref.source.citation}" for ref in references)
        self.notes = ChangeNote.objects.newest_on(reverse("nutrients:safety"), at=at)


def has_review(*, at: datetime) -> bool:
    """Whether any page names a clinician whose review of it is not overdue. One query."""
    first, *others = (
        model.objects.published(at=at)
        .filter(~overdue_on(localdate(at)), reviewed_on__isnull=False)
        .order_by()
        .values("reviewed_on")
        for model in REVIEWED
    )
    return first.union(*others).exists()


def _sign(flag: RedFlag, references: References) -> WarningSign:
    cited = sorted(map(references.add, flag.cited), key=attrgetter("number"))
    return WarningSign(flag, flag.action.removeprefix(CALL).strip(), cited)


def _sign_group(areas: set[str]) -> str:
    """Return the first group with the body area of a symptom that the sign is related to."""
    groups = (group for group, body_areas in SIGN_GROUPS.items() if areas & body_areas)
    return next(groups, OTHER_SIGNS)


def corrections(*, at: datetime) -> Paginator[ChangeNote]:
    notes = ChangeNote.objects.until(at).filter(kind=NoteKind.CORRECTION)
    return Paginator(notes, CORRECTIONS_A_PAGE)


def other_changes(*, at: datetime) -> QuerySet[ChangeNote]:
    """Return the latest changes that corrected nothing."""
    return ChangeNote.objects.until(at).filter(kind=NoteKind.CHANGE)[:CHANGES_LISTED]
