"""Being written."""
from django.http import Http404


def checklist(request, **kwargs):
    """Being written."""
    raise Http404


def checklist_print(request, **kwargs):
    """Being written."""
    raise Http404
