"""Every setting, read once from the environment. README.md explains each variable."""

import os
from datetime import timedelta
from pathlib import Path
from typing import Any

from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from django.http.request import split_domain_port

from nutrisite import environment, logging

BASE_DIR = Path(__file__).resolve().parent.parent
VAR_DIR = environment.folder("VAR_DIR", BASE_DIR / "var")

# Addresses
DEBUG = environment.boolean("DEBUG", False)
HOST = environment.matching("HOST", "127.0.0.1", environment.ADDRESS, "a host alone").strip("[]")
HOST = f"[{HOST}]" if ":" in HOST else HOST
PORT = environment.whole_number("PORT", 8000, 1, 65535)
SITE_URL = environment.origin("SITE_URL", f"http://127.0.0.1:{PORT}")
HTTPS = SITE_URL.startswith("https:")
BEHIND_PROXY = environment.boolean("BEHIND_PROXY", False)
PROXY_COUNT = environment.whole_number("PROXY_COUNT", 1, 1, 9)
CONTACT_EMAIL = environment.matching(
    "CONTACT_EMAIL", "", environment.EMAIL, "one address, like editors@example.org"
)
if HTTPS and not BEHIND_PROXY:
    raise ImproperlyConfigured(
        "SITE_URL is https, but gunicorn itself speaks http: put a proxy before it that sets"
        " X-Forwarded-Proto, and BEHIND_PROXY=true."
    )
ALLOWED_HOSTS = environment.hosts(
    "ALLOWED_HOSTS",
    [split_domain_port(SITE_URL.partition("//")[2])[0], HOST, "localhost", "127.0.0.1", "[::1]"],
)
if os.environ.get("SCRIPT_NAME"):
    # gunicorn reads it, and would serve the site under a path.
    raise ImproperlyConfigured("the site needs a host of its own, so unset SCRIPT_NAME.")
CSRF_TRUSTED_ORIGINS = [SITE_URL]
ADMIN_PATH = environment.path("ADMIN_PATH", "admin/")
# Clients elsewhere get 404 for the admin. With an empty list everybody can reach it.
ADMIN_NETWORKS = environment.networks("ADMIN_NETWORKS")
ROOT_URLCONF = "nutrisite.urls"
WSGI_APPLICATION: str | None = "nutrisite.wsgi.application"

# `make key` creates the file.
SECRET_KEY = environment.secret("SECRET_KEY", VAR_DIR / "secret_key")

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
    # It unregisters admin screens of the apps above.
    "nutrisite.accounts",
]

MIDDLEWARE = [
    "nutrisite.middleware.EveryRequest",
    "csp.middleware.CSPMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    # These two adapt a response to one client; the middleware below serves all clients alike.
    "django.middleware.gzip.GZipMiddleware",
    "django.middleware.http.ConditionalGetMiddleware",
    "nutrisite.page_cache.MarkCacheable",
    "nutrisite.middleware.RefusedRequests",
    "django.middleware.common.CommonMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    # For editors: on a public page none of these touches a cookie.
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

# Processes, and threads of each
WEB_WORKERS = environment.whole_number("WEB_WORKERS", min(os.cpu_count() or 1, 4), 1, 64)
WEB_THREADS = environment.whole_number("WEB_THREADS", 4, 1, 64)

# Database
# Seconds that a connection waits for the lock of another one
LOCK_TIMEOUT = 20


def database() -> dict[str, Any]:
    config = environment.database("DATABASE_URL", f"sqlite:///{VAR_DIR / 'nutrisite.sqlite3'}")
    options = config.setdefault("OPTIONS", {})
    if config["ENGINE"] == "django.db.backends.sqlite3":
        # IMMEDIATE takes the write lock at BEGIN, so that others wait for it: a transaction that
        # reads first fails with "database is locked". FULL keeps the last save in a power cut.
        options |= {
            "transaction_mode": "IMMEDIATE",
            "timeout": LOCK_TIMEOUT,
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;",
        }
        return config | {"CONN_MAX_AGE": None}
    # The pool keeps a connection open for each thread, so Django returns it after every request.
    options["pool"] = {"min_size": 1, "max_size": WEB_THREADS, "timeout": 10}
    return config | {"CONN_MAX_AGE": 0, "CONN_HEALTH_CHECKS": True}


DATABASES = {"default": database()}
BACKUP_DIR = environment.folder("BACKUP_DIR", VAR_DIR / "backups")
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
# Memory of each worker for finished pages; 0 renders each page for its request.
PAGE_CACHE_BYTES = environment.whole_number("PAGE_CACHE_MB", 8, 0, 4096) * 1_000_000
# Functions that return when a page next changes without an edit, and when content is first public
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
WHITENOISE_ALLOW_ALL_ORIGINS = False
OPEN_DATA_DIR = VAR_DIR / "open-data"
FIXTURES = BASE_DIR / "fixtures"
# People who wrote none of a proposal and must agree before it is published
SIGN_OFFS = {"none": 0, "one": 1, "two": 2}[
    environment.choice("SIGN_OFFS", "none", ("none", "one", "two"))
]

# Language and time
LANGUAGE_CODE = "en-gb"
TIME_ZONE = "UTC"
# With translations on, each URL and number of a page would look up the active language.
USE_I18N = False
FORMAT_MODULE_PATH = "nutrisite.formats"

# Security headers. `EveryRequest` sends X-Frame-Options.
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        **dict.fromkeys(("default-src", "base-uri", "frame-ancestors"), (NONE,)),
        **dict.fromkeys(("script-src", "worker-src", "style-src", "img-src", "font-src"), (SELF,)),
        **dict.fromkeys(("connect-src", "form-action"), (SELF,)),
    }
}
# With no-referrer, browsers send no origin with a form, and signing in fails.
SECURE_REFERRER_POLICY = "same-origin"
SECURE_SSL_REDIRECT = HTTPS
# Load balancers ask each instance by http.
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]
SECURE_HSTS_SECONDS = 365 * 24 * 60 * 60 if HTTPS else 0
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if BEHIND_PROXY else None
SECURE_HSTS_INCLUDE_SUBDOMAINS = environment.boolean("HSTS_INCLUDE_SUBDOMAINS", False)
# X-Frame-Options without Django's middleware, and subdomains and preload of HSTS
SILENCED_SYSTEM_CHECKS = ["security.W002", "security.W005", "security.W021"]

