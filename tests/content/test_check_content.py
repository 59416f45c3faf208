"""check_content: sound content passes, and each fault is told with its row."""

from datetime import date
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from nutrients import prose
from nutrients.common.wording import forbidden
from nutrients.content.checking import short_share
from nutrients.models import (
    Article,
    ArticleSection,
    Association,
    Nutrient,
    NutrientAmount,
    NutrientDetail,
    OtherCause,
    ReadForm,
    ReferenceIntake,
    RiskFactor,
    Source,
    Status,
    Symptom,
)

pytestmark = pytest.mark.usefixtures("content")
BEFORE_REVIEWS = "2026-12-01"


def check(on=BEFORE_REVIEWS):
    """Give the lines of complaint and the last word."""
    complained = StringIO()
    try:
        call_command("check_content", "--on", on, stdout=StringIO(), stderr=complained)
    except CommandError as error:
        return complained.getvalue().splitlines(), str(error)
    return complained.getvalue().splitlines(), ""


def faults():
    return check()[0]


def write(body, anchor="base-rate"):
    """Put a text into a section of the founding article."""
    sections = ArticleSection.objects.filter(article__slug="nutrients-and-muscle-jerking")
    sections.filter(anchor=anchor).update(body=body)


def test_shipped_content_is_sound():
    assert check() == ([], "")


def test_problem_is_counted_and_named():
    Association.objects.get(
        nutrient__slug="magnesium", symptom__slug="tremor", relation="deficiency"
    ).sources.clear()

    assert check() == (
        ["nutrients.association magnesium / tremor / deficiency: no source."],
        "Content: 1 problem to put right.",
    )


def test_draft_may_wait_for_its_source():
    row = Association.objects.get(
        nutrient__slug="magnesium", symptom__slug="tremor", relation="deficiency"
    )
    row.sources.clear()
    Association.objects.filter(pk=row.pk).update(status=Status.DRAFT)

    assert faults() == []


def test_published_row_may_not_rest_on_editors_alone():
    Symptom.objects.get(slug="tremor").sources.add(Source.objects.get(slug="editor"))

    assert faults() == [
        "nutrients.symptom tremor: rests on what editors know, and is published.",
    ]


def cite_for_tremor(**read):
    """Put a second source behind the page of tremor, read in this way."""
    words = {"title": "A page", "publisher": "A publisher", "kind": "reference"}
    source = Source.objects.create(slug="second", url="https://example.org/", **words, **read)
    Symptom.objects.get(slug="tremor").sources.add(source)


def test_published_row_may_not_rest_on_unread_sources_alone():
    Source.objects.filter(slug="harrison-hypocalcemia").update(read_form=ReadForm.UNREAD)

    row = "nutrients.association calcium / trousseau-sign / deficiency"
    assert f"{row}: rests on nothing that an editor has read." in faults()


def test_unread_source_may_not_be_shown_beside_one_that_was_read():
    cite_for_tremor(read_form=ReadForm.UNREAD)

    assert faults() == [
        "nutrients.symptom tremor: “second” was never read, and is shown for it.",
    ]


def test_page_that_was_only_quoted_is_no_evidence_for_itself():
    cite_for_tremor(read_form=ReadForm.QUOTED, checked_on=date(2026, 11, 28))

    assert faults() == [
        "nutrients.symptom tremor: “second” was only seen quoted, and is shown for it.",
    ]


def test_unread_source_may_not_be_cited_in_an_article():
    cite_for_tremor(read_form=ReadForm.UNREAD)
    Symptom.objects.get(slug="tremor").sources.remove(Source.objects.get(slug="second"))
    write("A muscle can twitch. [@second]")

    row = "nutrients.articlesection nutrients-and-muscle-jerking / base-rate"
    assert faults() == [
        f"{row}: rests on nothing that an editor has read.",
        f"{row}: “second” was never read, and is shown for it.",
    ]


def test_draft_may_wait_for_somebody_to_read_its_source():
    cite_for_tremor(read_form=ReadForm.UNREAD)
    Symptom.objects.filter(slug="tremor").update(status=Status.DRAFT)

    assert not any("“second”" in fault for fault in faults())


