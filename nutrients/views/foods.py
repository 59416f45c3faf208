"""Being written."""
from django.http import Http404


def food_list(request, **kwargs):
    """Being written."""
    raise Http404


def food(request, **kwargs):
    """Being written."""
    raise Http404
