"""Being written."""
from django.http import Http404


def home(request, **kwargs):
    """Being written."""
    raise Http404


def about(request, **kwargs):
    """Being written."""
    raise Http404


def method(request, **kwargs):
    """Being written."""
    raise Http404


def sources(request, **kwargs):
    """Being written."""
    raise Http404


def privacy(request, **kwargs):
    """Being written."""
    raise Http404


def accessibility(request, **kwargs):
    """Being written."""
    raise Http404


def safety(request, **kwargs):
    """Being written."""
    raise Http404
