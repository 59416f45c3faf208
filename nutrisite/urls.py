"""The project's addresses. The public site map is in nutrients/urls.py."""

from django.conf import settings
from django.contrib import admin
from django.urls import include, path

from nutrisite import health, metrics, policy_reports

urlpatterns = [
    # Editors
    path(settings.ADMIN_PATH, admin.site.urls),
    # Machines
    path("healthz", health.alive, name="healthz"),
    path("readyz", health.ready, name="readyz"),
    path("metrics", metrics.metrics, name="metrics"),
    path(settings.POLICY_REPORTS.lstrip("/"), policy_reports.receive, name="policy_reports"),
    # Readers
    path("", include("nutrients.urls")),
]

handler404 = settings.PAGE_NOT_FOUND