# A form may hold a long article, or a nutrient with associations, intakes and amounts.
DATA_UPLOAD_MAX_MEMORY_SIZE = 10_000_000
DATA_UPLOAD_MAX_NUMBER_FIELDS = 5000

# Cookies, which only editors get. With the prefix a browser refuses a cookie that another host of
# the domain wrote; it needs https and the path /, so `EveryRequest` removes them on public pages.
COOKIE_PREFIX, COOKIE_PATH = ("__Host-", "/") if HTTPS else ("", f"/{ADMIN_PATH}")
SESSION_COOKIE_NAME, CSRF_COOKIE_NAME = f"{COOKIE_PREFIX}sessionid", f"{COOKIE_PREFIX}csrftoken"
SESSION_COOKIE_PATH = CSRF_COOKIE_PATH = COOKIE_PATH
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
CSRF_COOKIE_HTTPONLY = True
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"

# Signing in
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "nutrisite.accounts.sign_in.PasswordAndCodeBackend",
]
CSRF_FAILURE_VIEW = "nutrisite.accounts.resubmission.csrf_failure"
LOGIN_REDIRECT_URL = f"/{ADMIN_PATH}"
# Seconds since the last save
SESSION_COOKIE_AGE = environment.whole_number("SESSION_HOURS", 12, 1, 720) * 3600
# Seconds that a link to choose a password works
PASSWORD_RESET_TIMEOUT = 24 * 3600
SECOND_STEP_FOR = environment.choice(
    "SECOND_STEP_FOR", "administrators", ("administrators", "everyone", "nobody")
)
OTP_TOTP_ISSUER = "Nutrisite"
# Failures are counted in the database, by account and network together: by either alone, somebody
# could lock an editor out from outside, or a newsroom from inside.
AXES_FAILURE_LIMIT = environment.whole_number("SIGN_IN_TRIES", 10, 3, 1000)
AXES_COOLOFF_TIME = timedelta(minutes=environment.whole_number("SIGN_IN_LOCK_MINUTES", 15, 1, 1440))
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_LOCKOUT_TEMPLATE = "admin/locked_out.html"
AXES_USERNAME_CALLABLE = "nutrisite.accounts.sign_in.attempted_name"
# Otherwise further tries would prolong a lockout for ever.
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False
AXES_CLIENT_IP_CALLABLE = "nutrisite.client.network_of"
AXES_SENSITIVE_PARAMETERS = ["username", "ip_address", "token", "resubmission"]
# accounts.AccountEvent is the log of sign-ins.
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
