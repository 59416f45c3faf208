"""The screen of pictures, whose uploads are checked and encoded again as WebP."""

import hashlib
import io
import warnings
from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils.html import format_html

from nutrients.models import Picture

from .content import ContentAdmin
from .content_forms import ContentForm
from .screens import fieldset

MAX_FILE_SIZE, MAX_SIDE, MAX_PIXELS = 10_000_000, 1600, 50_000_000
FORMATS = ("JPEG", "PNG", "WEBP", "GIF")
NO_PICTURE = "This is no picture that can be read: send JPEG, PNG, WebP or GIF."


def web_picture(file: Any) -> tuple[bytes, int, int]:
    """Return an uploaded picture as WebP, upright and without metadata, with its width and height.

    The metadata of a camera may say where somebody lives. Raises ValidationError.
    """
    # Imported here to save the memory in processes that only serve readers.
    from PIL import Image, ImageOps

    if file.size > MAX_FILE_SIZE:
        raise ValidationError("The file has more than 10 MB: make it smaller.")
    try:
        with warnings.catch_warnings(), Image.open(file, formats=FORMATS) as picture:
            warnings.simplefilter("ignore")
            if picture.width * picture.height > MAX_PIXELS:
                raise ValidationError("The picture has more than 50 million pixels.")
            # The photo of a telephone would take 700 MB of memory: read a smaller one of its file.
            picture.draft(None, (MAX_SIDE, MAX_SIDE))
            small = picture.convert("RGBA" if picture.has_transparency_data else "RGB")
            small.thumbnail((MAX_SIDE, MAX_SIDE))
            small = ImageOps.exif_transpose(small)
            data = io.BytesIO()
            small.save(data, "WEBP", quality=80, method=6)
    except (OSError, SyntaxError, ValueError, EOFError, Image.DecompressionBombError) as error:
        raise ValidationError(NO_PICTURE) from error
    return data.getvalue(), *small.size


class PictureForm(ContentForm):
    """A picture. A file is chosen for a new one, and to replace that of an old one."""

    upload = forms.FileField(
        label="File",
        help_text="JPEG, PNG, WebP or GIF, up to 10 MB. It is made smaller, and what the camera "
        "wrote into it goes.",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "upload" in self.fields:
            self.fields["upload"].required = not self.instance.pk

    def clean_upload(self) -> tuple[bytes, int, int] | None:
        file = self.cleaned_data["upload"]
        return web_picture(file) if file else None

    def clean(self) -> dict[str, Any]:
        """Set the file before the constraints of the table are checked."""
        cleaned = super().clean()
        if upload := cleaned.get("upload"):
            row = self.instance
            row.data, row.width, row.height = upload
            row.file_digest = hashlib.sha256(row.data).hexdigest()[:16]
        return cleaned


@admin.register(Picture)
class PictureAdmin(ContentAdmin):
    form = PictureForm
    list_display = ("slug", "image", "alternative", "credit", "licence")
    search_fields = ("slug", "alternative", "credit")
    readonly_fields = ("image",)
    fieldsets = (
        fieldset(
            None,
            "slug",
            "upload",
            "image",
            "alternative",
            "is_decorative",
            "credit",
            "licence",
            description=(
                "An article shows it by [[picture slug]] on a line of its own. "
                "Say whose it is and by which licence we show it."
            ),
        ),
    )

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).defer("data")

    def get_view_on_site_url(self, obj: Any = None) -> str | None:
        return None

    @admin.display(description="Picture")
    def image(self, obj: Picture) -> str:
        if not obj.pk:
            return "–"
        tag = '<img class="picture" src="{}" width="{}" height="{}" alt="{}">'
        address = obj.get_absolute_url()
        return format_html(tag, address, obj.width, obj.height, obj.alternative)
