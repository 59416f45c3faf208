"""The WSGI application that gunicorn serves: Django, with finished pages kept in front of it."""

import os
from importlib import import_module
from pathlib import Path

from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.template.loader import get_template

from nutrisite.page_cache import in_front_of

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "nutrisite.settings")


def load_the_rest() -> None:
    """Load what Django leaves for the first request that needs it: views, and templates.

    A site that runs then depends on none of these files, and an upgrade may replace them under it.
    Raises what a view or a template with a mistake in it raises.
    """
    import_module(settings.ROOT_URLCONF)
    for folder in settings.TEMPLATES[0]["DIRS"]:
        for path in Path(folder).rglob("*.*ml"):
            get_template(path.relative_to(folder).as_posix())


application = in_front_of(get_wsgi_application())
load_the_rest()
