"""The A to Z."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from nutrients.queries.a_to_z import a_to_z as letters_of_everything


@require_safe
def a_to_z(request: HttpRequest) -> HttpResponse:
    """Everything on the site by its name, other names too."""
    context = {"letters": letters_of_everything(at=timezone.now())}
    return render(request, "nutrients/a_to_z.html", context)
