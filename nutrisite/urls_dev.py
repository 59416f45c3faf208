"""The project's addresses, and those of the debug toolbar."""

from debug_toolbar.toolbar import debug_toolbar_urls

from nutrisite.urls import handler404, urlpatterns  # noqa: F401

urlpatterns = [*debug_toolbar_urls(), *urlpatterns]
