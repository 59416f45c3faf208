"""Deletions: the rows that each deletes, those that lose a link, and those that prevent it."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from textwrap import shorten
from typing import Any

from django.contrib.admin.utils import NestedObjects
from django.db import router, transaction
from django.db.models import ProtectedError
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.text import capfirst
from reversion import create_revision, is_registered, set_comment, set_user

from nutrients.content.checking import MARKDOWN
from nutrients.content.fixtures import NEEDS_ALL_LINKS
from nutrients.content.tables import by_table, foreign_keys, reviewed_models
from nutrients.content.versions import parents, record, record_first, touch_owners, write_revision
from nutrients.models import ArticleSection, Picture, Publishable, Source, SourceKind, Status
from nutrients.prose import cited_slugs, split

from .screens import row_link

MAX_NAMES_LENGTH = 100
# Why a row prevents a deletion, and what to do about it.
NAMES_LESS = "It would be raised more easily if it named less: change or delete the rule first."
LAST_SOURCE = "It is published and has no other source: give it one first."
CITES = "Its text cites the source: cite another there first."
SHOWS = "Its text shows the picture: take it out there first."


class Deletion:
    """The deletion of some rows of one table. Nothing changes before `execute`."""

    def __init__(self, rows: Sequence[Any]) -> None:
        self._rows = rows
        # All rows that go, by model: those of many-to-many tables too.
        self._deleted: dict[Any, Collection[Any]] = {}
        if rows:
            collector = NestedObjects(using=router.db_for_write(type(rows[0])), origin=rows)
            collector.collect(rows)
            self._deleted = {**collector.data}

    @cached_property
    def unlinked_rows(self) -> list[Any]:
        """Return the rows that stay and lose a link."""
        pks: dict[Any, set[Any]] = defaultdict(set)
        for through, links in self._deleted.items():
            if model := through._meta.auto_created:
                column = f"{model._meta.model_name}_id"
                deleted = {row.pk for row in self._deleted.get(model, ())}
                pks[model] |= {getattr(link, column) for link in links} - deleted
        return [row for model in pks for row in _named_rows(model, pks[model])]

    def blockers(self) -> list[tuple[Any, str]]:
        """Return the rows that prevent the deletion, each with the reason."""
        sources = [row for row in self._rows if isinstance(row, Source)]
        pictures = {row.slug for row in self._rows if isinstance(row, Picture)}
        rules = [row for row in self.unlinked_rows if row._meta.label_lower in NEEDS_ALL_LINKS]
        return [
            *((rule, NAMES_LESS) for rule in rules),
            *(_rows_needing(sources) if sources else ()),
            *(_sections_showing(pictures) if pictures else ()),
        ]

    def execute(self, *, user: Any) -> None:
        """Delete the rows. One revision stores all rows concerned before it, another one after it.

        Raises ProtectedError if a row prevents it.
        """
        if not self._rows:
            return
        if blockers := self.blockers():
            raise ProtectedError(describe_blockers(blockers), {row for row, _ in blockers})
        deleted: list[Any] = []
        for model, rows in self._deleted.items():
            if is_registered(model):
                # The collector defers columns.
                deleted += _named_rows(model, [row.pk for row in rows])
        unlinked = self.unlinked_rows
        names = ", ".join(f"{row._meta.verbose_name} “{row}”" for row in self._rows)
        names = shorten(names, MAX_NAMES_LENGTH, placeholder=" …")
        with transaction.atomic():
            record_first(parents(self._rows))
            write_revision([*deleted, *unlinked], f"Before this was deleted: {names}", user=user)
            table = type(self._rows[0])._base_manager
            table.filter(pk__in=[row.pk for row in self._rows]).delete()
            with create_revision():
                set_user(user)
                set_comment(f"Deleted: {names}")
                at = timezone.now()
                for model, pks in by_table((type(row), row.pk) for row in unlinked).items():
                    if issubclass(model, Publishable):
                        model._base_manager.filter(pk__in=pks).update(changed_at=at)
                touch_owners(deleted, at=at)
                record([*unlinked, *self._rows], at=at)


def describe_blockers(blockers: Sequence[tuple[Any, str]]) -> str:
    """Return a sentence that says why rows are not deleted."""
    names = ", ".join(f"{row._meta.verbose_name} “{row}”" for row, _ in blockers)
    reasons = " ".join(dict.fromkeys(reason for _, reason in blockers))
    return f"Not deleted, because it is needed: {names}. {reasons}"


def _rows_needing(sources: Sequence[Source]) -> Iterator[tuple[Any, str]]:
    """Yield published rows without any other outside source, and rows whose texts cite these."""
    others = Source.objects.exclude(pk__in=[source.pk for source in sources])
    others = others.exclude(kind=SourceKind.EDITORIAL)
    for model in reviewed_models():
        if any(field.name == "sources" for field in model._meta.many_to_many):
            rows = model._default_manager
            sourced = rows.filter(sources__in=others).values("pk")
            losing = rows.filter(status=Status.PUBLISHED, sources__in=sources)
            losing = losing.exclude(pk__in=sourced).select_related(*foreign_keys(model)).distinct()
            yield from ((row, LAST_SOURCE) for row in losing)
    for row, _ in rows_citing({source.slug for source in sources}):
        yield row, CITES


def _sections_showing(pictures: Collection[str]) -> Iterator[tuple[ArticleSection, str]]:
    for row in ArticleSection.objects.filter(body__contains="[[picture").select_related("article"):
        blocks = (block for block in split(row.body) if block.kind == "picture")
        if any(block.argument in pictures for block in blocks):
            yield row, SHOWS


def rows_citing(slugs: Collection[str]) -> Iterator[tuple[Any, str]]:
    """Yield the rows whose texts cite one of these sources, each with the name of the field."""
    for model, name in MARKDOWN:
        for row in model.objects.filter(**{f"{name}__contains": "[@"}).select_related():
            if not set(slugs).isdisjoint(cited_slugs(getattr(row, name))):
                yield row, name


def _named_rows(model: Any, pks: Collection[Any]) -> Any:
    """Return rows with the related rows that their names include."""
    return model._default_manager.filter(pk__in=pks).select_related(*foreign_keys(model))


def linked_name(row: Any) -> SafeString:
    """Return the kind and name of a row with a link to its form, as Django lists deleted rows."""
    link = row_link(type(row), row.pk, row)
    return format_html("{}: {}", capfirst(row._meta.verbose_name), link)


def is_link(kind: str) -> bool:
    """Return whether a verbose name is one that Django gives to many-to-many tables."""
    return kind.endswith((" relationship", " relationships"))


def without_links(rows: list[Any]) -> list[Any]:
    """Return a nested list of rows, each written “Kind: name”, without many-to-many rows."""
    return [
        without_links(row) if isinstance(row, list) else row
        for row in rows
        if isinstance(row, list) or not is_link(str(row).partition(": ")[0])
    ]
