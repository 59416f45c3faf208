"""Corrections and changes, on their pages and in one list."""

from datetime import UTC, datetime, timedelta

from nutrients.models import ChangeNote
from nutrients.models.change_notes import NOTES_ON_A_PAGE
from nutrients.site.pages import CHANGES_LISTED
from tests.site.pages import links_of, text_of

DAY = datetime(2026, 3, 1, 9, tzinfo=UTC)
CALCIUM = "/nutrients/calcium/"


def note(text, days=0, **fields):
    row = {"title": "Calcium", "address": CALCIUM, "created_at": DAY + timedelta(days=days)}
    return ChangeNote.objects.create(text=text, **(row | fields))


def test_page_without_changes_says_so(client, content):
    text = text_of(client.get("/changes/"), "main")

    assert "No correction is listed so far. That does not mean that no fact was ever wrong" in text
    assert "No other change is listed so far." in text
    assert "Changes to this page" not in text_of(client.get(CALCIUM))


def test_corrections_come_first_and_keep_the_editors_words(client, content):
    note("The heading is clearer.", days=9)
    note("We wrote 300 mg; the source says 320 mg.", kind="correction")
    text = text_of(client.get("/changes/"), "main")

    assert text.index("We wrote 300 mg; the source says 320 mg.") < text.index("The heading is")
    assert "1 March 2026 Calcium" in text
    assert CALCIUM in links_of(client.get("/changes/"), "main")


def test_change_says_since_which_version_it_holds(client, content, settings, tmp_path):
    # A file of this version may be there, because the note has no revision.
    settings.OPEN_DATA_DIR = tmp_path
    note("New words.", created_at=datetime(2026, 3, 4, 14, 30, 7, tzinfo=UTC))
    rows = client.get("/data/changes.json")

    assert "Since version 2026-03-04.143007" in text_of(client.get("/changes/"), "main")
    assert b'"since_version": "2026-03-04.143007"' in b"".join(rows.streaming_content)


def test_page_shows_its_own_notes_newest_first(client, content):
    for number in range(NOTES_ON_A_PAGE + 2):
        note(f"Edit {number} made.", days=number)
    note("About another page.", address="/nutrients/calcium-and-more/")
    note("Within the page.", address=f"{CALCIUM}#foods", days=99)
    note("Not made yet.", days=99_999)
    text = text_of(client.get(CALCIUM), "main")

    assert [n for n in range(NOTES_ON_A_PAGE + 2) if f"Edit {n} made." in text] == [3, 4, 5, 6]
    assert text.index("Within the page.") < text.index("Edit 6 made.") < text.index("Edit 5 made.")
    assert "another page" not in text
    assert "Not made yet" not in text + text_of(client.get("/changes/"))


def test_latest_changes_are_listed_and_all_corrections_come_in_pages(client, content, monkeypatch):
    monkeypatch.setattr("nutrients.site.pages.CORRECTIONS_A_PAGE", CHANGES_LISTED)
    for number in range(CHANGES_LISTED + 2):
        note(f"Edit {number} made.", days=number)
        note(f"Correction {number} made.", days=number, kind="correction", address="/about/")
    text, second = (text_of(client.get("/changes/", {"page": page}), "main") for page in (1, 2))

    assert "Edit 1 made." not in text
    assert "Edit 2 made." in text
    assert [n for n in range(CHANGES_LISTED + 2) if f"Correction {n} made." in second] == [0, 1]
    assert text.count("Correction ") >= CHANGES_LISTED
