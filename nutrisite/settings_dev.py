"""Settings of `make dev`: no cached pages, debug error pages, django-debug-toolbar.

They need the packages of requirements-dev.txt, so a production server cannot use them.
"""

import os

os.environ["DEBUG"] = "true"

from nutrisite.settings import *

# Django alone, without the page cache and its memory, so that an edited template shows at once.
WSGI_APPLICATION = None
# WhiteNoise serves the files, with the types that it knows, and not Django's runserver.
INSTALLED_APPS = ["whitenoise.runserver_nostatic", *INSTALLED_APPS, "debug_toolbar"]
# Below compression, because the toolbar adds itself to the page.
MIDDLEWARE.insert(
    MIDDLEWARE.index("django.middleware.gzip.GZipMiddleware") + 1,
    "debug_toolbar.middleware.DebugToolbarMiddleware",
)
INTERNAL_IPS = ["127.0.0.1", "::1"]
