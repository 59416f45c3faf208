"""Being written."""
from django.http import Http404


def sitemap(request, **kwargs):
    """Being written."""
    raise Http404


def robots(request, **kwargs):
    """Being written."""
    raise Http404


def article_feed(request, **kwargs):
    """Being written."""
    raise Http404
