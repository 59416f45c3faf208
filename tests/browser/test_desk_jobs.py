"""What editors come for, with the clicks that each job may take. A field to write in is one."""

import io
import re

import pytest
from PIL import Image
from playwright.sync_api import expect

from . import databases, server

pytestmark = pytest.mark.changes_content

SECTION = "/admin/nutrients/articlesection/1/change/"


class Desk:
    """An editor at the desk: counts clicks, of which each may reload the page."""

    def __init__(self, page):
        self.page = page
        self.clicks = 0

    def sign_in(self, name=server.EDITOR):
        self.page.goto("/admin/")
        self.page.get_by_label("Username").fill(name)
        self.page.get_by_label("Password").fill(server.PASSWORD)
        self.page.get_by_role("button", name="Sign in").click()
        self.page.wait_for_url("**/admin/")
        return self

    def click(self, locator):
        locator.click()
        self.clicks += 1

    def link(self, name, **options):
        self.click(self.page.get_by_role("link", name=name, **options).first)

    def button(self, name, **options):
        self.click(self.page.get_by_role("button", name=name, **options).first)

    def write(self, label, words, **options):
        self.page.get_by_label(label, **options).first.fill(words)
        self.clicks += 1

    def choose(self, label, option):
        self.page.get_by_label(label).first.select_option(label=option)
        self.clicks += 2

    def save(self):
        self.button("Save", exact=True)

    def told(self, words):
        # A save may wait for another one.
        expect(self.page.get_by_text(words).first).to_be_visible(timeout=20_000)

    def took(self, clicks):
        assert self.clicks <= clicks


@pytest.fixture
def desk(editor_page):
    return Desk(editor_page)


@pytest.fixture
def reader(new_context):
    """Return a function that checks the text of a page as a reader sees it."""
    page = new_context().new_page()

    def shows(address, words):
        if address.endswith(".csv"):
            assert words in page.request.get(address).text(), address
        else:
            page.goto(address)
            expect(page.locator("main")).to_contain_text(words)

    return shows


def test_fact_is_corrected_and_shows_in_five_places(desk, reader):
    desk.page.goto("/admin/")
    desk.write("Find words in every text", "magnesium")
    desk.button("Find", exact=True)
    desk.link("Magnesium", exact=True)
    desk.write("Tagline:", "Keeps a calm beat")
    desk.save()
    desk.told("was changed successfully")
    desk.took(5)

    article = "/articles/nutrients-and-muscle-jerking/"
    for address in ("/nutrients/", "/compare/", article, "/", "/data/nutrients.csv"):
        reader(address, "Keeps a calm beat")


def test_nutrient_is_added_as_a_draft_with_an_intake(desk):
    desk.page.goto("/admin/")
    desk.click(desk.page.locator("#nutrients-nutrient a.addlink, .model-nutrient a.addlink").first)
    desk.page.get_by_label("Name:").press_sequentially("Zinc")
    desk.clicks += 1
    desk.choose("Kind:", "Mineral")
    desk.choose("Unit:", "mg")
    desk.write("Daily value:", "11")
    desk.save()
    desk.told("was added successfully")
    desk.took(13)

    desk.page.goto("/admin/")
    expect(desk.page.get_by_role("link", name="Drafts, nutrients: 1")).to_be_visible()


def test_article_is_written_from_nothing_and_published(desk, reader):
    desk.page.goto("/admin/nutrients/article/add/")
    desk.page.get_by_label("Title:").first.press_sequentially("Cold hands")
    desk.clicks += 1
    desk.write("Short title:", "Cold hands")
    desk.write("Summary:", "What cold hands can mean.")
    desk.write("Standfirst:", "Your hands feel cold. This is common, and it is rarely serious.")
    desk.write("Key points:", "Cold hands are common.")
    desk.click(desk.page.get_by_text("Add another Article section"))
    section = desk.page.locator("#sections-0")
    section.get_by_label("Title:").press_sequentially("Why they are cold")
    box = section.get_by_label("Body:")
    box.press_sequentially("Muscles twitch, and hands can be cold. [@nhs-twi")
    expect(section.get_by_role("option").first).to_contain_text("Twitching")
    box.press("Enter")
    desk.clicks += 2
    desk.choose("Status:", "Published")
    desk.choose("Verification:", "Seen on two independent pages")
    desk.save()
    desk.told("was added successfully")
    desk.took(18)

    reader("/articles/cold-hands/", "hands can be cold")


# A writer with the editor's password, whose making by the pages another job holds.
WRITER = """INSERT INTO auth_user (username, password, is_staff, is_active, is_superuser,
first_name, last_name, email, date_joined)
SELECT 'wanda', password, true, true, false, '', '', '', date_joined FROM auth_user"""
ROLE = """INSERT INTO auth_user_groups (user_id, group_id) SELECT auth_user.id, auth_group.id
FROM auth_user, auth_group WHERE username = 'wanda' AND name = 'Writers'"""


