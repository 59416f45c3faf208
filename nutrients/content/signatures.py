"""Signatures: a reviewer's name is shown only while the row has the words that were signed."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.text import capfirst

from nutrients.models import Publishable, Signature

# What is kept, brought back and signed with a row. An amount goes with its food alone: a nutrient
# has thousands once the USDA's foods are imported.
CHILDREN = {
    "article": ["sections"],
    "foodsource": ["amounts", "portions"],
    "nutrient": ["associations", "details", "intakes"],
    "question": ["answers"],
    "redflag": ["rules"],
    "riskfactor": ["effects"],
    "symptom": ["associations"],
}
# What is said about a row, and not by it.
NOT_WORDS = {
    *("id", "status", "publish_at", "changed_at", "verification", "position"),
    *("reviewed_on", "reviewed_by", "review_due_on"),
}
Words = list[tuple[str, str]]


def words_of(row: Any) -> Words:
    """Give what a row and the rows of its page say, each with its label, as the database has it."""
    row = type(row)._base_manager.get(pk=row.pk)
    words = _fields(row)
    for name in CHILDREN.get(row._meta.model_name, ()):
        link = row._meta.get_field(name)
        if not issubclass(link.related_model, Publishable):
            for child in getattr(row, name).order_by("pk"):
                words += [(f"{child}: {label}", text) for label, text in _fields(child, link.field)]
    return words


def _fields(row: Any, but: Any = None) -> Words:
    words = []
    for field in row._meta.concrete_fields:
        if field.name not in NOT_WORDS and field is not but:
            value = getattr(row, field.attname if not field.is_relation else field.name)
            value = dict(field.flatchoices).get(value, value)
            words.append((capfirst(field.verbose_name), "" if value is None else str(value)))
    for field in row._meta.many_to_many:
        names = sorted(map(str, getattr(row, field.name).all()))
        words.append((capfirst(field.verbose_name), "; ".join(names)))
    return words


def digest(words: Words) -> str:
    return hashlib.sha256(json.dumps(words).encode()).hexdigest()


def signatures_of(row: Any) -> Any:
    return Signature.objects.filter(model=row._meta.label_lower, row=row.pk)


def sign(rows: Iterable[Any], *, name: str, profession: str, account: str, at: datetime) -> None:
    """Sign the words that rows have now. `renew` shows the name; the caller keeps a version."""
    Signature.objects.bulk_create(
        Signature(
            model=row._meta.label_lower,
            row=row.pk,
            words=digest(words_of(row)),
            name=name,
            profession=profession,
            account=account,
            signed_at=at,
        )
        for row in rows
    )


def renew(rows: Iterable[Any]) -> None:
    """Give rows that were changed the reviewer who signed their present words, or none."""
    for row in rows:
        if not (isinstance(row, Publishable) and row.pk):
            continue
        signed = list(signatures_of(row))
        saved = type(row)._base_manager.filter(pk=row.pk)
        if (signed or row.reviewed_by) and saved.exists():
            words = digest(words_of(row))
            fitting = [signature for signature in signed if signature.words == words]
            row.reviewed_on = timezone.localdate(fitting[-1].signed_at) if fitting else None
            row.reviewed_by = str(fitting[-1])[:200] if fitting else ""
            saved.update(reviewed_on=row.reviewed_on, reviewed_by=row.reviewed_by)
