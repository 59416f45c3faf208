"""The WSGI application that gunicorn serves: Django, with finished pages cached in front of it."""

import os
from importlib import import_module
from pathlib import Path

from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.template.loader import get_template

from nutrisite.page_cache import with_page_cache

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "nutrisite.settings")

application = with_page_cache(get_wsgi_application())
# Load views and templates before the first request: an upgrade may replace their files.
import_module(settings.ROOT_URLCONF)
for folder in settings.TEMPLATES[0]["DIRS"]:
    for path in Path(folder).rglob("*.*ml"):
        get_template(path.relative_to(folder).as_posix())
