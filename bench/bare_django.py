"""A Django page that does nothing: /5000 answers with 5,000 bytes, without any middleware."""

from django.core.wsgi import get_wsgi_application
from django.http import HttpRequest, HttpResponse
from django.urls import path


def page(request: HttpRequest, size: int) -> HttpResponse:
    """Answer with as many bytes as the address says."""
    return HttpResponse(b"x" * size, headers={"Content-Length": size})


urlpatterns = [path("<int:size>", page)]

application = get_wsgi_application()
