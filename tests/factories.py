"""Published rows with as few fields as the models allow."""

from datetime import UTC, datetime

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
    RiskFactor,
    SafetyCase,
    Source,
    Symptom,
    Unit,
)

PUBLISHED = {"status": "published", "publish_at": datetime(2026, 1, 1, tzinfo=UTC)}


def nutrient(slug, **fields):
    name = slug.replace("-", " ").capitalize()
    words = {"low_phrase": f"Low {slug}", "high_phrase": f"Too much {slug}", "kind": "mineral"}
    words |= {"name": name, "symbol": name[:2], "unit": Unit.MG}
    words |= {"daily_value": 100, "reference_value": 100}
    return baker.make(Nutrient, slug=slug, **(PUBLISHED | words | fields))


def symptom(slug, **fields):
    words = {"name": slug.replace("-", " ").capitalize(), "body_area": "muscles"}
    words |= {"urgency": "self-care", "is_common": True, "help_note": "See a doctor if it lasts."}
    return baker.make(Symptom, slug=slug, **(PUBLISHED | words | fields))


def association(of, sign, **fields):
    grades = {"relation": "deficiency", "typicality": "common", "evidence": "strong"}
    return baker.make(Association, nutrient=of, symptom=sign, **(PUBLISHED | grades | fields))


def risk(slug, lowers=(), raises=(), **fields):
    words = {"name": slug.replace("-", " ").capitalize(), "kind": "lifestyle", "is_common": True}
    row = baker.make(RiskFactor, slug=slug, **(PUBLISHED | words | fields))
    row.lowers.set(lowers)
    row.raises.set(raises)
    return row


def cause(slug, symptoms=(), **fields):
    words = {"name": slug.replace("-", " ").capitalize(), "kind": "stimulant"}
    words |= {"is_common": True, "is_asked": True}
    row = baker.make(OtherCause, slug=slug, **(PUBLISHED | words | fields))
    row.symptoms.set(symptoms)
    return row


def flag(slug, level, **fields):
    words = {"sign": slug.replace("-", " ").capitalize(), "is_asked": True}
    words |= {"tick_label": f"Tick for {slug}", "action": f"Act on {slug}."}
    return baker.make(RedFlag, slug=slug, level=level, **(PUBLISHED | words | fields))


def rule(raises, symptoms=(), risks=(), causes=()):
    row = baker.make(RedFlagRule, slug=f"{raises.slug}-rule", red_flag=raises)
    row.symptoms.set(symptoms)
    row.risk_factors.set(risks)
    row.other_causes.set(causes)
    return row


def food(slug, of, per_100g, **fields):
    words = {"name": slug.replace("-", " ").capitalize(), "serving_grams": 100}
    row = baker.make(
        FoodSource, slug=slug, serving_description="1 bowl", **(PUBLISHED | words | fields)
    )
    baker.make(NutrientAmount, food=row, nutrient=of, per_100g=per_100g)
    return row


def interaction(slug, risks=(), **fields):
    words = {
        "item_a": slug,
        "item_b": "something",
        "kind": "drug-nutrient",
        "severity": "important",
    }
    row = baker.make(Interaction, slug=slug, **(PUBLISHED | words | fields))
    row.risk_factors.set(risks)
    return row


def source(slug="a-source"):
    words = {"title": slug.capitalize(), "publisher": "A publisher", "kind": "government"}
    return baker.make(Source, slug=slug, url="https://example.org/", **words)


def case(slug, symptoms=(), suggest=(), warn=(), **fields):
    words = {"title": slug.capitalize(), "group": "picture", "level": "self-care"}
    row = baker.make(SafetyCase, slug=slug, **({"status": "published"} | words | fields))
    row.symptoms.set(symptoms)
    row.must_suggest.set(suggest)
    row.must_warn.set(warn)
    return row
