"""What every row of public content shares: a slug, a state and its dates."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import date, datetime
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Any, Self, TypeVar

from django.apps import apps
from django.db import models
from django.db.models import Case, Q, Value, When
from django.db.models.query import ModelIterable
from django.urls import reverse
from django.utils import timezone

if TYPE_CHECKING:
    from .sources import Source


class Ranked(models.TextChoices):
    """Choices in an order that counts."""

    @cached_property
    def rank(self) -> int:
        """The place among the choices: 0 for the first."""
        return list(type(self)).index(self)


def reviewed(table: str) -> models.Index:
    """An index that tells whether any row was reviewed, of thousands that were not."""
    return models.Index(
        fields=["status", "publish_at"],
        condition=Q(reviewed_on__isnull=False),
        name=f"{table}_reviewed",
    )


def one_of(field: str, values: list[str], name: str) -> models.CheckConstraint:
    """A constraint: the field holds one of these values."""
    return models.CheckConstraint(condition=Q(**{f"{field}__in": values}), name=name)


def lines_of(text: str) -> list[str]:
    """The lines of a text that editors write an item a line, without empty ones."""
    return [line.strip() for line in text.splitlines() if line.strip()]


# A page names thirty rows, and the same ones are on every page; Django works each out again.
@lru_cache(maxsize=2_000)
def address_of(route: str, *parts: str) -> str:
    """The path of a row's page: `address_of("food", "almonds")`."""
    return reverse(f"nutrients:{route}", args=parts)


Row = TypeVar("Row", bound=models.Model)


def place_among(choices: type[models.TextChoices], field: str) -> Case:
    """The place of a field's value among its choices, to sort rows by."""
    return Case(*(When(**{field: choice}, then=place) for place, choice in enumerate(choices)))


def grouped(
    rows: Iterable[Row], choices: Iterable[models.TextChoices], field: str
) -> list[tuple[Any, list[Row]]]:
    """The rows by the choice that they have in a field; a choice without a row is left out."""
    held: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        held[getattr(row, field)].append(row)
    return [(choice, held[choice]) for choice in choices if choice in held]


class Status(models.TextChoices):
    """Whether the public may see a row."""

    DRAFT = "draft", "Draft, waiting for review"
    PUBLISHED = "published", "Published"


class Verification(models.TextChoices):
    """How far the main claim of a row was checked against what others publish."""

    TWO_PAGES = "two-pages", "Seen on two independent pages"
    ONE_PAGE = "one-page", "Seen on one page"
    UNVERIFIED = "unverified", "Not verified"


class _Cited(ModelIterable):
    """Rows with their lists `cited`. A source that many rows cite is built once: one query."""

    def __iter__(self) -> Iterator[Any]:
        queryset: Any = self.queryset
        link = queryset.model._meta.get_field("sources")
        owner = link.m2m_field_name()
        fields = ("id", "slug", "title", "publisher", "url", "read_form")
        rows = list(super().__iter__())
        cited: dict[int, list[Any]] = {row.pk: [] for row in rows}
        pairs = link.remote_field.through.objects.filter(**{f"{owner}__in": cited})
        pairs = pairs.order_by("source__title", "source__slug")
        sources: dict[int, Any] = {}
        columns = (f"{owner}_id", *(f"source__{name}" for name in fields))
        for pk, *values in pairs.values_list(*columns):
            if values[0] not in sources:
                sources[values[0]] = link.related_model.from_db(pairs.db, fields, values)
            cited[pk].append(sources[values[0]])
        for row in rows:
            row.cited = cited[row.pk]
            yield row


class PublishableQuerySet(models.QuerySet[Any]):
    """Rows with a state and a date from which they show."""

    def published(self, *, at: datetime) -> Self:
        """Rows that the public may see at the moment `at`, each with that day as `shown_on`."""
        rows = self.filter(status=Status.PUBLISHED, publish_at__lte=at)
        day = Value(timezone.localdate(at), output_field=models.DateField())
        return rows.annotate(shown_on=day)

    def joined(self, relation: str, *fields: str) -> Self:
        """Rows with these fields of a row that they point to, asked for in the same query."""
        other: Any = self.model._meta.get_field(relation).related_model
        unasked = {field.name for field in other._meta.concrete_fields} - {"id", *fields}
        return self.select_related(relation).defer(*(f"{relation}__{name}" for name in unasked))

    def with_sources(self) -> Self:
        """Rows with what pages print of their sources, as the list `cited`, by title."""
        rows: Any = self.all()
        rows._iterable_class = _Cited
        return rows


