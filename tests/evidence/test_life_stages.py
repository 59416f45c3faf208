"""Every age has one life stage, with the need in the authority's own table."""

from decimal import Decimal
from itertools import product

import pytest
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from nutrients.evidence.life_stages import life_stages, nearest_stage
from nutrients.models import Authority, LifeStatus, ReferenceIntake, Sex
from tests.plate.plates import NUTRIENTS, official

pytestmark = pytest.mark.usefixtures("content")

AGES = st.decimals(1, 109, places=1)
NAMES = {Authority.UK: "UK", Authority.EU: "EFSA"}
SEXES = st.sampled_from([Sex.FEMALE, Sex.MALE])


@pytest.fixture(scope="module")
def tables(django_db_setup, django_db_blocker):
    """Return the published stages of every authority and intakes of every nutrient."""
    with django_db_blocker.unblock():
        now = timezone.now()
        rows = ReferenceIntake.objects.published(at=now).select_related("nutrient")
        intakes = {slug: [r for r in rows if r.nutrient.slug == slug] for slug in NUTRIENTS}
        return life_stages(at=now), intakes


def stages_at(tables, authority, age, sex, status=LifeStatus.NONE):
    return [
        stage
        for stage in tables[0][authority].values()
        if stage.age_from <= age
        and (stage.age_below is None or age < stage.age_below)
        and stage.sex in (Sex.BOTH, sex)
        and stage.life_status == status
    ]


@given(authority=st.sampled_from(Authority), age=AGES, sex=SEXES)
def test_every_age_from_one_year_is_in_one_band(tables, authority, age, sex):
    assert len(stages_at(tables, authority, age, sex)) == 1


@given(
    authority=st.sampled_from(list(NAMES)), age=AGES, sex=SEXES, nutrient=st.sampled_from(NUTRIENTS)
)
def test_need_at_every_age_agrees_with_the_table(tables, authority, age, sex, nutrient):
    if (authority, nutrient) == (Authority.EU, "thiamin"):
        return
    [stage] = stages_at(tables, authority, age, sex)
    own = stage.need(tables[1][nutrient])
    if (authority, nutrient) == (Authority.UK, "vitamin-e") and age < 19:
        assert own is None
        return
    expected = official(NAMES[authority], nutrient, age, sex.value)

    assert own.amount == Decimal(expected["amount"].replace("8.5-10", "10"))
    safe = nutrient == "sodium" and authority is Authority.EU
    assert own.reference_type == ("SAI" if safe else expected["reference_type"])


def test_needs_in_pregnancy_and_breastfeeding_agree_with_the_table(tables):
    statuses = LifeStatus.PREGNANCY, LifeStatus.LACTATION
    for authority, nutrient, status, age in product(NAMES, NUTRIENTS, statuses, (19, 25, 50)):
        [stage] = stages_at(tables, authority, age, Sex.FEMALE, status)
        own = stage.need(tables[1][nutrient])
        if (authority, nutrient) == (Authority.UK, "vitamin-e"):
            assert own is None
        elif (authority, nutrient) == (Authority.EU, "thiamin"):
            assert own.amount_words == "0.1 mg for each megajoule (239 kcal) eaten"
        else:
            row = official(NAMES[authority], nutrient, age, status=status.value)
            assert own.amount == Decimal(row["amount"]), (authority, nutrient, status, age)


@pytest.mark.parametrize(
    ("authority", "slug", "other", "nearest"),
    [
        (Authority.US, "71-plus-male", Authority.UK, "51-plus-male"),
        (Authority.US, "children-4-8", Authority.UK, "children-4-6"),
        (Authority.US, "19-30-pregnancy", Authority.EU, "18-24-pregnancy"),
        (Authority.UK, "19-50-female", Authority.EU, "25-plus-female"),
        (Authority.EU, "25-plus-female", Authority.US, "31-50-female"),
        (Authority.EU, "25-plus-male", Authority.UK, "19-50-male"),
        (Authority.EU, "25-plus-menopause", Authority.UK, "51-plus-female"),
        (Authority.EU, "25-plus-menopause", Authority.US, "51-70-female"),
        (Authority.EU, "10-male", Authority.UK, "children-7-10"),
        (Authority.US, "infants-0-6-months", Authority.UK, "infants-0-3-months"),
        (Authority.US, "infants-0-6-months", Authority.EU, None),
    ],
)
def test_nearest_stage_of_another_country_shares_most_years(
    tables, authority, slug, other, nearest
):
    stages = tables[0]
    result = nearest_stage(stages[authority][slug], stages[other].values())

    assert (result and result.slug) == nearest
