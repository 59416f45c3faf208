"""Life stages: at every age one band and one need, which is that of the authority's own table."""

from decimal import Decimal

import pytest
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from nutrients.evidence.life_stages import life_stages, nearest_stage
from nutrients.models import Authority, LifeStatus, ReferenceIntake, Sex, Unit
from tests.plate.plates import NUTRIENTS, official

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("content")]

AGES = st.decimals(1, 109, places=1)
OTHERS = st.sampled_from([Authority.UK, Authority.EU])
NAMES = {Authority.UK: "UK", Authority.EU: "EFSA"}
SEXES = st.sampled_from([Sex.FEMALE, Sex.MALE])


@pytest.fixture(scope="module")
def tables(django_db_setup, django_db_blocker):
    """The stages of every authority, and the intakes of every nutrient, as readers see them."""
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


@given(authority=OTHERS, age=AGES, sex=SEXES, nutrient=st.sampled_from(NUTRIENTS))
def test_need_of_a_band_is_that_of_the_table_at_every_age_in_it(
    tables, authority, age, sex, nutrient
):
    if (authority, nutrient) == (Authority.EU, "thiamin"):
        return
    [stage] = stages_at(tables, authority, age, sex)
    own = stage.own(tables[1][nutrient])
    if (authority, nutrient) == (Authority.UK, "vitamin-e") and age < 19:
        assert own is None
        return
    expected = official(NAMES[authority], nutrient, age, sex.value)

    assert own.amount == Decimal(expected["amount"].replace("8.5-10", "10"))
    safe = nutrient == "sodium" and authority is Authority.EU
    assert own.reference_type == ("SAI" if safe else expected["reference_type"])


@given(
    authority=st.sampled_from(Authority), age=AGES, sex=SEXES, nutrient=st.sampled_from(NUTRIENTS)
)
def test_no_two_rows_of_a_table_say_what_one_age_needs(tables, authority, age, sex, nutrient):
    rows = [
        row
        for row in tables[1][nutrient]
        if row.authority == authority
        and row.is_need
        and row.life_status == LifeStatus.NONE
        and row.sex in (Sex.BOTH, sex)
        and row.age_from <= age
        and (row.age_below is None or age < row.age_below)
    ]
    gaps = {("uk", "vitamin-e")}

    assert len(rows) == 1 or (len(rows) == 0 and (authority, nutrient) in gaps and age < 19)


@pytest.mark.parametrize("status", [LifeStatus.PREGNANCY, LifeStatus.LACTATION])
@pytest.mark.parametrize("nutrient", NUTRIENTS)
@pytest.mark.parametrize("authority", [Authority.UK, Authority.EU])
def test_pregnancy_and_breastfeeding_have_the_needs_of_the_table(
    tables, authority, nutrient, status
):
    for age in (19, 25, 50):
        [stage] = stages_at(tables, authority, age, Sex.FEMALE, status)
        own = stage.own(tables[1][nutrient])
        if (authority, nutrient) == (Authority.UK, "vitamin-e"):
            assert own is None
        elif (authority, nutrient) == (Authority.EU, "thiamin"):
            assert own.amount_words == "0.1 mg for each megajoule (239 kcal) eaten"
        else:
            row = official(NAMES[authority], nutrient, age, status=status.value)
            assert own.amount == Decimal(row["amount"])


def test_women_after_the_menopause_have_their_own_need_of_iron_and_the_others(tables):
    stage = tables[0][Authority.EU]["25-plus-menopause"]

    assert stage.own(tables[1]["iron"]).amount == 11
    assert stage.own(tables[1]["calcium"]).amount == 950
    assert stage.own(tables[1]["copper"]).amount == Decimal("1.3")


@given(data=st.data(), nutrient=st.sampled_from(NUTRIENTS))
def test_limits_of_a_band_are_those_of_every_authority_for_an_age_in_it(tables, data, nutrient):
    stages = [stage for found in tables[0].values() for stage in found.values()]
    stage = data.draw(st.sampled_from(stages))
    for row in stage.limiting(tables[1][nutrient]):
        assert row.limits
        assert row.age_below is None or row.age_below > stage.age_from
        assert stage.age_below is None or row.age_from < stage.age_below
        assert row.life_status in (LifeStatus.NONE, stage.life_status)
        assert row.upper_limit is None or row.upper_limit_unit in Unit.values


@pytest.mark.parametrize(
    ("authority", "slug", "other", "nearest"),
    [
        (Authority.US, "19-30-female", Authority.UK, "19-50-female"),
        (Authority.US, "71-plus-male", Authority.UK, "51-plus-male"),
        (Authority.US, "children-4-8", Authority.UK, "children-4-6"),
        (Authority.US, "14-18-female", Authority.UK, "15-18-female"),
        (Authority.US, "19-30-pregnancy", Authority.EU, "18-24-pregnancy"),
        (Authority.UK, "19-50-female", Authority.EU, "25-plus-female"),
        (Authority.UK, "19-50-lactation", Authority.EU, "25-plus-lactation"),
        (Authority.EU, "25-plus-menopause", Authority.UK, "51-plus-female"),
        (Authority.EU, "10-male", Authority.UK, "children-7-10"),
        (Authority.US, "infants-0-6-months", Authority.UK, "infants-0-3-months"),
    ],
)
def test_stage_of_another_country_leads_to_the_one_that_shares_most_years(
    tables, authority, slug, other, nearest
):
    stages = tables[0]
    found = nearest_stage(stages[authority][slug], stages[other].values())

    assert found.slug == nearest
