"""Being written."""
from django.http import Http404


def search(request, **kwargs):
    """Being written."""
    raise Http404
