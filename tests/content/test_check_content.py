"""check_content passes sound content, and names each problem with its row."""

from datetime import date
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from nutrients.models import (
    Article,
    ArticleSection,
    Association,
    FoodSource,
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
    """Return the problems and the error of the command."""
    errors, summary = StringIO(), ""
    try:
        call_command("check_content", "--on", on, stdout=StringIO(), stderr=errors)
    except CommandError as error:
        summary = str(error)
    return errors.getvalue().splitlines(), summary


def faults():
    return check()[0]


def write(body, anchor="base-rate"):
    """Replace the text of a section of the founding article."""
    sections = ArticleSection.objects.filter(article__slug="nutrients-and-muscle-jerking")
    sections.filter(anchor=anchor).update(body=body)


def test_problems_are_counted_and_drafts_ignored():
    rows = Association.objects.filter(nutrient__slug="magnesium", relation="deficiency")
    for sign in ("tremor", "fatigue"):
        rows.get(symptom__slug=sign).sources.clear()
    rows.filter(symptom__slug="fatigue").update(status=Status.DRAFT)

    assert check() == (
        ["nutrients.association magnesium / tremor / deficiency: no source."],
        "Content: 1 problem to put right.",
    )


def cite_for(symptom, slug, **read):
    """Add a source that was read in this way to a symptom."""
    words = {"title": "A page", "publisher": "A publisher", "kind": "reference"}
    source = Source.objects.create(slug=slug, url="https://example.org/", **words, **read)
    Symptom.objects.get(slug=symptom).sources.add(source)
    return source


def test_published_rows_need_sources_that_an_editor_has_read():
    Symptom.objects.get(slug="tremor").sources.add(Source.objects.get(slug="editor"))
    Source.objects.filter(slug="harrison-hypocalcemia").update(read_form=ReadForm.UNREAD)
    cite_for("fatigue", "never", read_form=ReadForm.UNREAD)
    cite_for("tingling", "quoted", read_form=ReadForm.QUOTED, checked_on=date(2026, 11, 28))
    cite_for("headache", "of-a-draft", read_form=ReadForm.UNREAD)
    Symptom.objects.filter(slug="headache").update(status=Status.DRAFT)
    cite_for("numbness", "in-an-article", read_form=ReadForm.UNREAD).symptoms.clear()
    write("A muscle can twitch. [@in-an-article]")

    section = "nutrients.articlesection nutrients-and-muscle-jerking / base-rate"
    sign = "nutrients.association calcium / hand-foot-spasm / deficiency"
    problems = faults()
    assert {
        "nutrients.symptom tremor: rests on what editors know, and is published.",
        f"{sign}: “harrison-hypocalcemia” was never read, and is shown for it.",
        "nutrients.symptom fatigue: “never” was never read, and is shown for it.",
        "nutrients.symptom tingling: “quoted” was only seen quoted, and is shown for it.",
        f"{section}: “in-an-article” was never read, and is shown for it.",
    } <= set(problems)
    assert not any("“of-a-draft”" in problem for problem in problems)


def test_overdue_reviews_are_named_from_the_day_after():
    read = {"read_form": ReadForm.COPY, "next_review_on": date(2026, 11, 30)}
    cite_for("tremor", "second", **read, checked_on=date(2026, 11, 28))
    cite_for("tremor", "read-again", **read, checked_on=date(2026, 12, 1))
    Article.objects.filter(slug="night-leg-cramps").update(review_due_on=date(2026, 11, 30))
    # No promise, but the name of a food.
    FoodSource.objects.filter(slug="almonds").update(name="Pork, cured, ham")

    assert check("2026-11-30") == ([], "")
    assert check("2026-12-01")[0] == [
        "nutrients.source second: its publisher's review fell due on 2026-11-30: read it again.",
        "nutrients.article night-leg-cramps: its review fell due on 2026-11-30.",
    ]


# Words that sound translated or that promise, judge or prescribe, with what is named of them.
AVOIDED_WORDS = {
    "A lack of iron is common.": "lack",
    "It brings twitches.": "brings",
    "Low potassium will not mend by itself.": "mend",
    "Plants hold little vitamin B12.": "Plants hold",
    "Muddled thinking is new.": "Muddled",
    "Call too if it spreads.": "Call too",
    "It helps above all at night.": "above all",
    "All references agree.": "All references agree",
}
FORBIDDEN_WORDS = {
    "This will diagnose it.": "diagnose",
    "You have a deficiency.": "You have",
    "So you are deficient.": "you are deficient",
    "It is likely.": "likely",
    "It is probably caused by stress.": "probably caused by",
    "A cure for cramps.": "cure",
    "Treat with magnesium.": "Treat with",
    "Take 400 mg a day.": "Take 400 mg",
    "Take up to 5 micrograms.": "Take up to 5 micrograms",
    "Stop taking your statin.": "Stop taking",
    "Start taking iron.": "Start taking",
}
ALLOWED_WORDS = (
    *("Lack of sleep can start it.", "Bring a list of your medicines.", "A lack of energy is new."),
    *("This is unlikely.", "If you have kidney disease, ask first."),
    "Do not stop taking a prescribed medicine.",
    *("Never start taking iron without a test.", "Ask before you stop any medicine."),
    *("Mushrooms treated with UV light.", "Adults need 400 mg a day."),
    *("It is secure and accurate.", "Take 2 hours apart."),
)


def test_avoided_and_forbidden_words_are_named_with_their_field():
    texts = {**AVOIDED_WORDS, **FORBIDDEN_WORDS, **dict.fromkeys(ALLOWED_WORDS)}
    expected = []
    for symptom, (text, words) in zip(Symptom.objects.all(), texts.items(), strict=False):
        Symptom.objects.filter(pk=symptom.pk).update(description=text)
        end = ", which this site avoids." if text in AVOIDED_WORDS else "."
        if words:
            prefix = f"nutrients.symptom {symptom.slug}: its description says"
            expected.append(f"{prefix} “{words}”{end}")

    assert faults() == sorted(expected)


BROKEN = {
    "Fine.\n\nSo. [@nobody]": "line 3: There is no source “nobody”.",
    "[a](/nutrients/unobtainium/)": "line 1: there is no published nutrient “unobtainium”.",
    "[a](/nutrients)": "line 1: /nutrients leads nowhere",
    "[a](foods/)": "line 1: foods/ leads nowhere",
    "[a](http://[b/)": "line 1: http://[b/ is not an address",
    "[a](#nowhere)": "line 1: this article has no section “nowhere”.",
    "[a](/articles/night-leg-cramps/#no)": "line 1: the article “night-leg-cramps” has no",
    "[a](/compare/?symptom=no)": "line 1: there is no published symptom “no”.",
    "[a](/nutrients/copper/night-leg-cramps/)": "line 1: no published evidence links “copper”",
    # Good links pass.
    "[a](/nutrients/magnesium/tremor/) [b](#s-0) [c](https://example.org/x)"
    " [d](/articles/night-leg-cramps/#nutrients) [e](/compare/?symptom=muscle-cramps)": "",
}


def test_broken_article_is_named_with_section_and_line():
    article = Article.objects.get(slug="nutrients-and-muscle-jerking")
    for number, body in enumerate(BROKEN):
        article.sections.create(anchor=f"s-{number}", title="S", position=900 + number, body=body)

    problems = faults()
    for number, reason in enumerate(BROKEN.values()):
        section = f"nutrients.articlesection nutrients-and-muscle-jerking / s-{number}: "
        reasons = [line.removeprefix(section) for line in problems if line.startswith(section)]
        assert len(reasons) == bool(reason), (reason, reasons)
        assert not reasons or reasons[0].startswith(reason)
    assert len(problems) == len(BROKEN) - 1


def test_every_other_problem_is_named_with_its_row():
    ArticleSection.objects.filter(anchor="base-rate").update(anchor="sources")
    Article.objects.get(slug="night-leg-cramps").sections.all().delete()
    write(" ".join([" ".join(["word"] * 120) + "."] * 40), anchor="conclusion")
    Nutrient.objects.filter(slug="magnesium").update(upper_limit_unit="mcg")
    amounts = NutrientAmount.objects.filter(food__slug="spinach-raw", nutrient__slug="magnesium")
    amounts.update(per_100g=200_000)
    needs = ReferenceIntake.objects.filter(nutrient__slug="vitamin-b12", life_stage="19-30")
    needs.update(amount="0.0024")
    risk, cause = RiskFactor.objects.first(), OtherCause.objects.first()
    OtherCause.objects.filter(pk=cause.pk).update(slug=risk.slug, is_asked=True)
    row = NutrientDetail.objects.get(nutrient__slug="magnesium", topic="testing")
    row.sources.remove(Source.objects.get(slug="nwl-magnesium"))
    row.sources.add(Source.objects.get(slug="nhs-mnd"))
    NutrientDetail.objects.filter(nutrient__slug="copper").update(body="[[red-flags]]\n")

    problems = "\n".join(faults())
    for fault in (
        "the page itself uses the anchor “sources”",
        "nutrients.article night-leg-cramps: no section cites a source.",
        "words on average",
        "magnesium: an upper limit in mcg, but the nutrient is in mg.",
        "nutrients.nutrientamount spinach-raw / magnesium: 200000.0000 mg",
        "its unit cannot be right",
        f"nutrients.othercause {risk.slug}: it is asked in the checklist",
        "nutrients.nutrientdetail magnesium / testing: its text does not cite its source",
        "magnesium / testing: line 1: There is no source “nwl-magnesium”.",
        "nutrients.nutrientdetail copper / time: line 1: Blocks are drawn in articles alone.",
    ):
        assert fault in problems
