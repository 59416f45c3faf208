"""The site's own settings, made fast and independent of the machine's variables."""

import atexit
import os
from pathlib import Path
from shutil import rmtree
from tempfile import mkdtemp

os.environ.update(
    SECRET_KEY="only-for-tests-and-never-for-a-server",
    SITE_URL="http://testserver",
    LOG_FORMAT="json",
    SECOND_STEP_FOR="nobody",
    # Playwright keeps an event loop in the thread of the tests, and Django would refuse to work.
    DJANGO_ALLOW_ASYNC_UNSAFE="true",
)
for name in ("DEBUG", "ALLOWED_HOSTS", "ADMIN_PATH", "BEHIND_PROXY"):
    os.environ.pop(name, None)
# A database server of the developer's may be used; a file of theirs never is.
if os.environ.get("DATABASE_URL", "").startswith("sqlite"):
    del os.environ["DATABASE_URL"]

from nutrisite.settings import *  # noqa: E402, F403
from nutrisite.settings import STORAGES  # noqa: E402

ALLOWED_HOSTS = ["testserver", "localhost", "127.0.0.1"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES = STORAGES | {
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
}
# Files are found where they lie, so that no test waits for collectstatic.
WHITENOISE_AUTOREFRESH = True
WHITENOISE_USE_FINDERS = True
# Apart from a served site's, and gone with the process.
OPEN_DATA_DIR = Path(mkdtemp(prefix="nutrisite-open-data-"))
atexit.register(rmtree, OPEN_DATA_DIR, ignore_errors=True)
