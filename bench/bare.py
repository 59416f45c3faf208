"""A Django that does nothing but answer /5000 with 5,000 bytes: what the site is compared with."""

from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.http import HttpRequest, HttpResponse
from django.urls import path

settings.configure(ROOT_URLCONF=__name__, ALLOWED_HOSTS=["127.0.0.1"], SECRET_KEY="bare")


def page(request: HttpRequest, size: int) -> HttpResponse:
    """Answer with as many bytes as the address says."""
    return HttpResponse(b"x" * size, headers={"Content-Length": size})


urlpatterns = [path("<int:size>", page), path("readyz", page, {"size": 2})]
application = get_wsgi_application()
