"""Being written."""
from django.http import Http404


def nutrient_list(request, **kwargs):
    """Being written."""
    raise Http404


def nutrient(request, **kwargs):
    """Being written."""
    raise Http404


def association(request, **kwargs):
    """Being written."""
    raise Http404


def symptom_list(request, **kwargs):
    """Being written."""
    raise Http404


def symptom(request, **kwargs):
    """Being written."""
    raise Http404
