"""The WSGI application that gunicorn serves: Django, with finished pages kept in front of it."""

import os

from django.conf import settings
from django.core.wsgi import get_wsgi_application

from nutrisite.cache import in_front_of
from nutrisite.doorway import Doorway

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "nutrisite.settings")

application = Doorway(in_front_of(get_wsgi_application()), f"/{settings.ADMIN_PATH}")
