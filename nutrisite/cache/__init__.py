"""Finished pages, kept in front of Django for as long as the content stays as it is.

`PageCache` is the layer that gunicorn calls. `Versions` tells it whether anything was committed
or fell due, `Pages` holds what Django answered, and `kept_pages` is the middleware by which
Django says which answers may be kept.
"""

from django.conf import settings
from django.utils.module_loading import import_string

from nutrisite.cache.layer import Application, PageCache
from nutrisite.cache.pages import Pages
from nutrisite.cache.versions import versions_of


def in_front_of(application: Application) -> PageCache:
    """Give the layer for Django's own application, as the settings have it."""
    versions = versions_of("default", import_string(settings.NEXT_CHANGE))
    scheme_header, _ = settings.SECURE_PROXY_SSL_HEADER or ("", "")
    return PageCache(application, versions, Pages(settings.PAGE_CACHE_BYTES), scheme_header)
