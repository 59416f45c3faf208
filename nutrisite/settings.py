"""Every setting, read once from the environment. README.md explains each variable."""

from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured

from nutrisite import environment, logging

BASE_DIR = Path(__file__).resolve().parent.parent
VAR_DIR = environment.folder("VAR_DIR", BASE_DIR / "var")

# Where the site is
DEBUG = environment.boolean("DEBUG", False)
PORT = environment.whole_number("PORT", 8000, 1, 65535)
SITE_URL = environment.origin("SITE_URL", f"http://127.0.0.1:{PORT}")
HTTPS = SITE_URL.startswith("https:")
BEHIND_PROXY = environment.boolean("BEHIND_PROXY", False)
PROXY_COUNT = environment.whole_number("PROXY_COUNT", 1, 1, 9)
CONTACT_EMAIL = environment.text("CONTACT_EMAIL", "")
if HTTPS and not BEHIND_PROXY:
    raise ImproperlyConfigured(
        "SITE_URL is https, but gunicorn itself speaks http: put a proxy before it that sets"
        " X-Forwarded-Proto, and BEHIND_PROXY=true."
    )
ALLOWED_HOSTS = environment.names(
    "ALLOWED_HOSTS",
    [
        urlsplit(SITE_URL).hostname or "",
        environment.host("HOST", "localhost"),
        *("localhost", "127.0.0.1", "[::1]"),
    ],
)
CSRF_TRUSTED_ORIGINS = environment.names("CSRF_TRUSTED_ORIGINS", [SITE_URL])
ADMIN_PATH = environment.path("ADMIN_PATH", "admin/")
# Networks from which the admin is there at all; without any it is there for all.
ADMIN_NETWORKS = environment.networks("ADMIN_NETWORKS")
PAGE_NOT_FOUND = "nutrients.site.views.page_not_found"
ROOT_URLCONF = "nutrisite.urls"
WSGI_APPLICATION = "nutrisite.wsgi.application"


def secret_key() -> str:
    """Give the key from SECRET_KEY, or from the file that `make run` writes once."""
    path = environment.folder("SECRET_KEY_FILE", VAR_DIR / "secret_key")
    key = environment.text("SECRET_KEY", "")
    if not key and path.is_file():
        key = path.read_text(encoding="ascii").strip()
    if not key:
        raise ImproperlyConfigured(
            f"there is no secret key: set SECRET_KEY, or let `make key` write {path}."
        )
    return key


SECRET_KEY = secret_key()

INSTALLED_APPS = [
    "nutrisite",
    "nutrients.apps.NutrientsConfig",
    "nutrients.apps.EditorsConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.messages",
    "django.contrib.sessions",
    "django.contrib.sitemaps",
    "django.contrib.staticfiles",
    "axes",
    "csp",
    "django_htmx",
    "django_otp",
    "django_otp.plugins.otp_static",
    "django_otp.plugins.otp_totp",
    "reversion",
    # Below those whose screens it replaces.
    "nutrisite.accounts.apps.AccountsConfig",
]

MIDDLEWARE = [
    "nutrisite.middleware.EveryRequest",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    # These two fit an answer to one reader; those below make it for all.
    "django.middleware.gzip.GZipMiddleware",
    "django.middleware.http.ConditionalGetMiddleware",
    "nutrisite.page_cache.SharedAnswers",
    "nutrisite.middleware.RefusedRequests",
    "django.middleware.common.CommonMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    # Editors only: on a public page none of these touches a cookie.
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django_otp.middleware.OTPMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "axes.middleware.AxesMiddleware",
]

TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "nutrients.context.site",
            ],
        },
    },
]


# Database
def database() -> dict[str, Any]:
    """Give the connection settings of the engine that DATABASE_URL names."""
    config = environment.database("DATABASE_URL", f"sqlite:///{VAR_DIR / 'nutrisite.sqlite3'}")
    options = config.setdefault("OPTIONS", {})
    if config["ENGINE"] == "django.db.backends.sqlite3":
        # A writer takes its lock at once and others wait for it: with the default they read first,
        # and then fail with "database is locked". FULL keeps the last save through a power cut.
        options |= {
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;",
        }
        return config | {"CONN_MAX_AGE": None}
    # The pool keeps connections open, so Django must give them back after every request.
    largest = environment.whole_number("DATABASE_POOL_SIZE", 8, 1, 200)
    options["pool"] = {"min_size": 1, "max_size": largest, "timeout": 10}
    return config | {"CONN_MAX_AGE": 0, "CONN_HEALTH_CHECKS": True}


DATABASES = {"default": database()}
BACKUP_DIR = environment.folder("BACKUP_DIR", VAR_DIR / "backups")
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
# Finished pages, in the memory of each worker; 0 renders each page every time.
PAGE_CACHE_BYTES = environment.whole_number("PAGE_CACHE_MB", 8, 0, 4096) * 1_000_000
# Gives the next moment at which a page changes without an edit.
NEXT_CHANGE = "nutrients.common.schedule.next_change"
PUBLIC_FROM = "nutrients.common.schedule.public_from"

# Files
STATIC_URL = "/static/"
STATIC_ROOT = environment.folder("STATIC_ROOT", VAR_DIR / "static")
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "nutrisite.staticfiles.BundledStaticFilesStorage"},
}
WHITENOISE_KEEP_ONLY_HASHED_FILES = True
# Every file says that it is for this site alone.
WHITENOISE_ALLOW_ALL_ORIGINS = False
# Browsers read rules for prefetching only under their own type.
WHITENOISE_MIMETYPES = {".speculation": "application/speculationrules+json"}