def test_source_past_the_review_of_its_publisher_is_told_until_it_is_read_again():
    read = {"read_form": ReadForm.COPY, "next_review_on": date(2026, 11, 30)}
    cite_for_tremor(**read, checked_on=date(2026, 11, 28))
    told = "nutrients.source second: its publisher's review fell due on 2026-11-30: read it again."

    assert check("2026-11-30") == ([], "")
    assert check("2026-12-01")[0] == [told]
    Source.objects.filter(slug="second").update(checked_on=date(2026, 12, 1))
    assert check("2026-12-01") == ([], "")


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("A lack of iron is common.", "lack"),
        ("It brings twitches.", "brings"),
        ("Low potassium will not mend by itself.", "mend"),
        ("Plants hold little vitamin B12.", "Plants hold"),
        ("Muddled thinking is new.", "Muddled"),
        ("Call too if it spreads.", "Call too"),
        ("It helps above all at night.", "above all"),
        ("All references agree.", "All references agree"),
    ],
)
def test_word_of_this_house_is_told(text, word):
    Symptom.objects.filter(slug="tremor").update(description=text)

    told = f"its description says “{word}”, which is a word of this house."
    assert faults() == [f"nutrients.symptom tremor: {told}"]


@pytest.mark.parametrize(
    "text",
    ["Lack of sleep can start it.", "Bring a list of your medicines.", "A lack of energy is new."],
)
def test_word_that_the_nhs_uses_is_left_alone(text):
    Symptom.objects.filter(slug="tremor").update(description=text)

    assert faults() == []


@pytest.mark.parametrize(
    ("texts", "share"),
    [
        ([], 0),
        (["It may be a stroke."], 0),
        (["It lasts seconds. The muscle may stay sore for up to a day afterwards."], 0.5),
        (["**Stretch.** Pull your toes up gently and hold them there. Then rest."], 0.5),
        (["- iron\n- zinc\n\nMost people get enough. A blood test can show who does not."], 0.5),
        (["It is common. It soon passes.", "It may be a stroke."], 2 / 3),
    ],
)
def test_share_of_short_sentences(texts, share):
    assert short_share(texts) == pytest.approx(share)


def test_chopped_sentences_are_told():
    OtherCause.objects.update(what_helps="Rest well. Drink less coffee. Sleep more.")

    [told] = [fault for fault in faults() if "words or fewer" in fault]
    assert told.startswith("nutrients.othercause: ")


@pytest.mark.parametrize(
    ("body", "complaint"),
    [
        ("Fine.\n\nSo. [@nobody]", "line 3: There is no source “nobody”."),
        ("[[tablet]]", "line 1: There is no block “tablet”"),
        ("[[callout note]]\nx", "line 1: [[callout]] is not closed with [[/callout]]."),
        ("[a](/nutrients/unobtainium/)", "line 1: there is no published nutrient “unobtainium”."),
        ("[a](/nutrients)", "line 1: /nutrients leads nowhere"),
        ("[a](foods/)", "line 1: foods/ leads nowhere"),
        ("[a](#nowhere)", "line 1: this article has no section “nowhere”."),
        ("[a](/articles/night-leg-cramps/#no)", "line 1: the article “night-leg-cramps” has no"),
        ("[a](/compare/?symptom=no)", "line 1: there is no published symptom “no”."),
        ("[a](/nutrients/copper/night-leg-cramps/)", "line 1: no published row ties “copper”"),
    ],
)
def test_broken_article_is_told_with_section_and_line(body, complaint):
    write(body)

    [fault] = faults()

    row = "nutrients.articlesection nutrients-and-muscle-jerking / base-rate"
    assert fault.startswith(f"{row}: {complaint}")


def test_good_links_pass():
    write(
        "[a](/nutrients/magnesium/tremor/) [b](#magnesium) [c](https://example.org/x)"
        " [d](/articles/night-leg-cramps/#nutrients) [e](/compare/?symptom=muscle-cramps)"
    )

    assert faults() == []


def test_anchor_that_the_page_uses_is_told():
    ArticleSection.objects.filter(anchor="base-rate").update(anchor="sources")

    assert any("the page itself uses the anchor “sources”" in fault for fault in faults())


def test_article_without_any_citation_is_told():
    Article.objects.get(slug="night-leg-cramps").sections.all().delete()

    assert "nutrients.article night-leg-cramps: no section cites a source." in faults()


def test_limit_in_a_unit_that_does_not_fit_is_told():
    Nutrient.objects.filter(slug="magnesium").update(upper_limit_unit="mcg")

    assert faults() == [
        "nutrients.nutrient magnesium: an upper limit in mcg, but the nutrient is in mg."
    ]


