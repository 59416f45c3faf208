"""Settings of a Django that does nothing, and what the site's gunicorn worker asks of settings."""

import os
from pathlib import Path

ROOT_URLCONF = "bench.bare_django"
ALLOWED_HOSTS = ["127.0.0.1"]
SECRET_KEY = "bare"
VAR_DIR = Path(os.environ["VAR_DIR"])
ADMIN_PATH, LONGEST_BODY, LONGEST_ADMIN_BODY = "admin/", 65_536, 10_000_000
