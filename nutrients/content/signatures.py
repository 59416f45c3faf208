"""Signatures: a row shows its reviewer only while it has the words that were signed."""

import hashlib
import json
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db import models
from django.utils import timezone
from django.utils.text import capfirst

from nutrients.models import Publishable, Signature

# Fields about a row, which are not signed.
NOT_SIGNED = {
    *("id", "status", "publish_at", "changed_at", "verification", "position"),
    *("reviewed_on", "reviewed_by", "review_due_on"),
}
LabelledTexts = list[tuple[str, str]]


def signed_texts(row: Any) -> LabelledTexts:
    """Return label and text of each field of a row and its children, as the database has them."""
    row = type(row)._base_manager.get(pk=row.pk)
    texts = _fields(row)
    for name in row.CHILDREN:
        link = row._meta.get_field(name)
        if not issubclass(link.related_model, Publishable):
            for child in getattr(row, name).order_by("pk"):
                texts += [(f"{child}: {label}", text) for label, text in _fields(child, link.field)]
    return texts


def _fields(row: Any, exclude: Any = None) -> LabelledTexts:
    texts = []
    for field in row._meta.concrete_fields:
        if field.name not in NOT_SIGNED and field is not exclude:
            value = getattr(row, field.name)
            value = dict(field.flatchoices).get(value, value)
            texts.append((capfirst(field.verbose_name), "" if value is None else str(value)))
    for field in row._meta.many_to_many:
        names = sorted(map(str, getattr(row, field.name).all()))
        texts.append((capfirst(field.verbose_name), "; ".join(names)))
    return texts


def digest(texts: LabelledTexts) -> str:
    return hashlib.sha256(json.dumps(texts).encode()).hexdigest()


def signatures_of(row: models.Model) -> models.QuerySet[Signature]:
    return Signature.objects.filter(model=row._meta.label_lower, row=row.pk)


def sign(rows: Iterable[Any], *, name: str, profession: str, account: str, at: datetime) -> None:
    """Sign the words that rows have now. `update_reviewers` then shows the name."""
    Signature.objects.bulk_create(
        Signature(
            model=row._meta.label_lower,
            row=row.pk,
            digest=digest(signed_texts(row)),
            name=name,
            profession=profession,
            account=account,
            signed_at=at,
        )
        for row in rows
    )


def update_reviewers(rows: Iterable[Any]) -> None:
    """Show on changed rows the reviewer who signed their present words, or none."""
    for row in rows:
        if not (isinstance(row, Publishable) and row.pk):
            continue
        signed = list(signatures_of(row))
        saved = type(row)._base_manager.filter(pk=row.pk)
        if (signed or row.reviewed_by) and saved.exists():
            current = digest(signed_texts(row))
            valid = [signature for signature in signed if signature.digest == current]
            row.reviewed_on = timezone.localdate(valid[-1].signed_at) if valid else None
            row.reviewed_by = str(valid[-1])[:200] if valid else ""
            saved.update(reviewed_on=row.reviewed_on, reviewed_by=row.reviewed_by)
