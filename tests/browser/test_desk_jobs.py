"""Jobs of editors, with the clicks that each may take. A field to write in counts as one."""

import re

import pytest
from playwright.sync_api import expect

from . import databases, server
from .conftest import PHONE, tab_to

pytestmark = pytest.mark.changes_content

SECTION = "/admin/nutrients/articlesection/1/change/"


class Desk:
    """An editor at the desk: counts clicks, of which each may reload the page."""

    def __init__(self, page):
        self.page = page
        self.clicks = 0

    def sign_in(self, name):
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

    def expect_text(self, words):
        expect(self.page.get_by_text(words).first).to_be_visible()

    def expect_clicks(self, at_most):
        assert self.clicks <= at_most


@pytest.fixture
def desk(editor_page):
    return Desk(editor_page)


@pytest.fixture
def reader(new_context):
    """Return a function that checks what a reader gets at an address."""
    request = new_context().request

    def expect_text(address, words):
        assert words in " ".join(request.get(address).text().split()), address

    return expect_text


def test_fact_is_corrected_and_shows_in_five_places(desk, reader):
    desk.page.goto("/admin/")
    desk.write("Find words in every text", "magnesium")
    desk.button("Find", exact=True)
    desk.link("Magnesium", exact=True)
    desk.write("Tagline:", "Keeps a calm beat")
    desk.save()
    desk.expect_text("was changed successfully")
    desk.expect_clicks(5)

    article = "/articles/nutrients-and-muscle-jerking/"
    for address in ("/nutrients/", "/compare/", article, "/", "/data/nutrients.csv"):
        reader(address, "Keeps a calm beat")


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
    desk.expect_text("was added successfully")
    desk.expect_clicks(18)

    reader("/articles/cold-hands/", "hands can be cold")


# A writer with the editor's password.
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
    writer.expect_text("Readers see nothing of it yet")
    address = writer.page.url
    writer.link("Pages that change")
    writer.click(writer.page.locator(f"#content-main a[href*='path={article}']").first)
    expect(writer.page.locator("main ins", has_text="human")).to_be_visible()
    writer.page.goto(address)
    writer.button("Ready to be read")
    writer.expect_text("Ready to be read.")
    writer.expect_clicks(5)

    desk.page.goto(address)
    desk.write("First and last name:", "Rita Moss")
    desk.write("Profession:", "GP")
    desk.button("Make a link")
    message = desk.page.locator(".messagelist").inner_text()
    desk.expect_clicks(3)

    colleague = Desk(new_context().new_page())
    colleague.page.goto(re.search(r"http\S+/preview/[\w-]+/", message)[0])
    colleague.click(colleague.page.locator(f"main a[href*='path={article}']").first)
    expect(colleague.page.locator("main ins", has_text="human")).to_be_visible()
    colleague.page.go_back()
    colleague.write("Your name", "Rita")
    colleague.write("Your remark", "This reads well.")
    colleague.button("Send your remark")
    colleague.expect_text("The editors can see what you sent")
    colleague.write("Your code", re.search(r"\b\d{8}\b", message)[0])
    colleague.button("I agree")
    colleague.expect_text("The editors can see what you sent")
    assert colleague.page.context.cookies() == []
    colleague.expect_clicks(6)
    reader(article, "natural to worry")

    desk.page.goto(address)
    desk.expect_text("This reads well.")
    desk.expect_text("Clinician: Rita Moss, GP")
    desk.button("I have read this and agree, as editor")
    desk.expect_text("You signed")
    desk.link("Publish…")
    desk.button("Publish now")
    desk.expect_text("On the site since")
    desk.expect_clicks(6)
    reader(article, "human to worry")
    reader(article, "Rita Moss, GP")


def test_fact_is_corrected_by_keyboard_on_a_phone(desk):
    page = desk.page
    page.set_viewport_size(PHONE)
    page.goto("/admin/nutrients/nutrient/1/change/")
    tab_to(page, "document.activeElement.name === 'tagline'", 60)
    page.keyboard.press("Control+A")
    page.keyboard.type("Written by keyboard")
    page.keyboard.press("Enter")
    desk.expect_text("was changed successfully")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
