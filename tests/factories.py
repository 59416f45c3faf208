"""Published rows with as few fields as the models allow."""

from datetime import UTC, datetime, timedelta

from model_bakery import baker

from nutrients.models import (
    Association,
    FoodSource,
    Interaction,
    Nutrient,
    NutrientAmount,
    OtherCause,
    RedFlag,
    RedFlagRule,
    RiskEffect,
    RiskFactor,
    SafetyCase,
    Source,
    Symptom,
    Unit,
)

# A day to come, as forms send it.
LATER = f"{datetime.now(UTC) + timedelta(days=90):%Y-%m-%d}"
PUBLISHED = {"status": "published", "publish_at": datetime(2026, 1, 1, tzinfo=UTC)}


def _published(model, slug, fields, **defaults):
    """Return a published row whose name is its slug in words, with these fields or the defaults."""
    name = slug.replace("-", " ").capitalize()
    return baker.make(model, slug=slug, **(PUBLISHED | {"name": name} | defaults | fields))


def nutrient(slug, **fields):
    words = {"low_phrase": f"Low {slug}", "high_phrase": f"Too much {slug}", "kind": "mineral"}
    words |= {"symbol": slug[:2].capitalize(), "unit": Unit.MG}
    return _published(Nutrient, slug, fields, daily_value=100, reference_value=100, **words)


def symptom(slug, **fields):
    words = {"body_area": "muscles", "urgency": "self-care", "is_common": True}
    return _published(Symptom, slug, fields, help_note="See a doctor if it lasts.", **words)


def association(of, sign, **fields):
    grades = {"relation": "deficiency", "typicality": "common", "evidence": "strong"}
    return baker.make(Association, nutrient=of, symptom=sign, **(PUBLISHED | grades | fields))


def risk(slug, lowers=(), raises=(), **fields):
    row = _published(RiskFactor, slug, fields, kind="lifestyle", is_common=True)
    for direction, nutrients in (("lowers", lowers), ("raises", raises)):
        for of in nutrients:
            words = {"direction": direction, "reason": f"It {direction} it."}
            baker.make(RiskEffect, risk_factor=row, nutrient=of, **words)
    return row


def cause(slug, symptoms=(), **fields):
    words = {"kind": "stimulant", "is_common": True, "is_asked": True}
    return _published(OtherCause, slug, fields, symptoms=symptoms, **words)


def flag(slug, level, **fields):
    words = {"sign": slug.replace("-", " ").capitalize(), "is_asked": True}
    words |= {"tick_label": f"Tick for {slug}", "action": f"Act on {slug}."}
    return baker.make(RedFlag, slug=slug, level=level, **(PUBLISHED | words | fields))


def rule(raises, symptoms=(), risks=(), causes=()):
    links = {"symptoms": symptoms, "risk_factors": risks, "other_causes": causes}
    return baker.make(RedFlagRule, slug=f"{raises.slug}-rule", red_flag=raises, **links)


def food(slug, of, per_100g, **fields):
    row = _published(FoodSource, slug, fields, serving_grams=100, serving_description="1 bowl")
    baker.make(NutrientAmount, food=row, nutrient=of, per_100g=per_100g)
    return row


def interaction(slug, risks=(), **fields):
    words = {"item_a": slug, "item_b": "something", "kind": "drug-nutrient"}
    words |= {"severity": "important", "risk_factors": risks}
    return baker.make(Interaction, slug=slug, **(PUBLISHED | words | fields))


def source(slug="a-source"):
    words = {"title": slug.capitalize(), "publisher": "A publisher", "kind": "government"}
    return baker.make(Source, slug=slug, url="https://example.org/", **words)


def case(slug, symptoms=(), suggest=(), warn=(), **fields):
    words = {"title": slug.capitalize(), "group": "picture", "level": "self-care"}
    words |= {"symptoms": symptoms, "must_suggest": suggest, "must_warn": warn}
    return baker.make(SafetyCase, slug=slug, **({"status": "published"} | words | fields))
