"""The tables of nutrients, symptoms, the evidence between them, and daily needs."""

from __future__ import annotations

from nutrients.models import (
    Accent,
    BodyArea,
    Evidence,
    LifeStatus,
    LimitStatus,
    NutrientKind,
    ReferenceType,
    Relation,
    Sex,
    Typicality,
    Unit,
    Urgency,
)

from . import columns as c

NUTRIENTS = c.Table(
    "nutrients",
    "Nutrients",
    "a mineral or vitamin",
    (
        c.key("The nutrient’s stable identifier."),
        c.address(),
        c.text("name", "Its name."),
        c.text("symbol", "Its symbol of one to four characters."),
        c.text("also_known_as", "Other names, separated by commas."),
        c.choice("kind", "The group it is listed in.", NutrientKind),
        c.yes_no("is_electrolyte", "Whether it is an electrolyte, whatever its group."),
        c.yes_no("is_featured", "Whether it is one of the core nutrients of the site."),
        c.number("position", "Its place in lists: the lowest comes first."),
        c.choice("accent", "The colour that stands for it on the site.", Accent),
        c.text("tagline", "What it does, in under ten words."),
        c.text("job", "Its job in muscle and nerve."),
        c.text("why_low_matters", "Why too little of it can make muscles move."),
        c.text("low_phrase", "How a sentence about too little of it begins."),
        c.text("high_phrase", "How a sentence about too much of it begins."),
        c.text("deficiency_name", "The clinical name of its lack."),
        c.text("excess_name", "The clinical name of its excess; empty where there is none."),
        c.text("usual_causes_of_low", "The usual reasons for too little."),
        c.text("food_summary", "Food groups that hold it."),
        c.choice("unit", "The unit of its amounts in every table. 1 mg is 1,000 mcg.", Unit),
        c.number("daily_value", "US FDA Daily Value, adults and children from 4 years.", "unit"),
        c.number(
            "upper_limit", "Upper limit a day, 19 to 30 years; empty: none.", "upper_limit_unit"
        ),
        c.choice("upper_limit_unit", "The unit of the upper limit, which may differ.", Unit),
        c.text("upper_limit_note", "To what the upper limit applies."),
        c.text("excess_signs", "Signs of too much."),
        c.text("test_used", "The blood test used, and its limits."),
        c.ids("sources", c.SOURCES),
        *c.checked(),
    ),
)

SYMPTOMS = c.Table(
    "symptoms",
    "Symptoms",
    "a sign that a reader may notice or a clinician may find",
    (
        c.key("The symptom’s stable identifier."),
        c.address(),
        c.text("name", "Its plain name."),
        c.text("sentence_name", "The name inside a sentence, where the plain one reads badly."),
        c.text("clinical_term", "What clinicians call it."),
        c.text("also_known_as", "Other everyday words, separated by commas."),
        c.text("description", "What a reader notices."),
        c.choice("body_area", "Where it is noticed.", BodyArea),
        c.choice("urgency", "How soon this sign alone needs a person.", Urgency),
        c.text("help_note", "What would make it more urgent."),
        c.yes_no("is_noticeable", "False where only an examination finds it."),
        c.yes_no("is_common", "Whether lists show it first."),
        c.number("position", "Its place within its body area: the lowest comes first."),
        c.ids("sources", c.SOURCES),
        *c.checked(),
    ),
)

ASSOCIATIONS = c.Table(
    "associations",
    "Evidence",
    "one nutrient with one symptom in one relation",
    (
        c.key("Nutrient, symptom and relation."),
        c.address("The evidence card, without the host."),
        c.text("nutrient", "The nutrient, as an id.", "nutrient.slug"),
        c.text("symptom", "The symptom, as an id.", "symptom.slug"),
        c.choice("relation", "Too little, too much, or by way of another nutrient.", Relation),
        c.yes_no("is_against", "Whether the evidence speaks against the claim."),
        c.text("people", "The only people in whom it was studied; empty for everybody."),
        c.text("claim", "The claim in one sentence, with the verb that the grade allows."),
        c.choice("typicality", "How typical the sign is of that lack or excess.", Typicality),
        c.choice("evidence", "How good the evidence is.", Evidence),
        c.text("evidence_why", "Why it has this grade."),
        c.text("note", "What else there is to say."),
        c.ids("sources", c.SOURCES),
        *c.checked(),
    ),
)

INTAKES = c.Table(
    "intakes",
    "Daily needs",
    "the US and Canadian reference intake of one nutrient for one life stage",
    (
        c.key("Nutrient, life stage, sex and status."),
        c.text("nutrient", "The nutrient, as an id.", "nutrient.slug"),
        c.text("life_stage", "The life stage, as an id."),
        c.text("life_stage_label", "The life stage in words."),
        c.number("age_from", "The age from which it applies, inclusive.", "years"),
        c.number("age_below", "The age below which it applies; empty: no end.", "years"),
        c.choice("sex", "The sex it is for.", Sex),
        c.choice("life_status", "Pregnancy or breastfeeding.", LifeStatus),
        c.choice("reference_type", "RDA: recommended. AI: adequate intake.", ReferenceType),
        c.number("amount", "The amount a day.", "unit"),
        c.text("unit", "The unit of the amount.", "nutrient.unit"),
        c.number("upper_limit", "The upper limit a day; empty: none set.", "upper_limit_unit"),
        c.choice("upper_limit_unit", "The unit of the upper limit.", Unit),
        c.choice("upper_limit_status", "Whether an upper limit is set, or why not.", LimitStatus),
        c.text("upper_limit_applies_to", "To what the upper limit applies."),
        c.number("chronic_disease_limit_mg", "Adults are advised to stay below it a day.", "mg"),
        c.ids("sources", c.SOURCES),
    ),
    licence=lambda row: c.licences(row.sources.all()),
)
