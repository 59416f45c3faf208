"""Being written."""
from django.http import Http404


def article_list(request, **kwargs):
    """Being written."""
    raise Http404


def article(request, **kwargs):
    """Being written."""
    raise Http404
