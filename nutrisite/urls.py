from django.conf import settings
from django.contrib import admin
from django.urls import include, path

from nutrisite import health

urlpatterns = [
    path(settings.ADMIN_PATH, admin.site.urls),
    path("healthz", health.alive, name="healthz"),
    path("readyz", health.ready, name="readyz"),
    path("", include("nutrients.urls")),
]

if "debug_toolbar" in settings.INSTALLED_APPS:
    urlpatterns.insert(0, path("__debug__/", include("debug_toolbar.urls")))

handler400 = "nutrients.site.views.bad_request"
handler404 = "nutrients.site.views.page_not_found"
handler500 = "nutrisite.accounts.resubmission.server_error"
