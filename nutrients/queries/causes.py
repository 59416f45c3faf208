"""Causes that are not nutrients, and what lowers or raises nutrients."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from nutrients.models import OtherCause, RiskFactor


def other_causes(*, at: datetime, symptoms: Iterable[str] | None = None) -> list[OtherCause]:
    """Published causes that are not nutrients, common ones first.

    With `symptoms` (slugs) only the causes of any of them.
    """
    causes = OtherCause.objects.published(at=at)
    if symptoms is not None:
        causes = causes.filter(symptoms__slug__in=list(symptoms)).distinct()
    return list(causes.order_by("-is_common", "position", "name").prefetch_related("symptoms"))


def risk_factors(*, at: datetime) -> list[RiskFactor]:
    """Published risk factors with the nutrients they lower and raise, common ones first."""
    rows = RiskFactor.objects.published(at=at).prefetch_related("lowers", "raises")
    return list(rows.order_by("-is_common", "position", "name"))