def test_amount_that_100_g_cannot_hold_is_told():
    row = NutrientAmount.objects.get(food__slug="spinach-raw", nutrient__slug="magnesium")
    NutrientAmount.objects.filter(pk=row.pk).update(per_100g=200_000)

    [fault] = faults()
    assert fault.startswith("nutrients.nutrientamount spinach-raw / magnesium: 200000.0000 mg")


def test_need_in_the_wrong_unit_is_told():
    rows = ReferenceIntake.objects.filter(nutrient__slug="vitamin-b12", life_stage="19-30")
    rows.update(amount="0.0024")

    assert any("its unit cannot be right" in fault for fault in faults())


def test_overdue_review_is_told_from_the_day_after():
    Article.objects.filter(slug="night-leg-cramps").update(review_due_on=date(2026, 12, 1))

    assert check("2026-12-01") == ([], "")
    assert check("2026-12-02")[0] == [
        "nutrients.article night-leg-cramps: its review fell due on 2026-12-01."
    ]


def test_day_must_be_a_day():
    with pytest.raises(CommandError, match="soon is not a day such as 2027-01-31"):
        call_command("check_content", "--on", "soon")


def test_forbidden_word_is_told_with_its_field():
    Symptom.objects.filter(slug="tremor").update(description="Likely a cure.")

    assert faults() == [
        "nutrients.symptom tremor: its description says “Likely”.",
        "nutrients.symptom tremor: its description says “cure”.",
    ]


def test_cause_and_risk_factor_may_not_share_a_tick():
    risk = RiskFactor.objects.first()
    cause = OtherCause.objects.first()
    OtherCause.objects.filter(pk=cause.pk).update(slug=risk.slug, is_asked=True)

    assert f"nutrients.othercause {risk.slug}: it is asked in the checklist" in " ".join(faults())


def test_long_sentences_are_told():
    write(" ".join([" ".join(["word"] * 120) + "."] * 40))

    assert any("words on average" in fault for fault in faults())


@pytest.mark.parametrize(
    "text",
    [
        "This will diagnose it.",
        "You have a deficiency.",
        "So you are deficient.",
        "It is likely.",
        "It is probably caused by stress.",
        "A cure for cramps.",
        "Treat with magnesium.",
        "Take 400 mg a day.",
        "Take up to 5 micrograms.",
        "Stop taking your statin.",
        "Start taking iron.",
    ],
)
def test_word_that_promises_judges_or_prescribes_is_found(text):
    assert len(forbidden(text)) == 1


@pytest.mark.parametrize(
    "text",
    [
        "This is unlikely.",
        "If you have kidney disease, ask first.",
        "Do not stop taking a prescribed medicine.",
        "Never start taking iron without a test.",
        "Ask before you stop any medicine.",
        "Mushrooms treated with UV light.",
        "Adults need 400 mg a day.",
        "It is secure and accurate.",
        "Take 2 hours apart.",
    ],
)
def test_word_that_warns_or_tells_is_left_alone(text):
    assert forbidden(text) == []


def test_every_citation_of_the_shipped_articles_resolves():
    bodies = ArticleSection.objects.values_list("body", flat=True)
    cited = {slug for body in bodies for slug in prose.cited_slugs(body)}

    assert len(cited) > 50
    assert cited <= set(Source.objects.values_list("slug", flat=True))


def test_detail_cites_the_sources_that_it_lists_and_no_others():
    row = NutrientDetail.objects.get(nutrient__slug="magnesium", topic="testing")
    row.sources.remove(Source.objects.get(slug="nwl-magnesium"))
    row.sources.add(Source.objects.get(slug="nhs-mnd"))

    told = [fault for fault in faults() if fault.startswith("nutrients.nutrientdetail")]
    assert "nutrients.nutrientdetail magnesium / testing: its text does not cite its source" in (
        " ".join(told)
    )
    assert "magnesium / testing: line 1: There is no source “nwl-magnesium”." in " ".join(told)


def test_detail_has_no_blocks():
    NutrientDetail.objects.filter(nutrient__slug="copper").update(body="[[red-flags]]\n")

    assert (
        "nutrients.nutrientdetail copper / time: line 1: Blocks are drawn in articles alone."
        in faults()
    )
