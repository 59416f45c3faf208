"""Bases of the models of content: natural keys, status, dates, sources and signatures."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable
from datetime import date, datetime
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Any, Self, TypeVar

from django.apps import apps
from django.db import models
from django.db.models import Case, Prefetch, Q, Value, When
from django.urls import reverse
from django.utils import timezone

if TYPE_CHECKING:
    from .sources import Source


class Ranked(models.TextChoices):
    """Choices whose order has a meaning."""

    @cached_property
    def rank(self) -> int:
        return list(type(self)).index(self)


def reviewed_index() -> models.Index:
    """Return an index to find the few reviewed rows among thousands."""
    return models.Index(
        fields=["status", "publish_at"],
        condition=Q(reviewed_on__isnull=False),
        name="%(class)s_reviewed",
    )


def one_of(field: str, values: list[str]) -> models.CheckConstraint:
    """Return a constraint that limits a field to these values."""
    return models.CheckConstraint(
        condition=Q(**{f"{field}__in": values}), name=f"%(class)s_{field}_known"
    )


def lines_of(text: str) -> list[str]:
    """Split a text in which editors write an item on each line, without empty lines."""
    return [line.strip() for line in text.splitlines() if line.strip()]


# Pages repeat links to the same rows, and reverse() is slow.
@lru_cache(maxsize=2_000)
def address_of(route: str, *parts: str) -> str:
    """Return the path of a row's page, as in `address_of("food", "almonds")`."""
    return reverse(f"nutrients:{route}", args=parts)


Row = TypeVar("Row", bound=models.Model)


def choice_rank(choices: type[models.TextChoices], field: str) -> Case:
    """Return an expression to sort rows by the order of a field's choices."""
    return Case(*(When(**{field: choice}, then=rank) for rank, choice in enumerate(choices)))


def group_by(
    rows: Iterable[Row], choices: Iterable[models.TextChoices], field: str
) -> list[tuple[Any, list[Row]]]:
    """Group rows by the choice in a field, in the order of the choices, without empty groups."""
    groups: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        groups[getattr(row, field)].append(row)
    return [(choice, groups[choice]) for choice in choices if choice in groups]


class Status(models.TextChoices):
    DRAFT = "draft", "Draft, waiting for review"
    PUBLISHED = "published", "Published"


class Verification(models.TextChoices):
    """How far the main claim of a row was checked against other publications."""

    TWO_PAGES = "two-pages", "Seen on two independent pages"
    ONE_PAGE = "one-page", "Seen on one page"
    UNVERIFIED = "unverified", "Not verified"


class PublishableQuerySet(models.QuerySet[Any]):
    def published(self, *, at: datetime) -> Self:
        """Return the rows that readers may see at `at`, with that day as `shown_on`."""
        conditions = {"status": Status.PUBLISHED, "publish_at__lte": at}
        for parent in self.model.SHOWN_WITH:
            conditions[f"{parent}__status"] = Status.PUBLISHED
            conditions[f"{parent}__publish_at__lte"] = at
        day = Value(timezone.localdate(at), output_field=models.DateField())
        return self.filter(**conditions).annotate(shown_on=day)

    def joined(self, relation: str, *fields: str) -> Self:
        """Join a related row, with these of its fields only."""
        related: Any = self.model._meta.get_field(relation).related_model
        others = {field.name for field in related._meta.concrete_fields} - {"id", *fields}
        return self.select_related(relation).defer(*(f"{relation}__{name}" for name in others))

    def with_sources(self) -> Self:
        """Prefetch the sources with the fields that pages print, by title, as the list `cited`."""
        model: Any = self.model._meta.get_field("sources").related_model
        sources = model.objects.only("slug", "title", "publisher", "url", "read_form")
        return self.prefetch_related(Prefetch("sources", sources, to_attr="cited"))


def overdue_on(day: date) -> Q:
    """Select rows whose review fell due before this day."""
    return Q(review_due_on__lt=day)


