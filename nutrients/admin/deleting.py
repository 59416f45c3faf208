"""Deletions: what one takes along, which rows lose a link to it, and which need that link."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from textwrap import shorten
from typing import Any

from django.apps import apps
from django.contrib.admin.utils import NestedObjects
from django.db import router, transaction
from django.db.models import ProtectedError
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.text import capfirst
from reversion import create_revision, is_registered, set_comment, set_user
from reversion.admin import VersionAdmin

from nutrients.content.fixtures import NEEDS_ALL_LINKS
from nutrients.content.versions import (
    by_table,
    parents,
    record,
    record_first,
    touch_owners,
    write_revision,
)
from nutrients.models import (
    Article,
    ArticleSection,
    NutrientDetail,
    Picture,
    Publishable,
    Source,
    SourceKind,
    Status,
)
from nutrients.prose import cited_slugs, split

from .rows import row_link

LONGEST_NAMES = 100
# Why a row keeps another from being deleted, and what to do about it.
NAMES_LESS = "It would be raised more easily if it named less: change or delete the rule first."
LAST_SOURCE = "It is published and has no other source: give it one first."
CITES = "Its text cites the source: cite another there first."
SHOWS = "Its text shows the picture: take it out there first."
TEXTS = ((Article, "short_answer"), (ArticleSection, "body"), (NutrientDetail, "body"))


class Deletion:
    """What deleting some rows of one table would do. It is read once, and changes nothing."""

    def __init__(self, rows: Sequence[Any]) -> None:
        self._rows = rows
        self._going: dict[Any, Collection[Any]] = {}
        if rows:
            found = NestedObjects(using=router.db_for_write(type(rows[0])), origin=rows)
            found.collect(rows)
            self._going = {**found.data}
        self._losing = dict(self._losses())

    def _losses(self) -> Iterator[tuple[Any, set[Any]]]:
        """Each many-to-many field that loses links, with the keys of the rows that stay."""
        for through, links in self._going.items():
            if owner := through._meta.auto_created:
                fields = owner._meta.local_many_to_many
                field = next(one for one in fields if one.remote_field.through is through)
                going = {row.pk for row in self._going.get(owner, ())}
                own = f"{field.m2m_field_name()}_id"
                if staying := {getattr(link, own) for link in links} - going:
                    yield field, staying

    def loosened(self) -> list[Any]:
        """The rows that stay and lose a link, with what their names need."""
        return _fetched(self._losing)

    def needing(self) -> list[tuple[Any, str]]:
        """The rows that keep these from being deleted, each with the reason."""
        rules = {
            field: pks
            for field, pks in self._losing.items()
            if field.model._meta.label_lower in NEEDS_ALL_LINKS
        }
        sources = [row for row in self._rows if isinstance(row, Source)]
        pictures = {row.slug for row in self._rows if isinstance(row, Picture)}
        needing = [(rule, NAMES_LESS) for rule in _fetched(rules)]
        return [*needing, *_resting_on(sources), *((row, SHOWS) for row in _showing(pictures))]

    def make(self, *, user: Any) -> None:
        """Delete: one revision keeps what goes and what loses a link, as all was before.

        Another keeps what changed by it. Raises ProtectedError where a row needs what would go.
        """
        if not self._rows:
            return
        if needing := self.needing():
            raise ProtectedError(refusal(needing), {row for row, _ in needing})
        going: list[Any] = []
        for model, rows in self._going.items():
            if is_registered(model):
                whole = model._base_manager.filter(pk__in=[row.pk for row in rows])
                going += whole.select_related(*foreign_keys(model))
        loosened = self.loosened()
        names = ", ".join(f"{row._meta.verbose_name} “{row}”" for row in self._rows)
        names = shorten(names, LONGEST_NAMES, placeholder=" …")
        with transaction.atomic():
            record_first(parents(self._rows))
            write_revision([*going, *loosened], f"Before this was deleted: {names}", user=user)
            table = type(self._rows[0])._base_manager
            table.filter(pk__in=[row.pk for row in self._rows]).delete()
            with create_revision():
                set_user(user)
                set_comment(f"Deleted: {names}")
                at = timezone.now()
                for model, pks in by_table((type(row), row.pk) for row in loosened).items():
                    if issubclass(model, Publishable):
                        model._base_manager.filter(pk__in=pks).update(changed_at=at)
                touch_owners(going, at=at)
                record([*loosened, *self._rows], at=at)


def reviewed_tables() -> list[Any]:
    models = apps.get_app_config("nutrients").get_models()
    return [model for model in models if issubclass(model, Publishable)]


def foreign_keys(model: Any) -> list[str]:
    """The names of the foreign keys of a table: rows may be named after what they point at."""
    return [field.name for field in model._meta.concrete_fields if field.many_to_one]


def refusal(needing: Iterable[tuple[Any, str]]) -> str:
    """Why rows that others need are not deleted, in plain words."""
    needing = list(needing)
    names = ", ".join(f"{row._meta.verbose_name} “{row}”" for row, _ in needing)
    reasons = " ".join(dict.fromkeys(reason for _, reason in needing))
    return f"Not deleted, because it is needed: {names}. {reasons}"


def _resting_on(sources: Sequence[Source]) -> Iterator[tuple[Any, str]]:
    """The published rows that would have no outside source without these, and texts that cite."""
    if not sources:
        return
    others = Source.objects.exclude(pk__in=[one.pk for one in sources])
    others = others.exclude(kind=SourceKind.EDITORIAL)
    for model in reviewed_tables():
        if any(field.name == "sources" for field in model._meta.many_to_many):
            rows = model._default_manager
            sourced = rows.filter(sources__in=others).values("pk")
            losing = rows.filter(status=Status.PUBLISHED, sources__in=sources)
            losing = losing.exclude(pk__in=sourced).select_related(*foreign_keys(model)).distinct()
            yield from ((row, LAST_SOURCE) for row in losing)
    for row, _ in citing({one.slug for one in sources}):
        yield row, CITES


def _showing(pictures: Collection[str]) -> Iterator[ArticleSection]:
    """The sections that show one of these pictures."""
    rows = ArticleSection.objects.filter(body__contains="[[picture").select_related("article")
    for row in rows if pictures else ():
        if any(one.kind == "picture" and one.argument in pictures for one in split(row.body)):
            yield row


def citing(slugs: Collection[str]) -> Iterator[tuple[Any, str]]:
    """The rows whose texts cite one of these sources, each with the name of the text."""
    for model, name in TEXTS:
        rows: Any = model
        for row in rows.objects.filter(**{f"{name}__contains": "[@"}).select_related():
            if not set(slugs).isdisjoint(cited_slugs(getattr(row, name))):
                yield row, name


def _fetched(losing: Mapping[Any, Collection[Any]]) -> list[Any]:
    """The rows of these many-to-many fields with these keys, each once."""
    keys: dict[Any, set[Any]] = defaultdict(set)
    for field, pks in losing.items():
        keys[field.model].update(pks)
    return [
        row
        for model, pks in keys.items()
        for row in model._default_manager.filter(pk__in=pks).select_related(*foreign_keys(model))
    ]


class NamedDeletionMixin(VersionAdmin):
    """Says before a deletion what goes, what only loses a link, and what stands in the way.

    Rows of many-to-many links are left out of what goes: they have no screen and no name.
    """

    def get_deleted_objects(self: Any, objs: Any, request: Any) -> Any:
        """Django's list, counts, missing permissions and protected rows, and rows that need one."""
        rows, counts, missing, protected = super().get_deleted_objects(objs, request)
        models = apps.get_app_config("nutrients").get_models(include_auto_created=True)
        links = [model._meta for model in models if model._meta.auto_created]
        kinds = {capfirst(str(link.verbose_name)) for link in links}
        plurals = {link.verbose_name_plural for link in links}
        kept = {kind: number for kind, number in counts.items() if kind not in plurals}
        deletion = Deletion(list(objs))
        # For the page, which Django draws.
        request.loosened = [_listed(row) for row in deletion.loosened()]
        needing = [
            format_html("{}. {}", _listed(row), reason) for row, reason in deletion.needing()
        ]
        return _named(rows, kinds), kept, missing, [*protected, *needing]


def _listed(row: Any) -> SafeString:
    """A row with a link to its form, as Django lists what would be deleted."""
    link = row_link(row._meta.label_lower, row.pk, row)
    return format_html("{}: {}", capfirst(row._meta.verbose_name), link)


def _named(rows: list[Any], kinds: set[str]) -> list[Any]:
    """The nested list without the rows of these kinds, each written “Kind: name”."""
    return [
        _named(row, kinds) if isinstance(row, list) else row
        for row in rows
        if isinstance(row, list) or str(row).partition(": ")[0] not in kinds
    ]