def test_change_of_a_writer_is_previewed_by_a_colleague_signed_and_published(
    desk, new_context, site, reader
):
    for statement in (WRITER, ROLE):
        databases.execute(site.folder, statement)
    article = "/articles/nutrients-and-muscle-jerking/"

    writer = Desk(new_context().new_page()).sign_in("wanda")
    writer.page.goto(SECTION)
    before = writer.page.get_by_label("Body:").input_value()
    writer.write("Body:", before.replace("natural to worry", "human to worry"))
    writer.button("Save as proposal")
    writer.told("Readers see nothing of it yet")
    address = writer.page.url
    writer.link("Pages that change")
    writer.click(writer.page.locator(f"#content-main a[href*='path={article}']").first)
    expect(writer.page.locator("main ins", has_text="human")).to_be_visible()
    writer.page.goto(address)
    writer.button("Ready to be read")
    writer.told("Ready to be read.")
    writer.took(5)

    desk.page.goto(address)
    desk.write("First and last name:", "Rita Moss")
    desk.write("Profession:", "GP")
    desk.button("Make a link")
    told = desk.page.locator(".messagelist").inner_text()
    desk.took(3)

    colleague = Desk(new_context().new_page())
    colleague.page.goto(re.search(r"http\S+/preview/[\w-]+/", told)[0])
    colleague.click(colleague.page.locator(f"main a[href*='path={article}']").first)
    expect(colleague.page.locator("main ins", has_text="human")).to_be_visible()
    colleague.page.go_back()
    colleague.write("Your name", "Rita")
    colleague.write("Your remark", "This reads well.")
    colleague.button("Send your remark")
    colleague.told("The editors can see what you sent")
    colleague.write("Your code", re.search(r"\b\d{8}\b", told)[0])
    colleague.button("I agree")
    colleague.told("The editors can see what you sent")
    assert colleague.page.context.cookies() == []
    colleague.took(6)
    reader(article, "natural to worry")

    desk.page.goto(address)
    desk.told("This reads well.")
    desk.told("Clinician: Rita Moss, GP")
    desk.button("I have read this and agree, as editor")
    desk.told("You signed")
    desk.link("Publish…")
    desk.button("Publish now")
    desk.told("On the site since")
    desk.took(6)
    reader(article, "human to worry")
    reader(article, "Rita Moss, GP")


def test_fifty_amounts_are_imported(desk):
    desk.page.goto("/admin/nutrients/nutrientamount/?q=magnesium")
    desk.click(desk.page.get_by_label("Select all objects on this page for an action"))
    desk.choose("Action:", "Export the selected rows as CSV")
    with desk.page.expect_download() as saved:
        desk.button("Go", exact=True)
    text = saved.value.path().read_text("utf-8-sig")
    head, *lines = text.splitlines()
    columns = head.split(",")
    place = columns.index("per_100g")
    new = [line.split(",") for line in lines]
    for cells in new:
        cells[place] = f"{float(cells[place]) + 1:.1f}".replace(".", ",")
    pasted = "\n".join(";".join(cells) for cells in [columns, *new])
    desk.link("Import CSV")
    desk.write("Or lines copied from a spreadsheet", pasted)
    desk.button("Look at the lines")
    desk.told("50 lines: 50 to add or change, 0 wrong.")
    desk.button("Keep 50 rows in a proposal")
    desk.told("Readers see nothing of it yet")
    desk.took(8)


def test_rule_that_breaks_the_book_is_tried_and_refused(desk):
    desk.page.goto("/admin/nutrients/redflag/1/change/")
    with desk.page.expect_popup() as opened:
        desk.button("Try these rules")
    bench = Desk(opened.value)
    bench.click(bench.page.locator(".bench-boxes input").first)
    bench.button("See what it raises")
    bench.told("The flag is raised")
    desk.choose("Status:", "Draft, waiting for review")
    desk.save()
    expect(desk.page.get_by_role("heading", name=re.compile("This breaks"))).to_be_visible()
    desk.told("Nothing is changed yet")
    desk.took(4)


def test_picture_is_added_and_shown(desk, reader):
    picture = io.BytesIO()
    Image.new("RGB", (600, 400), "teal").save(picture, "PNG")
    desk.page.goto("/admin/nutrients/picture/add/")
    desk.write("Slug:", "calm-leg")
    desk.page.get_by_label("File:").set_input_files(
        {"name": "leg.png", "mimeType": "image/png", "buffer": picture.getvalue()}
    )
    desk.clicks += 2
    desk.write("Alternative text:", "A leg at rest.")
    desk.write("Credit:", "Ann Smith")
    desk.write("Licence:", "CC BY 4.0")
    desk.save()
    desk.told("was added successfully")
    desk.page.goto(SECTION)
    box = desk.page.get_by_label("Body:")
    box.press("Control+End")
    box.press_sequentially("\n\n[[picture")
    expect(desk.page.get_by_role("option").first).to_contain_text("A leg at rest.")
    box.press("Enter")
    desk.clicks += 1
    desk.save()
    desk.told("was changed successfully")
    desk.took(9)

    reader("/articles/nutrients-and-muscle-jerking/", "Picture: Ann Smith, CC BY 4.0")


def test_fact_is_corrected_by_keyboard_on_a_phone(desk):
    page = desk.page
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto("/admin/nutrients/nutrient/1/change/")
    for _ in range(60):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.name") == "tagline":
            break
    page.keyboard.press("Control+A")
    page.keyboard.type("Written by keyboard")
    page.keyboard.press("Enter")
    desk.told("was changed successfully")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_account_is_added_and_its_owner_signs_in_and_is_closed(desk, new_context):
    desk.page.goto("/admin/auth/user/add/")
    desk.write("Username:", "ben")
    desk.write("First name:", "Ben")
    desk.write("Last name:", "Lee")
    desk.click(desk.page.get_by_label("Editors", exact=True))
    desk.save()
    link = re.search(r"http\S+/admin/choose/\S+/", desk.page.locator(".messagelist").inner_text())
    desk.took(5)

    page = new_context().new_page()
    page.goto(link[0])
    for label in ("New password:", "Confirm password:"):
        page.get_by_label(label, exact=True).fill("a long and plain password")
    page.get_by_role("button", name=re.compile("password", re.I)).click()
    page.get_by_label("Username").fill("ben")
    page.get_by_label("Password").fill("a long and plain password")
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("link", name="Review desk")).to_be_visible()