class Publishable(models.Model):
    """A row with a status, and with separate dates: published, changed, reviewed, review due."""

    # The related rows that must be published too before readers see this one.
    SHOWN_WITH: tuple[str, ...] = ()

    status = models.CharField(
        max_length=10,
        choices=Status,
        default=Status.DRAFT,
        help_text="Only published rows show to the public, from the date below.",
    )
    publish_at = models.DateTimeField(
        "published from",
        default=timezone.now,
        help_text="A moment to come keeps the row hidden until then.",
    )
    changed_at = models.DateTimeField("changed", auto_now=True)
    reviewed_on = models.DateField(
        null=True, blank=True, help_text="The day a clinician read this row and agreed to it."
    )
    reviewed_by = models.CharField(
        max_length=200,
        blank=True,
        help_text="Name and profession, from the signature.",
    )
    review_due_on = models.DateField(
        "next review due", null=True, blank=True, help_text="After this day the row is overdue."
    )
    verification = models.CharField(
        max_length=10,
        choices=Verification,
        default=Verification.UNVERIFIED,
        help_text="How far the main claim was checked. Rows not verified stay drafts.",
    )

    objects = PublishableQuerySet.as_manager()

    # Set by `published` and by `with_sources`. Without them `overdue_since` and `cited` raise an
    # AttributeError, so no page can leave them out.
    shown_on: date
    cited: list[Source]

    class Meta:
        abstract = True
        constraints = [
            one_of("status", Status.values),
            one_of("verification", Verification.values),
            models.CheckConstraint(
                condition=Q(reviewed_on__isnull=True, reviewed_by="")
                | (Q(reviewed_on__isnull=False) & ~Q(reviewed_by="")),
                name="%(class)s_review_complete",
                violation_error_message="Give both the review date and who reviewed, or neither.",
            ),
        ]
        indexes = [models.Index(fields=["status", "publish_at"], name="%(class)s_published")]

    def is_published(self, *, at: datetime) -> bool:
        return self.status == Status.PUBLISHED and self.publish_at <= at

    @property
    def overdue_since(self) -> date | None:
        """The day on which the review fell due, if it is overdue."""
        return self.review_due_on if self.is_overdue(on=self.shown_on) else None

    def is_overdue(self, *, on: date) -> bool:
        """Return whether the review is overdue, by the rule of `overdue_on`."""
        return self.review_due_on is not None and self.review_due_on < on


class Signed(models.Model):
    """A signature to the words that have this digest. Rows are added, never changed.

    Name and profession are copies, which later edits of the account do not change.
    """

    digest = models.CharField(max_length=64)
    name = models.CharField(max_length=150)
    profession = models.CharField(max_length=100)
    account = models.CharField(max_length=150)
    signed_at = models.DateTimeField()

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{self.name}, {self.profession}"


class Signature(Signed):
    """A clinician's signature to a row."""

    model = models.CharField(max_length=60, help_text="The signed table: nutrients.nutrient.")
    row = models.BigIntegerField(help_text="The primary key of the signed row.")

    class Meta:
        ordering = ["signed_at", "pk"]
        indexes = [models.Index(fields=["model", "row"], name="signature_row")]


class Keyed(models.Model):
    """A row with a natural key, which identifies it in fixtures and open data and never changes."""

    # The fields of the key, which has the slug of a related row.
    KEY: tuple[str, ...] = ("slug",)
    # The fields that editors cannot change once the row is saved, if they are not those of the key.
    FIXED: tuple[str, ...] | None = None
    # The texts that repeat the words of others, whose wording is not checked.
    QUOTED: tuple[str, ...] = ()
    # The related rows that are versioned, restored and signed with a row.
    CHILDREN: tuple[str, ...] = ()

    class Meta:
        abstract = True

    @classmethod
    def key_paths(cls) -> list[str]:
        """Return the lookup of each part of the key."""
        fields = map(cls._meta.get_field, cls.KEY)
        return [f"{field.name}__slug" if field.is_relation else field.name for field in fields]

    @classmethod
    def with_key(cls, key: Iterable[str]) -> Self | None:
        parts = dict(zip(cls.key_paths(), key, strict=True))
        return cls._base_manager.filter(**parts).first()

    def natural_key(self) -> tuple[str, ...]:
        return tuple(_key_part(getattr(self, name)) for name in self.KEY)


class RowReference:
    """A reference by model and natural key to a row that may not exist."""

    model: Any
    natural_key: Any

    @property
    def table(self) -> Any:
        return apps.get_model(self.model)

    @property
    def key(self) -> tuple[str, ...]:
        return tuple(json.loads(self.natural_key))

    def live_row(self) -> Any:
        return self.table.with_key(self.key)


def _key_part(value: Any) -> str:
    if isinstance(value, datetime):
        return value.isoformat()
    return str(value.slug if isinstance(value, Slugged) else value)


class Slugged(Keyed):
    slug = models.SlugField(
        max_length=80,
        unique=True,
        help_text="The public identifier in addresses. It cannot change once it is saved.",
    )

    class Meta:
        abstract = True