def overdue_on(day: date) -> Q:
    """The one rule: a review is overdue from the day after it fell due."""
    return Q(review_due_on__lt=day)


class Publishable(models.Model):
    """State, verification and the dates that are kept apart: published, changed, reviewed, due."""

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

    # What rows of `published` have, and those of `with_sources`. A page that forgot to ask for the
    # day fails in a test: no row passes for reviewed.
    shown_on: date
    cited: list[Source]

    class Meta:
        abstract = True
        constraints = [
            one_of("status", Status.values, "%(class)s_status_known"),
            one_of("verification", Verification.values, "%(class)s_verification_known"),
            models.CheckConstraint(
                condition=Q(reviewed_on__isnull=True, reviewed_by="")
                | (Q(reviewed_on__isnull=False) & ~Q(reviewed_by="")),
                name="%(class)s_review_complete",
                violation_error_message="Give both the review date and who reviewed, or neither.",
            ),
        ]
        indexes = [
            models.Index(fields=["status", "publish_at"], name="%(class)s_published"),
        ]

    def is_published(self, *, at: datetime) -> bool:
        """Whether the public may see this row at the moment `at`."""
        return self.status == Status.PUBLISHED and self.publish_at <= at

    @property
    def overdue_since(self) -> date | None:
        """When the review fell due, if it is overdue on the day the row is shown."""
        return self.review_due_on if self.is_overdue(on=self.shown_on) else None

    def is_overdue(self, *, on: date) -> bool:
        """Whether the next review fell due before the day `on`, as `overdue_on` asks for rows."""
        return self.review_due_on is not None and self.review_due_on < on


class Signed(models.Model):
    """Somebody agreed to words, of which `words` is the digest. Rows are added, never changed.

    Name and profession are kept as they were then.
    """

    words = models.CharField(max_length=64)
    name = models.CharField(max_length=150)
    profession = models.CharField(max_length=100)
    account = models.CharField(max_length=150)
    signed_at = models.DateTimeField()

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{self.name}, {self.profession}"


class Signature(Signed):
    """A clinician read a row and agreed to it."""

    model = models.CharField(max_length=60, help_text="The signed table: nutrients.nutrient.")
    row = models.BigIntegerField(help_text="The primary key of the signed row.")

    class Meta:
        ordering = ["signed_at", "pk"]
        indexes = [models.Index(fields=["model", "row"], name="signature_row")]


class Keyed(models.Model):
    """A row with a natural key, which names it in fixtures and in open data and never changes."""

    # The fields that make the key; of a related row its slug counts.
    KEY: tuple[str, ...] = ("slug",)

    class Meta:
        abstract = True

    @classmethod
    def key_paths(cls) -> list[str]:
        """The lookup of each part of the key."""
        fields = map(cls._meta.get_field, cls.KEY)
        return [f"{field.name}__slug" if field.is_relation else field.name for field in fields]

    @classmethod
    def with_key(cls, key: Iterable[str]) -> Self | None:
        """The row with this natural key; None if there is none."""
        parts = dict(zip(cls.key_paths(), key, strict=True))
        return cls._base_manager.filter(**parts).first()

    def natural_key(self) -> tuple[str, ...]:
        return tuple(_key_part(getattr(self, name)) for name in self.KEY)


class NamesRow:
    """Another row by its model and natural key, as fixtures name it: it may be gone, or to come."""

    model: Any
    natural_key: Any

    @property
    def table(self) -> Any:
        return apps.get_model(self.model)

    @property
    def key(self) -> tuple[str, ...]:
        return tuple(json.loads(self.natural_key))

    def live_row(self) -> Any:
        """The row as readers have it; None if there is none."""
        return self.table.with_key(self.key)


def _key_part(value: Any) -> str:
    if isinstance(value, datetime):
        return value.isoformat()
    return str(value.slug if isinstance(value, Slugged) else value)


class Slugged(Keyed):
    """A row with a stable public identifier."""

    slug = models.SlugField(
        max_length=80,
        unique=True,
        help_text="The public identifier in addresses. It cannot change once it is saved.",
    )

    class Meta:
        abstract = True