# Open data, each table a file that is written once a version of the content
OPEN_DATA_DIR = VAR_DIR / "open-data"

# The content that comes with the site
FIXTURES = BASE_DIR / "fixtures"

# How many who wrote none of it must agree before a proposal is published
SIGN_OFFS = {"none": 0, "one": 1, "two": 2}[
    environment.choice("SIGN_OFFS", "none", ("none", "one", "two"))
]

# Language and time
LANGUAGE_CODE = "en-gb"
TIME_ZONE = "UTC"
# One language: without this, each address and figure of a page would ask which one it is in.
USE_I18N = False
FORMAT_MODULE_PATH = "nutrisite.formats"

# What a browser may do; `EveryRequest` sends it
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "worker-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    }
}
# Not no-referrer: browsers would then send no origin with a form, and signing in would fail.
SECURE_REFERRER_POLICY = "same-origin"
SECURE_SSL_REDIRECT = HTTPS
# Asked of each instance itself, by http.
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]
SECURE_HSTS_SECONDS = 365 * 24 * 60 * 60 if HTTPS else 0
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if BEHIND_PROXY else None
# Only the owner of the domain can promise https for its subdomains and to browsers' preload lists,
# which ask for both.
SECURE_HSTS_PRELOAD = environment.boolean("HSTS_PRELOAD", False)
SECURE_HSTS_INCLUDE_SUBDOMAINS = (
    environment.boolean("HSTS_INCLUDE_SUBDOMAINS", False) or SECURE_HSTS_PRELOAD
)
# X-Frame-Options is one of the headers of `EveryRequest`.
SILENCED_SYSTEM_CHECKS = ["security.W002", "security.W005", "security.W021"]

# Bytes of a form: an editor's may hold a long article.
DATA_UPLOAD_MAX_MEMORY_SIZE = 10_000_000
# A nutrient's form holds its associations, intakes and amounts: more fields than Django expects.
DATA_UPLOAD_MAX_NUMBER_FIELDS = 5000

# Cookies: editors' alone. The prefix has the browser refuse one that another host of the domain
# wrote; it asks for https and the path /, so `EveryRequest` keeps them from public pages.
COOKIE_PREFIX, COOKIE_PATH = ("__Host-", "/") if HTTPS else ("", f"/{ADMIN_PATH}")
SESSION_COOKIE_NAME, CSRF_COOKIE_NAME = f"{COOKIE_PREFIX}sessionid", f"{COOKIE_PREFIX}csrftoken"
SESSION_COOKIE_PATH = CSRF_COOKIE_PATH = COOKIE_PATH
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
CSRF_COOKIE_HTTPONLY = True
# In the session, because Django's other place is one more cookie, for the whole site.
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"

CSRF_FAILURE_VIEW = "nutrisite.accounts.kept_forms.csrf_failure"
# Requests of editors that a process answers at the same time: the other threads are for readers.
EDITORS_AT_ONCE = max(1, environment.whole_number("WEB_THREADS", 4, 1, 64) // 2)

# Signing in
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "nutrisite.accounts.signing_in.PasswordAndCode",
]
# Where a sign-in leads that names no place of ours to go on to.
LOGIN_REDIRECT_URL = f"/{ADMIN_PATH}"
# A session ends so long after its last save; several tabs and a long article need no hurry.
SESSION_COOKIE_AGE = environment.whole_number("SESSION_HOURS", 12, 1, 720) * 3600
# A link by which somebody chooses a password works so long, in seconds.
PASSWORD_RESET_TIMEOUT = 24 * 3600
# Who must have a second step: names of groups, `administrators`, `everyone` or `nobody`.
SECOND_STEP_FOR = environment.names("SECOND_STEP_FOR", ["administrators"])
OTP_TOTP_ISSUER = "Nutrisite"
# Wrong tries by one account from one network, after which it may not try from there for a while.
# They are counted in the database, so the count holds for all instances and through a restart.
AXES_FAILURE_LIMIT = environment.whole_number("SIGN_IN_TRIES", 10, 3, 1000)
AXES_COOLOFF_TIME = timedelta(minutes=environment.whole_number("SIGN_IN_LOCK_MINUTES", 15, 1, 1440))
AXES_LOCKOUT_PARAMETERS = "nutrisite.accounts.signing_in.counted_by"
AXES_USERNAME_CALLABLE = "nutrisite.accounts.signing_in.counted_name"
# Otherwise further tries would lock an editor out for ever.
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False
AXES_CLIENT_IP_CALLABLE = "nutrisite.client.written_network"
AXES_LOCKOUT_CALLABLE = "nutrisite.accounts.signing_in.locked_out"
AXES_SENSITIVE_PARAMETERS = ["username", "ip_address", "token", "kept"]
# Sign-ins are recorded in accounts.AccountEvent, and shown there.
AXES_DISABLE_ACCESS_LOG = True
AXES_ENABLE_ADMIN = False
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}", "OPTIONS": options}
    for name, options in {
        "UserAttributeSimilarityValidator": {},
        "MinimumLengthValidator": {"min_length": 12},
        "CommonPasswordValidator": {},
        "NumericPasswordValidator": {},
    }.items()
]

# Logs
LOGGING = logging.configuration(
    environment.choice("LOG_FORMAT", "plain", ("plain", "json")),
    environment.choice("LOG_LEVEL", "INFO", ("DEBUG", "INFO", "WARNING", "ERROR")),
)
