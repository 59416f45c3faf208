"""Pictures of editors: checked, encoded again, shown in articles, and kept with the content."""

import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from PIL import Image

from nutrients.admin.pictures import NO_PICTURE
from nutrients.models import Article, Picture, Proposal
from tests.admin.forms import address_of, delete
from tests.revisions import address_of_version, versions_of

FIELDS = {"alternative": "A calf being stretched.", "credit": "Ann Smith", "licence": "CC BY 4.0"}


def file(kind="PNG", size=(60, 40), mode="RGB", **more):
    """Return a picture as a browser uploads it."""
    written = io.BytesIO()
    Image.new(mode, size, "red").save(written, kind, **more)
    return SimpleUploadedFile("x", written.getvalue())


@pytest.fixture
def picture(screen):
    assert screen(Picture).save(slug="stretch", upload=file(), **FIELDS).status_code == 302
    return Picture.objects.get(slug="stretch")


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "GIF", "WEBP"])
def test_picture_is_encoded_again_without_metadata(screen, client, kind):
    exif = Image.Exif()
    exif[0x010E] = "At home, 12 Green Lane"
    big = file(kind, (3000, 1500), exif=exif)
    screen(Picture).save(slug="stretch", upload=big, **FIELDS)

    row = Picture.objects.get()
    answer = client.get(row.get_absolute_url())
    assert answer["Content-Type"] == "image/webp"
    assert "immutable" in answer["Cache-Control"]
    assert b"Green Lane" not in answer.content
    with Image.open(io.BytesIO(answer.content)) as served:
        assert (served.format, served.size, dict(served.getexif())) == ("WEBP", (1600, 800), {})
    assert (row.width, row.height) == (1600, 800)


@pytest.mark.parametrize(
    ("upload", "words"),
    [
        (lambda: SimpleUploadedFile("x.png", b"<svg onload='x'/>"), NO_PICTURE),
        (lambda: SimpleUploadedFile("x.png", file().read()[:60]), NO_PICTURE),
        (lambda: file("TIFF"), NO_PICTURE),
        (lambda: SimpleUploadedFile("x.png", b"0" * 10_000_001), "more than 10 MB"),
        (lambda: file("PNG", (9000, 9000), mode="1"), "50 million pixels"),
    ],
)
def test_file_that_is_no_picture_is_refused(screen, upload, words):
    errors = screen(Picture).errors(slug="stretch", upload=upload(), **FIELDS)

    assert words in str(errors["upload"])
    assert not Picture.objects.exists()


def test_picture_needs_credit_licence_and_alternative_text_unless_decorative(screen, content):
    form, fields = screen(Picture), FIELDS | {"slug": "stretch"}
    for wrong in ({"alternative": ""}, {"is_decorative": "on"}, {"licence": ""}, {"credit": ""}):
        assert form.errors(**fields | {"upload": file()} | wrong)

    decorative = {"upload": file(), "alternative": "", "is_decorative": "on"}
    assert form.save(**fields | decorative).status_code == 302


def test_picture_shows_in_an_article_and_is_not_deleted(screen, client, editor_client, picture):
    assert "[[picture stretch]]" in editor_client.get(reverse("admin:writing_help")).text
    section = Article.objects.first().sections.first()
    wrong = screen(section).errors(body="Words.\n\n[[picture nothing]]")
    assert "there is none called “nothing”" in str(wrong["body"])
    screen(section).save(body="Words.\n\n[[picture stretch]]")
    page = client.get(section.article.get_absolute_url()).text

    assert f'<img src="{picture.get_absolute_url()}" width="60" height="40"' in page
    assert 'alt="A calf being stretched."' in page
    assert "Picture: Ann Smith, CC BY 4.0" in page
    assert "take it out there first" in delete(editor_client, picture).text
    assert Picture.objects.exists()
    screen(picture).save(upload=file(size=(80, 80)), _propose="yes")
    proposal = Proposal.objects.get()
    assert editor_client.get(address_of(proposal, "pages")).context["pages"]
    digest = proposal.rows.get().values["file_digest"]
    shown = client.get(reverse("nutrients:picture", args=["stretch", digest]))
    assert shown.content not in (b"", bytes(picture.data))


def test_new_file_gets_a_new_address_and_earlier_files_are_restored(
    screen, client, editor_client, picture
):
    before = picture.get_absolute_url()
    screen(picture).save(upload=file(size=(80, 80)))
    now = Picture.objects.get()
    assert now.get_absolute_url() != before
    assert client.get(before).status_code == 404

    assert screen(picture, address_of_version(versions_of(now)[-1])).save().status_code == 302
    assert Picture.objects.get().get_absolute_url() == before
    assert client.get(before).content == bytes(picture.data)

    delete(editor_client, picture)
    assert client.get(before).status_code == 404
    screen(None, address_of(Picture, "recover", versions_of(picture)[0].pk)).save()
    assert client.get(before).content == bytes(picture.data)
