"""Being written."""
from django.http import Http404


def comparison(request, **kwargs):
    """Being written."""
    raise Http404


def comparison_csv(request, **kwargs):
    """Being written."""
    raise Http404
